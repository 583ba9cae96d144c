//! File dialogs of the desktop for sessions and stems. The choice arrives as `News::Picked`.

use crate::app::desk::Desk;
use crate::app::dialog::Dialog;
use crate::app::dialog::PathQuestion;
use crate::app::jobs::Picked;
use crate::app::panels::PathField;
use crate::texts::say;

/// A dialog that starts in the preferred folder of stems.
fn stems_dialog(desk: &Desk) -> Dialog {
    let dialog = Dialog::new();
    match &desk.panels.preferences.stems_folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

pub fn folder(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title(say!("act-pick-folder"));
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Open));
}

pub fn stems(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title(say!("act-pick-stems"));
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::Stems));
}

pub fn stems_folder(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title(say!("act-pick-stems-folder"));
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::StemsFolder));
}

pub fn session(desk: &Desk) {
    let dialog = Dialog::new()
        .set_title(say!("act-pick-session"))
        .add_filter(say!("act-filter-session"), &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_file().map(Picked::Open));
}

pub fn save_as(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = Dialog::new()
        .set_title(say!("act-pick-save-as"))
        .set_directory(document.folder())
        .set_file_name(name)
        .add_filter(say!("act-filter-session"), &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::SaveAs));
}

impl Desk {
    /// Asks for a path, because the system has no file dialog.
    pub(in crate::app) fn ask_path(&mut self, question: PathQuestion) {
        let title = question.dialog.title().to_owned();
        let text = self.panels.shown.path.take().map_or(question.dialog.start(), |path| path.text);
        self.panels.shown.path = Some(PathField { title, text });
        self.path_question = Some(question);
    }
}

/// Takes the answer to the question for a path.
pub fn answered(desk: &mut Desk, answer: Option<String>) {
    let Some(question) = desk.path_question.take() else { return };
    match answer {
        Some(text) => desk.jobs.answer_path(&question, text),
        None => desk.panels.shown.path = None,
    }
}
