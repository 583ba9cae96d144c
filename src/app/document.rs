//! The open session: its file, its history, and the work on it that goes on in the background.

use crate::session::edit::Edit;
use crate::session::file::{autosave, load, put_aside, save};
use crate::session::history::{Gesture, History};
use crate::session::master::Master;
use crate::session::stem::{Stem, StemId};
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
    saved: u64,
    autosaved: (u64, Instant),
    gesture: Gesture,
    /// Unsaved work of an earlier run, to be offered.
    pub recovery: Option<PathBuf>,
    /// Version that is heard and looked at.
    pub version: usize,
    /// Master that is previewed, and whose target is shown.
    pub master: usize,
    pub selected: Option<StemId>,
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
        Self {
            session,
            path,
            on_disk,
            history: History::default(),
            saved: 0,
            autosaved: (0, Instant::now()),
            gesture: 0,
            recovery,
            version: 0,
            master: 0,
            selected,
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
        self.history.state()
    }

    pub fn is_dirty(&self) -> bool {
        !self.on_disk || self.saved != self.history.state()
    }

    pub fn save(&mut self) -> anyhow::Result<()> {
        save(&self.session, &self.path)?;
        self.on_disk = true;
        self.saved = self.history.state();
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
            let move_path = |text: &mut String| {
                let full = old.join(&*text);
                *text =
                    full.strip_prefix(&new).unwrap_or(&full).to_string_lossy().replace('\\', "/");
            };
            self.session.stems.iter_mut().for_each(|stem| move_path(&mut stem.file.path));
            if let Some(reference) = &mut self.session.reference {
                move_path(&mut reference.path);
            }
        }
        self.path = path;
        self.save()
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
