//! Peaks of the band-limited curve through samples: the ideal that true-peak meters approach.
//!
//! A half-band filter finds the values halfway between the frames, and a short filter
//! [`POINTS`] more between two values of this doubled stream. Nearly up to half the rate, the
//! half-band filter has to be long. [`Halfway`] reaches 2048 frames, by Fourier transforms, for
//! meters: for sound without content above [`BAND`] of its rate (22.0 kHz at 44.1 kHz), the
//! highest peak is read at most [`SHORTFALL`] too low. The test computes this bound from the
//! filters. [`Curve::chunk`] reaches 128 frames, for the second stage of the limiter, and does the
//! same up to 0.485 of the rate (21.4 kHz at 44.1 kHz).

use crate::dsp::interpolate::{CHUNK, kaiser, loudest, sinc};
use crate::units::Db;
use multiversion::multiversion;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Reach of the half-band filter of [`Curve::chunk`], in frames.
const HALF: usize = 128;
/// 100 dB of attenuation.
const HALF_BETA: f64 = 10.06;
/// Reach of the short filter in values of the doubled stream.
const NEAR: usize = 8;
/// 110 dB of attenuation.
const NEAR_BETA: f64 = 11.16;
/// Points between two values of the doubled stream.
const POINTS: usize = 16;

/// Frames before the newest chunk that a window of [`Curve::chunk`] holds.
pub const PAST: usize = 2 * HALF;
/// Frames of a window: the past and the newest chunk.
pub const WINDOW: usize = PAST + CHUNK;
/// Frames from the first frame whose peak a chunk gives to the first frame of the chunk.
pub const LATE: usize = HALF + NEAR / 2;

/// Upper limit, as a share of the rate, of the sound for which [`SHORTFALL`] holds in a meter.
pub const BAND: f64 = 0.499;
/// A meter reads a peak at most this much too low.
pub const SHORTFALL: Db = Db(0.011);

/// Coefficients of the direct half-band filter and of the short filter.
pub struct Ideal {
    /// Weights of the frames before and after an instant halfway between frames, the nearest first.
    half: [f32; HALF],
    near: Box<[[f32; POINTS]; 2 * NEAR]>,
}

impl Default for Ideal {
    fn default() -> Self {
        Self::new()
    }
}

fn weight(t: f64, reach: usize, beta: f64) -> f64 {
    sinc(t) * kaiser(t / reach as f64, beta)
}

/// Where a point lies between two values of the doubled stream, 0 to 1.
fn place(point: usize) -> f64 {
    (point + 1) as f64 / (POINTS + 1) as f64
}

impl Ideal {
    pub fn new() -> Self {
        let half = std::array::from_fn(|n| weight(n as f64 + 0.5, HALF, HALF_BETA) as f32);
        let mut near = Box::new([[0.0; POINTS]; 2 * NEAR]);
        for (tap, row) in near.iter_mut().enumerate() {
            for (point, value) in row.iter_mut().enumerate() {
                let t = tap as f64 - (NEAR as f64 - 1.0) - place(point);
                *value = weight(t, NEAR, NEAR_BETA) as f32;
            }
        }
        Self { half, near }
    }
}

/// Old values of the doubled stream that the short filter needs.
const OLD: usize = 2 * NEAR;

/// The curve through the samples of one channel.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The stream at twice its rate: old values, then those of a chunk.
    doubled: [f32; OLD + 2 * CHUNK],
}

impl Default for Curve {
    fn default() -> Self {
        Self { doubled: [0.0; OLD + 2 * CHUNK] }
    }
}

impl Curve {
    /// Takes in the newest chunk of a stream, at the end of the window `x`, and returns the peaks
    /// of `CHUNK` frames, each over the time from the frame to the next. The first of them lies
    /// [`LATE`] frames before the chunk. Windows must follow each other without a gap. What cannot
    /// reach `floor` is read at two values per frame only.
    pub fn chunk(&mut self, ideal: &Ideal, x: &[f32; WINDOW], floor: f32) -> [f32; CHUNK] {
        chunk(&mut self.doubled, ideal, x, floor)
    }

