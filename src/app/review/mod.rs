//! The Review view: the list of comments on the left; on the right a strip with the song, below it
//! the selected comment, and the revisions beside it. Rounds, the page for the client, files,
//! references and the brief open over the view, each by a button.

mod brief;
mod comment;
mod copies;
mod list;
pub mod pins;
mod references;
mod revisions;
mod rounds;
pub mod strip;
pub mod write;

use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight};
use super::view::View;
use super::when;
use super::widgets::{self, page_buttons, part, push, segments};
use crate::app::deeds::Review;
use crate::app::panels::review::{Page, Sheet, State};
use crate::review::comments::{Comment, Review as Comments, Status, Subject};
use crate::session::Session;
use crate::texts::{self, say};
use egui::{Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

pub use copies::show as merge_question;
pub use write::show as writing;

const WIDE: f32 = 418.0;
/// A view narrower than this, in points, shows the revisions as a page.
const ROOMY: f32 = 1200.0;
const MARGIN: f32 = 18.0;
const GAP: f32 = 14.0;

impl State {
    /// The selected comment.
    fn comment<'a>(&self, seen: &Seen<'a>) -> Option<&'a Comment> {
        seen.review.comment(self.selected.as_deref()?)
    }
}

/// Rectangles of the list of comments, the strip with the song, the page, and the revisions if there
/// is room for them.
pub struct Places {
    list: Rect,
    pub strip: Rect,
    page: Rect,
    revisions: Option<Rect>,
}

impl Places {
    pub fn of(rect: Rect) -> Self {
        let body = Rect::from_min_max(rect.min + vec2(MARGIN, 50.0), rect.max - vec2(MARGIN, 16.0));
        let wide = WIDE.min(body.width() * 0.42);
        let list = Rect::from_min_max(body.min, pos2(body.left() + wide, body.bottom()));
        let right = Rect::from_min_max(pos2(list.right() + GAP, body.top()), body.max);
        let strip =
            Rect::from_min_max(right.min, pos2(right.right(), right.top() + strip::height(rect)));
        let lower = Rect::from_min_max(pos2(right.left(), strip.bottom() + GAP), right.max);
        if rect.width() < ROOMY {
            return Self { list, strip, page: lower, revisions: None };
        }
        let split = lower.left() + (lower.width() - GAP) * 0.575;
        let page = Rect::from_min_max(lower.min, pos2(split, lower.bottom()));
        let revisions = Rect::from_min_max(pos2(split + GAP, lower.top()), lower.max);
        Self { list, strip, page, revisions: Some(revisions) }
    }
}

/// Draws the whole view.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    heading(seen, &mut panels.review, ui, rect);
    let places = Places::of(rect);
    panel(ui, places.list);
    part(ui, "comments", places.list, |ui| list::show(seen, &mut panels.review, ui, places.list));
    part(ui, "strip", places.strip, |ui| strip::show(seen, panels, ui, places.strip));
    panel(ui, places.page);
    let beside = places.revisions.is_some();
    part(ui, "page", places.page, |ui| page(seen, panels, ui, places.page, beside));
    if let Some(area) = places.revisions {
        panel(ui, area);
        part(ui, "revisions", area, |ui| {
            let inner = area.shrink2(vec2(16.0, 14.0));
            let ui = &mut ui.new_child(UiBuilder::new().id_salt("revisions").max_rect(inner));
            revisions::scrolled(seen, &mut panels.review, ui);
        });
    }
}

/// Round, number of comments, and the buttons: one for each page, and one that sends the round.
fn heading(seen: &Seen<'_>, state: &mut State, ui: &mut Ui, rect: Rect) {
    let review = seen.review;
    let at = pos2(rect.left() + MARGIN, rect.top() + 24.0);
    let current = review.current_round();
    let colour = if current > review.agreed { theme::caution() } else { theme::text() };
    let wide = |ui: &Ui, name: &str| {
        let font = (13.5, Weight::SemiBold);
        theme::width_of(ui.painter(), name, font) + 26.0
    };
    let send = say!("review-send");
    let sheets = Sheet::all();
    let all = sheets.iter().map(|(_, name)| *name).chain([send]);
    let total: f32 = all.map(|name| wide(ui, name) + 8.0).sum::<f32>() - 8.0;
    let mut left = rect.right() - MARGIN - total;
    let font = (16.0, Weight::SemiBold);
    let words = agreement(review, current);
    let room = left - 12.0 - at.x;
    let title = theme::width_of(ui.painter(), &words, font).min(room);
    theme::write_fitted(ui.painter(), at, room, words, font, colour);
    let from = pos2(at.x + title + 12.0, at.y + 1.0);
    let font = (12.0, Weight::Regular);
    let room = left - 12.0 - from.x;
    theme::write_whole(ui.painter(), from, room, &counted(review), font, theme::dim());
    let mut place = |ui: &Ui, name: &str| {
        let place = Rect::from_min_size(pos2(left, rect.top() + 8.0), vec2(wide(ui, name), 32.0));
        left = place.right() + 8.0;
        place
    };
    for (sheet, name) in sheets {
        let place = place(ui, name);
        if push(ui, place, name, false).clicked() {
            state.sheet = Some(sheet);
        }
    }
    let place = place(ui, send);
    if push(ui, place, send, true).clicked() {
        seen.ask(Review::PickRound(current));
    }
}

