//! True-peak meter: the reading of ITU-R BS.1770-5 annex 2 and an exact one.
//!
//! [`TruePeakMeter`] runs on the meter thread and in the renderer.

use crate::dsp::ideal::{BLOCK, Curve, Halfway};
use crate::dsp::interpolate::{CHUNK, Interpolator, REACH, WINDOW, Window, loudest};
use crate::units::Db;

/// Measures the true peak of a stereo stream, in blocks of any size.
pub struct TruePeakMeter {
    interpolator: Interpolator,
    halfway: Halfway,
    curves: [Curve; 2],
    window: Window,
    standard: f32,
    exact: f32,
    sample: f32,
}

impl Default for TruePeakMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl TruePeakMeter {
    pub fn new() -> Self {
        Self {
            interpolator: Interpolator::new(),
            halfway: Halfway::new(),
            curves: Default::default(),
            window: Window::new(BLOCK, BLOCK),
            standard: 0.0,
            exact: 0.0,
            sample: 0.0,
        }
    }

    /// Adds a block of the stream. Both slices have the same length.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        let (mut left, mut right) = (left, right);
        while self.window.fill(&mut left, &mut right) {
            self.run();
        }
    }

    /// Measures the peaks in the window and makes room for the next block.
    fn run(&mut self) {
        for (side, curve) in self.window.sides().iter().zip(&mut self.curves) {
            self.exact = self.halfway.peak(curve, side, self.exact);
            for at in (0..BLOCK).step_by(CHUNK) {
                let Some(x) = side[BLOCK - 2 * REACH + at..].first_chunk::<WINDOW>() else { break };
                let peaks = self.interpolator.chunk(x, self.standard, f32::INFINITY);
                if let Some(peaks) = peaks {
                    self.standard = self.standard.max(loudest(&peaks.standard));
                }
            }
            self.sample = self.sample.max(loudest(&side[BLOCK..]));
        }
        self.window.next();
    }

    /// Ends the stream: measures the frames that are still in the window, followed by silence.
    pub fn finish(&mut self) {
        self.run();
        self.run();
    }

    /// The largest of the exact reading, the BS.1770 reading and the samples. A limit that holds for
    /// this figure also holds on every meter that follows the standard.
    pub fn true_peak(&self) -> Db {
        Db::from_factor(f64::from(self.exact.max(self.standard).max(self.sample)))
    }

    /// The exact reading: the peak of the band-limited curve.
    pub fn exact(&self) -> Db {
        Db::from_factor(f64::from(self.exact))
    }

    /// The reading of the BS.1770 filter, 4×.
    pub fn standard(&self) -> Db {
        Db::from_factor(f64::from(self.standard))
    }

    /// The largest sample magnitude.
    pub fn sample_peak(&self) -> Db {
        Db::from_factor(f64::from(self.sample))
    }

    pub fn reset(&mut self) {
        self.window.clear();
        self.curves.iter_mut().for_each(Curve::reset);
        (self.standard, self.exact, self.sample) = (0.0, 0.0, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn sine(divisor: f64, degrees: f64, amplitude: f64) -> Vec<f32> {
        (0..9600)
            .map(|n| {
                let fade = (f64::from(n.min(9599 - n)) / 480.0).min(1.0);
                let phase = 2.0 * PI * f64::from(n) / divisor + degrees.to_radians();
                (fade * amplitude * phase.sin()) as f32
            })
            .collect()
    }

    #[test]
    fn tones_between_the_samples_are_found() {
        let cases = [(4.0, 0.0), (4.0, 45.0), (6.0, 60.0), (8.0, 67.5)];
        for (divisor, degrees) in cases {
            let x = sine(divisor, degrees, 0.5);
            let mut meter = TruePeakMeter::new();
            meter.process(&x, &x);
            meter.finish();
            assert!((meter.exact().0 + 6.02).abs() < 0.02, "{divisor} {degrees}");
            assert!((meter.standard().0 + 6.02).abs() < 0.3, "{divisor} {degrees}");
        }
    }

    #[test]
    fn the_reading_does_not_depend_on_the_block_size_and_sees_the_edges() {
        let mut x = sine(5.3, 20.0, 0.4);
        x.push(0.9);
        let reading = |block: usize| {
            let mut meter = TruePeakMeter::new();
            x.chunks(block).for_each(|part| meter.process(part, part));
            meter.finish();
            (meter.exact(), meter.standard(), meter.sample_peak())
        };
        let whole = reading(100_000);
        assert_eq!(whole, reading(1));
        assert_eq!(whole, reading(511));
        assert!((whole.2.0 - Db::from_factor(0.9).0).abs() < 1e-5);
        assert!(whole.0.0 >= whole.2.0);
    }
}
