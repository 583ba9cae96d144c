//! Oversampling by eight, for processors that distort the waveform.
//!
//! [`Oversampler`] uses three half-band stages of linear phase (Kaiser windows, 125 dB
//! attenuation); only the first has to be sharp. They remove what the distortion adds above half
//! the rate before it can alias, and pass everything below 20 kHz flat. [`FixedBlocks`] cuts a stream into
//! runs of fixed length.

use multiversion::multiversion;
use std::f64::consts::PI;

/// Frames per run, at the rate of the stream.
pub const RUN: usize = 64;

/// Upper edge of the pass band as a share of the stream's rate: 20 kHz at 44.1 kHz.
const EDGE: f64 = 0.4535;
/// Attenuation of the stop band in dB.
const STOP: f64 = 125.0;
/// Numbers that fit into one wide register.
const LANES: usize = 8;

/// A half-band filter: every other tap is zero, apart from the centre tap.
struct HalfBand {
    /// The non-zero taps without the centre tap; a multiple of `LANES`.
    taps: Vec<f32>,
    /// Position of the centre tap in frames of the lower rate, counted from the end of the window.
    middle: usize,
}

fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

impl HalfBand {
    /// `edge` is the end of the pass band as a share of the higher rate.
    fn new(edge: f64) -> Self {
        let width = 0.5 - 2.0 * edge;
        let wanted = (STOP - 8.0) / (2.285 * 2.0 * PI * width);
        // 4k − 1 taps: 2k non-zero ones beside the centre, and 2k fills whole registers.
        let count = ((wanted / 2.0).ceil() as usize).next_multiple_of(LANES);
        let beta = 0.1102 * (STOP - 8.7);
        let half = count as f64;
        let taps = (0..count)
            .map(|n| {
                // Odd distances from the centre: −(count − 1) … count − 1 in steps of two.
                let x = 2.0 * n as f64 - (half - 1.0);
                let window =
                    bessel(beta * (1.0 - (x / half).powi(2)).max(0.0).sqrt()) / bessel(beta);
                ((PI * x / 2.0).sin() / (PI * x) * window) as f32
            })
            .collect();
        Self { taps, middle: count / 2 }
    }
}

/// Dot product over whole registers.
#[inline]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for n in 0..LANES {
            sums[n] += a[n] * b[n];
        }
    }
    sums.iter().sum()
}

/// Doubles the rate: for each new frame, writes the value halfway between the previous frame and
/// this one, then the frame itself, both delayed. `past` starts with `taps.len()` old frames.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn interpolate(taps: &[f32], middle: usize, past: &[f32], out: &mut [f32]) {
    for (n, pair) in out.chunks_exact_mut(2).enumerate() {
        let window = &past[n + 1..n + 1 + taps.len()];
        pair[0] = 2.0 * dot(taps, window);
        pair[1] = window[taps.len() - middle];
    }
}

/// Halves the rate: the low-passed stream at every other frame.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn decimate(taps: &[f32], middle: usize, even: &[f32], odd: &[f32], out: &mut [f32]) {
    for (n, y) in out.iter_mut().enumerate() {
        let window = &even[n + 1..n + 1 + taps.len()];
        let centre = odd[n + 1 + taps.len() - middle - 1];
        *y = dot(taps, window) + 0.5 * centre;
    }
}

/// One doubling of the rate and its reversal, for one channel.
struct Stage {
    filter: HalfBand,
    up: Vec<f32>,
    down: [Vec<f32>; 2],
    /// If `Some`, the way down is one frame of the higher rate late, so that the delay of the
    /// stages inside this one becomes a whole number of frames.
    held: Option<f32>,
}

impl Stage {
    /// For up to `run` frames at a time, counted at the lower rate.
    fn new(edge: f64, run: usize, hold: bool) -> Self {
        let filter = HalfBand::new(edge);
        let past = vec![0.0; filter.taps.len() + run];
        let held = hold.then_some(0.0);
        Self { up: past.clone(), down: [past.clone(), past], filter, held }
    }

    /// Delay from the way up to the way down, in frames of the lower rate.
    fn latency(&self) -> usize {
        self.filter.taps.len() - 1
    }

    fn reset(&mut self) {
        self.up.fill(0.0);
        self.down.iter_mut().for_each(|side| side.fill(0.0));
        self.held = self.held.map(|_| 0.0);
    }

