//! Loudness by ITU-R BS.1770-5 and EBU Tech 3341 / 3342.
//!
//! Integrated loudness and range come from `ebur128`. Momentary and short-term loudness are
//! formed here from its K-weighted energies in steps of 10 ms, so that their maxima are those
//! of windows that start anywhere, as the EBU's test signals ask.

use crate::dsp::k_weighting::{loudness_of, power_of};
use crate::units::{Db, Lufs, SampleRate};
use ebur128::{EbuR128, Mode};
use std::collections::VecDeque;

const HOPS_PER_SECOND: u64 = 100;
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;

/// The meter cannot work at this rate.
#[derive(Debug, thiserror::Error)]
#[error("loudness cannot be measured at {0}")]
pub struct UnsupportedRate(SampleRate);

/// What the meter has read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    pub momentary: Lufs,
    pub short_term: Lufs,
    pub integrated: Lufs,
    /// In LU; `None` before the first short-term block.
    pub range: Option<Db>,
    pub momentary_max: Lufs,
    pub short_term_max: Lufs,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            momentary: Lufs::SILENCE,
            short_term: Lufs::SILENCE,
            integrated: Lufs::SILENCE,
            range: None,
            momentary_max: Lufs::SILENCE,
            short_term_max: Lufs::SILENCE,
        }
    }
}

/// A loudness meter for one or two channels. Not for the audio thread: it allocates.
pub struct LoudnessMeter {
    meter: EbuR128,
    rate: SampleRate,
    channels: usize,
    frames: u64,
    hops: u64,
    /// Mean squares of the last 3 s, one per hop.
    energies: VecDeque<f64>,
    reading: Loudness,
    /// Short-term loudness, ten values a second.
    history: Vec<Lufs>,
}

impl LoudnessMeter {
    pub fn new(channels: usize, rate: SampleRate) -> Result<Self, UnsupportedRate> {
        let meter = EbuR128::new(channels as u32, rate.0, Mode::I | Mode::LRA | Mode::S)
            .map_err(|_| UnsupportedRate(rate))?;
        Ok(Self {
            meter,
            rate,
            channels,
            frames: 0,
            hops: 0,
            energies: VecDeque::with_capacity(SHORT_TERM + 1),
            reading: Loudness::default(),
            history: Vec::new(),
        })
    }

    /// The frame at which the next hop ends.
    fn next_edge(&self) -> u64 {
        (self.hops + 1) * u64::from(self.rate.0) / HOPS_PER_SECOND
    }

    /// Reads planar blocks of any length; for a mono meter only `left` counts.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut at = 0;
        while at < left.len() {
            let take = ((self.next_edge() - self.frames) as usize).min(left.len() - at);
            let parts = [&left[at..at + take], right.get(at..at + take).unwrap_or(&[])];
            // Fails only if the number of channels is wrong, and that is set by `new`.
            if self.meter.add_frames_planar_f32(&parts[..self.channels.min(2)]).is_err() {
                return;
            }
            at += take;
            self.frames += take as u64;
            if self.frames == self.next_edge() {
                self.hops += 1;
                self.end_of_hop();
            }
        }
    }

    fn end_of_hop(&mut self) {
        let energy = self.meter.loudness_window(1000 / HOPS_PER_SECOND as u32);
        self.energies.push_back(energy.map_or(0.0, |value| power_of(Lufs(value))));
        if self.energies.len() > SHORT_TERM {
            self.energies.pop_front();
        }
        let reading = &mut self.reading;
        let mean = |count: usize| {
            let sum: f64 = self.energies.iter().rev().take(count).sum();
            loudness_of(sum / count as f64)
        };
        reading.momentary = mean(MOMENTARY);
        reading.short_term = mean(SHORT_TERM);
        // A maximum counts only once its window is full.
        if self.energies.len() >= MOMENTARY && reading.momentary > reading.momentary_max {
            reading.momentary_max = reading.momentary;
        }
        if self.energies.len() >= SHORT_TERM && reading.short_term > reading.short_term_max {
            reading.short_term_max = reading.short_term;
        }
        if self.hops.is_multiple_of(10) {
            self.history.push(reading.short_term);
        }
    }

    /// The reading now. An incomplete last gating block is dropped.
    pub fn reading(&self) -> Loudness {
        let range = self.meter.loudness_range().ok().map(Db);
        Loudness {
            integrated: self.meter.loudness_global().map_or(Lufs::SILENCE, Lufs),
            range: range.filter(|_| self.energies.len() >= SHORT_TERM),
            ..self.reading
        }
    }

    /// Momentary and short-term values only, which cost nothing to read.
    pub fn quick_reading(&self) -> Loudness {
        self.reading
    }

    /// Short-term loudness ten times a second since the start.
    pub fn history(&self) -> &[Lufs] {
        &self.history
    }

    pub fn reset(&mut self) {
        self.meter.reset();
        (self.frames, self.hops) = (0, 0);
        self.energies.clear();
        self.reading = Loudness::default();
        self.history.clear();
    }
}
