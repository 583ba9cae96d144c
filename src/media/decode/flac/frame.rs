//! Headers of a FLAC stream and of its frames (RFC 9639, sections 8.2 and 9.1), and the gaps that
//! frame numbers reveal ([`Numbering`]).

use crate::media::flac::bits::{crc8, crc16};

/// Bytes of the stream header, STREAMINFO.
pub const INFO: usize = 34;
/// Bytes of the longest frame header.
pub const LONGEST_HEAD: usize = 16;

/// Facts of a stream, from STREAMINFO.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamInfo {
    /// Sample frames in the shortest block.
    pub least: u32,
    /// Sample frames in the longest block.
    pub most: u32,
    pub rate: u32,
    pub channels: u32,
    pub bits: u32,
    /// Sample frames of the stream; 0 if unknown.
    pub total: u64,
    /// The header as stored, for the decoder.
    pub raw: [u8; INFO],
}

impl StreamInfo {
    /// Reads STREAMINFO; `None` if it is too short or impossible.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let raw: [u8; INFO] = *bytes.first_chunk()?;
        let [a, b, c, d, _, _, _, _, _, _, packed @ ..] = raw;
        let packed = u64::from_be_bytes(*packed.first_chunk()?);
        let info = Self {
            least: u32::from(u16::from_be_bytes([a, b])),
            most: u32::from(u16::from_be_bytes([c, d])),
            rate: (packed >> 44) as u32,
            channels: (packed >> 41 & 7) as u32 + 1,
            bits: (packed >> 36 & 31) as u32 + 1,
            total: packed & 0xF_FFFF_FFFF,
            raw,
        };
        // Refuse values that the format forbids, or that no decoder supports.
        let fine = info.rate > 0 && info.most >= 16 && info.least <= info.most && info.bits >= 4;
        fine.then_some(info)
    }

    /// Whether a frame with this header can be part of this stream.
    pub fn fits(&self, head: &FrameHeader) -> bool {
        head.rate.is_none_or(|rate| rate == self.rate)
            && head.bits.is_none_or(|bits| bits == self.bits)
            && head.channels == self.channels
            && head.block <= self.most
    }

    /// Longest plausible frame in bytes: twice the size of verbatim samples, which encoders use for
    /// sound that cannot be compressed.
    pub fn longest_frame(&self, head: &FrameHeader) -> u64 {
        let bits = u64::from(head.block) * u64::from(self.channels) * u64::from(self.bits + 1);
        bits / 4 + 1024
    }
}

/// Header of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameHeader {
    /// Number of the frame, or of its first sample if `by_sample` is set, as in streams with blocks
    /// of different lengths.
    pub number: u64,
    pub by_sample: bool,
    /// Sample frames in the block.
    pub block: u32,
    pub channels: u32,
    /// Rate in Hz; `None`: as in STREAMINFO.
    rate: Option<u32>,
    /// Bits per sample; `None`: as in STREAMINFO.
    bits: Option<u32>,
    /// Bytes of the header.
    pub length: usize,
}

/// Reads a number of up to 36 bits, coded like UTF-8 (section 9.1.5). Returns it with its length in
/// bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (first, rest) = bytes.split_first()?;
    let more = match first.leading_ones() {
        0 => return Some((u64::from(*first), 1)),
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut value = u64::from(*first) & (0x3F >> more);
    for byte in rest.get(..more)? {
        if byte & 0xC0 != 0x80 {
            return None;
        }
        value = value << 6 | u64::from(byte & 0x3F);
    }
    Some((value, more + 1))
}

impl FrameHeader {
    /// Reads a header; `None` if `bytes` does not begin with one, or its checksum does not match.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [0xFF, sync, first, second, rest @ ..] = bytes else { return None };
        if sync & 0xFE != 0xF8 || second & 1 != 0 {
            return None;
        }
        let (number, taken) = number(rest)?;
        let mut at = 4 + taken;
        let mut take = |count: usize| {
            let part = bytes.get(at..at + count)?;
            at += count;
            Some(part.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte)))
        };
        let block = match first >> 4 {
            1 => 192,
            code @ 2..=5 => 144 << code,
            6 => take(1)? + 1,
            7 => take(2)? + 1,
            code @ 8..=15 => 1 << code,
            _ => return None,
        };
        let rate = match first & 15 {
            0 => None,
            1 => Some(88_200),
            2 => Some(176_400),
            3 => Some(192_000),
            4 => Some(8_000),
            5 => Some(16_000),
            6 => Some(22_050),
            7 => Some(24_000),
            8 => Some(32_000),
            9 => Some(44_100),
            10 => Some(48_000),
            11 => Some(96_000),
            12 => Some(take(1)? * 1000),
            13 => Some(take(2)?),
            14 => Some(take(2)? * 10),
            _ => return None,
        };
        let bits = match second >> 1 & 7 {
            0 => None,
            1 => Some(8),
            2 => Some(12),
            4 => Some(16),
            5 => Some(20),
            6 => Some(24),
            7 => Some(32),
            _ => return None,
        };
        let channels = match second >> 4 {
            code @ 0..=7 => u32::from(code) + 1,
            8..=10 => 2,
            _ => return None,
        };
        let (head, check) = (bytes.get(..at)?, bytes.get(at)?);
        (crc8(head) == *check).then_some(Self {
            number,
            by_sample: sync & 1 == 1,
            block,
            channels,
            rate,
            bits,
            length: at + 1,
        })
    }
}

/// Whether the checksum at the end of a frame matches.
pub fn is_whole(frame: &[u8]) -> bool {
    // The CRC over data and its own CRC is 0.
    crc16(frame) == 0
}

