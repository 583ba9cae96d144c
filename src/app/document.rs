//! The open document ([`Document`]): a session with its file, its undo history and its unsaved
//! work. It saves, recovers and detects changes of the file by other programs.

use super::foreign::KnownContent;
use super::open_song::OpenSong;
use super::save_job::{SaveJob, SavedFile, rebase};
use crate::disk;
use crate::files::{self, FileOf, file_mut};
use crate::media::hashes::Hashes;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::edit::{Edit, NoSuchStem};
use crate::session::entries;
use crate::session::file::{EXTENSION, asides, load, remove_asides};
use crate::session::history::{Gesture, History};
use crate::session::naming::numbered;
use crate::session::stem::FileRef;
use crate::texts::say;
use crate::units::EntryId;
use anyhow::Context;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

pub struct Document {
    /// The part of the document that views may read.
    pub open: OpenSong,
    /// True if the session was saved to, or opened from, its file.
    pub on_disk: bool,
    history: History,
    /// Number of changes to the session's file references that followed changes on disk.
    followed: u64,
    saved: u64,
    written: KnownContent,
    gesture: Gesture,
    /// Number of undo steps begun, at the last call of `take_began`.
    begun: u64,
    /// The session as it was read from disk, until it is stored for later merges.
    read: Option<Arc<Session>>,
    /// Unsaved work of an earlier run, to be offered.
    pub recovery: Option<Recovery>,
    /// The session that this one is an unsaved copy of: its comments and revisions come along on
    /// the first save.
    copy_of: Option<PathBuf>,
    /// Person who signs the session on save.
    pub author: String,
    /// Reason for a refused change that was not reported yet.
    refused: Option<String>,
}

/// The document can be read as the open song; only edits change it.
impl Deref for Document {
    type Target = OpenSong;

    fn deref(&self) -> &OpenSong {
        &self.open
    }
}

/// Unsaved work of an earlier run.
pub struct Recovery {
    pub path: PathBuf,
    session: Arc<Session>,
}

