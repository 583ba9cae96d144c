//! A transient shaper: more or less attack and sustain, independent of the level.
//!
//! An onset is a level that rises over what was heard before it, a decay one that has fallen from
//! its peak (P. Gier, P. White, SPL Transient Designer, manual of 1998, for the principle). Either is
//! full after a few decibels, so a setting is the gain of every hit that stands out, loud or soft,
//! and of its tail.

use crate::dsp::detector::{
    Detection, Detector, FLOOR, PeakDecay, RUN, factor, heard, in_runs, one_pole,
};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Settings of the transient shaper.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TransientSettings {
    /// Gain of the onset of a sound that stands out from what was heard before it.
    pub attack: Db,
    /// Gain of the tail, once it has fallen by 6 dB from the peak.
    pub sustain: Db,
}

parameters! { TransientSettings;
    attack "Attack", Unit::Decibels, -15.0 => 15.0, attack;
    sustain "Sustain", Unit::Decibels, -15.0 => 15.0, sustain;
}

/// An onset begins and is full when the level stands this far above what was before, in decibels.
const ONSET: [f64; 2] = [2.5, 4.5];
/// A decay begins and is full when the level has fallen this far below its peak, in decibels.
const DECAY: [f64; 2] = [2.0, 6.0];
/// What was before follows the level up within this time, from this many decibels below it at most,
/// so an onset lasts equally long after a rest and after a soft note; and down within the other time.
const RISE: Seconds = Seconds(0.045);
const MOST: f64 = 15.0;
const FALL: Seconds = Seconds(0.010);
/// The peak that a decay is measured from falls to the level with this time constant.
const MEMORY: Seconds = Seconds(0.600);
/// Fall of the level that is held between the waves of a noise, in decibels per second.
const HELD: f64 = 250.0;
/// Time constant of the gain of a decay.
const SMOOTH: Seconds = Seconds(0.010);

/// How far a distance in decibels is on its way from the first to the second.
#[inline]
fn part([from, to]: [f64; 2], distance: f64) -> f64 {
    ((distance - from) / (to - from)).clamp(0.0, 1.0)
}

/// How much of the sustain gain a sound gets that has fallen this far below its peak, 0 to 1.
pub fn tail(fallen: Db) -> f64 {
    part(DECAY, fallen.0)
}

/// The running transient shaper.
pub struct Transient {
    detector: Detector,
    level: PeakDecay,
    /// Levels in decibels: what was before the onset, and the peak before the decay.
    before: f64,
    peak: f64,
    /// The part of the sustain that applies.
    decay: f64,
    attack: Smoothed,
    sustain: Smoothed,
    rise: f64,
    fall: f64,
    memory: f64,
    smooth: f64,
}

impl Transient {
    pub fn new(settings: &TransientSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let [rise, fall, memory, smooth] =
            [RISE, FALL, MEMORY, SMOOTH].map(|time| one_pole(time, rate));
        Self {
            detector: Detector::new(Detection::Peak, Hz(20.0), Hz(20_000.0), rate),
            level: PeakDecay::new(HELD, rate),
            before: FLOOR.0,
            peak: FLOOR.0,
            decay: 0.0,
            attack: Smoothed::new(s.attack.0, rate),
            sustain: Smoothed::new(s.sustain.0, rate),
            rise,
            fall,
            memory,
            smooth,
        }
    }

    /// How much of attack and sustain apply at a level in decibels. An onset is there at once, and
    /// takes the sustain of the sound before it away.
    #[inline]
    fn parts(&mut self, level: f64) -> [f64; 2] {
        let level = self.level.tick(level);
        let share = if level > self.before { self.rise } else { self.fall };
        self.before = (self.before + (level - self.before) * share).max(level - MOST);
        self.peak = (self.peak + (level - self.peak) * self.memory).max(level);
        let risen = level - self.before;
        self.decay += (tail(Db(self.peak - level)) - self.decay) * self.smooth;
        self.decay = self.decay.min(1.0 - part([0.0, ONSET[0]], risen));
        if self.decay < 1e-9 {
            self.decay = 0.0;
        }
        [part(ONSET, risen), self.decay]
    }

