//! The loudness panel: always in sight.

use super::document::Document;
use super::icons::{self, Icon};
use super::preferences::{Averaging, MeterScale, Slope};
use super::theme::{self, Weight, write};
use super::{App, actions};
use crate::session::master::TOLERANCE;
use crate::units::{Db, Lufs};
use egui::{
    Align2, Color32, Painter, Popup, Rect, Role as WidgetRole, ScrollArea, Sense, Shape, Stroke,
    Ui, WidgetInfo, pos2, vec2,
};

/// Marks of the scale, and the lowest level shown.
const MARKS: [f64; 5] = [0.0, -6.0, -14.0, -23.0, -36.0];
const LOWEST: f64 = -50.0;

/// Heights of what is shown, without and with the spectrum.
const HEIGHT: f32 = 716.0;
const WITH_SPECTRUM: f32 = 836.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::line()));
    let height = if rect.height() < HEIGHT { WITH_SPECTRUM } else { rect.height() };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let (whole, _) = ui.allocate_exact_size(vec2(rect.width(), height), Sense::hover());
        panel(app, ui, whole);
    });
}

fn panel(app: &mut App, ui: &mut Ui, rect: Rect) {
    let whole = ui.interact(rect, ui.scope_id().with("panel"), Sense::click());
    whole.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, "Loudness"));
    whole.context_menu(|ui| menu(app, ui));
    let inner = rect.shrink2(vec2(18.0, 0.0));
    heading(app, ui, inner);
    let painter = ui.painter().clone();
    let top = |y: f32| rect.top() + y;
    rows(app, &painter, inner, top(100.0));
    more(app, ui, pos2(inner.right() - 9.0, top(210.0)));
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
            theme::dim(),
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

/// A button for what can be done with the meters, and a word where they stand still.
fn more(app: &mut App, ui: &mut Ui, at: egui::Pos2) {
    let area = Rect::from_center_size(at, vec2(26.0, 20.0));
    let response = ui.interact(area, ui.scope_id().with("more"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, "Meters"));
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    icons::draw(ui.painter(), Icon::More, at, colour);
    if app.gauges.is_paused() {
        let at = pos2(area.left() - 6.0, at.y);
        let font = (11.5, Weight::SemiBold);
        write(ui.painter(), at, Align2::RIGHT_CENTER, "paused", font, theme::caution());
    }
    let response = response.on_hover_text("Scale, pause, reset, copy");
    Popup::menu(&response).show(|ui| menu(app, ui));
}

fn menu(app: &mut App, ui: &mut Ui) {
    ui.set_min_width(210.0);
    for name in [
        "Pause the meters",
        "Reset the meters",
        "Copy the loudness figures",
        "Meters in a window of their own",
    ] {
        if let Some(action) = actions::find(name) {
            let key = action.shortcut().unwrap_or_default();
            if ui.add(egui::Button::new(name).shortcut_text(key)).clicked() {
                (action.run)(app);
                ui.close();
            }
        }
    }
    ui.separator();
    let preferences = &mut app.preferences;
    ui.weak("Scale");
    for scale in MeterScale::ALL {
        ui.selectable_value(&mut preferences.meter_scale, *scale, scale.name());
    }
    ui.menu_button(format!("Slope: {}", preferences.slope.name()), |ui| {
        for slope in Slope::ALL {
            ui.selectable_value(&mut preferences.slope, *slope, slope.name());
        }
    });
    ui.menu_button(format!("Averaging: {}", preferences.averaging.name()), |ui| {
        for averaging in Averaging::ALL {
            ui.selectable_value(&mut preferences.averaging, *averaging, averaging.name());
        }
    });
}

/// The figures of the version as text, to be pasted anywhere.
pub fn copy(app: &mut App) {
    let Some(text) = figures(app) else {
        app.say("Nothing is measured yet");
        return;
    };
    app.ctx.copy_text(text);
    app.say("The loudness figures are on the clipboard");
}

