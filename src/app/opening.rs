//! Opening: a session, a folder of stems, or a handful of files.

use super::act::files::with_copies;
use super::document::Document;
use super::jobs::News;
use super::known_files::Looked;
use crate::files::look;
use crate::intake::folder::{Gathered, absolute_folder, gather, gather_files, session_in};
use crate::media::hashes::Hashes;
use crate::review::beside::tidy;
use crate::session::claim::{Elsewhere, elsewhere};
use crate::session::file::{EXTENSION, later, load};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A session that is ready to be shown.
pub struct Opened {
    pub document: Document,
    /// What a person should know of it.
    pub notes: Vec<String>,
    /// What became of its files.
    pub found: Looked,
    /// Who else has it open.
    pub elsewhere: Vec<Elsewhere>,
}

/// What is said of a session that was opened, unless a person stopped it.
pub fn opened(result: anyhow::Result<Opened>, cancel: &AtomicBool) -> News {
    match result {
        _ if cancel.load(Ordering::Relaxed) => News::Failed("Opening was stopped".into()),
        Ok(opened) => News::Opened(Box::new(opened)),
        Err(error) => News::Failed(format!("{error:#}")),
    }
}

/// The document of what was given.
pub fn open(paths: &[PathBuf]) -> anyhow::Result<Opened> {
    match paths {
        [one] if one.is_dir() => match session_in(one)? {
            Some(session) => open_session(&session),
            None => {
                let gathered = gather(one, None)?;
                // The folder of stems may lie in that of the song.
                if gathered.path.exists() {
                    return open_session(&gathered.path);
                }
                Ok(fresh(gathered))
            }
        },
        [one] if one.extension().is_some_and(|extension| extension == EXTENSION) => {
            open_session(one)
        }
        files => {
            let first = files.first().ok_or_else(|| anyhow::anyhow!("nothing to open"))?;
            let folder = absolute_folder(first)?;
            let title = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let path = folder.join(format!("{title}.{EXTENSION}"));
            Ok(fresh(gather_files(files, &title, &path)?))
        }
    }
}

/// A session from the disk, whatever became of its files.
fn open_session(path: &Path) -> anyhow::Result<Opened> {
    let mut session = load(path)?;
    let folder = absolute_folder(path)?;
    let read = session.clone();
    let found = look(&mut session, &folder, &Hashes::of_user());
    let path = folder.join(path.file_name().unwrap_or_default());
    let elsewhere = elsewhere(&path);
    tidy(&path);
    let mut document = Document::new(session, path, true);
    document.comes_from(read);
    let mut notes: Vec<String> = later(&document.session).into_iter().collect();
    // What another window keeps aside is its own.
    if !elsewhere.iter().any(|one| matches!(one, Elsewhere::Here(_)))
        && let Err(error) = document.look_for_aside()
    {
        notes.push(format!("{error:#}"));
    }
    let found = with_copies(&document.session, found);
    Ok(Opened { document, notes, found, elsewhere })
}

/// One that was made a moment ago from files that are there.
fn fresh(gathered: Gathered) -> Opened {
    let refused = gathered.refused.iter().map(ToString::to_string);
    let mut notes: Vec<String> = refused.chain(gathered.notes.iter().cloned()).collect();
    let mut document = Document::new(gathered.session, gathered.path, false);
    if let Err(error) = document.look_for_aside() {
        notes.push(format!("{error:#}"));
    }
    Opened { document, notes, found: Looked::default(), elsewhere: Vec::new() }
}
