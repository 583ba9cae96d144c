//! The Deliver view: versions by masters, one file a cell.

mod cell;
mod include;
mod panel;

pub use include::stem_export;

use super::deeds::Making;
use super::desk::Desk;
use super::making::make;
use super::menu;
use super::theme::{self, Weight, write};
use super::widgets::{checkbox, push};
use crate::media::sink::FileFormat;
use crate::media::writer::BitDepth;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::master::{Master, RateRule};
use crate::session::version::{Selection, Version};
use crate::units::{Lufs, SampleRate, counted};
use egui::{Align2, Rect, Response, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use std::path::PathBuf;

const PANEL: f32 = 400.0;
const FIRST: f32 = 200.0;
const GAP: f32 = 10.0;
const HEAD: f32 = 66.0;
const ROW: f32 = 84.0;
/// The least width of a cell.
const CELL: f32 = 156.0;

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let panel = PANEL.min((rect.width() * 0.3).max(236.0));
    let left = Rect::from_min_max(rect.min, pos2(rect.right() - panel, rect.bottom()));
    let right = Rect::from_min_max(pos2(left.right(), rect.top()), rect.max);
    menu::heading(
        ui,
        left,
        "Versions × masters",
        "Every cell is one file. Click a row, a column or a cell to include it. All files are read back and measured after writing.",
    );
    let table = Rect::from_min_max(left.min + vec2(24.0, 84.0), left.max - vec2(24.0, 12.0));
    let mut inner = ui.new_child(UiBuilder::new().id_salt("matrix").max_rect(table));
    inner.set_clip_rect(table.expand(2.0));
    egui::ScrollArea::both().auto_shrink(false).show(&mut inner, |ui| matrix(desk, ui));
    desk.part(ui, "delivery", right, panel::show);
}

/// Whether a cell is to be rendered.
fn included(session: &Session, version: &str, master: &str) -> bool {
    !session.delivery.left_out.contains(&(version.to_string(), master.to_string()))
}

/// Includes or leaves out cells.
fn include(desk: &mut Desk, cells: &[(String, String)], on: bool) {
    let Some(document) = &mut desk.document else { return };
    let mut delivery = document.session.delivery.clone();
    delivery.left_out.retain(|cell| !cells.contains(cell));
    if !on {
        delivery.left_out.extend(cells.iter().cloned());
    }
    document.edit_once(Edit::Delivery(Box::new(delivery)));
}

fn matrix(desk: &mut Desk, ui: &mut Ui) {
    let Some(document) = &desk.document else { return };
    let session = document.session.clone();
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
        column_head(desk, ui, area, master, versions, &session);
    }
    for (n, version) in versions.iter().enumerate() {
        let area = Rect::from_min_size(pos2(rect.left(), y(n)), vec2(FIRST, ROW));
        row_head(desk, ui, area, version, masters, &session);
        for (m, master) in masters.iter().enumerate() {
            let area = Rect::from_min_size(pos2(x(m), y(n)), vec2(width, ROW));
            cell::show(desk, ui, area, version, master, &session);
        }
    }
    let right = x(masters.len().saturating_sub(1)) + width;
    let bar = Rect::from_min_max(
        pos2(rect.left(), y(versions.len()) + 8.0),
        pos2(right, y(versions.len()) + 72.0),
    );
    progress(desk, ui, bar);
}

/// A head with a box that is ticked while any of its cells is included.
fn head(
    desk: &mut Desk,
    ui: &mut Ui,
    area: Rect,
    name: &str,
    lines: &[String],
    cells: &[(String, String)],
) -> Response {
    let on = desk.document.as_ref().is_some_and(|document| {
        cells.iter().any(|(version, master)| included(&document.session, version, master))
    });
    ui.painter().rect_filled(area, theme::RADIUS, theme::panel());
    let tick = Rect::from_min_size(area.min + vec2(14.0, 13.0), vec2(16.0, 16.0));
    let whole = ui.interact(area, ui.scope_id().with(("head", name)), egui::Sense::click());
    let ticked = checkbox(ui, tick, name, on);
    if ticked.clicked() || whole.clicked() {
        include(desk, cells, !on);
    }
    let painter = ui.painter().with_clip_rect(area.shrink(4.0));
    let at = |y: f32| pos2(area.left() + 40.0, area.top() + y);
    write(&painter, at(21.0), Align2::LEFT_CENTER, name, (14.0, Weight::SemiBold), theme::text());
    for (n, line) in lines.iter().enumerate() {
        write(
            &painter,
            at(39.0 + n as f32 * 16.0),
            Align2::LEFT_CENTER,
            line,
            (11.5, Weight::Regular),
            theme::dim(),
        );
    }
    whole
}

