//! The loudness panel: always in sight.

use super::App;
use super::document::Document;
use super::theme::{self, Weight, write};
use crate::session::master::TOLERANCE;
use crate::units::{Db, Lufs};
use egui::{
    Align2, Color32, Painter, Popup, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

/// Marks of the scale, and the lowest level shown.
const MARKS: [f64; 5] = [0.0, -6.0, -14.0, -23.0, -36.0];
const LOWEST: f64 = -50.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::PANEL);
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::LINE));
    let inner = rect.shrink2(vec2(18.0, 0.0));
    heading(app, ui, inner);
    let painter = ui.painter().clone();
    let top = |y: f32| rect.top() + y;
    rows(app, &painter, inner, top(100.0));
    let area = Rect::from_min_max(pos2(inner.left(), top(226.0)), pos2(inner.right(), top(436.0)));
    bars(app, &painter, area);
    levels(app, ui, area);
    let label = |y: f32, text: &str| {
        write(
            &painter,
            pos2(inner.left(), top(y)),
            Align2::LEFT_CENTER,
            text,
            (12.0, Weight::Regular),
            theme::DIM,
        );
    };
    label(476.0, "Short-term over the song");
    history(
        app,
        &painter,
        Rect::from_min_max(pos2(inner.left(), top(488.0)), pos2(inner.right(), top(562.0))),
    );
    label(584.0, "Stereo field");
    field(
        app,
        &painter,
        Rect::from_min_size(pos2(inner.left(), top(596.0)), vec2(110.0, 110.0)),
        inner.right(),
    );
    // Where the window is high enough for one meter more.
    let area = Rect::from_min_max(pos2(inner.left(), top(736.0)), pos2(inner.right(), top(822.0)));
    if area.bottom() + 8.0 < rect.bottom() {
        label(724.0, "Spectrum, middle and sides");
        spectrum(app, &painter, area);
    }
}

/// The mix, or one of the masters: what is heard, and whose target is shown.
fn masters(app: &mut App, ui: &mut Ui) {
    let Some(document) = &mut app.document else { return };
    let preview = app.listen.preview;
    if ui.selectable_label(!preview, "Hear the mix without a master").clicked() {
        app.listen.preview = false;
    }
    for (n, master) in document.session.masters.iter().enumerate() {
        let Some(target) = master.target else { continue };
        let name = format!("{} {:.1} LUFS", master.name, target.loudness);
        if ui.selectable_label(preview && document.master == n, name).clicked() {
            document.master = n;
            app.listen.preview = true;
        }
    }
}

