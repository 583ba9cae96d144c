//! The low band of a long linear-phase filter. Only narrow low bands need a long filter, and what
//! it adds lies below 2 kHz: it is cut into blocks with soft edges, whose spectra have few bins.
//!
//! [`LowBand`] convolves; `kernel` designs.

use super::kernel::{BLOCK, Bins, Kernel, length_at};
use crate::units::SampleRate;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::PI;
use std::sync::Arc;

/// Frames per transform. A part of the filter is three blocks long and two apart from the next.
const SPAN: usize = 4 * BLOCK;
/// Where the low band fades out, in Hz. Above, the narrowest band of the equaliser rings no longer
/// than the short filter.
const FADE: (f64, f64) = (1400.0, 2000.0);
/// Bins over which the soft edges spread a line of the spectrum, to −100 dB.
const SPREAD: usize = 20;

/// The share of the low band at a frequency in Hz.
pub fn share(hz: f64) -> f64 {
    let x = ((hz - FADE.0) / (FADE.1 - FADE.0)).clamp(0.0, 1.0);
    0.5 + 0.5 * (PI * x).cos()
}

/// Number of bins that the low band fills.
pub fn bins(rate: SampleRate) -> usize {
    let top = FADE.1 / rate.hz().0 * SPAN as f64;
    (top as usize + SPREAD).min(SPAN / 2)
}

/// By how much the rate of the low band is lower where it is designed.
pub fn thinning(rate: SampleRate) -> usize {
    SPAN / (2 * bins(rate)).next_power_of_two().min(SPAN)
}

/// Cuts a low filter, given at its thinned rate, into parts with soft edges that add up to it, and
/// transforms each.
pub struct Cutter {
    forward: Arc<dyn RealToComplex<f64>>,
    /// The edges and the middle of a part.
    window: Vec<f64>,
    time: Vec<f64>,
    whole: Bins,
    scratch: Vec<Complex<f64>>,
    bins: usize,
}

impl Cutter {
    pub fn new(rate: SampleRate) -> Self {
        let span = SPAN / thinning(rate);
        let block = span / 4;
        let forward = RealFftPlanner::new().plan_fft_forward(span);
        // The integral of a Blackman-Harris window (F. J. Harris, *On the use of windows*, Proc.
        // IEEE 66/1, 1978): its spectrum ends within a few bins.
        let rise = |n: usize| {
            let x = (n as f64 + 0.5) / block as f64;
            let wave = |k: f64, a: f64| a / (2.0 * PI * k) * (2.0 * PI * k * x).sin();
            x + (wave(2.0, 0.141_28) - wave(1.0, 0.488_29) - wave(3.0, 0.011_68)) / 0.358_75
        };
        let window = (0..3 * block).map(|n| match n / block {
            0 => rise(n),
            1 => 1.0,
            _ => 1.0 - rise(n - 2 * block),
        });
        Self {
            window: window.collect(),
            time: forward.make_input_vec(),
            whole: forward.make_output_vec(),
            scratch: forward.make_scratch_vec(),
            bins: bins(rate),
            forward,
        }
    }

    pub fn cut(&mut self, taps: &[f64], parts: &mut Vec<Bins>) {
        let block = self.time.len() / 4;
        let scale = 1.0 / SPAN as f64;
        parts.resize_with(taps.len().div_ceil(2 * block), || vec![Complex::default(); self.bins]);
        for (n, part) in parts.iter_mut().enumerate() {
            self.time.fill(0.0);
            let taps = taps.get(2 * block * n..).unwrap_or(&[]);
            for ((to, tap), window) in self.time.iter_mut().zip(taps).zip(&self.window) {
                *to = tap * window * scale;
            }
            // Fails only for buffers of the wrong length; these were made for this transform.
            let _ = self.forward.process_with_scratch(
                &mut self.time,
                &mut self.whole,
                &mut self.scratch,
            );
            part.copy_from_slice(&self.whole[..self.bins]);
        }
    }
}

/// The running low band, and the delay of the rest of the sound until its middle.
pub struct LowBand {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// Per channel: the last frames, and the spectra of them after each of the last blocks.
    input: [Vec<f64>; 2],
    past: [Vec<Bins>; 2],
    newest: usize,
    bins: usize,
    time: Vec<f64>,
    whole: Bins,
    scratch: Vec<Complex<f64>>,
    delay: [Vec<f32>; 2],
    at: usize,
}

impl LowBand {
    /// For a filter of `length` frames.
    pub fn new(length: usize, rate: SampleRate) -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(SPAN);
        let inverse = planner.plan_fft_inverse(SPAN);
        let bins = bins(rate);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let delay = (length - length_at(rate)) / 2;
        let spectra = || (0..length / BLOCK).map(|_| vec![Complex::default(); bins]).collect();
        Self {
            input: std::array::from_fn(|_| vec![0.0; SPAN]),
            past: std::array::from_fn(|_| spectra()),
            newest: 0,
            bins,
            time: vec![0.0; SPAN],
            whole: forward.make_output_vec(),
            scratch: vec![Complex::default(); scratch],
            delay: std::array::from_fn(|_| vec![0.0; delay]),
            at: 0,
            forward,
            inverse,
        }
    }

    pub fn reset(&mut self) {
        self.past.iter_mut().flatten().flatten().for_each(|value| *value = Complex::default());
        self.input.iter_mut().for_each(|side| side.fill(0.0));
        self.delay.iter_mut().for_each(|side| side.fill(0.0));
        self.at = 0;
    }

    /// Takes frame `n` of a block, and returns the delayed frame for the short filter.
    #[inline]
    pub fn take(&mut self, n: usize, frame: [f32; 2]) -> [f32; 2] {
        let mut late = frame;
        for (side, x) in frame.into_iter().enumerate() {
            self.input[side][SPAN - BLOCK + n] = f64::from(x);
            late[side] = std::mem::replace(&mut self.delay[side][self.at], x);
        }
        self.at += 1;
        if self.at == self.delay[0].len() {
            self.at = 0;
        }
        late
    }

    /// Ends a block: transforms it.
    pub fn block(&mut self) {
        let parts = self.past[0].len();
        self.newest = (self.newest + parts - 1) % parts;
        for side in 0..2 {
            self.time.copy_from_slice(&self.input[side]);
            let _ = self.forward.process_with_scratch(
                &mut self.time,
                &mut self.whole,
                &mut self.scratch,
            );
            self.past[side][self.newest].copy_from_slice(&self.whole[..self.bins]);
            self.input[side].copy_within(BLOCK.., 0);
        }
    }

    /// The last block of one output channel through the low filters of `kernel`.
    pub fn convolve(&mut self, kernel: &Kernel, side: usize) -> &[f64] {
        let parts = self.past[0].len();
        self.whole.fill(Complex::default());
        for from in 0..2 {
            if from != side && !kernel.crossed {
                continue;
            }
            for (n, taps) in kernel.low(from, side).iter().enumerate() {
                let past = &self.past[from][(self.newest + 2 * n) % parts];
                for ((sum, x), tap) in self.whole.iter_mut().zip(past).zip(taps) {
                    *sum += x * tap;
                }
            }
        }
        let _ =
            self.inverse.process_with_scratch(&mut self.whole, &mut self.time, &mut self.scratch);
        &self.time[SPAN - BLOCK..]
    }
}
