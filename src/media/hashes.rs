//! Content hashes of files ([`Hashes`]), cached by path and stamp. An unchanged file is not read
//! again. Sessions recognise their files by these hashes, and the store checks its copies with
//! them.

use crate::disk::{self, Stamp};
use crate::media::MediaError;
use crate::media::store::name_for;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Cached hashes that are unused for this long are deleted.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// A cache of hashes: a folder with one small file per hash.
#[derive(Clone, Debug)]
pub struct Hashes {
    folder: PathBuf,
}

impl Hashes {
    /// A cache in the given folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The cache in the user's cache folder, or in a temporary folder if there is none.
    pub fn of_user() -> Self {
        Self::at(super::cache_folder("hashes"))
    }

    /// BLAKE3 hash of a file's content, in hexadecimal. The file is read only if no cached hash has
    /// its path, size and times.
    ///
    /// # Errors
    /// `Changed` if the file changes during both of two reads, and errors of reading.
    pub fn hash(&self, path: &Path) -> Result<String, MediaError> {
        let reading = |cause| MediaError::reading(path, cause);
        for _ in 0..2 {
            let mut file = disk::open(path).map_err(reading)?;
            let stamp = Stamp::held(&file).map_err(reading)?;
            let known = self.folder.join(name_for(path, &stamp, "blake3")?);
            let text = disk::bytes(&known, 64).ok().and_then(|text| String::from_utf8(text).ok());
            let is_hash = |b: u8| b.is_ascii_hexdigit();
            let whole = |text: &String| text.len() == 64 && text.bytes().all(is_hash);
            if let Some(hash) = text.filter(whole) {
                disk::cache::used(&known);
                return Ok(hash);
            }
            let mut hasher = blake3::Hasher::new();
            std::io::copy(&mut file, &mut hasher).map_err(reading)?;
            if Stamp::held(&file).map_err(reading)? != stamp {
                continue;
            }
            let hash = hasher.finalize().to_hex().to_string();
            if stamp.is_ripe() {
                // A hash that cannot be stored costs another read next time, nothing else.
                let _ = std::fs::create_dir_all(&self.folder);
                disk::cache::forget(&self.folder, KEPT);
                let _ = disk::write(&known, hash.as_bytes());
            }
            return Ok(hash);
        }
        Err(MediaError::Changed(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_that_changed_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let hashes = Hashes::at(folder.path().join("hashes"));
        let path = folder.path().join("a.wav");
        let kept = || std::fs::read_dir(folder.path().join("hashes")).map_or(0, Iterator::count);
        let write = |text: &[u8], age: u64| {
            std::fs::write(&path, text).unwrap();
            let file = std::fs::File::options().append(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        };
        write(b"one", 0);
        let one = hashes.hash(&path).unwrap();
        assert_eq!((one.len(), kept()), (64, 0), "too fresh to be kept");
        write(b"one", 60);
        assert_eq!(hashes.hash(&path).unwrap(), one);
        assert_eq!(kept(), 1);
        assert_eq!(hashes.hash(&path).unwrap(), one);
        write(b"two", 50);
        assert_ne!(hashes.hash(&path).unwrap(), one);
        assert!(hashes.hash(&folder.path().join("gone.wav")).is_err());
    }
}
