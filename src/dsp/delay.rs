//! Delays of whole frames, and the delay processor with polarity.
//!
//! [`DelayLine`] has a fixed length; [`Tap`] changes its length while it sounds; [`Delay`] is the
//! processor of the chain.

use crate::dsp::parameter::{SWITCH, Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, NoSettings, Processor, Setup};
use crate::dsp::smooth::Smoothed;
use crate::units::{SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// A fixed delay of whole frames.
#[derive(Clone, Debug)]
pub struct DelayLine {
    frames: Vec<[f32; 2]>,
    at: usize,
}

impl DelayLine {
    pub fn new(length: usize) -> Self {
        Self { frames: vec![[0.0; 2]; length], at: 0 }
    }

    pub fn length(&self) -> usize {
        self.frames.len()
    }

    pub fn reset(&mut self) {
        self.frames.fill([0.0; 2]);
    }

    /// Takes in a frame and returns the frame from `length` frames ago.
    #[inline]
    pub fn tick(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let Some(place) = self.frames.get_mut(self.at) else { return frame };
        let old = std::mem::replace(place, frame);
        self.at = if self.at + 1 == self.frames.len() { 0 } else { self.at + 1 };
        old
    }

    /// Delays a block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.frames.is_empty() {
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            [*l, *r] = self.tick([*l, *r]);
        }
    }
}

/// A delay whose length may change while it sounds: it crossfades from the old length to the new
/// one in 10 ms.
#[derive(Clone, Debug)]
pub struct Tap {
    frames: Vec<[f32; 2]>,
    at: usize,
    now: usize,
    next: usize,
    /// The last length that was set; it starts when the fade to `next` ends.
    wanted: usize,
    fade: Smoothed,
}

impl Tap {
    /// A delay of `delay` frames, at most `most`.
    pub fn new(most: usize, delay: usize, rate: SampleRate) -> Self {
        let delay = delay.min(most);
        let fade = Smoothed::new(0.0, rate);
        Self {
            frames: vec![[0.0; 2]; most + 1],
            at: 0,
            now: delay,
            next: delay,
            wanted: delay,
            fade,
        }
    }

    /// Sets a new length in frames. During a fade it waits; a later call replaces it.
    pub fn set(&mut self, delay: usize) {
        self.wanted = delay.min(self.frames.len() - 1);
        self.begin();
    }

    fn begin(&mut self) {
        if self.fade.is_settled() && self.wanted != self.now {
            self.next = self.wanted;
            self.fade.set(1.0);
        }
    }

    /// The longer of the two lengths in use.
    pub fn longest(&self) -> usize {
        self.now.max(self.next)
    }

    /// Takes in a block without output, to take over from another tap later.
    pub fn fill(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            self.take([*l, *r]);
            self.step();
        }
    }

    /// Takes over the lengths and the fade of `other`, a shorter tap that had the same input.
    pub fn go_on_as(&mut self, other: &Tap) {
        (self.now, self.next, self.wanted) = (other.now, other.next, other.wanted);
        self.fade = other.fade.clone();
    }

    /// Whether the delay is 0 and no fade to another length runs.
    pub fn is_through(&self) -> bool {
        self.now == 0 && self.next == 0
    }

    /// Clears the buffer and jumps to the last length that was set.
    pub fn reset(&mut self) {
        self.frames.fill([0.0; 2]);
        (self.now, self.next) = (self.wanted, self.wanted);
        self.fade.jump(0.0);
    }

    fn take(&mut self, frame: [f32; 2]) {
        if let Some(place) = self.frames.get_mut(self.at) {
            *place = frame;
        }
    }

    fn step(&mut self) {
        self.at = if self.at + 1 == self.frames.len() { 0 } else { self.at + 1 };
    }

    fn behind(&self, delay: usize) -> [f32; 2] {
        let length = self.frames.len();
        let place = (self.at + length - delay) % length;
        self.frames.get(place).copied().unwrap_or_default()
    }

    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            self.take([*l, *r]);
            let [old_left, old_right] = self.behind(self.now);
            (*l, *r) = (old_left, old_right);
            if !self.fade.is_settled() {
                let share = self.fade.tick() as f32;
                let [new_left, new_right] = self.behind(self.next);
                *l += (new_left - *l) * share;
                *r += (new_right - *r) * share;
                if self.fade.is_settled() {
                    self.now = self.next;
                    self.fade.jump(0.0);
                    self.begin();
                }
            }
            self.step();
        }
    }
}

/// The longest delay time of the settings.
const MOST: Seconds = Seconds(0.100);

/// Settings of the delay.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DelaySettings {
    pub time: Seconds,
    /// Added to `time`, for shifts counted in samples.
    pub frames: u32,
    pub invert_left: bool,
    pub invert_right: bool,
}

parameters! { DelaySettings;
    time "Time", Unit::Time, 0.0 => 0.1, time;
    samples "Samples", Unit::Frames, 0.0 => 4800.0, frames;
    invert_left "Invert left", SWITCH, 0.0 => 1.0, invert_left;
    invert_right "Invert right", SWITCH, 0.0 => 1.0, invert_right;
}

/// The running delay processor.
pub struct Delay {
    tap: Tap,
    signs: [Smoothed; 2],
    rate: SampleRate,
    wanted: usize,
}

fn sign(inverted: bool) -> f64 {
    if inverted { -1.0 } else { 1.0 }
}

