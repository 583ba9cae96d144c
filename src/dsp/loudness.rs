//! Loudness by ITU-R BS.1770-5 and EBU Tech 3341 / 3342.
//!
//! `ebur128` weights the signal and gives its energy in steps of 10 ms and 100 ms; all figures are
//! computed from those. So the maxima of momentary and short-term loudness come from windows that
//! start at any 10 ms step, as the EBU test signals ask, and each sample is summed once instead of
//! once per window. A test compares integrated loudness with the reading of `ebur128`. Its loudness
//! range takes a window per second; Tech 3342 asks for windows that overlap by 2.9 s, so the range
//! here may differ from it by up to 1 LU.
//!
//! [`LoudnessMeter`] runs on the meter thread and in the renderer, never on the audio thread.

use crate::dsp::k_weighting::{gated, loudness_of, power_of};
use crate::units::{Db, Lufs, SampleRate};
use ebur128::{EbuR128, Mode};
use std::collections::VecDeque;

const HOPS_PER_SECOND: u64 = 100;
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
/// Hops per gating step; gating steps per window of the loudness range, which has one window per
/// step (Tech 3342: an overlap of at least 2.9 s).
const GATING: u64 = 10;
const RANGE: usize = 30;

/// The meter does not support this sample rate.
#[derive(Debug, thiserror::Error)]
#[error("loudness cannot be measured at {0}")]
pub struct UnsupportedRate(SampleRate);

/// A reading of the meter.
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

/// A loudness meter for one or two channels. It allocates: not for the audio thread.
pub struct LoudnessMeter {
    meter: EbuR128,
    rate: SampleRate,
    channels: usize,
    frames: u64,
    tally: Tally,
}

/// Adds up K-weighted mean squares, hop by hop, to the figures of the two standards.
#[derive(Default)]
pub struct Tally {
    hops: u64,
    /// Mean squares of the last 3 s, one per hop.
    energies: VecDeque<f64>,
    /// Mean squares of all 100 ms steps so far.
    steps: Vec<f64>,
    /// Mean squares of 3 s windows, one per step.
    ranges: Vec<f64>,
    reading: Loudness,
    /// Short-term loudness, ten values per second.
    history: Vec<Lufs>,
}

impl Tally {
    /// Adds a hop of 10 ms: its mean square, summed over the channels. `step` gives that of the
    /// 100 ms that end here; it is asked at every tenth hop.
    pub fn push(&mut self, hop: f64, step: impl FnOnce() -> f64) {
        self.hops += 1;
        let ends_step = self.hops.is_multiple_of(GATING);
        if ends_step {
            self.steps.push(step());
            if let Some(last) = self.steps.last_chunk::<RANGE>() {
                self.ranges.push(last.iter().sum::<f64>() / RANGE as f64);
            }
        }
        self.energies.push_back(hop);
        if self.energies.len() > SHORT_TERM {
            self.energies.pop_front();
        }
        let mean = |count: usize| {
            let sum: f64 = self.energies.iter().rev().take(count).sum();
            loudness_of(sum / count as f64)
        };
        let reading = &mut self.reading;
        reading.momentary = mean(MOMENTARY);
        reading.short_term = mean(SHORT_TERM);
        // A maximum counts only once its window is full.
        if self.energies.len() >= MOMENTARY && reading.momentary > reading.momentary_max {
            reading.momentary_max = reading.momentary;
        }
        if self.energies.len() >= SHORT_TERM && reading.short_term > reading.short_term_max {
            reading.short_term_max = reading.short_term;
        }
        if ends_step {
            self.history.push(reading.short_term);
        }
    }

    /// The reading now. An incomplete last gating block is dropped.
    pub fn reading(&self) -> Loudness {
        let range = (!self.ranges.is_empty()).then(|| loudness_range(&self.ranges));
        Loudness { integrated: gated(&self.steps), range, ..self.reading }
    }

