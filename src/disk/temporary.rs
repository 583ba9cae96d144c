//! Files in the making: they grow beside their place under a hidden name, and get their own in one
//! step. What a killed program left is known by nobody holding it, and removed.

use super::lock::is_at;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

const FILE: &str = ".stemwright-tmp-";
pub(super) const LOCK: &str = ".stemwright-lock-";

/// A file in the making; it goes away when this is dropped.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    /// Held, so that others see that it is not left behind. None once it has its name.
    file: Option<File>,
}

/// The folder that a path lies in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Temporary {
    /// Begins a file beside the one that it will become, with the permissions of any new file.
    pub fn beside(target: &Path) -> io::Result<Self> {
        Self::within(parent(target))
    }

    /// Begins a file in a folder.
    pub fn within(folder: &Path) -> io::Result<Self> {
        loop {
            let made = tempfile::Builder::new().prefix(FILE).make_in(folder, |path| {
                let mut options = File::options();
                options.read(true).write(true).create_new(true);
                #[cfg(windows)]
                {
                    use std::os::windows::fs::OpenOptionsExt;
                    // Read and write, but not delete: that is how it is held there.
                    options.share_mode(0x1 | 0x2);
                }
                options.open(path)
            })?;
            let (file, path) = made.into_parts();
            // It is removed by this type, which knows when it must not be.
            let path = path.keep().map_err(|error| error.error)?;
            #[cfg(unix)]
            match file.lock() {
                Err(error) if error.kind() != ErrorKind::Unsupported => return Err(error),
                _ => {}
            }
            // Somebody may have tidied up before it was held.
            if is_at(&file, &path) {
                return Ok(Self { path, file: Some(file) });
            }
        }
    }

    /// Where it grows.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends to it.
    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Makes it the file at `target`, in the place of what is there.
    pub fn replace(mut self, target: &Path) -> io::Result<()> {
        // A device would become a file.
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

    /// Makes it the file at `target`.
    ///
    /// # Errors
    /// `AlreadyExists` where something is there, which stays as it is.
    pub fn place(mut self, target: &Path) -> io::Result<()> {
        self.sync()?;
        place(&self.path, target)?;
        self.named(target)
    }

    /// Everything of it is on the disk, whoever wrote it. It is no longer held on Windows, where
    /// it could not be renamed.
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
            // What cannot be removed now is tidied up later.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes a file whole or not at all, in the place of the one that is there.
/// A link stays a link, and permissions stay as they are.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut file = Temporary::beside(&target)?;
    file.write_all(bytes)?;
    if let Ok(meta) = std::fs::metadata(&target) {
        // Some disks know no permissions.
        let _ = std::fs::set_permissions(file.path(), meta.permissions());
    }
    file.replace(&target)
}

/// Gives what a file holds a second name, in the place of what had it; nothing where there is no
/// such file. At no moment is either of them half there.
pub fn keep(path: &Path, kept: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    // A name that nobody has: the link is made under it, and then moved.
    let name = Temporary::beside(kept)?;
    std::fs::remove_file(name.path())?;
    if std::fs::hard_link(path, name.path()).is_err() {
        // A file system without links.
        std::fs::copy(path, name.path())?;
    }
    std::fs::rename(name.path(), kept)
}

/// Copies a file to a place where nothing is; it has its name only once it is whole.
///
/// # Errors
/// `AlreadyExists` where something is there, which stays as it is.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = super::open(from)?;
    let mut new = Temporary::beside(to)?;
    let held = new.file.as_mut().ok_or(ErrorKind::NotFound)?;
    io::copy(&mut file, held)?;
    new.place(to)
}

/// Makes names durable: after a loss of power the folder knows them. Not every disk can be asked
/// for it, and then there is nothing to be done.
pub fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

/// Gives a file another name on the same disk.
///
/// # Errors
/// `AlreadyExists` where something has that name, which stays as it is.
pub fn place(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // A file system without links: take the name first, then move over it.
        Err(_) => {
            File::options().write(true).create_new(true).open(to)?;
            std::fs::rename(from, to).inspect_err(|_| {
                let _ = std::fs::remove_file(to);
            })
        }
    }
}

/// Removes what killed programs left half written in a folder, and their locks. What is still
/// being written, by whomever, stays.
pub fn tidy(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if !name.starts_with(FILE) && !name.starts_with(LOCK) {
            continue;
        }
        // What cannot be removed now is tried again next time.
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
        // Several who begin and tidy at once do not take each other's files away.
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
