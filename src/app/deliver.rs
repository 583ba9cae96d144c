//! The Deliver view: a matrix of versions by masters, one cell for each file, with the render
//! progress below and the panel of the package beside it.

mod cell;
mod include;
mod panel;

pub use include::stem_export;

use super::deeds::{Make, RenderKind};
use super::menu;
use super::open_song::OpenSong;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write, write_fitted, write_within};
use super::widgets::{checkbox, part, push};
use crate::media::sink::FileFormat;
use crate::media::writer::BitDepth;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::{Master, RateRule};
use crate::session::version::{Selection, Version};
use crate::texts::{self, say};
use crate::units::{Lufs, SampleRate, sentence};
use egui::{Align2, Rect, Response, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const PANEL: f32 = 400.0;
const FIRST: f32 = 200.0;
const GAP: f32 = 10.0;
const HEAD: f32 = 70.0;
const ROW: f32 = 84.0;
/// Smallest width of a cell, in points.
const CELL: f32 = 156.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let panel = PANEL.min((rect.width() * 0.3).max(236.0));
    let left = Rect::from_min_max(rect.min, pos2(rect.right() - panel, rect.bottom()));
    let right = Rect::from_min_max(pos2(left.right(), rect.top()), rect.max);
    menu::heading(ui, left, say!("deliver-heading"), say!("deliver-heading-hint"));
    let table = Rect::from_min_max(left.min + vec2(24.0, 84.0), left.max - vec2(24.0, 12.0));
    let mut inner = ui.new_child(UiBuilder::new().id_salt("matrix").max_rect(table));
    inner.set_clip_rect(table.expand(2.0));
    egui::ScrollArea::both()
        .auto_shrink(false)
        .show(&mut inner, |ui| matrix(seen, song, panels, ui));
    part(ui, "delivery", right, |ui| panel::show(seen, song, panels, ui, right));
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

fn matrix(seen: &Seen<'_>, song: &OpenSong, panels: &mut Panels, ui: &mut Ui) {
    let session = &song.session;
    let next = seen.delivering.next(song, panels.export());
    let (versions, masters) = (&session.versions, &session.masters);
    let height = HEAD + versions.len() as f32 * (ROW + GAP) + GAP + 84.0;
    let least = FIRST + masters.len() as f32 * (CELL + GAP);
    let across = ui.available_width().max(least);
    let (rect, _) = ui.allocate_exact_size(vec2(across, height), egui::Sense::hover());
    let width = ((rect.width() - FIRST) / masters.len().max(1) as f32 - GAP).min(226.0);
    let x = |n: usize| rect.left() + FIRST + GAP + n as f32 * (width + GAP);
    let y = |n: usize| rect.top() + HEAD + GAP + n as f32 * (ROW + GAP);
    for (n, master) in masters.iter().enumerate() {
        let area = Rect::from_min_size(pos2(x(n), rect.top()), vec2(width, HEAD));
        column_head(seen, session, ui, area, master);
    }
    for (n, version) in versions.iter().enumerate() {
        let area = Rect::from_min_size(pos2(rect.left(), y(n)), vec2(FIRST, ROW));
        row_head(seen, session, ui, area, version);
        for (m, master) in masters.iter().enumerate() {
            let area = Rect::from_min_size(pos2(x(m), y(n)), vec2(width, ROW));
            cell::show(seen, song, ui, area, version, master, next);
        }
    }
    let right = x(masters.len().saturating_sub(1)) + width;
    let bar = Rect::from_min_max(
        pos2(rect.left(), y(versions.len()) + 8.0),
        pos2(right, y(versions.len()) + 72.0),
    );
    progress(seen, song, &mut panels.pack, ui, bar);
}

/// Head of a row or column. Its box is ticked while at least one of its cells is included; a click
/// toggles all of them.
fn head(
    seen: &Seen<'_>,
    session: &Session,
    ui: &mut Ui,
    area: Rect,
    name: &str,
    lines: &[String],
    cells: &[(VersionId, MasterId)],
) -> Response {
    let on = cells.iter().any(|(version, master)| session.delivery.includes(version, master));
    ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
    let tick = Rect::from_min_size(area.min + vec2(14.0, 13.0), vec2(16.0, 16.0));
    let whole = ui.interact(area, ui.scope_id().with(("head", name)), egui::Sense::click());
    let words = format!("{name}: {}", lines.join(", "));
    whole.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &words));
    let ticked = checkbox(ui, tick, name, on);
    if ticked.clicked() || whole.clicked() {
        include(seen, session, cells, !on);
    }
    let at = |y: f32| pos2(area.left() + 40.0, area.top() + y);
    let width = area.width() - 50.0;
    let mut cut =
        write_within(ui.painter(), at(21.0), width, name, (14.0, Weight::SemiBold), theme::text());
    // Lines that do not fit below the name begin below the box; a line of two facts that does not
    // fit there either is two.
    let font = (11.5, Weight::Regular);
    let long = |line: &str| theme::width_of(ui.painter(), line, font);
    let fit = lines.iter().all(|line| long(line) <= width);
    let (inset, width) = if fit { (40.0, width) } else { (14.0, area.width() - 24.0) };
    let wide = |line: &str| long(line) > width;
    let parts = |line: &String| -> Vec<String> {
        match line.split_once(" \u{b7} ").filter(|_| wide(line)) {
            Some((first, second)) => vec![first.into(), second.into()],
            None => vec![line.clone()],
        }
    };
    let lines: Vec<String> = lines.iter().flat_map(parts).collect();
    let pitch = if lines.len() > 2 { 13.0 } else { 16.0 };
    let begin = area.top() + if lines.len() > 2 { 36.0 } else { 39.0 };
    for (n, line) in lines.iter().enumerate() {
        let at = pos2(area.left() + inset, begin + n as f32 * pitch);
        cut |= write_fitted(ui.painter(), at, width, line, font, theme::dim());
    }
    if cut { whole.on_hover_text(words) } else { whole }
}

