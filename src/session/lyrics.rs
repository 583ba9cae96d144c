//! The song's words with their times, and the decisions about explicit words for clean versions.

use crate::session::Unknown;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// The words of a song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lyrics {
    /// Name of the imported file.
    pub source: String,
    /// Language of the list of explicit words: `en`, `de` …
    pub language: String,
    /// In order of time.
    pub words: Vec<Word>,
    /// Additional explicit words of this song, in the notation of the lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Words that a list calls explicit, but not in this song.
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
    /// Whether the word starts a new line.
    #[serde(default, skip_serializing_if = "is_false")]
    pub line: bool,
    /// Whether the time was estimated from the line's time.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsure: bool,
    /// Decision, if a list calls the word explicit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(is: &bool) -> bool {
    !is
}

/// Decision about a word that a list calls explicit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not decided yet.
    Open,
    /// A clean region covers it.
    Clean,
    /// The word stays.
    Keep,
}

impl Lyrics {
    /// Explicit words without a decision.
    pub fn open(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| word.verdict == Some(Verdict::Open))
    }

    /// The words grouped by line.
    pub fn lines(&self) -> impl Iterator<Item = &[Word]> {
        self.words.chunk_by(|_, next| !next.line)
    }
}
