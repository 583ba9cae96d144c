//! The pages of an Ogg file (RFC 3533): [`Pages`] finds them one after the other.

use crate::media::decode::window::{SEARCH, Window};
use crate::media::error::MediaError;

/// Bytes of a page header without its segment table.
const HEAD: usize = 27;
/// Bytes of the largest page.
const LARGEST: usize = HEAD + 255 + 255 * 255;

/// A page whose checksum matches.
pub struct Page {
    /// The first packet began on an earlier page.
    pub continued: bool,
    /// First page of its stream.
    pub first: bool,
    /// Last page of its stream.
    pub last: bool,
    /// Granule position: the codec's count at the end of the last packet that ends on this page;
    /// `None` if no packet ends here.
    pub position: Option<u64>,
    /// Serial number of the stream.
    pub stream: u32,
    /// Number of the page in its stream.
    pub number: u32,
    /// Segment table: lengths of the pieces of packets. A length below 255 ends a packet.
    pub table: Vec<u8>,
    pub body: Vec<u8>,
}

/// CRC-32 of each value of a byte: polynomial 0x04c11db7, from zero, the highest bit first.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let mut crc = (n as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc >> 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04C1_1DB7 };
            bit += 1;
        }
        table[n] = crc;
        n += 1;
    }
    table
};

/// The CRC-32 `crc` after more bytes; it begins at 0.
pub fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(crc, |crc, byte| {
        let at = usize::from((crc >> 24) as u8 ^ byte);
        crc << 8 ^ TABLE.get(at).copied().unwrap_or(0)
    })
}

impl Page {
    /// The page that `bytes` begins with, and its length in bytes. `None` if the page is incomplete
    /// or its checksum does not match.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let head: &[u8; HEAD] = bytes.first_chunk()?;
        let [b'O', b'g', b'g', b'S', 0, flags @ 0..8, rest @ ..] = head else { return None };
        let (position, rest) = rest.split_first_chunk::<8>()?;
        let (stream, rest) = rest.split_first_chunk::<4>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (check, count) = rest.split_first_chunk::<4>()?;
        let table = bytes.get(HEAD..HEAD + usize::from(*count.first()?))?;
        let start = HEAD + table.len();
        let end = start + table.iter().map(|piece| usize::from(*piece)).sum::<usize>();
        let body = bytes.get(start..end)?;
        // The checksum field counts as zero.
        let mut crc = crc32(0, head.get(..22)?);
        crc = crc32(crc, &[0; 4]);
        crc = crc32(crc, head.get(26..)?);
        crc = crc32(crc32(crc, table), body);
        if crc != u32::from_le_bytes(*check) {
            return None;
        }
        let position = u64::from_le_bytes(*position);
        let page = Self {
            continued: flags & 1 != 0,
            first: flags & 2 != 0,
            last: flags & 4 != 0,
            position: (position < 1 << 62).then_some(position),
            stream: u32::from_le_bytes(*stream),
            number: u32::from_le_bytes(*number),
            table: table.to_vec(),
            body: body.to_vec(),
        };
        Some((page, end))
    }

    /// The parts of packets on this page, and whether each part ends its packet.
    pub fn pieces(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let (mut at, mut from, last) = (0usize, 0usize, self.table.len());
        let pieces = self.table.iter().enumerate().filter_map(move |(n, piece)| {
            at += usize::from(*piece);
            let ends = *piece < 255;
            // A packet continues after a piece of 255 bytes, here or on the next page.
            if !ends && n + 1 < last {
                return None;
            }
            let whole = from..at;
            from = at;
            Some((whole, ends))
        });
        pieces.filter_map(|(range, ends)| Some((self.body.get(range)?, ends)))
    }
}

/// Finds the pages of a file.
pub struct Pages<'a> {
    window: Window<'a>,
    at: u64,
}

impl<'a> Pages<'a> {
    pub fn new(window: Window<'a>, at: u64) -> Self {
        Self { window, at }
    }

    /// The next page whose checksum matches; `None` if no further page is found.
    pub fn next(&mut self) -> Result<Option<Page>, MediaError> {
        let (mut from, end) = (self.at, self.at.saturating_add(SEARCH));
        loop {
            let mut begins = |bytes: &[u8]| bytes.starts_with(b"OggS");
            let Some(at) = self.window.find(from, end, 4, b'O', &mut begins)? else {
                return Ok(None);
            };
            if let Some((page, length)) = Page::read(self.window.get(at, LARGEST)?) {
                self.at = at + length as u64;
                return Ok(Some(page));
            }
            from = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_put_together_from_their_pieces() {
        let page = |table: &[u8]| Page {
            continued: false,
            first: false,
            last: false,
            position: None,
            stream: 1,
            number: 0,
            table: table.to_vec(),
            body: (0..table.iter().map(|piece| usize::from(*piece)).sum())
                .map(|n: usize| n as u8)
                .collect(),
        };
        let lengths = |table: &[u8]| {
            page(table).pieces().map(|(piece, ends)| (piece.len(), ends)).collect::<Vec<_>>()
        };
        assert_eq!(lengths(&[10, 0, 255, 255, 3]), [(10, true), (0, true), (513, true)]);
        assert_eq!(lengths(&[255, 0, 255]), [(255, true), (255, false)]);
        assert_eq!(lengths(&[]), []);
        // The usual check value of CRC-32/MPEG-2 starts from all ones; from zero it is this.
        assert_eq!(crc32(0, b"123456789"), 0x89A1_897F);
    }
}