    /// Short-term loudness since the start, ten values per second.
    pub fn history(&self) -> &[Lufs] {
        &self.history
    }

    /// Mean squares of the 100 ms steps since the start.
    pub fn steps(&self) -> &[f64] {
        &self.steps
    }
}

impl LoudnessMeter {
    pub fn new(channels: usize, rate: SampleRate) -> Result<Self, UnsupportedRate> {
        let meter =
            EbuR128::new(channels as u32, rate.0, Mode::M).map_err(|_| UnsupportedRate(rate))?;
        Ok(Self { meter, rate, channels, frames: 0, tally: Tally::default() })
    }

    /// The frame at which the next hop ends.
    fn next_edge(&self) -> u64 {
        (self.tally.hops + 1) * u64::from(self.rate.0) / HOPS_PER_SECOND
    }

    /// Measures planar blocks of any length. A mono meter ignores `right`.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut at = 0;
        while at < left.len() {
            let take = ((self.next_edge() - self.frames) as usize).min(left.len() - at);
            let parts = [&left[at..at + take], right.get(at..at + take).unwrap_or(&[])];
            // Fails only for a wrong number of channels, and `new` has set it.
            if self.meter.add_frames_planar_f32(&parts[..self.channels.min(2)]).is_err() {
                return;
            }
            at += take;
            self.frames += take as u64;
            if self.frames == self.next_edge() {
                let power = |milliseconds: u32| {
                    let energy = self.meter.loudness_window(milliseconds);
                    energy.map_or(0.0, |value| power_of(Lufs(value)))
                };
                self.tally.push(power(1000 / HOPS_PER_SECOND as u32), || power(100));
            }
        }
    }

    /// The reading now. An incomplete last gating block is dropped.
    pub fn reading(&self) -> Loudness {
        self.tally.reading()
    }

    /// The running momentary and short-term values and their maxima, without computing anything.
    /// `integrated` is silence and `range` is `None`.
    pub fn quick_reading(&self) -> Loudness {
        self.tally.reading
    }

    /// Short-term loudness since the start, ten values per second.
    pub fn history(&self) -> &[Lufs] {
        self.tally.history()
    }

    /// Mean squares of the 100 ms steps since the start.
    pub fn steps(&self) -> &[f64] {
        self.tally.steps()
    }

    pub fn reset(&mut self) {
        self.meter.reset();
        self.frames = 0;
        self.tally = Tally::default();
    }
}

