//! The meters in a window of their own, for a second screen.

use super::panels::Panels;
use super::seen::Seen;
use super::{keys, loudness, theme};
use egui::{Frame, Ui, ViewportBuilder, ViewportClass, ViewportId};

/// `asked` while a question in the main window has the keys.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui, asked: bool) {
    let Some(song) = seen.song.filter(|_| panels.shown.meters) else { return };
    let builder = ViewportBuilder::default()
        .with_title(format!("{}, meters", song.session.song.title))
        .with_app_id("stemwright")
        .with_inner_size([320.0, 860.0])
        .with_min_inner_size([250.0, 300.0]);
    let ctx = ui.ctx().clone();
    ctx.show_viewport_immediate(ViewportId::from_hash_of("meters"), builder, |ui, class| {
        // Its keys do what they do in the main window. Inside that window they were taken already.
        if class != ViewportClass::EmbeddedWindow {
            keys::handle(seen, panels, ui, asked);
        }
        Frame::new().fill(theme::panel()).show(ui, |ui| {
            let rect = ui.max_rect();
            loudness::show(seen, panels, ui, rect);
        });
        if ui.input(|input| input.viewport().close_requested()) {
            panels.shown.meters = false;
        }
    });
}
