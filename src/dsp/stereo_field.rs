//! The stereo processor: width per band, mono bass, rotation, and a widener that vanishes in mono.
//!
//! [`StereoField`] is a processor of the chain; it works on mid and side.

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients};
use crate::dsp::filter::{Biquad2, Filter, Taps};
use crate::dsp::moving::{DynamicBandFilter, Form};
use crate::dsp::parameter::{Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Hz, SampleRate};
use serde::{Deserialize, Serialize};

/// Settings of the stereo processor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StereoSettings {
    /// Width of the whole spectrum: 0 is mono, 1 leaves it unchanged, 2 doubles the side signal.
    pub width: f64,
    /// Additional widths below `low` and above `high`; they multiply with `width`.
    pub low_width: f64,
    pub high_width: f64,
    pub low: Hz,
    pub high: Hz,
    /// Removes the side signal below this frequency; 20 Hz is off.
    pub mono_below: Hz,
    /// Rotates the stereo image, in degrees to the right.
    pub rotation: f64,
    /// Adds a side signal derived from the mid signal: 0 is none, 1 is about as strong as the mid
    /// signal.
    pub widen: f64,
}

impl Default for StereoSettings {
    fn default() -> Self {
        Self {
            width: 1.0,
            low_width: 1.0,
            high_width: 1.0,
            low: Hz(200.0),
            high: Hz(4000.0),
            mono_below: Hz(20.0),
            rotation: 0.0,
            widen: 0.0,
        }
    }
}

parameters! { StereoSettings;
    width "Width", Unit::Share, 0.0 => 2.0, width;
    mono_below "Mono below", Unit::Hertz, 20.0 => 500.0, mono_below;
    widen "Widen", Unit::Share, 0.0 => 1.0, widen;
    rotation "Rotation", Unit::Degrees, -45.0 => 45.0, rotation;
    low_width "Low width", Unit::Share, 0.0 => 2.0, low_width;
    high_width "High width", Unit::Share, 0.0 => 2.0, high_width;
    low "Low", Unit::Hertz, 60.0 => 1000.0, low;
    high "High", Unit::Hertz, 1000.0 => 14_000.0, high;
}

impl StereoSettings {
    /// Whether mono bass is on.
    fn has_mono_bass(&self) -> bool {
        self.mono_below.0 > 20.0
    }
}

/// Delays in seconds of the all-passes that derive a side signal from the mid signal. They differ,
/// so that no pitch stands out (M. R. Schroeder, *Natural sounding artificial reverberation*, JAES
/// 10/3, 1962).
const DIFFUSE: [f64; 4] = [0.00131, 0.00277, 0.00479, 0.00683];
const FEEDBACK: f32 = 0.55;

/// Schroeder's all-pass.
struct AllPass {
    past: Vec<f32>,
    at: usize,
}

impl AllPass {
    fn new(delay: f64, rate: SampleRate) -> Self {
        Self { past: vec![0.0; ((delay * rate.hz().0) as usize).max(1)], at: 0 }
    }

    #[inline]
    fn tick(&mut self, x: f32) -> f32 {
        let Some(place) = self.past.get_mut(self.at) else { return x };
        let old = *place;
        let into = x + FEEDBACK * old;
        // Tiny values become 0, against denormal numbers.
        *place = if into.abs() < 1e-30 { 0.0 } else { into };
        self.at = if self.at + 1 == self.past.len() { 0 } else { self.at + 1 };
        old - FEEDBACK * into
    }
}

/// The running stereo processor.
pub struct StereoField {
    settings: StereoSettings,
    rate: SampleRate,
    /// Bands of the side signal below `low` and above `high`.
    below: DynamicBandFilter,
    above: DynamicBandFilter,
    /// Mono bass: high-passes for the side signal, and an all-pass of the same phase for the mid
    /// signal.
    side: [Biquad2; 2],
    middle: Biquad2,
    diffuse: [AllPass; DIFFUSE.len()],
    /// High-pass for the derived side signal, which has no bass.
    thin: Filter<2>,
    width: Smoothed,
    low_width: Smoothed,
    high_width: Smoothed,
    mono: Smoothed,
    sin: Smoothed,
    cos: Smoothed,
    widen: Smoothed,
}

