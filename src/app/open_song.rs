//! The open song as it is seen: the session, where it is, and what of it is looked at and heard.

use crate::session::Session;
use crate::session::master::Master;
use crate::session::stem::{FileRef, Stem, StemId};
use crate::session::version::Version;
use crate::units::{Frames, Seconds};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Clone)]
pub struct OpenSong {
    /// Shared with the work that goes on in the background; a change makes a new one.
    pub session: Arc<Session>,
    /// Where the session is, or will be, on disk.
    pub path: PathBuf,
    /// Another window has the session: this one listens, and changes nothing.
    pub read_only: bool,
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

impl OpenSong {
    /// A session as it is opened: its first version and its first stem are looked at.
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

    pub fn length(&self) -> Frames {
        self.session.length()
    }

    pub fn seconds(&self, frame: u64) -> Seconds {
        Frames(frame).seconds(self.session.sample_rate)
    }

    /// Where the reference lies under the song while `frame` is heard, in frames: as it is, or part
    /// against part.
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
