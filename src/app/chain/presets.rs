//! The list of presets, and saving one's own.

use super::Owner;
use crate::app::desk::Desk;
use crate::app::menu::{self, Named};
use crate::app::widgets::choice;
use crate::session::preset::{Preset, built_in, save, saved};
use egui::{Rect, Ui};

const SAVE: &str = "Save as a preset\u{2026}";

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(document) = &mut desk.document else { return };
    let role = owner.role(document);
    let known = desk.panels.racks.presets.get_or_insert_with(|| {
        let folder = desk.settings.folder.clone();
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
                desk.listen.heard.comparing = None;
            }
        }
        Some(_) => desk.panels.racks.naming = Some(String::new()),
        None => {}
    }
    naming(desk, ui, owner);
}

/// Asks for the name of a preset.
fn naming(desk: &mut Desk, ui: &Ui, owner: Owner) {
    let Some(mut name) = desk.panels.racks.naming.take() else { return };
    let Some(document) = &desk.document else { return };
    let asked = menu::ask_name(ui, "Save as a preset", "", "Name of the preset", &mut name);
    if matches!(asked, Named::Saved) {
        let preset = Preset::new(name.trim(), owner.role(document), &owner.chain(document));
        let kept = desk.settings.folder.as_deref().map(|folder| save(folder, &preset));
        desk.panels.racks.presets = None;
        desk.say_kept(kept);
    } else if matches!(asked, Named::Open) {
        desk.panels.racks.naming = Some(name);
    }
}
