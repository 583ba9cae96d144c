//! The panel at the right of the Stems view: what was found in the selected stem, with a picture and
//! the fix; facts about its file; and what can be done with it.

use super::words::short;
use super::{is_known, is_possible, pictures, to_check};
use crate::app::deeds::{Mending, Stems};
use crate::app::open_song::OpenSong;
use crate::app::panels::StemsPanel;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::push;
use crate::intake::examine::StemReport;
use crate::intake::findings::Finding;
use crate::media::AudioInfo;
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::texts::{self, say};
use crate::units::{Db, Seconds, sentence};
use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

const MARGIN: f32 = 18.0;
const PAD: f32 = 12.0;

/// Lays out one block below the other.
struct Column {
    left: f32,
    width: f32,
    y: f32,
}

impl Column {
    fn row(&mut self, height: f32) -> Rect {
        let rect = Rect::from_min_size(pos2(self.left, self.y), vec2(self.width, height));
        self.y += height;
        rect
    }

    /// Text of several lines; returns its height.
    fn text(&mut self, ui: &Ui, text: &str, inset: f32, size: f32, colour: egui::Color32) {
        let font = theme::font(size, Weight::Regular);
        let lines = ui.painter().layout(text.into(), font, colour, self.width - 2.0 * inset);
        let at = pos2(self.left + inset, self.y);
        self.y += lines.size().y;
        ui.painter().galley(at, lines, colour);
    }
}

pub fn show(seen: &Seen<'_>, song: &OpenSong, own: &mut StemsPanel, ui: &mut Ui, rect: Rect) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let known = own.height.max(rect.height());
        let (whole, _) = ui.allocate_exact_size(vec2(rect.width(), known), Sense::hover());
        let width = whole.width() - 2.0 * MARGIN;
        let left = whole.left() + MARGIN;
        let mut column = Column { left, width, y: whole.top() + 14.0 };
        contents(seen, song, own.reference, ui, &mut column);
        // The height is known once everything is laid out: the next frame scrolls by it.
        own.height = column.y - whole.top() + 16.0;
    });
}

fn contents(seen: &Seen<'_>, song: &OpenSong, reference: bool, ui: &mut Ui, column: &mut Column) {
    let session = &song.session;
    match session.reference.as_ref().filter(|_| reference) {
        Some(file) => {
            title(ui, column, say!("stems-reference"), Some(0));
            let rate = session.sample_rate;
            facts(ui, column, &of_file(&file.info, None, rate));
            column.y += 14.0;
            if push(ui, column.row(32.0), say!("stems-make-it-a-stem"), false).clicked() {
                seen.ask(Stems::FromReference);
            }
        }
        None => {
            if let Some(stem) = song.selected.and_then(|id| session.stem(id)) {
                of_stem(seen, song, ui, column, stem);
            }
        }
    }
    let set = to_check(seen, None);
    if !set.is_empty() {
        column.y += 18.0;
        title(ui, column, say!("stems-all-together"), Some(set.len()));
        for (n, finding) in set.into_iter().enumerate() {
            card(seen, song, None, ui, column, finding, ("set", n));
        }
    }
    ignored(seen, ui, column, None);
    column.y += 16.0;
    column.text(ui, say!("stems-files-stay"), 0.0, 12.0, theme::dim());
    column.y += 12.0;
    let place = column.row(32.0);
    let mut child = ui.new_child(UiBuilder::new().id_salt("copies").max_rect(place));
    if !seen.measured.current {
        child.disable();
    }
    let copies = push(&mut child, place, say!("stems-write-copies"), false);
    if copies.on_hover_text(say!("stems-write-copies-hint")).clicked() {
        seen.ask(Mending::PickSet);
    }
}

/// A name with the number of its findings; `None` while it is being checked.
fn title(ui: &Ui, column: &mut Column, name: &str, findings: Option<usize>) {
    let row = column.row(32.0);
    let at = pos2(row.left(), row.center().y);
    let (count, colour) = match findings {
        None => (say!("stems-being-checked").into(), theme::dim()),
        Some(0) => (String::new(), theme::dim()),
        Some(count) => (say!("stems-findings", count = count), theme::caution()),
    };
    let font = theme::font(12.5, Weight::Medium);
    let after = ui.painter().layout_no_wrap(count, font, colour);
    let width = row.width() - after.size().x - 10.0;
    let bold = (14.5, Weight::SemiBold);
    let shown =
        ui.painter().layout_no_wrap(name.into(), theme::font(bold.0, bold.1), theme::text());
    write_within(ui.painter(), at, width, name, bold, theme::text());
    let end = at.x + shown.size().x.min(width) + 8.0;
    let place = pos2(end, at.y - after.size().y / 2.0 + 1.0);
    ui.painter().galley(place, after, colour);
}

