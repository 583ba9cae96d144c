//! Processors in a row.

mod erased;
mod linked;
mod moves;
mod rest;
mod slot;
mod table;
mod unit;

pub use linked::Linked;
pub use moves::{Automation, Place, Value};
pub use slot::{Kind, ProcessorSettings, SideChainId, Slot, fits};
pub use unit::{SETTLING, SideChain};

use crate::dsp::eq::Workbench;
use crate::units::{Db, SampleRate, Seconds};
use unit::{NO_SIDE_CHAIN, PART, Unit};

/// Processors in a chain at most: what the meters have room for.
pub const MOST: usize = 12;
/// What leaves a chain stays below this, +120 dBFS: no number ever becomes infinite.
const BOUND: f32 = 1e6;

/// How much of the sound before a place has to pass through a chain until what comes out is as
/// if it had passed from the beginning: a tenth of a second for filters, which lets a 20 Hz
/// high-pass fall by more than 60 dB; three times the longest release, after which a reduction
/// of 6 dB is right to 0.3 dB; where the release is automatic six times as much, as its memory
/// is that slow. One second at most, so that nobody waits.
pub fn memory(slots: &[Slot]) -> Seconds {
    let on = slots.iter().filter(|slot| slot.on);
    let times = on.map(|slot| {
        let values = slot.processor.values();
        let with_id = |id: &'static str| {
            let same = move |value: &&Value| value.id.as_str() == id;
            values.iter().filter(same).filter_map(|value| slot.processor.get(value.place))
        };
        let slower = if with_id("auto_release").any(|on| on > 0.5) { 6.0 } else { 1.0 };
        let longest = with_id("release").fold(0.0, f64::max);
        (3.0 * slower * longest).clamp(0.1, 1.0)
    });
    Seconds(times.fold(0.0, f64::max))
}

/// A chain at work.
pub struct Chain {
    units: Vec<Unit>,
    latency: usize,
}

impl Chain {
    /// For files. Processors beyond [`MOST`] are not heard.
    pub fn new(slots: &[Slot], rate: SampleRate) -> Self {
        Self::with(slots, rate, None)
    }

    /// For the audio thread: what takes time to design is designed at workbenches, which are
    /// added to `benches`, and taken over when it is there.
    pub fn live(slots: &[Slot], rate: SampleRate, benches: &mut Vec<Workbench>) -> Self {
        Self::with(slots, rate, Some(benches))
    }

    fn with(slots: &[Slot], rate: SampleRate, mut benches: Option<&mut Vec<Workbench>>) -> Self {
        let mut latency = 0;
        let units = slots
            .iter()
            .take(MOST)
            .map(|slot| {
                let unit = Unit::new(slot, latency, rate, benches.as_deref_mut());
                latency += unit.latency();
                unit
            })
            .collect();
        Self { units, latency }
    }

    /// Lets every processor panic when sound comes to it.
    #[cfg(test)]
    pub fn break_down(&mut self) {
        self.units.iter_mut().for_each(Unit::break_down);
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

    /// Forgets the stream, for a jump to `frame` of the song.
    pub fn reset(&mut self, frame: i64) {
        self.units.iter_mut().for_each(|unit| unit.reset(frame));
    }

    /// Whether everything is designed that the next block needs; a chain for files always is.
    pub fn is_ready(&mut self) -> bool {
        self.units.iter_mut().all(Unit::is_ready)
    }

    /// How many processors worked on the last block: one on the audio thread that is off, or to
    /// which and from which nothing has come for a while, does not.
    pub fn at_work(&self) -> usize {
        self.units.iter().filter(|unit| unit.works()).count()
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

    /// Handles a block in place, which starts at `frame` of the song. `side_chains` are the signals that
    /// processors may listen to, as long as the block; `watched` chains keep loudness before and
    /// after, for comparisons.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        side_chains: &[SideChain<'_>],
        watched: bool,
        frame: i64,
    ) {
        if self.units.is_empty() {
            return;
        }
        let mut part_side_chains = [NO_SIDE_CHAIN; MOST];
        for from in (0..left.len()).step_by(PART) {
            let to = (from + PART).min(left.len());
            for (part, side_chain) in part_side_chains.iter_mut().zip(side_chains) {
                *part = side_chain.part(from, to);
            }
            let part_side_chains =
                part_side_chains.get(..side_chains.len().min(MOST)).unwrap_or(&[]);
            let (left, right) = (&mut left[from..to], &mut right[from..to]);
            bound(left);
            bound(right);
            for unit in &mut self.units {
                unit.process(left, right, part_side_chains, watched, frame + from as i64);
            }
            bound(left);
            bound(right);
        }
    }
}

/// Takes away what is no number, and bounds what is beyond all reason.
fn bound(side: &mut [f32]) {
    for x in side {
        *x = if x.is_nan() { 0.0 } else { x.clamp(-BOUND, BOUND) };
    }
}

#[cfg(test)]
mod tests;
