//! Modal questions about the session's file: save before leaving, open a session that another
//! window has, restore unsaved work. The answers are [`SessionDeed`]s.

use super::deeds::SessionDeed;
use super::seen::Seen;
use super::theme;
use super::widgets::push;
use egui::{Id, Modal, Rect, Sense, Ui, vec2};

/// Reserves a row of buttons; the result gives the rectangle of a button from x, y and width.
fn row(ui: &mut Ui, width: f32, height: f32) -> impl Fn(f32, f32, f32) -> Rect + use<> {
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    move |x, y, width| Rect::from_min_size(rect.min + vec2(x, y), vec2(width, 34.0))
}

/// Asks whether to save changes, or stop a render, before the session is left.
pub fn leaving(seen: &Seen<'_>, ui: &Ui) {
    if !seen.questions.leaving {
        return;
    }
    let dirty = seen.unsaved;
    let title = seen.song.map_or("", |song| &song.session.song.title);
    let shown = Modal::new(Id::unique("leaving")).show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        ui.heading(if dirty { "Save the changes?" } else { "Stop the render?" });
        if dirty {
            ui.label(format!("{title} has changes that are not on the disk yet."));
        }
        if seen.questions.rendering {
            ui.label("Masters are being rendered. Files that are finished are kept.");
        }
        let row = row(ui, 400.0, 44.0);
        let third = |n: f32| row(n * 134.0, 8.0, 124.0);
        if push(ui, third(0.0), if dirty { "Save" } else { "Stop it" }, true).clicked() {
            seen.ask(SessionDeed::SaveAndGo);
        }
        if dirty && push(ui, third(1.0), "Do not save", false).clicked() {
            seen.ask(SessionDeed::GoWithoutSaving);
        }
        if push(ui, third(2.0), "Cancel", false).clicked() {
            seen.ask(SessionDeed::Stay);
        }
    });
    if shown.should_close() {
        seen.ask(SessionDeed::Stay);
    }
}

/// Asks whether to only read, copy or take over a session that another window has.
pub fn elsewhere(seen: &Seen<'_>, ui: &Ui) {
    let Some(place) = seen.questions.elsewhere else { return };
    let shown = Modal::new(Id::unique("open elsewhere")).show(ui.ctx(), |ui| {
        ui.set_width(470.0);
        ui.heading("This session is open in another window");
        ui.label(format!("It is open {place}."));
        ui.colored_label(
            theme::dim(),
            "Taken over, it can be changed here, and the other window only reads. Its unsaved work is offered here.",
        );
        let row = row(ui, 470.0, 46.0);
        let third = |n: f32| row(n * 158.0, 10.0, 150.0);
        if push(ui, third(0.0), "Only read", true).clicked() {
            seen.ask(SessionDeed::OnlyRead);
        }
        if push(ui, third(1.0), "Open a copy", false).clicked() {
            seen.ask(SessionDeed::OpenCopy);
        }
        if push(ui, third(2.0), "Take over", false).clicked() {
            seen.ask(SessionDeed::TakeOver);
        }
    });
    if shown.should_close() {
        seen.ask(SessionDeed::OnlyRead);
    }
}

/// Asks whether to restore unsaved work of an earlier run.
pub fn recovery(seen: &Seen<'_>, ui: &Ui) {
    if !seen.questions.recovery {
        return;
    }
    Modal::new(Id::unique("recovery")).show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.heading("Work that was not saved was found");
        ui.label("Stemwright ended before the last changes were saved. They were put aside.");
        let row = row(ui, 380.0, 44.0);
        let half = |n: f32| row(n * 190.0, 8.0, 178.0);
        if push(ui, half(0.0), "Bring it back", true).clicked() {
            seen.ask(SessionDeed::BringBack);
        } else if push(ui, half(1.0), "Leave it", false).clicked() {
            seen.ask(SessionDeed::LeaveAside);
        }
    });
}
