//! The command palette: finds actions, stems, versions, masters, sections, recent sessions and
//! pages of the manual by words. An absolute path opens a file or folder.

use super::actions::ACTIONS;
use super::deeds::{Choice, Deed, Play, SessionDeed, Window};
use super::seen::Seen;
use super::theme;
use crate::app::panels::palette::Palette;
use crate::texts::{self, say};
use egui::{Align2, Area, Frame, Id, Key, Order, ScrollArea, Stroke, TextEdit, Ui, vec2};
use std::path::PathBuf;

const WIDTH: f32 = 560.0;

struct Entry {
    name: String,
    words: String,
    hint: String,
    deed: Deed,
}

/// Cost of an entry for the typed words, the smaller the better; `None` if a word is not found.
/// The name costs less than the other words, the beginning of a word less than its middle.
fn rank(entry: &Entry, typed: &str) -> Option<usize> {
    let (name, more) = (entry.name.to_lowercase(), entry.words.to_lowercase());
    let begins = |text: &str, word: &str| {
        text.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word))
    };
    typed.to_lowercase().split_whitespace().try_fold(0, |sum, word| {
        let cost = if name.starts_with(word) {
            0
        } else if begins(&name, word) {
            1
        } else if begins(&more, word) {
            3
        } else if name.contains(word) {
            4
        } else if more.contains(word) {
            6
        } else {
            return None;
        };
        Some(sum + cost)
    })
}

fn entries(seen: &Seen<'_>) -> Vec<Entry> {
    let mut list = Vec::new();
    let mut add = |name: String, words: &str, hint: String, deed: Deed| {
        list.push(Entry { name, words: words.into(), hint, deed });
    };
    for action in ACTIONS {
        if action.is_possible(seen) {
            let hint = action.shortcut_text().unwrap_or_default();
            let words = format!("{} {}", action.shown_words(), action.name);
            add(action.shown().into(), &words, hint, action.deed.clone());
        }
    }
    if let Some(song) = seen.song {
        let session = &song.session;
        for (n, stem) in session.stems.iter().enumerate() {
            let hint = texts::word("role", stem.role.name()).to_string();
            let number = format!("{:02}", n + 1);
            let name = say!("window-palette-stem", number = number, stem = &stem.name);
            add(name, say!("window-find-stem"), hint, Choice::Stem(stem.id).into());
        }
        for (n, version) in session.versions.iter().enumerate() {
            let deed = Choice::Version(n).into();
            let name = say!("window-palette-version", version = &version.name);
            let hint = say!("window-palette-is-version").into();
            add(name, say!("window-find-version"), hint, deed);
        }
        for (n, master) in session.masters.iter().enumerate() {
            if let Some(target) = master.target {
                let hint = format!("{:.1} LUFS", target.loudness);
                let name = say!("window-palette-master", master = &master.name);
                add(name, say!("window-find-master"), hint, Play::Through(n).into());
            }
        }
        for section in &session.sections {
            let hint = section.start.to_string();
            let deed = Play::Seek(section.start.frames(session.sample_rate).0).into();
            let name = say!("window-palette-section", section = &section.name);
            add(name, say!("window-find-section"), hint, deed);
        }
    }
    for path in seen.recent {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let deed = SessionDeed::Open(vec![path.clone()]).into();
        let name = say!("window-palette-open", name = name);
        add(name, say!("window-find-recent"), say!("window-palette-is-recent").into(), deed);
    }
    for (n, page) in super::manual::PAGES.iter().enumerate() {
        let deed = Window::Manual(Some(n)).into();
        let name = say!("window-palette-manual", page = page.shown());
        add(name, page.words, "F1".into(), deed);
    }
    list
}

