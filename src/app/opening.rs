//! Opening: a session, a folder of stems, or a handful of files.

use super::document::Document;
use super::jobs::News;
use crate::intake::folder::{absolute_folder, gather, gather_files};
use crate::intake::locate::locate;
use crate::session::file::load;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is said of a session that was opened, unless a person stopped it.
pub fn opened(result: anyhow::Result<(Document, Vec<String>)>, cancel: &AtomicBool) -> News {
    match result {
        _ if cancel.load(Ordering::Relaxed) => News::Failed("Opening was stopped".into()),
        Ok((document, notes)) => News::Opened { document: Box::new(document), notes },
        Err(error) => News::Failed(format!("{error:#}")),
    }
}

/// The document of what was given, and what a person should know of it.
pub fn open(paths: &[PathBuf]) -> anyhow::Result<(Document, Vec<String>)> {
    let (session, path, mut notes, on_disk) = match paths {
        [one] if one.is_dir() => {
            let gathered = gather(one, None)?;
            if gathered.path.exists() {
                return open(&[gathered.path]);
            }
            let refused = gathered.refused.iter().map(ToString::to_string);
            let notes = refused.chain(gathered.notes.iter().cloned()).collect();
            (gathered.session, gathered.path, notes, false)
        }
        [one] if one.extension().is_some_and(|extension| extension == "stemwright") => (
            load(one)?,
            absolute_folder(one)?.join(one.file_name().unwrap_or_default()),
            Vec::new(),
            true,
        ),
        files => {
            let first = files.first().ok_or_else(|| anyhow::anyhow!("nothing to open"))?;
            let folder = absolute_folder(first)?;
            let title = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let gathered =
                gather_files(files, &title, &folder.join(format!("{title}.stemwright")))?;
            let refused = gathered.refused.iter().map(ToString::to_string);
            let notes = refused.chain(gathered.notes.iter().cloned()).collect();
            (gathered.session, gathered.path, notes, false)
        }
    };
    let mut session = session;
    let folder = absolute_folder(&path)?;
    notes.extend(locate(&mut session, &folder)?);
    Ok((Document::new(session, path, on_disk), notes))
}
