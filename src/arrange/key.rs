//! Finds the key of a song from the pitch classes of its stems.
//!
//! Each pitch class is weighted by how long it sounds. The best correlated of the 24 profiles of
//! major and minor keys wins (C. L. Krumhansl, *Cognitive Foundations of Musical Pitch*, 1990,
//! chapter 4, with the profiles of J. Albrecht and D. Shanahan, *The Use of Large Corpora to Train
//! a New Type of Key-Finding Algorithm*, Music Perception 31/1, 2013).

use crate::arrange::features::Features;

const MAJOR: [f64; 12] =
    [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081];
const MINOR: [f64; 12] =
    [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052];
/// The usual spelling of each key.
const MAJOR_NAMES: [&str; 12] = [
    "C",
    "D\u{266d}",
    "D",
    "E\u{266d}",
    "E",
    "F",
    "F\u{266f}",
    "G",
    "A\u{266d}",
    "A",
    "B\u{266d}",
    "B",
];
const MINOR_NAMES: [&str; 12] = [
    "C",
    "C\u{266f}",
    "D",
    "E\u{266d}",
    "E",
    "F",
    "F\u{266f}",
    "G",
    "G\u{266f}",
    "A",
    "B\u{266d}",
    "B",
];

/// A key, with its correlation.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// `A minor`, `E♭ major`.
    pub name: String,
    /// Correlation with the key's profile, −1 to 1.
    pub likeness: f64,
    /// Its distance to the correlation of the next key.
    pub lead: f64,
}

/// Finds the key; `None` without pitched sound.
pub fn find(features: &Features) -> Option<Key> {
    let mut heard = [0.0f64; 12];
    for frame in &features.chroma {
        let loudest = frame.iter().fold(0.0f32, |most, power| most.max(*power));
        if loudest <= 1e-9 {
            continue;
        }
        // Each frame has the same weight. The square root lets all notes of a chord count.
        for (heard, power) in heard.iter_mut().zip(frame) {
            *heard += f64::from(power / loudest).sqrt();
        }
    }
    let total: f64 = heard.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut all: Vec<(f64, String)> = Vec::with_capacity(24);
    for tonic in 0..12 {
        heard.rotate_left(usize::from(tonic > 0));
        for (profile, names, mode) in [(MAJOR, MAJOR_NAMES, "major"), (MINOR, MINOR_NAMES, "minor")]
        {
            let name = names.get(tonic).copied().unwrap_or_default();
            all.push((correlation(&heard, &profile), format!("{name} {mode}")));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (likeness, name) = all.first()?.clone();
    let lead = likeness - all.get(1)?.0;
    Some(Key { name, likeness, lead })
}

fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut left, mut right) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        both += x * y;
        left += x * x;
        right += y * y;
    }
    both / (left * right).sqrt().max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrange::features::BANDS;
    use crate::units::Seconds;

    /// Features of chords. Each chord is a list of pitch classes; its first note is twice as loud.
    fn heard(chords: &[[usize; 3]], tonic: usize) -> Features {
        let frame = |chord: &[usize; 3]| {
            let mut frame = [0.01f32; 12];
            for (n, pitch) in chord.iter().enumerate() {
                frame[(pitch + tonic) % 12] += if n == 0 { 2.0 } else { 1.0 };
            }
            frame
        };
        Features {
            flux: Default::default(),
            fine: Vec::new(),
            chroma: chords.iter().map(frame).collect(),
            bands: vec![[0.0; BANDS]; 0],
            chroma_rate: 10.0,
            levels: Vec::new(),
            voice: Vec::new(),
            length: Seconds(1.0),
            has_drums: false,
        }
    }

    #[test]
    fn the_usual_chords_are_in_their_key() {
        const MAJOR_CHORDS: [[usize; 3]; 5] =
            [[0, 4, 7], [5, 9, 0], [7, 11, 2], [9, 0, 4], [0, 4, 7]];
        const MINOR_CHORDS: [[usize; 3]; 5] =
            [[0, 3, 7], [8, 0, 3], [5, 8, 0], [7, 11, 2], [0, 3, 7]];
        for tonic in 0..12 {
            let key = find(&heard(&MAJOR_CHORDS, tonic)).unwrap();
            assert_eq!(key.name, format!("{} major", MAJOR_NAMES[tonic]), "{key:?}");
            let key = find(&heard(&MINOR_CHORDS, tonic)).unwrap();
            assert_eq!(key.name, format!("{} minor", MINOR_NAMES[tonic]), "{key:?}");
        }
        let silent = Features { chroma: vec![[0.0; 12]; 4], ..heard(&[], 0) };
        assert_eq!(find(&silent), None);
    }
}
