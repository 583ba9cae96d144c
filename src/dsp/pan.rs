//! Pan laws, balance and width, as one 2 × 2 matrix per strip.

use crate::units::Pan;
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_4;

/// How a mono stem is split between left and right; the variants differ in the level at the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanLaw {
    /// −3 dB, constant power: sine and cosine.
    #[default]
    ConstantPower,
    /// −4.5 dB, halfway between constant power and linear.
    Compromise,
    /// −6 dB: left and right sum to a constant voltage.
    Linear,
    /// 0 dB at the centre; the far side is turned down.
    Balance,
}

impl PanLaw {
    pub const ALL: [PanLaw; 4] =
        [PanLaw::ConstantPower, PanLaw::Compromise, PanLaw::Linear, PanLaw::Balance];

    pub fn name(self) -> &'static str {
        match self {
            PanLaw::ConstantPower => "\u{2212}3 dB constant power",
            PanLaw::Compromise => "\u{2212}4.5 dB compromise",
            PanLaw::Linear => "\u{2212}6 dB linear",
            PanLaw::Balance => "0 dB balance",
        }
    }

    /// Left and right factors for a mono stem.
    pub fn mono(self, pan: Pan) -> (f64, f64) {
        let p = pan.0.clamp(-1.0, 1.0);
        let angle = (p + 1.0) * FRAC_PI_4;
        let power = (angle.cos(), angle.sin());
        let linear = ((1.0 - p) / 2.0, (1.0 + p) / 2.0);
        match self {
            PanLaw::ConstantPower => power,
            PanLaw::Compromise => ((power.0 * linear.0).sqrt(), (power.1 * linear.1).sqrt()),
            PanLaw::Linear => linear,
            PanLaw::Balance => balance(pan),
        }
    }
}

/// Left and right factors for a stereo stem: unity at the centre; panning turns down the far side.
pub fn balance(pan: Pan) -> (f64, f64) {
    let p = pan.0.clamp(-1.0, 1.0);
    ((1.0 - p).min(1.0), (1.0 + p).min(1.0))
}

/// Mixing matrix `[ll, rl, lr, rr]`: left output = ll · left + rl · right, right output = lr · left
/// + rr · right.
pub type Matrix = [f64; 4];

/// The matrix of a stereo strip. Width 0 is mono, 1 leaves the stem unchanged, 2 doubles the side
/// signal.
pub fn stereo_matrix(pan: Pan, width: f64) -> Matrix {
    let (left, right) = balance(pan);
    let (same, other) = ((1.0 + width) / 2.0, (1.0 - width) / 2.0);
    [left * same, left * other, right * other, right * same]
}

/// The matrix of a mono strip; the left input carries the signal.
pub fn mono_matrix(law: PanLaw, pan: Pan) -> Matrix {
    let (left, right) = law.mono(pan);
    [left, 0.0, right, 0.0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;

    #[test]
    fn each_law_has_the_centre_level_in_its_name() {
        let centre = [-3.01, -4.52, -6.02, 0.0];
        for (law, expected) in PanLaw::ALL.into_iter().zip(centre) {
            let (left, right) = law.mono(Pan(0.0));
            assert!((Db::from_factor(left).0 - expected).abs() < 0.01, "{law:?}");
            assert!((left - right).abs() < 1e-12);
            let (left, right) = law.mono(Pan(1.0));
            assert!(left.abs() < 1e-12 && (right - 1.0).abs() < 1e-12, "{law:?}");
        }
    }

    #[test]
    fn the_constant_power_law_keeps_power_everywhere() {
        for step in -10..=10 {
            let (l, r) = PanLaw::ConstantPower.mono(Pan(f64::from(step) / 10.0));
            assert!((l * l + r * r - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_centred_stereo_strip_is_left_alone() {
        assert_eq!(stereo_matrix(Pan(0.0), 1.0), [1.0, 0.0, 0.0, 1.0]);
        assert_eq!(stereo_matrix(Pan(0.0), 0.0), [0.5; 4]);
    }
}
