//! The edit map of the version that is heard: the song above, the result below, ribbons between
//! them, and the joins as rows.

use crate::app::actions::{self, Action};
use crate::app::deeds::Cuts;
use crate::app::mix::paint_section;
use crate::app::open_song::OpenSong;
use crate::app::panels::versions::VersionsPanel;
use crate::app::plots::band;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::{keyed, push};
use crate::arrange::bars::JoinCost;
use crate::session::version::{Cut, Version, left};
use crate::texts::say;
use crate::units::{Frames, Seconds};
use egui::{
    Align2, Color32, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

const SECTIONS: f32 = 18.0;
const WAVE: f32 = 36.0;
const RIBBONS: f32 = 40.0;
const ROW: f32 = 34.0;

/// Parts of the song that the version plays, in frames of the song.
type Parts = Vec<(u64, u64)>;

pub fn show(seen: &Seen<'_>, song: &OpenSong, own: &mut VersionsPanel, ui: &mut Ui) {
    let Some(version) = song.current_version() else { return };
    let rate = song.session.sample_rate;
    let whole = song.length().0;
    heading(seen, song, &version, ui);
    let height = 22.0 + SECTIONS + WAVE + RIBBONS + WAVE + 18.0;
    let width = ui.available_width();
    let (area, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let count = left(&version, whole, rate).len();
    let words = say!("versions-map", version = &version.name, count = count);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let row = |y: f32, height: f32| {
        Rect::from_min_size(area.min + vec2(0.0, y), vec2(area.width(), height))
    };
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    let label = |y: f32, text: &str| {
        let at = pos2(area.left(), area.top() + y);
        write(&painter, at, Align2::LEFT_CENTER, text, (11.0, Weight::Regular), theme::dim());
    };
    label(8.0, say!("versions-map-song"));
    let upper = row(18.0 + SECTIONS + 4.0, WAVE);
    let lower = row(18.0 + SECTIONS + 4.0 + WAVE + RIBBONS, WAVE);
    label(height - 8.0, say!("versions-map-result"));
    let parts = left(&version, whole, rate);
    let x = |frame: u64| upper.left() + upper.width() * (frame as f64 / whole.max(1) as f64) as f32;
    sections(song, ui, row(18.0, SECTIONS), &x);
    let each = (whole / upper.width().max(1.0) as u64).max(1);
    let levels = levels(seen, song, &version, ui, whole, each);
    let loud = |frame: u64| levels.get((frame / each) as usize).copied().unwrap_or_default();
    let kept = |frame: u64| parts.iter().any(|(from, to)| (*from..*to).contains(&frame));
    let mut column = upper.left();
    while column < upper.right() {
        let frame = (f64::from((column - upper.left()) / upper.width()) * whole as f64) as u64;
        let colour = if kept(frame) { theme::dim() } else { theme::line() };
        bar(&painter, upper, column, loud(frame), colour);
        column += 1.0;
    }
    for cut in &version.cuts {
        for at in [cut.start, cut.end] {
            let at = x(at.frames(rate).0);
            let line = [pos2(at, upper.top() - SECTIONS - 2.0), pos2(at, upper.bottom())];
            let stroke = Stroke::new(1.2, theme::accent());
            painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0));
        }
    }
    result(&painter, [upper, lower], &parts, whole, &loud);
    if version.cuts.is_empty() {
        ui.colored_label(theme::dim(), say!("versions-no-cut"));
    }
    joins(seen, song, &version, own, ui);
}

fn heading(seen: &Seen<'_>, song: &OpenSong, version: &Version, ui: &mut Ui) {
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let at = pos2(row.left(), row.center().y);
    let font = (14.0, Weight::SemiBold);
    let name = write(ui.painter(), at, Align2::LEFT_CENTER, &version.name, font, theme::text());
    let mut end = row.right();
    if !version.cuts.is_empty() {
        let key = actions::find("Play the join").and_then(Action::shortcut_text);
        let right = pos2(row.right(), row.top() + 1.0);
        let label = say!("versions-play-joins");
        let button = keyed(ui, right, 30.0, label, key.as_deref());
        end = button.rect.left() - 10.0;
        if button.clicked() {
            seen.ask(Cuts::Hear(None));
        }
    }
    let mut x = name.right() + 10.0;
    for (text, colour) in facts(song, version) {
        let width = theme::width_of(ui.painter(), &text, (12.0, Weight::Medium));
        let font = (12.0, Weight::Medium);
        write_within(ui.painter(), pos2(x, at.y), (end - x).max(1.0), text, font, colour);
        x += width + 10.0;
    }
}

/// How long the version is, and how far from its goal. The name stands before it already.
fn facts(song: &OpenSong, version: &Version) -> Vec<(String, Color32)> {
    let rate = song.session.sample_rate;
    let [length, whole] =
        [version.length(song.length(), rate), song.length()].map(|all| all.seconds(rate));
    let mut facts = match version.is_whole() {
        true => vec![(say!("versions-as-long-as-the-song").into(), theme::dim())],
        false => {
            let [length, whole] = [length, whole].map(|time| format!("{time:.1}"));
            let text = say!("versions-length-of-song", length = length, whole = whole);
            vec![(text, theme::text())]
        }
    };
    if let Some(goal) = version.goal {
        let off = length.0 - goal.0;
        let met = off.abs() <= 1.0;
        let by = format!("{off:+.1}").replace('-', "\u{2212}");
        let text = say!("versions-goal", goal = goal.to_string(), off = by);
        facts.push((text, if met { theme::good() } else { theme::caution() }));
    }
    facts
}