/// Target, integrated loudness and verdict. A click on the target chooses what is heard.
fn heading(app: &mut App, ui: &mut Ui, inner: Rect) {
    let top = inner.top();
    let master = app.document.as_ref().and_then(Document::current_master);
    let target = master.and_then(|master| Some((master.name.clone(), master.target?)));
    let integrated = app.integrated().filter(|value| *value != Lufs::SILENCE);
    let predicted = || {
        let session = &app.document.as_ref()?.session;
        Some(app.figures.as_ref()?.mix.predict(session, master?)?.loudness)
    };
    let shown = if app.listen.preview { predicted().or(integrated) } else { integrated };
    let painter = ui.painter().clone();
    write(
        &painter,
        pos2(inner.left(), top + 20.0),
        Align2::LEFT_CENTER,
        "Loudness",
        (14.0, Weight::SemiBold),
        theme::TEXT,
    );
    if let Some((name, target)) = &target {
        let text = format!("{name} {:.0} LUFS", target.loudness);
        let colour = if app.listen.preview { theme::ACCENT } else { theme::DIM };
        let area = write(
            &painter,
            pos2(inner.right(), top + 20.0),
            Align2::RIGHT_CENTER,
            text,
            (12.0, Weight::Medium),
            colour,
        );
        let response = ui.interact(area.expand(6.0), ui.scope_id().with("preview"), Sense::click());
        let on = app.listen.preview;
        response.widget_info(|| {
            WidgetInfo::selected(WidgetRole::CheckBox, true, on, "Hear the master")
        });
        let hint = if on { "The master is heard" } else { "The mix is heard" };
        let response = response.on_hover_text(format!("{hint}. Click to choose"));
        Popup::menu(&response).show(|ui| masters(app, ui));
    }
    let text = shown.map_or("\u{2013}".into(), |value| format!("{value:.1}"));
    let big = write(
        &painter,
        pos2(inner.left(), top + 60.0),
        Align2::LEFT_CENTER,
        text,
        (42.0, Weight::SemiBold),
        theme::TEXT,
    );
    let beside = big.right().max(inner.left() + 108.0) + 14.0;
    write(
        &painter,
        pos2(beside, top + 52.0),
        Align2::LEFT_CENTER,
        "LUFS I",
        (12.0, Weight::Regular),
        theme::DIM,
    );
    let (verdict, colour) = match (shown, &target) {
        (Some(value), Some((_, target))) => {
            let off = value - target.loudness;
            if off.0.abs() <= TOLERANCE.0 * 2.0 {
                ("on target".to_string(), theme::GOOD)
            } else {
                (format!("{off:+.1} LU off"), theme::DIM)
            }
        }
        (None, _) if app.document.is_some() => ("measuring".into(), theme::DIM),
        _ => (String::new(), theme::DIM),
    };
    write(
        &painter,
        pos2(beside, top + 69.0),
        Align2::LEFT_CENTER,
        verdict,
        (12.0, Weight::Regular),
        colour,
    );
}

/// The newest live value while something plays, the highest of the version while nothing does.
fn rows(app: &App, painter: &Painter, inner: Rect, top: f32) {
    let figures = app.figures.as_ref().map(|figures| &figures.mix);
    let (live_momentary, live_short) = app.listen.live();
    let live = live_momentary != Lufs::SILENCE;
    let whole = figures.map(|mix| mix.loudness);
    let short = if live { Some(live_short) } else { whole.map(|all| all.short_term_max) };
    let momentary = if live { Some(live_momentary) } else { whole.map(|all| all.momentary_max) };
    let level = |value: Option<Lufs>| value.and_then(Lufs::finite).map(|v| format!("{:.1}", Db(v)));
    let peak = figures.map(|mix| mix.true_peak).filter(|peak| *peak != Db::SILENCE);
    let ratio = peak.zip(whole).map(|(peak, all)| Db(peak.0 - all.integrated.0));
    let suffix = if live { "" } else { ", highest" };
    let entries: [(String, Option<String>, bool); 5] = [
        (format!("Short-term{suffix}"), level(short), false),
        (format!("Momentary{suffix}"), level(momentary), false),
        (
            "Range".into(),
            whole.and_then(|all| all.range).map(|range| format!("{range:.1} LU")),
            false,
        ),
        (
            "True peak".into(),
            peak.map(|peak| format!("{peak:.1} dBTP")),
            peak.is_some_and(|peak| peak.0 > 0.0),
        ),
        ("PLR".into(), ratio.and_then(Db::finite).map(|ratio| format!("{ratio:.1}")), false),
    ];
    for (n, (name, value, over)) in entries.into_iter().enumerate() {
        let y = top + n as f32 * 22.0;
        write(
            painter,
            pos2(inner.left(), y),
            Align2::LEFT_CENTER,
            name,
            (12.5, Weight::Regular),
            theme::DIM,
        );
        let colour = if over { theme::OVER } else { theme::TEXT };
        let value = value.unwrap_or("\u{2013}".into());
        write(
            painter,
            pos2(inner.right(), y),
            Align2::RIGHT_CENTER,
            value,
            (12.5, Weight::Medium),
            colour,
        );
    }
}

