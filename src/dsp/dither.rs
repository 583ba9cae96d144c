//! From floating point to whole samples.

/// 1.5 · 2⁵²: there the numbers of `f64` are a step of 1 apart, so that adding this rounds. Where
/// the processor has no rounding instruction that is several times as fast as `round`.
const STEP_OF_ONE: f64 = 6_755_399_441_055_744.0;

/// TPDF dither: two uniform random numbers of one step each, so that the rounding error
/// becomes a steady noise (Lipshitz, Wannamaker, Vanderkooy, *Quantization and dither*,
/// JAES 40/5, 1992). One generator per channel, each with its own seed.
#[derive(Clone, Debug)]
pub struct Dither {
    state: u64,
    scale: f64,
}

impl Dither {
    /// For samples of `bits` bits. The noise is the same at every run with the same seed.
    pub fn new(bits: u32, seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x853C_49E6_748F_EA9B,
            scale: f64::from(1u32 << (bits - 1)),
        }
    }

    /// The difference of two uniform numbers, each one half of a SplitMix64 number.
    fn triangular(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (f64::from((z >> 32) as u32) - f64::from(z as u32)) / 4_294_967_296.0
    }

    /// The whole number to store for a sample in −1 … 1, clamped to the range of the format.
    ///
    /// A sample that the format holds exactly passes as it is: nothing is lost, so nothing
    /// needs dither, and an untouched 24-bit stem leaves as it came.
    pub fn quantise(&mut self, sample: f32) -> i32 {
        let scaled = f64::from(sample) * self.scale;
        let noise = self.triangular();
        let plain = (scaled + STEP_OF_ONE) - STEP_OF_ONE;
        let wanted = if plain == scaled { scaled } else { scaled + noise };
        let whole = wanted.clamp(-self.scale, self.scale - 1.0) + STEP_OF_ONE;
        // The lower half of the number is the sum's whole part, negative ones included.
        whole.to_bits() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_that_of_tpdf_and_the_channels_differ() {
        let mut left = Dither::new(16, 1);
        let mut right = Dither::new(16, 2);
        let quiet = 0.3 / 32_768.0;
        let count = 200_000;
        let (mut power, mut mean, mut cross) = (0.0, 0.0, 0.0);
        for _ in 0..count {
            let (l, r) = (left.quantise(quiet), right.quantise(quiet));
            let error = f64::from(l) - 0.3;
            mean += error;
            power += error * error;
            cross += error * (f64::from(r) - 0.3);
        }
        let n = f64::from(count);
        assert!((mean / n).abs() < 0.01, "the mean is kept");
        assert!((power / n - 0.25).abs() < 0.01, "a quarter of a step squared in all");
        assert!((cross / n).abs() < 0.01, "channels are independent");
    }

    #[test]
    fn what_needs_no_dither_gets_none() {
        let mut dither = Dither::new(24, 7);
        for value in [-8_388_608i32, -1, 0, 1, 12_345, 8_388_607] {
            assert_eq!(dither.quantise((f64::from(value) / 8_388_608.0) as f32), value);
        }
        assert_eq!(dither.quantise(2.0), 8_388_607);
        assert_eq!(dither.quantise(-2.0), -8_388_608);
    }
}
