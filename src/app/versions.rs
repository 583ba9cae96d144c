//! The Versions view: a matrix of stems × versions, the cuts and clean regions of each version, and
//! panels for length and lyrics.

mod add;
mod cell;
mod lyrics;
mod map;
mod radio;
mod words;

use super::deeds::Choice;
use super::icons::{self, Icon};
use super::open_song::OpenSong;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write, write_within};
use crate::app::panels::versions::VersionsPanel;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::Stem;
use crate::session::version::{Selection, Version};
use crate::texts::say;
use crate::units::{Db, Frames, Seconds};
use cell::Cell;
use egui::{
    Align2, Color32, Rect, Role as WidgetRole, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

const FIRST: f32 = 192.0;
const HEAD: f32 = 60.0;
const ROW: f32 = 29.0;
const GAP: f32 = 6.0;
const MARGIN: f32 = 18.0;
/// Greatest width of a cell, in points: wider, the marks in it are no easier to tell apart.
const WIDEST: f32 = 480.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let own = &mut panels.versions;
    let at = pos2(rect.left() + MARGIN, rect.top() + 24.0);
    let font = (16.0, Weight::SemiBold);
    let title = say!("versions-title");
    let title = write(ui.painter(), at, Align2::LEFT_CENTER, title, font, theme::text());
    let button =
        Rect::from_min_size(rect.right_top() + vec2(-MARGIN - 150.0, 8.0), vec2(150.0, 32.0));
    let from = pos2(title.right() + 12.0, at.y + 1.0);
    let hint = say!("versions-hint");
    let font = (12.0, Weight::Regular);
    write_within(ui.painter(), from, button.left() - 12.0 - from.x, hint, font, theme::dim());
    add::button(seen, own, ui, button);
    let inner = rect.shrink2(vec2(MARGIN, 14.0));
    // In a low window the panels scroll together with the matrix.
    let low = rect.height() < 640.0;
    let wanted = HEAD + GAP + song.session.stems.len() as f32 * (ROW + GAP) + 8.0;
    let room = rect.height() - 50.0 - 14.0;
    let panels = if low { 0.0 } else { (room - wanted).max(330.0) };
    let table = Rect::from_min_max(
        pos2(inner.left(), rect.top() + 50.0),
        pos2(inner.right(), inner.bottom() - panels),
    );
    let mut upper = ui.new_child(UiBuilder::new().id_salt("versions").max_rect(table));
    upper.set_clip_rect(table.expand(2.0));
    ScrollArea::both().auto_shrink(false).show(&mut upper, |ui| {
        matrix(seen, song, own, ui);
        if low {
            ui.set_max_width(table.width() - 12.0);
            ui.add_space(12.0);
            map::show(seen, song, own, ui);
            radio::show(seen, song, own, ui);
            ui.add_space(12.0);
            words::show(seen, song, own, ui, None);
        }
    });
    add::naming(seen, song, own, ui);
    if low {
        return;
    }
    let split = inner.left() + (inner.width() - 14.0) * 0.6;
    let top = inner.bottom() - panels + 12.0;
    for (n, name) in ["radio", "words"].into_iter().enumerate() {
        let area = match n {
            0 => Rect::from_min_max(pos2(inner.left(), top), pos2(split, inner.bottom())),
            _ => Rect::from_min_max(pos2(split + 14.0, top), inner.max),
        };
        ui.painter().rect_filled(area, theme::RADIUS + 2.0, theme::panel());
        let room = area.shrink2(vec2(16.0, 12.0));
        let mut part = ui.new_child(UiBuilder::new().id_salt(name).max_rect(room));
        part.set_clip_rect(area);
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(&mut part, |ui| {
            ui.set_max_width(room.width() - 8.0);
            match n {
                0 => {
                    map::show(seen, song, own, ui);
                    ui.add_space(8.0);
                    radio::show(seen, song, own, ui);
                }
                _ => words::show(seen, song, own, ui, Some(room.bottom())),
            }
        });
    }
}

fn matrix(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    let session = &song.session;
    let stems = &session.stems;
    let versions: Vec<Version> = session.versions.iter().map(|v| session.resolved(v)).collect();
    let versions = versions.as_slice();
    let wanted = FIRST + versions.len() as f32 * (118.0 + GAP);
    let width = ui.available_width().max(wanted);
    let cell = ((width - FIRST) / versions.len().max(1) as f32 - GAP - 1.0).min(WIDEST);
    let height = HEAD + GAP + stems.len() as f32 * (ROW + GAP) + 2.0;
    let length = session.length().seconds(session.sample_rate).0.max(1e-3);
    let share = |from: Seconds, to: Seconds| (from.0 / length) as f32..(to.0 / length) as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let x = |n: usize| rect.left() + FIRST + GAP + n as f32 * (cell + GAP);
    let y = |n: usize| rect.top() + HEAD + GAP + n as f32 * (ROW + GAP);
    for (n, version) in versions.iter().enumerate() {
        let area = Rect::from_min_size(pos2(x(n), rect.top()), vec2(cell, HEAD));
        let response = head(ui, area, session, version, song.version == n);
        if response.clicked() {
            seen.ask(Choice::Version(n));
        }
        response.context_menu(|ui| add::options(seen, session, own, ui, n));
    }
    for (row, stem) in stems.iter().enumerate() {
        let area = Rect::from_min_size(pos2(rect.left(), y(row)), vec2(FIRST, ROW));
        ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
        let edge = Rect::from_min_size(area.min, vec2(4.0, ROW));
        ui.painter().rect_filled(edge, 2.0, theme::stem_colour(stem));
        let at = |x: f32| pos2(area.left() + x, area.center().y);
        let clip = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let number = format!("{:02}", row + 1);
        write(&clip, at(16.0), Align2::LEFT_CENTER, number, (12.0, Weight::Regular), theme::dim());
        let font = (13.5, Weight::Medium);
        write_within(&clip, at(42.0), FIRST - 50.0, &stem.name, font, theme::text());
        for (n, version) in versions.iter().enumerate() {
            let area = Rect::from_min_size(pos2(x(n), y(row)), vec2(cell, ROW));
            let regions = stem.clean.iter().filter(|_| version.clean);
            let cell = Cell {
                name: say!("versions-cell", stem = &stem.name, version = &version.name),
                level: version.level(stem),
                muted: stem.strip.mute,
                colour: theme::stem_colour(stem),
                cuts: version.cuts.iter().map(|cut| share(cut.start, cut.end)).collect(),
                clean: regions.map(|region| share(region.start, region.end)).collect(),
            };
            if let Some(level) = cell::show(ui, area, (stem.id.0, n), &cell) {
                set_level(seen, session, n, stem, level);
            }
        }
    }
}

