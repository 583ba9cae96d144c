//! One comment: what was said, where, what became of it.

use super::write::choose;
use crate::app::desk::Desk;
use crate::app::theme::{self, Weight};
use crate::engine::cuts::CutMap;
use crate::review::comments::{Comment, Status, Subject, question};
use crate::review::exchange::times;
use crate::session::Session;
use crate::session::version::left;
use crate::units::{Frames, Seconds};
use egui::{ComboBox, Label, RichText, TextEdit, Ui, WidgetInfo, vec2};

/// What a person asked for by the controls of the page.
enum Asked {
    Text(String),
    Span(Option<Seconds>, Option<Seconds>),
    Subject(Subject),
    Status(Status),
    Resolve,
    Reply(String),
    Delete(bool),
    PlayAround,
    Solo,
}

pub fn show(desk: &mut Desk, ui: &mut Ui) {
    let Some(comment) = desk.notes.selected().cloned() else {
        ui.add_space(20.0);
        ui.weak("Choose a comment on the left, or press C where you hear something.");
        return;
    };
    let Some(document) = desk.document.take() else { return };
    let session = &document.session;
    let mut asked = Vec::new();
    head(desk, ui, &comment, session, &mut asked);
    ui.add_space(8.0);
    text(desk, ui, &comment, &mut asked);
    if let Some(words) = question(&comment, session) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&words).color(theme::caution()));
            let there = comment.replies.iter().any(|reply| reply.text == words);
            if !there && ui.button("Ask it").on_hover_text("As an answer to the comment").clicked()
            {
                asked.push(Asked::Reply(words));
                asked.push(Asked::Status(Status::Question));
            }
        });
    }
    ui.add_space(6.0);
    let next = desk.notes.comparison.next_name(session);
    buttons(ui, &comment, session, &next, &mut asked);
    ui.add_space(14.0);
    answers(desk, ui, &comment, &mut asked);
    ui.add_space(16.0);
    facts(ui, &comment, session);
    desk.document = Some(document);
    for asked in asked {
        answer(desk, &comment.id, &next, asked);
    }
}

fn answer(desk: &mut Desk, id: &str, revision: &str, asked: Asked) {
    let author = desk.panels.preferences.author.clone();
    desk.note(|book| match &asked {
        Asked::Text(text) => book.set_text(id, text),
        Asked::Span(start, end) => book.set_span(id, *start, *end),
        Asked::Subject(on) => book.set_subject(id, on),
        Asked::Status(status) => book.set_status(id, *status),
        Asked::Resolve => book.resolve(id, revision),
        Asked::Reply(text) => book.reply(id, &author, text),
        Asked::Delete(gone) => book.set_deleted(id, *gone),
        Asked::PlayAround | Asked::Solo => Ok(()),
    });
    match asked {
        Asked::PlayAround => super::play_around(desk),
        Asked::Solo => super::solo(desk),
        _ => {}
    }
}

fn head(
    desk: &mut Desk,
    ui: &mut Ui,
    comment: &Comment,
    session: &Session,
    asked: &mut Vec<Asked>,
) {
    ui.horizontal_wrapped(|ui| {
        let title = RichText::new(format!("#{}", comment.number));
        ui.label(title.font(theme::font(18.0, Weight::SemiBold)));
        ui.add_space(6.0);
        span(desk, ui, comment, session, asked);
        ui.add_space(6.0);
        let mut on = comment.on.clone();
        if choose(ui, "comment on", &mut on, session) {
            asked.push(Asked::Subject(on));
        }
        let mut status = comment.status;
        let shown = ComboBox::from_id_salt("status").width(96.0).selected_text(comment.standing());
        let shown = shown.show_ui(ui, |ui| {
            for one in Status::ALL {
                ui.selectable_value(&mut status, one, one.name());
            }
        });
        let words = format!("Status, {}", comment.standing());
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        if status != comment.status {
            asked.push(Asked::Status(status));
        }
    });
}

/// From and to, as they are typed.
fn span(
    desk: &mut Desk,
    ui: &mut Ui,
    comment: &Comment,
    session: &Session,
    asked: &mut Vec<Asked>,
) {
    let written = |time: Option<Seconds>| time.map_or(String::new(), |time| format!("{time:.3}"));
    let now = [written(comment.start), written(comment.end)];
    let typed = desk.notes.times.take().filter(|(id, _)| *id == comment.id);
    let mut fields = typed.map_or_else(|| now.clone(), |(_, fields)| fields);
    let (mut done, mut active) = (false, false);
    for (field, name) in fields.iter_mut().zip(["From", "To"]) {
        ui.weak(name);
        let edit = TextEdit::singleline(field).desired_width(76.0).id_salt(name);
        let response = ui.add(edit).accessible_name(format!("{name}, a time"));
        done |= response.lost_focus();
        active |= response.has_focus();
    }
    let here = ui.button("Here").on_hover_text("It speaks of where the playhead is");
    if here.clicked() {
        let rate = session.sample_rate;
        let time = |frame| Some(Frames(frame).seconds(rate));
        let (start, end) = match desk.listen.heard.range {
            Some((from, to)) if (from..=to).contains(&desk.listen.frame()) => {
                (time(from), time(to))
            }
            _ => (time(desk.listen.frame()), None),
        };
        asked.push(Asked::Span(start, end));
        return;
    }
    if done && fields != now {
        let read = |text: &str| (!text.trim().is_empty()).then(|| times::read(text, session));
        let [start, end] = [read(&fields[0]), read(&fields[1])];
        if start == Some(None) || end == Some(None) {
            desk.say("Write a time like 1:05 or 1:05.250");
        } else {
            asked.push(Asked::Span(start.flatten(), end.flatten()));
        }
    } else if active {
        desk.notes.times = Some((comment.id.clone(), fields));
    }
}

