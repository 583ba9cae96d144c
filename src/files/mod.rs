//! State of a song's files on disk. A session opens even if its files changed, moved or are
//! missing; [`look()`] compares each file with the session and returns a [`State`].
//! Decisions about a file ([`take`]) are edits of the session. Callers: the window's jobs, the
//! command line, render, packages and the client page (through [`ready`]).

pub mod collect;
pub mod kept;
mod listing;
mod look;
pub mod ready;
pub mod seen;
pub mod take;

pub use look::{find_below, look};
pub use seen::stamps;

use crate::session::Session;
use crate::session::stem::{FileRef, StemId};
use serde::Serialize;

/// Owner of a file in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOf {
    Stem(StemId),
    /// The rough mix, used for comparison only.
    RoughMix,
    /// Another song for comparison; its index in `Session::references`.
    Reference(usize),
}

/// State of one file on disk, compared with the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The known content at the known place.
    Same,
    /// The known content at another place below the session's folder. `from` is the old path.
    Moved { from: String },
    /// Another content at the known place: the file was exported again. Playback and render use the
    /// new content; nobody has accepted it yet.
    Changed,
    /// Another content that ends before its header says: a file still being written, or an
    /// incomplete copy.
    Half { detail: String },
    /// No file. `candidate` is a file of the same name elsewhere in the folder; `silent` means that
    /// a person chose to leave it silent.
    Missing { silent: bool, candidate: Option<String> },
    /// The file exists but cannot be read.
    Unreadable { detail: String },
}

/// State of one file of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    pub of: FileOf,
    /// Name of the stem or reference, or "rough mix".
    pub name: String,
    /// The file's path as shown to a person.
    pub file: String,
    #[serde(flatten)]
    pub state: State,
}

impl State {
    /// Whether the file can be played.
    pub fn sounds(&self) -> bool {
        !matches!(self, State::Missing { .. } | State::Unreadable { .. })
    }

    /// One or two words for lists and lanes.
    pub fn word(&self) -> &'static str {
        match self {
            State::Same => "as it was",
            State::Moved { .. } => "moved",
            State::Changed => "new export",
            State::Half { .. } => "cut off",
            State::Missing { .. } => "missing",
            State::Unreadable { .. } => "unreadable",
        }
    }
}

impl Found {
    /// A sentence for a person; `None` for [`State::Same`].
    pub fn sentence(&self) -> Option<String> {
        let Self { name, file, state, .. } = self;
        Some(match state {
            State::Same => return None,
            State::Moved { from } => format!("{from} was found again as {file}"),
            State::Changed => format!(
                "{file} ({name}) was exported again since it was added; the new file is used, say whether it is wanted"
            ),
            State::Half { detail } => format!(
                "{file} ({name}) {detail}: it is cut off, or still on its way; wait for it, or export it again"
            ),
            State::Missing { silent: true, .. } => {
                format!("{file} ({name}) is missing, and left silent")
            }
            State::Missing { candidate: Some(other), .. } => format!(
                "{file} ({name}) is missing and silent until it is found; a file of that name lies at {other}"
            ),
            State::Missing { candidate: None, .. } => {
                format!("{file} ({name}) is missing and silent until it is found")
            }
            State::Unreadable { detail } => {
                format!("{file} ({name}) cannot be read and is silent: {detail}")
            }
        })
    }
}

/// Every file of a session, with its owner and name.
pub fn all(session: &Session) -> impl Iterator<Item = (FileOf, &str, &FileRef)> {
    let stems = session.stems.iter();
    let stems = stems.map(|stem| (FileOf::Stem(stem.id), stem.name.as_str(), &stem.file));
    let rough = session.reference.iter().map(|file| (FileOf::RoughMix, "rough mix", file));
    let others = session.references.iter().enumerate();
    let others = others.map(|(n, one)| (FileOf::Reference(n), one.name.as_str(), &one.file));
    stems.chain(rough).chain(others)
}

/// The file of one owner; `None` if the session has no such owner.
pub fn file(session: &Session, of: FileOf) -> Option<&FileRef> {
    match of {
        FileOf::Stem(id) => session.stem(id).map(|stem| &stem.file),
        FileOf::RoughMix => session.reference.as_ref(),
        FileOf::Reference(n) => session.references.get(n).map(|one| &one.file),
    }
}

/// [`file()`], mutable.
pub fn file_mut(session: &mut Session, of: FileOf) -> Option<&mut FileRef> {
    match of {
        FileOf::Stem(id) => {
            session.stems.iter_mut().find(|stem| stem.id == id).map(|stem| &mut stem.file)
        }
        FileOf::RoughMix => session.reference.as_mut(),
        FileOf::Reference(n) => session.references.get_mut(n).map(|one| &mut one.file),
    }
}

/// Rewrites all places when the session file moves from folder `from` to `to`; the audio files
/// stay.
pub fn rebase(session: &mut Session, from: &std::path::Path, to: &std::path::Path) {
    let all: Vec<FileOf> = all(session).map(|(of, ..)| of).collect();
    for of in all {
        let places = file_mut(session, of).into_iter().flat_map(FileRef::places_mut);
        places.for_each(|place| *place = place.rebased(from, to));
    }
}

#[cfg(test)]
mod tests;
