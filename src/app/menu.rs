//! The session menu, dialogs, messages and the list of recent sessions.

use super::App;
use super::jobs::Picked;
use super::keys::SHEET;
use super::theme::{self, Weight, write};
use super::widgets::push;
use crate::intake::folder::file_ref;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::{FileRef, Role, Stem};
use egui::{Align2, Id, Modal, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use std::path::{Path, PathBuf};

const MOST_RECENT: usize = 8;

/// Where the program keeps what it remembers between runs.
pub fn settings_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright")?;
    Some(dirs.config_dir().to_owned())
}

/// The folder of settings that a window uses, if it uses one.
pub fn settings_of(recent: &Recent) -> Option<PathBuf> {
    recent.file.as_ref()?.parent().map(Path::to_owned)
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
            serde_json::from_slice(&std::fs::read(file).ok()?).ok()
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
                let _ = crate::session::file::write_atomically(file, &text);
            }
        }
    }
}

pub fn pick_folder(app: &App) {
    let dialog = rfd::FileDialog::new().set_title("Open a folder of stems");
    app.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Open));
}

pub fn pick_session(app: &App) {
    let dialog = rfd::FileDialog::new()
        .set_title("Open a session")
        .add_filter("Stemwright session", &["stemwright"]);
    app.jobs.pick(dialog, |dialog| dialog.pick_file().map(Picked::Open));
}

pub fn pick_save_as(app: &App) {
    let Some(document) = &app.document else { return };
    let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dialog = rfd::FileDialog::new()
        .set_title("Save the session as")
        .set_directory(document.folder())
        .set_file_name(name)
        .add_filter("Stemwright session", &["stemwright"]);
    app.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::SaveAs));
}

pub fn pick_export(app: &App) {
    let Some(document) = &app.document else { return };
    let dialog =
        rfd::FileDialog::new().set_title("Folder for the masters").set_directory(document.folder());
    app.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Export));
}

pub fn session_menu(app: &mut App, ui: &mut Ui) {
    ui.set_min_width(230.0);
    let entry = |ui: &mut Ui, enabled: bool, name: &str, key: &str| {
        let clicked = ui.add_enabled(enabled, egui::Button::new(name).shortcut_text(key)).clicked();
        if clicked {
            ui.close();
        }
        clicked
    };
    let open = app.document.is_some();
    if entry(ui, true, "Open a folder of stems\u{2026}", "") {
        pick_folder(app);
    }
    if entry(ui, true, "Open a session\u{2026}", "Ctrl+O") {
        pick_session(app);
    }
    if entry(ui, true, "Open the demo song", "") {
        app.opening = true;
        app.jobs.open_demo();
    }
    for path in app.recent.list.clone() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if entry(ui, true, &name, "recent") {
            app.open(vec![path]);
        }
    }
    ui.separator();
    if entry(ui, open, "Save", "Ctrl+S") {
        app.save();
    }
    if entry(ui, open, "Save as\u{2026}", "Ctrl+Shift+S") {
        pick_save_as(app);
    }
    ui.separator();
    if entry(ui, true, "Sound device\u{2026}", "") {
        super::audio::open(app);
    }
    if entry(ui, true, "Keys", "?") {
        app.keys_shown = true;
    }
}

impl App {
    /// Adds files as stems; those that cannot be taken are named.
    pub(super) fn add_stems(&mut self, paths: &[PathBuf]) {
        let Some(document) = &mut self.document else { return };
        let base = document.folder();
        let mut refused = Vec::new();
        for path in paths {
            match file_ref(path, &base) {
                Ok(file) => {
                    let edit = add_stem(&document.session, file);
                    document.edit_once(edit);
                }
                Err(error) => refused.push(error.to_string()),
            }
        }
        refused.into_iter().for_each(|text| self.say(text));
        self.reopen_stems();
    }
}

/// The change that adds a file as the last stem, with the role that its name tells.
pub fn add_stem(session: &Session, file: FileRef) -> Edit {
    let stem = Path::new(&file.path).file_stem().unwrap_or_default().to_string_lossy();
    let read = crate::intake::names::guess(&stem);
    let stem = Box::new(Stem::new(session.next_stem_id(), read.name, read.role, file));
    Edit::AddStem { at: session.stems.len(), stem }
}

