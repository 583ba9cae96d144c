//! AIFF files out ([`AiffWriter`]): 16- and 24-bit integer, or AIFC with 32-bit float (Apple, Audio
//! Interchange File Format 1.3, 1989, and AIFF-C, 1991).

use crate::media::chunks::{ChunkFile, append};
use crate::media::error::MediaError;
use crate::media::pcm::ByteOrder;
use crate::media::tags::Tags;
use crate::media::writer::BitDepth;
use crate::units::SampleRate;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

/// A stereo AIFF file being written. It is complete only after `finish`.
pub struct AiffWriter {
    file: ChunkFile,
    depth: BitDepth,
    /// Byte offset of the number of frames.
    frames_at: u64,
}

/// A rate as an 80-bit float: sign and exponent in 16 bits, the mantissa with its integer bit in
/// 64.
fn extended(rate: u32) -> [u8; 10] {
    let shift = rate.leading_zeros();
    let exponent = (16_383 + 31 - shift.min(31)) as u16;
    let mantissa = u64::from(rate) << (32 + shift.min(31));
    let mut out = [0; 10];
    let (head, tail) = out.split_at_mut(2);
    head.copy_from_slice(&exponent.to_be_bytes());
    tail.copy_from_slice(&mantissa.to_be_bytes());
    out
}

/// A length byte and at most 255 bytes of text, padded to an even number of bytes in all.
fn pascal(text: &str) -> Vec<u8> {
    let mut end = text.len().min(255);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or("");
    let mut out = vec![text.len() as u8];
    out.extend(text.bytes());
    out.extend(std::iter::repeat_n(0, out.len() % 2));
    out
}

impl AiffWriter {
    /// Creates a file with its tags.
    pub fn create(
        path: &Path,
        depth: BitDepth,
        rate: SampleRate,
        tags: &Tags,
    ) -> Result<Self, MediaError> {
        let mut frames_at = 0;
        let file = ChunkFile::create(path, ByteOrder::Big, 2, |out| {
            frames_at = header(out, depth, rate, tags)?;
            Ok(())
        })?;
        Ok(Self { file, depth, frames_at })
    }

    /// Appends integer samples with the bit depth of the file.
    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        self.file.write_whole((self.depth.bits() / 8) as usize, left, right)
    }

    /// Appends 32-bit float samples, for a file of that depth.
    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        self.file.write_float(left, right)
    }

    /// Fills in the lengths and closes the file.
    ///
    /// # Errors
    /// `Write` if a length exceeds 4 GiB.
    pub fn finish(mut self) -> Result<(), MediaError> {
        self.file.pad()?;
        let (frame, frames_at) = (u64::from(self.depth.bits() / 4), self.frames_at);
        self.file.finish(|file, end| {
            let (bytes, samples_at) = (file.sample_bytes(), file.samples_at());
            let short = |(at, value): (u64, u64)| match u32::try_from(value) {
                Ok(value) => Ok((at, value.to_be_bytes().into())),
                Err(_) => Err(std::io::Error::other(
                    "an AIFF file holds at most 4 GB; choose WAV or FLAC",
                )),
            };
            let all = [(4, end - 8), (frames_at, bytes / frame), (samples_at - 12, bytes + 8)];
            all.into_iter().map(short).collect()
        })
    }
}

/// Writes everything before the first sample; returns the byte offset of the number of frames.
fn header(
    out: &mut BufWriter<File>,
    depth: BitDepth,
    rate: SampleRate,
    tags: &Tags,
) -> std::io::Result<u64> {
    let float = depth == BitDepth::Float32;
    out.write_all(b"FORM\0\0\0\0")?;
    out.write_all(if float { b"AIFC" } else { b"AIFF" })?;
    if float {
        // `FVER` holds the date of the format's only version.
        append(out, ByteOrder::Big, b"FVER", &0xA280_5140u32.to_be_bytes())?;
    }
    let mut common = Vec::from(2u16.to_be_bytes());
    common.extend(0u32.to_be_bytes());
    common.extend((depth.bits() as u16).to_be_bytes());
    common.extend(extended(rate.0));
    if float {
        common.extend(b"fl32");
        common.extend(pascal("32-bit floating point"));
    }
    let frames_at = out.stream_position()? + 10;
    append(out, ByteOrder::Big, b"COMM", &common)?;
    let texts = [
        (b"NAME", tags.full_title()),
        (b"AUTH", tags.artist.clone()),
        (b"ANNO", tags.comment.clone()),
    ];
    for (name, text) in texts {
        if !text.is_empty() {
            append(out, ByteOrder::Big, name, text.as_bytes())?;
        }
    }
    if !tags.markers.is_empty() {
        let most = tags.markers.len().min(usize::from(u16::MAX));
        let mut body = Vec::from((most as u16).to_be_bytes());
        for (number, marker) in (1u16..).zip(&tags.markers) {
            body.extend(number.to_be_bytes());
            body.extend(u32::try_from(marker.at.0).unwrap_or(u32::MAX).to_be_bytes());
            body.extend(pascal(&marker.name));
        }
        append(out, ByteOrder::Big, b"MARK", &body)?;
    }
    append(out, ByteOrder::Big, b"ID3 ", &tags.id3())?;
    // The sample chunk with size, offset and block size; the samples follow.
    out.write_all(b"SSND\0\0\0\0\0\0\0\0\0\0\0\0")?;
    Ok(frames_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_format_s_own_example() {
        // 44,100 Hz as in every AIFF file from a CD.
        assert_eq!(extended(44_100), [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]);
        assert_eq!(extended(48_000), [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0]);
    }
}
