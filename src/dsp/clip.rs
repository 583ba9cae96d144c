//! A soft clipper: linear up to the knee, then a bend that approaches the ceiling.
//!
//! [`Clip`] is a processor of the chain; it works at 128 times the sample rate.

use crate::dsp::delay::DelayLine;
use crate::dsp::oversample::{FixedBlocks, Oversampler, RUN};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::units::{Db, Latency};
use multiversion::multiversion;
use serde::{Deserialize, Serialize};

/// Settings of the clipper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClipSettings {
    pub ceiling: Db,
    /// Start of the bend, in decibels below the ceiling; 0 clips hard.
    pub knee: Db,
}

impl Default for ClipSettings {
    fn default() -> Self {
        Self { ceiling: Db(-3.0), knee: Db(3.0) }
    }
}

parameters! { ClipSettings;
    ceiling "Ceiling", Unit::Decibels, -24.0 => 12.0, ceiling;
    knee "Knee", Unit::Decibels, 0.0 => 12.0, knee;
}

/// Pairs of points between two frames of four times the rate. The corner of a hard knee needs that
/// many.
const PAIRS: usize = 16;

/// Amplitude where the bend starts, and its distance to the ceiling.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bend {
    start: f32,
    room: f32,
}

impl ClipSettings {
    fn bend(&self) -> Bend {
        let ceiling = self.ceiling.factor();
        let start = ceiling * (-self.knee).factor();
        // Some room is left to a hard knee, so that nothing is divided by zero.
        Bend { start: start as f32, room: ((ceiling - start) as f32).max(1e-12) }
    }

    /// Output amplitude for an input amplitude. For drawing the curve.
    pub fn transfer(&self, x: f64) -> f64 {
        let mut frames = [x as f32];
        clip(self.clamped().bend(), &mut frames);
        f64::from(frames[0])
    }
}

/// Above the start, an excess e with room r becomes r·e / (r + |e|): slope 1 at the start, and
/// always below the ceiling. The comparisons are a third faster than `min` and `max`, which have to
/// look whether a value is a number.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn clip(bend: Bend, frames: &mut [f32]) {
    let Bend { start, room } = bend;
    for x in frames {
        let most = if *x < start { *x } else { start };
        let kept = if most > -start { most } else { -start };
        let over = *x - kept;
        *x = kept + room * over / (room + over.abs());
    }
}

/// The greatest amplitude.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn peak(frames: &[f32]) -> f32 {
    let mut most = [0.0f32; 16];
    for frames in frames.chunks_exact(16) {
        for (most, x) in most.iter_mut().zip(frames) {
            *most = if x.abs() > *most { x.abs() } else { *most };
        }
    }
    most.into_iter().fold(0.0, f32::max)
}

/// The running clipper. While nothing reaches the knee, the output is the delayed input, bit for
/// bit.
pub struct Clip {
    runs: FixedBlocks,
    clipper: Clipper,
}

struct Clipper {
    bend: Bend,
    samplers: [Oversampler; 2],
    dry: DelayLine,
    /// Runs since the knee was last reached, counted up to `memory`. At `memory` the filters hold
    /// no clipped samples any more.
    quiet: usize,
    memory: usize,
    deepest: f32,
}

impl Clip {
    pub fn new(settings: &ClipSettings) -> Self {
        let samplers = [Oversampler::new(PAIRS), Oversampler::new(PAIRS)];
        let late = samplers.first().map_or(0, Oversampler::latency);
        let memory = 2 * (late / RUN + 2);
        let (bend, dry) = (settings.clamped().bend(), DelayLine::new(late));
        let clipper = Clipper { bend, samplers, dry, quiet: memory, memory, deepest: 1.0 };
        Self { runs: FixedBlocks::default(), clipper }
    }
}

impl Processor for Clip {
    type Settings = ClipSettings;

    /// Frames from input to output.
    fn latency(&self) -> Latency {
        Latency(self.clipper.dry.length() + RUN)
    }

    fn set(&mut self, settings: &ClipSettings) {
        self.clipper.bend = settings.clamped().bend();
    }

