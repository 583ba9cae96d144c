//! The lanes of the renderer: trim, chain and strip of each stem. [`Exchange`] lets the renderer
//! replace a chain while it plays. Runs on the audio thread.

use super::handover::Handover;
use super::messages::{Old, give_back};
use crate::dsp::chain::{Chain, Comparison, SideChain, Slot};
use crate::dsp::eq::KernelWorker;
use crate::dsp::pan::PanLaw;
use crate::dsp::strip::Strip;
use crate::dsp::trim::Trim;
use crate::engine::lane::through_chain;
use crate::engine::path::SignalPath;
use crate::units::{Latency, SampleRate, SongFrame};
use rtrb::Producer;

/// Frames handled at a time; a longer device buffer is split into parts.
pub const PART: usize = 256;

/// A chain, and the one that will replace it.
pub struct Exchange {
    current: Box<Chain>,
    next: Option<Box<Chain>>,
    handover: Handover,
    spare: [[f32; PART]; 2],
}

impl Exchange {
    /// Builds the first chain. Workbenches of its linear-phase filters are added to `benches`.
    pub fn new(slots: &[Slot], rate: SampleRate, benches: &mut Vec<KernelWorker>) -> Self {
        Self {
            current: Box::new(Chain::live(slots, rate, benches)),
            next: None,
            handover: Handover::new(rate),
            spare: [[0.0; PART]; 2],
        }
    }

    pub fn latency(&self) -> Latency {
        self.current.latency()
    }

    /// Whether every filter design that the next block needs is ready.
    pub fn is_ready(&mut self) -> bool {
        self.current.is_ready()
    }

    pub fn chain(&mut self) -> &mut Chain {
        &mut self.current
    }

    /// Takes a new chain, which replaces the current one by a crossfade. A chain that was still
    /// waiting goes to `spent`.
    pub fn exchange(&mut self, chain: Box<Chain>, spent: &mut Producer<Old>) {
        self.handover.begin(chain.latency());
        if let Some(old) = self.next.replace(chain) {
            give_back(Old::Chain(old), spent);
        }
    }

    /// Applies settings to both chains; each ignores settings of another structure.
    pub fn set(&mut self, slots: &[Slot], comparing: Option<Comparison>) {
        self.current.set(slots, comparing);
        if let Some(next) = &mut self.next {
            next.set(slots, comparing);
        }
    }

    /// For a jump to `frame` of the song: clears the sound, and a waiting chain takes over at once.
    pub fn reset(&mut self, frame: SongFrame, spent: &mut Producer<Old>) {
        self.take_next(spent);
        self.current.reset(frame);
    }

    /// Handles up to [`PART`] frames in place, from `frame` of the song on. Returns true when the
    /// new chain has taken over.
    pub fn process(
        &mut self,
        mono: bool,
        [left, right]: [&mut [f32]; 2],
        (side_chains, watched): (&[SideChain<'_>], bool),
        frame: SongFrame,
        spent: &mut Producer<Old>,
    ) -> bool {
        let Some(next) = &mut self.next else {
            through_chain(&mut self.current, mono, left, right, side_chains, watched, frame);
            return false;
        };
        let [a, b] = &mut self.spare;
        let (a, b) = (&mut a[..left.len()], &mut b[..left.len()]);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
        through_chain(&mut self.current, mono, left, right, side_chains, watched, frame);
        through_chain(next, mono, a, b, side_chains, watched, frame);
        // Filters designed on the designer thread are nearly always ready before the wait is over.
        let ready = next.is_ready() || self.handover.is_fading();
        ready && self.handover.pass([left, right], [a, b]) && self.take_next(spent)
    }

    fn take_next(&mut self, spent: &mut Producer<Old>) -> bool {
        let Some(next) = self.next.take() else { return false };
        give_back(Old::Chain(std::mem::replace(&mut self.current, next)), spent);
        true
    }
}

/// Running signal path of one stem: trim, chain and strip.
pub struct PlayLane {
    pub trim: Trim,
    pub exchange: Exchange,
    pub strip: Strip,
    pub mono: bool,
}

impl PlayLane {
    pub fn new(
        target: &SignalPath,
        mono: bool,
        law: PanLaw,
        rate: SampleRate,
        benches: &mut Vec<KernelWorker>,
    ) -> Self {
        Self {
            trim: Trim::new(target.trim, rate),
            exchange: Exchange::new(&target.chain, rate, benches),
            strip: Strip::new(&target.settings, mono, law, rate),
            mono,
        }
    }
}
