//! The Stems view: one line a stem with its waveform, peak, loudness and state; the selected stem
//! explained at the right; and the null test below.

mod detail;
mod null;
mod pictures;
mod row;
mod words;

pub use null::left_name;

use super::deeds::{Mending, SessionDeed};
use super::open_song::OpenSong;
use super::panels::{LeftOut, Panels};
use super::seen::Seen;
use super::theme::{self, Weight, write, write_within};
use super::widgets::{part, push};
use crate::intake::findings::{Finding, Mend};
use crate::intake::mend::in_session;
use crate::session::Session;
use crate::session::stem::StemId;
use crate::texts::say;
use crate::units::sentence;
use egui::{
    Align2, Color32, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// Width of the panel at the right, in points. A view narrower than [`NARROW`] has none.
const PANEL: f32 = 270.0;
const NARROW: f32 = 900.0;
const MARGIN: f32 = 18.0;
const HEADING: f32 = 50.0;
/// Least height of the null test's card, in points.
const NULL: f32 = 250.0;
const GAP: f32 = 12.0;
/// Height of the line of files that were left out, in points.
const LEFT_OUT: f32 = 40.0;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let mut left = rect;
    if rect.width() >= NARROW {
        let right = Rect::from_min_max(pos2(rect.right() - PANEL, rect.top()), rect.max);
        left.max.x = right.left();
        ui.painter().rect_filled(right, 0.0, theme::panel());
        ui.painter().vline(right.left(), right.y_range(), Stroke::new(1.0, theme::line()));
        part(ui, "detail", right, |ui| detail::show(seen, song, &mut panels.stems, ui, right));
    }
    let inner = Rect::from_min_max(
        pos2(left.left() + MARGIN, left.top()),
        pos2(left.right() - MARGIN, left.bottom() - MARGIN),
    );
    heading(seen, song, ui, inner);
    let area = Rect::from_min_max(pos2(inner.left(), inner.top() + HEADING), inner.max);
    let tested = seen.measured.examination.as_ref().and_then(|found| found.null_test.as_ref());
    let wanted = row::height(song);
    let mut least = area.height() - if tested.is_some() { NULL + GAP } else { 0.0 };
    if !panels.stems.left_out.is_empty() {
        least -= LEFT_OUT + GAP;
    }
    let mut table = Rect::from_min_size(area.min, vec2(area.width(), wanted.min(least.max(0.0))));
    ui.painter().rect_filled(table, theme::RADIUS + 2.0, theme::panel());
    let mut child = ui.new_child(UiBuilder::new().id_salt("files").max_rect(table));
    child.set_clip_rect(table);
    ScrollArea::vertical().auto_shrink(false).show(&mut child, |ui| {
        let (whole, _) = ui.allocate_exact_size(vec2(table.width(), wanted), egui::Sense::hover());
        row::table(seen, song, panels, ui, whole);
    });
    if !panels.stems.left_out.is_empty() {
        let top = pos2(area.left(), table.bottom() + GAP);
        let line = Rect::from_min_size(top, vec2(area.width(), LEFT_OUT));
        part(ui, "left out", line, |ui| left_out(&mut panels.stems.left_out, ui, line));
        table.max.y = line.bottom();
    }
    if let Some(test) = tested {
        let card = Rect::from_min_max(pos2(area.left(), table.bottom() + GAP), area.max);
        let fixed = &mut panels.stems.fixed;
        part(ui, "null test", card, |ui| {
            if !seen.measured.current {
                ui.disable();
            }
            null::show(seen, song, test, fixed, ui, card);
        });
    }
}

/// Whether a finding can be fixed with a click.
fn is_possible(session: &Session, finding: &Finding) -> bool {
    matches!(finding.mend, Some(Mend::Dc { .. })) || in_session(session, finding).is_some()
}

/// Findings of a stem (`None`: of the set) that a person should look at; none while they belong to
/// an earlier state of it.
fn to_check<'a>(seen: &Seen<'a>, stem: Option<StemId>) -> Vec<&'a Finding> {
    let found = seen.measured.examination.as_ref();
    let Some(found) = found.filter(|_| is_known(seen, stem)) else { return Vec::new() };
    let own = stem.and_then(|id| found.stems.iter().find(|report| report.id == id));
    let list = match stem {
        Some(_) => own.map_or(&[][..], |report| &report.findings),
        None => &found.set,
    };
    list.iter().filter(|finding| seen.measured.is_open(finding)).collect()
}

/// Whether a stem (`None`: the set) was examined as it is now.
fn is_known(seen: &Seen<'_>, stem: Option<StemId>) -> bool {
    match stem {
        Some(id) => {
            let stem = seen.song.and_then(|song| song.session.stem(id));
            stem.is_some_and(|stem| seen.measured.knows(stem))
        }
        None => seen.measured.current,
    }
}

