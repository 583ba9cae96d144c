//! Second-order sections in transposed direct form II, with state in `f64`.
//!
//! Coefficients follow R. Bristow-Johnson, *Cookbook formulae for audio EQ biquad filter
//! coefficients* (W3C note, 2021).

use crate::units::{Hz, SampleRate};
use std::f64::consts::PI;

/// Q of a second-order Butterworth section.
pub const BUTTERWORTH_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Coefficients of one section, normalised so that a0 is 1: `b` is b0, b1, b2, and `a` is a1, a2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients {
    pub b: [f64; 3],
    pub a: [f64; 2],
}

/// The cookbook's cos ω0 and alpha for a frequency and a Q.
fn angle(rate: SampleRate, frequency: Hz, q: f64) -> (f64, f64) {
    let w = 2.0 * PI * frequency.0 / rate.hz().0;
    (w.cos(), w.sin() / (2.0 * q))
}

fn normalised(b: [f64; 3], a: [f64; 3]) -> Coefficients {
    let [a0, a1, a2] = a;
    Coefficients { b: b.map(|value| value / a0), a: [a1 / a0, a2 / a0] }
}

impl Coefficients {
    /// A second-order high-pass; −3 dB at `frequency` with [`BUTTERWORTH_Q`].
    pub fn high_pass(rate: SampleRate, frequency: Hz, q: f64) -> Self {
        let (cos, alpha) = angle(rate, frequency, q);
        let edge = (1.0 + cos) / 2.0;
        normalised([edge, -2.0 * edge, edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// A second-order low-pass; −3 dB at `frequency` with [`BUTTERWORTH_Q`].
    pub fn low_pass(rate: SampleRate, frequency: Hz, q: f64) -> Self {
        let (cos, alpha) = angle(rate, frequency, q);
        let edge = (1.0 - cos) / 2.0;
        normalised([edge, 2.0 * edge, edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// A second-order band-pass, 0 dB at `frequency`.
    pub fn band_pass(rate: SampleRate, frequency: Hz, q: f64) -> Self {
        let (cos, alpha) = angle(rate, frequency, q);
        normalised([alpha, 0.0, -alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// A second-order all-pass with flat level. At [`BUTTERWORTH_Q`] its phase is that of two such
    /// high-passes in series.
    pub fn all_pass(rate: SampleRate, frequency: Hz, q: f64) -> Self {
        let (cos, alpha) = angle(rate, frequency, q);
        normalised([1.0 - alpha, -2.0 * cos, 1.0 + alpha], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }
}

/// One second-order section for one channel, with its state.
#[derive(Clone, Debug)]
pub struct Biquad {
    coefficients: Coefficients,
    state: [f64; 2],
}

impl Biquad {
    pub fn new(coefficients: Coefficients) -> Self {
        Self { coefficients, state: [0.0; 2] }
    }

    /// Filters one sample.
    #[inline]
    pub fn tick(&mut self, x: f64) -> f64 {
        let Coefficients { b: [b0, b1, b2], a: [a1, a2] } = self.coefficients;
        let [s1, s2] = self.state;
        let y = b0 * x + s1;
        self.state = [b1 * x - a1 * y + s2, b2 * x - a2 * y];
        y
    }

    pub fn reset(&mut self) {
        self.state = [0.0; 2];
    }

    /// Sets tiny state values to 0, against denormal numbers. Once per block is enough.
    pub fn calm(&mut self) {
        calm(&mut self.state);
    }
}

/// State values below this become 0: far too small to change an output sample, and far above the
/// denormal numbers, which are slow to compute.
const NOTHING: f64 = 1e-60;

/// Sets tiny state values to 0.
pub(super) fn calm<'a>(state: impl IntoIterator<Item = &'a mut f64>) {
    for value in state {
        if value.abs() < NOTHING {
            *value = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;

    fn level_at(sections: &mut [Biquad], rate: SampleRate, frequency: f64) -> Db {
        let (mut power, mut count) = (0.0, 0);
        for n in 0..rate.0 as usize {
            let mut y = (2.0 * PI * frequency * n as f64 / rate.hz().0).sin();
            for section in sections.iter_mut() {
                y = section.tick(y);
            }
            if n > rate.0 as usize / 2 {
                power += y * y;
                count += 1;
            }
        }
        Db::from_power(2.0 * power / f64::from(count))
    }

    #[test]
    fn two_butterworth_sections_are_a_linkwitz_riley_high_pass() {
        for rate in [SampleRate(44_100), SampleRate(96_000)] {
            let section = Biquad::new(Coefficients::high_pass(rate, Hz(150.0), BUTTERWORTH_Q));
            let mut both = [section.clone(), section];
            assert!((level_at(&mut both, rate, 150.0).0 + 6.02).abs() < 0.02);
            assert!(level_at(&mut both, rate, 75.0).0 < -24.0);
            assert!(level_at(&mut both, rate, 2000.0).0.abs() < 0.01);
        }
    }

    #[test]
    fn an_all_pass_keeps_level() {
        let rate = SampleRate(48_000);
        let mut section = [Biquad::new(Coefficients::all_pass(rate, Hz(150.0), BUTTERWORTH_Q))];
        for frequency in [40.0, 150.0, 5000.0] {
            assert!(level_at(&mut section, rate, frequency).0.abs() < 0.01);
        }
    }
}
