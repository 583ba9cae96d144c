//! A stem's way to the bus: its chain, then its strip.

use crate::dsp::chain::{Chain, Key, Slot};
use crate::dsp::pan::PanLaw;
use crate::dsp::strip::{Strip, StripSettings};
use crate::units::SampleRate;

/// Chain and strip of one stem.
pub struct Channel {
    pub chain: Chain,
    pub strip: Strip,
    mono: bool,
}

impl Channel {
    /// `mono` stems have their sound in the left channel only.
    pub fn new(
        slots: &[Slot],
        settings: &StripSettings,
        mono: bool,
        law: PanLaw,
        rate: SampleRate,
    ) -> Self {
        let strip = Strip::new(settings, mono, law, rate);
        Self { chain: Chain::new(slots, rate), strip, mono }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        self.chain.latency()
    }

    /// Handles a block in place; see [`Chain::process`].
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        keys: &[Key<'_>],
        watched: bool,
    ) {
        through_chain(&mut self.chain, self.mono, left, right, keys, watched);
        self.strip.process(left, right);
    }
}

/// A mono stem passes its chain on both channels, so that a processor hears it as it is in the
/// middle of a stereo mix; its strip then takes the left one.
pub fn through_chain(
    chain: &mut Chain,
    mono: bool,
    left: &mut [f32],
    right: &mut [f32],
    keys: &[Key<'_>],
    watched: bool,
) {
    if chain.is_empty() {
        return;
    }
    if mono {
        right.copy_from_slice(left);
    }
    chain.process(left, right, keys, watched);
    if mono {
        right.fill(0.0);
    }
}
