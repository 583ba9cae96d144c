//! From the renderer's planar samples to the device's format: its rate and its interleaved
//! channels. [`Convert`] resamples when the rates differ. Runs on the audio thread.

use super::lane::PART;
use crate::dsp::Stereo;
use crate::media::resample::Resampler;
use crate::playback::PlaybackError;
use crate::units::SampleRate;

/// Converts the session's rate to the device's.
pub struct Convert {
    resampler: Resampler,
    ready: Stereo,
    at: usize,
    /// Frames, at the session's rate, inside the resampler and the output buffer.
    pub behind: f64,
    ratio: f64,
}

impl Convert {
    /// Returns `None` when both rates are equal.
    pub fn new(from: SampleRate, to: SampleRate) -> Result<Option<Self>, PlaybackError> {
        if from == to {
            return Ok(None);
        }
        let resampler = Resampler::new(from, to)?;
        let room = 4 * (resampler.output_bound(PART) + 4 * PART);
        let ready = [Vec::with_capacity(room), Vec::with_capacity(room)];
        let ratio = from.hz().0 / to.hz().0;
        Ok(Some(Self { resampler, ready, at: 0, behind: 0.0, ratio }))
    }

    /// Whether this many frames, at the device's rate, are ready.
    pub fn has(&self, frames: usize) -> bool {
        self.ready.first().map_or(0, Vec::len) >= self.at + frames
    }

    /// Resamples one block. Samples already given out are dropped from the buffer.
    pub fn take(&mut self, [left, right]: [&[f32]; 2]) {
        for side in &mut self.ready {
            side.copy_within(self.at.., 0);
            side.truncate(side.len() - self.at);
        }
        self.at = 0;
        self.behind += left.len() as f64;
        // This fails only for buffers of the wrong size; these sizes are fixed.
        let _ = self.resampler.process(left, right, &mut self.ready);
    }

    /// Fills an interleaved buffer with ready frames, on two channels from `first` on.
    pub fn give(&mut self, out: &mut [f32], channels: usize, first: usize) {
        let frames = out.len() / channels;
        let [left, right] = &self.ready;
        let sides = [left.get(self.at..).unwrap_or(&[]), right.get(self.at..).unwrap_or(&[])];
        interleave(sides, out, channels, first);
        self.at += frames;
        self.behind -= frames as f64 * self.ratio;
    }
}

/// Interleaves left and right into the channels from `first` on; the others are silent. A mono
/// device gets the mean of both.
pub fn interleave(from: [&[f32]; 2], out: &mut [f32], channels: usize, first: usize) {
    let [left, right] = from;
    for (frame, (l, r)) in out.chunks_mut(channels).zip(left.iter().zip(right)) {
        frame.fill(0.0);
        match frame {
            [one] => *one = (l + r) / 2.0,
            frame => {
                let first = first.min(frame.len().saturating_sub(2));
                for (place, x) in frame.iter_mut().skip(first).zip([l, r]) {
                    *place = *x;
                }
            }
        }
    }
}
