//! The Versions view: which stems each version holds, and what is cut from it or made clean.

use super::document::Document;
use super::icons::{self, Icon};
use super::theme::{self, Weight, write};
use super::{App, menu};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::session::version::{Selection, Version};
use crate::units::{Frames, Seconds};
use egui::{
    Align2, Rect, Role as WidgetRole, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

const FIRST: f32 = 220.0;
const HEAD: f32 = 66.0;
const ROW: f32 = 40.0;
const GAP: f32 = 8.0;
const LANE: f32 = 34.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    menu::heading(
        ui,
        rect,
        "Versions",
        "What each version holds. Click a cell to take a stem in or leave it out, a head to hear the version.",
    );
    let table = Rect::from_min_max(rect.min + vec2(24.0, 84.0), rect.max - vec2(24.0, 12.0));
    let mut inner = ui.new_child(UiBuilder::new().id_salt("versions").max_rect(table));
    inner.set_clip_rect(table.expand(2.0));
    ScrollArea::both().auto_shrink(false).show(&mut inner, |ui| {
        let Some(mut document) = app.document.take() else { return };
        matrix(&mut document, ui);
        app.document = Some(document);
    });
}

fn matrix(document: &mut Document, ui: &mut Ui) {
    let session = document.session.clone();
    let (stems, versions) = (&session.stems, &session.versions);
    let wanted = FIRST + versions.len() as f32 * (130.0 + GAP);
    let width = ui.available_width().max(wanted);
    let cell = ((width - FIRST) / versions.len().max(1) as f32 - GAP).min(210.0);
    let lanes = versions.iter().filter(|version| !version.cuts.is_empty() || version.clean);
    let lanes: Vec<&Version> = lanes.collect();
    let below = 44.0 + lanes.len() as f32 * (LANE + GAP);
    let height = HEAD + GAP + stems.len() as f32 * (ROW + GAP) + below + 16.0;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let x = |n: usize| rect.left() + FIRST + GAP + n as f32 * (cell + GAP);
    let y = |n: usize| rect.top() + HEAD + GAP + n as f32 * (ROW + GAP);
    for (n, version) in versions.iter().enumerate() {
        let area = Rect::from_min_size(pos2(x(n), rect.top()), vec2(cell, HEAD));
        if head(ui, area, &session, version, document.version == n) {
            document.version = n;
        }
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
            let held = version.holds(stem);
            let name = format!("{} in {}", stem.name, version.name);
            let salt = (stem.id.0, n);
            if tick(ui, area, salt, &name, held, stem.strip.mute) {
                toggle(document, n, stem.id);
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
        lane(ui, area, &session, version);
    }
}

/// Name, length and kind of a version; true when it is to be heard.
fn head(ui: &Ui, area: Rect, session: &Session, version: &Version, heard: bool) -> bool {
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
    let count = session.stems.iter().filter(|stem| version.holds(stem)).count();
    let state = if heard { " \u{b7} heard" } else { "" };
    let lines = [format!("{length} \u{b7} {count} stems"), format!("{}{state}", rule(version))];
    let at = |y: f32| pos2(area.left() + 14.0, area.top() + y);
    let font = (14.0, Weight::SemiBold);
    write(&clip, at(19.0), Align2::LEFT_CENTER, &version.name, font, theme::text());
    for (n, line) in lines.iter().enumerate() {
        let y = 38.0 + n as f32 * 16.0;
        write(&clip, at(y), Align2::LEFT_CENTER, line, (11.5, Weight::Regular), theme::dim());
    }
    response.clicked()
}

fn rule(version: &Version) -> &'static str {
    match (&version.stems, version.clean, version.cuts.is_empty()) {
        (_, true, _) => "clean",
        (_, _, false) => "shortened",
        (Selection::All, ..) => "everything",
        (Selection::Without { .. } | Selection::Only { .. }, ..) => "by role",
        (Selection::Stems { .. }, ..) => "by hand",
    }
}

/// A cell: in or out; true when it is to change.
fn tick(ui: &Ui, area: Rect, salt: (u32, usize), name: &str, held: bool, muted: bool) -> bool {
    let response = ui.interact(area, ui.scope_id().with(("cell", salt)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, held, name));
    let painter = ui.painter();
    if held {
        painter.rect_filled(area, theme::RADIUS, theme::raised());
    }
    let edge =
        if response.hovered() || response.has_focus() { theme::accent() } else { theme::raised() };
    painter.rect_stroke(area, theme::RADIUS, Stroke::new(1.0, edge), StrokeKind::Inside);
    let text = match (held, muted) {
        (true, true) => "muted",
        (true, false) => "in",
        (false, _) => "\u{2013}",
    };
    let colour = if held && !muted { theme::text() } else { theme::dim() };
    let at = area.center() + vec2(if held && !muted { 10.0 } else { 0.0 }, 0.0);
    write(painter, at, Align2::CENTER_CENTER, text, (12.5, Weight::Regular), colour);
    if held && !muted {
        icons::draw(painter, Icon::Check, area.center() - vec2(10.0, 0.0), theme::accent());
    }
    response.clicked()
}

/// Takes a stem into a version or leaves it out. From then on the version is a list of stems.
fn toggle(document: &mut Document, version: usize, stem: StemId) {
    let session = &document.session;
    let mut versions = session.versions.clone();
    let Some(changed) = versions.get_mut(version) else { return };
    let held = session.stems.iter().filter(|one| changed.holds(one) != (one.id == stem));
    let ids: Vec<StemId> = held.map(|one| one.id).collect();
    let everything = ids.len() == session.stems.len();
    changed.stems = if everything { Selection::All } else { Selection::Stems { ids } };
    document.edit_once(Edit::Versions(versions));
}

/// The song as a version plays it: what is left out, and what is treated.
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
    let held = session.stems.iter().filter(|stem| version.clean && version.holds(stem));
    let regions = held.flat_map(|stem| &stem.clean);
    for region in regions {
        painter.rect_filled(part(region.start, region.end), 2.0, theme::caution());
    }
    if version.cuts.is_empty() && session.stems.iter().all(|stem| stem.clean.is_empty()) {
        let text = "no clean region is set: it equals the full mix";
        let font = (11.5, Weight::Regular);
        write(&painter, song.center(), Align2::CENTER_CENTER, text, font, theme::text());
    }
}