    /// The same for a chunk of frames and the values halfway from each to the next. The peaks are
    /// those of `CHUNK` frames that begin `NEAR / 2` frames earlier.
    fn between(
        &mut self,
        ideal: &Ideal,
        frames: &[f32; CHUNK],
        halfway: &[f32; CHUNK],
        floor: f32,
    ) -> [f32; CHUNK] {
        between(&mut self.doubled, ideal, frames, halfway, floor)
    }

    pub fn reset(&mut self) {
        self.doubled.fill(0.0);
    }
}

/// [`Curve::chunk`], vectorised where the processor allows it. The order of summation never
/// changes, so results are the same on every machine.
#[multiversion(targets("x86_64+avx+avx2"))]
fn chunk(
    doubled: &mut [f32; OLD + 2 * CHUNK],
    ideal: &Ideal,
    x: &[f32; WINDOW],
    floor: f32,
) -> [f32; CHUNK] {
    let mut halfway = [0.0f32; CHUNK];
    if loudest(x) > 0.0 {
        for (n, weight) in ideal.half.iter().enumerate() {
            let before = &x[HALF - n..][..CHUNK];
            let after = &x[HALF + 1 + n..][..CHUNK];
            for (sum, (a, b)) in halfway.iter_mut().zip(before.iter().zip(after)) {
                *sum += weight * (a + b);
            }
        }
    }
    let mut frames = [0.0f32; CHUNK];
    frames.copy_from_slice(&x[HALF..][..CHUNK]);
    peaks(doubled, ideal, &frames, &halfway, floor)
}

#[multiversion(targets("x86_64+avx+avx2"))]
fn between(
    doubled: &mut [f32; OLD + 2 * CHUNK],
    ideal: &Ideal,
    frames: &[f32; CHUNK],
    halfway: &[f32; CHUNK],
    floor: f32,
) -> [f32; CHUNK] {
    peaks(doubled, ideal, frames, halfway, floor)
}

#[inline(always)]
fn peaks(
    doubled: &mut [f32; OLD + 2 * CHUNK],
    ideal: &Ideal,
    frames: &[f32; CHUNK],
    halfway: &[f32; CHUNK],
    floor: f32,
) -> [f32; CHUNK] {
    doubled.copy_within(2 * CHUNK.., 0);
    for (n, (frame, halfway)) in frames.iter().zip(halfway).enumerate() {
        (doubled[OLD + 2 * n], doubled[OLD + 2 * n + 1]) = (*frame, *halfway);
    }
    // A curve of half the rate at most, with its greatest magnitude M at some instant, is at least
    // M cos πt at t frames from it (R. J. Duffin, A. C. Schaeffer, *Some properties of functions of
    // exponential type*, Bulletin of the AMS 44, 1938). For the two values around that instant,
    // half a frame apart, the sum of the squares is thus at least M².
    let least = floor * floor;
    let mut peaks = [0.0f32; CHUNK];
    for (n, peak) in peaks.iter_mut().enumerate() {
        for at in [NEAR + 2 * n, NEAR + 2 * n + 1] {
            let (a, b) = (doubled[at], doubled[at + 1]);
            *peak = peak.max(a.abs());
            if a * a + b * b > least {
                let mut sums = [0.0f32; POINTS];
                for (row, value) in ideal.near.iter().zip(&doubled[at + 1 - NEAR..]) {
                    for (sum, weight) in sums.iter_mut().zip(row) {
                        *sum += weight * value;
                    }
                }
                *peak = peak.max(loudest(&sums));
            }
        }
    }
    peaks
}

/// Frames of a block of [`Halfway`].
pub const BLOCK: usize = 2 * LONG;
/// Reach of the long half-band filter in frames.
const LONG: usize = 2048;
/// 100 dB of attenuation.
const LONG_BETA: f64 = HALF_BETA;

/// The long half-band filter, by fast convolution (overlap-save).
pub struct Halfway {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    response: Vec<Complex32>,
    time: Vec<f32>,
    lines: Vec<Complex32>,
    scratch: Vec<Complex32>,
    ideal: Ideal,
}

