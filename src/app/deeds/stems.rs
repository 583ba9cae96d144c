//! What is done to stems.

use crate::session::stem::StemId;

#[derive(Clone, Debug)]
pub enum Stems {
    /// Selects so many lanes below the selected one.
    Select(i64),
    /// Of the selected stem.
    Mute,
    Solo,
    Invert,
    Reset,
    NoSolo,
    NoMute,
    /// Moves the lane of the selected stem down by so many.
    Move(i64),
    /// Puts the lane of a stem at a place.
    Place(StemId, usize),
    /// Takes a stem out of the song; its file stays.
    Remove(StemId),
    /// Its file becomes the reference; the reference so far becomes a stem.
    BecomeReference(StemId),
    /// The reference becomes a stem.
    FromReference,
}
