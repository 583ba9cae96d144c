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
use crate::texts::{self, say};
use egui::{Rect, Ui};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(song) = seen.song else { return };
    let role = owner.role(song);
    let mut all: Vec<&Preset> = seen.shelf.presets.iter().collect();
    // Stems and the mix have separate presets. Presets for the stem's role come first.
    all.retain(|preset| preset.role.is_none() == (owner == Owner::Mix));
    all.sort_by_key(|preset| preset.role != role);
    let mut names: Vec<String> =
        all.iter().map(|preset| texts::word("preset", &preset.name).into()).collect();
    names.push(say!("chain-preset-save").into());
    match choice(ui, rect, say!("chain-preset"), say!("chain-presets"), &names) {
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
    let (heading, field) = (say!("chain-preset-save-heading"), say!("chain-preset-name"));
    let asked = menu::ask_name(ui, heading, "", field, &mut name);
    if matches!(asked, Named::Saved) {
        let preset = Preset::new(name.trim(), owner.role(song), &owner.chain(song));
        seen.ask(Deed::KeepPreset(Box::new(preset)));
    } else if matches!(asked, Named::Open) {
        panels.racks.naming = Some(name);
    }
}
