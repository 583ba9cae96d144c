//! A look-ahead true-peak limiter. While no peak exceeds the ceiling, its output is the delayed
//! input, bit for bit.
//!
//! Each of two stages takes the true peak of every frame, between the samples too, and derives the
//! gain that this frame needs. Where two peaks are closer together than the bridge, the gain stays
//! down between them, as deep as the shallower of the two needs: a note down to 36 Hz is turned
//! down evenly and keeps its waveform, while a single hit lowers the gain only around itself. This
//! is a morphological opening of the gain (P. Maragos, R. W. Schafer, *Morphological filters*, IEEE
//! Trans. ASSP 35/8, 1987). It replaces hold and release, which would keep the gain down after
//! every hit. Two box filters, together as long as the look-ahead, smooth the gain, so it is down
//! when the peak arrives. A moving gain makes new peaks, so a second stage limits the output of the
//! first.
//!
//! [`Limiter`] belongs to a master's finishing path, in the player (audio thread) and for files.

use crate::dsp::interpolate::{CHUNK, Interpolator, REACH, WINDOW};
use crate::units::{Db, SampleRate, Seconds};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Frames per run of a stage.
const HOP: usize = 64;
/// The stages aim this much below the ceiling, so that rounding and the correction of the second
/// stage stay under it.
const MARGIN: Db = Db(0.02);

/// Settings of the limiter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimiterSettings {
    /// No true peak above this, in dBTP.
    pub ceiling: Db,
    /// Time that the gain takes to come down, and to go up again.
    pub look_ahead: Seconds,
    /// The gain stays down between two peaks that are closer together than this.
    pub bridge: Seconds,
    /// Time constant of a slower return to unity, for an audible limiter. 0 turns it off.
    pub release: Seconds,
}

impl LimiterSettings {
    /// The default settings of every master, with this ceiling in dBTP.
    pub fn at(ceiling: Db) -> Self {
        Self { ceiling, look_ahead: Seconds(0.0015), bridge: Seconds(0.014), release: Seconds(0.0) }
    }

    /// One-pole coefficient of the release at `rate` steps per second: the part of the remaining
    /// distance that one step covers. Returns 1 if the release is 0.
    pub(crate) fn release_step(&self, rate: f64) -> f64 {
        if self.release.0 <= 0.0 { 1.0 } else { 1.0 - (-1.0 / (self.release.0 * rate)).exp() }
    }
}

/// Minimum of the last `length` values.
pub(crate) struct SlidingMin {
    length: u64,
    now: u64,
    queue: VecDeque<(u64, f64)>,
}

impl SlidingMin {
    pub(crate) fn new(length: usize) -> Self {
        Self { length: length as u64, now: 0, queue: VecDeque::with_capacity(length + 1) }
    }

    fn reset(&mut self) {
        self.now = 0;
        self.queue.clear();
    }

    #[inline]
    pub(crate) fn tick(&mut self, value: f64) -> f64 {
        while self.queue.back().is_some_and(|(_, last)| *last >= value) {
            self.queue.pop_back();
        }
        self.queue.push_back((self.now, value));
        if self.queue.front().is_some_and(|(at, _)| *at + self.length <= self.now) {
            self.queue.pop_front();
        }
        self.now += 1;
        self.queue.front().map_or(value, |(_, least)| *least)
    }
}

/// Morphological opening: removes rises that are shorter than `length` values. The output is
/// `length − 1` values late.
pub(crate) struct Opening {
    least: SlidingMin,
    /// Sliding maximum, computed as the minimum of the negated values.
    most: SlidingMin,
}

impl Opening {
    pub(crate) fn new(length: usize) -> Self {
        Self { least: SlidingMin::new(length.max(1)), most: SlidingMin::new(length.max(1)) }
    }

    #[inline]
    pub(crate) fn tick(&mut self, value: f64) -> f64 {
        -self.most.tick(-self.least.tick(value))
    }
}

