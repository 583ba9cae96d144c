//! Kernels of the linear-phase equaliser, and their design.

use super::super::{BANDS, Band, EqSettings, OFF, Placement};
use super::grid::Grid;
use super::low::{Cutter, share, thinning};
use crate::dsp::parameter::Settings;
use crate::units::{SampleRate, Seconds};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::cell::Cell;
use std::sync::Arc;

/// Frames per block of the convolution.
pub const BLOCK: usize = 1024;
/// Minimum length of the short filter in seconds: enough for nearly all settings.
const LENGTH: f64 = 0.34;
/// Number of longer filters. They grow by half and by a third in turn, up to 32 times.
const STEPS: u32 = 10;
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

/// How long a filter has to be: 0 for the short one. The longest, of 11 s, is too short for bands
/// that ring for more than 0.9 s, such as 20 Hz with +24 dB and a Q of 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(u32);

impl Step {
    /// The step for a filter that reaches `reach` to both sides of its middle.
    pub fn reaching(reach: Seconds) -> Self {
        let step = (0..STEPS).find(|step| Self(*step).reach() >= reach);
        Self(step.unwrap_or(STEPS))
    }

    /// How far the filter reaches to both sides of its middle.
    pub fn reach(self) -> Seconds {
        // The edges of the low band take a block.
        let edge = if self.is_long() { 0.024 } else { 0.0 };
        Seconds(f64::from(self.halves()) / 2.0 * LENGTH / 2.0 - edge)
    }

    /// Whether the low band runs apart.
    pub fn is_long(self) -> bool {
        self.0 > 0
    }

    /// Twice the length, in lengths of the short filter.
    fn halves(self) -> u32 {
        let even = self.0.is_multiple_of(2);
        if even { 2 << (self.0 / 2) } else { 3 << (self.0 / 2) }
    }

    /// Length of the filter in frames.
    pub fn length(self, rate: SampleRate) -> usize {
        length_at(rate) / 2 * self.halves() as usize
    }
}

/// Length of the short filter in frames: a power of two.
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

    pub fn heard(&self) -> impl Iterator<Item = (usize, &Band)> {
        self.0.iter().enumerate().filter(|(_, band)| !band.is_flat())
    }

    fn uses(&self, placement: Placement) -> bool {
        self.heard().any(|(_, band)| band.placement == placement)
    }
}

/// A filter cut into blocks, stored as spectra: one list per path between the channels.
pub struct Kernel {
    paths: [Vec<Bins>; PATHS],
    /// The low band of a long filter; empty for a short one.
    lows: [Vec<Bins>; PATHS],
    /// Whether any signal crosses between left and right.
    pub crossed: bool,
    /// Whether both channels get the same filters. Then left to right equals right to left, and
    /// right to right equals left to left.
    alike: bool,
}

impl Kernel {
    /// A silent kernel, until something is designed.
    pub fn silent() -> Self {
        Self { paths: Default::default(), lows: Default::default(), crossed: false, alike: true }
    }

    /// The filter blocks of the path from one channel to another; 0 is left, 1 is right.
    pub fn path(&self, from: usize, to: usize) -> &[Bins] {
        self.of(&self.paths, from, to)
    }

    /// The same for the low band.
    pub fn low(&self, from: usize, to: usize) -> &[Bins] {
        self.of(&self.lows, from, to)
    }

    fn of<'a>(&self, paths: &'a [Vec<Bins>; PATHS], from: usize, to: usize) -> &'a [Bins] {
        let path = match 2 * to + from {
            2 if self.alike => 1,
            3 if self.alike => 0,
            path => path,
        };
        paths.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Designs kernels for one sample rate and length. A design takes milliseconds: never on the audio
/// thread.
pub struct Designer {
    grid: Grid,
    low: Option<(Grid, Cutter)>,
    forward: Arc<dyn RealToComplex<f64>>,
    time: Vec<f64>,
    scratch: Vec<Complex<f64>>,
}

impl Designer {
    pub fn new(step: Step, rate: SampleRate) -> Self {
        let forward = RealFftPlanner::new().plan_fft_forward(2 * BLOCK);
        let (hz, long) = (rate.hz().0, step.is_long());
        let rest = |hz: f64| if long { 1.0 - share(hz) } else { 1.0 };
        let low = || {
            let thin = thinning(rate);
            let grid = Grid::new(step.length(rate) / thin, hz / thin as f64, BLOCK / thin, share);
            (grid, Cutter::new(rate))
        };
        Self {
            grid: Grid::new(length_at(rate), hz, 0, rest),
            low: long.then(low),
            time: forward.make_input_vec(),
            scratch: forward.make_scratch_vec(),
            forward,
        }
    }

    /// Fills `kernel` for these curves: the taps of every path, cut into blocks.
    pub fn design(&mut self, curves: &Curves, kernel: &mut Kernel) {
        DESIGNS.set(DESIGNS.get() + 1);
        self.grid.measure(curves);
        if let Some((grid, _)) = &mut self.low {
            grid.measure(curves);
        }
        let sides = curves.uses(Placement::Mid) || curves.uses(Placement::Side);
        kernel.crossed = sides;
        kernel.alike = !curves.uses(Placement::Left) && !curves.uses(Placement::Right);
        for (path, (parts, lows)) in kernel.paths.iter_mut().zip(&mut kernel.lows).enumerate() {
            let straight = path == 0 || path == 3;
            if (!straight && !sides) || (path > 1 && kernel.alike) {
                continue;
            }
            let taps = self.grid.taps(curves, path, sides);
            parts.resize_with(taps.len() / BLOCK, || self.forward.make_output_vec());
            for (taps, spectrum) in taps.chunks(BLOCK).zip(parts) {
                self.time.fill(0.0);
                for (to, tap) in self.time.iter_mut().zip(taps) {
                    *to = tap / (2 * BLOCK) as f64;
                }
                // Fails only for buffers of the wrong length; these were made for this transform.
                let _ =
                    self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            }
            if let Some((grid, cutter)) = &mut self.low {
                cutter.cut(grid.taps(curves, path, sides), lows);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Shape, Slope, response};
    use super::*;
    use crate::units::{Db, Hz};
    use std::f64::consts::PI;

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
        let mut designer = Designer::new(Step(0), rate);
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
