//! The meters in a window of their own, for a second screen.

use super::desk::Desk;
use super::{loudness, theme};
use egui::{Frame, Ui, ViewportBuilder, ViewportId};

pub fn show(desk: &mut Desk, ui: &Ui) {
    if !desk.panels.shown.meters || desk.document.is_none() {
        return;
    }
    let title = desk.document.as_ref().map_or(String::new(), |d| d.session.song.title.clone());
    let builder = ViewportBuilder::default()
        .with_title(format!("{title}, meters"))
        .with_app_id("stemwright")
        .with_inner_size([320.0, 860.0])
        .with_min_inner_size([250.0, 300.0]);
    let ctx = ui.ctx().clone();
    ctx.show_viewport_immediate(ViewportId::from_hash_of("meters"), builder, |ui, _| {
        Frame::new().fill(theme::panel()).show(ui, |ui| {
            let rect = ui.max_rect();
            loudness::show(desk, ui, rect);
        });
        if ui.input(|input| input.viewport().close_requested()) {
            desk.panels.shown.meters = false;
        }
    });
}
