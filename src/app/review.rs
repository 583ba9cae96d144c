//! The Review view: its frame, until there are notes to answer.

use super::theme::{self, Weight, write};
use super::widgets::push;
use super::{App, menu, sections};
use egui::{Align2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

const WIDE: f32 = 360.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    menu::heading(ui, rect, "Review", "The client's notes, with their time in the song.");
    let body = Rect::from_min_max(rect.min + vec2(24.0, 84.0), rect.max - vec2(24.0, 16.0));
    let list = Rect::from_min_max(
        body.min,
        pos2(body.left() + WIDE.min(body.width() * 0.4), body.bottom()),
    );
    let page = Rect::from_min_max(pos2(list.right() + 12.0, body.top()), body.max);
    for area in [list, page] {
        ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
        let stroke = Stroke::new(1.0, theme::raised());
        ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
    }
    let line = |at: egui::Pos2, text: &str, size: f32, weight: Weight, colour| {
        write(
            &ui.painter().with_clip_rect(rect),
            at,
            Align2::CENTER_CENTER,
            text,
            (size, weight),
            colour,
        );
    };
    let middle = pos2(list.center().x, list.top() + 60.0);
    line(middle, "No notes", 14.0, Weight::SemiBold, theme::text());
    let centre = page.center() - vec2(0.0, 40.0);
    line(centre, "Notes of clients are not in this release", 18.0, Weight::SemiBold, theme::text());
    let under = centre + vec2(0.0, 28.0);
    let text = "Until then, keep what they say as sections: K sets one at the playhead.";
    line(under, text, 12.5, Weight::Regular, theme::dim());
    let button = Rect::from_center_size(centre + vec2(0.0, 76.0), vec2(230.0, 34.0));
    if push(ui, button, "Section at the playhead", false).clicked() {
        app.view = super::View::Mix;
        sections::add(app);
    }
}
