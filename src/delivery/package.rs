//! A package in the making. It grows under a hidden name and gets its own only when it is whole:
//! what fails in the middle leaves nothing behind.

use crate::delivery::DeliveryError;
use crate::render::scratch::Scratch;
use std::path::{Path, PathBuf};

pub struct Package {
    /// Where it grows; goes away with it, and what a killed program left with the next one.
    _scratch: Scratch,
    root: PathBuf,
    target: PathBuf,
}

impl Package {
    /// Begins a package that will be `name` in the folder `out`.
    pub fn begin(out: &Path, name: &str) -> Result<Self, DeliveryError> {
        let scratch = Scratch::new(out)?;
        let root = scratch.path("package");
        std::fs::create_dir(&root)
            .map_err(|cause| DeliveryError::Write { path: root.clone(), cause })?;
        Ok(Self { _scratch: scratch, root, target: out.join(name) })
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
    std::fs::rename(from, to).map_err(failed)
}
