//! Finds the constant offset (DC) of a file: what all its pieces have in common, and its whole mean
//! too. `offset` is the entry.

use crate::dsp::{Stereo, silence};
use crate::intake::examine::scan::Scan;
use crate::media::{MediaError, PcmFile};
use crate::units::{Db, SampleRate};
use std::f64::consts::TAU;

/// An offset above this is audible as a click at every cut.
pub const LEAST: Db = Db(-60.0);
/// Pieces per second. The window over a piece lets nothing through from four times that on, 16 Hz:
/// the mean of a piece holds no part of a cycle of a sound, however low.
const PER_SECOND: u32 = 4;
/// Shortest file that is judged, in pieces: the mean of twenty periods of the lowest sound is that of
/// the file and not of a part of a cycle.
const FEWEST: u64 = 4;
/// Level of a piece under which it is as good as silent.
const QUIET: Db = Db(-60.0);

/// Constant offset of left and right; 0 for a channel that has none, and in a file under a second.
pub fn offset(file: &PcmFile, scan: &Scan) -> Result<[f64; 2], MediaError> {
    let mut bytes = Vec::new();
    let mut read = |from: u64, block: &mut Stereo| {
        let [left, right] = block;
        file.read(from as i64, left, right, &mut bytes)
    };
    found(scan.info.sample_rate, file.info().frames.0, scan.mean, &mut read)
}

/// `means` are those of both channels over all `total` frames; `read` fills a block from a frame on.
fn found<E>(
    rate: SampleRate,
    total: u64,
    means: [f64; 2],
    read: &mut dyn FnMut(u64, &mut Stereo) -> Result<(), E>,
) -> Result<[f64; 2], E> {
    let size = (rate.0 / PER_SECOND).max(2) as usize;
    // The whole mean is known from the scan. Where it is small there is nothing to look for.
    let small = means.iter().all(|mean| mean.abs() < LEAST.factor() / 2.0);
    if small || total < FEWEST * size as u64 {
        return Ok([0.0; 2]);
    }
    let window = window(size);
    let (mut block, mut pieces) = (silence(size), [Vec::new(), Vec::new()]);
    for from in (0..=total - size as u64).step_by(size / 2) {
        read(from, &mut block)?;
        for (list, samples) in pieces.iter_mut().zip(&block) {
            list.push(Piece::of(samples, &window));
        }
    }
    let ([left, right], [of_left, of_right]) = (pieces, means);
    Ok([constant(left, of_left), constant(right, of_right)])
}

/// The window of Blackman and Harris, with the sum 1: 92 dB down outside of its main lobe.
fn window(size: usize) -> Vec<f64> {
    let terms = [0.358_75, -0.488_29, 0.141_28, -0.011_68];
    let at = |n: usize| {
        let turn = TAU * (n as f64 + 0.5) / size as f64;
        terms.iter().zip(0..).map(|(term, k)| term * (turn * f64::from(k)).cos()).sum::<f64>()
    };
    (0..size).map(|n| at(n) / (0.358_75 * size as f64)).collect()
}

struct Piece {
    mean: f64,
    /// How well the piece shows an offset: the louder its sound, the less.
    weight: f64,
}

impl Piece {
    fn of(samples: &[f32], window: &[f64]) -> Self {
        let (mut mean, mut sum, mut square) = (0.0, 0.0, 0.0);
        for (x, weight) in samples.iter().zip(window) {
            let x = f64::from(*x);
            mean += x * weight;
            sum += x;
            square += x * x;
        }
        let count = samples.len().max(1) as f64;
        let sound = (square / count - (sum / count).powi(2)).max(0.0);
        Self { mean, weight: 1.0 / (sound + QUIET.factor().powi(2)) }
    }
}

