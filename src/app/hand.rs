//! A hand on a fader while the song plays: what it does is written down.

use crate::dsp::curve::{Curve, Point};
use crate::dsp::strip::StripAutomation;
use crate::session::stem::StemId;
use crate::units::Seconds;

/// What can be recorded by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Fader,
    Pan,
}

impl Target {
    /// Its line among those of a strip, as it is.
    pub fn line_of(self, automation: &StripAutomation) -> &Curve {
        match self {
            Self::Fader => &automation.fader,
            Self::Pan => &automation.pan,
        }
    }

    /// Its line among those of a strip.
    pub fn line(self, automation: &mut StripAutomation) -> &mut Curve {
        match self {
            Self::Fader => &mut automation.fader,
            Self::Pan => &mut automation.pan,
        }
    }
}

/// What a hand did since it took hold.
pub struct Hand {
    pub stem: StemId,
    pub target: Target,
    /// Where the fader stood before.
    pub before: f64,
    pub points: Vec<Point>,
}

/// Lines are kept to within so much: a tenth of a decibel, a hundredth of the way to a side.
pub fn tolerance(target: Target) -> f64 {
    match target {
        Target::Fader => 0.1,
        Target::Pan => 0.01,
    }
}

/// Longer than between two pictures: no move for so long is none.
pub const STILL: Seconds = Seconds(0.06);

impl Hand {
    pub fn is_on(&self, stem: StemId, target: Target) -> bool {
        (self.stem, self.target) == (stem, target)
    }

    /// Where it holds the fader.
    pub fn value(&self) -> Option<f64> {
        self.points.last().map(|point| point.value)
    }
}
