//! The equaliser without phase shift: one long symmetrical filter, run by FFT in blocks.

use super::{BANDS, EqSettings, Placement};
use crate::dsp::parameter::Settings;
use crate::units::{Hz, SampleRate};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::PI;
use std::sync::Arc;

/// Frames that are transformed together.
const BLOCK: usize = 1024;
/// Length of the filter in seconds, at least: enough for a bell of Q 4 at 40 Hz.
const LENGTH: f64 = 0.34;

/// Left to left, right to left, left to right, right to right.
const PATHS: usize = 4;

type Spectrum = Vec<Complex<f64>>;

/// A filter cut into blocks, each as a spectrum: one set for each path.
struct Kernel {
    paths: [Vec<Spectrum>; PATHS],
    /// Whether left and right are mixed at all.
    crossed: bool,
}

/// Uniformly partitioned convolution by overlap and save (W. G. Gardner, *Efficient convolution
/// without input-output delay*, JAES 43/3, 1995, the uniform case).
pub struct LinearPhase {
    rate: SampleRate,
    length: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    whole_inverse: Arc<dyn ComplexToReal<f64>>,
    wanted: EqSettings,
    heard: EqSettings,
    kernels: [Kernel; 2],
    /// Index of the kernel that is heard.
    current: usize,
    /// Spectra of the last input blocks of left and right, newest at `newest`.
    past: [Vec<Spectrum>; 2],
    newest: usize,
    /// The last block and the one that is filled.
    input: [Vec<f64>; 2],
    output: [Vec<f64>; 2],
    at: usize,
    time: Vec<f64>,
    sum: Spectrum,
    scratch: Vec<Complex<f64>>,
    whole_time: Vec<f64>,
    whole: Spectrum,
}

/// A copy that can later take any other settings in without asking for memory.
fn with_room(settings: &EqSettings) -> EqSettings {
    let mut bands = Vec::with_capacity(BANDS);
    bands.extend(settings.bands.iter().take(BANDS));
    EqSettings { bands, ..*settings }
}

impl LinearPhase {
    pub fn new(settings: &EqSettings, rate: SampleRate) -> Self {
        let length = ((rate.hz().0 * LENGTH) as usize).next_power_of_two().max(2 * BLOCK);
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(2 * BLOCK);
        let inverse = planner.plan_fft_inverse(2 * BLOCK);
        let whole_inverse = planner.plan_fft_inverse(length);
        let spectrum = || forward.make_output_vec();
        let parts = length / BLOCK + 1;
        let kernel = || Kernel {
            paths: std::array::from_fn(|_| (0..parts).map(|_| spectrum()).collect()),
            crossed: false,
        };
        let scratch =
            [forward.get_scratch_len(), inverse.get_scratch_len(), whole_inverse.get_scratch_len()];
        let scratch = vec![Complex::default(); scratch.into_iter().max().unwrap_or(0)];
        let mut made = Self {
            rate,
            length,
            wanted: with_room(settings),
            heard: with_room(settings),
            kernels: [kernel(), kernel()],
            current: 0,
            past: std::array::from_fn(|_| (0..parts).map(|_| spectrum()).collect()),
            newest: 0,
            input: std::array::from_fn(|_| vec![0.0; 2 * BLOCK]),
            output: std::array::from_fn(|_| vec![0.0; BLOCK]),
            at: 0,
            time: vec![0.0; 2 * BLOCK],
            sum: spectrum(),
            scratch,
            whole_time: vec![0.0; length],
            whole: whole_inverse.make_input_vec(),
            forward,
            inverse,
            whole_inverse,
        };
        made.design(0);
        made
    }

    pub fn latency(&self) -> usize {
        self.length / 2 + BLOCK
    }

    /// New curves, heard from the next block on.
    pub fn set(&mut self, settings: &EqSettings) {
        if self.wanted != *settings {
            // Within the capacity of eight bands nothing is allocated.
            self.wanted.bands.clear();
            self.wanted.bands.extend(settings.bands.iter().take(BANDS));
        }
    }

    pub fn reset(&mut self) {
        for side in &mut self.past {
            side.iter_mut().flatten().for_each(|value| *value = Complex::default());
        }
        self.input.iter_mut().chain(&mut self.output).for_each(|side| side.fill(0.0));
        self.at = 0;
    }

