//! Oversampling, for processors that distort the waveform.
//!
//! [`Oversampler`] quadruples the rate with two half-band stages of linear phase (Kaiser windows,
//! 125 dB attenuation); only the first has to be sharp. They remove what the distortion adds above
//! half the rate before it can alias. Between the frames of four times the rate, [`Polyphase`]
//! bends any number of points. Everything below 20 kHz passes within 0.001 dB. [`FixedBlocks`] cuts
//! a stream into runs of fixed length.

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
/// Frames on either side of a point between two frames.
const SIDE: usize = 4;
/// Frames whose points are bent at a time; all of them fit into the first cache.
const PART: usize = 64;

/// A half-band filter: every other tap is zero, apart from the centre tap.
struct HalfBand {
    /// The non-zero taps without the centre tap.
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
        // 4k − 1 taps: 2k non-zero ones beside the centre.
        let count = ((wanted / 2.0).ceil() as usize).next_multiple_of(2);
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

/// Each output is the product of the taps with a window that moves on by one number. Many outputs
/// at a time, so that no register has to be summed up.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn convolve(taps: &[f32], past: &[f32], out: &mut [f32]) {
    const WIDE: usize = 4 * LANES;
    for (n, y) in out.chunks_exact_mut(WIDE).enumerate() {
        let mut sums = [0.0f32; WIDE];
        for (k, tap) in taps.iter().enumerate() {
            let at = n * WIDE + k;
            for (sum, x) in sums.iter_mut().zip(&past[at..at + WIDE]) {
                *sum += tap * x;
            }
        }
        y.copy_from_slice(&sums);
    }
}

/// One doubling of the rate and its reversal, for one channel.
struct Stage {
    filter: HalfBand,
    up: Vec<f32>,
    down: [Vec<f32>; 2],
    filtered: Vec<f32>,
    /// The way down is one frame of the higher rate late, so that the delay of the stages inside
    /// this one becomes a whole number of frames.
    hold: bool,
}

impl Stage {
    /// For `run` frames at a time, counted at the lower rate.
    fn new(edge: f64, run: usize, hold: bool) -> Self {
        let filter = HalfBand::new(edge);
        let past = vec![0.0; filter.taps.len() + run];
        let filtered = vec![0.0; run];
        Self { up: past.clone(), down: [past.clone(), past], filter, filtered, hold }
    }

    /// Delay from the way up to the way down, in frames of the lower rate.
    fn latency(&self) -> usize {
        self.filter.taps.len() - 1
    }

    fn reset(&mut self) {
        self.up.fill(0.0);
        self.down.iter_mut().for_each(|side| side.fill(0.0));
    }

    /// For each new frame, writes the value halfway between the previous frame and this one, then
    /// the frame itself, both delayed.
    fn up(&mut self, x: &[f32], out: &mut [f32]) {
        let count = self.filter.taps.len();
        self.up[count..].copy_from_slice(x);
        convolve(&self.filter.taps, &self.up[1..], &mut self.filtered);
        let frames = &self.up[1 + count - self.filter.middle..];
        for ((pair, half), frame) in out.chunks_exact_mut(2).zip(&self.filtered).zip(frames) {
            (pair[0], pair[1]) = (2.0 * half, *frame);
        }
        self.up.copy_within(x.len().., 0);
    }

    /// The low-passed stream at every other frame.
    fn down(&mut self, x: &[f32], out: &mut [f32]) {
        let count = self.filter.taps.len();
        let [even, odd] = &mut self.down;
        for ((pair, first), second) in
            x.chunks_exact(2).zip(&mut even[count..]).zip(&mut odd[count..])
        {
            // Held, a pair is the last frame of the previous pair and the first of this one.
            (*first, *second) = if self.hold { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
        }
        convolve(&self.filter.taps, &even[usize::from(!self.hold)..], out);
        for (y, centre) in out.iter_mut().zip(&odd[count - self.filter.middle..]) {
            *y += 0.5 * centre;
        }
        for side in [even, odd] {
            side.copy_within(out.len().., 0);
        }
    }
}

/// Bends pairs of points between two frames, one as far from the first frame as the other from the
/// second. For one channel.
///
/// A point is read off the polynomial of seventh degree through the eight frames around it
/// (Lagrange), and what the bend makes of it is given back to the same eight frames with the same
/// weights. Both ways are flat, as the polynomial is exact up to the seventh power, and for the
/// same reason let next to nothing pass around the multiples of the rate, where the aliases of the
/// pass band come from (Schafer and Rabiner, "A Digital Signal Processing Approach to
/// Interpolation", Proc. IEEE 61, 1973). Only what is around 2 · `pairs` times the rate passes: the
/// corner of a curve decides how many pairs it needs.
struct Polyphase {
    /// For each pair, half the sum and half the difference of the weights of two frames as far
    /// from the middle, from the outer frames to the inner. The two points have the same weights
    /// mirrored, so the sum of both frames and their difference serve both points.
    weights: Vec<[[f32; SIDE]; 2]>,
    past: [f32; 2 * SIDE - 1 + PART],
    /// For each point, one part of the stream.
    points: Vec<[[f32; PART]; 2]>,
    /// What each of the eight frames gets, with the last numbers of the previous part.
    shares: [[f32; LANES + PART]; 2 * SIDE],
}

impl Polyphase {
    /// Frames from input to output.
    const LATENCY: usize = 2 * SIDE - 1;

