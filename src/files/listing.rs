//! Lists the audio files below a folder, for the search for moved files.

use crate::media::is_audio;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// Depth of subfolders to search.
const DEPTH: usize = 4;
/// Maximum number of folder entries to visit, in case the session lies in a very large folder.
const MOST: usize = 20_000;

/// Audio files below a folder; read on first use.
pub struct Listing<'a> {
    root: &'a Path,
    files: OnceCell<Vec<(PathBuf, u64)>>,
}

impl<'a> Listing<'a> {
    pub fn below(root: &'a Path) -> Self {
        Self { root, files: OnceCell::new() }
    }

    /// Each audio file with its size in bytes.
    pub fn files(&self) -> &[(PathBuf, u64)] {
        self.files.get_or_init(|| walk(self.root))
    }
}

fn walk(root: &Path) -> Vec<(PathBuf, u64)> {
    let (mut files, mut seen) = (Vec::new(), 0);
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries {
            seen += 1;
            if seen > MOST {
                return files;
            }
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            // Follow links to files, but not to folders: those may form a loop.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder && !hidden && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if !is_folder
                && !hidden
                && is_audio(&path)
                && let Ok(meta) = std::fs::metadata(&path)
                && meta.is_file()
            {
                files.push((path, meta.len()));
            }
        }
    }
    files.sort();
    files
}
