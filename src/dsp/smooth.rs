//! Parameter values that glide to their target, so that changes do not click.

use crate::units::{SampleRate, Seconds};

/// Time that a parameter takes from its old value to the new one.
pub const GLIDE: Seconds = Seconds(0.010);

/// A value that moves to its target in a straight line, frame by frame. The result does not depend
/// on the block size.
#[derive(Clone, Debug)]
pub struct Smoothed {
    value: f64,
    target: f64,
    step: f64,
    left: u32,
    glide: u32,
}

impl Smoothed {
    /// A settled value.
    pub fn new(value: f64, rate: SampleRate) -> Self {
        let glide = (GLIDE.frames(rate).0 as u32).max(1);
        Self { value, target: value, step: 0.0, left: 0, glide }
    }

    /// Starts a glide from the current value to `target`. The same target again changes nothing.
    pub fn set(&mut self, target: f64) {
        if target != self.target {
            self.target = target;
            self.left = self.glide;
            self.step = (target - self.value) / f64::from(self.glide);
        }
    }

    /// Jumps to the target. Only for use while nothing sounds.
    pub fn snap(&mut self) {
        self.value = self.target;
        self.left = 0;
    }

    /// Length of a glide in frames.
    pub fn length(&self) -> usize {
        self.glide as usize
    }

    /// Frames until the running glide ends.
    pub fn left(&self) -> usize {
        self.left as usize
    }

    /// Jumps to `value` and ends a running glide.
    pub fn jump(&mut self, value: f64) {
        self.target = value;
        self.snap();
    }

    /// Whether no glide runs.
    pub fn is_settled(&self) -> bool {
        self.left == 0
    }

    /// The current value; does not advance.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Advances by one frame and returns the new value.
    #[inline]
    pub fn tick(&mut self) -> f64 {
        if self.left > 0 {
            self.left -= 1;
            self.value = if self.left == 0 { self.target } else { self.value + self.step };
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_glides_for_ten_milliseconds_and_lands_exactly() {
        let mut gain = Smoothed::new(1.0, SampleRate(48_000));
        gain.set(0.1);
        let path: Vec<f64> = (0..480).map(|_| gain.tick()).collect();
        assert_eq!(path[479], 0.1);
        assert!(!path[..479].contains(&0.1));
        let steepest = path.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
        assert!(steepest < 0.9 / 479.0);
        assert!(gain.is_settled());
    }
}
