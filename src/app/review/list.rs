//! The list of comments of the Review view, by time or number, with a filter and a search.

use super::{about, agreement, pins, standing, status_word};
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
    /// All filters with their names.
    fn all() -> [(Filter, &'static str); 4] {
        [
            (Filter::All, say!("review-filter-all")),
            (Filter::Open, say!("review-filter-open")),
            (Filter::Settled, say!("review-filter-settled")),
            (Filter::Deleted, say!("review-filter-deleted")),
        ]
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
    let review = seen.review;
    let used = review.used();
    let (words, colour) = match used {
        0 => (say!("review-round-none", agreed = review.agreed), theme::dim()),
        used if used > review.agreed => (agreement(review, used), theme::caution()),
        used => (agreement(review, used), theme::dim()),
    };
    let at = pos2(inner.left() + 2.0, inner.top() + 12.0);
    let regular = (12.5, Weight::Regular);
    write(ui.painter(), at, Align2::LEFT_CENTER, words, regular, colour);
    let add = Rect::from_min_size(pos2(inner.right() - 118.0, inner.top()), vec2(118.0, 28.0));
    if push(ui, add, say!("review-list-new"), true).on_hover_text("C").clicked() {
        seen.ask(Review::Write);
    }
    let listing = &mut state.list;
    let filters = Filter::all();
    let names = filters.map(|(_, name)| name);
    let lit = filters.iter().position(|(one, _)| *one == listing.filter).unwrap_or(0);
    let tabs =
        Rect::from_min_size(pos2(inner.left(), inner.top() + 38.0), vec2(inner.width(), 28.0));
    let chosen = segments(ui, tabs, &names, lit);
    if let Some((filter, _)) = chosen.and_then(|n| filters.get(n)) {
        listing.filter = *filter;
    }
    let row = Rect::from_min_max(
        pos2(inner.left(), tabs.bottom() + 8.0),
        pos2(inner.right(), tabs.bottom() + 36.0),
    );
    let field = Rect::from_min_max(row.min, pos2(row.right() - 96.0, row.bottom()));
    let edit = TextEdit::singleline(&mut listing.search)
        .hint_text(say!("review-list-search"))
        .margin(vec2(8.0, 5.0))
        .id_salt("search comments");
    ui.put(field, edit).accessible_name(say!("review-list-search-name"));
    let order = Rect::from_min_max(pos2(field.right() + 8.0, row.top()), row.max);
    let name = match listing.by_time {
        true => say!("review-list-by-time"),
        false => say!("review-list-by-number"),
    };
    if push(ui, order, name, false).clicked() {
        listing.by_time = !listing.by_time;
    }
    let area =
        Rect::from_min_max(pos2(rect.left() + 4.0, row.bottom() + 8.0), rect.max - vec2(4.0, 6.0));
    if let Some(comment) = rows(seen.review, state, ui, area, &song.session) {
        state.select(&comment.id);
        if let Some(start) = comment.start {
            seen.ask(Play::Seek(start.frames(song.session.sample_rate).0));
        }
    }
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
    let (rect, response) =
        ui.allocate_exact_size(vec2(wide, 44.0 + galley.size().y), Sense::click());
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
    let place = pos2(shown.right() + 10.0, at(0.0).y);
    let status = match (comment.status, comment.fixed_in.as_str()) {
        (Status::Done, fixed) if !fixed.is_empty() => format!("v{fixed}"),
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
    ui.painter().galley(rect.min + vec2(44.0, 33.0), galley, theme::text());
    response.clicked()
}
