//! Sections of the song.

use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Sections {
    AddHere,
    /// At a frame of the song.
    AddAt(u64),
    RenameHere,
    RemoveHere,
    Rename(usize, String),
    Remove(usize),
    /// Moves the start of a section, between its neighbours.
    Shift(usize, Seconds),
}
