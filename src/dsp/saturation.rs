//! Saturation: tape, tube, transformer and plain tanh curves, run at 48 times the sample rate.
//!
//! [`Saturation`] is a processor of the chain.

use crate::dsp::delay::DelayLine;
use crate::dsp::filter::{Filter, Taps};
use crate::dsp::oversample::{FixedBlocks, Oversampler, RUN};
use crate::dsp::parameter::{SWITCH, Settings, Unit, choice_value, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, Latency, SampleRate};
use multiversion::multiversion;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Shape of the saturation curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShaperCurve {
    /// Odd harmonics; a pre-emphasis drives the treble harder.
    #[default]
    Tape,
    /// Asymmetrical: even harmonics appear at lower drive than odd ones.
    Tube,
    /// Odd harmonics; a pre-emphasis drives the bass harder.
    Transformer,
    /// The hyperbolic tangent without emphasis.
    Plain,
}

impl ShaperCurve {
    pub const ALL: [ShaperCurve; 4] =
        [ShaperCurve::Tape, ShaperCurve::Tube, ShaperCurve::Transformer, ShaperCurve::Plain];
    pub const NAMES: &'static [&'static str] = &["Tape", "Tube", "Transformer", "Plain"];
}
choice_value!(ShaperCurve);

/// Settings of the saturation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SaturationSettings {
    pub drive: Db,
    pub mix: f64,
    pub curve: ShaperCurve,
    pub output: Db,
    /// Compensates the level that the drive adds.
    pub compensate: bool,
}

impl Default for SaturationSettings {
    fn default() -> Self {
        let (drive, output) = (Db(6.0), Db::UNITY);
        Self { drive, mix: 1.0, curve: ShaperCurve::Tape, output, compensate: true }
    }
}

parameters! { SaturationSettings;
    drive "Drive", Unit::Decibels, -12.0 => 36.0, drive;
    mix "Mix", Unit::Share, 0.0 => 1.0, mix;
    curve "Curve", Unit::Choice(ShaperCurve::NAMES), 0.0 => 3.0, curve;
    output "Output", Unit::Decibels, -24.0 => 24.0, output;
    compensate "Compensate", SWITCH, 0.0 => 1.0, compensate;
}

/// Pairs of points between two frames of four times the rate. The tape, which drives the treble
/// 6 dB harder, needs the most.
const PAIRS: usize = 6;

/// Offset of the tube's working point from the middle of the curve.
const BIAS: f32 = 0.35;

/// tanh as a quotient of polynomials (Eigen's coefficients), exact to a few units in the last place
/// of `f32`.
#[inline]
fn tanh(x: f32) -> f32 {
    let x = x.clamp(-9.0, 9.0);
    let y = x * x;
    let p = 4.893_524_6e-3
        + y * (6.372_619_3e-4
            + y * (1.485_722_4e-5
                + y * (5.122_297_1e-8
                    + y * (-8.604_672e-11 + y * (2.000_188e-13 + y * -2.760_768_5e-16)))));
    let q = 4.893_525e-3 + y * (2.268_434_6e-3 + y * (1.185_347_1e-4 + y * 1.198_258_4e-6));
    x * p / q
}

/// The saturation curve; its slope at zero is 1.
#[inline]
pub fn bend(curve: ShaperCurve, x: f32) -> f32 {
    match curve {
        ShaperCurve::Tape | ShaperCurve::Plain => tanh(x),
        ShaperCurve::Tube => {
            let rest = tanh(BIAS);
            (tanh(x + BIAS) - rest) / (1.0 - rest * rest)
        }
        ShaperCurve::Transformer => x / (1.0 + x * x).sqrt(),
    }
}

