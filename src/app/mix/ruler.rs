//! The ruler above the lanes: sections, time, loop, playhead and pins of comments. [`pointer`]
//! handles the pointer for the ruler, the lanes and the strip of the Review view.

use super::HEADER;
use super::snap::snapped;
use crate::app::actions;
use crate::app::deeds::Play;
use crate::app::menu::action;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::preferences::{Follow, RulerUnit, Snap};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight};
use crate::session::Session;
use crate::session::grid::Grid;
use crate::texts::say;
use crate::units::Seconds;
use egui::{
    CursorIcon, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let area = Rect::from_min_max(pos2(rect.left() + HEADER, rect.top()), rect.max);
    let painter = ui.painter().with_clip_rect(area);
    let Some(song) = seen.song else { return };
    marks(panels, song, &painter, area);
    loop_and_playhead(seen, panels, &painter, area);
    super::cuts::length(song, ui, Rect::from_min_max(rect.min, area.left_bottom()));
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::line()));
    let response = ui.interact(area, ui.scope_id().with("ruler"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, say!("mix-ruler")));
    pointer(seen, panels, ui, &response, area);
    response.context_menu(|ui| menu(seen, panels, ui));
    let band = Rect::from_min_max(
        pos2(area.left(), rect.top() + 5.0),
        pos2(area.right(), rect.top() + 21.0),
    );
    super::section_band::show(seen, panels, ui, band);
    crate::app::review::pins::show(seen, panels, ui, area);
    handles(seen, panels, ui, area);
}

/// The two ends of the marked range, to drag. A loop that plays moves with them.
fn handles(seen: &Seen<'_>, panels: &Panels, ui: &Ui, area: Rect) {
    let (Some(song), Some((from, to))) = (seen.song, seen.heard.range) else { return };
    let ends = [(from, say!("mix-loop-begins"), 5.0), (to, say!("mix-loop-ends"), -5.0)];
    for (n, (frame, words, inner)) in ends.into_iter().enumerate() {
        let x = panels.mix.timeline.x_of(frame, area);
        if !area.x_range().contains(x) {
            continue;
        }
        let middle = pos2(x + inner, area.top() + 31.0);
        let place = Rect::from_center_size(middle, vec2(14.0, 12.0));
        let id = ui.scope_id().with(("end of the range", n));
        let response = ui.interact(place, id, Sense::drag());
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Slider, true, words));
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        let colour = match (response.hovered() || response.dragged(), seen.heard.looping) {
            (true, _) => theme::text(),
            (_, Some(_)) => theme::accent(),
            _ => theme::dim(),
        };
        let face = Rect::from_center_size(pos2(x, area.top() + 31.0), vec2(5.0, 12.0));
        ui.painter().with_clip_rect(area).rect_filled(face, 2.0, colour);
        if let Some(at) = response.interact_pointer_pos()
            && response.dragged()
        {
            let bare = panels.mix.timeline.frame_at(at.x - inner, area);
            let frame = snapped(seen, panels, song, ui, bare);
            let least = (panels.mix.timeline.scale() * 8.0) as u64;
            let range = match n {
                0 => (frame.min(to.saturating_sub(least)), to),
                _ => (from, frame.max(from + least)),
            };
            seen.ask(Play::Mark(Some(range)));
            if seen.heard.looping.is_some() {
                seen.ask(Play::Loop(Some(range)));
            }
        }
    }
}

/// Context menu of ruler and lanes.
pub fn menu(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    ui.set_min_width(200.0);
    let preferences = &mut panels.preferences;
    ui.weak(say!("mix-ruler-unit"));
    for unit in RulerUnit::ALL {
        ui.selectable_value(&mut preferences.ruler, *unit, unit.name());
    }
    ui.separator();
    ui.menu_button(say!("mix-snap", to = preferences.snap.name()), |ui| {
        for snap in Snap::ALL {
            ui.selectable_value(&mut preferences.snap, *snap, snap.name());
        }
    });
    ui.menu_button(say!("mix-follow", how = preferences.follow.name()), |ui| {
        for follow in Follow::ALL {
            ui.selectable_value(&mut preferences.follow, *follow, follow.name());
        }
    });
    ui.checkbox(&mut preferences.processed, say!("mix-processed"));
    ui.checkbox(&mut preferences.grouped, say!("mix-grouped"));
    ui.separator();
    super::cuts::menu_entries(seen, ui);
    for name in actions::OF_TIMELINE {
        action(seen, ui, name);
    }
}

