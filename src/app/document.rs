//! The open session: its file, its history, and the work on it that goes on in the background.

use crate::files::{self, FileOf, file_mut};
use crate::review::copies::{ELSEWHERE, carry};
use crate::review::revisions::Revisions;
use crate::session::edit::Edit;
use crate::session::file::{EXTENSION, autosave, load, put_aside, save};
use crate::session::history::{Gesture, History};
use crate::session::master::Master;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::session::{Session, version::Version};
use crate::units::{Frames, Seconds};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often work that was not saved is put aside.
const AUTOSAVE: Duration = Duration::from_secs(20);

pub struct Document {
    pub session: Session,
    /// Where the session is, or will be, on disk.
    pub path: PathBuf,
    /// Whether `path` holds the session already.
    pub on_disk: bool,
    history: History,
    /// Counts the times that files became others by themselves.
    followed: u64,
    saved: u64,
    /// Hash of the file as it was read or written last.
    written: Option<blake3::Hash>,
    autosaved: (u64, Instant),
    gesture: Gesture,
    /// Unsaved work of an earlier run, to be offered.
    pub recovery: Option<PathBuf>,
    /// Version that is heard and looked at.
    pub version: usize,
    /// Master that is previewed, and whose target is shown.
    pub master: usize,
    pub selected: Option<StemId>,
    /// Which of the references is heard as such; none for the rough mix.
    pub compared: Option<usize>,
    /// Parts of the reference are heard against parts of the same kind.
    pub match_sections: bool,
}

/// Hash of a file; none where it cannot be read.
fn content(path: &Path) -> Option<blake3::Hash> {
    std::fs::read(path).ok().map(|bytes| blake3::hash(&bytes))
}

impl Document {
    pub fn new(session: Session, path: PathBuf, on_disk: bool) -> Self {
        let newer = |file: &Path, than: &Path| {
            let time = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
            time(file) > time(than)
        };
        let aside = autosave(&path);
        let recovery = (aside.exists() && newer(&aside, &path)).then_some(aside);
        let selected = session.stems.first().map(|stem| stem.id);
        let written = on_disk.then(|| content(&path)).flatten();
        Self {
            session,
            path,
            on_disk,
            history: History::default(),
            followed: 0,
            saved: 0,
            written,
            autosaved: (0, Instant::now()),
            gesture: 0,
            recovery,
            version: 0,
            master: 0,
            selected,
            compared: None,
            match_sections: false,
        }
    }

