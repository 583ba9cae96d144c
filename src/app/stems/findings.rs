//! Findings in the Stems view: a line for each, with buttons that go to its place and mend it; and
//! commands on all findings.

use super::residual;
use crate::app::deeds::{Mending, Play};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::push;
use crate::intake::examine::{Examination, StemReport};
use crate::intake::findings::{Finding, Mend, Severity};
use crate::intake::mend::in_session;
use crate::session::Session;
use crate::units::Seconds;
use egui::{Align2, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const LINE: f32 = 26.0;

/// Whether a finding can be mended with a click.
fn is_possible(session: &Session, finding: &Finding) -> bool {
    matches!(finding.mend, Some(Mend::Dc { .. })) || in_session(session, finding).is_some()
}

/// Seeks to a place in the song.
pub(super) fn hear(seen: &Seen<'_>, session: &Session, at: Seconds) {
    seen.ask(Play::Seek(at.frames(session.sample_rate).0));
}

/// Findings of a stem that are more severe than a note.
pub fn grave(report: &StemReport) -> Vec<Finding> {
    report.findings.iter().filter(|f| f.severity > Severity::Note).cloned().collect()
}

/// Height of the lines of these findings, in points.
pub fn height(findings: &[Finding]) -> f32 {
    if findings.is_empty() { 0.0 } else { findings.len() as f32 * LINE + 6.0 }
}

/// Draws a line for each finding, below the head of a row.
pub fn list(seen: &Seen<'_>, session: &Session, ui: &mut Ui, area: Rect, findings: &[Finding]) {
    for (n, finding) in findings.iter().enumerate() {
        let top = area.top() + n as f32 * LINE;
        let row = Rect::from_min_max(
            pos2(area.left() + 48.0, top),
            pos2(area.right() - 12.0, top + LINE),
        );
        line(seen, session, ui, row, n, finding);
    }
}

fn line(seen: &Seen<'_>, session: &Session, ui: &mut Ui, row: Rect, n: usize, finding: &Finding) {
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("finding", n)).max_rect(row));
    let (colour, weight) = match finding.severity {
        Severity::Fault => (theme::caution(), Weight::SemiBold),
        Severity::Caution => (theme::caution(), Weight::Regular),
        Severity::Note => (theme::dim(), Weight::Regular),
    };
    let mut right = row.right();
    let mut button = |ui: &mut Ui, name: &str, width: f32| {
        let rect = Rect::from_min_max(
            pos2(right - width, row.top() + 1.0),
            pos2(right, row.bottom() - 3.0),
        );
        right -= width + 8.0;
        push(ui, rect, name, false).clicked()
    };
    if is_possible(session, finding)
        && let Some(mend) = &finding.mend
        && button(ui, mend.name(), 118.0)
    {
        seen.ask(Mending::Mend(vec![finding.clone()]));
    }
    if let Some(span) = finding.at.first()
        && button(ui, &format!("Go to {}", span.from), 92.0)
    {
        hear(seen, session, span.from);
    }
    let mark = if finding.severity > Severity::Note { "!" } else { "\u{b7}" };
    let at = |x: f32| pos2(row.left() + x, row.center().y - 1.0);
    write(ui.painter(), at(4.0), Align2::CENTER_CENTER, mark, (13.0, Weight::SemiBold), colour);
    let place = Rect::from_min_max(pos2(row.left() + 14.0, row.top()), pos2(right, row.bottom()));
    let text = finding.line();
    let clip = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    write(&clip, at(14.0), Align2::LEFT_CENTER, &text, (12.5, weight), colour);
    let response = ui.interact(place, ui.scope_id().with("text"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(text);
}

/// Findings about all stems together, and the null test.
pub fn of_set(seen: &Seen<'_>, session: &Session, ui: &mut Ui, found: &Examination) {
    let nothing_left = found.null_test.is_none();
    if found.set.is_empty() && nothing_left {
        return;
    }
    ui.add_space(10.0);
    let left = found.null_test.as_ref().map(|test| {
        let fitted = if test.fitted_db.0 < test.residual_db.0 - 1.0 {
            format!(", {:.1} dB with every stem where it belongs", test.fitted_db)
        } else {
            String::new()
        };
        format!(
            "The stems leave {:.1} dB of the reference at {:+.1} dB{fitted}",
            test.residual_db, test.gain_db
        )
    });
    let lines = found.set.len() + usize::from(left.is_some());
    let picture = if left.is_some() { residual::HEIGHT } else { 0.0 };
    let size = vec2(ui.available_width(), 40.0 + lines as f32 * LINE + picture + 6.0);
    let (whole, _) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(whole, theme::RADIUS, theme::panel());
    let at = |y: f32| pos2(whole.left() + 18.0, whole.top() + y);
    let title = (13.0, Weight::SemiBold);
    write(ui.painter(), at(21.0), Align2::LEFT_CENTER, "All together", title, theme::text());
    let mut top = whole.top() + 38.0;
    if let Some(text) = left {
        let regular = (12.5, Weight::Regular);
        write(
            ui.painter(),
            pos2(whole.left() + 62.0, top + LINE / 2.0),
            Align2::LEFT_CENTER,
            &text,
            regular,
            theme::text(),
        );
        let place =
            Rect::from_min_size(pos2(whole.left() + 48.0, top), vec2(whole.width() - 60.0, LINE));
        let response = ui.interact(place, ui.scope_id().with("residual"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        top += LINE;
    }
    if let Some(test) = &found.null_test {
        let area = Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), picture));
        residual::show(seen, session, ui, area, test);
        top += picture;
    }
    let area = Rect::from_min_max(pos2(whole.left(), top), whole.max);
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("set").max_rect(area));
    list(seen, session, ui, area, &found.set);
}

/// Commands at the right of the heading: mend all, write mended files, page for the sender.
pub fn commands(seen: &Seen<'_>, ui: &mut Ui, rect: Rect) {
    let (Some(song), Some(found)) = (seen.song, &seen.measured.examination) else { return };
    let session = &song.session;
    let easy: Vec<Finding> =
        found.findings().filter(|f| is_possible(session, f)).cloned().collect();
    let place = |from: f32, width: f32| {
        Rect::from_min_size(pos2(rect.right() - 24.0 - from, rect.top() + 22.0), vec2(width, 30.0))
    };
    if push(ui, place(150.0, 150.0), "Page for sender\u{2026}", false)
        .on_hover_text("A page that says in plain words what was found and what to export again")
        .clicked()
    {
        seen.ask(Mending::PickPage);
    }
    if push(ui, place(310.0, 150.0), "Mended files\u{2026}", false)
        .on_hover_text("Writes every stem anew: aligned, of one length and rate, named by the standard. What came in stays as it is.")
        .clicked()
    {
        seen.ask(Mending::PickSet);
    }
    if !easy.is_empty()
        && push(ui, place(430.0, 110.0), "Mend all", true)
            .on_hover_text(
                "Aligns, turns and frees from DC what was found, as steps that can be undone",
            )
            .clicked()
    {
        seen.ask(Mending::Mend(easy));
    }
}
