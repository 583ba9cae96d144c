//! File dialogs of the desktop for sessions and stems. The choice arrives as `News::Picked`.

use crate::app::desk::Desk;
use crate::app::jobs::Picked;
use rfd::FileDialog;

/// A dialog that starts in the preferred folder of stems.
fn stems_dialog(desk: &Desk) -> FileDialog {
    let dialog = FileDialog::new();
    match &desk.panels.preferences.stems_folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

pub fn folder(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title("Open a folder of stems");
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Open));
}

pub fn stems(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title("Add stems");
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::Stems));
}

pub fn stems_folder(desk: &Desk) {
    let dialog = stems_dialog(desk).set_title("Where stems are kept");
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::StemsFolder));
}

pub fn session(desk: &Desk) {
    let dialog = FileDialog::new()
        .set_title("Open a session")
        .add_filter("Stemwright session", &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_file().map(Picked::Open));
}

pub fn save_as(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = FileDialog::new()
        .set_title("Save the session as")
        .set_directory(document.folder())
        .set_file_name(name)
        .add_filter("Stemwright session", &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::SaveAs));
}
