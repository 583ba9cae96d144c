//! Where the files go, what they are called, and the checks before they are sent.

use super::{field, target};
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::push;
use crate::app::{App, menu};
use crate::render::progress::CellState;
use crate::session::edit::Edit;
use crate::session::naming::file_name;
use egui::{Align2, Color32, Rect, Stroke, TextEdit, Ui, pos2, vec2};

/// What the fields and some checks need; a lower window is scrolled.
const HEIGHT: f32 = 560.0;

pub fn show(app: &mut App, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter().vline(rect.left(), rect.y_range(), Stroke::new(1.0, theme::line()));
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let size = vec2(rect.width(), rect.height().max(HEIGHT));
        let (whole, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        contents(app, ui, whole);
    });
}

fn contents(app: &mut App, ui: &mut Ui, rect: Rect) {
    let inner = Rect::from_min_max(rect.min + vec2(22.0, 0.0), rect.max - vec2(22.0, 0.0));
    let at = |y: f32| pos2(inner.left(), inner.top() + y);
    let title = |y: f32, text: &str| {
        write(
            ui.painter(),
            at(y),
            Align2::LEFT_CENTER,
            text,
            (15.0, Weight::SemiBold),
            theme::text(),
        );
    };
    let label = |y: f32, text: &str| {
        write(
            ui.painter(),
            at(y),
            Align2::LEFT_CENTER,
            text,
            (12.0, Weight::Regular),
            theme::dim(),
        );
    };
    let row = |y: f32| Rect::from_min_size(at(y), vec2(inner.width(), 30.0));
    title(30.0, "Delivery");
    label(62.0, "Folder");
    label(124.0, "File names");
    label(186.0, "Revision");
    label(248.0, "Example");
    title(326.0, "Checks before you send");
    let folder = target(app);
    let shown = {
        let base =
            app.document.as_ref().map(super::super::document::Document::folder).unwrap_or_default();
        folder.strip_prefix(&base).unwrap_or(&folder).display().to_string()
    };
    let choose = Rect::from_min_max(pos2(inner.right() - 92.0, row(74.0).top()), row(74.0).max);
    field(
        ui,
        Rect::from_min_max(row(74.0).min, pos2(choose.left() - 8.0, choose.bottom())),
        &shown,
    );
    if push(ui, choose, "Choose\u{2026}", false)
        .on_hover_text(folder.display().to_string())
        .clicked()
    {
        menu::pick_export(app);
    }
    let Some(document) = &mut app.document else { return };
    let mut delivery = document.session.delivery.clone();
    let pattern = ui
        .put(
            row(136.0),
            TextEdit::singleline(&mut delivery.pattern).id_salt("pattern").margin(vec2(12.0, 7.0)),
        )
        .accessible_name("File names");
    let revision = ui
        .put(
            row(198.0),
            TextEdit::singleline(&mut delivery.revision)
                .id_salt("revision")
                .margin(vec2(12.0, 7.0)),
        )
        .accessible_name("Revision");
    if pattern.gained_focus() || revision.gained_focus() {
        document.begin_gesture();
    }
    if pattern.changed() || revision.changed() {
        document.edit(Edit::Delivery(Box::new(delivery)));
    }
    let session = &document.session;
    let version =
        session.versions.iter().find(|version| version.id == "radio").or(session.versions.first());
    let example =
        version.zip(session.masters.first()).map_or(String::new(), |(version, master)| {
            format!("{}.{}", file_name(session, version, master), master.format.extension())
        });
    field(ui, row(260.0), &example);
    let mut y = 345.0;
    for (colour, text) in checks(app) {
        ui.painter().circle_filled(at(y) + vec2(6.0, 9.0), 5.0, colour);
        let font = theme::font(12.5, Weight::Regular);
        let lines = ui.painter().layout(text, font, theme::text(), inner.width() - 20.0);
        let height = lines.size().y;
        ui.painter().galley(at(y) + vec2(20.0, 1.0), lines, theme::text());
        y += height + 9.0;
    }
}

fn checks(app: &App) -> Vec<(Color32, String)> {
    let mut list = Vec::new();
    let Some(document) = &app.document else { return list };
    let session = &document.session;
    match app.residual() {
        Some(residual) if residual.0 < -60.0 => {
            list.push((theme::good(), format!("Stems sum to the reference, {residual:.1} dB")))
        }
        Some(residual) => list
            .push((theme::caution(), format!("Stems differ from the reference, {residual:.1} dB"))),
        None => list.push((theme::dim(), "No reference to compare with".into())),
    }
    for version in &session.versions {
        for note in session.resolved(version).notes(session) {
            list.push((theme::caution(), note));
        }
    }
    let reports: Vec<_> = session
        .versions
        .iter()
        .flat_map(|version| session.masters.iter().map(move |master| (version, master)))
        .filter_map(|(version, master)| {
            match app.render.as_ref()?.cell(&version.id, &master.id)? {
                CellState::Done(report) => Some(report),
                _ => None,
            }
        })
        .collect();
    if reports.is_empty() {
        list.push((theme::dim(), "Not rendered yet".into()));
    } else {
        let over = reports
            .iter()
            .filter(|report| report.problems.iter().any(|text| text.contains("true peak")))
            .count();
        let off = reports.iter().filter(|report| !report.passed).count();
        let say = |bad: usize, good: &str, rest: &str| match bad {
            0 => (theme::good(), good.to_string()),
            bad => (theme::caution(), format!("{bad} {rest}")),
        };
        list.push(say(over, "No sample over, no true peak over", "files over their true peak"));
        list.push(say(off, "Every file on target", "files need a look"));
    }
    let fresh = target(app);
    let text = if fresh.exists() {
        "Folder exists: new names get a higher revision"
    } else {
        "Nothing overwritten: the folder is new"
    };
    list.push((theme::good(), text.into()));
    list
}
