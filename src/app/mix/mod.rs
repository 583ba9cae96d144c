//! The Mix view: timeline or mixer on the left, the selected stem below it, loudness on the right.

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
mod rows;
pub mod ruler;
mod section_band;
mod snap;
pub mod timeline;

pub use automation::Lines;
pub use balances::{Balances, measure as measure_blind};
pub use masking::{MaskingPage, search as search_masking};
pub use rack::Page;
pub use rows::Rows;

pub use headers::{change as change_strip, pan_parameter};

use super::desk::Desk;
use super::loudness;
use super::preferences::Follow;
use super::widgets::{Moved, splitter};
use egui::{Rect, Ui, pos2};

pub const HEADER: f32 = 264.0;
const RULER: f32 = 52.0;
const STATUS: f32 = 39.0;
/// The rack is as high as drawn where there is room, and never lower than its controls.
const RACK: f32 = 308.0;
const LEAST_RACK: f32 = 252.0;
/// Below this height the rack gives way.
const LOW: f32 = 520.0;
/// What the timeline has at least.
const LEAST_TIMELINE: f32 = RULER + STATUS + 72.0;

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let left = desk.show(|seen, panels| loudness::beside(seen, panels, ui, rect));
    let rack_shown = desk.panels.preferences.rack_hidden == (rect.height() < LOW);
    let room = left.height();
    let least = LEAST_RACK.min(room * 0.6);
    // The rack has a third of the window where nobody dragged it; the rest is the timeline's.
    let rack = desk.panels.preferences.rack_height.unwrap_or((room * 0.345).clamp(least, RACK));
    let rack = rack.clamp(least, (room - LEAST_TIMELINE).max(least));
    let above = if rack_shown { room - rack } else { room };
    if let Some(document) = &desk.document {
        desk.panels.mix.rows.fill(
            above - RULER - STATUS,
            &document.session,
            &desk.panels.preferences,
        );
    }
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(left.left(), rect.top() + from),
            pos2(left.right(), rect.top() + to),
        )
    };
    if desk.panels.preferences.mixer {
        desk.part(ui, "mixer", split(0.0, above), mixer::show);
    } else {
        timeline(desk, ui, split(0.0, above));
    }
    if !rack_shown {
        return;
    }
    let area = split(above, room);
    desk.part(ui, "rack", area, rack::show);
    let line = Rect::from_min_max(area.left_top(), area.right_top());
    match splitter(ui, line, "Height of the rack") {
        Moved::By(by) => desk.panels.preferences.rack_height = Some(area.height() - by),
        Moved::Reset => desk.panels.preferences.rack_height = None,
        Moved::No => {}
    }
}

fn timeline(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
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
    if let Some(document) = &desk.document {
        let (length, frame) = (document.length().0, desk.listen.frame());
        desk.panels.mix.timeline.fit(length, area.width());
        desk.panels.mix.timeline.grant(frame, area);
        if desk.listen.is_playing() {
            match desk.panels.preferences.follow {
                Follow::Centre if !desk.panels.preferences.reduced_motion => {
                    desk.panels.mix.timeline.centre(frame, area.width());
                }
                Follow::Page | Follow::Centre => {
                    desk.panels.mix.timeline.follow(frame, area.width())
                }
                Follow::Off => {}
            }
        }
    }
    desk.part(ui, "ruler", ruler, ruler::show);
    desk.part(ui, "lanes", lanes, lanes::show);
    desk.part(ui, "status", status, minimap::show);
}
