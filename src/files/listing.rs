//! The audio files below a folder, read once, in which those that moved are looked for.

use crate::media::is_audio;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// How deep below the session's folder a moved file is looked for.
const DEPTH: usize = 4;
/// Files that are looked at, at most: a session may lie in the folder of everything.
const MOST: usize = 20_000;

/// The list; it is made when somebody asks for it first.
pub struct Listing<'a> {
    root: &'a Path,
    files: OnceCell<Vec<(PathBuf, u64)>>,
}

impl<'a> Listing<'a> {
    pub fn below(root: &'a Path) -> Self {
        Self { root, files: OnceCell::new() }
    }

    /// Each file and its size in bytes.
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
            // Links to files are followed, links to folders are not: they may run in a circle.
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
