//! A window that moves through a file ([`Window`]), for parsers that search forward.

use super::GoOn;
use crate::media::error::MediaError;
use crate::media::input::Input;

/// Bytes read per step.
const STEP: usize = 1 << 16;
/// Bytes within which the next frame must begin. A cover picture takes less. The limit keeps a
/// large file of zeros from being read to its end.
pub(super) const SEARCH: u64 = 16 << 20;

pub(super) struct Window<'a> {
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    buffer: Vec<u8>,
    /// Byte offset of the buffer in the file.
    base: u64,
}

impl<'a> Window<'a> {
    pub fn new(input: &'a Input, go_on: &'a GoOn<'a>) -> Self {
        Self { input, go_on, buffer: Vec::new(), base: 0 }
    }

    pub fn input(&self) -> &'a Input {
        self.input
    }

    /// At most `most` bytes from byte `at` on; fewer only at the end of the file.
    ///
    /// # Errors
    /// `Stopped` if `go_on` returns false, and errors of reading.
    pub fn get(&mut self, at: u64, most: usize) -> Result<&[u8], MediaError> {
        let end = at.saturating_add(most as u64).min(self.input.len());
        if at < self.base || at > self.base + self.buffer.len() as u64 {
            self.buffer.clear();
            self.base = at;
        }
        if end > self.base + self.buffer.len() as u64 {
            if !(self.go_on)() {
                return Err(MediaError::Stopped(self.input.path.clone()));
            }
            // Bytes before `at` are not needed again.
            let passed = (at - self.base) as usize;
            self.buffer.drain(..passed);
            self.base = at;
            let (had, wanted) = (self.buffer.len(), (end - at) as usize);
            self.buffer.resize(wanted.max(had + STEP), 0);
            let rest = self.buffer.get_mut(had..).unwrap_or(&mut []);
            let done = self.input.fill(at + had as u64, rest)?;
            self.buffer.truncate(had + done);
        }
        let from = (at - self.base) as usize;
        let held = self.buffer.get(from..).unwrap_or(&[]);
        Ok(held.get(..most).unwrap_or(held))
    }

    /// First position from `at` on and before `end` that holds the byte `first` and that `matches`
    /// accepts. `matches` gets the `look` bytes that begin there, fewer at the end of the file.
    pub fn find(
        &mut self,
        at: u64,
        end: u64,
        look: usize,
        first: u8,
        matches: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<Option<u64>, MediaError> {
        let end = end.min(self.input.len());
        let mut from = at;
        while from < end {
            let count = ((end - from) as usize).min(STEP);
            let bytes = self.get(from, count + look)?;
            let mut place = 0;
            while let Some(rest) = bytes.get(place..count.min(bytes.len())) {
                let Some(next) = rest.iter().position(|byte| *byte == first) else { break };
                let shown = bytes.get(place + next..).unwrap_or(&[]);
                if matches(shown.get(..look).unwrap_or(shown)) {
                    return Ok(Some(from + (place + next) as u64));
                }
                place += next + 1;
            }
            from += count as u64;
        }
        Ok(None)
    }
}

/// Bytes of the ID3 tags at the start of a file (id3.org, ID3v2.4, section 3.1).
pub(super) fn tags(input: &Input) -> Result<u64, MediaError> {
    let mut at = 0;
    for _ in 0..16 {
        let head = input.bytes(at, 10)?;
        let [b'I', b'D', b'3', version, _, flags, size @ ..] = head.as_slice() else { break };
        if *version > 4 || size.len() < 4 || size.iter().any(|byte| *byte > 0x7F) {
            break;
        }
        let size = size.iter().fold(0u64, |size, byte| size << 7 | u64::from(*byte));
        // A footer is as long as the header.
        at += 10 + size + if flags & 0x10 == 0 { 0 } else { 10 };
    }
    Ok(at.min(input.len()))
}
