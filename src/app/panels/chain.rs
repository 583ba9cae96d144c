//! State of the racks of chains ([`Racks`]) and of the limiter's trace in the Master view
//! ([`Trace`]).

use crate::session::stem::StemId;

/// The chain that a rack shows: of a stem, or of the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Stem(StemId),
    Mix,
}

/// State shared by all racks of chains.
#[derive(Default)]
pub struct Racks {
    /// The one card that is expanded: owner of its chain, and index in it.
    pub wide: Option<(Owner, usize)>,
    /// Index of the equaliser band that was edited last.
    pub band: usize,
    /// Gain reduction of the expanded card over the last moments in dB, oldest first.
    pub history: Vec<f32>,
    /// Name of a new preset while it is typed.
    pub naming: Option<String>,
}

/// Input level, output level and gain of the limiter over the last moments, in dB, oldest first.
#[derive(Default)]
pub struct Trace(pub Vec<[f32; 3]>);
