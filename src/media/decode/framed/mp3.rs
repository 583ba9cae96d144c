//! Frame headers of MP3 (ISO/IEC 11172-3 and 13818-3, layer III), and the info tag in the first
//! frame (Xing and LAME: gabriel.mp3-tech.org/mp3infotag.html).

use super::FrameHeader;

/// Bytes of a frame header.
const HEAD: usize = 4;

/// Bytes of the side information, according to the frame header.
fn side(bytes: &[u8]) -> Option<usize> {
    let [_, a, _, c, ..] = bytes else { return None };
    Some(match (a >> 3 & 3 == 3, c >> 6 == 3) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    })
}

/// Reads a frame header; `None` if `bytes` does not begin with one of layer III that states its bit
/// rate.
pub fn head(bytes: &[u8]) -> Option<FrameHeader> {
    let [0xFF, a, b, c, ..] = bytes else { return None };
    let (version, layer) = (a >> 3 & 3, a >> 1 & 3);
    if a & 0xE0 != 0xE0 || version == 1 || layer != 1 {
        return None;
    }
    // Bit rates in kbit/s: version 1, then versions 2 and 2.5.
    const FULL: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const HALF: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let full = version == 3;
    let index = usize::from(b >> 4).checked_sub(1)?;
    let kilobits = *if full { FULL.get(index) } else { HALF.get(index) }?;
    let rate = *[44_100, 48_000, 32_000].get(usize::from(b >> 2 & 3))?;
    let rate = match version {
        3 => rate,
        2 => rate / 2,
        _ => rate / 4,
    };
    let block: u32 = if full { 1152 } else { 576 };
    let length = block / 8 * kilobits * 1000 / rate + u32::from(b >> 1 & 1);
    let channels = if c >> 6 == 3 { 1 } else { 2 };
    let kind = (a & 0xFE, b & 0x0C);
    Some(FrameHeader { rate, channels, block, length: length as usize, strip: 0, kind })
}

/// The info tag in the first frame, with facts of the whole file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InfoTag {
    /// MP3 frames in the file.
    pub frames: Option<u64>,
    /// Sample frames that the encoder added at the beginning.
    pub delay: u64,
    /// Sample frames that the encoder added at the end.
    pub padding: u64,
    /// Checksum of all frames but the one with the tag, and the length of all frames in bytes.
    pub music: Option<(u16, u64)>,
}

/// CRC-16 as the tag defines it: the lowest bit first, from zero. `sum` is the CRC so far.
pub fn crc(mut sum: u16, bytes: &[u8]) -> u16 {
    for byte in bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 0 { sum >> 1 } else { sum >> 1 ^ 0xA001 };
        }
    }
    sum
}

impl InfoTag {
    /// Reads the tag; `None` if the frame holds sound instead.
    pub fn read(frame: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(*frame.get(at..)?.first_chunk()?));
        if frame.get(HEAD + 32..HEAD + 36) == Some(b"VBRI") {
            return Some(Self { frames: number(HEAD + 32 + 14).map(u64::from), ..Self::default() });
        }
        let at = HEAD + side(frame)?;
        if !matches!(frame.get(at..at + 4), Some(b"Xing" | b"Info")) {
            return None;
        }
        let flags = number(at + 4).unwrap_or(0);
        let mut told = Self::default();
        let mut next = at + 8;
        if flags & 1 != 0 {
            told.frames = number(next).map(u64::from);
            next += 4;
        }
        // A count of bytes, a seek table and a quality may follow.
        next += if flags & 2 == 0 { 0 } else { 4 };
        next += if flags & 4 == 0 { 0 } else { 100 };
        next += if flags & 8 == 0 { 0 } else { 4 };
        let encoder = frame.get(next..next + 4);
        if matches!(encoder, Some(b"LAME" | b"Lavf" | b"Lavc"))
            && let Some([a, b, c]) = frame.get(next + 21..next + 24)
        {
            told.delay = u64::from(*a) << 4 | u64::from(*b) >> 4;
            told.padding = u64::from(*b & 15) << 8 | u64::from(*c);
            let sum = frame.get(next + 32..).and_then(|rest| rest.first_chunk());
            let length = number(next + 28).map(u64::from).filter(|length| *length > 0);
            told.music = sum.map(|sum| u16::from_be_bytes(*sum)).zip(length);
        }
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_tell_length_and_rate() {
        let told = |bytes: [u8; 4]| head(&bytes).map(|h| (h.rate, h.channels, h.block, h.length));
        assert_eq!(told([0xFF, 0xFB, 0x90, 0x64]), Some((44_100, 2, 1152, 417)));
        assert_eq!(told([0xFF, 0xFB, 0x92, 0xC4]), Some((44_100, 1, 1152, 418)));
        assert_eq!(told([0xFF, 0xFB, 0xE4, 0x00]), Some((48_000, 2, 1152, 960)));
        assert_eq!(told([0xFF, 0xF3, 0x80, 0xC4]), Some((22_050, 1, 576, 208)));
        // Layer II, a reserved version, free and forbidden rates.
        for wrong in [
            [0xFF, 0xFD, 0x90, 0x64],
            [0xFF, 0xEB, 0x90, 0x64],
            [0xFF, 0xFB, 0x00, 0x64],
            [0xFF, 0xFB, 0xF0, 0x64],
            [0xFF, 0xFB, 0x9C, 0x64],
        ] {
            assert_eq!(told(wrong), None);
        }
    }

    #[test]
    fn the_checksum_is_that_of_the_tag() {
        // The check value of CRC-16/ARC (reveng.sourceforge.io).
        assert_eq!(crc(crc(0, b"12345"), b"6789"), 0xBB3D);
    }

    #[test]
    fn the_tag_of_the_encoder_is_read() {
        let mut frame = vec![0; 417];
        frame[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x64]);
        assert_eq!(InfoTag::read(&frame), None);
        frame[36..40].copy_from_slice(b"Info");
        frame[43] = 15;
        frame[44..48].copy_from_slice(&250u32.to_be_bytes());
        frame[156..160].copy_from_slice(b"LAME");
        frame[177..180].copy_from_slice(&[0x24, 0x03, 0x39]);
        frame[184..190].copy_from_slice(&[0, 1, 0, 0, 0xAB, 0xCD]);
        let music = Some((0xABCD, 65_536));
        let told = InfoTag { frames: Some(250), delay: 576, padding: 825, music };
        assert_eq!(InfoTag::read(&frame), Some(told));
        assert_eq!(
            InfoTag::read(&frame[..50]),
            Some(InfoTag { frames: Some(250), ..InfoTag::default() })
        );
    }
}
