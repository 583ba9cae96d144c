//! Requests about sections of the song: [`Sections`]. "Here" is the playhead; indices follow the
//! session's list of sections.

use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Sections {
    AddHere,
    RenameHere,
    RemoveHere,
    Rename(usize, String),
    Remove(usize),
    /// Moves the start of a section; it stops at the neighbouring starts.
    Shift(usize, Seconds),
}
