//! The filter for vinyl masters: no side signal in the bass and no rumble, so that a cutting head
//! can follow.
//!
//! The player and the renderer apply it to vinyl masters.

use crate::dsp::biquad::{BUTTERWORTH_Q, Biquad, Coefficients};
use crate::units::{Hz, SampleRate};

/// A Linkwitz-Riley high-pass of 24 dB per octave on the side signal. The mid signal passes an
/// all-pass with the same phase, so the stereo image above the corner stays intact. A second-order
/// high-pass for rumble follows on both channels.
pub struct VinylFilter {
    side: [Biquad; 2],
    mid: Biquad,
    rumble: [Biquad; 2],
}

impl VinylFilter {
    /// `mono_below` is the corner of the side high-pass, `rumble_below` that of the rumble
    /// high-pass.
    pub fn new(rate: SampleRate, mono_below: Hz, rumble_below: Hz) -> Self {
        let side = Biquad::new(Coefficients::high_pass(rate, mono_below, BUTTERWORTH_Q));
        let mid = Biquad::new(Coefficients::all_pass(rate, mono_below, BUTTERWORTH_Q));
        let rumble = Biquad::new(Coefficients::high_pass(rate, rumble_below, BUTTERWORTH_Q));
        Self { side: [side.clone(), side], mid, rumble: [rumble.clone(), rumble] }
    }

    /// Clears all state.
    pub fn reset(&mut self) {
        let [a, b] = &mut self.side;
        let [c, d] = &mut self.rumble;
        [a, b, c, d, &mut self.mid].into_iter().for_each(Biquad::reset);
    }

    /// Filters a stereo block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            let (a, b) = (f64::from(*l), f64::from(*r));
            let mid = self.mid.tick((a + b) / 2.0);
            let side = self.side.iter_mut().fold((a - b) / 2.0, |x, stage| stage.tick(x));
            let [left, right] = &mut self.rumble;
            *l = left.tick(mid + side) as f32;
            *r = right.tick(mid - side) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;
    use std::f64::consts::PI;

    /// Levels of mid and side after the filter, for a tone in the left channel and `right_sign`
    /// times that tone in the right.
    fn tone(frequency: f64, right_sign: f32) -> (Db, Db) {
        let rate = SampleRate(96_000);
        let mut left: Vec<f32> = (0..192_000)
            .map(|n| (2.0 * PI * frequency * f64::from(n) / 96_000.0).sin() as f32)
            .collect();
        let mut right: Vec<f32> = left.iter().map(|x| x * right_sign).collect();
        VinylFilter::new(rate, Hz(150.0), Hz(20.0)).process(&mut left, &mut right);
        let power = |f: &dyn Fn(f32, f32) -> f32| {
            let tail = left.iter().zip(&right).skip(96_000);
            Db::from_power(
                2.0 * tail.map(|(l, r)| f64::from(f(*l, *r)).powi(2)).sum::<f64>() / 96_000.0,
            )
        };
        (power(&|l, r| (l + r) / 2.0), power(&|l, r| (l - r) / 2.0))
    }

    #[test]
    fn bass_is_in_the_centre_and_mono_passes() {
        let (_, side) = tone(75.0, -1.0);
        assert!(side.0 < -24.0, "an octave below: {}", side.0);
        let (_, side) = tone(3000.0, -1.0);
        assert!(side.0.abs() < 0.01);
        let (mid, side) = tone(75.0, 1.0);
        assert!(mid.0.abs() < 0.05 && side.0 < -100.0);
        let (mid, _) = tone(20.0, 1.0);
        assert!((mid.0 + 3.01).abs() < 0.05);
    }

    #[test]
    fn a_hard_left_sound_stays_left_above_the_bass() {
        let (mid, side) = tone(2000.0, 0.0);
        assert!((mid.0 - side.0).abs() < 0.02);
    }
}
