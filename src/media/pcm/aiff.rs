//! AIFF (Apple, Audio Interchange File Format 1.3, 1989) and AIFF-C (1991), with the uncompressed
//! encodings of QuickTime (Apple, QuickTime File Format Specification, 2001, sound media).

use super::chunks::Chunks;
use super::encoding::{ByteOrder, Form};
use super::fields::{u16_be, u32_be, u64_be};
use super::layout::{Extent, Layout, Stated};
use crate::media::error::MediaError;
use crate::media::input::Input;

/// An 80-bit float: sign and exponent in 16 bits, the mantissa with its integer bit in 64.
fn extended(bytes: &[u8], at: usize) -> Option<f64> {
    let exponent = i32::from(u16_be(bytes, at)?);
    // Rates beyond 2^200 are nonsense; the clamp keeps the power finite.
    let power = (exponent - 16_383 - 63).clamp(-200, 200);
    Some(u64_be(bytes, at + 2)? as f64 * 2f64.powi(power))
}

/// Finds the samples of an AIFF file; `None` if the file is of another kind.
pub(super) fn parse(input: &Input, head: &[u8]) -> Result<Option<Layout>, MediaError> {
    let format = match (head.get(..4), head.get(8..12)) {
        (Some(b"FORM"), Some(b"AIFF")) => "AIFF",
        (Some(b"FORM"), Some(b"AIFC")) => "AIFC",
        _ => return Ok(None),
    };
    let (mut common, mut sound) = (None, None);
    let mut chunks = Chunks::from(input, ByteOrder::Big, 12);
    // The size of the FORM is wrong in many files, and not needed.
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"COMM" => common = Some(input.bytes(chunk.at, chunk.size.min(22) as usize)?),
            b"SSND" => {
                let offset = u64::from(u32_be(&input.bytes(chunk.at, 4)?, 0).unwrap_or(0));
                let size = u64::from(chunk.size).saturating_sub(8).saturating_sub(offset);
                sound = Some((chunk.at + 8 + offset, size));
            }
            _ => {}
        }
        if common.is_some() && sound.is_some() {
            break;
        }
    }
    let common = common.ok_or_else(|| input.not_audio("no COMM chunk"))?;
    let (stated, frames) = describe(input, format, &common)?;
    let Some((start, size)) = sound else {
        let detail = if frames == 0 { "it has no samples" } else { "no SSND chunk" };
        return Err(input.not_audio(detail));
    };
    let frame = u64::from(stated.width) * u64::from(stated.channels);
    // An interrupted recording lacks one size or both.
    let claimed = match (frames * frame, size) {
        (0, 0) => None,
        (0, size) => Some(size),
        (frames, 0) => Some(frames),
        (frames, size) if size >= frame => Some(frames.min(size)),
        (frames, _) => Some(frames),
    };
    stated.layout(input, Extent { start, claimed }).map(Some)
}

/// Sample format and number of frames from the body of the COMM chunk.
fn describe(input: &Input, format: &'static str, body: &[u8]) -> Result<(Stated, u64), MediaError> {
    let short = || input.not_audio("its COMM chunk is too short");
    let channels = u32::from(u16_be(body, 0).ok_or_else(short)?);
    let frames = u64::from(u32_be(body, 2).ok_or_else(short)?);
    let bits = u32::from(u16_be(body, 6).ok_or_else(short)?);
    let rate = extended(body, 8).ok_or_else(short)?;
    let kind = if format == "AIFC" { body.get(18..22).ok_or_else(short)? } else { b"NONE" };
    let packed = bits.div_ceil(8);
    let (form, width, order) = match kind {
        b"NONE" | b"twos" => (Form::Signed, packed, ByteOrder::Big),
        b"sowt" => (Form::Signed, packed, ByteOrder::Little),
        b"raw " => (Form::Unsigned, packed, ByteOrder::Big),
        b"in24" => (Form::Signed, 3, ByteOrder::Big),
        b"in32" => (Form::Signed, 4, ByteOrder::Big),
        b"42ni" => (Form::Signed, 3, ByteOrder::Little),
        b"23ni" => (Form::Signed, 4, ByteOrder::Little),
        b"fl32" | b"FL32" => (Form::Float, 4, ByteOrder::Big),
        b"fl64" | b"FL64" => (Form::Float, 8, ByteOrder::Big),
        other => {
            let name: String = other.escape_ascii().map(char::from).collect();
            return Err(input.not_audio(format!("AIFF with compression \u{201c}{name}\u{201d}")));
        }
    };
    // The names of these encodings fix the number of bits.
    let named = !matches!(kind, b"NONE" | b"twos" | b"sowt" | b"raw ");
    let bits = if named { 8 * width } else { bits };
    let stated = Stated { format, channels, rate, form, bits, width, order, by_rule: true };
    Ok((stated, frames))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_format_s_own_example() {
        let rate = [0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];
        assert_eq!(extended(&rate, 0), Some(44_100.0));
        assert_eq!(extended(&[0xFF; 10], 0).map(|rate| rate > 1e60), Some(true));
    }
}