/// One line a figure; none before anything is measured.
pub fn figures(app: &App) -> Option<String> {
    let (document, figures) = (app.document.as_ref()?, app.figures.as_ref()?);
    let (mix, song) = (&figures.mix, &document.session.song.title);
    let version = document.current_version().map_or("", |version| version.name.as_str());
    let level = |value: Lufs| value.finite().map_or("none".into(), |v| format!("{:.1}", Db(v)));
    let range = mix.loudness.range.map_or("none".into(), |range| format!("{range:.1}"));
    let mut lines = vec![
        format!("{song}, {version}"),
        format!("Integrated {} LUFS", level(mix.loudness.integrated)),
        format!("Short-term, highest {} LUFS", level(mix.loudness.short_term_max)),
        format!("Momentary, highest {} LUFS", level(mix.loudness.momentary_max)),
        format!("Range {range} LU"),
        format!("True peak {:.1} dBTP", mix.true_peak),
    ];
    if let Some(reference) = figures.reference {
        lines.push(format!("Reference {} LUFS", level(reference)));
    }
    Some(lines.join("\n"))
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
        theme::text(),
    );
    if let Some((name, target)) = &target {
        let text = format!("{name} {:.0} LUFS", target.loudness);
        let colour = if app.listen.preview { theme::accent() } else { theme::dim() };
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
        theme::text(),
    );
    let beside = big.right().max(inner.left() + 108.0) + 14.0;
    write(
        &painter,
        pos2(beside, top + 52.0),
        Align2::LEFT_CENTER,
        "LUFS I",
        (12.0, Weight::Regular),
        theme::dim(),
    );
    let (verdict, colour) = match (shown, &target) {
        (Some(value), Some((_, target))) => {
            let off = value - target.loudness;
            if off.0.abs() <= TOLERANCE.0 * 2.0 {
                ("on target".to_string(), theme::good())
            } else {
                (format!("{off:+.1} LU off"), theme::dim())
            }
        }
        (None, _) if app.document.is_some() => ("measuring".into(), theme::dim()),
        _ => (String::new(), theme::dim()),
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
    let reading = app.gauges.reading(&app.listen).loudness;
    let (live_momentary, live_short) = (reading.momentary, reading.short_term);
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
            theme::dim(),
        );
        let colour = if over { theme::over() } else { theme::text() };
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

/// The scale of the loudness bars: where a level is, from 0 to 1, and its marks with their words.
struct Scale {
    kind: MeterScale,
    target: f64,
}

impl Scale {
    /// Lowest and highest of an EBU scale, in LU about the target.
    fn ends(&self) -> Option<(f64, f64)> {
        match self.kind {
            MeterScale::Full => None,
            MeterScale::EbuPlus9 => Some((-18.0, 9.0)),
            MeterScale::EbuPlus18 => Some((-36.0, 18.0)),
        }
    }

    fn height(&self, level: f64, area: Rect) -> f32 {
        match self.ends() {
            None => height(level, area),
            Some((least, most)) => {
                let share = ((level - self.target - least) / (most - least)).clamp(0.0, 1.0);
                area.bottom() - area.height() * share as f32
            }
        }
    }

    fn lowest(&self) -> f64 {
        self.ends().map_or(LOWEST, |(least, _)| self.target + least)
    }

    fn marks(&self) -> Vec<(f64, String)> {
        match self.ends() {
            None => MARKS.iter().map(|mark| (*mark, format!("{:.0}", Db(*mark)))).collect(),
            Some((least, most)) => {
                let step = (most - least) / 9.0;
                let marks = (0..=9).map(|n| least + step * f64::from(n));
                marks.map(|mark| (self.target + mark, format!("{:+.0}", Db(mark)))).collect()
            }
        }
    }
}

