//! [`Seen`] is everything that views may read in one frame of the window. Views change nothing of
//! it; they ask for deeds, which the desk carries out.

use super::board::JobEntry;
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
use crate::playback::device::{DeviceSettings, System};
use crate::review::comments::Review;
use crate::session::edit::Edit;
use crate::session::history::History;
use crate::session::ids::VersionId;
use crate::texts::Texts;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// State of the sound device.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// The device that the user chose.
    pub wish: &'a DeviceSettings,
    /// Sound systems of this computer; `None` until they were searched.
    pub systems: Option<&'a [System]>,
    /// The device that is open, or was open last.
    pub open: Option<&'a DeviceState>,
    /// Share of its available time that the audio callback needs: recently, and the highest.
    pub load: (f32, f32),
}

/// Questions that wait for an answer.
#[derive(Clone, Copy, Default)]
pub struct Questions<'a> {
    /// The user leaves the session with unsaved changes or during a render.
    pub leaving: bool,
    /// A render is running.
    pub rendering: bool,
    /// Place of the other window that has the session, in words.
    pub elsewhere: Option<&'a str>,
    /// Unsaved work of an earlier run was found.
    pub recovery: bool,
}

/// Everything that views may read, and the deeds that they ask for, in one frame of the window.
pub struct Seen<'a> {
    pub song: Option<&'a OpenSong>,
    /// Undo history of the session.
    pub history: &'a History,
    /// The session has changes that are not on disk.
    pub unsaved: bool,
    /// Number of the session's state; it changes with every edit.
    pub state: u64,
    pub heard: &'a Heard,
    pub gauges: &'a Gauges,
    pub measured: &'a Measured,
    pub files: &'a SongFiles,
    /// Recently opened sessions.
    pub recent: &'a [PathBuf],
    /// Folder of the settings; without it nothing is kept between runs.
    pub settings: Option<&'a Path>,
    /// Translations of the window's texts.
    pub languages: &'a [&'static Texts],
    /// Id of a version, and the radio edits that were found for it.
    pub proposals: Option<&'a (VersionId, Proposals)>,
    pub delivering: &'a Delivering,
    pub shelf: &'a Shelf,
    /// Comments and rounds.
    pub review: &'a Review,
    pub revised: &'a Revised,
    /// A copy of the session that somebody else changed, while the user is asked about it.
    pub merging: Option<&'a Merging>,
    pub device: Device<'a>,
    pub questions: Questions<'a>,
    /// Long-running jobs.
    pub jobs: &'a [JobEntry],
    /// A session is being opened.
    pub opening: bool,
    /// What dropping the files does that are held over the window, in words.
    pub hovering: Option<&'a str>,
    /// Deeds that views asked for in this frame.
    pub asked: RefCell<Vec<Deed>>,
}

impl Seen<'_> {
    /// Asks for a deed; it is carried out after the views have run.
    pub fn ask(&self, deed: impl Into<Deed>) {
        self.asked.borrow_mut().push(deed.into());
    }

    /// Asks for an edit of the session.
    pub fn edit(&self, edit: Edit) {
        self.ask(edit);
    }

    /// Asks to show a message.
    pub fn say(&self, text: impl Into<String>) {
        self.ask(Deed::Say(text.into()));
    }
}
