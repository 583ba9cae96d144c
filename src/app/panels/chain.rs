//! State of the racks of chains ([`Racks`]).

use crate::session::stem::StemId;

/// The chain that a rack shows: of a stem, or of the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    Stem(StemId),
    Mix,
}

/// The spectrum behind the large equaliser of the mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behind {
    #[default]
    Mix,
    Reference,
    Difference,
}

impl Behind {
    pub const ALL: [Behind; 3] = [Behind::Mix, Behind::Reference, Behind::Difference];
}

/// Gains that the large equaliser spans: so many decibels above and below 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EqScale {
    Six,
    #[default]
    Twelve,
    TwentyFour,
}

impl EqScale {
    pub const ALL: [EqScale; 3] = [EqScale::Six, EqScale::Twelve, EqScale::TwentyFour];

    pub fn decibels(self) -> f64 {
        match self {
            EqScale::Six => 6.0,
            EqScale::Twelve => 12.0,
            EqScale::TwentyFour => 24.0,
        }
    }
}

/// State shared by all racks of chains.
#[derive(Default)]
pub struct Racks {
    /// The one card that a person widened: owner of its chain, and index in it. Others may be wide
    /// too, where there is room.
    pub wide: Option<(Owner, usize)>,
    /// Index of the processor of the mix that is shown large.
    pub chosen: usize,
    /// The limiter of the chosen master is shown large instead.
    pub limiter: bool,
    pub scale: EqScale,
    /// Gain reduction of each processor of one chain over the last moments in dB, oldest first.
    pub traces: Vec<Vec<f32>>,
    /// Whose chain that is.
    pub traced: Option<Owner>,
    pub behind: Behind,
    /// Index of the band that was chosen or edited last, of whichever processor has bands.
    pub band: usize,
    /// Name of a new preset while it is typed.
    pub naming: Option<String>,
}
