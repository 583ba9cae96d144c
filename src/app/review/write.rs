//! The page on which a new comment is written, beside the view. The key C opens it; playback goes on.

use super::about;
use crate::app::deeds::Review;
use crate::app::panels::review::State;
use crate::app::panels::review::Writing;
use crate::app::seen::Seen;
use crate::app::widgets::{floating, page_buttons, title_line};
use crate::review::book::Draft;
use crate::review::comments::Subject;
use crate::session::Session;
use crate::session::version::Standard;
use crate::texts::say;
use egui::{ComboBox, Key, Modifiers, TextEdit, Ui, WidgetInfo, vec2};

/// Start and end of the marked range if the playhead is in it, else the playhead; in frames.
pub fn here(seen: &Seen<'_>) -> (u64, Option<u64>) {
    let here = seen.heard.frame;
    match seen.heard.range.filter(|(from, to)| (*from..=*to).contains(&here)) {
        Some((from, to)) => (from, Some(to)),
        None => (here, None),
    }
}

/// Starts a comment at the playhead, or on the marked range around it.
pub fn begin(seen: &Seen<'_>, state: &mut State) {
    let Some(song) = seen.song else { return };
    let (start, end) = here(seen);
    // The comment is about the version that is heard; for the full mix it is about the mix.
    let on = match song.current_version() {
        Some(version) if !version.is(Standard::FullMix) => Subject::Version(version.id),
        _ => Subject::Mix,
    };
    state.writing = Some(Writing {
        text: String::new(),
        start: Some(song.seconds(start)),
        end: end.map(|frame| song.seconds(frame)),
        on,
        fresh: true,
    });
}

/// All subjects of a comment: the mix, versions, stems.
fn subjects(session: &Session) -> Vec<Subject> {
    let versions = session.versions.iter().map(|version| Subject::Version(version.id.clone()));
    let stems = session.stems.iter().map(|stem| Subject::Stem(stem.id));
    std::iter::once(Subject::Mix).chain(versions).chain(stems).collect()
}

/// List of the subjects; returns whether another one was chosen.
pub fn choose(ui: &mut Ui, salt: &str, on: &mut Subject, session: &Session) -> bool {
    let before = on.clone();
    let name = |subject: &Subject| match subject {
        Subject::Mix => say!("review-write-mix").to_string(),
        other => about(other, session),
    };
    let shown =
        ComboBox::from_id_salt(salt).width(180.0).selected_text(name(on)).show_ui(ui, |ui| {
            for subject in subjects(session) {
                let label = name(&subject);
                ui.selectable_value(on, subject, label);
            }
        });
    let words = say!("review-write-about", subject = name(on));
    shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
    *on != before
}

pub fn show(seen: &Seen<'_>, state: &mut State, ui: &Ui) {
    let Some(mut writing) = state.writing.take() else { return };
    let Some(song) = seen.song else { return };
    let full = ui.ctx().content_rect();
    let (mut add, mut open) = (false, true);
    let title = match (writing.start, writing.end) {
        (Some(start), Some(end)) => {
            let [start, end] = [start, end].map(|time| format!("{time:.3}"));
            say!("review-write-range", start = start, end = end)
        }
        (Some(start), None) => say!("review-write-at", time = format!("{start:.3}")),
        _ => say!("review-write-song").into(),
    };
    // Not modal: what is spoken of plays on, and can be looked for.
    let width = (full.width() - 60.0).min(480.0);
    let place = full.center_top() + vec2(-width / 2.0 - 18.0, 150.0);
    floating(ui, "writing").resizable(false).default_pos(place).show(ui.ctx(), |ui| {
        ui.set_width(width);
        open = !title_line(ui, &title) && !ui.input(|input| input.key_pressed(Key::Escape));
        // Enter adds the comment, Shift+Enter a new line.
        let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let edit = TextEdit::multiline(&mut writing.text)
            .desired_rows(4)
            .desired_width(f32::INFINITY)
            .margin(vec2(8.0, 6.0))
            .hint_text(say!("review-write-hint"));
        let edit = ui.add(edit).accessible_name(say!("review-comment-text"));
        if writing.fresh {
            edit.request_focus();
            // egui does not show the first frame of a new page and forgets its focus.
            writing.fresh = !edit.has_focus();
        }
        let empty = writing.text.trim().is_empty();
        add = enter && edit.has_focus() && !empty;
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            choose(ui, "writing on", &mut writing.on, &song.session);
            let whole = say!("review-write-whole-song");
            if writing.start.is_some() && ui.button(whole).clicked() {
                (writing.start, writing.end) = (None, None);
            }
        });
        // In a row of their own: the buttons are centred in the height that is left to them.
        ui.add_space(10.0);
        let names = [say!("common-cancel"), say!("common-add")];
        match ui.horizontal(|ui| page_buttons(ui, &names)).inner {
            Some(0) => open = false,
            Some(_) => add |= !empty,
            None => {}
        }
    });
    if add {
        let Writing { text, start, end, on, .. } = writing;
        let draft = Draft { start, end, on: Some(on), text, ..Draft::default() };
        seen.ask(Review::Add(Box::new(draft)));
    } else if open {
        state.writing = Some(writing);
    }
}
