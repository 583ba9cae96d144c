//! The Versions view: a matrix of stems × versions, the cuts and clean regions of each version, and
//! panels for length and lyrics.

mod add;
mod cell;
mod radio;
mod words;

use super::deeds::Choice;
use super::menu;
use super::open_song::OpenSong;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use crate::app::panels::versions::VersionsPanel;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::Stem;
use crate::session::version::{Selection, Version};
use crate::units::{Db, Frames, Seconds, counted};
use egui::{
    Align2, Rect, Role as WidgetRole, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

const FIRST: f32 = 220.0;
const HEAD: f32 = 66.0;
const ROW: f32 = 40.0;
const GAP: f32 = 8.0;
const LANE: f32 = 34.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let own = &mut panels.versions;
    let left = Rect::from_min_max(rect.min, rect.max - vec2(190.0, 0.0));
    menu::heading(
        ui,
        left,
        "Versions",
        "What each version holds. Click a cell to take a stem in or leave it out, right-click it for a level, click a head to hear the version.",
    );
    let button = Rect::from_min_size(rect.right_top() + vec2(-184.0, 18.0), vec2(160.0, 32.0));
    add::button(seen, own, ui, button);
    let inner = rect.shrink2(vec2(24.0, 12.0));
    // In a low window the panels scroll together with the matrix.
    let low = rect.height() < 640.0;
    let panels = if low { 0.0 } else { (rect.height() * 0.42).clamp(300.0, 420.0) };
    let table = Rect::from_min_max(
        pos2(inner.left(), rect.top() + 84.0),
        pos2(inner.right(), inner.bottom() - panels),
    );
    let mut upper = ui.new_child(UiBuilder::new().id_salt("versions").max_rect(table));
    upper.set_clip_rect(table.expand(2.0));
    ScrollArea::both().auto_shrink(false).show(&mut upper, |ui| {
        matrix(seen, song, own, ui);
        if low {
            ui.set_max_width(table.width() - 12.0);
            ui.add_space(12.0);
            radio::show(seen, song, own, ui);
            ui.add_space(12.0);
            words::show(seen, song, own, ui);
        }
    });
    add::naming(seen, song, own, ui);
    if low {
        return;
    }
    let half = (inner.width() - 16.0) / 2.0;
    for (n, name) in ["radio", "words"].into_iter().enumerate() {
        let left = inner.left() + n as f32 * (half + 16.0);
        let area = Rect::from_min_max(
            pos2(left, inner.bottom() - panels + 12.0),
            pos2(left + half, inner.bottom()),
        );
        ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
        let room = area.shrink2(vec2(16.0, 12.0));
        let mut part = ui.new_child(UiBuilder::new().id_salt(name).max_rect(room));
        part.set_clip_rect(area);
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(&mut part, |ui| {
            ui.set_max_width(room.width() - 8.0);
            match n {
                0 => radio::show(seen, song, own, ui),
                _ => words::show(seen, song, own, ui),
            }
        });
    }
}

fn matrix(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    let session = &song.session;
    let stems = &session.stems;
    let versions: Vec<Version> = session.versions.iter().map(|v| session.resolved(v)).collect();
    let versions = versions.as_slice();
    let wanted = FIRST + versions.len() as f32 * (130.0 + GAP);
    let width = ui.available_width().max(wanted);
    let cell = ((width - FIRST) / versions.len().max(1) as f32 - GAP).min(210.0);
    let lanes = versions.iter().filter(|version| !version.is_whole() || version.clean);
    let lanes: Vec<&Version> = lanes.collect();
    let below = 44.0 + lanes.len() as f32 * (LANE + GAP);
    let height = HEAD + GAP + stems.len() as f32 * (ROW + GAP) + below + 16.0;
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
        ui.painter().rect_filled(edge, 2.0, theme::role_colour(stem.role));
        let at = |x: f32| pos2(area.left() + x, area.center().y);
        let clip = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let number = format!("{:02}", row + 1);
        write(&clip, at(16.0), Align2::LEFT_CENTER, number, (12.0, Weight::Regular), theme::dim());
        write(
            &clip,
            at(42.0),
            Align2::LEFT_CENTER,
            &stem.name,
            (13.5, Weight::Medium),
            theme::text(),
        );
        for (n, version) in versions.iter().enumerate() {
            let area = Rect::from_min_size(pos2(x(n), y(row)), vec2(cell, ROW));
            let level = version.level(stem);
            let name = format!("{} in {}", stem.name, version.name);
            let salt = (stem.id.0, n);
            if let Some(level) = cell::show(ui, area, salt, &name, level, stem.strip.mute) {
                set_level(seen, session, n, stem, level);
            }
        }
    }
    let top = y(stems.len()) + 20.0;
    if !lanes.is_empty() {
        let at = pos2(rect.left(), top);
        let font = (14.0, Weight::SemiBold);
        write(ui.painter(), at, Align2::LEFT_CENTER, "Cuts and clean regions", font, theme::text());
    }
    for (n, version) in lanes.into_iter().enumerate() {
        let at = top + 18.0 + n as f32 * (LANE + GAP);
        let right = x(versions.len().saturating_sub(1)) + cell;
        let area = Rect::from_min_max(pos2(rect.left(), at), pos2(right, at + LANE));
        lane(ui, area, session, version);
    }
}

