//! The Rounds page of the Review view: rounds of notes, the page for the client, and import and
//! export of comments.

use super::capital;
use crate::app::deeds::Review;
use crate::app::panels::Panels;
use crate::app::panels::review::PageChoices;
use crate::app::panels::review::State;
use crate::app::preferences::Preferences;
use crate::app::seen::Seen;
use crate::app::theme;
use crate::delivery::round::{agreement, notes};
use crate::review::exchange::Format;
use crate::review::exchange::timecode::FrameRate;
use crate::review::exchange::times::TimeNotation;
use crate::session::ids::MasterId;
use crate::units::counted;
use egui::{ComboBox, DragValue, Grid, Label, RichText, TextEdit, Ui, WidgetInfo, vec2};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    rounds(seen, &mut panels.preferences, ui);
    ui.add_space(14.0);
    page(seen, &mut panels.review, ui);
    ui.add_space(14.0);
    exchange(seen, panels, ui);
}

fn rounds(seen: &Seen<'_>, preferences: &mut Preferences, ui: &mut Ui) {
    let review = seen.review;
    theme::caption(ui, "Rounds of notes");
    let mut agreed = review.agreed;
    ui.horizontal(|ui| {
        ui.label("Agreed");
        let drag = DragValue::new(&mut agreed).range(1..=99).speed(0.05).suffix(" rounds");
        ui.add(drag).accessible_name("Agreed rounds");
        ui.add_space(8.0);
        ui.label("Your name");
        let edit = TextEdit::singleline(&mut preferences.author).desired_width(140.0);
        ui.add(edit).accessible_name("Your name");
    });
    if agreed != review.agreed {
        seen.ask(Review::Agree(agreed));
    }
    let current = review.current_round();
    if review.used() > review.agreed {
        let words = capital(&agreement(review, review.used()));
        ui.add(Label::new(RichText::new(words).color(theme::caution())).wrap());
    }
    Grid::new("rounds").num_columns(4).spacing(vec2(18.0, 5.0)).show(ui, |ui| {
        for number in (1..=review.used().max(1)).rev() {
            let all = notes(review, number);
            let settled = all.iter().filter(|one| one.status.is_settled()).count();
            let sent = review.rounds.iter().find(|round| round.number == number);
            ui.label(format!("Round {number}"));
            ui.label(format!("{}, {settled} settled", counted(all.len(), "comment")));
            match sent.filter(|round| !round.sent.is_empty()) {
                Some(round) => ui.weak(format!("sent {}", round.sent)),
                None => ui.weak("open"),
            };
            let ready = !all.is_empty();
            let word =
                if number == current { "Send the round\u{2026}" } else { "Write it again\u{2026}" };
            let hint = "One numbered document, as text, PDF, JSON and CSV";
            if ui.add_enabled(ready, egui::Button::new(word)).on_hover_text(hint).clicked() {
                seen.ask(Review::PickRound(number));
            }
            ui.end_row();
        }
    });
}

fn page(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let session = &song.session;
    theme::caption(ui, "Page for the client");
    let text = "One file with the sound in it: it plays in any browser, from disk or from any web space, and takes notes that come back as a small file.";
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
        ui.label("Through");
        let name = |id: &MasterId| session.master(id).map_or(id.to_string(), |master| master.name);
        let now = name(&wish.master);
        let shown = ComboBox::from_id_salt("page master").selected_text(&now).show_ui(ui, |ui| {
            for master in &session.masters {
                ui.selectable_value(&mut wish.master, master.id.clone(), &master.name);
            }
        });
        let words = format!("Master of the page, {now}");
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        ui.checkbox(&mut wish.wav, "with WAV files");
        ui.checkbox(&mut wish.comments, "with the comments so far");
        if !seen.revised.all.is_empty() {
            ui.label("beside");
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
    if ui.add_enabled(ready, egui::Button::new("Make the page\u{2026}")).clicked() {
        seen.ask(Review::PickPage);
    }
}

fn exchange(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui) {
    let state = &mut panels.review;
    theme::caption(ui, "Comments as files");
    ui.horizontal_wrapped(|ui| {
        let hint = "The notes file of the page, a mail with times, exports of review sites, markers of editors and workstations, subtitles";
        if ui.button("Import\u{2026}").on_hover_text(hint).clicked() {
            seen.ask(Review::PickImport);
        }
        ui.menu_button("Write them as", |ui| {
            for format in Format::ALL {
                if ui.button(format!("{}\u{2026}", format.name())).clicked() {
                    ui.close();
                    seen.ask(Review::PickExport(format));
                }
            }
        });
        if ui.button("Take them from the clipboard").clicked() {
            ui.ctx().send_viewport_cmd(egui::ViewportCommand::RequestPaste);
        }
        ui.weak("Times as");
        let times = &mut panels.preferences.comment_times;
        let name = |code: TimeNotation| {
            let known = TimeNotation::ALL.iter().find(|(one, _)| *one == code);
            known.map_or("", |(_, name)| *name)
        };
        let now = name(*times);
        let shown = ComboBox::from_id_salt("times").selected_text(now).show_ui(ui, |ui| {
            for (code, name) in TimeNotation::ALL {
                ui.selectable_value(times, code, name);
            }
        });
        let words = format!("Times as {now}");
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
    });
    ui.horizontal_wrapped(|ui| {
        ui.weak("Frames a second");
        let frames = &mut state.frames;
        let now = frames.map_or("as found".to_string(), |frames| frames.to_string());
        let shown = ComboBox::from_id_salt("frames").selected_text(&now).show_ui(ui, |ui| {
            ui.selectable_value(frames, None, "as found");
            for (rate, name) in FrameRate::ALL {
                ui.selectable_value(frames, Some(rate), name);
            }
        });
        let words = format!("Frames a second {now}");
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        ui.weak("The song begins at");
        let edit = TextEdit::singleline(&mut state.begins)
            .desired_width(90.0)
            .hint_text("as found");
        let hint = "The time at which the song begins in files of others, such as 1:00:00:00; whole hours are found";
        ui.add(edit).accessible_name("The song begins at").on_hover_text(hint);
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
