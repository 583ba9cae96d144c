//! Changed, missing and unreadable files of the song: a label on the lane, and the page "Files of
//! the song", where the user decides about each. Decisions are [`Files`] deeds.

use super::deeds::Files;
use super::exports::ExportComparison;
use super::open_song::OpenSong;
use super::panels::{OpenPages, Panels};
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::{checkbox, page, push, segments, title};
use crate::files::take::lengths;
use crate::files::{FileOf, Found, State, file};
use crate::session::stem::StemId;
use crate::texts::{self, say};
use crate::units::Db;
use egui::{
    Align2, Color32, Rect, Role as WidgetRole, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

const WIDTH: f32 = 720.0;
const ROW: f32 = 54.0;

/// Text and colour of a lane's label; `None` if the file is unchanged or its new export accepted.
fn mark(found: &Found, song: &OpenSong, stem: StemId) -> Option<(&'static str, Color32)> {
    let word = texts::word("file-state", found.state.word());
    match found.state {
        State::Same | State::Moved { .. } => None,
        State::Changed => {
            let open = song.session.stem(stem)?.file.before.is_some();
            open.then_some((word, theme::accent()))
        }
        State::Missing { silent: true, .. } => Some((word, theme::dim())),
        _ => Some((word, theme::caution())),
    }
}

/// Draws the label on a lane; a click opens the page.
pub fn on_lane(
    seen: &Seen<'_>,
    panels: &mut Panels,
    song: &OpenSong,
    ui: &mut Ui,
    lane: Rect,
    stem: StemId,
) {
    let Some(found) = seen.files.of(stem) else { return };
    let Some((word, colour)) = mark(found, song, stem) else { return };
    let at = pos2(lane.left() + 12.0, lane.top() + 13.0);
    let font = theme::font(11.5, Weight::Medium);
    let galley = ui.painter().layout_no_wrap(word.into(), font, colour);
    let chip = Rect::from_min_size(at - vec2(6.0, 9.0), galley.size() + vec2(12.0, 5.0));
    let response = ui.interact(chip, ui.scope_id().with(("file", stem.0)), Sense::click());
    let name = song.session.stem(stem).map_or("", |stem| stem.name.as_str());
    response.widget_info(|| {
        let words = say!("song-files-of", stem = name, state = word);
        WidgetInfo::labeled(WidgetRole::Button, true, words)
    });
    let painter = ui.painter().with_clip_rect(lane.intersect(ui.clip_rect()));
    painter.rect_filled(chip, 4.0, theme::raised());
    painter.galley(chip.min + vec2(6.0, 2.5), galley, colour);
    if response.clicked() {
        panels.shown.files = true;
    }
    if let Some(text) = found.sentence() {
        response.on_hover_text(text);
    }
}

/// The page "Files of the song".
pub fn show(seen: &Seen<'_>, shown: &OpenPages, ui: &Ui) {
    if !shown.files {
        return;
    }
    let Some(song) = seen.song else { return };
    let found: Vec<&Found> = seen.files.open_questions().collect();
    let exports = seen.heard.exports.as_ref();
    let mut asked = None;
    let modal = page(ui, "files of the song").show(ui.ctx(), |ui| {
        ui.set_width(WIDTH);
        title(ui, say!("song-files-heading"));
        let text = if found.is_empty() { say!("song-files-same") } else { say!("song-files-hint") };
        ui.colored_label(theme::dim(), text);
        ui.add_space(6.0);
        let most = (ui.ctx().content_rect().height() - 260.0).max(ROW * 2.0);
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            for one in &found {
                let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::hover());
                let ui = &mut ui.new_child(UiBuilder::new().id_salt(&one.file).max_rect(rect));
                let copy = seen.files.has_copy(one.of);
                let own = exports.filter(|exports| FileOf::Stem(exports.stem()) == one.of);
                row(ui, rect, song, one, (copy, own.map(|own| own.old)), &mut asked);
            }
        });
        let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 46.0), Sense::hover());
        let button = |from: f32, width: f32| {
            Rect::from_min_size(pos2(rect.left() + from, rect.top() + 10.0), vec2(width, 32.0))
        };
        let fresh: Vec<FileOf> = new_exports(song, &found).collect();
        let use_all = say!("song-files-use-all");
        if fresh.len() > 1 && push(ui, button(0.0, 160.0), use_all, true).clicked() {
            asked = Some(Files::Accept(fresh));
        }
        if exports.is_some() {
            let tick =
                Rect::from_min_size(button(340.0, 0.0).min + vec2(0.0, 7.0), vec2(18.0, 18.0));
            if checkbox(ui, tick, say!("song-files-alone-hint"), shown.alone).clicked() {
                asked = Some(Files::Alone(!shown.alone));
            }
            let words = match exports.and_then(ExportComparison::louder) {
                Some(louder) if louder.0 >= 0.05 => {
                    say!("song-files-alone-louder", difference = format!("{louder:.1}"))
                }
                Some(louder) if louder.0 <= -0.05 => {
                    let difference = format!("{:.1}", Db(-louder.0));
                    say!("song-files-alone-quieter", difference = difference)
                }
                _ => say!("song-files-alone").to_string(),
            };
            let at = pos2(tick.right() + 8.0, tick.center().y);
            let font = (12.5, Weight::Regular);
            write(ui.painter(), at, Align2::LEFT_CENTER, words, font, theme::dim());
        }
        let lost = found.iter().any(|one| !one.state.sounds());
        let look = say!("song-files-look-in-folder");
        if lost && push(ui, button(172.0, 150.0), look, false).clicked() {
            asked = Some(Files::LocateIn);
        }
        let close = button(WIDTH - 110.0, 110.0);
        if push(ui, close, say!("common-close"), found.is_empty()).clicked() {
            asked = Some(Files::Done);
        }
    });
    if modal.should_close() {
        asked = Some(Files::Done);
    }
    if let Some(asked) = asked {
        seen.ask(asked);
    }
}