/// Pointer on the timeline. Click: seek; drag: mark a loop; Alt+drag or drag of the playhead:
/// scrub; wheel: scroll and zoom.
pub fn pointer(
    seen: &Seen<'_>,
    panels: &mut Panels,
    ui: &Ui,
    response: &egui::Response,
    area: Rect,
) {
    let Some(song) = seen.song else { return };
    let meant = |panels: &Panels, frame: u64| snapped(seen, panels, song, ui, frame);
    let bare = response.interact_pointer_pos().map(|at| panels.mix.timeline.frame_at(at.x, area));
    let at = bare.map(|frame| meant(panels, frame));
    let drag_id = response.id.with("from");
    let scrub_id = response.id.with("scrub");
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let from = meant(panels, panels.mix.timeline.frame_at(origin.x, area));
        let head = panels.mix.timeline.x_of(seen.heard.frame, area);
        let scrubs = (origin.x - head).abs() < 7.0 || ui.input(|input| input.modifiers.alt);
        ui.data_mut(|data| {
            data.insert_temp(drag_id, from);
            data.insert_temp(scrub_id, scrubs);
        });
    }
    let scrubs = ui.data(|data| data.get_temp::<bool>(scrub_id)).unwrap_or(false);
    if scrubs {
        if let Some(frame) = bare
            && response.dragged()
        {
            seen.ask(Play::Scrub(frame));
        }
        if response.drag_stopped() {
            ui.data_mut(|data| data.insert_temp(scrub_id, false));
            if let Some(frame) = at {
                seen.ask(Play::Seek(frame));
            }
        }
    } else if response.dragged()
        && let (Some(from), Some(to)) = (ui.data(|data| data.get_temp::<u64>(drag_id)), at)
    {
        let range = Some((from.min(to), from.max(to)));
        seen.ask(Play::Mark(range));
    }
    if response.drag_stopped() && !scrubs {
        let minimum = (panels.mix.timeline.scale() * 4.0) as u64;
        let range = seen.heard.range.filter(|(from, to)| to - from > minimum);
        seen.ask(Play::Mark(range));
        seen.ask(Play::Loop(range));
    } else if response.clicked()
        && let Some(frame) = at
    {
        seen.ask(Play::Seek(frame));
    }
    if response.hovered() {
        let (wheel, zoom, hover) = ui.input(|input| {
            (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos())
        });
        if let Some(hover) = hover
            && zoom != 1.0
        {
            panels.mix.timeline.zoom(zoom, hover.x, area);
        }
        if wheel.x != 0.0 {
            panels.mix.timeline.scroll(wheel.x);
        }
    }
}

/// Distances between labelled times, in seconds, the finest first.
const STEPS: [f64; 16] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// Least distance between two labels, in points.
const APART: f64 = 72.0;

/// Distance between labelled times, in seconds, at a zoom of `per_point` seconds per point.
pub fn step(per_point: f64) -> f64 {
    STEPS.into_iter().find(|step| step / per_point > APART).unwrap_or(128.0)
}

