//! The Stems view: a row per file with name, role, facts and findings, and the reference.

mod findings;
mod residual;

use super::deeds::Stems;
use super::icons::{self, Icon};
use super::menu;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::{choice, push};
use crate::intake::examine::StemReport;
use crate::session::edit::Edit;
use crate::session::stem::Role;
use crate::units::{Db, counted};
use egui::{
    Align2, Rect, Role as WidgetRole, Sense, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

const ROW: f32 = 46.0;
const NARROW: f32 = 1250.0;

pub fn show(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    menu::heading(
        ui,
        rect,
        "Stems",
        "Name and role of each file. Vocal roles decide what the instrumental and the a cappella hold. Drop files here to add them.",
    );
    let (words, colour) = summary(seen);
    let at = pos2(rect.left() + 24.0, rect.top() + 84.0);
    write(ui.painter(), at, Align2::LEFT_CENTER, words, (12.5, Weight::Medium), colour);
    findings::commands(seen, ui, rect);
    let table = Rect::from_min_max(rect.min + vec2(24.0, 104.0), rect.max - vec2(24.0, 16.0));
    let mut inner = ui.new_child(UiBuilder::new().max_rect(table));
    egui::ScrollArea::vertical().auto_shrink(false).show(&mut inner, |ui| rows(seen, ui));
}

fn rows(seen: &Seen<'_>, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let session = &song.session;
    let roles = menu::role_names();
    let checks = seen.measured.examination.as_ref().map_or(&[][..], |found| &found.stems);
    // A narrow window shows the facts about a file below its name.
    let narrow = ui.available_width() < NARROW;
    let head = if narrow { ROW + 26.0 } else { ROW };
    for (n, stem) in session.stems.iter().enumerate() {
        let check = checks.iter().find(|check| check.id == stem.id);
        let grave = check.map_or(Vec::new(), findings::grave);
        let height = head + findings::height(&grave);
        let (all, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), height), egui::Sense::hover());
        let whole = Rect::from_min_size(all.min, vec2(all.width(), head));
        let rect = Rect::from_min_size(whole.min, vec2(whole.width(), ROW));
        // Two stems may have the same name, so widget ids use the stem's id.
        let ui = &mut ui.new_child(UiBuilder::new().id_salt(("stem", stem.id.0)).max_rect(rect));
        ui.painter().rect_filled(all, theme::RADIUS, theme::panel());
        let under = Rect::from_min_max(pos2(all.left(), whole.bottom() - 4.0), all.max);
        findings::list(seen, session, ui, under, &grave);
        ui.painter().rect_filled(
            Rect::from_min_size(rect.min, vec2(4.0, height)),
            2.0,
            theme::role_colour(stem.role),
        );
        let at = |x: f32| pos2(rect.left() + x, rect.center().y);
        let text = |x: f32, words: String, colour| {
            write(ui.painter(), at(x), Align2::LEFT_CENTER, words, (12.5, Weight::Regular), colour);
        };
        text(18.0, format!("{:02}", n + 1), theme::dim());
        let facts = [
            (430.0, stem.file.info.describe(), theme::dim()),
            (660.0, stem.file.place.path.clone(), theme::dim()),
        ];
        let mut x = rect.left() + 48.0;
        for (place, words, colour) in facts {
            let at = match narrow {
                true => pos2(x, whole.bottom() - 16.0),
                false => pos2(rect.left() + place, rect.center().y),
            };
            let font = (12.5, Weight::Regular);
            x = write(ui.painter(), at, Align2::LEFT_CENTER, words, font, colour).right() + 16.0;
        }
        let end = if narrow { whole.right() - 12.0 } else { rect.right() - 256.0 };
        let from = if narrow { x } else { rect.left() + 940.0 };
        let middle = if narrow { whole.bottom() - 16.0 } else { rect.center().y };
        let place = Rect::from_min_max(pos2(from, middle - 12.0), pos2(end, middle + 12.0));
        verdict(ui, place, check);
        let field = Rect::from_min_size(
            pos2(rect.left() + 48.0, rect.center().y - 13.0),
            vec2(190.0, 26.0),
        );
        let mut name = stem.name.clone();
        let typed = ui
            .put(field, TextEdit::singleline(&mut name).id_salt(("name", stem.id.0)))
            .accessible_name(format!("Name of {}", stem.name));
        if typed.changed() {
            seen.edit(Edit::Name { stem: stem.id, name });
        }
        let list = Rect::from_min_size(
            pos2(rect.left() + 252.0, rect.center().y - 14.0),
            vec2(164.0, 28.0),
        );
        let chosen = choice(ui, list, "Role", stem.role.name(), &roles);
        if let Some(role) = chosen.and_then(|n| Role::ALL.get(n)) {
            seen.edit(Edit::Role { stem: stem.id, role: *role });
        }
        let button = |n: f32, width: f32| {
            Rect::from_min_size(pos2(rect.right() - n, rect.center().y - 14.0), vec2(width, 28.0))
        };
        if push(ui, button(242.0, 126.0), "Make reference", false)
            .on_hover_text("Take this file for the reference instead")
            .clicked()
        {
            seen.ask(Stems::BecomeReference(stem.id));
        }
        if push(ui, button(104.0, 92.0), "Remove", false).clicked() {
            seen.ask(Stems::Remove(stem.id));
        }
    }
    if let Some(file) = &session.reference {
        ui.add_space(10.0);
        let (rect, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::hover());
        ui.painter().rect_filled(rect, theme::RADIUS, theme::panel());
        let text = |x: f32, words: String, colour| {
            let at = pos2(rect.left() + x, rect.center().y);
            write(ui.painter(), at, Align2::LEFT_CENTER, words, (12.5, Weight::Regular), colour);
        };
        text(18.0, "Reference, not in the sum".into(), theme::text());
        if !narrow {
            text(430.0, file.info.describe(), theme::dim());
            text(660.0, file.place.path.clone(), theme::dim());
        }
        let button = Rect::from_min_size(
            pos2(rect.right() - 242.0, rect.center().y - 14.0),
            vec2(230.0, 28.0),
        );
        if push(ui, button, "Make it a stem", false).clicked() {
            seen.ask(Stems::FromReference);
        }
    }
    if let Some(found) = &seen.measured.examination {
        findings::of_set(seen, session, ui, found);
    }
}

