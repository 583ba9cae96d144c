//! Recursive stereo filters whose coefficients glide to new values in 10 ms, without clicks.
//!
//! [`Filter`] runs both channels with the same coefficients ([`Taps`]); nearly every processor uses
//! it, on the audio thread and for files.

use crate::dsp::biquad::{Coefficients, calm};
use crate::dsp::smooth::GLIDE;
use crate::units::SampleRate;

/// One stereo frame: left, right.
pub type Pair = [f64; 2];

/// A recursive filter of order `N` for stereo, in transposed direct form II.
#[derive(Clone, Debug)]
pub struct Filter<const N: usize> {
    now: Taps<N>,
    step: Taps<N>,
    target: Taps<N>,
    left: u32,
    glide: u32,
    state: [Pair; N],
}

/// Coefficients of a filter of order `N`, normalised so that a0 is 1: `b0` and `b` are the
/// numerator, `a` is the denominator after a0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taps<const N: usize> {
    pub b0: f64,
    pub b: [f64; N],
    pub a: [f64; N],
}

impl<const N: usize> Taps<N> {
    /// The identity: output equals input.
    pub const THROUGH: Self = Self { b0: 1.0, b: [0.0; N], a: [0.0; N] };
}

impl From<Coefficients> for Taps<2> {
    fn from(from: Coefficients) -> Self {
        let [b0, b1, b2] = from.b;
        Self { b0, b: [b1, b2], a: from.a }
    }
}

impl<const N: usize> Filter<N> {
    /// A filter that starts at `taps`, with empty state.
    pub fn new(taps: Taps<N>, rate: SampleRate) -> Self {
        let glide = (GLIDE.frames(rate).0 as u32).max(1);
        let still = Taps { b0: 0.0, b: [0.0; N], a: [0.0; N] };
        Self { now: taps, step: still, target: taps, left: 0, glide, state: [[0.0; 2]; N] }
    }

    /// Glides to new coefficients in a straight line within 10 ms. The stable second-order filters
    /// form a triangle in the coefficient plane, so every filter on the way is stable too.
    pub fn set(&mut self, taps: Taps<N>) {
        if taps == self.target {
            return;
        }
        let share = 1.0 / f64::from(self.glide);
        self.target = taps;
        self.left = self.glide;
        self.step.b0 = (taps.b0 - self.now.b0) * share;
        for n in 0..N {
            self.step.b[n] = (taps.b[n] - self.now.b[n]) * share;
            self.step.a[n] = (taps.a[n] - self.now.a[n]) * share;
        }
    }

    /// Ends a running glide: jumps to the target coefficients.
    pub fn snap(&mut self) {
        self.now = self.target;
        self.left = 0;
    }

    /// Clears the state and ends a running glide.
    pub fn reset(&mut self) {
        self.state = [[0.0; 2]; N];
        self.snap();
    }

    /// Whether the filter is the identity and no glide runs.
    pub fn is_through(&self) -> bool {
        self.left == 0 && self.now == Taps::THROUGH
    }

    fn glide(&mut self) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        if self.left == 0 {
            self.now = self.target;
            return;
        }
        self.now.b0 += self.step.b0;
        for n in 0..N {
            self.now.b[n] += self.step.b[n];
            self.now.a[n] += self.step.a[n];
        }
    }

    /// Filters one frame.
    #[inline]
    pub fn tick(&mut self, x: Pair) -> Pair {
        self.glide();
        let mut y = [0.0; 2];
        for side in 0..2 {
            y[side] = self.now.b0 * x[side] + self.state[0][side];
        }
        for n in 0..N {
            for side in 0..2 {
                let next = if n + 1 < N { self.state[n + 1][side] } else { 0.0 };
                self.state[n][side] = next + self.now.b[n] * x[side] - self.now.a[n] * y[side];
            }
        }
        y
    }

    /// Filters a run of frames in place.
    pub fn run(&mut self, frames: &mut [Pair]) {
        let gliding = frames.len().min(self.left as usize);
        let (moving, still) = frames.split_at_mut(gliding);
        for frame in moving {
            *frame = self.tick(*frame);
        }
        // Local copies, so that the compiler keeps them in registers.
        let (Taps { b0, b, a }, mut state) = (self.now, self.state);
        for frame in still {
            let x = *frame;
            let y = [b0 * x[0] + state[0][0], b0 * x[1] + state[0][1]];
            for n in 0..N {
                let next = if n + 1 < N { state[n + 1] } else { [0.0; 2] };
                for side in 0..2 {
                    state[n][side] = next[side] + b[n] * x[side] - a[n] * y[side];
                }
            }
            *frame = y;
        }
        self.state = state;
        self.calm();
    }

    /// Sets tiny state values to 0, against denormal numbers. Once per block is enough.
    pub fn calm(&mut self) {
        calm(self.state.iter_mut().flatten());
    }
}

/// A second-order filter (biquad) for stereo.
pub type Biquad2 = Filter<2>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::biquad::{BUTTERWORTH_Q, Biquad, Coefficients};
    use crate::units::Hz;

    const RATE: SampleRate = SampleRate(48_000);

    #[test]
    fn it_filters_as_the_plain_section_does_and_decays_to_nothing() {
        let coefficients = Coefficients::high_pass(RATE, Hz(300.0), BUTTERWORTH_Q);
        let (mut pair, mut plain) =
            (Biquad2::new(coefficients.into(), RATE), Biquad::new(coefficients));
        for n in 0..2000 {
            let x = f64::from(n).sin();
            let [left, right] = pair.tick([x, -x]);
            assert!((left - plain.tick(x)).abs() < 1e-12);
            assert_eq!(left, -right);
        }
        for _ in 0..200_000 {
            pair.tick([0.0; 2]);
        }
        pair.calm();
        assert_eq!(pair.state, [[0.0; 2]; 2]);
    }

    #[test]
    fn a_change_makes_no_step() {
        let low = Coefficients::high_pass(RATE, Hz(20.0), BUTTERWORTH_Q);
        let high = Coefficients::high_pass(RATE, Hz(2000.0), BUTTERWORTH_Q);
        let mut filter = Biquad2::new(low.into(), RATE);
        let mut last = 0.0;
        for n in 0..4800 {
            if n == 2400 {
                filter.set(high.into());
            }
            let [y, _] = filter.tick([(f64::from(n) * 0.02).sin(); 2]);
            assert!((y - last).abs() < 0.06, "frame {n}: {last} to {y}");
            last = y;
        }
    }
}