fn height(level: f64, area: Rect) -> f32 {
    // The upper half of the bar is the upper third of the range, as a programme meter has it.
    let share = ((level - LOWEST) / -LOWEST).clamp(0.0, 1.0);
    area.bottom() - area.height() * (share as f32).powf(1.35)
}

fn bars(app: &App, painter: &Painter, area: Rect) {
    let target = app
        .document
        .as_ref()
        .and_then(|document| document.current_master()?.target)
        .map_or(-14.0, |target| target.loudness.0);
    for mark in MARKS {
        let y = height(mark, area);
        let text = format!("{:.0}", Db(mark));
        write(
            painter,
            pos2(area.left() + 24.0, y),
            Align2::RIGHT_CENTER,
            text,
            (11.0, Weight::Regular),
            theme::DIM,
        );
        painter.hline(area.left() + 28.0..=area.left() + 34.0, y, Stroke::new(1.0, theme::DIM));
    }
    let (momentary, short) = app.listen.live();
    let reading = &app.listen.reading;
    let peak = |side: usize| {
        let level = |list: &[f32; 2]| {
            list.get(side).map_or(f64::NEG_INFINITY, |x| Db::from_factor(f64::from(*x)).0)
        };
        (level(&reading.peaks), level(&reading.held))
    };
    let loudness = &reading.loudness;
    let columns = [
        ("M", momentary.0, loudness.momentary_max.0),
        ("S", short.0, loudness.short_term_max.0),
        ("L", peak(0).0, peak(0).1),
        ("R", peak(1).0, peak(1).1),
    ];
    let offsets = [36.0, 84.0, 146.0, 194.0];
    for ((name, level, held), offset) in columns.into_iter().zip(offsets) {
        let column = Rect::from_min_max(
            pos2(area.left() + offset, area.top()),
            pos2(area.left() + offset + 22.0, area.bottom()),
        );
        painter.rect_filled(column, 3.0, theme::RAISED);
        let limit = if matches!(name, "L" | "R") { -6.0 } else { target };
        let part = |from: f64, to: f64, colour: Color32| {
            if to > from && to > LOWEST {
                let rect = Rect::from_min_max(
                    pos2(column.left(), height(to, area)),
                    pos2(column.right(), height(from, area)),
                );
                painter.rect_filled(rect, 2.0, colour);
            }
        };
        part(LOWEST, level.min(limit), theme::GOOD);
        part(limit, level.min(0.0), theme::CAUTION);
        if held > LOWEST {
            let colour = if held > 0.0 { theme::OVER } else { theme::TEXT };
            painter.hline(column.x_range(), height(held, area), Stroke::new(2.0, colour));
        }
        write(
            painter,
            pos2(column.center().x, area.bottom() + 12.0),
            Align2::CENTER_CENTER,
            name,
            (11.0, Weight::Regular),
            theme::DIM,
        );
    }
    let y = height(target, area);
    painter.extend(Shape::dashed_line(
        &[pos2(area.left() + 36.0, y), pos2(area.right(), y)],
        Stroke::new(1.0, theme::ACCENT),
        3.0,
        3.0,
    ));
}

