//! The large picture of the multiband compressor: the spectrum, cut into its bands. Drag the border
//! between two bands for the crossover, the line of a band for its threshold; a click chooses a band.
//! Borders and lines are controls like faders: keys, wheel and typed values move them too.

use super::values::{changed, full_name, usual};
use super::{Ask, Rack, eq, pictures};
use crate::app::plots::figure;
use crate::app::theme;
use crate::app::widgets::{Notch, Parameter};
use crate::dsp::chain::{ParameterRef, ProcessorSettings, Slot};
use crate::texts::say;
use crate::units::Hz;
use egui::{Align2, CursorIcon, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Level at the bottom of the picture; the top is 0 dB.
const LOWEST: f64 = -66.0;

/// Draws the picture; returns the slot with what was dragged.
pub fn show(rack: &mut Rack<'_>, ui: &mut Ui, area: Rect, slot: &Slot) -> Option<Ask> {
    let ProcessorSettings::Multiband(settings) = &slot.processor else { return None };
    ui.painter().rect_filled(area, 4.0, theme::background());
    let plot = eq::Plot::narrow(area);
    let y = |db: f64| area.bottom() - area.height() * (1.0 - db / LOWEST).clamp(0.0, 1.0) as f32;
    let borders = [settings.low, settings.middle, settings.high].map(|Hz(hz)| plot.x(hz));
    let mut edges = vec![area.left()];
    edges.extend(borders);
    edges.push(area.right());
    let field = ui.interact(area, ui.scope_id().with("bands"), Sense::click());
    field.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, say!("chain-bands-picture")));
    if let Some(at) = field.interact_pointer_pos().filter(|_| field.clicked()) {
        rack.racks.band = borders.iter().filter(|border| **border <= at.x).count();
    }
    let chosen = rack.racks.band.min(settings.bands.len() - 1);
    let parts = edges.windows(2).filter_map(|pair| match pair {
        [left, right] => Some(Rect::from_x_y_ranges(*left..=*right, area.y_range())),
        _ => None,
    });
    let parts: Vec<Rect> = parts.collect();
    for (n, (part, band)) in parts.iter().zip(&settings.bands).enumerate() {
        if n == chosen {
            ui.painter().rect_filled(*part, 0.0, theme::panel());
        }
        if band.on {
            let under = Rect::from_min_max(pos2(part.left(), y(band.threshold.0)), part.max);
            ui.painter().rect_filled(under, 0.0, theme::caution().gamma_multiply(0.10));
        }
    }
    pictures::spectra(ui.painter(), area, &rack.heard().reading.spectrum);
    let mut next = None;
    let all = slot.processor.values();
    let thresholds = all.iter().filter(|value| value.id.as_str() == "threshold");
    for (n, (part, value)) in parts.iter().zip(thresholds).enumerate() {
        let now = slot.processor.get(value.place).unwrap_or_default();
        let line = Rect::from_x_y_ranges(
            part.left() + 6.0..=part.right() - 6.0,
            y(now) - 6.0..=y(now) + 6.0,
        );
        let (low, high) = value.info.range;
        let handle = Handle {
            value,
            name: say!("chain-bands-threshold", band = n + 1),
            to_position: &|db| 1.0 - db / LOWEST,
            from_position: &|position| (LOWEST * (1.0 - position)).clamp(low, high),
            travel: area.height(),
            sideways: false,
        };
        let (response, to) = handle.show(ui, line, slot);
        if response.dragged() || response.gained_focus() {
            rack.racks.band = n;
        }
        let colour = if lit(&response) { theme::text() } else { theme::caution() };
        ui.painter().hline(line.x_range(), line.center().y, Stroke::new(1.6, colour));
        if part.width() > 54.0 {
            // Above the line, or below it where that would be outside.
            let up = if line.center().y - area.top() < 20.0 { 10.0 } else { -10.0 };
            let at = pos2(part.center().x, line.center().y + up);
            let ground = if n == chosen { theme::panel() } else { theme::background() };
            let text = value.info.show(now);
            figure(ui.painter(), at, Align2::CENTER_CENTER, text, [colour, ground]);
        }
        next = to.map(|to| changed(slot, value.place, to)).or(next);
    }
    let crossovers = all.iter().filter(|value| value.place.band.is_none());
    for (n, (x, value)) in borders.into_iter().zip(crossovers).enumerate() {
        let line = Rect::from_center_size(pos2(x, area.center().y), vec2(10.0, area.height()));
        let (low, high) = value.info.range;
        let handle = Handle {
            value,
            name: say!("chain-bands-crossover", number = n + 1),
            to_position: &|hz| f64::from((plot.x(hz) - area.left()) / area.width()),
            from_position: &|position| {
                plot.hz(area.left() + area.width() * position as f32).clamp(low, high)
            },
            travel: area.width(),
            sideways: true,
        };
        let (response, to) = handle.show(ui, line, slot);
        let colour = if lit(&response) { theme::text() } else { theme::dim() };
        ui.painter().vline(x, area.y_range(), Stroke::new(1.4, colour));
        let at = pos2(x + 6.0, area.bottom() - 10.0);
        let text = eq::hertz(Hz(slot.processor.get(value.place).unwrap_or_default()));
        figure(ui.painter(), at, Align2::LEFT_CENTER, text, [colour, theme::background()]);
        next = to.map(|to| changed(slot, value.place, to)).or(next);
    }
    next.map(|slot| Ask::Set(Box::new(Slot { on: true, ..slot })))
}

fn lit(response: &Response) -> bool {
    response.hovered() || response.dragged() || response.has_focus()
}

/// A line of the picture that moves a value.
struct Handle<'a> {
    value: &'a ParameterRef,
    name: String,
    to_position: &'a dyn Fn(f64) -> f64,
    from_position: &'a dyn Fn(f64) -> f64,
    /// Length of the whole range in points: the line stays under the pointer.
    travel: f32,
    sideways: bool,
}

impl Handle<'_> {
    fn show(&self, ui: &Ui, line: Rect, slot: &Slot) -> (Response, Option<f64>) {
        let info = &self.value.info;
        let parameter = Parameter {
            name: &self.name,
            value: slot.processor.get(self.value.place).unwrap_or_default(),
            default: usual(slot.kind(), self.value.place),
            to_position: self.to_position,
            from_position: self.from_position,
            show: &|value| info.show(value),
            read: &|text| info.read(text),
            notch: Notch::of(info.unit),
        };
        let id = ui.scope_id().with(("line", full_name(slot, self.value)));
        let icon =
            if self.sideways { CursorIcon::ResizeHorizontal } else { CursorIcon::ResizeVertical };
        let response = ui.interact(line, id, Sense::click_and_drag()).on_hover_cursor(icon);
        let change = parameter.handle(ui, &response, Some(self.travel), self.sideways);
        (response, change.value)
    }
}
