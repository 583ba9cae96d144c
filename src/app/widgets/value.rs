//! Behaviour that all controls of a value share: drag, wheel, arrow keys, Shift for fine steps,
//! double-click to reset, right-click or Enter to type, a tooltip, and name and value for screen
//! readers, which can also set the value.

use crate::dsp::parameter::Unit;
use crate::texts::say;
use egui::accesskit::{Action, ActionData};
use egui::{
    Event, EventFilter, Id, Key, MouseWheelUnit, Popup, PopupCloseBehavior, Response,
    SetOpenCommand, Ui, WidgetInfo,
};

/// A value that a control moves. The control works on a position from 0 to 1.
pub struct Parameter<'a> {
    /// Name for tooltip and screen reader, with the name of the stem if it belongs to one.
    pub name: &'a str,
    pub value: f64,
    pub default: f64,
    /// Position of a value.
    pub to_position: &'a dyn Fn(f64) -> f64,
    /// Value at a position.
    pub from_position: &'a dyn Fn(f64) -> f64,
    /// Formats a value with its unit.
    pub show: &'a dyn Fn(f64) -> String,
    /// Reads typed text; `None` if it is no value.
    pub read: &'a dyn Fn(&str) -> Option<f64>,
    pub notch: Notch,
}

/// How far one notch of the wheel, or an arrow key, moves a value; a fifth of that with Shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Notch {
    /// In the unit of the value.
    By(f64),
    /// By this factor, for values that are heard as ratios.
    Times(f64),
}

impl Notch {
    /// Notch for a value of a processor, by its unit.
    pub fn of(unit: Unit) -> Self {
        match unit {
            Unit::Decibels => Self::By(0.5),
            // A semitone.
            Unit::Hertz => Self::Times(2f64.powf(1.0 / 12.0)),
            Unit::Time | Unit::Ratio | Unit::Q => Self::Times(1.05),
            Unit::Share => Self::By(0.01),
            Unit::Degrees | Unit::Frames | Unit::Choice(_) => Self::By(1.0),
        }
    }

    /// The value after a number of notches.
    pub fn moved(self, value: f64, notches: f64) -> f64 {
        match self {
            // Rounding keeps sums of tenths exact.
            Self::By(by) => ((value + by * notches) * 1e6).round() / 1e6,
            Self::Times(factor) => value * factor.powf(notches),
        }
    }
}

/// What the user did with a control in this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// The new value, if it moved.
    pub value: Option<f64>,
    /// The gesture ended.
    pub ends: bool,
}

/// Length of a drag over the whole range, in points.
const TRAVEL: f32 = 160.0;
/// Factor for a drag with Shift.
const FINE: f32 = 0.1;
/// Factor for notches with Shift: half a decibel becomes a tenth.
const FINE_NOTCH: f64 = 0.2;
/// Points of a trackpad that equal one notch of a wheel.
const NOTCH: f32 = 50.0;

/// Whole notches of the wheel in this frame. Fractions of a notch, as from a trackpad, are kept
/// under `id` and add up.
pub fn notches(ui: &Ui, id: Id) -> f32 {
    let turned: f32 = ui.input(|input| {
        let turned = |event: &Event| match event {
            Event::MouseWheel { unit, delta, modifiers, .. } if !modifiers.command => {
                // With Shift held, some systems report the wheel as horizontal.
                let along = delta.y + delta.x;
                Some(match unit {
                    MouseWheelUnit::Line => along,
                    MouseWheelUnit::Page => along * 10.0,
                    MouseWheelUnit::Point => along / NOTCH,
                })
            }
            _ => None,
        };
        input.events.iter().filter_map(turned).sum()
    });
    if turned == 0.0 {
        return 0.0;
    }
    let id = id.with("wheel");
    ui.data_mut(|data| {
        let sum = data.get_temp::<f32>(id).unwrap_or(0.0) + turned;
        data.insert_temp(id, sum.fract());
        sum.trunc()
    })
}

