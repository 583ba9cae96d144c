//! A de-esser that compares the sibilance with the voice instead of a fixed level, so it works
//! alike on a whisper and on a shout.

use crate::dsp::compressor::Ballistics;
use crate::dsp::detector::{Detection, Detector, PeakDecay, factor, heard};
use crate::dsp::filter::Pair;
use crate::dsp::moving::{DynamicBandFilter, Form};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Settings of the de-esser.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeEsserSettings {
    pub frequency: Hz,
    /// The largest reduction.
    pub range: Db,
    /// Highest allowed level of the sibilance relative to the voice, in decibels. Lower values
    /// reduce more.
    pub threshold: Db,
    /// The part that is turned down: above the frequency, below it, or an octave around it.
    pub split: Form,
}

impl Default for DeEsserSettings {
    fn default() -> Self {
        Self { frequency: Hz(6800.0), range: Db(5.0), threshold: Db(-8.0), split: Form::Above }
    }
}

parameters! { DeEsserSettings;
    frequency "Frequency", Unit::Hertz, 2000.0 => 16_000.0, frequency;
    range "Range", Unit::Decibels, 0.0 => 24.0, range;
    threshold "Threshold", Unit::Decibels, -40.0 => 12.0, threshold;
    split "Split", Unit::Choice(Form::NAMES), 0.0 => 2.0, split;
}

/// Compression ratio for sibilance above the threshold.
const RATIO: f64 = 5.0;
/// Sibilance below this level, in dB, is left alone.
const LEAST: f64 = -65.0;

/// Q of a band one octave wide.
const OCTAVE: f64 = std::f64::consts::SQRT_2;

/// Fall of the held voice level in decibels per second, so that it lasts through a consonant.
const MEMORY: f64 = 60.0;

/// The shelf starts below the frequency, so that nearly its full gain applies at the frequency.
fn corner(s: &DeEsserSettings) -> Hz {
    Hz(s.frequency.0 * if s.split == Form::Bell { 1.0 } else { 0.7 })
}

/// Upper edge of the voice, for the voice detector.
fn voice_top(frequency: Hz) -> Hz {
    Hz(frequency.0 * 0.4)
}

/// The running de-esser.
pub struct DeEsser {
    settings: DeEsserSettings,
    /// Level above the frequency. Separate from `split`, which may be a band.
    hiss: Detector,
    voice: Detector,
    voice_now: PeakDecay,
    ballistics: Ballistics,
    split: DynamicBandFilter,
    threshold: Smoothed,
    deepest: f64,
}

impl DeEsser {
    pub fn new(settings: &DeEsserSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let (attack, release) = (Seconds(0.001), Seconds(0.040));
        Self {
            settings: s,
            hiss: Detector::new(Detection::Peak, s.frequency, Hz(20_000.0), rate),
            voice: Detector::new(Detection::Peak, Hz(20.0), voice_top(s.frequency), rate),
            voice_now: PeakDecay::new(MEMORY, rate),
            ballistics: Ballistics::new(attack, release, false, rate),
            split: DynamicBandFilter::new(s.split, corner(&s), OCTAVE, rate),
            threshold: Smoothed::new(s.threshold.0, rate),
            deepest: 0.0,
        }
    }
}

impl Processor for DeEsser {
    type Settings = DeEsserSettings;

    fn set(&mut self, settings: &DeEsserSettings) {
        let s = settings.clamped();
        if s == self.settings {
            return;
        }
        self.settings = s;
        self.hiss.set(Detection::Peak, s.frequency, Hz(20_000.0));
        self.voice.set(Detection::Peak, Hz(20.0), voice_top(s.frequency));
        self.split.set(s.split, corner(&s), OCTAVE);
        self.threshold.set(s.threshold.0);
    }

    fn reset(&mut self) {
        self.hiss.reset();
        self.voice.reset();
        self.ballistics.reset();
        self.split.reset();
        self.threshold.snap();
        self.voice_now.reset();
    }

    /// The deepest reduction since the last call, as a negative gain.
    fn take_reduction(&mut self) -> Db {
        Db(-std::mem::take(&mut self.deepest))
    }

    /// De-esses a block in place. With `side_chain`, the detectors hear it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let range = self.settings.range.0;
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let x: Pair = [*l, *r].map(f64::from);
            let heard = heard(side_chain, n, [*l, *r]);
            let hiss = self.hiss.level(heard);
            let voice = self.voice_now.tick(self.voice.momentary(heard));
            let over = hiss - voice - self.threshold.tick();
            let aim = if hiss > LEAST { over.max(0.0) * (1.0 - 1.0 / RATIO) } else { 0.0 };
            let reduction = self.ballistics.tick(aim.min(range));
            let gain = if reduction == 0.0 { 1.0 } else { factor(-reduction) };
            let change = self.split.change(x, gain);
            if reduction == 0.0 {
                continue;
            }
            self.deepest = self.deepest.max(reduction);
            (*l, *r) = ((x[0] + change[0]) as f32, (x[1] + change[1]) as f32);
        }
        self.hiss.calm();
        self.voice.calm();
        self.split.calm();
    }
}

impl Blueprint for DeEsserSettings {
    const NAME: &'static str = "De-esser";
    const SHORT: &'static str = "De-ess";

    type Processor = DeEsser;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> DeEsser {
        DeEsser::new(self, setup.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    /// Runs a 300 Hz voice at `level` with 9 kHz sibilance in the middle; returns the gains in dB
    /// of sibilance and voice.
    fn reduction(level: f32, hiss: f32, settings: &DeEsserSettings) -> (f64, f64) {
        let frames = 48_000;
        let voice = |n: usize| 0.5 * level * (n as f32 * 0.039_27).sin();
        let is_hiss = |n: usize| (20_000..26_000).contains(&n);
        let x: Vec<f32> = (0..frames)
            .map(|n| {
                voice(n) + if is_hiss(n) { hiss * level * (n as f32 * 1.178).sin() } else { 0.0 }
            })
            .collect();
        let (mut left, mut right) = (x.clone(), x.clone());
        DeEsser::new(settings, RATE).process(&mut left, &mut right, None);
        let tone = |y: &[f32], w: f32| {
            let (mut re, mut im) = (0.0f64, 0.0f64);
            for (n, v) in y.iter().enumerate() {
                re += f64::from(v * (n as f32 * w).cos());
                im += f64::from(v * (n as f32 * w).sin());
            }
            re.hypot(im)
        };
        let (y, x) = (&left[21_600..24_800], &x[21_600..24_800]);
        let db = |w| Db::from_factor(tone(y, w) / tone(x, w)).0;
        (db(1.178), db(0.039_27))
    }

    #[test]
    fn it_takes_the_hiss_at_any_level_and_leaves_the_voice() {
        let settings = DeEsserSettings { range: Db(8.0), ..Default::default() };
        let (loud, voice) = reduction(1.0, 0.4, &settings);
        let (soft, _) = reduction(0.05, 0.4, &settings);
        assert!(loud < -3.0, "{loud}");
        assert!((loud - soft).abs() < 0.5, "{loud} {soft}");
        assert!(voice.abs() < 0.5, "{voice}");
        let (gentle, _) = reduction(1.0, 0.05, &settings);
        assert!(gentle.abs() < 0.2, "a soft consonant stays: {gentle}");
    }

    #[test]
    fn range_is_the_most_it_takes() {
        let settings = DeEsserSettings { range: Db(2.0), ..Default::default() };
        let (taken, _) = reduction(1.0, 0.6, &settings);
        assert!((-2.2..-1.4).contains(&taken), "{taken}");
    }
}