    /// Shapes up to [`RUN`] frames.
    fn run(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let mut room = [0.0; RUN];
        let values = &mut room[..left.len()];
        self.detector.run(|n| heard(side_chain, n, [left[n], right[n]]), values);
        for value in values.iter_mut() {
            let [onset, decay] = self.parts(*value);
            *value = onset * self.attack.tick() + decay * self.sustain.tick();
        }
        for ((gain, l), r) in values.iter().zip(left).zip(right) {
            if *gain != 0.0 {
                let gain = factor(*gain) as f32;
                (*l, *r) = (*l * gain, *r * gain);
            }
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
        self.level.reset();
        (self.before, self.peak, self.decay) = (FLOOR.0, FLOOR.0, 0.0);
        self.attack.snap();
        self.sustain.snap();
    }

    /// Shapes a block in place. With `side_chain`, the detector hears it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        in_runs((left, right, side_chain), |(l, r, key)| self.run(l, r, key));
        self.detector.calm();
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

    /// Frames before the first hit.
    const REST: usize = 4800;

    #[derive(Clone, Copy, Debug)]
    enum Drum {
        Noise,
        Sine(f64),
    }

    /// Decaying hits, `rate` per second, that fall by 8.7 dB in `decay` seconds.
    fn hits(drum: Drum, decay: f64, rate: f64, level: f64) -> (Vec<f32>, Vec<usize>) {
        let mut sound = vec![0.0f32; 72_000];
        let starts: Vec<usize> = (0..)
            .map(|n| REST + (f64::from(n) * 48e3 / rate) as usize)
            .take_while(|n| *n < 60_000)
            .collect();
        let mut dice = 1u32;
        for start in &starts {
            for (n, x) in sound[*start..].iter_mut().enumerate() {
                let t = n as f64 / 48e3;
                dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let wave = match drum {
                    Drum::Noise => f64::from(dice >> 8) / 8_388_608.0 - 1.0,
                    Drum::Sine(hz) => (std::f64::consts::TAU * hz * t).sin(),
                };
                *x += (level * wave * (-t / decay).exp()) as f32;
            }
        }
        (sound, starts)
    }

    fn shaped(x: &[f32], attack: f64, sustain: f64) -> Vec<f32> {
        let (mut left, mut right) = (x.to_vec(), x.to_vec());
        let settings = TransientSettings { attack: Db(attack), sustain: Db(sustain) };
        Transient::new(&settings, RATE).process(&mut left, &mut right, None);
        left
    }

    /// Gain in decibels of the peak, and of the energy, from `from` to `to` frames after a hit.
    fn gain(y: &[f32], x: &[f32], start: usize, from: usize, to: usize) -> [f64; 2] {
        let part = start + from..start + to;
        let peak = |x: &[f32]| f64::from(x.iter().fold(0.0f32, |a, b| a.max(b.abs())));
        let power = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        let (y, x) = (&y[part.clone()], &x[part]);
        [Db::from_factor(peak(y) / peak(x)).0, Db::from_power(power(y) / power(x)).0]
    }

    const DRUMS: [Drum; 4] = [Drum::Noise, Drum::Sine(60.0), Drum::Sine(150.0), Drum::Sine(400.0)];

    #[test]
    fn an_onset_gets_the_attack_and_not_the_sustain_of_the_tail_before_it() {
        for drum in DRUMS {
            for (decay, rate) in [(0.04, 1.0), (0.1, 2.0), (0.1, 4.0), (0.06, 8.0)] {
                for level in [0.4, 0.004] {
                    let (x, starts) = hits(drum, decay, rate, level);
                    for (attack, sustain) in [(6.0, 0.0), (-6.0, 0.0), (15.0, 0.0), (0.0, 6.0)] {
                        let y = shaped(&x, attack, sustain);
                        for start in &starts {
                            let [peak, energy] = gain(&y, &x, *start, 0, 960);
                            let what =
                                format!("{drum:?} {rate} {attack}/{sustain}: {peak} {energy}");
                            let most = if attack == 0.0 { 0.2 } else { 0.3 };
                            assert!((peak - attack).abs() < most, "{what}");
                            assert!((energy - attack).abs() < most, "{what}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_tail_gets_the_sustain_and_not_the_attack() {
        for drum in DRUMS {
            for decay in [0.04, 0.1] {
                let (x, starts) = hits(drum, decay, 2.0, 0.4);
                for sustain in [6.0, -12.0] {
                    let y = shaped(&x, 9.0, sustain);
                    for start in &starts {
                        // 20 ms after it has fallen by 10 dB, and until it has fallen by 30 dB.
                        let from = (decay * 10.0 / 8.69 * 48e3) as usize + 960;
                        let to = (decay * 30.0 / 8.69 * 48e3) as usize;
                        let [_, energy] = gain(&y, &x, *start, from, to.min(23_000));
                        assert!((energy - sustain).abs() < 1.0, "{drum:?} {decay}: {energy}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_steady_stays() {
        for hz in [50.0, 1000.0, 9000.0] {
            let x: Vec<f32> =
                (0..96_000).map(|n| (f64::from(n) * hz * 1.309e-4).sin() as f32 * 0.3).collect();
            let y = shaped(&x, 15.0, 15.0);
            assert_eq!(x[24_000..], y[24_000..]);
        }
        // Noise sways, so some of it passes for a decay.
        let (x, _) = hits(Drum::Noise, 1e6, 1.0, 0.1);
        let [_, energy] = gain(&shaped(&x, 6.0, 6.0), &x, REST, 24_000, 40_000);
        assert!(energy.abs() < 0.5, "{energy}");
    }
}
