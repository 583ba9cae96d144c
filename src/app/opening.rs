//! Opens a session, a folder of stems, or several audio files. [`open`] runs in a background job;
//! its result reaches the window as [`News::Opened`].

use super::act::files::with_copies;
use super::document::Document;
use super::jobs::News;
use super::known_files::FileCheck;
use super::left_off::LeftOff;
use super::panels::LeftOut;
use crate::files::look;
use crate::intake::folder::{Gathered, absolute_folder, gather, gather_files, session_in};
use crate::media::hashes::Hashes;
use crate::review::beside::{come_home, tidy};
use crate::review::copies::original;
use crate::session::claim::{Elsewhere, elsewhere};
use crate::session::file::{EXTENSION, later, load};
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A document that is ready to be shown.
pub struct Opened {
    pub document: Document,
    /// Messages for the user about the session.
    pub notes: Vec<String>,
    /// Files that cannot be opened.
    pub left_out: Vec<LeftOut>,
    /// State of the session's files.
    pub found: FileCheck,
    /// Other windows that have the session open.
    pub elsewhere: Vec<Elsewhere>,
    pub left_off: Option<LeftOff>,
}

/// Turns the result of [`open`] into news; a failure if the user stopped it.
pub fn opened(
    result: anyhow::Result<Opened>,
    settings: Option<&Path>,
    cancel: &AtomicBool,
) -> News {
    match result {
        _ if cancel.load(Ordering::Relaxed) => News::Failed(say!("act-opening-stopped").into()),
        Ok(opened) => {
            let left_off = settings.and_then(|folder| LeftOff::load(folder, &opened.document));
            News::Opened(Box::new(Opened { left_off, ..opened }))
        }
        Err(error) => News::Failed(format!("{error:#}")),
    }
}

/// Opens one folder (its session, or else its stems), one session, or audio files.
///
/// # Errors
/// If there is nothing to open, or it cannot be read.
pub fn open(paths: &[PathBuf]) -> anyhow::Result<Opened> {
    match paths {
        [one] if one.is_dir() => match session_in(one)? {
            Some(session) => open_session(&session),
            None => {
                let gathered = gather(one, None)?;
                // The stems may lie in a subfolder of a song that has a session.
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
            let first =
                files.first().ok_or_else(|| anyhow::anyhow!(say!("act-nothing-to-open")))?;
            let folder = absolute_folder(first)?;
            let title = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let path = folder.join(format!("{title}.{EXTENSION}"));
            Ok(fresh(gather_files(files, &title, &path)?))
        }
    }
}

/// Opens a session file. Missing or changed audio files are no error.
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
    notes.extend(come_home(&document.path, &document.session).err().map(|error| error.to_string()));
    if let Some(original) = original(&document.path, &document.session) {
        let name = original.file_name().unwrap_or_default().to_string_lossy().into_owned();
        notes.push(say!("act-copy-of", name = name));
    }
    // Unsaved work that a window on this computer keeps aside belongs to that window.
    if !elsewhere.iter().any(|one| matches!(one, Elsewhere::Here(_)))
        && let Err(error) = document.look_for_aside()
    {
        notes.push(format!("{error:#}"));
    }
    let found = with_copies(&document.session, found);
    Ok(Opened { document, notes, left_out: Vec::new(), found, elsewhere, left_off: None })
}

/// Result for a session that was just made from audio files.
fn fresh(gathered: Gathered) -> Opened {
    let left_out = gathered.refused.iter().map(|(path, error)| LeftOut::new(path, error)).collect();
    let mut notes = gathered.notes;
    let mut document = Document::new(gathered.session, gathered.path, false);
    if let Err(error) = document.look_for_aside() {
        notes.push(format!("{error:#}"));
    }
    let found = FileCheck::default();
    Opened { document, notes, left_out, found, elsewhere: Vec::new(), left_off: None }
}
