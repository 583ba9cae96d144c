//! What the limiter of one file did over time: how deep it went, and where. [`Limiting`] is filled
//! while the file is written.

use crate::units::{Db, Seconds};

/// Passages closer together than this are one.
const GAP: Seconds = Seconds(3.0);
/// Most passages in a note.
const PASSAGES: usize = 3;
/// A passage is where the reduction reaches this share of the deepest.
const DEEP: f64 = 0.7;

/// Gain reduction of a limiter, block by block.
#[derive(Default)]
pub struct Limiting {
    /// Times at which blocks end, and the deepest reduction within each (0 or negative).
    blocks: Vec<(Seconds, Db)>,
}

impl Limiting {
    /// Adds the block that ends at `until`.
    pub fn add(&mut self, until: Seconds, reduction: Db) {
        self.blocks.push((until, reduction));
    }

    /// The deepest reduction, in dB (0 or negative).
    pub fn deepest(&self) -> Db {
        Db(self.blocks.iter().fold(0.0, |least, (_, reduction)| reduction.0.min(least)))
    }

    /// The longest passages in which the limiter works nearly as hard as anywhere, in the order of
    /// the song.
    fn passages(&self) -> Vec<(Seconds, Seconds)> {
        let deep = Db(self.deepest().0 * DEEP);
        let mut passages: Vec<(Seconds, Seconds)> = Vec::new();
        let mut from = Seconds(0.0);
        for (until, reduction) in &self.blocks {
            if *reduction <= deep {
                match passages.last_mut() {
                    Some(last) if from.0 - last.1.0 < GAP.0 => last.1 = *until,
                    _ => passages.push((from, *until)),
                }
            }
            from = *until;
        }
        passages.sort_by(|a, b| (b.1.0 - b.0.0).total_cmp(&(a.1.0 - a.0.0)));
        passages.truncate(PASSAGES);
        passages.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
        passages
    }

    /// A sentence about heavy limiting and what to do, if the reduction reaches `from`.
    pub fn note(&self, from: Db) -> Option<String> {
        let deepest = -self.deepest().0;
        if deepest < from.0.max(0.1) {
            return None;
        }
        let passages = self.passages().into_iter();
        let places: Vec<String> =
            passages.map(|(from, to)| format!("{from}\u{2013}{}", Seconds(to.0.ceil()))).collect();
        Some(format!(
            "{deepest:.1} dB of limiting. Lower the target, or compress earlier in the chain. \
             Loudest passages: {}",
            places.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiting(depths: &[f64]) -> Limiting {
        let mut limiting = Limiting::default();
        for (n, depth) in depths.iter().enumerate() {
            limiting.add(Seconds((n + 1) as f64), Db(-depth));
        }
        limiting
    }

    #[test]
    fn heavy_limiting_is_said_with_its_loudest_passages() {
        let mut depths = vec![1.0; 100];
        depths[64..91].fill(7.9);
        depths[20] = 6.0;
        let note = limiting(&depths).note(Db(4.0)).unwrap();
        assert!(note.starts_with("7.9 dB of limiting. "), "{note}");
        assert!(note.ends_with("Loudest passages: 0:20\u{2013}0:21, 1:04\u{2013}1:31"), "{note}");
    }

    #[test]
    fn light_limiting_is_not_said() {
        assert_eq!(limiting(&[1.0, 3.9, 0.0]).note(Db(4.0)), None);
        assert!(limiting(&[1.0, 3.9, 0.0]).note(Db(3.0)).is_some());
        assert_eq!(limiting(&[0.0; 5]).note(Db(0.0)), None);
    }
}
