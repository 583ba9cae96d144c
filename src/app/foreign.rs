//! A session file that another program or machine changed while this window had it open. Jobs find
//! it and copy it aside, under the lock of the session file; the copy is merged later.

use crate::disk;
use crate::review::copies::ELSEWHERE;
use crate::session::file::{EXTENSION, load, writing};
use crate::session::naming::numbered;
use crate::texts::say;
use anyhow::Context;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Hash of the session file when this window last read or wrote it; `None` without a file. The
/// clones share it. Jobs set it while they hold the lock of the session file, so that a file which
/// this window wrote is never taken for somebody else's.
#[derive(Clone, Default)]
pub struct KnownContent(Arc<Mutex<Option<blake3::Hash>>>);

impl KnownContent {
    pub fn of(path: &Path) -> Self {
        let known = Self::default();
        known.read(path);
        known
    }

    /// Takes what is in the file now as known.
    pub fn read(&self, path: &Path) {
        *self.0.lock() = content(path);
    }

    /// The hash of the file if it is not the known one. `None` for a file that was never known,
    /// that cannot be read, or that does not change.
    fn changed(&self, path: &Path) -> Option<blake3::Hash> {
        let known = (*self.0.lock())?;
        content(path).filter(|now| *now != known)
    }
}

/// Hash of a file's content; `None` if it cannot be read.
fn content(path: &Path) -> Option<blake3::Hash> {
    std::fs::read(path).ok().map(|bytes| blake3::hash(&bytes))
}

/// Looks whether somebody else changed the session file, and copies it aside then.
///
/// # Errors
/// If another writer holds the file for ten seconds, or the copy cannot be written.
pub fn look(path: &Path, known: &KnownContent) -> anyhow::Result<Option<PathBuf>> {
    if known.changed(path).is_none() {
        return Ok(None);
    }
    let _writing = writing(path)?;
    put_aside(path, known)
}

/// [`look`], for a caller that holds the lock of the session file. A half-written file stays: it
/// cannot be merged.
///
/// # Errors
/// If the copy cannot be written.
pub fn put_aside(path: &Path, known: &KnownContent) -> anyhow::Result<Option<PathBuf>> {
    let Some(now) = known.changed(path).filter(|_| load(path).is_ok()) else { return Ok(None) };
    let aside = elsewhere_name(path, "");
    disk::copy(path, &aside)
        .with_context(|| say!("act-path-cannot-be-written", path = aside.display().to_string()))?;
    *known.0.lock() = Some(now);
    Ok(Some(aside))
}

/// Makes unsaved work a copy beside the session, where the search for copies finds it.
///
/// # Errors
/// If the file cannot be moved.
pub fn place_unsaved(work: &Path, session: &Path) -> anyhow::Result<()> {
    disk::place(work, &elsewhere_name(session, ", not saved"))
        .with_context(|| say!("act-path-cannot-be-put-aside", path = work.display().to_string()))
}

/// A free file name beside a session, such as `Song (saved elsewhere 2026-03-01 1000).stemwright`.
fn elsewhere_name(path: &Path, what: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (date, time) = crate::dates::now();
    let name = format!("{stem} ({ELSEWHERE}{what} {date} {}", time.replace(':', ""));
    let named = |name: String| path.with_file_name(format!("{name}).{EXTENSION}"));
    let free = numbered(&name).map(named).find(|path| !path.exists());
    free.unwrap_or_else(|| path.with_file_name(format!("{name}).{EXTENSION}")))
}
