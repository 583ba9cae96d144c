//! Signal processors: settings beside the code that obeys them.
//! No files, no threads, and no allocation once prepared.

pub mod biquad;
pub mod dither;
pub mod interpolate;
pub mod k_weighting;
pub mod limiter;
pub mod loudness;
pub mod pan;
pub mod prediction;
pub mod smooth;
pub mod stereo;
pub mod strip;
pub mod true_peak;
pub mod vinyl;

/// Planar stereo samples, left and right of equal length.
pub type Stereo = [Vec<f32>; 2];

/// A silent stereo buffer of `frames` frames.
pub fn silence(frames: usize) -> Stereo {
    [vec![0.0; frames], vec![0.0; frames]]
}
