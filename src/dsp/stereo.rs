//! The correlation meter: how alike left and right are.

use crate::units::{SampleRate, Seconds};

/// Correlation of left and right with a time constant of 300 ms, from −1 to +1.
#[derive(Clone, Debug)]
pub struct Correlation {
    keep: f64,
    ll: f64,
    rr: f64,
    lr: f64,
}

impl Correlation {
    pub fn new(rate: SampleRate) -> Self {
        let window = Seconds(0.3);
        Self { keep: (-1.0 / (window.0 * rate.hz().0)).exp(), ll: 0.0, rr: 0.0, lr: 0.0 }
    }

    /// Adds a block. Both slices have the same length.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            let (l, r) = (f64::from(*l), f64::from(*r));
            self.ll = self.ll * self.keep + l * l;
            self.rr = self.rr * self.keep + r * r;
            self.lr = self.lr * self.keep + l * r;
        }
    }

    /// The correlation now, or `None` while a channel is silent.
    pub fn value(&self) -> Option<f64> {
        let power = (self.ll * self.rr).sqrt();
        (power > 1e-9).then(|| (self.lr / power).clamp(-1.0, 1.0))
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        (self.ll, self.rr, self.lr) = (0.0, 0.0, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_phase_out_of_phase_and_silent() {
        let x: Vec<f32> = (0..4800).map(|n| (n as f32 * 0.1).sin()).collect();
        let minus: Vec<f32> = x.iter().map(|v| -v).collect();
        let mut meter = Correlation::new(SampleRate(48_000));
        assert_eq!(meter.value(), None);
        meter.process(&x, &x);
        assert!((meter.value().unwrap() - 1.0).abs() < 1e-9);
        meter.reset();
        meter.process(&x, &minus);
        assert!((meter.value().unwrap() + 1.0).abs() < 1e-9);
    }
}