/// New exports that nobody has accepted yet.
fn new_exports<'a>(
    song: &'a OpenSong,
    found: &'a [&'a Found],
) -> impl Iterator<Item = FileOf> + 'a {
    let open = |of: &FileOf| file(&song.session, *of).is_some_and(|f| f.before.is_some());
    found.iter().map(|found| found.of).filter(move |of| open(of))
}

/// Row of one file. `copy`: a copy of the old content is kept. `heard`: whether the old content is
/// heard, while old and new are compared.
fn row(
    ui: &mut Ui,
    rect: Rect,
    song: &OpenSong,
    found: &Found,
    (copy, heard): (bool, Option<bool>),
    asked: &mut Option<Files>,
) {
    let inner = rect.shrink2(vec2(0.0, 2.0));
    ui.painter().rect_filled(inner, theme::RADIUS, theme::panel());
    let stem = match found.of {
        FileOf::Stem(id) => song.session.stem(id),
        _ => None,
    };
    let colour = stem.map_or(theme::dim(), theme::stem_colour);
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
    let words = format!("{} \u{b7} {}", said(song, found), found.file);
    write(&painter, at(34.0), Align2::LEFT_CENTER, words, (12.0, Weight::Regular), theme::dim());
    let button = |n: f32, width: f32| {
        let left = inner.right() - 8.0 - n;
        Rect::from_min_size(pos2(left - width, inner.center().y - 14.0), vec2(width, 28.0))
    };
    let accepted = file(&song.session, found.of).is_some_and(|file| file.before.is_none());
    match &found.state {
        State::Changed if accepted => {}
        State::Changed => {
            if push(ui, button(0.0, 110.0), say!("song-files-use-new"), false).clicked() {
                *asked = Some(Files::Accept(vec![found.of]));
            }
            match stem.filter(|_| copy) {
                None => {
                    if push(ui, button(118.0, 90.0), say!("song-files-locate"), false).clicked() {
                        *asked = Some(Files::Locate(found.of));
                    }
                }
                Some(stem) => {
                    let name = say!("song-files-use-old");
                    let use_old = push(ui, button(118.0, 104.0), name, false);
                    if use_old.on_hover_text(say!("song-files-use-old-hint")).clicked() {
                        *asked = Some(Files::UseOld(found.of));
                    }
                    let lit = heard.map_or(usize::MAX, usize::from);
                    let place = button(232.0, 104.0);
                    let names = [say!("song-files-play-new"), say!("song-files-play-old")];
                    if let Some(n) = segments(ui, place, &names, lit) {
                        *asked = Some(Files::Hear(stem.id, n == 1));
                    }
                }
            }
        }
        State::Half { .. } => {
            if push(ui, button(0.0, 90.0), say!("song-files-locate"), false).clicked() {
                *asked = Some(Files::Locate(found.of));
            }
        }
        State::Missing { .. } | State::Unreadable { .. } => {
            if push(ui, button(0.0, 90.0), say!("song-files-locate"), false).clicked() {
                *asked = Some(Files::Locate(found.of));
            }
            if copy && push(ui, button(212.0, 90.0), say!("song-files-put-back"), false).clicked() {
                *asked = Some(Files::PutBack(found.of));
            }
            let left = file(&song.session, found.of).is_some_and(|file| file.silent);
            let leave = say!("song-files-leave-silent");
            if !left && push(ui, button(98.0, 106.0), leave, false).clicked() {
                *asked = Some(Files::LeaveSilent(found.of));
            }
        }
        State::Same | State::Moved { .. } => {}
    }
}

/// The file's state in a few words, with changes of length and sample rate.
fn said(song: &OpenSong, found: &Found) -> String {
    let known = file(&song.session, found.of);
    match (&found.state, known) {
        (State::Changed, Some(file)) if file.before.is_none() => {
            say!("song-files-new-taken").into()
        }
        (State::Changed, Some(file)) => match (lengths(file), file.before.as_deref()) {
            (Some((new, old)), Some(before)) => {
                let same = (new.0 - old.0).abs() < 0.0005;
                let (old, new) = (format!("{old:.3}"), format!("{new:.3}"));
                let (from, to) = (before.info.sample_rate, file.info.sample_rate);
                let (before, after) = (from.to_string(), to.to_string());
                match (same, from == to) {
                    (true, true) => say!("song-files-again-same").into(),
                    (true, false) => {
                        say!("song-files-again-rate", before = before, after = after)
                    }
                    (false, true) => say!("song-files-again-length", old = old, new = new),
                    (false, false) => say!(
                        "song-files-again-both",
                        old = old,
                        new = new,
                        before = before,
                        after = after,
                    ),
                }
            }
            _ => say!("song-files-again").into(),
        },
        (State::Missing { silent: true, .. }, _) => say!("song-files-missing-silent").into(),
        (State::Missing { candidate: Some(other), .. }, _) => {
            say!("song-files-missing-candidate", place = other.as_str())
        }
        (State::Half { .. }, _) => say!("song-files-cut-off").into(),
        (state, _) => texts::word("file-state", state.word()).into(),
    }
}
