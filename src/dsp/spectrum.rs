//! Spectrum analyser: the running spectrum of two signals, or the mean spectrum of one.
//!
//! [`Analyser`] runs on the meter thread and in the renderer; it feeds the curves in the window.

use crate::units::{Hz, SampleRate};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Points of a curve, spaced evenly on a logarithmic frequency axis.
pub const BINS: usize = 160;
const LOWEST: f64 = 20.0;
const HIGHEST: f64 = 20_000.0;
/// Frames per transform; bins are 12 Hz apart at 48 kHz.
const LENGTH: usize = 4096;
/// Frames between two transforms.
const STEP: usize = 1024;
/// Fall of a curve per transform in decibels: 30 dB per second at 48 kHz.
const FALL: f32 = 0.64;
const FLOOR: f32 = -120.0;

/// Levels of [`BINS`] points from 20 Hz to 20 kHz, in decibels; a full-scale sine reads 0 dB.
/// `before` and `after` are the two inputs of [`Analyser::push`].
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    pub before: Vec<f32>,
    pub after: Vec<f32>,
}

impl Default for Spectrum {
    fn default() -> Self {
        Self { before: vec![FLOOR; BINS], after: vec![FLOOR; BINS] }
    }
}

/// Frequency of point `bin` of a curve.
pub fn bin_frequency(bin: usize) -> Hz {
    Hz(LOWEST * (HIGHEST / LOWEST).powf(bin as f64 / (BINS - 1) as f64))
}

/// Computes spectra from a stream of samples.
pub struct Analyser {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    past: [Vec<f32>; 2],
    at: usize,
    time: Vec<f32>,
    lines: Vec<Complex<f32>>,
    /// FFT bins of each point: first, and one past the last.
    groups: Vec<(usize, usize)>,
    /// Exact width of each point in FFT bins.
    widths: Vec<f64>,
    spectrum: Spectrum,
    /// If the mean is wanted: sums of powers per point of the first input, and the number of
    /// transforms.
    mean: Option<(Vec<f64>, u64)>,
}

impl Analyser {
    pub fn new(rate: SampleRate) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LENGTH);
        let window = (0..LENGTH)
            .map(|n| {
                let x = std::f32::consts::TAU * n as f32 / LENGTH as f32;
                // Hann window, scaled so that a sine reads its peak.
                (1.0 - x.cos()) * 2.0 / LENGTH as f32
            })
            .collect();
        let line = |frequency: f64| frequency * LENGTH as f64 / rate.hz().0;
        let half = (HIGHEST / LOWEST).powf(0.5 / (BINS - 1) as f64);
        let widths = (0..BINS).map(|bin| line(bin_frequency(bin).0) * (half - half.recip()));
        let widths = widths.collect();
        let groups = (0..BINS)
            .map(|bin| {
                let centre = line(bin_frequency(bin).0);
                let first = (centre / half).round().max(1.0) as usize;
                let end = ((centre * half).round() as usize).max(first + 1);
                let last = LENGTH / 2 + 1;
                (first.min(last - 1), end.min(last))
            })
            .collect();
        Self {
            lines: fft.make_output_vec(),
            fft,
            window,
            past: [vec![0.0; LENGTH], vec![0.0; LENGTH]],
            at: 0,
            time: vec![0.0; LENGTH],
            groups,
            widths,
            spectrum: Spectrum::default(),
            mean: None,
        }
    }

    /// An analyser that also computes the mean spectrum of its first input.
    pub fn of_mean(rate: SampleRate) -> Self {
        Self { mean: Some((vec![0.0; BINS], 0)), ..Self::new(rate) }
    }

    /// Mean level of each point in decibels. A point takes the power of all FFT bins in its range,
    /// so pink noise is a level line. Empty before the first transform.
    pub fn mean(&self) -> Vec<f32> {
        let Some((sums, count)) = self.mean.as_ref().filter(|(_, count)| *count > 0) else {
            return Vec::new();
        };
        let level = |sum: &f64| (10.0 * (sum / *count as f64).max(1e-12).log10()) as f32;
        sums.iter().map(level).collect()
    }

    /// Adds one mono sample of each input.
    pub fn push(&mut self, before: f32, after: f32) {
        let place = LENGTH - STEP + self.at;
        for (side, x) in self.past.iter_mut().zip([before, after]) {
            if let Some(slot) = side.get_mut(place) {
                *slot = x;
            }
        }
        self.at += 1;
        if self.at == STEP {
            self.at = 0;
            self.draw();
        }
    }

    fn draw(&mut self) {
        let curves = [&mut self.spectrum.before, &mut self.spectrum.after];
        for (side, (past, curve)) in self.past.iter_mut().zip(curves).enumerate() {
            for (time, (x, window)) in self.time.iter_mut().zip(past.iter().zip(&self.window)) {
                *time = x * window;
            }
            past.copy_within(STEP.., 0);
            // Fails only for buffers of the wrong length; these were made for this transform.
            let _ = self.fft.process(&mut self.time, &mut self.lines);
            if let Some((sums, count)) = self.mean.as_mut().filter(|_| side == 0) {
                *count += 1;
                let groups = self.groups.iter().zip(&self.widths);
                for (sum, ((first, end), width)) in sums.iter_mut().zip(groups) {
                    // A point is rarely a whole number of bins wide.
                    let lines = self.lines.get(*first..*end).unwrap_or(&[]);
                    let power: f64 = lines.iter().map(|line| f64::from(line.norm_sqr())).sum();
                    *sum += power / lines.len().max(1) as f64 * width;
                }
            }
            for (level, (first, end)) in curve.iter_mut().zip(&self.groups) {
                let lines = self.lines.get(*first..*end).unwrap_or(&[]);
                let power = lines.iter().map(|line| line.norm_sqr()).fold(0.0f32, f32::max);
                let now = 10.0 * power.max(1e-12).log10();
                *level = now.max(*level - FALL);
            }
        }
    }

    /// The running spectrum: rises at once, falls slowly.
    pub fn spectrum(&self) -> &Spectrum {
        &self.spectrum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_reads_its_level_at_its_place() {
        let mut analyser = Analyser::new(SampleRate(48_000));
        for n in 0..3 * LENGTH {
            let x = 0.5 * (n as f32 * 1000.0 * std::f32::consts::TAU / 48_000.0).sin();
            analyser.push(x, x / 10.0);
        }
        let Spectrum { before, after } = analyser.spectrum();
        let most = |curve: &[f32]| {
            let (bin, level) = curve.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
            (bin_frequency(bin).0, *level)
        };
        let (frequency, level) = most(before);
        assert!((frequency / 1000.0 - 1.0).abs() < 0.05, "{frequency}");
        assert!((level + 6.02).abs() < 1.0, "{level}");
        assert!((most(after).1 - level + 20.0).abs() < 0.1);
    }

    #[test]
    fn the_mean_is_that_of_the_whole_stream() {
        let mut analyser = Analyser::of_mean(SampleRate(48_000));
        assert!(analyser.mean().is_empty());
        let tone = |n: usize| (n as f32 * 1000.0 * std::f32::consts::TAU / 48_000.0).sin();
        // Half of the time at full scale, half of it silent: half of the power.
        for n in 0..48 * LENGTH {
            analyser.push(if n < 24 * LENGTH { tone(n) } else { 0.0 }, 0.0);
        }
        let highest = analyser.mean().into_iter().fold(f32::MIN, f32::max);
        // The Hann window spreads a line over three bins: 1.76 dB more than its peak.
        assert!((highest - (1.76 - 3.01)).abs() < 0.6, "{highest}");
    }
}
