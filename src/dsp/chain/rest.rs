//! Rest for processors to which nothing comes and from which nothing comes any more.

use super::moves::Place;
use super::slot::ProcessorSettings;
use crate::units::{SampleRate, Seconds};

/// −200 dB: less than a hundredth of the last bit of 24, squared away by any loudspeaker.
const NOTHING: f32 = 1e-10;
/// How long it has to be quiet, at least and at most.
const PATIENCE: (Seconds, Seconds) = (Seconds(4.0), Seconds(60.0));

/// Counts how long a processor has been quiet.
pub struct Rest {
    quiet: usize,
    patience: usize,
    /// Values that say how slowly the processor forgets.
    releases: Vec<Place>,
    automatic: Vec<Place>,
    latency: usize,
    rate: SampleRate,
}

fn is_quiet(sides: [&[f32]; 2]) -> bool {
    sides.into_iter().flatten().all(|x| x.abs() < NOTHING)
}

impl Rest {
    pub fn new(settings: &ProcessorSettings, latency: usize, rate: SampleRate) -> Self {
        let with_id = |id: &str| {
            let values = settings.values().into_iter();
            values.filter(|value| value.id.as_str() == id).map(|value| value.place).collect()
        };
        let (releases, automatic) = (with_id("release"), with_id("auto_release"));
        let mut rest = Self { quiet: 0, patience: 0, releases, automatic, latency, rate };
        rest.set(settings);
        rest
    }

    /// Twenty-five times the longest release, and six times that where it is automatic: then what
    /// dynamics remember of the sound is less than the last bit of a sample.
    pub fn set(&mut self, settings: &ProcessorSettings) {
        let longest = |places: &[Place]| {
            places.iter().filter_map(|place| settings.get(*place)).fold(0.0, f64::max)
        };
        let slower = if longest(&self.automatic) > 0.5 { 6.0 } else { 1.0 };
        let (least, most) = PATIENCE;
        let patience = (25.0 * slower * longest(&self.releases)).clamp(least.0, most.0);
        self.patience = self.latency + Seconds(patience).frames(self.rate).0 as usize;
    }

    /// The sound that goes in; true if the processor need not be asked what comes out.
    pub fn rests(&mut self, sound: [&[f32]; 2], side_chain: Option<[&[f32]; 2]>) -> bool {
        if !is_quiet(sound) || !side_chain.is_none_or(is_quiet) {
            self.quiet = 0;
        }
        self.quiet >= self.patience
    }

    /// The sound that came out.
    pub fn heard(&mut self, sound: [&[f32]; 2]) {
        let [left, _] = sound;
        self.quiet = if is_quiet(sound) { self.quiet + left.len() } else { 0 };
    }

    pub fn wake(&mut self) {
        self.quiet = 0;
    }
}
