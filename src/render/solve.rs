//! Finds the gain of a master from the outline of a version, with and without limiter.

use crate::dsp::limiter::LimiterSettings;
use crate::dsp::prediction::Outline;
use crate::session::master::{LimiterCharacter, TOLERANCE, Target};
use crate::units::{Db, Lufs};

/// Tolerance of the search, in LU.
const NEAR: f64 = 0.003;
const MOST_STEPS: usize = 12;

/// Where a decibel of gain wins less loudness than this, in LU, the gain is past the knee.
const LEAST_WIN: f64 = 0.25;
/// How exactly the knee is found, in dB.
const KNEE_STEP: f64 = 0.1;

/// A gain and the loudness expected with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solution {
    pub gain: Db,
    pub loudness: Lufs,
    /// Whether the target is out of reach and the gain stopped at the knee.
    pub knee: bool,
}

impl Solution {
    pub fn new(gain: Db, loudness: Lufs) -> Self {
        Self { gain, loudness, knee: false }
    }
}

/// The gain before the limiter that brings `outline` to `wanted`. A secant search: its slope is kept
/// within 0.15 and 1 (a limiter gives back less than a decibel per decibel), and its steps stay
/// inside the bracket known to hold the solution. Silence gets a gain of 0 dB.
///
/// The limiter may reduce the loudest peak by `character.most_reduction`. Where that does not reach
/// the target, the gain stops at the knee of the curve of loudness over gain, or, with `push_on`, at
/// the allowed reduction.
pub fn with_limiter(
    outline: &Outline,
    wanted: Lufs,
    settings: &LimiterSettings,
    character: &LimiterCharacter,
) -> Solution {
    let start = outline.loudness();
    if start == Lufs::SILENCE {
        return Solution::new(Db::UNITY, start);
    }
    let straight = wanted - start;
    let headroom = outline.headroom(settings);
    let highest = headroom + character.most_reduction;
    let predict = |gain: Db| outline.predict(gain, Some(settings));
    let loudest = predict(highest);
    if !character.push_on && loudest.0 < wanted.0 - TOLERANCE.0 {
        return knee(predict, headroom, highest);
    }
    let mut low = Solution::new(straight, predict(straight));
    if straight >= highest {
        return Solution::new(highest, loudest);
    }
    let mut high_gain = highest;
    let mut closest = low;
    // At a lower gain a quiet ending may fall below the gate of the loudness meter. The rest then
    // reads a little louder than the gain suggests, so the bracket must begin lower.
    for _ in 0..MOST_STEPS {
        if low.loudness.0 <= wanted.0 {
            break;
        }
        high_gain = low.gain;
        let gain = Db(low.gain.0 - 2.0 * (low.loudness.0 - wanted.0) - NEAR);
        low = Solution::new(gain, predict(gain));
    }
    let off = |solution: &Solution| (solution.loudness.0 - wanted.0).abs();
    let mut slope = 1.0;
    let mut best = low;
    for _ in 0..MOST_STEPS {
        if off(&best) < off(&closest) {
            closest = best;
        }
        let missing = wanted - best.loudness;
        if missing.0.abs() < NEAR {
            break;
        }
        let step = missing.0 / slope;
        let mut gain = Db(best.gain.0 + step);
        if gain.0 <= low.gain.0 || gain.0 >= high_gain.0 {
            gain = Db((low.gain.0 + high_gain.0) / 2.0);
        }
        let next = Solution::new(gain, predict(gain));
        let moved = next.gain.0 - best.gain.0;
        if moved.abs() > 1e-9 {
            slope = ((next.loudness.0 - best.loudness.0) / moved).clamp(0.15, 1.0);
        }
        if next.loudness.0 < wanted.0 {
            low = next;
        } else {
            high_gain = gain;
        }
        best = next;
    }
    if off(&best) < off(&closest) { best } else { closest }
}

/// The lowest gain from `low` to `high` from which on a decibel wins less than [`LEAST_WIN`], by
/// bisection: the more a limiter works, the less it wins.
fn knee(predict: impl Fn(Db) -> Lufs, low: Db, high: Db) -> Solution {
    let wins = |gain: Db| (predict(gain + Db(1.0)) - predict(gain)).0 >= LEAST_WIN;
    let (mut low, mut high, start) = (low, high, high);
    while (high - low).0 > KNEE_STEP {
        let middle = Db((low.0 + high.0) / 2.0);
        if wins(middle) { low = middle } else { high = middle }
    }
    Solution { gain: high, loudness: predict(high), knee: high < start }
}

/// Margin below the ceiling of a master without limiter: for rounding to whole samples, and because
/// a peak is read up to [`SHORTFALL`](crate::dsp::ideal::SHORTFALL) too low.
const MARGIN: Db = Db(0.02);

/// The highest gain that exceeds neither the loudness nor the ceiling of a master without limiter.
/// Silence gets a gain of 0 dB.
pub fn without_limiter(loudness: Lufs, true_peak: Db, target: &Target) -> Solution {
    if loudness == Lufs::SILENCE {
        return Solution::new(Db::UNITY, loudness);
    }
    let by_loudness = target.loudness - loudness;
    let by_peak = target.ceiling - MARGIN - true_peak;
    let gain = if by_peak < by_loudness { by_peak } else { by_loudness };
    Solution::new(gain, loudness + gain)
}
