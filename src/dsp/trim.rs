//! The trim of a stem: a gain before its chain, so it changes how hard the chain is driven.
//!
//! Used by the lanes of the player (audio thread) and of the renderer.

use crate::dsp::smooth::Smoothed;
use crate::units::{Db, SampleRate};

/// A gain that glides to its target in 10 ms.
pub struct Trim {
    gain: Smoothed,
}

impl Trim {
    pub fn new(gain: Db, rate: SampleRate) -> Self {
        Self { gain: Smoothed::new(gain.factor(), rate) }
    }

    /// Sets a new gain, reached in 10 ms.
    pub fn set(&mut self, gain: Db) {
        self.gain.set(gain.factor());
    }

    /// Jumps to the target gain. Only for use while nothing sounds.
    pub fn snap(&mut self) {
        self.gain.snap();
    }

    /// Multiplies a stereo block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.gain.is_settled() {
            let gain = self.gain.value() as f32;
            if gain != 1.0 {
                left.iter_mut().chain(right).for_each(|x| *x *= gain);
            }
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            let gain = self.gain.tick() as f32;
            (*l, *r) = (*l * gain, *r * gain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_glides_at_any_block_size_and_unity_changes_nothing() {
        let run = |block: usize, gain: Db| {
            let mut trim = Trim::new(Db::UNITY, SampleRate(48_000));
            trim.set(gain);
            let (mut left, mut right) = (vec![0.1f32; 1000], vec![-0.1f32; 1000]);
            for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
                trim.process(l, r);
            }
            (left, right)
        };
        assert_eq!(run(7, Db::UNITY), (vec![0.1; 1000], vec![-0.1; 1000]));
        let (left, right) = run(1000, Db(24.0));
        assert!((f64::from(left[999]) - 0.1 * Db(24.0).factor()).abs() < 1e-6);
        assert!(left.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.004));
        for block in [1, 64, 333] {
            assert_eq!(run(block, Db(24.0)), (left.clone(), right.clone()));
        }
    }
}
