//! The end of a master: gain and true-peak limiter, at the rate of the file.

use crate::dsp::limiter::{Limiter, LimiterSettings};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, SampleRate};

/// Gain, then the limiter where the master has one.
pub struct Finish {
    gain: Smoothed,
    limiter: Option<Limiter>,
}

impl Finish {
    pub fn new(gain: Db, limiter: Option<&LimiterSettings>, rate: SampleRate) -> Self {
        let gain = Smoothed::new(gain.factor(), rate);
        Self { gain, limiter: limiter.map(|settings| Limiter::new(settings, rate)) }
    }

    /// Frames from input to output.
    pub fn latency(&self) -> usize {
        self.limiter.as_ref().map_or(0, Limiter::latency)
    }

    /// A new gain, reached in 10 ms.
    pub fn set_gain(&mut self, gain: Db) {
        self.gain.set(gain.factor());
    }

    pub fn set_ceiling(&mut self, ceiling: Db) {
        if let Some(limiter) = &mut self.limiter {
            limiter.set_ceiling(ceiling);
        }
    }

    /// Finishes a block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        if !self.gain.is_settled() || self.gain.value() != 1.0 {
            for (l, r) in left.iter_mut().zip(right.iter_mut()) {
                let gain = self.gain.tick();
                (*l, *r) = ((f64::from(*l) * gain) as f32, (f64::from(*r) * gain) as f32);
            }
        }
        if let Some(limiter) = &mut self.limiter {
            limiter.process(left, right);
        }
    }

    /// The deepest gain reduction since this was last asked.
    pub fn take_reduction(&mut self) -> Db {
        self.limiter.as_mut().map_or(Db::UNITY, Limiter::take_reduction)
    }
}
