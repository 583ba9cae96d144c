//! The list of comments of the Review view, by time or number, with a filter and a search.

use super::{about, pins, standing, status_word};
use crate::app::deeds::{Play, Review};
use crate::app::panels::review::Filter;
use crate::app::panels::review::State;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{push, segments};
use crate::review::comments::{Comment, Review as Comments, Status};
use crate::session::Session;
use crate::texts::say;
use egui::{
    Align2, Rect, Role as WidgetRole, ScrollArea, Sense, TextEdit, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

impl Filter {
    /// The filters with their names and numbers of comments. What was deleted is offered where there
    /// is any.
    fn offered(self, review: &Comments) -> Vec<(Filter, String)> {
        let count = |filter: Filter| review.comments.iter().filter(|one| filter.takes(one)).count();
        let mut all = vec![
            (Filter::Open, say!("review-filter-open", count = count(Filter::Open))),
            (Filter::Settled, say!("review-filter-settled", count = count(Filter::Settled))),
            (Filter::All, say!("review-filter-all").to_owned()),
        ];
        if self == Filter::Deleted || count(Filter::Deleted) > 0 {
            all.push((Filter::Deleted, say!("review-filter-deleted").to_owned()));
        }
        all
    }

    fn takes(self, comment: &Comment) -> bool {
        match self {
            Self::Deleted => comment.deleted,
            _ if comment.deleted => false,
            Self::All => true,
            Self::Open => !comment.status.is_settled(),
            Self::Settled => comment.status.is_settled(),
        }
    }
}

pub fn show(seen: &Seen<'_>, state: &mut State, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let inner = rect.shrink2(vec2(14.0, 12.0));
    let listing = &mut state.list;
    let filters = listing.filter.offered(seen.review);
    let names: Vec<&str> = filters.iter().map(|(_, name)| name.as_str()).collect();
    let lit = filters.iter().position(|(one, _)| *one == listing.filter).unwrap_or(0);
    let tabs = Rect::from_min_size(inner.min, vec2(inner.width(), 30.0));
    let chosen = segments(ui, tabs, &names, lit);
    if let Some((filter, _)) = chosen.and_then(|n| filters.get(n)) {
        listing.filter = *filter;
    }
    let row = Rect::from_min_max(
        pos2(inner.left(), tabs.bottom() + 8.0),
        pos2(inner.right(), tabs.bottom() + 36.0),
    );
    let add = Rect::from_min_max(pos2(row.right() - 118.0, row.top()), row.max);
    let order = Rect::from_min_max(
        pos2(add.left() - 96.0, row.top()),
        pos2(add.left() - 8.0, row.bottom()),
    );
    let field = Rect::from_min_max(row.min, pos2(order.left() - 8.0, row.bottom()));
    let edit = TextEdit::singleline(&mut listing.search)
        .hint_text(say!("review-list-search"))
        .margin(vec2(8.0, 5.0))
        .id_salt("search comments");
    ui.put(field, edit).accessible_name(say!("review-list-search-name"));
    let name = match listing.by_time {
        true => say!("review-list-by-time"),
        false => say!("review-list-by-number"),
    };
    if push(ui, order, name, false).clicked() {
        listing.by_time = !listing.by_time;
    }
    if push(ui, add, say!("review-list-new"), true).on_hover_text("C").clicked() {
        seen.ask(Review::Write);
    }
    let foot = hint(ui, inner);
    let area = Rect::from_min_max(
        pos2(rect.left() + 4.0, row.bottom() + 8.0),
        pos2(rect.right() - 4.0, foot - 8.0),
    );
    if let Some(comment) = rows(seen.review, state, ui, area, &song.session) {
        state.select(&comment.id);
        if let Some(start) = comment.start {
            seen.ask(Play::Seek(start.frames(song.session.sample_rate).0));
        }
    }
}

/// The box at the foot of the list that says how a comment helps, and how it is made; returns its
/// upper edge.
fn hint(ui: &Ui, inner: Rect) -> f32 {
    let painter = ui.painter();
    let font = theme::font(12.0, Weight::Regular);
    let lines = [say!("review-list-hint"), say!("review-list-hint-key")];
    let width = inner.width() - 28.0;
    let lines = lines.map(|text| painter.layout(text.into(), font.clone(), theme::dim(), width));
    let tall: f32 = lines.iter().map(|line| line.size().y + 4.0).sum::<f32>() + 18.0;
    let area = Rect::from_min_max(pos2(inner.left(), inner.bottom() - tall), inner.max);
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let mut at = area.min + vec2(14.0, 11.0);
    for line in lines {
        let next = line.size().y + 4.0;
        painter.galley(at, line, theme::dim());
        at.y += next;
    }
    area.top()
}

/// Draws the comments that pass filter and search; returns the one that was clicked.
fn rows<'a>(
    review: &'a Comments,
    state: &State,
    ui: &mut Ui,
    area: Rect,
    session: &Session,
) -> Option<&'a Comment> {
    let listing = &state.list;
    let fits = |one: &&Comment| listing.filter.takes(one) && one.matches(&listing.search, session);
    let mut all: Vec<&Comment> = review.comments.iter().filter(fits).collect();
    if listing.by_time {
        let time = |one: &Comment| one.start.map_or(-1.0, |start| start.0);
        all.sort_by(|a, b| time(a).total_cmp(&time(b)));
    }
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("rows").max_rect(area));
    let mut clicked = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_width(area.width() - 8.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        if all.is_empty() {
            let words = match review.comments.is_empty() {
                true => say!("review-list-empty"),
                false => say!("review-list-no-fit"),
            };
            ui.add_space(12.0);
            ui.horizontal(|ui| {
                ui.add_space(12.0);
                ui.add(egui::Label::new(egui::RichText::new(words).weak()).wrap());
            });
        }
        for comment in all {
            if row(ui, comment, session, state.selected.as_deref() == Some(comment.id.as_str())) {
                clicked = Some(comment);
            }
        }
    });
    clicked
}

