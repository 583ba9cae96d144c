//! From one thing that sounds to another, without a click.

use crate::dsp::chain::SETTLING;
use crate::dsp::smooth::Smoothed;
use crate::units::SampleRate;

/// Waits until the next one has filled and settled, then fades over to it.
pub struct Handover {
    /// Frames until the next one may be heard.
    wait: usize,
    settling: usize,
    fade: Smoothed,
}

impl Handover {
    pub fn new(rate: SampleRate) -> Self {
        let settling = SETTLING.frames(rate).0 as usize;
        Self { wait: 0, settling, fade: Smoothed::new(0.0, rate) }
    }

    /// The next one is there; it holds back `latency` frames.
    pub fn begin(&mut self, latency: usize) {
        self.wait = latency + self.settling;
        self.fade.jump(0.0);
    }

    /// Whether the next one can be heard already.
    pub fn is_fading(&self) -> bool {
        self.wait == 0
    }

    /// Puts what the next one made in the place of `sound`, as far as its time has come; true
    /// when it has taken over.
    pub fn pass(&mut self, sound: [&mut [f32]; 2], next: [&[f32]; 2]) -> bool {
        if self.wait > 0 {
            let [left, _] = &sound;
            self.wait = self.wait.saturating_sub(left.len());
            if self.wait == 0 {
                self.fade.set(1.0);
            }
            return false;
        }
        crossfade(&mut self.fade, sound, next);
        self.fade.is_settled()
    }
}

/// Mixes `other` into `sound`: none of it at a share of 0, nothing else at 1.
pub fn crossfade(share: &mut Smoothed, [left, right]: [&mut [f32]; 2], other: [&[f32]; 2]) {
    let [a, b] = other;
    for ((l, r), (a, b)) in left.iter_mut().zip(right).zip(a.iter().zip(b)) {
        let share = share.tick() as f32;
        *l += (a - *l) * share;
        *r += (b - *r) * share;
    }
}
