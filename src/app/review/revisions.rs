//! Revisions: what changed in each, two of them compared and heard at equal loudness, any of them
//! brought back.

use crate::app::blind::{Candidate, matched};
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::heard::Audition;
use crate::app::theme::{self, Weight};
use crate::playback::Source;
use crate::review::revisions::{Revision, Revisions, changes, lines};
use crate::session::Session;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::units::{Db, Lufs};
use egui::{ComboBox, Label, RichText, TextEdit, Ui, WidgetInfo};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The list on the disk is read again after this time.
const STALE: Duration = Duration::from_secs(2);
/// Measurements of two revisions are numbered from here on, those of blind tests below.
const FIRST_TEST: u64 = 1 << 32;

/// Which state is compared: that of a revision by its hash, or the one that is worked on.
type Side = Option<String>;

#[derive(Default)]
pub struct Comparison {
    all: Vec<Revision>,
    deleted: Vec<Revision>,
    read: Option<Instant>,
    sides: [Side; 2],
    words: Vec<String>,
    /// What `words` and `states` were made of: both sides, the document's state and version.
    of: Option<([Side; 2], u64, usize)>,
    states: [Option<Box<Document>>; 2],
    /// What cannot be heard, and why.
    missing: Vec<String>,
    gains: Option<[Db; 2]>,
    test: u64,
    pub heard: Option<usize>,
    /// A log as it is rewritten.
    typed: Option<(String, String)>,
}

impl Comparison {
    /// Both are as loud as the quieter one.
    pub fn measured(&mut self, test: u64, loudness: [Lufs; 2]) {
        if test == self.test {
            self.gains = Some(matched(loudness));
        }
    }

    pub fn is_test(number: u64) -> bool {
        number >= FIRST_TEST
    }

    /// What is heard in the place of the session, and how.
    pub fn audition(&self) -> Option<(&Document, Audition)> {
        let side = self.heard?;
        let document = self.states.get(side)?.as_deref()?;
        let gain = *self.gains?.get(side)?;
        Some((document, Audition { strips: Vec::new(), source: Source::Mix, gain }))
    }

    /// Reads the list again where it may be another one by now.
    fn look(&mut self, kept: &Revisions) {
        if self.read.is_some_and(|read| read.elapsed() < STALE) {
            return;
        }
        (self.all, self.deleted) = (kept.all(), kept.deleted());
        self.read = Some(Instant::now());
        let known = |side: &Side| {
            side.as_ref().is_none_or(|hash| self.all.iter().any(|one| one.session == *hash))
        };
        if !self.sides.iter().all(known) {
            self.sides = [None, None];
        }
        // The last one against what is worked on is what is asked for most.
        if self.sides == [None, None] {
            self.sides[0] = self.all.last().map(|one| one.session.clone());
        }
    }

    /// What the state as it is now would be called as a revision.
    pub fn next_name(&self, session: &Session) -> String {
        Revisions::free(&self.all, &session.delivery.revision)
    }

    /// Names of the revisions that are kept, the latest first.
    pub fn names(&self) -> Vec<String> {
        self.all.iter().rev().map(|one| one.name.clone()).collect()
    }

    pub fn forget(&mut self) {
        (self.of, self.heard, self.gains) = (None, None, None);
        (self.read, self.states) = (None, [None, None]);
    }
}

/// Reads the list of revisions, for pages that speak of them.
pub fn look(desk: &mut Desk) {
    if let Some((kept, _)) = place(desk) {
        desk.notes.comparison.look(&kept);
    }
}

/// Where the revisions of the open session lie.
fn place(desk: &Desk) -> Option<(Revisions, PathBuf)> {
    let path = desk.document.as_ref()?.path.clone();
    Some((Revisions::of(&path), path))
}

enum Asked {
    Restore(Revision),
    Delete(Revision),
    BringBack(Revision),
    Log(String, Vec<String>),
    Keep(String),
}

pub fn show(desk: &mut Desk, ui: &mut Ui) {
    let mut asked = Vec::new();
    keep(desk, ui, &mut asked);
    ui.add_space(12.0);
    compare(desk, ui);
    ui.add_space(16.0);
    list(desk, ui, &mut asked);
    for one in asked {
        answer(desk, one);
    }
}

