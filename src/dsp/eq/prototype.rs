//! The analogue prototypes of the equaliser's bands.
//!
//! Bells and shelves follow R. Bristow-Johnson, *Cookbook formulae for audio EQ biquad filter
//! coefficients* (W3C note, 2021), in their analogue form; high-pass and low-pass are Butterworth
//! filters. The digital filters in `matched` and `linear` match these curves, and the window draws
//! them.

use super::{Band, Shape};
use crate::units::{Db, Hz, Seconds};
use std::f64::consts::PI;

/// One analogue section: numerator and denominator as polynomials in s, highest power first, with
/// ω0 = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    pub zeros: [f64; 3],
    pub poles: [f64; 3],
}

/// Number of sections of the steepest high-pass or low-pass.
pub const MOST_SECTIONS: usize = 4;

impl Section {
    const THROUGH: Self = Self { zeros: [0.0, 0.0, 1.0], poles: [0.0, 0.0, 1.0] };

    /// Power gain at the frequency `w`, in multiples of ω0.
    pub fn power(&self, w: f64) -> f64 {
        let at = |[a, b, c]: [f64; 3]| (c - a * w * w).powi(2) + (b * w).powi(2);
        at(self.zeros) / at(self.poles)
    }
}

/// The sections of a band and their number; unused sections are the identity.
pub fn sections(band: &Band) -> ([Section; MOST_SECTIONS], usize) {
    let mut all = [Section::THROUGH; MOST_SECTIONS];
    let q = band.q;
    // The cookbook's A: the square root of the gain.
    let a = 10f64.powf(band.gain.0 / 40.0);
    let one = |zeros, poles| ([Section { zeros, poles }; MOST_SECTIONS], 1);
    let (mut found, count) = match band.shape {
        Shape::Bell => one([1.0, a / q, 1.0], [1.0, 1.0 / (a * q), 1.0]),
        Shape::HighShelf => {
            let s = a.sqrt() / q;
            one([a * a, a * s, a], [1.0, s, a])
        }
        Shape::LowShelf => {
            let s = a.sqrt() / q;
            one([a, a * s, a * a], [a, s, 1.0])
        }
        Shape::Notch => one([1.0, 0.0, 1.0], [1.0, 1.0 / q, 1.0]),
        Shape::Tilt => {
            let g = a * a;
            one([0.0, g, 1.0], [0.0, 1.0, g])
        }
        Shape::HighPass | Shape::LowPass => {
            let order = band.slope.order();
            let high = band.shape == Shape::HighPass;
            let pairs = order / 2;
            for (n, section) in all.iter_mut().enumerate().take(pairs) {
                // Pole angles of a Butterworth filter. The band's Q sets the Q of the sharpest
                // pair.
                let angle = PI * (2 * n + 1) as f64 / (2 * order) as f64;
                let sharp = if n == 0 { q * std::f64::consts::SQRT_2 } else { 1.0 };
                let damping = 2.0 * angle.sin() / sharp;
                *section = Section {
                    zeros: if high { [1.0, 0.0, 0.0] } else { [0.0, 0.0, 1.0] },
                    poles: [1.0, damping, 1.0],
                };
            }
            if order % 2 == 1
                && let Some(section) = all.get_mut(pairs)
            {
                *section = Section {
                    zeros: if high { [0.0, 1.0, 0.0] } else { [0.0, 0.0, 1.0] },
                    poles: [0.0, 1.0, 1.0],
                };
            }
            (all, order.div_ceil(2))
        }
    };
    found.iter_mut().skip(count).for_each(|section| *section = Section::THROUGH);
    (found, count)
}

/// How far a linear-phase filter of a band has to reach to both sides of its middle, to be within
/// 0.05 dB of its curve down to −60 dB from 20 Hz up; at a notch down to −20 dB. That many time
/// constants of what rings longest were measured over all settings: more for the steep skirts of a
/// high order, and less for single roots, whose curves are wide.
pub fn reach(band: &Band) -> Seconds {
    if band.is_flat() {
        return Seconds(0.0);
    }
    let (sections, count) = sections(band);
    let order = if band.shape.has_gain() { 2 } else { band.slope.order() };
    let pair = match band.shape {
        Shape::Notch => NOTCH,
        _ => 5.5 + 0.3 * order as f64,
    };
    let times = |[a, b, c]: [f64; 3]| {
        let (half, rest) = (b / (2.0 * a), b * b / (4.0 * a * a) - c / a);
        match (a == 0.0, b == 0.0 || c == 0.0) {
            // Zeros at 0 Hz and those of a notch do not ring.
            (_, true) => 0.0,
            (true, _) => SINGLE * b / c,
            _ if rest < 0.0 => pair / half,
            _ => SINGLE / (half - rest.sqrt()),
        }
    };
    let all = sections.iter().take(count).flat_map(|section| [section.zeros, section.poles]);
    Seconds(all.map(times).fold(0.0, f64::max) / (2.0 * PI * band.frequency.0))
}

/// Time constants that a single root and a notch need.
const SINGLE: f64 = 2.5;
const NOTCH: f64 = 20.0;

/// Gain of a band at one frequency.
pub fn response(band: &Band, at: Hz) -> Db {
    curve(band)(at)
}

/// Gain of a band as a function of frequency. Computes the sections once, for many frequencies.
pub fn curve(band: &Band) -> impl Fn(Hz) -> Db {
    let (sections, count) = sections(band);
    let frequency = band.frequency.0;
    move |at| {
        let w = at.0 / frequency;
        Db::from_power(sections.iter().take(count).map(|section| section.power(w)).product())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Slope;
    use super::*;

    fn band(shape: Shape, gain: f64, q: f64) -> Band {
        Band { shape, gain: Db(gain), q, frequency: Hz(1000.0), ..Band::default() }
    }

    #[test]
    fn curves_have_their_gains() {
        let at = |band: &Band, hz: f64| response(band, Hz(hz)).0;
        assert!((at(&band(Shape::Bell, 6.0, 1.0), 1000.0) - 6.0).abs() < 1e-9);
        assert!(at(&band(Shape::Bell, 6.0, 1.0), 1e6).abs() < 1e-4);
        assert!((at(&band(Shape::HighShelf, 6.0, 0.7), 1e7) - 6.0).abs() < 1e-4);
        assert!((at(&band(Shape::LowShelf, -6.0, 0.7), 0.1) + 6.0).abs() < 1e-4);
        assert!((at(&band(Shape::HighShelf, 6.0, 0.7), 1000.0) - 3.0).abs() < 1e-9);
        assert!((at(&band(Shape::Tilt, 3.0, 0.7), 1e7) - 3.0).abs() < 1e-4);
        assert!((at(&band(Shape::Tilt, 3.0, 0.7), 0.001) + 3.0).abs() < 1e-4);
        assert!(at(&band(Shape::Notch, 0.0, 5.0), 1000.0) < -200.0);
    }

    #[test]
    fn passes_are_as_steep_as_they_say() {
        for slope in Slope::ALL {
            for shape in [Shape::HighPass, Shape::LowPass] {
                let q = std::f64::consts::FRAC_1_SQRT_2;
                let band = Band { slope, ..band(shape, 0.0, q) };
                let at = |hz: f64| response(&band, Hz(hz)).0;
                assert!((at(1000.0) + 3.0103).abs() < 1e-3, "{slope:?}");
                let (near, far) = if shape == Shape::HighPass { (10.0, 5.0) } else { (1e5, 2e5) };
                let fall = at(near) - at(far);
                assert!((fall - 6.0206 * slope.order() as f64).abs() < 0.01, "{slope:?} {fall}");
            }
        }
    }
}
