//! The panel beside the large equaliser: the values of the band that was touched last.

use super::Rack;
use super::values::{WIDE_RING, changed, control, full_name};
use crate::app::theme::{self, Weight, write, write_fitted};
use crate::app::widgets::checkbox;
use crate::dsp::chain::{ParameterRef, Slot};
use crate::dsp::eq::{EqSettings, Shape};
use crate::texts::{self, say};
use egui::{Align2, Pos2, Rect, Ui, pos2, vec2};

pub const WIDTH: f32 = 264.0;
/// Least height, in points.
pub const HEIGHT: f32 = 176.0;

/// Draws the panel; returns the slot as the user changed it.
pub fn show(
    rack: &Rack<'_>,
    ui: &mut Ui,
    area: Rect,
    settings: &EqSettings,
    slot: &Slot,
) -> Option<Slot> {
    let all = slot.processor.values();
    let find = |band: Option<usize>, id: &str| {
        all.iter().find(move |value| value.place.band == band && value.id.as_str() == id)
    };
    let at = |x: f32, y: f32| area.min + vec2(x, y);
    let mut next = None;
    if let Some(linear) = find(None, "linear_phase") {
        next = toggle(ui, at(WIDTH / 2.0, HEIGHT - 11.0), WIDTH / 2.0, slot, linear);
    }
    let index = rack.racks.band.min(settings.bands.len().saturating_sub(1));
    let Some(band) = settings.bands.get(index) else {
        let font = (12.0, Weight::Regular);
        write_fitted(
            ui.painter(),
            at(0.0, 9.0),
            WIDTH,
            say!("chain-equaliser-empty"),
            font,
            theme::dim(),
        );
        return next;
    };
    let title = say!("chain-band-number", number = index + 1);
    let font = (13.5, Weight::SemiBold);
    write(ui.painter(), at(0.0, 9.0), Align2::LEFT_CENTER, title, font, theme::text());
    // A pass has a slope in the place of the gain; the list reaches between the rings beside it.
    let middle = match band.shape {
        Shape::HighPass | Shape::LowPass => Some("slope"),
        shape => shape.has_gain().then_some("gain"),
    };
    let column = WIDTH / 3.0;
    let rings = [Some("frequency"), middle, Some("q")].into_iter().enumerate();
    let rings = rings.map(|(n, id)| (id, at(column * (n as f32 + 0.5), 50.0), [WIDE_RING, 112.0]));
    let half = WIDTH / 2.0;
    let lists = [Some("shape"), Some("placement")].into_iter().enumerate();
    let lists = lists.map(|(n, id)| (id, at(half * (n as f32 + 0.5), 117.0), [30.0, half - 8.0]));
    for (id, centre, size) in rings.chain(lists) {
        if let Some(value) = id.and_then(|id| find(Some(index), id)) {
            next = control(ui, slot, value, centre, size).or(next);
        }
    }
    if let Some(on) = find(Some(index), "on") {
        next = toggle(ui, at(4.0, HEIGHT - 11.0), half, slot, on).or(next);
    }
    next
}

/// A box with its word for a value that is on or off; `at` is the middle of its left edge.
fn toggle(ui: &mut Ui, at: Pos2, width: f32, slot: &Slot, value: &ParameterRef) -> Option<Slot> {
    let on = slot.processor.get(value.place).unwrap_or_default() > 0.5;
    let place = Rect::from_min_size(at - vec2(0.0, 9.0), vec2(18.0, 18.0));
    let clicked = checkbox(ui, place, &full_name(slot, value), on).clicked();
    let (word, font) = (texts::word("parameter", value.info.name), (12.5, Weight::Regular));
    let from = pos2(place.right() + 8.0, at.y);
    write_fitted(ui.painter(), from, width - 34.0, word, font, theme::text());
    clicked.then(|| changed(slot, value.place, f64::from(u8::from(!on))))
}