fn of_stem(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, column: &mut Column, stem: &Stem) {
    let open = to_check(seen, Some(stem.id));
    let known = is_known(seen, Some(stem.id));
    title(ui, column, &stem.name, known.then_some(open.len()));
    for (n, finding) in open.into_iter().enumerate() {
        card(seen, song, Some(stem.id), ui, column, finding, ("finding", n));
    }
    ignored(seen, ui, column, Some(stem.id));
    let found = seen.measured.examination.as_ref().filter(|_| known);
    let report = found.and_then(|found| found.stems.iter().find(|report| report.id == stem.id));
    for note in report.map_or(&[][..], |report| &report.notes) {
        column.text(ui, &sentence(note), 0.0, 12.0, theme::dim());
        column.y += 6.0;
    }
    column.y += 10.0;
    let row = column.row(22.0);
    let at = pos2(row.left(), row.center().y);
    let font = (13.5, Weight::SemiBold);
    write(ui.painter(), at, Align2::LEFT_CENTER, say!("stems-file"), font, theme::text());
    facts(ui, column, &of_file(&stem.file.info, report, song.session.sample_rate));
    column.y += 14.0;
    let row = column.row(32.0);
    let half = (row.width() - 8.0) / 2.0;
    let place =
        |n: f32| Rect::from_min_size(row.min + vec2(n * (half + 8.0), 0.0), vec2(half, 32.0));
    if push(ui, place(0.0), say!("stems-make-reference"), false)
        .on_hover_text(say!("stems-make-reference-hint"))
        .clicked()
    {
        seen.ask(Stems::BecomeReference(stem.id));
    }
    if push(ui, place(1.0), say!("common-remove"), false)
        .on_hover_text(say!("stems-remove-hint"))
        .clicked()
    {
        seen.ask(Stems::Remove(stem.id));
    }
}

/// Says how many findings are ignored, with the button that shows them again.
fn ignored(seen: &Seen<'_>, ui: &mut Ui, column: &mut Column, stem: Option<StemId>) {
    let count = seen.measured.ignored.iter().filter(|(of, _)| *of == stem).count();
    if count == 0 {
        return;
    }
    let row = column.row(30.0);
    let at = pos2(row.left(), row.center().y);
    let text = say!("stems-ignored", count = count);
    write(ui.painter(), at, Align2::LEFT_CENTER, text, (12.0, Weight::Regular), theme::dim());
    let place = Rect::from_min_max(pos2(row.right() - 116.0, row.top()), row.max);
    if push(ui, place, say!("stems-show-ignored"), false).clicked() {
        seen.ask(Mending::ShowIgnored(stem));
    }
    column.y += 8.0;
}

/// Facts about a file: name and value.
fn of_file(
    info: &AudioInfo,
    report: Option<&StemReport>,
    rate: crate::units::SampleRate,
) -> Vec<(&'static str, String)> {
    let mut facts = vec![(say!("stems-fact-format"), info.describe())];
    if let Some(report) = report.filter(|report| report.real_bits > 0) {
        facts.push((say!("stems-fact-bits-used"), report.real_bits.to_string()));
    }
    let length = format!("{:.3}", info.frames.seconds(info.sample_rate));
    facts.push((say!("stems-fact-length"), length));
    if info.sample_rate != rate {
        facts.push((say!("stems-fact-converted-to"), rate.to_string()));
    }
    if let Some(stamp) = info.time_reference {
        let seconds = stamp as f64 / info.sample_rate.hz().0;
        let whole = seconds as u64;
        let (hours, minutes) = (whole / 3600, whole / 60 % 60);
        let text = format!("{hours:02}:{minutes:02}:{:06.3}", seconds % 60.0);
        facts.push((say!("stems-fact-time-stamp"), text));
    }
    let level = |value: Option<f64>, unit| {
        let value = value.filter(|value| value.is_finite())?;
        Some(format!("{:.1} {unit}", Db(value)))
    };
    if let Some(report) = report {
        let peak = level(report.sample_peak_dbfs, "dBFS");
        facts.extend(peak.map(|peak| (say!("stems-peak"), peak)));
        let loudness = level(report.integrated_lufs, "LUFS");
        facts.extend(loudness.map(|loudness| (say!("stems-loudness"), loudness)));
        let begins = report.sound_starts.filter(|start| *start > 0.0);
        let begins = begins.map(|start| format!("{:.3}", Seconds(start)));
        facts.extend(begins.map(|start| (say!("stems-fact-sound-begins"), start)));
    }
    facts
}

