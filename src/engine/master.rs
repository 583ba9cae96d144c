//! A master's processing of a version: [`MasterChain`] (the chain and the fade-out, at the
//! session's rate) and [`Finish`] (gain and true-peak limiter, at the rate of the file).

use crate::dsp::chain::{Chain, Linked, Slot};
use crate::dsp::limiter::{Limiter, LimiterSettings};
use crate::dsp::smooth::Smoothed;
use crate::dsp::{Stereo, silence};
use crate::engine::cuts::{CutMap, fade_out};
use crate::session::Session;
use crate::session::master::Master;
use crate::units::{Db, Latency, SampleRate};

/// The session's processors that a master uses: those that are on, without the kinds that the
/// master excludes.
pub fn chain_of(session: &Session, master: &Master) -> Vec<Slot> {
    let wanted = |slot: &&Slot| slot.on && !master.without.contains(&slot.kind());
    // A master without target leaves the mix as it is, so it has no chain.
    let all = master.target.map_or(&[][..], |_| &session.chain);
    all.iter().filter(wanted).cloned().collect()
}

/// A chain on its own, or one whose dynamics follow those of the full mix.
enum Processors {
    Own(Chain),
    Linked(Box<Linked>),
}

impl Processors {
    fn latency(&self) -> Latency {
        match self {
            Self::Own(chain) => chain.latency(),
            Self::Linked(linked) => linked.latency(),
        }
    }
}

/// The master chain on a stream, and its fade-out. The output has the length of the input and no
/// latency, once the caller drops leading frames and appends [`Self::finish`].
pub struct MasterChain<'a> {
    chain: Processors,
    /// Maps frames to the song, for automation.
    cuts: &'a CutMap,
    next: i64,
    /// Leading frames still to be dropped: the rest of the chain's latency.
    late: usize,
}

impl<'a> MasterChain<'a> {
    /// `cuts` are the time edits of the stream.
    pub fn new(slots: &[Slot], cuts: &'a CutMap, rate: SampleRate) -> Self {
        Self::with(Processors::Own(Chain::new(slots, rate)), cuts)
    }

    /// A chain on a part of the full mix, with the same gain changes that it makes on the full mix.
    pub fn linked(slots: &[Slot], cuts: &'a CutMap, rate: SampleRate) -> Self {
        Self::with(Processors::Linked(Box::new(Linked::new(slots, rate))), cuts)
    }

    fn with(chain: Processors, cuts: &'a CutMap) -> Self {
        let late = chain.latency().0;
        Self { chain, cuts, next: 0, late }
    }

    /// Processes a block in place. Returns the number of leading frames to drop (the chain's
    /// latency).
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) -> usize {
        self.process_with(left, right, &mut silence(0))
    }

    /// Like [`Self::process`], for a linked chain: `whole` holds the same frames of the full mix,
    /// and is overwritten.
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

    /// Fades out after the chain, so that no compressor works against the fade.
    fn fade(&self, left: &mut [f32], right: &mut [f32]) {
        let first = self.next - self.chain.latency().0 as i64;
        let mut at = 0;
        for (frames, song) in self.cuts.runs(first, left.len()) {
            let to = at + frames;
            fade_out(self.cuts.fade(), song, &mut left[at..to], &mut right[at..to]);
            at = to;
        }
    }

    /// Returns the last frames, which the chain still holds.
    pub fn finish(&mut self) -> Stereo {
        let [mut left, mut right] = silence(self.chain.latency().0);
        let mut whole = silence(self.chain.latency().0);
        let skip = self.process_with(&mut left, &mut right, &mut whole);
        [left.split_off(skip), right.split_off(skip)]
    }
}

/// The finish of a master: gain, then the true-peak limiter if the master has one.
pub struct Finish {
    gain: Smoothed,
    limiter: Option<Limiter>,
}

impl Finish {
    pub fn new(gain: Db, limiter: Option<&LimiterSettings>, rate: SampleRate) -> Self {
        let gain = Smoothed::new(gain.factor(), rate);
        Self { gain, limiter: limiter.map(|settings| Limiter::new(settings, rate)) }
    }

    /// A finish for several sounds whose limiter turns them down together.
    pub fn together(
        gain: Db,
        limiter: Option<&LimiterSettings>,
        rate: SampleRate,
        sounds: usize,
    ) -> Self {
        let limiter = limiter.map(|settings| Limiter::together(settings, rate, sounds));
        Self { limiter, ..Self::new(gain, None, rate) }
    }

    /// Latency in frames.
    pub fn latency(&self) -> usize {
        self.limiter.as_ref().map_or(0, Limiter::latency)
    }

    /// The gain before the limiter now, as a factor.
    pub fn gain(&self) -> f64 {
        self.gain.value()
    }

    /// Sets a new gain, reached in 10 ms.
    pub fn set_gain(&mut self, gain: Db) {
        self.gain.set(gain.factor());
    }

    /// Sets a new ceiling and release of the limiter.
    pub fn set_limiter(&mut self, settings: &LimiterSettings) {
        if let Some(limiter) = &mut self.limiter {
            limiter.set(settings);
        }
    }

    /// Clears the stream; a gliding gain reaches its target at once.
    pub fn reset(&mut self) {
        self.gain.snap();
        if let Some(limiter) = &mut self.limiter {
            limiter.reset();
        }
    }

    /// Processes a block in place.
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

    /// Processes a block of all sounds in place: left and right of each in turn.
    pub fn process_all(&mut self, sides: &mut [&mut [f32]]) {
        let gain = self.gain.value();
        for x in sides.iter_mut().flat_map(|side| side.iter_mut()).filter(|_| gain != 1.0) {
            *x = (f64::from(*x) * gain) as f32;
        }
        if let Some(limiter) = &mut self.limiter {
            limiter.process_all(sides);
        }
    }

    /// The deepest gain reduction since the last call.
    pub fn take_reduction(&mut self) -> Db {
        self.limiter.as_mut().map_or(Db::UNITY, Limiter::take_reduction)
    }
}
