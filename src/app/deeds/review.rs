//! Comments, rounds, revisions, references, and what goes to the client.

use crate::session::merge::Side;

#[derive(Clone, Debug)]
pub enum Review {
    /// Begins a comment at the playhead.
    Write,
    /// To the comment after the playhead, or to the one before it.
    Jump {
        forward: bool,
    },
    PlayAround,
    Solo,
    /// Puts two copies of the session together; everything from one side where that is said.
    Merge(Option<Side>),
    PickImport,
    PickPage,
    /// Opens the view on a comment.
    Open(String),
}
