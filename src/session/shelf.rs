//! Storage of presets and templates for other songs: one JSON file each, in a folder of the
//! settings.

use crate::disk;
use crate::session::file::FileError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Maximum size of a file, in bytes.
const LARGEST: u64 = 10_000_000;
/// Maximum length of a file name, in bytes, without hash and extension.
const LONGEST: usize = 100;

/// All items in the folder `shelf`, sorted by name. Skips unreadable files.
pub fn all<T: DeserializeOwned>(shelf: &Path, name: fn(&T) -> &str) -> Vec<T> {
    let files = std::fs::read_dir(shelf).into_iter().flatten().flatten();
    let read = |path: PathBuf| serde_json::from_slice(&disk::bytes(&path, LARGEST).ok()?).ok();
    let mut all: Vec<T> = files.filter_map(|entry| read(entry.path())).collect();
    all.sort_by(|a, b| name(a).cmp(name(b)));
    all
}

/// Writes an item to its own file, replacing one of the same name.
pub fn put<T: Serialize>(shelf: &Path, name: &str, thing: &T) -> Result<PathBuf, FileError> {
    let path = shelf.join(format!("{}.json", file_name(name)));
    let failed = |cause: std::io::Error| FileError::Write { path: path.clone(), cause };
    std::fs::create_dir_all(shelf).map_err(failed)?;
    let text = serde_json::to_vec_pretty(thing).map_err(|cause| failed(cause.into()))?;
    disk::write(&path, &text).map_err(failed)?;
    Ok(path)
}

/// A file name valid on every system. A changed name ends with a hash, to keep different names in
/// different files.
fn file_name(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_".contains(c) { c } else { '_' };
    let mut plain: String = name.chars().map(safe).collect();
    while plain.len() > LONGEST {
        plain.pop();
    }
    if plain == name {
        return plain;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    format!("{plain}-{}", hash.get(..8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_have_one_file_and_each_is_short_enough() {
        let shelf = tempfile::tempdir().unwrap();
        let long = "v".repeat(400);
        let names = ["Pad: wide", "Pad/ wide", "Pad_ wide", &long, "\u{e9}\u{e9}"];
        for name in names {
            put(shelf.path(), name, &name).unwrap();
        }
        let mut found = all::<String>(shelf.path(), |name| name);
        found.sort();
        let mut wanted = names.map(String::from);
        wanted.sort();
        assert_eq!(found, wanted);
        assert!(shelf.path().join("Pad_ wide.json").is_file());
    }
}
