//! The page "Song and brief": title, tempo and key, the brief, the ISRC of each version, and a note
//! on each stem.

use super::deeds::Cuts;
use super::panels::OpenPages;
use super::seen::Seen;
use super::theme;
use super::widgets::value::number;
use super::widgets::{page, page_buttons, title};
use crate::session::edit::Edit;
use crate::session::naming::isrc;
use crate::session::{Session, Song};
use crate::texts::{self, say};
use egui::{DragValue, Grid, ScrollArea, TextEdit, Ui, vec2};

const FIELD: f32 = 400.0;

/// Text field with its label; returns whether the text changed.
fn field(ui: &mut Ui, name: &str, text: &mut String, hint: &str) -> bool {
    let label = ui.label(name);
    let edit = TextEdit::singleline(text).desired_width(FIELD).hint_text(hint);
    ui.add(edit).labelled_by(label.id).changed()
}

fn grid(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    theme::caption(ui, name);
    Grid::new(name).num_columns(2).min_col_width(110.0).spacing(vec2(14.0, 7.0)).show(ui, rows);
    ui.add_space(12.0);
}

pub fn show(seen: &Seen<'_>, shown: &mut OpenPages, ui: &Ui) {
    if !shown.song {
        return;
    }
    let Some(song) = seen.song else { return };
    let session = &song.session;
    let full = ui.ctx().content_rect();
    let modal = page(ui, "song").show(ui.ctx(), |ui| {
        ui.set_width((full.width() - 60.0).min(580.0));
        title(ui, say!("song-page-heading"));
        let height = (full.height() - 180.0).max(120.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            facts(seen, session, ui);
            brief(seen, session, ui);
            codes(seen, session, ui);
            notes(seen, session, ui);
        });
        ui.add_space(4.0);
        ui.colored_label(theme::dim(), say!("song-page-find-hint"));
        match page_buttons(ui, &[say!("song-page-find"), say!("common-close")]) {
            Some(0) => seen.ask(Cuts::Search(None)),
            Some(_) => ui.close(),
            None => {}
        }
    });
    if modal.should_close() {
        shown.song = false;
    }
}

fn facts(seen: &Seen<'_>, session: &Session, ui: &mut Ui) {
    let mut song: Song = session.song.clone();
    let mut key = song.key.clone().unwrap_or_default();
    let mut tempo = song.tempo.unwrap_or(0.0);
    let (mut beats, mut note) = song.meter.unwrap_or((4, 4));
    grid(ui, say!("song-page-song"), |ui| {
        field(ui, say!("song-page-title"), &mut song.title, "");
        ui.end_row();
        field(ui, say!("song-page-artist"), &mut song.artist, "");
        ui.end_row();
        ui.label(say!("song-page-tempo-and-meter"));
        ui.horizontal(|ui| {
            let drag = DragValue::new(&mut tempo).range(0.0..=1000.0).speed(0.1);
            let drag = drag.max_decimals(2).custom_formatter(|tempo, _| match tempo {
                0.0 => say!("song-page-tempo-not-known").into(),
                tempo => format!("{tempo:.2} BPM"),
            });
            let parsed = drag.custom_parser(|text| number(text.trim_end_matches("BPM")));
            ui.add(parsed).accessible_name(say!("song-page-tempo"));
            ui.add_space(10.0);
            let beat = (&mut beats, 32, say!("song-page-beats"));
            let unit = (&mut note, 64, say!("song-page-note"));
            for (value, most, name) in [beat, unit] {
                let drag = DragValue::new(value).range(1..=most).speed(0.05);
                ui.add(drag).accessible_name(name).on_hover_text(name);
            }
        });
        ui.end_row();
        field(ui, say!("song-page-key"), &mut key, say!("song-page-key-hint"));
        ui.end_row();
        field(ui, say!("song-page-daw"), &mut song.daw, say!("song-page-daw-hint"));
        ui.end_row();
    });
    song.key = Some(key).filter(|key| !key.is_empty());
    song.tempo = Some(tempo).filter(|tempo| *tempo > 0.0);
    if (beats, note) != song.meter.unwrap_or((4, 4)) {
        song.meter = Some((beats, note));
    }
    if song != session.song {
        seen.edit(Edit::Song(Box::new(song)));
    }
}

fn brief(seen: &Seen<'_>, session: &Session, ui: &mut Ui) {
    let mut brief = session.brief.clone();
    grid(ui, say!("song-page-brief"), |ui| {
        for (name, text) in brief.fields() {
            field(ui, texts::word("brief", name), text, "");
            ui.end_row();
        }
    });
    if brief != session.brief {
        seen.edit(Edit::Brief(Box::new(brief)));
    }
}

fn codes(seen: &Seen<'_>, session: &Session, ui: &mut Ui) {
    let mut versions = session.versions.clone();
    grid(ui, say!("song-page-codes"), |ui| {
        for version in &mut versions {
            field(ui, &version.name, &mut version.isrc, "CC-XXX-YY-NNNNN");
            if !version.isrc.trim().is_empty() && isrc(&version.isrc).is_none() {
                ui.colored_label(theme::caution(), say!("song-page-not-a-code"));
            }
            ui.end_row();
        }
    });
    if versions != session.versions {
        seen.edit(Edit::Versions(versions));
    }
}

fn notes(seen: &Seen<'_>, session: &Session, ui: &mut Ui) {
    grid(ui, say!("song-page-notes"), |ui| {
        for stem in &session.stems {
            let mut note = stem.note.clone();
            if field(ui, &stem.name, &mut note, "") {
                seen.edit(Edit::Note { stem: stem.id, note });
            }
            ui.end_row();
        }
    });
}
