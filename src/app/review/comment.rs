//! The Comment page of the Review view: text, times, subject, status and answers of the selected
//! comment. Changes are [`Review::Change`] deeds.

use super::write::{choose, here};
use super::{about, standing, status_word};
use crate::app::deeds::{Play, Remark, Review};
use crate::app::open_song::OpenSong;
use crate::app::panels::review::State;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight};
use crate::app::when;
use crate::app::widgets::part;
use crate::engine::cuts::CutMap;
use crate::review::comments::{Comment, Status, Subject, question};
use crate::review::exchange::times;
use crate::session::Session;
use crate::session::version::left;
use crate::texts::say;
use crate::units::Seconds;
use egui::{
    Button, ComboBox, Frame, Id, Label, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

/// Number of changes that are offered for the answer.
const MOST_CHANGES: usize = 3;

/// Asks for changes of one comment.
struct Asks<'a> {
    seen: &'a Seen<'a>,
    id: &'a str,
}

impl Asks<'_> {
    fn ask(&self, remark: Remark) {
        self.seen.ask(Review::Change(self.id.into(), remark));
    }
}

/// Least height of the thread above an answer that stands at the foot of the panel, in points. Where
/// less is left, the answer scrolls with the thread.
const THREAD: f32 = 130.0;
/// Room for the bar of what scrolls, in points.
const BAR: f32 = 12.0;

pub fn show(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let (Some(comment), Some(song)) = (state.comment(seen), seen.song) else {
        ui.add_space(20.0);
        ui.weak(say!("review-comment-none"));
        return;
    };
    if state.opened.as_ref().is_none_or(|(id, _)| *id != comment.id) {
        state.opened = Some((comment.id.clone(), seen.history.begun()));
    }
    let asks = Asks { seen, id: &comment.id };
    let area = ui.max_rect();
    // Labels get the height of buttons, so that both are centred in a row.
    ui.spacing_mut().interact_size.y = 26.0;
    // Known once it was drawn: the changes that are offered need more room, or less.
    let foot_id = ui.scope_id().with("foot");
    let foot = ui.data(|data| data.get_temp::<f32>(foot_id)).unwrap_or(130.0);
    let stands = area.height() - foot >= THREAD;
    let mut upper = area;
    // The answer is as wide, and so as high, wherever it is: where it scrolls, the bar is beside it in
    // the margin of the panel.
    match stands {
        true => upper.max.y -= foot,
        false => upper.max.x += BAR,
    }
    let mut used = foot;
    part(ui, "thread", upper, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_width(upper.width() - BAR);
            thread(state, ui, comment, song, &asks);
            if !stands {
                used = answer(state, ui, comment, song, &asks);
            }
        });
    });
    if stands {
        let lower = Rect::from_min_max(pos2(area.left(), upper.bottom()), area.max);
        let ui = &mut ui.new_child(UiBuilder::new().id_salt("answer").max_rect(lower));
        used = answer(state, ui, comment, song, &asks);
    }
    if (used - foot).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(foot_id, used));
        ui.ctx().request_repaint();
    }
}

/// Text, facts and controls of the comment, and its answers.
fn thread(state: &mut State, ui: &mut Ui, comment: &Comment, song: &OpenSong, asks: &Asks<'_>) {
    let session = &song.session;
    text(state, ui, comment, asks);
    ui.add_space(4.0);
    facts(ui, comment, session);
    ui.add_space(6.0);
    buttons(state, ui, comment, song, asks);
    ui.add_space(6.0);
    head(state, ui, comment, song, asks);
    if let Some(words) = question(comment, session) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&words).color(theme::caution()));
            let there = comment.replies.iter().any(|reply| reply.text == words);
            let (name, hint) = (say!("review-comment-ask"), say!("review-comment-ask-hint"));
            if !there && ui.button(name).on_hover_text(hint).clicked() {
                asks.ask(Remark::Reply(words));
                asks.ask(Remark::Status(Status::Question));
            }
        });
    }
    ui.add_space(12.0);
    for reply in &comment.replies {
        let by = match reply.author.as_str() {
            "" => say!("review-comment-answer"),
            author => author,
        };
        ui.horizontal(|ui| {
            ui.label(RichText::new(by).font(theme::font(13.0, Weight::SemiBold)));
            when::label(ui, when::moment_of(&reply.made), &reply.made);
        });
        ui.add(Label::new(&reply.text).wrap());
        ui.add_space(8.0);
    }
}