#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn bend_all(curve: ShaperCurve, frames: &mut [f32]) {
    match curve {
        ShaperCurve::Tape | ShaperCurve::Plain => {
            frames.iter_mut().for_each(|x| *x = bend(ShaperCurve::Plain, *x))
        }
        ShaperCurve::Tube => frames.iter_mut().for_each(|x| *x = bend(ShaperCurve::Tube, *x)),
        ShaperCurve::Transformer => {
            frames.iter_mut().for_each(|x| *x = bend(ShaperCurve::Transformer, *x))
        }
    }
}

impl SaturationSettings {
    /// Output amplitude for an input amplitude, without the emphasis of tape and transformer. For
    /// drawing the curve.
    pub fn transfer(&self, x: f64) -> f64 {
        let drive = self.drive.factor();
        let wet = f64::from(bend(self.curve, (x * drive) as f32)) * self.gain_after();
        (x + (wet - x) * self.mix.clamp(0.0, 1.0)) * self.output.factor()
    }

    /// Gain after the curve. With compensation, a sine of −15 dBFS, a usual level of stems, keeps
    /// its power.
    fn gain_after(&self) -> f64 {
        let drive = self.drive.factor();
        if !self.compensate {
            return 1.0;
        }
        let (mut before, mut after) = (0.0, 0.0);
        for n in 0..32 {
            let x = Db(-15.0).factor() * (2.0 * PI * (f64::from(n) + 0.5) / 32.0).sin();
            before += x * x;
            after += f64::from(bend(self.curve, (x * drive) as f32)).powi(2);
        }
        if after > 0.0 { (before / after).sqrt() } else { 1.0 }
    }
}

/// The first-order shelf before the curve (tape and transformer only), and its exact inverse for
/// after the curve.
fn emphasis(curve: ShaperCurve, rate: SampleRate) -> [Taps<1>; 2] {
    let (corner, gain, treble) = match curve {
        ShaperCurve::Tape => (Hz(4000.0), Db(6.0), true),
        ShaperCurve::Transformer => (Hz(120.0), Db(8.0), false),
        ShaperCurve::Tube | ShaperCurve::Plain => return [Taps::THROUGH; 2],
    };
    let g = gain.factor();
    let t = (PI * corner.0.min(rate.hz().0 * 0.4) / rate.hz().0).tan();
    // Bilinear: treble (g s + 1) / (s + 1), bass (s + g) / (s + 1).
    let [n0, n1] = if treble { [g + t, t - g] } else { [1.0 + g * t, g * t - 1.0] };
    let [d0, d1] = [1.0 + t, t - 1.0];
    [
        Taps { b0: n0 / d0, b: [n1 / d0], a: [d1 / d0] },
        Taps { b0: d0 / n0, b: [d1 / n0], a: [n1 / n0] },
    ]
}

/// High-pass, −3 dB at 5 Hz, against the DC offset of the asymmetrical tube curve.
fn no_constant(curve: ShaperCurve, rate: SampleRate) -> Taps<1> {
    if curve != ShaperCurve::Tube {
        return Taps::THROUGH;
    }
    let t = (PI * 5.0 / rate.hz().0).tan();
    Taps { b0: 1.0 / (1.0 + t), b: [-1.0 / (1.0 + t)], a: [(t - 1.0) / (1.0 + t)] }
}

/// The running saturation processor.
pub struct Saturation {
    settings: SaturationSettings,
    rate: SampleRate,
    runs: FixedBlocks,
    shaper: Shaper,
}

struct Shaper {
    curve: ShaperCurve,
    before: Filter<1>,
    after: Filter<1>,
    level: Filter<1>,
    samplers: [Oversampler; 2],
    dry: DelayLine,
    drive: Smoothed,
    gain: Smoothed,
    mix: Smoothed,
    output: Smoothed,
}

