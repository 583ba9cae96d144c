//! WAV files out: 16 and 24-bit integer or 32-bit float, plain or broadcast, RF64 when long.

use crate::media::broadcast::Broadcast;
use crate::media::error::MediaError;
use crate::units::SampleRate;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How the samples of a written file are stored.
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

/// What stands in a WAV file beside its samples: a name of four letters, and its body.
pub type Chunk = ([u8; 4], Vec<u8>);

/// A WAV file being written. It is complete only after `finish`.
pub struct WavWriter {
    out: BufWriter<File>,
    path: PathBuf,
    depth: BitDepth,
    channels: u16,
    data_at: u64,
    bytes: u64,
    buffer: Vec<u8>,
}

/// Room for the `ds64` chunk that a file of more than 4 GiB needs: 28 bytes of body.
const RESERVED: u32 = 28;

impl WavWriter {
    /// Starts a stereo file. The length of the broadcast chunk's coding history is fixed here; its
    /// other fields may change until `finish`.
    pub fn create(
        path: &Path,
        depth: BitDepth,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
    ) -> Result<Self, MediaError> {
        Self::with(path, depth, 2, rate, broadcast, &[])
    }

    /// Starts a file of one or two channels, with more chunks before its samples.
    pub fn with(
        path: &Path,
        depth: BitDepth,
        channels: u16,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
        chunks: &[Chunk],
    ) -> Result<Self, MediaError> {
        let file = File::create(path).map_err(|source| MediaError::writing(path, source))?;
        let mut writer = Self {
            out: BufWriter::with_capacity(1 << 18, file),
            path: path.to_owned(),
            depth,
            channels,
            data_at: 0,
            bytes: 0,
            buffer: Vec::new(),
        };
        writer
            .header(rate, broadcast, chunks)
            .map_err(|source| MediaError::writing(path, source))?;
        Ok(writer)
    }

    fn header(
        &mut self,
        rate: SampleRate,
        broadcast: Option<&Broadcast>,
        chunks: &[Chunk],
    ) -> std::io::Result<()> {
        let width = self.depth.bits() / 8;
        let tag: u16 = if self.depth == BitDepth::Float32 { 3 } else { 1 };
        let channels = u32::from(self.channels);
        let out = &mut self.out;
        out.write_all(b"RIFF\0\0\0\0WAVEJUNK")?;
        out.write_all(&RESERVED.to_le_bytes())?;
        out.write_all(&[0u8; RESERVED as usize])?;
        let mut chunk = |name: &[u8; 4], body: &[u8]| -> std::io::Result<()> {
            out.write_all(name)?;
            out.write_all(&(body.len() as u32).to_le_bytes())?;
            out.write_all(body)?;
            // Chunks begin at even places.
            if body.len() % 2 == 1 { out.write_all(&[0]) } else { Ok(()) }
        };
        if let Some(broadcast) = broadcast {
            chunk(b"bext", &broadcast.bytes())?;
        }
        for (name, body) in chunks {
            chunk(name, body)?;
        }
        out.write_all(b"fmt ")?;
        out.write_all(&16u32.to_le_bytes())?;
        out.write_all(&tag.to_le_bytes())?;
        out.write_all(&self.channels.to_le_bytes())?;
        out.write_all(&rate.0.to_le_bytes())?;
        out.write_all(&(rate.0 * channels * width).to_le_bytes())?;
        out.write_all(&((channels * width) as u16).to_le_bytes())?;
        out.write_all(&((8 * width) as u16).to_le_bytes())?;
        out.write_all(b"data\0\0\0\0")?;
        self.data_at = out.stream_position()?;
        Ok(())
    }

    fn flush_block(&mut self) -> Result<(), MediaError> {
        self.bytes += self.buffer.len() as u64;
        self.out.write_all(&self.buffer).map_err(|source| MediaError::writing(&self.path, source))
    }

    /// Appends whole samples, as many bits as the file has; a mono file takes the left ones.
    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        self.buffer.clear();
        let width = (self.depth.bits() / 8) as usize;
        let channels = usize::from(self.channels);
        for frame in left.iter().zip(right).map(|(l, r)| [l, r]) {
            for sample in frame.into_iter().take(channels) {
                self.buffer.extend_from_slice(sample.to_le_bytes().get(..width).unwrap_or(&[]));
            }
        }
        self.flush_block()
    }

    /// Appends floating-point samples; a mono file takes the left ones.
    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        self.buffer.clear();
        let channels = usize::from(self.channels);
        for frame in left.iter().zip(right).map(|(l, r)| [l, r]) {
            for sample in frame.into_iter().take(channels) {
                self.buffer.extend_from_slice(&sample.to_le_bytes());
            }
        }
        self.flush_block()
    }

    /// Fills in the lengths and closes the file.
    pub fn finish(mut self) -> Result<(), MediaError> {
        let path = self.path.clone();
        self.close().map_err(|source| MediaError::writing(&path, source))
    }

    fn close(&mut self) -> std::io::Result<()> {
        let frame = u64::from(self.depth.bits() / 8) * u64::from(self.channels);
        let end = self.out.stream_position()?;
        let size = end - 8;
        match (u32::try_from(size), u32::try_from(self.bytes)) {
            (Ok(size), Ok(bytes)) => {
                self.patch(4, &size.to_le_bytes())?;
                self.patch(self.data_at - 4, &bytes.to_le_bytes())?;
            }
            _ => {
                self.patch(0, b"RF64\xff\xff\xff\xff")?;
                let mut ds64 = Vec::from(*b"ds64");
                ds64.extend(RESERVED.to_le_bytes());
                ds64.extend(size.to_le_bytes());
                ds64.extend(self.bytes.to_le_bytes());
                ds64.extend((self.bytes / frame).to_le_bytes());
                ds64.extend(0u32.to_le_bytes());
                self.patch(12, &ds64)?;
                self.patch(self.data_at - 4, &u32::MAX.to_le_bytes())?;
            }
        }
        self.out.flush()
    }

    fn patch(&mut self, at: u64, bytes: &[u8]) -> std::io::Result<()> {
        self.out.seek(SeekFrom::Start(at))?;
        self.out.write_all(bytes)
    }
}

/// Rewrites the broadcast chunk of a finished file, whose coding history is as long as before:
/// the loudness that was measured can only be known once the samples are written.
pub fn patch_broadcast(path: &Path, broadcast: &Broadcast) -> Result<(), MediaError> {
    let patch = || -> std::io::Result<()> {
        let mut file = File::options().write(true).open(path)?;
        // RIFF and JUNK come first: 12, 8 and 28 bytes, then the head of the chunk.
        file.seek(SeekFrom::Start(12 + 8 + u64::from(RESERVED) + 8))?;
        file.write_all(&broadcast.bytes())
    };
    patch().map_err(|source| MediaError::writing(path, source))
}

/// Writes a plain 24-bit stereo WAV file in one go.
pub fn write_plain(
    path: &Path,
    rate: SampleRate,
    left: &[f32],
    right: &[f32],
) -> Result<(), MediaError> {
    let both: Vec<f32> = left.iter().zip(right).flat_map(|(l, r)| [*l, *r]).collect();
    write_all(path, rate, 2, &both)
}

/// The same of one channel.
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