impl Parameter<'_> {
    /// Handles the input of a control drawn at `response`, and describes it to screen readers.
    /// `travel` is the length of a drag over the whole range in points, horizontal if `sideways`.
    pub fn handle(
        &self,
        ui: &Ui,
        response: &Response,
        travel: Option<f32>,
        sideways: bool,
    ) -> Change {
        let mut change = Change { value: None, ends: response.drag_stopped() };
        let fine = ui.input(|input| input.modifiers.shift);
        if response.dragged() {
            let delta = response.drag_delta();
            let along = if sideways { delta.x } else { -delta.y };
            let step = along / travel.unwrap_or(TRAVEL) * if fine { FINE } else { 1.0 };
            if step != 0.0 {
                let position = (self.to_position)(self.value) + f64::from(step);
                change.value = Some((self.from_position)(position.clamp(0.0, 1.0)));
            }
        }
        let wheel = if response.hovered() { notches(ui, response.id) } else { 0.0 };
        let keys = if response.has_focus() { self.keys(ui, response) } else { 0.0 };
        let asked = |action| {
            ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as f32
        };
        let steps = wheel + keys + asked(Action::Increment) - asked(Action::Decrement);
        if steps != 0.0 {
            change.value = Some(self.stepped(f64::from(steps), fine));
        }
        let key = |key| response.has_focus() && ui.input(|input| input.key_pressed(key));
        if response.double_clicked() || key(Key::Backspace) {
            change = Change { value: Some(self.default), ends: true };
        }
        let typed = self.menu(response, key(Key::Enter)).or_else(|| self.asked(ui, response));
        if let Some(typed) = typed {
            change = Change { value: Some(typed), ends: true };
        }
        change.ends |= change.value.is_some() && !response.dragged();
        let text = (self.show)(self.value);
        response
            .widget_info(|| WidgetInfo::slider(true, self.value, format!("{}, {text}", self.name)));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            let end = |position| Some((self.from_position)(position)).filter(|end| end.is_finite());
            end(0.0).into_iter().for_each(|least| node.set_min_numeric_value(least));
            end(1.0).into_iter().for_each(|most| node.set_max_numeric_value(most));
            for action in [Action::Increment, Action::Decrement, Action::SetValue] {
                node.add_action(action);
            }
        });
        if response.hovered() && !response.dragged() {
            response.clone().on_hover_text(format!("{} {text}", self.name));
        }
        change
    }

    /// The value after a number of notches, within its range.
    fn stepped(&self, steps: f64, fine: bool) -> f64 {
        // A fader at −∞ dB steps from just above the bottom.
        let lowest = (self.from_position)(0.0);
        let from = if self.value.is_finite() { self.value } else { (self.from_position)(1e-6) };
        let next = self.notch.moved(from, if fine { steps * FINE_NOTCH } else { steps });
        let least = (self.from_position)(1e-6);
        if next < least { lowest } else { next.min((self.from_position)(1.0)) }
    }

    /// Notches of the arrow keys (1) and the page keys (10). The arrow keys do not move the focus.
    fn keys(&self, ui: &Ui, response: &Response) -> f32 {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let key = |key| ui.input(|input| input.num_presses(key)) as f32;
        key(Key::ArrowUp) + key(Key::ArrowRight) - key(Key::ArrowDown) - key(Key::ArrowLeft)
            + (key(Key::PageUp) - key(Key::PageDown)) * 10.0
    }

    /// Value set by a screen reader.
    fn asked(&self, ui: &Ui, response: &Response) -> Option<f64> {
        ui.input(|input| {
            let request = input.accesskit_action_requests(response.id, Action::SetValue).last()?;
            match request.data.as_ref()? {
                ActionData::NumericValue(value) => {
                    Some((self.from_position)((self.to_position)(*value).clamp(0.0, 1.0)))
                }
                ActionData::Value(text) => (self.read)(text),
                _ => None,
            }
        })
    }

    /// Popup for typing or resetting the value; the right mouse button or Enter opens it.
    fn menu(&self, response: &Response, entered: bool) -> Option<f64> {
        let mut result = None;
        let open = response.secondary_clicked() || entered;
        Popup::from_response(response)
            .open_memory(open.then_some(SetOpenCommand::Bool(true)))
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                let id = response.id.with("typed");
                let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
                ui.label(self.name);
                let hint = (self.show)(self.value);
                let field = egui::TextEdit::singleline(&mut text).hint_text(hint);
                let edit = ui.add(field.desired_width(110.0)).accessible_name(self.name);
                let done = !entered && ui.input(|input| input.key_pressed(Key::Enter));
                if done {
                    result = (self.read)(&text);
                    text.clear();
                    ui.close();
                    response.request_focus();
                } else {
                    edit.request_focus();
                }
                ui.data_mut(|data| data.insert_temp(id, text));
                let usual = (self.show)(self.default);
                if ui.button(say!("window-reset-to", value = usual)).clicked() {
                    result = Some(self.default);
                    ui.close();
                }
            });
        result
    }
}

/// Reads a number that a person typed: a comma or a point, a true minus or a hyphen, with or
/// without a unit.
pub fn number(text: &str) -> Option<f64> {
    let plain = text.replace('\u{2212}', "-").replace(',', ".");
    let plain = plain.trim();
    let end = plain
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(plain.len());
    plain.get(..end)?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Reads a level in dB like [`number`]; `-inf`, `−∞` and `off` are −∞.
pub fn level(text: &str) -> Option<f64> {
    let plain = text.trim().to_lowercase().replace('\u{2212}', "-");
    if plain.starts_with("-inf") || plain.starts_with("-\u{221e}") || plain == "off" {
        return Some(f64::NEG_INFINITY);
    }
    number(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_are_understood() {
        assert_eq!(number("−3,5 dB"), Some(-3.5));
        assert_eq!(number("+2"), Some(2.0));
        assert_eq!(number("loud"), None);
        assert_eq!(level("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(level("−∞"), Some(f64::NEG_INFINITY));
        assert_eq!(level("-6dB"), Some(-6.0));
    }
}
