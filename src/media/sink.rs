//! Writing of a stereo file in any format that a master can have: [`FileFormat`] names the format,
//! [`Sink`] writes the file. The render uses it.

use crate::media::aiff::AiffWriter;
use crate::media::broadcast::Broadcast;
use crate::media::error::MediaError;
use crate::media::flac::FlacWriter;
use crate::media::tags::Tags;
use crate::media::writer::{BitDepth, WavWriter};
use crate::units::SampleRate;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The format of a written file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    #[default]
    Wav,
    Flac,
    Aiff,
}

impl FileFormat {
    pub const ALL: [FileFormat; 3] = [FileFormat::Wav, FileFormat::Flac, FileFormat::Aiff];

    pub fn name(self) -> &'static str {
        match self {
            FileFormat::Wav => "WAV",
            FileFormat::Flac => "FLAC",
            FileFormat::Aiff => "AIFF",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            FileFormat::Wav => "wav",
            FileFormat::Flac => "flac",
            FileFormat::Aiff => "aiff",
        }
    }

    /// The depth that this format stores when `depth` is asked for: FLAC turns 32-bit float into
    /// 24-bit.
    pub fn depth(self, depth: BitDepth) -> BitDepth {
        match (self, depth) {
            (FileFormat::Flac, BitDepth::Float32) => BitDepth::Int24,
            _ => depth,
        }
    }
}

/// A stereo file being written. It is complete only after `finish`.
pub enum Sink {
    Wav(WavWriter),
    Flac(Box<FlacWriter>),
    Aiff(AiffWriter),
}

impl Sink {
    /// Creates a file. Only WAV stores the `broadcast` chunk.
    pub fn create(
        path: &Path,
        format: FileFormat,
        depth: BitDepth,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
        tags: &Tags,
    ) -> Result<Self, MediaError> {
        Ok(match format {
            FileFormat::Wav => {
                let chunks = tags.wav(rate);
                Sink::Wav(WavWriter::with(path, depth, 2, rate, broadcast, &chunks)?)
            }
            FileFormat::Flac => Sink::Flac(Box::new(FlacWriter::create(path, depth, rate, tags)?)),
            FileFormat::Aiff => Sink::Aiff(AiffWriter::create(path, depth, rate, tags)?),
        })
    }

    /// Appends integer samples with the bit depth of the file.
    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        match self {
            Sink::Wav(file) => file.write_whole(left, right),
            Sink::Flac(file) => file.write_whole(left, right),
            Sink::Aiff(file) => file.write_whole(left, right),
        }
    }

    /// Appends 32-bit float samples, for a file of that depth.
    ///
    /// # Errors
    /// `Write` for FLAC, which stores no floating point.
    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        match self {
            Sink::Wav(file) => file.write_float(left, right),
            Sink::Aiff(file) => file.write_float(left, right),
            // Not reached: `FileFormat::depth` allows no float for FLAC.
            Sink::Flac(file) => Err(file.no_float()),
        }
    }

    /// Fills in the lengths and closes the file.
    pub fn finish(self) -> Result<(), MediaError> {
        match self {
            Sink::Wav(file) => file.finish(),
            Sink::Flac(file) => file.finish(),
            Sink::Aiff(file) => file.finish(),
        }
    }
}
