//! Level detection for dynamics processors, from the processor's input or its side chain.
//!
//! [`Detector`] gives the level of each frame in decibels; [`in_runs`], [`PeakDecay`], [`one_pole`],
//! [`decibels`] and [`factor`] are shared helpers.

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients, calm};
use crate::dsp::filter::{Biquad2, Pair, Taps};
use crate::dsp::parameter::choice_value;
use crate::dsp::quadrature::Quadrature;
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// How the level is measured. A full-scale sine reads 0 dB with both (AES17), and neither follows
/// its waveform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detection {
    /// The envelope.
    Peak,
    /// The mean power of 10 ms, so that short peaks count less.
    #[default]
    Rms,
}

impl Detection {
    pub const ALL: [Detection; 2] = [Detection::Peak, Detection::Rms];
    pub const NAMES: &'static [&'static str] = &["Peak", "RMS"];
}

choice_value!(Detection);

impl Detection {
    /// Attack and release for the ballistics behind a detector, so that both together take the time
    /// that is asked for: less what the level itself takes to rise and to fall after a step.
    pub fn times(self, attack: Seconds, release: Seconds) -> [Seconds; 2] {
        let late = match self {
            Self::Peak => [0.0, 0.000_5],
            Self::Rms => [0.001, 0.001_3],
        };
        let less = |time: Seconds, late: f64| Seconds((time.0 - late).max(time.0 / 20.0));
        [less(attack, late[0]), less(release, late[1])]
    }
}

/// Time constant of the mean power.
const RMS_WINDOW: Seconds = Seconds(0.010);
/// The mean power keeps within the least and the greatest power of this time.
const RECENT: Seconds = Seconds(0.001);
/// Lower levels count as silence.
pub const FLOOR: Db = Db(-120.0);

/// Coefficient of a one-pole average with time constant `time`: the part of the remaining distance
/// that one frame covers. After `time` the average has covered 63 % of a step.
pub fn one_pole(time: Seconds, rate: SampleRate) -> f64 {
    1.0 - (-1.0 / (time.0.max(1e-6) * rate.hz().0)).exp()
}

/// Decibels for a power, at least [`FLOOR`]; exact to 1e-6 dB. The exponent is read from the number,
/// and the logarithm of its rest m, between the roots of 1/2 and 2, from the series of
/// 2 artanh((m − 1) / (m + 1)).
#[inline]
pub fn decibels(power: f64) -> f64 {
    const PER_OCTAVE: f64 = 3.010_299_956_639_812;
    const ROOT: u64 = 0x3FE6_A09E_667F_3BCD;
    const SERIES: [f64; 4] = [
        2.885_390_081_777_927,
        0.961_796_693_925_976,
        0.577_078_016_355_585,
        0.412_198_583_111_132,
    ];
    let bits = more(power, 1e-12).to_bits();
    let octaves = (bits.wrapping_sub(ROOT) as i64) >> 52;
    let rest = f64::from_bits(bits.wrapping_sub((octaves << 52) as u64));
    let t = (rest - 1.0) / (rest + 1.0);
    let s = t * t;
    let [a, b, c, d] = SERIES;
    (octaves as f64 + t * (a + s * (b + s * (c + s * d)))) * PER_OCTAVE
}

/// Amplitude factor for decibels, exact to 1e-6: whole octaves go into the exponent of the number,
/// the rest, half an octave at most, into the series of the exponential.
#[inline]
pub fn factor(decibels: f64) -> f64 {
    const OCTAVES: f64 = 0.166_096_404_744_368_12;
    /// A sum with this has no places after the point.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let octaves = less(more(decibels * OCTAVES, -1000.0), 1000.0);
    let whole = octaves + WHOLE;
    let x = (octaves - (whole - WHOLE)) * std::f64::consts::LN_2;
    let (x2, x3) = (x * x, x * x * x);
    let series = (1.0 + x) + x2 * (0.5 + x / 6.0) + x3 * x * (1.0 / 24.0 + x / 120.0 + x2 / 720.0);
    f64::from_bits(series.to_bits().wrapping_add(whole.to_bits() << 52))
}