/// Draws long marks with labels, and short marks between them. Pins lie above the labels.
fn marks(panels: &Panels, song: &OpenSong, painter: &egui::Painter, area: Rect) {
    let session = &song.session;
    let rate = session.sample_rate.hz().0;
    let scale = panels.mix.timeline.scale();
    let (from, to) =
        (panels.mix.timeline.from(), panels.mix.timeline.from() + f64::from(area.width()) * scale);
    let grid = Grid::of(session).filter(|_| panels.preferences.ruler == RulerUnit::Bars);
    // With a grid the step is in bars, counted from the first downbeat; otherwise in frames.
    let (step, parts) = match (panels.preferences.ruler, &grid) {
        (RulerUnit::Samples, _) => {
            let tens = (0..12).flat_map(|n| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(n)));
            (tens.into_iter().find(|step| step / scale > 88.0).unwrap_or(1e12), 5)
        }
        (_, Some(grid)) => bars(grid, rate / scale),
        _ => (step(scale / rate) * rate, 4),
    };
    let frame = |steps: f64| match &grid {
        Some(grid) => grid.time(steps * step).0 * rate,
        None => steps * step,
    };
    let place = |frame: f64| match &grid {
        Some(grid) => grid.bars_at(Seconds(frame / rate)) / step,
        None => frame / step,
    };
    let y = area.bottom();
    for n in place(from).floor() as i64..=place(to).ceil() as i64 {
        for part in 0..parts {
            let at = frame(n as f64 + f64::from(part) / f64::from(parts));
            if at < -0.5 {
                continue;
            }
            let x = panels.mix.timeline.x_of(at.max(0.0) as u64, area);
            let long = if part == 0 { 12.0 } else { 5.0 };
            painter.vline(x, y - long..=y, Stroke::new(1.0, theme::line()));
            if part == 0 {
                let wide = frame(n as f64 + 1.0) - at;
                let text = word(panels.preferences.ruler, session, at, wide);
                let at = pos2(x + 4.0, y - 8.5);
                let font = theme::font(11.5, Weight::Regular);
                let text = painter.layout_no_wrap(text, font, theme::dim());
                if at.x + text.size().x <= area.right() {
                    let at = pos2(at.x, at.y - text.size().y / 2.0);
                    painter.galley(at, text, theme::dim());
                }
            }
        }
    }
}

/// Distance between labelled marks, in bars (single beats if they have room), and the number of
/// parts between two of them. `points` is the zoom in points per second.
fn bars(grid: &Grid, points: f64) -> (f64, u32) {
    let in_bar = grid.beats_in_bar();
    let bar = (grid.time(1.0).0 - grid.time(0.0).0) * points;
    if bar / f64::from(in_bar) > 60.0 {
        return (1.0 / f64::from(in_bar), 4);
    }
    let doubled = (0..16).map(|n| f64::from(1u32 << n));
    let step = doubled.into_iter().find(|step| step * bar > 60.0).unwrap_or(1.0);
    (step, if step == 1.0 { in_bar } else { 4 })
}

/// Label of a mark. `step` is the distance to the next label, in frames.
fn word(unit: RulerUnit, session: &Session, frame: f64, step: f64) -> String {
    let rate = session.sample_rate.hz().0;
    let time = Seconds(frame / rate);
    match (unit, session.bar_at(Seconds(time.0 + 1e-4))) {
        (RulerUnit::Samples, _) => format!("{frame:.0}"),
        (RulerUnit::Bars, Some((bar, 1))) => format!("{bar}"),
        (RulerUnit::Bars, Some((bar, beat))) => format!("{bar}.{beat}"),
        _ if step / rate < 1.0 => format!("{time:.3}"),
        _ => time.to_string(),
    }
}

fn loop_and_playhead(seen: &Seen<'_>, panels: &Panels, painter: &egui::Painter, area: Rect) {
    if let Some((from, to)) = seen.heard.range {
        let (a, b) = (panels.mix.timeline.x_of(from, area), panels.mix.timeline.x_of(to, area));
        let on = seen.heard.looping.is_some();
        let colour = if on { theme::accent() } else { theme::dim() };
        painter.rect_filled(
            Rect::from_min_max(pos2(a, area.top() + 27.0), pos2(b, area.top() + 31.0)),
            2.0,
            colour,
        );
    }
    let x = panels.mix.timeline.x_of(seen.heard.frame, area);
    let tip = pos2(x, area.bottom() - 12.0);
    let head = vec![tip - vec2(6.0, 9.0), tip + vec2(6.0, -9.0), tip];
    painter.add(Shape::convex_polygon(head, theme::text(), Stroke::NONE));
    painter.vline(x, area.bottom() - 14.0..=area.bottom(), Stroke::new(2.0, theme::text()));
}
