//! Panel on the clean version: import and export of lyrics, their explicit words, and the decision
//! about each.

use super::lyrics;
use super::radio::ROW;
use crate::app::deeds::{Choice, Cuts, Play};
use crate::app::open_song::OpenSong;
use crate::app::panels::versions::VersionsPanel;
use crate::app::seen::Seen;
use crate::app::theme;
use crate::arrange::clean::open;
use crate::arrange::words::list::{LANGUAGES, explicit, mark};
use crate::session::edit::Edit;
use crate::session::lyrics::{Lyrics, Verdict};
use crate::texts::{self, say};
use crate::units::Seconds;
use egui::{ComboBox, RichText, ScrollArea, Ui};

/// Least height of the lyrics above the chosen word, in points; with less they scroll together.
const LYRICS: f32 = 84.0;

/// `bottom` is the lower edge of the panel, where the chosen word stands; without one, all is below
/// each other.
pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    own: &mut VersionsPanel,
    ui: &mut Ui,
    bottom: Option<f32>,
) {
    let lyrics = song.session.lyrics.as_ref();
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        let title = RichText::new(say!("versions-clean-title"));
        ui.label(title.font(theme::font(14.0, theme::Weight::SemiBold)));
        let (text, colour) = match lyrics {
            Some(lyrics) => {
                let (all, open) = (explicit(lyrics).count(), open(lyrics).len());
                let colour = if open > 0 { theme::caution() } else { theme::good() };
                let decided = all - open;
                (say!("versions-explicit", count = all, decided = decided, open = open), colour)
            }
            None => {
                let count: usize = song.session.stems.iter().map(|stem| stem.clean.len()).sum();
                let text = match count {
                    0 => say!("versions-no-lyrics").into(),
                    count => say!("versions-regions-no-lyrics", count = count),
                };
                (text, theme::dim())
            }
        };
        ui.colored_label(colour, text);
    });
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        if ui.button(say!("versions-import-lyrics")).clicked() {
            seen.ask(Cuts::PickLyrics);
        }
        let export = egui::Button::new(say!("versions-export-lyrics"));
        if ui.add_enabled(lyrics.is_some(), export).clicked() {
            seen.ask(Cuts::PickLyricsTo);
        }
        let undecided = lyrics.map(open).unwrap_or_default();
        if !undecided.is_empty()
            && ui.button(say!("versions-confirm-all", count = undecided.len())).clicked()
        {
            seen.ask(Cuts::Decide(undecided, Verdict::Clean));
        }
    });
    let Some(known) = lyrics else {
        ui.colored_label(theme::dim(), say!("versions-lyrics-hint"));
        regions(seen, song, ui);
        return;
    };
    options(seen, known, ui);
    ui.add_space(2.0);
    let room = bottom.map_or(0.0, |bottom| bottom - ui.cursor().top() - lyrics::WORD - 12.0);
    if room < LYRICS {
        lyrics::text(seen, song, known, own, ui);
    } else {
        let area = ScrollArea::vertical().id_salt("lyrics").max_height(room).auto_shrink(false);
        area.show(ui, |ui| lyrics::text(seen, song, known, own, ui));
    }
    ui.add_space(4.0);
    lyrics::word(seen, song, known, own, ui);
}

/// Clean regions that were made by hand, without lyrics: each can be played and removed.
fn regions(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui) {
    let stems = song.session.stems.iter();
    let all = stems.flat_map(|stem| stem.clean.iter().enumerate().map(move |at| (stem, at)));
    for (stem, (n, region)) in all {
        ui.horizontal_wrapped(|ui| {
            ui.set_row_height(ROW);
            let times = format!("{:.1} \u{2013} {:.1}", region.start, region.end);
            ui.label(&times);
            let treatment = texts::word("treatment", region.treatment.name());
            ui.colored_label(theme::dim(), format!("{} \u{b7} {treatment}", stem.name));
            let button = |ui: &mut Ui, text: &str| {
                let name = format!("{text} {times}");
                ui.small_button(text).accessible_name(name).clicked()
            };
            if button(ui, say!("common-play")) {
                audition(seen, song, region.start);
            }
            if button(ui, say!("common-remove")) {
                let mut regions = stem.clean.clone();
                regions.remove(n);
                seen.edit(Edit::Clean { stem: stem.id, regions });
            }
        });
    }
}

fn options(seen: &Seen<'_>, lyrics: &Lyrics, ui: &mut Ui) {
    let language = lyrics.language.as_str();
    ui.horizontal_wrapped(|ui| {
        ui.set_row_height(ROW);
        let name = LANGUAGES.iter().find(|(code, _)| *code == language);
        let shown = name.map_or(language, |(_, name)| texts::word("language", name));
        let mut other = None;
        let list = ComboBox::from_id_salt("language").selected_text(shown).show_ui(ui, |ui| {
            for (code, name) in LANGUAGES {
                if ui.selectable_label(code == language, texts::word("language", name)).clicked() {
                    other = Some(code);
                }
            }
        });
        list.response.widget_info(|| {
            let label = say!("versions-language", language = shown);
            egui::WidgetInfo::labeled(egui::Role::ComboBox, true, label)
        });
        let id = ui.scope_id().with("own word");
        let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_default();
        let field = egui::TextEdit::singleline(&mut text);
        let field = ui
            .add(field.hint_text(say!("versions-more-words-hint")).desired_width(150.0))
            .accessible_name(say!("versions-more-words"))
            .on_hover_text(say!("versions-more-words-about"));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let entered = entered && !text.trim().is_empty();
        if other.is_some() || entered {
            let mut changed = lyrics.clone();
            changed.language = other.map_or(changed.language, Into::into);
            changed.also.extend(entered.then(|| text.trim().to_string()));
            // The changed word list finds other explicit words.
            mark(&mut changed);
            seen.edit(Edit::Lyrics(Box::new(Some(changed))));
        }
        if entered {
            text.clear();
        }
        ui.data_mut(|data| data.insert_temp(id, text));
    });
}

/// Plays the clean version in a loop, from 2 s before the start of a word to 3 s after it.
pub fn audition(seen: &Seen<'_>, song: &OpenSong, start: Seconds) {
    if let Some(clean) = song.session.versions.iter().position(|version| version.clean) {
        seen.ask(Choice::Version(clean));
    }
    let rate = song.session.sample_rate;
    let from = Seconds((start.0 - 2.0).max(0.0)).frames(rate).0;
    let to = Seconds(start.0 + 3.0).frames(rate).0.min(song.length().0);
    seen.ask(Play::Mark(Some((from, to))));
    seen.ask(Play::Loop(Some((from, to))));
    seen.ask(Play::Seek(from));
    if !seen.heard.playing {
        seen.ask(Play::Toggle);
    }
}
