//! The K-weighting filter of ITU-R BS.1770-5, annex 1, at any sample rate.

use crate::dsp::biquad::{Biquad, Coefficients};
use crate::units::{Lufs, SampleRate};
use std::f64::consts::PI;

/// K-weighting of one channel: the high shelf, then the high-pass.
#[derive(Clone, Debug)]
pub struct KWeighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl KWeighting {
    /// Maps the analogue prototype behind the standard's 48 kHz coefficients to `rate`, with the
    /// constants of libebur128.
    pub fn new(rate: SampleRate) -> Self {
        let k = (PI * 1_681.974_450_955_533 / rate.hz().0).tan();
        let q = 0.707_175_236_955_419_6;
        let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let a0 = 1.0 + k / q + k * k;
        let shelf = Coefficients {
            b: [
                (high + band * k / q + k * k) / a0,
                2.0 * (k * k - high) / a0,
                (high - band * k / q + k * k) / a0,
            ],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        };
        let k = (PI * 38.135_470_876_024_44 / rate.hz().0).tan();
        let q = 0.500_327_037_323_877_3;
        let a0 = 1.0 + k / q + k * k;
        let high_pass = Coefficients {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        };
        Self { shelf: Biquad::new(shelf), high_pass: Biquad::new(high_pass) }
    }

    /// Filters one sample.
    #[inline]
    pub fn tick(&mut self, x: f64) -> f64 {
        self.high_pass.tick(self.shelf.tick(x))
    }
}

/// Loudness for the summed mean squares of the K-weighted channels. A power of 0 gives −∞.
pub fn loudness_of(power: f64) -> Lufs {
    Lufs(-0.691 + 10.0 * power.log10())
}

/// Mean square for a loudness: the inverse of [`loudness_of`].
pub fn power_of(loudness: Lufs) -> f64 {
    10f64.powf((loudness.0 + 0.691) / 10.0)
}

/// Integrated loudness by the two gates of BS.1770-5. `hops` are the mean squares of consecutive
/// 100 ms steps, summed over the channels; silence gives −∞. The caller leaves out an incomplete
/// last step.
pub fn gated(hops: &[f64]) -> Lufs {
    let blocks = || hops.windows(4).map(|four| four.iter().sum::<f64>() / 4.0);
    let mean_over = |floor: f64| {
        let (sum, count) = blocks()
            .filter(|power| *power > floor)
            .fold((0.0, 0u64), |(sum, count), power| (sum + power, count + 1));
        if count == 0 { 0.0 } else { sum / count as f64 }
    };
    let absolute = power_of(Lufs(-70.0));
    let relative = mean_over(absolute) / 10.0;
    loudness_of(mean_over(absolute.max(relative)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_scale_sine_in_one_channel_reads_minus_3_01() {
        for rate in [44_100, 48_000, 96_000, 192_000] {
            let mut filter = KWeighting::new(SampleRate(rate));
            let hop = rate as usize / 10;
            let hops: Vec<f64> = (0..30)
                .map(|h| {
                    (0..hop)
                        .map(|n| {
                            let t = (h * hop + n) as f64 / f64::from(rate);
                            filter.tick((2.0 * PI * 997.0 * t).sin()).powi(2)
                        })
                        .sum::<f64>()
                        / hop as f64
                })
                .collect();
            assert!((gated(&hops).0 + 3.01).abs() < 0.04, "{rate}: {}", gated(&hops).0);
        }
        assert_eq!(gated(&[0.0; 50]), Lufs::SILENCE);
    }
}
