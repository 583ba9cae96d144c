//! What was done, as a list that one can click back through.

use super::desk::Desk;
use super::theme;
use egui::{Align2, ScrollArea, Ui, Window, vec2};

pub fn show(desk: &mut Desk, ui: &Ui) {
    let Some(document) = desk.document.as_ref().filter(|_| desk.panels.shown.history) else {
        return;
    };
    let (steps, depth) = document.steps();
    let steps: Vec<String> = steps.into_iter().map(str::to_owned).collect();
    let mut open = true;
    let mut wanted = None;
    Window::new("History")
        .open(&mut open)
        .collapsible(false)
        .default_width(280.0)
        .anchor(Align2::RIGHT_TOP, vec2(-290.0, 110.0))
        .movable(true)
        .show(ui.ctx(), |ui| {
            let height = (ui.ctx().content_rect().height() * 0.6).max(120.0);
            ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
                let mut row = |ui: &mut Ui, n: usize, name: &str| {
                    let text = egui::RichText::new(name);
                    let text = if n > depth { text.color(theme::dim()) } else { text };
                    let row = ui.selectable_label(n == depth, text);
                    if n == depth {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() {
                        wanted = Some(n);
                    }
                };
                row(ui, 0, "As it was opened");
                for (n, name) in steps.iter().enumerate() {
                    row(ui, n + 1, name);
                }
            });
        });
    if let Some(depth) = wanted {
        desk.rewind(|document| document.go_to(depth));
    }
    desk.panels.shown.history = open;
}
