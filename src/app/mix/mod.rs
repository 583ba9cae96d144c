//! The Mix view: timeline on the left, the selected stem below it, loudness on the right.

mod automation;
mod balances;
mod headers;
mod lanes;
mod masking;
mod minimap;
mod rack;
mod ruler;
pub mod timeline;

pub use automation::Lines;
pub use balances::Balances;
pub use masking::MaskingPage;
pub use rack::Page;

pub use headers::{change as change_strip, pan_parameter};

use super::{App, loudness};
use egui::{Rect, Ui, pos2};

pub const HEADER: f32 = 264.0;
pub const LANE: f32 = 72.0;
const RULER: f32 = 52.0;
const STATUS: f32 = 39.0;
pub const LOUDNESS: f32 = 270.0;
/// The rack is as high as drawn where there is room, and never lower than its controls.
const RACK: f32 = 308.0;
const LEAST_RACK: f32 = 236.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    let left = Rect::from_min_max(rect.min, pos2(rect.right() - LOUDNESS, rect.bottom()));
    let right = Rect::from_min_max(pos2(left.right(), rect.top()), rect.max);
    let stems = app.document.as_ref().map_or(0, |document| document.session.stems.len());
    let wanted = RULER + stems as f32 * LANE + STATUS;
    // Lanes take what they need; the rack has a third of the window at most.
    let rack = (rect.height() * 0.345).clamp(LEAST_RACK, RACK);
    let timeline_height = wanted.min((rect.height() - rack).max(RULER + STATUS + LANE));
    let split = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(left.left(), rect.top() + from),
            pos2(left.right(), rect.top() + to),
        )
    };
    let ruler = split(0.0, RULER);
    let lanes = split(RULER, timeline_height - STATUS);
    let status = split(timeline_height - STATUS, timeline_height);
    let rack = Rect::from_min_max(pos2(left.left(), rect.top() + timeline_height), left.max);
    let visible = lanes.width() - HEADER;
    if let Some(document) = &app.document {
        let (length, frame) = (document.length().0, app.listen.frame());
        let playing = app.listen.is_playing();
        app.timeline.fit(length, visible);
        if playing {
            app.timeline.follow(frame, visible);
        }
    }
    app.part(ui, "ruler", ruler, ruler::show);
    app.part(ui, "lanes", lanes, lanes::show);
    app.part(ui, "status", status, minimap::show);
    app.part(ui, "rack", rack, rack::show);
    app.part(ui, "loudness", right, loudness::show);
}