/// The frame `n` that a detector hears: from the side chain if there is one, otherwise `own`, the
/// processor's input. Past the end of the side chain it is silent.
#[inline]
pub fn heard(side_chain: Option<[&[f32]; 2]>, n: usize, own: [f32; 2]) -> Pair {
    let frame = side_chain.map(|sides| sides.map(|side| side.get(n).copied().unwrap_or(0.0)));
    frame.unwrap_or(own).map(f64::from)
}

/// Frames that go through a detector, and what it steers, together.
pub const RUN: usize = 64;

/// Two sides of a sound, and what a detector hears instead of them.
type Sound<'a> = (&'a mut [f32], &'a mut [f32], Option<[&'a [f32]; 2]>);

/// Handles a block in runs of up to [`RUN`] frames. Within a run each step goes over all frames
/// before the next step: frame by frame the processor of the computer would wait for the detector.
#[inline]
pub fn in_runs((left, right, side_chain): Sound, mut run: impl FnMut(Sound)) {
    let frames = left.len().min(right.len());
    let sides = left[..frames].chunks_mut(RUN).zip(right[..frames].chunks_mut(RUN));
    for (n, (l, r)) in sides.enumerate() {
        let key = side_chain.map(|sides| sides.map(|side| side.get(n * RUN..).unwrap_or(&[])));
        run((l, r, key));
    }
}

/// A level that rises at once and falls at a constant rate, so it does not follow the waveform.
pub struct PeakDecay {
    now: f64,
    step: f64,
}

impl PeakDecay {
    /// `fall` is the rate of fall in decibels per second.
    pub fn new(fall: f64, rate: SampleRate) -> Self {
        Self { now: FLOOR.0, step: fall / rate.hz().0 }
    }

    /// Takes the level of one frame in decibels and returns the held level.
    #[inline]
    pub fn tick(&mut self, level: f64) -> f64 {
        self.now = (self.now - self.step).max(level);
        self.now
    }

    pub fn reset(&mut self) {
        self.now = FLOOR.0;
    }
}

