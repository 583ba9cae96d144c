//! Masters and packages as views see them: what is being made or was made, and where the next
//! package goes.

use super::open_song::OpenSong;
use crate::delivery::make::{Delivered, package_name};
use crate::render::manifest::FileReport;
use crate::render::progress::{CellState, Overall};
use crate::session::naming::compact;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is known of masters and packages of the open song.
#[derive(Default)]
pub struct Delivering {
    /// The render or delivery that is under way, or was made last.
    pub render: Option<Render>,
    /// The folder that a person chose for what is made.
    pub folder: Option<PathBuf>,
    pub next: Option<NextPackage>,
}

/// Version and master of a file.
pub type CellKey = (String, String);

/// A render or a delivery, as far as it is.
#[derive(Clone, Debug, Default)]
pub struct Render {
    pub running: bool,
    pub cells: HashMap<CellKey, CellState>,
    pub overall: Option<Overall>,
    /// What is done now, where it is more than a render.
    pub stage: Option<&'static str>,
    /// How it ended, in words, once it has.
    pub ending: Option<String>,
    /// The package, once it is made.
    pub delivered: Option<Delivered>,
    /// Where its files lie.
    pub folder: PathBuf,
}

impl Render {
    pub fn cell(&self, version: &str, master: &str) -> Option<&CellState> {
        self.cells.get(&(version.to_string(), master.to_string()))
    }

    /// Finished files, and files in all.
    pub fn count(&self) -> (usize, usize) {
        (self.reports().count(), self.cells.len())
    }

    /// The files that are finished.
    pub fn reports(&self) -> impl Iterator<Item = &FileReport> {
        self.cells.values().filter_map(|state| match state {
            CellState::Done(report) => Some(&**report),
            _ => None,
        })
    }
}

/// What tells where a package goes: the title and revision of its song, and the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub title: String,
    pub revision: String,
    pub out: PathBuf,
}

/// The name that the next package gets, because no other has it.
#[derive(Clone, Debug)]
pub struct NextPackage {
    /// What it was looked up for.
    pub of: Destination,
    pub revision: String,
    pub name: String,
}

impl Delivering {
    pub fn is_running(&self) -> bool {
        self.render.as_ref().is_some_and(|render| render.running)
    }

    /// Where packages come to lie.
    pub fn packages(&self, song: &OpenSong) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| song.folder())
    }

    /// The folder that masters go to.
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

    /// The revision that is known to be new.
    pub fn fresh(&self, song: &OpenSong) -> Option<&str> {
        self.known(song).map(|next| next.revision.as_str())
    }

    fn known(&self, song: &OpenSong) -> Option<&NextPackage> {
        self.next.as_ref().filter(|next| next.of == self.destination(song))
    }

    /// Revision and name of the next package; while it is looked up, those that the session asks
    /// for.
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

    /// Where what was made lies.
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
