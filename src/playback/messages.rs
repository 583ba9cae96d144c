//! What the window and the audio thread tell each other.

use crate::dsp::chain::{Chain, KeyId, MOST, Slot};
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::pan::PanLaw;
use crate::dsp::strip::StripSettings;
use crate::playback::prefetch::Block;
use crate::units::Db;
use rtrb::{Consumer, Producer};

/// Orders that must all arrive.
pub enum Command {
    Play,
    Pause,
    /// Only blocks of this epoch are to be heard from now on.
    Epoch(u64),
    /// A chain that takes the place of another.
    Chain(Place, Box<Chain>),
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

/// Where a strip and its chain are going.
#[derive(Clone, Debug, PartialEq)]
pub struct StripTarget {
    pub settings: StripSettings,
    pub chain: Vec<Slot>,
    pub audible: bool,
}

/// The newest settings; only the latest counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub strips: Vec<StripTarget>,
    /// On the sum of all strips.
    pub chain: Vec<Slot>,
    /// Stems that processors listen to, by name and index.
    pub keys: Vec<(KeyId, usize)>,
    /// The chain that is looked at: its meters are kept.
    pub watched: Option<Place>,
    /// The processor of the watched chain that is heard from before, as loud as after.
    pub comparing: Option<usize>,
    pub law: PanLaw,
    pub source: Source,
    /// Gain and limiter of the master that is previewed; of its times only the release.
    pub master: Option<(Db, LimiterSettings)>,
    /// Gain on what is heard, for comparison at equal loudness.
    pub matching: Db,
}

/// What the audio thread tells the window.
#[derive(Clone, Debug)]
pub struct State {
    pub playing: bool,
    /// Where in the song the sound is read.
    pub frame: u64,
    /// Frames from there to what is heard.
    pub latency: usize,
    /// Highest sample of each stem, left and right, falling slowly.
    pub peaks: Vec<[f32; 2]>,
    /// The deepest gain of each processor of the watched chain, rising slowly.
    pub reductions: [Db; MOST],
    /// How much louder each of them makes the sound.
    pub louder: [Db; MOST],
    /// The deepest gain of the limiter of the master that is previewed.
    pub limiting: Db,
    /// Times that the disk was late.
    pub gaps: u64,
    /// The epoch that is heard.
    pub epoch: u64,
}

impl State {
    pub fn new(stems: usize) -> Self {
        Self {
            playing: false,
            frame: 0,
            latency: 0,
            peaks: vec![[0.0; 2]; stems],
            reductions: [Db::UNITY; MOST],
            louder: [Db::UNITY; MOST],
            limiting: Db::UNITY,
            gaps: 0,
            epoch: 0,
        }
    }

    pub(super) fn copy_from(&mut self, other: &State) {
        self.playing = other.playing;
        self.frame = other.frame;
        self.latency = other.latency;
        self.reductions = other.reductions;
        self.louder = other.louder;
        self.limiting = other.limiting;
        self.gaps = other.gaps;
        self.epoch = other.epoch;
        self.peaks.copy_from_slice(&other.peaks);
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
    /// Chains that are not needed any more.
    pub old_chains: Producer<Box<Chain>>,
}
