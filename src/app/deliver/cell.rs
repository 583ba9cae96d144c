//! One cell (version × master) of the Deliver view: not included, waiting, rendering, verified, or
//! with problems. A click plays a finished file; otherwise it includes the cell or leaves it out,
//! unless a render is running.

use super::{include, outlined, predicted};
use crate::app::deeds::{Deed, Make};
use crate::app::delivering::NextExport;
use crate::app::icons;
use crate::app::open_song::OpenSong;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::render::manifest::FileReport;
use crate::render::progress::CellState;
use crate::session::master::Master;
use crate::session::version::Version;
use crate::texts::{self, say};
use crate::units::Db;
use egui::{Align2, Button, Color32, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};
use std::path::Path;

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    ui: &mut Ui,
    area: Rect,
    version: &Version,
    master: &Master,
    next: Option<&NextExport>,
) {
    let session = &song.session;
    let on = session.delivery.includes(&version.id, &master.id);
    let name = format!("{} {}", version.name, master.name);
    let response = ui.interact(area, ui.scope_id().with(&name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, on, &name));
    let running = seen.delivering.is_running();
    let render = seen.delivering.render.as_ref();
    let state = render.and_then(|render| render.cell(&version.id, &master.id));
    // A file of an earlier run counts until an export of this run begins.
    let earlier = next.filter(|_| on && render.is_none());
    let earlier = earlier.and_then(|next| next.made(&version.id, &master.id));
    let finished = on && (matches!(state, Some(CellState::Done(_))) || earlier.is_some());
    let made = match earlier {
        Some((_, path)) => Some(path.clone()),
        None => render.filter(|_| finished).and_then(|render| render.file(&version.id, &master.id)),
    };
    let toggle = || include(seen, session, &[(version.id.clone(), master.id.clone())], !on);
    if finished {
        if response.clicked() {
            seen.ask(match &made {
                Some(path) => Deed::Make(Make::Play(path.clone(), Db::UNITY)),
                None => Deed::Say(say!("deliver-cell-in-archive", file = &name)),
            });
        }
        let report = match (state, earlier) {
            (Some(CellState::Done(report)), _) => Some(&**report),
            (_, earlier) => earlier.map(|(report, _)| report),
        };
        let gain = report.and_then(|report| matching(seen, song, version, report));
        response.context_menu(|ui| menu(seen, ui, made.as_deref(), gain, running, &toggle));
    } else if response.clicked() && !running {
        toggle();
    }
    if !on {
        outlined(ui, area, theme::line());
        let faint = theme::dim();
        write(
            ui.painter(),
            area.center(),
            Align2::CENTER_CENTER,
            say!("deliver-cell-not-included"),
            (12.0, Weight::Regular),
            faint,
        );
        return;
    }
    let fill = if response.hovered() && !running { theme::line() } else { theme::raised() };
    ui.painter().rect_filled(area, theme::RADIUS, fill);
    let expected = match state {
        Some(CellState::Predicted(loudness)) => Some(*loudness),
        _ => predicted(seen, song, version, master),
    };
    let aim = expected.or(master.target.map(|target| target.loudness));
    let told = match (state, earlier) {
        (Some(CellState::Done(report)), _) => Some((&**report, false)),
        (_, Some((report, _))) => Some((report, true)),
        _ => None,
    };
    if let Some((report, earlier)) = told {
        let playing = made.is_some() && made.as_deref() == heard_path(seen);
        done(ui, area, report, playing, earlier);
        let problems = report.problems.iter().map(|problem| problem.to_string());
        let lines: Vec<String> = problems.chain(report.notes.iter().cloned()).collect();
        if !lines.is_empty() {
            response.on_hover_text(lines.join("\n"));
        }
        return;
    }
    match state {
        Some(CellState::Running { fraction, pass, step }) => {
            rendering(ui, area, *fraction, *pass, step)
        }
        _ => {
            let first = match (running, aim) {
                (true, _) => say!("deliver-cell-waiting").to_string(),
                (false, Some(aim)) => format!("{aim:.1} LUFS"),
                (false, None) => say!("deliver-as-it-is").into(),
            };
            let loudness = aim.map(|aim| format!("{aim:.1}"));
            let second = match (running, loudness, expected.is_some()) {
                (_, None, _) => String::new(),
                (true, Some(loudness), true) => {
                    say!("deliver-cell-predicted-loudness", loudness = loudness)
                }
                (true, Some(loudness), false) => {
                    say!("deliver-cell-target-loudness", loudness = loudness)
                }
                (false, Some(_), true) => say!("deliver-cell-predicted").into(),
                (false, Some(_), false) => say!("deliver-cell-target").into(),
            };
            for (y, text, size) in [(26.0, first, 13.0), (47.0, second, 12.0)] {
                let at = pos2(area.left() + 16.0, area.top() + y);
                let font = (size, Weight::Regular);
                write(ui.painter(), at, Align2::LEFT_CENTER, text, font, theme::dim());
            }
        }
    }
}

fn heard_path<'a>(seen: &Seen<'a>) -> Option<&'a Path> {
    seen.heard.file.as_ref().map(|file| file.path.as_path())
}

