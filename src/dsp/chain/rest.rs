//! Lets a processor rest while its input and its output are silent.
//!
//! Used on the audio thread only, to save processor time.

use super::moves::ParameterAddress;
use super::slot::ProcessorSettings;
use crate::units::{Latency, SampleRate, Seconds};

/// −200 dB: less than a hundredth of the last bit of a 24-bit sample.
const NOTHING: f32 = 1e-10;
/// Minimum and maximum duration of the silence before a rest.
const PATIENCE: (Seconds, Seconds) = (Seconds(4.0), Seconds(60.0));

/// Measures how long a processor has been silent.
pub struct SilenceTimer {
    quiet: usize,
    patience: usize,
    /// Parameters that decide how slowly the processor forgets.
    releases: Vec<ParameterAddress>,
    automatic: Vec<ParameterAddress>,
    latency: Latency,
    rate: SampleRate,
}

fn is_quiet(sides: [&[f32]; 2]) -> bool {
    sides.into_iter().flatten().all(|x| x.abs() < NOTHING)
}

impl SilenceTimer {
    pub fn new(settings: &ProcessorSettings, latency: Latency, rate: SampleRate) -> Self {
        let with_id = |id: &str| {
            let values = settings.values().into_iter();
            values.filter(|value| value.id.as_str() == id).map(|value| value.place).collect()
        };
        let (releases, automatic) = (with_id("release"), with_id("auto_release"));
        let mut rest = Self { quiet: 0, patience: 0, releases, automatic, latency, rate };
        rest.set(settings);
        rest
    }

    /// The required silence is 25 times the longest release, and six times that with automatic
    /// release. After it, the memory of the dynamics changes a sample by less than its last bit.
    pub fn set(&mut self, settings: &ProcessorSettings) {
        let longest = |places: &[ParameterAddress]| {
            places.iter().filter_map(|place| settings.get(*place)).fold(0.0, f64::max)
        };
        let slower = if longest(&self.automatic) > 0.5 { 6.0 } else { 1.0 };
        let (least, most) = PATIENCE;
        let patience = (25.0 * slower * longest(&self.releases)).clamp(least.0, most.0);
        self.patience = self.latency.0 + Seconds(patience).frames(self.rate).0 as usize;
    }

    /// Checks the input of a block. Returns true if the processor can be skipped and its output is
    /// silence.
    pub fn rests(&mut self, sound: [&[f32]; 2], side_chain: Option<[&[f32]; 2]>) -> bool {
        if !is_quiet(sound) || !side_chain.is_none_or(is_quiet) {
            self.quiet = 0;
        }
        self.quiet >= self.patience
    }

    /// Checks the output of a block.
    pub fn heard(&mut self, sound: [&[f32]; 2]) {
        let [left, _] = sound;
        self.quiet = if is_quiet(sound) { self.quiet + left.len() } else { 0 };
    }

    /// Ends the rest.
    pub fn wake(&mut self) {
        self.quiet = 0;
    }
}
