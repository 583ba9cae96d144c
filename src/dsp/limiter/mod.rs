//! A look-ahead true-peak limiter. While no peak exceeds the ceiling, its output is the delayed
//! input, bit for bit.
//!
//! Each of two stages takes the true peak of every frame, between the samples too, and derives the
//! gain that this frame needs. Two box filters, together as long as the look-ahead, smooth the
//! gain, so it is down when the peak arrives. A moving gain makes new peaks, so a second stage
//! limits the output of the first. It takes the peak of the [ideal](crate::dsp::ideal) curve; the
//! first stage spares the time that this needs.
//!
//! What the gain does between two peaks decides how the limiter sounds. Music sounds cleanest, and
//! gets loudest, if the gain is back at once: only gaps of less than [`GAP`] are bridged, by a
//! morphological opening (P. Maragos, R. W. Schafer, *Morphological filters*, IEEE Trans. ASSP
//! 35/8, 1987). A low tone would be bent at every crest by that. So where bass makes the peaks, or
//! where the peaks are alike for a while as those of beating tones are, the gain of the first stage
//! is held from peak to peak instead ([`Holder`]). How much it is held is faded, for both gains
//! keep the ceiling and so does any mixture. The bridge is the time by which the first stage looks
//! ahead for the next peak, so that a low tone that ends is let go at once.
//!
//! [`Limiter`] belongs to a master's finishing path, in the player (audio thread) and for files.

mod hold;
mod running;

use crate::dsp::ideal::{self, Curve, Ideal};
use crate::dsp::interpolate::{CHUNK, Interpolator, REACH};
use crate::units::{Db, SampleRate, Seconds};
pub(crate) use hold::{BassDetector, GAP, GROUP, Heard, Holder};
use running::MovingAverage;
pub(crate) use running::{Opening, SlidingMin};
use serde::{Deserialize, Serialize};

/// Frames per run of a stage.
pub(crate) const HOP: usize = 64;
/// The stages aim this much below the ceiling: for rounding, for the correction of the second
/// stage, and for sound above 21.4 kHz at 44.1 kHz, whose peaks it reads too low. In music of that
/// rate, pushed by 8 dB, this is up to 0.05 dB.
const MARGIN: Db = Db(0.07);

/// Settings of the limiter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimiterSettings {
    /// No true peak above this, in dBTP.
    pub ceiling: Db,
    /// Time that the gain takes to come down, and to go up again.
    pub look_ahead: Seconds,
    /// Time by which the limiter looks ahead for the next crest of a low tone. Up to the crest it
    /// holds the gain.
    pub bridge: Seconds,
    /// Time constant of a slower return to unity, for an audible limiter. 0 turns it off.
    pub release: Seconds,
}

impl LimiterSettings {
    /// The default settings of every master, with this ceiling in dBTP.
    pub fn at(ceiling: Db) -> Self {
        Self { ceiling, look_ahead: Seconds(0.0015), bridge: Seconds(0.014), release: Seconds(0.0) }
    }

    /// The peak at which the limiter begins to work, in dBTP.
    pub(crate) fn aim(&self) -> Db {
        self.ceiling - MARGIN
    }

    /// One-pole coefficient of the release at `rate` steps per second: the part of the remaining
    /// distance that one step covers. Returns 1 if the release is 0.
    pub(crate) fn release_step(&self, rate: f64) -> f64 {
        if self.release.0 <= 0.0 { 1.0 } else { 1.0 - (-1.0 / (self.release.0 * rate)).exp() }
    }
}

/// What the first stage does more than the second.
struct Bridge {
    opening: Opening,
    /// Gains needed by the frames between the end of the look-ahead and `GAP`.
    ahead: Vec<f64>,
    at: usize,
    detector: BassDetector,
    holder: Holder,
}

