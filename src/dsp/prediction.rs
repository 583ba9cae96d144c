//! Predicts the loudness of a stream after a gain and the limiter, without rendering it.
//!
//! One pass over the stream builds an [`Outline`]: true peak and K-weighted energy of every 2/3 ms.
//! The limiter's gain is then simulated on the outline, which takes milliseconds. So the renderer
//! can search for the gain that meets a target loudness and write the file once.

use crate::dsp::interpolate::{CHUNK, Interpolator, REACH, WINDOW, Window, loudest};
use crate::dsp::k_weighting::{KWeighting, gated};
use crate::dsp::limiter::{
    BassDetector, GAP, GROUP, HOP, Heard, Holder, LimiterSettings, Opening, SlidingMin,
};
use crate::dsp::loudness::{Loudness, Tally};
use crate::units::{Db, Lufs, SampleRate, Seconds};

/// New frames per run.
const BLOCK: usize = 1024;
/// Slices per 100 ms step of the loudness gating.
const SLICES_PER_HOP: u64 = 150;
const SLICES_PER_SECOND: f64 = 1500.0;

/// True peaks and energies of a stereo stream, one value per slice of 2/3 ms.
pub struct Outline {
    peaks: Vec<f32>,
    energies: Vec<f32>,
    /// How far bass makes the peaks, in 255ths, and the half-period of the bass in slices.
    heard: Vec<(u8, u16)>,
    frames_per_hop: f64,
}

/// Figures of a stream behind a gain and a limiter.
#[derive(Clone, Debug)]
pub struct Through {
    pub loudness: Loudness,
    pub true_peak: Db,
    /// Short-term loudness, ten values per second.
    pub history: Vec<Lufs>,
    /// K-weighted mean squares of each 100 ms.
    pub steps: Vec<f64>,
    /// The limiter's deepest gain, ten values per second; empty without a limiter.
    pub reduction: Vec<Db>,
    /// The same in figures.
    pub limiting: Limiting,
}

/// What a limiter takes away over a song.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limiting {
    pub deepest: Db,
    /// Mean gain while anything is reduced.
    pub mean: Db,
    /// Share of the time in which anything is reduced, from 0 to 1.
    pub share: f64,
}

impl Limiting {
    pub fn of(reduction: &[Db]) -> Self {
        let under = || reduction.iter().map(|gain| gain.0).filter(|gain| *gain < -0.05);
        let count = under().count() as f64;
        Self {
            deepest: Db(under().fold(0.0, f64::min)),
            mean: Db(under().sum::<f64>() / count.max(1.0)),
            share: count / reduction.len().max(1) as f64,
        }
    }
}

/// Builds the outline of a stream that comes in blocks.
pub struct OutlineBuilder {
    interpolator: Interpolator,
    weighting: [KWeighting; 2],
    detector: BassDetector,
    /// Whether peaks are measured. Only a limiter prediction needs them.
    peaks: bool,
    window: Window,
    /// Frames whose peak has been measured: the stream position minus [`REACH`].
    seen: i64,
    heard: u64,
    /// Energy of the running slice.
    energy: f64,
    frames_per_hop: u64,
    outline: Outline,
}

impl OutlineBuilder {
    /// Without `peaks` the pass takes half the time, but a limiter cannot be predicted.
    pub fn new(rate: SampleRate, peaks: bool) -> Self {
        let frames_per_hop = u64::from(rate.0) / 10;
        Self {
            interpolator: Interpolator::new(),
            weighting: [KWeighting::new(rate), KWeighting::new(rate)],
            detector: BassDetector::new(rate),
            peaks,
            window: Window::new(2 * REACH, BLOCK),
            seen: -(REACH as i64),
            heard: 0,
            energy: 0.0,
            frames_per_hop,
            outline: Outline {
                peaks: Vec::new(),
                energies: Vec::new(),
                heard: Vec::new(),
                frames_per_hop: frames_per_hop as f64,
            },
        }
    }

    fn slice_of(&self, frame: u64) -> usize {
        (frame * SLICES_PER_HOP / self.frames_per_hop) as usize
    }

    /// The first frame after a slice.
    fn end_of(&self, slice: usize) -> u64 {
        ((slice as u64 + 1) * self.frames_per_hop).div_ceil(SLICES_PER_HOP)
    }

