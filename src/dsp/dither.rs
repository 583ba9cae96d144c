//! Dither and noise shaping: converts floating-point samples to integers for files.

use crate::dsp::noise_shape::{ORDER, shape};
use crate::dsp::parameter::choice_value;
use crate::units::SampleRate;
use serde::{Deserialize, Serialize};

/// 1.5 · 2⁵²: at this size `f64` values are 1 apart, so adding it rounds. Without a rounding
/// instruction in the processor this is several times as fast as `round`.
const STEP_OF_ONE: f64 = 6_755_399_441_055_744.0;
/// After this many samples of digital silence, shaped noise falls silent too.
const SILENCE: u32 = 512;

/// Spectrum of the dither noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shaping {
    /// White noise.
    #[default]
    Flat,
    /// Least noise where the weighting of ITU-R BS.468-4 is highest.
    Itu468,
    /// Least noise where the threshold of hearing is lowest (E. Terhardt, 1979).
    Threshold,
    /// No dither: samples are rounded. For delivered stems, which are processed further.
    Off,
}

impl Shaping {
    pub const ALL: [Shaping; 4] =
        [Shaping::Flat, Shaping::Itu468, Shaping::Threshold, Shaping::Off];
    pub const NAMES: &'static [&'static str] =
        &["Flat", "ITU-R 468", "Hearing threshold", "No dither"];
}
choice_value!(Shaping);

/// Size of the error buffer. Errors are moved only when it is full.
const ROOM: usize = 16 * ORDER;

/// The running error feedback.
#[derive(Clone, Debug)]
struct Shape {
    taps: [f64; ORDER],
    /// The last errors, newest first, starting at `at`.
    errors: [f64; ROOM],
    at: usize,
}

impl Shape {
    /// The filtered past errors, to be added to the next sample.
    fn fed(&self) -> f64 {
        let past = self.errors.get(self.at..self.at + ORDER).unwrap_or(&[]);
        // Four independent sums: a single one would wait for its own result.
        let mut sums = [0.0; 4];
        for (taps, errors) in self.taps.chunks_exact(4).zip(past.chunks_exact(4)) {
            for ((sum, tap), error) in sums.iter_mut().zip(taps).zip(errors) {
                *sum += tap * error;
            }
        }
        sums.iter().sum()
    }

    fn push(&mut self, error: f64) {
        if self.at == 0 {
            self.at = ROOM - ORDER;
            self.errors.copy_within(..ORDER, self.at);
        }
        self.at -= 1;
        if let Some(place) = self.errors.get_mut(self.at) {
            *place = error;
        }
    }
}

/// TPDF dither: the difference of two uniform random numbers of one step each, so that the rounding
/// error becomes steady noise (Lipshitz, Wannamaker, Vanderkooy, *Quantization and dither*, JAES
/// 40/5, 1992). One generator per channel, each with its own seed.
#[derive(Clone, Debug)]
pub struct Dither {
    state: u64,
    scale: f64,
    shape: Option<Shape>,
    off: bool,
    silent: u32,
}

impl Dither {
    /// For integers of `bits` bits. The same seed always gives the same noise.
    pub fn new(bits: u32, shaping: Shaping, rate: SampleRate, seed: u64) -> Self {
        Self {
            shape: shape(shaping, rate).map(|taps| Shape {
                taps,
                errors: [0.0; ROOM],
                at: ROOM - ORDER,
            }),
            off: shaping == Shaping::Off,
            silent: SILENCE,
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x853C_49E6_748F_EA9B,
            scale: f64::from(1u32 << (bits - 1)),
        }
    }

    /// The difference of two uniform numbers from 0 to 1, taken from the halves of one SplitMix64
    /// number.
    fn triangular(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (f64::from((z >> 32) as u32) - f64::from(z as u32)) / 4_294_967_296.0
    }

    /// The integer for a sample in −1 … 1, clamped to the range of the format.
    ///
    /// A sample that the format holds exactly is stored without dither, so an untouched 24-bit stem
    /// keeps every bit. With shaped noise this holds only for digital silence, from 512 samples
    /// after the last sound.
    pub fn quantise(&mut self, sample: f32) -> i32 {
        let scaled = f64::from(sample) * self.scale;
        let noise = self.triangular();
        if self.shape.is_some() {
            return self.quantise_shaped(scaled, noise);
        }
        let plain = (scaled + STEP_OF_ONE) - STEP_OF_ONE;
        let wanted = if self.off || plain == scaled { scaled } else { scaled + noise };
        let whole = wanted.clamp(-self.scale, self.scale - 1.0) + STEP_OF_ONE;
        // The low half of the sum's bits is the integer, negative ones included.
        whole.to_bits() as i32
    }

