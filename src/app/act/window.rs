//! Carries out [`Window`]: views, pages, panels and sizes.

use super::{device, drops, pick, settings};
use crate::app::deeds::Window;
use crate::app::desk::Desk;
use crate::app::panels::mix::Page;
use crate::app::preferences::LANES;
use crate::app::view::View;
use crate::app::{loudness, manual};
use crate::texts::say;
use std::path::Path;

pub fn act(desk: &mut Desk, deed: Window) {
    let panels = &mut desk.panels;
    let (shown, preferences) = (&mut panels.shown, &mut panels.preferences);
    match deed {
        Window::Show(view) => panels.view = view,
        Window::Keys => shown.keys = !shown.keys,
        Window::Palette => panels.palette.open(),
        Window::Preferences => shown.preferences = !shown.preferences,
        Window::Device => device::open(desk),
        Window::History => shown.history = !shown.history,
        Window::Meters => shown.meters = !shown.meters,
        Window::Translations => settings::open_translations(desk),
        Window::Song => shown.song = true,
        Window::Files => shown.files = true,
        Window::Path(answer) => pick::answered(desk, answer),
        Window::Take { files, lyrics } => drops::take(desk, files, lyrics),
        Window::Manual(None) => turn_manual(desk),
        Window::Manual(Some(page)) => shown.manual = Some((page, String::new())),
        Window::Mixer => {
            preferences.mixer = !preferences.mixer;
            panels.view = View::Mix;
        }
        Window::Balances => {
            (panels.view, preferences.mixer) = (View::Mix, false);
            (panels.mix.page, panels.mix.show_rack) = (Page::Balances, true);
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
            let text = say!("act-snap-to", snap = preferences.snap.name());
            desk.say(text);
        }
        Window::NextRuler => preferences.ruler = preferences.ruler.next(),
        Window::NextFollow => {
            preferences.follow = preferences.follow.next();
            let text = say!("act-timeline-follows", follow = preferences.follow.name());
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
        Window::CopyLoudness => copy_loudness(desk),
        Window::Use(wish) => device::choose(desk, wish),
    }
}

/// Opens the manual at the page of the current view, or closes it.
fn turn_manual(desk: &mut Desk) {
    let shown = &mut desk.panels.shown.manual;
    if shown.take().is_none() {
        let view = desk.document.is_some().then_some(desk.panels.view);
        *shown = Some((manual::page_of(view), String::new()));
    }
}

/// Copies the loudness figures of the version to the clipboard as text.
fn copy_loudness(desk: &mut Desk) {
    let open = desk.document.as_deref().zip(desk.measured.figures.as_ref());
    let preview = desk.listen.heard.preview;
    match open.and_then(|(song, figures)| loudness::in_words(song, figures, preview)) {
        Some(text) => {
            desk.ctx.copy_text(text);
            desk.say(say!("act-loudness-copied"));
        }
        None => desk.say(say!("act-nothing-measured")),
    }
}

/// Opens a folder in the file manager of the desktop.
pub fn open_folder(folder: &Path) -> anyhow::Result<()> {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    std::process::Command::new(opener).arg(folder).spawn().map(|_| ()).map_err(|error| {
        let (folder, error) = (folder.display().to_string(), error.to_string());
        anyhow::anyhow!(say!(
            "act-folder-not-shown",
            opener = opener,
            folder = folder,
            error = error
        ))
    })
}