fn head(state: &mut State, ui: &mut Ui, comment: &Comment, song: &OpenSong, asks: &Asks<'_>) {
    ui.horizontal_wrapped(|ui| {
        span(state, ui, comment, song, asks);
        ui.add_space(6.0);
        let mut on = comment.on.clone();
        if choose(ui, "comment on", &mut on, &song.session) {
            asks.ask(Remark::Subject(on));
        }
        let mut status = comment.status;
        let standing = standing(comment);
        let shown = ComboBox::from_id_salt("status").width(96.0).selected_text(&standing);
        let shown = shown.show_ui(ui, |ui| {
            for one in Status::ALL {
                ui.selectable_value(&mut status, one, status_word(one));
            }
        });
        let words = say!("review-comment-status", status = standing);
        shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        if status != comment.status {
            asks.ask(Remark::Status(status));
        }
    });
}

/// Fields for start and end. The typed times are applied when a field loses focus.
fn span(state: &mut State, ui: &mut Ui, comment: &Comment, song: &OpenSong, asks: &Asks<'_>) {
    let written = |time: Option<Seconds>| time.map_or(String::new(), |time| format!("{time:.3}"));
    let now = [written(comment.start), written(comment.end)];
    let typed = state.times.take().filter(|(id, _)| *id == comment.id);
    let mut fields = typed.map_or_else(|| now.clone(), |(_, fields)| fields);
    let (mut done, mut active) = (false, false);
    let names = [
        ("From", say!("review-comment-from"), say!("review-comment-from-time")),
        ("To", say!("review-comment-to"), say!("review-comment-to-time")),
    ];
    for (field, (salt, name, full)) in fields.iter_mut().zip(names) {
        ui.weak(name);
        let edit = TextEdit::singleline(field).desired_width(76.0).id_salt(salt);
        let response = ui.add(edit).accessible_name(full);
        done |= response.lost_focus();
        active |= response.has_focus();
    }
    let button = ui.button(say!("review-comment-here"));
    if button.on_hover_text(say!("review-comment-here-hint")).clicked() {
        let (start, end) = here(asks.seen);
        let end = end.map(|frame| song.seconds(frame));
        asks.ask(Remark::Span(Some(song.seconds(start)), end));
        return;
    }
    if done && fields != now {
        let read = |text: &str| (!text.trim().is_empty()).then(|| times::read(text, &song.session));
        let [start, end] = fields.each_ref().map(|field| read(field));
        if start == Some(None) || end == Some(None) {
            asks.seen.say(say!("review-comment-no-time"));
        } else {
            asks.ask(Remark::Span(start.flatten(), end.flatten()));
        }
    } else if active {
        state.times = Some((comment.id.clone(), fields));
    }
}

fn text(state: &mut State, ui: &mut Ui, comment: &Comment, asks: &Asks<'_>) {
    let typed = state.typed.take().filter(|(id, _)| *id == comment.id);
    let mut text = typed.map_or_else(|| comment.text.clone(), |(_, text)| text);
    let edit = TextEdit::multiline(&mut text).desired_rows(2).desired_width(f32::INFINITY);
    let edit = edit.id_salt(("text", &comment.id)).font(theme::font(15.0, Weight::SemiBold));
    let bold = theme::font(15.0, Weight::SemiBold);
    let response = ui.horizontal_top(|ui| {
        ui.label(RichText::new(comment.number.to_string()).font(bold).color(theme::caution()));
        ui.add(edit.margin(vec2(8.0, 6.0))).accessible_name(say!("review-comment-text"))
    });
    let response = response.inner;
    let others = comment.also.iter().map(|text| say!("review-comment-also", text = text));
    let before = comment.was.iter().map(|was| say!("review-comment-before", text = &was.text));
    for words in others.chain(before) {
        ui.add(Label::new(RichText::new(words).weak()).wrap());
    }
    let changed = text.trim() != comment.text;
    if response.lost_focus() && changed && !text.trim().is_empty() {
        asks.ask(Remark::Text(text));
    } else if response.has_focus() {
        state.typed = Some((comment.id.clone(), text));
    }
}

