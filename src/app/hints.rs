//! Hints for the first session, shown one at a time; the preferences remember how many were read.

use super::panels::Panels;
use super::seen::Seen;
use super::theme;
use crate::texts::say;
use egui::{Align, Label, Layout, Rect, Ui, UiBuilder, vec2};

/// Titles and texts, in the order in which they are shown.
fn all() -> [(&'static str, &'static str); 3] {
    [
        (say!("window-hint-play"), say!("window-hint-play-how")),
        (say!("window-hint-find"), say!("window-hint-find-how")),
        (say!("window-hint-export"), say!("window-hint-export-how")),
    ]
}

/// Height of the strip at the bottom of the window.
const HEIGHT: f32 = 56.0;

/// The hint that is due, by its number. Without settings on disk, the hints would return at every
/// start.
fn due(seen: &Seen<'_>, panels: &Panels) -> Option<usize> {
    let number = panels.preferences.hints;
    (seen.settings.is_some() && number < all().len()).then_some(number)
}

/// Splits the room of the view into the view's and the strip of the hint, which has no height when
/// no hint is due: a hint covers nothing.
pub fn beside(seen: &Seen<'_>, panels: &Panels, body: Rect) -> [Rect; 2] {
    let height = if due(seen, panels).is_some() { HEIGHT } else { 0.0 };
    body.split_top_bottom_at_y(body.bottom() - height).into()
}

/// Draws the strip.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, strip: Rect) {
    let Some(number) = due(seen, panels) else { return };
    let (all, hints) = (all(), &mut panels.preferences.hints);
    let Some((title, text)) = all.get(number) else { return };
    ui.painter().rect_filled(strip, 0.0, theme::raised());
    let line = Rect::from_min_size(strip.min, vec2(strip.width(), 1.0));
    ui.painter().rect_filled(line, 0.0, theme::accent());
    let inner = UiBuilder::new().max_rect(strip.shrink2(vec2(20.0, 4.0)));
    ui.new_child(inner.layout(Layout::right_to_left(Align::Center))).scope(|ui| {
        let last = number + 1 == all.len();
        let next = if last { say!("window-done") } else { say!("window-hint-next") };
        if ui.button(next).clicked() {
            *hints += 1;
        }
        if !last && ui.button(say!("window-hint-no-more")).clicked() {
            *hints = all.len();
        }
        ui.weak(say!("window-hint-of", number = number + 1, count = all.len()));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            theme::caption(ui, title);
            ui.add_space(6.0);
            ui.add(Label::new(*text).wrap());
        });
    });
}
