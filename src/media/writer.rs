//! WAV files out ([`WavWriter`]): 16- and 24-bit integer or 32-bit float, plain or broadcast, RF64
//! above 4 GiB. The render writes through it, and the store of conformed copies.

use crate::media::broadcast::Broadcast;
use crate::media::chunks::{Chunk, ChunkFile, append, append_little};
use crate::media::error::MediaError;
use crate::media::pcm::ByteOrder;
use crate::units::SampleRate;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// Sample format of a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BitDepth {
    Int16,
    Int24,
    Float32,
}

impl BitDepth {
    pub fn name(self) -> &'static str {
        match self {
            BitDepth::Int16 => "16-bit",
            BitDepth::Int24 => "24-bit",
            BitDepth::Float32 => "32-bit float",
        }
    }

    pub fn bits(self) -> u32 {
        match self {
            BitDepth::Int16 => 16,
            BitDepth::Int24 => 24,
            BitDepth::Float32 => 32,
        }
    }
}

/// A WAV file being written. It is complete only after `finish`.
pub struct WavWriter {
    file: ChunkFile,
    depth: BitDepth,
    channels: u16,
}

/// Bytes reserved for the body of the `ds64` chunk that a file above 4 GiB needs.
const RESERVED: u32 = 28;

impl WavWriter {
    /// Creates a stereo file. The length of the broadcast chunk's coding history is fixed here;
    /// [`patch_broadcast`] can change all other fields later.
    pub fn create(
        path: &Path,
        depth: BitDepth,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
    ) -> Result<Self, MediaError> {
        Self::with(path, depth, 2, rate, broadcast, &[])
    }

    /// Creates a file of one or two channels, with `chunks` before its samples.
    pub fn with(
        path: &Path,
        depth: BitDepth,
        channels: u16,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
        chunks: &[Chunk],
    ) -> Result<Self, MediaError> {
        let file = ChunkFile::create(path, ByteOrder::Little, channels, |out| {
            out.write_all(b"RIFF\0\0\0\0WAVE")?;
            append(out, ByteOrder::Little, b"JUNK", &[0; RESERVED as usize])?;
            if let Some(broadcast) = broadcast {
                append(out, ByteOrder::Little, b"bext", &broadcast.bytes())?;
            }
            for (name, body) in chunks {
                append(out, ByteOrder::Little, name, body)?;
            }
            append(out, ByteOrder::Little, b"fmt ", &format(depth, channels, rate))?;
            out.write_all(b"data\0\0\0\0")
        })?;
        Ok(Self { file, depth, channels })
    }

    /// Appends integer samples with the bit depth of the file. A mono file takes `left` only.
    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        self.file.write_whole((self.depth.bits() / 8) as usize, left, right)
    }

    /// Appends 32-bit float samples. A mono file takes `left` only.
    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        self.file.write_float(left, right)
    }

    /// Fills in the lengths and closes the file.
    pub fn finish(self) -> Result<(), MediaError> {
        let frame = u64::from(self.depth.bits() / 8) * u64::from(self.channels);
        self.file
            .finish(|file, end| Ok(lengths(end, file.samples_at(), file.sample_bytes(), frame)))
    }
}

/// Body of the `fmt ` chunk.
fn format(depth: BitDepth, channels: u16, rate: SampleRate) -> Vec<u8> {
    let tag: u16 = if depth == BitDepth::Float32 { 3 } else { 1 };
    let frame = u32::from(channels) * depth.bits() / 8;
    let mut body = Vec::from(tag.to_le_bytes());
    body.extend(channels.to_le_bytes());
    body.extend(rate.0.to_le_bytes());
    body.extend((rate.0 * frame).to_le_bytes());
    body.extend((frame as u16).to_le_bytes());
    body.extend((depth.bits() as u16).to_le_bytes());
    body
}

