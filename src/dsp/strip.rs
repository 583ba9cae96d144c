//! A stem's strip: trim, polarity, fader, pan, width, mute.
//!
//! [`StripSettings`] and [`StripAutomation`] belong to the session; [`Strip`] applies them to one
//! stem in the player (audio thread) and for files.

use crate::dsp::curve::{Curve, FOOT, Motion};
use crate::dsp::pan::{Matrix, PanLaw, mono_matrix, stereo_matrix};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Pan, SampleRate, SongFrame};
use serde::{Deserialize, Serialize};

/// Highest level of the fader.
pub const FADER_TOP: Db = Db(12.0);

/// Settings of a strip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StripSettings {
    /// A gain beside the fader that automation does not touch. In a session: the trim of the stem.
    /// In a running [`Strip`]: the level that the version adds, plus the stem's trim where the
    /// session applies the trim after the chain.
    pub trim: Db,
    /// Polarity inverted.
    pub invert: bool,
    /// −∞ to +12 dB.
    pub fader: Db,
    /// Position of a mono stem, balance of a stereo stem; −1 is left, +1 is right.
    pub pan: Pan,
    /// For stereo stems only: 0 is mono, 1 leaves the stem unchanged, 2 doubles the side signal.
    pub width: f64,
    /// Silent in playback and in rendered files.
    pub mute: bool,
    /// Only soloed stems sound. For listening only, never rendered.
    pub solo: bool,
    /// Keeps sounding while other stems are soloed.
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
    /// A copy with every value clamped to its range.
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

/// Automation curves of a strip, drawn or recorded.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StripAutomation {
    /// In decibels; [`FOOT`] means silence.
    #[serde(skip_serializing_if = "Curve::is_empty")]
    pub fader: Curve,
    /// From −1 (left) to +1 (right).
    #[serde(skip_serializing_if = "Curve::is_empty")]
    pub pan: Curve,
}

impl StripAutomation {
    pub fn is_empty(&self) -> bool {
        self.fader.is_empty() && self.pan.is_empty()
    }
}

/// The curves of a [`StripAutomation`], prepared for one sample rate.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StripMoves {
    pub fader: Option<Motion>,
    pub pan: Option<Motion>,
}

impl StripMoves {
    pub fn new(automation: &StripAutomation, rate: SampleRate) -> Self {
        Self {
            fader: Motion::new(&automation.fader, rate),
            pan: Motion::new(&automation.pan, rate),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.fader.is_none() && self.pan.is_none()
    }
}

/// Frames per lookup of the curves.
const RUN: usize = 64;

/// The running strip of one stem.
pub struct Strip {
    mono: bool,
    law: PanLaw,
    settings: StripSettings,
    /// Number of the automation in use; [`Strip::set`] compares it to notice a change.
    moves: u64,
    /// The matrix of the last frame.
    now: Matrix,
    /// The matrix at the start of the running change, and the progress of the change from 0 to 1.
    before: Matrix,
    change: Smoothed,
    audible: Smoothed,
}

impl Strip {
    pub fn new(settings: &StripSettings, mono: bool, law: PanLaw, rate: SampleRate) -> Self {
        let now = settings.matrix(mono, law);
        Self {
            mono,
            law,
            settings: *settings,
            moves: 0,
            now,
            before: now,
            change: Smoothed::new(1.0, rate),
            audible: Smoothed::new(1.0, rate),
        }
    }

    /// Sets new settings, reached in 10 ms. With `audible` false the strip fades to silence. The
    /// caller passes a new number in `moves` whenever it gives [`Self::process`] different
    /// automation.
    pub fn set(&mut self, settings: &StripSettings, law: PanLaw, audible: bool, moves: u64) {
        if (*settings, law, moves) != (self.settings, self.law, self.moves) {
            (self.settings, self.law, self.moves) = (*settings, law, moves);
            self.before = self.now;
            self.change.jump(0.0);
            self.change.set(1.0);
        }
        self.audible.set(if audible { 1.0 } else { 0.0 });
    }

    /// Jumps to the current settings. Only for use while nothing sounds.
    pub fn snap(&mut self) {
        self.change.snap();
        self.audible.snap();
    }

    /// Whether the strip is not audible and its fade-out is over.
    pub fn is_silent(&self) -> bool {
        self.audible.is_settled() && self.audible.value() == 0.0
    }

    /// Mixes a stereo block in place. `moves` holds the automation; `frame` is the song frame where
    /// the block starts.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        moves: Option<&StripMoves>,
        frame: SongFrame,
    ) {
        match moves.filter(|moves| !moves.is_empty()) {
            None => {
                let matrix = self.settings.matrix(self.mono, self.law);
                self.stay(left, right, &matrix);
            }
            Some(moves) => {
                let runs = left.chunks_mut(RUN).zip(right.chunks_mut(RUN));
                for (n, (left, right)) in runs.enumerate() {
                    self.move_run(left, right, moves, frame.after(n * RUN));
                }
            }
        }
    }

