//! What is shown, and how large.

use crate::app::deeds::Window;
use crate::app::desk::Desk;
use crate::app::preferences::LANES;
use crate::app::{audio, loudness, manual};

pub fn act(desk: &mut Desk, deed: Window) {
    let panels = &mut desk.panels;
    let (shown, preferences) = (&mut panels.shown, &mut panels.preferences);
    match deed {
        Window::Show(view) => panels.view = view,
        Window::Keys => shown.keys = !shown.keys,
        Window::Palette => panels.palette.open(),
        Window::Preferences => shown.preferences = !shown.preferences,
        Window::Device => {
            shown.audio = true;
            desk.listen.care.survey(&desk.ctx);
        }
        Window::History => shown.history = !shown.history,
        Window::Meters => shown.meters = !shown.meters,
        Window::Song => shown.song = true,
        Window::Files => shown.files = true,
        Window::Manual(None) => manual::open(desk),
        Window::Manual(Some(page)) => shown.manual = Some((page, String::new())),
        Window::Mixer => {
            preferences.mixer = !preferences.mixer;
            panels.view = crate::app::panels::View::Mix;
        }
        Window::Rack => preferences.rack_hidden = !preferences.rack_hidden,
        Window::Loudness => preferences.loudness_hidden = !preferences.loudness_hidden,
        Window::Automation => {
            if let Some(stem) = desk.document.as_ref().and_then(|document| document.selected) {
                panels.mix.lines.toggle(stem);
            }
        }
        Window::NextScale => preferences.meter_scale = preferences.meter_scale.next(),
        Window::NextSlope => preferences.slope = preferences.slope.next(),
        Window::NextAveraging => preferences.averaging = preferences.averaging.next(),
        Window::NextSnap => {
            preferences.snap = preferences.snap.next();
            let text = format!("Snap to: {}", preferences.snap.name());
            desk.say(text);
        }
        Window::NextRuler => preferences.ruler = preferences.ruler.next(),
        Window::NextFollow => {
            preferences.follow = preferences.follow.next();
            let text = format!("The timeline follows the playhead: {}", preferences.follow.name());
            desk.say(text);
        }
        Window::NextLook => preferences.look = preferences.look.next(),
        Window::GroupLanes => preferences.grouped = !preferences.grouped,
        Window::Processed => preferences.processed = !preferences.processed,
        Window::ShowLoop => panels.mix.timeline.show_range(desk.listen.heard.range),
        Window::FitSong => panels.mix.timeline.show_all(),
        Window::Zoom(factor) => panels.mix.timeline.ask_zoom(factor),
        Window::LaneHeight(factor) => {
            let lane = panels.mix.rows.lane(preferences) * factor;
            preferences.lane = lane.clamp(*LANES.start(), *LANES.end()).round();
            panels.mix.rows.heights.clear();
        }
        Window::Larger => preferences.step_scale(true),
        Window::Smaller => preferences.step_scale(false),
        Window::UsualSize => preferences.scale = 1.0,
        Window::Reset => panels.reset(),
        Window::Hints => preferences.hints = 0,
        Window::CopyLoudness => loudness::copy(desk),
        Window::Use(wish) => audio::choose(desk, wish),
    }
}
