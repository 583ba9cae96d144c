//! A stem's strip: trim, polarity, fader, pan and width.

use crate::dsp::pan::{Matrix, PanLaw, mono_matrix, stereo_matrix};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Pan, SampleRate};
use serde::{Deserialize, Serialize};

/// The fader's top.
pub const FADER_TOP: Db = Db(12.0);

/// What a person sets on a strip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StripSettings {
    /// Gain before the chain.
    pub trim: Db,
    /// Polarity inverted.
    pub invert: bool,
    /// −∞ to +12 dB.
    pub fader: Db,
    /// Position of a mono stem, balance of a stereo one.
    pub pan: Pan,
    /// Of a stereo stem: 0 mono, 1 as it is, 2 twice the side signal.
    pub width: f64,
    /// Silent everywhere, in what is heard and in what is rendered.
    pub mute: bool,
    /// Heard alone; listening only, never rendered.
    pub solo: bool,
    /// Keeps sounding while others are soloed.
    pub solo_safe: bool,
}

impl Default for StripSettings {
    fn default() -> Self {
        Self {
            trim: Db::UNITY,
            invert: false,
            fader: Db::UNITY,
            pan: Pan(0.0),
            width: 1.0,
            mute: false,
            solo: false,
            solo_safe: false,
        }
    }
}

impl StripSettings {
    /// The same with every value inside its range.
    pub fn clamped(mut self) -> Self {
        self.trim = Db(self.trim.0.clamp(-60.0, 24.0));
        self.fader = Db(self.fader.0.min(FADER_TOP.0));
        self.pan = Pan(self.pan.0.clamp(-1.0, 1.0));
        self.width = self.width.clamp(0.0, 2.0);
        self
    }

    fn matrix(&self, mono: bool, law: PanLaw) -> Matrix {
        let sign = if self.invert { -1.0 } else { 1.0 };
        let gain = sign * self.trim.factor() * self.fader.factor();
        let matrix =
            if mono { mono_matrix(law, self.pan) } else { stereo_matrix(self.pan, self.width) };
        matrix.map(|value| value * gain)
    }
}

/// The strip at work on one stem.
pub struct Strip {
    mono: bool,
    law: PanLaw,
    /// Four factors of the matrix; the gain is folded in.
    matrix: [Smoothed; 4],
    audible: Smoothed,
}

impl Strip {
    pub fn new(settings: &StripSettings, mono: bool, law: PanLaw, rate: SampleRate) -> Self {
        let matrix = settings.matrix(mono, law).map(|value| Smoothed::new(value, rate));
        Self { mono, law, matrix, audible: Smoothed::new(1.0, rate) }
    }

    /// New settings, reached in 10 ms.
    pub fn set(&mut self, settings: &StripSettings, law: PanLaw, audible: bool) {
        self.law = law;
        let target = settings.matrix(self.mono, self.law);
        for (value, target) in self.matrix.iter_mut().zip(target) {
            value.set(target);
        }
        self.audible.set(if audible { 1.0 } else { 0.0 });
    }

    /// Goes to the settings at once, for use while nothing sounds.
    pub fn snap(&mut self) {
        self.matrix.iter_mut().for_each(Smoothed::snap);
        self.audible.snap();
    }

    /// Whether nothing can be heard from this strip.
    pub fn is_silent(&self) -> bool {
        self.audible.is_settled() && self.audible.value() == 0.0
    }

    /// Mixes a stereo block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.matrix.iter().all(Smoothed::is_settled) && self.audible.is_settled() {
            let audible = self.audible.value();
            let [ll, rl, lr, rr] = [0, 1, 2, 3].map(|i| (self.matrix[i].value() * audible) as f32);
            if [ll, rl, lr, rr] == [1.0, 0.0, 0.0, 1.0] {
                return;
            }
            for (l, r) in left.iter_mut().zip(right) {
                (*l, *r) = (*l * ll + *r * rl, *l * lr + *r * rr);
            }
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            let audible = self.audible.tick();
            let [ll, rl, lr, rr] = [0, 1, 2, 3].map(|i| (self.matrix[i].tick() * audible) as f32);
            (*l, *r) = (*l * ll + *r * rl, *l * lr + *r * rr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: SampleRate = SampleRate(48_000);

    #[test]
    fn a_strip_that_changes_nothing_changes_nothing() {
        let x: Vec<f32> = (0..1000).map(|n| (n as f32).sin()).collect();
        let (mut left, mut right) = (x.clone(), x.clone());
        let settings = StripSettings::default();
        Strip::new(&settings, false, PanLaw::default(), RATE).process(&mut left, &mut right);
        assert_eq!((left, right), (x.clone(), x));
    }

    #[test]
    fn a_fader_move_glides_at_any_block_size() {
        let run = |block: usize| {
            let mut settings = StripSettings::default();
            let mut strip = Strip::new(&settings, false, PanLaw::default(), RATE);
            settings.fader = Db(-12.0);
            settings.pan = Pan(0.3);
            strip.set(&settings, PanLaw::default(), true);
            let (mut left, mut right) = (vec![1.0f32; 2000], vec![1.0f32; 2000]);
            for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
                strip.process(l, r);
            }
            left
        };
        let whole = run(2000);
        assert!(whole.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.002));
        assert!((whole[1999] - Db(-12.0).factor() as f32 * 0.7).abs() < 1e-6);
        for block in [1, 7, 480] {
            assert_eq!(run(block), whole);
        }
    }

    #[test]
    fn polarity_and_silence() {
        let settings = StripSettings { invert: true, trim: Db(6.0), ..Default::default() };
        let mut strip = Strip::new(&settings, true, PanLaw::Balance, RATE);
        let (mut left, mut right) = (vec![0.25f32], vec![0.0f32]);
        strip.process(&mut left, &mut right);
        assert!((left[0] + 0.25 * 1.995_26).abs() < 1e-5 && left == right);
        strip.set(&StripSettings { fader: Db::SILENCE, ..settings }, PanLaw::Balance, false);
        strip.snap();
        assert!(strip.is_silent());
    }
}