/// Result of the checks of one file: number of problems, notes, peak.
fn verdict(ui: &Ui, place: Rect, check: Option<&StemReport>) {
    let (text, colour, good) = match check {
        None => ("being checked".to_string(), theme::dim(), false),
        Some(check) => {
            let peak = check.sample_peak_dbfs.map(|peak| format!("peak {:+.1} dBFS", Db(peak)));
            let (colour, good) = match check.problems.len() {
                0 => (theme::dim(), true),
                _ => (theme::caution(), false),
            };
            let to_mend = match check.problems.len() {
                0 => None,
                1 => Some("1 thing to look at".to_string()),
                many => Some(format!("{many} things to look at")),
            };
            let said = to_mend.into_iter().chain(check.notes.iter().cloned()).chain(peak);
            (said.collect::<Vec<_>>().join("; "), colour, good)
        }
    };
    let response = ui.interact(place, ui.scope_id().with("verdict"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Label, true, &text));
    let mark = pos2(place.left() + 8.0, place.center().y);
    if good {
        icons::draw(ui.painter(), Icon::Check, mark, theme::good());
    } else if check.is_some() {
        // A sign and a word: colour alone is not readable for everybody.
        write(ui.painter(), mark, Align2::CENTER_CENTER, "!", (14.0, Weight::SemiBold), colour);
    }
    let clip = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    let at = pos2(place.left() + 22.0, place.center().y);
    write(&clip, at, Align2::LEFT_CENTER, &text, (12.5, Weight::Regular), colour);
    response.on_hover_text(text);
}

/// Summary of the checks of all files and of the null test, with its colour.
fn summary(seen: &Seen<'_>) -> (String, egui::Color32) {
    let null = seen.measured.residual().map(|residual| {
        let words =
            if residual.0 < -60.0 { "sum to the reference" } else { "differ from the reference" };
        format!(" \u{b7} stems {words}, {residual:.1} dB")
    });
    let null = null.unwrap_or_default();
    let checks = seen.measured.examination.as_ref().map_or(&[][..], |found| &found.stems);
    let bad = checks.iter().filter(|check| !check.problems.is_empty()).count();
    match (checks.len(), bad) {
        (0, _) => ("The files are being checked".into(), theme::dim()),
        (all, 0) => {
            (format!("{} checked, nothing to mend{null}", counted(all, "file")), theme::good())
        }
        (all, bad) => (format!("{bad} of {all} files need a look{null}"), theme::caution()),
    }
}
