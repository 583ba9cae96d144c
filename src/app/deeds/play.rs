//! Playing, and how it is heard.

use crate::app::hand::Target;
use crate::app::heard::Monitor;
use crate::dsp::chain::Slot;
use crate::session::stem::StemId;
use crate::units::Db;

/// Places are in frames of the song.
#[derive(Clone, Debug)]
pub enum Play {
    Toggle,
    Start,
    End,
    Seek(u64),
    /// A hand moves over the song, and what is under it is heard.
    Scrub(u64),
    /// Forward or back by beats, or by seconds where no tempo is known.
    Beats(f64),
    /// To the section after, or to the one before.
    Section {
        forward: bool,
    },
    Loop(Option<(u64, u64)>),
    /// A range is marked, looped or not.
    Mark(Option<(u64, u64)>),
    ToggleLoop,
    LoopStartsHere,
    LoopEndsHere,
    Monitor(Monitor),
    /// To another monitor, and back to the mix where it is heard already.
    Switch(Monitor),
    /// The mix is heard through the chosen master.
    Preview(bool),
    TogglePreview,
    /// Through this master from now on.
    Through(usize),
    /// A processor of the chain that is looked at is heard from before.
    Compare(Option<usize>),
    /// A band of an equaliser is heard alone: place in the chain, and band.
    Band(Option<(usize, usize)>),
    /// A processor is heard at the end of a stem's chain before it is taken.
    Try(Option<(StemId, Box<Slot>)>),
    /// A hand on a fader or a pan: from where it stood to `value`, where it moved; `ends` when it
    /// let go.
    Turn {
        stem: StemId,
        target: Target,
        before: f64,
        value: Option<f64>,
        ends: bool,
    },
    ResetMeters,
    PauseMeters,
    /// The fader of the selected stem.
    Nudge(Db),
}
