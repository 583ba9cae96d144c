//! Temporary folder of one render, inside the folder of the finished files. [`Scratch`] removes it
//! when dropped. A folder that a killed program left is removed when the next render starts.

use crate::disk::lock::is_at;
use crate::disk::{self, Stamp};
use crate::render::RenderError;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

const PREFIX: &str = ".stemwright-render-";

/// The temporary folder of one render. It holds a file lock for its lifetime.
pub struct Scratch {
    folder: tempfile::TempDir,
    _lock: File,
}

impl Scratch {
    /// Creates `target` and a temporary folder in it. Removes what ended programs left in `target`.
    pub fn new(target: &Path) -> Result<Self, RenderError> {
        let failed = |cause| RenderError::Folder { path: target.to_owned(), cause };
        std::fs::create_dir_all(target).map_err(failed)?;
        remove_stale(target);
        disk::tidy(target);
        loop {
            let folder =
                tempfile::Builder::new().prefix(PREFIX).tempdir_in(target).map_err(failed)?;
            let path = folder.path().join("lock");
            let lock = File::create(&path).map_err(failed)?;
            match lock.lock() {
                // This file system has no locks.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
                locked => locked.map_err(failed)?,
            }
            // Another render may have removed the folder before the lock was held: then start
            // again.
            if is_at(&lock, &path) {
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes the folders of renders that no longer run: nobody holds their lock.
fn remove_stale(target: &Path) {
    let Ok(entries) = std::fs::read_dir(target) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let lock = disk::open(&entry.path().join("lock"));
        let left = match &lock {
            Ok(lock) => lock.try_lock().is_ok(),
            // A new folder may not have its lock yet.
            Err(_) => Stamp::folder_is_ripe(&entry.path()),
        };
        if left {
            // If the removal fails, the next render tries again.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Renames a finished file to `wanted`, never over an existing file: in that case it appends `-2`,
/// `-3` … to the name. Returns the final path.
pub fn place(temporary: &Path, wanted: &Path) -> Result<PathBuf, RenderError> {
    let stem = wanted.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = wanted.extension().unwrap_or_default().to_string_lossy().into_owned();
    let mut path = wanted.to_owned();
    for number in 2.. {
        match disk::place(temporary, &path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                path = wanted.with_file_name(format!("{stem}-{number}.{extension}"));
            }
            Err(cause) => return Err(RenderError::Folder { path, cause }),
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_folders_go_and_running_ones_stay() {
        let target = tempfile::tempdir().unwrap();
        let stale = target.path().join(format!("{PREFIX}old"));
        std::fs::create_dir(&stale).unwrap();
        std::fs::write(stale.join("half.wav"), "x").unwrap();
        std::fs::write(stale.join("lock"), "").unwrap();
        let first = Scratch::new(target.path()).unwrap();
        assert!(!stale.exists());
        let second = Scratch::new(target.path()).unwrap();
        assert!(first.path("lock").exists() && second.path("lock").exists());
        drop((first, second));
        assert_eq!(std::fs::read_dir(target.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("Song.wav");
        for text in ["one", "two", "three"] {
            let temporary = folder.path().join("temporary");
            std::fs::write(&temporary, text).unwrap();
            place(&temporary, &wanted).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&wanted).unwrap(), "one");
        assert_eq!(std::fs::read_to_string(folder.path().join("Song-3.wav")).unwrap(), "three");
    }
}
