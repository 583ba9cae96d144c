//! The session menu, dialogs, and the list of recent sessions.

use super::deeds::SessionDeed;
use super::desk::Desk;
use super::jobs::Picked;
use super::preferences::LARGEST;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::push;
use super::{
    actions, audio, deliver, elsewhere, files, history, keys, making, manual, preferences_page,
    review, song_files, song_page,
};
use crate::disk;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::file::FileError;
use crate::session::stem::{FileRef, Role, Stem};
use egui::{Align2, Id, Modal, Rect, Ui, pos2, vec2};
use std::path::{Path, PathBuf};

const MOST_RECENT: usize = 8;

/// Where the program keeps what it remembers between runs.
pub fn settings_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright")?;
    Some(dirs.config_dir().to_owned())
}

/// Sessions that were open lately, the newest first.
pub struct Recent {
    file: Option<PathBuf>,
    pub list: Vec<PathBuf>,
}

impl Recent {
    pub fn load(settings: Option<PathBuf>) -> Self {
        let file = settings.map(|folder| folder.join("recent.json"));
        let read = |file: &PathBuf| -> Option<Vec<PathBuf>> {
            serde_json::from_slice(&disk::bytes(file, LARGEST).ok()?).ok()
        };
        let mut list = file.as_ref().and_then(read).unwrap_or_default();
        list.retain(|path| path.exists());
        Self { file, list }
    }

    /// Puts a session first. A list that cannot be written is no reason to disturb.
    pub fn remember(&mut self, path: &Path) {
        self.list.retain(|known| known != path);
        self.list.insert(0, path.to_owned());
        self.list.truncate(MOST_RECENT);
        if let (Some(file), Ok(text)) = (&self.file, serde_json::to_vec(&self.list)) {
            let folder = file.parent().map(std::fs::create_dir_all);
            if matches!(folder, Some(Ok(()))) {
                let _ = disk::write(file, &text);
            }
        }
    }
}

/// A dialog that begins where a person keeps stems.
fn stems_dialog(desk: &Desk) -> rfd::FileDialog {
    let dialog = rfd::FileDialog::new();
    match &desk.panels.preferences.stems_folder {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

pub fn pick_folder(desk: &mut Desk) {
    let dialog = stems_dialog(desk).set_title("Open a folder of stems");
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Open));
}

pub fn pick_stems(desk: &mut Desk) {
    let dialog = stems_dialog(desk).set_title("Add stems");
    desk.jobs.pick(dialog, |dialog| dialog.pick_files().map(Picked::Stems));
}

pub fn pick_stems_folder(desk: &mut Desk) {
    let dialog = stems_dialog(desk).set_title("Where stems are kept");
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::StemsFolder));
}

pub fn pick_session(desk: &Desk) {
    let dialog = rfd::FileDialog::new()
        .set_title("Open a session")
        .add_filter("Stemwright session", &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.pick_file().map(Picked::Open));
}

pub fn pick_save_as(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = rfd::FileDialog::new()
        .set_title("Save the session as")
        .set_directory(document.folder())
        .set_file_name(name)
        .add_filter("Stemwright session", &["stemwright"]);
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::SaveAs));
}

/// An action as an entry of a menu, with its key.
pub fn action(seen: &Seen<'_>, ui: &mut Ui, name: &str) {
    let Some(action) = actions::find(name) else { return };
    let button = egui::Button::new(name).shortcut_text(action.shortcut().unwrap_or_default());
    if ui.add_enabled(action.is_possible(seen), button).clicked() {
        ui.close();
        seen.ask(action.deed.clone());
    }
}

pub fn session_menu(seen: &Seen<'_>, ui: &mut Ui) {
    ui.set_min_width(240.0);
    for name in actions::TO_OPEN {
        action(seen, ui, name);
    }
    let recent = seen.recent;
    ui.add_enabled_ui(!recent.is_empty(), |ui| {
        ui.menu_button("Open recent", |ui| {
            for path in recent {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    ui.close();
                    seen.ask(SessionDeed::Open(vec![path.clone()]));
                }
            }
        });
    });
    ui.separator();
    for name in actions::TO_KEEP {
        action(seen, ui, name);
    }
    ui.separator();
    for name in actions::TO_FIND {
        action(seen, ui, name);
    }
}

/// The change that adds a file as the last stem, with the role that its name tells.
pub fn add_stem(session: &Session, file: FileRef) -> Edit {
    let stem = Path::new(file.place.name()).file_stem().unwrap_or_default().to_string_lossy();
    let read = crate::intake::names::guess(&stem);
    let stem = Box::new(Stem::new(session.next_stem_id(), read.name, read.role, file));
    Edit::AddStem { at: session.stems.len(), stem }
}

