//! Requests to the transport, and how playback is monitored: [`Play`]. Carried out by
//! `crate::app::act::play`.

use crate::app::hand::Target;
use crate::app::heard::Monitor;
use crate::dsp::chain::{Comparison, Slot};
use crate::session::stem::StemId;
use crate::units::Db;

/// Positions and ranges are in frames of the song.
#[derive(Clone, Debug)]
pub enum Play {
    Toggle,
    Start,
    End,
    Seek(u64),
    /// Scrubs: moves the playhead under the pointer and plays a short piece there.
    Scrub(u64),
    /// Moves the playhead by this many beats, or seconds if the tempo is unknown.
    Beats(f64),
    /// Moves the playhead to the next or the previous section.
    Section {
        forward: bool,
    },
    Loop(Option<(u64, u64)>),
    /// Marks a range without looping it.
    Mark(Option<(u64, u64)>),
    ToggleLoop,
    LoopStartsHere,
    LoopEndsHere,
    Monitor(Monitor),
    /// Switches to this monitor, or back to the mix if it is heard already.
    Switch(Monitor),
    /// Turns on or off that the mix is heard through the chosen master.
    Preview(bool),
    TogglePreview,
    /// Chooses the master with this index and plays the mix through it.
    Through(usize),
    /// Plays the input of a processor in the watched chain at the loudness of its output, or what
    /// it takes away.
    Compare(Option<Comparison>),
    /// Plays what the chosen master takes away, or the mix through it again.
    Taken(bool),
    /// Plays one band of an equaliser alone: index in the watched chain, and band.
    Band(Option<(usize, usize)>),
    /// Inserts a processor at the end of a stem's chain for listening only.
    Try(Option<(StemId, Box<Slot>)>),
    /// Movement of a fader or a pan by hand: `before` is its position before the movement, `value`
    /// the new one if it moved, `ends` is set on release. Decibels for a fader, -1 to 1 for a pan.
    Turn {
        stem: StemId,
        target: Target,
        before: f64,
        value: Option<f64>,
        ends: bool,
    },
    ResetMeters,
    PauseMeters,
    /// Changes the fader of the selected stem by this many decibels.
    Nudge(Db),
}
