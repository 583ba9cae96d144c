//! Finding the files of a session: one that moved by its hash, one that changed by the same.

use crate::intake::IntakeError;
use crate::media::hashes::Hashes;
use crate::media::{MediaError, is_audio};
use crate::session::Session;
use crate::session::stem::FileRef;
use std::path::{Path, PathBuf};

/// How deep below the session's folder a moved file is looked for.
const DEPTH: usize = 4;

/// Makes sure that every file of the session is there and the one that was added. A file that
/// moved below `folder` gets its new path in the session; the notes say so.
pub fn locate(session: &mut Session, folder: &Path) -> Result<Vec<String>, IntakeError> {
    let (mut notes, hashes) = (Vec::new(), Hashes::of_user());
    let files = session.stems.iter_mut().map(|stem| &mut stem.file).chain(&mut session.reference);
    for file in files {
        let path = folder.join(&file.path);
        match std::fs::metadata(&path) {
            Ok(meta) if meta.len() == file.bytes && hashes.hash(&path)? == file.hash => {}
            Ok(_) => return Err(IntakeError::Changed(path)),
            Err(_) => {
                let Some(found) = search(folder, file, &hashes, DEPTH)? else {
                    return Err(MediaError::Missing(path).into());
                };
                let place = found.strip_prefix(folder).unwrap_or(&found);
                let place = place.to_string_lossy().replace('\\', "/");
                notes.push(format!("{} was found again as {place}", file.path));
                file.path = place;
            }
        }
    }
    Ok(notes)
}

fn search(
    folder: &Path,
    wanted: &FileRef,
    hashes: &Hashes,
    depth: usize,
) -> Result<Option<PathBuf>, MediaError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(None) };
    let mut folders = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            folders.push(path);
        } else if is_audio(&path)
            && entry.metadata().is_ok_and(|meta| meta.len() == wanted.bytes)
            && hashes.hash(&path)? == wanted.hash
        {
            return Ok(Some(path));
        }
    }
    if depth > 0 {
        for folder in folders {
            if let Some(found) = search(&folder, wanted, hashes, depth - 1)? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}