/// The length fields of a WAV file, as byte offsets with the bytes to write there. The file ends at
/// `end`; its samples begin at `samples_at` and take `bytes`, with `frame` bytes per frame. Above 4
/// GiB the file becomes an RF64 (EBU Tech 3306): its `JUNK` becomes a `ds64` with the lengths.
fn lengths(end: u64, samples_at: u64, bytes: u64, frame: u64) -> Vec<(u64, Vec<u8>)> {
    let (size, data_at) = (end - 8, samples_at - 4);
    if let (Ok(size), Ok(bytes)) = (u32::try_from(size), u32::try_from(bytes)) {
        return vec![(4, size.to_le_bytes().into()), (data_at, bytes.to_le_bytes().into())];
    }
    let mut ds64 = Vec::new();
    for value in [size, bytes, bytes / frame] {
        ds64.extend(value.to_le_bytes());
    }
    ds64.extend(0u32.to_le_bytes());
    let mut chunk = Vec::new();
    append_little(&mut chunk, b"ds64", &ds64);
    vec![(0, b"RF64\xff\xff\xff\xff".into()), (12, chunk), (data_at, vec![0xff; 4])]
}

/// Rewrites the broadcast chunk of a finished file, because the loudness is only known once the
/// samples are written. The coding history must keep its length.
pub fn patch_broadcast(path: &Path, broadcast: &Broadcast) -> Result<(), MediaError> {
    let patch = || -> std::io::Result<()> {
        let mut file = File::options().write(true).open(path)?;
        // Before the body come RIFF (12 bytes), JUNK (8 and 28 bytes) and the header of `bext` (8
        // bytes).
        file.seek(SeekFrom::Start(12 + 8 + u64::from(RESERVED) + 8))?;
        file.write_all(&broadcast.bytes())
    };
    patch().map_err(|source| MediaError::writing(path, source))
}

/// Writes a plain 24-bit stereo WAV file in one call. Samples are rounded, and clipped at full
/// scale.
pub fn write_plain(
    path: &Path,
    rate: SampleRate,
    left: &[f32],
    right: &[f32],
) -> Result<(), MediaError> {
    let both: Vec<f32> = left.iter().zip(right).flat_map(|(l, r)| [*l, *r]).collect();
    write_all(path, rate, 2, &both)
}

/// As [`write_plain`], with one channel.
#[cfg(test)]
pub fn write_mono(path: &Path, rate: SampleRate, samples: &[f32]) -> Result<(), MediaError> {
    write_all(path, rate, 1, samples)
}

fn write_all(
    path: &Path,
    rate: SampleRate,
    channels: u16,
    samples: &[f32],
) -> Result<(), MediaError> {
    let write = || -> Result<(), hound::Error> {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate.0,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec)?;
        for sample in samples {
            let whole = (f64::from(*sample) * 8_388_608.0).round();
            writer.write_sample(whole.clamp(-8_388_608.0, 8_388_607.0) as i32)?;
        }
        writer.finalize()
    };
    write().map_err(|error| MediaError::writing(path, std::io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_4_gib_is_an_rf64() {
        // A header of 80 bytes, and the most frames of 6 bytes that fit, or one more.
        let frames = (u64::from(u32::MAX) - 72) / 6;
        let short = lengths(80 + frames * 6, 80, frames * 6, 6);
        assert_eq!(short.len(), 2);
        let bytes = (frames + 1) * 6;
        let long = lengths(80 + bytes, 80, bytes, 6);
        let size = |value: u64| value.to_le_bytes();
        let lengths = [size(72 + bytes), size(bytes), size(frames + 1)].concat();
        let ds64 = [b"ds64\x1c\0\0\0", &lengths[..], &[0; 4]].concat();
        assert_eq!(ds64.len() as u32, 8 + RESERVED);
        let head = (0, b"RF64\xff\xff\xff\xff".to_vec());
        assert_eq!(long, [head, (12, ds64), (76, vec![0xff; 4])]);
    }
}
