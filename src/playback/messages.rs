//! What the window and the audio thread tell each other.

use super::align::Delays;
use super::output::{FinishingPath, Previewed};
use crate::dsp::chain::{Chain, MOST, SideChainId, Slot};
use crate::dsp::pan::PanLaw;
use crate::playback::prefetch::Block;
use crate::units::{Db, Seconds};
use rtrb::{Consumer, Producer};
use std::time::Instant;

/// Orders that must all arrive.
pub enum Command {
    Play,
    Pause,
    /// Lets so many frames be heard while it stands still: the sound of scrubbing.
    Audition(usize),
    /// Only blocks of this epoch are to be heard from now on.
    Epoch(u64),
    /// A chain that takes the place of another.
    Chain(Place, Box<Chain>),
    /// The end of another master.
    Finishing(Box<FinishingPath>),
    /// Longer delays, for chains with more latency than there was room for.
    Delays(Box<Delays>),
    /// Highest levels and overs are counted anew.
    ResetLevels,
}

/// What the audio thread has no use for any more; it is freed elsewhere.
pub enum Old {
    Chain(#[expect(dead_code, reason = "only kept to be dropped")] Box<Chain>),
    Finishing(#[expect(dead_code, reason = "only kept to be dropped")] Box<FinishingPath>),
    Delays(#[expect(dead_code, reason = "only kept to be dropped")] Box<Delays>),
}

/// Sends something back to be freed. The queue has room for more than the window can send
/// between two looks at it; were it full, the memory is leaked, not freed here.
pub fn give_back(old: Old, spent: &mut Producer<Old>) {
    if let Err(rtrb::PushError::Full(old)) = spent.push(old) {
        std::mem::forget(old);
    }
}

/// A place where a chain works: on a stem, by its index, or on the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Stem(usize),
    Mix,
}

/// What is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Mix,
    Reference,
}

/// Where the path of a stem is going: the same value that a file is rendered by.
pub use crate::engine::path::SignalPath as StripTarget;

/// The newest settings; only the latest counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub strips: Vec<StripTarget>,
    /// On the sum of all strips.
    pub chain: Vec<Slot>,
    /// Stems that processors listen to, by name and index.
    pub side_chains: Vec<(SideChainId, usize)>,
    /// The chain that is looked at: its meters are kept.
    pub watched: Option<Place>,
    /// The processor of the watched chain that is heard from before, as loud as after.
    pub comparing: Option<usize>,
    pub law: PanLaw,
    pub source: Source,
    /// The end of the master that is previewed.
    pub master: Option<Previewed>,
    /// The master's end is passed by, in step with it.
    pub around: bool,
    /// Gain on what is heard, for comparison at equal loudness.
    pub matching: Db,
}

/// Levels of a stem after its strip, or of what leaves for the device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Highest sample of left and right, falling 20 dB in 0.8 s.
    pub peaks: [f32; 2],
    /// Root of the mean square of left and right, over 0.3 s.
    pub rms: [f32; 2],
    /// Highest sample since the levels were reset.
    pub highest: f32,
    /// Samples above full scale since then.
    pub overs: u64,
    /// The deepest gain of the chain's processors, rising 20 dB a second.
    pub reduction: Db,
}

impl Default for Levels {
    fn default() -> Self {
        Self { peaks: [0.0; 2], rms: [0.0; 2], highest: 0.0, overs: 0, reduction: Db::UNITY }
    }
}

/// What the audio thread tells the window.
#[derive(Clone, Debug)]
pub struct State {
    pub playing: bool,
    /// Where in the song the sound is that is heard at [`Self::at`].
    pub frame: u64,
    /// When this was true.
    pub at: Option<Instant>,
    /// Frames from a stem to the output.
    pub latency: usize,
    /// Of each stem.
    pub stems: Vec<Levels>,
    /// Of what leaves for the device.
    pub out: Levels,
    /// The deepest gain of each processor of the watched chain, rising slowly.
    pub reductions: [Db; MOST],
    /// How much louder each of them makes the sound.
    pub louder: [Db; MOST],
    /// The deepest gain of the limiter of the master that is previewed.
    pub limiting: Db,
    /// Times that the song was played to its end.
    pub ends: u64,
    /// Times that the disk was late, and where in the song that was last.
    pub gaps: u64,
    pub gap: u64,
    /// Frames that the meters missed because they were not read in time.
    pub unmetered: u64,
    /// The epoch that is heard.
    pub epoch: u64,
    /// Share of its time that the callback needs, over the last half second, and at worst.
    pub load: f32,
    pub worst_load: f32,
    /// From the callback to the loudspeaker, as the device says.
    pub device: Seconds,
    /// Times that a processor failed in the callback, which then fell silent.
    pub failures: u64,
    /// Callbacks so far: a device that has stopped asking is noticed by it.
    pub callbacks: u64,
}

impl State {
    pub fn new(stems: usize) -> Self {
        Self {
            playing: false,
            frame: 0,
            at: None,
            latency: 0,
            stems: vec![Levels::default(); stems],
            out: Levels::default(),
            reductions: [Db::UNITY; MOST],
            louder: [Db::UNITY; MOST],
            limiting: Db::UNITY,
            ends: 0,
            gaps: 0,
            gap: 0,
            unmetered: 0,
            epoch: 0,
            load: 0.0,
            worst_load: 0.0,
            device: Seconds(0.0),
            failures: 0,
            callbacks: 0,
        }
    }

    /// Takes over another state of as many stems, without asking for memory.
    pub(super) fn copy_from(&mut self, other: &State) {
        let mut stems = std::mem::take(&mut self.stems);
        stems.copy_from_slice(&other.stems);
        *self = State { stems, ..*other };
    }
}

/// The renderer's ends of the queues.
pub struct Ends {
    pub orders: Consumer<Command>,
    pub settings: triple_buffer::Output<Settings>,
    pub state: triple_buffer::Input<State>,
    pub blocks: Consumer<Box<Block>>,
    pub spent: Producer<Box<Block>>,
    pub tap: Producer<[f32; 2]>,
    /// The watched chain: in and out, both in mono.
    pub watch: Producer<[f32; 2]>,
    pub old: Producer<Old>,
}
