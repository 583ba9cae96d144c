//! A file to be read, opened once: what is parsed, decoded and compared is the same file, whatever
//! happens to its name meanwhile.

use crate::disk::{self, Stamp};
use crate::media::error::MediaError;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An open file with the stamp that it had when it was opened.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub path: PathBuf,
    pub file: Arc<File>,
    pub stamp: Stamp,
}

impl Input {
    /// Opens a regular file that is not empty.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let reading = |cause| MediaError::reading(path, cause);
        let file = disk::open(path).map_err(|cause| match cause.kind() {
            // A folder, a pipe, a device.
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

    /// Bytes of the file.
    pub fn len(&self) -> u64 {
        self.stamp.bytes
    }

    /// Whether the file looks as it did when it was opened, and is still the one at its path.
    pub fn is_unchanged(&self) -> bool {
        Stamp::held(&self.file).is_ok_and(|held| held == self.stamp)
            && Stamp::at(&self.path) == Some(self.stamp)
    }

    /// Fills as much of a buffer as the file holds from `at` on; returns the count.
    pub fn fill(&self, at: u64, buffer: &mut [u8]) -> Result<usize, MediaError> {
        read_up_to(&self.file, buffer, at).map_err(|cause| MediaError::reading(&self.path, cause))
    }

    /// At most `most` bytes from `at` on, fewer where the file ends.
    pub fn bytes(&self, at: u64, most: usize) -> Result<Vec<u8>, MediaError> {
        let held = self.len().saturating_sub(at).min(most as u64) as usize;
        let mut bytes = vec![0; held];
        let count = self.fill(at, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// An error that names the file.
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

/// Fills a buffer from a place in a file, as far as the file goes; returns the count. It does not
/// depend on the file's cursor, so threads can share a file.
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
