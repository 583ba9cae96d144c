//! Faders: horizontal in the headers of lanes, upright in the mixer. Both have the same scale.

use super::value::{Change, Notch, Parameter, level};
use crate::app::theme;
use crate::dsp::strip::FADER_TOP;
use crate::units::Db;
use egui::{Align2, Color32, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

/// Points of the scale: level in dB, position from 0 to 1.
const SCALE: [(f64, f64); 4] = [(-60.0, 0.0), (-10.0, 0.553), (0.0, 0.833), (12.0, 1.0)];

/// Position of a level in dB, from 0 (−60 dB and less) to 1 (+12 dB).
pub fn to_position(db: f64) -> f64 {
    along(db, |point| point)
}

/// Level in dB at a position; −∞ at 0.
pub fn from_position(position: f64) -> f64 {
    if position <= 0.0 {
        return f64::NEG_INFINITY;
    }
    along(position, |(db, at)| (at, db))
}

/// Interpolates linearly between the points of the scale. `turn` chooses which coordinate is `x`.
fn along(x: f64, turn: fn((f64, f64)) -> (f64, f64)) -> f64 {
    let points = SCALE.map(turn);
    let [first, .., last] = points;
    if x <= first.0 {
        return first.1;
    }
    for pair in points.windows(2) {
        if let [(x0, y0), (x1, y1)] = pair
            && x <= *x1
        {
            return y0 + (x - x0) / (x1 - x0) * (y1 - y0);
        }
    }
    last.1
}

fn show(db: f64) -> String {
    format!("{:+.1} dB", Db(db))
}

fn read(text: &str) -> Option<f64> {
    level(text).map(|db| db.min(FADER_TOP.0))
}

fn parameter<'a>(name: &'a str, value: Db) -> Parameter<'a> {
    Parameter {
        name,
        value: value.0,
        default: 0.0,
        to_position: &to_position,
        from_position: &from_position,
        show: &show,
        read: &read,
        notch: Notch::By(0.5),
    }
}

/// Draws the thumb, with a line across its direction of travel.
fn thumb(ui: &Ui, response: &Response, rect: Rect, line: [Pos2; 2]) {
    let painter = ui.painter();
    let face = if response.hovered() || response.dragged() {
        theme::strong()
    } else {
        theme::mixed(theme::strong(), 0.81, theme::background())
    };
    painter.rect_filled(rect, 3.0, face);
    painter.line_segment(line, Stroke::new(1.0, theme::dim()));
}

/// Horizontal fader in `rect`, with its track along the middle.
pub fn fader(ui: &mut Ui, rect: Rect, name: &str, value: Db, colour: Color32) -> Change {
    let id = ui.scope_id().with(("fader", name));
    let grip = rect.expand2(vec2(6.0, if rect.height() < 18.0 { 0.0 } else { 6.0 }));
    let response = ui.interact(grip, id, Sense::click_and_drag());
    let change = parameter(name, value).handle(ui, &response, Some(rect.width()), true);
    let at = rect.left() + rect.width() * to_position(change.value.unwrap_or(value.0)) as f32;
    let painter = ui.painter();
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 4.0));
    painter.rect_filled(track, 2.0, theme::line());
    let filled = Rect::from_min_max(track.min, pos2(at, track.max.y));
    painter.rect_filled(filled, 2.0, colour);
    let face = Rect::from_center_size(pos2(at, rect.center().y), vec2(9.0, 18.0));
    let line = [pos2(at, face.top() + 4.0), pos2(at, face.bottom() - 4.0)];
    thumb(ui, &response, face, line);
    change
}

/// Marks beside an upright fader, in dB.
const MARKS: [f64; 7] = [12.0, 6.0, 0.0, -6.0, -10.0, -30.0, -60.0];

/// Upright fader in `rect`, with its track along the middle and its scale to the left.
pub fn upright(ui: &mut Ui, rect: Rect, name: &str, value: Db, colour: Color32) -> Change {
    let id = ui.scope_id().with(("fader", name));
    let response = ui.interact(rect.expand2(vec2(4.0, 6.0)), id, Sense::click_and_drag());
    let change = parameter(name, value).handle(ui, &response, Some(rect.height()), false);
    let y = |db: f64| rect.bottom() - rect.height() * to_position(db) as f32;
    let painter = ui.painter();
    let track = Rect::from_center_size(rect.center(), vec2(4.0, rect.height()));
    for mark in MARKS {
        let stroke = Stroke::new(1.0, theme::line());
        painter.hline(track.left() - 9.0..=track.left() - 3.0, y(mark), stroke);
        let at = pos2(track.left() - 12.0, y(mark));
        let text = format!("{:.0}", Db(mark));
        let font = (9.5, theme::Weight::Regular);
        theme::write(painter, at, Align2::RIGHT_CENTER, text, font, theme::dim());
    }
    painter.rect_filled(track, 2.0, theme::line());
    let at = y(change.value.unwrap_or(value.0));
    painter.rect_filled(Rect::from_min_max(pos2(track.left(), at), track.max), 2.0, colour);
    let face = Rect::from_center_size(pos2(rect.center().x, at), vec2(20.0, 10.0));
    let line = [pos2(face.left() + 4.0, at), pos2(face.right() - 4.0, at)];
    thumb(ui, &response, face, line);
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_goes_both_ways() {
        for db in [-59.0, -30.0, -10.0, -3.3, 0.0, 6.0, 12.0] {
            assert!((from_position(to_position(db)) - db).abs() < 1e-9, "{db}");
        }
        assert_eq!(from_position(0.0), f64::NEG_INFINITY);
        assert_eq!(to_position(f64::NEG_INFINITY), 0.0);
    }
}
