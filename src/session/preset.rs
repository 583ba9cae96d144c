//! Chains with a name: those that come with the program, and those that a person saved.

use crate::dsp::chain::Slot;
use crate::session::file::FileError;
use crate::session::shelf;
use crate::session::stem::Role;
use crate::units::EntryId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A chain to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    pub name: String,
    /// What it is made for; none is the mix.
    pub role: Option<Role>,
    pub chain: Vec<Slot>,
}

impl Preset {
    /// A chain to start from. What comes of it later is another chain each time.
    pub fn new(name: &str, role: Option<Role>, chain: &[Slot]) -> Self {
        let slot = |slot: &Slot| Slot { id: EntryId::default(), ..slot.clone() };
        Self { name: name.into(), role, chain: chain.iter().map(slot).collect() }
    }
}

/// The presets that come with the program.
pub fn built_in() -> Vec<Preset> {
    // The file is part of the program, and a test reads it.
    serde_json::from_str(include_str!("../../assets/presets.json")).unwrap_or_default()
}

/// The presets that a person saved, by name; files that cannot be read are passed over.
pub fn saved(settings: &Path) -> Vec<Preset> {
    shelf::all(&settings.join("presets"), |preset: &Preset| &preset.name)
}

/// Saves a preset as a file of its own; one of the same name is replaced.
pub fn save(settings: &Path, preset: &Preset) -> Result<PathBuf, FileError> {
    shelf::put(&settings.join("presets"), &preset.name, preset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::{Chain, Kind};
    use crate::units::SampleRate;

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
            chain.process(&mut left, &mut right, &[], false, 0);
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
