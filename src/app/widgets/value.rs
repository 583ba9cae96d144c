//! What every control of a value has in common: drag, wheel, double-click to reset, Shift for
//! fine, arrow keys, right-click or Enter to type, a tooltip, and name and value for screen
//! readers, which may set it too.

use egui::accesskit::{Action, ActionData};
use egui::{EventFilter, Key, Popup, PopupCloseBehavior, Response, SetOpenCommand, Ui, WidgetInfo};

/// A value that a control moves. The control works on a position from 0 to 1.
pub struct Parameter<'a> {
    /// What a person calls it, with the stem's name where it belongs to one.
    pub name: &'a str,
    pub value: f64,
    pub default: f64,
    pub to_position: &'a dyn Fn(f64) -> f64,
    pub from_position: &'a dyn Fn(f64) -> f64,
    /// With its unit.
    pub show: &'a dyn Fn(f64) -> String,
    pub read: &'a dyn Fn(&str) -> Option<f64>,
}

/// What came of handling a control this frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Change {
    /// The new value, if it moved.
    pub value: Option<f64>,
    /// A new gesture began: what moves from now on is undone separately.
    pub begins: bool,
    /// The gesture is over.
    pub ends: bool,
}

/// How far the whole range is, in points of dragging.
const TRAVEL: f32 = 160.0;
const FINE: f32 = 0.1;

impl Parameter<'_> {
    /// Handles a control that was drawn at `response`. `travel` is the drag for the whole
    /// range, horizontal if `sideways`.
    pub fn handle(
        &self,
        ui: &Ui,
        response: &Response,
        travel: Option<f32>,
        sideways: bool,
    ) -> Change {
        let (begins, ends) = (response.drag_started(), response.drag_stopped());
        let mut change = Change { value: None, begins, ends };
        let position = (self.to_position)(self.value);
        let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let mut step = 0.0;
        if response.dragged() {
            let delta = response.drag_delta();
            let along = if sideways { delta.x } else { -delta.y };
            step += along / travel.unwrap_or(TRAVEL) * fine;
        }
        if response.hovered() {
            let wheel = ui.input(|input| input.smooth_scroll_delta());
            // With Shift held the wheel may come in sideways.
            step += (wheel.y + wheel.x) / 1600.0 * fine;
            change.begins |= wheel.y != 0.0 && !response.dragged();
        }
        let keys = if response.has_focus() { self.keys(ui, response) } else { 0.0 };
        let asked = |action| {
            ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as f32
        };
        let by_steps = keys + asked(Action::Increment) - asked(Action::Decrement);
        step += by_steps * 0.01 * fine;
        change.begins |= by_steps != 0.0;
        if step != 0.0 {
            let next = (self.from_position)((position + f64::from(step)).clamp(0.0, 1.0));
            change.value = Some(next);
        }
        let key = |key| response.has_focus() && ui.input(|input| input.key_pressed(key));
        if response.double_clicked() || key(Key::Backspace) {
            change = Change { value: Some(self.default), begins: true, ends: true };
        }
        let typed = self.menu(response, key(Key::Enter)).or_else(|| self.asked(ui, response));
        if let Some(typed) = typed {
            change = Change { value: Some(typed), begins: true, ends: true };
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

    /// Steps of the arrow keys and the page keys; the keys do not move the focus meanwhile.
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

    /// A value that a screen reader sets.
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

    /// Opened by the right button or by Enter: type a value, or reset.
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
                if ui.button(format!("Reset to {}", (self.show)(self.default))).clicked() {
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

/// The same, where −∞ may be typed too.
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