    /// Adds a block of the stream. Both slices have the same length.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        self.add_energies(left, right);
        if !self.peaks {
            return;
        }
        let (mut left, mut right) = (left, right);
        while self.window.fill(&mut left, &mut right) {
            self.run();
        }
    }

    fn add_energies(&mut self, left: &[f32], right: &[f32]) {
        let mut pairs = left.iter().zip(right);
        while pairs.len() > 0 {
            let end = self.end_of(self.outline.energies.len());
            let take = pairs.len().min((end - self.heard) as usize);
            let [a, b] = &mut self.weighting;
            for (l, r) in pairs.by_ref().take(take) {
                let (l, r) = (a.tick(f64::from(*l)), b.tick(f64::from(*r)));
                self.energy += l * l + r * r;
            }
            self.heard += take as u64;
            if self.heard == end {
                self.outline.energies.push(std::mem::take(&mut self.energy) as f32);
            }
        }
    }

    /// Measures the peaks in the window and makes room for the next block.
    fn run(&mut self) {
        let last = self.slice_of((self.seen.max(0) as u64) + BLOCK as u64);
        self.outline.peaks.resize(last + 1, 0.0);
        if self.peaks {
            self.outline.heard.resize(last + 1, (0, 0));
            self.hear();
        }
        for at in (0..BLOCK).step_by(CHUNK) {
            for side in self.window.sides() {
                let Some(x) = side[at..].first_chunk::<WINDOW>() else { continue };
                // −60 dBFS: no gain that a master may use raises such a peak to a ceiling.
                let Some(found) = self.interpolator.chunk(x, 1e-3, f32::INFINITY) else {
                    continue;
                };
                let frame = (self.seen + at as i64).max(0) as u64;
                let slice = self.slice_of(frame);
                // A slice is longer than a chunk, so a chunk touches two slices at most.
                let here = ((self.end_of(slice) - frame) as usize).min(CHUNK);
                let parts = [&found.standard, &found.exact].map(|peaks| peaks.split_at(here));
                let [(a, b), (c, d)] = parts;
                let most = |one: &[f32], other: &[f32]| loudest(one).max(loudest(other));
                for (slice, peak) in [(slice, most(a, c)), (slice + 1, most(b, d))] {
                    if let Some(known) = self.outline.peaks.get_mut(slice) {
                        *known = known.max(peak);
                    }
                }
            }
        }
        self.window.next();
        self.seen += BLOCK as i64;
    }

    /// Notes where bass makes the peaks of the window.
    fn hear(&mut self) {
        let per_slice = self.frames_per_hop as f64 / SLICES_PER_HOP as f64;
        for at in (0..BLOCK).step_by(HOP) {
            // The same frames as those of the peaks.
            let heard = self.detector.hop(self.window.sides(), REACH + at);
            for (n, heard) in heard.into_iter().enumerate() {
                let half = (f64::from(heard.half) / per_slice).ceil() as u16;
                let from = self.seen + (at + n * GROUP) as i64;
                let slice = |frame: i64| self.slice_of(frame.max(0) as u64);
                let slices = slice(from)..=slice(from + GROUP as i64 - 1);
                if let Some(known) = self.outline.heard.get_mut(slices) {
                    known.fill(((heard.bass * 255.0).round() as u8, half));
                }
            }
        }
    }

    /// Ends the stream.
    pub fn finish(mut self) -> Outline {
        if self.energy > 0.0 {
            self.outline.energies.push(self.energy as f32);
        }
        if self.peaks {
            self.run();
        }
        let slices = self.outline.energies.len();
        self.outline.peaks.resize(slices, 0.0);
        self.outline.heard.truncate(slices);
        self.outline
    }
}

impl Outline {
    /// Integrated loudness of the stream itself.
    pub fn loudness(&self) -> Lufs {
        self.gated(|_| 1.0)
    }

    /// Integrated loudness after `gain` and, if given, the limiter.
    pub fn predict(&self, gain: Db, limiter: Option<&LimiterSettings>) -> Lufs {
        let gain = gain.factor();
        let Some(settings) = limiter else { return self.gated(|_| gain * gain) };
        let curve = self.limiter_gain(gain, settings);
        self.gated(|slice| {
            let limited = gain * curve.get(slice).copied().unwrap_or(1.0);
            limited * limited
        })
    }