impl Saturation {
    pub fn new(settings: &SaturationSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let [before, after] = emphasis(s.curve, rate);
        let samplers = [Oversampler::new(PAIRS), Oversampler::new(PAIRS)];
        let late = samplers.first().map_or(0, Oversampler::latency);
        let shaper = Shaper {
            curve: s.curve,
            before: Filter::new(before, rate),
            after: Filter::new(after, rate),
            level: Filter::new(no_constant(s.curve, rate), rate),
            samplers,
            dry: DelayLine::new(late),
            drive: Smoothed::new(s.drive.factor(), rate),
            gain: Smoothed::new(s.gain_after(), rate),
            mix: Smoothed::new(s.mix, rate),
            output: Smoothed::new(s.output.factor(), rate),
        };
        Self { settings: s, rate, runs: FixedBlocks::default(), shaper }
    }
}

impl Processor for Saturation {
    type Settings = SaturationSettings;

    /// Frames from input to output.
    fn latency(&self) -> Latency {
        Latency(self.shaper.dry.length() + RUN)
    }

    fn set(&mut self, settings: &SaturationSettings) {
        let s = settings.clamped();
        if s == self.settings {
            return;
        }
        self.settings = s;
        let [before, after] = emphasis(s.curve, self.rate);
        let shaper = &mut self.shaper;
        shaper.curve = s.curve;
        shaper.before.set(before);
        shaper.after.set(after);
        shaper.level.set(no_constant(s.curve, self.rate));
        shaper.drive.set(s.drive.factor());
        shaper.gain.set(s.gain_after());
        shaper.mix.set(s.mix);
        shaper.output.set(s.output.factor());
    }

    fn reset(&mut self) {
        let shaper = &mut self.shaper;
        for filter in [&mut shaper.before, &mut shaper.after, &mut shaper.level] {
            filter.reset();
        }
        shaper.samplers.iter_mut().for_each(Oversampler::reset);
        shaper.dry.reset();
        for value in [&mut shaper.drive, &mut shaper.gain, &mut shaper.mix, &mut shaper.output] {
            value.snap();
        }
        self.runs = FixedBlocks::default();
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], _side_chain: Option<[&[f32]; 2]>) {
        let shaper = &mut self.shaper;
        self.runs.process(left, right, |input| shaper.run(input));
    }
}

impl Blueprint for SaturationSettings {
    const NAME: &'static str = "Saturation";
    const SHORT: &'static str = "Saturate";

    type Processor = Saturation;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> Saturation {
        Saturation::new(self, setup.rate)
    }
}

