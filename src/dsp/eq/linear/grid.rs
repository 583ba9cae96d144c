//! Gains of the bands at the bins of a Fourier transform, and the filters that they make.

use super::super::prototype::curve;
use super::super::{BANDS, Band, Placement};
use super::kernel::{Bins, Curves};
use crate::units::Hz;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// Gains of one band at all bins.
struct Magnitudes {
    of: Band,
    gains: Vec<f64>,
}

/// Turns curves into symmetrical filters: the analogue magnitude at every bin, transformed to time
/// and windowed.
pub struct Grid {
    /// Width of a bin in Hz.
    bin: f64,
    inverse: Arc<dyn ComplexToReal<f64>>,
    /// Kept between designs: while a person drags one band, the others stay the same.
    bands: [Option<Magnitudes>; BANDS],
    /// Product of the bands' gains per placement: stereo, the input channel, mid, side.
    products: [Vec<f64>; 4],
    /// The part of the spectrum that these filters make.
    part: Vec<f64>,
    window: Vec<f64>,
    whole: Bins,
    taps: Vec<f64>,
    scratch: Vec<Complex<f64>>,
}

impl Grid {
    /// Filters of `length` taps at a rate of `rate` Hz; the window leaves out the `edge` first and
    /// last ones. `part` is the share of the sound at a frequency in Hz.
    pub fn new(length: usize, rate: f64, edge: usize, part: impl Fn(f64) -> f64) -> Self {
        let inverse = RealFftPlanner::new().plan_fft_inverse(length);
        let half = length / 2;
        let window = (0..length).map(|n| {
            let x = (n as f64 - half as f64) / (half - edge) as f64;
            // Flat over the middle half, so that ringing there keeps its level.
            let edge = ((x.abs() - 0.5) * 2.0).clamp(0.0, 1.0);
            (0.5 + 0.5 * (PI * edge).cos()) / length as f64
        });
        let bin = rate / length as f64;
        Self {
            bin,
            bands: Default::default(),
            products: std::array::from_fn(|_| vec![1.0; half + 1]),
            part: (0..=half).map(|n| part(n as f64 * bin)).collect(),
            window: window.collect(),
            whole: inverse.make_input_vec(),
            taps: vec![0.0; length],
            scratch: inverse.make_scratch_vec(),
            inverse,
        }
    }

    /// Updates the magnitudes of the bands that changed since the last design.
    pub fn measure(&mut self, curves: &Curves) {
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

    /// The taps of one path, after [`Self::measure`].
    pub fn taps(&mut self, curves: &Curves, path: usize, sides: bool) -> &[f64] {
        self.levels(curves, path, sides);
        // Fails only for buffers of the wrong length; these were made for this transform.
        let _ =
            self.inverse.process_with_scratch(&mut self.whole, &mut self.taps, &mut self.scratch);
        self.taps.iter_mut().zip(&self.window).for_each(|(tap, window)| *tap *= window);
        &self.taps
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
        let bins = stereo.iter().zip(own).zip(mid.iter().zip(side)).zip(&self.part);
        for (n, (value, (((stereo, own), (mid, side)), part))) in
            self.whole.iter_mut().zip(bins).enumerate()
        {
            let spread = match (sides, straight) {
                (false, _) => 1.0,
                (true, true) => (mid + side) / 2.0,
                (true, false) => (mid - side) / 2.0,
            };
            let level = stereo * own * spread * part;
            // A delay of half the length: every other bin changes sign.
            *value = Complex::new(if n % 2 == 0 { level } else { -level }, 0.0);
        }
    }
}
