//! The question before an export: stems that the files would not hold, findings that nobody decided
//! about, and missing files.

use super::deeds::Make;
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::{page, push};
use crate::texts::say;
use egui::{Rect, Sense, Ui, vec2};

const WIDTH: f32 = 520.0;

/// Asks whether to export all the same.
pub fn question(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    let Some(before) = &shown.before else { return };
    let missing = seen.files.missing();
    let (mut find, mut cancel, mut go_on) = (false, false, None);
    let modal = page(ui, "before export").show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading(say!("deliver-before-heading"));
        ui.add_space(4.0);
        for check in &before.found {
            ui.horizontal_wrapped(|ui| {
                ui.colored_label(theme::caution(), "!");
                ui.label(&check.text);
            });
        }
        if !missing.is_empty() {
            ui.horizontal_wrapped(|ui| {
                ui.colored_label(theme::caution(), "!");
                let (count, stems) = (missing.len(), missing.join(", "));
                ui.label(say!("deliver-before-missing", count = count, stems = stems));
            });
            ui.colored_label(theme::dim(), say!("deliver-before-missing-hint"));
        }
        let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 50.0), Sense::hover());
        let mut right = rect.right();
        let mut place = |width: f32| {
            right -= width + 8.0;
            Rect::from_min_size(egui::pos2(right + 8.0, rect.top() + 14.0), vec2(width, 34.0))
        };
        let anyway = say!("deliver-before-anyway");
        if push(ui, place(136.0), anyway, missing.is_empty()).clicked() {
            go_on = Some(before.kind);
        }
        let find_them = say!("deliver-before-find");
        if !missing.is_empty() && push(ui, place(116.0), find_them, true).clicked() {
            find = true;
        }
        cancel = push(ui, place(96.0), say!("common-cancel"), false).clicked();
    });
    if let Some(kind) = go_on {
        seen.ask(Make::Anyway(kind));
    }
    shown.files |= find;
    if find || cancel || go_on.is_some() || modal.should_close() {
        shown.before = None;
    }
}