/// Header of a column: name, length, number of stems and kind of a version.
fn head(ui: &Ui, area: Rect, session: &Session, version: &Version, heard: bool) -> egui::Response {
    let id = ui.scope_id().with(("head", &version.id));
    let response = ui.interact(area, id, Sense::click());
    let words = say!("versions-play", version = &version.name);
    response.widget_info(|| WidgetInfo::selected(WidgetRole::RadioButton, true, heard, &words));
    let fill = if response.hovered() { theme::raised() } else { theme::panel() };
    ui.painter().rect_filled(area, theme::RADIUS, fill);
    if heard || response.has_focus() {
        let stroke = Stroke::new(1.0, theme::accent());
        ui.painter().rect_stroke(area, theme::RADIUS, stroke, StrokeKind::Inside);
    }
    let clip = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    let rate = session.sample_rate;
    let whole = session.length().0;
    let length = version.length(Frames(whole), rate).seconds(rate);
    let at = |y: f32| pos2(area.left() + 12.0, area.top() + y);
    let width = area.width() - if heard { 40.0 } else { 20.0 };
    let font = (13.0, Weight::SemiBold);
    write_within(&clip, at(20.0), width, &version.name, font, theme::text());
    let length = length.to_string();
    let time = match version.goal {
        Some(goal) => say!("versions-length-of-goal", length = length, goal = goal.to_string()),
        None => length,
    };
    let shown =
        write(&clip, at(40.0), Align2::LEFT_CENTER, time, (12.0, Weight::SemiBold), theme::text());
    let (rule, colour) = rule(session, version);
    let from = pos2(shown.right() + 6.0, at(40.0).y);
    let width = area.right() - 8.0 - from.x;
    write_within(&clip, from, width, rule, (12.0, Weight::Regular), colour);
    if heard {
        let middle = pos2(area.right() - 20.0, area.top() + 20.0);
        icons::draw(&clip, Icon::Play, middle, theme::accent());
    }
    response
}

/// Kind of a version, in a word or two, and its colour: orange while words are not decided.
fn rule(session: &Session, version: &Version) -> (String, Color32) {
    let dim = theme::dim();
    if let Some(lyrics) = session.lyrics.as_ref().filter(|_| version.clean) {
        let explicit = lyrics.words.iter().filter(|word| word.verdict.is_some()).count();
        let open = lyrics.open().count();
        if open > 0 {
            let decided = explicit - open;
            let text = say!("versions-words-decided", decided = decided, count = explicit);
            return (text, theme::caution());
        }
    }
    let joins = version.cuts.len();
    let muted = version.muted_numbers(&session.stems);
    let text = match (&version.stems, version.clean, joins) {
        (_, true, 0) => say!("versions-clean").into(),
        (_, true, joins) => say!("versions-clean-joins", count = joins),
        (_, false, joins) if joins > 0 => say!("versions-joins", count = joins),
        _ if version.fade.is_some() => say!("versions-fades-out").into(),
        _ if !version.levels.is_empty() => say!("versions-own-levels").into(),
        // The words of Deliver: what is muted in the mix is in no file.
        (Selection::All, ..) if !muted.is_empty() => {
            return (say!("deliver-row-without-muted", numbers = muted), theme::caution());
        }
        (Selection::All, ..) => say!("versions-everything").into(),
        (Selection::Without { .. } | Selection::Only { .. }, ..) => {
            let held = version.held(&session.stems).count();
            say!("versions-stems-held", held = held, count = session.stems.len())
        }
        (Selection::Stems { .. }, ..) => say!("versions-by-hand").into(),
    };
    if !muted.is_empty() {
        return (say!("deliver-row-and-muted", content = text, numbers = muted), theme::caution());
    }
    (text, dim)
}

/// Sets the level of a stem in version `n`; `None` leaves the stem out.
fn set_level(seen: &Seen<'_>, session: &Session, n: usize, stem: &Stem, level: Option<Db>) {
    let mut versions = session.versions.clone();
    let Some(version) = versions.get_mut(n) else { return };
    version.set_level(stem, level);
    seen.edit(Edit::Versions(versions));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    #[test]
    fn a_version_says_what_is_muted_in_it() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![stem(1), stem(2)];
        let full = session.versions.first().unwrap().clone();
        assert_eq!(rule(&session, &full).0, "everything");
        session.stems[1].strip.mute = true;
        assert_eq!(rule(&session, &full).0, "without 02 (muted)");
    }
}
