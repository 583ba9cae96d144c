//! Frame headers of ADTS, AAC without a container (ISO/IEC 14496-3, 1.A.3.2).

use super::FrameHeader;

/// Sample frames in an ADTS frame (ISO/IEC 14496-3, 4.5.2.1.1).
const BLOCK: u32 = 1024;

/// Reads a frame header; `None` if `bytes` does not begin with a header that is supported.
pub fn head(bytes: &[u8]) -> Option<FrameHeader> {
    let [0xFF, a, b, c, d, e, f, ..] = bytes else { return None };
    // Layer 0, and the low complexity profile, the only one that the decoder supports.
    if a & 0xF6 != 0xF0 || b >> 6 != 1 {
        return None;
    }
    let rates = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000,
    ];
    let rate = *rates.get(usize::from(b >> 2 & 15))?;
    let channels = match (b & 1) << 2 | c >> 6 {
        0 => return None,
        7 => 8,
        count => usize::from(count),
    };
    let length = usize::from(c & 3) << 11 | usize::from(*d) << 3 | usize::from(e >> 5);
    // A checksum of two bytes follows unless this bit is set. Frames of several blocks are refused,
    // because encoders do not write them.
    let strip = if a & 1 == 1 { 7 } else { 9 };
    if length <= strip || f & 3 != 0 {
        return None;
    }
    Some(FrameHeader { rate, channels, block: BLOCK, length, strip, kind: (a & 0xFE, b & 0x3C) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_length_and_rate() {
        // 48 kHz, stereo, 371 bytes.
        let bytes = [0xFF, 0xF1, 0x4C, 0x80, 0x2E, 0x7F, 0xFC];
        let read = head(&bytes).unwrap();
        assert_eq!((read.rate, read.channels, read.length, read.strip), (48_000, 2, 371, 7));
        for (at, value) in [(0, 0xFE), (1, 0xF3), (2, 0x8C), (2, 0x7C), (3, 0x00), (6, 0xFD)] {
            let mut wrong = bytes;
            wrong[at] = value;
            assert_eq!(head(&wrong), None, "{at}");
        }
        assert_eq!(head(&bytes[..6]), None);
    }
}
