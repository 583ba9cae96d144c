//! Hints for the first session, shown one at a time; the preferences remember how many were read.

use super::panels::Panels;
use super::seen::Seen;
use super::theme;
use egui::{Align2, Area, Frame, Id, Order, Rect, Stroke, Ui, vec2};

const HINTS: [(&str, &str); 3] = [
    (
        "Play, and move a fader",
        "Space plays. Every control is dragged, turned by the wheel, or typed into with a right-click; Shift is fine, a double-click resets.",
    ),
    (
        "Ctrl+K finds everything",
        "Type what you want to do. The list says which key does it the next time; ? shows all of them.",
    ),
    (
        "One click makes every file",
        "Export renders each version in each master, reads the files back and says what it measured.",
    ),
];

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui, body: Rect) {
    // Without settings on disk, the hints would return at every start.
    if seen.settings.is_none() || panels.palette.is_open() {
        return;
    }
    let hints = &mut panels.preferences.hints;
    let Some((title, text)) = HINTS.get(*hints) else { return };
    Area::new(Id::unique("hint"))
        .order(Order::Middle)
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(body.left_bottom() + vec2(18.0, -18.0))
        .show(ui.ctx(), |ui| {
            Frame::new()
                .fill(theme::raised())
                .stroke(Stroke::new(1.0, theme::accent()))
                .corner_radius(theme::RADIUS)
                .inner_margin(14.0)
                .show(ui, |ui| {
                    ui.set_max_width(330.0);
                    theme::caption(ui, title);
                    ui.label(*text);
                    ui.add_space(4.0);
                    ui.horizontal(|ui| {
                        let last = *hints + 1 == HINTS.len();
                        if ui.button(if last { "Done" } else { "Next hint" }).clicked() {
                            *hints += 1;
                        }
                        if !last && ui.button("No more hints").clicked() {
                            *hints = HINTS.len();
                        }
                        ui.weak(format!("{} of {}", *hints + 1, HINTS.len()));
                    });
                });
        });
}
