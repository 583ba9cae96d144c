//! The contract between a chain and its processors.
//!
//! A processor lives in one file: plain settings ([`Blueprint`]) and the signal processing that
//! obeys them ([`Processor`]). One line in `chain/table.rs` makes the kind known to chains,
//! sessions and the window. This module knows no chain.

use crate::dsp::eq::KernelWorker;
use crate::dsp::parameter::{Parameter, Settings};
use crate::units::{Db, Latency, SampleRate, Seconds};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Surroundings for which a processor is built.
pub struct Setup<'a> {
    pub rate: SampleRate,
    /// Whether automation moves values of these settings.
    pub automated: bool,
    /// See [`Blueprint::reach`].
    pub reach: Seconds,
    /// On the audio thread: slow designs are handed to workbenches, which are added here. Without
    /// a list (renders), the processor designs everything itself, at once.
    pub benches: Option<&'a mut Vec<KernelWorker>>,
}

/// Settings of one kind of processor: what a session stores, and how the processor is built.
pub trait Blueprint: Settings + Serialize + DeserializeOwned + Send + Sync {
    /// Name on cards and in the history.
    const NAME: &'static str;
    /// Name in a line that lists a chain.
    const SHORT: &'static str = Self::NAME;
    /// Whether a person can choose another stem as its side chain.
    const SIDE_CHAIN: bool = false;

    type Processor: Processor<Settings = Self>;
    /// Settings of one band; [`NoSettings`] where there are no bands.
    type Band: Settings;

    fn build(&self, setup: Setup<'_>) -> Self::Processor;

    /// Values that decide latency. When they change, the chain builds another processor and fades
    /// over to it; all other values are set on the running one.
    fn structure(&self) -> (u64, u64) {
        (0, 0)
    }

    /// How far the processor looks around a sound, in a few steps. It decides latency too, but hangs
    /// on many parameters, which can be automated all the same: `range` gives the lowest and the
    /// highest value of a band's parameter that is. Called on the audio thread.
    fn reach(&self, _range: &dyn Fn(usize, &str) -> Option<[f64; 2]>) -> Seconds {
        Seconds(0.0)
    }

    fn bands(&self) -> &[Self::Band] {
        &[]
    }

    fn bands_mut(&mut self) -> &mut [Self::Band] {
        &mut []
    }

    /// Reserves memory for as many bands as there can be, so that [`Self::copy_from`] allocates
    /// nothing.
    fn make_room(&mut self) {}

    /// Copies other settings into these without allocating; called on the audio thread. Bands
    /// beyond the reserved memory are left out.
    fn copy_from(&mut self, other: &Self) {
        self.clone_from(other);
    }
}

/// A running processor. It handles planar stereo blocks in place, from any one thread.
///
/// The audio thread calls everything but the builder: no method may lock, allocate or free.
pub trait Processor: Send + 'static {
    type Settings;

    /// Takes settings with the same [`Blueprint::structure`]; values glide to where they go.
    fn set(&mut self, settings: &Self::Settings);

    /// Delay from input to output.
    fn latency(&self) -> Latency {
        Latency(0)
    }

    /// Forgets the signal so far; values jump to their targets.
    fn reset(&mut self);

    /// Handles a block in place; both sides have the same number of frames. Detectors listen to
    /// `side_chain` where there is one, and to the block itself otherwise.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>);

    /// The deepest gain reduction since the last call, 0 dB or less.
    fn take_reduction(&mut self) -> Db {
        Db::UNITY
    }

    /// Stands for `frames` of silence that are not processed, as input and output are silent.
    fn skip(&mut self, _frames: usize) {}

    /// How much later than its input the sound is that its settings act on.
    fn acts_behind(&self) -> Latency {
        Latency(0)
    }

    /// How many frames before the sound the processor needs its settings.
    fn frames_ahead(&self) -> usize {
        0
    }

    /// After a jump in the song: orders the designs that the first blocks need.
    fn prepare(&mut self, _ahead: &mut dyn Ahead<Self::Settings>) {}

    /// Whether the designs that the next block needs have arrived.
    fn is_ready(&mut self) -> bool {
        true
    }
}

/// Settings at places of the song that are still to come.
pub trait Ahead<S> {
    /// The settings `frames` after the place that was jumped to.
    fn settings(&mut self, frames: usize) -> Option<&S>;
}

/// Settings without parameters: the band of a processor without bands, and a processor that this
/// program does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoSettings {}

impl Settings for NoSettings {
    const PARAMETERS: &'static [Parameter<Self>] = &[];
}

impl Blueprint for NoSettings {
    const NAME: &'static str = "Unknown";

    type Processor = Unchanged;
    type Band = NoSettings;

    fn build(&self, _setup: Setup<'_>) -> Unchanged {
        Unchanged
    }
}

/// Lets the sound pass unchanged.
pub struct Unchanged;

impl Processor for Unchanged {
    type Settings = NoSettings;

    fn set(&mut self, _: &NoSettings) {}

    fn reset(&mut self) {}

    fn process(&mut self, _: &mut [f32], _: &mut [f32], _: Option<[&[f32]; 2]>) {}
}

/// Copies as many bands as there is memory for.
pub fn refill<T: Copy>(to: &mut Vec<T>, from: &[T]) {
    to.clear();
    let room = to.capacity();
    to.extend(from.iter().take(room));
}
