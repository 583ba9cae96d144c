//! Keys of the whole window.

use super::document::Document;
use super::listen::Monitor;
use super::{App, View, menu, top_bar};
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use egui::{Key, Modifiers, Ui};

/// Every key and what it does, for the sheet that `?` shows.
pub const SHEET: [(&str, &str); 20] = [
    ("Space", "Play and pause"),
    ("Home", "To the start"),
    ("L", "Loop on and off"),
    (", and .", "Section before and after"),
    ("M", "Mute the selected stem"),
    ("S", "Solo the selected stem"),
    ("A", "Show the automation of the selected stem"),
    ("Up and down", "Select another stem"),
    ("B", "Hear the stems without any setting"),
    ("R", "Hear the reference"),
    ("P", "Hear the mix through the chosen master"),
    ("Ctrl+Z", "Undo"),
    ("Ctrl+Shift+Z", "Redo"),
    ("Ctrl+S", "Save"),
    ("Ctrl+Shift+S", "Save as"),
    ("Ctrl+O", "Open a session"),
    ("Ctrl+E", "Export"),
    ("Ctrl+wheel", "Zoom the timeline"),
    ("Alt+drag", "Scrub; on a line of automation, bend it"),
    ("?", "This sheet"),
];

pub fn handle(app: &mut App, ui: &Ui) {
    // A text field that is being typed into has the keys.
    if ui.ctx().text_edit_focused() {
        return;
    }
    let command = Modifiers::COMMAND;
    let both = Modifiers::COMMAND | Modifiers::SHIFT;
    let pressed =
        |modifiers: Modifiers, key: Key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(both, Key::Z) || pressed(command, Key::Y) {
        step(app, true);
    }
    if pressed(command, Key::Z) {
        step(app, false);
    }
    if pressed(both, Key::S) {
        menu::pick_save_as(app);
    }
    if pressed(command, Key::S) {
        app.save();
    }
    if pressed(command, Key::O) {
        menu::pick_session(app);
    }
    if pressed(command, Key::E) && app.document.is_some() {
        app.view = View::Deliver;
    }
    let question = ui.input(|input| {
        input.events.iter().any(|event| matches!(event, egui::Event::Text(text) if text == "?"))
    });
    if question {
        app.keys_shown = !app.keys_shown;
    }
    if app.keys_shown && pressed(Modifiers::NONE, Key::Escape) {
        app.keys_shown = false;
    }
    if app.document.is_none() {
        return;
    }
    if pressed(Modifiers::NONE, Key::Space) {
        app.toggle_play();
    }
    if pressed(Modifiers::NONE, Key::Home) {
        app.listen.seek(0);
    }
    if pressed(Modifiers::NONE, Key::L) {
        top_bar::toggle_loop(app);
    }
    if pressed(Modifiers::NONE, Key::B) {
        switch(app, Monitor::Bypass);
    }
    if pressed(Modifiers::NONE, Key::R) {
        switch(app, Monitor::Reference);
    }
    if pressed(Modifiers::NONE, Key::P) {
        app.listen.preview = !app.listen.preview;
    }
    if pressed(Modifiers::NONE, Key::Comma) {
        jump(app, false);
    }
    if pressed(Modifiers::NONE, Key::Period) {
        jump(app, true);
    }
    if pressed(Modifiers::NONE, Key::M) {
        toggle(app, |strip| strip.mute = !strip.mute);
    }
    if pressed(Modifiers::NONE, Key::S) {
        toggle(app, |strip| strip.solo = !strip.solo);
    }
    if pressed(Modifiers::NONE, Key::A)
        && let Some(stem) = app.document.as_ref().and_then(|document| document.selected)
    {
        app.lines.toggle(stem);
    }
    let nothing_focused = ui.memory(|memory| memory.focused().is_none());
    if nothing_focused {
        for (key, step) in [(Key::ArrowUp, -1), (Key::ArrowDown, 1)] {
            if pressed(Modifiers::NONE, key) {
                select(app, step);
            }
        }
    }
}

fn step(app: &mut App, forward: bool) {
    let Some(document) = &mut app.document else { return };
    let files = |document: &Document| {
        let stems: Vec<StemId> = document.session.stems.iter().map(|stem| stem.id).collect();
        (stems, document.session.reference.clone())
    };
    let before = files(document);
    if forward {
        document.redo();
    } else {
        document.undo();
    }
    if files(document) != before {
        app.reopen_stems();
    }
}

fn switch(app: &mut App, to: Monitor) {
    app.listen.monitor = if app.listen.monitor == to { Monitor::Mix } else { to };
}

fn toggle(app: &mut App, change: fn(&mut crate::dsp::strip::StripSettings)) {
    let Some(document) = &mut app.document else { return };
    let Some(stem) = document.selected_stem() else { return };
    let (id, mut settings) = (stem.id, stem.strip);
    change(&mut settings);
    document.edit_once(Edit::Strip { stem: id, settings });
}

fn select(app: &mut App, step: i64) {
    let Some(document) = &mut app.document else { return };
    let stems = &document.session.stems;
    let at = stems.iter().position(|stem| Some(stem.id) == document.selected);
    let next = at.map_or(0, |at| (at as i64 + step).clamp(0, stems.len() as i64 - 1));
    document.selected = stems.get(next as usize).map(|stem| stem.id);
}

/// To the next section, or to the start of this one and then the one before.
fn jump(app: &mut App, forward: bool) {
    let Some(document) = &app.document else { return };
    let rate = document.session.sample_rate;
    let here = app.listen.frame();
    // Shortly after a start, "before" means the one before it.
    let slack = u64::from(rate.0) / 2;
    let starts = document.session.sections.iter().map(|section| section.start.frames(rate).0);
    let to = if forward {
        starts.filter(|start| *start > here).min()
    } else {
        Some(starts.filter(|start| start + slack < here).max().unwrap_or(0))
    };
    if let Some(frame) = to {
        app.listen.seek(frame);
    }
}
