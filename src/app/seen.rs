//! What a view may look at. Nothing of it can be changed by a view: what is to happen is asked for.

use super::deeds::Deed;
use super::delivering::Delivering;
use super::gauges::Gauges;
use super::heard::Heard;
use super::measured::Measured;
use super::open_song::OpenSong;
use super::shelf::Shelf;
use super::song_files::SongFiles;
use crate::arrange::propose::Proposals;
use crate::session::edit::Edit;
use crate::session::history::History;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Everything that is known, for as long as one picture is drawn.
pub struct Seen<'a> {
    pub song: Option<&'a OpenSong>,
    /// What was done to it, and whether all of that is on the disk.
    pub history: &'a History,
    pub unsaved: bool,
    pub heard: &'a Heard,
    pub gauges: &'a Gauges,
    pub measured: &'a Measured,
    pub files: &'a SongFiles,
    /// Sessions that were open lately.
    pub recent: &'a [PathBuf],
    /// Where the program keeps what it remembers between runs.
    pub settings: Option<&'a Path>,
    /// Edits that were found, and the id of the version that they are for.
    pub proposals: Option<&'a (String, Proposals)>,
    pub delivering: &'a Delivering,
    pub shelf: &'a Shelf,
    /// Comments that nobody has settled yet.
    pub open_comments: usize,
    asked: RefCell<Vec<Deed>>,
}

impl<'a> Seen<'a> {
    #[allow(clippy::too_many_arguments, reason = "one for each room that is looked into")]
    pub fn new(
        song: Option<&'a OpenSong>,
        history: &'a History,
        unsaved: bool,
        heard: &'a Heard,
        gauges: &'a Gauges,
        measured: &'a Measured,
        files: &'a SongFiles,
        recent: &'a [PathBuf],
        settings: Option<&'a Path>,
        proposals: Option<&'a (String, Proposals)>,
        delivering: &'a Delivering,
        shelf: &'a Shelf,
        open_comments: usize,
    ) -> Self {
        let asked = RefCell::default();
        Self {
            song,
            history,
            unsaved,
            heard,
            gauges,
            measured,
            files,
            recent,
            settings,
            proposals,
            delivering,
            shelf,
            open_comments,
            asked,
        }
    }

    /// What was asked for.
    pub fn asked(self) -> Vec<Deed> {
        self.asked.into_inner()
    }

    /// Asks for something; it is done once the picture is drawn.
    pub fn ask(&self, deed: impl Into<Deed>) {
        self.asked.borrow_mut().push(deed.into());
    }

    /// Asks for a change of the session.
    pub fn edit(&self, edit: Edit) {
        self.ask(edit);
    }

    pub fn say(&self, text: impl Into<String>) {
        self.ask(Deed::Say(text.into()));
    }
}

/// Everything that a test lets a view see.
#[cfg(test)]
#[derive(Default)]
pub struct World {
    pub song: Option<OpenSong>,
    pub history: History,
    pub heard: Heard,
    pub gauges: Gauges,
    pub measured: Measured,
    pub files: SongFiles,
    pub proposals: Option<(String, Proposals)>,
    pub delivering: Delivering,
    pub shelf: Shelf,
}

#[cfg(test)]
impl World {
    pub fn seen(&self) -> Seen<'_> {
        Seen::new(
            self.song.as_ref(),
            &self.history,
            false,
            &self.heard,
            &self.gauges,
            &self.measured,
            &self.files,
            &[],
            None,
            self.proposals.as_ref(),
            &self.delivering,
            &self.shelf,
            0,
        )
    }
}
