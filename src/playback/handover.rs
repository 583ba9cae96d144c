//! [`Handover`] replaces a signal path that sounds by another without a click: it waits until the
//! new path has settled, then crossfades. Used by chains and finishing paths on the audio thread.

use crate::dsp::chain::SETTLING;
use crate::dsp::smooth::Smoothed;
use crate::units::{Latency, SampleRate};

/// Waits until the new path has filled and settled, then crossfades to it.
pub struct Handover {
    /// Frames until the crossfade starts.
    wait: usize,
    settling: usize,
    fade: Smoothed,
}

impl Handover {
    pub fn new(rate: SampleRate) -> Self {
        let settling = SETTLING.frames(rate).0 as usize;
        Self { wait: 0, settling, fade: Smoothed::new(0.0, rate) }
    }

    /// Starts the handover to a new path with a latency of `latency` frames.
    pub fn begin(&mut self, latency: Latency) {
        self.wait = latency.0 + self.settling;
        self.fade.jump(0.0);
    }

    /// Whether the wait is over and the new path may be heard.
    pub fn is_fading(&self) -> bool {
        self.wait == 0
    }

    /// Crossfades from `sound` to `next` in place, once the wait is over. Returns true when the new
    /// path has taken over.
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

/// Crossfades `sound` with `other` in place: a share of 0 leaves `sound`, 1 replaces it.
pub fn crossfade(share: &mut Smoothed, [left, right]: [&mut [f32]; 2], other: [&[f32]; 2]) {
    let [a, b] = other;
    for ((l, r), (a, b)) in left.iter_mut().zip(right).zip(a.iter().zip(b)) {
        let share = share.tick() as f32;
        *l += (a - *l) * share;
        *r += (b - *r) * share;
    }
}
