//! Parts that several views share: menu entries for actions, the session menu, the question for a
//! name, and headings of views.

use super::actions;
use super::deeds::SessionDeed;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::{page, page_buttons, title};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::{FileRef, Role, Stem};
use crate::texts::{self, say};
use egui::{Align2, Rect, Ui, pos2};
use std::path::Path;

/// Menu entry of the action `name`, with its shortcut. Draws nothing if there is no such action.
pub fn action(seen: &Seen<'_>, ui: &mut Ui, name: &str) {
    let Some(action) = actions::find(name) else { return };
    let shortcut = action.shortcut_text().unwrap_or_default();
    let button = egui::Button::new(action.shown()).shortcut_text(shortcut);
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
        ui.menu_button(say!("window-open-recent"), |ui| {
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

/// The edit that adds a file as the last stem. Name and role are guessed from the file's name.
pub fn add_stem(session: &Session, file: FileRef) -> Edit {
    let stem = Path::new(file.place.name()).file_stem().unwrap_or_default().to_string_lossy();
    let read = crate::intake::names::guess(&stem);
    let stem = Box::new(Stem::new(session.next_stem_id(), read.name, read.role, file));
    Edit::AddStem { at: session.stems.len(), stem }
}

/// State of a question for a name.
pub enum Named {
    /// Not answered yet.
    Open,
    /// Confirmed; the name is not blank.
    Saved,
    /// Cancelled.
    Left,
}

/// Modal question for a name. `explained` is a line below the heading, `field` the name of the
/// field for screen readers.
pub fn ask_name(ui: &Ui, heading: &str, explained: &str, field: &str, name: &mut String) -> Named {
    let (mut open, mut wanted) = (true, false);
    let modal = page(ui, heading).show(ui.ctx(), |ui| {
        ui.set_width(320.0);
        title(ui, heading);
        if !explained.is_empty() {
            ui.colored_label(theme::dim(), explained);
        }
        let edit = egui::TextEdit::singleline(name).hint_text(say!("window-name"));
        let edit = edit.desired_width(f32::INFINITY);
        ui.add(edit).accessible_name(field).request_focus();
        wanted = ui.input(|input| input.key_pressed(egui::Key::Enter));
        match page_buttons(ui, &[say!("common-cancel"), say!("common-save")]) {
            Some(0) => open = false,
            Some(_) => wanted = true,
            None => {}
        }
    });
    if wanted && !name.trim().is_empty() {
        Named::Saved
    } else if open && !modal.should_close() {
        Named::Open
    } else {
        Named::Left
    }
}

/// Title and subtitle at the top of a view.
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

/// Names of all roles in the language of the window, in the order of [`Role::ALL`].
pub fn role_names() -> Vec<String> {
    Role::ALL.iter().map(|role| texts::word("role", role.name()).to_string()).collect()
}
