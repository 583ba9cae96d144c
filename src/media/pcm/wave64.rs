//! Wave64 (Sonic Foundry, 1998). Its chunks are named by GUIDs, have sizes of eight bytes that
//! include their own header, and begin at multiples of eight.

use super::fields::u64_le;
use super::layout::{Extent, Layout};
use super::wav;
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Last twelve bytes of the GUIDs of `fmt `, `data` and `wave`; `riff` has others.
const TAIL: [u8; 12] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A];
const RIFF: [u8; 16] =
    [b'r', b'i', b'f', b'f', 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 4, 0xC1, 0, 0];
/// Bytes of a chunk header: GUID and size.
const HEAD: u64 = 24;
/// Most chunks read from a file.
const MOST: usize = 4096;

fn is(guid: &[u8], name: &[u8; 4]) -> bool {
    guid.split_first_chunk::<4>().is_some_and(|(own, tail)| own == name && tail == TAIL)
}

/// Finds the samples of a Wave64 file; `None` if the file is of another kind.
pub(super) fn parse(input: &Input, head: &[u8]) -> Result<Option<Layout>, MediaError> {
    if head.get(..16) != Some(&RIFF) || !head.get(24..40).is_some_and(|guid| is(guid, b"wave")) {
        return Ok(None);
    }
    let mut stated = None;
    let mut at = 40u64;
    for _ in 0..MOST {
        let head = input.bytes(at, HEAD as usize)?;
        let (Some(guid), Some(size)) = (head.get(..16), u64_le(&head, 16)) else { break };
        let start = at + HEAD;
        if is(guid, b"fmt ") {
            let body = input.bytes(start, size.saturating_sub(HEAD).min(64) as usize)?;
            stated = Some(wav::describe(input, "W64", &body)?);
        } else if is(guid, b"data") {
            let Some(stated) = stated else {
                return Err(input.not_audio("no fmt chunk before the data"));
            };
            // An interrupted recording has the size of an empty chunk, or 0.
            let claimed = size.checked_sub(HEAD).filter(|size| (1..1 << 62).contains(size));
            return stated.layout(input, Extent { start, claimed }).map(Some);
        }
        let Some(next) = at.checked_add(size.max(HEAD)).and_then(|end| end.checked_add(7)) else {
            break;
        };
        at = next & !7;
    }
    Err(input.not_audio("the file ends before its data chunk"))
}