impl Bridge {
    /// `length` is the look-ahead in frames.
    fn new(length: usize, rate: SampleRate) -> Self {
        let gap = (GAP.frames(rate).0 as usize).min(length);
        Self {
            opening: Opening::new(gap + 1),
            ahead: vec![1.0; length - gap],
            at: 0,
            detector: BassDetector::new(rate),
            holder: Holder::new(rate.hz().0, length, gap),
        }
    }

    fn reset(&mut self) {
        self.opening.reset();
        self.ahead.fill(1.0);
        self.at = 0;
        self.detector.reset();
        self.holder.reset();
    }

    /// The gain, late by the look-ahead.
    #[inline]
    fn tick(&mut self, needed: f64, heard: Heard) -> f64 {
        let peak = needed < 1.0;
        let needed = match self.ahead.get_mut(self.at) {
            Some(old) => std::mem::replace(old, needed),
            None => needed,
        };
        self.at = if self.at + 1 >= self.ahead.len() { 0 } else { self.at + 1 };
        let bridged = self.opening.tick(needed);
        self.holder.tick(peak, needed, bridged, heard)
    }
}

/// One limiting stage: a peak detector and a gain for all channels.
struct Stage {
    ceiling: f32,
    /// Delay in frames from the detection of a peak to its output.
    ahead: usize,
    /// One buffer per channel: `ahead + past` old frames, then `HOP` new ones.
    history: Vec<Vec<f32>>,
    /// Old frames that the detection of peaks needs, and how many of them come after the peak.
    past: usize,
    reach: usize,
    /// For the first stage.
    bridge: Option<Bridge>,
    /// For the second stage, one per channel.
    curves: Vec<Curve>,
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
    fn new(settings: &LimiterSettings, rate: SampleRate, is_first: bool, sides: usize) -> Self {
        let look_ahead = (settings.look_ahead.frames(rate).0 as usize).max(2);
        let bridge = if is_first { settings.bridge.frames(rate).0 as usize } else { 0 };
        let ahead = look_ahead + bridge;
        let (past, reach) = if is_first { (2 * REACH, REACH) } else { (ideal::PAST, ideal::LATE) };
        let history = vec![0.0; ahead + past + HOP];
        let first = look_ahead / 2 + 1;
        let memory = 2 * ahead + 2;
        Self {
            ceiling: settings.aim().factor() as f32,
            ahead,
            history: vec![history; sides],
            past,
            reach,
            curves: vec![Curve::default(); if is_first { 0 } else { sides }],
            bridge: (bridge > 0).then(|| Bridge::new(bridge, rate)),
            least: SlidingMin::new(look_ahead + 1),
            release: settings.release_step(rate.hz().0),
            rate: rate.hz().0,
            envelope: 1.0,
            boxes: [MovingAverage::new(first), MovingAverage::new(look_ahead + 2 - first)],
            idle: memory,
            memory,
        }
    }

    fn latency(&self) -> usize {
        self.ahead + self.reach
    }

    fn reset(&mut self) {
        self.history.iter_mut().for_each(|side| side.fill(0.0));
        self.curves.iter_mut().for_each(Curve::reset);
        if let Some(bridge) = &mut self.bridge {
            bridge.reset();
        }
        self.least.reset();
        self.envelope = 1.0;
        self.boxes.iter_mut().for_each(MovingAverage::reset);
        self.idle = self.memory;
    }

