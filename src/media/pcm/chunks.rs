//! Reading of the chunks of IFF (Electronic Arts, 1985) and RIFF ([`Chunks`]). A chunk is a name of
//! four letters, a size, a body, and a pad byte after an odd body, which some programs do not
//! write.

use super::encoding::ByteOrder;
use super::fields::{u32_be, u32_le};
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Chunk names that identify the start of a chunk where sizes are wrong.
const KNOWN: [&[u8; 4]; 47] = [
    b"COMM", b"SSND", b"MARK", b"INST", b"MIDI", b"AESD", b"APPL", b"COMT", b"NAME", b"AUTH",
    b"(c) ", b"ANNO", b"FVER", b"CHAN", b"ID3 ", b"ResU", b"basc", b"trns", b"cate", b"FLLR",
    b"fmt ", b"data", b"fact", b"LIST", b"bext", b"iXML", b"axml", b"aXML", b"chna", b"cue ",
    b"smpl", b"inst", b"acid", b"strc", b"id3 ", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK",
    b"cart", b"umid", b"minf", b"elm1", b"regn", b"LGWV", b"afsp",
];
/// Most chunks read from a file. A damaged file may have any number.
const MOST: usize = 4096;

#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub name: [u8; 4],
    /// Byte offset of the body.
    pub at: u64,
    pub size: u32,
}

/// The chunks of a file, one after the other.
pub(super) struct Chunks<'a> {
    input: &'a Input,
    order: ByteOrder,
    at: u64,
    count: usize,
}

/// Whether a chunk with a known name begins at `at`.
pub(super) fn begins(input: &Input, at: u64) -> Result<bool, MediaError> {
    let name = input.bytes(at, 4)?;
    Ok(KNOWN.iter().any(|known| known.as_slice() == name))
}

/// Start of the chunk behind a body that ends at `end`: the next even offset, unless only the odd
/// offset beside it holds a known name.
pub(super) fn behind(input: &Input, end: u64) -> Result<u64, MediaError> {
    let padded = end.saturating_add(end % 2);
    let other = if end % 2 == 1 { end } else { end.saturating_add(1) };
    Ok(if !begins(input, padded)? && begins(input, other)? { other } else { padded })
}

impl<'a> Chunks<'a> {
    pub fn from(input: &'a Input, order: ByteOrder, at: u64) -> Self {
        Self { input, order, at, count: 0 }
    }

    /// The next chunk; `None` at the end of the file, or after [`MOST`] chunks.
    pub fn next(&mut self) -> Result<Option<Chunk>, MediaError> {
        self.count += 1;
        let head = self.input.bytes(self.at, 8)?;
        let (Some((name, size)), true) = (head.split_first_chunk(), self.count <= MOST) else {
            return Ok(None);
        };
        let size = match self.order {
            ByteOrder::Little => u32_le(size, 0),
            ByteOrder::Big => u32_be(size, 0),
        };
        let Some(size) = size else { return Ok(None) };
        let chunk = Chunk { name: *name, at: self.at + 8, size };
        self.skip_to(chunk.at + u64::from(size))?;
        Ok(Some(chunk))
    }

    /// Continues behind a body that ends at `end`.
    pub fn skip_to(&mut self, end: u64) -> Result<(), MediaError> {
        self.at = behind(self.input, end)?;
        Ok(())
    }
}
