//! Words of the clean version: lyrics, what is explicit in them, and what becomes of it.

use super::radio::ROW;
use crate::app::desk::Desk;
use crate::app::edits::{change_lyrics, decide_words};
use crate::app::jobs::Picked;
use crate::app::theme;
use crate::arrange::clean::open;
use crate::arrange::words::list::{LANGUAGES, explicit};
use crate::session::lyrics::Verdict;
use crate::session::stem::Treatment;
use crate::units::{Seconds, counted};
use egui::{ComboBox, RichText, Ui};

pub fn show(desk: &mut Desk, ui: &mut Ui) {
    let Some(document) = &desk.document else { return };
    let lyrics = document.session.lyrics.clone();
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        ui.label(RichText::new("Words of the clean version").strong());
        let text = match &lyrics {
            Some(lyrics) => {
                format!("{} \u{b7} {}", lyrics.source, counted(lyrics.words.len(), "word"))
            }
            None => "no lyrics yet".into(),
        };
        ui.colored_label(theme::dim(), text);
    });
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        if ui.button("Import lyrics\u{2026}").clicked() {
            super::pick_lyrics(desk);
        }
        if ui.add_enabled(lyrics.is_some(), egui::Button::new("Export\u{2026}")).clicked() {
            pick_export(desk);
        }
    });
    let Some(lyrics) = lyrics else {
        ui.colored_label(
            theme::dim(),
            "Whisper JSON, SRT, WebVTT or LRC with times. Explicit words are looked up in a list; each is confirmed or dismissed by you.",
        );
        return;
    };
    options(desk, ui, &lyrics.language);
    let undecided = open(&lyrics);
    if !undecided.is_empty() && ui.button(format!("Confirm all {}", undecided.len())).clicked() {
        decide_words(desk, &undecided, Verdict::Clean);
    }
    let mut decided = None;
    let mut hear = None;
    for (n, word) in explicit(&lyrics) {
        ui.horizontal(|ui| {
            let play = format!("Hear {:.1}", word.start);
            if ui.button(play).on_hover_text("Hear it where it is").clicked() {
                hear = Some(word.start);
            }
            ui.label(RichText::new(&word.text).strong());
            if word.unsure {
                ui.colored_label(theme::caution(), "time is a guess");
            }
            let state = word.verdict;
            if ui.selectable_label(state == Some(Verdict::Clean), "Make clean").clicked() {
                decided = Some((n, Verdict::Clean));
            }
            if ui.selectable_label(state == Some(Verdict::Keep), "It stays").clicked() {
                decided = Some((n, Verdict::Keep));
            }
        });
    }
    if let Some((n, verdict)) = decided {
        decide_words(desk, &[n], verdict);
    }
    if let Some(start) = hear {
        audition(desk, start);
    }
}

fn options(desk: &mut Desk, ui: &mut Ui, language: &str) {
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        let name = LANGUAGES.iter().find(|(code, _)| *code == language);
        let shown = name.map_or(language, |(_, name)| name);
        let mut other = None;
        let list = ComboBox::from_id_salt("language").selected_text(shown).show_ui(ui, |ui| {
            for (code, name) in LANGUAGES {
                if ui.selectable_label(code == language, name).clicked() {
                    other = Some(code);
                }
            }
        });
        list.response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Language, {shown}"))
        });
        let now = desk.edits.treatment;
        let list =
            ComboBox::from_id_salt("treatment").selected_text(now.name()).show_ui(ui, |ui| {
                for treatment in Treatment::ALL {
                    ui.selectable_value(&mut desk.edits.treatment, treatment, treatment.name());
                }
            });
        list.response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::ComboBox,
                true,
                format!("In the place of a word, {}", now.name()),
            )
        });
        let id = ui.scope_id().with("own word");
        let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
        let field = egui::TextEdit::singleline(&mut text);
        let field = ui
            .add(field.hint_text("one more word, or !word").desired_width(150.0))
            .accessible_name("One more explicit word");
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if let Some(document) = &mut desk.document {
            if let Some(code) = other {
                change_lyrics(document, |lyrics| lyrics.language = code.into());
            }
            if entered && !text.trim().is_empty() {
                let word = text.trim().to_string();
                change_lyrics(document, |lyrics| lyrics.also.push(word));
                text.clear();
            }
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    });
}

/// Plays the clean version around a word, round and round.
fn audition(desk: &mut Desk, start: Seconds) {
    let Some(document) = &mut desk.document else { return };
    let clean = document.session.versions.iter().position(|version| version.clean);
    document.open.version = clean.unwrap_or(document.version);
    let rate = document.session.sample_rate;
    let from = Seconds((start.0 - 2.0).max(0.0)).frames(rate).0;
    let to = Seconds(start.0 + 3.0).frames(rate).0.min(document.length().0);
    desk.listen.heard.range = Some((from, to));
    desk.listen.set_loop(Some((from, to)));
    desk.listen.seek(from);
    if !desk.listen.is_playing() {
        desk.toggle_play();
    }
}

pub fn pick_export(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let version = document.current_version().map_or(String::new(), |version| version.name);
    let dialog = rfd::FileDialog::new()
        .set_title("Lyrics for the times of the version")
        .set_directory(document.folder())
        .set_file_name(format!("{version}.srt"))
        .add_filter("SubRip", &["srt"])
        .add_filter("Enhanced LRC", &["lrc"]);
    desk.jobs.pick(dialog, |dialog| dialog.save_file().map(Picked::LyricsTo));
}
