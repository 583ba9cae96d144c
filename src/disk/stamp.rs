//! File stamps: size, times and inode of a file. They show whether a file may have changed, without
//! reading its content.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Size, times and inode number of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub bytes: u64,
    /// Last change of the content (mtime).
    pub changed: Option<SystemTime>,
    /// Device, inode number and time of the last status change (ctime: seconds, nanoseconds), on
    /// Unix. A replaced file has another inode number; a copy that keeps the mtime has another
    /// ctime.
    own: Option<(u64, u64, i64, i64)>,
}

/// A file written more recently than this may change again within the same tick of its clock.
const RIPE: Duration = Duration::from_secs(3);

impl Stamp {
    pub fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let own = {
            use std::os::unix::fs::MetadataExt;
            Some((meta.dev(), meta.ino(), meta.ctime(), meta.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let own = None;
        Self { bytes: meta.len(), changed: meta.modified().ok(), own }
    }

    /// Stamp of the file at `path`; `None` if there is no regular file.
    pub fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|meta| Self::of(&meta))
    }

    /// Stamp of an open file.
    pub fn held(file: &File) -> std::io::Result<Self> {
        Ok(Self::of(&file.metadata()?))
    }

    /// Whether the last change is old enough that a further change would alter the stamp.
    pub fn is_ripe(&self) -> bool {
        let age = self.changed.and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age > RIPE)
    }

    /// [`Stamp::is_ripe`] for the folder at `path`; false if it cannot be read.
    pub fn folder_is_ripe(path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|meta| Self::of(&meta).is_ripe())
    }

    /// The stamp as text, for use as a cache key: different stamps have different keys.
    pub fn key(&self) -> String {
        format!("{} {:?} {:?}", self.bytes, self.changed, self.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"one").unwrap();
        let first = Stamp::at(&path).unwrap();
        assert_eq!(Stamp::held(&File::open(&path).unwrap()).unwrap(), first);
        assert!(!first.is_ripe());
        // Replaced by a file of the same size and time.
        let other = folder.path().join("b");
        std::fs::write(&other, b"two").unwrap();
        let file = File::options().append(true).open(&other).unwrap();
        file.set_modified(first.changed.unwrap()).unwrap();
        std::fs::rename(&other, &path).unwrap();
        let second = Stamp::at(&path).unwrap();
        #[cfg(unix)]
        assert_ne!(second, first);
        // Written in place.
        std::thread::sleep(Duration::from_millis(20));
        std::fs::write(&path, b"six").unwrap();
        assert_ne!(Stamp::at(&path).unwrap(), second);
        assert_ne!(Stamp::at(&path).unwrap().key(), second.key());
        assert_eq!(Stamp::at(folder.path()), None);
    }
}