fn answer(desk: &mut Desk, asked: Asked) {
    let Some((kept, _)) = place(desk) else { return };
    let result = match asked {
        Asked::Restore(revision) => return restore(desk, &kept, &revision),
        Asked::Log(hash, lines) => {
            desk.note(|book| book.set_log(&hash, &lines));
            return;
        }
        Asked::Keep(name) => return keep_now(desk, &kept, &name),
        Asked::Delete(revision) => kept.delete(&revision),
        Asked::BringBack(revision) => kept.bring_back(&revision),
    };
    desk.notes.comparison.forget();
    if let Err(error) = result {
        desk.say(error.to_string());
    }
}

/// Goes back to a revision, as one step that can be undone.
fn restore(desk: &mut Desk, kept: &Revisions, revision: &Revision) {
    let then = match kept.session(revision) {
        Ok(session) => session,
        Err(error) => return desk.say(error.to_string()),
    };
    let hash = revision.session.clone();
    desk.rewind(|document| {
        let edits = difference(&document.session, &then);
        if !edits.is_empty() {
            document.edit_once(Edit::Several(edits));
        }
        document.descend(&hash);
    });
    desk.notes.comparison.forget();
    desk.say(format!("As it was in v{}; undo brings back what was before", revision.name));
}

fn keep_now(desk: &mut Desk, kept: &Revisions, name: &str) {
    let Some(document) = &mut desk.document else { return };
    let next = kept.next(&document.session, name);
    match kept.keep(&document.session, next) {
        Ok(revision) => {
            document.descend(&revision.session);
            desk.say(format!("v{name} is kept"));
        }
        Err(error) => desk.say(error.to_string()),
    }
    desk.notes.comparison.forget();
}

/// The state as it is now, as a revision of its own.
fn keep(desk: &Desk, ui: &mut Ui, asked: &mut Vec<Asked>) {
    let Some(document) = &desk.document else { return };
    let comparison = &desk.notes.comparison;
    let free = comparison.next_name(&document.session);
    ui.horizontal(|ui| {
        theme::caption(ui, "Revisions");
        ui.add_space(8.0);
        let hint = "Every package that is delivered is kept too; nothing is ever overwritten";
        if ui.button(format!("Keep this as v{free}")).on_hover_text(hint).clicked() {
            asked.push(Asked::Keep(free.clone()));
        }
    });
}

fn name_of(side: &Side, all: &[Revision]) -> String {
    match side {
        None => "Now".into(),
        Some(hash) => {
            let known = all.iter().find(|one| one.session == *hash);
            known.map_or("?".into(), |one| format!("v{}", one.name))
        }
    }
}

fn compare(desk: &mut Desk, ui: &mut Ui) {
    let comparison = &mut desk.notes.comparison;
    if comparison.all.is_empty() {
        ui.weak("No revision is kept yet.");
        return;
    }
    let mut hear = None;
    ui.horizontal(|ui| {
        ui.label("Compare");
        for (n, word) in ["from", "to"].into_iter().enumerate() {
            let Some(side) = comparison.sides.get_mut(n) else { continue };
            let now = name_of(side, &comparison.all);
            let shown =
                ComboBox::from_id_salt(word).width(84.0).selected_text(&now).show_ui(ui, |ui| {
                    for one in comparison.all.iter().rev() {
                        let value = Some(one.session.clone());
                        ui.selectable_value(side, value, format!("v{}", one.name));
                    }
                    ui.selectable_value(side, None, "Now");
                });
            let words = format!("Compare {word}, {now}");
            shown.response.widget_info(|| WidgetInfo::labeled(egui::Role::ComboBox, true, &words));
        }
        ui.add_space(10.0);
        ui.weak("Hear");
        for n in 0..2 {
            let Some(side) = comparison.sides.get(n) else { continue };
            let lit = comparison.heard == Some(n);
            let name = name_of(side, &comparison.all);
            let label = ui.selectable_label(lit, &name);
            let words = format!("Hear {name}");
            label.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, lit, &words));
            if label.clicked() {
                hear = Some(if lit { None } else { Some(n) });
            }
        }
        match (comparison.heard, comparison.gains) {
            (Some(n), Some(gains)) => {
                let gain = gains.get(n).copied().unwrap_or(Db::UNITY);
                ui.weak(format!("level-matched, {gain:+.1} dB"));
            }
            (Some(_), None) => {
                ui.weak("measuring both\u{2026}");
            }
            _ => {}
        }
    });
    refresh(desk);
    let comparison = &desk.notes.comparison;
    ui.add_space(4.0);
    if comparison.words.is_empty() {
        ui.weak("Nothing differs.");
    }
    for line in &comparison.words {
        ui.add(Label::new(format!("\u{b7}  {line}")).wrap());
    }
    for line in &comparison.missing {
        ui.add(Label::new(RichText::new(line).color(theme::caution())).wrap());
    }
    if let Some(heard) = hear {
        desk.notes.comparison.heard = heard;
        if heard.is_some() {
            measure(desk);
        }
    }
}

