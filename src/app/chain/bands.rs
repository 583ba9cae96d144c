//! The large picture of the multiband compressor: the spectrum, cut into its bands. Drag the border
//! between two bands for the crossover, the line of a band for its threshold.

use super::{Ask, Rack, eq, pictures};
use crate::app::theme::{self, Weight, write};
use crate::dsp::chain::{ProcessorSettings, Slot};
use crate::dsp::multiband::MultibandSettings;
use crate::dsp::parameter::Settings;
use crate::texts::say;
use crate::units::{Db, Hz};
use egui::{Align2, CursorIcon, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

/// Level at the bottom of the picture; the top is 0 dB.
const LOWEST: f64 = -66.0;

/// Draws the picture; returns the slot with what was dragged.
pub fn show(rack: &Rack<'_>, ui: &mut Ui, area: Rect, slot: &Slot) -> Option<Ask> {
    let ProcessorSettings::Multiband(settings) = &slot.processor else { return None };
    let plot = eq::Plot::narrow(area);
    let x = |hz: Hz| plot.x(hz.0);
    let y = |db: f64| area.bottom() - area.height() * (1.0 - db / LOWEST).clamp(0.0, 1.0) as f32;
    pictures::spectra(ui.painter(), area, &rack.heard().reading.spectrum);
    let borders = [settings.low, settings.middle, settings.high];
    let mut edges = vec![area.left()];
    edges.extend(borders.map(x));
    edges.push(area.right());
    let mut next: Option<MultibandSettings> = None;
    for (n, (pair, band)) in edges.windows(2).zip(&settings.bands).enumerate() {
        let [left, right] = pair else { continue };
        let part = Rect::from_x_y_ranges(*left..=*right, area.y_range());
        if band.on {
            let under = Rect::from_min_max(part.min, pos2(part.right(), y(band.threshold.0)));
            ui.painter().rect_filled(under, 0.0, theme::caution().gamma_multiply(0.10));
        }
        let line = Rect::from_x_y_ranges(
            left + 6.0..=right - 6.0,
            y(band.threshold.0) - 6.0..=y(band.threshold.0) + 6.0,
        );
        let response = ui.interact(line, ui.scope_id().with(("threshold", n)), Sense::drag());
        let words = say!("chain-bands-threshold", band = n + 1);
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
        let response = response.on_hover_cursor(CursorIcon::ResizeVertical);
        let held = response.hovered() || response.dragged();
        let colour = if held { theme::text() } else { theme::caution() };
        ui.painter().hline(line.x_range(), line.center().y, Stroke::new(1.6, colour));
        let text = format!("{:.0} dB", band.threshold);
        if part.width() > 54.0 {
            let at = pos2(part.center().x, line.center().y - 9.0);
            write(ui.painter(), at, Align2::CENTER_CENTER, text, (11.0, Weight::Regular), colour);
        }
        if response.drag_delta().y != 0.0
            && let Some(at) = response.interact_pointer_pos()
        {
            let share = f64::from((at.y - area.top()) / area.height()).clamp(0.0, 1.0);
            let mut changed = *settings;
            if let Some(place) = changed.bands.get_mut(n) {
                place.threshold = Db((share * LOWEST * 2.0).round() / 2.0);
                *place = place.clamped();
                place.on = true;
            }
            next = Some(changed);
        }
    }
    for (n, border) in borders.into_iter().enumerate() {
        let line = Rect::from_center_size(
            pos2(x(border), area.center().y),
            egui::vec2(10.0, area.height()),
        );
        let response = ui.interact(line, ui.scope_id().with(("border", n)), Sense::drag());
        let words = say!("chain-bands-crossover", number = n + 1);
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &words));
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        let held = response.hovered() || response.dragged();
        let colour = if held { theme::text() } else { theme::dim() };
        ui.painter().vline(line.center().x, area.y_range(), Stroke::new(1.4, colour));
        let text = eq::hertz(border);
        let at = pos2(line.center().x + 5.0, area.bottom() - 10.0);
        write(ui.painter(), at, Align2::LEFT_CENTER, text, (11.0, Weight::Regular), colour);
        if response.drag_delta().x != 0.0
            && let Some(at) = response.interact_pointer_pos()
        {
            let hz = Hz(plot.hz(at.x));
            let mut changed = *settings;
            match n {
                0 => changed.low = hz,
                1 => changed.middle = hz,
                _ => changed.high = hz,
            }
            next = Some(changed);
        }
    }
    let settings = next?.clamped();
    let processor = ProcessorSettings::Multiband(settings);
    Some(Ask::Set(Box::new(Slot { on: true, processor, ..slot.clone() })))
}
