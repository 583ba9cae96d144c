//! What files hold, as a number. A file that is as it was when it was read is not read again.

use crate::media::MediaError;
use crate::media::store::name_of;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that was changed so recently may change again within the same tick of its clock.
const RIPE: Duration = Duration::from_secs(3);

/// The hashes that are known, in the user's cache.
#[derive(Clone, Debug)]
pub struct Hashes {
    folder: PathBuf,
}

impl Hashes {
    /// Those in a folder of the caller's choice.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Those in the user's cache folder, or in a temporary one where there is none.
    pub fn of_user() -> Self {
        Self::at(super::cache_folder("hashes"))
    }

    /// BLAKE3 of a file's content, in hexadecimal. It is read unless place, size and time of
    /// change are those of a file that was read before.
    pub fn hash(&self, path: &Path) -> Result<String, MediaError> {
        let known = self.folder.join(name_of(path, "blake3")?);
        let written = std::fs::read_to_string(&known).ok();
        let whole = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(hash) = written.filter(whole) {
            return Ok(hash);
        }
        let reading = |cause| MediaError::reading(path, cause);
        let mut file = std::fs::File::open(path).map_err(reading)?;
        let mut hasher = blake3::Hasher::new();
        std::io::copy(&mut file, &mut hasher).map_err(reading)?;
        let hash = hasher.finalize().to_hex().to_string();
        let age = file.metadata().and_then(|meta| meta.modified()).ok();
        if age.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > RIPE) {
            // What cannot be kept is read again the next time.
            let _ = std::fs::create_dir_all(&self.folder);
            let _ = std::fs::write(&known, &hash);
        }
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

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
