//! A feed-forward compressor after D. Giannoulis, M. Massberg, J. D. Reiss, *Digital dynamic range
//! compressor design, a tutorial and analysis*, JAES 60/6, 2012: level and smoothing in decibels,
//! equation 4 for the soft knee, smooth branching for attack and release.
//!
//! [`Compressor`] is a processor of the chain. [`reduction_at`] and [`Ballistics`] also serve the
//! multiband compressor, the dynamic equaliser and the de-esser.

use crate::dsp::delay::DelayLine;
use crate::dsp::detector::{Detection, Detector, RUN, factor, heard, in_runs, one_pole};
use crate::dsp::parameter::{SWITCH, Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, Latency, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Settings of the compressor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompressorSettings {
    pub threshold: Db,
    pub ratio: f64,
    /// Width of the soft bend around the threshold.
    pub knee: Db,
    /// Time from a step up in level until 63 % of the new reduction, in decibels.
    pub attack: Seconds,
    /// Time from a step down until 63 % of the reduction, in decibels, is gone.
    pub release: Seconds,
    /// Slows the release after long reduction.
    pub auto_release: bool,
    pub detection: Detection,
    pub look_ahead: Seconds,
    /// High-pass of the side chain; 20 Hz is off.
    pub key_high_pass: Hz,
    /// Low-pass of the side chain; 20 kHz is off.
    pub key_low_pass: Hz,
    /// Share of the compressed sound; below 1 it is parallel compression.
    pub mix: f64,
    /// Make-up gain at the output.
    pub makeup: Db,
}

impl Default for CompressorSettings {
    fn default() -> Self {
        Self {
            threshold: Db(-21.0),
            ratio: 3.0,
            knee: Db(6.0),
            attack: Seconds(0.012),
            release: Seconds(0.090),
            auto_release: true,
            detection: Detection::Rms,
            look_ahead: Seconds(0.0),
            key_high_pass: Hz(20.0),
            key_low_pass: Hz(20_000.0),
            mix: 1.0,
            makeup: Db::UNITY,
        }
    }
}

parameters! { CompressorSettings;
    threshold "Threshold", Unit::Decibels, -60.0 => 0.0, threshold;
    ratio "Ratio", Unit::Ratio, 1.0 => 30.0, ratio;
    attack "Attack", Unit::Time, 0.000_05 => 0.25, attack;
    release "Release", Unit::Time, 0.005 => 2.5, release;
    make_up "Make-up", Unit::Decibels, -12.0 => 24.0, makeup;
    knee "Knee", Unit::Decibels, 0.0 => 24.0, knee;
    mix "Mix", Unit::Share, 0.0 => 1.0, mix;
    auto_release "Auto release", SWITCH, 0.0 => 1.0, auto_release;
    detection "Detection", Unit::Choice(Detection::NAMES), 0.0 => 1.0, detection;
    look_ahead "Look-ahead", Unit::Time, 0.0 => 0.020, look_ahead;
    key_high_pass "Key high-pass", Unit::Hertz, 20.0 => 2000.0, key_high_pass;
    key_low_pass "Key low-pass", Unit::Hertz, 200.0 => 20_000.0, key_low_pass;
}

/// The static curve: the reduction at a level in decibels, never negative.
pub fn reduction_at(level: Db, threshold: Db, ratio: f64, knee: Db) -> Db {
    let over = level.0 - threshold.0;
    let slope = 1.0 - 1.0 / ratio.max(1.0);
    if 2.0 * over <= -knee.0 {
        Db::UNITY
    } else if 2.0 * over < knee.0 {
        Db(slope * (over + knee.0 / 2.0).powi(2) / (2.0 * knee.0))
    } else {
        Db(slope * over)
    }
}

impl CompressorSettings {
    /// Output level for an input level, without make-up and at full mix.
    pub fn curve(&self, level: Db) -> Db {
        level - reduction_at(level, self.threshold, self.ratio, self.knee)
    }
}

/// A reduction in decibels that follows its target with attack and release.
#[derive(Clone, Debug)]
pub struct Ballistics {
    attack: f64,
    release: f64,
    slow: Option<[f64; 2]>,
    now: f64,
    sustained: f64,
}

/// The long-term part of an automatic release rises with this times the longer of attack and
/// release, and falls with this times the release.
const SLOWER: f64 = 6.0;

impl Ballistics {
    pub fn new(attack: Seconds, release: Seconds, auto: bool, rate: SampleRate) -> Self {
        let mut made = Self { attack: 1.0, release: 1.0, slow: None, now: 0.0, sustained: 0.0 };
        made.set(attack, release, auto, rate);
        made
    }

    pub fn set(&mut self, attack: Seconds, release: Seconds, auto: bool, rate: SampleRate) {
        self.attack = one_pole(attack, rate);
        self.release = one_pole(release, rate);
        let fill = one_pole(Seconds(SLOWER * release.0.max(attack.0)), rate);
        let empty = one_pole(Seconds(SLOWER * release.0), rate);
        self.slow = auto.then_some([fill, empty]);
    }

    pub fn reset(&mut self) {
        (self.now, self.sustained) = (0.0, 0.0);
    }

    /// Whether the reduction is 0 and no long-term part is left.
    pub fn is_idle(&self) -> bool {
        self.now == 0.0 && self.sustained == 0.0
    }

    /// Advances by one frame towards the reduction `aim` and returns the reduction now, both in
    /// decibels.
    #[inline]
    pub fn tick(&mut self, aim: f64) -> f64 {
        let share = if aim > self.now { self.attack } else { self.release };
        self.now += (aim - self.now) * share;
        if self.now < 1e-9 && aim == 0.0 {
            self.now = 0.0;
        }
        let Some([fill, empty]) = self.slow else { return self.now };
        let share = if aim > self.sustained { fill } else { empty };
        self.sustained += (aim - self.sustained) * share;
        if self.sustained < 1e-9 && aim == 0.0 {
            self.sustained = 0.0;
        }
        self.now.max(self.sustained)
    }
}

/// The running compressor.
pub struct Compressor {
    settings: CompressorSettings,
    rate: SampleRate,
    detector: Detector,
    ballistics: Ballistics,
    /// Gliding values of the settings.
    threshold: Smoothed,
    slope: Smoothed,
    mix: Smoothed,
    makeup: Smoothed,
    delay: DelayLine,
    deepest: f64,
}

fn slope(ratio: f64) -> f64 {
    1.0 - 1.0 / ratio
}

impl Compressor {
    pub fn new(settings: &CompressorSettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let detector = Detector::new(s.detection, s.key_high_pass, s.key_low_pass, rate);
        let [attack, release] = s.detection.times(s.attack, s.release);
        Self {
            settings: s,
            rate,
            detector,
            ballistics: Ballistics::new(attack, release, s.auto_release, rate),
            threshold: Smoothed::new(s.threshold.0, rate),
            slope: Smoothed::new(slope(s.ratio), rate),
            mix: Smoothed::new(s.mix, rate),
            makeup: Smoothed::new(s.makeup.factor(), rate),
            delay: DelayLine::new(s.look_ahead.frames(rate).0 as usize),
            deepest: 0.0,
        }
    }

    /// Compresses up to [`RUN`] frames.
    fn run(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let mut room = [0.0; RUN];
        let values = &mut room[..left.len()];
        self.detector.run(|n| heard(side_chain, n, [left[n], right[n]]), values);
        let knee = self.settings.knee.0;
        for value in values.iter_mut() {
            let over = *value - self.threshold.tick();
            let slope = self.slope.tick();
            let aim = if 2.0 * over <= -knee {
                0.0
            } else if 2.0 * over < knee {
                slope * (over + knee / 2.0) * (over + knee / 2.0) / (2.0 * knee)
            } else {
                slope * over
            };
            *value = self.ballistics.tick(aim);
        }
        for ((reduction, l), r) in values.iter().zip(left).zip(right) {
            let (mix, makeup) = (self.mix.tick(), self.makeup.tick());
            [*l, *r] = self.delay.tick([*l, *r]);
            if *reduction == 0.0 && makeup == 1.0 {
                continue;
            }
            self.deepest = self.deepest.max(*reduction);
            let gain = (1.0 + (factor(-reduction) - 1.0) * mix) * makeup;
            (*l, *r) = ((f64::from(*l) * gain) as f32, (f64::from(*r) * gain) as f32);
        }
    }
}

impl Processor for Compressor {
    type Settings = CompressorSettings;

    /// Frames from input to output: the look-ahead.
    fn latency(&self) -> Latency {
        Latency(self.delay.length())
    }

    /// Sets new settings. A different look-ahead needs a new compressor.
    fn set(&mut self, settings: &CompressorSettings) {
        let s = settings.clamped();
        if s == self.settings {
            return;
        }
        self.settings = s;
        self.detector.set(s.detection, s.key_high_pass, s.key_low_pass);
        let [attack, release] = s.detection.times(s.attack, s.release);
        self.ballistics.set(attack, release, s.auto_release, self.rate);
        self.threshold.set(s.threshold.0);
        self.slope.set(slope(s.ratio));
        self.mix.set(s.mix);
        self.makeup.set(s.makeup.factor());
    }

    fn reset(&mut self) {
        self.detector.reset();
        self.ballistics.reset();
        self.delay.reset();
        for value in [&mut self.threshold, &mut self.slope, &mut self.mix, &mut self.makeup] {
            value.snap();
        }
    }

    /// The deepest reduction since the last call, as a negative gain.
    fn take_reduction(&mut self) -> Db {
        Db(-std::mem::take(&mut self.deepest))
    }

    /// Compresses a block in place. With `side_chain`, the detector hears it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        in_runs((left, right, side_chain), |(l, r, key)| self.run(l, r, key));
        self.detector.calm();
    }
}

