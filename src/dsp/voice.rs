//! A synthesised voice for tests of the processors that listen for sibilance.

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients};
use crate::dsp::filter::Biquad2;
use crate::units::{Db, Hz, SampleRate};

const RATE: SampleRate = SampleRate(48_000);

/// A voice at 48 kHz: vowels of a harmonic series with formants, and between them an s of noise
/// from 5 to 9 kHz, each a fifth of a second long. `hiss` is the level of the s against that of
/// the vowels, and `tilt` the slope of the voice in decibels per octave.
pub fn voice(hiss: Db, tilt: f64) -> Vec<f32> {
    let mut seed = 1u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / 8_388_608.0 - 1.0
    };
    let [low, high] = [
        Coefficients::high_pass(RATE, Hz(5000.0), BUTTERWORTH_Q),
        Coefficients::low_pass(RATE, Hz(9000.0), BUTTERWORTH_Q),
    ];
    let filter = |taps: Coefficients| Biquad2::new(taps.into(), RATE);
    let mut shape = [filter(low), filter(low), filter(high), filter(high)];
    let strength = |hz: f64| {
        let formant = |at: f64, wide: f64| 1.0 / (1.0 + ((hz - at) / wide).powi(2));
        let formants = formant(600.0, 80.0) + formant(1400.0, 100.0) + formant(2700.0, 150.0);
        Db(tilt * (hz / 150.0).log2()).factor() * (0.1 + formants)
    };
    let harmonics: Vec<f64> = (1..80).map(|n| strength(150.0 * f64::from(n))).collect();
    let rms = (harmonics.iter().map(|x| x * x).sum::<f64>() / 2.0).sqrt();
    let vowel = |n: usize| {
        let sines = harmonics.iter().enumerate().map(|(k, strength)| {
            strength * (std::f64::consts::TAU * 150.0 * (k + 1) as f64 * n as f64 / 48_000.0).sin()
        });
        0.1 * sines.sum::<f64>() / rms
    };
    let frames = 0..48_000;
    let all = frames.map(|n| {
        let [mut x, _] = shape.iter_mut().fold([noise(); 2], |x, filter| filter.tick(x));
        // Such noise has a mean square of 0.043.
        x *= 0.1 * hiss.factor() / 0.208;
        // The vowel starts and ends within 20 ms.
        let (part, at) = (n / 9600 % 2, n % 9600);
        let edge = (at.min(9600 - at) as f64 / 960.0).min(1.0);
        (edge * if part == 0 { vowel(n) } else { x }) as f32
    });
    all.collect()
}

/// The share of a voice that is vowel (0) or s (1), without its edges.
fn power(x: &[f32], part: usize) -> f64 {
    let within = |n: &usize| n / 9600 % 2 == part && (1500..8500).contains(&(n % 9600));
    let frames: Vec<usize> = (9600..x.len()).filter(within).collect();
    frames.iter().map(|n| f64::from(x[*n]).powi(2)).sum::<f64>() / frames.len() as f64
}

/// What became of the vowels and of the s of a voice `x`, in decibels.
pub fn changes(x: &[f32], y: &[f32]) -> (f64, f64) {
    let change = |part| Db::from_power(power(y, part) / power(x, part)).0;
    (change(0), change(1))
}

/// The level of the s; a full-scale sine is 0 dB.
pub fn level_of_s(x: &[f32]) -> Db {
    Db::from_power(2.0 * power(x, 1))
}