    /// Error feedback: the filtered past errors are added to the sample, so the noise gets the
    /// spectrum of the filter.
    fn quantise_shaped(&mut self, scaled: f64, noise: f64) -> i32 {
        let Some(shape) = &mut self.shape else { return 0 };
        self.silent = if scaled == 0.0 { (self.silent + 1).min(SILENCE) } else { 0 };
        if self.silent == SILENCE {
            shape.errors.fill(0.0);
            return 0;
        }
        let wanted = scaled + shape.fed();
        let whole = (wanted + noise).clamp(-self.scale, self.scale - 1.0) + STEP_OF_ONE;
        // Clipping causes larger errors than rounding; only 2 steps of them are fed back.
        shape.push(((whole - STEP_OF_ONE) - wanted).clamp(-2.0, 2.0));
        whole.to_bits() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(44_100);

    #[test]
    fn noise_is_that_of_tpdf_and_the_channels_differ() {
        let mut left = Dither::new(16, Shaping::Flat, RATE, 1);
        let mut right = Dither::new(16, Shaping::Flat, RATE, 2);
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
        let mut dither = Dither::new(24, Shaping::Flat, RATE, 7);
        for value in [-8_388_608i32, -1, 0, 1, 12_345, 8_388_607] {
            assert_eq!(dither.quantise((f64::from(value) / 8_388_608.0) as f32), value);
        }
        assert_eq!(dither.quantise(2.0), 8_388_607);
        assert_eq!(dither.quantise(-2.0), -8_388_608);
    }

    /// Power of the error in dBFS, unweighted and weighted by ITU-R BS.468.
    fn noise(shaping: Shaping) -> [f64; 2] {
        const COUNT: usize = 1 << 17;
        let mut dither = Dither::new(16, shaping, RATE, 3);
        let tone = |n: usize| (0.25 * (n as f64 * 0.0627).sin()) as f32;
        let mut error: Vec<f64> = (0..COUNT)
            .map(|n| f64::from(dither.quantise(tone(n))) / 32_768.0 - f64::from(tone(n)))
            .collect();
        let plain: f64 = error.iter().map(|e| e * e).sum::<f64>() / COUNT as f64;
        let fft = realfft::RealFftPlanner::<f64>::new().plan_fft_forward(COUNT);
        let mut lines = fft.make_output_vec();
        fft.process(&mut error, &mut lines).unwrap();
        let weighted: f64 = lines
            .iter()
            .enumerate()
            .map(|(k, line)| {
                let hz = crate::units::Hz(k as f64 * 44_100.0 / COUNT as f64);
                line.norm_sqr() * crate::dsp::noise_shape::itu_468(hz)
            })
            .sum::<f64>()
            * 2.0
            / (COUNT as f64).powi(2);
        [plain, weighted].map(|power| 10.0 * power.log10())
    }

    #[test]
    fn shaped_noise_is_heard_less() {
        let [plain, weighted] = noise(Shaping::Flat);
        assert!((plain + 96.3).abs() < 0.1 && (weighted + 89.5).abs() < 0.2, "{plain} {weighted}");
        let [plain, weighted] = noise(Shaping::Itu468);
        assert!(plain < -81.0 && weighted < -98.0, "{plain} {weighted}");
        let [plain, weighted] = noise(Shaping::Threshold);
        assert!(plain < -80.0 && weighted < -92.0, "{plain} {weighted}");
    }

    #[test]
    fn digital_silence_stays_silent() {
        for shaping in Shaping::ALL {
            let mut dither = Dither::new(16, shaping, RATE, 1);
            for n in 0..3000 {
                let loud = (1000..1500).contains(&n);
                let whole = dither.quantise(if loud { 0.1 } else { 0.0 });
                let blank = !loud && !(1500..1500 + SILENCE as usize).contains(&n);
                assert!(!blank || whole == 0, "{shaping:?} {n}");
                assert!((i64::from(whole) - if loud { 3277 } else { 0 }).abs() < 60);
            }
        }
    }
}
