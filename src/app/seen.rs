//! [`Seen`] is everything that views may read in one frame of the window. Views change nothing of
//! it; they ask for deeds, which the desk carries out.

use super::board::JobEntry;
use super::deeds::{Deed, RenderKind};
use super::delivering::Delivering;
use super::gauges::Gauges;
use super::heard::{Heard, Monitor};
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
use crate::texts::{Texts, say};
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

/// What the monitors are switched to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switched<'a> {
    /// A file that was made.
    File(&'a Path),
    /// A side of the comparison of revisions.
    Side(usize),
    /// A sound of a blind test, or a stem beside the reference.
    Test,
    Bypass,
    Reference,
    /// The mix through a master, by the master's index.
    Master(usize),
    Mix,
}

/// How a row that can be heard stands to what is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// The monitors are switched to something else.
    Off,
    /// The monitors are switched to it, but playback does not run.
    Chosen,
    Playing,
}

impl Sound {
    /// Word on the control that switches the monitors to it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => say!("common-play"),
            Self::Chosen => say!("common-heard"),
            Self::Playing => say!("common-playing"),
        }
    }

    pub fn is_on(self) -> bool {
        self != Self::Off
    }
}

/// Questions that wait for an answer.
#[derive(Clone, Copy, Default)]
pub struct Questions<'a> {
    /// The user leaves the session with unsaved changes or during a render.
    pub leaving: bool,
    /// What is being rendered.
    pub rendering: Option<RenderKind>,
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

    /// What the monitors are switched to, whether or not playback runs.
    pub fn switched(&self) -> Switched<'_> {
        let heard = self.heard;
        if let Some(file) = &heard.file {
            return Switched::File(&file.path);
        }
        if heard.audition.is_some() {
            let comparison = &self.revised.comparison;
            let compares =
                self.song.is_some_and(|song| comparison.audition(&song.session).is_some());
            return match comparison.heard.filter(|_| compares) {
                Some(side) => Switched::Side(side),
                None => Switched::Test,
            };
        }
        match (heard.both, heard.monitor) {
            (Some(_), _) => Switched::Test,
            (None, Monitor::Reference) => Switched::Reference,
            (None, Monitor::Bypass) => Switched::Bypass,
            (None, Monitor::Mix) => match self.song.filter(|_| heard.preview) {
                Some(song) => Switched::Master(song.master),
                None => Switched::Mix,
            },
        }
    }

    /// How a row stands to what is heard, given what the monitors are switched to for it.
    pub fn sound(&self, row: Switched<'_>) -> Sound {
        match (self.switched() == row, self.heard.playing) {
            (false, _) => Sound::Off,
            (true, false) => Sound::Chosen,
            (true, true) => Sound::Playing,
        }
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
