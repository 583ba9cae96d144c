//! Processors in a row.

mod slot;
mod unit;

pub use slot::{KeyId, Kind, ProcessorSettings, Slot, fits};
pub use unit::{Key, SETTLING};

use crate::units::{Db, SampleRate};
use unit::{PART, Unit};

/// Processors in a chain at most: what the meters have room for.
pub const MOST: usize = 12;
/// What leaves a chain stays below this, +120 dBFS: no number ever becomes infinite.
const BOUND: f32 = 1e6;

/// A chain at work.
pub struct Chain {
    units: Vec<Unit>,
    latency: usize,
}

impl Chain {
    /// Processors beyond [`MOST`] are not heard.
    pub fn new(slots: &[Slot], rate: SampleRate) -> Self {
        let mut latency = 0;
        let units = slots
            .iter()
            .take(MOST)
            .map(|slot| {
                let unit = Unit::new(slot, latency, rate);
                latency += unit.latency();
                unit
            })
            .collect();
        Self { units, latency }
    }

    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Frames from input to output, whether processors are on or off.
    pub fn latency(&self) -> usize {
        self.latency
    }

    /// Whether the chain can obey `slots`; if not, another has to be made.
    pub fn fits(&self, slots: &[Slot]) -> bool {
        let slots = slots.get(..MOST).unwrap_or(slots);
        self.units.len() == slots.len()
            && self.units.iter().zip(slots).all(|(unit, slot)| unit.fits(slot))
    }

    /// New settings, reached in 10 ms; those of another chain are left alone. `comparing` is
    /// the processor that is heard from before, as loud as after.
    pub fn set(&mut self, slots: &[Slot], comparing: Option<usize>) {
        if !self.fits(slots) {
            return;
        }
        for (n, (unit, slot)) in self.units.iter_mut().zip(slots).enumerate() {
            unit.set(slot, comparing == Some(n));
        }
    }

    /// Forgets the stream, for a jump to another place.
    pub fn reset(&mut self) {
        self.units.iter_mut().for_each(Unit::reset);
    }

    /// The deepest reduction of each processor since this was last asked.
    pub fn take_reductions(&mut self, into: &mut [Db; MOST]) {
        *into = [Db::UNITY; MOST];
        for (into, unit) in into.iter_mut().zip(&mut self.units) {
            *into = unit.take_reduction();
        }
    }

    /// How much louder each processor lately made the sound, while the chain was watched.
    pub fn louder(&self, into: &mut [Db; MOST]) {
        *into = [Db::UNITY; MOST];
        for (into, unit) in into.iter_mut().zip(&self.units) {
            *into = unit.louder();
        }
    }

    /// Handles a block in place. `keys` are the signals that processors may listen to, as long
    /// as the block; `watched` chains keep loudness before and after, for comparisons.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        keys: &[Key<'_>],
        watched: bool,
    ) {
        if self.units.is_empty() {
            return;
        }
        let mut part_keys = [NO_KEY; MOST];
        for from in (0..left.len()).step_by(PART) {
            let to = (from + PART).min(left.len());
            for (part, key) in part_keys.iter_mut().zip(keys) {
                *part = Key {
                    id: key.id,
                    left: cut(key.left, from, to),
                    right: cut(key.right, from, to),
                };
            }
            let part_keys = part_keys.get(..keys.len().min(MOST)).unwrap_or(&[]);
            let (left, right) = (&mut left[from..to], &mut right[from..to]);
            bound(left);
            bound(right);
            for unit in &mut self.units {
                unit.process(left, right, part_keys, watched);
            }
            bound(left);
            bound(right);
        }
    }
}

const NO_KEY: Key<'static> = Key { id: KeyId(u32::MAX), left: &[], right: &[] };

fn cut(side: &[f32], from: usize, to: usize) -> &[f32] {
    side.get(from..to).unwrap_or(&[])
}

/// Takes away what is no number, and bounds what is beyond all reason.
fn bound(side: &mut [f32]) {
    for x in side {
        *x = if x.is_nan() { 0.0 } else { x.clamp(-BOUND, BOUND) };
    }
}

#[cfg(test)]
mod tests;
