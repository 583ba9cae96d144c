//! Chains of processors: the settings in a session, and the chain that runs them.
//!
//! A [`Slot`] is the plain data of one processor; [`Chain`] runs a list of slots in the player
//! (audio thread) and for files; [`Linked`] runs a chain on a part of a mix, controlled by the
//! whole mix.

mod erased;
mod linked;
mod moves;
mod rest;
mod slot;
mod table;
mod unit;

pub use linked::Linked;
pub use moves::{Automation, ParameterAddress, ParameterRef};
pub use slot::{Kind, ProcessorSettings, SideChainId, Slot, fits};
pub use unit::{Hearing, SETTLING, SideChain};

use crate::dsp::eq::KernelWorker;
use crate::units::{Db, Latency, SampleRate, Seconds, SongFrame};
use unit::{Insert, NO_SIDE_CHAIN, PART};

/// Maximum number of processors in a chain: the room in the meters.
pub const MOST: usize = 12;
/// Limit of a chain's input and output, +120 dBFS, so that no sample becomes infinite.
const BOUND: f32 = 1e6;

/// How long a chain has to run before a position until its output is as if it had run from the
/// start: 0.1 s for filters, in which a 20 Hz high-pass decays by more than 60 dB; three times the
/// longest release, after which a reduction of 6 dB is right to 0.3 dB; six times that with
/// automatic release, whose memory is slower; at most 1 s, to keep the wait short. For a
/// linear-phase equaliser what its filter reaches.
pub fn memory(slots: &[Slot]) -> Seconds {
    let on = slots.iter().filter(|slot| slot.on);
    let times = on.map(|slot| {
        let values = slot.processor.values();
        let with_id = |id: &'static str| {
            let same = move |value: &&ParameterRef| value.id.as_str() == id;
            values.iter().filter(same).filter_map(|value| slot.processor.get(value.place))
        };
        let slower = if with_id("auto_release").any(|on| on > 0.5) { 6.0 } else { 1.0 };
        let longest = with_id("release").fold(0.0, f64::max);
        (3.0 * slower * longest).clamp(0.1, 1.0).max(slot.reach().0)
    });
    Seconds(times.fold(0.0, f64::max))
}

/// A processor of a chain that is compared with the sound around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Index of the processor.
    pub slot: usize,
    pub hears: Hearing,
}

/// A running chain.
pub struct Chain {
    units: Vec<Insert>,
    latency: Latency,
}

impl Chain {
    /// For files. Processors beyond [`MOST`] are ignored.
    pub fn new(slots: &[Slot], rate: SampleRate) -> Self {
        Self::with(slots, rate, None)
    }

    /// For the audio thread: slow designs run at workbenches, which are added to `benches`; another
    /// thread has to run them. The chain takes a design over when it is done.
    pub fn live(slots: &[Slot], rate: SampleRate, benches: &mut Vec<KernelWorker>) -> Self {
        Self::with(slots, rate, Some(benches))
    }

    fn with(slots: &[Slot], rate: SampleRate, mut benches: Option<&mut Vec<KernelWorker>>) -> Self {
        let mut latency = Latency(0);
        let units = slots
            .iter()
            .take(MOST)
            .map(|slot| {
                let unit = Insert::new(slot, latency, rate, benches.as_deref_mut());
                latency += unit.latency();
                unit
            })
            .collect();
        Self { units, latency }
    }

    /// Makes every processor panic on its next block.
    #[cfg(test)]
    pub fn break_down(&mut self) {
        self.units.iter_mut().for_each(Insert::break_down);
    }

    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Delay from input to output. Switching processors on or off does not change it.
    pub fn latency(&self) -> Latency {
        self.latency
    }

    /// Whether the chain can take the settings `slots`. If not, a new chain is needed.
    pub fn fits(&self, slots: &[Slot]) -> bool {
        let slots = slots.get(..MOST).unwrap_or(slots);
        self.units.len() == slots.len()
            && self.units.iter().zip(slots).all(|(unit, slot)| unit.fits(slot))
    }

    /// Sets new settings, reached in 10 ms. Does nothing if they do not fit.
    pub fn set(&mut self, slots: &[Slot], comparing: Option<Comparison>) {
        if !self.fits(slots) {
            return;
        }
        for (n, (unit, slot)) in self.units.iter_mut().zip(slots).enumerate() {
            let compared = comparing.filter(|comparison| comparison.slot == n);
            unit.set(slot, compared.map_or(Hearing::Output, |comparison| comparison.hears));
        }
    }

    /// Clears all state, for a jump to `frame` of the song.
    pub fn reset(&mut self, frame: SongFrame) {
        self.units.iter_mut().for_each(|unit| unit.reset(frame));
    }

    /// Whether all designs for the next block are done. Always true for files.
    pub fn is_ready(&mut self) -> bool {
        self.units.iter_mut().all(Insert::is_ready)
    }

    /// Number of processors that ran on the last block. On the audio thread, processors that are
    /// off or rest in silence do not run.
    pub fn at_work(&self) -> usize {
        self.units.iter().filter(|unit| unit.works()).count()
    }

    /// The deepest reduction of each processor since the last call.
    pub fn take_reductions(&mut self, into: &mut [Db; MOST]) {
        *into = [Db::UNITY; MOST];
        for (into, unit) in into.iter_mut().zip(&mut self.units) {
            *into = unit.take_reduction();
        }
    }

    /// How much louder each processor made the sound over the last seconds. Measured while the
    /// chain is watched.
    pub fn louder(&self, into: &mut [Db; MOST]) {
        *into = [Db::UNITY; MOST];
        for (into, unit) in into.iter_mut().zip(&self.units) {
            *into = unit.louder();
        }
    }

    /// Processes a block in place. `side_chains` are the side-chain signals, as long as the block;
    /// `watched` turns on the measurement of loudness before and after each processor; `frame` is
    /// the song frame where the block starts.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        side_chains: &[SideChain<'_>],
        watched: bool,
        frame: SongFrame,
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
                unit.process(left, right, part_side_chains, watched, frame.after(from));
            }
            bound(left);
            bound(right);
        }
    }
}

/// Replaces NaN by 0 and clamps to ±[`BOUND`].
fn bound(side: &mut [f32]) {
    for x in side {
        *x = if x.is_nan() { 0.0 } else { x.clamp(-BOUND, BOUND) };
    }
}

#[cfg(test)]
mod tests;
