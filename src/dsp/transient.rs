//! A transient shaper: more or less attack and sustain, independent of the level.
//!
//! Two envelopes that differ only in attack diverge at an onset; two that differ only in release
//! diverge during a decay. Their distance in decibels steers the gain (P. Gier, P. White, SPL
//! Transient Designer, manual of 1998, for the principle).

use crate::dsp::detector::{Detection, Detector, FLOOR, PeakDecay, factor, heard, one_pole};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Settings of the transient shaper: gain of onsets and of decays.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TransientSettings {
    pub attack: Db,
    pub sustain: Db,
}

parameters! { TransientSettings;
    attack "Attack", Unit::Decibels, -15.0 => 15.0, attack;
    sustain "Sustain", Unit::Decibels, -15.0 => 15.0, sustain;
}

/// A distance of this many decibels counts as a full onset or decay.
const FULL: f64 = 12.0;

/// An envelope follower in decibels.
#[derive(Clone)]
struct Envelope {
    attack: f64,
    release: f64,
    now: f64,
}

impl Envelope {
    fn new(attack: f64, release: f64, rate: SampleRate) -> Self {
        let share = |time| one_pole(Seconds(time), rate);
        Self { attack: share(attack), release: share(release), now: FLOOR.0 }
    }

    #[inline]
    fn tick(&mut self, level: f64) -> f64 {
        let share = if level > self.now { self.attack } else { self.release };
        self.now += (level - self.now) * share;
        self.now
    }
}

/// The running transient shaper.
pub struct Transient {
    detector: Detector,
    peak: PeakDecay,
    /// For onsets: quick and slow attack. For decays: slow and quick release.
    envelopes: [Envelope; 4],
    attack: Smoothed,
    sustain: Smoothed,
    gain: f64,
    share: f64,
}

impl Transient {
    pub fn new(settings: &TransientSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        Self {
            detector: Detector::new(Detection::Peak, Hz(20.0), Hz(20_000.0), rate),
            peak: PeakDecay::new(400.0, rate),
            envelopes: [
                Envelope::new(0.0005, 0.150, rate),
                Envelope::new(0.020, 0.150, rate),
                Envelope::new(0.0005, 0.600, rate),
                Envelope::new(0.0005, 0.080, rate),
            ],
            attack: Smoothed::new(s.attack.0, rate),
            sustain: Smoothed::new(s.sustain.0, rate),
            gain: 0.0,
            share: one_pole(Seconds(0.001), rate),
        }
    }
}

impl Processor for Transient {
    type Settings = TransientSettings;

    fn set(&mut self, settings: &TransientSettings) {
        let s = settings.clamped();
        self.attack.set(s.attack.0);
        self.sustain.set(s.sustain.0);
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.peak.reset();
        self.envelopes.iter_mut().for_each(|envelope| envelope.now = FLOOR.0);
        self.attack.snap();
        self.sustain.snap();
        self.gain = 0.0;
    }

    /// Shapes a block in place. With `side_chain`, the detector hears it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let level = self.peak.tick(self.detector.level(heard(side_chain, n, [*l, *r])));
            let [quick, slow, long, short] = &mut self.envelopes;
            // The slow envelope follows the quick one, so that they differ at an onset only.
            let risen = quick.tick(level);
            let onset = (risen - slow.tick(risen)).clamp(0.0, FULL) / FULL;
            let fade = (long.tick(level) - short.tick(level)).clamp(0.0, FULL) / FULL;
            let aim = onset * self.attack.tick() + fade * self.sustain.tick();
            self.gain += (aim - self.gain) * self.share;
            if self.gain.abs() < 1e-9 {
                self.gain = 0.0;
                continue;
            }
            let gain = factor(self.gain) as f32;
            (*l, *r) = (*l * gain, *r * gain);
        }
    }
}

impl Blueprint for TransientSettings {
    const NAME: &'static str = "Transients";
    const SHORT: &'static str = "Shape";

    type Processor = Transient;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> Transient {
        Transient::new(self, setup.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    /// A decaying hit at a level: peak of the first 20 ms, and peak from 200 to 300 ms.
    fn hit(settings: &TransientSettings, level: f32) -> [f32; 2] {
        let mut left: Vec<f32> = (0..48_000)
            .map(|n| {
                let n = n as f32 - 4800.0;
                if n < 0.0 { 0.0 } else { level * (n * 0.13).sin() * (-n / 7000.0).exp() }
            })
            .collect();
        let mut right = left.clone();
        Transient::new(settings, RATE).process(&mut left, &mut right, None);
        let peak =
            |from: usize, to: usize| left[from..to].iter().fold(0.0f32, |a, b| a.max(b.abs()));
        [peak(4800, 5760), peak(14_400, 19_200)]
    }

    #[test]
    fn attack_and_sustain_move_alone_and_at_any_level() {
        for level in [0.5, 0.01] {
            let [onset, tail] = hit(&TransientSettings::default(), level);
            let [harder, same] =
                hit(&TransientSettings { attack: Db(9.0), ..Default::default() }, level);
            assert!(harder / onset > 1.8, "{}", harder / onset);
            assert!((same / tail - 1.0).abs() < 0.1, "{}", same / tail);
            let [same, drier] =
                hit(&TransientSettings { sustain: Db(-12.0), ..Default::default() }, level);
            assert!((same / onset - 1.0).abs() < 0.1, "{}", same / onset);
            assert!(drier / tail < 0.6, "{}", drier / tail);
        }
    }
}
