//! Contents and form of the package: what it includes beside the masters, the stem export, and
//! folder or zip archives. [`stem_export`] is the page of stem options.

use super::panel::Column;
use crate::app::deeds::Make;
use crate::app::open_song::OpenSong;
use crate::app::panels::OpenPages;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write_fitted};
use crate::app::widgets::{checkbox, choice, page, push};
use crate::media::writer::BitDepth;
use crate::session::Session;
use crate::session::delivery::{Delivery, Grouping, Include, Packaging, StemExport};
use crate::session::edit::Edit;
use crate::session::naming::{STEM_TOKENS, stem_name_by};
use crate::texts::{self, say};
use egui::{Rect, Sense, TextEdit, Ui, pos2, vec2};

/// Height of a line with a checkbox, in points.
const LINE: f32 = 30.0;

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    delivery: &mut Delivery,
    shown: &mut OpenPages,
    ui: &mut Ui,
    column: &Column,
) {
    let has_reference = song.session.reference.is_some();
    column.label(ui, 0.0, 248.0, say!("deliver-also-include"));
    let Include { stems, reference, sheet, checksums, notes, page } = &mut delivery.include;
    let notes_text = say!("deliver-include-notes", count = seen.review.open());
    let reference_text = match has_reference {
        true => say!("deliver-include-reference"),
        false => say!("deliver-include-no-reference"),
    };
    let depth = texts::word("depth", delivery.stems.depth.name());
    let stems_text = say!("deliver-include-stems", depth = depth);
    let lines = [
        (stems, stems_text.as_str()),
        (reference, reference_text),
        (sheet, say!("deliver-include-sheet")),
        (notes, notes_text.as_str()),
        (page, say!("deliver-include-page")),
        (checksums, say!("deliver-include-checksums")),
    ];
    for (n, (on, text)) in lines.into_iter().enumerate() {
        let row = Rect::from_min_size(column.at(260.0 + n as f32 * LINE), vec2(280.0, LINE));
        if line(ui, row, text, *on) {
            *on = !*on;
        }
    }
    let y = 260.0 + 6.0 * LINE + 14.0;
    column.label(ui, 0.0, y, say!("deliver-stem-export"));
    let row = column.row(y + 12.0);
    let edit = Rect::from_min_max(pos2(row.right() - 92.0, row.top()), row.max);
    let list = Rect::from_min_max(row.min, pos2(edit.left() - 8.0, row.bottom()));
    let templates = &seen.shelf.stem_exports;
    let names: Vec<String> = templates.iter().map(|template| template.name.clone()).collect();
    let mut now = delivery.stems.name.clone();
    if !templates.contains(&delivery.stems) {
        now = say!("deliver-stem-export-changed", name = now);
    }
    let chosen = choice(ui, list, say!("deliver-stem-export"), &now, &names);
    if let Some(template) = chosen.and_then(|n| templates.get(n)) {
        delivery.stems = template.clone();
    }
    if push(ui, edit, say!("deliver-stem-export-change"), false).clicked() {
        shown.stem_export = true;
    }
    let y = y + 62.0;
    column.label(ui, 0.0, y, say!("deliver-package"));
    let now = Packaging::ALL.iter().find(|(form, _)| *form == delivery.package);
    let now = match (now, delivery.package) {
        (Some((_, name)), _) => texts::word("packaging", name).to_string(),
        (None, Packaging::Zip { part }) => {
            say!("deliver-package-parts", size = part / 1_000_000)
        }
        (None, Packaging::Folder) => String::new(),
    };
    let names = Packaging::ALL.map(|(_, name)| texts::word("packaging", name).to_string());
    let chosen = choice(ui, column.row(y + 12.0), say!("deliver-package"), &now, &names);
    if let Some((form, _)) = chosen.and_then(|n| Packaging::ALL.get(n)) {
        delivery.package = *form;
    }
}

/// Checkbox with a label; returns whether either was clicked.
pub fn line(ui: &mut Ui, row: Rect, text: &str, on: bool) -> bool {
    let tick = Rect::from_min_size(pos2(row.left(), row.center().y - 8.0), vec2(16.0, 16.0));
    let whole = ui.interact(row, ui.scope_id().with(("line", text)), Sense::click());
    let ticked = checkbox(ui, tick, text, on);
    let at = pos2(row.left() + 27.0, row.center().y);
    let width = (row.right() - 2.0).min(ui.clip_rect().right() - 6.0) - at.x;
    write_fitted(ui.painter(), at, width, text, (12.5, Weight::Regular), theme::text());
    ticked.clicked() || whole.clicked()
}

/// Page of the stem export: grouping into files, bit depth, name pattern, and a button that keeps
/// these settings on the shelf.
pub fn stem_export(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    if !shown.stem_export {
        return;
    }
    let Some(song) = seen.song else { return };
    let session = &song.session;
    let mut export = session.delivery.stems.clone();
    let mut keep = false;
    let modal = page(ui, "stem export").show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        ui.heading(say!("deliver-stem-export"));
        ui.add_space(6.0);
        egui::Grid::new("stem export").num_columns(2).spacing(vec2(14.0, 8.0)).show(ui, |ui| {
            ui.label(say!("deliver-stem-files"));
            ui.horizontal(|ui| {
                for (grouping, name) in Grouping::ALL {
                    let name = texts::word("grouping", name);
                    ui.selectable_value(&mut export.grouping, grouping, name);
                }
            });
            ui.end_row();
            ui.label(say!("deliver-stem-bits"));
            ui.horizontal(|ui| {
                for depth in [BitDepth::Int24, BitDepth::Float32] {
                    let name = texts::word("depth", depth.name());
                    ui.selectable_value(&mut export.depth, depth, name);
                }
            });
            ui.end_row();
            let tokens =
                STEM_TOKENS.map(|(token, is)| format!("{token}  {}", texts::word("token", is)));
            let tokens = tokens.join("\n");
            let label = ui.label(say!("deliver-stem-pattern"));
            let edit = TextEdit::singleline(&mut export.pattern).desired_width(320.0);
            ui.add(edit).labelled_by(label.id).on_hover_text(tokens);
            ui.end_row();
            ui.label(say!("deliver-stem-examples"));
            ui.weak(examples(session, &export));
            ui.end_row();
            let label = ui.label(say!("deliver-stem-name"));
            let edit = TextEdit::singleline(&mut export.name).desired_width(320.0);
            ui.add(edit).labelled_by(label.id);
            ui.end_row();
        });
        ui.add_space(4.0);
        ui.weak(say!("deliver-stem-hint"));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button(say!("common-close")).clicked() {
                ui.close();
            }
            let named = !export.name.trim().is_empty();
            let button = egui::Button::new(say!("deliver-stem-keep"));
            keep = ui.add_enabled(named, button).clicked();
        });
    });
    if keep {
        seen.ask(Make::KeepExport(Box::new(export.clone())));
    }
    if export != session.delivery.stems {
        let delivery = Delivery { stems: export, ..session.delivery.clone() };
        seen.edit(Edit::Delivery(Box::new(delivery)));
    }
    if modal.should_close() {
        shown.stem_export = false;
    }
}

/// Names of the first two files, and the number of files.
fn examples(session: &Session, export: &StemExport) -> String {
    let stems = export.stems(session);
    let first = stems.iter().take(2).enumerate();
    let names = first.map(|(n, stem)| stem_name_by(&export.pattern, session, n, stem));
    let names: Vec<String> = names.map(|name| format!("{name}.wav")).collect();
    say!("deliver-stem-first-names", names = names.join(", "), count = stems.len())
}
