//! An audio file opened once for reading ([`Input`]). Parsers, decoders and the check for changes
//! share one open file, so they see the same content even if another file takes its path.

use crate::disk::{self, Stamp};
use crate::media::error::MediaError;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open file with the stamp (size, times, place on disk) that it had when it was opened. Clones
/// share the file.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub path: PathBuf,
    pub file: Arc<File>,
    pub stamp: Stamp,
}

impl Input {
    /// Opens a regular file.
    ///
    /// # Errors
    /// `Empty` for a file of 0 bytes, `NotAudio` for a folder, a pipe or a device, else `Missing`
    /// or `Read`.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let reading = |cause| MediaError::reading(path, cause);
        let file = disk::open(path).map_err(|cause| match cause.kind() {
            // `path` is a folder, a pipe or a device.
            io::ErrorKind::InvalidInput => {
                MediaError::NotAudio { path: path.to_owned(), detail: cause.to_string() }
            }
            _ => reading(cause),
        })?;
        let stamp = Stamp::held(&file).map_err(reading)?;
        if stamp.bytes == 0 {
            return Err(MediaError::Empty(path.to_owned()));
        }
        Ok(Self { path: path.to_owned(), file: Arc::new(file), stamp })
    }

    /// Length of the file in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.stamp.bytes
    }

    /// Whether the open file still has its first stamp, and its path still leads to it.
    pub fn is_unchanged(&self) -> bool {
        Stamp::held(&self.file).is_ok_and(|held| held == self.stamp)
            && Stamp::at(&self.path) == Some(self.stamp)
    }

    /// Reads into `buffer` from byte `at` on. Returns the number of bytes read, which is less than
    /// the buffer holds only at the end of the file.
    pub fn fill(&self, at: u64, buffer: &mut [u8]) -> Result<usize, MediaError> {
        read_up_to(&self.file, buffer, at).map_err(|cause| MediaError::reading(&self.path, cause))
    }

    /// Reads at most `most` bytes from byte `at` on, fewer where the file ends.
    pub fn bytes(&self, at: u64, most: usize) -> Result<Vec<u8>, MediaError> {
        let held = self.len().saturating_sub(at).min(most as u64) as usize;
        let mut bytes = vec![0; held];
        let count = self.fill(at, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// A `NotAudio` error for this file.
    pub fn not_audio(&self, detail: impl Into<String>) -> MediaError {
        MediaError::NotAudio { path: self.path.clone(), detail: detail.into() }
    }
}

#[cfg(unix)]
fn read_some(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_some(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Fills a buffer from byte `at` on, up to the end of the file; returns the number of bytes read.
/// It does not depend on the file's cursor, so threads can share a file.
pub(crate) fn read_up_to(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match read_some(file, rest, at.saturating_add(done as u64)) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
