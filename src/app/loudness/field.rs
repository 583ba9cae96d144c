//! Stereo field with correlation, and live spectrum, both of the loudness panel.

use crate::app::preferences::Slope;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::texts::say;
use crate::units::Db;
use egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// Position of point `n` of the spectrum: 20 Hz to 20 kHz from left to right, 0 to −84 dB from top
/// to bottom, tilted by `slope` around 1 kHz.
fn spectrum_point(slope: Slope, area: Rect, (n, level): (usize, &f32), last: f32) -> Pos2 {
    let along = n as f32 / last.max(1.0);
    let octaves = (20.0 * 1000f32.powf(along) / 1000.0).log2();
    let level = level + octaves * slope.per_octave().0 as f32;
    let y = (-level / 84.0).clamp(0.0, 1.0);
    pos2(area.left() + area.width() * along, area.top() + area.height() * y)
}

/// Draws the spectrum: the sides in grey, the middle in the accent colour.
pub fn spectrum(seen: &Seen<'_>, slope: Slope, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let [middle, sides] = seen.gauges.spectrum();
    let inner = area.shrink(4.0);
    for (levels, colour) in [(sides, theme::dim()), (middle, theme::accent())] {
        let last = levels.len().saturating_sub(1) as f32;
        let points = levels.iter().enumerate();
        let points = points.map(|point| spectrum_point(slope, inner, point, last)).collect();
        painter.add(Shape::line(points, Stroke::new(1.2, colour)));
    }
}

/// Draws the stereo field (goniometer) in `area`, and the correlation from −1 to 1 at its right.
pub fn field(seen: &Seen<'_>, painter: &Painter, area: Rect, right: f32) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let centre = area.center();
    let faint = Stroke::new(1.0, theme::mixed(theme::line(), 0.6, theme::background()));
    let arm = area.width() * 0.4;
    painter.line_segment([centre - vec2(arm, arm), centre + vec2(arm, arm)], faint);
    painter.line_segment([centre - vec2(arm, -arm), centre + vec2(arm, -arm)], faint);
    let clipped = painter.with_clip_rect(area);
    let reading = seen.gauges.reading(seen.heard);
    for [l, r] in &reading.scope {
        let (side, mid) = ((r - l) * 0.7, (l + r) * 0.7);
        let at = centre + vec2(side, -mid) * area.width() * 0.8;
        clipped.circle_filled(at, 0.9, theme::accent());
    }
    let left = area.right() + 14.0;
    let text = |y: f32, words: String, size: f32, weight, colour| {
        write(
            painter,
            pos2(left, area.top() + y),
            Align2::LEFT_CENTER,
            words,
            (size, weight),
            colour,
        );
    };
    text(14.0, say!("meters-correlation").into(), 12.0, Weight::Regular, theme::dim());
    let value = reading.correlation;
    let shown = value.map_or("\u{2013}".into(), |value| format!("{:+.2}", Db(value)));
    text(32.0, shown, 15.0, Weight::SemiBold, theme::text());
    let track = Rect::from_min_max(
        pos2(left, area.top() + 45.0),
        pos2(right.min(left + 90.0), area.top() + 49.0),
    );
    painter.rect_filled(track, 2.0, theme::raised());
    if let Some(value) = value {
        let at = track.center().x + track.width() / 2.0 * value as f32;
        let lit = Rect::from_x_y_ranges(
            track.center().x.min(at)..=track.center().x.max(at),
            track.y_range(),
        );
        let colour = if value < 0.0 { theme::caution() } else { theme::good() };
        painter.rect_filled(lit, 2.0, colour);
    }
}