/// Number of comments, and when the last round was sent.
fn counted(review: &Comments) -> String {
    let all = review.present().count();
    let settled = review.present().filter(|comment| comment.status.is_settled()).count();
    let words = match all {
        0 => say!("review-no-comment").to_string(),
        all => say!("review-comments-settled", count = all, settled = settled),
    };
    match review.rounds.iter().rfind(|round| !round.sent.is_empty()) {
        Some(round) => {
            let sent = say!("review-rounds-sent", date = when::day(&round.sent));
            format!("{words} \u{b7} {sent}")
        }
        None => words,
    }
}

/// How many rounds are used of those agreed, or how many are too many.
fn agreement(review: &Comments, round: u32) -> String {
    let agreed = review.agreed;
    match round > agreed {
        true => say!("review-round-over", round = round, more = round - agreed, agreed = agreed),
        false => say!("review-round-of", round = round, agreed = agreed),
    }
}

fn status_word(status: Status) -> &'static str {
    texts::word("status", status.name())
}

/// Status of a comment, with those that other people gave it at the same time.
fn standing(comment: &Comment) -> String {
    let mut words = status_word(comment.status).to_string();
    for also in &comment.also_status {
        words = say!("review-status-also", status = words, also = status_word(*also));
    }
    words
}

/// What a comment is about.
fn about(subject: &Subject, session: &Session) -> String {
    match subject {
        Subject::Mix => say!("review-subject-mix").into(),
        Subject::Stem(id) if session.stem(*id).is_none() => say!("review-subject-gone").into(),
        other => other.name(session),
    }
}

fn panel(ui: &Ui, area: Rect) {
    ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
    let stroke = Stroke::new(1.0, theme::raised());
    ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
}

/// The selected comment; where the revisions do not stand `beside` it, one of both.
fn page(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, beside: bool) {
    let mut inner = rect.shrink2(vec2(16.0, 14.0));
    if !beside {
        let names = [say!("review-page-comment"), say!("review-page-revisions")];
        let tabs = Rect::from_min_size(inner.min, vec2(inner.width().min(320.0), 30.0));
        let lit = usize::from(panels.review.page == Page::Revisions);
        match segments(ui, tabs, &names, lit) {
            Some(0) => panels.review.page = Page::Comment,
            Some(_) => panels.review.page = Page::Revisions,
            None => {}
        }
        inner.min.y = tabs.bottom() + 10.0;
    }
    let revisions = !beside && panels.review.page == Page::Revisions;
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("page", revisions)).max_rect(inner));
    match revisions {
        true => revisions::scrolled(seen, &mut panels.review, ui),
        false => comment::show(seen, &mut panels.review, ui),
    }
}

/// The page that a button of the heading opened over the view.
pub fn sheet(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui) {
    let Some(sheet) = panels.review.sheet else { return };
    let full = ui.ctx().content_rect();
    let modal = widgets::page(ui, "review").show(ui.ctx(), |ui| {
        ui.set_width((full.width() - 60.0).min(640.0));
        widgets::title(ui, sheet.title());
        ScrollArea::vertical().max_height((full.height() - 190.0).max(120.0)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            // Labels get the height of buttons, so that both are centred in a row.
            ui.spacing_mut().interact_size.y = 26.0;
            match sheet {
                Sheet::Rounds => rounds::show(seen, &mut panels.preferences, ui),
                Sheet::Client => rounds::client(seen, &mut panels.review, ui),
                Sheet::Files => rounds::files(seen, panels, ui),
                Sheet::References => references::show(seen, ui),
                Sheet::Brief => brief::show(seen, &mut panels.shown, ui),
            }
        });
        if page_buttons(ui, &[say!("common-close")]).is_some() {
            ui.close();
        }
    });
    // What opens another page, or another view, leaves this one.
    if modal.should_close() || panels.shown.song || panels.view != View::Review {
        panels.review.sheet = None;
    }
}
