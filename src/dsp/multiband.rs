//! A compressor in four bands whose sum is flat.
//!
//! The bands are split by Linkwitz-Riley crossovers of 24 dB per octave. Each branch of the tree
//! also passes the all-pass of the crossover that lies in the other branch, so the bands stay in
//! phase and their sum is an all-pass (S. H. Linkwitz, *Active crossover networks for noncoincident
//! drivers*, JAES 24/1, 1976).

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients};
use crate::dsp::compressor::{Ballistics, reduction_at};
use crate::dsp::detector::{Detection, Detector, RUN, factor, heard, in_runs};
use crate::dsp::filter::{Biquad2, Pair};
use crate::dsp::parameter::{SWITCH, Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

pub const BANDS: usize = 4;
const CROSSOVERS: usize = BANDS - 1;

/// Settings of one band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultibandBand {
    /// Whether the band is compressed. `gain` applies either way.
    pub on: bool,
    pub threshold: Db,
    pub ratio: f64,
    pub attack: Seconds,
    pub release: Seconds,
    pub gain: Db,
}

impl Default for MultibandBand {
    fn default() -> Self {
        Self {
            on: true,
            threshold: Db(-24.0),
            ratio: 2.0,
            attack: Seconds(0.015),
            release: Seconds(0.120),
            gain: Db::UNITY,
        }
    }
}

parameters! { MultibandBand;
    threshold "Threshold", Unit::Decibels, -60.0 => 0.0, threshold;
    ratio "Ratio", Unit::Ratio, 1.0 => 20.0, ratio;
    attack "Attack", Unit::Time, 0.000_2 => 0.25, attack;
    release "Release", Unit::Time, 0.01 => 2.5, release;
    gain "Gain", Unit::Decibels, -12.0 => 12.0, gain;
    on "On", SWITCH, 0.0 => 1.0, on;
}

/// Settings of the multiband compressor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MultibandSettings {
    /// Crossover frequencies.
    pub low: Hz,
    pub middle: Hz,
    pub high: Hz,
    /// From the lowest band to the highest.
    pub bands: [MultibandBand; BANDS],
}

impl Default for MultibandSettings {
    fn default() -> Self {
        let times = [(0.030, 0.200), (0.020, 0.150), (0.010, 0.100), (0.004, 0.070)];
        Self {
            low: Hz(120.0),
            middle: Hz(800.0),
            high: Hz(5000.0),
            bands: times.map(|(attack, release)| MultibandBand {
                attack: Seconds(attack),
                release: Seconds(release),
                ..MultibandBand::default()
            }),
        }
    }
}

parameters! { MultibandSettings;
    low "Low", Unit::Hertz, 40.0 => 400.0, low;
    middle "Middle", Unit::Hertz, 250.0 => 3000.0, middle;
    high "High", Unit::Hertz, 1500.0 => 14_000.0, high;
}

/// The running compressor of one band.
struct BandAtWork {
    settings: MultibandBand,
    detector: Detector,
    ballistics: Ballistics,
    gain: Smoothed,
}

impl BandAtWork {
    /// Adds the band, compressed, to the sum `y`; `heard` is what its detector hears. Returns the
    /// deepest reduction in decibels.
    fn run(&mut self, part: &[Pair], heard: &[Pair], y: &mut [Pair]) -> f64 {
        let s = self.settings;
        let mut room = [0.0; RUN];
        let values = &mut room[..y.len()];
        self.detector.run(|n| heard[n], values);
        let mut deepest = 0.0f64;
        for value in values.iter_mut() {
            let aim =
                if s.on { reduction_at(Db(*value), s.threshold, s.ratio, Db(6.0)).0 } else { 0.0 };
            *value = self.ballistics.tick(aim);
            deepest = deepest.max(*value);
        }
        for ((y, part), reduction) in y.iter_mut().zip(part).zip(values) {
            let mut gain = self.gain.tick();
            if *reduction > 0.0 {
                gain *= factor(-*reduction);
            }
            *y = [y[0] + part[0] * gain, y[1] + part[1] * gain];
        }
        deepest
    }
}

/// A crossover: low-pass and high-pass, each of two Butterworth sections.
struct Crossover {
    low: [Biquad2; 2],
    high: [Biquad2; 2],
}