/// Messages at the lower edge, newest last.
pub fn messages(app: &App, ui: &Ui, full: Rect) {
    let painter =
        ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, Id::unique("messages")));
    let shown = app.messages.iter().rev().take(5);
    for (n, (text, _)) in shown.enumerate() {
        let galley =
            painter.layout(text.clone(), theme::font(13.0, Weight::Regular), theme::TEXT, 700.0);
        let size = galley.size() + vec2(28.0, 18.0);
        let bottom = full.bottom() - 20.0 - n as f32 * 52.0;
        let rect = Rect::from_min_size(pos2(full.center().x - size.x / 2.0, bottom - size.y), size);
        painter.rect_filled(rect, theme::RADIUS, theme::RAISED);
        painter.rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, theme::LINE), StrokeKind::Inside);
        painter.galley(rect.min + vec2(14.0, 9.0), galley, theme::TEXT);
    }
}

/// What needs an answer: unsaved work, recovered work, and the sheet of keys.
pub fn dialogs(app: &mut App, ui: &mut Ui) {
    if app.keys_shown {
        let shown = Modal::new(Id::unique("keys")).show(ui.ctx(), |ui| {
            ui.set_width(420.0);
            ui.heading("Keys");
            egui::Grid::new("keys").num_columns(2).spacing(vec2(24.0, 6.0)).show(ui, |ui| {
                for (key, meaning) in SHEET {
                    ui.label(key);
                    ui.label(meaning);
                    ui.end_row();
                }
            });
        });
        if shown.should_close() {
            app.keys_shown = false;
        }
    }
    super::audio::show(app, ui);
    if app.closing {
        closing(app, ui);
    }
    let offered = app.document.as_ref().is_some_and(|document| document.recovery.is_some());
    if offered {
        Modal::new(Id::unique("recovery")).show(ui.ctx(), |ui| {
            ui.set_width(380.0);
            ui.heading("Work that was not saved was found");
            ui.label("Stemwright ended before the last changes were saved. They were put aside.");
            let (rect, _) = ui.allocate_exact_size(vec2(380.0, 44.0), egui::Sense::hover());
            let half =
                |n: f32| Rect::from_min_size(rect.min + vec2(n * 190.0, 8.0), vec2(178.0, 34.0));
            let Some(document) = &mut app.document else { return };
            if push(ui, half(0.0), "Bring it back", true).clicked() {
                match document.recover() {
                    // It may have other stems.
                    Ok(()) => app.reopen_stems(),
                    Err(error) => app.say(format!("{error:#}")),
                }
            } else if push(ui, half(1.0), "Leave it", false).clicked()
                && let Some(document) = &mut app.document
            {
                document.discard_aside();
            }
        });
    }
}

fn closing(app: &mut App, ui: &mut Ui) {
    Modal::new(Id::unique("closing")).show(ui.ctx(), |ui| {
        ui.set_width(400.0);
        ui.heading("Save the changes?");
        ui.label("The session has changes that are not on the disk yet.");
        let (rect, _) = ui.allocate_exact_size(vec2(400.0, 44.0), egui::Sense::hover());
        let third =
            |n: f32| Rect::from_min_size(rect.min + vec2(n * 134.0, 8.0), vec2(124.0, 34.0));
        if push(ui, third(0.0), "Save", true).clicked() {
            app.save();
            if app.document.as_ref().is_some_and(|document| !document.is_dirty()) {
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
            } else {
                app.closing = false;
            }
        }
        if push(ui, third(1.0), "Do not save", false).clicked() {
            if let Some(document) = &mut app.document {
                document.discard_aside();
            }
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
        }
        if push(ui, third(2.0), "Cancel", false).clicked() {
            app.closing = false;
        }
    });
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
        theme::TEXT,
    );
    write(
        ui.painter(),
        at(56.0),
        Align2::LEFT_CENTER,
        subtitle,
        (12.5, Weight::Regular),
        theme::DIM,
    );
}

/// All roles by name, for lists.
pub fn role_names() -> Vec<String> {
    Role::ALL.iter().map(|role| role.name().to_string()).collect()
}
