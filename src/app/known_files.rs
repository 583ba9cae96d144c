//! State of the open song's audio files ([`SongFiles`]): unchanged, moved, changed, missing, and
//! which have a kept copy. The views and `crate::app::act::files` read it.

use crate::files::{FileOf, Found, State};
use crate::session::stem::StemId;
use crate::texts::say;

/// Result of a check of the files of a session.
#[derive(Default)]
pub struct FileCheck {
    pub found: Vec<Found>,
    /// Files with a kept copy: of their previous content if they changed, of their own if they are
    /// missing.
    pub copies: Vec<FileOf>,
}

/// The last known state of the open song's files.
#[derive(Default)]
pub struct SongFiles(FileCheck);

impl SongFiles {
    /// Takes the check that was made when the session was opened.
    pub fn open(&mut self, looked: FileCheck) {
        self.0 = looked;
    }

    /// Takes a later check; returns messages about the differences.
    pub fn take(&mut self, looked: FileCheck) -> Vec<String> {
        let (known, found) = (&self.0.found, &looked.found);
        let fresh = found.iter().filter(|found| !known.contains(found));
        let mut said: Vec<String> = fresh.filter_map(Found::sentence).collect();
        let back = |known: &&Found| {
            let now = found.iter().find(|now| now.of == known.of);
            !known.state.sounds() && now.is_some_and(|now| now.state == State::Same)
        };
        said.extend(known.iter().filter(back).map(|known| say!("act-is-back", name = &known.file)));
        self.0 = looked;
        // Several changes become one message; the list shows them.
        if said.len() > 2 {
            said = vec![say!("act-files-changed", count = said.len())];
        }
        said
    }

    /// Files that are neither unchanged nor only moved.
    pub fn open_questions(&self) -> impl Iterator<Item = &Found> {
        self.0
            .found
            .iter()
            .filter(|found| !matches!(found.state, State::Same | State::Moved { .. }))
    }

    /// Names of stems without sound, except missing ones that are meant to stay silent.
    pub fn missing(&self) -> Vec<String> {
        let left = |state: &State| matches!(state, State::Missing { silent: true, .. });
        let lost = self.0.found.iter().filter(|found| !found.state.sounds() && !left(&found.state));
        let stems = lost.filter(|found| matches!(found.of, FileOf::Stem(_)));
        stems.map(|found| found.name.clone()).collect()
    }

    /// Names of references and other files beside the stems that cannot be read.
    pub fn missing_beside(&self) -> Vec<String> {
        let lost = self.0.found.iter().filter(|found| !found.state.sounds());
        let beside = lost.filter(|found| !matches!(found.of, FileOf::Stem(_)));
        beside.map(|found| found.name.clone()).collect()
    }

    /// Whether a kept copy of a file exists.
    pub fn has_copy(&self, of: FileOf) -> bool {
        self.0.copies.contains(&of)
    }

    /// The state of a stem's file.
    pub fn of(&self, stem: StemId) -> Option<&Found> {
        self.0.found.iter().find(|found| found.of == FileOf::Stem(stem))
    }
}
