//! Sections and time above the lanes. A click moves the playhead, a drag marks a loop.

use super::HEADER;
use super::snap::snapped;
use crate::app::actions;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::menu::action;
use crate::app::preferences::{Follow, RulerUnit, Snap};
use crate::app::theme::{self, Weight, write};
use crate::session::Session;
use crate::session::grid::Grid;
use crate::units::Seconds;
use egui::{Align2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let area = Rect::from_min_max(pos2(rect.left() + HEADER, rect.top()), rect.max);
    let painter = ui.painter().with_clip_rect(area);
    let Some(document) = &desk.document else { return };
    marks(desk, document, &painter, area);
    loop_and_playhead(desk, &painter, area);
    super::cuts::length(document, ui, Rect::from_min_max(rect.min, area.left_bottom()));
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::line()));
    let response = ui.interact(area, ui.scope_id().with("ruler"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, "Timeline ruler"));
    pointer(desk, ui, &response, area);
    response.context_menu(|ui| menu(desk, ui));
    let band = Rect::from_min_max(
        pos2(area.left(), rect.top() + 6.0),
        pos2(area.right(), rect.top() + 24.0),
    );
    super::section_band::show(desk, ui, band);
    desk.show(|seen, panels| crate::app::review::pins::show(seen, panels, ui, area));
}

/// What can be chosen for the timeline.
pub fn menu(desk: &mut Desk, ui: &mut Ui) {
    ui.set_min_width(200.0);
    let preferences = &mut desk.panels.preferences;
    ui.weak("Ruler");
    for unit in RulerUnit::ALL {
        ui.selectable_value(&mut preferences.ruler, *unit, unit.name());
    }
    ui.separator();
    ui.menu_button(format!("Snap: {}", preferences.snap.name()), |ui| {
        for snap in Snap::ALL {
            ui.selectable_value(&mut preferences.snap, *snap, snap.name());
        }
    });
    ui.menu_button(format!("Follow: {}", preferences.follow.name()), |ui| {
        for follow in Follow::ALL {
            ui.selectable_value(&mut preferences.follow, *follow, follow.name());
        }
    });
    ui.checkbox(&mut preferences.processed, "Waveforms after processing");
    ui.checkbox(&mut preferences.grouped, "Lanes grouped by role");
    ui.separator();
    super::cuts::menu_entries(desk, ui);
    for name in actions::OF_TIMELINE {
        desk.show(|seen, _| action(seen, ui, name));
    }
}

/// Click to move the playhead, drag to mark a loop, drag the playhead or drag with Alt to scrub,
/// wheel to move and zoom; shared with the lanes.
pub fn pointer(desk: &mut Desk, ui: &Ui, response: &egui::Response, area: Rect) {
    let meant = |desk: &Desk, frame: u64| {
        desk.document.as_ref().map_or(frame, |document| snapped(desk, document, ui, frame))
    };
    let bare =
        response.interact_pointer_pos().map(|at| desk.panels.mix.timeline.frame_at(at.x, area));
    let at = bare.map(|frame| meant(desk, frame));
    let drag_id = response.id.with("from");
    let scrub_id = response.id.with("scrub");
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let from = meant(desk, desk.panels.mix.timeline.frame_at(origin.x, area));
        let head = desk.panels.mix.timeline.x_of(desk.listen.frame(), area);
        let scrubs = (origin.x - head).abs() < 7.0 || ui.input(|input| input.modifiers.alt);
        ui.data_mut(|data| {
            data.insert_temp(drag_id, from);
            data.insert_temp(scrub_id, scrubs);
        });
    }
    let scrubs = ui.data(|data| data.get_temp::<bool>(scrub_id)).unwrap_or(false);
    if scrubs {
        if let (Some(frame), Some(document)) = (bare, &desk.document)
            && response.dragged()
        {
            desk.listen.scrub(document, desk.measured.figures.as_ref(), frame);
        }
        if response.drag_stopped() {
            ui.data_mut(|data| data.insert_temp(scrub_id, false));
            if let Some(frame) = at {
                desk.listen.seek(frame);
            }
        }
    } else if response.dragged()
        && let (Some(from), Some(to)) = (ui.data(|data| data.get_temp::<u64>(drag_id)), at)
    {
        desk.listen.heard.range = Some((from.min(to), from.max(to)));
    }
    if response.drag_stopped() && !scrubs {
        let minimum = (desk.panels.mix.timeline.scale() * 4.0) as u64;
        match desk.listen.heard.range {
            Some((from, to)) if to - from > minimum => desk.listen.set_loop(Some((from, to))),
            _ => {
                desk.listen.heard.range = None;
                desk.listen.set_loop(None);
            }
        }
    } else if response.clicked()
        && let Some(frame) = at
    {
        desk.listen.seek(frame);
    }
    if response.hovered() {
        let (wheel, zoom, hover) = ui.input(|input| {
            (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos())
        });
        if let Some(hover) = hover
            && zoom != 1.0
        {
            desk.panels.mix.timeline.zoom(zoom, hover.x, area);
        }
        if wheel.x != 0.0 {
            desk.panels.mix.timeline.scroll(wheel.x);
        }
    }
}