fn high_pass(rate: SampleRate, frequency: Hz) -> Taps<2> {
    Coefficients::high_pass(rate, Hz(frequency.0.min(rate.hz().0 * 0.42)), BUTTERWORTH_Q).into()
}

fn all_pass(rate: SampleRate, frequency: Hz) -> Taps<2> {
    Coefficients::all_pass(rate, frequency, BUTTERWORTH_Q).into()
}

impl StereoField {
    pub fn new(settings: &StereoSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let value = |value: f64| Smoothed::new(value, rate);
        let (sin, cos) = s.rotation.to_radians().sin_cos();
        let side = Biquad2::new(high_pass(rate, s.mono_below), rate);
        Self {
            settings: s,
            rate,
            below: DynamicBandFilter::new(Form::Below, s.low, 1.0, rate),
            above: DynamicBandFilter::new(Form::Above, s.high, 1.0, rate),
            side: [side.clone(), side],
            middle: Biquad2::new(all_pass(rate, s.mono_below), rate),
            diffuse: DIFFUSE.map(|delay| AllPass::new(delay, rate)),
            thin: Filter::new(high_pass(rate, Hz(250.0)), rate),
            width: value(s.width),
            low_width: value(s.low_width),
            high_width: value(s.high_width),
            mono: value(if s.has_mono_bass() { 1.0 } else { 0.0 }),
            sin: value(sin),
            cos: value(cos),
            widen: value(s.widen),
        }
    }

    fn values(&mut self) -> [&mut Smoothed; 7] {
        [
            &mut self.width,
            &mut self.low_width,
            &mut self.high_width,
            &mut self.mono,
            &mut self.sin,
            &mut self.cos,
            &mut self.widen,
        ]
    }

    fn is_idle(&mut self) -> bool {
        let rest = StereoSettings {
            low: self.settings.low,
            high: self.settings.high,
            ..StereoSettings::default()
        };
        self.settings == rest && self.values().into_iter().all(|value| value.is_settled())
    }
}

impl Processor for StereoField {
    type Settings = StereoSettings;

    fn set(&mut self, settings: &StereoSettings) {
        let s = settings.clamped();
        if s == self.settings {
            return;
        }
        self.settings = s;
        self.below.set(Form::Below, s.low, 1.0);
        self.above.set(Form::Above, s.high, 1.0);
        if s.has_mono_bass() {
            self.side.iter_mut().for_each(|f| f.set(high_pass(self.rate, s.mono_below)));
            self.middle.set(all_pass(self.rate, s.mono_below));
        }
        self.width.set(s.width);
        self.low_width.set(s.low_width);
        self.high_width.set(s.high_width);
        self.mono.set(if s.has_mono_bass() { 1.0 } else { 0.0 });
        let (sin, cos) = s.rotation.to_radians().sin_cos();
        self.sin.set(sin);
        self.cos.set(cos);
        self.widen.set(s.widen);
    }

