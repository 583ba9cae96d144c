//! A version's way to its master: the chain at the rate of the session, and the end, gain and
//! true-peak limiter, at the rate of the file.

use crate::dsp::chain::{Chain, Linked, Slot};
use crate::dsp::limiter::{Limiter, LimiterSettings};
use crate::dsp::smooth::Smoothed;
use crate::dsp::{Stereo, silence};
use crate::engine::cuts::{CutMap, fade_out};
use crate::session::Session;
use crate::session::master::Master;
use crate::units::{Db, SampleRate};

/// The processors that a master uses: those of the session that are on, without those that
/// the master does not want.
pub fn chain_of(session: &Session, master: &Master) -> Vec<Slot> {
    let wanted = |slot: &&Slot| slot.on && !master.without.contains(&slot.kind());
    // A version that goes out as it is has no master, and so no chain.
    let all = master.target.map_or(&[][..], |_| &session.chain);
    all.iter().filter(wanted).cloned().collect()
}

/// A chain by itself, or one whose dynamics follow those of the full mix.
enum Processors {
    Own(Chain),
    Linked(Box<Linked>),
}

impl Processors {
    fn latency(&self) -> usize {
        match self {
            Self::Own(chain) => chain.latency(),
            Self::Linked(linked) => linked.latency(),
        }
    }
}

/// The chain on a stream, and the fade at its end: as long as the stream, and in step with it.
pub struct MasterChain<'a> {
    chain: Processors,
    /// Where in the song the frames are from, for values that move over it.
    cuts: &'a CutMap,
    next: i64,
    /// Frames that the chain still holds back at the beginning.
    late: usize,
}

impl<'a> MasterChain<'a> {
    /// `cuts` are those that the stream was cut by.
    pub fn new(slots: &[Slot], cuts: &'a CutMap, rate: SampleRate) -> Self {
        Self::with(Processors::Own(Chain::new(slots, rate)), cuts)
    }

    /// A chain on a part of the full mix, which does to it what it does to the whole.
    pub fn linked(slots: &[Slot], cuts: &'a CutMap, rate: SampleRate) -> Self {
        Self::with(Processors::Linked(Box::new(Linked::new(slots, rate))), cuts)
    }

    fn with(chain: Processors, cuts: &'a CutMap) -> Self {
        let late = chain.latency();
        Self { chain, cuts, next: 0, late }
    }

    /// Handles a block in place; the first frames that are returned by number do not count.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) -> usize {
        self.process_with(left, right, &mut silence(0))
    }

    /// The same for a chain that is linked: `whole` is the same stretch of the full mix, and is
    /// used up.
    pub fn process_with(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        whole: &mut Stereo,
    ) -> usize {
        let mut at = 0;
        for (frames, song) in self.cuts.runs(self.next, left.len()) {
            let to = at + frames;
            let (left, right) = (&mut left[at..to], &mut right[at..to]);
            match &mut self.chain {
                Processors::Own(chain) => chain.process(left, right, &[], false, song),
                Processors::Linked(linked) => {
                    let [whole_left, whole_right] = &mut *whole;
                    let whole = [&mut whole_left[at..to], &mut whole_right[at..to]];
                    linked.process([left, right], whole, song);
                }
            }
            at = to;
        }
        self.fade(left, right);
        self.next += left.len() as i64;
        let skip = self.late.min(left.len());
        self.late -= skip;
        skip
    }

    /// After the chain, so that no compressor works against it.
    fn fade(&self, left: &mut [f32], right: &mut [f32]) {
        let first = self.next - self.chain.latency() as i64;
        let mut at = 0;
        for (frames, song) in self.cuts.runs(first, left.len()) {
            let to = at + frames;
            fade_out(self.cuts.fade(), song, &mut left[at..to], &mut right[at..to]);
            at = to;
        }
    }

    /// The frames that the chain holds back at the end.
    pub fn finish(&mut self) -> Stereo {
        let [mut left, mut right] = silence(self.chain.latency());
        let mut whole = silence(self.chain.latency());
        let skip = self.process_with(&mut left, &mut right, &mut whole);
        [left.split_off(skip), right.split_off(skip)]
    }
}

/// Gain, then the limiter where the master has one.
pub struct Finish {
    gain: Smoothed,
    limiter: Option<Limiter>,
}

impl Finish {
    pub fn new(gain: Db, limiter: Option<&LimiterSettings>, rate: SampleRate) -> Self {
        let gain = Smoothed::new(gain.factor(), rate);
        Self { gain, limiter: limiter.map(|settings| Limiter::new(settings, rate)) }
    }

    /// The end of several sounds that are turned down as one.
    pub fn together(
        gain: Db,
        limiter: Option<&LimiterSettings>,
        rate: SampleRate,
        sounds: usize,
    ) -> Self {
        let limiter = limiter.map(|settings| Limiter::together(settings, rate, sounds));
        Self { limiter, ..Self::new(gain, None, rate) }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        self.limiter.as_ref().map_or(0, Limiter::latency)
    }

    /// A new gain, reached in 10 ms.
    pub fn set_gain(&mut self, gain: Db) {
        self.gain.set(gain.factor());
    }

    /// A new ceiling and release of the limiter.
    pub fn set_limiter(&mut self, settings: &LimiterSettings) {
        if let Some(limiter) = &mut self.limiter {
            limiter.set(settings);
        }
    }

    /// Forgets the stream; a gain that is under way arrives.
    pub fn reset(&mut self) {
        self.gain.snap();
        if let Some(limiter) = &mut self.limiter {
            limiter.reset();
        }
    }

    /// Finishes a block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if !self.gain.is_settled() || self.gain.value() != 1.0 {
            for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                let gain = self.gain.tick();
                (*l, *r) = ((f64::from(*l) * gain) as f32, (f64::from(*r) * gain) as f32);
            }
        }
        if let Some(limiter) = &mut self.limiter {
            limiter.process(left, right);
        }
    }

    /// Finishes a block of all sounds in place: left and right of each in turn.
    pub fn process_all(&mut self, sides: &mut [&mut [f32]]) {
        let gain = self.gain.value();
        for x in sides.iter_mut().flat_map(|side| side.iter_mut()).filter(|_| gain != 1.0) {
            *x = (f64::from(*x) * gain) as f32;
        }
        if let Some(limiter) = &mut self.limiter {
            limiter.process_all(sides);
        }
    }

    /// The deepest gain reduction since this was last asked.
    pub fn take_reduction(&mut self) -> Db {
        self.limiter.as_mut().map_or(Db::UNITY, Limiter::take_reduction)
    }
}
