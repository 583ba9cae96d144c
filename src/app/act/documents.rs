//! Life of the open document in the [`Desk`]: open, save, close, add stems, undo steps that change
//! files, and files that change on disk. Runs on the window's thread; jobs do the slow parts.

use crate::app::act;
use crate::app::board::Running;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::foreign::place_unsaved;
use crate::app::jobs::{News, Preparing};
use crate::app::keeper::Keeper;
use crate::app::known_files::{FileCheck, SongFiles};
use crate::app::menu;
use crate::app::notes::Notes;
use crate::app::opening::Opened;
use crate::app::panels::LeftOut;
use crate::files::take::file_ref;
use crate::files::{FileOf, all};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::file::remove_asides;
use crate::session::file_ref::Place;
use crate::session::ids::VersionId;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::texts::say;
use egui::ViewportCommand;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What follows after the open session is closed.
#[derive(Clone, Debug, PartialEq)]
pub enum After {
    Open(Vec<PathBuf>),
    Demo,
    Close,
    Quit,
}

impl Desk {
    /// Opens a session, a folder of stems or files, after the question about unsaved work.
    pub fn open(&mut self, paths: Vec<PathBuf>) {
        self.leave(After::Open(paths));
    }

    /// Closes the open session and goes on with `after`; asks first if there is unsaved work or a
    /// running render.
    pub(in crate::app) fn leave(&mut self, after: After) {
        if self.passage.saving.is_some() {
            self.passage.after_saving = Some(after);
            return;
        }
        let rendering =
            self.making.render.as_ref().is_some_and(crate::app::render_job::RenderJob::is_running);
        let dirty = self.document.as_ref().is_some_and(Document::is_dirty);
        // Closing the session cancels its render.
        if dirty || rendering {
            // The sheet of keys asks nothing; a question may replace it.
            self.panels.shown.keys = false;
            self.passage.leaving = Some(after);
        } else {
            self.go_on(after);
        }
    }

