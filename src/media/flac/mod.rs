//! FLAC files out ([`FlacWriter`]): 16- or 24-bit stereo (RFC 9639). Blocks are coded one at a
//! time, so a long song needs no more memory than a short one.
//!
//! Other encoders hold the whole song in memory, or store some 24-bit blocks in a thousand times
//! their size (flacenc 0.5.1, issue 256). This one uses only fixed polynomial predictors. Its files
//! are a few per cent larger than the best, and every decoder reads them.

pub(crate) mod bits;
pub(crate) mod frame;

use crate::media::error::MediaError;
use crate::media::tags::Tags;
use crate::media::writer::BitDepth;
use crate::units::SampleRate;
use bits::Bits;
use frame::BLOCK;
use md5::{Digest, Md5};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A stereo FLAC file being written. It is complete only after `finish`.
pub struct FlacWriter {
    out: BufWriter<File>,
    path: PathBuf,
    rate: SampleRate,
    depth: BitDepth,
    /// Samples that do not fill a block yet.
    waiting: [Vec<i32>; 2],
    frame: Bits,
    /// Number of the next frame.
    number: u32,
    /// Smallest and largest frame, in bytes.
    sizes: (u32, u32),
    /// Frames coded so far.
    samples: u64,
    /// MD5 of all samples as interleaved little-endian bytes.
    md5: Md5,
    bytes: Vec<u8>,
}

