//! The delays that keep lanes in step with the slowest, and the reference with the mix. How long
//! they can be follows the chains: when one gets longer, longer delays are made elsewhere and
//! handed over.

use super::messages::{Old, give_back};
use crate::dsp::delay::Tap;
use crate::units::{SampleRate, Seconds};
use rtrb::Producer;

/// Room that there always is, so that usual chains need no other delays.
const USUAL: Seconds = Seconds(0.6);

/// One delay for each lane, and the reference's.
pub struct Delays {
    lanes: Vec<Tap>,
    reference: Tap,
    /// Frames that went in so far.
    filled: usize,
}

/// The longest delay that is made for chains whose latency comes to so many frames in all.
pub fn room_for(latency: usize, rate: SampleRate) -> usize {
    latency.max(USUAL.frames(rate).0 as usize)
}

impl Delays {
    pub fn new(lanes: usize, room: usize, rate: SampleRate) -> Self {
        let tap = || Tap::new(room, 0, rate);
        Self { lanes: (0..lanes).map(|_| tap()).collect(), reference: tap(), filled: 0 }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Tap> {
        self.lanes.iter_mut().chain([&mut self.reference])
    }
}

/// The delays in use, and those that take their place once they hold as much.
pub struct Alignment {
    now: Box<Delays>,
    next: Option<Box<Delays>>,
}

impl Alignment {
    pub fn new(lanes: usize, room: usize, rate: SampleRate) -> Self {
        Self { now: Box::new(Delays::new(lanes, room, rate)), next: None }
    }

    /// Longer delays, of as many lanes.
    pub fn exchange(&mut self, delays: Box<Delays>, old: &mut Producer<Old>) {
        if let Some(waiting) = self.next.replace(delays) {
            give_back(Old::Delays(waiting), old);
        }
    }

    /// How long a lane waits.
    pub fn set_lane(&mut self, lane: usize, frames: usize) {
        if let Some(tap) = self.now.lanes.get_mut(lane) {
            tap.set(frames);
        }
    }

    pub fn set_reference(&mut self, frames: usize) {
        self.now.reference.set(frames);
    }

    pub fn lane(&mut self, lane: usize, left: &mut [f32], right: &mut [f32]) {
        if let Some(tap) = self.next.as_mut().and_then(|next| next.lanes.get_mut(lane)) {
            tap.fill(left, right);
        }
        if let Some(tap) = self.now.lanes.get_mut(lane) {
            tap.process(left, right);
        }
    }

    pub fn reference(&mut self, left: &mut [f32], right: &mut [f32]) {
        if let Some(next) = &mut self.next {
            next.reference.fill(left, right);
        }
        self.now.reference.process(left, right);
    }

    /// So many frames have gone through all delays; true when longer ones have taken over, which
    /// may now be set.
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

    /// For a jump: longer delays are there at once.
    pub fn jump(&mut self, old: &mut Producer<Old>) {
        self.take_next(old);
    }

    /// Forgets the sound; delays that were set are there at once.
    pub fn reset(&mut self) {
        self.now.all().for_each(Tap::reset);
    }
}