    pub(in crate::app) fn go_on(&mut self, after: After) {
        self.passage.leaving = None;
        match after {
            After::Open(paths) => {
                self.passage.opening = true;
                self.jobs.open(paths, self.settings.folder.clone());
            }
            After::Demo => {
                self.passage.opening = true;
                self.jobs.open_demo(self.settings.folder.clone());
            }
            After::Close => self.close_document(),
            After::Quit => {
                self.keep_left_off(true);
                self.passage.quitting = true;
                self.ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    fn close_document(&mut self) {
        self.keep_left_off(true);
        self.number += 1;
        self.forget();
        self.document = None;
    }

    /// Resets everything that belongs to the document.
    fn forget(&mut self) {
        self.panels.toasts.forget_undo();
        self.listen.close();
        self.measured.peaks.clear();
        self.measured.reference_peaks = None;
        self.measured.ignored.clear();
        self.measured.processed.clear();
        self.measured.figures = None;
        self.measured.figures_for = (u64::MAX, VersionId::default());
        self.measured.prepared = false;
        (self.measured.examination, self.measured.examined) = (None, None);
        (self.measured.examining, self.measured.current) = (None, false);
        act::make::forget(self);
        self.panels.forget_song();
        self.song_files = SongFiles::default();
        self.edits = act::search::SongAnalysis::default();
        self.awaited_export = None;
        self.notes = Notes::of(None);
        self.measured.references.clear();
        self.gauges = crate::app::gauges::Gauges::default();
        self.keeping.watching = Arc::default();
        (self.keeping.keeper, self.keeping.kept_aside, self.keeping.asked_elsewhere) =
            (None, 0, None);
    }

    /// Makes an opened document the current one: resets the state of the previous one, starts jobs,
    /// watchers and the keeper, and claims the session.
    pub(in crate::app) fn show_document(&mut self, opened: Opened) {
        self.keep_left_off(true);
        let Opened { mut document, notes, left_out, found, elsewhere, left_off } = opened;
        self.number += 1;
        self.passage.opening = false;
        self.forget();
        if document.on_disk {
            self.settings.remember(&document.path);
            self.notes = Notes::of(Some(&document.path));
            self.jobs.tidy(&document.path, &document.session);
        } else {
            self.panels.preferences.prepare(document.session_mut());
        }
        let how = self.preparing(true);
        self.jobs.prepare(self.number, &document.session, &document.folder(), how);
        self.watch(&document);
        self.document = Some(document);
        if let Some(left_off) = left_off {
            left_off.apply(self);
        }
        for note in notes {
            self.say(note);
        }
        self.leave_out(left_out);
        act::files::opened(self, found);
        self.keep();
        // This window just took the session over; do not ask about other windows.
        let insists = std::mem::take(&mut self.passage.insists);
        self.claim(if insists { Vec::new() } else { elsewhere });
    }

    /// Starts the keeper, which puts unsaved work of this document aside.
    fn keep(&mut self) {
        let news = self.jobs.teller();
        let number = self.number;
        match Keeper::start(move |kept| news(News::Kept { document: number, kept })) {
            Ok(keeper) => self.keeping.keeper = Some(keeper),
            Err(error) => self.say(say!("act-work-not-put-aside", error = error.to_string())),
        }
    }

    /// Hands unsaved work to the keeper. Called at the end of each UI frame.
    pub(in crate::app) fn keep_aside(&mut self) {
        let (Some(document), Some(keeper)) = (&mut self.document, &self.keeping.keeper) else {
            return;
        };
        let state = document.state();
        if let Some(text) = document.take_refused() {
            self.panels.toasts.say(text, None);
        }
        if self.keeping.kept_aside == state || document.read_only || document.recovery.is_some() {
            return;
        }
        self.keeping.kept_aside = state;
        if document.is_dirty() {
            keeper.changed(state, document.session.clone(), document.path.clone());
        } else {
            // Undo brought the session back to its file: the work that was put aside is outdated.
            let (holder, path) = (keeper.holder(), document.path.clone());
            self.jobs.spawn("tidy", move |_| holder.hold().outdate(state, &path));
        }
    }

    /// After a save, which removed the work that was put aside at `from`: work that was done during
    /// the save is put aside again, beside the present file.
    pub(in crate::app) fn outdate_aside(&mut self, from: &Path) {
        let (Some(document), Some(keeper)) = (&self.document, &self.keeping.keeper) else { return };
        if !document.is_dirty() {
            self.keeping.kept_aside = document.state();
            keeper.forget(document.state());
            return;
        }
        self.keeping.kept_aside = u64::MAX;
        if *from != document.path {
            let from = from.to_owned();
            self.jobs.spawn("tidy", move |_| remove_asides(&from));
        }
    }

    /// Reopens all stems after stems were added, removed or got other files. The playhead stays,
    /// and playback continues.
    pub(in crate::app) fn reopen_stems(&mut self) {
        let Some(document) = self.document.take() else { return };
        self.number += 1;
        self.listen.wait_for_stems();
        self.measured.prepared = false;
        let how = self.preparing(false);
        self.jobs.prepare(self.number, &document.session, &document.folder(), how);
        self.watch(&document);
        self.document = Some(document);
    }

    fn preparing(&self, looked: bool) -> Preparing {
        Preparing { looked, keep: self.panels.preferences.keep_copies }
    }

    /// Starts the watchers of the document's files and folder; the previous watchers stop.
    fn watch(&mut self, document: &Document) {
        self.keeping.watching = Arc::default();
        let folder = document.folder();
        self.jobs.watch(self.number, &document.session, &folder, &self.keeping.watching);
        self.jobs.watch_notes(&document.path, &self.keeping.watching);
    }

    /// Files changed on disk: opens and measures the stems again.
    pub(in crate::app) fn read_again(&mut self) {
        let Some(document) = &self.document else { return };
        let how = self.preparing(false);
        self.jobs.prepare(self.number, &document.session, &document.folder(), how);
        self.measured.prepared = false;
    }

    /// Updates the session's file references after changes on disk, and reports the changes.
    pub(in crate::app) fn follow_files(
        &mut self,
        looked: FileCheck,
        files: Vec<(FileOf, FileRef)>,
    ) {
        let Some(document) = &mut self.document else { return };
        let places = |document: &Document| -> Vec<Place> {
            let files = all(&document.session).flat_map(|(.., file)| file.places());
            files.cloned().collect()
        };
        let before = places(document);
        document.follow(files);
        if places(document) != before
            && let Some(document) = self.document.take()
        {
            // Watch the new paths.
            self.watch(&document);
            self.document = Some(document);
        }
        // A file that cannot be played has no waveform.
        for found in looked.found.iter().filter(|found| !found.state.sounds()) {
            if let FileOf::Stem(id) = found.of {
                self.measured.peaks.remove(&id);
            }
        }
        act::files::follow(self, looked);
    }

    /// Starts the job that reads the facts of audio files that are to become stems.
    pub(in crate::app) fn add_stems(&mut self, paths: Vec<PathBuf>) {
        let Some(document) = &self.document else { return };
        let (base, number) = (document.folder(), self.number);
        let work = move |say: &(dyn Fn(News) + Sync), running: &Running, cancel: &AtomicBool| {
            let (mut files, mut refused) = (Vec::new(), Vec::new());
            for (n, path) in paths.iter().enumerate() {
                if cancel.load(Ordering::Relaxed) {
                    return;
                }
                running.share(n as f32 / paths.len() as f32);
                match file_ref(path, &base) {
                    Ok(file) => files.push(file),
                    Err(error) => refused.push(LeftOut::new(path, &error)),
                }
            }
            say(News::StemFiles { document: number, files, refused });
        };
        self.jobs.spawn_shown("add stems", say!("act-adding-stems"), Arc::default(), work);
    }

    /// Says that files were left out. A message goes by, so the Stems view lists them until a person
    /// dismisses the list.
    fn leave_out(&mut self, files: Vec<LeftOut>) {
        if files.is_empty() {
            return;
        }
        let names: Vec<&str> = files.iter().map(|one| one.file.as_str()).collect();
        self.say(say!("act-left-out", count = names.len(), files = names.join(", ")));
        let listed = &mut self.panels.stems.left_out;
        listed.retain(|known| !files.iter().any(|one| one.file == known.file));
        listed.extend(files);
    }

    /// Adds the files as stems, in one undo step; reports those that could not be read.
    pub(in crate::app) fn take_stems(&mut self, files: Vec<FileRef>, refused: Vec<LeftOut>) {
        // A file that can be read now is left out no more.
        let read = |name: &str| files.iter().any(|file| file.place.name() == name);
        self.panels.stems.left_out.retain(|known| !read(&known.file));
        self.leave_out(refused);
        self.own_step();
        let Some(document) = self.document.as_mut().filter(|_| !files.is_empty()) else { return };
        let mut session = Session::clone(&document.session);
        let mut edits = Vec::new();
        for file in files {
            let edit = menu::add_stem(&session, file);
            // The next stem needs another id.
            if edit.clone().apply(&mut session).is_ok() {
                edits.push(edit);
            }
        }
        let names: Vec<&str> = edits.iter().filter_map(Edit::added_stem).collect();
        let said = say!("act-stems-added", count = names.len(), names = names.join(", "));
        document.edit(Edit::Several(edits));
        self.reopen_stems();
        self.say_undo(said);
    }

    /// Undoes or redoes one step.
    pub(in crate::app) fn step(&mut self, forward: bool) {
        self.rewind(|document| {
            if forward {
                document.redo();
            } else {
                document.undo();
            }
        });
    }

    /// Changes the document through `change`, such as undo or a merge. Reopens the stems if their
    /// files or positions changed, and follows a new order of the lanes.
    pub(in crate::app) fn rewind(&mut self, change: impl FnOnce(&mut Document)) {
        let Some(document) = &mut self.document else { return };
        let ids = |document: &Document| -> Vec<StemId> {
            document.session.stems.iter().map(|stem| stem.id).collect()
        };
        // The values that decide which audio is read, and at which position.
        let places = |document: &Document| -> Vec<(StemId, i64, String)> {
            let of = |stem: &Stem| (stem.id, stem.offset(), stem.file.content.hash.clone());
            let mut places: Vec<_> = document.session.stems.iter().map(of).collect();
            places.sort_unstable();
            places
        };
        let known = places(document);
        let (before, reference) = (ids(document), document.session.reference.clone());
        let compared = document.compared_file().cloned();
        change(document);
        let other = document.compared_file() != compared.as_ref();
        let after = ids(document);
        if document.session.reference != reference || places(document) != known {
            self.reopen_stems();
        } else {
            if after != before {
                self.reorder(&before);
            }
            if other {
                crate::app::act::review::open_reference(self);
            }
        }
    }

    /// Follows a new order of the lanes; `before` is the previous order.
    pub(in crate::app) fn reorder(&mut self, before: &[StemId]) {
        let Some(document) = &self.document else { return };
        let places = document
            .session
            .stems
            .iter()
            .map(|stem| before.iter().position(|known| *known == stem.id).unwrap_or_default());
        let places: Vec<usize> = places.collect();
        self.listen.reorder(&places);
        self.measured.figures_for.0 = u64::MAX;
        if let Err(error) = self.listen.reopen(document, self.measured.figures.as_ref()) {
            self.say(format!("{error:#}"));
        }
    }

    pub fn go_without_saving(&mut self) {
        if let Some(document) = &mut self.document {
            document.forget_aside();
        }
        self.go();
    }

    pub(in crate::app) fn go(&mut self) {
        let Some(after) = self.passage.leaving.take() else { return };
        if let Some(job) = &self.making.render {
            job.cancel();
        }
        self.go_on(after);
    }

    /// Recovers unsaved work of an earlier run.
    pub fn bring_back(&mut self) {
        let Some(document) = &mut self.document else { return };
        let Some(work) = document.recover() else {
            // The recovered session may have other stems.
            return self.reopen_stems();
        };
        let session = document.path.clone();
        self.jobs.spawn("recovery", move |say| {
            say(match place_unsaved(&work, &session) {
                Ok(()) => News::Said(say!("act-merged-later").into()),
                Err(error) => News::Said(format!("{error:#}")),
            });
        });
    }

    /// The person closes the window: quits, or cancels the closing while a question is shown.
    pub(in crate::app) fn close_requested(&mut self) {
        if self.passage.quitting {
            return;
        }
        self.leave(After::Quit);
        if self.passage.leaving.is_some() || self.passage.after_saving.is_some() {
            self.ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            if self.is_held() {
                self.say(say!("song-leave-waits"));
            }
        }
    }
}