impl FlacWriter {
    /// Creates a file. 32-bit float becomes 24-bit, because FLAC stores no floating point.
    pub fn create(
        path: &Path,
        depth: BitDepth,
        rate: SampleRate,
        tags: &Tags,
    ) -> Result<Self, MediaError> {
        let file = File::create(path).map_err(|source| MediaError::writing(path, source))?;
        let mut writer = Self {
            out: BufWriter::with_capacity(1 << 18, file),
            path: path.to_owned(),
            rate,
            depth: if depth == BitDepth::Int16 { depth } else { BitDepth::Int24 },
            waiting: [Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK)],
            frame: Bits::default(),
            number: 0,
            sizes: (u32::MAX, 0),
            samples: 0,
            md5: Md5::new(),
            bytes: Vec::new(),
        };
        writer.header(tags).map_err(|source| MediaError::writing(path, source))?;
        Ok(writer)
    }

    fn header(&mut self, tags: &Tags) -> std::io::Result<()> {
        let mut comments = Vec::new();
        let text = |out: &mut Vec<u8>, text: &str| {
            out.extend((text.len() as u32).to_le_bytes());
            out.extend(text.bytes());
        };
        text(&mut comments, concat!("Stemwright ", env!("CARGO_PKG_VERSION")));
        let all = tags.comments(self.rate);
        comments.extend((all.len() as u32).to_le_bytes());
        all.iter().for_each(|one| text(&mut comments, one));
        let info = self.stream_info();
        self.out.write_all(b"fLaC")?;
        // Each metadata block has a header of four bytes: its type, with the top bit set in the
        // last block, and its length in three bytes.
        self.out.write_all(&(info.len() as u32).to_be_bytes())?;
        self.out.write_all(&info)?;
        self.out.write_all(&(0x8400_0000 | comments.len() as u32 & 0xFF_FFFF).to_be_bytes())?;
        self.out.write_all(&comments)
    }

    /// The STREAMINFO block (RFC 9639, section 8.2).
    fn stream_info(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(34);
        out.extend((BLOCK as u16).to_be_bytes());
        out.extend((BLOCK as u16).to_be_bytes());
        let (least, most) = if self.number == 0 { (0, 0) } else { self.sizes };
        out.extend(least.to_be_bytes().into_iter().skip(1));
        out.extend(most.to_be_bytes().into_iter().skip(1));
        // The rate takes 20 bits, channels − 1 three, bits − 1 five, and the number of samples 36.
        let packed = u64::from(self.rate.0) << 44
            | 1 << 41
            | u64::from(self.depth.bits() - 1) << 36
            | self.samples & 0xF_FFFF_FFFF;
        out.extend(packed.to_be_bytes());
        out.extend(self.md5.clone().finalize());
        out
    }

    /// Codes the first `count` waiting samples as one frame.
    fn code(&mut self, count: usize) -> Result<(), MediaError> {
        let [left, right] = &self.waiting;
        let block = (left.get(..count).unwrap_or(&[]), right.get(..count).unwrap_or(&[]));
        let width = (self.depth.bits() / 8) as usize;
        self.bytes.clear();
        for sample in block.0.iter().zip(block.1).flat_map(|(l, r)| [l, r]) {
            self.bytes.extend_from_slice(sample.to_le_bytes().get(..width).unwrap_or(&[]));
        }
        self.md5.update(&self.bytes);
        frame::write(&mut self.frame, self.number, block, self.depth.bits(), self.rate.0);
        let size = self.frame.bytes.len() as u32;
        self.sizes = (self.sizes.0.min(size), self.sizes.1.max(size));
        self.number += 1;
        self.samples += count as u64;
        self.waiting.iter_mut().for_each(|side| drop(side.drain(..count)));
        let written = self.out.write_all(&self.frame.bytes);
        written.map_err(|source| MediaError::writing(&self.path, source))
    }

    /// Appends integer samples with the bit depth of the file, and codes all whole blocks.
    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        for (side, samples) in self.waiting.iter_mut().zip([left, right]) {
            side.extend(samples);
        }
        while self.waiting.iter().all(|side| side.len() >= BLOCK) {
            self.code(BLOCK)?;
        }
        Ok(())
    }

    /// Error for an attempt to write floating point.
    pub fn no_float(&self) -> MediaError {
        let cause = std::io::Error::other("FLAC holds no floating point; choose WAV");
        MediaError::writing(&self.path, cause)
    }

    /// Codes the remaining samples, fills in the header and closes the file.
    pub fn finish(mut self) -> Result<(), MediaError> {
        let left = self.waiting.iter().map(Vec::len).min().unwrap_or(0);
        if left > 0 {
            self.code(left)?;
        }
        let info = self.stream_info();
        let close = |out: &mut BufWriter<File>| {
            out.seek(SeekFrom::Start(8))?;
            out.write_all(&info)?;
            out.flush()
        };
        close(&mut self.out).map_err(|source| MediaError::writing(&self.path, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::decode;
    use proptest::prelude::*;

    /// Writes samples in pieces and decodes the file. Returns the decoded samples and the size of
    /// the file in bytes.
    fn round(left: &[i32], right: &[i32], depth: BitDepth, piece: usize) -> ([Vec<f32>; 2], u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.flac");
        let rate = SampleRate(48_000);
        let mut file = FlacWriter::create(&path, depth, rate, &Tags::default()).unwrap();
        for (l, r) in left.chunks(piece).zip(right.chunks(piece)) {
            file.write_whole(l, r).unwrap();
        }
        file.finish().unwrap();
        let mut out = [Vec::new(), Vec::new()];
        decode::decode(&path, &|| true, &mut |_, planes| {
            out.iter_mut().zip(planes).for_each(|(out, plane)| out.extend(plane));
            Ok(())
        })
        .unwrap();
        (out, std::fs::metadata(&path).unwrap().len())
    }

    fn is_the_same(read: &[f32], written: &[i32], depth: BitDepth) -> bool {
        let scale = (1u32 << (depth.bits() - 1)) as f32;
        read.len() == written.len()
            && read.iter().zip(written).all(|(read, written)| *read * scale == *written as f32)
    }

    #[test]
    fn noise_beside_silence_takes_no_more_than_it_is_worth() {
        // The block that flacenc's issue 256 describes.
        let mut state = 1u32;
        let noise: Vec<i32> = (0..9000)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if n % 4096 < 2944 { (state as i32) >> 8 } else { 0 }
            })
            .collect();
        let ([left, right], size) = round(&noise, &noise, BitDepth::Int24, 1000);
        assert!(is_the_same(&left, &noise, BitDepth::Int24));
        assert!(is_the_same(&right, &noise, BitDepth::Int24));
        assert!(size < 9000 * 3, "both sides are the same, and cost one: {size}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_is_written_is_read(
            seed in any::<u32>(), length in 1usize..9500, piece in 1usize..5000,
            loud in 0u32..24, smooth in 0u32..5, wide in any::<bool>(), int16 in any::<bool>(),
        ) {
            let depth = if int16 { BitDepth::Int16 } else { BitDepth::Int24 };
            let most = (1i64 << (depth.bits() - 1)) - 1;
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                i64::from(state as i32) >> (31 - loud.min(depth.bits() - 1))
            };
            let mut held = [0i64; 2];
            let mut sides = [Vec::new(), Vec::new()];
            for _ in 0..length {
                let middle = next();
                for (side, held) in sides.iter_mut().zip(&mut held) {
                    let new = if wide { next() } else { middle };
                    *held = (*held * i64::from(smooth) + new) / i64::from(smooth + 1).max(1);
                    side.push((*held).clamp(-most - 1, most) as i32);
                }
            }
            let [left, right] = &sides;
            let (read, _) = round(left, right, depth, piece);
            prop_assert!(is_the_same(&read[0], left, depth));
            prop_assert!(is_the_same(&read[1], right, depth));
        }
    }
}