impl Delay {
    pub fn new(settings: &DelaySettings, rate: SampleRate) -> Self {
        let s = settings.clamped();
        let wanted = Self::frames(&s, rate);
        let most = MOST.frames(rate).0 as usize + 4800;
        Self {
            tap: Tap::new(most, wanted, rate),
            signs: [s.invert_left, s.invert_right].map(|on| Smoothed::new(sign(on), rate)),
            rate,
            wanted,
        }
    }

    fn frames(settings: &DelaySettings, rate: SampleRate) -> usize {
        settings.time.frames(rate).0 as usize + settings.frames as usize
    }
}

impl Processor for Delay {
    type Settings = DelaySettings;

    fn set(&mut self, settings: &DelaySettings) {
        let s = settings.clamped();
        self.wanted = Self::frames(&s, self.rate);
        for (now, on) in self.signs.iter_mut().zip([s.invert_left, s.invert_right]) {
            now.set(sign(on));
        }
    }

    fn reset(&mut self) {
        self.tap.set(self.wanted);
        self.tap.reset();
        self.signs.iter_mut().for_each(Smoothed::snap);
    }

    fn process(&mut self, left: &mut [f32], right: &mut [f32], _side_chain: Option<[&[f32]; 2]>) {
        self.tap.set(self.wanted);
        self.tap.process(left, right);
        let [a, b] = &mut self.signs;
        for (side, sign) in [(left, a), (right, b)] {
            if sign.is_settled() && sign.value() == 1.0 {
                continue;
            }
            side.iter_mut().for_each(|x| *x *= sign.tick() as f32);
        }
    }
}

impl Blueprint for DelaySettings {
    const NAME: &'static str = "Delay";

    type Processor = Delay;
    type Band = NoSettings;

    fn build(&self, setup: Setup<'_>) -> Delay {
        Delay::new(self, setup.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    #[test]
    fn a_delay_is_exact_and_keeps_every_bit() {
        let x: Vec<f32> = (0..1000).map(|n| (n as f32).sin()).collect();
        let settings = DelaySettings { time: Seconds(0.001), frames: 7, ..Default::default() };
        let (mut left, mut right) = (x.clone(), x.clone());
        Delay::new(&settings, RATE).process(&mut left, &mut right, None);
        assert_eq!((&left[55..], &left[..55]), (&x[..945], &[0.0; 55][..]));
        let inverted = DelaySettings { invert_right: true, ..Default::default() };
        let (mut left, mut right) = (x.clone(), x.clone());
        Delay::new(&inverted, RATE).process(&mut left, &mut right, None);
        assert_eq!(left, x);
        assert!(right.iter().zip(&x).all(|(y, x)| *y == -x));
    }

    #[test]
    fn a_delay_that_is_set_during_a_fade_follows_it_at_any_block_size() {
        let run = |block: usize| {
            let mut tap = Tap::new(1000, 0, RATE);
            let mut out = Vec::new();
            for n in 0..2400 {
                // Three changes within one fade; the last one counts.
                match n {
                    480 => tap.set(100),
                    500 => tap.set(700),
                    520 => tap.set(300),
                    _ => {}
                }
                out.push((n + 1) as f32);
                if out.len().is_multiple_of(block) || n + 1 == 480 || n + 1 == 500 || n + 1 == 520 {
                    let from = out.iter().rposition(|x| *x < 0.0).map_or(0, |at| at + 1);
                    let mut right = out[from..].to_vec();
                    tap.process(&mut out[from..], &mut right);
                    // A negative value marks a processed frame.
                    out[from..].iter_mut().for_each(|x| *x = -*x - 1.0);
                }
            }
            out
        };
        let whole = run(2400);
        assert_eq!(whole[2399], -(2400.0 - 300.0) - 1.0);
        assert_eq!(run(64)[..2368], run(1)[..2368]);
        assert_eq!(run(7)[..2394], run(1)[..2394]);
    }

    #[test]
    fn a_longer_delay_goes_on_in_the_place_of_a_shorter_one() {
        let (mut short, mut long) = (Tap::new(100, 60, RATE), Tap::new(1000, 0, RATE));
        let mut heard = Vec::new();
        for n in 0..2000 {
            let (mut l, mut r) = ([n as f32], [n as f32]);
            if n == 1000 {
                long.go_on_as(&short);
                long.set(900);
            }
            if n < 1000 {
                long.fill(&l, &r);
                short.process(&mut l, &mut r);
            } else {
                long.process(&mut l, &mut r);
            }
            heard.push(l[0]);
        }
        assert_eq!((heard[999], heard[1999]), (939.0, 1099.0));
        assert!(heard[60..].windows(2).all(|pair| (pair[1] - pair[0]).abs() < 3.0));
    }

    #[test]
    fn a_new_delay_fades_in() {
        let mut delay = Delay::new(&DelaySettings::default(), RATE);
        let tone = |n: usize| (n as f32 * 0.03).sin();
        let mut last = 0.0;
        for block in 0..100 {
            let mut left: Vec<f32> = (0..48).map(|n| tone(block * 48 + n)).collect();
            let mut right = left.clone();
            if block == 30 {
                delay.set(&DelaySettings { time: Seconds(0.002), ..Default::default() });
            }
            delay.process(&mut left, &mut right, None);
            for x in left {
                assert!((x - last).abs() < 0.05);
                last = x;
            }
        }
        assert!((last - tone(4799 - 96)).abs() < 1e-6);
    }
}
