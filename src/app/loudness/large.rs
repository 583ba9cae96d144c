//! The meters in a window of their own, laid out for its size: figures at the left, bars beside them,
//! loudness over the song with a time axis, stereo field and spectrum with axes.

use super::bars::{bars, levels};
use super::field::{field, spectrum};
use super::menu::{menu, more};
use super::{Chosen, chosen, is_stale};
use crate::app::panels::Panels;
use crate::app::preferences::Preferences;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::session::master::TOLERANCE;
use crate::texts::say;
use crate::units::{Db, Lufs, Seconds};
use egui::{
    Align2, Color32, Painter, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

/// A window narrower or lower than this, in points, shows the panel of the views instead.
pub const LEAST: egui::Vec2 = vec2(640.0, 420.0);

const MARGIN: f32 = 20.0;
const FIGURES: f32 = 236.0;
const BARS: f32 = 232.0;
/// Height of the lower part without the stereo field: the gap above it and its heading.
const UNDER: f32 = 38.0;

/// Draws the meters in the whole of `rect`.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let preferences: &mut Preferences = &mut panels.preferences;
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    let whole = ui.interact(rect, ui.scope_id().with("meters"), Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(Role::Group, true, say!("meters-all")));
    whole.context_menu(|ui| menu(seen, preferences, ui));
    let inner = rect.shrink(MARGIN);
    // The stereo field is a square of the height of the lower part.
    let side = side(inner.size());
    let upper = inner.height() - UNDER - side;
    let chosen = chosen(seen);
    let mut aged = ui.painter().clone();
    aged.multiply_opacity(if is_stale(seen) { 0.45 } else { 1.0 });
    let left = Rect::from_min_size(inner.min, vec2(FIGURES, upper));
    figures(seen, chosen.as_ref(), ui, &aged, left);
    let from = pos2(left.right() + 20.0, inner.top() + 8.0);
    let area = Rect::from_min_size(from, vec2(BARS, upper - 34.0));
    bars(seen, preferences.meter_scale, &ui.painter().clone(), area);
    levels(seen, ui, area);
    let right = Rect::from_min_max(
        pos2(area.right() + 28.0, inner.top()),
        pos2(inner.right(), inner.top() + upper),
    );
    more(seen, preferences, ui, pos2(right.right() - 9.0, right.top() + 8.0));
    history(seen, chosen.as_ref(), ui, &aged, right);
    let lower = Rect::from_min_max(pos2(inner.left(), inner.top() + upper + 16.0), inner.max);
    label(ui, lower.left_top(), say!("meters-stereo-field"));
    let square = Rect::from_min_size(lower.min + vec2(0.0, 22.0), vec2(side, side));
    let end = lower.left() + side + 140.0;
    field(seen, &ui.painter().clone(), square, end);
    let from = pos2(end + 10.0, lower.top());
    label(ui, from, say!("meters-spectrum"));
    let area = Rect::from_min_max(from + vec2(30.0, 22.0), lower.max - vec2(0.0, 18.0));
    spectrum(seen, preferences.slope, &ui.painter().clone(), area);
    axes(ui.painter(), area);
}

/// Side of the stereo field in a window with so much room: the spectrum beside it keeps most of the
/// width.
fn side(room: egui::Vec2) -> f32 {
    (room.y * 0.44 - UNDER).min(room.x * 0.36)
}

fn label(ui: &Ui, at: egui::Pos2, text: &str) {
    let font = (12.0, Weight::Regular);
    write(ui.painter(), at + vec2(0.0, 7.0), Align2::LEFT_CENTER, text, font, theme::dim());
}

