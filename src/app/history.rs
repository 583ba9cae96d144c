//! The History window: the list of undo steps; a click goes to a step.

use super::deeds::Deed;
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::{floating, title_line};
use crate::texts::say;
use egui::{Align2, ScrollArea, Ui, vec2};

pub fn show(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    if seen.song.is_none() || !shown.history {
        return;
    }
    let depth = seen.history.depth();
    floating(ui, "history")
        .default_width(280.0)
        .anchor(Align2::RIGHT_TOP, vec2(-290.0, 110.0))
        .movable(true)
        .show(ui.ctx(), |ui| {
            shown.history = !title_line(ui, say!("song-history"));
            let height = (ui.ctx().content_rect().height() * 0.6).max(120.0);
            ScrollArea::vertical().max_height(height).auto_shrink(false).show(ui, |ui| {
                let row = |ui: &mut Ui, n: usize, name: &str| {
                    let text = egui::RichText::new(name);
                    let text = if n > depth { text.color(theme::dim()) } else { text };
                    let row = ui.selectable_label(n == depth, text);
                    if n == depth {
                        row.scroll_to_me(None);
                    }
                    if row.clicked() {
                        seen.ask(Deed::GoTo(n));
                    }
                };
                let first = match seen.history.is_whole() {
                    true => say!("song-history-opened"),
                    false => say!("song-history-earlier"),
                };
                row(ui, 0, first);
                for (n, name) in seen.history.steps().enumerate() {
                    row(ui, n + 1, name);
                }
            });
        });
}
