//! Kernels of the linear-phase equaliser, and their design.

use super::super::prototype::curve;
use super::super::{BANDS, Band, EqSettings, OFF, Placement};
use crate::dsp::parameter::Settings;
use crate::units::{Hz, SampleRate};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::cell::Cell;
use std::f64::consts::PI;
use std::sync::Arc;

/// Frames per block of the convolution.
pub const BLOCK: usize = 1024;
/// Minimum length of the filter in seconds: enough for a bell of Q 4 at 40 Hz.
const LENGTH: f64 = 0.34;
/// Left to left, right to left, left to right, right to right.
const PATHS: usize = 4;

/// FFT of `2 × BLOCK` real samples, or the bins of a whole filter during its design.
pub type Bins = Vec<Complex<f64>>;

thread_local! {
    static DESIGNS: Cell<u64> = const { Cell::new(0) };
}

/// Number of kernels designed on this thread so far; 0 on the audio thread. For tests.
pub fn designs_on_this_thread() -> u64 {
    DESIGNS.get()
}

/// Length of the filter in frames: a power of two.
pub fn length_at(rate: SampleRate) -> usize {
    ((rate.hz().0 * LENGTH) as usize).next_power_of_two().max(2 * BLOCK)
}

/// All bands of an equaliser as plain values; missing bands are off.
#[derive(Clone, Copy, PartialEq)]
pub struct Curves([Band; BANDS]);

impl Curves {
    /// The bands with clamped values. Bands beyond [`BANDS`] are ignored.
    pub fn of(settings: &EqSettings) -> Self {
        let mut bands = [OFF; BANDS];
        for (to, from) in bands.iter_mut().zip(&settings.bands) {
            *to = from.clamped();
        }
        Self(bands)
    }

    fn heard(&self) -> impl Iterator<Item = (usize, &Band)> {
        self.0.iter().enumerate().filter(|(_, band)| !band.is_flat())
    }

    fn uses(&self, placement: Placement) -> bool {
        self.heard().any(|(_, band)| band.placement == placement)
    }
}

/// A filter cut into blocks, stored as spectra: one list per path between the channels.
pub struct Kernel {
    paths: [Vec<Bins>; PATHS],
    /// Whether any signal crosses between left and right.
    pub crossed: bool,
    /// Whether both channels get the same filters. Then left to right equals right to left, and
    /// right to right equals left to left.
    alike: bool,
}

impl Kernel {
    /// A silent kernel, until something is designed.
    pub fn silent() -> Self {
        Self { paths: Default::default(), crossed: false, alike: true }
    }

