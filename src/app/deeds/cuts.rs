//! Cuts, clean regions, words and tempo.

use crate::session::lyrics::Verdict;
use crate::session::version::Cut;
use crate::units::Seconds;

#[derive(Clone, Debug)]
pub enum Cuts {
    /// Takes the marked range out.
    CutRange,
    /// Puts the chosen cut back.
    PutBack,
    Remove(usize),
    /// A cut of the version that is heard is other than it was.
    Change(usize, Cut),
    /// A cut begins and ends elsewhere; it stops at its neighbours.
    Place(usize, Seconds, Seconds),
    /// Plays over a join; the chosen one where none is named.
    Hear(Option<usize>),
    /// Moves the chosen cut by beats.
    Nudge(f64),
    /// Makes the marked range clean, or lets it through.
    Clean(bool),
    FirstBarHere,
    Tap,
    /// Looks for edits of a length, or only for tempo, bars and key.
    Search(Option<Seconds>),
    PickLyrics,
    PickLyricsTo,
    /// Takes a proposal into its version.
    Take(usize),
    Goal(Option<Seconds>),
    /// Confirms or dismisses words, by their numbers.
    Decide(Vec<usize>, Verdict),
}
