//! Sections of the song.

use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Sections {
    AddHere,
    RenameHere,
    RemoveHere,
    Rename(usize, String),
    Remove(usize),
    /// Moves the start of a section, between its neighbours.
    Shift(usize, Seconds),
}
