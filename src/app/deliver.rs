//! The Deliver view: a matrix of versions by masters, one cell for each file, with the render
//! progress below and the panel of the package beside it.

mod cell;
mod heads;
mod include;
mod panel;

pub use include::stem_export;

use super::deeds::{Make, RenderKind};
use super::delivering::{CellKey, Made, Outcome};
use super::menu;
use super::open_song::OpenSong;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write, write_within};
use super::widgets::{part, push};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::Master;
use crate::session::version::Version;
use crate::texts::{self, say};
use crate::units::{Lufs, sentence};
use egui::{Align2, Rect, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};
use heads::{HeadLines, column_head, column_lines, row_head};
use std::collections::HashMap;

const PANEL: f32 = 400.0;
const FIRST: f32 = 200.0;
const GAP: f32 = 10.0;
const HEAD: f32 = 70.0;
const ROW: f32 = 84.0;
/// Height of the bar with the progress and the button that exports.
const BAR: f32 = 64.0;
/// Smallest width of a cell, in points.
const CELL: f32 = 156.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let panel = PANEL.min((rect.width() * 0.3).max(236.0));
    let left = Rect::from_min_max(rect.min, pos2(rect.right() - panel, rect.bottom()));
    let right = Rect::from_min_max(pos2(left.right(), rect.top()), rect.max);
    menu::heading(ui, left, say!("deliver-heading"), say!("deliver-heading-hint"));
    let made = seen.delivering.made(song);
    // The bar lies below the table, and at the foot of the view where the table is longer.
    let foot = left.bottom() - 12.0 - BAR - GAP;
    let table = Rect::from_min_max(left.min + vec2(24.0, 84.0), pos2(left.right() - 24.0, foot));
    let grid = Grid::of(song, ui, table.width());
    let mut inner = ui.new_child(UiBuilder::new().id_salt("matrix").max_rect(table));
    inner.set_clip_rect(table.expand(2.0));
    egui::ScrollArea::both().auto_shrink(false).show_viewport(&mut inner, |ui, viewport| {
        matrix(seen, song, &made, &grid, ui, viewport.top());
    });
    // Its texts and buttons have room below the narrowest table, too.
    let right_end = (table.left() + grid.size.x.max(640.0)).min(table.right());
    let top = (table.top() + grid.size.y).min(foot) + 8.0;
    let bar = Rect::from_min_max(pos2(table.left(), top), pos2(right_end, top + BAR));
    progress(seen, song, &mut panels.pack, ui, bar);
    part(ui, "delivery", right, |ui| panel::show(seen, song, &made, panels, ui, right));
}

/// Measures of the table.
struct Grid {
    /// Height of the heads of the columns.
    head: f32,
    /// Width of a cell.
    width: f32,
    /// Of the whole table.
    size: Vec2,
}

impl Grid {
    fn of(song: &OpenSong, ui: &Ui, room: f32) -> Self {
        let session = &song.session;
        let (rows, columns) = (session.versions.len() as f32, session.masters.len() as f32);
        let room = room.max(FIRST + columns * (CELL + GAP));
        let width = ((room - FIRST) / columns.max(1.0) - GAP).min(226.0);
        let lines = session
            .masters
            .iter()
            .map(|master| HeadLines::of(ui, width, &column_lines(session, master)).lines.len());
        // A third line needs room of its own.
        let head = if lines.max() > Some(2) { HEAD + 10.0 } else { HEAD };
        let size = vec2(FIRST + columns * (GAP + width), head + GAP + rows * (ROW + GAP));
        Self { head, width, size }
    }
}

/// Includes cells in the render (`on`) or leaves them out.
fn include(seen: &Seen<'_>, session: &Session, cells: &[(VersionId, MasterId)], on: bool) {
    let mut delivery = session.delivery.clone();
    delivery.left_out.retain(|cell| !cells.contains(cell));
    if !on {
        delivery.left_out.extend(cells.iter().cloned());
    }
    seen.edit(Edit::Delivery(Box::new(delivery)));
}

/// The table, scrolled down by `scrolled` points: the heads of its columns stay.
fn matrix(
    seen: &Seen<'_>,
    song: &OpenSong,
    made: &HashMap<CellKey, Made<'_>>,
    grid: &Grid,
    ui: &mut Ui,
    scrolled: f32,
) {
    let session = &song.session;
    let (rect, _) = ui.allocate_exact_size(grid.size, egui::Sense::hover());
    let x = |n: usize| rect.left() + FIRST + GAP + n as f32 * (grid.width + GAP);
    let y = |n: usize| rect.top() + grid.head + GAP + n as f32 * (ROW + GAP);
    let heads = rect.top() + scrolled.max(0.0);
    for (n, master) in session.masters.iter().enumerate() {
        let area = Rect::from_min_size(pos2(x(n), heads), vec2(grid.width, grid.head));
        column_head(seen, session, ui, area, master);
    }
    let mut below = ui.clip_rect();
    below.min.y = below.top().max(heads + grid.head + 2.0);
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("rows").max_rect(rect));
    ui.set_clip_rect(below);
    for (n, version) in session.versions.iter().enumerate() {
        let area = Rect::from_min_size(pos2(rect.left(), y(n)), vec2(FIRST, ROW));
        row_head(seen, session, ui, area, version);
        for (m, master) in session.masters.iter().enumerate() {
            let area = Rect::from_min_size(pos2(x(m), y(n)), vec2(grid.width, ROW));
            let made = made.get(&(version.id.clone(), master.id.clone()));
            cell::show(seen, song, ui, area, version, master, made);
        }
    }
}