/// Loudness range by EBU Tech 3342: from the 10th to the 95th percentile of the short-term loudness
/// values that pass two gates, −70 LUFS and 20 LU below the mean of the values above −70 LUFS.
fn loudness_range(powers: &[f64]) -> Db {
    let over = |floor: f64| powers.iter().copied().filter(move |power| *power >= floor);
    let absolute = power_of(Lufs(-70.0));
    let (sum, count) =
        over(absolute).fold((0.0, 0u32), |(sum, count), power| (sum + power, count + 1));
    let relative = sum / f64::from(count.max(1)) / 100.0;
    let mut kept: Vec<f64> = over(absolute.max(relative)).collect();
    let Some(last) = kept.len().checked_sub(1) else { return Db(0.0) };
    let mut at = |share: f64| {
        let n = (last as f64 * share + 0.5) as usize;
        let (_, power, _) = kept.select_nth_unstable_by(n.min(last), f64::total_cmp);
        loudness_of(*power)
    };
    let (low, high) = (at(0.1), at(0.95));
    Db(high.0 - low.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise whose level varies by 40 dB, with pauses.
    fn wandering(rate: u32, seconds: u32) -> Vec<f32> {
        let mut state = 3u32;
        (0..rate * seconds)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                let t = n as f32 / rate as f32;
                let level = 10f32.powf(-1.4 + 1.0 * (t * 0.37).sin());
                if t % 11.0 < 1.7 { 0.0 } else { white * level }
            })
            .collect()
    }

    #[test]
    fn figures_are_those_of_ebur128() {
        for (rate, channels) in [(44_100, 2), (48_000, 1), (22_050, 2), (96_000, 2)] {
            let left = wandering(rate, 37);
            let right: Vec<f32> = left.iter().map(|x| x * -0.6).collect();
            let mut ours = LoudnessMeter::new(channels, SampleRate(rate)).unwrap();
            let mode = Mode::I | Mode::S;
            let mut theirs = EbuR128::new(channels as u32, rate, mode).unwrap();
            let mut short_term = Vec::new();
            let step = rate as usize / 10;
            for (n, (l, r)) in left.chunks(step).zip(right.chunks(step)).enumerate() {
                l.chunks(1777).zip(r.chunks(1777)).for_each(|(l, r)| ours.process(l, r));
                theirs.add_frames_planar_f32(&[l, r][..channels]).unwrap();
                short_term.extend((n >= 29).then(|| theirs.loudness_shortterm().unwrap()));
            }
            let reading = ours.reading();
            let integrated = theirs.loudness_global().unwrap();
            assert!((reading.integrated.0 - integrated).abs() < 1e-6, "{rate}: {integrated}");
            let range = range_of(&short_term);
            assert!((reading.range.unwrap().0 - range).abs() < 1e-6, "{rate}: {range}");
            assert!(range > 5.0);
        }
    }

    /// The loudness range by the words of Tech 3342, from short-term loudness.
    fn range_of(short_term: &[f64]) -> f64 {
        let mut kept: Vec<f64> = short_term.iter().copied().filter(|l| *l >= -70.0).collect();
        let powers = kept.iter().map(|l| 10f64.powf(l / 10.0));
        let mean = 10.0 * (powers.sum::<f64>() / kept.len() as f64).log10();
        kept.retain(|l| *l >= mean - 20.0);
        kept.sort_by(f64::total_cmp);
        let at = |share: f64| kept[((kept.len() - 1) as f64 * share).round() as usize];
        at(0.95) - at(0.1)
    }

    /// A short sound for which a window per second gives another range.
    #[test]
    fn every_tenth_of_a_second_counts_for_the_range() {
        let rate = 48_000usize;
        let mut meter = LoudnessMeter::new(1, SampleRate(rate as u32)).unwrap();
        let mut short_term = Vec::new();
        let mut theirs = EbuR128::new(1, rate as u32, Mode::S).unwrap();
        for n in 0..66 {
            let level = if n / 33 == 0 { 0.02 } else { 0.2 };
            let tone = |i: usize| level * (i as f32 * std::f32::consts::TAU / 48.0).sin();
            let x: Vec<f32> = (0..rate / 10).map(tone).collect();
            meter.process(&x, &[]);
            theirs.add_frames_planar_f32(&[&x]).unwrap();
            short_term.extend((n >= 29).then(|| theirs.loudness_shortterm().unwrap()));
        }
        let (ours, wanted) = (meter.reading().range.unwrap().0, range_of(&short_term));
        let once: Vec<f64> = short_term.iter().copied().step_by(10).collect();
        assert!((ours - wanted).abs() < 1e-6, "{ours} {wanted}");
        assert!((range_of(&once) - wanted).abs() > 0.5, "{once:?}");
    }

    #[test]
    fn silence_and_short_signals_have_no_loudness() {
        let mut meter = LoudnessMeter::new(2, SampleRate(48_000)).unwrap();
        meter.process(&[0.5; 18_000], &[0.5; 18_000]);
        assert_eq!(meter.reading().integrated, Lufs::SILENCE, "no block of 400 ms is full");
        assert_eq!(meter.reading().range, None);
        let mut meter = LoudnessMeter::new(2, SampleRate(48_000)).unwrap();
        meter.process(&[0.0; 480_000], &[0.0; 480_000]);
        assert_eq!(meter.reading().integrated, Lufs::SILENCE);
        assert_eq!(meter.reading().range, Some(Db(0.0)));
    }
}
