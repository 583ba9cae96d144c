//! A package while it is made. [`Package`] holds it in a hidden temporary folder and gives it its
//! name only when it is complete, so that a failure leaves nothing behind.

use crate::delivery::DeliveryError;
use crate::disk::lock::{self, Lock};
use crate::disk::temporary::sync_folder;
use crate::render::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Path of the lock that is held while a package of this name is made.
fn claim(out: &Path, name: &str) -> PathBuf {
    lock::beside(&out.join(name))
}

/// Whether a package of this name is being made in a folder.
pub fn is_claimed(out: &Path, name: &str) -> bool {
    Lock::is_held(&claim(out, name))
}

/// A package that is being made; its files are removed unless [`Self::finish`] is called.
pub struct Package {
    /// Keeps other processes from making a package of the same name.
    _claim: Lock,
    /// The temporary folder, removed when this is dropped. If the program is killed, the next
    /// package in the same place removes it.
    _scratch: Scratch,
    root: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Starts a package that will be `name` in the folder `out`; `None` when another process makes
    /// one of that name now.
    pub fn begin(out: &Path, name: &str) -> Result<Option<Self>, DeliveryError> {
        let scratch = Scratch::new(out)?;
        let failed = |cause| DeliveryError::Write { path: out.join(name), cause };
        let claim = Lock::take(&claim(out, name), Duration::ZERO).map_err(failed)?;
        let Some(_claim) = claim else { return Ok(None) };
        let root = scratch.path("package");
        std::fs::create_dir(&root)
            .map_err(|cause| DeliveryError::Write { path: root.clone(), cause })?;
        Ok(Some(Self { _claim, _scratch: scratch, root, target: out.join(name) }))
    }

    /// Path of a folder in the package, created if need be.
    pub fn folder(&self, name: &str) -> Result<PathBuf, DeliveryError> {
        let path = self.root.join(name);
        std::fs::create_dir_all(&path)
            .map_err(|cause| DeliveryError::Write { path: path.clone(), cause })?;
        Ok(path)
    }

    /// The folder that the finished package is put in.
    pub fn out(&self) -> &Path {
        self.target.parent().unwrap_or(Path::new("."))
    }

    /// The temporary folder that holds the package's files.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Copies a file into a folder of the package.
    pub fn copy(&self, from: &Path, folder: &str) -> Result<(), DeliveryError> {
        let name = from.file_name().unwrap_or_default();
        let to = self.folder(folder)?.join(name);
        std::fs::copy(from, &to).map(drop).map_err(|cause| DeliveryError::Write { path: to, cause })
    }

    /// Writes a file into a folder of the package.
    pub fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
        let path = self.folder(folder)?.join(name);
        std::fs::write(&path, bytes).map_err(|cause| DeliveryError::Write { path, cause })
    }

    /// Moves the package to its final path. Fails when something with that name exists.
    pub fn finish(self) -> Result<PathBuf, DeliveryError> {
        place(&self.root, &self.target)?;
        Ok(self.target)
    }
}

/// Moves a finished file or folder to its final path. Fails when something with that name exists.
pub(super) fn place(from: &Path, to: &Path) -> Result<(), DeliveryError> {
    let failed = |cause| DeliveryError::Write { path: to.to_owned(), cause };
    if to.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    std::fs::rename(from, to).map_err(failed)?;
    sync_folder(to.parent().unwrap_or(Path::new(".")));
    Ok(())
}