/// What can be heard of the comment: around it, its range, both states, its stem alone.
fn buttons(state: &mut State, ui: &mut Ui, comment: &Comment, song: &OpenSong, asks: &Asks<'_>) {
    let (seen, session) = (asks.seen, &song.session);
    ui.horizontal_wrapped(|ui| {
        let around = say!("review-comment-around");
        if comment.start.is_some() && ui.button(around).on_hover_text("Y").clicked() {
            seen.ask(Review::PlayAround);
        }
        if let Some((start, end)) = comment.span().filter(|(start, end)| end > start) {
            let [from, to] = [start, end].map(|time| time.frames(session.sample_rate).0);
            let range = Some((from, to));
            let on = seen.heard.looping == range;
            if ui.add(Button::new(say!("review-comment-loop")).selected(on)).clicked() {
                seen.ask(Play::Mark(range));
                seen.ask(Play::Loop(range.filter(|_| !on)));
            }
        }
        against_now(seen, state, ui, comment);
        if let Subject::Stem(id) = comment.on
            && let Some(stem) = session.stem(id)
        {
            let name = match stem.strip.solo {
                true => say!("review-comment-solo-off").to_owned(),
                false => say!("review-comment-solo", stem = &stem.name),
            };
            if ui.button(name).clicked() {
                seen.ask(Review::Solo);
            }
        }
        let (name, gone) = match comment.deleted {
            true => (say!("common-restore"), false),
            false => (say!("common-delete"), true),
        };
        let hint = say!("review-comment-delete-hint");
        if ui.button(name).on_hover_text(hint).clicked() {
            asks.ask(Remark::Delete(gone));
        }
    });
}

/// Button that changes between the revision that the comment is about and the present state.
fn against_now(seen: &Seen<'_>, state: &mut State, ui: &mut Ui, comment: &Comment) {
    let about = seen.revised.all.iter().find(|one| one.name == comment.revision);
    let Some(about) = about else { return };
    let name = say!("review-comment-against", revision = &about.name);
    let main = RichText::new(name).color(theme::on_accent());
    let button = ui.add(Button::new(main).fill(theme::accent()));
    if button.on_hover_text(say!("review-comment-against-hint")).clicked() {
        let sides = [Some(about.session.clone()), None];
        // The first click plays the revision, the next one what it became.
        let then = seen.revised.comparison.heard == Some(0) && state.sides == sides;
        state.sides = sides;
        seen.ask(Review::Hear(Some(usize::from(then))));
    }
}

/// The field for an answer with what it may take in, and the buttons that settle the comment. Returns
/// its height.
fn answer(
    state: &mut State,
    ui: &mut Ui,
    comment: &Comment,
    song: &OpenSong,
    asks: &Asks<'_>,
) -> f32 {
    let answer = ui.scope(|ui| {
        ui.add_space(8.0);
        changes(asks.seen, state, ui);
        let edit = TextEdit::multiline(&mut state.reply)
            .desired_rows(3)
            .desired_width(f32::INFINITY)
            // Its own id, so that who types stays in it when it gets another place.
            .id(Id::unique("reply"))
            .hint_text(say!("review-comment-answer"));
        ui.add(edit.margin(vec2(8.0, 6.0))).accessible_name(say!("review-comment-answer-to"));
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| settle(state, ui, comment, song, asks));
    });
    answer.response.rect.height()
}