fn column_head(
    desk: &mut Desk,
    ui: &mut Ui,
    area: Rect,
    master: &Master,
    versions: &[Version],
    session: &Session,
) {
    let numbers = match (master.target, master.vinyl) {
        (Some(target), Some(vinyl)) => {
            format!("{} LUFS · mono below {:.0} Hz", target.loudness.brief(), vinyl.mono_below.0)
        }
        (Some(target), None) => {
            let places = if target.ceiling.0.fract() == 0.0 { 0 } else { 1 };
            format!("{} LUFS · {:.places$} dBTP", target.loudness.brief(), target.ceiling)
        }
        (None, _) => "as it is".into(),
    };
    let kind = match master.format {
        FileFormat::Wav if master.broadcast => "BWF",
        format => format.name(),
    };
    let rate = match master.rate {
        RateRule::Fixed(rate) => rate,
        _ => master.file_rate(session.sample_rate),
    };
    let file = format!("{} {rate} {kind}", master.file_depth().name());
    let cells: Vec<_> =
        versions.iter().map(|version| (version.id.clone(), master.id.clone())).collect();
    let whole = head(desk, ui, area, &master.name, &[numbers, file], &cells);
    let mut changed = master.clone();
    whole.context_menu(|ui| file_menu(ui, &mut changed));
    let Some(document) = desk.document.as_mut().filter(|_| changed != *master) else { return };
    let mut masters = session.masters.clone();
    masters
        .iter_mut()
        .filter(|known| known.id == changed.id)
        .for_each(|known| *known = changed.clone());
    document.edit_once(Edit::Masters(masters));
}

/// Format, bits and rate of the files of a master.
fn file_menu(ui: &mut Ui, master: &mut Master) {
    ui.set_min_width(160.0);
    ui.weak(format!("Files of {}", master.name));
    for format in FileFormat::ALL {
        ui.radio_value(&mut master.format, format, format.name());
    }
    ui.separator();
    for depth in [BitDepth::Int16, BitDepth::Int24, BitDepth::Float32] {
        let holds = master.format.depth(depth) == depth;
        ui.add_enabled_ui(holds, |ui| ui.radio_value(&mut master.depth, depth, depth.name()));
    }
    ui.separator();
    ui.radio_value(&mut master.rate, RateRule::Session, "rate of the session");
    for rate in [44_100, 48_000, 88_200, 96_000, 192_000].map(SampleRate) {
        ui.radio_value(&mut master.rate, RateRule::Fixed(rate), rate.to_string());
    }
}

fn row_head(
    desk: &mut Desk,
    ui: &mut Ui,
    area: Rect,
    version: &Version,
    masters: &[Master],
    session: &Session,
) {
    let rate = session.sample_rate;
    let version = &session.resolved(version);
    let length = version.length(session.length(), rate).seconds(rate);
    let lines = [length.to_string(), content(session, version)];
    let cells: Vec<_> =
        masters.iter().map(|master| (version.id.clone(), master.id.clone())).collect();
    head(desk, ui, area, &version.name, &lines, &cells);
}

/// What a version holds, in a few words.
fn content(session: &Session, version: &Version) -> String {
    if let [cut, rest @ ..] = version.cuts.as_slice() {
        let more =
            if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        return format!("cut {}\u{2013}{}{more}", cut.start, cut.end);
    }
    if version.clean {
        let count: usize = session
            .stems
            .iter()
            .filter(|stem| version.holds(stem))
            .map(|stem| stem.clean.len())
            .sum();
        return if count == 0 {
            "no clean region".into()
        } else {
            format!("{count} clean regions")
        };
    }
    let numbers = |held: bool| {
        let list = session.stems.iter().enumerate().filter(|(_, stem)| version.holds(stem) == held);
        list.map(|(n, _)| format!("{:02}", n + 1)).collect::<Vec<_>>().join(", ")
    };
    let held = version.held(&session.stems).count();
    match version.stems {
        _ if held == session.stems.len() => "all stems".into(),
        _ if held == 0 => "no stem".into(),
        Selection::All => "all stems".into(),
        Selection::Without { .. } => format!("without {}", numbers(false)),
        Selection::Only { .. } | Selection::Stems { .. } => format!("{} only", numbers(true)),
    }
}

/// The folder that a render goes to.
pub fn target(desk: &Desk) -> PathBuf {
    let Some(document) = &desk.document else { return PathBuf::new() };
    desk.making.deliver_folder.clone().unwrap_or_else(|| {
        document.folder().join("Masters").join(format!("v{}", document.session.delivery.revision))
    })
}