/// The smaller value; `b` where one is no number. One instruction, where [`f64::min`] takes five.
#[inline]
fn less(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The greater value; `b` where one is no number.
#[inline]
fn more(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The least and the greatest of the last values, those of [`RECENT`], in constant time (M. van Herk,
/// *A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels*,
/// Pattern Recognition Letters 13/7, 1992): values come in blocks of the length of the window, so the
/// window is the beginning of one block and the end of the one before.
struct Recent {
    block: Vec<f64>,
    /// Least and greatest from each value of the block before to its end.
    ends: Vec<[f64; 2]>,
    /// Least and greatest from the start of the block.
    start: [f64; 2],
    at: usize,
}

impl Recent {
    fn new(rate: SampleRate) -> Self {
        let length = (RECENT.frames(rate).0 as usize).max(2);
        Self { block: vec![0.0; length], ends: vec![[0.0; 2]; length], start: [0.0; 2], at: 0 }
    }

    fn reset(&mut self) {
        self.ends.fill([0.0; 2]);
        self.at = 0;
    }

    /// Takes a value and returns the least and the greatest.
    #[inline]
    fn tick(&mut self, value: f64) -> [f64; 2] {
        let with = |[least, most]: [f64; 2]| [less(value, least), more(value, most)];
        self.start = if self.at == 0 { [value; 2] } else { with(self.start) };
        if let Some(place) = self.block.get_mut(self.at) {
            *place = value;
        }
        self.at += 1;
        let [least, most] = self.start;
        let Some([end_least, end_most]) = self.ends.get(self.at) else {
            self.turn();
            return self.start;
        };
        [less(*end_least, least), more(*end_most, most)]
    }

    fn turn(&mut self) {
        self.at = 0;
        let mut end = [f64::INFINITY, 0.0];
        for (place, value) in self.ends.iter_mut().zip(&self.block).rev() {
            end = [less(*value, end[0]), more(*value, end[1])];
            *place = end;
        }
    }
}

/// Level of the louder channel, after a high-pass and a low-pass.
pub struct Detector {
    detection: Detection,
    rate: SampleRate,
    high_pass: Biquad2,
    low_pass: Biquad2,
    filtered: [bool; 2],
    envelope: Quadrature,
    share: f64,
    mean: Pair,
    recent: Recent,
}

/// Range of the side-chain filters. At these limits a filter is off.
pub const KEY_RANGE: (Hz, Hz) = (Hz(20.0), Hz(20_000.0));

fn side_chain_taps(rate: SampleRate, high_pass: Hz, low_pass: Hz) -> [(Taps<2>, bool); 2] {
    let top = rate.hz().0 * 0.45;
    let used = [high_pass.0 > KEY_RANGE.0.0, low_pass.0 < KEY_RANGE.1.0.min(top)];
    let high = Coefficients::high_pass(rate, high_pass, BUTTERWORTH_Q).into();
    let low = Coefficients::low_pass(rate, Hz(low_pass.0.min(top)), BUTTERWORTH_Q).into();
    [(high, used[0]), (low, used[1])]
}

impl Detector {
    pub fn new(detection: Detection, high_pass: Hz, low_pass: Hz, rate: SampleRate) -> Self {
        let [(high, a), (low, b)] = side_chain_taps(rate, high_pass, low_pass);
        Self {
            detection,
            rate,
            high_pass: Biquad2::new(high, rate),
            low_pass: Biquad2::new(low, rate),
            filtered: [a, b],
            envelope: Quadrature::new(rate),
            share: one_pole(RMS_WINDOW, rate),
            mean: [0.0; 2],
            recent: Recent::new(rate),
        }
    }

    pub fn set(&mut self, detection: Detection, high_pass: Hz, low_pass: Hz) {
        let [(high, a), (low, b)] = side_chain_taps(self.rate, high_pass, low_pass);
        self.detection = detection;
        self.high_pass.set(high);
        self.low_pass.set(low);
        self.filtered = [a, b];
    }

    pub fn reset(&mut self) {
        self.high_pass.reset();
        self.low_pass.reset();
        self.envelope.reset();
        self.mean = [0.0; 2];
        self.recent.reset();
    }

    /// The level at this frame in decibels.
    #[inline]
    pub fn level(&mut self, x: Pair) -> f64 {
        let [power, _] = self.powers(x);
        decibels(power)
    }

    /// The levels of a run of frames in decibels.
    #[inline]
    pub fn run(&mut self, frame: impl Fn(usize) -> Pair, levels: &mut [f64]) {
        for (n, level) in levels.iter_mut().enumerate() {
            [*level, _] = self.powers(frame(n));
        }
        for level in levels {
            *level = decibels(*level);
        }
    }

    /// The level of the waveform at this frame in decibels, for those who hold its peaks themselves.
    #[inline]
    pub fn momentary(&mut self, x: Pair) -> f64 {
        let [left, right] = self.filter(x);
        decibels(more(left * left, right * right))
    }

    /// The power of the level at this frame, and of the waveform.
    #[inline]
    pub fn powers(&mut self, x: Pair) -> [f64; 2] {
        let x = self.filter(x);
        let now = more(x[0] * x[0], x[1] * x[1]);
        [self.power(x, now), now]
    }

    #[inline]
    fn filter(&mut self, mut x: Pair) -> Pair {
        if self.filtered[0] {
            x = self.high_pass.tick(x);
        }
        if self.filtered[1] {
            x = self.low_pass.tick(x);
        }
        x
    }

    #[inline]
    fn power(&mut self, x: Pair, now: f64) -> f64 {
        let sides = self.envelope.power(x);
        let power = more(sides[0], sides[1]);
        match self.detection {
            // The all-passes spread a click in time; the peak of the sound itself counts too.
            Detection::Peak => more(power, now),
            // A mean is late after a step, but it lies between the values that it is made of: once
            // all of them are new, so is the level.
            Detection::Rms => {
                let [least, most] = self.recent.tick(power);
                for (mean, power) in self.mean.iter_mut().zip(sides) {
                    *mean += (power - *mean) * self.share;
                }
                less(more(more(self.mean[0], self.mean[1]), least), most)
            }
        }
    }

    /// Sets tiny state values to 0, against denormal numbers. Once per block is enough.
    pub fn calm(&mut self) {
        self.high_pass.calm();
        self.low_pass.calm();
        self.envelope.calm();
        calm(&mut self.mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    fn level(detection: Detection, high_pass: f64, hz: f64) -> f64 {
        let mut detector = Detector::new(detection, Hz(high_pass), Hz(20_000.0), RATE);
        let mut most = f64::NEG_INFINITY;
        for n in 0..48_000 {
            let x = 0.1 * (f64::from(n) * hz * std::f64::consts::TAU / 48_000.0).sin();
            let level = detector.level([x, x / 2.0]);
            if n > 24_000 {
                most = most.max(level);
            }
        }
        most
    }

    #[test]
    fn a_sine_reads_its_peak_either_way() {
        assert!((level(Detection::Peak, 20.0, 1000.0) + 20.0).abs() < 0.05);
        assert!((level(Detection::Rms, 20.0, 1000.0) + 20.0).abs() < 0.05);
        assert!(level(Detection::Rms, 500.0, 50.0) < -58.0);
    }

    #[test]
    fn a_click_is_caught_at_once_and_a_constant_reads_as_it_is() {
        for detection in Detection::ALL {
            let mut detector = Detector::new(detection, Hz(20.0), Hz(20_000.0), RATE);
            let click = detector.level([0.0, -0.5]);
            assert!((click + 6.02).abs() < 0.01 || detection == Detection::Rms, "{click}");
            let last = (0..48_000).map(|_| detector.level([0.5; 2])).last().unwrap();
            assert!((last + 6.02).abs() < 0.01, "{detection:?}: {last}");
        }
    }

    #[test]
    fn the_mean_is_that_of_the_power_and_a_step_is_known_after_a_millisecond() {
        let mut detector = Detector::new(Detection::Rms, Hz(20.0), Hz(20_000.0), RATE);
        let (mut dice, mut sum) = (1u32, 0.0);
        for n in 0..96_000 {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(dice >> 8) / 8_388_608.0 - 1.0;
            let level = detector.level([noise, 0.0]);
            sum += if n < 48_000 { 0.0 } else { level / 48_000.0 };
        }
        // A third of the power of a square wave, read as that of a sine.
        assert!((sum - Db::from_power(2.0 / 3.0).0).abs() < 0.1, "{sum}");
        let mut detector = Detector::new(Detection::Rms, Hz(20.0), Hz(20_000.0), RATE);
        let levels: Vec<f64> = (0..9600)
            .map(|n| {
                let level = if (2400..4800).contains(&n) { 1.0 } else { 0.01 };
                let x = level * (f64::from(n) * 0.654).sin();
                detector.level([x, x])
            })
            .collect();
        assert!((levels[2400 + 60]).abs() < 0.5, "{}", levels[2460]);
        assert!(levels[4800 + 60] < -15.0 && levels[4800 + 240] < -35.0, "{}", levels[5040]);
    }

    #[test]
    fn silence_before_the_sound_changes_no_level() {
        for detection in Detection::ALL {
            let levels = |before: usize| {
                let mut detector = Detector::new(detection, Hz(20.0), Hz(20_000.0), RATE);
                (0..before).for_each(|_| assert!(detector.level([0.0; 2]) < FLOOR.0 + 1e-9));
                let tone =
                    |n: u32| 0.3 * (f64::from(n) * 0.07).sin() + 0.1 * (f64::from(n) * 0.9).sin();
                (0..4800).map(|n| detector.level([tone(n), tone(n)])).collect::<Vec<_>>()
            };
            for before in [1, 17, 48, 1000] {
                assert_eq!(levels(before), levels(0), "{detection:?}, {before}");
            }
        }
    }

    #[test]
    fn the_quick_conversions_are_exact_enough() {
        for n in -1000..240 {
            let db = f64::from(n) / 10.0;
            assert!((decibels(Db(db).factor().powi(2)) - db).abs() < 1e-6);
            assert!((factor(db) / Db(db).factor() - 1.0).abs() < 1e-6);
        }
    }
}
