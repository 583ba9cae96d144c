//! The open song: session, path, and the chosen version, master, stem and reference. Documents hold
//! one, views read it; each side of a comparison of revisions is one too.

use crate::session::Session;
use crate::session::master::Master;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::session::version::Version;
use crate::units::{Frames, Seconds};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A session with the choices of what is shown and heard of it.
#[derive(Clone)]
pub struct OpenSong {
    /// Shared with background jobs. An edit never changes a session that a job holds.
    pub session: Arc<Session>,
    /// Path of the session's file, also before it is saved for the first time.
    pub path: PathBuf,
    /// Another window has the session; this one plays it but cannot change it.
    pub read_only: bool,
    /// Index of the version that is heard and shown.
    pub version: usize,
    /// Index of the master that is previewed and whose target is shown.
    pub master: usize,
    pub selected: Option<StemId>,
    /// Index of the reference that is compared; `None` for the rough mix.
    pub compared: Option<usize>,
    /// The reference plays its section of the same kind, such as chorus against chorus.
    pub match_sections: bool,
}

impl OpenSong {
    /// A newly opened session, with its first version, master and stem chosen.
    pub fn new(session: Session, path: PathBuf) -> Self {
        let selected = session.stems.first().map(|stem| stem.id);
        Self {
            session: Arc::new(session),
            path,
            read_only: false,
            version: 0,
            master: 0,
            selected,
            compared: None,
            match_sections: false,
        }
    }

    /// The folder that the session's relative paths start from.
    pub fn folder(&self) -> PathBuf {
        self.path.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// The chosen version, with everything that it takes over from versions it builds on.
    pub fn current_version(&self) -> Option<Version> {
        self.session.versions.get(self.version).map(|version| self.session.resolved(version))
    }

    /// The chosen master, or the first one.
    pub fn current_master(&self) -> Option<&Master> {
        let masters = &self.session.masters;
        masters.get(self.master).or(masters.first())
    }

    pub fn selected_stem(&self) -> Option<&Stem> {
        self.session.stem(self.selected?)
    }

    /// The file that is compared as the reference.
    pub fn compared_file(&self) -> Option<&FileRef> {
        match self.compared {
            Some(n) => self.session.references.get(n).map(|reference| &reference.file),
            None => self.session.reference.as_ref(),
        }
    }

    pub fn length(&self) -> Frames {
        self.session.length()
    }

    pub fn seconds(&self, frame: u64) -> Seconds {
        Frames(frame).seconds(self.session.sample_rate)
    }

    /// Frame of the song at which the reference begins while `frame` is heard; may be negative. It
    /// is 0 unless sections are matched.
    pub fn reference_at(&self, frame: u64) -> i64 {
        let chosen = self.compared.and_then(|n| self.session.references.get(n));
        let Some(reference) = chosen.filter(|_| self.match_sections) else { return 0 };
        let Some((song, there)) = reference.matching(&self.session, self.seconds(frame)) else {
            return 0;
        };
        let rate = self.session.sample_rate;
        song.frames(rate).0 as i64 - there.frames(rate).0 as i64
    }
}
