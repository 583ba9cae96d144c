//! Where and how the gain is held from peak to peak: [`BassDetector`] tells where bass makes the
//! peaks, [`Holder`] holds the gain there, and where the peaks are alike.

use super::HOP;
use super::running::SlidingMin;
use crate::dsp::biquad::{BUTTERWORTH_Q, Biquad, Coefficients, calm};
use crate::dsp::interpolate::loudest;
use crate::units::{Hz, SampleRate, Seconds};

/// Frames that the bass detector takes as one: bass needs no more.
pub(crate) const GROUP: usize = 8;
/// The gain always stays down between two peaks that are closer together than this: half a period
/// of 125 Hz.
pub(crate) const GAP: Seconds = Seconds(0.004);
/// The gain of a low tone is held for this long: more than half a period of 20 Hz.
const HOLD: Seconds = Seconds(0.028);

/// Tells from the waveform where bass makes the peaks.
pub(crate) struct BassDetector {
    low_pass: Biquad,
    /// Peaks of the channels, and of the bass of their mean; both decay.
    peak: f64,
    bass: f64,
    decay: f64,
    /// Sign of the bass, groups since it last changed, and the two half-periods before. `u32::MAX`
    /// is unknown.
    positive: bool,
    since: u32,
    halves: [u32; 2],
    longest: u32,
    /// Peak of the present half-period, the usual one, and how far they differed of late: 1 is far.
    wave: f64,
    usual: f64,
    changed: f64,
    calm: f64,
}

/// What [`BassDetector`] says of a group of frames.
#[derive(Clone, Copy, Default)]
pub(crate) struct Heard {
    /// From 0 to 1: how far bass makes the peaks.
    pub bass: f64,
    /// Half-period of the bass, in frames.
    pub half: u32,
}

impl BassDetector {
    /// Bass is what this low-pass leaves.
    const TOP: Hz = Hz(140.0);
    /// Parts of the peak at which bass begins to count, and counts in full.
    const FROM: f64 = 0.83;
    const FULL: f64 = 0.88;
    /// A bass that has long been steady counts from this much less on.
    const STEADY: f64 = 0.15;
    /// The peaks of a steady bass differ by less than this part, those of a moving one by more.
    const ALIKE: f64 = 0.25;
    const UNLIKE: f64 = 0.40;
    const DECAY: Seconds = Seconds(0.030);
    const CALM: Seconds = Seconds(0.500);
    /// Below −160 dBFS nothing is bass.
    const SILENCE: f64 = 1e-8;

    pub(crate) fn new(rate: SampleRate) -> Self {
        let rate = SampleRate(rate.0 / GROUP as u32);
        let keep = |time| keep(time, rate.hz().0);
        Self {
            low_pass: Biquad::new(Coefficients::low_pass(rate, Self::TOP, BUTTERWORTH_Q)),
            peak: 0.0,
            bass: 0.0,
            decay: keep(Self::DECAY),
            positive: false,
            since: u32::MAX,
            halves: [u32::MAX; 2],
            longest: HOLD.frames(rate).0 as u32,
            wave: 0.0,
            usual: 0.0,
            changed: 1.0,
            calm: keep(Self::CALM),
        }
    }

    pub(super) fn reset(&mut self) {
        self.low_pass.reset();
        (self.peak, self.bass) = (0.0, 0.0);
        (self.positive, self.since, self.halves) = (false, u32::MAX, [u32::MAX; 2]);
        (self.wave, self.usual, self.changed) = (0.0, 0.0, 1.0);
    }

    /// Hears `HOP` frames, which begin at `from` in each channel.
    pub(crate) fn hop(&mut self, sides: &[Vec<f32>], from: usize) -> [Heard; HOP / GROUP] {
        let part = 1.0 / (sides.len() * GROUP) as f32;
        let mut heard = [Heard::default(); HOP / GROUP];
        for (n, heard) in heard.iter_mut().enumerate() {
            let (mut peak, mut sum) = (0.0f32, 0.0f32);
            for side in sides {
                let Some(x) = side[from + n * GROUP..].first_chunk::<GROUP>() else { continue };
                peak = peak.max(loudest(x));
                sum += x.iter().sum::<f32>();
            }
            let bass = self.low_pass.tick(f64::from(sum * part));
            *heard = self.tick(f64::from(peak), bass);
        }
        self.low_pass.calm();
        calm([&mut self.peak, &mut self.bass]);
        heard
    }

