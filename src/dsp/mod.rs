//! Signal processors, meters and analysers. Each processor has a settings type (plain data) and the
//! code that runs it.
//!
//! Called by the player on the audio thread and by the renderer for files. The code touches no
//! files and starts no threads. Processors allocate only when they are made; the meters in
//! [`loudness`] and [`prediction`] also allocate while they run, so they stay off the audio thread.

pub mod biquad;
pub mod chain;
pub mod clip;
pub mod compressor;
pub mod curve;
pub mod de_esser;
pub mod delay;
pub mod detector;
pub mod dither;
pub mod dynamic_eq;
pub mod eq;
pub mod filter;
pub mod gate;
pub mod ideal;
pub mod interpolate;
pub mod k_weighting;
pub mod limiter;
pub mod loudness;
pub mod moving;
pub mod multiband;
pub mod noise_shape;
pub mod oversample;
pub mod pan;
pub mod parameter;
pub mod prediction;
pub mod processor;
mod quadrature;
pub mod saturation;
pub mod smooth;
pub mod spectrum;
pub mod stereo;
pub mod stereo_field;
pub mod strip;
pub mod transient;
pub mod trim;
pub mod true_peak;
pub mod vinyl;
#[cfg(test)]
mod voice;

/// Planar stereo samples, left and right of equal length.
pub type Stereo = [Vec<f32>; 2];

/// A silent stereo buffer of `frames` frames.
pub fn silence(frames: usize) -> Stereo {
    [vec![0.0; frames], vec![0.0; frames]]
}
