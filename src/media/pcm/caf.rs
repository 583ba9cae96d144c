//! Core Audio Format with linear PCM (Apple Core Audio Format Specification 1.0, 2011).

use super::encoding::{ByteOrder, Form};
use super::fields::{f64_be, u32_be, u64_be};
use super::layout::{Extent, Layout, Stated};
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Flag of the description: floating point.
const FLOAT: u32 = 1;
/// Flag of the description: little-endian.
const LITTLE: u32 = 2;
/// Most chunks read from a file.
const MOST: usize = 4096;

/// Finds the samples of a CAF file; `None` if the file is of another kind, or compressed.
pub(super) fn parse(input: &Input, head: &[u8]) -> Result<Option<Layout>, MediaError> {
    if head.get(..4) != Some(b"caff") {
        return Ok(None);
    }
    // The description has to come first.
    let desc = input.bytes(20, 32)?;
    if head.get(8..12) != Some(b"desc") || desc.len() < 32 {
        return Err(input.not_audio("it does not begin with its description"));
    }
    if desc.get(8..12) != Some(b"lpcm") {
        return Ok(None);
    }
    let stated = describe(input, &desc)?;
    let mut at = 52u64;
    for _ in 0..MOST {
        let head = input.bytes(at, 12)?;
        let (Some(name), Some(size)) = (head.get(..4), u64_be(&head, 4)) else { break };
        if name == b"data" {
            // An edit count precedes the samples. Size −1: not known when the header was written.
            let claimed = if size == u64::MAX { None } else { Some(size.saturating_sub(4)) };
            return stated.layout(input, Extent { start: at + 16, claimed }).map(Some);
        }
        let Some(next) = at.checked_add(12).and_then(|body| body.checked_add(size)) else { break };
        at = next;
    }
    Err(input.not_audio("the file ends before its data chunk"))
}

fn describe(input: &Input, desc: &[u8]) -> Result<Stated, MediaError> {
    let short = || input.not_audio("its description is too short");
    let number = |at| u32_be(desc, at).ok_or_else(short);
    let (rate, flags) = (f64_be(desc, 0).ok_or_else(short)?, number(12)?);
    let (packet, frames, channels, bits) = (number(16)?, number(20)?, number(24)?, number(28)?);
    if frames != 1 {
        return Err(input.not_audio(format!("plain samples in packets of {frames} frames")));
    }
    let Some(width) = packet.checked_div(channels).filter(|_| packet % channels.max(1) == 0) else {
        return Err(input.not_audio(format!("{channels} channels in packets of {packet} bytes")));
    };
    Ok(Stated {
        format: "CAF",
        channels,
        rate,
        form: if flags & FLOAT == 0 { Form::Signed } else { Form::Float },
        bits,
        width,
        order: if flags & LITTLE == 0 { ByteOrder::Big } else { ByteOrder::Little },
        by_rule: width == bits.div_ceil(8),
    })
}
