//! Delay lines that align the lanes with the slowest lane, and the reference with the mix.
//! [`Alignment`] works on the audio thread. When chains get a longer latency, the window builds
//! longer [`Delays`] and sends them.

use super::messages::{Old, give_back};
use crate::dsp::delay::Tap;
use crate::units::{Latency, SampleRate, Seconds};
use rtrb::Producer;

/// Delay that is always available, so that usual chains need no longer delay lines.
const USUAL: Seconds = Seconds(0.6);

/// One delay line for each lane, and one for the reference.
pub struct Delays {
    lanes: Vec<Tap>,
    reference: Tap,
    /// Frames written so far.
    filled: usize,
}

/// Length in frames of the delay lines for chains with this total latency.
pub fn room_for(latency: Latency, rate: SampleRate) -> Latency {
    latency.max(Latency(USUAL.frames(rate).0 as usize))
}

impl Delays {
    pub fn new(lanes: usize, room: Latency, rate: SampleRate) -> Self {
        let tap = || Tap::new(room.0, 0, rate);
        Self { lanes: (0..lanes).map(|_| tap()).collect(), reference: tap(), filled: 0 }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Tap> {
        self.lanes.iter_mut().chain([&mut self.reference])
    }
}

/// The delay lines in use, and longer ones that take over once they hold as much sound.
pub struct Alignment {
    now: Box<Delays>,
    next: Option<Box<Delays>>,
}

impl Alignment {
    pub fn new(lanes: usize, room: Latency, rate: SampleRate) -> Self {
        Self { now: Box::new(Delays::new(lanes, room, rate)), next: None }
    }

    /// Takes longer delay lines for the same number of lanes.
    pub fn exchange(&mut self, delays: Box<Delays>, old: &mut Producer<Old>) {
        if let Some(waiting) = self.next.replace(delays) {
            give_back(Old::Delays(waiting), old);
        }
    }

    /// Sets a lane's delay.
    pub fn set_lane(&mut self, lane: usize, delay: Latency) {
        if let Some(tap) = self.now.lanes.get_mut(lane) {
            tap.set(delay.0);
        }
    }

    pub fn set_reference(&mut self, delay: Latency) {
        self.now.reference.set(delay.0);
    }

    /// Delays a block of a lane in place. Every block also goes to the waiting delay lines.
    pub fn lane(&mut self, lane: usize, left: &mut [f32], right: &mut [f32]) {
        if let Some(tap) = self.next.as_mut().and_then(|next| next.lanes.get_mut(lane)) {
            tap.fill(left, right);
        }
        if let Some(tap) = self.now.lanes.get_mut(lane) {
            tap.process(left, right);
        }
    }

    /// Delays a block of the reference in place.
    pub fn reference(&mut self, left: &mut [f32], right: &mut [f32]) {
        if let Some(next) = &mut self.next {
            next.reference.fill(left, right);
        }
        self.now.reference.process(left, right);
    }

    /// Counts frames that went through all delay lines. Returns true when longer ones have taken
    /// over; the delays must then be set again.
    pub fn advance(&mut self, frames: usize, old: &mut Producer<Old>) -> bool {
        let Some(next) = &mut self.next else { return false };
        next.filled += frames;
        let longest = self.now.all().map(|tap| tap.longest()).max().unwrap_or(0);
        if next.filled < longest {
            return false;
        }
        for (next, now) in next.all().zip(self.now.all()) {
            next.go_on_as(now);
        }
        self.take_next(old);
        true
    }

    fn take_next(&mut self, old: &mut Producer<Old>) {
        if let Some(next) = self.next.take() {
            give_back(Old::Delays(std::mem::replace(&mut self.now, next)), old);
        }
    }

    /// For a jump: waiting delay lines take over at once.
    pub fn jump(&mut self, old: &mut Producer<Old>) {
        self.take_next(old);
    }

    /// Clears the sound; delays that were set apply at once.
    pub fn reset(&mut self) {
        self.now.all().for_each(Tap::reset);
    }
}
