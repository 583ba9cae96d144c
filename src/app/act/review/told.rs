//! Answers of the review jobs ([`ReviewNews`]), and the function that hands each to its module.

use super::{copies, exchange, look, references, revisions};
use crate::app::desk::Desk;
use crate::app::measured::Reference as Measured;
use crate::app::notes::{Merging, Of};
use crate::app::open_song::OpenSong;
use crate::review::exchange::Read;
use crate::review::revisions::Revision;
use crate::session::Session;
use crate::session::reference::Reference;
use std::path::PathBuf;
use std::sync::Arc;

pub enum ReviewNews {
    /// The session's folder was searched.
    Looked(look::Looked),
    /// Comments could not be written, and why.
    Unwritten(String),
    /// The lists of revisions were read in this round, with hash and session of the last revision.
    Revisions {
        round: u64,
        all: Vec<Revision>,
        deleted: Vec<Revision>,
        last: Option<(String, Arc<Session>)>,
    },
    /// Two states were compared.
    Compared {
        of: Of,
        made: Result<Box<Made>, String>,
    },
    /// A state was kept as a revision with this name.
    Kept(String),
    /// The session of a revision was read.
    Restored {
        revision: Box<Revision>,
        session: Box<Session>,
    },
    /// Revisions on disk changed, or may have changed.
    Changed,
    /// The open copy was compared with the session again.
    Again(Result<Box<Merging>, String>),
    /// A copy was turned into a separate song (`done`), or that failed.
    Apart {
        copy: PathBuf,
        done: bool,
    },
    /// Comments were read from a file or from the clipboard.
    Found {
        name: String,
        read: Box<Read>,
    },
    /// The document of a round was written.
    Sent {
        round: u32,
    },
    References(Vec<Reference>),
    /// A reference was measured.
    Measured(Arc<Measured>),
}

/// Result of a comparison: differences in words, what cannot be heard, and both states for
/// playback.
pub struct Made {
    pub words: Vec<String>,
    pub missing: Vec<String>,
    pub states: [Box<OpenSong>; 2],
}

/// Takes the answer of a job. `notes` is the token of the song that the job worked for; answers for
/// another song are dropped.
pub fn take(desk: &mut Desk, notes: &Arc<()>, told: ReviewNews) {
    if !Arc::ptr_eq(notes, &desk.notes.token) {
        return;
    }
    match told {
        ReviewNews::Looked(looked) => look::take(desk, looked),
        ReviewNews::Unwritten(error) => {
            desk.notes.book.write_all_again();
            desk.say(error);
        }
        ReviewNews::Revisions { round, all, deleted, last }
            if round == desk.notes.revised.round =>
        {
            revisions::take_lists(desk, all, deleted, last);
        }
        ReviewNews::Revisions { .. } => {}
        ReviewNews::Compared { of, made } => revisions::take_compared(desk, of, made),
        ReviewNews::Kept(name) => revisions::kept(desk, &name),
        ReviewNews::Restored { revision, session } => {
            revisions::restored(desk, &revision, &session)
        }
        ReviewNews::Changed => desk.notes.revised.forget(),
        ReviewNews::Again(made) => copies::take_again(desk, made),
        ReviewNews::Apart { copy, done } => copies::apart(desk, &copy, done),
        ReviewNews::Found { name, read } => exchange::take_found(desk, &name, *read),
        ReviewNews::Sent { round } => exchange::sent(desk, round),
        ReviewNews::References(found) => references::take(desk, found),
        ReviewNews::Measured(measured) => {
            desk.measured.references.insert(measured.of.clone(), Some(measured));
        }
    }
}
