//! Automation on a lane: the curve of one value (fader, pan or a processor's value) over the song.
//! [`show`] draws and edits it; [`hint`] draws the fader's curve on lanes that show none.

use super::headers::{read_pan, show_pan};
use super::timeline::Timeline;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::panels::mix::AutomatedParameter;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{choice, fader_position, fader_value};
use crate::dsp::curve::{Curve, FOOT, Point};
use crate::session::edit::Edit;
use crate::session::stem::Stem;
use crate::texts::{self, say};
use crate::units::{Db, SampleRate, Seconds};
use egui::{
    Align2, Key, Pos2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

impl AutomatedParameter {
    fn name(&self, stem: &Stem) -> String {
        match self {
            Self::Fader => say!("mix-fader").into(),
            Self::Pan => say!("mix-pan").into(),
            Self::Value(n, value) => {
                let kind = stem.chain.get(*n).map_or("?", |slot| slot.kind().name());
                let (kind, name) =
                    (texts::word("processor", kind), texts::word("parameter", value.info.name));
                let band = value.place.band.map_or(String::new(), |band| format!(" {}", band + 1));
                format!("{} {kind} \u{b7} {name}{band}", n + 1)
            }
        }
    }

    /// All values of a stem that can be automated.
    fn all(stem: &Stem) -> Vec<Self> {
        let values = stem.chain.iter().enumerate().flat_map(|(n, slot)| {
            slot.processor.movable().into_iter().map(move |value| Self::Value(n, value))
        });
        [Self::Fader, Self::Pan].into_iter().chain(values).collect()
    }

    fn curve(&self, stem: &Stem) -> Curve {
        match self {
            Self::Fader => stem.automation.fader.clone(),
            Self::Pan => stem.automation.pan.clone(),
            Self::Value(n, value) => {
                let found = stem.chain.get(*n).and_then(|slot| slot.curve(value));
                found.cloned().unwrap_or_default()
            }
        }
    }

    /// The value without automation: the setting of the strip or the processor.
    fn still(&self, stem: &Stem) -> f64 {
        match self {
            Self::Fader => stem.strip.fader.0.max(FOOT),
            Self::Pan => stem.strip.pan.0,
            Self::Value(n, value) => {
                let found = stem.chain.get(*n).and_then(|slot| slot.processor.get(value.place));
                found.unwrap_or_default()
            }
        }
    }

    /// The edit that replaces the curve of this value.
    fn edit(&self, stem: &Stem, curve: Curve) -> Edit {
        let mut automation = stem.automation.clone();
        match self {
            Self::Fader => automation.fader = curve,
            Self::Pan => automation.pan = curve,
            Self::Value(n, value) => {
                let mut slots = stem.chain.clone();
                if let Some(slot) = slots.get_mut(*n) {
                    slot.set_curve(value, curve);
                }
                return Edit::Chain { stem: Some(stem.id), slots };
            }
        }
        Edit::Automation { stem: stem.id, automation }
    }

    /// Position of a value on the lane, from 0 at the bottom to 1 at the top.
    fn position(&self, value: f64) -> f64 {
        match self {
            Self::Fader => fader_position(value),
            Self::Pan => (value + 1.0) / 2.0,
            Self::Value(_, at) => at.info.position(value),
        }
    }

    /// Value at a position; the inverse of `position`.
    fn value(&self, position: f64) -> f64 {
        let position = position.clamp(0.0, 1.0);
        match self {
            Self::Fader => fader_value(position).max(FOOT),
            Self::Pan => position * 2.0 - 1.0,
            Self::Value(_, at) => at.info.value(position),
        }
    }

    fn show(&self, value: f64) -> String {
        match self {
            Self::Fader if value <= FOOT => "\u{2212}\u{221e} dB".into(),
            Self::Fader => format!("{:+.1} dB", Db(value)),
            Self::Pan => show_pan(value),
            Self::Value(_, at) => at.info.show(value),
        }
    }

    fn read(&self, text: &str) -> Option<f64> {
        match self {
            Self::Fader => crate::app::widgets::value::level(text).map(|db| db.clamp(FOOT, 12.0)),
            Self::Pan => read_pan(text),
            Self::Value(_, at) => at.info.read(text),
        }
    }
}

/// Geometry of one lane: maps time and value to points of the window, and back.
struct Lane<'a> {
    timeline: &'a Timeline,
    rect: Rect,
    moving: AutomatedParameter,
    rate: SampleRate,
}