    fn new(pairs: usize) -> Self {
        let weights = |n: usize| {
            let x = (SIDE - 1) as f64 + (n as f64 + 0.5) / (2 * pairs) as f64;
            let weight = |k: usize| {
                let others = (0..2 * SIDE).filter(|m| *m != k);
                others.map(|m| (x - m as f64) / (k as f64 - m as f64)).product::<f64>()
            };
            [1.0, -1.0].map(|sign| {
                std::array::from_fn(|k| {
                    (0.5 * (weight(k) + sign * weight(2 * SIDE - 1 - k))) as f32
                })
            })
        };
        Self {
            weights: (0..pairs).map(weights).collect(),
            past: [0.0; _],
            points: vec![[[0.0; PART]; 2]; pairs],
            shares: [[0.0; _]; _],
        }
    }

    fn reset(&mut self) {
        self.past.fill(0.0);
        self.shares.iter_mut().for_each(|share| share.fill(0.0));
    }

    /// Handles [`PART`] frames in place.
    fn process(&mut self, frames: &mut [f32], bend: &mut impl FnMut(&mut [f32])) {
        self.past[Self::LATENCY..].copy_from_slice(frames);
        spread(&self.weights, &self.past, &mut self.points);
        bend(self.points.as_flattened_mut().as_flattened_mut());
        gather(&self.weights, &self.points, &mut self.shares);
        let scale = 0.5 / self.weights.len() as f32;
        for (n, y) in frames.iter_mut().enumerate() {
            let shares = self.shares.iter().enumerate();
            *y = scale * shares.map(|(k, share)| share[LANES + n - k]).sum::<f32>();
        }
        self.past.copy_within(PART.., 0);
        self.shares.iter_mut().for_each(|share| share.copy_within(PART.., 0));
    }
}

/// Writes the points between the frames: for each pair, [`PART`] of the first and of the second.
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn spread(
    weights: &[[[f32; SIDE]; 2]],
    past: &[f32; 2 * SIDE - 1 + PART],
    points: &mut [[[f32; PART]; 2]],
) {
    let (mut sums, mut differences) = ([[0.0; PART]; SIDE], [[0.0; PART]; SIDE]);
    for k in 0..SIDE {
        for n in 0..PART {
            let (before, after) = (past[n + k], past[n + 2 * SIDE - 1 - k]);
            (sums[k][n], differences[k][n]) = (before + after, before - after);
        }
    }
    for ([even, odd], [first, second]) in weights.iter().zip(points) {
        for n in 0..PART {
            let (mut a, mut b) = (0.0, 0.0);
            for k in 0..SIDE {
                a += even[k] * sums[k][n];
                b += odd[k] * differences[k][n];
            }
            (first[n], second[n]) = (a + b, a - b);
        }
    }
}

/// The reverse of [`spread`].
#[multiversion(targets("x86_64+avx2+fma", "x86_64+avx", "aarch64+neon"))]
fn gather(
    weights: &[[[f32; SIDE]; 2]],
    points: &[[[f32; PART]; 2]],
    shares: &mut [[f32; LANES + PART]; 2 * SIDE],
) {
    for at in (0..PART).step_by(LANES) {
        let (mut sums, mut differences) = ([[0.0; LANES]; SIDE], [[0.0; LANES]; SIDE]);
        for ([even, odd], [first, second]) in weights.iter().zip(points) {
            for n in 0..LANES {
                let (a, b) = (first[at + n] + second[at + n], first[at + n] - second[at + n]);
                for k in 0..SIDE {
                    sums[k][n] += even[k] * a;
                    differences[k][n] += odd[k] * b;
                }
            }
        }
        for k in 0..SIDE {
            for n in 0..LANES {
                shares[k][LANES + at + n] = sums[k][n] + differences[k][n];
                shares[2 * SIDE - 1 - k][LANES + at + n] = sums[k][n] - differences[k][n];
            }
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

/// One channel at four times its rate, with points between the frames.
pub struct Oversampler {
    stages: [Stage; 2],
    inner: Polyphase,
    two: Vec<f32>,
    four: Vec<f32>,
}

impl Oversampler {
    /// With `pairs` of points between two frames of four times the rate, the bend is seen at
    /// 8 · `pairs` times the rate.
    pub fn new(pairs: usize) -> Self {
        // The delay inside a stage has to be whole frames of its lower rate. That of the points is
        // odd; that of the inner stage is known only then.
        let b = Stage::new(EDGE / 4.0, 2 * RUN, Polyphase::LATENCY % 2 == 1);
        let inside = b.latency() + Polyphase::LATENCY.div_ceil(2);
        let a = Stage::new(EDGE / 2.0, RUN, inside % 2 == 1);
        let (two, four) = (vec![0.0; 2 * RUN], vec![0.0; 4 * RUN]);
        Self { stages: [a, b], inner: Polyphase::new(pairs), two, four }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        let [a, b] = &self.stages;
        a.latency() + (b.latency() + Polyphase::LATENCY.div_ceil(2)).div_ceil(2)
    }

    pub fn reset(&mut self) {
        self.stages.iter_mut().for_each(Stage::reset);
        self.inner.reset();
    }

    /// Runs `bend` on all points of a run, part by part and not in the order of time, and writes
    /// the result in place.
    pub fn process(&mut self, frames: &mut [f32; RUN], mut bend: impl FnMut(&mut [f32])) {
        let [a, b] = &mut self.stages;
        a.up(frames, &mut self.two);
        b.up(&self.two, &mut self.four);
        for part in self.four.chunks_exact_mut(PART) {
            self.inner.process(part, &mut bend);
        }
        b.down(&self.four, &mut self.two);
        a.down(&self.two, frames);
    }
}

#[cfg(test)]
pub mod alias {
    use crate::units::{Db, SampleRate};
    use std::f64::consts::TAU;

    /// A prime, so that no alias of a tone that repeats after so many frames is one of its
    /// harmonics.
    const PERIOD: usize = 4001;

    /// The strongest line from 20 Hz to 20 kHz that is no harmonic, relative to a tone at full scale.
    /// The tone is the line of the spectrum next to `hz`.
    pub fn worst(rate: SampleRate, hz: f64, mut process: impl FnMut(&mut [f32], &mut [f32])) -> Db {
        let width = rate.hz().0 / PERIOD as f64;
        let tone = (hz / width).round() as usize;
        let turn = |n: usize| TAU * ((n * tone) % PERIOD) as f64 / PERIOD as f64;
        let mut left: Vec<f32> = (0..9 * PERIOD).map(|n| turn(n).sin() as f32).collect();
        let mut right = left.clone();
        process(&mut left, &mut right);
        let fft = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(PERIOD);
        let mut time: Vec<f64> = left[8 * PERIOD..].iter().map(|x| f64::from(*x)).collect();
        let mut lines = fft.make_output_vec();
        fft.process(&mut time, &mut lines).unwrap();
        let heard = (20.0 / width).ceil() as usize..=(20_000.0 / width) as usize;
        let aliases = heard.filter(|k| k % tone != 0).map(|k| lines[k].norm());
        Db::from_factor(aliases.fold(0.0, f64::max) / lines[tone].norm())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(x: &[f32], bend: fn(&mut [f32])) -> Vec<f32> {
        let mut sampler = Oversampler::new(5);
        let mut y = x.to_vec();
        y.as_chunks_mut().0.iter_mut().for_each(|run| sampler.process(run, bend));
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
        let late = Oversampler::new(5).latency();
        for n in 1000..4000 {
            assert!((y[n + late] - x[n]).abs() < 2e-5, "{n}: {} {}", y[n + late], x[n]);
        }
    }
}