/// Entry that opens a typed absolute path; `None` if nothing exists there.
fn path(typed: &str) -> Option<Entry> {
    let path = PathBuf::from(typed.trim());
    let there = path.is_absolute() && path.exists();
    there.then(|| Entry {
        name: say!("window-palette-open", name = path.display().to_string()),
        words: String::new(),
        hint: match path.is_dir() {
            true => say!("window-palette-is-folder").into(),
            false => say!("window-file").into(),
        },
        deed: SessionDeed::Open(vec![path]).into(),
    })
}

/// Entries that match the typed words, the best first.
fn found(seen: &Seen<'_>, typed: &str) -> Vec<Entry> {
    if let Some(entry) = path(typed) {
        return vec![entry];
    }
    let ranked = entries(seen).into_iter().filter_map(|entry| Some((rank(&entry, typed)?, entry)));
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, entry)| entry).collect()
}

pub fn show(seen: &Seen<'_>, palette: &mut Palette, ui: &Ui) {
    if !palette.open {
        return;
    }
    let ctx = ui.ctx().clone();
    let full = ctx.content_rect();
    let width = WIDTH.min(full.width() - 32.0);
    let mut deed = None;
    let shown = Area::new(Id::unique("palette"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, (full.height() * 0.12).min(110.0)))
        .show(&ctx, |ui| {
            let frame = Frame::popup(ui.style()).inner_margin(12.0);
            frame.stroke(Stroke::new(1.0, theme::line())).show(ui, |ui| {
                ui.set_width(width);
                deed = field_and_list(seen, palette, ui, (full.height() * 0.6).min(440.0));
            });
        });
    let away = shown.response.clicked_elsewhere() && !palette.fresh;
    palette.fresh = false;
    let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape));
    if deed.is_some() || escaped || away {
        *palette = Palette::default();
    }
    if let Some(deed) = deed {
        seen.ask(deed);
    }
}

fn field_and_list(
    seen: &Seen<'_>,
    palette: &mut Palette,
    ui: &mut Ui,
    height: f32,
) -> Option<Deed> {
    let presses = |ui: &Ui, key| ui.input(|input| input.num_presses(key));
    let (up, down) = (presses(ui, Key::ArrowUp), presses(ui, Key::ArrowDown));
    let entered = presses(ui, Key::Enter) > 0;
    let field = TextEdit::singleline(&mut palette.text)
        .hint_text(say!("window-palette-hint"))
        .desired_width(f32::INFINITY)
        .margin(vec2(10.0, 8.0));
    let edit = ui.add(field).accessible_name(say!("action-search-for-anything"));
    edit.request_focus();
    if edit.changed() {
        palette.chosen = 0;
    }
    let found = found(seen, &palette.text);
    let last = found.len().saturating_sub(1);
    palette.chosen = (palette.chosen + down).saturating_sub(up).min(last);
    let moved = up + down > 0;
    let mut deed = None;
    ui.add_space(6.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
        if found.is_empty() {
            ui.weak(say!("window-palette-nothing"));
        }
        for (n, entry) in found.iter().enumerate() {
            let lit = n == palette.chosen;
            let button = egui::Button::selectable(lit, &entry.name)
                .shortcut_text(&entry.hint)
                .min_size(vec2(ui.available_width(), 26.0));
            let row = ui.add(button);
            if lit && moved {
                row.scroll_to_me(None);
            }
            if row.clicked() || (entered && lit) {
                deed = Some(entry.deed.clone());
            }
        }
    });
    deed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, words: &str) -> Entry {
        Entry { name: name.into(), words: words.into(), hint: String::new(), deed: Deed::Undo }
    }

    #[test]
    fn words_find_by_name_first() {
        let save = entry("Save", "write disk");
        let open = entry("Open a session\u{2026}", "load file");
        assert_eq!(rank(&save, "sa"), Some(0));
        assert!(rank(&save, "disk") > rank(&save, "save"));
        assert_eq!(rank(&open, "save"), None);
        assert!(rank(&open, "session open").is_some(), "in any order");
        assert_eq!(rank(&open, ""), Some(0), "nothing typed finds everything");
    }
}
