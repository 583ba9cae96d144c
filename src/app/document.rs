//! The open session: its file, its history, and the work on it that goes on in the background.

use super::open_song::OpenSong;
use crate::disk;
use crate::files::{self, FileOf, file_mut};
use crate::media::hashes::Hashes;
use crate::review::beside::{carry, mark};
use crate::review::copies::ELSEWHERE;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::edit::{Edit, NoSuchStem};
use crate::session::file::{EXTENSION, Writing, asides, load, writing};
use crate::session::history::{Gesture, History};
use crate::session::naming::numbered;
use crate::session::stem::FileRef;
use crate::units::EntryId;
use anyhow::Context;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const READ_ONLY: &str = "This window only reads: another one has the session";

pub struct Document {
    /// What is seen of it.
    pub open: OpenSong,
    /// Whether the file holds the session already.
    pub on_disk: bool,
    history: History,
    /// Counts the times that files became others by themselves.
    followed: u64,
    saved: u64,
    /// Hash of the file as it was read or written last.
    written: Option<blake3::Hash>,
    gesture: Gesture,
    /// Undo steps that were begun, as far as somebody looked.
    begun: u64,
    /// As it was read; none once that is remembered.
    read: Option<Box<Session>>,
    /// Unsaved work of an earlier run, to be offered.
    pub recovery: Option<PathBuf>,
    /// Who saves it.
    pub author: String,
    /// Why a change was refused; it was not said yet.
    refused: Option<String>,
}

/// A document is read as the song that is open; it is changed by edits.
impl Deref for Document {
    type Target = OpenSong;

    fn deref(&self) -> &OpenSong {
        &self.open
    }
}

/// Hash of a file; none where it cannot be read.
pub fn content(path: &Path) -> Option<blake3::Hash> {
    std::fs::read(path).ok().map(|bytes| blake3::hash(&bytes))
}

impl Document {
    pub fn new(session: Session, path: PathBuf, on_disk: bool) -> Self {
        let written = on_disk.then(|| content(&path)).flatten();
        Self {
            open: OpenSong::new(session, path),
            on_disk,
            history: History::default(),
            followed: 0,
            saved: 0,
            written,
            gesture: 0,
            begun: 0,
            read: None,
            recovery: None,
            author: disk::person(),
            refused: None,
        }
    }

    /// The session, to be changed; where work in the background reads it, that keeps what it has.
    pub fn session_mut(&mut self) -> &mut Session {
        Arc::make_mut(&mut self.open.session)
    }

    /// Its files are others now: a fact, which nobody did and nobody can undo.
    pub fn follow(&mut self, files: Vec<(FileOf, FileRef)>) {
        for (of, file) in files {
            if let Some(known) = file_mut(self.session_mut(), of)
                && *known != file
            {
                *known = file;
                self.followed += 1;
            }
        }
    }

    /// What follows belongs to this gesture, and is undone with it.
    pub fn hold(&mut self, gesture: Gesture) {
        self.gesture = gesture;
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// Hash of the session's file as it was read or written last; none where there is no file yet.
    pub fn written(&self) -> Option<blake3::Hash> {
        self.written.filter(|_| self.on_disk)
    }

    /// Whether an undo step began since this was asked last.
    pub fn take_began(&mut self) -> bool {
        let begun = self.history.begun();
        std::mem::replace(&mut self.begun, begun) != begun
    }

    /// Makes a change.
    pub fn edit(&mut self, edit: Edit) {
        if self.read_only {
            self.refused = Some(READ_ONLY.into());
            return;
        }
        let gesture = Some(self.gesture);
        // A change about a stem that is gone has nothing to change.
        let _ = self.history.apply(Arc::make_mut(&mut self.open.session), edit, gesture);
    }

    /// Why a change was refused since this was asked last.
    pub fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    pub fn undo(&mut self) -> bool {
        if self.read_only {
            self.refused = Some(READ_ONLY.into());
            return false;
        }
        let done = self.history.undo(Arc::make_mut(&mut self.open.session));
        self.stepped(done)
    }

    pub fn redo(&mut self) -> bool {
        if self.read_only {
            self.refused = Some(READ_ONLY.into());
            return false;
        }
        let done = self.history.redo(Arc::make_mut(&mut self.open.session));
        self.stepped(done)
    }

    fn stepped(&mut self, done: Result<bool, NoSuchStem>) -> bool {
        done.unwrap_or_else(|error| {
            self.refused = Some(format!("That step does not fit any more: {error}"));
            false
        })
    }

    /// Undoes or redoes until so many steps are made.
    pub fn go_to(&mut self, depth: usize) {
        while self.history.depth() > depth && self.undo() {}
        while self.history.depth() < depth && self.redo() {}
    }

    /// A number that changes with every change.
    pub fn state(&self) -> u64 {
        self.history.state() + self.followed
    }

    pub fn is_dirty(&self) -> bool {
        // What another window has is saved there.
        !self.read_only && (!self.on_disk || self.saved != self.state())
    }

    pub fn save(&mut self) -> anyhow::Result<()> {
        self.may_write()?;
        let writing = writing(&self.path)?;
        self.set_foreign_aside()?;
        self.write(&writing)
    }

    fn may_write(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            !self.read_only,
            "another window has this session; save it under another name, or take it over"
        );
        Ok(())
    }

