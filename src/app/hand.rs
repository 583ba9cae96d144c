//! Recorded movement of a fader or pan during playback ([`FaderRecording`]). `crate::app::listen` fills it.

use crate::dsp::curve::{Curve, Point};
use crate::dsp::strip::StripAutomation;
use crate::session::stem::StemId;
use crate::units::Seconds;

/// Parameters whose movement can be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Fader,
    Pan,
}

impl Target {
    /// The automation curve of this parameter.
    pub fn line_of(self, automation: &StripAutomation) -> &Curve {
        match self {
            Self::Fader => &automation.fader,
            Self::Pan => &automation.pan,
        }
    }

    /// The automation curve of this parameter, for changes.
    pub fn line(self, automation: &mut StripAutomation) -> &mut Curve {
        match self {
            Self::Fader => &mut automation.fader,
            Self::Pan => &mut automation.pan,
        }
    }
}

/// The movement so far of one fader or pan.
pub struct FaderRecording {
    pub stem: StemId,
    pub target: Target,
    /// Value before the movement: dB for a fader, -1 to 1 for a pan.
    pub before: f64,
    pub points: Vec<Point>,
}

/// Largest error when points of a recording are thinned out: 0.1 dB for a fader, 0.01 for a pan.
pub fn tolerance(target: Target) -> f64 {
    match target {
        Target::Fader => 0.1,
        Target::Pan => 0.01,
    }
}

/// Without movement for this long, the fader was held still. Longer than one UI frame.
pub const STILL: Seconds = Seconds(0.06);

impl FaderRecording {
    pub fn is_on(&self, stem: StemId, target: Target) -> bool {
        (self.stem, self.target) == (stem, target)
    }

    /// The value where the hand holds the fader now.
    pub fn value(&self) -> Option<f64> {
        self.points.last().map(|point| point.value)
    }
}