    fn up(&mut self, x: &[f32], out: &mut [f32]) {
        let count = self.filter.taps.len();
        self.up[count..count + x.len()].copy_from_slice(x);
        interpolate(&self.filter.taps, self.filter.middle, &self.up[..count + x.len()], out);
        self.up.copy_within(x.len()..x.len() + count, 0);
    }

    fn down(&mut self, x: &[f32], out: &mut [f32]) {
        let count = self.filter.taps.len();
        let [even, odd] = &mut self.down;
        for (n, pair) in x.chunks_exact(2).enumerate() {
            let (first, second) = match &mut self.held {
                Some(held) => (std::mem::replace(held, pair[1]), pair[0]),
                None => (pair[0], pair[1]),
            };
            even[count + n] = first;
            odd[count + n] = second;
        }
        decimate(&self.filter.taps, self.filter.middle, even, odd, out);
        for side in [even, odd] {
            side.copy_within(out.len()..out.len() + count, 0);
        }
    }
}

/// Cuts a stereo stream into runs of [`RUN`] frames, so that the result does not depend on the
/// block size. The output is one run late.
#[derive(Clone, Debug)]
pub struct FixedBlocks {
    input: [[f32; RUN]; 2],
    ready: [[f32; RUN]; 2],
    at: usize,
}

impl Default for FixedBlocks {
    fn default() -> Self {
        Self { input: [[0.0; RUN]; 2], ready: [[0.0; RUN]; 2], at: 0 }
    }
}

impl FixedBlocks {
    /// Handles a block in place; `make` turns a full run of input into a run of output.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        mut make: impl FnMut(&[[f32; RUN]; 2]) -> [[f32; RUN]; 2],
    ) {
        for (l, r) in left.iter_mut().zip(right) {
            let [in_left, in_right] = &mut self.input;
            let [out_left, out_right] = &mut self.ready;
            (in_left[self.at], in_right[self.at]) = (*l, *r);
            (*l, *r) = (out_left[self.at], out_right[self.at]);
            self.at += 1;
            if self.at == RUN {
                self.at = 0;
                self.ready = make(&self.input);
            }
        }
    }
}

/// One channel at eight times its rate.
pub struct Oversampler {
    stages: [Stage; 3],
    buffers: [Vec<f32>; 3],
}

impl Default for Oversampler {
    fn default() -> Self {
        Self::new()
    }
}

impl Oversampler {
    pub fn new() -> Self {
        let stage = |m: usize, hold| Stage::new(EDGE / (2 * m) as f64, RUN * m, hold);
        // The delay of a stage is odd. At four times the rate one more frame is always needed; at
        // twice the rate it depends on the inner stages.
        let c = stage(4, false);
        let b = stage(2, true);
        let inner = b.latency() + c.latency().div_ceil(2);
        let a = stage(1, inner % 2 == 1);
        Self { stages: [a, b, c], buffers: [2, 4, 8].map(|m| vec![0.0; RUN * m]) }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        let [a, b, c] = &self.stages;
        a.latency() + (b.latency() + c.latency().div_ceil(2)).div_ceil(2)
    }

    pub fn reset(&mut self) {
        self.stages.iter_mut().for_each(Stage::reset);
    }

    /// Runs `bend` on up to [`RUN`] frames at eight times the rate, and writes the result in place.
    pub fn process(&mut self, frames: &mut [f32], bend: impl FnOnce(&mut [f32])) {
        let count = frames.len();
        let [a, b, c] = &mut self.stages;
        let [two, four, eight] = &mut self.buffers;
        let (two, four, eight) =
            (&mut two[..2 * count], &mut four[..4 * count], &mut eight[..8 * count]);
        a.up(frames, two);
        b.up(two, four);
        c.up(four, eight);
        bend(eight);
        c.down(eight, four);
        b.down(four, two);
        a.down(two, frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(x: &[f32], bend: fn(&mut [f32])) -> Vec<f32> {
        let mut sampler = Oversampler::new();
        let mut y = x.to_vec();
        y.chunks_mut(RUN).for_each(|part| sampler.process(part, bend));
        y
    }

    #[test]
    fn unbent_it_is_a_pure_delay_of_whole_frames() {
        let x: Vec<f32> = (0..4800)
            .map(|n| {
                (f64::from(n) * 0.4).sin() as f32 * 0.5 + (f64::from(n) * 2.7).sin() as f32 * 0.2
            })
            .collect();
        let y = through(&x, |_| {});
        let late = Oversampler::new().latency();
        for n in 1000..4000 {
            assert!((y[n + late] - x[n]).abs() < 2e-6, "{n}: {} {}", y[n + late], x[n]);
        }
    }
}