fn sections(song: &OpenSong, ui: &Ui, row: Rect, x: &dyn Fn(u64) -> f32) {
    let session = &song.session;
    let all = &session.sections;
    let starts: Vec<u64> =
        all.iter().map(|section| section.start.frames(session.sample_rate).0).collect();
    for (n, section) in all.iter().enumerate() {
        let from = starts.get(n).copied().unwrap_or_default();
        let to = starts.get(n + 1).copied().unwrap_or(song.length().0);
        let area = Rect::from_x_y_ranges(x(from) + 0.5..=x(to) - 1.0, row.y_range());
        if area.width() > 3.0 {
            paint_section(ui, area, &section.name);
        }
    }
}

/// What the levels of the map depend on.
type LevelsOf = (u64, String, u64, usize);

/// Loudness of the version for each column of the map. Kept until the session, the width or the
/// waveforms change: a frame of the window would take several milliseconds to add it up.
fn levels(
    seen: &Seen<'_>,
    song: &OpenSong,
    version: &Version,
    ui: &Ui,
    whole: u64,
    each: u64,
) -> Arc<Vec<f32>> {
    let read = seen.measured.peaks.values().map(|peaks| peaks.points().len()).sum();
    let of: LevelsOf = (seen.state, version.id.to_string(), each, read);
    let id = ui.scope_id().with("levels");
    let known = ui.data(|data| data.get_temp::<(LevelsOf, Arc<Vec<f32>>)>(id));
    if let Some((_, levels)) = known.filter(|(known, _)| *known == of) {
        return levels;
    }
    let columns = (0..whole).step_by(each as usize);
    let levels: Vec<f32> =
        columns.map(|frame| loudness(seen, song, version, frame, each)).collect();
    let levels = Arc::new(levels);
    ui.data_mut(|data| data.insert_temp(id, (of, Arc::clone(&levels))));
    levels
}

/// Loudness of the version's stems around a frame, 0 to 1.
fn loudness(seen: &Seen<'_>, song: &OpenSong, version: &Version, frame: u64, each: u64) -> f32 {
    let held = song.session.stems.iter().filter(|stem| version.holds(stem) && !stem.strip.mute);
    let power: f32 = held
        .filter_map(|stem| {
            let from = frame as i64 - stem.offset();
            let peaks = seen.measured.peaks.get(&stem.id).filter(|_| from >= 0)?;
            Some(peaks.span(from as f64, (from as u64 + each) as f64)?.mean_square)
        })
        .sum();
    (power.sqrt() * 2.2).min(1.0)
}

fn bar(painter: &Painter, area: Rect, x: f32, loud: f32, colour: Color32) {
    let reach = (loud * area.height() * 0.5).max(0.5);
    let y = area.center().y;
    painter.vline(x + 0.5, y - reach..=y + reach, Stroke::new(1.0, colour));
}

/// The parts that stay, moved together, with ribbons to where they were.
fn result(
    painter: &Painter,
    [upper, lower]: [Rect; 2],
    parts: &Parts,
    whole: u64,
    loud: &dyn Fn(u64) -> f32,
) {
    let x = |frame: u64| upper.left() + upper.width() * (frame as f64 / whole.max(1) as f64) as f32;
    let mut at = 0u64;
    for (n, (from, to)) in parts.iter().enumerate() {
        let (left, right) = (x(at), x(at + to - from));
        ribbon(
            painter,
            [x(*from), x(*to)],
            [left, right],
            [upper.bottom() + 2.0, lower.top() - 2.0],
        );
        let mut column = left;
        while column < right {
            let frame =
                from + (f64::from(column - left) / f64::from(upper.width()) * whole as f64) as u64;
            bar(painter, lower, column, loud(frame), theme::accent());
            column += 1.0;
        }
        if n > 0 {
            badge(painter, pos2(left, lower.center().y), n, theme::good());
        }
        at += to - from;
    }
}

/// A band with curved sides from a part of the song to its place in the result.
fn ribbon(painter: &Painter, above: [f32; 2], below: [f32; 2], y: [f32; 2]) {
    let colour = theme::mixed(theme::accent(), 0.18, theme::panel());
    let steps = 16;
    let edges = (0..=steps).map(|n| {
        let share = n as f32 / steps as f32;
        let smooth = share * share * (3.0 - 2.0 * share);
        let along = |from: f32, to: f32| from + (to - from) * smooth;
        let y = y[0] + (y[1] - y[0]) * share;
        (pos2(along(above[0], below[0]), y), pos2(along(above[1], below[1]), y))
    });
    painter.add(band(edges, colour));
}

