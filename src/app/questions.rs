//! Modal questions about the session's file: save before leaving, open a session that another
//! window has, restore unsaved work. The answers are [`SessionDeed`]s.

use super::deeds::{SessionDeed, Window};
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::{page, page_buttons, push};
use crate::texts::say;
use egui::{Rect, Sense, Ui, vec2};

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
    let shown = page(ui, "leaving").show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        ui.heading(match dirty {
            true => say!("song-leave-save"),
            false => say!("song-leave-stop"),
        });
        if dirty {
            ui.label(say!("song-leave-unsaved", song = title));
        }
        if seen.questions.rendering {
            ui.label(say!("song-leave-rendering"));
        }
        let row = row(ui, 400.0, 44.0);
        let third = |n: f32| row(n * 134.0, 8.0, 124.0);
        let go = if dirty { say!("common-save") } else { say!("song-leave-stop-it") };
        if push(ui, third(0.0), go, true).clicked() {
            seen.ask(SessionDeed::SaveAndGo);
        }
        if dirty && push(ui, third(1.0), say!("song-leave-do-not-save"), false).clicked() {
            seen.ask(SessionDeed::GoWithoutSaving);
        }
        if push(ui, third(2.0), say!("common-cancel"), false).clicked() {
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
    let shown = page(ui, "open elsewhere").show(ui.ctx(), |ui| {
        ui.set_width(470.0);
        ui.heading(say!("song-elsewhere-heading"));
        ui.label(say!("song-elsewhere-where", place = place));
        ui.colored_label(theme::dim(), say!("song-elsewhere-hint"));
        let row = row(ui, 470.0, 46.0);
        let third = |n: f32| row(n * 158.0, 10.0, 150.0);
        if push(ui, third(0.0), say!("song-elsewhere-only-read"), true).clicked() {
            seen.ask(SessionDeed::OnlyRead);
        }
        if push(ui, third(1.0), say!("song-elsewhere-copy"), false).clicked() {
            seen.ask(SessionDeed::OpenCopy);
        }
        if push(ui, third(2.0), say!("song-elsewhere-take-over"), false).clicked() {
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
    page(ui, "recovery").show(ui.ctx(), |ui| {
        ui.set_width(380.0);
        ui.heading(say!("song-recovery-heading"));
        ui.label(say!("song-recovery-text"));
        let row = row(ui, 380.0, 44.0);
        let half = |n: f32| row(n * 190.0, 8.0, 178.0);
        if push(ui, half(0.0), say!("common-restore"), true).clicked() {
            seen.ask(SessionDeed::BringBack);
        } else if push(ui, half(1.0), say!("song-recovery-discard"), false).clicked() {
            seen.ask(SessionDeed::LeaveAside);
        }
    });
}

/// Asks for a path where the system has no file dialog.
pub fn path(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    let Some(path) = &mut shown.path else { return };
    let mut answer = None;
    let modal = page(ui, "path").show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        ui.heading(&path.title);
        ui.colored_label(theme::dim(), say!("song-path-hint"));
        let field = egui::TextEdit::singleline(&mut path.text).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name(say!("song-path"));
        if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            answer = Some(Some(path.text.clone()));
        } else if answer.is_none() && !field.has_focus() && ui.memory(|m| m.focused().is_none()) {
            field.request_focus();
        }
        match page_buttons(ui, &[say!("common-cancel"), say!("common-ok")]) {
            Some(0) => answer = Some(None),
            Some(_) => answer = Some(Some(path.text.clone())),
            None => {}
        }
    });
    if modal.should_close() {
        answer = Some(None);
    }
    if let Some(answer) = answer {
        if answer.is_none() {
            shown.path = None;
        }
        seen.ask(Window::Path(answer));
    }
}

/// Asks whether dropped files hold lyrics or comments.
pub fn dropped(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    if shown.dropped.is_empty() {
        return;
    }
    let names = shown.dropped.iter().filter_map(|file| file.file_name());
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let mut done = false;
    let modal = page(ui, "dropped").show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        ui.heading(say!("song-dropped-heading", files = names.join(", ")));
        let (comments, lyrics) = (say!("song-dropped-comments"), say!("song-dropped-lyrics"));
        let answer = page_buttons(ui, &[say!("common-cancel"), comments, lyrics]);
        if let Some(n @ (1 | 2)) = answer {
            seen.ask(Window::Take { files: shown.dropped.clone(), lyrics: n == 2 });
        }
        done = answer.is_some();
    });
    if done || modal.should_close() {
        shown.dropped.clear();
    }
}
