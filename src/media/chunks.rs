//! Writing of chunk files. A chunk is a name of four letters, a size, a body, and a pad byte after
//! a body of odd length. WAV and RF64 (Multimedia Programming Interface and Data Specifications
//! 1.0, 1991) and AIFF (EA IFF 85) consist of chunks and differ in byte order. The WAV and AIFF
//! writers share [`ChunkFile`].

use crate::media::error::MediaError;
use crate::media::pcm::ByteOrder;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Name and body of a chunk.
pub type Chunk = ([u8; 4], Vec<u8>);

/// Appends a chunk and its pad byte.
///
/// # Errors
/// `FileTooLarge` for a body of 4 GiB or more, and errors of `out`.
pub fn append(
    out: &mut impl Write,
    order: ByteOrder,
    name: &[u8; 4],
    body: &[u8],
) -> io::Result<()> {
    let size = u32::try_from(body.len()).map_err(|_| ErrorKind::FileTooLarge)?;
    out.write_all(name)?;
    out.write_all(&match order {
        ByteOrder::Little => size.to_le_bytes(),
        ByteOrder::Big => size.to_be_bytes(),
    })?;
    out.write_all(body)?;
    if body.len() % 2 == 1 { out.write_all(&[0]) } else { Ok(()) }
}

/// Appends a chunk to bytes in memory, little-endian as in RIFF.
pub fn append_little(out: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    // Writing to memory cannot fail, and no tag has 4 GB.
    let _ = append(out, ByteOrder::Little, name, body);
}

/// A chunk file being written. Its last chunk holds the samples, interleaved.
pub struct ChunkFile {
    out: BufWriter<File>,
    path: PathBuf,
    order: ByteOrder,
    channels: usize,
    samples_at: u64,
    bytes: u64,
    buffer: Vec<u8>,
}

impl ChunkFile {
    /// Creates a file; `head` writes everything before the first sample.
    pub fn create(
        path: &Path,
        order: ByteOrder,
        channels: u16,
        head: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, MediaError> {
        let writing = |cause| MediaError::writing(path, cause);
        let mut out = BufWriter::with_capacity(1 << 18, File::create(path).map_err(writing)?);
        head(&mut out).map_err(writing)?;
        let samples_at = out.stream_position().map_err(writing)?;
        let (path, channels) = (path.to_owned(), channels.into());
        Ok(Self { out, path, order, channels, samples_at, bytes: 0, buffer: Vec::new() })
    }

    /// Byte offset of the first sample.
    pub fn samples_at(&self) -> u64 {
        self.samples_at
    }

    /// Bytes of all samples written so far.
    pub fn sample_bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends integer samples of `width` bytes each. A mono file takes `left` only.
    pub fn write_whole(
        &mut self,
        width: usize,
        left: &[i32],
        right: &[i32],
    ) -> Result<(), MediaError> {
        match self.order {
            ByteOrder::Little => self.write(left, right, |sample, out| {
                out.extend_from_slice(sample.to_le_bytes().get(..width).unwrap_or(&[]));
            }),
            ByteOrder::Big => self.write(left, right, |sample, out| {
                let unused = size_of::<i32>().saturating_sub(width);
                out.extend_from_slice(sample.to_be_bytes().get(unused..).unwrap_or(&[]));
            }),
        }
    }

    /// Appends 32-bit float samples. A mono file takes `left` only.
    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        match self.order {
            ByteOrder::Little => self.write(left, right, |sample, out| {
                out.extend_from_slice(&sample.to_le_bytes());
            }),
            ByteOrder::Big => self.write(left, right, |sample, out| {
                out.extend_from_slice(&sample.to_be_bytes());
            }),
        }
    }

    fn write<T: Copy>(
        &mut self,
        left: &[T],
        right: &[T],
        put: impl Fn(T, &mut Vec<u8>),
    ) -> Result<(), MediaError> {
        self.buffer.clear();
        for (left, right) in left.iter().zip(right) {
            for sample in [*left, *right].into_iter().take(self.channels) {
                put(sample, &mut self.buffer);
            }
        }
        self.bytes += self.buffer.len() as u64;
        self.out.write_all(&self.buffer).map_err(|cause| MediaError::writing(&self.path, cause))
    }

    /// Patches the file and closes it. `patches` gets this file and its length in bytes, and
    /// returns byte offsets with the bytes to write there.
    pub fn finish(
        mut self,
        patches: impl FnOnce(&Self, u64) -> io::Result<Vec<(u64, Vec<u8>)>>,
    ) -> Result<(), MediaError> {
        let close = || -> io::Result<()> {
            let end = self.out.stream_position()?;
            for (at, bytes) in patches(&self, end)? {
                self.out.seek(SeekFrom::Start(at))?;
                self.out.write_all(&bytes)?;
            }
            self.out.flush()
        };
        close().map_err(|cause| MediaError::writing(&self.path, cause))
    }

    /// Appends a pad byte if the samples take an odd number of bytes.
    pub fn pad(&mut self) -> Result<(), MediaError> {
        let zero: &[u8] = if self.bytes % 2 == 1 { &[0] } else { &[] };
        self.out.write_all(zero).map_err(|cause| MediaError::writing(&self.path, cause))
    }
}
