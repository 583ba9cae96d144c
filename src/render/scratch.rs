//! The folder of temporary files beside the finished ones. It goes away on every way out; one
//! that a killed render left behind is removed at the next start.

use crate::render::RenderError;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

const PREFIX: &str = ".stemwright-render-";

/// The temporary folder of one render, locked for as long as it lives.
pub struct Scratch {
    folder: tempfile::TempDir,
    _lock: File,
}

impl Scratch {
    pub fn new(target: &Path) -> Result<Self, RenderError> {
        let failed = |cause| RenderError::Folder { path: target.to_owned(), cause };
        std::fs::create_dir_all(target).map_err(failed)?;
        remove_stale(target);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(target).map_err(failed)?;
        let lock = File::create(folder.path().join("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { folder, _lock: lock })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes the folders of renders that no longer run: their lock is free.
fn remove_stale(target: &Path) {
    let Ok(entries) = std::fs::read_dir(target) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let running = File::open(entry.path().join("lock"))
            .is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        if !running {
            // What cannot be removed now is tried again next time.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Gives a finished file its name, never over an existing one: `-2`, `-3` … is added then.
/// Returns the name it got.
pub fn place(temporary: &Path, wanted: &Path) -> Result<PathBuf, RenderError> {
    let stem = wanted.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = wanted.extension().unwrap_or_default().to_string_lossy().into_owned();
    let mut path = wanted.to_owned();
    for number in 2.. {
        match take(temporary, &path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                path = wanted.with_file_name(format!("{stem}-{number}.{extension}"));
            }
            Err(cause) => return Err(RenderError::Folder { path, cause }),
        }
    }
    Ok(path)
}

fn take(temporary: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(temporary, path) {
        Ok(()) => {
            // The second name lies in the scratch folder and goes with it.
            let _ = std::fs::remove_file(temporary);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links: take the name first, then move over it.
        Err(_) => {
            OpenOptions::new().write(true).create_new(true).open(path)?;
            std::fs::rename(temporary, path).inspect_err(|_| {
                let _ = std::fs::remove_file(path);
            })
        }
    }
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
