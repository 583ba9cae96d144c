//! The Review view: the list of comments on the left; on the right a strip with the song, and pages
//! for a comment, rounds, revisions, references and the brief.

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

use super::menu;
use super::panels::Panels;
use super::seen::Seen;
use super::theme;
use super::widgets::{part, segments};
use crate::app::panels::review::Page;
use crate::app::panels::review::State;
use crate::review::comments::Comment;
use egui::{Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

pub use copies::show as merge_question;
pub use write::show as writing;

const WIDE: f32 = 400.0;

impl State {
    /// The selected comment.
    fn comment<'a>(&self, seen: &Seen<'a>) -> Option<&'a Comment> {
        seen.review.comment(self.selected.as_deref()?)
    }
}

/// Rectangles of the list of comments, the strip with the song, and the page.
pub struct Places {
    list: Rect,
    pub strip: Rect,
    page: Rect,
}

impl Places {
    pub fn of(rect: Rect) -> Self {
        let body = Rect::from_min_max(rect.min + vec2(24.0, 78.0), rect.max - vec2(24.0, 16.0));
        let wide = WIDE.min(body.width() * 0.42);
        let list = Rect::from_min_max(body.min, pos2(body.left() + wide, body.bottom()));
        let right = Rect::from_min_max(pos2(list.right() + 12.0, body.top()), body.max);
        let strip = Rect::from_min_max(right.min, pos2(right.right(), right.top() + strip::HEIGHT));
        let page = Rect::from_min_max(pos2(right.left(), strip.bottom() + 12.0), right.max);
        Self { list, strip, page }
    }
}

/// Draws the whole view.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let open = seen.review.open();
    let text = match open {
        0 => "No comment is open.".into(),
        1 => "1 comment waits for an answer.".into(),
        open => format!("{open} comments wait for an answer."),
    };
    menu::heading(ui, rect, "Review", &text);
    let places = Places::of(rect);
    panel(ui, places.list);
    part(ui, "comments", places.list, |ui| list::show(seen, &mut panels.review, ui, places.list));
    part(ui, "strip", places.strip, |ui| strip::show(seen, panels, ui, places.strip));
    panel(ui, places.page);
    part(ui, "page", places.page, |ui| page(seen, panels, ui, places.page));
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn panel(ui: &Ui, area: Rect) {
    ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
    let stroke = Stroke::new(1.0, theme::raised());
    ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
}

fn page(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let names = Page::ALL.map(|(_, name)| name);
    let lit = Page::ALL.iter().position(|(page, _)| *page == panels.review.page).unwrap_or(0);
    let wide = (rect.width() - 32.0).min(520.0);
    let tabs = Rect::from_min_size(rect.min + vec2(16.0, 14.0), vec2(wide, 32.0));
    let chosen = segments(ui, tabs, &names, lit);
    if let Some((page, _)) = chosen.and_then(|n| Page::ALL.get(n)) {
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
            Page::Rounds => rounds::show(seen, panels, ui),
            Page::Revisions => revisions::show(seen, &mut panels.review, ui),
            Page::References => references::show(seen, ui),
            Page::Brief => brief::show(seen, &mut panels.shown, ui),
        }
    });
}
