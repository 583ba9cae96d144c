//! What a person keeps for other songs: sets of versions, how stems are exported, and chains.

use crate::session::delivery::StemExport;
use crate::session::preset::{Preset, built_in};
use crate::session::ready::Template;

pub struct Shelf {
    pub versions: Vec<Template>,
    /// Here and below those that come with the program stand first.
    pub stem_exports: Vec<StemExport>,
    pub presets: Vec<Preset>,
}

/// Before the settings are read.
impl Default for Shelf {
    fn default() -> Self {
        Self {
            versions: Vec::new(),
            stem_exports: StemExport::templates(None),
            presets: built_in(),
        }
    }
}
