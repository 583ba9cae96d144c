//! State of renders and deliveries for the views ([`Delivering`]): progress and result of the last
//! one ([`Render`]), and destination and name of the next package.

use super::open_song::OpenSong;
use crate::delivery::make::{Delivered, package_name};
use crate::render::manifest::FileReport;
use crate::render::progress::{CellState, Overall};
use crate::session::ids::{MasterId, VersionId};
use crate::session::naming::compact;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Renders and deliveries of the open song.
#[derive(Default)]
pub struct Delivering {
    /// The render or delivery that is running or ran last.
    pub render: Option<Render>,
    /// Output folder that a person chose.
    pub folder: Option<PathBuf>,
    pub next: Option<NextPackage>,
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

/// Key for the name of a package: title and revision of the song, and output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub title: String,
    pub revision: String,
    pub out: PathBuf,
}

/// A package name that is still free.
#[derive(Clone, Debug)]
pub struct NextPackage {
    /// Destination that the name was looked up for.
    pub of: Destination,
    pub revision: String,
    pub name: String,
}

impl Delivering {
    pub fn is_running(&self) -> bool {
        self.render.as_ref().is_some_and(|render| render.running)
    }

    /// Output folder for packages: the chosen one, else the folder of the song.
    pub fn packages(&self, song: &OpenSong) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| song.folder())
    }

    /// Output folder for masters: the chosen one, else `Masters/v1` beside the song, with its
    /// revision.
    pub fn masters(&self, song: &OpenSong) -> PathBuf {
        let revision = &song.session.delivery.revision;
        let own = || song.folder().join("Masters").join(format!("v{revision}"));
        self.folder.clone().unwrap_or_else(own)
    }

    pub fn destination(&self, song: &OpenSong) -> Destination {
        Destination {
            title: song.session.song.title.clone(),
            revision: song.session.delivery.revision.clone(),
            out: self.packages(song),
        }
    }

    /// The free revision, once it was looked up for the current destination.
    pub fn fresh(&self, song: &OpenSong) -> Option<&str> {
        self.known(song).map(|next| next.revision.as_str())
    }

    fn known(&self, song: &OpenSong) -> Option<&NextPackage> {
        self.next.as_ref().filter(|next| next.of == self.destination(song))
    }

    /// Revision and name of the next package. Until a free name is looked up, the session's own
    /// revision.
    pub fn next(&self, song: &OpenSong) -> (String, String) {
        match self.known(song) {
            Some(next) => (next.revision.clone(), next.name.clone()),
            None => {
                let revision = compact(&song.session.delivery.revision);
                let name = package_name(&song.session, &revision);
                (revision, name)
            }
        }
    }

    /// Folder of the last render or delivery.
    pub fn made_in(&self) -> Option<&Path> {
        self.render.as_ref().map(|render| render.folder.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::units::SampleRate;

    #[test]
    fn a_name_that_was_looked_up_for_something_else_is_not_shown() {
        let mut song = OpenSong::new(
            Session::new("Blue Sky", SampleRate(48_000)),
            "/songs/b.stemwright".into(),
        );
        let mut delivering = Delivering::default();
        assert_eq!(delivering.next(&song), ("1".into(), "BlueSky_v1".into()));
        assert_eq!(delivering.fresh(&song), None, "nobody looked yet");
        let of = delivering.destination(&song);
        let (revision, name) = ("1.1".to_string(), "BlueSky_v1.1".to_string());
        delivering.next = Some(NextPackage { of, revision, name });
        assert_eq!(delivering.next(&song).1, "BlueSky_v1.1");
        assert_eq!(delivering.fresh(&song), Some("1.1"));
        delivering.folder = Some("/elsewhere".into());
        assert_eq!(delivering.next(&song).0, "1");
        delivering.folder = None;
        std::sync::Arc::make_mut(&mut song.session).delivery.revision = "2".into();
        assert_eq!(delivering.next(&song).1, "BlueSky_v2");
    }
}
