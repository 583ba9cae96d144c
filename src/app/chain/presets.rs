//! List of chain presets, and the question for the name of a new one. Presets come from the shelf
//! ([`crate::app::shelf::Shelf`]).

use crate::app::deeds::{Deed, Play};
use crate::app::menu::{self, Named};
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::panels::chain::Owner;
use crate::app::seen::Seen;
use crate::app::widgets::choice;
use crate::session::preset::Preset;
use egui::{Rect, Ui};

const SAVE: &str = "Save as a preset\u{2026}";

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(song) = seen.song else { return };
    let role = owner.role(song);
    let mut all: Vec<&Preset> = seen.shelf.presets.iter().collect();
    // Stems and the mix have separate presets. Presets for the stem's role come first.
    all.retain(|preset| preset.role.is_none() == (owner == Owner::Mix));
    all.sort_by_key(|preset| preset.role != role);
    let mut names: Vec<String> = all.iter().map(|preset| preset.name.clone()).collect();
    names.push(SAVE.into());
    match choice(ui, rect, "Preset", "Presets", &names) {
        Some(n) if n < all.len() => {
            if let Some(preset) = all.get(n) {
                seen.edit(owner.edit(preset.chain.clone()));
                seen.ask(Play::Compare(None));
            }
        }
        Some(_) => panels.racks.naming = Some(String::new()),
        None => {}
    }
    naming(seen, song, panels, ui, owner);
}

/// Asks for the name of a preset and keeps the chain under it.
fn naming(seen: &Seen<'_>, song: &OpenSong, panels: &mut Panels, ui: &Ui, owner: Owner) {
    let Some(mut name) = panels.racks.naming.take() else { return };
    let asked = menu::ask_name(ui, "Save as a preset", "", "Name of the preset", &mut name);
    if matches!(asked, Named::Saved) {
        let preset = Preset::new(name.trim(), owner.role(song), &owner.chain(song));
        seen.ask(Deed::KeepPreset(Box::new(preset)));
    } else if matches!(asked, Named::Open) {
        panels.racks.naming = Some(name);
    }
}
