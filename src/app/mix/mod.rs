//! The Mix view: timeline or mixer on the left, the rack of the selected stem below, loudness on
//! the right. Its state between frames is `panels::mix::Mix`.

mod automation;
mod balances;
mod cuts;
mod groups;
mod headers;
mod lanes;
mod masking;
mod minimap;
mod mixer;
mod rack;
mod range;
pub mod rows;
pub mod ruler;
mod section_band;
mod snap;
pub mod timeline;

pub use headers::{change as change_strip, pan_parameter};
pub use lanes::Waveform;
pub use section_band::paint as paint_section;

use super::loudness;
use super::open_song::OpenSong;
use super::preferences::Follow;
use super::widgets::{Change, Moved, part, splitter};
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::dsp::strip::StripSettings;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::Stem;
use crate::texts::say;
use crate::units::Db;
use egui::{Rect, Ui, pos2};

/// Width of the headers of lanes, in points.
pub const HEADER: f32 = 264.0;
const RULER: f32 = 52.0;
const STATUS: f32 = 39.0;
/// Greatest automatic height of the rack, in points.
const RACK: f32 = 308.0;
/// Least height of the rack, in points; in a very low view it takes at most 60 %.
const LEAST_RACK: f32 = 252.0;
/// In a view lower than this, in points, the rack is hidden unless a key shows it.
const LOW: f32 = 520.0;
/// Least height of the timeline, in points.
const LEAST_TIMELINE: f32 = RULER + STATUS + 72.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let left = loudness::beside(seen, panels, ui, rect);
    if std::mem::take(&mut panels.mix.show_rack) {
        panels.preferences.rack_hidden = rect.height() < LOW;
    }
    let rack_shown = panels.preferences.rack_hidden == (rect.height() < LOW);
    let room = left.height();
    let least = LEAST_RACK.min(room * 0.6);
    // Without a height that the user dragged, the rack takes about a third.
    let most = RACK.max(room * 0.22);
    let rack = panels.preferences.rack_height.unwrap_or((room * 0.345).clamp(least, most));
    let rack = rack.clamp(least, (room - LEAST_TIMELINE).max(least));
    let above = if rack_shown { room - rack } else { room };
    if let Some(song) = seen.song {
        panels.mix.rows.fill(above - RULER - STATUS, &song.session, &panels.preferences);
    }
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(left.left(), rect.top() + from),
            pos2(left.right(), rect.top() + to),
        )
    };
    if panels.preferences.mixer {
        part(ui, "mixer", split(0.0, above), |ui| mixer::show(seen, panels, ui, split(0.0, above)));
    } else {
        timeline(seen, panels, ui, split(0.0, above));
    }
    if !rack_shown {
        return;
    }
    let area = split(above, room);
    part(ui, "rack", area, |ui| rack::show(seen, panels, ui, area));
    let line = Rect::from_min_max(area.left_top(), area.right_top());
    match splitter(ui, line, say!("mix-rack-height")) {
        Moved::By(by) => panels.preferences.rack_height = Some(area.height() - by),
        Moved::Reset => panels.preferences.rack_height = None,
        Moved::No => {}
    }
}

fn timeline(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(rect.left(), rect.top() + from),
            pos2(rect.right(), rect.top() + to),
        )
    };
    let ruler = split(0.0, RULER);
    let lanes = split(RULER, rect.height() - STATUS);
    let status = split(rect.height() - STATUS, rect.height());
    let area = Rect::from_min_max(pos2(lanes.left() + HEADER, lanes.top()), lanes.max);
    if let Some(song) = seen.song {
        let (length, frame) = (song.length().0, seen.heard.frame);
        panels.mix.timeline.fit(length, area.width());
        panels.mix.timeline.grant(frame, area);
        if seen.heard.playing {
            match panels.preferences.follow {
                Follow::Centre if !panels.preferences.reduced_motion => {
                    panels.mix.timeline.centre(frame, area.width());
                }
                Follow::Page | Follow::Centre => panels.mix.timeline.follow(frame, area.width()),
                Follow::Off => {}
            }
        }
    }
    part(ui, "ruler", ruler, |ui| ruler::show(seen, panels, ui, ruler));
    part(ui, "lanes", lanes, |ui| lanes::show(seen, panels, ui, lanes));
    part(ui, "range", area, |ui| range::show(seen, panels, ui, area));
    part(ui, "status", status, |ui| minimap::show(seen, panels, ui, status));
}

/// A strip with neutral settings that keeps mute and solo.
pub fn flat(strip: &StripSettings) -> StripSettings {
    StripSettings { mute: strip.mute, solo: strip.solo, ..StripSettings::default() }
}

/// Asks for the edit of the fader of the mix, if it moved.
pub fn turn_mix(seen: &Seen<'_>, song: &OpenSong, moved: Change) {
    if let Some(level) = moved.value.map(Db).filter(|level| *level != song.session.fader) {
        seen.edit(Edit::MixFader(level));
    }
}

/// Asks for one edit that changes the strips of stems.
fn all(seen: &Seen<'_>, song: &OpenSong, change: impl Fn(&Stem, &mut StripSettings)) {
    if let Some(edit) = strips(&song.session, change) {
        seen.edit(edit);
    }
}

/// One edit that applies `change` to the strips of all stems; `None` if no strip changes.
pub fn strips(session: &Session, change: impl Fn(&Stem, &mut StripSettings)) -> Option<Edit> {
    let edits = session.stems.iter().filter_map(|stem| {
        let mut settings = stem.strip;
        change(stem, &mut settings);
        (settings != stem.strip).then_some(Edit::Strip { stem: stem.id, settings })
    });
    let edits: Vec<Edit> = edits.collect();
    (!edits.is_empty()).then_some(Edit::Several(edits))
}