/// Mean of the last `values.len()` values, all 1 at the start. It sums integers in units of 2⁻⁴⁰
/// (−240 dB), so earlier values leave no rounding errors in the sum.
struct MovingAverage {
    values: Vec<i64>,
    at: usize,
    sum: i64,
}

const ONE: f64 = (1u64 << 40) as f64;

impl MovingAverage {
    fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { values: vec![ONE as i64; length], at: 0, sum: length as i64 * ONE as i64 }
    }

    #[inline]
    fn tick(&mut self, value: f64) -> f64 {
        if let Some(old) = self.values.get_mut(self.at) {
            let value = (value * ONE) as i64;
            self.sum += value - *old;
            *old = value;
        }
        self.at = if self.at + 1 == self.values.len() { 0 } else { self.at + 1 };
        self.sum as f64 / (self.values.len() as f64 * ONE)
    }

    fn reset(&mut self) {
        self.values.fill(ONE as i64);
        self.at = 0;
        self.sum = self.values.len() as i64 * ONE as i64;
    }
}

/// One limiting stage: a peak detector and a gain for all channels.
struct Stage {
    ceiling: f32,
    /// Delay in frames from the detection of a peak to its output.
    ahead: usize,
    /// One buffer per channel: `ahead + 2 × REACH` old frames, then `HOP` new ones.
    history: Vec<Vec<f32>>,
    opening: Option<Opening>,
    least: SlidingMin,
    release: f64,
    rate: f64,
    envelope: f64,
    boxes: [MovingAverage; 2],
    /// Frames since the last peak or gain change, counted up to `memory`. At `memory` the stage
    /// passes the input unchanged.
    idle: usize,
    memory: usize,
}

impl Stage {
    fn new(settings: &LimiterSettings, rate: SampleRate, bridges: bool, sides: usize) -> Self {
        let look_ahead = (settings.look_ahead.frames(rate).0 as usize).max(2);
        let bridge = if bridges { settings.bridge.frames(rate).0 as usize } else { 0 };
        let ahead = look_ahead + bridge;
        let history = vec![0.0; ahead + 2 * REACH + HOP];
        let first = look_ahead / 2 + 1;
        Self {
            ceiling: (settings.ceiling - MARGIN).factor() as f32,
            ahead,
            history: vec![history; sides],
            opening: (bridge > 0).then(|| Opening::new(bridge + 1)),
            least: SlidingMin::new(look_ahead + 1),
            release: settings.release_step(rate.hz().0),
            rate: rate.hz().0,
            envelope: 1.0,
            boxes: [MovingAverage::new(first), MovingAverage::new(look_ahead + 2 - first)],
            idle: 2 * ahead + 2,
            memory: 2 * ahead + 2,
        }
    }

    fn latency(&self) -> usize {
        self.ahead + REACH
    }

    fn reset(&mut self) {
        self.history.iter_mut().for_each(|side| side.fill(0.0));
        if let Some(opening) = &mut self.opening {
            opening.least.reset();
            opening.most.reset();
        }
        self.least.reset();
        self.envelope = 1.0;
        self.boxes.iter_mut().for_each(MovingAverage::reset);
        self.idle = self.memory;
    }

