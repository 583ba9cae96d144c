//! The list of presets, and saving one's own.

use super::Owner;
use crate::app::App;
use crate::app::widgets::{choice, push};
use crate::session::preset::{Preset, built_in, save, saved};
use egui::{Id, Modal, Rect, Ui};

const SAVE: &str = "Save as a preset\u{2026}";

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(document) = &mut app.document else { return };
    let role = owner.role(document);
    let known = app.racks.presets.get_or_insert_with(|| {
        let folder = app.settings.clone();
        built_in().into_iter().chain(folder.iter().flat_map(|folder| saved(folder))).collect()
    });
    let mut all: Vec<&Preset> = known.iter().collect();
    // Those that are made for the role come first; a chain of the mix is no stem's.
    all.retain(|preset| preset.role.is_none() == (owner == Owner::Mix));
    all.sort_by_key(|preset| preset.role != role);
    let mut names: Vec<String> = all.iter().map(|preset| preset.name.clone()).collect();
    names.push(SAVE.into());
    match choice(ui, rect, "Preset", "Presets", &names) {
        Some(n) if n < all.len() => {
            if let Some(preset) = all.get(n) {
                document.edit_once(owner.edit(preset.chain.clone()));
                app.listen.comparing = None;
            }
        }
        Some(_) => app.racks.naming = Some(String::new()),
        None => {}
    }
    naming(app, ui, owner);
}

/// Asks for the name of a preset.
fn naming(app: &mut App, ui: &Ui, owner: Owner) {
    let Some(mut name) = app.racks.naming.take() else { return };
    let Some(document) = &app.document else { return };
    let mut open = true;
    let mut wanted = false;
    let modal = Modal::new(Id::unique("preset")).show(ui.ctx(), |ui| {
        ui.set_width(300.0);
        ui.heading("Save as a preset");
        let field = ui
            .add(egui::TextEdit::singleline(&mut name).hint_text("Name"))
            .accessible_name("Name of the preset");
        field.request_focus();
        wanted = ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let (_, place) = ui.allocate_space(egui::vec2(90.0, 30.0));
            wanted |= push(ui, place, "Save", true).clicked();
            let (_, place) = ui.allocate_space(egui::vec2(90.0, 30.0));
            open &= !push(ui, place, "Cancel", false).clicked();
        });
    });
    open &= !modal.should_close();
    let named = !name.trim().is_empty();
    if wanted && named {
        let preset = Preset {
            name: name.trim().into(),
            role: owner.role(document),
            chain: owner.chain(document),
        };
        let text = match app.settings.clone() {
            Some(folder) => match save(&folder, &preset) {
                Ok(path) => format!("Saved {}", path.display()),
                Err(error) => error.to_string(),
            },
            None => "There is no folder for presets on this system".into(),
        };
        app.racks.presets = None;
        app.say(text);
    } else if open {
        app.racks.naming = Some(name);
    }
}
