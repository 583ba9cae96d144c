//! AIFF files out: 16 and 24-bit integer, or AIFC with 32-bit float (Apple, Audio Interchange
//! File Format 1.3, 1989, and AIFF-C, 1991).

use crate::media::error::MediaError;
use crate::media::tags::Tags;
use crate::media::writer::BitDepth;
use crate::units::SampleRate;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A stereo AIFF file being written. It is complete only after `finish`.
pub struct AiffWriter {
    out: BufWriter<File>,
    path: PathBuf,
    depth: BitDepth,
    frames_at: u64,
    data_at: u64,
    bytes: u64,
    buffer: Vec<u8>,
}

/// A rate as a number of 80 bits: sign and exponent in 16, the whole mantissa in 64.
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

/// A text with its length before it, of an even number of bytes in all.
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
            depth,
            frames_at: 0,
            data_at: 0,
            bytes: 0,
            buffer: Vec::new(),
        };
        writer.header(rate, tags).map_err(|source| MediaError::writing(path, source))?;
        Ok(writer)
    }

    fn header(&mut self, rate: SampleRate, tags: &Tags) -> std::io::Result<()> {
        let float = self.depth == BitDepth::Float32;
        let out = &mut self.out;
        out.write_all(b"FORM\0\0\0\0")?;
        out.write_all(if float { b"AIFC" } else { b"AIFF" })?;
        let chunk = |out: &mut BufWriter<File>, name: &[u8; 4], body: &[u8]| {
            out.write_all(name)?;
            out.write_all(&(body.len() as u32).to_be_bytes())?;
            out.write_all(body)?;
            if body.len() % 2 == 1 { out.write_all(&[0]) } else { Ok(()) }
        };
        if float {
            // The date of the format's only version.
            chunk(out, b"FVER", &0xA280_5140u32.to_be_bytes())?;
        }
        let mut common = Vec::from(2u16.to_be_bytes());
        common.extend(0u32.to_be_bytes());
        common.extend((self.depth.bits() as u16).to_be_bytes());
        common.extend(extended(rate.0));
        if float {
            common.extend(b"fl32");
            common.extend(pascal("32-bit floating point"));
        }
        self.frames_at = out.stream_position()? + 10;
        chunk(out, b"COMM", &common)?;
        let texts = [
            (b"NAME", tags.full_title()),
            (b"AUTH", tags.artist.clone()),
            (b"ANNO", tags.comment.clone()),
        ];
        for (name, text) in texts {
            if !text.is_empty() {
                chunk(out, name, text.as_bytes())?;
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
            chunk(out, b"MARK", &body)?;
        }
        chunk(out, b"ID3 ", &tags.id3())?;
        out.write_all(b"SSND\0\0\0\0\0\0\0\0\0\0\0\0")?;
        self.data_at = out.stream_position()?;
        Ok(())
    }

    fn flush_block(&mut self) -> Result<(), MediaError> {
        self.bytes += self.buffer.len() as u64;
        self.out.write_all(&self.buffer).map_err(|source| MediaError::writing(&self.path, source))
    }

    pub fn write_whole(&mut self, left: &[i32], right: &[i32]) -> Result<(), MediaError> {
        self.buffer.clear();
        let width = (self.depth.bits() / 8) as usize;
        for sample in left.iter().zip(right).flat_map(|(l, r)| [l, r]) {
            self.buffer.extend_from_slice(sample.to_be_bytes().get(4 - width..).unwrap_or(&[]));
        }
        self.flush_block()
    }

    pub fn write_float(&mut self, left: &[f32], right: &[f32]) -> Result<(), MediaError> {
        self.buffer.clear();
        for sample in left.iter().zip(right).flat_map(|(l, r)| [l, r]) {
            self.buffer.extend_from_slice(&sample.to_be_bytes());
        }
        self.flush_block()
    }

    /// Fills in the lengths and closes the file.
    pub fn finish(mut self) -> Result<(), MediaError> {
        let path = self.path.clone();
        self.close().map_err(|source| MediaError::writing(&path, source))
    }

    fn close(&mut self) -> std::io::Result<()> {
        if self.bytes % 2 == 1 {
            self.out.write_all(&[0])?;
        }
        let end = self.out.stream_position()?;
        let frames = self.bytes / u64::from(self.depth.bits() / 4);
        let short = |value: u64| {
            u32::try_from(value).map(u32::to_be_bytes).map_err(|_| {
                std::io::Error::other("an AIFF file holds at most 4 GB; choose WAV or FLAC")
            })
        };
        for (at, value) in
            [(4, end - 8), (self.frames_at, frames), (self.data_at - 12, self.bytes + 8)]
        {
            self.out.seek(SeekFrom::Start(at))?;
            self.out.write_all(&short(value)?)?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_format_s_own_example() {
        // 44,100 Hz as every AIFF file of a CD has it.
        assert_eq!(extended(44_100), [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]);
        assert_eq!(extended(48_000), [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0]);
    }
}
