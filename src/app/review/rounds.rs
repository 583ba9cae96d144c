//! Three pages of the Review view: rounds of notes, the page for the client, and import and export
//! of comments.

use super::agreement;
use crate::app::deeds::Review;
use crate::app::panels::Panels;
use crate::app::panels::review::PageChoices;
use crate::app::panels::review::State;
use crate::app::preferences::Preferences;
use crate::app::seen::Seen;
use crate::app::theme;
use crate::app::when;
use crate::delivery::round::notes;
use crate::review::exchange::Format;
use crate::review::exchange::timecode::FrameRate;
use crate::review::exchange::times::TimeNotation;
use crate::session::ids::MasterId;
use crate::texts::{self, say};
use egui::{ComboBox, DragValue, Grid, Label, RichText, TextEdit, Ui, WidgetInfo, vec2};

pub fn show(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui) {
    let review = seen.review;
    let mut agreed = review.agreed;
    ui.horizontal(|ui| {
        ui.label(say!("review-rounds-agreed"));
        let drag = DragValue::new(&mut agreed).range(1..=99).speed(0.05);
        let drag = drag.suffix(say!("review-rounds-suffix"));
        ui.add(drag).accessible_name(say!("review-rounds-agreed-name"));
        ui.add_space(8.0);
        ui.label(say!("review-rounds-author"));
        let edit = TextEdit::singleline(&mut preferences.author).desired_width(140.0);
        ui.add(edit).accessible_name(say!("review-rounds-author"));
    });
    if agreed != review.agreed {
        seen.ask(Review::Agree(agreed));
    }
    let current = review.current_round();
    if review.used() > review.agreed {
        let words = agreement(review, review.used());
        ui.add(Label::new(RichText::new(words).color(theme::caution())).wrap());
    }
    Grid::new("rounds").num_columns(4).spacing(vec2(18.0, 5.0)).show(ui, |ui| {
        for number in (1..=review.used().max(1)).rev() {
            let all = notes(review, number);
            let settled = all.iter().filter(|one| one.status.is_settled()).count();
            let sent = review.rounds.iter().find(|round| round.number == number);
            ui.label(say!("review-rounds-one", round = number));
            let count = all.len();
            ui.label(say!("review-comments-settled", count = count, settled = settled));
            match sent.filter(|round| !round.sent.is_empty()) {
                Some(round) => {
                    let words = say!("review-rounds-sent", date = when::day(&round.sent));
                    when::label(ui, words, &round.sent)
                }
                None => ui.weak(say!("review-rounds-open")),
            };
            let ready = !all.is_empty();
            let word = match number == current {
                true => say!("review-send"),
                false => say!("review-rounds-again"),
            };
            let hint = say!("review-rounds-send-hint");
            if ui.add_enabled(ready, egui::Button::new(word)).on_hover_text(hint).clicked() {
                seen.ask(Review::PickRound(number));
            }
            ui.end_row();
        }
    });
}

/// The page for the client: versions, master and revisions in it.
pub fn client(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let session = &song.session;
    let text = say!("review-client-about");
    ui.add(Label::new(RichText::new(text).weak()).wrap());
    let wish = state.wish.get_or_insert_with(|| PageChoices::of(session));
    ui.horizontal_wrapped(|ui| {
        for version in &session.versions {
            let mut on = wish.versions.contains(&version.id);
            if ui.checkbox(&mut on, &version.name).clicked() {
                wish.versions.retain(|known| *known != version.id);
                if on {
                    wish.versions.push(version.id.clone());
                }
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.label(say!("review-client-through"));
        let name = |id: &MasterId| session.master(id).map_or(id.to_string(), |master| master.name);
        let now = name(&wish.master);
        let shown = ComboBox::from_id_salt("page master").selected_text(&now).show_ui(ui, |ui| {
            for master in &session.masters {
                ui.selectable_value(&mut wish.master, master.id.clone(), &master.name);
            }
        });
        let words = say!("review-client-master", master = now);
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        ui.checkbox(&mut wish.wav, say!("review-client-wav"));
        ui.checkbox(&mut wish.comments, say!("review-client-comments"));
        if !seen.revised.all.is_empty() {
            ui.label(say!("review-client-beside"));
        }
        for one in seen.revised.names() {
            let mut on = wish.revisions.iter().any(|known| known == one);
            if ui.checkbox(&mut on, format!("v{one}")).clicked() {
                wish.revisions.retain(|known| known != one);
                if on {
                    wish.revisions.push(one.into());
                }
            }
        }
    });
    let ready = !wish.versions.is_empty();
    if ui.add_enabled(ready, egui::Button::new(say!("review-client-make"))).clicked() {
        seen.ask(Review::PickPage);
    }
}

/// Import and export of comments.
pub fn files(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    let state = &mut panels.review;
    ui.horizontal_wrapped(|ui| {
        let hint = say!("review-files-import-hint");
        if ui.button(say!("common-import")).on_hover_text(hint).clicked() {
            seen.ask(Review::PickImport);
        }
        ui.menu_button(say!("review-files-write"), |ui| {
            for format in Format::ALL {
                let name = texts::word("format", format.name());
                if ui.button(format!("{name}\u{2026}")).clicked() {
                    ui.close();
                    seen.ask(Review::PickExport(format));
                }
            }
        });
        if ui.button(say!("review-files-clipboard")).clicked() {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::RequestPaste);
        }
        ui.weak(say!("review-files-times"));
        let times = &mut panels.preferences.comment_times;
        let name = |code: TimeNotation| {
            let known = TimeNotation::ALL.iter().find(|(one, _)| *one == code);
            known.map_or("", |(_, name)| texts::word("times", name))
        };
        let now = name(*times);
        let shown = ComboBox::from_id_salt("times").selected_text(now).show_ui(ui, |ui| {
            for (code, name) in TimeNotation::ALL {
                ui.selectable_value(times, code, texts::word("times", name));
            }
        });
        let words = say!("review-files-times-now", notation = now);
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
    });
    ui.horizontal_wrapped(|ui| {
        ui.weak(say!("review-files-frames"));
        let frames = &mut state.frames;
        let now = match frames {
            Some(frames) => frames.to_string(),
            None => say!("review-files-as-found").into(),
        };
        let shown = ComboBox::from_id_salt("frames").selected_text(&now).show_ui(ui, |ui| {
            ui.selectable_value(frames, None, say!("review-files-as-found"));
            for (rate, name) in FrameRate::ALL {
                ui.selectable_value(frames, Some(rate), name);
            }
        });
        let words = say!("review-files-frames-now", rate = now);
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        ui.weak(say!("review-files-begins"));
        let edit = TextEdit::singleline(&mut state.begins)
            .desired_width(90.0)
            .hint_text(say!("review-files-as-found"));
        let hint = say!("review-files-begins-hint");
        ui.add(edit).accessible_name(say!("review-files-begins")).on_hover_text(hint);
    });
    // Text that is pasted while no text field has focus is imported as comments.
    let typing = ui.ctx().text_edit_focused();
    let pasted = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            egui::Event::Paste(text) if !typing => Some(text.clone()),
            _ => None,
        })
    });
    if let Some(text) = pasted {
        seen.ask(Review::Import(text));
    }
}
