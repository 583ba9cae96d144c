//! The Review view: the list of comments on the left; on the right a strip with the song, a page for
//! the selected comment, rounds, references or the brief, and the revisions beside it.

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
use super::theme::{self, Weight, write, write_within};
use super::widgets::{part, push, segments};
use crate::app::deeds::Review;
use crate::app::panels::review::Page;
use crate::app::panels::review::State;
use crate::review::comments::{Comment, Review as Comments, Status, Subject};
use crate::session::Session;
use crate::texts::{self, say};
use egui::{Align2, Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

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
    heading(seen, ui, rect);
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
            let inner = area.shrink2(vec2(16.0, 12.0));
            let ui = &mut ui.new_child(UiBuilder::new().id_salt("revisions").max_rect(inner));
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.set_width(inner.width() - 14.0);
                ui.spacing_mut().interact_size.y = 24.0;
                revisions::show(seen, &mut panels.review, ui);
            });
        });
    }
}

/// Round, number of comments, and the button that sends the round.
fn heading(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let review = seen.review;
    let at = pos2(rect.left() + MARGIN, rect.top() + 24.0);
    let round = say!("review-round-of", round = review.current_round(), agreed = review.agreed);
    let font = (16.0, Weight::SemiBold);
    let title = write(ui.painter(), at, Align2::LEFT_CENTER, round, font, theme::text());
    let all = review.present().count();
    let settled = review.present().filter(|comment| comment.status.is_settled()).count();
    let text = match all {
        0 => say!("review-no-comment").to_string(),
        all => say!("review-comments-settled", count = all, settled = settled),
    };
    let place =
        Rect::from_min_size(rect.right_top() + vec2(-MARGIN - 126.0, 8.0), vec2(126.0, 32.0));
    let from = pos2(title.right() + 12.0, at.y + 1.0);
    let width = place.left() - 12.0 - from.x;
    write_within(ui.painter(), from, width, text, (12.0, Weight::Regular), theme::dim());
    if push(ui, place, say!("review-send"), true).clicked() {
        seen.ask(Review::PickRound(review.current_round()));
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

/// The pages; without that of the revisions where they stand `beside` it.
fn page(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, beside: bool) {
    let there = |page: &Page| !beside || *page != Page::Revisions;
    let pages: Vec<(Page, &str)> =
        Page::all().into_iter().filter(|(page, _)| there(page)).collect();
    if !there(&panels.review.page) {
        panels.review.page = Page::Comment;
    }
    let names: Vec<&str> = pages.iter().map(|(_, name)| *name).collect();
    let lit = pages.iter().position(|(page, _)| *page == panels.review.page).unwrap_or(0);
    let wide = (rect.width() - 32.0).min(600.0);
    let tabs = Rect::from_min_size(rect.min + vec2(16.0, 14.0), vec2(wide, 32.0));
    let chosen = segments(ui, tabs, &names, lit);
    if let Some((page, _)) = chosen.and_then(|n| pages.get(n)) {
        panels.review.page = *page;
    }
    let inner = Rect::from_min_max(rect.min + vec2(16.0, 58.0), rect.max - vec2(10.0, 8.0));
    let page = panels.review.page;
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("page", page as u8)).max_rect(inner));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_width(inner.width() - 14.0);
        // Labels get the height of buttons, so that both are centred in a row.
        ui.spacing_mut().interact_size.y = 26.0;
        match page {
            Page::Comment => comment::show(seen, &mut panels.review, ui),
            Page::Rounds => rounds::show(seen, &mut panels.preferences, ui),
            Page::Client => rounds::client(seen, &mut panels.review, ui),
            Page::Files => rounds::files(seen, panels, ui),
            Page::Revisions => revisions::show(seen, &mut panels.review, ui),
            Page::References => references::show(seen, ui),
            Page::Brief => brief::show(seen, &mut panels.shown, ui),
        }
    });
}
