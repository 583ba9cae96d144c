//! State of the views: what is shown, and text that is half typed. The root type is [`Panels`].
//! This is plain data that views change directly; they ask for everything else with a deed.

pub mod chain;
pub mod mix;
pub mod palette;
pub mod review;
pub mod toasts;
pub mod versions;

use super::deeds::RenderKind;
use super::preferences::{LANE, LOUDNESS, Preferences};
use super::renaming::Renaming;
use super::view::View;
use crate::delivery::checks::Check;
use crate::media::MediaError;
use chain::Racks;
use mix::Mix;
use palette::Palette;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use toasts::Toasts;

/// Windows and pages that are open over the view.
#[derive(Default)]
pub struct OpenPages {
    pub keys: bool,
    pub audio: bool,
    pub preferences: bool,
    pub history: bool,
    pub meters: bool,
    /// The page of facts about the song, and the one of export settings for its stems.
    pub song: bool,
    pub stem_export: bool,
    /// The list of changed and missing files; `alone` silences the other stems while a new export
    /// and the previous recording are compared.
    pub files: bool,
    pub alone: bool,
    /// The question for a path where the system has no file dialog.
    pub path: Option<PathField>,
    /// Dropped files: the window asks whether they are lyrics or comments.
    pub dropped: Vec<PathBuf>,
    /// The window asks about this before an export begins.
    pub before: Option<BeforeExport>,
    /// Page of the manual that is open, and the text typed into its search field.
    pub manual: Option<(usize, String)>,
}

/// State of the Master view.
#[derive(Default)]
pub struct MasterPanel {
    /// Index of the master whose details are open.
    pub open: Option<usize>,
}

/// State of the Stems view.
#[derive(Default)]
pub struct StemsPanel {
    /// The panel shows the reference, not the selected stem.
    pub reference: bool,
    /// Height of the panel's contents in the last UI frame, in points.
    pub height: f32,
    /// The null test shows what is left with every stem in its place, not as the stems came.
    pub fixed: bool,
    /// Files that the program could not take, until a person dismisses the line about them.
    pub left_out: Vec<LeftOut>,
}

/// A file that is not in the song because it cannot be opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Name of the file.
    pub file: String,
    /// A sentence that begins with the name.
    pub reason: String,
}

impl LeftOut {
    pub fn new(path: &Path, error: &MediaError) -> Self {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The name is enough: all of them lie in the folder that was opened.
        let reason = error.to_string().replace(&path.display().to_string(), &file);
        Self { file, reason }
    }
}

/// A path while it is typed.
pub struct PathField {
    pub title: String,
    pub text: String,
}

/// The question before an export.
pub struct BeforeExport {
    pub kind: RenderKind,
    /// What stands out; see [`crate::delivery::before`].
    pub found: Vec<Check>,
}

impl OpenPages {
    pub fn any_page(&self) -> bool {
        self.history || self.manual.is_some()
    }

    pub fn close_pages(&mut self) {
        self.history = false;
        self.manual = None;
    }
}

/// Whether a text field has the keyboard, or just lost it by a click.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Typing {
    No,
    Field {
        /// The pointer is down, or was released in this UI frame.
        clicked: bool,
    },
    /// Window time at which the field lost the keyboard, in seconds.
    LeftAt(f64),
}

/// State of all views.
pub struct Panels {
    pub view: View,
    pub stems: StemsPanel,
    /// The stem that is being renamed, in the Stems or the Mix view.
    pub renaming: Option<Renaming>,
    pub mix: Mix,
    pub racks: Racks,
    pub master: MasterPanel,
    pub versions: versions::VersionsPanel,
    pub shown: OpenPages,
    /// Whether an export is packed for delivery, or makes the masters alone.
    pub pack: bool,
    pub palette: Palette,
    pub review: review::State,
    pub preferences: Preferences,
    pub typing: Typing,
    pub toasts: Toasts,
}

impl Panels {
    pub fn new(preferences: Preferences) -> Self {
        Self {
            view: View::Mix,
            stems: StemsPanel::default(),
            renaming: None,
            mix: Mix::default(),
            racks: Racks::default(),
            master: MasterPanel::default(),
            versions: versions::VersionsPanel::default(),
            shown: OpenPages::default(),
            pack: true,
            palette: Palette::default(),
            review: review::State::default(),
            preferences,
            typing: Typing::No,
            toasts: Toasts::default(),
        }
    }

    /// Forgets what belongs to the song that was open; the rack keeps its page.
    pub fn forget_song(&mut self) {
        self.mix = Mix { page: self.mix.page, ..Mix::default() };
        (self.stems, self.renaming) = (StemsPanel::default(), None);
        self.racks = Racks::default();
        self.master = MasterPanel::default();
        self.versions = versions::VersionsPanel::default();
        self.review = review::State::default();
        (self.shown.files, self.shown.alone, self.shown.before) = (false, false, None);
        self.shown.dropped.clear();
        self.pack = true;
    }

    pub fn export(&self) -> RenderKind {
        if self.pack { RenderKind::Package } else { RenderKind::Masters }
    }

    /// Resets sizes and visibility of the panels to their defaults.
    pub fn reset(&mut self) {
        let preferences = &mut self.preferences;
        (preferences.lane, preferences.loudness_width) = (LANE, LOUDNESS);
        (preferences.rack_height, preferences.rack_hidden) = (None, false);
        (preferences.loudness_hidden, preferences.mixer) = (false, false);
        self.mix.rows.heights.clear();
    }
}