/// The middle of the pieces, by weight, if they agree on it and the whole mean does too.
fn constant(mut pieces: Vec<Piece>, whole: f64) -> f64 {
    pieces.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    let all: f64 = pieces.iter().map(|piece| piece.weight).sum();
    let at = |share: f64| {
        let mut below = 0.0;
        let reached = |piece: &&Piece| {
            below += piece.weight;
            below >= share * all
        };
        pieces.iter().find(reached).map_or(0.0, |piece| piece.mean)
    };
    let (low, middle, high) = (at(0.25), at(0.5), at(0.75));
    // A drum that pushes to one side does so only while it sounds.
    let steady = high - low < 2.0 * middle.abs();
    // What is taken away must at least halve the mean of the file.
    let agrees = (whole - middle).abs() <= whole.abs() / 2.0;
    if steady && agrees { middle } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    const RATE: u32 = 8_000;

    fn of(samples: &[f32]) -> f64 {
        let mut read = |from: u64, block: &mut Stereo| {
            for side in block {
                let part = &samples[from as usize..from as usize + side.len()];
                side.copy_from_slice(part);
            }
            Ok::<(), Infallible>(())
        };
        let whole = mean(samples);
        let found = found(SampleRate(RATE), samples.len() as u64, [whole; 2], &mut read);
        let Ok([left, right]) = found;
        assert_eq!(left, right);
        left
    }

    fn mean(samples: &[f32]) -> f64 {
        samples.iter().map(|x| f64::from(*x)).sum::<f64>() / samples.len().max(1) as f64
    }

    /// Sines of frequency, level and phase.
    fn sines(count: usize, list: &[(f64, f64, f64)]) -> Vec<f32> {
        let at = |n: usize| {
            let of = |(hertz, level, phase): &(f64, f64, f64)| {
                level * (TAU * hertz * n as f64 / f64::from(RATE) + phase).sin()
            };
            list.iter().map(of).sum::<f64>() as f32
        };
        (0..count).map(at).collect()
    }

    fn noise(count: usize, level: f32) -> Vec<f32> {
        let mut state = 0x1234_5678u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            level * (state as f32 / u32::MAX as f32 - 0.5)
        };
        (0..count).map(|_| next()).collect()
    }

    /// Hits of a sine that falls in pitch and dies away, as of a drum machine: seconds from one to
    /// the next, first and last pitch, and decay.
    fn kicks(count: usize, every: f64, from: f64, to: f64, decay: f64) -> Vec<f32> {
        let mut out = vec![0.0f32; count];
        let each = (every * f64::from(RATE)) as usize;
        for start in (0..count).step_by(each) {
            for (n, x) in out[start..].iter_mut().enumerate() {
                let t = n as f64 / f64::from(RATE);
                let swept = to * t + (from - to) * 0.03 * (1.0 - (-t / 0.03).exp());
                *x += (0.8 * (TAU * swept).sin() * (-t / decay).exp()) as f32;
            }
        }
        out
    }

    fn plus(samples: &[f32], offset: f32) -> Vec<f32> {
        samples.iter().map(|x| x + offset).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn no_sum_of_sines_has_an_offset(
            list in prop::collection::vec((20.0..4_000.0f64, 0.0..0.5f64, 0.0..TAU), 1..6),
            low in (20.0..120.0f64, 0.0..1.0f64, 0.0..TAU),
            count in 1usize..30_000,
        ) {
            let list = [&list[..], &[low]].concat();
            let found = of(&sines(count, &list));
            prop_assert!(found.abs() < LEAST.factor(), "{found}");
        }

        #[test]
        fn taking_it_away_never_makes_the_mean_greater(
            list in prop::collection::vec((0.1..200.0f64, 0.0..0.5f64, 0.0..TAU), 0..4),
            (offset, breath) in (-0.1..0.1f32, 0.0..0.5f32),
            count in 1usize..30_000,
        ) {
            let sound = plus(&sines(count, &list), offset);
            let sound: Vec<f32> =
                sound.iter().zip(noise(count, breath)).map(|(a, b)| a + b).collect();
            let (before, found) = (mean(&sound), of(&sound));
            prop_assert!((before - found).abs() <= before.abs(), "{before} {found}");
        }
    }

    #[test]
    fn a_true_offset_is_found_in_every_sound() {
        let count = 8 * RATE as usize;
        let low = sines(count, &[(60.0, 0.5, 0.3)]);
        let full = sines(count, &[(31.7, 0.9, 1.0)]);
        let chord = sines(count, &[(41.2, 0.3, 0.0), (82.4, 0.2, 1.0), (311.0, 0.2, 2.0)]);
        let drums = kicks(count, 0.5, 200.0, 50.0, 0.15);
        let hiss = noise(count, 0.001);
        let sounds = [low, full, chord, drums, hiss, noise(count, 0.5), vec![0.0; count]];
        for (n, sound) in sounds.iter().enumerate() {
            for offset in [0.01f32, -0.01, 0.05] {
                let found = of(&plus(sound, offset));
                let off = (found - f64::from(offset)).abs();
                assert!(off < 0.2 * f64::from(offset.abs()), "{n}: {offset} {found}");
            }
            assert_eq!(of(sound), 0.0, "{n}");
        }
    }

    #[test]
    fn a_drum_that_pushes_to_one_side_has_none() {
        let count = 8 * RATE as usize;
        for (every, from, to, decay) in [
            (0.5, 200.0, 50.0, 0.15),
            (0.5, 50.0, 50.0, 0.3),
            (0.43, 60.0, 45.0, 0.8),
            (0.25, 50.0, 50.0, 0.1),
            (1.0, 45.0, 45.0, 1.0),
            (0.5, 180.0, 35.0, 0.4),
        ] {
            let found = of(&kicks(count, every, from, to, decay));
            assert!(found.abs() < LEAST.factor(), "{every} {from} {to} {decay}: {found}");
        }
    }

    #[test]
    fn a_file_that_is_too_short_to_tell_has_none() {
        assert_eq!(of(&noise(RATE as usize / 100, 1.0)), 0.0);
        assert_eq!(of(&plus(&noise(RATE as usize / 2, 0.1), 0.05)), 0.0);
    }
}
