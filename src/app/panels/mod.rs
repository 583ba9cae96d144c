//! The small state of the views: what is shown where, and what is half typed. Plain data, which
//! views may change; everything else they ask for by a deed.

pub mod chain;
pub mod mix;
pub mod palette;
pub mod review;
pub mod toasts;
pub mod versions;

use super::deeds::Making;
use super::preferences::{LANE, LOUDNESS, Preferences};
use super::view::View;
use chain::{Racks, Trace};
use mix::Mix;
use palette::Palette;
use toasts::Toasts;

/// Windows and pages over the view.
#[derive(Default)]
pub struct Shown {
    pub keys: bool,
    pub audio: bool,
    pub preferences: bool,
    pub history: bool,
    pub meters: bool,
    /// Facts about the song, and how its stems are exported.
    pub song: bool,
    pub stem_export: bool,
    /// The files of the song that are not as they were; a new export and what it replaced are
    /// compared without the other stems.
    pub files: bool,
    pub alone: bool,
    /// Stems are missing, and it is not said yet whether to make this without them.
    pub missing: Option<Making>,
    /// The page of the manual, and what was searched for.
    pub manual: Option<(usize, String)>,
}

impl Shown {
    pub fn any_page(&self) -> bool {
        self.history || self.manual.is_some()
    }

    pub fn close_pages(&mut self) {
        self.history = false;
        self.manual = None;
    }
}

/// Whether a text field is typed into, or was left by a click a moment ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Typing {
    No,
    Field {
        /// The pointer is down, or went up just now.
        clicked: bool,
    },
    /// In seconds of the window.
    LeftAt(f64),
}

/// What the views remember.
pub struct Panels {
    pub view: View,
    pub mix: Mix,
    pub racks: Racks,
    pub trace: Trace,
    pub versions: versions::VersionsPanel,
    pub shown: Shown,
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
            mix: Mix::default(),
            racks: Racks::default(),
            trace: Trace::default(),
            versions: versions::VersionsPanel::default(),
            shown: Shown::default(),
            palette: Palette::default(),
            review: review::State::default(),
            preferences,
            typing: Typing::No,
            toasts: Toasts::default(),
        }
    }

    /// Forgets what belongs to the song that was open.
    pub fn forget_song(&mut self) {
        self.mix = Mix { page: self.mix.page, ..Mix::default() };
        self.racks = Racks::default();
        self.versions = versions::VersionsPanel::default();
        self.review = review::State::default();
        (self.shown.files, self.shown.alone, self.shown.missing) = (false, false, None);
    }

    /// Panels as they are drawn.
    pub fn reset(&mut self) {
        let preferences = &mut self.preferences;
        (preferences.lane, preferences.loudness_width) = (LANE, LOUDNESS);
        (preferences.rack_height, preferences.rack_hidden) = (None, false);
        (preferences.loudness_hidden, preferences.mixer) = (false, false);
        self.mix.rows.heights.clear();
    }
}
