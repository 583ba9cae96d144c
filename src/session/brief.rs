//! What the client asked for, in the client's words.

use crate::session::Unknown;
use serde::{Deserialize, Serialize};

/// The brief; what is empty was not said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Brief {
    /// Songs to listen to beside this one.
    pub references: String,
    /// How it shall feel.
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
    /// Everything that can be asked for, with its name.
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

    /// What was said, with its name.
    pub fn said(&self) -> Vec<(&'static str, String)> {
        let mut copy = self.clone();
        let all = copy.fields().map(|(name, text)| (name, text.trim().to_string()));
        all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.said().is_empty() && self.unknown.is_empty()
    }
}
