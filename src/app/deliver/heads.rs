//! Heads of the rows and columns of the Deliver view: versions with their length and content,
//! masters with their target and kind of file.

use super::include;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write_fitted, write_within};
use crate::app::widgets::checkbox;
use crate::media::sink::FileFormat;
use crate::media::writer::BitDepth;
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::{Master, RateRule};
use crate::session::version::{Selection, Version};
use crate::texts::{self, say};
use crate::units::SampleRate;
use egui::{Rect, Response, Ui, WidgetInfo, pos2, vec2};

/// The lines below the name of a head, and their place: lines that do not fit beside the box begin
/// below it, and a line of two facts that does not fit there either is two.
pub(super) struct HeadLines {
    inset: f32,
    width: f32,
    pub(super) lines: Vec<String>,
}

impl HeadLines {
    const FONT: (f32, Weight) = (11.5, Weight::Regular);

    pub(super) fn of(ui: &Ui, width: f32, lines: &[String]) -> Self {
        let long = |line: &str| theme::width_of(ui.painter(), line, Self::FONT);
        let fit = lines.iter().all(|line| long(line) <= width - 50.0);
        let (inset, width) = if fit { (40.0, width - 50.0) } else { (14.0, width - 24.0) };
        let parts = |line: &String| -> Vec<String> {
            match line.split_once(" \u{b7} ").filter(|_| long(line) > width) {
                Some((first, second)) => vec![first.into(), second.into()],
                None => vec![line.clone()],
            }
        };
        Self { inset, width, lines: lines.iter().flat_map(parts).collect() }
    }
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
    let HeadLines { inset, width, lines } = HeadLines::of(ui, area.width(), lines);
    let many = lines.len() > 2;
    let pitch = if many { 14.0 } else { 16.0 };
    let begin = area.top() + if many { 38.0 } else { 39.0 };
    for (n, line) in lines.iter().enumerate() {
        let at = pos2(area.left() + inset, begin + n as f32 * pitch);
        cut |= write_fitted(ui.painter(), at, width, line, HeadLines::FONT, theme::dim());
    }
    if cut { whole.on_hover_text(words) } else { whole }
}

/// Target and kind of file of a master.
pub(super) fn column_lines(session: &Session, master: &Master) -> [String; 2] {
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
    [numbers, format!("{depth} {rate} {kind}")]
}

pub(super) fn column_head(
    seen: &Seen<'_>,
    session: &Session,
    ui: &mut Ui,
    area: Rect,
    master: &Master,
) {
    let lines = column_lines(session, master);
    let versions = session.versions.iter();
    let cells: Vec<_> = versions.map(|version| (version.id.clone(), master.id.clone())).collect();
    let whole = head(seen, session, ui, area, &master.name, &lines, &cells);
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

pub(super) fn row_head(
    seen: &Seen<'_>,
    session: &Session,
    ui: &mut Ui,
    area: Rect,
    version: &Version,
) {
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
    let (text, whole) = holds(session, version);
    match (version.muted_numbers(&session.stems), whole) {
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