/// What needs an answer: unsaved work, recovered work; and the pages over the view.
impl Desk {
    /// Says where something was kept for other songs, or why not.
    pub(super) fn say_kept(&mut self, kept: Option<Result<PathBuf, FileError>>) {
        self.say(match kept {
            Some(Ok(path)) => format!("Saved {}", path.display()),
            Some(Err(error)) => error.to_string(),
            None => "There is no folder on this system to keep it in".into(),
        });
    }
}

pub fn dialogs(desk: &mut Desk, ui: &mut Ui) {
    desk.show(|seen, panels| song_page::show(seen, &mut panels.shown, ui));
    desk.show(|seen, panels| deliver::stem_export(seen, &mut panels.shown, ui));
    keys::sheet(&mut desk.panels, ui);
    audio::show(desk, ui);
    preferences_page::show(desk, ui);
    manual::show(desk, ui);
    history::show(desk, ui);
    desk.show(|seen, panels| song_files::show(seen, &panels.shown, ui));
    elsewhere::question(desk, ui);
    desk.show(|seen, panels| making::question(seen, &mut panels.shown, ui));
    files::question(desk, ui);
    desk.show(|seen, panels| review::merge_question(seen, &mut panels.review, ui));
    let offered = desk.document.as_ref().is_some_and(|document| document.recovery.is_some());
    if offered {
        Modal::new(Id::unique("recovery")).show(ui.ctx(), |ui| {
            ui.set_width(380.0);
            ui.heading("Work that was not saved was found");
            ui.label("Stemwright ended before the last changes were saved. They were put aside.");
            let (rect, _) = ui.allocate_exact_size(vec2(380.0, 44.0), egui::Sense::hover());
            let half =
                |n: f32| Rect::from_min_size(rect.min + vec2(n * 190.0, 8.0), vec2(178.0, 34.0));
            let Some(document) = &mut desk.document else { return };
            if push(ui, half(0.0), "Bring it back", true).clicked() {
                match document.recover() {
                    // It may have other stems.
                    Ok(false) => desk.reopen_stems(),
                    Ok(true) => desk.say(
                        "Somebody saved this session after that work was put aside: both are put together",
                    ),
                    Err(error) => desk.say(format!("{error:#}")),
                }
            } else if push(ui, half(1.0), "Leave it", false).clicked()
                && let Some(document) = &mut desk.document
            {
                document.forget_aside();
            }
        });
    }
}

/// Whether a question for a name is answered.
pub enum Named {
    Open,
    Saved,
    Left,
}

/// Asks for a name, over everything else.
pub fn ask_name(ui: &Ui, heading: &str, explained: &str, field: &str, name: &mut String) -> Named {
    let (mut open, mut wanted) = (true, false);
    let modal = Modal::new(Id::unique(heading)).show(ui.ctx(), |ui| {
        ui.set_width(300.0);
        ui.heading(heading);
        if !explained.is_empty() {
            ui.colored_label(theme::dim(), explained);
        }
        let edit = egui::TextEdit::singleline(name).hint_text("Name");
        ui.add(edit).accessible_name(field).request_focus();
        wanted = ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let (_, place) = ui.allocate_space(vec2(90.0, 30.0));
            wanted |= push(ui, place, "Save", true).clicked();
            let (_, place) = ui.allocate_space(vec2(90.0, 30.0));
            open &= !push(ui, place, "Cancel", false).clicked();
        });
    });
    if wanted && !name.trim().is_empty() {
        Named::Saved
    } else if open && !modal.should_close() {
        Named::Open
    } else {
        Named::Left
    }
}

/// The line under a heading, for views of lists.
pub fn heading(ui: &Ui, rect: Rect, title: &str, subtitle: &str) {
    let at = |y: f32| pos2(rect.left() + 24.0, rect.top() + y);
    write(
        ui.painter(),
        at(32.0),
        Align2::LEFT_CENTER,
        title,
        (18.0, Weight::SemiBold),
        theme::text(),
    );
    let font = theme::font(12.5, Weight::Regular);
    let width = rect.width() - 48.0;
    let lines = ui.painter().layout(subtitle.into(), font, theme::dim(), width);
    ui.painter().galley(at(48.0), lines, theme::dim());
}

/// All roles by name, for lists.
pub fn role_names() -> Vec<String> {
    Role::ALL.iter().map(|role| role.name().to_string()).collect()
}
