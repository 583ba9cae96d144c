//! The words that are sung, when, and which of them a clean version leaves out.

use crate::session::Unknown;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// The words of a song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lyrics {
    /// Name of the file that they were read from.
    pub source: String,
    /// Of the list that explicit words are looked up in: `en`, `de` …
    pub language: String,
    /// In order of time.
    pub words: Vec<Word>,
    /// Words of this song's own list, in the notation of the lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Words that are explicit elsewhere and not here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    pub start: Seconds,
    pub end: Seconds,
    /// A new line begins with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub line: bool,
    /// Its time was not in the file, but worked out from that of its line.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsure: bool,
    /// What becomes of it, if a list says that it is explicit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(is: &bool) -> bool {
    !is
}

/// What a person decided about a word that a list calls explicit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing yet.
    Open,
    /// A clean region covers it.
    Clean,
    /// It stays.
    Keep,
}

impl Lyrics {
    /// Explicit words about which nothing is decided.
    pub fn open(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| word.verdict == Some(Verdict::Open))
    }

    /// The words line by line.
    pub fn lines(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|_, next| !next.line)
    }
}