/// Finds gaps from the numbers of frames or samples.
#[derive(Clone, Copy, Debug)]
pub struct Numbering {
    /// Sample frames of the stream; 0 if unknown.
    total: u64,
    /// Sample frames of the longest block.
    most: u32,
    /// Whether all blocks have the same length.
    constant: bool,
    /// Number of the next frame, if frames are numbered.
    index: u64,
    /// Number of the next sample in the stream's own count, which may begin above 0.
    sample: u64,
    /// Length of the first block, if lengths vary.
    usual: Option<u32>,
    /// Whether frames carry sample numbers without saying so, as in old streams with blocks of
    /// different lengths (flac-test-files, file 27).
    samples: bool,
}

impl Numbering {
    pub fn new(info: &StreamInfo) -> Self {
        let constant = info.least == info.most;
        let (total, most) = (info.total, info.most);
        Self { total, most, constant, index: 0, sample: 0, usual: None, samples: false }
    }

    /// Sample frames missing before this frame; `None` for a frame that repeats an earlier one.
    pub fn missing(&mut self, head: &FrameHeader) -> Option<u64> {
        let usual = if self.constant { self.most } else { *self.usual.get_or_insert(head.block) };
        let number = head.number;
        let by_frame = !head.by_sample && !self.samples;
        let samples = number == self.sample && number != self.index;
        self.samples |= by_frame && !self.constant && samples;
        if self.total == 0 && (self.sample == 0 || number == 0) {
            // A stream of unknown length may begin at any number, or start again.
            (self.index, self.sample) = (number, number);
            if !head.by_sample {
                self.sample = number * u64::from(usual);
            }
        }
        let missing = if head.by_sample || self.samples {
            number.checked_sub(self.sample)?
        } else {
            number.checked_sub(self.index)? * u64::from(usual)
        };
        self.sample += missing + u64::from(head.block);
        self.index = if by_frame { number + 1 } else { self.index + 1 };
        Some(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_the_standard_s_own_example_has_them() {
        // RFC 9639, appendix D.1: one frame of one sample.
        let frame = [0xFF, 0xF8, 0x69, 0x18, 0x00, 0x00, 0xBF, 0x03, 0x58, 0xFD, 0x03, 0x12];
        let frame = [&frame[..], &[0x8B, 0xAA, 0x9A]].concat();
        let head = FrameHeader::read(&frame).unwrap();
        assert_eq!((head.number, head.block, head.channels, head.length), (0, 1, 2, 7));
        assert_eq!((head.rate, head.bits, head.by_sample), (Some(44_100), Some(16), false));
        assert!(is_whole(&frame) && !is_whole(&frame[..13]));
        for n in 0..7 {
            let mut broken = frame.clone();
            broken[n] ^= 4;
            assert_eq!(FrameHeader::read(&broken), None, "{n}");
            assert_eq!(FrameHeader::read(&frame[..n]), None, "{n}");
        }
        let info = [
            0x10, 0x00, 0x10, 0x00, 0x00, 0x00, 0x0F, 0x00, 0x00, 0x0F, 0x0A, 0xC4, 0x42, 0xF0,
            0x00, 0x00, 0x00, 0x01, 0x3E, 0x84, 0xB4, 0x18, 0x07, 0xDC, 0x69, 0x03, 0x07, 0x58,
            0x6A, 0x3D, 0xAD, 0x1A, 0x2E, 0x0F,
        ];
        let info = StreamInfo::read(&info).unwrap();
        assert_eq!((info.rate, info.channels, info.bits, info.total), (44_100, 2, 16, 1));
        assert!(info.fits(&head));
    }

    fn head(number: u64, by_sample: bool, block: u32) -> FrameHeader {
        FrameHeader { number, by_sample, block, channels: 2, rate: None, bits: None, length: 6 }
    }

    fn info(least: u32, most: u32, total: u64) -> StreamInfo {
        let (rate, channels, bits) = (48_000, 2, 16);
        StreamInfo { least, most, rate, channels, bits, total, raw: [0; INFO] }
    }

    #[test]
    fn gaps_in_the_numbers_are_counted() {
        let missing = |info: StreamInfo, heads: &[(u64, bool, u32)]| {
            let mut numbering = Numbering::new(&info);
            let all = heads.iter();
            all.map(|(n, by, block)| numbering.missing(&head(*n, *by, *block))).collect::<Vec<_>>()
        };
        let fixed = info(4096, 4096, 1 << 20);
        let frames = [(0, false, 4096), (1, false, 4096), (4, false, 4096), (4, false, 4096)];
        assert_eq!(missing(fixed.clone(), &frames), [Some(0), Some(0), Some(8192), None]);
        assert_eq!(missing(fixed, &[(2, false, 4096)]), [Some(8192)]);
        let varied = info(16, 4096, 1 << 20);
        let samples = [(0, true, 1000), (1000, true, 500), (2000, true, 16), (2016, true, 5)];
        assert_eq!(missing(varied.clone(), &samples), [Some(0), Some(0), Some(500), Some(0)]);
        // Old streams number samples or frames, and do not say which.
        let samples = [(0, false, 1000), (1000, false, 500), (2000, false, 16)];
        assert_eq!(missing(varied.clone(), &samples), [Some(0), Some(0), Some(500)]);
        let frames = [(0, false, 1000), (1, false, 500), (2, false, 16), (4, false, 16)];
        assert_eq!(missing(varied, &frames), [Some(0), Some(0), Some(0), Some(1000)]);
        // A part of a stream whose header states no length.
        let endless = info(4096, 4096, 0);
        let frames = [(100, false, 4096), (101, false, 4096), (103, false, 4096)];
        assert_eq!(missing(endless, &frames), [Some(0), Some(0), Some(4096)]);
    }
}