fn crossover_taps(frequency: Hz, rate: SampleRate) -> [Coefficients; 3] {
    [
        Coefficients::low_pass(rate, frequency, BUTTERWORTH_Q),
        Coefficients::high_pass(rate, frequency, BUTTERWORTH_Q),
        Coefficients::all_pass(rate, frequency, BUTTERWORTH_Q),
    ]
}

impl Crossover {
    fn new(frequency: Hz, rate: SampleRate) -> Self {
        let [low, high, _] = crossover_taps(frequency, rate);
        let pair = |taps: Coefficients| [0, 1].map(|_| Biquad2::new(taps.into(), rate));
        Self { low: pair(low), high: pair(high) }
    }

    fn filters(&mut self) -> impl Iterator<Item = (&mut Biquad2, usize)> {
        let [a, b] = &mut self.low;
        let [c, d] = &mut self.high;
        [(a, 0), (b, 0), (c, 1), (d, 1)].into_iter()
    }

    #[inline]
    fn tick(&mut self, x: Pair) -> [Pair; 2] {
        let twice = |[one, two]: &mut [Biquad2; 2]| two.tick(one.tick(x));
        [twice(&mut self.low), twice(&mut self.high)]
    }
}

/// The crossover tree: splits a frame into four bands that add up to the input, apart from its
/// phase.
struct Split {
    crossovers: [Crossover; CROSSOVERS],
    /// All-pass of the high crossover for the lower branch, and of the low crossover for the upper
    /// branch.
    phase: [Biquad2; 2],
}

impl Split {
    fn new(frequencies: [Hz; CROSSOVERS], rate: SampleRate) -> Self {
        let [low, _, high] = frequencies;
        let all_pass = |frequency| {
            let [_, _, taps] = crossover_taps(frequency, rate);
            Biquad2::new(taps.into(), rate)
        };
        Self {
            crossovers: frequencies.map(|frequency| Crossover::new(frequency, rate)),
            phase: [all_pass(high), all_pass(low)],
        }
    }

    fn set(&mut self, frequencies: [Hz; CROSSOVERS], rate: SampleRate) {
        for (crossover, frequency) in self.crossovers.iter_mut().zip(frequencies) {
            let [low, high, _] = crossover_taps(frequency, rate);
            for (filter, half) in crossover.filters() {
                filter.set(if half == 0 { low.into() } else { high.into() });
            }
        }
        let [low, _, high] = frequencies;
        for (filter, frequency) in self.phase.iter_mut().zip([high, low]) {
            let [_, _, taps] = crossover_taps(frequency, rate);
            filter.set(taps.into());
        }
    }

    fn each(&mut self, mut then: impl FnMut(&mut Biquad2)) {
        for crossover in &mut self.crossovers {
            crossover.filters().for_each(|(filter, _)| then(filter));
        }
        self.phase.iter_mut().for_each(then);
    }

    #[inline]
    fn tick(&mut self, x: Pair) -> [Pair; BANDS] {
        let [first, middle, last] = &mut self.crossovers;
        let [under, over] = &mut self.phase;
        let [low, high] = middle.tick(x);
        let [a, b] = first.tick(under.tick(low));
        let [c, d] = last.tick(over.tick(high));
        [a, b, c, d]
    }
}

/// The running multiband compressor.
pub struct Multiband {
    settings: MultibandSettings,
    rate: SampleRate,
    split: Split,
    /// A second split, for the side chain.
    side_chain: Split,
    bands: [BandAtWork; BANDS],
    deepest: [f64; BANDS],
}

fn frequencies(s: &MultibandSettings, rate: SampleRate) -> [Hz; CROSSOVERS] {
    // Keeps the crossovers in ascending order and below half the rate.
    let middle = Hz(s.middle.0.max(s.low.0 * 1.5));
    [s.low, middle, Hz(s.high.0.max(middle.0 * 1.5).min(rate.hz().0 * 0.42))]
}

impl Multiband {
    pub fn new(settings: &MultibandSettings, rate: SampleRate) -> Self {
        let s = clamped(settings);
        Self {
            settings: s,
            rate,
            split: Split::new(frequencies(&s, rate), rate),
            side_chain: Split::new(frequencies(&s, rate), rate),
            bands: s.bands.map(|band| {
                let [attack, release] = Detection::Rms.times(band.attack, band.release);
                BandAtWork {
                    settings: band,
                    detector: Detector::new(Detection::Rms, Hz(20.0), Hz(20_000.0), rate),
                    ballistics: Ballistics::new(attack, release, true, rate),
                    gain: Smoothed::new(band.gain.factor(), rate),
                }
            }),
            deepest: [0.0; BANDS],
        }
    }

