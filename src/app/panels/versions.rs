//! What the Versions view remembers.

use crate::session::stem::Treatment;
use crate::units::Seconds;

/// What the Versions view remembers, and what commands about cuts and words go by.
pub struct VersionsPanel {
    /// The cut that is worked on, of the version that is heard.
    pub cut: Option<usize>,
    /// Parts of the song that no edit may take out.
    pub keep: Vec<(Seconds, Seconds)>,
    /// By how many seconds an edit may miss the length that is wanted.
    pub tolerance: f64,
    /// The length that is wanted, as it is typed.
    pub typed: String,
    /// What becomes of an explicit word.
    pub treatment: Treatment,
    /// The name that is asked for: of a version, by its place, or of a template.
    pub naming: Option<(Option<usize>, String)>,
}

impl Default for VersionsPanel {
    fn default() -> Self {
        Self {
            cut: None,
            keep: Vec::new(),
            tolerance: 1.0,
            typed: String::new(),
            treatment: Treatment::Mute,
            naming: None,
        }
    }
}
