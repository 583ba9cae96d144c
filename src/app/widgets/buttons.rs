//! Buttons, toggles, segments and drop-down choices.

use crate::app::icons::{self, Icon};
use crate::app::theme::{self, Weight, write};
use egui::{
    Align2, Color32, Popup, PopupCloseBehavior, Pos2, Rect, Response, Role as WidgetRole, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

fn pressable(ui: &Ui, rect: Rect, name: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(("button", name)), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, enabled, name));
    response
}

/// Button with a text; `main` fills it with the accent colour.
pub fn push(ui: &mut Ui, rect: Rect, label: &str, main: bool) -> Response {
    let response = pressable(ui, rect, label);
    let (fill, text) = match (main, response.hovered()) {
        (true, false) => (theme::accent(), theme::on_accent()),
        (true, true) => (theme::mixed(theme::strong(), 0.15, theme::accent()), theme::on_accent()),
        (false, false) => (theme::raised(), theme::text()),
        (false, true) => (theme::line(), theme::text()),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let weight = if main { Weight::SemiBold } else { Weight::Medium };
    theme::write(ui.painter(), rect.center(), Align2::CENTER_CENTER, label, (13.5, weight), text);
    response
}

/// Button with a text and the key that does the same, as a small keycap. Takes the width it needs,
/// to the left of `right`.
pub fn keyed(ui: &mut Ui, right: Pos2, height: f32, label: &str, key: Option<&str>) -> Response {
    let width = theme::width_of(ui.painter(), label, (13.5, Weight::Medium)) + 28.0;
    let cap = key.map_or(0.0, |key| theme::width_of(ui.painter(), key, (11.5, Weight::Medium)));
    let cap = if key.is_some() { (cap + 10.0).max(18.0) } else { 0.0 };
    let beside = if key.is_some() { cap + 2.0 } else { 0.0 };
    let size = vec2(width + beside, height);
    let rect = Rect::from_min_size(right - vec2(size.x, 0.0), size);
    let response = pressable(ui, rect, label);
    let fill = if response.hovered() { theme::line() } else { theme::raised() };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let at = pos2(rect.left() + 14.0, rect.center().y);
    let font = (13.5, Weight::Medium);
    write(ui.painter(), at, Align2::LEFT_CENTER, label, font, theme::text());
    if let Some(key) = key {
        let middle = pos2(rect.right() - 8.0 - cap / 2.0, rect.center().y);
        let place = Rect::from_center_size(middle, vec2(cap, 18.0));
        ui.painter().rect_filled(place, 4.0, theme::background());
        let font = (11.5, Weight::Medium);
        write(ui.painter(), middle, Align2::CENTER_CENTER, key, font, theme::dim());
    }
    response
}

/// Button with an icon; `name` is its tooltip and its name for screen readers.
pub fn icon_button(ui: &mut Ui, rect: Rect, icon: Icon, name: &str, lit: bool) -> Response {
    let response = pressable(ui, rect, name).on_hover_text(name);
    let fill = match (lit, response.hovered()) {
        (true, _) => theme::accent(),
        (false, true) => theme::line(),
        (false, false) => theme::raised(),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let colour = if lit { theme::on_accent() } else { theme::text() };
    icons::draw(ui.painter(), icon, rect.center(), colour);
    response
}

/// Small toggle with a letter, as for mute and solo. `lit` is its colour while on.
pub fn letter(ui: &mut Ui, rect: Rect, text: &str, name: &str, lit: Option<Color32>) -> Response {
    shy_letter(ui, rect, text, name, lit, true)
}

/// A [`letter`] that is drawn only if `seen` or while it has focus; it works either way.
pub fn shy_letter(
    ui: &mut Ui,
    rect: Rect,
    text: &str,
    name: &str,
    lit: Option<Color32>,
    seen: bool,
) -> Response {
    let response = pressable(ui, rect, name).on_hover_text(name);
    if !(seen || response.has_focus()) {
        return response;
    }
    let resting = if response.hovered() { theme::line() } else { theme::raised() };
    ui.painter().rect_filled(rect, 5.0, lit.unwrap_or(resting));
    let colour = if lit.is_some() { theme::background() } else { theme::dim() };
    let font = (12.0, Weight::Medium);
    theme::write(ui.painter(), rect.center(), Align2::CENTER_CENTER, text, font, colour);
    response
}

/// Row of choices, the one at `lit` highlighted; returns the index of the one that was clicked.
pub fn segments(ui: &mut Ui, rect: Rect, names: &[&str], lit: usize) -> Option<usize> {
    ui.painter().rect_filled(rect, theme::RADIUS, theme::background());
    ui.painter().rect_stroke(
        rect,
        theme::RADIUS,
        Stroke::new(1.0, theme::line()),
        StrokeKind::Inside,
    );
    let widths = shares(ui, names, rect.width());
    let mut clicked = None;
    let mut left = rect.left();
    for (n, (name, width)) in names.iter().zip(widths).enumerate() {
        let from = pos2(left, rect.top());
        left += width;
        let part = Rect::from_min_size(from, vec2(width, rect.height())).shrink(2.0);
        let response = pressable(ui, part, name);
        if n == lit {
            ui.painter().rect_filled(part, theme::RADIUS - 2.0, theme::line());
        }
        let (weight, colour) = if n == lit {
            (Weight::SemiBold, theme::text())
        } else {
            (Weight::Regular, theme::dim())
        };
        let font = ([13.0, 10.0], weight);
        theme::write_around(ui.painter(), part.center(), part.width() - 4.0, name, font, colour);
        if response.clicked() {
            clicked = Some(n);
        }
    }
    clicked
}

/// Widths of segments: equal, or by the lengths of their names if one does not fit.
fn shares(ui: &Ui, names: &[&str], width: f32) -> Vec<f32> {
    let equal = width / names.len().max(1) as f32;
    let wide = |name: &&str| theme::width_of(ui.painter(), name, (13.0, Weight::SemiBold)) + 12.0;
    let wides: Vec<f32> = names.iter().map(wide).collect();
    if wides.iter().all(|wide| *wide <= equal) {
        return vec![equal; names.len()];
    }
    let total: f32 = wides.iter().sum();
    wides.into_iter().map(|wide| wide * width / total).collect()
}

/// Drop-down list; returns the index of the entry that was chosen.
pub fn choice(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    current: &str,
    entries: &[String],
) -> Option<usize> {
    let response = ui.interact(rect, ui.scope_id().with(("choice", name)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetRole::ComboBox, true, format!("{name}, {current}"))
    });
    let fill = if response.hovered() { theme::line() } else { theme::raised() };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let (before, behind) = if rect.width() < 90.0 { (7.0, 18.0) } else { (14.0, 24.0) };
    let at = pos2(rect.left() + before, rect.center().y);
    let width = rect.width() - before - behind;
    theme::write_fitted(ui.painter(), at, width, current, (13.0, Weight::Medium), theme::text());
    let arrow = pos2(rect.right() - behind + 10.0, rect.center().y);
    icons::draw(ui.painter(), Icon::Down, arrow, theme::dim());
    let mut chosen = None;
    Popup::menu(&response)
        .width(rect.width())
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            for (n, entry) in entries.iter().enumerate() {
                if ui.selectable_label(entry == current, entry).clicked() {
                    chosen = Some(n);
                }
            }
        });
    chosen
}

/// Checkbox without a label; `rect` is the box itself.
pub fn checkbox(ui: &mut Ui, rect: Rect, name: &str, on: bool) -> Response {
    let response =
        ui.interact(rect.expand(4.0), ui.scope_id().with(("check", name)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, on, name));
    if on {
        ui.painter().rect_filled(rect, 4.0, theme::accent());
        icons::draw(ui.painter(), Icon::Check, rect.center(), theme::on_accent());
    } else {
        ui.painter().rect_filled(rect, 4.0, theme::raised());
        let edge = Stroke::new(1.0, theme::mixed(theme::dim(), 0.7, theme::panel()));
        ui.painter().rect_stroke(rect, 4.0, edge, StrokeKind::Inside);
    }
    response
}
