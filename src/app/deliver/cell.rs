//! One cell (version × master) of the Deliver view: not included, waiting, rendering, verified, or
//! with problems. A click includes the cell or leaves it out, unless a render is running.

use super::{include, included, outlined, predicted};
use crate::app::icons;
use crate::app::open_song::OpenSong;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::render::manifest::FileReport;
use crate::render::progress::CellState;
use crate::session::master::Master;
use crate::session::version::Version;
use crate::units::Db;
use egui::{Align2, Color32, Rect, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};

pub fn show(
    seen: &Seen<'_>,
    song: &OpenSong,
    ui: &mut Ui,
    area: Rect,
    version: &Version,
    master: &Master,
) {
    let session = &song.session;
    let on = included(session, &version.id, &master.id);
    let name = format!("{} {}", version.name, master.name);
    let response = ui.interact(area, ui.scope_id().with(&name), Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetRole::CheckBox, true, on, &name));
    let running = seen.delivering.is_running();
    if response.clicked() && !running {
        include(seen, session, &[(version.id.clone(), master.id.clone())], !on);
    }
    if !on {
        outlined(ui, area, theme::line());
        let faint = theme::dim();
        write(
            ui.painter(),
            area.center(),
            Align2::CENTER_CENTER,
            "not included",
            (12.0, Weight::Regular),
            faint,
        );
        return;
    }
    let fill = if response.hovered() && !running { theme::line() } else { theme::raised() };
    ui.painter().rect_filled(area, theme::RADIUS, fill);
    let render = seen.delivering.render.as_ref();
    let state = render.and_then(|render| render.cell(&version.id, &master.id));
    let expected = match state {
        Some(CellState::Predicted(loudness)) => Some(*loudness),
        _ => predicted(seen, song, version, master),
    };
    let aim = expected.or(master.target.map(|target| target.loudness));
    match state {
        Some(CellState::Done(report)) => {
            done(ui, area, report);
            let problems = report.problems.iter().map(|problem| problem.to_string());
            let lines: Vec<String> = problems.chain(report.notes.iter().cloned()).collect();
            if !lines.is_empty() {
                response.on_hover_text(lines.join("\n"));
            }
        }
        Some(CellState::Running { fraction, pass, step }) => {
            rendering(ui, area, *fraction, *pass, step)
        }
        _ => {
            let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
            write(
                ui.painter(),
                at(26.0),
                Align2::LEFT_CENTER,
                "Waiting",
                (13.0, Weight::Regular),
                theme::dim(),
            );
            if let Some(aim) = aim {
                let words = if expected.is_some() { "predicted" } else { "target" };
                let faint = theme::dim();
                let text = format!("{words} {aim:.1} LUFS");
                write(
                    ui.painter(),
                    at(47.0),
                    Align2::LEFT_CENTER,
                    text,
                    (12.0, Weight::Regular),
                    faint,
                );
            }
        }
    }
}

fn rendering(ui: &Ui, area: Rect, fraction: f32, pass: u32, step: &str) {
    let painter = ui.painter();
    let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
    write(
        painter,
        at(26.0),
        Align2::LEFT_CENTER,
        "Rendering",
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
    let text = if pass > 1 { format!("{step}, pass {pass}") } else { step.to_string() };
    write(painter, at(66.0), Align2::LEFT_CENTER, text, (12.0, Weight::Regular), theme::dim());
}

fn done(ui: &Ui, area: Rect, report: &FileReport) {
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
        let facts = format!(
            "{} dBTP · LRA {}",
            figure(report.true_peak_dbtp),
            figure(report.loudness_range_lu)
        );
        line(47.0, facts, 12.0, Weight::Regular, theme::dim());
        let noted = if report.notes.is_empty() {
            "verified".into()
        } else {
            "verified, with a note".to_string()
        };
        line(64.0, noted, 12.0, Weight::Regular, theme::good());
    } else {
        outlined(ui, area, theme::caution());
        let at = |y: f32| pos2(area.left() + 16.0, area.top() + y);
        write(
            &painter,
            at(26.0),
            Align2::LEFT_CENTER,
            "Needs a look",
            (13.5, Weight::SemiBold),
            theme::caution(),
        );
        for (n, problem) in report.problems.iter().take(2).enumerate() {
            write(
                &painter,
                at(47.0 + n as f32 * 17.0),
                Align2::LEFT_CENTER,
                problem.to_string(),
                (12.0, Weight::Regular),
                theme::dim(),
            );
        }
    }
}