impl Lane<'_> {
    fn place(&self, point: &Point) -> Pos2 {
        let x = self.timeline.x_of(point.time.frames(self.rate).0, self.rect);
        pos2(x, self.height(point.value))
    }

    fn height(&self, value: f64) -> f32 {
        let inner = self.rect.shrink2(vec2(0.0, 7.0));
        inner.bottom() - inner.height() * self.moving.position(value) as f32
    }

    fn point(&self, at: Pos2) -> (Seconds, f64) {
        let inner = self.rect.shrink2(vec2(0.0, 7.0));
        let frame = self.timeline.frame_at(at.x, self.rect);
        let position = f64::from((inner.bottom() - at.y) / inner.height());
        (crate::units::Frames(frame).seconds(self.rate), self.moving.value(position))
    }

    /// Index of the nearest curve point, if it is less than 9 points (pixels) from `at`.
    fn near(&self, curve: &Curve, at: Pos2) -> Option<usize> {
        let distance = |point: &Point| self.place(point).distance(at);
        let nearest = curve.points().iter().map(distance).enumerate();
        nearest.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, d)| *d < 9.0).map(|(n, _)| n)
    }

    /// The curve as a polyline from left to right, with a vertex every 3 points and at each curve
    /// point.
    fn line(&self, curve: &Curve, still: f64) -> Vec<Pos2> {
        let step = 3.0;
        let mut line: Vec<Pos2> = Vec::new();
        let mut x = self.rect.left();
        while x <= self.rect.right() {
            let (time, _) = self.point(pos2(x, self.rect.top()));
            line.push(pos2(x, self.height(curve.at(time).unwrap_or(still))));
            x += step;
        }
        // Without the curve points themselves, corners between two steps would be cut off.
        let corners = curve.points().iter().map(|point| self.place(point));
        line.extend(corners.filter(|at| self.rect.x_range().contains(at.x)));
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        line
    }

    fn paint(&self, ui: &Ui, curve: &Curve, still: f64, hot: Option<usize>) {
        let painter = ui.painter().with_clip_rect(self.rect.intersect(ui.clip_rect()));
        painter.rect_filled(self.rect, 0.0, theme::background().gamma_multiply(0.45));
        let colour = if curve.is_empty() { theme::dim() } else { theme::accent() };
        let line = self.line(curve, still);
        painter.add(Shape::line(line, Stroke::new(1.8, colour)));
        for (n, point) in curve.points().iter().enumerate() {
            let radius = if hot == Some(n) { 5.5 } else { 4.0 };
            painter.circle(
                self.place(point),
                radius,
                theme::background(),
                Stroke::new(1.8, colour),
            );
        }
    }
}

/// Draws the curve of a lane and edits it. Click: add a point; drag: move a point, finely with
/// Shift; Alt+drag: bend the curve after a point; double-click or Delete: remove a point.
pub fn show(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    rect: Rect,
    index: usize,
) {
    let Some(stem) = song.session.stems.get(index) else { return };
    let Some(moving) = panels.mix.lines.shown.get(&stem.id).copied() else { return };
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("line", stem.id.0)).max_rect(rect));
    let rate = song.session.sample_rate;
    let curve = moving.curve(stem);
    let response = ui.interact(rect, ui.scope_id().with("line"), Sense::click_and_drag());
    let (value, count) = (moving.name(stem), curve.points().len());
    let words = say!("mix-automation-line", value = value, stem = &stem.name, count = count);
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, &words));
    let timeline = panels.mix.timeline;
    let lane = Lane { timeline: &timeline, rect, moving, rate };
    let hover = response.hover_pos();
    let near = hover.and_then(|at| lane.near(&curve, at));
    lane.paint(ui, &curve, moving.still(stem), near);
    if let Some(at) = hover {
        let (time, value) = near
            .and_then(|n| curve.points().get(n))
            .map_or_else(|| lane.point(at), |point| (point.time, point.value));
        let text = format!("{time:.3}  {}", moving.show(value));
        tip(ui, rect, at, &text);
    }
    let mut points = curve.points().to_vec();
    let pressed = ui.input(|input| input.pointer.press_origin());
    let (alt, fine) = ui.input(|input| (input.modifiers.alt, input.modifiers.shift));
    let deleted = ui.input(|input| input.key_pressed(Key::Delete));
    let mut held = panels.mix.lines.held.filter(|(id, ..)| *id == stem.id);
    let mut changed = false;
    if response.drag_started()
        && let Some(origin) = pressed
    {
        let (time, value) = lane.point(origin);
        let before = curve.points().iter().rposition(|point| point.time <= time);
        held = match (lane.near(&curve, origin), before) {
            (Some(n), _) => Some((stem.id, n, false)),
            (None, Some(n)) if alt => Some((stem.id, n, true)),
            _ => {
                let at = curve.points().iter().filter(|point| point.time <= time).count();
                points.insert(at, Point::new(time, value));
                changed = true;
                Some((stem.id, at, false))
            }
        };
    }
    if response.dragged()
        && let Some((_, n, bend)) = held
        && let Some(at) = response.interact_pointer_pos()
    {
        let delta = f64::from(response.drag_delta().y);
        let (time, value) = lane.point(at);
        let earliest = n.checked_sub(1).and_then(|n| points.get(n)).map(|point| point.time.0);
        let latest = points.get(n + 1).map_or(f64::INFINITY, |point| point.time.0);
        let rises = points.get(n + 1).zip(points.get(n)).is_some_and(|(b, a)| b.value > a.value);
        if let Some(point) = points.get_mut(n) {
            if bend {
                let towards = if rises { delta } else { -delta };
                point.bend = (point.bend + towards / 60.0).clamp(-1.0, 1.0);
            } else {
                point.time = Seconds(time.0.clamp(earliest.unwrap_or(0.0), latest));
                let share = -delta / f64::from(rect.height()) * 0.1;
                let by_little = moving.value(moving.position(point.value) + share);
                point.value = if fine { by_little } else { value };
            }
            changed = true;
        }
    }
    if response.double_clicked() || (deleted && near.is_some()) {
        if let Some(n) = near {
            points.remove(n);
            changed = true;
        }
    } else if response.clicked()
        && near.is_none()
        && let Some(at) = response.interact_pointer_pos()
    {
        let (time, value) = lane.point(at);
        points.push(Point::new(time, value));
        changed = true;
    }
    let stops = response.drag_stopped();
    let mut edit = changed.then(|| moving.edit(stem, Curve::new(points)));
    response.context_menu(|ui| {
        if let Some(curve) = menu(ui, &moving, &curve, near) {
            edit = Some(moving.edit(stem, curve));
        }
    });
    let entries = AutomatedParameter::all(stem);
    let names: Vec<String> = entries.iter().map(|entry| entry.name(stem)).collect();
    let list = Rect::from_min_size(rect.min + vec2(6.0, 6.0), vec2(168.0, 24.0));
    let name = say!("mix-automation-choice", stem = &stem.name);
    let picked = choice(ui, list, &name, &moving.name(stem), &names);
    if let Some(picked) = picked.and_then(|n| entries.get(n)) {
        panels.mix.lines.shown.insert(stem.id, *picked);
    }
    panels.mix.lines.held = if stops { None } else { held.or(panels.mix.lines.held) };
    if let Some(edit) = edit {
        seen.edit(edit);
    }
}

