//! The controls of the window: buttons, lists, faders, knobs, splitters. Controls of a value share
//! their behaviour through [`Parameter`].

pub mod buttons;
pub mod fader;
pub mod knob;
pub mod splitter;
pub mod value;

pub use buttons::{checkbox, choice, icon_button, keyed, letter, push, segments};
pub use fader::{fader, from_position as fader_value, to_position as fader_position, upright};
pub use knob::{knob, legend};
pub use splitter::{Moved, splitter};
pub use value::{Change, Notch, Parameter};

use crate::app::icons::Icon;
use crate::app::theme;
use crate::texts::say;
use egui::{
    Align, Event, Frame, Id, Key, Layout, Modal, Rect, Sense, Ui, UiBuilder, Window, pos2, vec2,
};

/// Shows a part of the window in its own area, with its own ids and clipped to it.
pub fn part(ui: &mut Ui, name: &str, rect: Rect, show: impl FnOnce(&mut Ui)) {
    let mut inner = ui.new_child(UiBuilder::new().id_salt(name).max_rect(rect));
    inner.set_clip_rect(rect.expand2(vec2(0.5, 0.5)));
    show(&mut inner);
}

/// The frame of pages and windows over the view, with the margins of the drawings.
fn page_frame(ui: &Ui) -> Frame {
    Frame::popup(ui.style()).inner_margin(18.0).corner_radius(theme::RADIUS + 4.0)
}

/// A page or question over the view.
pub fn page(ui: &Ui, name: &str) -> Modal {
    Modal::new(Id::unique(name)).frame(page_frame(ui))
}

/// A page that stays beside the work and can be moved. It begins with [`title_line`].
pub fn floating(ui: &Ui, name: &'static str) -> Window<'static> {
    Window::new(name).title_bar(false).collapsible(false).frame(page_frame(ui))
}

/// Title of a page, with room below it.
pub fn title(ui: &mut Ui, text: &str) {
    ui.heading(text);
    ui.add_space(6.0);
}

/// Title of a [`floating`] page, with a cross at the right; returns whether that was clicked.
pub fn title_line(ui: &mut Ui, text: &str) -> bool {
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let cross = Rect::from_min_size(row.right_top() - vec2(28.0, 0.0), vec2(28.0, 28.0));
    let room = Rect::from_min_max(row.min, pos2(cross.left() - 8.0, row.bottom()));
    let line = UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center));
    let heading = egui::RichText::new(text).heading();
    ui.new_child(line).add(egui::Label::new(heading).truncate());
    let closed = icon_button(ui, cross, Icon::Cross, say!("common-close"), false).clicked();
    ui.add_space(4.0);
    closed
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

/// Buttons of a question without a field: as [`page_buttons`], and Enter gives the main answer
/// unless one of them has the keyboard, which Enter then presses.
pub fn answers(ui: &mut Ui, names: &[&str]) -> Option<usize> {
    // What was held down when the question came up does not answer it.
    let fresh = |event: &Event| {
        matches!(event, Event::Key { key: Key::Enter, pressed: true, repeat: false, .. })
    };
    let enter = ui.input(|input| input.events.iter().any(fresh));
    // Focus may have stayed on a control of the view below.
    let focused = ui.memory(|memory| memory.focused());
    let focused = focused.and_then(|id| ui.ctx().read_response(id));
    let own = focused.is_some_and(|response| response.layer_id == ui.layer_id());
    let clicked = page_buttons(ui, names);
    clicked.or_else(|| (enter && !own).then(|| names.len().saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::icons::Icon;
    use crate::app::theme;
    use crate::units::Db;
    use egui::{Rect, Ui, Vec2, pos2, vec2};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;
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

    #[test]
    fn enter_gives_the_main_answer_unless_another_has_the_keyboard() {
        let answered = |act: fn(&mut Harness<'_>)| {
            let given = Cell::new(None);
            let mut harness = Harness::builder()
                .with_size(vec2(400.0, 200.0))
                .with_context_setup(theme::apply)
                .build_ui(|ui| {
                    page(ui, "question").show(ui.ctx(), |ui| {
                        ui.set_width(300.0);
                        let answer = answers(ui, &["Cancel", "Save"]);
                        given.set(given.get().or(answer));
                    });
                });
            harness.run_steps(2);
            act(&mut harness);
            harness.run_steps(2);
            drop(harness);
            given.get()
        };
        assert_eq!(answered(|_| ()), None);
        assert_eq!(answered(|harness| harness.key_press(egui::Key::Enter)), Some(1));
        let cancel = answered(|harness| {
            harness.get_by_label("Cancel").focus();
            harness.run_steps(1);
            harness.key_press(egui::Key::Enter);
        });
        assert_eq!(cancel, Some(0));
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