fn badge(painter: &Painter, middle: Pos2, number: usize, colour: Color32) {
    let place = Rect::from_center_size(middle, vec2(16.0, 16.0));
    painter.rect_filled(place, 4.0, colour);
    let font = (11.0, Weight::SemiBold);
    write(painter, middle, Align2::CENTER_CENTER, number, font, theme::background());
}

/// What the search knows about the join of a cut, if the version has the cuts of a proposal.
fn known<'a>(seen: &Seen<'a>, version: &Version, n: usize) -> Option<&'a JoinCost> {
    let (id, found) = seen.proposals?;
    let same = found.list.iter().find(|one| Cut::alike(&one.cuts, &version.cuts))?;
    same.joins.get(n).filter(|_| *id == version.id)
}

/// Grade of a join in a word, with its colour, and what is known about it.
fn grade(join: Option<&JoinCost>) -> (&'static str, Color32, String) {
    // Nothing is known of a join that the search did not find.
    let Some(join) = join else {
        return (say!("versions-join-by-hand"), theme::dim(), String::new());
    };
    let reason = match (join.voice, join.over > 1.0) {
        (true, _) => say!("versions-join-word").into(),
        (_, true) => say!("versions-join-level", by = format!("{:.1}", join.level)),
        _ => say!("versions-join-spectrum", by = format!("{:.1}", join.spectrum)),
    };
    match join.alike {
        alike if alike < 0.15 && !join.voice => {
            (say!("versions-join-inaudible"), theme::good(), reason)
        }
        alike if alike < 0.3 && !join.voice => {
            (say!("versions-join-smooth"), theme::good(), reason)
        }
        _ => (say!("versions-join-audible"), theme::caution(), reason),
    }
}

fn joins(
    seen: &Seen<'_>,
    song: &OpenSong,
    version: &Version,
    own: &mut VersionsPanel,
    ui: &mut Ui,
) {
    let rate = song.session.sample_rate;
    let mut ahead = 0.0;
    for (n, cut) in version.cuts.iter().enumerate() {
        let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let row = whole.shrink2(vec2(0.0, 2.0));
        let ui = &mut ui.new_child(egui::UiBuilder::new().id_salt(("join", n)).max_rect(row));
        let chosen = own.cut == Some(n);
        let response = ui.interact(row, ui.scope_id().with("row"), Sense::click());
        let found = known(seen, version, n);
        let (word, colour, reason) = grade(found);
        let times = format!("{:.1} \u{2192} {:.1}", cut.start, cut.end);
        let text = say!("versions-join", number = n + 1, times = &times, grade = word);
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, chosen, &text));
        if response.clicked() {
            own.cut = Some(n);
        }
        let fill = if chosen { theme::line() } else { theme::raised() };
        ui.painter().rect_filled(row, theme::RADIUS, fill);
        let at = |x: f32| pos2(row.left() + x, row.center().y);
        let ink = if found.is_none() { theme::good() } else { colour };
        badge(ui.painter(), at(18.0), n + 1, ink);
        let bold = (12.5, Weight::SemiBold);
        write(ui.painter(), at(36.0), Align2::LEFT_CENTER, times, bold, theme::text());
        let bold = (12.0, Weight::SemiBold);
        let graded = write(ui.painter(), at(172.0), Align2::LEFT_CENTER, word, bold, colour);
        let mut right = row.right() - 8.0;
        let mut button = |ui: &mut Ui, text: &str, width: f32| {
            let place =
                Rect::from_min_size(pos2(right - width, row.center().y - 12.0), vec2(width, 24.0));
            right -= width + 4.0;
            push(ui, place, text, false).clicked()
        };
        if button(ui, say!("common-remove"), 66.0) {
            seen.ask(Cuts::Remove(n));
        }
        if button(ui, say!("common-play"), 50.0) {
            seen.ask(Cuts::Hear(Some(n)));
        }
        let step = song.session.beat().map_or(1.0, |beat| beat.0);
        let (later, earlier) = match song.session.beat() {
            Some(_) => (say!("versions-join-beat-later"), say!("versions-join-beat-earlier")),
            None => ("+1 s", "\u{2212}1 s"),
        };
        for (text, by) in [(later, step), (earlier, -step)] {
            if button(ui, text, 62.0) {
                let moved = |time: Seconds| Seconds((time.0 + by).max(0.0));
                seen.ask(Cuts::Place(n, moved(cut.start), moved(cut.end)));
            }
        }
        let reason = match reason.is_empty() {
            true => {
                let seconds = format!("{:.1}", cut.end.0 - cut.start.0);
                say!("versions-join-cut", seconds = seconds)
            }
            false => reason,
        };
        let from = pos2(at(252.0).x.max(graded.right() + 12.0), row.center().y);
        let font = (12.0, Weight::Regular);
        write_within(ui.painter(), from, right - from.x, reason, font, theme::dim());
        ahead += cut.end.0 - cut.start.0;
    }
    if ahead > 0.0 {
        let length = version.length(Frames(song.length().0), rate).seconds(rate);
        let (seconds, length) = (format!("{ahead:.1}"), format!("{length:.1}"));
        let text = say!("versions-cut-in-all", seconds = seconds, length = length);
        ui.colored_label(theme::dim(), text);
    }
}