/// Draws the fader's curve thinly, for a lane that shows no automation.
pub fn hint(
    timeline: &Timeline,
    painter: &egui::Painter,
    rect: Rect,
    stem: &Stem,
    rate: SampleRate,
) {
    if stem.automation.fader.is_empty() {
        return;
    }
    let lane = Lane { timeline, rect, moving: AutomatedParameter::Fader, rate };
    let still = AutomatedParameter::Fader.still(stem);
    let line = lane.line(&stem.automation.fader, still);
    painter.add(Shape::line(line, Stroke::new(1.2, theme::strong())));
}

fn tip(ui: &Ui, rect: Rect, at: Pos2, text: &str) {
    let to_the_left = at.x > rect.right() - 150.0;
    let (align, shift) =
        if to_the_left { (Align2::RIGHT_CENTER, -12.0) } else { (Align2::LEFT_CENTER, 12.0) };
    let place = pos2(at.x + shift, (at.y - 12.0).max(rect.top() + 9.0));
    write(ui.painter(), place, align, text, (11.5, Weight::Medium), theme::strong());
}

/// Context menu: type the value of a point, straighten the curve after it, remove the point, or
/// remove all points. Returns the changed curve.
fn menu(
    ui: &mut Ui,
    moving: &AutomatedParameter,
    curve: &Curve,
    near: Option<usize>,
) -> Option<Curve> {
    let id = ui.scope_id().with("point");
    // The point under the pointer when the menu was opened.
    let n = ui.data_mut(|data| {
        if let Some(n) = near {
            data.insert_temp(id, n);
        }
        data.get_temp::<usize>(id)
    });
    let mut points = curve.points().to_vec();
    let mut result = None;
    if let Some(point) = n.and_then(|n| points.get_mut(n)) {
        let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
        let field = egui::TextEdit::singleline(&mut text).hint_text(moving.show(point.value));
        let name = say!("mix-automation-point-value");
        ui.add(field.desired_width(90.0)).accessible_name(name).request_focus();
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        ui.data_mut(|data| data.insert_temp(id, text.clone()));
        if entered && let Some(value) = moving.read(&text) {
            point.value = value;
            result = Some(Curve::new(points.clone()));
        } else if ui.button(say!("mix-automation-straight")).clicked() {
            point.bend = 0.0;
            result = Some(Curve::new(points.clone()));
        }
    }
    if let Some(n) = n.filter(|n| *n < points.len())
        && ui.button(say!("mix-automation-remove-point")).clicked()
    {
        points.remove(n);
        result = Some(Curve::new(points));
    }
    if !curve.is_empty() && ui.button(say!("mix-automation-remove-line")).clicked() {
        result = Some(Curve::default());
    }
    if result.is_some() {
        ui.data_mut(|data| {
            data.remove_temp::<usize>(id);
            data.remove_temp::<String>(id);
        });
        ui.close();
    }
    result
}
