//! A package in the making. It grows under a hidden name and gets its own only when it is whole:
//! what fails in the middle leaves nothing behind.

use crate::delivery::DeliveryError;
use crate::disk::lock::{self, Lock};
use crate::disk::temporary::sync_folder;
use crate::render::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The lock that is held for as long as a package of this name is made.
fn claim(out: &Path, name: &str) -> PathBuf {
    lock::beside(&out.join(name))
}

/// Whether a package of this name is being made in a folder.
pub fn is_claimed(out: &Path, name: &str) -> bool {
    Lock::is_held(&claim(out, name))
}

pub struct Package {
    /// Nobody else makes one of the same name meanwhile.
    _claim: Lock,
    /// Where it grows; goes away with it, and what a killed program left with the next one.
    _scratch: Scratch,
    root: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Begins a package that will be `name` in the folder `out`; none where somebody else makes one
    /// of that name now.
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

    /// One of its folders, made if need be.
    pub fn folder(&self, name: &str) -> Result<PathBuf, DeliveryError> {
        let path = self.root.join(name);
        std::fs::create_dir_all(&path)
            .map_err(|cause| DeliveryError::Write { path: path.clone(), cause })?;
        Ok(path)
    }

    /// The folder in which it comes to lie.
    pub fn out(&self) -> &Path {
        self.target.parent().unwrap_or(Path::new("."))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Copies a file into a folder of the package.
    pub fn copy(&self, from: &Path, folder: &str) -> Result<(), DeliveryError> {
        let name = from.file_name().unwrap_or_default();
        let to = self.folder(folder)?.join(name);
        std::fs::copy(from, &to).map(drop).map_err(|cause| DeliveryError::Write { path: to, cause })
    }

    pub fn put(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), DeliveryError> {
        let path = self.folder(folder)?.join(name);
        std::fs::write(&path, bytes).map_err(|cause| DeliveryError::Write { path, cause })
    }

    /// Gives the package its name; one that is there already stays.
    pub fn finish(self) -> Result<PathBuf, DeliveryError> {
        place(&self.root, &self.target)?;
        Ok(self.target)
    }
}

/// Gives something that is whole its name; what is there already stays.
pub(super) fn place(from: &Path, to: &Path) -> Result<(), DeliveryError> {
    let failed = |cause| DeliveryError::Write { path: to.to_owned(), cause };
    if to.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    std::fs::rename(from, to).map_err(failed)?;
    sync_folder(to.parent().unwrap_or(Path::new(".")));
    Ok(())
}
