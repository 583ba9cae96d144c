//! The shelf: what the user keeps for other songs (sets of versions, stem exports, chain presets).
//! A job reads it from the settings.

use crate::session::delivery::StemExport;
use crate::session::preset::{Preset, built_in};
use crate::session::ready::Template;

/// Everything on the shelf.
pub struct Shelf {
    /// Sets of versions.
    pub versions: Vec<Template>,
    /// Stem exports, the built-in ones first.
    pub stem_exports: Vec<StemExport>,
    /// Chain presets, the built-in ones first.
    pub presets: Vec<Preset>,
}

/// The built-in entries, until the settings are read.
impl Default for Shelf {
    fn default() -> Self {
        Self {
            versions: Vec::new(),
            stem_exports: StemExport::templates(None),
            presets: built_in(),
        }
    }
}
