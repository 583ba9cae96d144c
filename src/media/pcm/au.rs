//! AU files of Sun and NeXT (Sun Microsystems, `audio(5)`; `/usr/include/audio/au.h`), and the
//! little-endian ones of DEC.

use super::encoding::{ByteOrder, Form};
use super::fields::{u32_be, u32_le};
use super::layout::{Extent, Layout, Stated};
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Size that was not known when the header was written.
const UNKNOWN: u32 = u32::MAX;

/// Finds the samples of an AU file; `None` if the file is of another kind.
pub(super) fn parse(input: &Input, head: &[u8]) -> Result<Option<Layout>, MediaError> {
    let (order, number): (_, fn(&[u8], usize) -> Option<u32>) = match head.get(..4) {
        Some(b".snd") => (ByteOrder::Big, u32_be),
        Some(b"dns.") => (ByteOrder::Little, u32_le),
        _ => return Ok(None),
    };
    let number = |at| number(head, at).ok_or_else(|| input.not_audio("its head is too short"));
    let (offset, size, kind) = (number(4)?, number(8)?, number(12)?);
    let (form, bits) = match kind {
        2 => (Form::Signed, 8),
        3 => (Form::Signed, 16),
        4 => (Form::Signed, 24),
        5 => (Form::Signed, 32),
        6 => (Form::Float, 32),
        7 => (Form::Float, 64),
        kind => return Err(input.not_audio(format!("AU with compression {kind}"))),
    };
    let stated = Stated {
        format: "AU",
        channels: number(20)?,
        rate: f64::from(number(16)?),
        form,
        bits,
        width: bits / 8,
        order,
        by_rule: true,
    };
    // An interrupted recording has size 0.
    let claimed = (size != UNKNOWN && size != 0).then_some(u64::from(size));
    let start = u64::from(offset.max(24));
    stated.layout(input, Extent { start, claimed }).map(Some)
}