/// The files that could not be taken, with the reasons under the pointer, until they are dismissed.
fn left_out(files: &mut Vec<LeftOut>, ui: &mut Ui, line: Rect) {
    ui.painter().rect_filled(line, theme::RADIUS + 2.0, theme::panel());
    let dismiss = Rect::from_min_max(
        pos2(line.right() - 104.0, line.top() + 6.0),
        pos2(line.right() - 8.0, line.bottom() - 6.0),
    );
    let from = pos2(line.left() + 16.0, line.center().y);
    let text = Rect::from_min_max(line.min, pos2(dismiss.left() - 12.0, line.bottom()));
    let names: Vec<&str> = files.iter().map(|one| one.file.as_str()).collect();
    let words = say!("stems-left-out", count = files.len(), files = names.join(", "));
    let font = (12.5, Weight::Medium);
    write_within(ui.painter(), from, text.right() - from.x, &words, font, theme::caution());
    let reasons: Vec<&str> = files.iter().map(|one| one.reason.as_str()).collect();
    let response = ui.interact(text, ui.scope_id().with("files"), Sense::hover());
    // A screen reader gets the reasons, too.
    let all = format!("{words}. {}", reasons.join(". "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &all));
    response.on_hover_text(reasons.join("\n"));
    if push(ui, dismiss, say!("stems-left-out-dismiss"), false).clicked() {
        files.clear();
    }
}

/// Title, summary and commands.
fn heading(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, inner: Rect) {
    let middle = inner.top() + 23.0;
    let at = pos2(inner.left(), middle);
    let font = (16.0, Weight::SemiBold);
    let title =
        write(ui.painter(), at, Align2::LEFT_CENTER, say!("stems-title"), font, theme::text());
    let mut right = inner.right();
    let mut place = |width: f32| {
        let rect = Rect::from_min_size(pos2(right - width, middle - 16.0), vec2(width, 32.0));
        right -= width + 10.0;
        rect
    };
    if let Some(found) = &seen.measured.examination {
        let all = found.findings().filter(|finding| seen.measured.is_open(finding));
        let easy: Vec<&Finding> =
            all.filter(|finding| is_possible(&song.session, finding)).collect();
        // Both buttons speak of the stems as they are now. Until that is known they keep their
        // places, so that a second click hits nothing else.
        let mut ui = ui.new_child(UiBuilder::new().id_salt("found").max_rect(inner));
        let ui = &mut ui;
        let count = seen.measured.to_check();
        if count.is_none() {
            ui.disable();
        }
        if !easy.is_empty() {
            let words = match count {
                Some(count) => say!("stems-fix", fixed = easy.len(), count = count),
                None => sentence(say!("stems-being-checked")),
            };
            if push(ui, place(170.0), &words, true).on_hover_text(say!("stems-fix-hint")).clicked()
            {
                seen.ask(Mending::Mend(easy.into_iter().cloned().collect()));
            }
        }
        if push(ui, place(178.0), say!("stems-report"), false)
            .on_hover_text(say!("stems-report-hint"))
            .clicked()
        {
            seen.ask(Mending::PickPage);
        }
    }
    if push(ui, place(112.0), say!("stems-add-files"), false).clicked() {
        seen.ask(SessionDeed::PickStems);
    }
    let (text, colour) = summary(seen, song);
    let at = pos2(title.right() + 10.0, middle + 1.0);
    write_within(ui.painter(), at, right - at.x, text, (12.5, Weight::Medium), colour);
}

/// The files in a line: number, format, length, and how many findings are open.
fn summary(seen: &Seen<'_>, song: &OpenSong) -> (String, Color32) {
    let session = &song.session;
    let rate = session.sample_rate;
    let bits = session.stems.iter().filter_map(|stem| stem.file.info.bits).max();
    let rate_text = rate.to_string();
    let format = match bits {
        Some(bits) => say!("stems-files-format", rate = rate_text, bits = bits),
        None => rate_text,
    };
    let length = session.length().seconds(rate).to_string();
    let files = say!("stems-files", count = session.stems.len(), format = format, length = length);
    match seen.measured.to_check() {
        None => (say!("stems-files-being-checked", files = files), theme::dim()),
        Some(0) => (say!("stems-files-nothing-to-check", files = files), theme::good()),
        Some(count) => {
            (say!("stems-files-to-check", files = files, count = count), theme::caution())
        }
    }
}

/// State of the reference in words, and the colour of its dot.
fn reference_state(seen: &Seen<'_>) -> (String, Color32) {
    let louder = seen.measured.figures.as_ref().and_then(|figures| {
        let by = figures.reference_loudness()? - figures.mix.loudness.integrated;
        by.finite()
    });
    match louder {
        Some(by) if by > 1.0 => {
            (say!("stems-reference-louder", by = format!("{by:.1}")), theme::dim())
        }
        Some(by) if by < -1.0 => {
            (say!("stems-reference-quieter", by = format!("{:.1}", -by)), theme::dim())
        }
        Some(_) => (say!("stems-reference-as-loud").into(), theme::dim()),
        None => (say!("stems-reference-for-comparison").into(), theme::dim()),
    }
}