impl Default for Halfway {
    fn default() -> Self {
        Self::new()
    }
}

impl Halfway {
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let length = 2 * BLOCK;
        let (forward, inverse) =
            (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let mut time = vec![0.0f32; length];
        for (n, value) in time.iter_mut().take(2 * LONG).enumerate() {
            let t = n as f64 - (LONG as f64 - 0.5);
            *value = (weight(t, LONG, LONG_BETA) / length as f64) as f32;
        }
        let mut response = forward.make_output_vec();
        let mut scratch = forward.make_scratch_vec();
        scratch.resize(scratch.len().max(inverse.get_scratch_len()), Complex32::default());
        // Lengths are those of the plans, so the transforms cannot fail.
        let _ = forward.process_with_scratch(&mut time, &mut response, &mut scratch);
        let (lines, ideal) = (response.clone(), Ideal::new());
        Self { forward, inverse, response, time, lines, scratch, ideal }
    }

    /// The largest magnitude of the curve over the [`BLOCK`] frames in the middle of `x`, or `floor`
    /// if that is larger. `x` holds two blocks of the stream; the next call begins with the second.
    pub fn peak(&mut self, curve: &mut Curve, x: &[f32], floor: f32) -> f32 {
        self.time.fill(0.0);
        if loudest(x) > 0.0 {
            for (time, x) in self.time.iter_mut().zip(x) {
                *time = *x;
            }
            let (time, lines, scratch) = (&mut self.time, &mut self.lines, &mut self.scratch);
            let _ = self.forward.process_with_scratch(time, lines, scratch);
            for (line, response) in lines.iter_mut().zip(&self.response) {
                *line *= response;
            }
            // The first and the last line of a real signal are real, but for rounding.
            for end in [0, BLOCK] {
                if let Some(line) = lines.get_mut(end) {
                    line.im = 0.0;
                }
            }
            let _ = self.inverse.process_with_scratch(lines, time, scratch);
        }
        let frames = x.get(LONG..).unwrap_or_default().as_chunks().0;
        let halfway = self.time.get(BLOCK..).unwrap_or_default().as_chunks().0;
        let mut most = floor;
        for (frames, halfway) in frames.iter().zip(halfway) {
            most = most.max(loudest(&curve.between(&self.ideal, frames, halfway, most)));
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::true_peak::TruePeakMeter;
    use std::f64::consts::PI;

    /// Values of a filter of `reach`, for the instant `at` after the frame in its middle.
    fn filter(reach: usize, beta: f64, at: f64) -> Vec<f64> {
        let first = 1.0 - reach as f64 - at;
        (0..2 * reach).map(|n| weight(first + n as f64, reach, beta)).collect()
    }

    /// A low-pass that is flat up to `band` and lets nothing pass from `stop` on, as shares of the
    /// rate, by 150 dB.
    fn low_pass(band: f64, stop: f64) -> Vec<f64> {
        let reach = (142.0 / (2.285 * 4.0 * PI * (stop - band))).ceil();
        let edge = band + stop;
        let value = |t: f64| edge * sinc(edge * t) * kaiser(t / (reach + 1.0), 15.6);
        (0..=2 * reach as usize).map(|n| value(n as f64 - reach)).collect()
    }

    /// The greatest error of a filter at an instant, as a share of the greatest sample, for sound
    /// without content above `band`. It is the sum of magnitudes of the difference to a filter
    /// without fault, after a low-pass that leaves such sound as it is.
    fn error(reach: usize, beta: f64, at: f64, band: f64, stop: f64) -> f64 {
        let mut difference = filter(4 * reach, 21.0, at);
        for (n, value) in filter(reach, beta, at).into_iter().enumerate() {
            difference[3 * reach + n] -= value;
        }
        let keep = low_pass(band, stop);
        let length = (difference.len() + keep.len()).next_power_of_two();
        let mut planner = RealFftPlanner::<f64>::new();
        let (forward, inverse) =
            (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let lines = |x: &[f64]| {
            let mut time = x.to_vec();
            time.resize(length, 0.0);
            let mut lines = forward.make_output_vec();
            forward.process(&mut time, &mut lines).unwrap();
            lines
        };
        let mut product = lines(&difference);
        product.iter_mut().zip(lines(&keep)).for_each(|(a, b)| *a *= b / length as f64);
        let mut sum = inverse.make_output_vec();
        inverse.process(&mut product, &mut sum).unwrap();
        sum.iter().map(|value| value.abs()).sum()
    }

    /// The bound of the whole reading: the errors of both filters, and the highest point that may
    /// lie between two points at which the curve is read.
    fn shortfall(half: f64, band: f64) -> f64 {
        let places: Vec<f64> = (0..POINTS).map(place).collect();
        let near = places.iter().map(|at| error(NEAR, NEAR_BETA, *at, band / 2.0, 0.3));
        let near = near.fold(0.0, f64::max);
        let sums = places
            .iter()
            .map(|at| filter(NEAR, NEAR_BETA, *at).iter().map(|value| value.abs()).sum::<f64>());
        let error = half * sums.fold(1.0, f64::max) + near;
        let gap = 0.25 / (POINTS + 1) as f64;
        -Db::from_factor((PI * gap).cos() - error).0
    }

    #[test]
    fn the_bound_follows_from_the_filters() {
        let meter = shortfall(error(LONG, LONG_BETA, 0.5, BAND, 0.4994), BAND);
        assert!(meter < SHORTFALL.0 && meter > 0.5 * SHORTFALL.0, "{meter}");
        let limiter = shortfall(error(HALF, HALF_BETA, 0.5, 0.485, 0.49), 0.485);
        assert!(limiter < SHORTFALL.0, "{limiter}");
    }

    /// Six tones of equal level whose crests meet between two frames, up to the edge of the band.
    #[test]
    fn crests_are_read_wherever_they_lie() {
        let peak = |at: f64, band: f64, read: &dyn Fn(&[f32]) -> f64| {
            let x: Vec<f32> = (0..30_000)
                .map(|n| {
                    let t = f64::from(n) - 15_000.0 - at;
                    let fade = 0.5 + 0.5 * (PI * (t / 14_900.0).clamp(-1.0, 1.0)).cos();
                    let tones = [0.05, 0.21, 0.37, 0.46, 0.475, 1.0];
                    let hz = tones.map(|hz| if hz == 1.0 { band } else { hz });
                    let sum: f64 = hz.iter().map(|hz| (2.0 * PI * hz * t).cos()).sum();
                    (fade * sum / 12.0) as f32
                })
                .collect();
            read(&x)
        };
        for n in 0..16 {
            let at = f64::from(n) / 16.0 + 0.013;
            let read = peak(at, 0.4985, &|x| {
                let mut meter = TruePeakMeter::new();
                meter.process(x, x);
                meter.finish();
                meter.exact().0
            });
            let short = -6.0206 - read;
            assert!((-0.002..SHORTFALL.0).contains(&short), "meter, {at}: {short}");
            let read = peak(at, 0.484, &|x| {
                let (ideal, mut curve, mut most) = (Ideal::new(), Curve::default(), 0.0f32);
                for x in x.windows(WINDOW).step_by(CHUNK) {
                    let x = x.first_chunk().unwrap();
                    most = most.max(loudest(&curve.chunk(&ideal, x, most)));
                }
                Db::from_factor(f64::from(most)).0
            });
            let short = -6.0206 - read;
            assert!((-0.002..SHORTFALL.0).contains(&short), "limiter, {at}: {short}");
        }
    }

    #[test]
    fn the_last_frames_are_read() {
        for length in [8190, 8191, 8192, 8193, 12_000] {
            let mut x = vec![0.0f32; length];
            x[length - 2] = 0.5;
            x[length - 1] = 0.5;
            let mut meter = TruePeakMeter::new();
            meter.process(&x, &x);
            meter.finish();
            // Two equal samples: 2 sinc(0.5) = 4/π of them.
            let wanted = 0.5 * 4.0 / PI;
            let read = meter.exact().factor();
            assert!((read - wanted).abs() < 0.002 * wanted, "{length}: {read}");
        }
    }
}