/// Makes the two states and their differences, where they are not those that were made last.
fn refresh(desk: &mut Desk) {
    let Some((kept, path)) = place(desk) else { return };
    let Some(document) = &desk.document else { return };
    let comparison = &mut desk.notes.comparison;
    let wanted = (comparison.sides.clone(), document.state(), document.version);
    if comparison.of.as_ref() == Some(&wanted) {
        return;
    }
    let state = |side: &Side| match side {
        None => Ok(Session::clone(&document.session)),
        Some(hash) => match comparison.all.iter().find(|one| one.session == *hash) {
            Some(revision) => kept.session(revision),
            None => Ok(Session::clone(&document.session)),
        },
    };
    let [a, b] = &wanted.0;
    match state(a).and_then(|a| Ok([a, state(b)?])) {
        Ok([a, b]) => {
            comparison.words = in_words(&a, &changes(&a, &b));
            comparison.missing.clear();
            comparison.states = [a, b].map(|state| {
                let (lined_up, missing) = lined_up(&document.session, &state);
                comparison.missing.extend(missing);
                let mut shadow = Document::new(lined_up, path.clone(), false);
                let id = document.current_version().map(|version| version.id);
                let all = &shadow.session.versions;
                shadow.open.version =
                    all.iter().position(|one| Some(&one.id) == id.as_ref()).unwrap_or(0);
                shadow.open.selected = document.selected;
                Some(Box::new(shadow))
            });
            comparison.missing.dedup();
        }
        Err(error) => {
            comparison.words = vec![error.to_string()];
            comparison.states = [None, None];
        }
    }
    comparison.of = Some(wanted);
    comparison.gains = None;
    if comparison.heard.is_some() {
        measure(desk);
    }
}

/// A state with the stems that are open, in their order: those that it did not have are silent.
fn lined_up(now: &Session, then: &Session) -> (Session, Vec<String>) {
    let mut missing = Vec::new();
    let stems = now.stems.iter().map(|open| match then.stem(open.id) {
        Some(stem) if stem.file.is_same_content(&open.file) && stem.offset() == open.offset() => {
            stem.clone()
        }
        Some(_) => {
            let name = &open.name;
            missing
                .push(format!("{name} has another file or place now, and is heard as it is now"));
            open.clone()
        }
        None => {
            let mut silent = open.clone();
            silent.strip.mute = true;
            silent
        }
    });
    let stems = stems.collect();
    let gone = then.stems.iter().filter(|stem| now.stem(stem.id).is_none());
    missing
        .extend(gone.map(|stem| format!("{} is not open any more, and is not heard", stem.name)));
    (Session { stems, ..then.clone() }, missing)
}

/// Measures how loud both are.
fn measure(desk: &mut Desk) {
    refresh(desk);
    let (Some(document), Some(sources)) = (&desk.document, desk.listen.heard.sources.clone())
    else {
        return;
    };
    let comparison = &mut desk.notes.comparison;
    if comparison.gains.is_some() {
        return;
    }
    let [Some(a), Some(b)] = &comparison.states else { return };
    let candidates =
        [a, b].map(|shadow| Candidate::State(Box::new(Session::clone(&shadow.session))));
    comparison.test = comparison.test.max(FIRST_TEST) + 1;
    desk.jobs.compare(document, desk.number, comparison.test, &candidates, sources, None);
}