impl Blueprint for CompressorSettings {
    const NAME: &'static str = "Compressor";
    const SHORT: &'static str = "Comp";
    const SIDE_CHAIN: bool = true;

    type Processor = Compressor;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> Compressor {
        Compressor::new(self, setup.rate)
    }

    fn structure(&self) -> (u64, u64) {
        (0, self.look_ahead.0.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const RATE: SampleRate = SampleRate(48_000);

    /// Gain of each frame in dB for a tone that steps from level to level. Between the steps no
    /// sample is 0: the tone is set off by half a frame.
    fn gains(settings: &CompressorSettings, hz: f64, levels: &[(f64, usize)]) -> Vec<f64> {
        let levels = levels.iter().flat_map(|(level, frames)| vec![Db(*level).factor(); *frames]);
        let x: Vec<f32> = levels
            .enumerate()
            .map(|(n, level)| (level * ((n as f64 + 0.5) * hz * TAU / 48_000.0).sin()) as f32)
            .collect();
        let (mut left, mut right) = (x.clone(), vec![0.0; x.len()]);
        Compressor::new(settings, RATE).process(&mut left, &mut right, None);
        left.iter().zip(&x).map(|(y, x)| 20.0 * f64::from(y / x).log10()).collect()
    }

    fn plain() -> CompressorSettings {
        CompressorSettings {
            detection: Detection::Peak,
            auto_release: false,
            ..CompressorSettings::default()
        }
    }

    #[test]
    fn the_static_curve_is_that_of_the_theory() {
        for (ratio, knee) in [(1.5, 0.0), (3.0, 6.0), (10.0, 12.0), (30.0, 0.0)] {
            let settings = CompressorSettings { ratio, knee: Db(knee), ..plain() };
            for level in (-50..=0).step_by(5) {
                let gain = gains(&settings, 1000.0, &[(f64::from(level), 24_000)])[23_999];
                let wanted = settings.curve(Db(f64::from(level))).0 - f64::from(level);
                assert!((gain - wanted).abs() < 0.05, "{ratio} {knee} {level}: {gain} {wanted}");
            }
        }
    }

    #[test]
    fn attack_and_release_leave_the_static_curve_alone() {
        for detection in Detection::ALL {
            for hz in [50.0, 97.0, 1000.0, 12_000.0, 15_000.0] {
                for (attack, release) in
                    [(0.000_05, 0.005), (0.25, 0.005), (0.012, 0.09), (0.01, 0.4)]
                {
                    let settings = CompressorSettings {
                        threshold: Db(-30.0),
                        ratio: 4.0,
                        knee: Db(0.0),
                        attack: Seconds(attack),
                        release: Seconds(release),
                        detection,
                        ..plain()
                    };
                    let frames = 48_000 + (attack * 12.0 * 48_000.0) as usize;
                    let gains = gains(&settings, hz, &[(-10.0, frames)]);
                    for gain in &gains[frames - 2000..] {
                        assert!((gain + 15.0).abs() < 0.1, "{detection:?} {hz} {attack}: {gain}");
                    }
                }
            }
        }
    }

    #[test]
    fn attack_and_release_last_as_long_as_they_say() {
        let share = 1.0 - (-1.0f64).exp();
        for detection in Detection::ALL {
            for hz in [200.0, 1000.0, 5000.0] {
                for (attack, release) in [(0.001, 0.02), (0.003, 0.05), (0.012, 0.09), (0.1, 1.0)] {
                    let settings = CompressorSettings {
                        attack: Seconds(attack),
                        release: Seconds(release),
                        knee: Db(0.0),
                        detection,
                        ..plain()
                    };
                    let (loud, soft) = ((attack * 9.6e5) as usize + 9600, (release * 3e5) as usize);
                    let all = gains(&settings, hz, &[(-40.0, 9600), (-3.0, loud), (-40.0, soft)]);
                    let full = all[9600 + loud - 1];
                    let time = |from: usize, reached: &dyn Fn(f64) -> bool| {
                        all[from..].iter().position(|gain| reached(*gain)).unwrap() as f64 / 48e3
                    };
                    let up = time(9600, &|gain| gain <= full * share);
                    let down = time(9600 + loud, &|gain| gain >= full * (1.0 - share));
                    // No level is known sooner than after half a period. A mean takes its time.
                    let mean = if detection == Detection::Rms { 0.000_4 } else { 0.0 };
                    let off = |time: f64| (time * 0.05 + mean).max(0.55 / hz);
                    let what =
                        format!("{detection:?} {hz}: {up} for {attack}, {down} for {release}");
                    assert!((up - attack).abs() < off(attack), "{what}");
                    assert!((down - release).abs() < off(release), "{what}");
                }
            }
        }
    }

    #[test]
    fn a_peak_weighs_less_in_the_mean() {
        // 1 ms of noise in 50 ms.
        let deepest = |detection| {
            let settings = CompressorSettings { attack: Seconds(0.000_05), detection, ..plain() };
            let mut compressor = Compressor::new(&settings, RATE);
            let mut left = vec![0.0; 2400];
            (0..48).for_each(|n| left[1000 + n] = if n * 7 % 5 < 2 { 0.7 } else { -0.7 });
            let mut right = left.clone();
            compressor.process(&mut left, &mut right, None);
            compressor.take_reduction().0
        };
        let [peak, rms] = Detection::ALL.map(deepest);
        assert!(peak < -11.0 && (3.0..8.0).contains(&(rms - peak)), "{peak} {rms}");
    }

    #[test]
    fn an_automatic_release_is_slow_after_long_reduction_only() {
        let settings = CompressorSettings { auto_release: true, ..plain() };
        let rest = |loud: usize| {
            let gains = gains(&settings, 1000.0, &[(-3.0, loud), (-40.0, 24_000)]);
            -gains[loud + 12_000]
        };
        assert!(rest(480) < 0.6, "{}", rest(480));
        assert!(rest(96_000) > 3.0, "{}", rest(96_000));
    }

    #[test]
    fn a_key_ducks_and_a_look_ahead_delays() {
        let settings = CompressorSettings { look_ahead: Seconds(0.005), ..plain() };
        let mut compressor = Compressor::new(&settings, RATE);
        assert_eq!(compressor.latency(), Latency(240));
        let (mut left, mut right) = (vec![0.01f32; 9600], vec![0.01f32; 9600]);
        let side_chain = vec![0.9f32; 9600];
        compressor.process(&mut left, &mut right, Some([&side_chain, &side_chain]));
        assert_eq!(left[239], 0.0);
        assert!(left[9599] < 0.003 && compressor.take_reduction().0 < -10.0);
    }

    #[test]
    fn below_the_threshold_nothing_changes() {
        let x: Vec<f32> = (0..4800).map(|n| 0.02 * (n as f32 * 0.1).sin()).collect();
        let (mut left, mut right) = (x.clone(), x.clone());
        Compressor::new(&CompressorSettings::default(), RATE).process(&mut left, &mut right, None);
        assert_eq!((left, right), (x.clone(), x));
    }
}
