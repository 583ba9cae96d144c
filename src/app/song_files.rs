//! What became of the files of the song: a word on the lane, and one list in which it is decided.

use super::act;
use super::deeds::Files;
use super::desk::Desk;
use super::document::Document;
use super::exports::Exports;
use super::jobs::{Jobs, News, Picked};
use super::theme::{self, Weight, write};
use super::widgets::{checkbox, push, segments};
use crate::files::collect::collect;
use crate::files::kept::Kept;
use crate::files::take::{Located, accept, leave_silent, lengths, locate};
use crate::files::{FileOf, Found, State, file, find_below};
use crate::media::hashes::Hashes;
use crate::review::beside::carry;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::units::Db;
use egui::{
    Align2, Color32, Id, Modal, Rect, Role as WidgetRole, ScrollArea, Sense, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const WIDTH: f32 = 720.0;
const ROW: f32 = 54.0;

/// What was found, and whether it is shown.
#[derive(Default)]
pub struct SongFiles {
    found: Vec<Found>,
    pub shown: bool,
    /// Those of which a copy is kept: of what they were before, or of what is missing.
    copies: Vec<FileOf>,
    /// A new export is compared with what the stem was before without the other stems.
    pub alone: bool,
    /// What is to be heard once it is opened: the stem, and whether as it was before.
    pub wanted: Option<(StemId, bool)>,
}

impl SongFiles {
    /// Takes what was found when a session was opened; the list is shown where something has to be
    /// decided.
    pub fn open(&mut self, found: Vec<Found>, session: Option<&Session>) {
        self.found = found;
        self.look_for_copies(session);
        let asked = self.open_questions().next().is_some();
        self.shown = asked;
    }

    /// Takes what was found while working; sentences on what is new.
    pub fn take(&mut self, found: Vec<Found>, session: Option<&Session>) -> Vec<String> {
        let fresh = found.iter().filter(|found| !self.found.contains(found));
        let mut said: Vec<String> = fresh.filter_map(Found::sentence).collect();
        let back = |known: &&Found| {
            let now = found.iter().find(|now| now.of == known.of);
            !known.state.sounds() && now.is_some_and(|now| now.state == State::Same)
        };
        said.extend(self.found.iter().filter(back).map(|known| format!("{} is back", known.file)));
        self.found = found;
        self.look_for_copies(session);
        // More than a few are read in the list.
        if said.len() > 2 {
            said = vec![format!("{} files of the song changed: see Files of the song", said.len())];
        }
        said
    }

    fn look_for_copies(&mut self, session: Option<&Session>) {
        let Some(session) = session else { return };
        let kept = Kept::of_user();
        let known = |found: &&Found| {
            let Some(file) = file(session, found.of) else { return false };
            match found.state {
                State::Changed => kept.before(file).is_some(),
                State::Missing { .. } => kept.find(&file.content).is_some(),
                _ => false,
            }
        };
        self.copies = self.found.iter().filter(known).map(|found| found.of).collect();
    }

    /// Files that are not as they were.
    pub fn open_questions(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|found| !matches!(found.state, State::Same | State::Moved { .. }))
    }

    /// Stems without sound that nobody said to leave silent, by name.
    pub fn missing(&self) -> Vec<String> {
        let left = |state: &State| matches!(state, State::Missing { silent: true, .. });
        let lost = self.found.iter().filter(|found| !found.state.sounds() && !left(&found.state));
        let stems = lost.filter(|found| matches!(found.of, FileOf::Stem(_)));
        stems.map(|found| found.name.clone()).collect()
    }

    /// What became of the file of a stem.
    fn of(&self, stem: StemId) -> Option<&Found> {
        self.found.iter().find(|found| found.of == FileOf::Stem(stem))
    }
}

/// The word that a lane carries, and its colour; none where the file is as it was.
fn mark(desk: &Desk, document: &Document, stem: StemId) -> Option<(&'static str, Color32)> {
    let found = desk.song_files.of(stem)?;
    match found.state {
        State::Same | State::Moved { .. } => None,
        State::Changed => {
            let open = document.session.stem(stem)?.file.before.is_some();
            open.then_some((found.state.word(), theme::accent()))
        }
        State::Missing { silent: true, .. } => Some((found.state.word(), theme::dim())),
        _ => Some((found.state.word(), theme::caution())),
    }
}

