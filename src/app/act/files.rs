//! Carries out [`Files`]: new exports are accepted, missing files are located or restored, and the
//! song is collected into a folder. Jobs here do the disk work; answers arrive as [`News`].

use super::exports;
use crate::app::deeds::Files;
use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::document::Document;
use crate::app::jobs::{Jobs, News, Picked};
use crate::app::known_files::FileCheck;
use crate::files::collect::collect;
use crate::files::kept::Kept;
use crate::files::take::{Located, accept, leave_silent, locate};
use crate::files::{FileOf, Found, State, file, find_below};
use crate::media::hashes::Hashes;
use crate::review::beside::carry;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn act(desk: &mut Desk, asked: Files) {
    let Some(document) = &mut desk.document else { return };
    match asked {
        Files::Done => {
            desk.panels.shown.files = false;
            exports::end(desk);
        }
        Files::Hear(stem, old) => exports::hear(desk, stem, old),
        Files::Alone(alone) => exports::set_alone(desk, alone),
        Files::UseOld(of) => {
            exports::end(desk);
            exports::use_old(desk, of);
        }
        Files::PutBack(of) => put_back(desk, of),
        Files::Accept(files) => {
            let mut edits = Vec::new();
            let mut session = Session::clone(&document.session);
            for of in files {
                if let Some(edit) = accept(&session, of, &|_, _| false) {
                    // Accepting a file can mark explicit words as undecided again; the next edit
                    // builds on that.
                    let _ = edit.clone().apply(&mut session);
                    edits.push(edit);
                }
            }
            document.edit(Edit::Several(edits));
            desk.panels.shown.files = !all_settled(desk);
            exports::end(desk);
        }
        Files::LeaveSilent(of) => {
            if let Some(edit) = leave_silent(&document.session, of) {
                document.edit(edit);
                desk.reopen_stems();
            }
        }
        Files::Locate(of) => {
            let name = file(&document.session, of).map_or("", |file| file.place.name());
            let dialog = Dialog::new()
                .set_title(say!("act-where-is", name = name))
                .set_directory(document.folder());
            desk.jobs.pick(dialog, move |dialog| {
                dialog.pick_file().map(|path| Picked::Located(of, path))
            });
        }
        Files::LocateIn => {
            let dialog = Dialog::new()
                .set_title(say!("act-pick-files-folder"))
                .set_directory(document.folder());
            desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::LocatedIn));
        }
        Files::PickCollect => pick_collect(desk),
    }
}

/// Takes the state of the files after the session was opened. Shows the list if a file needs a
/// decision.
pub fn opened(desk: &mut Desk, found: FileCheck) {
    desk.song_files.open(found);
    desk.panels.shown.files = desk.song_files.open_questions().next().is_some();
}

/// Takes the state of the files found while working, and reports what is new.
pub fn follow(desk: &mut Desk, found: FileCheck) {
    for text in desk.song_files.take(found) {
        desk.say(text);
    }
}

/// Adds to the found states which files have a kept copy: of their previous content if they
/// changed, of their own if they are missing. Reads the disk.
pub fn with_copies(session: &Session, found: Vec<Found>) -> FileCheck {
    let kept = Kept::of_user();
    let known = |found: &&Found| {
        let Some(file) = file(session, found.of) else { return false };
        match found.state {
            State::Changed => kept.before(file).is_some(),
            State::Missing { .. } => kept.find(&file.content).is_some(),
            _ => false,
        }
    };
    let copies = found.iter().filter(known).map(|found| found.of).collect();
    FileCheck { found, copies }
}

/// Whether every file in the list is an accepted new export.
fn all_settled(desk: &Desk) -> bool {
    let Some(document) = &desk.document else { return true };
    let mut found = desk.song_files.open_questions();
    found.all(|found| {
        let accepted = file(&document.session, found.of).is_some_and(|file| file.before.is_none());
        found.state == State::Changed && accepted
    })
}

/// Restores a missing file from its kept copy.
fn put_back(desk: &Desk, of: FileOf) {
    let Some(document) = &desk.document else { return };
    let Some(file) = file(&document.session, of).cloned() else { return };
    let folder = document.folder();
    let shown = say!("act-putting-back");
    desk.jobs.spawn_shown("put back", shown, Arc::default(), move |say, _, _| {
        // The file watcher reports the restored file.
        if let Err(error) = Kept::of_user().put_back(&file, &folder) {
            say(News::Failed(say!(
                "act-cannot-be-put-back",
                path = &file.place.path,
                error = error.to_string()
            )));
        }
    });
}