/// Steps between times, in seconds, from the finest.
const STEPS: [f64; 16] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// Between two words of the ruler, in points.
const APART: f64 = 72.0;

/// The step between times at so many seconds a point.
pub fn step(per_point: f64) -> f64 {
    STEPS.into_iter().find(|step| step / per_point > APART).unwrap_or(128.0)
}

/// Marks with words, and shorter ones between them.
fn marks(desk: &Desk, document: &Document, painter: &egui::Painter, area: Rect) {
    let session = &document.session;
    let rate = session.sample_rate.hz().0;
    let scale = desk.panels.mix.timeline.scale();
    let (from, to) = (
        desk.panels.mix.timeline.from(),
        desk.panels.mix.timeline.from() + f64::from(area.width()) * scale,
    );
    let grid = Grid::of(session).filter(|_| desk.panels.preferences.ruler == RulerUnit::Bars);
    // Steps in frames, or in bars where they are counted from the first downbeat.
    let (step, parts) = match (desk.panels.preferences.ruler, &grid) {
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
            let x = desk.panels.mix.timeline.x_of(at.max(0.0) as u64, area);
            let long = if part == 0 { 12.0 } else { 5.0 };
            painter.vline(x, y - long..=y, Stroke::new(1.0, theme::line()));
            if part == 0 {
                let wide = frame(n as f64 + 1.0) - at;
                let text = word(desk.panels.preferences.ruler, session, at, wide);
                let at = pos2(x + 4.0, y - 12.0);
                write(
                    painter,
                    at,
                    Align2::LEFT_CENTER,
                    text,
                    (11.5, Weight::Regular),
                    theme::dim(),
                );
            }
        }
    }
}

/// Steps of bars, or of beats where there is room for them, and how many parts they have.
/// `points` are those that a second takes.
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

fn loop_and_playhead(desk: &Desk, painter: &egui::Painter, area: Rect) {
    if let Some((from, to)) = desk.listen.heard.range {
        let (a, b) =
            (desk.panels.mix.timeline.x_of(from, area), desk.panels.mix.timeline.x_of(to, area));
        let on = desk.listen.heard.looping.is_some();
        let colour = if on { theme::accent() } else { theme::dim() };
        painter.rect_filled(
            Rect::from_min_max(pos2(a, area.top() + 27.0), pos2(b, area.top() + 31.0)),
            2.0,
            colour,
        );
    }
    let x = desk.panels.mix.timeline.x_of(desk.listen.frame(), area);
    let tip = pos2(x, area.bottom() - 12.0);
    let head = vec![tip - vec2(6.0, 9.0), tip + vec2(6.0, -9.0), tip];
    painter.add(Shape::convex_polygon(head, theme::text(), Stroke::NONE));
    painter.vline(x, area.bottom() - 14.0..=area.bottom(), Stroke::new(2.0, theme::text()));
}
