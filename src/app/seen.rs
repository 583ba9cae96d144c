//! What a view may look at. Nothing of it can be changed by a view: what is to happen is asked for.

use super::deeds::Deed;
use super::gauges::Gauges;
use super::heard::Heard;
use super::measured::Measured;
use super::open_song::OpenSong;
use super::running::Shown;
use super::song_files::SongFiles;
use crate::playback::DeviceState;
use crate::playback::device::{System, Wish};
use crate::session::edit::Edit;
use crate::session::history::History;
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
    pub heard: &'a Heard,
    pub gauges: &'a Gauges,
    pub measured: &'a Measured,
    pub files: &'a SongFiles,
    /// Sessions that were open lately.
    pub recent: &'a [PathBuf],
    /// Where the program keeps what it remembers between runs.
    pub settings: Option<&'a Path>,
    pub device: Device<'a>,
    pub questions: Questions<'a>,
    /// Long work that is under way.
    pub jobs: &'a [Shown],
    /// A session is being opened.
    pub opening: bool,
    /// Comments that wait for somebody.
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
        device: Device<'a>,
        questions: Questions<'a>,
        jobs: &'a [Shown],
        opening: bool,
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
            device,
            questions,
            jobs,
            opening,
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

    /// Says what the change did that was asked for last, with a button that undoes it.
    #[allow(dead_code, reason = "for views that remove something by an edit")]
    pub fn say_undo(&self, text: impl Into<String>) {
        self.ask(Deed::SayUndo(text.into()));
    }
}

/// Everything that a view looks at, without a window, files, jobs or a player.
#[cfg(test)]
#[derive(Default)]
pub struct Still {
    pub song: Option<OpenSong>,
    pub history: History,
    pub heard: Heard,
    gauges: Gauges,
    pub measured: Measured,
    files: SongFiles,
    wish: Wish,
}

#[cfg(test)]
impl Still {
    pub fn of(session: crate::session::Session) -> Self {
        let song = Some(OpenSong::new(session, PathBuf::from("Song.stemwright")));
        Self { song, ..Self::default() }
    }

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
            Device { wish: &self.wish, systems: None, open: None, load: (0.0, 0.0) },
            Questions::default(),
            &[],
            false,
            0,
        )
    }
}