    /// Takes in `HOP` frames per channel and replaces them by `HOP` earlier ones, limited. Returns
    /// the lowest gain used.
    fn hop(&mut self, io: &mut [[f32; HOP]], tables: &Tables) -> f64 {
        let mut needed = [1.0f64; HOP];
        let mut busy = false;
        for (side, (history, input)) in self.history.iter_mut().zip(io.iter()).enumerate() {
            history.copy_within(HOP.., 0);
            let new = history.len() - HOP;
            history[new..].copy_from_slice(input);
            let mut curve = self.curves.get_mut(side);
            for (n, gains) in needed.chunks_exact_mut(CHUNK).enumerate() {
                let x = &history[self.ahead + n * CHUNK..];
                let Some(peaks) = tables.peaks(x, curve.as_deref_mut(), self.ceiling) else {
                    continue;
                };
                for (gain, peak) in gains.iter_mut().zip(peaks) {
                    if peak > self.ceiling {
                        *gain = gain.min(f64::from(self.ceiling) / f64::from(peak));
                        busy = true;
                    }
                }
            }
        }
        let heard = match &mut self.bridge {
            Some(bridge) => {
                let late = bridge.ahead.len();
                bridge.detector.hop(&self.history, self.ahead + self.reach - late)
            }
            None => [Heard::default(); HOP / GROUP],
        };
        let from = self.past - self.reach;
        let output = from..from + HOP;
        if !busy && self.idle >= self.memory && self.envelope == 1.0 {
            for (io, history) in io.iter_mut().zip(&self.history) {
                io.copy_from_slice(&history[output.clone()]);
            }
            return 1.0;
        }
        let mut smallest = 1.0f64;
        for (n, needed) in needed.into_iter().enumerate() {
            let heard = heard.get(n / GROUP).copied().unwrap_or_default();
            let bridged = self.bridge.as_mut().map_or(needed, |bridge| bridge.tick(needed, heard));
            let least = self.least.tick(bridged);
            self.envelope = if least < self.envelope {
                least
            } else {
                self.envelope + (least - self.envelope) * self.release
            };
            // A detected peak shows in `least` only after the bridge's delay, so `needed` counts as
            // well.
            let rests = self.bridge.as_ref().is_none_or(|bridge| bridge.holder.rests());
            if needed == 1.0 && least == 1.0 && rests && self.envelope > 1.0 - 1e-8 {
                self.envelope = 1.0;
                self.idle = (self.idle + 1).min(self.memory);
            } else {
                self.idle = 0;
            }
            let [first, second] = &mut self.boxes;
            let gain = second.tick(first.tick(self.envelope)).min(1.0);
            smallest = smallest.min(gain);
            for (io, history) in io.iter_mut().zip(&self.history) {
                io[n] = (f64::from(history[from + n]) * gain) as f32;
            }
        }
        smallest
    }
}

/// What finds peaks between samples.
struct Tables {
    interpolator: Interpolator,
    ideal: Ideal,
}

impl Tables {
    /// Peaks of `CHUNK` frames; `x` begins with the older frames that this needs. With a curve, the
    /// peaks are those of the ideal. `None` if no peak can reach the ceiling.
    #[inline]
    fn peaks(&self, x: &[f32], curve: Option<&mut Curve>, ceiling: f32) -> Option<[f32; CHUNK]> {
        let Some(curve) = curve else {
            let peaks = self.interpolator.chunk(x.first_chunk()?, ceiling, ceiling)?;
            return Some(larger(peaks.exact, &peaks.standard));
        };
        let x = x.first_chunk::<{ ideal::WINDOW }>()?;
        let exact = curve.chunk(&self.ideal, x, ceiling);
        let near = x[ideal::PAST - ideal::LATE - REACH..].first_chunk()?;
        let standard = self.interpolator.chunk(near, ceiling, f32::INFINITY);
        Some(standard.map_or(exact, |peaks| larger(exact, &peaks.standard)))
    }
}

fn larger(a: [f32; CHUNK], b: &[f32; CHUNK]) -> [f32; CHUNK] {
    std::array::from_fn(|n| a[n].max(b[n]))
}

/// The limiter: two stages that run once per `HOP` frames. The buffer collects one hop.
pub struct Limiter {
    tables: Tables,
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
        let stage = |is_first| Stage::new(settings, rate, is_first, 2 * sounds.max(1));
        Self {
            tables: Tables { interpolator: Interpolator::new(), ideal: Ideal::new() },
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
                    .map(|stage| stage.hop(&mut self.buffer, &self.tables))
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
            stage.ceiling = settings.aim().factor() as f32;
            stage.release = settings.release_step(stage.rate);
        }
    }
}

#[cfg(test)]
mod tests;
