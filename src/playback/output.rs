//! Last stage of the playback path: the finishing path of the previewed master, its bypass, and what
//! it takes away.
//! [`Output`] runs in the audio callback and fades from one [`FinishingPath`] to the next.

use super::handover::{Handover, crossfade};
use super::lane::PART;
use super::messages::{Old, give_back};
use crate::dsp::chain::Hearing;
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
    /// The unprocessed sound, delayed by the path's latency.
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

    /// Handles up to [`PART`] frames in place.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], shares: &mut Shares) {
        let (mut a, mut b) = ([0.0; PART], [0.0; PART]);
        let (a, b) = (&mut a[..left.len()], &mut b[..right.len()]);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
        self.around.process(a, b);
        if let Some(vinyl) = &mut self.vinyl {
            vinyl.process(left, right);
        }
        self.finish.process(left, right);
        let Shares { around, difference } = shares;
        if !around.is_settled() || around.value() != 0.0 {
            crossfade(around, [&mut *left, &mut *right], [a, b]);
        }
        if !difference.is_settled() || difference.value() != 0.0 {
            let gain = self.finish.gain() as f32;
            for ((l, r), (a, b)) in left.iter_mut().zip(right).zip(a.iter().zip(&*b)) {
                let share = difference.tick() as f32;
                *l += (a * gain - 2.0 * *l) * share;
                *r += (b * gain - 2.0 * *r) * share;
            }
        }
    }
}

/// How much of the sound goes past the path, and how much of it is what the path takes away: with
/// both at 0, all of it goes through.
#[derive(Clone)]
struct Shares {
    around: Smoothed,
    difference: Smoothed,
}

impl Shares {
    fn of(hears: Hearing) -> [f64; 2] {
        [Hearing::Input, Hearing::Difference].map(|one| f64::from(u8::from(one == hears)))
    }
}

/// The current finishing path, and the one that will replace it.
pub struct Output {
    path: Box<FinishingPath>,
    next: Option<Box<FinishingPath>>,
    handover: Handover,
    shares: Shares,
}

impl Output {
    pub fn new(previewed: Option<&Previewed>, hears: Hearing, rate: SampleRate) -> Self {
        let [around, difference] = Shares::of(hears).map(|share| Smoothed::new(share, rate));
        Self {
            path: Box::new(FinishingPath::new(previewed, rate)),
            next: None,
            handover: Handover::new(rate),
            shares: Shares { around, difference },
        }
    }

    pub fn latency(&self) -> Latency {
        self.path.latency()
    }

    /// Applies settings to the newest path: the waiting one, or else the current one.
    pub fn set(&mut self, previewed: Option<&Previewed>, hears: Hearing) {
        self.next.as_mut().unwrap_or(&mut self.path).set(previewed);
        let [around, difference] = Shares::of(hears);
        self.shares.around.set(around);
        self.shares.difference.set(difference);
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
        self.shares.around.snap();
        self.shares.difference.snap();
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
            self.path.process(left, right, &mut self.shares);
            return false;
        };
        let (mut a, mut b) = ([0.0; PART], [0.0; PART]);
        let (a, b) = (&mut a[..left.len()], &mut b[..right.len()]);
        a.copy_from_slice(left);
        b.copy_from_slice(right);
        let mut shares = self.shares.clone();
        self.path.process(left, right, &mut shares);
        next.process(a, b, &mut self.shares);
        self.handover.pass([left, right], [a, b]) && self.take_next(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtrb::RingBuffer;

    #[test]
    fn what_a_master_takes_away_is_its_input_less_its_output() {
        let rate = SampleRate(48_000);
        let limiter = Some(LimiterSettings::at(Db(-1.0)));
        let previewed = Previewed { gain: Db(9.0), limiter, vinyl: None };
        let x: Vec<f32> = (0..48_000).map(|n| 0.6 * (n as f32 * 0.05).sin()).collect();
        let play = |hears| {
            let mut output = Output::new(Some(&previewed), hears, rate);
            let (mut left, mut right) = (x.clone(), x.clone());
            let (mut old, _back) = RingBuffer::new(1);
            for (l, r) in left.chunks_mut(PART).zip(right.chunks_mut(PART)) {
                output.process(l, r, &mut old);
            }
            (left, output.latency().0)
        };
        let (through, late) = play(Hearing::Output);
        let (taken, _) = play(Hearing::Difference);
        let gain = Db(9.0).factor() as f32;
        for n in 4800..x.len() {
            assert!((taken[n] - (x[n - late] * gain - through[n])).abs() < 1e-5, "{n}");
        }
        assert!(taken[4800..].iter().any(|v| v.abs() > 0.3));
    }
}