    /// Makes the kernel `index` for the wanted curves: the analogue magnitude at every bin,
    /// back to time, windowed, and cut into blocks.
    fn design(&mut self, index: usize) {
        let settings = &self.wanted;
        let used = |p| settings.bands.iter().any(|band| !band.is_flat() && band.placement == p);
        let sides = used(Placement::Mid) || used(Placement::Side);
        let Some(kernel) = self.kernels.get_mut(index) else { return };
        kernel.crossed = sides;
        let half = self.length / 2;
        let bin = self.rate.hz().0 / self.length as f64;
        for path in 0..PATHS {
            let straight = path == 0 || path == 3;
            if !straight && !sides {
                continue;
            }
            let own = if path % 2 == 0 { Placement::Left } else { Placement::Right };
            for (n, value) in self.whole.iter_mut().enumerate() {
                let at = Hz((n as f64 * bin).max(1e-3));
                let gain = |wanted: Placement| -> f64 {
                    let all = settings.bands.iter().take(BANDS);
                    let heard = all.filter(|band| band.placement == wanted && !band.is_flat());
                    heard.map(|band| super::response(&band.clamped(), at).factor()).product()
                };
                let (mid, side) =
                    if sides { (gain(Placement::Mid), gain(Placement::Side)) } else { (1.0, 1.0) };
                let spread = if straight { (mid + side) / 2.0 } else { (mid - side) / 2.0 };
                let level = gain(Placement::Stereo) * gain(own) * spread;
                // Half the length late: every other bin changes sign.
                *value = Complex::new(if n % 2 == 0 { level } else { -level }, 0.0);
            }
            // Fails only for buffers of the wrong length, and these were made for it.
            let _ = self.whole_inverse.process_with_scratch(
                &mut self.whole,
                &mut self.whole_time,
                &mut self.scratch,
            );
            for (n, value) in self.whole_time.iter_mut().enumerate() {
                let x = (n as f64 - half as f64) / half as f64;
                // Flat over the middle half, so that what rings there keeps its level.
                let edge = ((x.abs() - 0.5) * 2.0).max(0.0);
                let window = 0.5 + 0.5 * (PI * edge).cos();
                *value *= window / self.length as f64;
            }
            let parts = kernel.paths.get_mut(path).into_iter().flatten();
            for (part, spectrum) in parts.enumerate() {
                self.time.fill(0.0);
                let from = part * BLOCK;
                let taps = self.whole_time.get(from..(from + BLOCK).min(self.length));
                for (to, tap) in self.time.iter_mut().zip(taps.unwrap_or(&[])) {
                    *to = tap / (2 * BLOCK) as f64;
                }
                let _ =
                    self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            }
        }
    }

    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            for (side, sample) in [l, r].into_iter().enumerate() {
                self.input[side][BLOCK + self.at] = f64::from(*sample);
                *sample = self.output[side][self.at] as f32;
            }
            self.at += 1;
            if self.at == BLOCK {
                self.at = 0;
                self.block();
            }
        }
    }

    fn block(&mut self) {
        let parts = self.past[0].len();
        self.newest = (self.newest + parts - 1) % parts;
        for side in 0..2 {
            self.time.copy_from_slice(&self.input[side]);
            let spectrum = &mut self.past[side][self.newest];
            let _ = self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            self.input[side].copy_within(BLOCK.., 0);
        }
        if self.heard == self.wanted {
            self.convolve(self.current, |old, new, _| *old = new);
            return;
        }
        self.convolve(self.current, |old, new, _| *old = new);
        self.heard.bands.clear();
        self.heard.bands.extend(self.wanted.bands.iter().take(BANDS));
        self.current = 1 - self.current;
        self.design(self.current);
        // Over from the old curves to the new ones within this block.
        self.convolve(self.current, |old, new, share| *old += (new - *old) * share);
    }

    /// Convolves with a kernel; `put` takes the sample that is there, the new one, and how far
    /// the block has come.
    fn convolve(&mut self, index: usize, put: impl Fn(&mut f64, f64, f64)) {
        let Some(kernel) = self.kernels.get(index) else { return };
        let parts = self.past[0].len();
        for side in 0..2 {
            self.sum.fill(Complex::default());
            for from in 0..2 {
                if from != side && !kernel.crossed {
                    continue;
                }
                let path = &kernel.paths[2 * side + from];
                for (n, taps) in path.iter().enumerate() {
                    let past = &self.past[from][(self.newest + n) % parts];
                    for ((sum, x), tap) in self.sum.iter_mut().zip(past).zip(taps) {
                        *sum += x * tap;
                    }
                }
            }
            let _ =
                self.inverse.process_with_scratch(&mut self.sum, &mut self.time, &mut self.scratch);
            for (n, out) in self.output[side].iter_mut().enumerate() {
                put(out, self.time[BLOCK + n], (n as f64 + 0.5) / BLOCK as f64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Shape, Slope};
    use super::*;
    use crate::units::Db;

    #[test]
    fn magnitude_is_the_analogue_one_and_the_impulse_is_symmetrical() {
        let rate = SampleRate(48_000);
        let bands = vec![
            Band {
                shape: Shape::HighPass,
                frequency: Hz(60.0),
                slope: Slope::Db24,
                ..Band::default()
            },
            Band { frequency: Hz(1000.0), gain: Db(-6.0), q: 2.0, ..Band::default() },
            Band {
                shape: Shape::HighShelf,
                frequency: Hz(9000.0),
                gain: Db(4.0),
                ..Band::default()
            },
        ];
        let settings = EqSettings { bands, linear_phase: true };
        let mut eq = LinearPhase::new(&settings, rate);
        let frames = 2 * eq.length;
        let (mut left, mut right) = (vec![0.0f32; frames], vec![0.0f32; frames]);
        left[0] = 1.0;
        for (l, r) in left.chunks_mut(777).zip(right.chunks_mut(777)) {
            eq.process(l, r);
        }
        assert!(right.iter().all(|x| *x == 0.0));
        let middle = eq.latency();
        for n in 1..5000 {
            assert!((left[middle - n] - left[middle + n]).abs() < 1e-7);
        }
        for hz in [45.0, 60.0, 100.0, 1000.0, 2000.0, 9000.0, 18_000.0] {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, x) in left.iter().enumerate() {
                let (sin, cos) = (2.0 * PI * hz * n as f64 / 48_000.0).sin_cos();
                re += f64::from(*x) * cos;
                im += f64::from(*x) * sin;
            }
            let got = Db::from_power(re * re + im * im);
            let wanted = settings.response(Hz(hz), Placement::Left);
            assert!((got - wanted).0.abs() < 0.01, "{hz}: {got:?} {wanted:?}");
        }
    }
}