impl Document {
    pub fn new(session: Session, path: PathBuf, on_disk: bool) -> Self {
        let written = if on_disk { KnownContent::of(&path) } else { KnownContent::default() };
        Self {
            open: OpenSong::new(session, path),
            on_disk,
            history: History::default(),
            copy_of: None,
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

    /// The session for changes. Jobs that hold it keep their own unchanged copy.
    pub fn session_mut(&mut self) -> &mut Session {
        Arc::make_mut(&mut self.open.session)
    }

    /// Updates the references of files that changed on disk. This is not an undo step.
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

    /// Assigns following changes to this gesture; they are undone together.
    pub fn hold(&mut self, gesture: Gesture) {
        self.gesture = gesture;
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The session file as it was last read or written. Jobs share it.
    pub fn written(&self) -> KnownContent {
        self.written.clone()
    }

    /// Whether an undo step began since the last call.
    pub fn take_began(&mut self) -> bool {
        let begun = self.history.begun();
        std::mem::replace(&mut self.begun, begun) != begun
    }

    /// Applies an edit as part of the current gesture. A read-only document refuses it.
    pub fn edit(&mut self, edit: Edit) {
        if self.read_only {
            self.refused = Some(say!("act-window-only-reads").into());
            return;
        }
        let gesture = Some(self.gesture);
        // An edit of a stem that was removed has no effect.
        let _ = self.history.apply(Arc::make_mut(&mut self.open.session), edit, gesture);
    }

    /// Returns once the reason for the last refused change.
    pub fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    pub fn undo(&mut self) -> bool {
        if self.read_only {
            self.refused = Some(say!("act-window-only-reads").into());
            return false;
        }
        let done = self.history.undo(Arc::make_mut(&mut self.open.session));
        self.stepped(done)
    }

    pub fn redo(&mut self) -> bool {
        if self.read_only {
            self.refused = Some(say!("act-window-only-reads").into());
            return false;
        }
        let done = self.history.redo(Arc::make_mut(&mut self.open.session));
        self.stepped(done)
    }

    fn stepped(&mut self, done: Result<bool, NoSuchStem>) -> bool {
        done.unwrap_or_else(|error| {
            self.refused = Some(say!("act-step-does-not-fit", error = error.to_string()));
            false
        })
    }

    /// Undoes or redoes until this many steps are applied.
    pub fn go_to(&mut self, depth: usize) {
        while self.history.depth() > depth && self.undo() {}
        while self.history.depth() < depth && self.redo() {}
    }

    /// Number that changes with every change of the session.
    pub fn state(&self) -> u64 {
        self.history.state() + self.followed
    }

    pub fn is_dirty(&self) -> bool {
        // The window that has the session saves it.
        !self.read_only && (!self.on_disk || self.saved != self.state())
    }

    /// Prepares a save, to `to` or to the session's own file. The job runs on another thread; the
    /// document can change meanwhile.
    pub fn save_job(&mut self, to: Option<PathBuf>) -> anyhow::Result<SaveJob> {
        let to = match to {
            Some(path) if path.extension().is_none() => path.with_extension(EXTENSION),
            Some(path) => path,
            None => self.path.clone(),
        };
        let elsewhere = to != self.path;
        anyhow::ensure!(elsewhere || !self.read_only, say!("act-another-window-has-it"));
        // The ids that the file gets are those of the document, whatever happens to it meanwhile.
        entries::give(self.session_mut());
        Ok(SaveJob {
            session: Arc::clone(&self.open.session),
            state: self.state(),
            from: self.path.clone(),
            to,
            on_disk: self.on_disk,
            known: self.written(),
            original: if elsewhere { Some(self.path.clone()) } else { self.copy_of.clone() },
            read: self.read.clone().filter(|_| !elsewhere),
            author: self.author.clone(),
            read_only: self.read_only,
        })
    }

    /// Takes over what a save wrote. Returns false if another document was opened meanwhile.
    pub fn take_saved(&mut self, saved: SavedFile) -> bool {
        if saved.from != self.path {
            return false;
        }
        let session = self.session_mut();
        // States that were remembered during the save come after the saved one.
        let since: Vec<String> =
            session.lineage.drain(..).filter(|hash| !saved.before.contains(hash)).collect();
        session.lineage = saved.session.lineage.into_iter().chain(since).collect();
        (session.id, session.saved) = (saved.session.id, saved.session.saved);
        if saved.to != saved.from {
            rebase(session, &saved.from, &saved.to);
            (self.open.path, self.open.read_only) = (saved.to, false);
        }
        self.written = saved.written;
        self.on_disk = true;
        self.saved = saved.state;
        // The job removed the files with unsaved work, where they were this window's.
        (self.copy_of, self.read, self.recovery) = (None, None, None);
        true
    }

    /// Continues as a copy with a free name and an id of its own, not saved yet.
    pub fn become_copy(&mut self) {
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = |name: String| self.path.with_file_name(format!("{name}.{EXTENSION}"));
        let free = numbered(&format!("{stem}_copy")).map(path).find(|path| !path.exists());
        if let Some(path) = free {
            self.copy_of = Some(std::mem::replace(&mut self.open.path, path));
            (self.on_disk, self.open.read_only) = (false, false);
            (self.written, self.recovery) = (KnownContent::default(), None);
            self.session_mut().id = EntryId::fresh();
        }
    }

    /// Records in the session's lineage that it was in the state with this hash.
    pub fn descend(&mut self, hash: &str) {
        Revisions::of(&self.path).descend(self.session_mut(), hash);
    }

    /// Records the state in which the session was read, before file references were updated: the
    /// common ancestor for later merges.
    pub fn comes_from(&mut self, read: Session) {
        if let Ok(hash) = Revisions::of(&self.path).hash_of(&read) {
            self.descend(&hash);
            self.read = Some(Arc::new(read));
        }
    }

    /// Looks for unsaved work of an earlier run. Work that equals the session is removed; other
    /// work is offered, regardless of file times.
    pub fn look_for_aside(&mut self) -> anyhow::Result<()> {
        for path in asides(&self.path) {
            let mut aside = load(&path).with_context(|| {
                say!("act-work-not-brought-back", path = path.display().to_string())
            })?;
            files::look(&mut aside, &self.folder(), &Hashes::of_user());
            if aside.work() == self.session.work() {
                // It was saved after all.
                let _ = std::fs::remove_file(path);
            } else {
                self.recovery = Some(Recovery { path, session: Arc::new(aside) });
                break;
            }
        }
        Ok(())
    }

    /// Recovers unsaved work. If somebody saved the session after that work was put aside, leaves
    /// the document as it is and returns the file with the work: it must become a copy beside the
    /// session, to be merged.
    pub fn recover(&mut self) -> Option<PathBuf> {
        let Recovery { path, session } = self.recovery.take()?;
        // Work without a lineage comes from an older program version.
        let known = !session.lineage.is_empty();
        let went_on =
            known && self.session.lineage.iter().any(|hash| !session.lineage.contains(hash));
        if went_on && self.on_disk {
            return Some(path);
        }
        self.open.session = session;
        self.saved = u64::MAX;
        None
    }

    /// Deletes files with unsaved work.
    pub fn forget_aside(&mut self) {
        if self.read_only {
            // The window that has the session offers this work.
            return;
        }
        remove_asides(&self.path);
        if let Some(recovery) = self.recovery.take() {
            let _ = std::fs::remove_file(recovery.path);
        }
    }
}
