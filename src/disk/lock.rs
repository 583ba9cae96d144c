//! Locks between processes: [`Lock`] holds a hidden file beside the file or folder that it guards.
//! Used where several programs may write one file: packages, render manifests, caches.

use super::temporary::LOCK;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// An exclusive lock until it is dropped. The system releases the lock of a killed process.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
}

/// Path of the lock file that guards `path`: a hidden file in the same folder.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(LOCK);
    name.push(path.file_name().unwrap_or_default());
    path.with_file_name(name)
}

const TRY_AGAIN: Duration = Duration::from_millis(5);

impl Lock {
    /// Takes the lock with the lock file `path`, waiting at most `patience`. `None` if another
    /// holder keeps it that long. Always succeeds on file systems without locks.
    pub fn take(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let since = Instant::now();
        loop {
            let opened = File::options().write(true).create(true).truncate(false).open(path);
            match opened {
                Ok(file) => {
                    match file.try_lock() {
                        // The previous holder may have removed this file before the lock was
                        // granted.
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
                // Windows: another process is removing the lock file.
                Err(error) if cfg!(windows) && error.kind() == ErrorKind::PermissionDenied => {}
                Err(error) => return Err(error),
            }
            if since.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(TRY_AGAIN);
        }
    }

    /// Whether any process holds the lock with the lock file `path`.
    pub fn is_held(path: &Path) -> bool {
        let Ok(file) = super::open(path) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

/// Whether the open `file` is still the file at `path`.
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
        // Outside Unix, an open file cannot be removed.
        let _ = file;
        path.exists()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Remove the name before the lock is released: nobody can lock a file without a name then.
        #[cfg(unix)]
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
        #[cfg(not(unix))]
        let _ = std::fs::remove_file(&self.path);
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
