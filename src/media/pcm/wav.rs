//! WAV files: RIFF (IBM and Microsoft, 1991), WAVE_FORMAT_EXTENSIBLE (Microsoft, 2001), RF64 and
//! BW64 (EBU Tech 3306, ITU-R BS.2088), and the `bext` chunk's time stamp (EBU Tech 3285).

use super::chunks::{Chunk, Chunks, begins};
use super::encoding::{ByteOrder, Form};
use super::fields::{u16_le, u32_le, u64_le};
use super::layout::{Extent, Layout, Stated};
use crate::media::error::MediaError;
use crate::media::input::Input;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;
/// Size that is stored in `ds64` instead, or was never filled in.
const UNKNOWN: u32 = u32::MAX;
/// Sizes of four bytes wrap at this value.
const WRAP: u64 = 1 << 32;

/// Finds the samples of a WAV file; `None` if the file is no WAV file at all.
pub(super) fn parse(input: &Input, head: &[u8]) -> Result<Option<Layout>, MediaError> {
    let format = match head.get(..4) {
        Some(b"RIFF") => "WAV",
        Some(b"RF64") => "RF64",
        Some(b"BW64") => "BW64",
        _ => return Ok(None),
    };
    if head.get(8..12) != Some(b"WAVE") {
        return Ok(None);
    }
    let (mut stated, mut long, mut stamp, mut extent) = (None, None, None, None);
    let mut chunks = Chunks::from(input, ByteOrder::Little, 12);
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"fmt " if stated.is_none() => {
                let body = input.bytes(chunk.at, chunk.size.min(64) as usize)?;
                stated = Some(describe(input, format, &body)?);
            }
            b"ds64" => long = u64_le(&input.bytes(chunk.at, 16)?, 8),
            // Description, originator, reference, date and time come first: 338 bytes.
            b"bext" if chunk.size >= 346 => stamp = u64_le(&input.bytes(chunk.at + 338, 8)?, 0),
            b"data" if extent.is_none() => {
                if stated.is_none() {
                    return Err(input.not_audio("no fmt chunk before the data"));
                }
                let claimed = length(input, &chunk, long)?;
                extent = Some(Extent { start: chunk.at, claimed });
                match claimed {
                    Some(claimed) => chunks.skip_to(chunk.at.saturating_add(claimed))?,
                    None => break,
                }
            }
            _ => {}
        }
    }
    let (Some(stated), Some(extent)) = (stated, extent) else {
        return Err(input.not_audio("the file ends before its data chunk"));
    };
    let mut layout = stated.layout(input, extent)?;
    layout.info.time_reference = stamp;
    Ok(Some(layout))
}

/// Length of the data chunk in bytes; `None`: up to the end of the file. `long` is the length that
/// `ds64` states.
fn length(input: &Input, data: &Chunk, long: Option<u64>) -> Result<Option<u64>, MediaError> {
    let held = input.len().saturating_sub(data.at);
    match (data.size, long) {
        // An interrupted recording has neither size.
        (UNKNOWN, Some(0) | None) => Ok(None),
        (UNKNOWN, Some(long)) => Ok(Some(long)),
        // An empty chunk if another chunk follows, else an interrupted recording.
        (0, _) => Ok(if begins(input, data.at)? { Some(0) } else { None }),
        (size, _) => {
            // Programs that do not know RF64 write sizes modulo 4 GB. The real end is the file's
            // end, or the beginning of a known chunk.
            let mut real = u64::from(size);
            while held >= WRAP && real + WRAP <= held {
                real += WRAP;
                if held - real <= 1 || begins(input, data.at + real + real % 2)? {
                    return Ok(Some(real));
                }
            }
            Ok(Some(u64::from(size)))
        }
    }
}

/// Sample format from the body of a `fmt ` chunk. Wave64 files use it too.
pub(super) fn describe(
    input: &Input,
    format: &'static str,
    body: &[u8],
) -> Result<Stated, MediaError> {
    let short = || input.not_audio("its fmt chunk is too short");
    let tag = u16_le(body, 0).ok_or_else(short)?;
    let channels = u32::from(u16_le(body, 2).ok_or_else(short)?);
    let rate = u32_le(body, 4).ok_or_else(short)?;
    let second = u32_le(body, 8).ok_or_else(short)?;
    let align = u32::from(u16_le(body, 12).ok_or_else(short)?);
    let container = u32::from(u16_le(body, 14).ok_or_else(short)?);
    // An extensible header gives the valid bits, then a mask, then the real tag in a GUID.
    let (tag, bits) = if tag == EXTENSIBLE {
        let valid = u16_le(body, 18).map(u32::from).filter(|bits| (1..=container).contains(bits));
        (u16_le(body, 24).ok_or_else(short)?, valid.unwrap_or(container))
    } else {
        (tag, container)
    };
    let needed = container.div_ceil(8);
    let (form, width, by_rule) = match tag {
        FLOAT => (Form::Float, needed, true),
        PCM => {
            let wide = align.checked_div(channels).filter(|_| align % channels.max(1) == 0);
            // Some programs write a wrong block align, but the right number of bytes per second.
            let packed = second == rate.wrapping_mul(needed.wrapping_mul(channels));
            match wide.filter(|wide| *wide > needed && !packed) {
                Some(wide) => (Form::Signed, wide, false),
                None if needed == 1 => (Form::Unsigned, 1, true),
                None => (Form::Signed, needed, true),
            }
        }
        tag => return Err(input.not_audio(format!("WAV with compression {tag:#06x}"))),
    };
    let bits = if form == Form::Float { container } else { bits };
    Ok(Stated {
        format,
        channels,
        rate: f64::from(rate),
        form,
        bits,
        width,
        order: ByteOrder::Little,
        by_rule,
    })
}
