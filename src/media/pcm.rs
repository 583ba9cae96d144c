//! Random access to the samples of a WAV file.

use crate::media::error::MediaError;
use crate::media::info::{AudioInfo, accept};
use crate::media::wav::{self, Encoding};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// An open WAV file. Reads take `&self`, so that several threads can share one.
#[derive(Debug)]
pub struct PcmFile {
    file: File,
    path: PathBuf,
    info: AudioInfo,
    encoding: Encoding,
    start: u64,
    /// Samples read so far that were no numbers.
    invalid: AtomicU64,
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[count..];
        offset += count as u64;
    }
    Ok(())
}

impl PcmFile {
    /// Opens a WAV file; `None` if the file is of another kind.
    pub fn open(path: &Path) -> Result<Option<Self>, MediaError> {
        let Some(layout) = wav::parse(path)? else { return Ok(None) };
        let info = accept(path, layout.info)?;
        let file = File::open(path).map_err(|source| MediaError::reading(path, source))?;
        let (encoding, start) = (layout.encoding, layout.start);
        Ok(Some(Self {
            file,
            path: path.to_owned(),
            info,
            encoding,
            start,
            invalid: AtomicU64::new(0),
        }))
    }

    pub fn info(&self) -> &AudioInfo {
        &self.info
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many of the samples that were read so far are no numbers, or infinite.
    pub fn invalid(&self) -> u64 {
        self.invalid.load(Ordering::Relaxed)
    }

    /// Fills the blocks with the samples from frame `from`, which may lie before the start;
    /// there is silence outside the file. A mono file fills `left` and leaves `right` silent.
    /// `scratch` is reused between calls. Values that are no numbers become silence.
    pub fn read(
        &self,
        from: i64,
        left: &mut [f32],
        right: &mut [f32],
        scratch: &mut Vec<u8>,
    ) -> Result<(), MediaError> {
        let wanted = left.len().min(right.len());
        let total = self.info.frames.0 as i64;
        let first = from.clamp(0, total);
        let last = (from + wanted as i64).clamp(first, total);
        let before = (first - from).clamp(0, wanted as i64) as usize;
        let count = (last - first) as usize;
        for side in [&mut *left, &mut *right] {
            side[..before].fill(0.0);
            side[before + count..].fill(0.0);
        }
        if count == 0 {
            return Ok(());
        }
        let width = self.encoding.bytes();
        let frame = width * self.info.channels;
        scratch.resize(count * frame, 0);
        read_at(&self.file, scratch, self.start + first as u64 * frame as u64)
            .map_err(|source| MediaError::reading(&self.path, source))?;
        let left = &mut left[before..before + count];
        let right = &mut right[before..before + count];
        let mut invalid = 0u64;
        let mut number = |x: f32| {
            let finite = x.is_finite();
            invalid += u64::from(!finite);
            if finite { x } else { 0.0 }
        };
        match self.encoding {
            Encoding::U8 => {
                spread(scratch, left, right, |b: [u8; 1]| (f32::from(b[0]) - 128.0) / 128.0)
            }
            Encoding::I16 => {
                spread(scratch, left, right, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0)
            }
            Encoding::I24 => spread(scratch, left, right, |[a, b, c]: [u8; 3]| {
                (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
            }),
            Encoding::I32 => spread(scratch, left, right, |b| {
                (f64::from(i32::from_le_bytes(b)) / 2_147_483_648.0) as f32
            }),
            Encoding::F32 => spread(scratch, left, right, |b| number(f32::from_le_bytes(b))),
            Encoding::F64 => {
                spread(scratch, left, right, |b| number(f64::from_le_bytes(b) as f32));
            }
        }
        if invalid > 0 {
            self.invalid.fetch_add(invalid, Ordering::Relaxed);
        }
        if self.info.channels == 1 {
            right.fill(0.0);
        }
        Ok(())
    }
}

/// Decodes interleaved samples of `N` bytes into planes: mono into `left` only.
fn spread<const N: usize>(
    bytes: &[u8],
    left: &mut [f32],
    right: &mut [f32],
    mut decode: impl FnMut([u8; N]) -> f32,
) {
    let (samples, _) = bytes.as_chunks::<N>();
    if samples.len() == left.len() {
        for (out, sample) in left.iter_mut().zip(samples) {
            *out = decode(*sample);
        }
    } else {
        let (pairs, _) = samples.as_chunks::<2>();
        for ((l, r), [a, b]) in left.iter_mut().zip(right).zip(pairs) {
            *l = decode(*a);
            *r = decode(*b);
        }
    }
}
