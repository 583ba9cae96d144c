//! The question before an export: stems that the files would not hold, findings that nobody decided
//! about, and missing files.

use super::deeds::Make;
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::{answers, page, title};
use crate::texts::say;
use egui::Ui;

const WIDTH: f32 = 520.0;

/// Asks whether to export all the same.
pub fn question(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    let Some(before) = &shown.before else { return };
    let missing = seen.files.missing();
    let (mut find, mut cancel, mut go_on) = (false, false, None);
    let modal = page(ui, "before export").show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        title(ui, say!("deliver-before-heading"));
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
        let (no, anyway) = (say!("common-cancel"), say!("deliver-before-anyway"));
        let answer = match missing.is_empty() {
            true => answers(ui, &[no, anyway]),
            false => answers(ui, &[no, anyway, say!("deliver-before-find")]),
        };
        match answer {
            Some(0) => cancel = true,
            Some(1) => go_on = Some(before.kind),
            Some(_) => find = true,
            None => {}
        }
    });
    if let Some(kind) = go_on {
        seen.ask(Make::Anyway(kind));
    }
    shown.files |= find;
    if find || cancel || go_on.is_some() || modal.should_close() {
        shown.before = None;
    }
}
