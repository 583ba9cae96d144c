//! Hints for the first session, shown one at a time; the preferences remember how many were read.

use super::panels::Panels;
use super::seen::Seen;
use super::theme;
use crate::texts::say;
use egui::{Align2, Area, Frame, Id, Order, Rect, Stroke, Ui, vec2};

/// Titles and texts, in the order in which they are shown.
fn all() -> [(&'static str, &'static str); 3] {
    [
        (say!("window-hint-play"), say!("window-hint-play-how")),
        (say!("window-hint-find"), say!("window-hint-find-how")),
        (say!("window-hint-export"), say!("window-hint-export-how")),
    ]
}

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui, body: Rect) {
    // Without settings on disk, the hints would return at every start.
    if seen.settings.is_none() || panels.palette.is_open() {
        return;
    }
    let hints = &mut panels.preferences.hints;
    let all = all();
    let Some((title, text)) = all.get(*hints) else { return };
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
                        let last = *hints + 1 == all.len();
                        let next =
                            if last { say!("window-done") } else { say!("window-hint-next") };
                        if ui.button(next).clicked() {
                            *hints += 1;
                        }
                        if !last && ui.button(say!("window-hint-no-more")).clicked() {
                            *hints = all.len();
                        }
                        let number = *hints + 1;
                        ui.weak(say!("window-hint-of", number = number, count = all.len()));
                    });
                });
        });
}