/// Draws the word on a lane, which opens the list.
pub fn on_lane(desk: &mut Desk, document: &Document, ui: &mut Ui, lane: Rect, stem: StemId) {
    let Some((word, colour)) = mark(desk, document, stem) else { return };
    let at = pos2(lane.left() + 12.0, lane.top() + 13.0);
    let font = theme::font(11.5, Weight::Medium);
    let galley = ui.painter().layout_no_wrap(word.into(), font, colour);
    let chip = Rect::from_min_size(at - vec2(6.0, 9.0), galley.size() + vec2(12.0, 5.0));
    let response = ui.interact(chip, ui.scope_id().with(("file", stem.0)), Sense::click());
    let name = document.session.stem(stem).map_or("", |stem| stem.name.as_str());
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetRole::Button, true, format!("File of {name}: {word}"))
    });
    let painter = ui.painter().with_clip_rect(lane.intersect(ui.clip_rect()));
    painter.rect_filled(chip, 4.0, theme::raised());
    painter.galley(chip.min + vec2(6.0, 2.5), galley, colour);
    if response.clicked() {
        desk.song_files.shown = true;
    }
    if let Some(text) = desk.song_files.of(stem).and_then(Found::sentence) {
        response.on_hover_text(text);
    }
}

/// The list.
pub fn show(desk: &mut Desk, ui: &Ui) {
    if !desk.song_files.shown {
        return;
    }
    let Some(document) = &desk.document else { return };
    let found: Vec<Found> = desk.song_files.open_questions().cloned().collect();
    let mut asked = None;
    let modal = Modal::new(Id::unique("files of the song")).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        ui.heading("Files of the song");
        let text = if found.is_empty() {
            "Every file is where it was, and holds what it held."
        } else {
            "The song plays with what is there. Nothing here touches a file."
        };
        ui.colored_label(theme::dim(), text);
        ui.add_space(6.0);
        let most = (ui.ctx().content_rect().height() - 260.0).max(ROW * 2.0);
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            for one in &found {
                let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::hover());
                let ui = &mut ui.new_child(UiBuilder::new().id_salt(&one.file).max_rect(rect));
                let copy = desk.song_files.copies.contains(&one.of);
                let exports = desk.listen.heard.exports.as_ref();
                let own = exports.filter(|exports| FileOf::Stem(exports.stem()) == one.of);
                row(ui, rect, document, one, (copy, own.map(|own| own.old)), &mut asked);
            }
        });
        let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 46.0), Sense::hover());
        let button = |from: f32, width: f32| {
            Rect::from_min_size(pos2(rect.left() + from, rect.top() + 10.0), vec2(width, 32.0))
        };
        let fresh: Vec<FileOf> = new_exports(document, &found).collect();
        if fresh.len() > 1 && push(ui, button(0.0, 160.0), "Use all new files", true).clicked() {
            asked = Some(Files::Accept(fresh));
        }
        if desk.listen.heard.exports.is_some() {
            let tick =
                Rect::from_min_size(button(340.0, 0.0).min + vec2(0.0, 7.0), vec2(18.0, 18.0));
            if checkbox(ui, tick, "Without the other stems", desk.song_files.alone).clicked() {
                asked = Some(Files::Alone(!desk.song_files.alone));
            }
            let words = match desk.listen.heard.exports.as_ref().and_then(Exports::louder) {
                Some(louder) if louder.0 >= 0.05 => {
                    format!("Alone \u{b7} new {louder:.1} dB louder, matched")
                }
                Some(louder) if louder.0 <= -0.05 => {
                    format!("Alone \u{b7} new {:.1} dB quieter, matched", Db(-louder.0))
                }
                _ => "Alone".to_string(),
            };
            let at = pos2(tick.right() + 8.0, tick.center().y);
            let font = (12.5, Weight::Regular);
            write(ui.painter(), at, Align2::LEFT_CENTER, words, font, theme::dim());
        }
        let lost = found.iter().any(|one| !one.state.sounds());
        if lost && push(ui, button(172.0, 150.0), "Look in folder\u{2026}", false).clicked() {
            asked = Some(Files::LocateIn);
        }
        if push(ui, button(WIDTH - 110.0, 110.0), "Close", found.is_empty()).clicked() {
            asked = Some(Files::Done);
        }
    });
    if modal.should_close() {
        asked = Some(Files::Done);
    }
    if let Some(asked) = asked {
        act(desk, asked);
    }
}