fn column_head(seen: &Seen<'_>, session: &Session, ui: &mut Ui, area: Rect, master: &Master) {
    let numbers = match (master.target, master.vinyl) {
        (Some(target), Some(vinyl)) => say!(
            "deliver-target-vinyl",
            loudness = target.loudness.brief(),
            frequency = format!("{:.0}", vinyl.mono_below.0),
        ),
        (Some(target), None) => {
            let places = if target.ceiling.0.fract() == 0.0 { 0 } else { 1 };
            format!("{} LUFS · {:.places$} dBTP", target.loudness.brief(), target.ceiling)
        }
        (None, _) => say!("deliver-as-it-is").into(),
    };
    let kind = match master.format {
        FileFormat::Wav if master.broadcast => "BWF",
        format => format.name(),
    };
    let rate = match master.rate {
        RateRule::Fixed(rate) => rate,
        _ => master.file_rate(session.sample_rate),
    };
    let depth = texts::word("depth", master.file_depth().name());
    let file = format!("{depth} {rate} {kind}");
    let versions = session.versions.iter();
    let cells: Vec<_> = versions.map(|version| (version.id.clone(), master.id.clone())).collect();
    let whole = head(seen, session, ui, area, &master.name, &[numbers, file], &cells);
    let mut changed = master.clone();
    whole.context_menu(|ui| file_menu(ui, &mut changed));
    if changed == *master {
        return;
    }
    let mut masters = session.masters.clone();
    masters
        .iter_mut()
        .filter(|known| known.id == changed.id)
        .for_each(|known| *known = changed.clone());
    seen.edit(Edit::Masters(masters));
}

/// Menu for format, bit depth and sample rate of a master's files.
fn file_menu(ui: &mut Ui, master: &mut Master) {
    ui.set_min_width(160.0);
    ui.weak(say!("deliver-files-of", master = &master.name));
    for format in FileFormat::ALL {
        ui.radio_value(&mut master.format, format, format.name());
    }
    ui.separator();
    for depth in [BitDepth::Int16, BitDepth::Int24, BitDepth::Float32] {
        let holds = master.format.depth(depth) == depth;
        let name = texts::word("depth", depth.name());
        ui.add_enabled_ui(holds, |ui| ui.radio_value(&mut master.depth, depth, name));
    }
    ui.separator();
    ui.radio_value(&mut master.rate, RateRule::Session, say!("deliver-rate-of-session"));
    for rate in [44_100, 48_000, 88_200, 96_000, 192_000].map(SampleRate) {
        ui.radio_value(&mut master.rate, RateRule::Fixed(rate), rate.to_string());
    }
}