/// Integrated loudness with its verdict, and the other figures with large numbers.
fn figures(seen: &Seen<'_>, chosen: Option<&Chosen>, ui: &Ui, aged: &Painter, area: Rect) {
    let reading = seen.gauges.reading(seen.heard);
    let target = seen.song.and_then(|song| song.current_master()?.target);
    let integrated = chosen.and_then(|chosen| chosen.loudness.integrated.finite());
    let name = chosen.and_then(|chosen| chosen.master.as_deref()).unwrap_or(say!("meters-mix"));
    label(ui, area.min, &say!("meters-integrated", heard = name));
    let text = integrated.map_or("\u{2013}".into(), |value| format!("{:.1}", Db(value)));
    let big = (46.0, Weight::SemiBold);
    let at = pos2(area.left(), area.top() + 46.0);
    let shown = write(aged, at, Align2::LEFT_CENTER, text, big, theme::text());
    let at = pos2(shown.right() + 10.0, shown.center().y - 9.0);
    write(ui.painter(), at, Align2::LEFT_CENTER, "LUFS", (12.0, Weight::Regular), theme::dim());
    if let (Some(value), Some(target)) = (integrated, target) {
        let off = value - target.loudness.0;
        let (text, colour) = match off.abs() <= TOLERANCE.0 * 2.0 {
            true => (say!("meters-on-target").into(), theme::good()),
            false => (say!("meters-off-target", gain = format!("{:+.1}", Db(off))), theme::dim()),
        };
        let at = at + vec2(0.0, 18.0);
        let width = area.right() - at.x;
        write_within(aged, at, width, text, (12.0, Weight::Regular), colour);
    }
    let level = |value: Lufs| value.finite().map(Db);
    let loudness = &reading.loudness;
    let ratio = chosen.and_then(|chosen| {
        let integrated = chosen.loudness.integrated.finite()?;
        Some(Db(chosen.true_peak.0 - integrated)).filter(|ratio| ratio.0.is_finite())
    });
    let live = Some(reading.true_peak).filter(|peak| peak.0.is_finite());
    let peak = live.or(chosen.map(|chosen| chosen.true_peak)).filter(|peak| peak.0.is_finite());
    let over = |peak: Option<Db>| match peak.is_some_and(|peak| peak.0 > 0.0) {
        true => theme::over(),
        false => theme::text(),
    };
    let plain = theme::text();
    let signed = |value: Option<Db>| value.map(|value| format!("{value:+.1}"));
    let unsigned = |value: Option<Db>| value.map(|value| format!("{value:.1}"));
    let rows: [(&str, Option<String>, &str, Color32, bool); 6] = [
        (say!("meters-momentary"), unsigned(level(loudness.momentary)), "LUFS", plain, false),
        (say!("meters-short-term"), unsigned(level(loudness.short_term)), "LUFS", plain, false),
        (say!("meters-true-peak"), signed(peak), "dBTP", over(peak), live.is_none()),
        (
            say!("meters-range"),
            unsigned(chosen.and_then(|chosen| chosen.loudness.range)),
            "LU",
            plain,
            true,
        ),
        (say!("meters-plr"), unsigned(ratio), "LU", plain, true),
        (say!("meters-psr"), unsigned(seen.gauges.psr(seen.heard)), "LU", plain, false),
    ];
    let top = area.top() + 84.0;
    let step = ((area.bottom() - top) / rows.len() as f32).min(40.0);
    for (n, (name, value, unit, colour, old)) in rows.into_iter().enumerate() {
        let y = top + step * (n as f32 + 0.5);
        let dim = theme::dim();
        let font = (12.5, Weight::Regular);
        write(ui.painter(), pos2(area.left(), y), Align2::LEFT_CENTER, name, font, dim);
        let at = pos2(area.right() - 40.0, y);
        let painter = if old { aged } else { ui.painter() };
        let large = ((step * 0.62).min(22.0), Weight::SemiBold);
        let text = value.unwrap_or("\u{2013}".into());
        write(painter, at, Align2::RIGHT_CENTER, text, large, colour);
        let at = pos2(area.right() - 34.0, y + 1.0);
        write(ui.painter(), at, Align2::LEFT_CENTER, unit, (11.0, Weight::Regular), dim);
    }
}

