//! Sections and time above the lanes. A click moves the playhead, a drag marks a loop.

use super::HEADER;
use crate::app::App;
use crate::app::theme::{self, Weight, write};
use crate::units::Seconds;
use egui::{Align2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    let area = Rect::from_min_max(pos2(rect.left() + HEADER, rect.top()), rect.max);
    let painter = ui.painter().with_clip_rect(area);
    let Some(document) = &app.document else { return };
    let (rate, length) = (document.session.sample_rate, document.length().0);
    let starts: Vec<u64> =
        document.session.sections.iter().map(|section| section.start.frames(rate).0).collect();
    for (n, section) in document.session.sections.iter().enumerate() {
        let from = starts.get(n).copied().unwrap_or(0);
        let to = starts.get(n + 1).copied().unwrap_or(length);
        let x = |frame| app.timeline.x_of(frame, area);
        let part = Rect::from_min_max(
            pos2(x(from) + 1.0, rect.top() + 6.0),
            pos2(x(to) - 1.0, rect.top() + 24.0),
        );
        let chorus = section.name.to_lowercase().contains("chorus");
        let fill = if chorus {
            theme::mixed(theme::ACCENT, 0.28, theme::BACKGROUND)
        } else {
            theme::mixed(theme::LINE, 0.75, theme::BACKGROUND)
        };
        painter.rect_filled(part, 3.0, fill);
        let clip = painter.with_clip_rect(part.intersect(area));
        let colour =
            if chorus { theme::TEXT } else { theme::mixed(theme::TEXT, 0.75, theme::BACKGROUND) };
        write(
            &clip,
            pos2(part.left() + 7.0, part.center().y),
            Align2::LEFT_CENTER,
            &section.name,
            (11.5, Weight::Regular),
            colour,
        );
    }
    times(app, &painter, area, f64::from(rate.0));
    loop_and_playhead(app, &painter, area);
    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, theme::LINE));
    let response = ui.interact(area, ui.scope_id().with("ruler"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, "Timeline ruler"));
    pointer(app, ui, &response, area);
}

/// Click to move the playhead, drag to mark a loop, drag the playhead or drag with Alt to scrub,
/// wheel to move and zoom; shared with the lanes.
pub fn pointer(app: &mut App, ui: &Ui, response: &egui::Response, area: Rect) {
    let at = response.interact_pointer_pos().map(|at| app.timeline.frame_at(at.x, area));
    let drag_id = response.id.with("from");
    let scrub_id = response.id.with("scrub");
    if response.drag_started()
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let from = app.timeline.frame_at(origin.x, area);
        let head = app.timeline.x_of(app.listen.frame(), area);
        let scrubs = (origin.x - head).abs() < 7.0 || ui.input(|input| input.modifiers.alt);
        ui.data_mut(|data| {
            data.insert_temp(drag_id, from);
            data.insert_temp(scrub_id, scrubs);
        });
    }
    let scrubs = ui.data(|data| data.get_temp::<bool>(scrub_id)).unwrap_or(false);
    if scrubs {
        if let (Some(frame), Some(document)) = (at, &app.document)
            && response.dragged()
        {
            app.listen.scrub(document, app.figures.as_ref(), frame);
        }
        if response.drag_stopped() {
            ui.data_mut(|data| data.insert_temp(scrub_id, false));
            if let Some(frame) = at {
                app.listen.seek(frame);
            }
        }
    } else if response.dragged()
        && let (Some(from), Some(to)) = (ui.data(|data| data.get_temp::<u64>(drag_id)), at)
    {
        app.listen.range = Some((from.min(to), from.max(to)));
    }
    if response.drag_stopped() && !scrubs {
        let minimum = (app.timeline.scale() * 4.0) as u64;
        match app.listen.range {
            Some((from, to)) if to - from > minimum => app.listen.set_loop(Some((from, to))),
            _ => {
                app.listen.range = None;
                app.listen.set_loop(None);
            }
        }
    } else if response.clicked()
        && let Some(frame) = at
    {
        app.listen.seek(frame);
    }
    if response.hovered() {
        let (wheel, zoom, hover) = ui.input(|input| {
            (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos())
        });
        if let Some(hover) = hover
            && zoom != 1.0
        {
            app.timeline.zoom(zoom, hover.x, area);
        }
        if wheel.x != 0.0 {
            app.timeline.scroll(wheel.x);
        }
    }
}

/// Steps between times, in seconds, from the finest.
const STEPS: [f64; 16] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

fn times(app: &App, painter: &egui::Painter, area: Rect, rate: f64) {
    let per_point = app.timeline.scale() / rate;
    let step = STEPS.into_iter().find(|step| step / per_point > 72.0).unwrap_or(128.0);
    let first = (app.timeline.from() / rate / step).floor() as i64;
    let count = (f64::from(area.width()) * per_point / step).ceil() as i64 + 1;
    let y = area.bottom();
    for n in first..=first + count {
        let time = n as f64 * step;
        let x = app.timeline.x_of((time * rate) as u64, area);
        painter.vline(x, y - 12.0..=y, Stroke::new(1.0, theme::LINE));
        for quarter in 1..4 {
            let between =
                app.timeline.x_of(((time + step * f64::from(quarter) / 4.0) * rate) as u64, area);
            painter.vline(between, y - 5.0..=y, Stroke::new(1.0, theme::LINE));
        }
        let text =
            if step < 1.0 { format!("{:.3}", Seconds(time)) } else { Seconds(time).to_string() };
        write(
            painter,
            pos2(x + 4.0, y - 12.0),
            Align2::LEFT_CENTER,
            text,
            (11.5, Weight::Regular),
            theme::DIM,
        );
    }
}

fn loop_and_playhead(app: &App, painter: &egui::Painter, area: Rect) {
    if let Some((from, to)) = app.listen.range {
        let (a, b) = (app.timeline.x_of(from, area), app.timeline.x_of(to, area));
        let on = app.listen.looping.is_some();
        let colour = if on { theme::ACCENT } else { theme::DIM };
        painter.rect_filled(
            Rect::from_min_max(pos2(a, area.top() + 27.0), pos2(b, area.top() + 31.0)),
            2.0,
            colour,
        );
    }
    let x = app.timeline.x_of(app.listen.frame(), area);
    let tip = pos2(x, area.bottom() - 12.0);
    let head = vec![tip - vec2(6.0, 9.0), tip + vec2(6.0, -9.0), tip];
    painter.add(Shape::convex_polygon(head, theme::TEXT, Stroke::NONE));
    painter.vline(x, area.bottom() - 14.0..=area.bottom(), Stroke::new(2.0, theme::TEXT));
}
