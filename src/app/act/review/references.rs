//! References, the songs for comparison: added from files, measured, and opened for playback by
//! jobs.

use super::ReviewNews;
use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::jobs::{Jobs, News, Picked};
use crate::app::sounds::measure_reference;
use crate::engine::source::StemSource;
use crate::files::take::file_ref;
use crate::media::store::Store;
use crate::session::edit::Edit;
use crate::session::reference::Reference;
use crate::session::stem::FileRef;
use crate::texts::say;
use crate::units::SampleRate;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(super) fn pick(desk: &Desk) {
    let dialog = Dialog::new().set_title(say!("review-references-pick"));
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::References));
}

/// Adds files as references; reports those that cannot be read.
pub fn add(desk: &mut Desk, paths: Vec<PathBuf>) {
    let Some(document) = &desk.document else { return };
    let folder = document.folder();
    let words = say!("review-references-reading");
    desk.job_shown("references", words, move |tell, say, cancel| {
        let mut found = Vec::new();
        for path in paths {
            if cancel.load(Ordering::Relaxed) {
                return;
            }
            match file_ref(&path, &folder) {
                Ok(file) => {
                    let name = path.file_stem().unwrap_or_default().to_string_lossy();
                    found.push(Reference::new(name.into_owned(), file));
                }
                Err(error) => say(News::Failed(error.to_string())),
            }
        }
        tell(ReviewNews::References(found));
    });
}

pub(super) fn take(desk: &mut Desk, found: Vec<Reference>) {
    desk.own_step();
    let Some(document) = desk.document.as_mut().filter(|_| !found.is_empty()) else { return };
    let rough = document.session.reference.clone();
    let mut all = document.session.references.clone();
    let (mut added, mut known) = (Vec::new(), Vec::new());
    for reference in found {
        let is_same = |file: &FileRef| {
            file.is_same_content(&reference.file) || file.place == reference.file.place
        };
        // The same file twice would be one sound with two names.
        if all.iter().map(|one| &one.file).chain(&rough).any(is_same) {
            known.push(reference.name);
        } else {
            added.push(reference.name.clone());
            all.push(reference);
        }
    }
    if !added.is_empty() {
        document.edit(Edit::References(all));
        desk.say_undo(say!("review-references-added", names = added.join(", ")));
    }
    if !known.is_empty() {
        desk.say(say!("review-references-known", count = known.len(), names = known.join(", ")));
    }
}

/// Chooses the reference that is heard: one of the list, or the rough mix if `None`.
pub fn choose(desk: &mut Desk, which: Option<usize>) {
    let Some(document) = &mut desk.document else { return };
    if document.compared == which {
        return;
    }
    document.open.compared = which;
    open(desk);
}

/// Starts the job that opens the chosen reference for playback.
pub fn open(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let file = document.compared_file().cloned();
    desk.jobs.open_reference(desk.number, file, document.folder(), document.session.sample_rate);
}

/// Measures a reference once. A file that cannot be read keeps no figures and is not tried again.
pub(super) fn measure(desk: &mut Desk, file: FileRef) {
    let Some(document) = &desk.document else { return };
    let known = &mut desk.measured.references;
    if known.contains_key(&file.content.hash) {
        return;
    }
    known.insert(file.content.hash.clone(), None);
    let (folder, rate) = (document.folder(), document.session.sample_rate);
    desk.job_shown("measure", say!("review-references-measure"), move |tell, _, cancel| {
        if let Some(measured) = measure_reference(&file, &folder, rate, cancel) {
            tell(ReviewNews::Measured(measured));
        }
    });
}

impl Jobs {
    /// Opens the file of the reference, at the rate of the session.
    fn open_reference(
        &self,
        document: u64,
        file: Option<FileRef>,
        folder: PathBuf,
        rate: SampleRate,
    ) {
        let opened =
            move |file: &FileRef| StemSource::open_file(file, &folder, rate, &Store::of_user());
        let words = say!("review-references-opening");
        self.spawn_shown("reference", words, Arc::default(), move |say, _, _| {
            match file.as_ref().map(opened).transpose() {
                Ok(reference) => say(News::Reference { document, reference }),
                Err(error) => say(News::Failed(error.to_string())),
            }
        });
    }
}
