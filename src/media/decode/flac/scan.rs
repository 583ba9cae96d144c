//! The frames of a FLAC stream, one after the other ([`FrameScan`]). Anything between them is skipped.

use super::frame::{FrameHeader, LONGEST_HEAD, StreamInfo};
use crate::media::decode::window::{SEARCH, Window};
use crate::media::error::MediaError;
use crate::media::flac::bits::crc16_of;

/// A frame whose header and checksum match.
pub struct Found {
    pub head: FrameHeader,
    pub bytes: Vec<u8>,
}

/// Finds the frames of a stream.
pub struct FrameScan<'a> {
    window: Window<'a>,
    info: StreamInfo,
    /// Byte offset behind the last frame that was found.
    at: u64,
    /// Bytes scanned so far.
    spent: u64,
    /// Limit of `spent`. It bounds the time for files that are built to be slow.
    budget: u64,
    /// Header of an incomplete frame behind the last whole one.
    begun: Option<FrameHeader>,
}

/// Most candidates for the end of a frame that no other frame follows.
const ENDS: usize = 16;

impl<'a> FrameScan<'a> {
    pub fn new(window: Window<'a>, info: &StreamInfo, at: u64) -> Self {
        let budget = window.input().len().saturating_mul(16).saturating_add(64 << 20);
        Self { window, info: info.clone(), at, spent: 0, budget, begun: None }
    }

    /// Bytes behind the last frame that was found, up to the end of the file.
    pub fn left(&self) -> u64 {
        self.window.input().len().saturating_sub(self.at)
    }

    /// Header of an incomplete frame behind the last whole one.
    pub fn begun(&self) -> Option<FrameHeader> {
        self.begun
    }

    /// The next whole frame; `None` if no further frame is found, or the budget is used up.
    /// `decodes` tests candidates where only the checksum suggests the end.
    pub fn next(
        &mut self,
        decodes: &mut dyn FnMut(&[u8]) -> Result<bool, MediaError>,
    ) -> Result<Option<Found>, MediaError> {
        let (mut from, end) = (self.at, self.at.saturating_add(SEARCH));
        self.begun = None;
        while self.spent < self.budget {
            let info = &self.info;
            let mut matches =
                |bytes: &[u8]| FrameHeader::read(bytes).is_some_and(|head| info.fits(&head));
            let Some(at) = self.window.find(from, end, LONGEST_HEAD, 0xFF, &mut matches)? else {
                return Ok(None);
            };
            let Some(head) = FrameHeader::read(self.window.get(at, LONGEST_HEAD)?) else {
                return Ok(None);
            };
            if let Some(length) = self.length(at, &head, decodes)? {
                let bytes = self.window.get(at, length)?.to_vec();
                self.at = at + length as u64;
                return Ok(Some(Found { head, bytes }));
            }
            self.begun.get_or_insert(head);
            from = at + 1;
        }
        Ok(None)
    }

    /// Bytes of the frame at `at`. The frame ends where its checksum matches and the next one
    /// begins, or where `decodes` confirms a match. `None` if no end is found.
    fn length(
        &mut self,
        at: u64,
        head: &FrameHeader,
        decodes: &mut dyn FnMut(&[u8]) -> Result<bool, MediaError>,
    ) -> Result<Option<usize>, MediaError> {
        let most = self.info.longest_frame(head) as usize;
        let (mut done, mut crc, mut ends) = (0usize, 0u16, Vec::new());
        let mut step = 4096;
        loop {
            let bytes = self.window.get(at, done + step + LONGEST_HEAD)?;
            let last = bytes.len() < done + step + LONGEST_HEAD;
            let stop = if last { bytes.len() } else { done + step };
            for (n, byte) in bytes.iter().enumerate().take(stop).skip(done) {
                if crc == 0 && n > head.length {
                    let next = bytes.get(n..).unwrap_or(&[]);
                    if FrameHeader::read(next).is_some_and(|next| self.info.fits(&next)) {
                        self.spent += n as u64;
                        return Ok(Some(n));
                    }
                    if ends.len() < ENDS {
                        ends.push(n);
                    }
                }
                crc = crc16_of(crc, *byte);
            }
            done = stop;
            if last && crc == 0 && done > head.length {
                ends.push(done);
            }
            if last || done > most {
                break;
            }
            step = (2 * step).min(1 << 16);
        }
        self.spent += done as u64;
        for end in ends {
            // The decoder needs the byte before the checksum, but not the checksum.
            let needed = self.window.get(at, end - 2)?.to_vec();
            let (last, fewer) = (decodes(&needed)?, needed.get(..end - 3).unwrap_or(&[]));
            if last && !decodes(fewer)? {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }
}
