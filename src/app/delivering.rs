//! State of renders and deliveries for the views ([`Delivering`]): progress and result of the last
//! one ([`Render`]), and revision and place of the next one.

use super::deeds::RenderKind;
use super::open_song::OpenSong;
use crate::delivery::make::{Delivered, free_masters, free_revision, last_masters, last_package};
use crate::render::manifest::{FileReport, made};
use crate::render::progress::{CellState, Overall};
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Renders and deliveries of the open song.
#[derive(Default)]
pub struct Delivering {
    /// The render or delivery that is running or ran last.
    pub render: Option<Render>,
    /// Output folder that a person chose.
    pub folder: Option<PathBuf>,
    pub next: Option<NextExport>,
}

/// Ids of version and master.
pub type CellKey = (VersionId, MasterId);

/// Progress and result of a render or delivery.
#[derive(Clone, Debug, Default)]
pub struct Render {
    pub running: bool,
    pub cells: HashMap<CellKey, CellState>,
    pub overall: Option<Overall>,
    /// Current step of a delivery besides rendering, such as packing.
    pub stage: Option<&'static str>,
    /// Result in words; `None` while it runs.
    pub ending: Option<String>,
    /// The finished package, if it was a delivery.
    pub delivered: Option<Delivered>,
    /// Folder of the files.
    pub folder: PathBuf,
}

impl Render {
    pub fn cell(&self, version: &VersionId, master: &MasterId) -> Option<&CellState> {
        self.cells.get(&(version.clone(), master.clone()))
    }

    /// Where a finished file lies; `None` in an archive.
    pub fn file(&self, version: &VersionId, master: &MasterId) -> Option<PathBuf> {
        let Some(delivered) = &self.delivered else {
            let CellState::Done(report) = self.cell(version, master)? else { return None };
            return Some(self.folder.join(&report.path));
        };
        // The finished package lies elsewhere than where its files were measured.
        let mut files = delivered.masters.iter();
        let file = files.find(|file| file.version == *version && file.master == *master)?;
        let is_folder = delivered.parts.is_empty();
        is_folder.then(|| Path::new(&delivered.package).join(&file.path))
    }

    /// Number of finished files, and of all files.
    pub fn count(&self) -> (usize, usize) {
        (self.reports().count(), self.cells.len())
    }

    /// Reports of the finished files.
    pub fn reports(&self) -> impl Iterator<Item = &FileReport> {
        self.cells.values().filter_map(|state| match state {
            CellState::Done(report) => Some(&**report),
            _ => None,
        })
    }
}

/// What decides revision and place of an export: title and revision of the song, its folder, the
/// chosen folder, and whether it is packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub title: String,
    pub revision: String,
    pub song: PathBuf,
    pub chosen: Option<PathBuf>,
    pub kind: RenderKind,
}

impl Destination {
    /// Looks on the disk for the next free revision, and where its files go. Slow; for jobs.
    pub fn look(self, session: &Session) -> NextExport {
        let (chosen, out) = (self.chosen.as_deref(), self.chosen.as_ref().unwrap_or(&self.song));
        let ((revision, place), last) = match self.kind {
            RenderKind::Masters => (
                free_masters(session, &self.song, chosen),
                last_masters(session, &self.song, chosen),
            ),
            RenderKind::Package => {
                let (revision, name) = free_revision(session, out);
                ((revision, out.join(name)), last_package(session, out))
            }
        };
        let made = last.map_or(Vec::new(), |folder| made(&folder));
        NextExport { of: self, revision, place, made }
    }
}

/// Revision of the next export, and its folder (a package may become an archive of that name).
#[derive(Clone, Debug)]
pub struct NextExport {
    /// Destination that was looked up.
    pub of: Destination,
    pub revision: String,
    pub place: PathBuf,
    /// Files that the export before made and that are still there.
    pub made: Vec<(FileReport, PathBuf)>,
}

impl NextExport {
    /// The file of a cell that the export before made.
    pub fn made(&self, version: &VersionId, master: &MasterId) -> Option<&(FileReport, PathBuf)> {
        self.made.iter().find(|(file, _)| file.version == *version && file.master == *master)
    }
}

impl Delivering {
    pub fn is_running(&self) -> bool {
        self.render.as_ref().is_some_and(|render| render.running)
    }

    pub fn destination(&self, song: &OpenSong, kind: RenderKind) -> Destination {
        Destination {
            title: song.session.song.title.clone(),
            revision: song.session.delivery.revision.clone(),
            song: song.folder(),
            chosen: self.folder.clone(),
            kind,
        }
    }

    /// The next export, once it was looked up for the current destination.
    pub fn next(&self, song: &OpenSong, kind: RenderKind) -> Option<&NextExport> {
        self.next.as_ref().filter(|next| next.of == self.destination(song, kind))
    }

    /// Folder of the last render or delivery.
    pub fn made_in(&self) -> Option<&Path> {
        self.render.as_ref().map(|render| render.folder.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;

    #[test]
    fn a_revision_that_was_looked_up_for_something_else_is_not_shown() {
        let mut song = OpenSong::new(
            Session::new("Blue Sky", SampleRate(48_000)),
            "/songs/b.stemwright".into(),
        );
        let mut delivering = Delivering::default();
        assert!(delivering.next(&song, RenderKind::Package).is_none(), "nobody looked yet");
        let look = |delivering: &Delivering, song: &OpenSong, kind| {
            Some(delivering.destination(song, kind).look(&song.session))
        };
        delivering.next = look(&delivering, &song, RenderKind::Package);
        let next = delivering.next(&song, RenderKind::Package).unwrap();
        assert_eq!(
            (next.revision.as_str(), next.place.as_path()),
            ("1", Path::new("/songs/BlueSky_v1"))
        );
        assert!(delivering.next(&song, RenderKind::Masters).is_none());
        delivering.next = look(&delivering, &song, RenderKind::Masters);
        let next = delivering.next(&song, RenderKind::Masters).unwrap();
        assert_eq!(next.place, Path::new("/songs/Masters/v1"));
        delivering.folder = Some("/elsewhere".into());
        assert!(delivering.next(&song, RenderKind::Masters).is_none());
        delivering.folder = None;
        std::sync::Arc::make_mut(&mut song.session).delivery.revision = "2".into();
        assert!(delivering.next(&song, RenderKind::Masters).is_none());
    }
}