/// Title, subtitle and completed share (0 to 1) of the render or delivery.
fn words(seen: &Seen<'_>, song: &OpenSong) -> (String, String, f32) {
    let session = &song.session;
    let Some(render) = &seen.delivering.render else {
        let title = say!("deliver-files", count = session.included().count());
        return (title, say!("deliver-nothing-overwritten").to_string(), 0.0);
    };
    if let Some(outcome) = render.outcome {
        let ending = || render.ending.clone().unwrap_or_default();
        let (title, text) = match (outcome, render.kind) {
            (Outcome::Done, _) => (say!("deliver-done"), ending()),
            (Outcome::Failed, _) => (say!("deliver-failed"), ending()),
            (Outcome::Cancelled, RenderKind::Package) => {
                (say!("deliver-cancelled"), say!("deliver-cancelled-package").into())
            }
            (Outcome::Cancelled, RenderKind::Masters) => {
                (say!("deliver-cancelled"), say!("deliver-cancelled-files").into())
            }
        };
        return (title.to_string(), text, 1.0);
    }
    let (done, all) = render.count();
    let title = match render.stage {
        Some(stage) if done == all => sentence(texts::word("stage", stage)),
        _ => {
            let number = (done + 1).min(all.max(1));
            say!("deliver-rendering-number", number = number, count = all)
        }
    };
    let overall = render.overall;
    let left = overall.and_then(|overall| overall.left).map(|left| left.as_secs_f64().ceil());
    let speed = overall.map_or(0.0, |overall| {
        let audio = song.length().seconds(session.sample_rate).0;
        audio * all as f64 * f64::from(overall.fraction) / overall.elapsed.as_secs_f64().max(0.05)
    });
    let speed = format!("{speed:.0}");
    let subtitle = match left {
        Some(left) => {
            say!("deliver-speed-left", speed = speed, seconds = format!("{left:.0}"))
        }
        None => say!("deliver-speed", speed = speed),
    };
    (title, subtitle, overall.map_or(0.0, |o| o.fraction))
}

fn progress(seen: &Seen<'_>, song: &OpenSong, pack: &mut bool, ui: &mut Ui, bar: Rect) {
    ui.painter().rect_filled(bar, theme::RADIUS, theme::panel());
    let painter = ui.painter().clone();
    let at = |y: f32| pos2(bar.left() + 16.0, bar.top() + y);
    let place = |right: f32, width: f32| {
        let middle = pos2(bar.right() - right - 0.5 * width, bar.center().y);
        Rect::from_center_size(middle, vec2(width, 32.0))
    };
    let button = place(18.0, 94.0);
    let running = seen.delivering.is_running();
    let (title, subtitle, fraction) = words(seen, song);
    write(&painter, at(23.0), Align2::LEFT_CENTER, title, (14.0, Weight::SemiBold), theme::text());
    let made = !running && seen.delivering.render.is_some();
    let tick = place(124.0, 158.0);
    let open = place(294.0, 108.0);
    let end = match (running, made) {
        (true, _) => button.left(),
        (_, true) => open.left(),
        (_, false) => tick.left(),
    } - 12.0;
    let width = end - at(44.0).x;
    write_within(&painter, at(44.0), width, subtitle, (12.0, Weight::Regular), theme::dim());
    let track = Rect::from_min_max(
        pos2(bar.left() + 190.0, bar.center().y - 3.0),
        pos2(button.left() - 110.0, bar.center().y + 3.0),
    );
    if running {
        painter.rect_filled(track, 3.0, theme::background());
        let filled = Rect::from_min_size(track.min, vec2(track.width() * fraction, track.height()));
        painter.rect_filled(filled, 3.0, theme::accent());
        if push(ui, button, say!("common-cancel"), false).clicked() {
            seen.ask(Make::Cancel);
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        return;
    }
    if include::line(ui, tick, say!("deliver-pack"), *pack) {
        *pack = !*pack;
    }
    let export = push(ui, button, say!("deliver-export"), true);
    let what = match *pack {
        true => say!("deliver-export-package-hint"),
        false => say!("deliver-export-masters-hint"),
    };
    if export.on_hover_text(what).clicked() {
        let kind = if *pack { RenderKind::Package } else { RenderKind::Masters };
        seen.ask(Make::Begin(kind));
    }
    if made && push(ui, open, say!("deliver-open-folder"), false).clicked() {
        seen.ask(Make::OpenFolder);
    }
}

/// Draws a line of text in a raised field.
fn field(ui: &Ui, rect: Rect, text: &str) {
    ui.painter().rect_filled(rect, 6.0, theme::raised());
    let inside = rect.shrink2(vec2(6.0, 0.0)).intersect(ui.clip_rect());
    let clip = ui.painter().with_clip_rect(inside);
    write(
        &clip,
        pos2(rect.left() + 12.0, rect.center().y),
        Align2::LEFT_CENTER,
        text,
        (13.0, Weight::Regular),
        theme::text(),
    );
}

fn outlined(ui: &Ui, rect: Rect, colour: egui::Color32) {
    ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, colour), StrokeKind::Inside);
}

