//! Atomic file writing: a [`Temporary`] grows under a hidden name beside its target, and is renamed
//! when complete.
//! Each temporary file is locked while it is written. [`tidy`] removes unlocked ones, which killed
//! programs left behind.

use super::lock::is_at;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

const FILE: &str = ".stemwright-tmp-";
pub(super) const LOCK: &str = ".stemwright-lock-";

/// A temporary file under a hidden name; removed on drop unless it was renamed.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    /// Locked, which tells [`tidy`] that the file is in use. `None` after the rename.
    file: Option<File>,
}

/// The folder that contains `path`; `.` for a bare file name.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Temporary {
    /// Creates a temporary file in the folder of `target`, with the permissions of any new file.
    pub fn beside(target: &Path) -> io::Result<Self> {
        Self::within(parent(target))
    }

    /// Creates a temporary file in `folder`.
    pub fn within(folder: &Path) -> io::Result<Self> {
        loop {
            let made = tempfile::Builder::new().prefix(FILE).make_in(folder, |path| {
                let mut options = File::options();
                options.read(true).write(true).create_new(true);
                #[cfg(windows)]
                {
                    use std::os::windows::fs::OpenOptionsExt;
                    // Share read and write, but not delete: on Windows this is the lock.
                    options.share_mode(0x1 | 0x2);
                }
                options.open(path)
            })?;
            let (file, path) = made.into_parts();
            // `Drop` removes the file: it knows about renames, tempfile's own guard does not.
            let path = path.keep().map_err(|error| error.error)?;
            #[cfg(unix)]
            match file.lock() {
                Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
                _ => {}
            }
            // Another process may have tidied the file away before it was locked.
            if is_at(&file, &path) {
                return Ok(Self { path, file: Some(file) });
            }
        }
    }

    /// Path of the hidden file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends `bytes`.
    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Renames the temporary file to `target`, replacing an existing file.
    pub fn replace(mut self, target: &Path) -> io::Result<()> {
        // A rename would replace a device by a file.
        match std::fs::metadata(target) {
            Ok(meta) if !meta.is_file() => {
                let text = "it is a folder, a pipe or a device, not a file";
                return Err(io::Error::new(ErrorKind::InvalidInput, text));
            }
            _ => {}
        }
        self.sync()?;
        std::fs::rename(&self.path, target)?;
        self.named(target)
    }

    /// Renames the temporary file to `target`.
    ///
    /// # Errors
    /// `AlreadyExists` if `target` exists; that file stays unchanged.
    pub fn place(mut self, target: &Path) -> io::Result<()> {
        self.sync()?;
        place(&self.path, target)?;
        self.named(target)
    }

    /// Flushes all data to the disk, whoever wrote it. On Windows it also closes the file, which
    /// could not be renamed otherwise.
    fn sync(&mut self) -> io::Result<()> {
        if let Some(file) = &self.file {
            file.sync_all()?;
        }
        #[cfg(windows)]
        drop(self.file.take());
        Ok(())
    }

    fn named(&mut self, target: &Path) -> io::Result<()> {
        self.file = None;
        self.path = PathBuf::new();
        sync_folder(parent(target));
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            #[cfg(windows)]
            drop(self.file.take());
            // A file that cannot be removed now is left for [`tidy`].
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes a file whole or not at all, replacing an existing one. Keeps a link a link, and keeps the
/// permissions.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut file = Temporary::beside(&target)?;
    file.write_all(bytes)?;
    if let Ok(meta) = std::fs::metadata(&target) {
        // Some file systems have no permissions.
        let _ = std::fs::set_permissions(file.path(), meta.permissions());
    }
    file.replace(&target)
}

/// Gives the file at `path` the second name `kept`, replacing any file there. Does nothing if
/// `path` does not exist. Both names always show a complete file.
pub fn keep(path: &Path, kept: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    // Reserves an unused name: the link is made under it, then renamed.
    let name = Temporary::beside(kept)?;
    std::fs::remove_file(name.path())?;
    if std::fs::hard_link(path, name.path()).is_err() {
        // The file system has no hard links.
        std::fs::copy(path, name.path())?;
    }
    std::fs::rename(name.path(), kept)
}

/// Copies a file to a new path. The name appears only when the copy is complete.
///
/// # Errors
/// `AlreadyExists` if `to` exists; that file stays unchanged.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = super::open(from)?;
    let mut new = Temporary::beside(to)?;
    let held = new.file.as_mut().ok_or(ErrorKind::NotFound)?;
    io::copy(&mut file, held)?;
    new.place(to)
}

/// Flushes a folder, to keep new file names after a power loss. Ignores errors: not every file
/// system supports it. Does nothing outside Unix.
pub fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

/// Renames a file on the same disk, without replacing an existing file.
///
/// # Errors
/// `AlreadyExists` if `to` exists; that file stays unchanged.
pub fn place(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // The file system has no hard links: reserve the name, then rename over it.
        Err(_) => {
            File::options().write(true).create_new(true).open(to)?;
            std::fs::rename(from, to).inspect_err(|_| {
                let _ = std::fs::remove_file(to);
            })
        }
    }
}

/// Removes temporary files and lock files that killed programs left in `folder`. Files still in use
/// by any process stay.
pub fn tidy(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if !name.starts_with(FILE) && !name.starts_with(LOCK) {
            continue;
        }
        // A file that cannot be removed now is removed on a later call.
        #[cfg(unix)]
        if let Ok(file) = super::open(&path)
            && !matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock))
        {
            let _ = std::fs::remove_file(&path);
        }
        #[cfg(not(unix))]
        let _ = std::fs::remove_file(&path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), count(folder.path())), (b"two".into(), 1));
        let mut half = Temporary::beside(&path).unwrap();
        half.write_all(b"three").unwrap();
        assert_eq!(half.place(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!((std::fs::read(&path).unwrap(), count(folder.path())), (b"two".into(), 1));
        let other = folder.path().join("b");
        Temporary::beside(&other).unwrap().place(&other).unwrap();
        assert_eq!(count(folder.path()), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_permissions_of_any_new_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("a"), folder.path().join("b"));
        write(&ours, b"").unwrap();
        std::fs::write(&usual, b"").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }

    #[test]
    fn what_nobody_holds_is_tidied_up() {
        let folder = tempfile::tempdir().unwrap();
        let held = Temporary::within(folder.path()).unwrap();
        std::fs::write(folder.path().join(format!("{FILE}left")), b"half").unwrap();
        std::fs::write(folder.path().join(".other"), b"").unwrap();
        tidy(folder.path());
        assert!(held.path().exists());
        assert_eq!(count(folder.path()), 2);
        // Threads that create and tidy at once do not remove each other's files.
        std::thread::scope(|scope| {
            for n in 0..4 {
                let folder = folder.path();
                scope.spawn(move || {
                    for m in 0..50 {
                        write(&folder.join(format!("{n}-{m}")), b"x").unwrap();
                        tidy(folder);
                    }
                });
            }
        });
        assert_eq!(count(folder.path()), 2 + 200);
    }
}