fn row_head(seen: &Seen<'_>, session: &Session, ui: &mut Ui, area: Rect, version: &Version) {
    let rate = session.sample_rate;
    let version = &session.resolved(version);
    let length = version.length(session.length(), rate).seconds(rate);
    let lines = [length.to_string(), content(session, version)];
    let masters = session.masters.iter();
    let cells: Vec<_> = masters.map(|master| (version.id.clone(), master.id.clone())).collect();
    head(seen, session, ui, area, &version.name, &lines, &cells);
}

/// Summary of a version: its first cut, its clean regions, or its stems; and what is muted.
fn content(session: &Session, version: &Version) -> String {
    let muted: Vec<String> =
        version.muted(&session.stems).map(|(number, _)| format!("{number:02}")).collect();
    let (text, whole) = holds(session, version);
    match (muted.join(", "), whole) {
        (muted, _) if muted.is_empty() => text,
        (muted, true) => say!("deliver-row-without-muted", numbers = muted),
        (muted, false) => say!("deliver-row-and-muted", content = text, numbers = muted),
    }
}

/// Summary of a version without regard to mutes, and whether it is simply everything.
fn holds(session: &Session, version: &Version) -> (String, bool) {
    if let [cut, rest @ ..] = version.cuts.as_slice() {
        let (start, end) = (cut.start.to_string(), cut.end.to_string());
        let text = match rest.len() {
            0 => say!("deliver-row-cut", start = start, end = end),
            count => say!("deliver-row-cuts", start = start, end = end, count = count),
        };
        return (text, false);
    }
    if version.clean {
        let count: usize = version.held(&session.stems).map(|stem| stem.clean.len()).sum();
        return (say!("deliver-row-clean", count = count), false);
    }
    let numbers = |held: bool| {
        let list = session.stems.iter().enumerate().filter(|(_, stem)| version.holds(stem) == held);
        list.map(|(n, _)| format!("{:02}", n + 1)).collect::<Vec<_>>().join(", ")
    };
    let held = version.held(&session.stems).count();
    match version.stems {
        _ if held == session.stems.len() => (say!("deliver-row-all").into(), true),
        _ if held == 0 => (say!("deliver-row-none").into(), false),
        Selection::All => (say!("deliver-row-all").into(), true),
        Selection::Without { .. } => (say!("deliver-row-without", numbers = numbers(false)), false),
        Selection::Only { .. } | Selection::Stems { .. } => {
            (say!("deliver-row-only", numbers = numbers(true)), false)
        }
    }
}

/// Title, subtitle and completed share (0 to 1) of the render or delivery.
fn words(seen: &Seen<'_>, song: &OpenSong) -> (String, String, f32) {
    let session = &song.session;
    let Some(render) = &seen.delivering.render else {
        let versions = session.versions.iter();
        let pairs = versions.flat_map(|v| session.masters.iter().map(move |m| (v, m)));
        let count = pairs.filter(|(v, m)| session.delivery.includes(&v.id, &m.id)).count();
        let title = say!("deliver-files", count = count);
        return (title, say!("deliver-nothing-overwritten").to_string(), 0.0);
    };
    if !render.running {
        return (say!("deliver-done").to_string(), render.ending.clone().unwrap_or_default(), 1.0);
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
    let clip = ui.painter().with_clip_rect(rect.shrink2(vec2(6.0, 0.0)));
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
        let running = Render { running: true, ..Render::default() };
        let cancelled = asked(Some(running), true, "Cancel");
        assert!(matches!(cancelled.as_slice(), [Deed::Make(Make::Cancel)]), "{cancelled:?}");
        let ended = Render { ending: Some("the disk is full".into()), ..Render::default() };
        let opened = asked(Some(ended), true, "Open folder");
        assert!(matches!(opened.as_slice(), [Deed::Make(Make::OpenFolder)]), "{opened:?}");
    }
}