fn progress(desk: &mut Desk, ui: &mut Ui, bar: Rect) {
    ui.painter().rect_filled(bar, theme::RADIUS, theme::panel());
    let painter = ui.painter().clone();
    let at = |y: f32| pos2(bar.left() + 16.0, bar.top() + y);
    let place = |right: f32, width: f32| {
        let middle = pos2(bar.right() - right - 0.5 * width, bar.center().y);
        Rect::from_center_size(middle, vec2(width, 32.0))
    };
    let button = place(18.0, 94.0);
    let running = desk.making.render.as_ref().is_some_and(super::render_job::RenderJob::is_running);
    let (title, subtitle, fraction) = match &desk.making.render {
        Some(job) if running => {
            let (done, all) = job.count();
            let title = match job.stage() {
                Some(stage) if done == all => sentence(stage),
                _ => format!("Rendering {} of {all}", (done + 1).min(all.max(1))),
            };
            let overall = job.overall();
            let left =
                overall.and_then(|overall| overall.left).map(|left| left.as_secs_f64().ceil());
            let speed = overall.map_or(0.0, |overall| {
                let audio = desk
                    .document
                    .as_ref()
                    .map_or(0.0, |d| d.length().seconds(d.session.sample_rate).0);
                audio * all as f64 * f64::from(overall.fraction)
                    / overall.elapsed.as_secs_f64().max(0.05)
            });
            let left = left.map_or(String::new(), |left| format!(" · {left:.0} s left"));
            (title, format!("{speed:.0}× real time{left}"), overall.map_or(0.0, |o| o.fraction))
        }
        Some(job) => ("Done".to_string(), job.ending().unwrap_or_default(), 1.0),
        None => {
            let count = desk.document.as_ref().map_or(0, |document| {
                let session = &document.session;
                let pairs = session
                    .versions
                    .iter()
                    .flat_map(|v| session.masters.iter().map(move |m| (v, m)));
                pairs.filter(|(v, m)| included(session, &v.id, &m.id)).count()
            });
            (counted(count, "file"), "Nothing is overwritten".to_string(), 0.0)
        }
    };
    write(&painter, at(23.0), Align2::LEFT_CENTER, title, (14.0, Weight::SemiBold), theme::text());
    let end = if running { button.left() - 12.0 } else { place(230.0, 108.0).left() - 12.0 };
    let clip = painter.with_clip_rect(Rect::from_min_max(bar.min, pos2(end, bar.bottom())));
    write(&clip, at(44.0), Align2::LEFT_CENTER, subtitle, (12.0, Weight::Regular), theme::dim());
    let track = Rect::from_min_max(
        pos2(bar.left() + 190.0, bar.center().y - 3.0),
        pos2(button.left() - 110.0, bar.center().y + 3.0),
    );
    if running {
        painter.rect_filled(track, 3.0, theme::background());
        let filled = Rect::from_min_size(track.min, vec2(track.width() * fraction, track.height()));
        painter.rect_filled(filled, 3.0, theme::accent());
        if push(ui, button, "Cancel", false).clicked()
            && let Some(job) = &desk.making.render
        {
            job.cancel();
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        return;
    }
    let package = push(ui, button, "Deliver", true);
    if package.on_hover_text("Masters and all that goes with them, as one package").clicked() {
        make(desk, Making::Package);
    }
    let masters = push(ui, place(124.0, 94.0), "Render", false);
    if masters.on_hover_text("The masters alone, into the folder of the song").clicked() {
        make(desk, Making::Masters);
    }
    if desk.making.render.is_some() && push(ui, place(230.0, 108.0), "Open folder", false).clicked()
    {
        open_folder(desk);
    }
}

/// With a capital at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Where packages come to lie.
pub fn packages(desk: &Desk) -> PathBuf {
    let own = || desk.document.as_ref().map(|document| document.folder());
    desk.making.deliver_folder.clone().or_else(own).unwrap_or_default()
}

pub fn open_folder(desk: &mut Desk) {
    let folder = desk.making.render.as_ref().map(|job| job.folder.clone());
    if let Some(Err(error)) = folder.map(|folder| super::act::open_folder(&folder)) {
        desk.say(format!("{error:#}"));
    }
}

/// A line of text in a raised field.
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

/// What a master would come to for the version that is measured now.
fn predicted(desk: &Desk, version: &Version, master: &Master) -> Option<Lufs> {
    let document = desk.document.as_ref()?;
    let current = document.current_version()?;
    let figures = desk.measured.figures.as_ref().filter(|_| current.id == version.id)?;
    Some(figures.predict(&document.session, master)?.loudness)
}
