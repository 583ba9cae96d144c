//! Modal questions about the session's file: save before leaving, open a session that another
//! window has, restore unsaved work. The answers are [`SessionDeed`]s.

use super::deeds::{RenderKind, SessionDeed, Window};
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::{answers, page, page_buttons, title};
use crate::texts::say;
use egui::Ui;

/// Asks whether to save changes, or stop a render, before the session is left.
pub fn leaving(seen: &Seen<'_>, ui: &Ui) {
    if !seen.questions.leaving {
        return;
    }
    let dirty = seen.unsaved;
    let song = seen.song.map_or("", |song| &song.session.song.title);
    let shown = page(ui, "leaving").show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        let heading = match dirty {
            true => say!("song-leave-save"),
            false => say!("song-leave-stop"),
        };
        title(ui, heading);
        if dirty {
            ui.label(say!("song-leave-unsaved", song = song));
        }
        match seen.questions.rendering {
            Some(RenderKind::Masters) => _ = ui.label(say!("song-leave-rendering")),
            Some(RenderKind::Package) => _ = ui.label(say!("song-leave-packing")),
            None => {}
        }
        let (cancel, save) = (say!("common-cancel"), say!("common-save"));
        let answer = match dirty {
            true => answers(ui, &[cancel, say!("song-leave-do-not-save"), save]),
            false => answers(ui, &[cancel, say!("song-leave-stop-it")]),
        };
        match answer {
            Some(0) => seen.ask(SessionDeed::Stay),
            Some(1) if dirty => seen.ask(SessionDeed::GoWithoutSaving),
            Some(_) => seen.ask(SessionDeed::SaveAndGo),
            None => {}
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
        ui.set_width(520.0);
        title(ui, say!("song-elsewhere-heading"));
        ui.label(say!("song-elsewhere-where", place = place));
        ui.colored_label(theme::dim(), say!("song-elsewhere-hint"));
        let (copy, read) = (say!("song-elsewhere-copy"), say!("song-elsewhere-only-read"));
        match answers(ui, &[say!("song-elsewhere-take-over"), copy, read]) {
            Some(0) => seen.ask(SessionDeed::TakeOver),
            Some(1) => seen.ask(SessionDeed::OpenCopy),
            Some(_) => seen.ask(SessionDeed::OnlyRead),
            None => {}
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
    let modal = page(ui, "recovery").show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        title(ui, say!("song-recovery-heading"));
        ui.label(say!("song-recovery-text"));
        answers(ui, &[say!("song-recovery-discard"), say!("common-restore")])
    });
    // Restoring loses nothing, so Escape restores; a click beside the question is no answer.
    let beside = modal.backdrop_response.clicked();
    match modal.inner {
        Some(0) => seen.ask(SessionDeed::LeaveAside),
        Some(_) => seen.ask(SessionDeed::BringBack),
        None if !beside && modal.should_close() => seen.ask(SessionDeed::BringBack),
        None => {}
    }
}

/// Asks for a path where the system has no file dialog.
pub fn path(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    let Some(path) = &mut shown.path else { return };
    let mut answer = None;
    let modal = page(ui, "path").show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        title(ui, &path.title);
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
        title(ui, &say!("song-dropped-heading", files = names.join(", ")));
        let (comments, lyrics) = (say!("song-dropped-comments"), say!("song-dropped-lyrics"));
        let answer = answers(ui, &[say!("common-cancel"), comments, lyrics]);
        if let Some(n @ (1 | 2)) = answer {
            seen.ask(Window::Take { files: shown.dropped.clone(), lyrics: n == 2 });
        }
        done = answer.is_some();
    });
    if done || modal.should_close() {
        shown.dropped.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::World;
    use crate::session::history::tests::song;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    #[test]
    fn leaving_says_what_becomes_of_the_files_that_are_being_made() {
        let kept = [
            (RenderKind::Masters, "Finished files are kept."),
            (RenderKind::Package, "Nothing of an unfinished package is kept."),
        ];
        for (kind, words) in kept {
            let world = World::of(song());
            let mut harness = Harness::builder().with_context_setup(theme::apply).build_ui(|ui| {
                let mut seen = world.seen();
                seen.questions.leaving = true;
                seen.questions.rendering = Some(kind);
                leaving(&seen, ui);
            });
            harness.run_steps(2);
            harness.get_by_label_contains(words);
        }
    }
}
