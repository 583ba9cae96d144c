//! The files of a song: what is found where each of them should be, and what follows from it. A
//! session opens whatever became of its files; this room says what did, and everything else asks
//! it.

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

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileOf {
    Stem(StemId),
    /// The rough mix, which is heard for comparison.
    RoughMix,
    /// Another song to compare with, by its place in the list.
    Reference(usize),
}

/// What is found of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// The file that was added, where it was.
    Same,
    /// The file that was added, at another place: below the session's folder, by its content.
    Moved { from: String },
    /// Another sound at its place: it was exported again. It is heard and rendered as it is now,
    /// and nobody has said yet that it is wanted.
    Changed,
    /// Another file at its place that ends before its header says: half of a new one, which may
    /// still be on its way, or what a failed copy left.
    Half { detail: String },
    /// There is no file. `candidate` is one of the same name elsewhere in the folder.
    Missing { silent: bool, candidate: Option<String> },
    /// There is something at its place that cannot be read.
    Unreadable { detail: String },
}

/// What was found of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    pub of: FileOf,
    /// Of the stem, or what the file is for.
    pub name: String,
    /// Its place, as a person reads it.
    pub file: String,
    #[serde(flatten)]
    pub state: State,
}

impl State {
    /// Whether there is something that sounds.
    pub fn sounds(&self) -> bool {
        !matches!(self, State::Missing { .. } | State::Unreadable { .. })
    }

    /// In a word, for lists and lanes.
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
    /// What a person should know of it; nothing of a file that is as it was.
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

/// Every file of a session, with whose it is and what a person calls it.
pub fn all(session: &Session) -> impl Iterator<Item = (FileOf, &str, &FileRef)> {
    let stems = session.stems.iter();
    let stems = stems.map(|stem| (FileOf::Stem(stem.id), stem.name.as_str(), &stem.file));
    let rough = session.reference.iter().map(|file| (FileOf::RoughMix, "rough mix", file));
    let others = session.references.iter().enumerate();
    let others = others.map(|(n, one)| (FileOf::Reference(n), one.name.as_str(), &one.file));
    stems.chain(rough).chain(others)
}

/// The file of one of them.
pub fn file(session: &Session, of: FileOf) -> Option<&FileRef> {
    match of {
        FileOf::Stem(id) => session.stem(id).map(|stem| &stem.file),
        FileOf::RoughMix => session.reference.as_ref(),
        FileOf::Reference(n) => session.references.get(n).map(|one| &one.file),
    }
}

/// The same, to be changed.
pub fn file_mut(session: &mut Session, of: FileOf) -> Option<&mut FileRef> {
    match of {
        FileOf::Stem(id) => {
            session.stems.iter_mut().find(|stem| stem.id == id).map(|stem| &mut stem.file)
        }
        FileOf::RoughMix => session.reference.as_mut(),
        FileOf::Reference(n) => session.references.get_mut(n).map(|one| &mut one.file),
    }
}

/// Lets a session that moves from one folder to another find its files where they are.
pub fn rebase(session: &mut Session, from: &std::path::Path, to: &std::path::Path) {
    let all: Vec<FileOf> = all(session).map(|(of, ..)| of).collect();
    for of in all {
        let places = file_mut(session, of).into_iter().flat_map(FileRef::places_mut);
        places.for_each(|place| *place = place.rebased(from, to));
    }
}

#[cfg(test)]
mod tests;