/// New exports that nobody has accepted yet.
fn new_exports<'a>(
    document: &'a Document,
    found: &'a [Found],
) -> impl Iterator<Item = FileOf> + 'a {
    let open = |of: &FileOf| file(&document.session, *of).is_some_and(|f| f.before.is_some());
    found.iter().map(|found| found.of).filter(move |of| open(of))
}

/// One file. `copy` says that a copy of it is kept, `heard` which of both is heard: the old one.
fn row(
    ui: &mut Ui,
    rect: Rect,
    document: &Document,
    found: &Found,
    (copy, heard): (bool, Option<bool>),
    asked: &mut Option<Files>,
) {
    let inner = rect.shrink2(vec2(0.0, 2.0));
    ui.painter().rect_filled(inner, theme::RADIUS, theme::panel());
    let stem = match found.of {
        FileOf::Stem(id) => document.session.stem(id),
        _ => None,
    };
    let colour = stem.map_or(theme::dim(), |stem| theme::role_colour(stem.role));
    ui.painter().rect_filled(
        Rect::from_min_size(inner.min, vec2(4.0, inner.height())),
        2.0,
        colour,
    );
    let buttons = 350.0;
    let clip = Rect::from_min_max(inner.min, pos2(inner.right() - buttons, inner.bottom()));
    let painter = ui.painter().with_clip_rect(clip);
    let at = |y: f32| pos2(inner.left() + 16.0, inner.top() + y);
    let font = (13.5, Weight::Medium);
    write(&painter, at(16.0), Align2::LEFT_CENTER, &found.name, font, theme::text());
    let words = format!("{} \u{b7} {}", said(document, found), found.file);
    write(&painter, at(34.0), Align2::LEFT_CENTER, words, (12.0, Weight::Regular), theme::dim());
    let button = |n: f32, width: f32| {
        let left = inner.right() - 8.0 - n;
        Rect::from_min_size(pos2(left - width, inner.center().y - 14.0), vec2(width, 28.0))
    };
    let accepted = file(&document.session, found.of).is_some_and(|file| file.before.is_none());
    match &found.state {
        State::Changed if accepted => {}
        State::Changed => {
            if push(ui, button(0.0, 110.0), "Use new file", false).clicked() {
                *asked = Some(Files::Accept(vec![found.of]));
            }
            match stem.filter(|_| copy) {
                None => {
                    if push(ui, button(118.0, 90.0), "Locate\u{2026}", false).clicked() {
                        *asked = Some(Files::Locate(found.of));
                    }
                }
                Some(stem) => {
                    let use_old = push(ui, button(118.0, 104.0), "Use old file", false);
                    if use_old.on_hover_text("From the copy that is kept of it").clicked() {
                        *asked = Some(Files::UseOld(found.of));
                    }
                    let lit = heard.map_or(usize::MAX, usize::from);
                    let place = button(232.0, 104.0);
                    if let Some(n) = segments(ui, place, &["Hear new", "old"], lit) {
                        *asked = Some(Files::Hear(stem.id, n == 1));
                    }
                }
            }
        }
        State::Half { .. } => {
            if push(ui, button(0.0, 90.0), "Locate\u{2026}", false).clicked() {
                *asked = Some(Files::Locate(found.of));
            }
        }
        State::Missing { .. } | State::Unreadable { .. } => {
            if push(ui, button(0.0, 90.0), "Locate\u{2026}", false).clicked() {
                *asked = Some(Files::Locate(found.of));
            }
            if copy && push(ui, button(212.0, 90.0), "Put back", false).clicked() {
                *asked = Some(Files::PutBack(found.of));
            }
            let left = file(&document.session, found.of).is_some_and(|file| file.silent);
            if !left && push(ui, button(98.0, 106.0), "Leave silent", false).clicked() {
                *asked = Some(Files::LeaveSilent(found.of));
            }
        }
        State::Same | State::Moved { .. } => {}
    }
}

