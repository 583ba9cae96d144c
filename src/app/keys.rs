//! Shortcuts of the whole window ([`handle`]), and the sheet that lists them ([`sheet`]).

use super::actions::{ACTIONS, Group};
use super::panels::{Panels, Typing};
use super::seen::Seen;
use super::theme;
use super::view::View;
use super::widgets::{page, page_buttons, title};
use crate::texts::say;
use egui::{
    Align, Event, Frame, InputState, Key, Label, Layout, Modifiers, Popup, RichText, ScrollArea,
    Ui, vec2,
};

/// Rows of the sheet about pointer and keys together.
fn gestures() -> [(&'static str, &'static str); 7] {
    [
        (say!("window-gesture-zoom"), say!("window-gesture-zoom-does")),
        (say!("window-gesture-scroll"), say!("window-gesture-scroll-does")),
        (say!("window-gesture-fine"), say!("window-gesture-fine-does")),
        (say!("window-gesture-scrub"), say!("window-gesture-scrub-does")),
        (say!("window-gesture-reset"), say!("window-gesture-reset-does")),
        (say!("window-gesture-type"), say!("window-gesture-type-does")),
        (say!("window-gesture-move"), say!("window-gesture-move-does")),
    ]
}

/// After a text field lost the keyboard by a click, characters are ignored for this many seconds.
const STILL_TYPING: f64 = 1.0;

/// Keys that the focused control handles itself.
fn belongs_to_focus(modifiers: Modifiers, key: Key) -> bool {
    let arrows = [Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight];
    modifiers.is_none() && arrows.contains(&key)
}

/// Keys that type a character.
fn types(key: Key) -> bool {
    use Key::{Comma, Equals, Minus, Period, Questionmark, Space};
    key.name().len() == 1 || matches!(key, Space | Comma | Period | Minus | Equals | Questionmark)
}

/// Turns the key events of this UI frame into deeds. `asked` is true while a question takes the
/// keyboard.
pub fn handle(seen: &Seen<'_>, panels: &mut Panels, ui: &Ui, asked: bool) {
    let ctx = ui.ctx();
    let now = ui.input(|input| input.time);
    // Text fields, menus and questions take the keyboard themselves.
    let clicks = |input: &InputState| input.pointer.any_down() || input.pointer.any_released();
    let clicks = ui.input(clicks);
    if ctx.text_edit_focused() {
        panels.typing = Typing::Field { clicked: clicks };
        return;
    }
    if let Typing::Field { clicked } = panels.typing {
        // The field lost the keyboard in this UI frame or the one before.
        let away = clicked || clicks;
        panels.typing = if away { Typing::LeftAt(now) } else { Typing::No };
    }
    if Popup::is_any_open(ctx) || asked {
        return;
    }
    // A person who clicks beside a field in mid-word may go on typing for a moment.
    let typing = matches!(panels.typing, Typing::LeftAt(left) if now - left < STILL_TYPING);
    let shown = &mut panels.shown;
    let escaped =
        ui.input_mut(|input| shown.any_page() && input.consume_key(Modifiers::NONE, Key::Escape));
    if escaped {
        shown.close_pages();
    }
    let focused = ui.memory(|memory| memory.focused().is_some());
    let mut due = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            let key = if *key == Key::Plus { Key::Equals } else { *key };
            // Some keyboard layouts need Shift for this key, others do not.
            let typed = key == Key::Questionmark;
            let fits = |wanted: Modifiers| modifiers.matches_exact(wanted) || typed;
            let found = ACTIONS.iter().find(|action| action.is_on(key, fits));
            if typing && types(key) && !modifiers.command && !modifiers.alt {
                return false;
            }
            let taken = focused && belongs_to_focus(*modifiers, key);
            let Some(action) = found.filter(|_| !taken) else { return true };
            due.push(action);
            false
        });
    });
    for action in due {
        let here = matches!(panels.view, View::Mix | View::Versions);
        if action.edits() && !here && seen.song.is_some() {
            seen.say(say!("window-key-elsewhere", action = action.shown()));
        } else if action.is_possible(seen) {
            seen.ask(action.deed.clone());
        }
    }
}

/// The sheet of all shortcuts.
pub fn sheet(panels: &mut Panels, ui: &Ui) {
    if !panels.shown.keys {
        return;
    }
    let full = ui.ctx().content_rect();
    let height = (full.height() - 150.0).clamp(160.0, 1000.0);
    // As many columns as the window has room for, so that all keys are seen at once.
    let count = ((full.width() - 60.0) / COLUMN).floor().clamp(1.0, 3.0);
    let shown = page(ui, "keys").show(ui.ctx(), |ui| {
        ui.set_width((full.width() - 60.0).min(count * COLUMN));
        title(ui, say!("action-keys"));
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.columns(count as usize, |columns| {
                let pointer = gestures().map(|(key, name)| (key.to_string(), name));
                let pointer = (say!("window-group-pointer"), pointer.to_vec());
                for (name, rows) in Group::ALL.into_iter().map(rows_in).chain([pointer]) {
                    // Each group goes on in the column that is shortest so far.
                    let shortest = columns
                        .iter_mut()
                        .min_by(|a, b| a.min_rect().height().total_cmp(&b.min_rect().height()));
                    if let Some(ui) = shortest {
                        rows_of(ui, name, rows);
                    }
                }
            });
        });
        if page_buttons(ui, &[say!("common-close")]).is_some() {
            ui.close();
        }
    });
    if shown.should_close() {
        panels.shown.keys = false;
    }
}

/// A group of actions that have keys: its name, and its rows.
fn rows_in(group: Group) -> (&'static str, Vec<(String, &'static str)>) {
    let of_group = ACTIONS.iter().filter(|action| action.group == group);
    let rows = of_group.filter_map(|action| Some((action.shortcut_text()?, action.shown())));
    (group.name(), rows.collect())
}

/// A shortcut as keycaps: one for each key.
fn keycaps(ui: &mut Ui, text: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        // A plus that is itself a key comes last.
        let split = text.strip_suffix('+').filter(|rest| rest.ends_with('+') || rest.is_empty());
        let (keys, plus) =
            split.map_or((text, None), |rest| (rest.trim_end_matches('+'), Some("+")));
        for key in keys.split('+').filter(|key| !key.is_empty()).chain(plus) {
            let cap =
                Frame::new().fill(theme::raised()).corner_radius(4.0).inner_margin(vec2(6.0, 1.0));
            cap.show(ui, |ui| ui.label(RichText::new(key).size(12.0)));
        }
    });
}

/// Width of the column of keycaps, for three keys in a longer language.
const KEYS: f32 = 140.0;
/// Least width of a column of the sheet, with keycaps and names.
const COLUMN: f32 = 400.0;

fn rows_of(ui: &mut Ui, title: &str, rows: Vec<(String, &str)>) {
    ui.vertical(|ui| {
        ui.add_space(8.0);
        theme::caption(ui, title);
        for (key, name) in rows {
            ui.horizontal(|ui| {
                let keys = vec2(KEYS, 20.0);
                ui.allocate_ui_with_layout(keys, Layout::left_to_right(Align::Center), |ui| {
                    ui.set_width(KEYS);
                    keycaps(ui, &key);
                });
                ui.add(Label::new(name).wrap());
            });
        }
    });
}
