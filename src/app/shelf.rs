//! What a person keeps for other songs: sets of versions, and how stems are exported.

use crate::session::delivery::StemExport;
use crate::session::ready::Template;

pub struct Shelf {
    pub versions: Vec<Template>,
    /// Those that come with the program stand first.
    pub stem_exports: Vec<StemExport>,
}

/// Before the settings are read.
impl Default for Shelf {
    fn default() -> Self {
        Self { versions: Vec::new(), stem_exports: StemExport::templates(None) }
    }
}