/// Header of a column: name, length, number of stems and kind of a version.
fn head(ui: &Ui, area: Rect, session: &Session, version: &Version, heard: bool) -> egui::Response {
    let id = ui.scope_id().with(("head", &version.id));
    let response = ui.interact(area, id, Sense::click());
    let words = format!("Hear {}", version.name);
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
    let count = version.held(&session.stems).count();
    let state = if heard { " \u{b7} heard" } else { "" };
    let goal = version.goal.map_or(String::new(), |goal| format!(" of {goal}"));
    let lines = [
        format!("{length}{goal} \u{b7} {}", counted(count, "stem")),
        format!("{}{state}", rule(version)),
    ];
    let at = |y: f32| pos2(area.left() + 14.0, area.top() + y);
    let font = (14.0, Weight::SemiBold);
    write(&clip, at(19.0), Align2::LEFT_CENTER, &version.name, font, theme::text());
    for (n, line) in lines.iter().enumerate() {
        let y = 38.0 + n as f32 * 16.0;
        write(&clip, at(y), Align2::LEFT_CENTER, line, (11.5, Weight::Regular), theme::dim());
    }
    response
}

/// Kind of a version, in a word or two.
fn rule(version: &Version) -> &'static str {
    match (&version.stems, version.clean, version.is_whole()) {
        (_, true, false) => "clean, shortened",
        (_, true, true) => "clean",
        (_, _, false) => "shortened",
        _ if !version.levels.is_empty() => "own levels",
        (Selection::All, ..) => "everything",
        (Selection::Without { .. } | Selection::Only { .. }, ..) => "by role",
        (Selection::Stems { .. }, ..) => "by hand",
    }
}

/// Sets the level of a stem in version `n`; `None` leaves the stem out.
fn set_level(seen: &Seen<'_>, session: &Session, n: usize, stem: &Stem, level: Option<Db>) {
    let mut versions = session.versions.clone();
    let Some(version) = versions.get_mut(n) else { return };
    version.set_level(stem, level);
    seen.edit(Edit::Versions(versions));
}

/// Bar of the whole song with the cuts, the fade and the clean regions of a version.
fn lane(ui: &Ui, area: Rect, session: &Session, version: &Version) {
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, theme::RADIUS, theme::panel());
    let at = pos2(area.left() + 16.0, area.center().y);
    let font = (13.0, Weight::Medium);
    write(&painter, at, Align2::LEFT_CENTER, &version.name, font, theme::text());
    let song = Rect::from_min_max(
        pos2(area.left() + FIRST + GAP, area.top() + 6.0),
        pos2(area.right() - 8.0, area.bottom() - 6.0),
    );
    painter.rect_filled(song, 3.0, theme::mixed(theme::accent(), 0.28, theme::background()));
    let length = session.length().seconds(session.sample_rate).0.max(1e-3);
    let x = |time: Seconds| song.left() + song.width() * (time.0 / length) as f32;
    let part = |from, to| {
        Rect::from_min_max(pos2(x(from), song.top()), pos2(x(to).max(x(from) + 2.0), song.bottom()))
    };
    for cut in &version.cuts {
        let part = part(cut.start, cut.end);
        painter.rect_filled(part, 0.0, theme::background());
        let clip = painter.with_clip_rect(part);
        let text = format!("cut {}\u{2013}{}", cut.start, cut.end);
        let font = (11.0, Weight::Regular);
        write(&clip, part.center(), Align2::CENTER_CENTER, text, font, theme::dim());
    }
    if let Some(fade) = version.fade {
        let after = Seconds(length);
        painter.rect_filled(part(fade.end, after), 0.0, theme::background());
        let (from, to) =
            (part(fade.start, fade.end).left_top(), part(fade.start, fade.end).right_bottom());
        painter.line_segment([from, to], Stroke::new(1.5, theme::text()));
    }
    let held = session.stems.iter().filter(|stem| version.clean && version.holds(stem));
    let regions = held.flat_map(|stem| &stem.clean);
    for region in regions {
        painter.rect_filled(part(region.start, region.end), 2.0, theme::caution());
    }
    if version.is_whole() && session.stems.iter().all(|stem| stem.clean.is_empty()) {
        let text = "no clean region is set: it equals the full mix";
        let font = (11.5, Weight::Regular);
        write(&painter, song.center(), Align2::CENTER_CENTER, text, font, theme::text());
    }
}
