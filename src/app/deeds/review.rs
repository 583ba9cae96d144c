//! Requests about comments, rounds, revisions, references and the page for the client: [`Review`].
//! Carried out by `crate::app::act::review`.

use crate::review::book::Draft;
use crate::review::comments::{Status, Subject};
use crate::review::exchange::Format;
use crate::review::revisions::Revision;
use crate::session::merge::Side;
use crate::session::stem::FileRef;
use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Review {
    /// Opens a new comment at the playhead for writing.
    Write,
    /// Adds a comment; the author and the revision are filled in when it is carried out.
    Add(Box<Draft>),
    /// Changes the comment with this id.
    Change(String, Remark),
    /// Selects the next or the previous comment and moves the playhead to it.
    Jump {
        forward: bool,
    },
    /// Loops around the selected comment.
    PlayAround,
    /// Solos the stem that the selected comment is about.
    Solo,
    /// Sets the number of rounds that were agreed with the client.
    Agree(u32),
    /// Imports comments from a text, such as the contents of the clipboard.
    Import(String),
    PickImport,
    PickExport(Format),
    /// Opens the dialog for the folder that the document of this round is written to.
    PickRound(u32),
    PickPage,
    PickReferences,
    /// Measures the loudness and spectrum of a reference.
    Measure(FileRef),
    /// Keeps the session as a revision with this name.
    Keep(String),
    /// Makes the session equal to this revision, as one undo step.
    Restore(Box<Revision>),
    Delete(Box<Revision>),
    BringBack(Box<Revision>),
    /// Replaces the log of the revision that has this session hash.
    Log(String, Vec<String>),
    /// Plays one side (0 or 1) of the comparison of revisions instead of the session.
    Hear(Option<usize>),
    /// Merges the session with the open copy. The given side is taken for every conflict that
    /// nobody decided yet.
    Merge(Option<Side>),
    /// Closes the question about a copy of the session until the session is opened again.
    Later,
    /// Turns the copy into a separate song.
    KeepApart,
}

/// A change of one comment.
#[derive(Clone, Debug)]
pub enum Remark {
    Text(String),
    /// Start and end, in seconds of the song.
    Span(Option<Seconds>, Option<Seconds>),
    Subject(Subject),
    Status(Status),
    /// Marks the comment as done in the next revision.
    Resolve,
    Reply(String),
    /// Deletes the comment (`true`) or restores it.
    Delete(bool),
}
