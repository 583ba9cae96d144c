//! What is shown, and how large.

use crate::app::view::View;
use crate::playback::device::Wish;

#[derive(Clone, Debug)]
pub enum Window {
    Show(View),
    /// Pages over the view, opened or closed.
    Keys,
    Palette,
    Preferences,
    Device,
    History,
    Meters,
    Song,
    Files,
    /// A page of the manual; that of the view where none is named.
    Manual(Option<usize>),
    Mixer,
    Rack,
    Loudness,
    /// The automation of the selected stem.
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
    /// Another sound device is wished for.
    Use(Wish),
}
