//! The line under the lanes: the state of the stems in words, and an overview of the whole song. A
//! click or drag in the overview moves the visible part.

use super::HEADER;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::files::{FileOf, State};
use crate::intake::examine::Examination;
use crate::intake::findings::Kind;
use crate::texts::say;
use crate::units::Lufs;
use egui::{Align2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo, pos2};

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme::line()));
    let (text, colour) = status(seen);
    let at = pos2(rect.left() + 18.0, rect.center().y);
    write(ui.painter(), at, Align2::LEFT_CENTER, text, (12.0, Weight::Regular), colour);
    let area = Rect::from_min_max(
        pos2(rect.left() + HEADER, rect.top() + 4.0),
        pos2(rect.right(), rect.bottom() - 5.0),
    );
    let painter = ui.painter().with_clip_rect(area);
    painter.rect_filled(area, 0.0, theme::background());
    if !panels.mix.timeline.is_whole(area.width()) {
        let (from, to) = panels.mix.timeline.window(area.width());
        let x = |share: f64| area.left() + area.width() * share as f32;
        let window = Rect::from_min_max(
            pos2(x(from), area.top()),
            pos2(x(to).max(x(from) + 3.0), area.bottom()),
        );
        painter.rect_filled(window, 3.0, theme::line());
    }
    if let Some(figures) = &seen.measured.figures {
        let history = &figures.mix.history;
        let y = |value: &Lufs| {
            let share = ((value.0 + 45.0) / 40.0).clamp(0.0, 1.0) as f32;
            area.bottom() - 3.0 - (area.height() - 6.0) * share
        };
        let last = history.len().saturating_sub(1).max(1) as f32;
        let points = history
            .iter()
            .enumerate()
            .step_by((history.len() / 1000).max(1))
            .map(|(n, value)| pos2(area.left() + area.width() * n as f32 / last, y(value)));
        painter.add(Shape::line(points.collect(), Stroke::new(1.2, theme::dim())));
    }
    let response = ui.interact(area, ui.scope_id().with("overview"), Sense::click_and_drag());
    let name = say!("mix-overview");
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, name));
    if (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
    {
        let share = f64::from((at.x - area.left()) / area.width());
        panels.mix.timeline.centre_on(share, area.width());
    }
}

/// The most urgent state of the stems, with its colour: opening, sound interrupted, files missing,
/// findings, stems that end early; else the result of the null test.
fn status(seen: &Seen<'_>) -> (String, egui::Color32) {
    let Some(song) = seen.song else { return (String::new(), theme::dim()) };
    let count = song.session.stems.len();
    if seen.heard.sources.is_none() {
        return (say!("mix-status-opening", count = count), theme::dim());
    }
    let dry = seen.heard.xruns + seen.heard.gaps;
    if dry > 0 {
        return (say!("mix-status-interrupted", count = dry), theme::caution());
    }
    let lost = seen.files.open_questions().filter(|found| {
        matches!(found.of, FileOf::Stem(_)) && !matches!(found.state, State::Changed)
    });
    let lost = lost.count();
    if lost > 0 {
        return (say!("mix-status-lost", lost = lost, count = count), theme::caution());
    }
    let Some(to_check) = seen.measured.to_check() else {
        return (say!("mix-status-being-checked", count = count), theme::dim());
    };
    if to_check > 0 {
        let text = say!("mix-status-to-check", count = count, findings = to_check);
        return (text, theme::caution());
    }
    // Those of another length that a person ignores: they count nowhere, but are not of one length.
    let found = seen.measured.found().into_iter().flat_map(Examination::findings);
    let short = found.filter(|finding| finding.kind == Kind::Length).count();
    if short > 0 {
        return (say!("mix-status-short", short = short, count = count), theme::caution());
    }
    let Some(residual) = seen.measured.residual() else {
        return (say!("mix-status-one-length", count = count), theme::good());
    };
    let decibels = format!("{residual:.1}");
    if residual.0 < -60.0 {
        (say!("mix-status-aligned", count = count, decibels = decibels), theme::good())
    } else {
        (say!("mix-status-null-test", count = count, decibels = decibels), theme::caution())
    }
}
