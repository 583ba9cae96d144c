//! The line between two panels. A drag or the arrow keys move it, a double-click asks for its usual
//! place.

use crate::app::theme;
use egui::{CursorIcon, EventFilter, Key, Rect, Role, Sense, Stroke, Ui, WidgetInfo, vec2};

/// What the user did with a splitter in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moved {
    No,
    /// Points to the right, or down.
    By(f32),
    Reset,
}

/// Splitter along `line`, a rectangle without width (upright) or without height (level).
pub fn splitter(ui: &Ui, line: Rect, name: &str) -> Moved {
    let upright = line.width() < line.height();
    let grip = if upright { vec2(3.5, 0.0) } else { vec2(0.0, 3.5) };
    let id = ui.scope_id().with(("splitter", name));
    let response = ui.interact(line.expand2(grip), id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, name));
    let cursor = if upright { CursorIcon::ResizeHorizontal } else { CursorIcon::ResizeVertical };
    let response = response.on_hover_cursor(cursor);
    if response.hovered() || response.dragged() || response.has_focus() {
        let stroke = Stroke::new(2.0, theme::accent());
        if upright {
            ui.painter().vline(line.center().x, line.y_range(), stroke);
        } else {
            ui.painter().hline(line.x_range(), line.center().y, stroke);
        }
    }
    if response.double_clicked() {
        return Moved::Reset;
    }
    let along = |delta: egui::Vec2| if upright { delta.x } else { delta.y };
    let mut by = if response.dragged() { along(response.drag_delta()) } else { 0.0 };
    if response.has_focus() {
        let filter =
            EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let presses = |key| ui.input(|input| input.num_presses(key)) as f32;
        let (less, more) = if upright {
            (Key::ArrowLeft, Key::ArrowRight)
        } else {
            (Key::ArrowUp, Key::ArrowDown)
        };
        by += (presses(more) - presses(less)) * 10.0;
    }
    if by == 0.0 { Moved::No } else { Moved::By(by) }
}