    /// Where relative paths of the session start.
    pub fn folder(&self) -> PathBuf {
        self.path.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// The version that is heard, with everything that it takes over from others.
    pub fn current_version(&self) -> Option<Version> {
        self.session.versions.get(self.version).map(|version| self.session.resolved(version))
    }

    pub fn current_master(&self) -> Option<&Master> {
        let masters = &self.session.masters;
        masters.get(self.master).or(masters.first())
    }

    pub fn selected_stem(&self) -> Option<&Stem> {
        self.session.stem(self.selected?)
    }

    /// The file that is heard as the reference.
    pub fn compared_file(&self) -> Option<&FileRef> {
        match self.compared {
            Some(n) => self.session.references.get(n).map(|reference| &reference.file),
            None => self.session.reference.as_ref(),
        }
    }

    /// Its files are others now: a fact, which nobody did and nobody can undo.
    pub fn follow(&mut self, files: Vec<(FileOf, FileRef)>) {
        for (of, file) in files {
            if let Some(known) = file_mut(&mut self.session, of)
                && *known != file
            {
                *known = file;
                self.followed += 1;
            }
        }
    }

    /// Starts a new gesture: what follows is undone apart from what went before.
    pub fn begin_gesture(&mut self) {
        self.gesture += 1;
    }

    /// Makes a change.
    pub fn edit(&mut self, edit: Edit) {
        let gesture = Some(self.gesture);
        // A change about a stem that is gone has nothing to change.
        let _ = self.history.apply(&mut self.session, edit, gesture);
    }

    /// Makes a change that is undone by itself.
    pub fn edit_once(&mut self, edit: Edit) {
        self.begin_gesture();
        self.edit(edit);
        self.begin_gesture();
    }

    pub fn undo(&mut self) -> bool {
        self.begin_gesture();
        self.history.undo(&mut self.session).unwrap_or(false)
    }

    pub fn redo(&mut self) -> bool {
        self.begin_gesture();
        self.history.redo(&mut self.session).unwrap_or(false)
    }

    /// What was done, in words, and how many of these steps are made.
    pub fn steps(&self) -> (Vec<&str>, usize) {
        (self.history.steps().collect(), self.history.depth())
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
        !self.on_disk || self.saved != self.state()
    }

    pub fn save(&mut self) -> anyhow::Result<()> {
        self.set_foreign_aside()?;
        // What a merge is later made from; without it more has to be asked.
        let _ = Revisions::of(&self.path).remember(&mut self.session);
        save(&self.session, &self.path)?;
        self.written = content(&self.path);
        self.on_disk = true;
        self.saved = self.state();
        let _ = std::fs::remove_file(autosave(&self.path));
        self.recovery = None;
        Ok(())
    }

    /// Saves under another name; the stems stay where they are.
    pub fn save_as(&mut self, path: PathBuf) -> anyhow::Result<()> {
        let path =
            if path.extension().is_none() { path.with_extension("stemwright") } else { path };
        let (old, new) =
            (self.folder(), path.parent().context("the name has no folder")?.to_owned());
        if old != new {
            files::rebase(&mut self.session, &old, &new);
        }
        let before = std::mem::replace(&mut self.path, path);
        if before != self.path {
            // What lies at the new place is meant to be replaced.
            self.written = None;
            carry(&before, &self.path)?;
        }
        self.save()
    }

    /// Puts the file aside that somebody else saved since it was read: it is merged as a copy.
    pub fn set_foreign_aside(&mut self) -> anyhow::Result<Option<PathBuf>> {
        let (Some(known), true) = (self.written, self.on_disk) else { return Ok(None) };
        let Some(now) = content(&self.path).filter(|now| *now != known) else { return Ok(None) };
        // Half of a file that is still on its way is no session of anybody.
        if load(&self.path).is_err() {
            return Ok(None);
        }
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (date, time) = crate::media::broadcast::now();
        let name = format!("{stem} ({ELSEWHERE} {date} {}).{EXTENSION}", time.replace(':', ""));
        let aside = self.path.with_file_name(name);
        std::fs::copy(&self.path, &aside)
            .with_context(|| format!("{} cannot be written", aside.display()))?;
        self.written = Some(now);
        Ok(Some(aside))
    }

    /// The session was in the state of this hash.
    pub fn descend(&mut self, hash: &str) {
        Revisions::of(&self.path).descend(&mut self.session, hash);
    }

    /// Puts unsaved work aside from time to time; returns an error only once it matters.
    pub fn autosave_if_due(&mut self) -> anyhow::Result<()> {
        let (state, at) = self.autosaved;
        if self.is_dirty() && state != self.state() && at.elapsed() > AUTOSAVE {
            self.autosaved = (self.state(), Instant::now());
            put_aside(&self.session, &self.path)?;
        }
        Ok(())
    }

    /// Brings back what was put aside.
    pub fn recover(&mut self) -> anyhow::Result<()> {
        if let Some(path) = self.recovery.take() {
            self.session = load(&path)?;
            self.saved = u64::MAX;
        }
        Ok(())
    }

    /// Forgets what was put aside.
    pub fn discard_aside(&mut self) {
        self.recovery = None;
        // Mostly there is none.
        let _ = std::fs::remove_file(autosave(&self.path));
    }

    pub fn length(&self) -> Frames {
        self.session.length()
    }

    pub fn seconds(&self, frame: u64) -> Seconds {
        Frames(frame).seconds(self.session.sample_rate)
    }
}
