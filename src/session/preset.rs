//! Named chains: the built-in presets and those that a person saved.

use crate::dsp::chain::Slot;
use crate::dsp::parameter::ParameterId;
use crate::session::file::FileError;
use crate::session::shelf;
use crate::session::stem::Role;
use crate::units::EntryId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A named chain to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    pub name: String,
    /// The role that it suits; `None` means the mix.
    pub role: Option<Role>,
    pub chain: Vec<Slot>,
}

impl Preset {
    /// A preset from `chain`. Slot ids are cleared, because each use is a separate chain.
    pub fn new(name: &str, role: Option<Role>, chain: &[Slot]) -> Self {
        let slot = |slot: &Slot| Slot { id: EntryId::default(), ..slot.clone() };
        Self { name: name.into(), role, chain: chain.iter().map(slot).collect() }
    }
}

/// The built-in presets.
pub fn built_in() -> Vec<Preset> {
    // The file is compiled in; a test parses it.
    serde_json::from_str(include_str!("../../assets/presets.json")).unwrap_or_default()
}

/// Saved presets, sorted by name. Skips unreadable files.
pub fn saved(settings: &Path) -> Vec<Preset> {
    let mut all = shelf::all(&settings.join("presets"), |preset: &Preset| &preset.name);
    // Earlier programs named automated parameters as sessions of schema 1 did.
    let slots = all.iter_mut().flat_map(|preset: &mut Preset| &mut preset.chain);
    for automation in slots.flat_map(|slot| &mut slot.automation) {
        automation.parameter = ParameterId::of_schema_1(automation.parameter.as_str());
    }
    all
}

/// Saves a preset to its own file, replacing one of the same name.
pub fn save(settings: &Path, preset: &Preset) -> Result<PathBuf, FileError> {
    shelf::put(&settings.join("presets"), &preset.name, preset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::{Chain, Kind};
    use crate::units::{SampleRate, SongFrame};

    #[test]
    fn automation_of_earlier_programs_is_read_by_id() {
        let settings = tempfile::tempdir().unwrap();
        let preset = Preset::new("Mine", None, &[Slot::new(Kind::Compressor)]);
        let path = save(settings.path(), &preset).unwrap();
        let mut old = serde_json::to_value(&preset).unwrap();
        old["chain"][0]["automation"] = serde_json::json!([
            { "parameter": "Make-up", "curve": [{ "time": 1.0, "value": 1.0 }] }
        ]);
        std::fs::write(path, old.to_string()).unwrap();
        let read = saved(settings.path());
        let slot = &read[0].chain[0];
        assert_eq!(slot.automation[0].parameter.as_str(), "make_up");
        assert!(slot.place_of(&slot.automation[0]).is_some());
    }

    #[test]
    fn every_preset_is_understood_and_leaves_room() {
        let all = built_in();
        assert!(all.len() >= 8);
        for preset in &all {
            assert!(!preset.chain.is_empty());
            for slot in &preset.chain {
                assert_ne!(slot.kind(), Kind::Unknown, "{}", preset.name);
                assert!(slot.unknown.is_empty(), "{}: {:?}", preset.name, slot.unknown);
            }
            let mut chain = Chain::new(&preset.chain, SampleRate(48_000));
            let mut left: Vec<f32> = (0..48_000).map(|n| 0.25 * (n as f32 * 0.06).sin()).collect();
            let mut right = left.clone();
            chain.process(&mut left, &mut right, &[], false, SongFrame(0));
            let most = left[24_000..].iter().fold(0.0f32, |most, x| most.max(x.abs()));
            assert!((0.05..0.5).contains(&most), "{}: {most}", preset.name);
        }
    }

    #[test]
    fn a_saved_preset_comes_back() {
        let home = tempfile::tempdir().unwrap();
        assert!(saved(home.path()).is_empty());
        let preset =
            Preset { name: "Mine: 1/2".into(), role: Some(Role::Keys), ..built_in()[0].clone() };
        save(home.path(), &preset).unwrap();
        assert_eq!(saved(home.path()), vec![preset]);
    }
}