/// Loudness that a master would reach, if `version` is the one that is measured.
fn predicted(seen: &Seen<'_>, song: &OpenSong, version: &Version, master: &Master) -> Option<Lufs> {
    let current = song.session.versions.get(song.version)?;
    let figures = seen.measured.figures.as_ref().filter(|_| current.id == version.id)?;
    Some(figures.predict(&song.session, master)?.loudness)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::deeds::Deed;
    use crate::app::delivering::{Delivering, Render};
    use crate::app::drawn::World;
    use crate::app::preferences::Preferences;
    use crate::session::history::tests::song;
    use crate::units::SampleRate;
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;
    use std::cell::RefCell;

    /// The deeds that a click on a button asks for.
    fn asked(render: Option<Render>, pack: bool, button: &str) -> Vec<Deed> {
        let session = Session::new("Blue Sky", SampleRate(48_000));
        let song = Some(OpenSong::new(session, "/songs/BlueSky.stemwright".into()));
        let delivering = Delivering { render, ..Delivering::default() };
        let world = World { song, delivering, ..World::default() };
        let mut panels = Panels::new(Preferences::default());
        panels.pack = pack;
        let asked = RefCell::<Vec<Deed>>::default();
        let mut harness = Harness::builder()
            .with_size(vec2(1600.0, 1000.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let seen = world.seen();
                let rect = ui.max_rect();
                show(&seen, &mut panels, ui, rect);
                asked.borrow_mut().extend(seen.asked.into_inner());
            });
        harness.run_steps(2);
        harness.get_by_label(button).click();
        harness.run_steps(2);
        drop(harness);
        asked.into_inner()
    }

    #[test]
    fn a_render_is_begun_cancelled_and_looked_at() {
        let begun = asked(None, true, "Export");
        assert!(
            matches!(begun.as_slice(), [Deed::Make(Make::Begin(RenderKind::Package))]),
            "{begun:?}"
        );
        let begun = asked(None, false, "Export");
        assert!(
            matches!(begun.as_slice(), [Deed::Make(Make::Begin(RenderKind::Masters))]),
            "{begun:?}"
        );
        let mut running = Render::begun(RenderKind::Package, "/out".into(), None);
        let cancelled = asked(Some(running.clone()), true, "Cancel");
        assert!(matches!(cancelled.as_slice(), [Deed::Make(Make::Cancel)]), "{cancelled:?}");
        running.end(Outcome::Failed, "the disk is full".into(), None);
        let opened = asked(Some(running), true, "Open folder");
        assert!(matches!(opened.as_slice(), [Deed::Make(Make::OpenFolder)]), "{opened:?}");
    }

    #[test]
    fn the_bar_stays_in_sight_and_the_heads_of_the_columns_too() {
        // What the top bar and the tabs leave of the window.
        for size in [vec2(1024.0, 603.0), vec2(1280.0, 623.0), vec2(1600.0, 903.0)] {
            let world = World::of(song());
            let mut panels = Panels::new(Preferences::default());
            let mut harness = Harness::builder()
                .with_size(size)
                .with_context_setup(theme::apply)
                .build_ui(|ui| {
                    let rect = ui.max_rect();
                    show(&world.seen(), &mut panels, ui, rect);
                });
            harness.run_steps(2);
            let scroll = |harness: &mut Harness<'_>, by: f32| {
                harness.event(egui::Event::PointerMoved(pos2(300.0, 300.0)));
                harness.event(egui::Event::MouseWheel {
                    unit: egui::MouseWheelUnit::Point,
                    delta: vec2(0.0, by),
                    phase: egui::TouchPhase::Move,
                    source: egui::MouseWheelSource::Unknown,
                    modifiers: egui::Modifiers::NONE,
                });
                harness.run_steps(10);
            };
            let head = harness.get_by_label_contains("Streaming: ").rect();
            for by in [0.0, -200.0] {
                scroll(&mut harness, by);
                let window = Rect::from_min_size(pos2(0.0, 0.0), size);
                for name in ["Export", "Pack for delivery"] {
                    let rect = harness.get_all_by_label(name).next().unwrap().rect();
                    assert!(window.contains_rect(rect), "{size}: {name} at {rect}");
                }
                assert_eq!(harness.get_by_label_contains("Streaming: ").rect(), head, "{size}");
            }
        }
    }
}
