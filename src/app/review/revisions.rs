//! The revisions of the Review view: keep, list, compare, hear at equal loudness, restore and delete
//! them.

use crate::app::deeds::Review;
use crate::app::notes::{Compared, Revised};
use crate::app::panels::review::State;
use crate::app::seen::{Seen, Sound, Switched};
use crate::app::theme::{self, Weight};
use crate::app::when;
use crate::review::revisions::{Revision, lines};
use crate::texts::say;
use crate::units::Db;
use egui::{
    Align, ComboBox, Label, Layout, RichText, ScrollArea, Stroke, TextEdit, Ui, WidgetInfo,
};

/// All of it, scrolled where it has too little room.
pub fn scrolled(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let width = ui.available_width();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_width(width - 12.0);
        ui.spacing_mut().interact_size.y = 24.0;
        keep(seen, ui);
        ui.add_space(12.0);
        compare(seen, state, ui);
        ui.add_space(16.0);
        list(seen, state, ui);
    });
}

/// Button that keeps the current state as a revision.
fn keep(seen: &Seen<'_>, ui: &mut Ui) {
    let Some(song) = seen.song else { return };
    let free = seen.revised.next_name(&song.session);
    ui.horizontal(|ui| {
        theme::caption(ui, say!("review-page-revisions"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let hint = say!("review-revisions-save-hint");
            let save = say!("review-revisions-save", revision = &free);
            if ui.button(save).on_hover_text(hint).clicked() {
                seen.ask(Review::Keep(free));
            }
        });
    });
}

/// How a state stands to what is heard. Unless a side of the comparison or another sound is heard,
/// it is the present state.
pub fn sound_of(seen: &Seen<'_>, hash: Option<&str>) -> Sound {
    let now = seen.switched();
    if hash.is_none() && matches!(now, Switched::Mix | Switched::Master(_) | Switched::Bypass) {
        return seen.sound(now);
    }
    let of = seen.revised.comparison.of.as_ref();
    let is_it =
        |n: &usize| of.and_then(|of| of.sides.get(*n)).is_some_and(|side| side.as_deref() == hash);
    match now {
        Switched::Side(n) if is_it(&n) => seen.sound(now),
        _ => Sound::Off,
    }
}

/// Whether the comparison is that of the last revision with the present state: its words tell
/// what the present state is.
fn is_of_now(seen: &Seen<'_>) -> bool {
    let of = seen.revised.comparison.of.as_ref();
    let last = seen.revised.all.last().map(|one| one.session.as_str());
    of.is_some_and(|of| {
        let [from, to] = of.sides.each_ref().map(Option::as_deref);
        to.is_none() && from == last
    })
}

pub fn name_of(side: &Compared, revised: &Revised) -> String {
    match side {
        None => say!("review-revisions-now").into(),
        Some(hash) => revised.find(hash).map_or("?".into(), |one| format!("v{}", one.name)),
    }
}

fn compare(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let (revised, comparison) = (seen.revised, &seen.revised.comparison);
    if revised.all.is_empty() {
        ui.weak(say!("review-revisions-none"));
        return;
    }
    ui.horizontal(|ui| {
        ui.label(say!("review-revisions-compare"));
        for (side, word) in state.sides.iter_mut().zip(["from", "to"]) {
            let now = name_of(side, revised);
            let shown =
                ComboBox::from_id_salt(word).width(84.0).selected_text(&now).show_ui(ui, |ui| {
                    for one in revised.all.iter().rev() {
                        let value = Some(one.session.clone());
                        ui.selectable_value(side, value, format!("v{}", one.name));
                    }
                    ui.selectable_value(side, None, say!("review-revisions-now"));
                });
            let words = say!("review-revisions-compare-side", side = word, state = now);
            shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        }
        match (comparison.heard, comparison.gains) {
            (Some(n), Some(gains)) => {
                let gain = gains.get(n).copied().unwrap_or(Db::UNITY);
                ui.weak(say!("review-revisions-matched", gain = format!("{gain:+.1}")));
            }
            (Some(_), None) => {
                ui.weak(say!("review-revisions-measuring"));
            }
            _ => {}
        }
    });
    ui.add_space(4.0);
    if comparison.of.is_none() && comparison.words.is_empty() {
        ui.weak(say!("review-revisions-comparing"));
    } else if !is_of_now(seen) {
        // What differs from the last revision stands below the present state.
        if comparison.words.is_empty() {
            ui.weak(say!("review-revisions-same"));
        }
        for line in &comparison.words {
            ui.add(Label::new(format!("\u{b7}  {line}")).wrap());
        }
    }
    for line in &comparison.missing {
        ui.add(Label::new(RichText::new(line).color(theme::caution())).wrap());
    }
}