    /// All figures after `gain` and, if given, the limiter. The true peak is that of a stream whose
    /// own is `true_peak`, where no limiter holds it under its ceiling.
    pub fn through(&self, gain: Db, limiter: Option<&LimiterSettings>, true_peak: Db) -> Through {
        let factor = gain.factor();
        let curve = limiter.map(|settings| self.limiter_gain(factor, settings));
        let limited = |slice: usize| {
            curve.as_ref().map_or(1.0, |curve| curve.get(slice).copied().unwrap_or(1.0))
        };
        let power = |slice: usize| {
            let energy = self.energies.get(slice).map_or(0.0, |energy| f64::from(*energy));
            energy * (factor * limited(slice)).powi(2)
        };
        let slices = (SLICES_PER_HOP / 10) as usize;
        let mut tally = Tally::default();
        let mut reduction = Vec::new();
        for hop in 1..=self.energies.len() / slices {
            let mean = |hops: usize| {
                let sum: f64 = (slices * (hop - hops)..slices * hop).map(power).sum();
                sum / (self.frames_per_hop * hops as f64 / 10.0)
            };
            tally.push(mean(1), || mean(10));
            if hop.is_multiple_of(10) && curve.is_some() {
                let deepest = (slices * (hop - 10)..slices * hop).map(limited).fold(1.0, f64::min);
                reduction.push(Db::from_factor(deepest));
            }
        }
        let true_peak = match limiter {
            None => true_peak + gain,
            Some(settings) => {
                let loudest = self.peaks.iter().copied().fold(0.0, f32::max);
                let loud = Db::from_factor(f64::from(loudest)) + gain;
                if loud.0 > settings.aim().0 { settings.aim() } else { loud }
            }
        };
        let (history, steps) = (tally.history().to_vec(), tally.steps().to_vec());
        let limiting = Limiting::of(&reduction);
        Through { loudness: tally.reading(), true_peak, history, steps, reduction, limiting }
    }

    /// How far the stream can be turned up before the limiter begins to work. Needs peaks.
    pub fn headroom(&self, settings: &LimiterSettings) -> Db {
        let loudest = self.peaks.iter().copied().fold(0.0, f32::max);
        settings.aim() - Db::from_factor(f64::from(loudest))
    }

    /// The limiter's gain per slice, with the same bridge, release and smoothing at slice
    /// resolution.
    fn limiter_gain(&self, gain: f64, settings: &LimiterSettings) -> Vec<f64> {
        let ceiling = settings.aim().factor();
        let slices = |time: Seconds| (time.0 * SLICES_PER_SECOND).round() as usize;
        let ahead = slices(settings.look_ahead).max(1);
        let bridge = slices(settings.bridge);
        let gap = slices(GAP).min(bridge);
        let mut opening = Opening::new(gap + 1);
        let mut holder = Holder::new(SLICES_PER_SECOND, bridge, gap);
        let mut least = SlidingMin::new(ahead + 1);
        let release = settings.release_step(SLICES_PER_SECOND);
        let mut envelope = 1.0f64;
        let mut previous = 1.0;
        let late = gap + ahead / 2;
        let needed = |slice: usize| {
            let peak = self.peaks.get(slice).map_or(0.0, |peak| f64::from(*peak)) * gain;
            if peak > ceiling { ceiling / peak } else { 1.0 }
        };
        (0..self.peaks.len() + late)
            .map(|slice| {
                let now = needed(slice);
                let (bass, half) = self.heard.get(slice).copied().unwrap_or_default();
                let heard = Heard { bass: f64::from(bass) / 255.0, half: u32::from(half) };
                let peak = needed(slice + bridge - gap) < 1.0;
                let least = least.tick(holder.tick(peak, now, opening.tick(now), heard));
                envelope =
                    if least < envelope { least } else { envelope + (least - envelope) * release };
                let smooth = (envelope + previous) / 2.0;
                previous = envelope;
                smooth
            })
            .skip(late)
            .collect()
    }