    fn reset(&mut self) {
        let [a, b] = &mut self.side;
        for filter in [&mut self.middle, &mut self.thin, a, b] {
            filter.reset();
        }
        self.below.reset();
        self.above.reset();
        self.diffuse.iter_mut().for_each(|stage| stage.past.fill(0.0));
        self.values().into_iter().for_each(Smoothed::snap);
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], _side_chain: Option<[&[f32]; 2]>) {
        if self.is_idle() {
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            let (mut mid, mut side) =
                ((f64::from(*l) + f64::from(*r)) / 2.0, (f64::from(*l) - f64::from(*r)) / 2.0);
            let [low, _] = self.below.change([side, 0.0], self.low_width.tick());
            let [high, _] = self.above.change([side + low, 0.0], self.high_width.tick());
            side = (side + low + high) * self.width.tick();
            let made = self.diffuse.iter_mut().fold(mid as f32, |x, stage| stage.tick(x));
            let [made, _] = self.thin.tick([f64::from(made), 0.0]);
            side += made * self.widen.tick();
            let [first, second] = &mut self.side;
            let [without, _] = second.tick(first.tick([side, 0.0]));
            let [turned, _] = self.middle.tick([mid, 0.0]);
            let mono = self.mono.tick();
            side += (without - side) * mono;
            mid += (turned - mid) * mono;
            let (sin, cos) = (self.sin.tick(), self.cos.tick());
            let (a, b) = (mid + side, mid - side);
            *l = (a * cos - b * sin) as f32;
            *r = (b * cos + a * sin) as f32;
        }
        let [a, b] = &mut self.side;
        for filter in [&mut self.middle, &mut self.thin, a, b] {
            filter.calm();
        }
        self.below.calm();
        self.above.calm();
    }
}

impl Blueprint for StereoSettings {
    const NAME: &'static str = "Stereo";
    const SHORT: &'static str = "Width";

    type Processor = StereoField;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> StereoField {
        StereoField::new(self, setup.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;

    const RATE: SampleRate = SampleRate(48_000);

    /// Levels in dB of mid, side, left and right after a tone in both channels.
    fn tone(settings: &StereoSettings, hz: f64, l: f64, r: f64) -> [f64; 4] {
        let mut left: Vec<f32> = (0..48_000)
            .map(|n| (std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin() as f32)
            .collect();
        let mut right: Vec<f32> = left.iter().map(|x| x * r as f32).collect();
        left.iter_mut().for_each(|x| *x *= l as f32);
        StereoField::new(settings, RATE).process(&mut left, &mut right, None);
        let mut powers = [0.0; 4];
        for (l, r) in left.iter().zip(&right).skip(24_000) {
            let (l, r) = (f64::from(*l), f64::from(*r));
            for (power, x) in powers.iter_mut().zip([(l + r) / 2.0, (l - r) / 2.0, l, r]) {
                *power += 2.0 * x * x / 24_000.0;
            }
        }
        powers.map(|power| Db::from_power(power).0)
    }

    #[test]
    fn width_by_band() {
        let settings = StereoSettings { width: 0.5, high_width: 2.0, ..Default::default() };
        assert!((tone(&settings, 900.0, 1.0, -1.0)[1] + 6.0).abs() < 0.5);
        assert!(tone(&settings, 14_000.0, 1.0, -1.0)[1].abs() < 0.2);
        assert!(tone(&settings, 900.0, 1.0, 1.0)[0].abs() < 0.01);
    }

    #[test]
    fn bass_goes_to_the_middle() {
        let settings = StereoSettings { mono_below: Hz(150.0), ..Default::default() };
        assert!(tone(&settings, 75.0, 1.0, -1.0)[1] < -24.0);
        assert!(tone(&settings, 75.0, 1.0, 1.0)[0].abs() < 0.01);
        let [_, _, left, right] = tone(&settings, 3000.0, 1.0, 0.0);
        assert!(left.abs() < 0.05 && right < -30.0);
    }

    #[test]
    fn rotation_keeps_power_and_widening_is_nothing_in_mono() {
        let settings = StereoSettings { rotation: 45.0, ..Default::default() };
        let [_, _, left, right] = tone(&settings, 1000.0, 1.0, 1.0);
        assert!(left < -100.0 && (right - 3.01).abs() < 0.01);
        let settings = StereoSettings { widen: 0.8, ..Default::default() };
        let [mid, side, ..] = tone(&settings, 1000.0, 1.0, 1.0);
        assert!(mid.abs() < 1e-4 && (side + 1.94).abs() < 0.3, "{mid} {side}");
    }
}