fn settle(state: &mut State, ui: &mut Ui, comment: &Comment, song: &OpenSong, asks: &Asks<'_>) {
    let ready = !state.reply.trim().is_empty();
    let name = say!("review-comment-answer");
    let button = match ready {
        true => Button::new(RichText::new(name).color(theme::on_accent())).fill(theme::accent()),
        false => Button::new(name),
    };
    if ui.add_enabled(ready, button).clicked() {
        asks.ask(Remark::Reply(std::mem::take(&mut state.reply)));
        state.opened = Some((comment.id.clone(), asks.seen.history.begun()));
    }
    if comment.status.is_settled() {
        return;
    }
    let next = asks.seen.revised.next_name(&song.session);
    let fixed = say!("review-comment-fixed", revision = next);
    if ui.button(fixed).on_hover_text(say!("review-comment-fixed-hint")).clicked() {
        asks.ask(Remark::Resolve);
    }
    if ui.button(say!("review-comment-wont")).clicked() {
        asks.ask(Remark::Status(Status::Wont));
    }
}

/// The last changes of the song that were made while the comment was open, to take into the answer.
fn changes(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let Some((_, opened)) = &state.opened else { return };
    let (depth, begun) = (seen.history.depth(), seen.history.begun());
    let fresh = usize::try_from(begun.saturating_sub(*opened)).unwrap_or(depth).min(depth);
    let made: Vec<&str> = seen.history.steps().take(depth).skip(depth - fresh).collect();
    let mut taken = None;
    for change in made.iter().rev().take(MOST_CHANGES).rev() {
        Frame::new().fill(theme::raised()).corner_radius(theme::RADIUS).inner_margin(8.0).show(
            ui,
            |ui| {
                ui.horizontal_wrapped(|ui| {
                    let name = RichText::new(*change).font(theme::font(12.5, Weight::SemiBold));
                    ui.label(name);
                    ui.weak(say!("review-change-made"));
                    let there = state.reply.lines().any(|line| line == *change);
                    let part = Button::new(say!("review-change-take"));
                    if ui.add_enabled(!there, part).clicked() {
                        taken = Some((*change).to_owned());
                    }
                });
            },
        );
        ui.add_space(4.0);
    }
    if let Some(change) = taken {
        if !state.reply.trim().is_empty() {
            state.reply.push('\n');
        }
        state.reply.push_str(&change);
    }
}

/// The bar of a comment, or the first and last of its range; empty where no bars are known.
fn bars(comment: &Comment, session: &Session) -> String {
    let Some((start, end)) = comment.span() else { return String::new() };
    let bar = |time: Seconds| session.bar_at(time).map(|(bar, _)| bar);
    match (bar(start), bar(end)) {
        (Some(from), Some(to)) if from != to => {
            say!("review-facts-bars", from = from.to_string(), to = to.to_string())
        }
        (Some(bar), _) => say!("review-facts-bar", bar = bar.to_string()),
        _ => String::new(),
    }
}

/// Time, bars and subject; author, date, revision and round; and the comment's time in versions with
/// cuts or a fade.
fn facts(ui: &mut Ui, comment: &Comment, session: &Session) {
    let made = when::moment_of(&comment.made);
    let mut words = match comment.author.as_str() {
        "" => say!("review-facts-somebody", made = made),
        author => format!("{author}, {made}"),
    };
    if !comment.revision.is_empty() {
        words = say!("review-facts-about", facts = words, revision = &comment.revision);
    }
    if comment.round > 0 {
        words = say!("review-facts-round", facts = words, round = comment.round);
    }
    if !comment.fixed_in.is_empty() {
        words = say!("review-facts-fixed", facts = words, revision = &comment.fixed_in);
    }
    let mut parts =
        vec![comment.when(), bars(comment, session), about(&comment.on, session), words];
    parts.retain(|part| !part.is_empty());
    when::label(ui, parts.join(" \u{b7} "), &comment.made);
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
        let at = map.edited_time(start, rate);
        ui.weak(match there {
            true => {
                let time = format!("{at:.1}");
                say!("review-facts-in-version", version = &version.name, time = time)
            }
            false => say!("review-facts-left-out", version = &version.name),
        });
    }
}