/// Width of the graph at the left of the rows, and distance of a branch from the main line.
const GRAPH: f32 = 40.0;
const BRANCH: f32 = 18.0;

/// The present state and all revisions, the newest first, with the graph of what came from what.
fn list(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    let all = &seen.revised.all;
    if all.is_empty() {
        return;
    }
    let left = ui.cursor().left();
    let graph = ui.painter().clone();
    let parent = |one: &Revision| one.parent.as_ref().and_then(|hash| seen.revised.find(hash));
    // The main line goes from the newest revision back through what it came from.
    let mut main: Vec<&str> = Vec::new();
    let mut here = all.last();
    while let Some(one) = here.filter(|one| !main.contains(&one.session.as_str())) {
        main.push(&one.session);
        here = parent(one);
    }
    let line = |ui: &mut Ui, hash: Option<&'_ str>, aside: bool, show: &mut dyn FnMut(&mut Ui)| {
        let y = ui.cursor().top() + 13.0;
        let at = egui::pos2(left + 12.0 + if aside { BRANCH } else { 0.0 }, y);
        ui.horizontal(|ui| {
            ui.add_space(GRAPH);
            ui.vertical(|ui| show(ui));
        });
        ui.add_space(12.0);
        (hash.map(str::to_owned), at)
    };
    let mut placed = Vec::new();
    placed.push(line(ui, None, false, &mut |ui| now(seen, state, ui)));
    for (n, revision) in all.iter().enumerate().rev() {
        let aside = !main.contains(&revision.session.as_str());
        let before = n.checked_sub(1).and_then(|n| all.get(n));
        placed.push(line(ui, Some(&revision.session), aside, &mut |ui| {
            row(seen, state, ui, revision, before);
        }));
    }
    let stroke = Stroke::new(1.5, theme::line());
    let place =
        |hash: &str| placed.iter().find(|(of, _)| of.as_deref() == Some(hash)).map(|(_, at)| *at);
    if let (Some((_, top)), Some(newest)) =
        (placed.first(), all.last().and_then(|one| place(&one.session)))
    {
        graph.line_segment([*top, newest], stroke);
    }
    for revision in all {
        let (Some(from), Some(to)) =
            (place(&revision.session), parent(revision).and_then(|one| place(&one.session)))
        else {
            continue;
        };
        // A branch goes down beside the main line, and joins it above its origin.
        let corner = egui::pos2(from.x, to.y - 14.0);
        graph.line_segment([from, corner], stroke);
        graph.line_segment([corner, to], stroke);
    }
    for (hash, at) in &placed {
        let colour = if hash.is_none() { theme::accent() } else { theme::strong() };
        graph.circle_filled(*at, 6.0, colour);
    }
    let deleted = &seen.revised.deleted;
    if !deleted.is_empty() {
        theme::caption(ui, say!("review-revisions-deleted"));
        for revision in deleted {
            ui.horizontal(|ui| {
                let words = format!("v{}  {}", revision.name, when::day(&revision.date));
                when::label(ui, words, &revision.date);
                if ui.button(say!("review-revisions-restore", revision = &revision.name)).clicked()
                {
                    seen.ask(Review::BringBack(Box::new(revision.clone())));
                }
            });
        }
    }
}

/// The line of the present state.
fn now(seen: &Seen<'_>, state: &mut State, ui: &mut Ui) {
    ui.horizontal(|ui| {
        let title = RichText::new(say!("review-revisions-present"));
        ui.label(title.font(theme::font(14.5, Weight::SemiBold)));
        let name = seen.revised.now.as_ref().map(|(_, name)| name);
        let kept = name.filter(|name| seen.revised.names().any(|one| one == *name));
        ui.weak(match kept {
            Some(name) => say!("review-revisions-kept-as", revision = name),
            None => say!("review-revisions-not-kept").into(),
        });
    });
    if is_of_now(seen) {
        let words = &seen.revised.comparison.words;
        let text = match words.is_empty() {
            true => say!("review-revisions-same").to_owned(),
            false => words.join("; "),
        };
        ui.add(Label::new(text).wrap());
    }
    ui.horizontal(|ui| play(seen, state, ui, None, say!("review-revisions-now")));
}