fn bars(app: &App, painter: &Painter, area: Rect) {
    let target = app
        .document
        .as_ref()
        .and_then(|document| document.current_master()?.target)
        .map_or(-14.0, |target| target.loudness.0);
    let scale = Scale { kind: app.preferences.meter_scale, target };
    let marks = |right: f32, marks: Vec<(f64, String)>, y: &dyn Fn(f64) -> f32| {
        for (mark, text) in marks {
            let at = pos2(area.left() + right, y(mark));
            write(painter, at, Align2::RIGHT_CENTER, text, (11.0, Weight::Regular), theme::dim());
            painter.hline(at.x + 4.0..=at.x + 10.0, at.y, Stroke::new(1.0, theme::dim()));
        }
    };
    marks(24.0, scale.marks(), &|level| scale.height(level, area));
    if scale.ends().is_some() {
        // The peaks stay in dBFS.
        let peaks = MARKS.iter().map(|mark| (*mark, format!("{:.0}", Db(*mark)))).collect();
        marks(134.0, peaks, &|level| height(level, area));
    }
    let reading = app.gauges.reading(&app.listen);
    let (momentary, short) = (reading.loudness.momentary, reading.loudness.short_term);
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
        painter.rect_filled(column, 3.0, theme::raised());
        let peaks = matches!(name, "L" | "R");
        let limit = if peaks { -6.0 } else { target };
        let lowest = if peaks { LOWEST } else { scale.lowest() };
        let y = |level: f64| if peaks { height(level, area) } else { scale.height(level, area) };
        let part = |from: f64, to: f64, colour: Color32| {
            if to > from && to > lowest {
                let rect =
                    Rect::from_min_max(pos2(column.left(), y(to)), pos2(column.right(), y(from)));
                painter.rect_filled(rect, 2.0, colour);
            }
        };
        part(lowest, level.min(limit), theme::good());
        part(limit, level.min(0.0), theme::caution());
        if held > lowest {
            let colour = if held > 0.0 { theme::over() } else { theme::text() };
            painter.hline(column.x_range(), y(held), Stroke::new(2.0, colour));
        }
        write(
            painter,
            pos2(column.center().x, area.bottom() + 12.0),
            Align2::CENTER_CENTER,
            name,
            (11.0, Weight::Regular),
            theme::dim(),
        );
    }
    let y = scale.height(target, area);
    // On an EBU scale the target is no level of the peaks.
    let end = if scale.ends().is_some() { area.left() + 106.0 } else { area.right() };
    painter.extend(Shape::dashed_line(
        &[pos2(area.left() + 36.0, y), pos2(end, y)],
        Stroke::new(1.0, theme::accent()),
        3.0,
        3.0,
    ));
}

/// The bars as a thing to click: what they read in words, and a lamp that an over leaves lit.
fn levels(app: &mut App, ui: &Ui, area: Rect) {
    let response = ui.interact(area, ui.scope_id().with("levels"), Sense::click());
    let (out, reading) = (app.gauges.out(&app.listen), app.gauges.reading(&app.listen));
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
        ui.painter().rect_filled(lamp, 2.0, theme::over());
        let at = pos2(lamp.left(), lamp.top() - 7.0);
        let text = format!("{} over", out.overs);
        write(ui.painter(), at, Align2::LEFT_CENTER, text, (10.5, Weight::SemiBold), theme::over());
    }
    if response.on_hover_text(format!("{words}. Click to reset")).clicked() {
        app.reset_meters();
    }
}

fn history(app: &App, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
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
            Stroke::new(1.0, theme::mixed(theme::accent(), 0.5, theme::background())),
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
    painter.add(Shape::line(points, Stroke::new(1.5, theme::accent())));
}

/// Where the level of a point of the spectrum is, from 20 Hz to 20 kHz and from −84 dB to 0,
/// tilted about 1 kHz.
pub fn spectrum_point(app: &App, area: Rect, (n, level): (usize, &f32), last: f32) -> egui::Pos2 {
    let along = n as f32 / last.max(1.0);
    let octaves = (20.0 * 1000f32.powf(along) / 1000.0).log2();
    let level = level + octaves * app.preferences.slope.per_octave().0 as f32;
    let y = (-level / 84.0).clamp(0.0, 1.0);
    pos2(area.left() + area.width() * along, area.top() + area.height() * y)
}

fn spectrum(app: &App, painter: &Painter, area: Rect) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let [middle, sides] = app.gauges.spectrum();
    let inner = area.shrink(4.0);
    for (levels, colour) in [(sides, theme::dim()), (middle, theme::accent())] {
        let last = levels.len().saturating_sub(1) as f32;
        let points = levels.iter().enumerate();
        let points = points.map(|point| spectrum_point(app, inner, point, last)).collect();
        painter.add(Shape::line(points, Stroke::new(1.2, colour)));
    }
}

fn field(app: &App, painter: &Painter, area: Rect, right: f32) {
    painter.rect_filled(area, theme::RADIUS, theme::background());
    let centre = area.center();
    let faint = Stroke::new(1.0, theme::mixed(theme::line(), 0.6, theme::background()));
    let arm = area.width() * 0.4;
    painter.line_segment([centre - vec2(arm, arm), centre + vec2(arm, arm)], faint);
    painter.line_segment([centre - vec2(arm, -arm), centre + vec2(arm, -arm)], faint);
    let clipped = painter.with_clip_rect(area);
    let reading = app.gauges.reading(&app.listen);
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
    text(14.0, "Correlation".into(), 12.0, Weight::Regular, theme::dim());
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