    /// Takes in `HOP` frames per channel and replaces them by `HOP` earlier ones, limited. Returns
    /// the lowest gain used.
    fn hop(&mut self, io: &mut [[f32; HOP]], interpolator: &Interpolator) -> f64 {
        let mut needed = [1.0f64; HOP];
        let mut busy = false;
        for (history, input) in self.history.iter_mut().zip(io.iter()) {
            history.copy_within(HOP.., 0);
            let new = history.len() - HOP;
            history[new..].copy_from_slice(input);
            for at in (0..HOP).step_by(CHUNK) {
                let Some(x) = history[self.ahead + at..].first_chunk::<WINDOW>() else {
                    continue;
                };
                let Some(peaks) = interpolator.chunk(x, self.ceiling, self.ceiling) else {
                    continue;
                };
                let pairs = peaks.exact.iter().zip(&peaks.standard);
                for (gain, (exact, standard)) in needed[at..].iter_mut().zip(pairs) {
                    let peak = exact.max(*standard);
                    if peak > self.ceiling {
                        *gain = gain.min(f64::from(self.ceiling) / f64::from(peak));
                        busy = true;
                    }
                }
            }
        }
        let output = REACH..REACH + HOP;
        if !busy && self.idle >= self.memory && self.envelope == 1.0 {
            for (io, history) in io.iter_mut().zip(&self.history) {
                io.copy_from_slice(&history[output.clone()]);
            }
            return 1.0;
        }
        let mut smallest = 1.0f64;
        for (n, needed) in needed.into_iter().enumerate() {
            let bridged = self.opening.as_mut().map_or(needed, |opening| opening.tick(needed));
            let least = self.least.tick(bridged);
            self.envelope = if least < self.envelope {
                least
            } else {
                self.envelope + (least - self.envelope) * self.release
            };
            // A detected peak shows in `least` only after the opening's delay, so `needed` counts
            // as well.
            if needed == 1.0 && least == 1.0 && self.envelope > 1.0 - 1e-8 {
                self.envelope = 1.0;
                self.idle = (self.idle + 1).min(self.memory);
            } else {
                self.idle = 0;
            }
            let [first, second] = &mut self.boxes;
            let gain = second.tick(first.tick(self.envelope)).min(1.0);
            smallest = smallest.min(gain);
            for (io, history) in io.iter_mut().zip(&self.history) {
                io[n] = (f64::from(history[REACH + n]) * gain) as f32;
            }
        }
        smallest
    }
}

/// The limiter: two stages that run once per `HOP` frames. The buffer collects one hop.
pub struct Limiter {
    interpolator: Interpolator,
    stages: [Stage; 2],
    buffer: Vec<[f32; HOP]>,
    at: usize,
    least_gain: f64,
}

impl Limiter {
    /// A limiter for one stereo signal.
    pub fn new(settings: &LimiterSettings, rate: SampleRate) -> Self {
        Self::together(settings, rate, 1)
    }

    /// A limiter that applies one common gain to several stereo signals: each stays below the
    /// ceiling, and their sum is turned down by the same gain.
    pub fn together(settings: &LimiterSettings, rate: SampleRate, sounds: usize) -> Self {
        let stage = |bridges| Stage::new(settings, rate, bridges, 2 * sounds.max(1));
        Self {
            interpolator: Interpolator::new(),
            stages: [stage(true), stage(false)],
            buffer: vec![[0.0; HOP]; 2 * sounds.max(1)],
            at: 0,
            least_gain: 1.0,
        }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        HOP + self.stages.iter().map(Stage::latency).sum::<usize>()
    }

    /// Clears all state, as if newly made.
    pub fn reset(&mut self) {
        self.stages.iter_mut().for_each(Stage::reset);
        self.buffer.fill([0.0; HOP]);
        self.at = 0;
        self.least_gain = 1.0;
    }

