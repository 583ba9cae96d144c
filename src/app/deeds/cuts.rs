//! Requests about cuts, clean regions, lyrics and tempo: [`Cuts`]. Carried out by
//! `crate::app::act::cuts`, `act::search` and `act::lyrics`.

use crate::session::lyrics::Verdict;
use crate::session::version::Cut;
use crate::units::Seconds;

/// Times are in seconds of the uncut song; indices of cuts belong to the version that is heard.
#[derive(Clone, Debug)]
pub enum Cuts {
    /// Cuts the marked range out of the version.
    CutRange,
    /// Removes the chosen cut, so that its part of the song plays again.
    PutBack,
    /// Removes the cut with this index.
    Remove(usize),
    /// Replaces the settings of a cut; its start and end stop at the neighbouring cuts.
    Change(usize, Cut),
    /// Moves a cut to a new start and end; both stop at the neighbouring cuts.
    Place(usize, Seconds, Seconds),
    /// Loops over the join of this cut, or of the chosen cut if `None`.
    Hear(Option<usize>),
    /// Moves the chosen cut by this many beats.
    Nudge(f64),
    /// Makes the marked range of the selected stem clean (`true`), or removes the clean regions
    /// that overlap it.
    Clean(bool),
    /// Sets the start of the first bar to the playhead.
    FirstBarHere,
    /// One tap of the tempo.
    Tap,
    /// Searches for edits that bring the version to this length; `None` finds only tempo, bars and
    /// key.
    Search(Option<Seconds>),
    /// Opens the dialog for a lyrics file to read.
    PickLyrics,
    /// Opens the dialog for a lyrics file to write.
    PickLyricsTo,
    /// Applies the proposal with this index to the version that it was made for.
    Take(usize),
    /// Sets the length that the version is meant to have.
    Goal(Option<Seconds>),
    /// Confirms or dismisses explicit words, by their indices in the lyrics.
    Decide(Vec<usize>, Verdict),
}
