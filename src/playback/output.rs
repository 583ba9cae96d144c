//! Last stage of the playback path: the finishing path of the previewed master, and its bypass.
//! [`Output`] runs in the audio callback and fades from one [`FinishingPath`] to the next.

use super::handover::{Handover, crossfade};
use super::lane::PART;
use super::messages::{Old, give_back};
use crate::dsp::delay::DelayLine;
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::smooth::Smoothed;
use crate::dsp::vinyl::VinylFilter;
use crate::engine::master::Finish;
use crate::session::master::Vinyl;
use crate::units::{Db, Latency, SampleRate};
use rtrb::Producer;

/// The part of a master that can be previewed during playback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Previewed {
    /// Gain that brings the song to the master's target.
    pub gain: Db,
    pub limiter: Option<LimiterSettings>,
    pub vinyl: Option<Vinyl>,
}

/// Whether a path built for `one` can take the settings of `other` without being rebuilt.
pub fn same_path(one: Option<&Previewed>, other: Option<&Previewed>) -> bool {
    let build = |previewed: &Previewed| {
        let times = previewed.limiter.map(|limiter| (limiter.look_ahead, limiter.bridge));
        (times, previewed.vinyl)
    };
    one.map(build) == other.map(build)
}

/// Vinyl filter, gain and limiter of one master. Without a master it has no latency and passes
/// everything through, so that fader moves are heard without delay.
pub struct FinishingPath {
    vinyl: Option<VinylFilter>,
    finish: Finish,
    /// The unprocessed sound for the bypass, delayed by the path's latency.
    around: DelayLine,
}

impl FinishingPath {
    pub fn new(previewed: Option<&Previewed>, rate: SampleRate) -> Self {
        let vinyl = previewed.and_then(|previewed| previewed.vinyl);
        let filter = |vinyl: Vinyl| VinylFilter::new(rate, vinyl.mono_below, vinyl.rumble_below);
        let limiter = previewed.and_then(|previewed| previewed.limiter);
        let gain = previewed.map_or(Db::UNITY, |previewed| previewed.gain);
        let finish = Finish::new(gain, limiter.as_ref(), rate);
        let around = DelayLine::new(finish.latency());
        Self { vinyl: vinyl.map(filter), finish, around }
    }

    pub fn latency(&self) -> Latency {
        Latency(self.finish.latency())
    }

    fn set(&mut self, previewed: Option<&Previewed>) {
        let Some(previewed) = previewed else { return };
        self.finish.set_gain(previewed.gain);
        if let Some(limiter) = &previewed.limiter {
            self.finish.set_limiter(limiter);
        }
    }

    fn reset(&mut self) {
        if let Some(vinyl) = &mut self.vinyl {
            vinyl.reset();
        }
        self.finish.reset();
        self.around.reset();
    }

    /// Handles up to [`PART`] frames in place. `around` is the share of the bypass: 0 is all
    /// through the master, 1 is all past it.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], around: &mut Smoothed) {
        let (mut a, mut b) = ([0.0; PART], [0.0; PART]);
        let (a, b) = (&mut a[..left.len()], &mut b[..right.len()]);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
        self.around.process(a, b);
        if let Some(vinyl) = &mut self.vinyl {
            vinyl.process(left, right);
        }
        self.finish.process(left, right);
        if around.is_settled() && around.value() == 0.0 {
            return;
        }
        crossfade(around, [left, right], [a, b]);
    }
}

/// The current finishing path, and the one that will replace it.
pub struct Output {
    path: Box<FinishingPath>,
    next: Option<Box<FinishingPath>>,
    handover: Handover,
    around: Smoothed,
}

impl Output {
    pub fn new(previewed: Option<&Previewed>, around: bool, rate: SampleRate) -> Self {
        Self {
            path: Box::new(FinishingPath::new(previewed, rate)),
            next: None,
            handover: Handover::new(rate),
            around: Smoothed::new(f64::from(u8::from(around)), rate),
        }
    }

    pub fn latency(&self) -> Latency {
        self.path.latency()
    }

    /// Applies settings to the newest path: the waiting one, or else the current one.
    pub fn set(&mut self, previewed: Option<&Previewed>, around: bool) {
        self.next.as_mut().unwrap_or(&mut self.path).set(previewed);
        self.around.set(f64::from(u8::from(around)));
    }

    /// Takes a new path. It replaces the current one by a crossfade; a path that was still waiting
    /// goes to `old`.
    pub fn exchange(&mut self, path: Box<FinishingPath>, old: &mut Producer<Old>) {
        self.handover.begin(path.latency());
        if let Some(waiting) = self.next.replace(path) {
            give_back(Old::Finishing(waiting), old);
        }
    }

    /// For a jump: clears the sound, and a waiting path takes over at once.
    pub fn reset(&mut self, old: &mut Producer<Old>) {
        self.take_next(old);
        self.path.reset();
        self.around.snap();
    }

    fn take_next(&mut self, old: &mut Producer<Old>) -> bool {
        let Some(next) = self.next.take() else { return false };
        give_back(Old::Finishing(std::mem::replace(&mut self.path, next)), old);
        true
    }

    pub fn take_reduction(&mut self) -> Db {
        self.path.finish.take_reduction()
    }

    /// Handles up to [`PART`] frames in place. Returns true when a new path has taken over.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        old: &mut Producer<Old>,
    ) -> bool {
        let Some(next) = &mut self.next else {
            self.path.process(left, right, &mut self.around);
            return false;
        };
        let (mut a, mut b) = ([0.0; PART], [0.0; PART]);
        let (a, b) = (&mut a[..left.len()], &mut b[..right.len()]);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
        let mut around = self.around.clone();
        self.path.process(left, right, &mut around);
        next.process(a, b, &mut self.around);
        self.handover.pass([left, right], [a, b]) && self.take_next(old)
    }
}