impl Shaper {
    /// Saturates one run of [`RUN`] frames.
    fn run(&mut self, input: &[[f32; RUN]; 2]) -> [[f32; RUN]; 2] {
        let (mut wet, mut dry) = (*input, *input);
        let [left, right] = &mut wet;
        for (l, r) in left.iter_mut().zip(right) {
            let [a, b] = self.before.tick([*l, *r].map(f64::from));
            let drive = self.drive.tick();
            (*l, *r) = ((a * drive) as f32, (b * drive) as f32);
        }
        let curve = self.curve;
        for (sampler, side) in self.samplers.iter_mut().zip(&mut wet) {
            sampler.process(side, |frames| bend_all(curve, frames));
        }
        let [dry_left, dry_right] = &mut dry;
        self.dry.process(dry_left, dry_right);
        let [left, right] = &mut wet;
        let unbent = dry_left.iter().zip(&*dry_right);
        for ((l, r), (dl, dr)) in left.iter_mut().zip(right).zip(unbent) {
            let [a, b] = self.after.tick(self.level.tick([*l, *r].map(f64::from)));
            let (gain, mix) = (self.gain.tick(), self.mix.tick());
            let output = self.output.tick();
            let put = |wet: f64, dry: f32| {
                let dry = f64::from(dry);
                ((dry + (wet * gain - dry) * mix) * output) as f32
            };
            (*l, *r) = (put(a, *dl), put(b, *dr));
        }
        for filter in [&mut self.before, &mut self.after, &mut self.level] {
            filter.calm();
        }
        wet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::oversample::alias;

    const RATE: SampleRate = SampleRate(48_000);

    #[test]
    fn tanh_is_tanh() {
        for n in -1000..1000 {
            let x = n as f32 / 100.0;
            assert!((tanh(x) - x.tanh()).abs() < 1e-6, "{x}");
        }
    }

    fn run(settings: &SaturationSettings, x: &[f32]) -> Vec<f32> {
        let mut saturation = Saturation::new(settings, RATE);
        let late = saturation.latency().0;
        let mut left: Vec<f32> = x.iter().copied().chain(vec![0.0; late]).collect();
        let mut right = left.clone();
        for (l, r) in left.chunks_mut(100).zip(right.chunks_mut(100)) {
            saturation.process(l, r, None);
        }
        left.split_off(late)
    }

    /// The tones are the worst of a sweep from 100 Hz to 15 kHz at three rates.
    #[test]
    fn aliases_of_a_tone_driven_by_20_db_are_109_db_below_it() {
        for curve in ShaperCurve::ALL {
            for hz in [8840.0, 10_427.0, 12_312.0, 14_296.0, 14_593.0, 14_792.0] {
                let rate = SampleRate(44_100);
                let settings = SaturationSettings { drive: Db(20.0), curve, ..Default::default() };
                let mut saturation = Saturation::new(&settings, rate);
                let worst = alias::worst(rate, hz, |l, r| saturation.process(l, r, None));
                assert!(worst < Db(-109.0), "{curve:?} {hz} Hz: {worst:?}");
            }
        }
    }

    #[test]
    fn a_driven_tone_has_the_harmonics_of_the_curve() {
        let line = |wave: &dyn Fn(f64) -> f64, points: usize, k: usize| -> f64 {
            let turn = |n: usize| 2.0 * PI * n as f64 / points as f64;
            (0..points).map(|n| wave(turn(n)) * (k as f64 * turn(n)).sin()).sum::<f64>()
                / points as f64
        };
        // 1 kHz. The length of a period in frames is whole, so the phase stays.
        let x: Vec<f32> = (0..4800).map(|n| (PI * f64::from(n) / 24.0).sin() as f32).collect();
        let settings = SaturationSettings {
            drive: Db(20.0),
            curve: ShaperCurve::Plain,
            compensate: false,
            ..Default::default()
        };
        let y = run(&settings, &x);
        let got = |turn: f64| f64::from(y[2400 + (turn * 24.0 / PI).round() as usize]);
        let exact = |turn: f64| (10.0 * turn.sin()).tanh();
        for k in [1, 3, 5, 7, 11, 15, 19] {
            let apart = Db::from_factor(line(&got, 48, k) / line(&exact, 4800, k));
            assert!(apart.0.abs() < 0.01, "harmonic {k}: {apart:?}");
        }
    }

    #[test]
    fn softly_driven_it_is_flat_and_level_is_kept() {
        for curve in ShaperCurve::ALL {
            for hz in [60.0, 1000.0, 15_000.0] {
                let x: Vec<f32> = (0..24_000)
                    .map(|i| 0.001 * (2.0 * PI * hz * f64::from(i) / 48_000.0).sin() as f32)
                    .collect();
                let settings = SaturationSettings { curve, drive: Db(0.0), ..Default::default() };
                let y = run(&settings, &x);
                let power =
                    |y: &[f32]| y[12_000..].iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
                let gain = Db::from_power(power(&y) / power(&x)).0;
                let settings_gain = Db::from_factor(settings.gain_after()).0;
                assert!((gain - settings_gain).abs() < 0.05, "{curve:?} {hz}: {gain}");
            }
        }
    }

    #[test]
    fn dry_and_wet_are_in_step() {
        let x: Vec<f32> = (0..9600).map(|i| 0.001 * (f64::from(i) * 0.2).sin() as f32).collect();
        let settings = SaturationSettings {
            mix: 0.5,
            drive: Db(0.0),
            compensate: false,
            curve: ShaperCurve::Plain,
            ..Default::default()
        };
        let y = run(&settings, &x);
        for n in 2000..9000 {
            assert!((y[n] - x[n]).abs() < 1e-7);
        }
    }
}
