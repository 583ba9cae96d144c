//! A file as symphonia reads it ([`Watched`]). Reading ends when `go_on` returns false, or when a
//! budget of bytes ([`Watch`]) is used up.

use super::GoOn;
use crate::media::input::{Input, read_up_to};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use symphonia::core::io::MediaSource;

/// Byte budget and stop flag, shared with the owner of the reader.
#[derive(Debug, Default)]
pub(super) struct Watch {
    left: AtomicU64,
    stopped: AtomicBool,
}

impl Watch {
    /// Sets the number of bytes that may be read from now on.
    pub fn allow(&self, bytes: u64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    /// Whether a read failed because `go_on` returned false.
    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

pub(super) struct Watched<'a> {
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    watch: Arc<Watch>,
    /// Length reported to symphonia. It may exceed the real length; reads end at the real end.
    length: u64,
    at: u64,
}

impl<'a> Watched<'a> {
    pub fn new(input: &'a Input, length: u64, go_on: &'a GoOn<'a>, watch: &Arc<Watch>) -> Self {
        Self { input, go_on, watch: watch.clone(), length, at: 0 }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !(self.go_on)() {
            self.watch.stopped.store(true, Ordering::Relaxed);
            return Err(io::Error::other("stopped"));
        }
        let left = self.watch.left.load(Ordering::Relaxed);
        let count = read_up_to(&self.input.file, buffer, self.at)?;
        if count as u64 > left {
            // The user sees this text as the reason.
            return Err(io::Error::other("nothing is found in many megabytes"));
        }
        self.watch.left.store(left - count as u64, Ordering::Relaxed);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = self.length;
        let to = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => length.checked_add_signed(by),
        };
        // A position beyond the end is an error at once, not at the next read.
        self.at = to.filter(|to| *to <= length).ok_or(ErrorKind::UnexpectedEof)?;
        Ok(self.at)
    }
}

impl MediaSource for Watched<'_> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}