fn list(desk: &mut Desk, ui: &mut Ui, asked: &mut Vec<Asked>) {
    let all = desk.notes.comparison.all.clone();
    for (n, revision) in all.iter().enumerate().rev() {
        row(desk, ui, revision, n.checked_sub(1).and_then(|n| all.get(n)), &all, asked);
        ui.add_space(10.0);
    }
    let deleted = desk.notes.comparison.deleted.clone();
    if !deleted.is_empty() {
        theme::caption(ui, "Deleted, kept for 30 days");
        for revision in deleted {
            ui.horizontal(|ui| {
                ui.weak(format!("v{}  {}", revision.name, revision.date));
                if ui.button(format!("Bring v{} back", revision.name)).clicked() {
                    asked.push(Asked::BringBack(revision.clone()));
                }
            });
        }
    }
}

fn row(
    desk: &mut Desk,
    ui: &mut Ui,
    revision: &Revision,
    before: Option<&Revision>,
    all: &[Revision],
    asked: &mut Vec<Asked>,
) {
    let hash = &revision.session;
    ui.horizontal(|ui| {
        let title = RichText::new(format!("v{}", revision.name));
        ui.label(title.font(theme::font(14.5, Weight::SemiBold)));
        ui.weak(&revision.date);
        let parent = all.iter().find(|one| Some(&one.session) == revision.parent.as_ref());
        if let Some(parent) = parent.filter(|parent| before != Some(parent)) {
            ui.weak(format!("from v{}", parent.name));
        }
        let passed = revision.measured.iter().filter(|file| file.passed).count();
        if !revision.measured.is_empty() {
            let words = format!("{passed} of {} files verified", revision.measured.len());
            let figures = revision.measured.iter().map(|file| {
                let lufs = file
                    .integrated_lufs
                    .map_or("silent".into(), |lufs| format!("{:.1} LUFS", Db(lufs)));
                format!("{} {}: {lufs}", file.version, file.master)
            });
            ui.weak(words).on_hover_text(figures.collect::<Vec<_>>().join("\n"));
        }
    });
    let review = desk.notes.book.review();
    let said = lines(revision, review).join("\n");
    let typing = desk.notes.comparison.typed.take().filter(|(known, _)| known == hash);
    if let Some((_, mut text)) = typing {
        let edit = TextEdit::multiline(&mut text).desired_width(f32::INFINITY);
        ui.add(edit).accessible_name("Log of the revision");
        ui.horizontal(|ui| {
            if ui.button("Keep the log").clicked() {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                asked.push(Asked::Log(hash.clone(), lines.map(str::to_owned).collect()));
            } else if !ui.button("Leave it").clicked() {
                desk.notes.comparison.typed = Some((hash.clone(), text.clone()));
            }
        });
        return;
    }
    let shown = if said.is_empty() { "Nothing changed".to_string() } else { said.clone() };
    ui.add(Label::new(shown).wrap());
    ui.horizontal(|ui| {
        let name = &revision.name;
        let button = |ui: &mut Ui, word: &str, full: String| {
            let shown = ui.button(word);
            shown.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &full));
            shown.clicked()
        };
        if button(ui, "Bring back", format!("Bring v{name} back")) {
            asked.push(Asked::Restore(revision.clone()));
        }
        if button(ui, "Edit the log", format!("Edit the log of v{name}")) {
            desk.notes.comparison.typed = Some((hash.clone(), said.clone()));
        }
        let sure = ui.scope_id().with(("sure", hash));
        let asks = ui.data(|data| data.get_temp::<bool>(sure)).unwrap_or(false);
        if asks {
            if button(ui, "Delete it, really", format!("Delete v{name}, really")) {
                asked.push(Asked::Delete(revision.clone()));
                ui.data_mut(|data| data.insert_temp(sure, false));
            }
            if button(ui, "Keep it", format!("Keep v{name}")) {
                ui.data_mut(|data| data.insert_temp(sure, false));
            }
        } else if button(ui, "Delete\u{2026}", format!("Delete v{name}\u{2026}")) {
            ui.data_mut(|data| data.insert_temp(sure, true));
        }
    });
}