fn facts(ui: &mut Ui, column: &mut Column, facts: &[(&'static str, String)]) {
    for (name, value) in facts {
        let row = column.row(24.0);
        let response = ui.interact(row, ui.scope_id().with(("fact", name)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {value}")));
        let left = pos2(row.left(), row.center().y);
        let font = (12.5, Weight::Regular);
        let name = write(ui.painter(), left, Align2::LEFT_CENTER, *name, font, theme::dim());
        let width = row.right() - name.right() - 10.0;
        let font = theme::font(12.5, Weight::SemiBold);
        let shown = ui.painter().layout_no_wrap(value.clone(), font, theme::text()).size().x;
        let from = pos2(row.right() - shown.min(width), row.center().y);
        if write_within(ui.painter(), from, width, value, (12.5, Weight::SemiBold), theme::text()) {
            response.on_hover_text(value);
        }
    }
}

/// One finding: title, explanation, picture, and what can be done.
fn card(
    seen: &Seen<'_>,
    song: &OpenSong,
    stem: Option<StemId>,
    ui: &mut Ui,
    column: &mut Column,
    finding: &Finding,
    id: (&'static str, usize),
) {
    let session: &Session = &song.session;
    let top = column.y;
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(id).max_rect(column.row(0.0)));
    // The background is as high as the contents, which are laid out first.
    let background = ui.painter().add(egui::Shape::Noop);
    column.y += PAD;
    let title = sentence(&short(finding));
    let row = column.row(20.0);
    let at = pos2(row.left() + PAD, row.center().y);
    let width = row.width() - 2.0 * PAD;
    write_within(ui.painter(), at, width, &title, (13.5, Weight::SemiBold), theme::text());
    column.y += 4.0;
    let text = sentence(&finding.line());
    column.text(ui, &text, PAD, 12.0, theme::dim());
    let place =
        Rect::from_min_max(pos2(column.left, top), pos2(column.left + column.width, column.y));
    let response = ui.interact(place, ui.scope_id().with("text"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    if let Some(height) = pictures::height(seen, song, stem, finding) {
        column.y += 6.0;
        let area = column.row(height).shrink2(vec2(PAD, 0.0));
        pictures::show(seen, song, stem, finding, ui, area);
    }
    column.y += 10.0;
    let row = column.row(30.0);
    let possible = finding.mend.as_ref().filter(|_| is_possible(session, finding));
    let both = pictures::both(seen, song, stem, finding);
    let plays = both.is_some() || !finding.at.is_empty();
    let buttons = 1 + usize::from(possible.is_some()) + usize::from(plays);
    let width = (row.width() - 2.0 * PAD - 8.0 * (buttons - 1) as f32) / buttons as f32;
    let mut left = row.left() + PAD;
    let mut place = || {
        let rect = Rect::from_min_size(pos2(left, row.top()), vec2(width, 30.0));
        left += width + 8.0;
        rect
    };
    if let Some(mend) = possible {
        let rect = place();
        let mut child = ui.new_child(UiBuilder::new().id_salt("fix").max_rect(rect));
        let own = finding.stem.and_then(|id| session.stem(id));
        if !own.is_some_and(|stem| seen.measured.may_fix(stem)) {
            child.disable();
        }
        if push(&mut child, rect, texts::word("mend", mend.name()), true).clicked() {
            seen.ask(Mending::Mend(vec![finding.clone()]));
        }
    }
    if let Some((stem, span)) = both {
        let hint = say!("stems-play-both-hint");
        if push(ui, place(), say!("stems-play-both"), false).on_hover_text(hint).clicked() {
            seen.ask(Mending::PlayBoth(stem, span));
        }
    } else if let Some(span) = finding.at.first()
        && push(ui, place(), say!("common-play"), false)
            .on_hover_text(say!("stems-loops-over", place = span.from.to_string()))
            .clicked()
    {
        seen.ask(Mending::Play(*span));
    }
    if push(ui, place(), say!("stems-ignore"), false)
        .on_hover_text(say!("stems-ignore-hint"))
        .clicked()
    {
        seen.ask(Mending::Ignore((finding.stem, finding.kind)));
    }
    column.y += PAD;
    let rect =
        Rect::from_min_max(pos2(column.left, top), pos2(column.left + column.width, column.y));
    let shape = egui::Shape::rect_filled(rect, theme::RADIUS + 2.0, theme::raised());
    ui.painter().set(background, shape);
    column.y += 12.0;
}