    fn move_run(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        moves: &StripMoves,
        frame: SongFrame,
    ) {
        let mut settings = self.settings;
        let (mut levels, mut pans) = ([0.0; RUN], [0.0; RUN]);
        let mut still = true;
        let count = left.len().min(RUN);
        for (motion, values) in [(&moves.fader, &mut levels), (&moves.pan, &mut pans)] {
            if let Some(motion) = motion {
                still &= motion.fill(frame, &mut values[..count]);
            }
        }
        let mut matrix = |level: f64, pan: f64| {
            if moves.fader.is_some() {
                settings.fader = if level > FOOT { Db(level) } else { Db::SILENCE };
            }
            if moves.pan.is_some() {
                settings.pan = Pan(pan);
            }
            settings.clamped().matrix(self.mono, self.law)
        };
        if still {
            let matrix = matrix(levels[0], pans[0]);
            self.stay(left, right, &matrix);
            return;
        }
        let mut matrices = [[0.0; 4]; RUN];
        for (to, (level, pan)) in matrices.iter_mut().zip(levels.iter().zip(&pans)).take(count) {
            *to = matrix(*level, *pan);
        }
        self.run(left, right, matrices.iter());
    }

    /// Mixes all frames with the same matrix.
    fn stay(&mut self, left: &mut [f32], right: &mut [f32], matrix: &Matrix) {
        if !self.change.is_settled() || !self.audible.is_settled() {
            self.run(left, right, std::iter::repeat(matrix));
            return;
        }
        self.now = *matrix;
        let audible = self.audible.value();
        let [ll, rl, lr, rr] = matrix.map(|value| (value * audible) as f32);
        if [ll, rl, lr, rr] == [1.0, 0.0, 0.0, 1.0] {
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            (*l, *r) = (*l * ll + *r * rl, *l * lr + *r * rr);
        }
    }

    /// Mixes each frame with its own matrix.
    fn run<'a>(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        mut matrices: impl Iterator<Item = &'a Matrix>,
    ) {
        for (l, r) in left.iter_mut().zip(right) {
            let Some(wanted) = matrices.next() else { return };
            self.now = *wanted;
            if !self.change.is_settled() {
                let share = self.change.tick();
                for (now, before) in self.now.iter_mut().zip(&self.before) {
                    *now = before + (*now - before) * share;
                }
            }
            let audible = self.audible.tick();
            let [ll, rl, lr, rr] = self.now.map(|value| (value * audible) as f32);
            (*l, *r) = (*l * ll + *r * rl, *l * lr + *r * rr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::curve::Point;
    use crate::units::Seconds;

    const RATE: SampleRate = SampleRate(48_000);

    #[test]
    fn a_strip_that_changes_nothing_changes_nothing() {
        let x: Vec<f32> = (0..1000).map(|n| (n as f32).sin()).collect();
        let (mut left, mut right) = (x.clone(), x.clone());
        let settings = StripSettings::default();
        Strip::new(&settings, false, PanLaw::default(), RATE).process(
            &mut left,
            &mut right,
            None,
            SongFrame(0),
        );
        assert_eq!((left, right), (x.clone(), x));
    }

    #[test]
    fn a_fader_move_glides_at_any_block_size() {
        let run = |block: usize| {
            let mut settings = StripSettings::default();
            let mut strip = Strip::new(&settings, false, PanLaw::default(), RATE);
            settings.fader = Db(-12.0);
            settings.pan = Pan(0.3);
            strip.set(&settings, PanLaw::default(), true, 0);
            let (mut left, mut right) = (vec![1.0f32; 2000], vec![1.0f32; 2000]);
            for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
                strip.process(l, r, None, SongFrame(0));
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
    fn automation_is_exact_to_the_sample_and_takes_over_without_a_click() {
        let settings = StripSettings::default();
        let points = [(0.5, 0.0), (1.0, -6.0)].map(|(t, v)| Point::new(Seconds(t), v));
        let automation = StripAutomation {
            fader: Curve::new(points.to_vec()),
            pan: Curve::new(vec![Point::new(Seconds(0.0), -0.5)]),
        };
        let moves = StripMoves::new(&automation, RATE);
        let run = |block: usize| {
            let mut strip = Strip::new(&settings, false, PanLaw::default(), RATE);
            let mut frame = 0;
            let (mut left, mut right) = (vec![1.0f32; 60_000], vec![1.0f32; 60_000]);
            for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
                if frame >= 12_000 {
                    strip.set(&settings, PanLaw::default(), true, 1);
                }
                let known = (frame >= 12_000).then_some(&moves);
                strip.process(l, r, known, SongFrame(frame));
                frame += l.len() as i64;
            }
            (left, right)
        };
        let (left, right) = run(60_000 / 5);
        for n in [24_000, 30_001, 36_000, 47_999, 59_000] {
            let level = (-6.0 * (n as f64 - 24_000.0) / 24_000.0).clamp(-6.0, 0.0);
            assert!((f64::from(left[n]) - Db(level).factor()).abs() < 1e-6, "{n} {}", left[n]);
            assert!((right[n] - left[n] / 2.0).abs() < 1e-6);
        }
        assert_eq!(right[11_999], 1.0);
        assert!(right.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.0011));
        for block in [1, 100, 480] {
            assert_eq!(run(block), (left.clone(), right.clone()));
        }
    }

    #[test]
    fn polarity_and_silence() {
        let settings = StripSettings { invert: true, trim: Db(6.0), ..Default::default() };
        let mut strip = Strip::new(&settings, true, PanLaw::Balance, RATE);
        let (mut left, mut right) = (vec![0.25f32], vec![0.0f32]);
        strip.process(&mut left, &mut right, None, SongFrame(0));
        assert!((left[0] + 0.25 * 1.995_26).abs() < 1e-5 && left == right);
        strip.set(&StripSettings { fader: Db::SILENCE, ..settings }, PanLaw::Balance, false, 0);
        strip.snap();
        assert!(strip.is_silent());
    }
}
