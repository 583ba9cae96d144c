//! Locks between programs, by a file beside what they guard.

use super::Stamp;
use super::temporary::LOCK;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Held until it is dropped. A program that is killed holds nothing any more.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

/// The file of the lock that guards another file, or a name in a folder.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(LOCK);
    name.push(path.file_name().unwrap_or_default());
    path.with_file_name(name)
}

const TRY_AGAIN: Duration = Duration::from_millis(5);

impl Lock {
    /// Takes the lock whose file is `path`, and waits for it as long as `patience`; `None` where
    /// somebody else holds it even then. On a disk that knows no locks it is always given.
    pub fn take(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let since = Instant::now();
        loop {
            let opened = File::options().write(true).create(true).truncate(false).open(path);
            match opened {
                Ok(file) => {
                    match file.try_lock() {
                        // Whoever held it before may have removed the file meanwhile.
                        Ok(()) if is_at(&file, path) => {
                            return Ok(Some(Self { path: path.to_owned(), file }));
                        }
                        Ok(()) => continue,
                        Err(TryLockError::WouldBlock) => {}
                        Err(TryLockError::Error(error))
                            if error.kind() == ErrorKind::Unsupported =>
                        {
                            return Ok(Some(Self { path: path.to_owned(), file }));
                        }
                        Err(TryLockError::Error(error)) => return Err(error),
                    }
                }
                // Windows: it is being removed.
                Err(error) if cfg!(windows) && error.kind() == ErrorKind::PermissionDenied => {}
                Err(error) => return Err(error),
            }
            if since.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(TRY_AGAIN);
        }
    }

    /// Whether somebody holds the lock whose file is `path`.
    pub fn is_held(path: &Path) -> bool {
        let Ok(file) = super::open(path) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

/// Whether an open file is the one at a path.
pub fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let number = |meta: std::fs::Metadata| (meta.dev(), meta.ino());
        let (held, there) = (file.metadata(), std::fs::symlink_metadata(path));
        held.ok().map(number) == there.ok().map(number)
    }
    #[cfg(not(unix))]
    {
        // An open file cannot be removed there.
        let _ = file;
        path.exists()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still held, so that nobody holds a file that has no name.
        #[cfg(unix)]
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
        #[cfg(not(unix))]
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Waits until a file looks as it did `still` before, so that half of it is not taken for the
/// whole; false where it goes on changing for as long as `patience`.
pub fn settled(path: &Path, still: Duration, patience: Duration) -> bool {
    let since = Instant::now();
    let mut before = Stamp::at(path);
    loop {
        std::thread::sleep(still);
        let now = Stamp::at(path);
        if now == before {
            return now.is_some();
        }
        if since.elapsed() >= patience {
            return false;
        }
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn one_at_a_time_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let lock = Lock::take(&path, Duration::from_secs(20)).unwrap().unwrap();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
        assert!(!path.exists());
        let held = Lock::take(&path, Duration::ZERO).unwrap().unwrap();
        assert!(Lock::is_held(&path));
        assert!(Lock::take(&path, Duration::from_millis(20)).unwrap().is_none());
        drop(held);
        assert!(!Lock::is_held(&path));
    }
}
