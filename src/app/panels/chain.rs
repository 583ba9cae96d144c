//! What the racks of chains remember, and the picture of the limiter.

use crate::session::stem::StemId;

/// Whose chain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Stem(StemId),
    Mix,
}

/// What the window remembers about racks.
#[derive(Default)]
pub struct Racks {
    /// The card that shows everything.
    pub wide: Option<(Owner, usize)>,
    /// Band of the equaliser that was touched last.
    pub band: usize,
    /// Reductions of the wide card in the last moments, newest last.
    pub history: Vec<f32>,
    /// A name that is typed for a preset.
    pub naming: Option<String>,
}

/// What the limiter's picture remembers: input, output and gain of the last moments, in dB.
#[derive(Default)]
pub struct Trace(pub Vec<[f32; 3]>);