    /// Compresses up to [`RUN`] frames.
    fn run(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let mut parts = [[[0.0; 2]; RUN]; BANDS];
        for n in 0..left.len() {
            let split = self.split.tick([left[n], right[n]].map(f64::from));
            parts.iter_mut().zip(split).for_each(|(part, frame)| part[n] = frame);
        }
        let mut keys = parts;
        if side_chain.is_some() {
            for n in 0..left.len() {
                let split = self.side_chain.tick(heard(side_chain, n, [left[n], right[n]]));
                keys.iter_mut().zip(split).for_each(|(part, frame)| part[n] = frame);
            }
        }
        let mut room = [[0.0; 2]; RUN];
        let y = &mut room[..left.len()];
        let bands = self.bands.iter_mut().zip(&mut self.deepest);
        for (((band, deepest), part), key) in bands.zip(&parts).zip(&keys) {
            *deepest = deepest.max(band.run(part, key, y));
        }
        for ((y, l), r) in y.iter().zip(left).zip(right) {
            (*l, *r) = (y[0] as f32, y[1] as f32);
        }
    }
}

impl Processor for Multiband {
    type Settings = MultibandSettings;

    fn set(&mut self, settings: &MultibandSettings) {
        let s = clamped(settings);
        if s == self.settings {
            return;
        }
        self.settings = s;
        self.split.set(frequencies(&s, self.rate), self.rate);
        self.side_chain.set(frequencies(&s, self.rate), self.rate);
        for (band, settings) in self.bands.iter_mut().zip(s.bands) {
            band.settings = settings;
            let [attack, release] = Detection::Rms.times(settings.attack, settings.release);
            band.ballistics.set(attack, release, true, self.rate);
            band.gain.set(settings.gain.factor());
        }
    }

    fn reset(&mut self) {
        self.split.each(Biquad2::reset);
        self.side_chain.each(Biquad2::reset);
        for band in &mut self.bands {
            band.detector.reset();
            band.ballistics.reset();
            band.gain.snap();
        }
    }

    /// The deepest reduction of any band since the last call, as a negative gain.
    fn take_reduction(&mut self) -> Db {
        let deepest = std::mem::take(&mut self.deepest);
        Db(-deepest.into_iter().fold(0.0, f64::max))
    }

    /// Compresses a block in place. With `side_chain`, the detectors hear it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        in_runs((left, right, side_chain), |(l, r, key)| self.run(l, r, key));
        self.split.each(Biquad2::calm);
        self.side_chain.each(Biquad2::calm);
        self.bands.iter_mut().for_each(|band| band.detector.calm());
    }
}

impl Blueprint for MultibandSettings {
    const NAME: &'static str = "Multiband";
    const SHORT: &'static str = "Bands";

    type Processor = Multiband;
    type Band = MultibandBand;

    fn build(&self, setup: Setup<'_>) -> Multiband {
        Multiband::new(self, setup.rate)
    }

    fn bands(&self) -> &[MultibandBand] {
        &self.bands
    }

    fn bands_mut(&mut self) -> &mut [MultibandBand] {
        &mut self.bands
    }
}

