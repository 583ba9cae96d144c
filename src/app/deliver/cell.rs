//! One cell (version × master) of the Deliver view: not included, waiting, rendering, verified, or
//! with problems. A click plays a finished file; otherwise it includes the cell or leaves it out,
//! unless a render is running.

use super::{include, outlined, predicted};
use crate::app::deeds::{Deed, Make};
use crate::app::delivering::Made;
use crate::app::icons;
use crate::app::open_song::OpenSong;
use crate::app::seen::{Seen, Sound, Switched};
use crate::app::theme::{self, Weight, write, write_fitted, write_within};
use crate::delivery::checks::Age;
use crate::render::manifest::FileReport;
use crate::render::progress::CellState;
use crate::session::master::{CAUTION_FROM, Master};
use crate::session::version::Version;
use crate::texts::{self, say};
use crate::units::Db;
use egui::{
    Align2, Button, Color32, Painter, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2,
};
use std::path::Path;

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    ui: &mut Ui,
    area: Rect,
    version: &Version,
    master: &Master,
    made: Option<&Made<'_>>,
) {
    let session = &song.session;
    let on = session.delivery.includes(&version.id, &master.id);
    let name = format!("{} {}", version.name, master.name);
    let response = ui.interact(area, ui.scope_id().with(&name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, on, &name));
    let running = seen.delivering.is_running();
    let render = seen.delivering.render.as_ref();
    let state = render.and_then(|render| render.cell(&version.id, &master.id));
    let toggle = || include(seen, session, &[(version.id.clone(), master.id.clone())], !on);
    if let Some(made) = made {
        if response.clicked() {
            match &made.path {
                Some(path) => seen.ask(Make::Play(path.clone(), Db::UNITY)),
                // The file of a package has its place when the package is finished.
                None if running => {}
                None => seen.say(say!("deliver-cell-in-archive", file = &name)),
            }
        }
        response.context_menu(|ui| {
            let gain = matching(seen, song, version, made.report);
            menu(seen, ui, made.path.as_deref(), gain, running, &toggle);
        });
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
    if let Some(made) = made {
        let path = made.path.as_deref();
        let sound = path.map_or(Sound::Off, |path| seen.sound(Switched::File(path)));
        done(ui, area, made, sound);
        let lines = facts(made.report);
        if !lines.is_empty() {
            response.on_hover_text(lines.join("\n"));
        }
        return;
    }
    let expected = match state {
        Some(CellState::Predicted(loudness)) => Some(*loudness),
        _ => predicted(seen, song, version, master),
    };
    let aim = expected.or(master.target.map(|target| target.loudness));
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
        let sound = seen.sound(Switched::File(path));
        let play = match sound {
            Sound::Playing => say!("deliver-cell-stop-playing"),
            Sound::Chosen | Sound::Off => say!("deliver-cell-play"),
        };
        if ui.button(play).clicked() {
            let gain = seen
                .heard
                .file
                .as_ref()
                .filter(|_| sound.is_on())
                .map_or(Db::UNITY, |file| file.gain);
            seen.ask(Make::Play(path.to_owned(), gain));
            ui.close();
        }
        let compare = Button::new(say!("deliver-cell-compare"));
        if ui.add_enabled(gain.is_some() && !sound.is_on(), compare).clicked()
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

/// Limiting of a file in words; `None` where there is next to none.
fn limited(report: &FileReport) -> Option<String> {
    let limiting = report.limiting().0;
    (limiting >= 0.1).then(|| say!("deliver-cell-limiting", limiting = format!("{limiting:.1}")))
}

/// All there is to say of a file besides its figures.
fn facts(report: &FileReport) -> Vec<String> {
    let problems = report.problems.iter().map(|problem| problem.to_string());
    problems.chain(report.notes.iter().cloned()).chain(limited(report)).collect()
}

fn done(ui: &Ui, area: Rect, made: &Made<'_>, sound: Sound) {
    let report = made.report;
    if sound.is_on() {
        outlined(ui, area, theme::accent());
    }
    let clip = area.shrink(4.0).intersect(ui.clip_rect());
    let painter = ui.painter().with_clip_rect(clip);
    let figure =
        |value: Option<f64>| value.map_or("\u{2013}".into(), |value| format!("{:.1}", Db(value)));
    let sign = pos2(area.left() + 25.0, area.top() + 26.0);
    let at = |y: f32| pos2(area.left() + 42.0, area.top() + y);
    let line = |y: f32, text: String, size: f32, weight, colour: Color32| {
        write(&painter, at(y), Align2::LEFT_CENTER, text, (size, weight), colour);
    };
    // What was measured of an old file says nothing about the song as it is.
    let old = made.age != Age::Now;
    let lit = |colour: Color32| if old { theme::dim() } else { colour };
    if report.passed {
        icons::verified(&painter, sign, lit(theme::good()));
        line(
            26.0,
            format!("{} LUFS", figure(report.integrated_lufs)),
            14.0,
            Weight::SemiBold,
            lit(theme::text()),
        );
        let facts = say!(
            "deliver-cell-facts",
            peak = figure(report.true_peak_dbtp),
            range = figure(report.loudness_range_lu),
        );
        line(47.0, facts, 12.0, Weight::Regular, theme::dim());
        let noted = match (sound, aged(made.age), report.notes.is_empty()) {
            (Sound::Playing, ..) => say!("deliver-cell-playing"),
            (Sound::Chosen, ..) => say!("deliver-cell-heard"),
            (Sound::Off, Some(age), _) => age,
            (Sound::Off, None, true) => say!("deliver-cell-verified"),
            (Sound::Off, None, false) => say!("deliver-cell-verified-with-note"),
        };
        last_line(&painter, area, noted, sound.is_on() || !old, report);
    } else {
        outlined(ui, area, lit(theme::caution()));
        let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
        write(
            &painter,
            at(26.0),
            Align2::LEFT_CENTER,
            say!("deliver-cell-needs-look"),
            (13.5, Weight::SemiBold),
            lit(theme::caution()),
        );
        let age = aged(made.age).map(str::to_string);
        let problems = report.problems.iter().map(|problem| problem.to_string());
        for (n, text) in age.into_iter().chain(problems).take(2).enumerate() {
            let (at, font) = (at(47.0 + n as f32 * 17.0), (12.0, Weight::Regular));
            write_within(&painter, at, area.width() - 24.0, text, font, theme::dim());
        }
    }
}

/// What an old file is, in words.
fn aged(age: Age) -> Option<&'static str> {
    match age {
        Age::Now => None,
        Age::Earlier => Some(say!("deliver-cell-made-before")),
        Age::Changed => Some(say!("deliver-cell-before-change")),
    }
}

/// The state of a file, and at the right its limiting. In a narrow cell, the sign says that it is
/// verified and the limiting is told alone; everything else goes before the limiting.
fn last_line(painter: &Painter, area: Rect, noted: &str, good: bool, report: &FileReport) {
    let font = (12.0, Weight::Regular);
    let (left, right) = (area.left() + 42.0, area.right() - 8.0);
    let y = area.top() + 64.0;
    let width = |text: &str| theme::width_of(painter, text, font);
    let limited = limited(report).unwrap_or_default();
    let both = left + width(noted) + 16.0 + width(&limited) <= right;
    let verified = noted == say!("deliver-cell-verified");
    let alone = !both && verified && !limited.is_empty() && left + width(&limited) <= right;
    if !alone {
        let colour = if good { theme::good() } else { theme::dim() };
        // From the edge, where it is too long for the place beside the sign.
        let left = if left + width(noted) <= right { left } else { area.left() + 14.0 };
        write_fitted(painter, pos2(left, y), right - left, noted, font, colour);
    }
    if !limited.is_empty() && (both || alone) {
        let heavy = report.limiting() >= CAUTION_FROM;
        let colour = if heavy && good { theme::caution() } else { theme::dim() };
        let (at, align) = match alone {
            true => (left, Align2::LEFT_CENTER),
            false => (right - 6.0, Align2::RIGHT_CENTER),
        };
        write(painter, pos2(at, y), align, limited, font, colour);
    }
}