fn text(desk: &mut Desk, ui: &mut Ui, comment: &Comment, asked: &mut Vec<Asked>) {
    let typed = desk.notes.typed.take().filter(|(id, _)| *id == comment.id);
    let mut text = typed.map_or_else(|| comment.text.clone(), |(_, text)| text);
    let edit = TextEdit::multiline(&mut text).desired_rows(2).desired_width(f32::INFINITY);
    let edit = edit.id_salt(("text", &comment.id)).font(theme::font(14.0, Weight::Regular));
    let response = ui.add(edit.margin(vec2(8.0, 6.0))).accessible_name("Text of the comment");
    let others = comment.also.iter().map(|text| ("also", text));
    for (name, words) in others.chain(comment.was.iter().map(|was| ("before", &was.text))) {
        ui.add(Label::new(RichText::new(format!("{name}: {words}")).weak()).wrap());
    }
    let changed = text.trim() != comment.text;
    if response.lost_focus() && changed && !text.trim().is_empty() {
        asked.push(Asked::Text(text));
    } else if response.has_focus() {
        desk.notes.typed = Some((comment.id.clone(), text));
    }
}

fn buttons(ui: &mut Ui, comment: &Comment, session: &Session, next: &str, asked: &mut Vec<Asked>) {
    ui.horizontal_wrapped(|ui| {
        if comment.start.is_some() && ui.button("Play around it").on_hover_text("Y").clicked() {
            asked.push(Asked::PlayAround);
        }
        if let Subject::Stem(id) = comment.on
            && let Some(stem) = session.stem(id)
        {
            let name = if stem.strip.solo { "No solo" } else { "Solo the stem" };
            if ui.button(name).clicked() {
                asked.push(Asked::Solo);
            }
        }
        if !comment.status.is_settled() {
            let hint = "The revision that comes next";
            if ui.button(format!("Done in v{next}")).on_hover_text(hint).clicked() {
                asked.push(Asked::Resolve);
            }
        }
        let (name, gone) =
            if comment.deleted { ("Bring it back", false) } else { ("Delete", true) };
        let hint = "It can be brought back from the list of what was deleted";
        if ui.button(name).on_hover_text(hint).clicked() {
            asked.push(Asked::Delete(gone));
        }
    });
}

fn answers(desk: &mut Desk, ui: &mut Ui, comment: &Comment, asked: &mut Vec<Asked>) {
    for reply in &comment.replies {
        let by = if reply.author.is_empty() { "Answer" } else { &reply.author };
        ui.horizontal(|ui| {
            ui.label(RichText::new(by).font(theme::font(13.0, Weight::SemiBold)));
            ui.weak(&reply.made);
        });
        ui.add(Label::new(&reply.text).wrap());
        ui.add_space(8.0);
    }
    let edit = TextEdit::multiline(&mut desk.notes.reply)
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .id_salt("reply")
        .hint_text("Answer");
    ui.add(edit.margin(vec2(8.0, 6.0))).accessible_name("Answer to the comment");
    ui.add_space(4.0);
    let ready = !desk.notes.reply.trim().is_empty();
    if ui.add_enabled(ready, egui::Button::new("Add the answer")).clicked() {
        asked.push(Asked::Reply(std::mem::take(&mut desk.notes.reply)));
    }
}

/// Who said it and when, and where it is heard in versions that leave parts of the song out.
fn facts(ui: &mut Ui, comment: &Comment, session: &Session) {
    let by = if comment.author.is_empty() { "Somebody" } else { &comment.author };
    let mut words = format!("{by}, {}", comment.made);
    if !comment.revision.is_empty() {
        words.push_str(&format!(", about v{}", comment.revision));
    }
    if comment.round > 0 {
        words.push_str(&format!(", round {}", comment.round));
    }
    if !comment.fixed_in.is_empty() {
        words.push_str(&format!(", fixed in v{}", comment.fixed_in));
    }
    ui.weak(words);
    let Some(start) = comment.start else { return };
    let (rate, whole) = (session.sample_rate, session.length().0);
    for version in &session.versions {
        let resolved = session.resolved(version);
        if resolved.cuts.is_empty() && resolved.fade.is_none() {
            continue;
        }
        let frame = start.frames(rate).0;
        let kept = left(&resolved, whole, rate);
        let there = kept.iter().any(|(from, to)| (*from..*to).contains(&frame));
        let map = CutMap::of(&resolved, rate, whole);
        let at = Frames(map.edited_frame(frame)).seconds(rate);
        ui.weak(match there {
            true => format!("In {} at {at:.1}", version.name),
            false => format!("{} leaves it out", version.name),
        });
    }
}