fn row(ui: &mut Ui, comment: &Comment, session: &Session, lit: bool) -> bool {
    let wide = ui.available_width();
    let font = theme::font(13.0, Weight::Regular);
    let text = comment.text.replace('\n', " ");
    let mut job = egui::text::LayoutJob::simple(text, font, theme::text(), wide - 58.0);
    job.wrap.max_rows = 2;
    let galley = ui.painter().layout_job(job);
    let answers = comment.replies.len();
    let tall = 44.0 + galley.size().y + if answers > 0 { 18.0 } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(wide, tall), Sense::click());
    let words = say!(
        "review-list-comment",
        number = comment.number.to_string(),
        status = status_word(comment.status),
        text = &comment.text
    );
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Button, true, lit, &words));
    if lit || response.hovered() {
        let fill = if lit { theme::raised() } else { theme::selected() };
        ui.painter().rect_filled(rect.shrink2(vec2(4.0, 0.0)), 6.0, fill);
    }
    pins::pin(ui, rect.min + vec2(24.0, 20.0), comment, false);
    let at = |x: f32| pos2(rect.left() + x, rect.top() + 19.0);
    let when = match comment.start {
        Some(_) => comment.when(),
        None => say!("review-list-whole-song").into(),
    };
    let time = (12.5, Weight::SemiBold);
    let shown = write(ui.painter(), at(44.0), Align2::LEFT_CENTER, when, time, theme::text());
    let mut facts = vec![about(&comment.on, session), comment.author.clone()];
    facts.retain(|fact| !fact.is_empty());
    let place = pos2((shown.right() + 10.0).max(rect.left() + 124.0), at(0.0).y);
    let status = match (comment.status, comment.fixed_in.as_str()) {
        (Status::Done, fixed) if !fixed.is_empty() => say!("review-list-fixed", revision = fixed),
        _ => standing(comment),
    };
    let right = pos2(rect.right() - 14.0, at(0.0).y);
    let small = (11.5, Weight::Medium);
    let ink = if comment.status.is_settled() { theme::dim() } else { theme::caution() };
    let status = write(ui.painter(), right, Align2::RIGHT_CENTER, status, small, ink);
    let room =
        Rect::from_min_max(place - vec2(0.0, 12.0), pos2(status.left() - 8.0, rect.bottom()));
    let clip = ui.painter().with_clip_rect(room.intersect(ui.clip_rect()));
    write(
        &clip,
        place,
        Align2::LEFT_CENTER,
        facts.join(", "),
        (12.0, Weight::Regular),
        theme::dim(),
    );
    if answers > 0 {
        let at = pos2(rect.left() + 44.0, rect.top() + 33.0 + galley.size().y + 10.0);
        let words = say!("review-list-answers", count = answers);
        write(ui.painter(), at, Align2::LEFT_CENTER, words, (12.0, Weight::Regular), theme::dim());
    }
    ui.painter().galley(rect.min + vec2(44.0, 33.0), galley, theme::text());
    response.clicked()
}
