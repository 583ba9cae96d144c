//! What a person keeps for other songs: one JSON file each, in a folder of the settings.

use crate::disk;
use crate::session::file::FileError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// The largest file on a shelf that is read, in bytes.
const LARGEST: u64 = 10_000_000;

/// Everything on a shelf, by name; files that cannot be read are passed over.
pub fn all<T: DeserializeOwned>(shelf: &Path, name: fn(&T) -> &str) -> Vec<T> {
    let files = std::fs::read_dir(shelf).into_iter().flatten().flatten();
    let read = |path: PathBuf| serde_json::from_slice(&disk::bytes(&path, LARGEST).ok()?).ok();
    let mut all: Vec<T> = files.filter_map(|entry| read(entry.path())).collect();
    all.sort_by(|a, b| name(a).cmp(name(b)));
    all
}

/// Puts something on a shelf, as a file of its own; one of the same name is replaced.
pub fn put<T: Serialize>(shelf: &Path, name: &str, thing: &T) -> Result<PathBuf, FileError> {
    let safe = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
    let name: String = name.chars().map(safe).collect();
    let path = shelf.join(format!("{name}.json"));
    let failed = |cause: std::io::Error| FileError::Write { path: path.clone(), cause };
    std::fs::create_dir_all(shelf).map_err(failed)?;
    let text = serde_json::to_vec_pretty(thing).map_err(|cause| failed(cause.into()))?;
    disk::write(&path, &text).map_err(failed)?;
    Ok(path)
}