/// Short-term loudness over the song, −40 to −4 LUFS, with a time axis.
fn history(seen: &Seen<'_>, chosen: Option<&Chosen>, ui: &Ui, aged: &Painter, area: Rect) {
    label(ui, area.min, say!("meters-over-song"));
    let plot = Rect::from_min_max(area.min + vec2(30.0, 26.0), area.max - vec2(0.0, 22.0));
    ui.painter().rect_filled(plot, theme::RADIUS, theme::background());
    let y = |level: f64| {
        let share = ((-4.0 - level) / 36.0).clamp(0.0, 1.0) as f32;
        plot.top() + plot.height() * share
    };
    let font = (11.0, Weight::Regular);
    for level in [-8.0, -14.0, -20.0, -26.0, -32.0] {
        ui.painter().hline(plot.x_range(), y(level), Stroke::new(1.0, theme::raised()));
        let at = pos2(plot.left() - 6.0, y(level));
        let text = format!("{:.0}", Db(level));
        write(ui.painter(), at, Align2::RIGHT_CENTER, text, font, theme::dim());
    }
    let Some(chosen) = chosen.filter(|chosen| !chosen.history.is_empty()) else { return };
    let seconds = chosen.history.len() as f64 / 10.0;
    let x = |at: f64| plot.left() + plot.width() * (at / seconds).clamp(0.0, 1.0) as f32;
    let steps = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];
    let fits = |step: &f64| x(*step) - x(0.0) > 52.0;
    let step = steps.into_iter().find(fits).unwrap_or(1800.0);
    for n in 0..=(seconds / step) as u32 {
        let time = f64::from(n) * step;
        ui.painter().vline(x(time), plot.y_range(), Stroke::new(1.0, theme::raised()));
        if x(time) < plot.right() - 24.0 {
            let at = pos2(x(time), plot.bottom() + 11.0);
            let align = if n == 0 { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER };
            write(ui.painter(), at, align, Seconds(time).to_string(), font, theme::dim());
        }
    }
    if let Some(target) = seen.song.and_then(|song| song.current_master()?.target) {
        let line =
            [pos2(plot.left(), y(target.loudness.0)), pos2(plot.right(), y(target.loudness.0))];
        let stroke = Stroke::new(1.0, theme::accent());
        aged.extend(Shape::dashed_line(&line, stroke, 3.0, 3.0));
    }
    let each = (chosen.history.len() / (plot.width() as usize).max(1)).max(1);
    let points = chosen.history.iter().enumerate().step_by(each);
    let points = points.map(|(n, level)| pos2(x(n as f64 / 10.0), y(level.0))).collect();
    aged.add(Shape::line(points, Stroke::new(1.6, theme::accent())));
    if let Some(song) = seen.song {
        // The playhead is a frame of the song; the version may leave parts of it out.
        let at = x(song.seconds(song.cut_map().edited_frame(seen.heard.frame)).0);
        ui.painter().vline(at, plot.y_range(), Stroke::new(1.0, theme::text()));
    }
}

/// Frequencies below the spectrum, levels at its left.
fn axes(painter: &Painter, area: Rect) {
    let font = (11.0, Weight::Regular);
    let inner = area.shrink(4.0);
    for (hz, text) in [
        (50.0, "50"),
        (100.0, "100"),
        (500.0, "500"),
        (1000.0, "1k"),
        (5000.0, "5k"),
        (10_000.0, "10k"),
    ] {
        let share = (hz / 20.0f32).log10() / 3.0;
        let at = pos2(inner.left() + inner.width() * share, area.bottom() + 10.0);
        write(painter, at, Align2::CENTER_CENTER, text, font, theme::dim());
    }
    for level in [0.0, -24.0, -48.0, -72.0] {
        let y = inner.top() + inner.height() * (-level / 84.0) as f32;
        let at = pos2(area.left() - 6.0, y);
        write(painter, at, Align2::RIGHT_CENTER, format!("{:.0}", Db(level)), font, theme::dim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::World;
    use crate::app::preferences::Preferences;
    use crate::session::history::tests::song;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    #[test]
    fn the_meters_fill_a_window_of_any_size() {
        for size in [LEAST, vec2(900.0, 620.0), vec2(1900.0, 1000.0)] {
            let world = World::of(song());
            let mut panels = Panels::new(Preferences::default());
            let mut harness = Harness::builder()
                .with_size(size)
                .with_context_setup(theme::apply)
                .build_ui(|ui| {
                    let (seen, rect) = (world.seen(), ui.max_rect());
                    show(&seen, &mut panels, ui, rect);
                });
            harness.run_steps(2);
            harness.get_by_label("All meters");
            let levels = harness.get_by_label_contains("Levels: true peak").rect();
            assert!(levels.height() > 100.0 && levels.right() < size.x * 0.9, "{levels:?}");
            // The stereo field leaves no empty area below it, and the spectrum most of the width.
            let (room, side) =
                (size - 2.0 * vec2(MARGIN, MARGIN), side(size - 2.0 * vec2(MARGIN, MARGIN)));
            assert!(side > room.y * 0.3 && side + 140.0 < room.x * 0.62, "{size:?}: {side}");
        }
    }
}
