//! Requests about views, pages, panels and sizes of the window: [`Window`]. Carried out by
//! `crate::app::act::window`.

use crate::app::view::View;
use crate::playback::device::DeviceSettings;
use std::path::PathBuf;

#[derive(Clone, Debug)]
pub enum Window {
    Show(View),
    /// `Keys` to `Manual` are pages and windows over the view; most of them toggle.
    Keys,
    Palette,
    Preferences,
    Device,
    History,
    Meters,
    Song,
    Files,
    /// Answers the question for a path; without an answer it is cancelled.
    Path(Option<String>),
    /// Imports dropped files as lyrics, or as comments.
    Take {
        files: Vec<PathBuf>,
        lyrics: bool,
    },
    /// Opens this page of the manual; `None` opens the page of the current view, or closes the
    /// manual.
    Manual(Option<usize>),
    Mixer,
    /// Shows the page of the rack that compares balances, with the blind test.
    Balances,
    Rack,
    Loudness,
    /// Shows or hides the automation of the selected stem.
    Automation,
    NextScale,
    NextSlope,
    NextAveraging,
    NextSnap,
    NextRuler,
    NextFollow,
    NextLook,
    GroupLanes,
    Processed,
    ShowLoop,
    FitSong,
    Zoom(f32),
    LaneHeight(f32),
    Larger,
    Smaller,
    UsualSize,
    Reset,
    Hints,
    CopyLoudness,
    /// Opens the folder of translations, with the English texts in it.
    Translations,
    /// Chooses another sound device.
    Use(DeviceSettings),
}