fn clamped(settings: &MultibandSettings) -> MultibandSettings {
    let mut s = settings.clamped();
    s.bands = s.bands.map(|band| band.clamped());
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::voice::{changes, level_of_s, voice};

    fn idle() -> MultibandSettings {
        let mut settings = MultibandSettings::default();
        settings.bands.iter_mut().for_each(|band| band.on = false);
        settings
    }

    #[test]
    fn at_rest_it_is_flat_to_a_thousandth_of_a_decibel() {
        for rate in [44_100u32, 48_000, 96_000, 192_000] {
            let frames = rate as usize;
            let (mut left, mut right) = (vec![0.0f32; frames], vec![0.0f32; frames]);
            left[0] = 1.0;
            Multiband::new(&idle(), SampleRate(rate)).process(&mut left, &mut right, None);
            for hz in [25.0, 80.0, 120.0, 200.0, 400.0, 800.0, 2000.0, 5000.0, 9000.0, 19_000.0] {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, x) in left.iter().enumerate() {
                    let (sin, cos) =
                        (std::f64::consts::TAU * hz * n as f64 / f64::from(rate)).sin_cos();
                    re += f64::from(*x) * cos;
                    im += f64::from(*x) * sin;
                }
                let level = Db::from_power(re * re + im * im);
                assert!(level.0.abs() < 0.001, "{rate} {hz}: {level:?}");
            }
        }
    }

    #[test]
    fn a_band_follows_its_curve_and_its_attack_without_the_waveform() {
        let rate = SampleRate(48_000);
        for hz in [50.0, 300.0, 2000.0, 12_000.0] {
            for attack in [0.003, 0.02] {
                let mut settings = MultibandSettings::default();
                for band in &mut settings.bands {
                    (band.threshold, band.ratio) = (Db(-40.0), 4.0);
                    (band.attack, band.release) = (Seconds(attack), Seconds(0.01));
                }
                let mut multiband = Multiband::new(&settings, rate);
                let reductions: Vec<f64> = (0..24_000)
                    .map(|n| {
                        let x = (f64::from(n) * hz * std::f64::consts::TAU / 48e3).sin() as f32;
                        let (mut left, mut right) = ([0.1 * x], [0.1 * x]);
                        multiband.process(&mut left, &mut right, None);
                        -multiband.take_reduction().0
                    })
                    .collect();
                let full = reductions[23_999];
                // The bands overlap, so its own has not all of a tone.
                assert!((14.0..15.1).contains(&full), "{hz}: {full}");
                let last = &reductions[20_000..];
                assert!(last.iter().all(|now| (now - full).abs() < 0.05), "{hz}");
                let up = reductions.iter().position(|now| *now >= 0.632 * full).unwrap() as f64;
                let off = up / 48e3 - attack;
                // Crossovers and detector know a tone after part of a period.
                assert!(off.abs() < (attack * 0.05).max(0.7 / hz).max(0.000_4), "{hz}: {off}");
            }
        }
    }

    #[test]
    fn a_loud_bass_does_not_pump_the_treble() {
        let rate = SampleRate(48_000);
        let tone = |hz: f32, level: f32, n: usize| {
            level * (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin()
        };
        let mut left: Vec<f32> =
            (0..96_000).map(|n| tone(60.0, 0.5, n) + tone(8000.0, 0.02, n)).collect();
        let mut right = left.clone();
        let mut multiband = Multiband::new(&MultibandSettings::default(), rate);
        multiband.process(&mut left, &mut right, None);
        let level = |hz: f32| {
            let (mut re, mut im) = (0.0f64, 0.0f64);
            for (n, x) in left.iter().enumerate().skip(48_000) {
                let w = f64::from(n as u32) * f64::from(hz) * std::f64::consts::TAU / 48_000.0;
                re += f64::from(*x) * w.cos();
                im += f64::from(*x) * w.sin();
            }
            Db::from_factor(re.hypot(im) / 24_000.0).0
        };
        assert!((level(8000.0) - Db::from_factor(0.02).0).abs() < 0.05);
        // The low band has 0.941 of the tone, 17.5 dB over its threshold, and loses half of that; the
        // next band keeps its 0.059.
        let wanted = Db::from_factor(0.5 * (0.941 * Db(-8.73).factor() + 0.059)).0;
        assert!((level(60.0) - wanted).abs() < 0.1, "{}", level(60.0));
        assert!(multiband.take_reduction().0 < -8.0);
    }

    #[test]
    fn the_top_band_takes_from_an_s_what_its_curve_says_and_leaves_the_vowels() {
        let x = voice(Db(-6.0), -9.0);
        let mut settings = MultibandSettings { high: Hz(3400.0), ..idle() };
        let band = &mut settings.bands[3];
        (band.on, band.threshold, band.ratio) = (true, Db(-35.0), 2.0);
        let (mut left, mut right) = (x.clone(), x.clone());
        Multiband::new(&settings, SampleRate(48_000)).process(&mut left, &mut right, None);
        let (vowels, hissing) = changes(&x, &left);
        let wanted = reduction_at(level_of_s(&x), Db(-35.0), 2.0, Db(6.0));
        assert!((hissing + wanted.0).abs() < 1.0 && vowels.abs() < 0.3, "{hissing} {wanted:?}");
    }
}
