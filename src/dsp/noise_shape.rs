//! Noise-shaping filters for the dither: they move the requantisation noise to frequencies where
//! the ear is least sensitive.
//!
//! The error-feedback filter that minimises the weighted noise is the linear predictor for the
//! weighting (M. A. Gerzon, P. G. Craven, *Optimal noise shaping and dither of digital signals*,
//! AES 87, 1989; coefficients by the Levinson-Durbin recursion). A constant added to the weighting
//! limits the total noise.

use crate::dsp::dither::Shaping;
use crate::units::{Db, Hz, SampleRate};
use std::f64::consts::PI;

/// Number of coefficients.
pub const ORDER: usize = 20;
/// Limit for the growth of the total noise.
const MOST_GAIN: Db = Db(15.8);
const POINTS: usize = 1024;

/// Weighting of ITU-R BS.468-4 as a power ratio, 1 at 1 kHz.
pub fn itu_468(frequency: Hz) -> f64 {
    let f = frequency.0;
    let h1 = -4.737_338_981_378_384e-24 * f.powi(6) + 2.043_828_333_606_125e-15 * f.powi(4)
        - 1.363_894_795_463_638e-7 * f * f
        + 1.0;
    let h2 = 1.306_612_257_412_824e-19 * f.powi(5) - 2.118_150_887_518_656e-11 * f.powi(3)
        + 5.559_488_023_498_642e-4 * f;
    let level = 1.246_332_637_532_143e-4 * f / h1.hypot(h2);
    // +18.2 dB normalises the weighting to 1 kHz.
    (level * Db(18.2).factor()).powi(2)
}

/// Audibility of a sound of constant level, relative to the threshold of hearing, as a power ratio:
/// E. Terhardt, *Calculating virtual pitch*, Hearing Research 1, 1979, equation 1.
fn above_threshold(frequency: Hz) -> f64 {
    let khz = (frequency.0 / 1000.0).max(0.02);
    let threshold =
        3.64 * khz.powf(-0.8) - 6.5 * (-0.6 * (khz - 3.3).powi(2)).exp() + 1e-3 * khz.powi(4);
    Db(-threshold.min(120.0)).factor().powi(2)
}

/// The linear predictor for a spectrum, from the autocorrelation of the spectrum.
fn predictor(correlation: &[f64; ORDER + 1]) -> [f64; ORDER] {
    let mut taps = [0.0; ORDER];
    let mut error = correlation[0];
    for n in 0..ORDER {
        let known: f64 = (0..n).map(|k| taps[k] * correlation[n - k]).sum();
        let reflection = -(correlation[n + 1] + known) / error;
        let before = taps;
        for k in 0..n {
            taps[k] = before[k] + reflection * before[n - 1 - k];
        }
        taps[n] = reflection;
        error *= 1.0 - reflection * reflection;
    }
    taps
}

/// Error-feedback coefficients for the last errors, newest first. `None` where the shaping needs no
/// filter.
pub fn shape(shaping: Shaping, rate: SampleRate) -> Option<[f64; ORDER]> {
    let weight = match shaping {
        Shaping::Flat | Shaping::Off => return None,
        Shaping::Itu468 => itu_468,
        Shaping::Threshold => above_threshold,
    };
    let spectrum: Vec<f64> = (0..POINTS)
        .map(|n| weight(Hz((n as f64 + 0.5) / POINTS as f64 * rate.hz().0 / 2.0)))
        .collect();
    let mean = spectrum.iter().sum::<f64>() / POINTS as f64;
    let filter = |constant: f64| {
        let mut correlation = [0.0; ORDER + 1];
        for (n, power) in spectrum.iter().enumerate() {
            let w = PI * (n as f64 + 0.5) / POINTS as f64;
            for (k, value) in correlation.iter_mut().enumerate() {
                *value += (power + constant * mean) * (k as f64 * w).cos() / POINTS as f64;
            }
        }
        predictor(&correlation)
    };
    let gain = |taps: &[f64; ORDER]| 1.0 + taps.iter().map(|tap| tap * tap).sum::<f64>();
    let most = MOST_GAIN.factor().powi(2);
    // A larger constant gives less shaping. Find the smallest constant that keeps the limit.
    let (mut low, mut high) = (-14.0f64, 2.0f64);
    for _ in 0..24 {
        let middle = (low + high) / 2.0;
        if gain(&filter(middle.exp2().powi(2))) > most {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(filter(high.exp2().powi(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weighting_is_that_of_the_recommendation() {
        // Table 1 of BS.468-4.
        let table = [
            (31.5, -29.9),
            (100.0, -19.8),
            (1000.0, 0.0),
            (2000.0, 5.6),
            (6300.0, 12.2),
            (10_000.0, 8.1),
            (16_000.0, -11.7),
            (20_000.0, -22.2),
        ];
        for (hz, db) in table {
            let got = Db::from_power(itu_468(Hz(hz))).0;
            assert!((got - db).abs() < 0.6, "{hz}: {got}");
        }
    }

    #[test]
    fn the_noise_grows_by_no_more_than_it_may_at_any_rate() {
        for rate in [44_100, 48_000, 88_200, 96_000, 192_000] {
            for shaping in [Shaping::Itu468, Shaping::Threshold] {
                let taps = shape(shaping, SampleRate(rate)).unwrap();
                let gain = Db::from_power(1.0 + taps.iter().map(|t| t * t).sum::<f64>());
                assert!(gain.0 <= MOST_GAIN.0 + 0.01 && gain.0 > 3.0, "{rate} {gain:?}");
            }
        }
    }
}