    fn gated(&self, power_gain: impl Fn(usize) -> f64) -> Lufs {
        let per_hop = SLICES_PER_HOP as usize;
        let hops: Vec<f64> = self
            .energies
            .chunks_exact(per_hop)
            .enumerate()
            .map(|(hop, slices)| {
                let sum: f64 = slices
                    .iter()
                    .enumerate()
                    .map(|(i, energy)| f64::from(*energy) * power_gain(hop * per_hop + i))
                    .sum();
                sum / self.frames_per_hop
            })
            .collect();
        gated(&hops)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::limiter::Limiter;
    use crate::dsp::loudness::LoudnessMeter;

    /// Decaying noise bursts, 160 a minute, as a stand-in for drums.
    fn drums(rate: SampleRate) -> Vec<f32> {
        let (mut state, mut dull) = (9u32, 0.0);
        (0..rate.0 * 8)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 8) as f32 / 8_388_608.0 - 1.0;
                let age = (n % (rate.0 * 3 / 8)) as f32 / rate.0 as f32;
                dull += (white - dull) * 0.4;
                dull * 1.6 * (-age * 18.0).exp()
            })
            .collect()
    }

    #[test]
    fn a_prediction_is_what_the_limiter_then_does() {
        for rate in [SampleRate(44_100), SampleRate(48_000)] {
            let x = drums(rate);
            let mut builder = OutlineBuilder::new(rate, true);
            x.chunks(777).for_each(|part| builder.process(part, part));
            let outline = builder.finish();
            let settings = LimiterSettings::at(Db(-1.0));
            for gain in [-6.0, 0.0, 6.0, 12.0] {
                let mut left: Vec<f32> = x.iter().map(|v| v * Db(gain).factor() as f32).collect();
                let mut right = left.clone();
                Limiter::new(&settings, rate).process(&mut left, &mut right);
                let mut meter = LoudnessMeter::new(2, rate).unwrap();
                meter.process(&left, &right);
                let real = meter.reading().integrated;
                let predicted = outline.predict(Db(gain), Some(&settings));
                assert!((real.0 - predicted.0).abs() < 0.2, "{gain}: {real:?} {predicted:?}");
            }
        }
    }

    #[test]
    fn without_a_limiter_it_is_exact() {
        let rate = SampleRate(48_000);
        let x = drums(rate);
        let mut builder = OutlineBuilder::new(rate, true);
        builder.process(&x, &x);
        let outline = builder.finish();
        let mut meter = LoudnessMeter::new(2, rate).unwrap();
        meter.process(&x, &x);
        let real = meter.reading().integrated;
        assert!((outline.loudness().0 - real.0).abs() < 0.005);
        assert!((outline.predict(Db(-9.0), None).0 - real.0 + 9.0).abs() < 0.005);
    }

    #[test]
    fn all_figures_behind_a_limiter_are_those_of_the_limited_stream() {
        let rate = SampleRate(48_000);
        let x: Vec<f32> = drums(rate).repeat(2);
        let mut builder = OutlineBuilder::new(rate, true);
        builder.process(&x, &x);
        let outline = builder.finish();
        let settings = LimiterSettings::at(Db(-1.0));
        for gain in [Db(-6.0), Db(6.0)] {
            let mut limiter = Limiter::new(&settings, rate);
            let factor = gain.factor() as f32;
            let mut left: Vec<f32> = x.iter().map(|x| x * factor).collect();
            left.extend(std::iter::repeat_n(0.0, limiter.latency()));
            let mut right = left.clone();
            limiter.process(&mut left, &mut right);
            let skip = limiter.latency();
            let (left, right) = (&left[skip..], &right[skip..]);
            let mut meter = LoudnessMeter::new(2, rate).unwrap();
            meter.process(left, right);
            let mut peak = crate::dsp::true_peak::TruePeakMeter::new();
            peak.process(left, right);
            peak.finish();
            let (real, found) =
                (meter.reading(), outline.through(gain, Some(&settings), Db::UNITY));
            let near = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{a} {b} at {gain}");
            near(found.loudness.integrated.0, real.integrated.0, 0.1);
            near(found.loudness.momentary_max.0, real.momentary_max.0, 0.1);
            near(found.loudness.short_term_max.0, real.short_term_max.0, 0.1);
            near(found.loudness.range.unwrap().0, real.range.unwrap().0, 0.1);
            // The outline's peaks are those that the limiter's first stage works by. They miss what
            // lies next to half the rate, and this noise has much of it.
            near(found.true_peak.0, peak.true_peak().0, 0.35);
            assert_eq!(found.history.len(), meter.history().len());
            let deepest = found.reduction.iter().map(|gain| gain.0).fold(0.0, f64::min);
            assert_eq!(deepest < -1.0, gain.0 > 0.0, "{deepest}");
        }
    }
}
