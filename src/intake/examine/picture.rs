//! Mean spectrum of a file, and the coherence of its channels line by line. `scan` fills one
//! `Picture` per file.

use crate::units::{Hz, SampleRate};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Frames of a transform.
pub const LENGTH: usize = 4096;
/// Frames from one transform to the next. Gaps are fine for a mean.
const STEP: usize = 1 << 14;
/// Sums over all transforms.
pub struct MeanSpectrum {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    time: Vec<f32>,
    lines: [Vec<Complex<f32>>; 2],
    rate: SampleRate,
    /// Summed powers of left and right, and their summed cross products.
    powers: [Vec<f64>; 2],
    products: Vec<Complex<f64>>,
    count: u64,
}

impl MeanSpectrum {
    pub fn new(rate: SampleRate) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LENGTH);
        // Window of Blackman and Harris, 1978: side lobes under −92 dB do not hide a low noise
        // floor.
        let window = (0..LENGTH).map(|n| {
            let x = std::f64::consts::TAU * n as f64 / LENGTH as f64;
            let w =
                0.35875 - 0.48829 * x.cos() + 0.14128 * (2.0 * x).cos() - 0.01168 * (3.0 * x).cos();
            (w / (0.35875 * LENGTH as f64 / 2.0)) as f32
        });
        let lines = LENGTH / 2 + 1;
        Self {
            window: window.collect(),
            time: vec![0.0; LENGTH],
            lines: [fft.make_output_vec(), fft.make_output_vec()],
            fft,
            rate,
            powers: [vec![0.0; lines], vec![0.0; lines]],
            products: vec![Complex::default(); lines],
            count: 0,
        }
    }

    /// Adds a block of both channels; silent transforms are skipped.
    pub fn look(&mut self, left: &[f32], right: &[f32]) {
        for start in (0..left.len()).step_by(STEP) {
            let end = start + LENGTH;
            let (Some(l), Some(r)) = (left.get(start..end), right.get(start..end)) else { return };
            let loud = |side: &[f32]| side.iter().any(|x| x.abs() > 1e-4);
            if !loud(l) && !loud(r) {
                continue;
            }
            for (side, lines) in [l, r].into_iter().zip(&mut self.lines) {
                for ((slot, x), w) in self.time.iter_mut().zip(side).zip(&self.window) {
                    *slot = x * w;
                }
                // The FFT fails only for buffers of a wrong length, and the planner made these.
                let _ = self.fft.process(&mut self.time, lines);
            }
            self.add();
        }
    }

    fn add(&mut self) {
        self.count += 1;
        let [left, right] = &self.lines;
        let [pl, pr] = &mut self.powers;
        for ((l, r), ((pl, pr), lr)) in
            left.iter().zip(right).zip(pl.iter_mut().zip(pr).zip(&mut self.products))
        {
            *pl += f64::from(l.norm_sqr());
            *pr += f64::from(r.norm_sqr());
            let both = l * r.conj();
            *lr += Complex::new(f64::from(both.re), f64::from(both.im));
        }
    }

    fn line(&self, frequency: Hz) -> usize {
        (frequency.0 * LENGTH as f64 / self.rate.hz().0).round() as usize
    }

    /// Whether no transform held sound.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Mean level per line in decibels between two frequencies, both channels added.
    pub fn level(&self, from: Hz, to: Hz) -> f64 {
        let (first, last) = (self.line(from), self.line(to).max(self.line(from) + 1));
        let [left, right] = &self.powers;
        let part = |side: &Vec<f64>| {
            side.get(first..last.min(side.len())).map_or(0.0, |part| part.iter().sum::<f64>())
        };
        let lines = (last.min(left.len())).saturating_sub(first).max(1) as f64;
        10.0 * ((part(left) + part(right)) / lines / self.count.max(1) as f64).max(1e-30).log10()
    }

    /// How much of one channel any linear filter can make from the other, weighted by power: 1 if
    /// one is a filtered copy.
    pub fn coherence(&self) -> f64 {
        let [left, right] = &self.powers;
        let (mut shared, mut whole) = (0.0, 0.0);
        for ((l, r), lr) in left.iter().zip(right).zip(&self.products).skip(4) {
            let power = (l * r).sqrt();
            if power > 0.0 {
                shared += lr.norm_sqr() / power;
                whole += power;
            }
        }
        if whole > 0.0 { shared / whole } else { 0.0 }
    }
}