    #[inline]
    fn tick(&mut self, peak: f64, bass: f64) -> Heard {
        let height = bass.abs();
        self.peak = (self.peak * self.decay).max(peak);
        self.bass = (self.bass * self.decay).max(height);
        self.since = self.since.saturating_add(1);
        self.wave = self.wave.max(height);
        self.changed *= self.calm;
        if (bass > 0.0) != self.positive {
            self.positive = !self.positive;
            self.halves = [self.since, self.halves[0]];
            self.since = 0;
            let larger = self.wave.max(self.usual).max(Self::SILENCE);
            self.changed = self.changed.max((self.wave - self.usual).abs() / larger);
            self.usual += (self.wave - self.usual) / 4.0;
            self.wave = 0.0;
        }
        if self.since > self.longest {
            self.changed = 1.0;
        }
        // Most music is far from this much bass, which saves the division.
        let bass = if self.bass < (Self::FROM - Self::STEADY) * self.peak {
            0.0
        } else {
            let steady = fade(self.changed, Self::UNLIKE, Self::ALIKE);
            let share = self.bass / self.peak.max(Self::SILENCE) + Self::STEADY * steady;
            fade(share, Self::FROM, Self::FULL)
        };
        let half = self.since.max(self.halves[0]).max(self.halves[1]);
        Heard { bass, half: half.saturating_mul(GROUP as u32) }
    }
}

/// What is left after one of `rate` steps a second of what decays with this time constant.
fn keep(time: Seconds, rate: f64) -> f64 {
    (-1.0 / (time.0 * rate)).exp()
}

/// 0 at `from`, 1 at `to`, and a straight line between them.
#[inline]
fn fade(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) * (1.0 / (to - from))).clamp(0.0, 1.0)
}

/// Holds the gain from one peak of a low tone to the next, where there is one.
pub(crate) struct Holder {
    /// The least gain of the last [`HOLD`] and the next [`GAP`].
    least: SlidingMin,
    hold: u32,
    /// How many values ahead the next peak is seen.
    bridge: u32,
    /// Values since the last peak that is seen, up to `bridge + hold`.
    quiet: u32,
    held: f64,
    slow: f64,
    quick: f64,
    /// The usual of `least`, and how far they differed of late: 1 is far.
    usual: f64,
    follow: f64,
    changed: f64,
    calm: f64,
}

impl Holder {
    /// Time constant of the held gain's return while peaks go on, and after they ended.
    const SLOW: Seconds = Seconds(0.100);
    const QUICK: Seconds = Seconds(0.001);
    const FOLLOW: Seconds = Seconds(0.030);
    const CALM: Seconds = Seconds(0.100);
    /// Peaks are alike if what they need differs by less than this part of the reduction, and by
    /// less than a tenth of this part of the gain.
    const ALIKE: f64 = 0.10;
    const UNLIKE: f64 = 0.25;

    /// For `rate` gains a second.
    pub(crate) fn new(rate: f64, bridge: usize, gap: usize) -> Self {
        let keep = |time| keep(time, rate);
        let hold = (HOLD.0 * rate).ceil() as u32;
        let bridge = bridge as u32;
        Self {
            least: SlidingMin::new(hold as usize + gap + 1),
            hold,
            bridge,
            quiet: bridge + hold,
            held: 1.0,
            slow: 1.0 - keep(Self::SLOW),
            quick: 1.0 - keep(Self::QUICK),
            usual: 1.0,
            follow: 1.0 - keep(Self::FOLLOW),
            changed: 1.0,
            calm: keep(Self::CALM),
        }
    }

    pub(super) fn reset(&mut self) {
        self.least.reset();
        self.quiet = self.bridge + self.hold;
        (self.held, self.usual, self.changed) = (1.0, 1.0, 1.0);
    }

    /// Whether no peak is remembered.
    pub(super) fn rests(&self) -> bool {
        self.held == 1.0 && self.quiet >= self.bridge + self.hold
    }

    /// Returns `bridged`, or less where the gain is held. `peak` is whether there is one at the far
    /// end of the bridge, `needed` the gain that is needed one gap ahead.
    #[inline]
    pub(crate) fn tick(&mut self, peak: bool, needed: f64, bridged: f64, heard: Heard) -> f64 {
        self.quiet = if peak { 0 } else { (self.quiet + 1).min(self.bridge + self.hold) };
        let least = self.least.tick(needed);
        let steady = if least < 1.0 {
            self.usual += (least - self.usual) * self.follow;
            let change = (least - self.usual).abs();
            let part = change / (1.0 - least).min(0.1 * self.usual);
            self.changed = (self.changed * self.calm).max(part.min(1.0));
            fade(self.changed, Self::UNLIKE, Self::ALIKE)
        } else {
            (self.usual, self.changed) = (1.0, 1.0);
            0.0
        };
        // A tone has ended once its last peak has passed, if the next is half a period late.
        let late = heard.half.saturating_add(heard.half / 2);
        let patience = if heard.bass > 0.0 { late } else { self.hold };
        let over = self.quiet >= patience.max(self.bridge).min(self.bridge + self.hold);
        let (aim, speed) = if over { (1.0, self.quick) } else { (least, self.slow) };
        self.held = if aim < self.held { aim } else { self.held + (aim - self.held) * speed };
        if self.held > 1.0 - 1e-8 {
            self.held = 1.0;
        }
        bridged + (self.held.min(bridged) - bridged) * heard.bass.max(steady)
    }
}