    fn reset(&mut self) {
        self.runs = FixedBlocks::default();
        self.clipper.samplers.iter_mut().for_each(Oversampler::reset);
        self.clipper.dry.reset();
        self.clipper.quiet = self.clipper.memory;
    }

    /// The deepest reduction since the last call, as a negative gain.
    fn take_reduction(&mut self) -> Db {
        Db::from_factor(f64::from(std::mem::replace(&mut self.clipper.deepest, 1.0)))
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], _side_chain: Option<[&[f32]; 2]>) {
        let clipper = &mut self.clipper;
        self.runs.process(left, right, |input| clipper.run(input));
    }
}

impl Blueprint for ClipSettings {
    const NAME: &'static str = "Clipper";
    const SHORT: &'static str = "Clip";

    type Processor = Clip;
    type Band = NoSettings;

    fn build(&self, _setup: Setup<'_>) -> Clip {
        Clip::new(self)
    }
}

impl Clipper {
    fn run(&mut self, input: &[[f32; RUN]; 2]) -> [[f32; RUN]; 2] {
        let bend = self.bend;
        let mut loudest = 0.0f32;
        let mut wet = *input;
        for (sampler, frames) in self.samplers.iter_mut().zip(&mut wet) {
            sampler.process(frames, |all| {
                let most = peak(all);
                if most > bend.start {
                    clip(bend, all);
                }
                loudest = loudest.max(most);
            });
        }
        self.quiet = if loudest > bend.start { 0 } else { (self.quiet + 1).min(self.memory) };
        if loudest > bend.start {
            let mut bent = [loudest];
            clip(bend, &mut bent);
            self.deepest = self.deepest.min(bent[0] / loudest);
        }
        let mut dry = *input;
        let [left, right] = &mut dry;
        self.dry.process(left, right);
        if self.quiet == self.memory { dry } else { wet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::oversample::alias;
    use crate::units::SampleRate;

    #[test]
    fn the_ceiling_holds_and_what_is_below_stays_as_it_is() {
        let settings = ClipSettings::default();
        let ceiling = settings.ceiling.factor();
        for n in 0..400 {
            let x = f64::from(n) / 50.0;
            let y = settings.transfer(x);
            assert!(y <= ceiling + 1e-6 && (settings.transfer(-x) + y).abs() < 1e-9);
            if x < Db(-6.0).factor() {
                assert!((y - x).abs() < 1e-6);
            }
        }
        let x: Vec<f32> = (0..9600).map(|n| 0.4 * (n as f32 * 0.3).sin()).collect();
        let mut clip = Clip::new(&settings);
        let late = clip.latency().0;
        let mut left: Vec<f32> = x.iter().copied().chain(vec![0.0; late]).collect();
        let mut right = left.clone();
        for (l, r) in left.chunks_mut(77).zip(right.chunks_mut(77)) {
            clip.process(l, r, None);
        }
        assert_eq!(left.split_off(late), x);
        let mut loud: Vec<f32> = (0..9600).map(|n| 2.0 * (n as f32 * 0.03).sin()).collect();
        let mut right = loud.clone();
        clip.process(&mut loud, &mut right, None);
        let most = loud[2000..].iter().fold(0.0f32, |a, b| a.max(b.abs()));
        assert!(f64::from(most) < ceiling * 1.01 && f64::from(most) > ceiling * 0.8);
        assert!(clip.take_reduction().0 < -5.0);
    }

    /// The tones are the worst of a sweep from 100 Hz to 15 kHz at three rates.
    #[test]
    fn aliases_of_a_tone_20_db_over_the_ceiling_are_80_db_below_it() {
        for knee in [0.0, 0.1, 0.3, 1.0, 3.0, 12.0] {
            for hz in [14_164.0, 14_384.0, 14_439.0, 14_990.0] {
                let mut clip = Clip::new(&ClipSettings { ceiling: Db(-20.0), knee: Db(knee) });
                let worst = alias::worst(SampleRate(44_100), hz, |l, r| clip.process(l, r, None));
                assert!(worst < Db(-80.0), "knee {knee} dB, {hz} Hz: {worst:?}");
            }
        }
    }
}