/// Starts the job that points the session at a file that a person chose.
pub fn located(desk: &Desk, of: FileOf, path: PathBuf) {
    let Some(document) = &desk.document else { return };
    desk.jobs.locate(desk.number, document, vec![of], move |_, _| vec![(of, path, None)]);
}

/// Starts the job that searches a folder and its subfolders for all files that cannot be played.
pub fn located_in(desk: &Desk, folder: PathBuf) {
    let Some(document) = &desk.document else { return };
    let lost = desk.song_files.open_questions().filter(|found| !found.state.sounds());
    let lost: Vec<FileOf> = lost.map(|found| found.of).collect();
    let of = lost.clone();
    desk.jobs.locate(desk.number, document, lost, move |session, base| {
        find_below(session, &of, &folder, base, &Hashes::of_user())
    });
}

/// Applies the edits that point the session at the files that were found.
pub fn take_located(desk: &mut Desk, edits: Vec<Edit>, said: Vec<String>) {
    said.into_iter().for_each(|text| desk.say(text));
    desk.own_step();
    let Some(document) = desk.document.as_mut().filter(|_| !edits.is_empty()) else { return };
    document.edit(Edit::Several(edits));
    desk.reopen_stems();
}

impl Jobs {
    /// Runs `find` in a job and turns what it found into edits. `wanted` are the files that were
    /// searched; `find` returns the path of each and, for a stem of two mono files, the right one.
    pub fn locate(
        &self,
        number: u64,
        document: &Document,
        wanted: Vec<FileOf>,
        find: impl FnOnce(&Session, &Path) -> Vec<(FileOf, PathBuf, Option<PathBuf>)> + Send + 'static,
    ) {
        let (session, base) = (Arc::clone(&document.session), document.folder());
        let shown = say!("act-looking-for-files");
        self.spawn_shown("locate", shown, Arc::default(), move |say, _, _| {
            let mut session = Session::clone(&session);
            let (mut edits, mut said, mut found) = (Vec::new(), Vec::new(), Vec::new());
            for (of, path, right) in find(&session, &base) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                match locate(&session, of, &path, right.as_deref(), &base) {
                    Ok(Some(Located { edit, other })) => {
                        if other {
                            said.push(say!("act-another-sound", name = &name));
                        }
                        // Locating a file can mark explicit words as undecided again; the next edit
                        // builds on that.
                        let _ = edit.clone().apply(&mut session);
                        edits.push(edit);
                        found.push(of);
                    }
                    Ok(None) => {}
                    Err(error) => said.push(error.to_string()),
                }
            }
            let left = wanted.iter().filter(|of| !found.contains(of)).count();
            if left > 0 && said.is_empty() {
                said.push(say!("act-not-found-there", left = left, all = wanted.len()));
            }
            say(News::Located { document: number, edits, said });
        });
    }
}

/// Opens the dialog for the folder that the song and all its files are copied into.
fn pick_collect(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog =
        Dialog::new().set_title(say!("act-pick-collect-folder")).set_directory(document.folder());
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Collect));
}

/// Copies the session and all its files into a folder.
pub fn collect_into(desk: &Desk, folder: PathBuf) {
    let Some(document) = &desk.document else { return };
    let (session, path) = (document.session.clone(), document.path.clone());
    desk.jobs.spawn_shown(
        "collect",
        say!("act-collecting"),
        Arc::default(),
        move |say, running, stop| {
            let shown = |share| running.share(share);
            match collect(&session, &path, &folder, &shown, stop) {
                Ok(collected) => {
                    // Comments and revisions are copied too.
                    if let Err(error) = carry(&path, &collected.session) {
                        say(News::Failed(error.to_string()));
                    }
                    collected.notes.into_iter().for_each(|text| say(News::Failed(text)));
                    let text =
                        say!("act-collected", path = collected.session.display().to_string());
                    say(News::Done(text, folder));
                }
                Err(error) => say(News::Failed(error.to_string())),
            }
        },
    );
}
