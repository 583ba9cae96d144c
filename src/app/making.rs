//! The question before masters or a package are made while stems are missing.

use super::deeds::Make;
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::push;
use egui::{Id, Modal, Rect, Sense, Ui, vec2};

/// Asks whether to find the missing stems, go on without them, or cancel.
pub fn question(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    let Some(making) = shown.missing else { return };
    let missing = seen.files.missing();
    let modal = Modal::new(Id::unique("missing stems")).show(ui.ctx(), |ui| {
        ui.set_width(440.0);
        let one = missing.len() == 1;
        ui.heading(if one { "A stem is missing" } else { "Stems are missing" });
        ui.label(missing.join(", "));
        ui.colored_label(
            theme::dim(),
            "Made without, every file that should hold them says so, and none of these is verified.",
        );
        let (rect, _) = ui.allocate_exact_size(vec2(440.0, 46.0), Sense::hover());
        let place =
            |n: f32| Rect::from_min_size(rect.min + vec2(n * 148.0, 10.0), vec2(140.0, 34.0));
        if push(ui, place(0.0), "Find them\u{2026}", true).clicked() {
            (shown.missing, shown.files) = (None, true);
        }
        if push(ui, place(1.0), "Make it without", false).clicked() {
            shown.missing = None;
            seen.ask(Make::Without(making));
        }
        if push(ui, place(2.0), "Cancel", false).clicked() {
            shown.missing = None;
        }
    });
    if modal.should_close() {
        shown.missing = None;
    }
}
