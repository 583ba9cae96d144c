//! The client's brief, as free text in the client's words.

use crate::session::Unknown;
use serde::{Deserialize, Serialize};

/// The brief. An empty field was not answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// Songs named for comparison.
    pub references: String,
    /// How the song should feel.
    pub character: String,
    pub genre: String,
    pub audience: String,
    pub platforms: String,
    pub loudness: String,
    pub format: String,
    pub deadline: String,
    pub emphasise: String,
    pub de_emphasise: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Brief {
    /// All fields with their names.
    pub fn fields(&mut self) -> [(&'static str, &mut String); 10] {
        [
            ("References", &mut self.references),
            ("Character", &mut self.character),
            ("Genre", &mut self.genre),
            ("Audience", &mut self.audience),
            ("Platforms", &mut self.platforms),
            ("Loudness", &mut self.loudness),
            ("Format", &mut self.format),
            ("Deadline", &mut self.deadline),
            ("Emphasise", &mut self.emphasise),
            ("De-emphasise", &mut self.de_emphasise),
        ]
    }

    /// All non-empty fields with their names, trimmed.
    pub fn said(&self) -> Vec<(&'static str, String)> {
        let mut copy = self.clone();
        let all = copy.fields().map(|(name, text)| (name, text.trim().to_string()));
        all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.said().is_empty() && self.unknown.is_empty()
    }
}