    /// Limits a stereo block of any length in place, delayed by [`Self::latency`].
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.process_all(&mut [left, right]);
    }

    /// Limits all channels in place. `sides` holds left and right of each signal in turn.
    pub fn process_all(&mut self, sides: &mut [&mut [f32]]) {
        let count = sides.iter().map(|side| side.len()).min().unwrap_or(0);
        for n in 0..count {
            for (side, buffer) in sides.iter_mut().zip(&mut self.buffer) {
                std::mem::swap(&mut side[n], &mut buffer[self.at]);
            }
            self.at += 1;
            if self.at == HOP {
                self.at = 0;
                let gain = self
                    .stages
                    .iter_mut()
                    .map(|stage| stage.hop(&mut self.buffer, &self.interpolator))
                    .product();
                self.least_gain = self.least_gain.min(gain);
            }
        }
    }

    /// The lowest gain since the last call, in dB (0 or negative).
    pub fn take_reduction(&mut self) -> Db {
        Db::from_factor(std::mem::replace(&mut self.least_gain, 1.0))
    }

    /// Sets a new ceiling and release, effective within the look-ahead. A different look-ahead or
    /// bridge needs a new limiter.
    pub fn set(&mut self, settings: &LimiterSettings) {
        for stage in &mut self.stages {
            stage.ceiling = (settings.ceiling - MARGIN).factor() as f32;
            stage.release = settings.release_step(stage.rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::true_peak::TruePeakMeter;

    /// Noise with clicks: much harder to limit than music.
    fn noise(count: usize, level: f32) -> Vec<f32> {
        let mut state = 1u32;
        (0..count)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                let burst = if (n / 3000) % 3 == 0 { 1.0 } else { 0.2 };
                white * level * burst + if n % 7001 == 0 { 1.5 } else { 0.0 }
            })
            .collect()
    }

    fn limited(x: &[f32], ceiling: Db, rate: SampleRate, block: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(&LimiterSettings::at(ceiling), rate);
        let latency = limiter.latency();
        let mut left: Vec<f32> = x.iter().copied().chain(vec![0.0; latency]).collect();
        let mut right = left.clone();
        for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            limiter.process(l, r);
        }
        assert_eq!(left, right);
        left.split_off(latency)
    }

    #[test]
    fn no_peak_passes_at_any_rate_even_on_noise_and_clicks() {
        for rate in [44_100, 48_000, 96_000] {
            let y = limited(&noise(60_000, 2.0), Db(-1.0), SampleRate(rate), 480);
            let mut meter = TruePeakMeter::new();
            meter.process(&y, &y);
            meter.finish();
            assert!(meter.true_peak().0 <= -1.0, "{rate}: {}", meter.true_peak().0);
            assert!(meter.true_peak().0 > -1.6, "{rate}: {}", meter.true_peak().0);
        }
    }

    #[test]
    fn what_stays_below_the_ceiling_is_untouched_bit_for_bit() {
        let x: Vec<f32> = noise(20_000, 0.2).into_iter().map(|v| v.clamp(-0.2, 0.2)).collect();
        assert_eq!(limited(&x, Db(-1.0), SampleRate(48_000), 333), x);
    }

    #[test]
    fn after_a_peak_it_returns_to_exact_unity() {
        let mut x = vec![0.1; 200_000];
        x[1000] = 2.0;
        let y = limited(&x, Db(-1.0), SampleRate(48_000), 4096);
        assert!(y[1000] < 0.9 && y[1010] < 0.06);
        assert_eq!(y[190_000..], x[190_000..]);
    }

    #[test]
    fn silence_before_the_music_changes_nothing() {
        let x = noise(20_000, 1.5);
        let plain = limited(&x, Db(-1.0), SampleRate(48_000), 256);
        for before in [1, 37, 64, 1000] {
            let late: Vec<f32> = vec![0.0; before].into_iter().chain(x.clone()).collect();
            let y = limited(&late, Db(-1.0), SampleRate(48_000), 256);
            let first = y[before..].iter().zip(&plain).position(|(a, b)| a != b);
            assert_eq!(first, None, "{before}");
        }
    }

    #[test]
    fn after_a_reset_it_is_as_new() {
        let x = noise(20_000, 1.5);
        let mut used = Limiter::new(&LimiterSettings::at(Db(-1.0)), SampleRate(48_000));
        let (mut left, mut right) = (noise(7777, 2.0), noise(7777, 2.0));
        used.process(&mut left, &mut right);
        used.reset();
        let mut new = Limiter::new(&LimiterSettings::at(Db(-1.0)), SampleRate(48_000));
        let (mut a, mut b) = (x.clone(), x.clone());
        used.process(&mut a, &mut b);
        let (mut c, mut d) = (x.clone(), x);
        new.process(&mut c, &mut d);
        assert_eq!((a, b), (c, d));
    }

    #[test]
    fn the_block_size_does_not_matter() {
        let x = noise(20_000, 1.5);
        let whole = limited(&x, Db(-0.3), SampleRate(44_100), 100_000);
        for block in [1, 17, 64, 1000] {
            assert_eq!(whole, limited(&x, Db(-0.3), SampleRate(44_100), block), "{block}");
        }
    }
}
