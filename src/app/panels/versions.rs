//! State of the Versions view: [`VersionsPanel`].

use crate::session::stem::Treatment;
use crate::units::Seconds;

/// State of the Versions view; commands about cuts and words use it too.
pub struct VersionsPanel {
    /// Index of the chosen cut in the version that is heard.
    pub cut: Option<usize>,
    /// Index of the explicit word that is chosen in the lyrics.
    pub word: Option<usize>,
    /// Ranges of the song that proposed edits must keep, in seconds.
    pub keep: Vec<(Seconds, Seconds)>,
    /// Largest allowed difference from the wanted length, in seconds.
    pub tolerance: f64,
    /// The wanted length, as typed.
    pub typed: String,
    /// How explicit words are hidden.
    pub treatment: Treatment,
    /// A name while it is typed: of the version with this index, or of a template if `None`.
    pub naming: Option<(Option<usize>, String)>,
}

impl Default for VersionsPanel {
    fn default() -> Self {
        Self {
            cut: None,
            word: None,
            keep: Vec::new(),
            tolerance: 1.0,
            typed: String::new(),
            treatment: Treatment::Mute,
            naming: None,
        }
    }
}
