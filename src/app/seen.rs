//! What a view may look at. Nothing of it can be changed by a view: what is to happen is asked for.

use super::board::Shown;
use super::deeds::Deed;
use super::delivering::Delivering;
use super::gauges::Gauges;
use super::heard::Heard;
use super::known_files::SongFiles;
use super::measured::Measured;
use super::notes::{Merging, Revised};
use super::open_song::OpenSong;
use super::shelf::Shelf;
use crate::arrange::propose::Proposals;
use crate::playback::DeviceState;
use crate::playback::device::{System, Wish};
use crate::review::comments::Review;
use crate::session::edit::Edit;
use crate::session::history::History;
use crate::session::ids::VersionId;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// The sound device.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// The device that a person chose.
    pub wish: &'a Wish,
    /// The sound systems of this computer; none until they were looked for.
    pub systems: Option<&'a [System]>,
    /// The device that is open, or was last.
    pub open: Option<&'a DeviceState>,
    /// Share of its time that the audio callback needs, lately and at worst.
    pub load: (f32, f32),
}

/// Questions that wait for an answer, and what they ask about.
#[derive(Clone, Copy, Default)]
pub struct Questions<'a> {
    /// The session is to be left, with unsaved changes or while a render is under way.
    pub leaving: bool,
    pub rendering: bool,
    /// Where the window is that has the session already, in words.
    pub elsewhere: Option<&'a str>,
    /// Unsaved work of an earlier run was found.
    pub recovery: bool,
}

/// Everything that is known, for as long as one picture is drawn.
pub struct Seen<'a> {
    pub song: Option<&'a OpenSong>,
    /// What was done to it, and whether all of that is on the disk.
    pub history: &'a History,
    pub unsaved: bool,
    /// A number that changes with every change of the session.
    pub state: u64,
    pub heard: &'a Heard,
    pub gauges: &'a Gauges,
    pub measured: &'a Measured,
    pub files: &'a SongFiles,
    /// Sessions that were open lately.
    pub recent: &'a [PathBuf],
    /// Where the program keeps what it remembers between runs.
    pub settings: Option<&'a Path>,
    /// Edits that were found, and the id of the version that they are for.
    pub proposals: Option<&'a (VersionId, Proposals)>,
    pub delivering: &'a Delivering,
    pub shelf: &'a Shelf,
    /// Comments and rounds.
    pub review: &'a Review,
    pub revised: &'a Revised,
    /// A copy of the session that somebody else changed, while a person is asked about it.
    pub merging: Option<&'a Merging>,
    pub device: Device<'a>,
    pub questions: Questions<'a>,
    /// Long work that is under way.
    pub jobs: &'a [Shown],
    /// A session is being opened.
    pub opening: bool,
    /// What is asked for while the picture is drawn.
    pub asked: RefCell<Vec<Deed>>,
}

impl Seen<'_> {
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
