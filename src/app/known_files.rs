//! What is known of the files of the open song.

use crate::files::{FileOf, Found, State};
use crate::session::stem::StemId;

/// What became of the files of a session.
#[derive(Default)]
pub struct Looked {
    pub found: Vec<Found>,
    /// Those of which a copy is kept: of what they were before, or of what is missing.
    pub copies: Vec<FileOf>,
}

/// What is known of the files of the open song.
#[derive(Default)]
pub struct SongFiles(Looked);

impl SongFiles {
    /// Takes what was found when a session was opened.
    pub fn open(&mut self, looked: Looked) {
        self.0 = looked;
    }

    /// Takes what was found while working; sentences on what is new.
    pub fn take(&mut self, looked: Looked) -> Vec<String> {
        let (known, found) = (&self.0.found, &looked.found);
        let fresh = found.iter().filter(|found| !known.contains(found));
        let mut said: Vec<String> = fresh.filter_map(Found::sentence).collect();
        let back = |known: &&Found| {
            let now = found.iter().find(|now| now.of == known.of);
            !known.state.sounds() && now.is_some_and(|now| now.state == State::Same)
        };
        said.extend(known.iter().filter(back).map(|known| format!("{} is back", known.file)));
        self.0 = looked;
        // More than a few are read in the list.
        if said.len() > 2 {
            said = vec![format!("{} files of the song changed: see Files of the song", said.len())];
        }
        said
    }

    /// Files that are not as they were.
    pub fn open_questions(&self) -> impl Iterator<Item = &Found> {
        self.0
            .found
            .iter()
            .filter(|found| !matches!(found.state, State::Same | State::Moved { .. }))
    }

    /// Stems without sound that nobody said to leave silent, by name.
    pub fn missing(&self) -> Vec<String> {
        let left = |state: &State| matches!(state, State::Missing { silent: true, .. });
        let lost = self.0.found.iter().filter(|found| !found.state.sounds() && !left(&found.state));
        let stems = lost.filter(|found| matches!(found.of, FileOf::Stem(_)));
        stems.map(|found| found.name.clone()).collect()
    }

    /// Whether a copy of a file is kept.
    pub fn has_copy(&self, of: FileOf) -> bool {
        self.0.copies.contains(&of)
    }

    /// What became of the file of a stem.
    pub fn of(&self, stem: StemId) -> Option<&Found> {
        self.0.found.iter().find(|found| found.of == FileOf::Stem(stem))
    }
}
