//! Copies a session and all its files into one folder that can move to another machine.

use super::{FileOf, all, file_mut};
use crate::disk::{self, Temporary};
use crate::session::Session;
use crate::session::file::{EXTENSION, FileError, save};
use crate::session::file_ref::{FileRef, Place};
use crate::session::naming::{compact, numbered, plain, safe};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error(transparent)]
    Session(#[from] FileError),
    #[error("collecting was stopped; nothing of it is left")]
    Cancelled,
}

/// Result of collecting.
#[derive(Debug)]
pub struct Collected {
    pub session: PathBuf,
    /// Files that were not copied, or changed since the session recorded them, with the reason.
    pub notes: Vec<String>,
}

/// Copies a session and its files into a new folder below `into`: stems into `Stems`, rough mix and
/// references into `Reference`. A file whose content differs from the session's record is copied,
/// with a note. Existing files stay untouched. An error or a cancel removes the new folder.
pub fn collect(
    session: &Session,
    path: &Path,
    into: &Path,
    progress: &dyn Fn(f32),
    cancel: &AtomicBool,
) -> Result<Collected, CollectError> {
    let writing = |path: &Path| {
        let path = path.to_owned();
        move |cause| CollectError::Write { path, cause }
    };
    let title = compact(&session.song.title);
    let free = numbered(&title).map(|name| into.join(name)).find(|path| !path.exists());
    let root = free.unwrap_or_else(|| into.join(&title));
    std::fs::create_dir_all(into).map_err(writing(into))?;
    std::fs::create_dir(&root).map_err(writing(&root))?;
    let made = fill(session, path, &root, &title, progress, cancel);
    if made.is_err() {
        // An incomplete copy of a song is of no use.
        let _ = std::fs::remove_dir_all(&root);
    }
    made
}

fn fill(
    session: &Session,
    path: &Path,
    root: &Path,
    title: &str,
    progress: &dyn Fn(f32),
    cancel: &AtomicBool,
) -> Result<Collected, CollectError> {
    let from = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let from = from.unwrap_or(Path::new("."));
    let root = root
        .canonicalize()
        .map_err(|cause| CollectError::Write { path: root.to_owned(), cause })?;
    let mut own = session.clone();
    let (mut notes, mut taken) = (Vec::new(), HashSet::new());
    let files: Vec<(FileOf, FileRef)> =
        all(session).map(|(of, _, file)| (of, file.clone())).collect();
    let total: u64 =
        files.iter().flat_map(|(_, file)| file.sides()).map(|(_, held)| held.bytes).sum();
    let mut done = 0u64;
    for (of, known) in &files {
        let folder = root.join(if matches!(of, FileOf::Stem(_)) { "Stems" } else { "Reference" });
        let mut places = Vec::new();
        for (place, content) in known.sides() {
            let to = folder.join(name_in(&folder, place, &mut taken));
            let mut step = |bytes: u64| {
                done += bytes;
                progress(done as f32 / total.max(1) as f32);
                !cancel.load(Ordering::Relaxed)
            };
            match copy(&place.at(from), &to, &mut step) {
                Ok(hash) if hash == content.hash => {}
                Ok(_) => notes.push(format!(
                    "{} is another file than the session knows: it was written meanwhile",
                    place.path
                )),
                Err(Copying::Stopped) => return Err(CollectError::Cancelled),
                Err(Copying::Write(cause)) => return Err(CollectError::Write { path: to, cause }),
                Err(Copying::Read(cause)) => {
                    notes.push(format!("{} was not taken along: {cause}", place.path));
                }
            }
            places.push(Place::of(&to, &root));
        }
        if let Some(file) = file_mut(&mut own, *of) {
            file.places_mut().zip(places).for_each(|(place, new)| *place = new);
        }
    }
    let path = root.join(format!("{title}.{EXTENSION}"));
    save(&own, &path)?;
    Ok(Collected { session: path, notes })
}

/// A file name that is valid on every file system and not yet used in the folder.
fn name_in(folder: &Path, place: &Place, taken: &mut HashSet<(PathBuf, String)>) -> String {
    let name = safe(place.name());
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "wav"));
    let names = numbered(stem).map(|stem| format!("{stem}.{ending}"));
    let mut free = names.filter(|name| taken.insert((folder.to_owned(), plain(name))));
    free.next().unwrap_or(name.clone())
}

enum Copying {
    Read(std::io::Error),
    Write(std::io::Error),
    Stopped,
}

/// Copies a file and returns its hash. The name appears only when the copy is complete.
fn copy(from: &Path, to: &Path, step: &mut dyn FnMut(u64) -> bool) -> Result<String, Copying> {
    let mut file = disk::open(from).map_err(Copying::Read)?;
    std::fs::create_dir_all(to.parent().unwrap_or(to)).map_err(Copying::Write)?;
    let mut new = Temporary::beside(to).map_err(Copying::Write)?;
    let (mut buffer, mut hasher) = (vec![0u8; 1 << 20], blake3::Hasher::new());
    loop {
        let count = file.read(&mut buffer).map_err(Copying::Read)?;
        let part = buffer.get(..count).unwrap_or(&[]);
        if part.is_empty() {
            break;
        }
        hasher.update(part);
        new.write_all(part).map_err(Copying::Write)?;
        if !step(count as u64) {
            return Err(Copying::Stopped);
        }
    }
    new.place(to).map_err(Copying::Write)?;
    Ok(hasher.finalize().to_hex().to_string())
}