/// The state in a few words, with the figures that tell what is new.
fn said(document: &Document, found: &Found) -> String {
    let known = file(&document.session, found.of);
    match (&found.state, known) {
        (State::Changed, Some(file)) if file.before.is_none() => "new file taken".into(),
        (State::Changed, Some(file)) => match (lengths(file), file.before.as_deref()) {
            (Some((new, old)), Some(before)) => {
                let same = (new.0 - old.0).abs() < 0.0005;
                let length = match same {
                    true => "same length".to_string(),
                    false => format!("{old:.3} \u{2192} {new:.3}"),
                };
                let rate = before.info.sample_rate != file.info.sample_rate;
                let rate = match rate {
                    true => {
                        format!(", {} \u{2192} {}", before.info.sample_rate, file.info.sample_rate)
                    }
                    false => String::new(),
                };
                format!("exported again, {length}{rate}")
            }
            _ => "exported again".into(),
        },
        (State::Missing { silent: true, .. }, _) => "missing, left silent".into(),
        (State::Missing { candidate: Some(other), .. }, _) => {
            format!("missing; there is one of that name at {other}")
        }
        (State::Half { .. }, _) => "cut off, or still on its way".into(),
        (state, _) => state.word().into(),
    }
}

pub fn act(desk: &mut Desk, asked: Files) {
    let Some(document) = &mut desk.document else { return };
    match asked {
        Files::Done => {
            desk.song_files.shown = false;
            act::exports::end(desk);
        }
        Files::Hear(stem, old) => act::exports::hear(desk, stem, old),
        Files::Alone(alone) => act::exports::set_alone(desk, alone),
        Files::UseOld(of) => {
            act::exports::end(desk);
            act::exports::use_old(desk, of);
        }
        Files::PutBack(of) => put_back(desk, of),
        Files::Accept(files) => {
            let mut edits = Vec::new();
            let mut session = Session::clone(&document.session);
            for of in files {
                if let Some(edit) = accept(&session, of, &|_, _| false) {
                    // The next one goes on from the words that this one opened.
                    let _ = edit.clone().apply(&mut session);
                    edits.push(edit);
                }
            }
            document.edit_once(Edit::Several(edits));
            desk.song_files.shown = !all_settled(desk);
            act::exports::end(desk);
        }
        Files::LeaveSilent(of) => {
            if let Some(edit) = leave_silent(&document.session, of) {
                document.edit_once(edit);
                desk.reopen_stems();
            }
        }
        Files::Locate(of) => {
            let name = file(&document.session, of).map_or("", |file| file.place.name());
            let dialog = rfd::FileDialog::new()
                .set_title(format!("Where is {name}?"))
                .set_directory(document.folder());
            desk.jobs.pick(dialog, move |dialog| {
                dialog.pick_file().map(|path| Picked::Located(of, path))
            });
        }
        Files::LocateIn => {
            let dialog = rfd::FileDialog::new()
                .set_title("Folder in which the files lie")
                .set_directory(document.folder());
            desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::LocatedIn));
        }
        Files::PickCollect => pick_collect(desk),
    }
}

/// Whether nothing is left to be decided.
fn all_settled(desk: &Desk) -> bool {
    let Some(document) = &desk.document else { return true };
    let mut found = desk.song_files.open_questions();
    found.all(|found| {
        let accepted = file(&document.session, found.of).is_some_and(|file| file.before.is_none());
        found.state == State::Changed && accepted
    })
}

/// Puts a missing file back from its copy.
fn put_back(desk: &mut Desk, of: FileOf) {
    let Some(document) = &desk.document else { return };
    let Some(file) = file(&document.session, of).cloned() else { return };
    let folder = document.folder();
    desk.jobs.spawn_shown("put back", "Putting it back", Arc::default(), move |say, _, _| {
        // That it is there again is noticed like anything else that happens to a file.
        if let Err(error) = Kept::of_user().put_back(&file, &folder) {
            say(News::Failed(format!("{} cannot be put back: {error}", file.place.path)));
        }
    });
}

