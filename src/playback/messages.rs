//! Messages between the window and the audio thread: [`Command`] and [`Settings`] to the renderer,
//! [`State`] and [`Old`] back. [`Ends`] holds the renderer's ends of the queues.

use super::align::Delays;
use super::output::{FinishingPath, Previewed};
use crate::dsp::chain::{Chain, Comparison, Hearing, MOST, SideChainId, Slot};
use crate::dsp::pan::PanLaw;
use crate::engine::path::SignalPath;
use crate::playback::prefetch::Block;
use crate::units::{Db, Latency, Seconds};
use rtrb::{Consumer, Producer};
use std::time::Instant;

/// Orders to the renderer. They are queued, so none is lost.
pub enum Command {
    Play,
    Pause,
    /// Plays this many frames while paused: the sound of scrubbing.
    Audition(usize),
    /// From now on play only blocks of this epoch.
    Epoch(u64),
    /// A chain that replaces the one in this place.
    Chain(Place, Box<Chain>),
    /// Switches to another master's finishing path (gain, limiter).
    Finishing(Box<FinishingPath>),
    /// Longer delay lines, for chains with more latency than the current ones can hold.
    Delays(Box<Delays>),
    /// Resets highest levels, overs, gaps and the worst load.
    ResetLevels,
}

/// Objects that the audio thread no longer uses; another thread frees them.
pub enum Old {
    Chain(#[expect(dead_code, reason = "only kept to be dropped")] Box<Chain>),
    Finishing(#[expect(dead_code, reason = "only kept to be dropped")] Box<FinishingPath>),
    Delays(#[expect(dead_code, reason = "only kept to be dropped")] Box<Delays>),
}

/// Sends an object back to be freed. The queue has room for more than the window can send between
/// two looks at it. If it is full, the memory is leaked rather than freed on this thread.
pub fn give_back(old: Old, spent: &mut Producer<Old>) {
    if let Err(rtrb::PushError::Full(old)) = spent.push(old) {
        std::mem::forget(old);
    }
}

/// Where a chain works: on a stem, by its index, or on the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Stem(usize),
    Mix,
}

/// The signal that the listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Mix,
    Reference,
    /// Mix and reference together, each at half its level.
    Both,
}

/// All settings of the renderer. Only the newest value counts; older ones may be skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// One per stem, in the order of the session.
    pub strips: Vec<SignalPath>,
    /// Fader on the sum of all strips.
    pub fader: Db,
    /// Processors on the sum of all strips.
    pub chain: Vec<Slot>,
    /// Stems used as side chains, by id and index.
    pub side_chains: Vec<(SideChainId, usize)>,
    /// The chain that the window shows: the renderer sends its input, output and gain reductions.
    pub watched: Option<Place>,
    /// Slot of the watched chain to compare.
    pub comparing: Option<Comparison>,
    pub law: PanLaw,
    pub source: Source,
    /// The previewed master; none without a preview.
    pub master: Option<Previewed>,
    /// What is heard of the finishing path, always with its delay.
    pub finishing: Hearing,
    /// Gain on the output, for comparison at equal loudness.
    pub matching: Db,
}

/// Levels of a stem after its strip, or of the output to the device. Samples are linear, 1 is full
/// scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// Highest sample of left and right, falling 20 dB in 0.8 s.
    pub peaks: [f32; 2],
    /// Root mean square of left and right, time constant 0.3 s.
    pub rms: [f32; 2],
    /// Highest sample since the levels were reset.
    pub highest: f32,
    /// Samples above full scale since the levels were reset.
    pub overs: u64,
    /// Deepest gain reduction of the chain's processors, recovering by 20 dB a second.
    pub reduction: Db,
}

impl Default for Levels {
    fn default() -> Self {
        Self { peaks: [0.0; 2], rms: [0.0; 2], highest: 0.0, overs: 0, reduction: Db::UNITY }
    }
}

/// State of the renderer, published after each callback.
#[derive(Clone, Debug)]
pub struct State {
    pub playing: bool,
    /// Song position, in frames, of the sound that is heard at [`Self::at`].
    pub frame: u64,
    /// The time that [`Self::frame`] belongs to.
    pub at: Option<Instant>,
    /// Latency from a stem to the output, in frames.
    pub latency: Latency,
    /// Levels of each stem.
    pub stems: Vec<Levels>,
    /// Levels of the output to the device.
    pub out: Levels,
    /// Deepest gain reduction of each processor of the watched chain, recovering by 20 dB a second.
    pub reductions: [Db; MOST],
    /// How much louder each of these processors makes the sound.
    pub louder: [Db; MOST],
    /// Deepest gain reduction of the limiter of the previewed master.
    pub limiting: Db,
    /// How often the song has played to its end. A failure stops playback and counts too.
    pub ends: u64,
    /// How often playback faded out because the disk was late.
    pub gaps: u64,
    /// Song frame of the last such gap.
    pub gap: u64,
    /// Frames that the meters missed because their queue was full.
    pub unmetered: u64,
    /// The epoch of the blocks that are heard.
    pub epoch: u64,
    /// Share of a buffer's time that the callback uses, averaged over half a second.
    pub load: f32,
    /// The highest load of one callback since the levels were reset.
    pub worst_load: f32,
    /// Time from the callback to the loudspeaker, as the device reports it.
    pub device: Seconds,
    /// How often a processor panicked in the callback, which then falls silent.
    pub failures: u64,
    /// Callbacks so far; the player detects a stalled device by this count.
    pub callbacks: u64,
}

impl State {
    pub fn new(stems: usize) -> Self {
        Self {
            playing: false,
            frame: 0,
            at: None,
            latency: Latency(0),
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

    /// Copies another state with the same number of stems, without allocating.
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
    /// Input and output of the watched chain, both in mono.
    pub watch: Producer<[f32; 2]>,
    pub old: Producer<Old>,
}
