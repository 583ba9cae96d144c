//! The controls of the window: buttons, lists, faders, knobs, splitters. Controls of a value share
//! their behaviour through [`Parameter`].

pub mod buttons;
pub mod fader;
pub mod knob;
pub mod splitter;
pub mod value;

pub use buttons::{checkbox, choice, icon_button, letter, push, segments};
pub use fader::{fader, from_position as fader_value, to_position as fader_position, upright};
pub use knob::knob;
pub use splitter::{Moved, splitter};
pub use value::{Change, Notch, Parameter};

use crate::app::theme;
use egui::{Align, Frame, Id, Layout, Modal, Rect, Sense, Ui, UiBuilder, vec2};

/// Shows a part of the window in its own area, with its own ids and clipped to it.
pub fn part(ui: &mut Ui, name: &str, rect: Rect, show: impl FnOnce(&mut Ui)) {
    let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inner.set_clip_rect(rect.expand2(vec2(0.5, 0.5)));
    show(&mut inner);
}

/// A page or question over the view: its frame has the margins of the drawings.
pub fn page(ui: &Ui, name: &'static str) -> Modal {
    let frame = Frame::popup(ui.style()).inner_margin(18.0).corner_radius(theme::RADIUS + 4.0);
    Modal::new(Id::unique(name)).frame(frame)
}

/// Buttons at the right edge of a page, the main one last. Returns the index of the one that was
/// clicked.
pub fn page_buttons(ui: &mut Ui, names: &[&str]) -> Option<usize> {
    let mut clicked = None;
    ui.add_space(10.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        for (n, name) in names.iter().enumerate().rev() {
            let main = n + 1 == names.len();
            let width = 34.0 + 7.4 * name.chars().count() as f32;
            let (rect, _) = ui.allocate_exact_size(vec2(width.max(84.0), 32.0), Sense::hover());
            if push(ui, rect, name, main).clicked() {
                clicked = Some(n);
            }
        }
    });
    clicked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::icons::Icon;
    use crate::app::theme;
    use crate::units::Db;
    use egui::{Rect, Ui, Vec2, pos2, vec2};
    use egui_kittest::Harness;
    use std::cell::Cell;

    fn level(value: f64) -> Parameter<'static> {
        Parameter {
            name: "Trim",
            value,
            default: 0.0,
            to_position: &|db| (db + 24.0) / 48.0,
            from_position: &|at| at * 48.0 - 24.0,
            show: &|db| format!("{:+.1} dB", Db(db)),
            read: &value::level,
            notch: Notch::By(0.5),
        }
    }

    fn area(column: usize, row: usize, size: Vec2) -> Rect {
        Rect::from_min_size(pos2(20.0 + column as f32 * 130.0, 20.0 + row as f32 * 60.0), size)
    }

    fn sheet(ui: &mut Ui) {
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme::panel());
        let wide = vec2(112.0, 32.0);
        push(ui, area(0, 0, wide), "Render", true);
        push(ui, area(1, 0, wide), "Cancel", false);
        icon_button(ui, area(2, 0, vec2(38.0, 32.0)), Icon::Play, "Play", true);
        icon_button(ui, area(3, 0, vec2(38.0, 32.0)), Icon::Loop, "Loop", false);
        letter(ui, area(0, 1, vec2(25.0, 20.0)), "M", "Mute on", Some(theme::caution()));
        letter(ui, area(1, 1, vec2(25.0, 20.0)), "S", "Solo off", None);
        checkbox(ui, area(2, 1, vec2(18.0, 18.0)), "Ticked", true);
        checkbox(ui, area(3, 1, vec2(18.0, 18.0)), "Not ticked", false);
        segments(ui, area(0, 2, vec2(236.0, 32.0)), &["Mix", "Bypass", "Reference"], 1);
        choice(ui, area(2, 2, wide), "Version", "Full mix", &[]);
        for (n, db) in [f64::NEG_INFINITY, -10.0, 0.0, 12.0].into_iter().enumerate() {
            fader(ui, area(n, 3, vec2(110.0, 18.0)), &format!("Fader {n}"), Db(db), theme::good());
            let turned = level(db.max(-24.0));
            let ui = &mut ui.new_child(egui::UiBuilder::new().id_salt(n));
            knob::pointer(ui, area(n, 4, vec2(24.0, 24.0)).center(), &turned);
            knob(ui, area(n, 5, vec2(48.0, 48.0)), "Trim", &turned);
            let place = area(n, 7, vec2(20.0, 150.0)).translate(vec2(40.0, 0.0));
            upright(ui, place, "Upright", Db(db), theme::accent());
        }
    }

    #[test]
    fn the_controls_look_as_drawn() {
        let mut harness = Harness::builder()
            .with_size(vec2(550.0, 620.0))
            .with_context_setup(theme::apply)
            .with_render_cursor(false)
            .renderer(crate::app::patient::PatientRenderer::default())
            .build_ui(sheet);
        harness.run_steps(2);
        harness.snapshot("controls");
    }

    /// Value of a fader, 100 points long at x = 100, after `act`.
    fn moved(act: impl FnOnce(&mut Harness<'_>)) -> f64 {
        let value = Cell::new(0.0);
        let mut harness = Harness::builder()
            .with_size(vec2(300.0, 60.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let rect = Rect::from_min_size(pos2(100.0, 20.0), vec2(100.0, 18.0));
                let change = fader(ui, rect, "Fader", Db(value.get()), theme::good());
                value.set(change.value.unwrap_or(value.get()));
            });
        harness.run_steps(2);
        act(&mut harness);
        harness.run_steps(2);
        drop(harness);
        value.get()
    }

    #[test]
    fn shift_is_fine_and_arrows_step() {
        let drag = |harness: &mut Harness<'_>| {
            let thumb = pos2(183.3, 29.0);
            harness.drag_at(thumb);
            harness.run_steps(1);
            harness.hover_at(thumb - vec2(20.0, 0.0));
            harness.run_steps(1);
            harness.drop_at(thumb - vec2(20.0, 0.0));
        };
        let coarse = moved(drag);
        assert!((coarse + 7.14).abs() < 0.1, "{coarse} dB");
        let fine = moved(|harness| {
            harness.event(egui::Event::ModifiersChanged(egui::Modifiers::SHIFT));
            drag(harness);
        });
        assert!((fine + 0.714).abs() < 0.02, "{fine} dB");
        let stepped = moved(|harness| {
            harness.key_press(egui::Key::Tab);
            harness.run_steps(1);
            harness.key_press(egui::Key::ArrowDown);
        });
        assert!((stepped + 0.5).abs() < 1e-9, "{stepped} dB");
    }
}
