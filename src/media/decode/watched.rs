//! A file as symphonia reads it: it can be stopped, and does not go on for ever looking for what is
//! not there.

use super::GoOn;
use crate::media::input::{Input, read_up_to};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use symphonia::core::io::MediaSource;

/// What may still be read, and whether the reading was stopped.
#[derive(Debug, Default)]
pub(super) struct Watch {
    left: AtomicU64,
    stopped: AtomicBool,
}

impl Watch {
    /// Allows so many bytes to be read from now on.
    pub fn allow(&self, bytes: u64) {
        self.left.store(bytes, Ordering::Relaxed);
    }

    pub fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

pub(super) struct Watched<'a> {
    input: &'a Input,
    go_on: &'a GoOn<'a>,
    watch: Arc<Watch>,
    /// Bytes that it says it has. What the file does not hold cannot be read.
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
            // A text and not a number: it is shown.
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
        // Beyond the end there is nothing to be read, and some readers go there for long.
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
