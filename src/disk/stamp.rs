//! What a file looks like from outside: by this it is known whether it may have changed.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Size, times and place of a file on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub bytes: u64,
    /// When its content was written last.
    pub changed: Option<SystemTime>,
    /// Device, number and time of the last change of any kind, where the system tells them: a
    /// file that was replaced has another number, and a copy that keeps its time another change.
    own: Option<(u64, u64, i64, i64)>,
}

/// A file that was written so recently may be written again within the same tick of its clock.
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

    /// That of the file at a path; none where there is no regular one.
    pub fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|meta| Self::of(&meta))
    }

    /// That of an open file.
    pub fn held(file: &File) -> std::io::Result<Self> {
        Ok(Self::of(&file.metadata()?))
    }

    /// Whether enough time went by since the last change that another one would show.
    pub fn is_ripe(&self) -> bool {
        let age = self.changed.and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age > RIPE)
    }

    /// The same of a folder at a path.
    pub fn folder_is_ripe(path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|meta| Self::of(&meta).is_ripe())
    }

    /// A text that is another one for every stamp.
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
        // Replaced by one of the same size and time.
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
