//! Sample-exact level meters of stems and output. The renderer measures them on the audio thread,
//! so that no sample is missed.

use super::messages::Levels;
use crate::units::{Db, SampleRate, Seconds};

/// Peaks fall by 20 dB in this time.
const FALL: Seconds = Seconds(0.8);
/// Time constant of the mean square.
const MEAN: Seconds = Seconds(0.3);
/// Full scale. Any sample above counts as an over.
const FULL: f32 = 1.0;

/// How far levels fall over a block of a given length.
#[derive(Clone, Copy)]
pub struct Fall {
    peak: f32,
    mean: f32,
    rise: f64,
}

impl Fall {
    /// The fall over a block of `frames` frames.
    pub fn over(frames: usize, rate: SampleRate) -> Self {
        let seconds = frames as f64 / rate.hz().0;
        Self {
            peak: 10f64.powf(-seconds / FALL.0) as f32,
            mean: 1.0 - (-seconds / MEAN.0).exp() as f32,
            rise: 20.0 * seconds,
        }
    }

    /// Lets a shown gain reduction drop at once to `now` and recover slowly.
    pub fn ease(&self, shown: &mut Db, now: Db) {
        *shown = Db((shown.0 + self.rise).min(0.0).min(now.0));
    }
}

impl Levels {
    /// Measures one block of left and right. `reduction` is the deepest gain reduction in it.
    pub fn measure(&mut self, sides: [&[f32]; 2], reduction: Db, fall: Fall) {
        let shown = self.peaks.iter_mut().zip(&mut self.rms).zip(sides);
        for ((peak, rms), side) in shown {
            let (mut most, mut power, mut overs) = (0.0f32, 0.0f32, 0);
            for x in side {
                let level = x.abs();
                most = most.max(level);
                power += x * x;
                overs += u64::from(level > FULL);
            }
            *peak = most.max(*peak * fall.peak);
            let square = *rms * *rms;
            let mean = power / side.len().max(1) as f32;
            *rms = (square + (mean - square) * fall.mean).max(0.0).sqrt();
            self.highest = self.highest.max(most);
            self.overs += overs;
        }
        fall.ease(&mut self.reduction, reduction);
    }

    /// Resets the highest level and the overs.
    pub fn reset(&mut self) {
        (self.highest, self.overs) = (0.0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_of_one_sample_is_seen_and_counted_long_after() {
        let rate = SampleRate(48_000);
        let mut levels = Levels::default();
        let mut block = [0.1f32; 256];
        block[100] = -1.25;
        levels.measure([&block, &[0.1; 256]], Db(-3.0), Fall::over(256, rate));
        for _ in 0..1000 {
            levels.measure([&[0.1; 256], &[0.1; 256]], Db(0.0), Fall::over(256, rate));
        }
        assert_eq!((levels.highest, levels.overs), (1.25, 1));
        assert!((levels.peaks[0] - 0.1).abs() < 1e-6 && (levels.rms[1] - 0.1).abs() < 1e-3);
        assert_eq!(levels.reduction, Db(0.0));
        levels.reset();
        assert_eq!((levels.highest, levels.overs), (0.0, 0));
    }

    #[test]
    fn levels_do_not_depend_on_the_block() {
        let sine: Vec<f32> = (0..48_000).map(|n| (n as f32 * 0.05).sin()).collect();
        let run = |block: usize| {
            let mut levels = Levels::default();
            for part in sine.chunks(block) {
                let fall = Fall::over(part.len(), SampleRate(48_000));
                levels.measure([part, part], Db(0.0), fall);
            }
            levels
        };
        let (a, b) = (run(16), run(256));
        assert!((a.peaks[0] - b.peaks[0]).abs() < 0.02 && (a.rms[0] - b.rms[0]).abs() < 0.005);
        assert!((a.rms[0] - 0.7 * (1.0f32 - (-10.0f32 / 3.0).exp()).sqrt()).abs() < 0.02);
    }
}
