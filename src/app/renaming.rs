//! A stem that is being renamed ([`Renaming`]): in the Stems view, on a lane or on a strip, after a
//! double-click on its name or by the key.

use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight};
use crate::session::edit::Edit;
use crate::session::stem::{Stem, StemId};
use crate::texts::say;
use egui::text_selection::CCursorRange;
use egui::{Id, Key, Rect, Role, TextEdit, Ui, WidgetInfo};

pub struct Renaming {
    pub stem: StemId,
    /// The text so far.
    pub text: String,
    /// Number of the frame in which its field was drawn last.
    pub drawn: Option<u64>,
    /// Frames for which the whole name stays selected, until the field has the keyboard.
    pub selecting: u8,
}

impl Renaming {
    pub fn of(stem: &Stem) -> Self {
        Self { stem: stem.id, text: stem.name.clone(), drawn: None, selecting: 4 }
    }
}

/// Selects the whole text of a field with this id: the first letter that is typed replaces it.
pub fn select_all(ui: &Ui, field: Id, text: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), field).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::select_all_str(text)));
    state.store(ui.ctx(), field);
}

/// The field for a new name of the stem, while it is renamed. Enter or a click elsewhere renames;
/// Escape and an empty name leave the name as it was. Returns whether the field is shown.
pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, area: Rect, stem: &Stem) -> bool {
    let frame = ui.ctx().cumulative_frame_nr();
    let Some(renaming) = panels.renaming.as_mut().filter(|one| one.stem == stem.id) else {
        return false;
    };
    // A field that was out of sight does not come back with the keyboard.
    if renaming.drawn.is_some_and(|drawn| drawn + 2 < frame) {
        panels.renaming = None;
        return false;
    }
    let begins = renaming.drawn.replace(frame).is_none();
    let text = &mut renaming.text;
    // Its own id: what stands before it comes and goes with the pointer, and would change another.
    let id = Id::unique("renaming").with(stem.id);
    let field = TextEdit::singleline(text).font(theme::font(13.5, Weight::Medium)).margin(4.0);
    let response = ui.put(area, field.id(id));
    let words = say!("mix-name-of", stem = &stem.name);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &words));
    if begins {
        ui.scroll_to_rect(area, None);
    }
    if response.changed() {
        renaming.selecting = 0;
    }
    if renaming.selecting > 0 {
        renaming.selecting -= 1;
        select_all(ui, response.id, text);
        ui.ctx().request_repaint();
    }
    let done = response.lost_focus();
    if !done {
        if !response.has_focus() {
            response.request_focus();
        }
        return true;
    }
    let name = text.trim().to_owned();
    let left = ui.input(|input| input.key_pressed(Key::Escape));
    panels.renaming = None;
    if !left && !name.is_empty() && name != stem.name {
        seen.edit(Edit::Name { stem: stem.id, name });
    }
    true
}