    /// The filter blocks of the path from one channel to another; 0 is left, 1 is right.
    pub fn path(&self, from: usize, to: usize) -> &[Bins] {
        let path = match 2 * to + from {
            2 if self.alike => 1,
            3 if self.alike => 0,
            path => path,
        };
        self.paths.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Gains of one band at all FFT bins.
struct Magnitudes {
    of: Band,
    gains: Vec<f64>,
}

/// Designs kernels for one sample rate. A design takes milliseconds: never on the audio thread.
pub struct Designer {
    length: usize,
    /// Width of an FFT bin in Hz.
    bin: f64,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// Kept between designs: while a person drags one band, the others stay the same.
    bands: [Option<Magnitudes>; BANDS],
    /// Product of the bands' gains per placement: stereo, the input channel, mid, side.
    products: [Vec<f64>; 4],
    window: Vec<f64>,
    whole: Bins,
    taps: Vec<f64>,
    time: Vec<f64>,
    scratch: Vec<Complex<f64>>,
}

impl Designer {
    pub fn new(rate: SampleRate) -> Self {
        let length = length_at(rate);
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(2 * BLOCK);
        let inverse = planner.plan_fft_inverse(length);
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let half = length / 2;
        let window = (0..length).map(|n| {
            let x = (n as f64 - half as f64) / half as f64;
            // Flat over the middle half, so that ringing there keeps its level.
            let edge = ((x.abs() - 0.5) * 2.0).max(0.0);
            (0.5 + 0.5 * (PI * edge).cos()) / length as f64
        });
        Self {
            length,
            bin: rate.hz().0 / length as f64,
            bands: Default::default(),
            products: std::array::from_fn(|_| vec![1.0; length / 2 + 1]),
            window: window.collect(),
            whole: inverse.make_input_vec(),
            taps: vec![0.0; length],
            time: vec![0.0; 2 * BLOCK],
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
        }
    }

    /// Fills `kernel` for these curves: the analogue magnitude at every bin, transformed to time,
    /// windowed, and cut into blocks.
    pub fn design(&mut self, curves: &Curves, kernel: &mut Kernel) {
        DESIGNS.set(DESIGNS.get() + 1);
        self.measure(curves);
        let sides = curves.uses(Placement::Mid) || curves.uses(Placement::Side);
        kernel.crossed = sides;
        kernel.alike = !curves.uses(Placement::Left) && !curves.uses(Placement::Right);
        for path in 0..PATHS {
            let straight = path == 0 || path == 3;
            if (!straight && !sides) || (path > 1 && kernel.alike) {
                continue;
            }
            self.levels(curves, path, sides);
            // Fails only for buffers of the wrong length; these were made for this transform.
            let _ = self.inverse.process_with_scratch(
                &mut self.whole,
                &mut self.taps,
                &mut self.scratch,
            );
            self.taps.iter_mut().zip(&self.window).for_each(|(tap, window)| *tap *= window);
            if let Some(parts) = kernel.paths.get_mut(path) {
                self.cut(parts);
            }
        }
    }

    /// Updates the magnitudes of the bands that changed since the last design.
    fn measure(&mut self, curves: &Curves) {
        for (n, band) in curves.heard() {
            let Some(known) = self.bands.get_mut(n) else { continue };
            if known.as_ref().is_some_and(|known| known.of == *band) {
                continue;
            }
            let mut gains = known.take().map_or_else(Vec::new, |known| known.gains);
            let (curve, bin) = (curve(band), self.bin);
            let gain = |n: usize| curve(Hz((n as f64 * bin).max(1e-3))).factor();
            gains.clear();
            gains.extend((0..self.whole.len()).map(gain));
            *known = Some(Magnitudes { of: *band, gains });
        }
    }

    /// The spectrum of one path; one pass over the bins per band.
    fn levels(&mut self, curves: &Curves, path: usize, sides: bool) {
        let straight = path == 0 || path == 3;
        let own = if path.is_multiple_of(2) { Placement::Left } else { Placement::Right };
        let placements = [Placement::Stereo, own, Placement::Mid, Placement::Side];
        for (product, placement) in self.products.iter_mut().zip(placements) {
            product.fill(1.0);
            for (n, _) in curves.heard().filter(|(_, band)| band.placement == placement) {
                let gains = self.bands.get(n).and_then(Option::as_ref).map(|known| &known.gains);
                product
                    .iter_mut()
                    .zip(gains.into_iter().flatten())
                    .for_each(|(p, gain)| *p *= gain);
            }
        }
        let [stereo, own, mid, side] = &self.products;
        let bins = stereo.iter().zip(own).zip(mid.iter().zip(side));
        for (n, (value, ((stereo, own), (mid, side)))) in
            self.whole.iter_mut().zip(bins).enumerate()
        {
            let spread = match (sides, straight) {
                (false, _) => 1.0,
                (true, true) => (mid + side) / 2.0,
                (true, false) => (mid - side) / 2.0,
            };
            let level = stereo * own * spread;
            // A delay of half the length: every other bin changes sign.
            *value = Complex::new(if n % 2 == 0 { level } else { -level }, 0.0);
        }
    }

    /// Cuts the taps into blocks and transforms each block.
    fn cut(&mut self, parts: &mut Vec<Bins>) {
        parts.resize_with(self.length / BLOCK, || self.forward.make_output_vec());
        for (taps, spectrum) in self.taps.chunks(BLOCK).zip(parts) {
            self.time.fill(0.0);
            for (to, tap) in self.time.iter_mut().zip(taps) {
                *to = tap / (2 * BLOCK) as f64;
            }
            let _ = self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Shape, Slope, response};
    use super::*;
    use crate::units::Db;

    /// Reference design: evaluates every band at every bin.
    fn bin_by_bin(settings: &EqSettings, rate: SampleRate, path: usize) -> Vec<f64> {
        let length = length_at(rate);
        let (half, bin) = (length / 2, rate.hz().0 / length as f64);
        let used = |p| settings.bands.iter().any(|b| !b.is_flat() && b.placement == p);
        let sides = used(Placement::Mid) || used(Placement::Side);
        let inverse = RealFftPlanner::new().plan_fft_inverse(length);
        let (mut whole, mut taps) = (inverse.make_input_vec(), inverse.make_output_vec());
        let straight = path == 0 || path == 3;
        let own = if path.is_multiple_of(2) { Placement::Left } else { Placement::Right };
        for (n, value) in whole.iter_mut().enumerate() {
            let at = Hz((n as f64 * bin).max(1e-3));
            let gain = |wanted: Placement| -> f64 {
                let heard = settings.bands.iter().filter(|b| b.placement == wanted && !b.is_flat());
                heard.map(|band| response(&band.clamped(), at).factor()).product()
            };
            let (mid, side) =
                if sides { (gain(Placement::Mid), gain(Placement::Side)) } else { (1.0, 1.0) };
            let spread = if straight { (mid + side) / 2.0 } else { (mid - side) / 2.0 };
            let level = gain(Placement::Stereo) * gain(own) * spread;
            *value = Complex::new(if n % 2 == 0 { level } else { -level }, 0.0);
        }
        inverse.process(&mut whole, &mut taps).unwrap();
        for (n, value) in taps.iter_mut().enumerate() {
            let x = (n as f64 - half as f64) / half as f64;
            let edge = ((x.abs() - 0.5) * 2.0).max(0.0);
            let window = 0.5 + 0.5 * (PI * edge).cos();
            *value *= window / length as f64;
        }
        taps
    }

    fn blocks(taps: &[f64]) -> Vec<Bins> {
        let forward = RealFftPlanner::new().plan_fft_forward(2 * BLOCK);
        let block = |taps: &[f64]| {
            let mut time: Vec<f64> = taps.iter().map(|tap| tap / (2 * BLOCK) as f64).collect();
            time.resize(2 * BLOCK, 0.0);
            let mut spectrum = forward.make_output_vec();
            forward.process(&mut time, &mut spectrum).unwrap();
            spectrum
        };
        taps.chunks(BLOCK).map(block).collect()
    }

    fn eight(placements: [Placement; 3]) -> EqSettings {
        let band = |n: usize| Band {
            shape: Shape::ALL[n % Shape::ALL.len()],
            frequency: Hz(40.0 * 2f64.powi(n as i32)),
            gain: Db(n as f64 - 3.0),
            slope: Slope::Db24,
            placement: placements[n % 3],
            ..Band::default()
        };
        EqSettings { bands: (0..BANDS).map(band).collect(), linear_phase: true }
    }

    #[test]
    fn a_kernel_is_to_the_bit_what_it_was_when_each_bin_asked_all_bands() {
        use Placement::{Left, Mid, Right, Side, Stereo};
        let rate = SampleRate(44_100);
        let mut designer = Designer::new(rate);
        for placements in
            [[Stereo; 3], [Stereo, Left, Right], [Stereo, Mid, Side], [Left, Mid, Mid]]
        {
            let mut settings = eight(placements);
            let mut kernel = Kernel::silent();
            // In the second design seven bands are unchanged.
            for gain in [2.0, 2.5] {
                settings.bands[0].gain = Db(gain);
                designer.design(&Curves::of(&settings), &mut kernel);
                for path in [0, 1, 2, 3].into_iter().filter(|p| p % 3 == 0 || kernel.crossed) {
                    let wanted = blocks(&bin_by_bin(&settings, rate, path));
                    assert!(kernel.path(path % 2, path / 2) == wanted, "{placements:?} {path}");
                }
            }
        }
    }
}