/// Gain that makes a file as loud as the mix of its version, if that version is heard.
fn matching(
    seen: &Seen<'_>,
    song: &OpenSong,
    version: &Version,
    report: &FileReport,
) -> Option<Db> {
    let current = song.session.versions.get(song.version)?;
    let figures = seen.measured.figures.as_ref().filter(|_| current.id == version.id)?;
    let mix = figures.chosen(song, seen.heard.preview)?.loudness.integrated.finite()?;
    Some(Db(mix - report.integrated_lufs?))
}

/// Menu of a finished file; `None` for one in an archive.
fn menu(
    seen: &Seen<'_>,
    ui: &mut Ui,
    path: Option<&Path>,
    gain: Option<Db>,
    running: bool,
    toggle: &dyn Fn(),
) {
    if let Some(path) = path {
        let plays = heard_path(seen) == Some(path);
        let play = match plays {
            true => say!("deliver-cell-stop-playing"),
            false => say!("deliver-cell-play"),
        };
        if ui.button(play).clicked() {
            let gain =
                seen.heard.file.as_ref().filter(|_| plays).map_or(Db::UNITY, |file| file.gain);
            seen.ask(Make::Play(path.to_owned(), gain));
            ui.close();
        }
        let compare = Button::new(say!("deliver-cell-compare"));
        if ui.add_enabled(gain.is_some() && !plays, compare).clicked()
            && let Some(gain) = gain
        {
            seen.ask(Make::Play(path.to_owned(), gain));
            ui.close();
        }
        if ui.button(say!("deliver-cell-show")).clicked() {
            seen.ask(Deed::ShowFolder(path.parent().unwrap_or(path).to_owned()));
            ui.close();
        }
    }
    if ui.add_enabled(!running, Button::new(say!("deliver-cell-leave-out"))).clicked() {
        toggle();
        ui.close();
    }
}

fn rendering(ui: &Ui, area: Rect, fraction: f32, pass: u32, step: &str) {
    let painter = ui.painter();
    let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
    write(
        painter,
        at(26.0),
        Align2::LEFT_CENTER,
        say!("deliver-cell-rendering"),
        (13.5, Weight::Medium),
        theme::text(),
    );
    let percent = format!("{:.0} %", fraction * 100.0);
    write(
        painter,
        pos2(area.right() - 16.0, area.top() + 26.0),
        Align2::RIGHT_CENTER,
        percent,
        (12.5, Weight::Regular),
        theme::dim(),
    );
    let track = Rect::from_min_max(at(45.0), pos2(area.right() - 16.0, area.top() + 51.0));
    painter.rect_filled(track, 3.0, theme::background());
    let filled =
        Rect::from_min_size(track.min, vec2(track.width() * fraction.clamp(0.0, 1.0), 6.0));
    painter.rect_filled(filled, 3.0, theme::accent());
    let step = texts::word("step", step);
    let text = match pass {
        0 | 1 => step.to_string(),
        pass => say!("deliver-cell-pass", step = step, pass = pass),
    };
    write(painter, at(66.0), Align2::LEFT_CENTER, text, (12.0, Weight::Regular), theme::dim());
}

fn done(ui: &Ui, area: Rect, report: &FileReport, playing: bool, earlier: bool) {
    if playing {
        outlined(ui, area, theme::accent());
    }
    let painter = ui.painter().with_clip_rect(area.shrink(4.0));
    let figure =
        |value: Option<f64>| value.map_or("\u{2013}".into(), |value| format!("{:.1}", Db(value)));
    let sign = pos2(area.left() + 25.0, area.top() + 26.0);
    let at = |y: f32| pos2(area.left() + 42.0, area.top() + y);
    let line = |y: f32, text: String, size: f32, weight, colour: Color32| {
        write(&painter, at(y), Align2::LEFT_CENTER, text, (size, weight), colour);
    };
    if report.passed {
        icons::verified(&painter, sign, theme::good());
        line(
            26.0,
            format!("{} LUFS", figure(report.integrated_lufs)),
            14.0,
            Weight::SemiBold,
            theme::text(),
        );
        let facts = say!(
            "deliver-cell-facts",
            peak = figure(report.true_peak_dbtp),
            range = figure(report.loudness_range_lu),
        );
        line(47.0, facts, 12.0, Weight::Regular, theme::dim());
        let noted = match (playing, earlier, report.notes.is_empty()) {
            (true, ..) => say!("deliver-cell-playing"),
            (_, true, _) => say!("deliver-cell-made-before"),
            (_, _, true) => say!("deliver-cell-verified"),
            (_, _, false) => say!("deliver-cell-verified-with-note"),
        };
        let colour = if earlier && !playing { theme::dim() } else { theme::good() };
        let noted = noted.to_string();
        line(64.0, noted, 12.0, Weight::Regular, colour);
    } else {
        outlined(ui, area, theme::caution());
        let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
        write(
            &painter,
            at(26.0),
            Align2::LEFT_CENTER,
            say!("deliver-cell-needs-look"),
            (13.5, Weight::SemiBold),
            theme::caution(),
        );
        for (n, problem) in report.problems.iter().take(2).enumerate() {
            let (at, font) = (at(47.0 + n as f32 * 17.0), (12.0, Weight::Regular));
            let width = area.width() - 24.0;
            write_within(&painter, at, width, problem.to_string(), font, theme::dim());
        }
    }
}