/// Takes a file that a person chose.
pub fn located(desk: &Desk, of: FileOf, path: PathBuf) {
    let Some(document) = &desk.document else { return };
    desk.jobs.locate(desk.number, document, vec![of], move |_, _| vec![(of, path, None)]);
}

/// Looks for everything that is missing below a folder.
pub fn located_in(desk: &Desk, folder: PathBuf) {
    let Some(document) = &desk.document else { return };
    let lost = desk.song_files.found.iter().filter(|found| !found.state.sounds());
    let lost: Vec<FileOf> = lost.map(|found| found.of).collect();
    let of = lost.clone();
    desk.jobs.locate(desk.number, document, lost, move |session, base| {
        find_below(session, &of, &folder, base, &Hashes::of_user())
    });
}

/// The files were found: the session points at them.
pub fn take_located(desk: &mut Desk, edits: Vec<Edit>, said: Vec<String>) {
    said.into_iter().for_each(|text| desk.say(text));
    let Some(document) = desk.document.as_mut().filter(|_| !edits.is_empty()) else { return };
    document.edit_once(Edit::Several(edits));
    desk.reopen_stems();
}

impl Jobs {
    /// Finds files, and makes the change that points the session at them.
    pub fn locate(
        &self,
        number: u64,
        document: &Document,
        wanted: Vec<FileOf>,
        find: impl FnOnce(&Session, &Path) -> Vec<(FileOf, PathBuf, Option<PathBuf>)> + Send + 'static,
    ) {
        let (session, base) = (Arc::clone(&document.session), document.folder());
        self.spawn_shown("locate", "Looking for files", Arc::default(), move |say, _, _| {
            let mut session = Session::clone(&session);
            let (mut edits, mut said, mut found) = (Vec::new(), Vec::new(), Vec::new());
            for (of, path, right) in find(&session, &base) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                match locate(&session, of, &path, right.as_deref(), &base) {
                    Ok(Some(Located { edit, other })) => {
                        if other {
                            said.push(format!(
                                "{name} holds another sound than the file that was added"
                            ));
                        }
                        // The next one goes on from the words that this one opened.
                        let _ = edit.clone().apply(&mut session);
                        edits.push(edit);
                        found.push(of);
                    }
                    Ok(None) => {}
                    Err(error) => said.push(error.to_string()),
                }
            }
            let left = wanted.iter().filter(|of| !found.contains(of)).count();
            if left > 0 && said.is_empty() {
                said.push(format!("{left} of {} were not found there", wanted.len()));
            }
            say(News::Located { document: number, edits, said });
        });
    }
}

/// Asks for the folder into which all files of the song are collected.
pub fn pick_collect(desk: &Desk) {
    let Some(document) = &desk.document else { return };
    let dialog = rfd::FileDialog::new()
        .set_title("Folder for the song with all its files")
        .set_directory(document.folder());
    desk.jobs.pick(dialog, |dialog| dialog.pick_folder().map(Picked::Collect));
}

/// Copies the song with all its files into a folder.
pub fn collect_into(desk: &Desk, folder: PathBuf) {
    let Some(document) = &desk.document else { return };
    let (session, path) = (document.session.clone(), document.path.clone());
    desk.jobs.spawn_shown(
        "collect",
        "Collecting files",
        Arc::default(),
        move |say, running, stop| {
            let shown = |share| running.share(share);
            match collect(&session, &path, &folder, &shown, stop) {
                Ok(collected) => {
                    // What was said and delivered goes with the song.
                    if let Err(error) = carry(&path, &collected.session) {
                        say(News::Failed(error.to_string()));
                    }
                    collected.notes.into_iter().for_each(|text| say(News::Failed(text)));
                    let text = format!("Collected in {}", collected.session.display());
                    say(News::Done(text, folder));
                }
                Err(error) => say(News::Failed(error.to_string())),
            }
        },
    );
}
