//! A package in the making. It grows under a hidden name and gets its own only when it is whole:
//! what fails in the middle leaves nothing behind.

use crate::delivery::DeliveryError;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folders of a package.
pub const FOLDERS: [&str; 4] = ["Masters", "Stems", "Reference", "Notes"];

pub struct Package {
    making: TempDir,
    target: PathBuf,
}

impl Package {
    /// Begins a package that will be `name` in the folder `out`.
    pub fn begin(out: &Path, name: &str) -> Result<Self, DeliveryError> {
        let writing = |cause| DeliveryError::Write { path: out.to_owned(), cause };
        std::fs::create_dir_all(out).map_err(writing)?;
        let making = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .tempdir_in(out)
            .map_err(writing)?;
        Ok(Self { making, target: out.join(name) })
    }

    /// One of its folders, made if need be.
    pub fn folder(&self, name: &str) -> Result<PathBuf, DeliveryError> {
        let path = self.making.path().join(name);
        std::fs::create_dir_all(&path)
            .map_err(|cause| DeliveryError::Write { path: path.clone(), cause })?;
        Ok(path)
    }

    /// The folder in which it comes to lie.
    pub fn out(&self) -> &Path {
        self.target.parent().unwrap_or(Path::new("."))
    }

    pub fn root(&self) -> &Path {
        self.making.path()
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
        let Self { making, target } = self;
        let failed = |cause| DeliveryError::Write { path: target.clone(), cause };
        if target.exists() {
            return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(making.path(), &target).map_err(failed)?;
        // What was made is no longer where it would be removed.
        let _ = making.keep();
        Ok(target)
    }
}