    fn write(&mut self, writing: &Writing) -> anyhow::Result<()> {
        // What a merge is later made from; without it more has to be asked.
        if let Some(mut read) = self.read.take() {
            let _ = Revisions::of(&self.path).remember(&mut read);
        }
        let _ = Revisions::of(&self.path).remember(self.session_mut());
        let author = self.author.clone();
        self.session_mut().sign(&author);
        writing.save(&self.session, &self.path)?;
        let _ = mark(&self.path);
        self.written = content(&self.path);
        self.on_disk = true;
        self.saved = self.state();
        self.forget_aside();
        Ok(())
    }

    /// Saves under another name; the stems stay where they are. Where that fails the document is
    /// what it was before.
    pub fn save_as(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let path = if path.extension().is_none() { path.with_extension(EXTENSION) } else { path };
        if path == self.path {
            return self.save();
        }
        let (old, new) =
            (self.folder(), path.parent().context("the name has no folder")?.to_owned());
        let mut session = Session::clone(&self.session);
        if self.on_disk {
            // The old one is still there.
            session.id = EntryId::fresh();
        }
        if old != new {
            files::rebase(&mut session, &old, &new);
        }
        let writing = writing(&path)?;
        carry(&self.path, &path)?;
        let _ = Revisions::of(&path).remember(&mut session);
        session.sign(&self.author);
        // What lies at the new place is meant to be replaced; it is kept as the previous one.
        writing.save(&session, &path)?;
        let _ = mark(&path);
        self.forget_aside();
        (self.open.session, self.open.path, self.open.read_only) = (Arc::new(session), path, false);
        self.written = content(&self.path);
        self.on_disk = true;
        self.saved = self.state();
        Ok(())
    }

    /// Goes on as a copy that is not on the disk yet.
    pub fn become_copy(&mut self) {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = |name: String| self.path.with_file_name(format!("{name}.{EXTENSION}"));
        let free = numbered(&format!("{stem}_copy")).map(path).find(|path| !path.exists());
        if let Some(path) = free {
            // What was said and delivered goes with it, once it is saved.
            (self.open.path, self.on_disk, self.open.read_only) = (path, false, false);
            (self.written, self.recovery) = (None, None);
            self.session_mut().id = EntryId::fresh();
        }
    }

    /// Puts the file aside that somebody else saved since it was read: it is merged as a copy.
    pub fn set_foreign_aside(&mut self) -> anyhow::Result<Option<PathBuf>> {
        let (Some(known), true) = (self.written, self.on_disk) else { return Ok(None) };
        let Some(now) = content(&self.path).filter(|now| *now != known) else { return Ok(None) };
        // Half of a file that is still on its way is no session of anybody.
        if load(&self.path).is_err() {
            return Ok(None);
        }
        let aside = elsewhere_name(&self.path, "");
        disk::copy(&self.path, &aside)
            .with_context(|| format!("{} cannot be written", aside.display()))?;
        self.written = Some(now);
        Ok(Some(aside))
    }

    /// The session was in the state of this hash.
    pub fn descend(&mut self, hash: &str) {
        Revisions::of(&self.path).descend(self.session_mut(), hash);
    }

    /// The session was read in this state, before it followed its files. What others make of the
    /// same state can be put together with it.
    pub fn comes_from(&mut self, read: Session) {
        if let Ok(hash) = Revisions::of(&self.path).hash_of(&read) {
            self.descend(&hash);
            self.read = Some(Box::new(read));
        }
    }

    /// Looks for work of an earlier run that was not saved, to be offered: what differs from the
    /// session, whatever the times of the files say.
    pub fn look_for_aside(&mut self) -> anyhow::Result<()> {
        for path in asides(&self.path) {
            let mut aside = load(&path).with_context(|| {
                format!("unsaved work in {} cannot be brought back", path.display())
            })?;
            files::look(&mut aside, &self.folder(), &Hashes::of_user());
            if aside.work() == self.session.work() {
                // It was saved after all.
                let _ = std::fs::remove_file(path);
            } else {
                self.recovery = Some(path);
                break;
            }
        }
        Ok(())
    }

    /// Brings back what was put aside. Where somebody saved the session after that, both are put
    /// together like any two copies: then the work is not in the document yet, and true comes back.
    pub fn recover(&mut self) -> anyhow::Result<bool> {
        let Some(path) = self.recovery.take() else { return Ok(false) };
        let aside = load(&path)?;
        // Work that knows of no state is of a program that did not write them all down.
        let known = !aside.lineage.is_empty();
        let went_on =
            known && self.session.lineage.iter().any(|hash| !aside.lineage.contains(hash));
        if went_on && self.on_disk {
            disk::place(&path, &elsewhere_name(&self.path, ", not saved"))
                .with_context(|| format!("{} cannot be put aside", path.display()))?;
            return Ok(true);
        }
        self.open.session = Arc::new(aside);
        self.saved = u64::MAX;
        Ok(false)
    }

    /// Forgets what was put aside.
    pub fn forget_aside(&mut self) {
        if self.read_only {
            // It is offered in the window that has the session.
            return;
        }
        // Mostly there is none.
        for path in asides(&self.path).into_iter().chain(self.recovery.take()) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A name beside a session for a copy of it that nothing has yet: `Song (saved elsewhere …)`.
fn elsewhere_name(path: &Path, what: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (date, time) = crate::dates::now();
    let name = format!("{stem} ({ELSEWHERE}{what} {date} {}", time.replace(':', ""));
    let named = |name: String| path.with_file_name(format!("{name}).{EXTENSION}"));
    let free = numbered(&name).map(named).find(|path| !path.exists());
    free.unwrap_or_else(|| path.with_file_name(format!("{name}).{EXTENSION}")))
}