/// The link that plays one side of the comparison. A revision that is no side becomes one.
fn play(seen: &Seen<'_>, state: &mut State, ui: &mut Ui, hash: Option<&str>, name: &str) {
    let side = state.sides.iter().position(|side| side.as_deref() == hash);
    let sound = sound_of(seen, hash);
    let lit = sound.is_on();
    let words = say!("review-play", name = name);
    let text = RichText::new(sound.word()).color(theme::accent());
    let text = text.font(theme::font(12.0, Weight::Medium));
    let shown = ui.add(egui::Button::new(text).frame(false));
    shown.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, lit, &words));
    if shown.clicked() {
        let side = side.unwrap_or_else(|| {
            state.sides = [hash.map(str::to_owned), None];
            0
        });
        seen.ask(Review::Hear(if lit { None } else { Some(side) }));
    }
}

/// A word that is clicked like a link.
fn link(ui: &mut Ui, word: &str, full: &str) -> bool {
    let text = RichText::new(word).color(theme::accent()).font(theme::font(12.0, Weight::Medium));
    let shown = ui.add(egui::Button::new(text).frame(false));
    shown.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, full));
    shown.clicked()
}

fn row(
    seen: &Seen<'_>,
    state: &mut State,
    ui: &mut Ui,
    revision: &Revision,
    before: Option<&Revision>,
) {
    let hash = &revision.session;
    ui.horizontal(|ui| {
        let title = RichText::new(format!("v{}", revision.name));
        ui.label(title.font(theme::font(14.5, Weight::SemiBold)));
        when::label(ui, when::day(&revision.date), &revision.date);
        let parent = revision.parent.as_ref().and_then(|hash| seen.revised.find(hash));
        if let Some(parent) = parent.filter(|parent| before != Some(parent)) {
            ui.weak(say!("review-revisions-from", revision = &parent.name));
        }
        let passed = revision.measured.iter().filter(|file| file.passed).count();
        if !revision.measured.is_empty() {
            let all = revision.measured.len();
            let words = say!("review-revisions-verified", passed = passed, all = all);
            let figures = revision.measured.iter().map(|file| {
                let lufs = match file.integrated_lufs {
                    Some(lufs) => format!("{:.1} LUFS", Db(lufs)),
                    None => say!("review-revisions-silent").into(),
                };
                format!("{} {}: {lufs}", file.version, file.master)
            });
            ui.weak(words).on_hover_text(figures.collect::<Vec<_>>().join("\n"));
        }
    });
    let said = lines(revision, seen.review).join("\n");
    let typing = state.log.take().filter(|(known, _)| known == hash);
    if let Some((_, mut text)) = typing {
        let edit = TextEdit::multiline(&mut text).desired_width(f32::INFINITY);
        ui.add(edit).accessible_name(say!("review-revisions-log"));
        ui.horizontal(|ui| {
            if ui.button(say!("review-revisions-log-keep")).clicked() {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                let lines = lines.map(str::to_owned).collect();
                seen.ask(Review::Log(hash.clone(), lines));
            } else if !ui.button(say!("common-cancel")).clicked() {
                state.log = Some((hash.clone(), text.clone()));
            }
        });
        return;
    }
    let shown = if said.is_empty() { say!("review-revisions-unchanged") } else { &said };
    ui.add(Label::new(shown).wrap());
    ui.horizontal(|ui| {
        let name = &revision.name;
        ui.spacing_mut().button_padding.x = 0.0;
        let button = |ui: &mut Ui, word: &str, full: String| link(ui, word, &full);
        play(seen, state, ui, Some(hash), &format!("v{name}"));
        let full = say!("review-revisions-compare-now", revision = name);
        if button(ui, say!("review-revisions-compare"), full) {
            state.sides = [Some(hash.clone()), None];
        }
        let full = say!("review-revisions-restore", revision = name);
        if button(ui, say!("common-restore"), full) {
            seen.ask(Review::Restore(Box::new(revision.clone())));
        }
        let full = say!("review-revisions-log-edit-of", revision = name);
        if button(ui, say!("review-revisions-log-edit"), full) {
            state.log = Some((hash.clone(), said.clone()));
        }
        let sure = ui.scope_id().with(("sure", hash));
        let asks = ui.data(|data| data.get_temp::<bool>(sure)).unwrap_or(false);
        if asks {
            let full = say!("review-revisions-delete-sure-of", revision = name);
            if button(ui, say!("review-revisions-delete-sure"), full) {
                seen.ask(Review::Delete(Box::new(revision.clone())));
                ui.data_mut(|data| data.insert_temp(sure, false));
            }
            let full = say!("review-revisions-keep-of", revision = name);
            if button(ui, say!("review-revisions-keep"), full) {
                ui.data_mut(|data| data.insert_temp(sure, false));
            }
            return;
        }
        let full = say!("review-revisions-delete-of", revision = name);
        if button(ui, say!("review-revisions-delete"), full) {
            ui.data_mut(|data| data.insert_temp(sure, true));
        }
    });
}
