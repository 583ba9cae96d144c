//! The sign over the window while files are held over it: what dropping them does.

use super::seen::Seen;
use super::theme::{self, Weight, write};
use egui::{Align2, Id, LayerId, Order, Rect, Stroke, StrokeKind, Ui, vec2};

/// Draws what happens to the files that are held over the window.
pub fn show(seen: &Seen<'_>, ui: &Ui) {
    let Some(text) = seen.hovering else { return };
    let full = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Tooltip, Id::unique("dropped")));
    let edge = Stroke::new(2.0, theme::accent());
    painter.rect_stroke(full.shrink(6.0), theme::RADIUS, edge, StrokeKind::Inside);
    let font = theme::font(15.0, Weight::SemiBold);
    let width = painter.layout_no_wrap(text.into(), font, theme::text()).size().x;
    let place = Rect::from_center_size(full.center(), vec2(width + 48.0, 56.0));
    painter.rect_filled(place, theme::RADIUS, theme::raised());
    painter.rect_stroke(place, theme::RADIUS, edge, StrokeKind::Inside);
    let font = (15.0, Weight::SemiBold);
    write(&painter, place.center(), Align2::CENTER_CENTER, text, font, theme::text());
}