/// The bars as a thing to click: what they read in words, and a lamp that an over leaves lit.
fn levels(app: &mut App, ui: &Ui, area: Rect) {
    let response = ui.interact(area, ui.scope_id().with("levels"), Sense::click());
    let (out, reading) = (app.listen.out, &app.listen.reading);
    let missed = app.listen.unmetered;
    let missed = match missed.0 > 0.0 {
        true => format!(". The computer was too busy to measure {:.1} s", missed.0),
        false => String::new(),
    };
    let words = format!(
        "Levels: true peak {:.1} dBTP, highest sample {:+.1} dB, {} over{missed}",
        reading.true_peak,
        Db::from_factor(f64::from(out.highest)),
        out.overs
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
    if out.overs > 0 {
        let lamp = Rect::from_min_max(
            pos2(area.left() + 146.0, area.top() - 8.0),
            pos2(area.left() + 216.0, area.top() - 3.0),
        );
        ui.painter().rect_filled(lamp, 2.0, theme::OVER);
    }
    if response.on_hover_text(format!("{words}. Click to reset")).clicked() {
        app.listen.reset_meters();
    }
}

fn history(app: &App, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::BACKGROUND);
    let Some(figures) = &app.figures else { return };
    let values = &figures.mix.history;
    let y = |value: Lufs| {
        let share = ((value.0 + 40.0) / 34.0).clamp(0.0, 1.0) as f32;
        area.bottom() - 4.0 - (area.height() - 8.0) * share
    };
    let target = figures.mix.loudness.integrated;
    if target != Lufs::SILENCE {
        let line = [pos2(area.left(), y(target)), pos2(area.right(), y(target))];
        painter.extend(Shape::dashed_line(
            &line,
            Stroke::new(1.0, theme::mixed(theme::ACCENT, 0.5, theme::BACKGROUND)),
            3.0,
            3.0,
        ));
    }
    let last = values.len().saturating_sub(1).max(1) as f32;
    let step = (values.len() / 232).max(1);
    let points = values
        .iter()
        .enumerate()
        .step_by(step)
        .map(|(n, value)| pos2(area.left() + area.width() * n as f32 / last, y(*value)))
        .collect();
    painter.add(Shape::line(points, Stroke::new(1.5, theme::ACCENT)));
}

/// From 20 Hz to 20 kHz and from −84 dB to 0.
fn spectrum(app: &App, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::BACKGROUND);
    let heard = &app.listen.reading.heard;
    let inner = area.shrink(4.0);
    for (levels, colour) in [(&heard.after, theme::DIM), (&heard.before, theme::ACCENT)] {
        let last = levels.len().saturating_sub(1).max(1) as f32;
        let point = |(n, level): (usize, &f32)| {
            let y = (-level / 84.0).clamp(0.0, 1.0);
            pos2(inner.left() + inner.width() * n as f32 / last, inner.top() + inner.height() * y)
        };
        let points = levels.iter().enumerate().map(point).collect();
        painter.add(Shape::line(points, Stroke::new(1.2, colour)));
    }
}

fn field(app: &App, painter: &Painter, area: Rect, right: f32) {
    painter.rect_filled(area, theme::RADIUS, theme::BACKGROUND);
    let centre = area.center();
    let faint = Stroke::new(1.0, theme::mixed(theme::LINE, 0.6, theme::BACKGROUND));
    let arm = area.width() * 0.4;
    painter.line_segment([centre - vec2(arm, arm), centre + vec2(arm, arm)], faint);
    painter.line_segment([centre - vec2(arm, -arm), centre + vec2(arm, -arm)], faint);
    let clipped = painter.with_clip_rect(area);
    let reading = &app.listen.reading;
    for [l, r] in &reading.scope {
        let (side, mid) = ((r - l) * 0.7, (l + r) * 0.7);
        let at = centre + vec2(side, -mid) * area.width() * 0.8;
        clipped.circle_filled(at, 0.9, theme::ACCENT);
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
    text(14.0, "Correlation".into(), 12.0, Weight::Regular, theme::DIM);
    let value = reading.correlation;
    let shown = value.map_or("\u{2013}".into(), |value| format!("{:+.2}", Db(value)));
    text(32.0, shown, 15.0, Weight::SemiBold, theme::TEXT);
    let track = Rect::from_min_max(
        pos2(left, area.top() + 45.0),
        pos2(right.min(left + 90.0), area.top() + 49.0),
    );
    painter.rect_filled(track, 2.0, theme::RAISED);
    if let Some(value) = value {
        let at = track.center().x + track.width() / 2.0 * value as f32;
        let lit = Rect::from_x_y_ranges(
            track.center().x.min(at)..=track.center().x.max(at),
            track.y_range(),
        );
        let colour = if value < 0.0 { theme::CAUTION } else { theme::GOOD };
        painter.rect_filled(lit, 2.0, colour);
    }
}
