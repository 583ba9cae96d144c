//! A comment as it is written: C opens it while the song plays on.

use crate::app::desk::Desk;
use crate::review::book::Draft;
use crate::review::comments::{Subject, question};
use crate::session::Session;
use crate::units::{Frames, Seconds};
use egui::{ComboBox, Id, Key, Modifiers, TextEdit, Ui, WidgetInfo, vec2};

pub struct Writing {
    text: String,
    start: Option<Seconds>,
    end: Option<Seconds>,
    on: Subject,
    /// It was just opened: the field gets the keyboard.
    fresh: bool,
}

/// Begins a comment at the playhead, or on the range that is marked around it.
pub fn begin(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let rate = document.session.sample_rate;
    let here = desk.listen.frame();
    let marked = desk.listen.heard.range.filter(|(from, to)| (*from..=*to).contains(&here));
    let (start, end) = match marked {
        Some((from, to)) => (from, Some(to)),
        None => (here, None),
    };
    // A version that is heard is what is spoken of, unless it is the whole song.
    let on = match document.current_version() {
        Some(version) if version.id != "full" => Subject::Version(version.id),
        _ => Subject::Mix,
    };
    let seconds = |frame| Frames(frame).seconds(rate);
    desk.notes.writing = Some(Writing {
        text: String::new(),
        start: Some(seconds(start)),
        end: end.map(seconds),
        on,
        fresh: true,
    });
}

/// Everything that can be spoken of, with its name.
pub fn subjects(session: &Session) -> Vec<Subject> {
    let versions = session.versions.iter().map(|version| Subject::Version(version.id.clone()));
    let stems = session.stems.iter().map(|stem| Subject::Stem(stem.id));
    std::iter::once(Subject::Mix).chain(versions).chain(stems).collect()
}

/// A list of what can be spoken of; true if another one was chosen.
pub fn choose(ui: &mut Ui, salt: &str, on: &mut Subject, session: &Session) -> bool {
    let before = on.clone();
    let name = |subject: &Subject| match subject {
        Subject::Mix => "The whole mix".to_string(),
        other => other.name(session),
    };
    let shown =
        ComboBox::from_id_salt(salt).width(180.0).selected_text(name(on)).show_ui(ui, |ui| {
            for subject in subjects(session) {
                let label = name(&subject);
                ui.selectable_value(on, subject, label);
            }
        });
    let words = format!("About, {}", name(on));
    shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
    *on != before
}

pub fn show(desk: &mut Desk, ui: &Ui) {
    let Some(mut writing) = desk.notes.writing.take() else { return };
    let Some(document) = &desk.document else { return };
    let full = ui.ctx().content_rect();
    let (mut add, mut open) = (false, true);
    let title = match (writing.start, writing.end) {
        (Some(start), Some(end)) => format!("Comment from {start:.3} to {end:.3}"),
        (Some(start), None) => format!("Comment at {start:.3}"),
        _ => "Comment on the whole song".into(),
    };
    egui::Window::new(title)
        .id(Id::unique("writing"))
        .collapsible(false)
        .resizable(false)
        .default_pos(full.center_top() + vec2(-220.0, 150.0))
        .show(ui.ctx(), |ui| {
            ui.set_width(440.0);
            // Enter adds it; Shift+Enter is a new line.
            let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let edit = TextEdit::multiline(&mut writing.text)
                .desired_rows(3)
                .desired_width(f32::INFINITY)
                .hint_text("What do you hear?");
            let edit = ui.add(edit).accessible_name("Text of the comment");
            if writing.fresh {
                edit.request_focus();
                // The first picture of a window is not seen, and what has its focus is forgotten.
                writing.fresh = !edit.has_focus();
            }
            let empty = writing.text.trim().is_empty();
            add = enter && edit.has_focus() && !empty;
            open = !ui.input(|input| input.key_pressed(Key::Escape));
            ui.horizontal(|ui| {
                choose(ui, "writing on", &mut writing.on, &document.session);
                if writing.start.is_some() && ui.button("Whole song").clicked() {
                    (writing.start, writing.end) = (None, None);
                }
                if ui.add_enabled(!empty, egui::Button::new("Add")).clicked() {
                    add = true;
                }
                if ui.button("Cancel").clicked() {
                    open = false;
                }
            });
        });
    if add {
        finish(desk, writing);
    } else if open {
        desk.notes.writing = Some(writing);
    }
}

fn finish(desk: &mut Desk, writing: Writing) {
    let draft = Draft {
        author: desk.panels.preferences.author.clone(),
        start: writing.start,
        end: writing.end,
        on: Some(writing.on),
        revision: desk.heard_revision(),
        text: writing.text,
        ..Draft::default()
    };
    let Some(id) = desk.note(|book| book.add(draft)) else { return };
    let review = desk.notes.book.review();
    let (used, agreed) = (review.used(), review.agreed);
    let asked = review.comment(&id).zip(desk.document.as_ref());
    let asked = asked.and_then(|(comment, document)| question(comment, &document.session));
    desk.notes.select(&id);
    if let Some(asked) = asked {
        desk.say(asked);
    }
    if used > agreed {
        desk.say(format!("This is round {used}; {agreed} were agreed"));
    }
}
