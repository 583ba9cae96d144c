//! Comments, rounds, revisions, references, and what goes to the client.

use crate::review::book::Draft;
use crate::review::comments::{Status, Subject};
use crate::review::exchange::Format;
use crate::review::revisions::Revision;
use crate::session::merge::Side;
use crate::session::stem::FileRef;
use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Review {
    /// Begins a comment at the playhead.
    Write,
    /// Adds a comment. Its author and revision are filled in.
    Add(Box<Draft>),
    /// Changes the comment of an id.
    Change(String, Remark),
    /// To the comment after the playhead, or to the one before it.
    Jump {
        forward: bool,
    },
    PlayAround,
    Solo,
    /// Sets the number of rounds that were agreed with the client.
    Agree(u32),
    /// Takes comments out of a text, as the clipboard holds it.
    Import(String),
    PickImport,
    PickExport(Format),
    /// Asks where the document of a round goes.
    PickRound(u32),
    PickPage,
    PickReferences,
    /// Measures a file that is listened to beside the song.
    Measure(FileRef),
    /// Keeps the session as a revision of this name.
    Keep(String),
    Restore(Box<Revision>),
    Delete(Box<Revision>),
    BringBack(Box<Revision>),
    /// Writes the log of the revision with this session hash anew.
    Log(String, Vec<String>),
    /// Hears a side of the comparison in place of the session.
    Hear(Option<usize>),
    /// Puts two copies of the session together; what is still open is taken from one side if given.
    Merge(Option<Side>),
    /// Asks about the copy of somebody else another time.
    Later,
    /// Makes the copy a song of its own.
    KeepApart,
}

/// A change of one comment.
#[derive(Clone, Debug)]
pub enum Remark {
    Text(String),
    Span(Option<Seconds>, Option<Seconds>),
    Subject(Subject),
    Status(Status),
    /// Done in the revision that comes next.
    Resolve,
    Reply(String),
    Delete(bool),
}
