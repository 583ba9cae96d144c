//! The table of the stems: a line for each, and one for the reference.

use super::to_check;
use super::words::short;
use crate::app::deeds::Choice;
use crate::app::menu;
use crate::app::open_song::OpenSong;
use crate::app::panels::{Panels, StemsPanel};
use crate::app::renaming::{self, Renaming};
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::waves::song_wave;
use crate::app::widgets::choice;
use crate::intake::examine::StemReport;
use crate::media::AudioInfo;
use crate::media::peaks::Peaks;
use crate::session::edit::Edit;
use crate::session::stem::{FileRef, Role, Stem};
use crate::texts::{self, say};
use crate::units::{Db, Seconds};
use egui::{
    Align2, Color32, Pos2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

const HEAD: f32 = 32.0;
const ROW: f32 = 53.0;

/// Height of the whole table, in points.
pub fn height(song: &OpenSong) -> f32 {
    let reference = if song.session.reference.is_some() { ROW + 12.0 } else { 0.0 };
    HEAD + song.session.stems.len() as f32 * ROW + reference + 6.0
}

/// Places of the columns, in points from the left edge of the table. A column without room is
/// left out.
struct Columns {
    name: f32,
    role: f32,
    file: Option<f32>,
    wave: [f32; 2],
    /// Right edges of the figures.
    peak: f32,
    loudness: Option<f32>,
    state: f32,
}

impl Columns {
    fn of(width: f32) -> Self {
        let (roomy, wide) = (width >= 1050.0, width >= 760.0);
        let role = if wide { 212.0 } else { 150.0 };
        let after = role + if wide { 160.0 } else { 142.0 };
        let file = roomy.then_some(after);
        let state = width - if wide { 172.0 } else { 150.0 };
        let loudness = wide.then_some(state - 24.0);
        let peak = loudness.map_or(state - 18.0, |at| at - 72.0);
        let wave = if roomy { after + 260.0 } else { after };
        Self { name: 48.0, role, file, wave: [wave, peak - 62.0], peak, loudness, state }
    }
}

pub fn table(seen: &Seen<'_>, song: &OpenSong, panels: &mut Panels, ui: &mut Ui, whole: Rect) {
    let columns = Columns::of(whole.width());
    let head = |x: f32, align: Align2, text: &str| {
        let at = pos2(whole.left() + x, whole.top() + 19.0);
        write(ui.painter(), at, align, text, (11.5, Weight::Regular), theme::dim());
    };
    head(14.0, Align2::LEFT_CENTER, "#");
    head(columns.name, Align2::LEFT_CENTER, say!("stems-name"));
    head(columns.role, Align2::LEFT_CENTER, say!("stems-role"));
    if let Some(file) = columns.file {
        head(file, Align2::LEFT_CENTER, say!("stems-file"));
    }
    head(columns.wave[0], Align2::LEFT_CENTER, say!("stems-waveform"));
    head(columns.peak, Align2::RIGHT_CENTER, say!("stems-peak"));
    if let Some(loudness) = columns.loudness {
        head(loudness, Align2::RIGHT_CENTER, say!("stems-loudness"));
    }
    head(columns.state, Align2::LEFT_CENTER, say!("stems-state"));
    let mut top = whole.top() + HEAD;
    let place = |top: f32| {
        let from = pos2(whole.left() + 6.0, top);
        Rect::from_min_size(from, vec2(whole.width() - 12.0, ROW - 4.0))
    };
    for (n, stem) in song.session.stems.iter().enumerate() {
        // Two stems may have the same name, so widget ids use the stem's id.
        let builder = UiBuilder::new().id_salt(("stem", stem.id.0)).max_rect(place(top));
        let ui = &mut ui.new_child(builder);
        line(seen, song, panels, ui, place(top), &columns, n, stem);
        top += ROW;
    }
    if let Some(file) = &song.session.reference {
        reference(seen, song, &mut panels.stems, ui, place(top + 8.0), &columns, file);
    }
}

/// The line of one stem. A click selects it, a double-click on its name renames it.
#[expect(
    clippy::too_many_arguments,
    reason = "a row needs its place, its stem and all that is seen"
)]
fn line(
    seen: &Seen<'_>,
    song: &OpenSong,
    panels: &mut Panels,
    ui: &mut Ui,
    rect: Rect,
    columns: &Columns,
    n: usize,
    stem: &Stem,
) {
    let found = seen.measured.examination.as_ref();
    let report = found.and_then(|found| found.stems.iter().find(|report| report.id == stem.id));
    let selected = !panels.stems.reference && song.selected == Some(stem.id);
    let response = ui.interact(rect, ui.scope_id().with("line"), Sense::click());
    let (state, colour) = state(seen, stem, report);
    let words = format!("{}: {state}", stem.name);
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Row, true, selected, &words));
    if response.clicked() {
        panels.stems.reference = false;
        seen.ask(Choice::Stem(stem.id));
    }
    let under = match (selected, response.hovered()) {
        (true, _) => theme::raised(),
        (_, true) => theme::mixed(theme::raised(), 0.5, theme::panel()),
        _ => theme::panel(),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, under);
    let role = theme::stem_colour(stem);
    let bar = Rect::from_min_size(rect.min + vec2(0.0, 5.0), vec2(3.0, rect.height() - 10.0));
    ui.painter().rect_filled(bar, 1.5, role);
    // Columns count from the table's edge.
    let x = |x: f32| rect.left() - 6.0 + x;
    let at = |x0: f32| pos2(x(x0), rect.center().y);
    let number = format!("{:02}", n + 1);
    write(
        ui.painter(),
        at(18.0),
        Align2::LEFT_CENTER,
        number,
        (13.0, Weight::Regular),
        theme::dim(),
    );
    let field = Rect::from_min_max(
        pos2(x(columns.name) - 4.0, rect.center().y - 13.0),
        pos2(x(columns.role) - 12.0, rect.center().y + 13.0),
    );
    let on_name = |at: Pos2| field.contains(at);
    if response.double_clicked() && response.interact_pointer_pos().is_some_and(on_name) {
        panels.renaming = Some(Renaming::of(stem));
    }
    if !renaming::show(seen, panels, ui, field, stem) {
        let (from, width) = (at(columns.name), field.right() - x(columns.name));
        let font = (13.5, Weight::SemiBold);
        if write_within(ui.painter(), from, width, &stem.name, font, theme::text()) {
            let name = ui.interact(field, ui.scope_id().with("name"), Sense::hover());
            name.on_hover_text(&stem.name);
        }
    }
    let list = Rect::from_min_size(
        pos2(x(columns.role), rect.center().y - 14.0),
        vec2(columns.file.unwrap_or(columns.wave[0]) - columns.role - 16.0, 28.0),
    );
    let roles = menu::role_names();
    let shown = texts::word("role", stem.role.name());
    let chosen = choice(ui, list, say!("stems-role"), shown, &roles);
    if let Some(role) = chosen.and_then(|n| Role::ALL.get(n)) {
        seen.edit(Edit::Role { stem: stem.id, role: *role });
    }
    let used = report.map(|report| report.real_bits);
    file_column(ui, rect, columns, stem.file.place.name(), &brief(&stem.file.info, used));
    let peaks = seen.measured.peaks.get(&stem.id).map(|peaks| &**peaks);
    wave(song, ui, rect, columns, peaks, stem.offset(), (role, under));
    late_mark(seen, song, ui, rect, columns, stem);
    let peak = report.and_then(|report| report.sample_peak_dbfs).map(Db);
    let loudness = report.and_then(|report| report.integrated_lufs).map(Db);
    let ink = if seen.measured.knows(stem) { theme::text() } else { theme::dim() };
    figures(ui, rect, columns, (peak, loudness), ink);
    state_column(ui, rect, columns, &state, colour, true);
}

/// Format in a word or two: `24-bit · stereo`, `24-bit, 16 used · mono`.
fn brief(info: &AudioInfo, used: Option<u32>) -> String {
    let bits = match (info.bits, info.float) {
        (Some(bits), true) => say!("stems-bits-float", bits = bits),
        (Some(bits), false) => match used.filter(|used| *used < bits && *used > 0) {
            Some(used) => say!("stems-bits-used", bits = bits, used = used),
            None => say!("stems-bits", bits = bits),
        },
        (None, _) => info.format.clone(),
    };
    match info.channels {
        1 => say!("stems-file-mono", bits = bits),
        _ => say!("stems-file-stereo", bits = bits),
    }
}

fn file_column(ui: &Ui, rect: Rect, columns: &Columns, name: &str, brief: &str) {
    let Some(from) = columns.file else { return };
    let left = rect.left() - 6.0 + from;
    let width = columns.wave[0] - from - 14.0;
    let at = |y: f32| pos2(left, rect.center().y + y);
    let font = (12.5, Weight::Regular);
    if write_within(ui.painter(), at(-8.0), width, name, font, theme::text()) {
        let place = Rect::from_center_size(at(0.0), vec2(0.0, 0.0)).expand2(vec2(0.0, 20.0));
        let place = place.with_max_x(left + width);
        ui.interact(place, ui.scope_id().with("file"), Sense::hover()).on_hover_text(name);
    }
    write_within(ui.painter(), at(9.0), width, brief, (11.5, Weight::Regular), theme::dim());
}

fn wave(
    song: &OpenSong,
    ui: &Ui,
    rect: Rect,
    columns: &Columns,
    peaks: Option<&Peaks>,
    offset: i64,
    colours: (Color32, Color32),
) {
    let area = wave_area(rect, columns);
    if area.width() < 20.0 {
        return;
    }
    let line = Stroke::new(1.0, theme::mixed(colours.0, 0.4, colours.1));
    ui.painter().hline(area.x_range(), area.center().y, line);
    if let Some(peaks) = peaks {
        song_wave(ui.painter(), area, peaks, offset, song.length().0, colours);
    }
}

fn wave_area(rect: Rect, columns: &Columns) -> Rect {
    let x = |x: f32| rect.left() - 6.0 + x;
    Rect::from_x_y_ranges(x(columns.wave[0])..=x(columns.wave[1]), rect.y_range())
        .shrink2(vec2(0.0, 8.0))
}

/// A stroke where a stem that is not aligned begins.
fn late_mark(
    seen: &Seen<'_>,
    song: &OpenSong,
    ui: &Ui,
    rect: Rect,
    columns: &Columns,
    stem: &Stem,
) {
    let shifted = to_check(seen, Some(stem.id))
        .into_iter()
        .any(|finding| matches!(finding.mend, Some(crate::intake::findings::Mend::Shift { .. })));
    if !shifted {
        return;
    }
    let area = wave_area(rect, columns);
    let share = stem.offset().max(0) as f32 / song.length().0.max(1) as f32;
    let left = area.left() + area.width() * share;
    let mark = Rect::from_x_y_ranges(left..=left + 4.0, area.y_range().expand(4.0));
    ui.painter().rect_filled(mark, 0.0, theme::caution());
}

/// Peak and loudness; dim where they are of an earlier state of the stem.
fn figures(
    ui: &Ui,
    rect: Rect,
    columns: &Columns,
    (peak, loudness): (Option<Db>, Option<Db>),
    ink: Color32,
) {
    let figure = |x: Option<f32>, value: Option<Db>| {
        let Some(x) = x else { return };
        let value = value.filter(|value| value.0.is_finite());
        let text = value.map_or("\u{2013}".into(), |value| format!("{value:.1}"));
        let at = pos2(rect.left() - 6.0 + x, rect.center().y);
        write(ui.painter(), at, Align2::RIGHT_CENTER, text, (12.5, Weight::Medium), ink);
    };
    figure(Some(columns.peak), peak);
    figure(columns.loudness, loudness);
}

/// State of a stem in words, and the colour of its dot.
fn state(seen: &Seen<'_>, stem: &Stem, report: Option<&StemReport>) -> (String, Color32) {
    let report = report.filter(|_| seen.measured.knows(stem));
    let Some(report) = report else { return (say!("stems-being-checked").into(), theme::dim()) };
    // Another stem was changed: what was found here still holds, but the set is not known yet.
    let shown = |colour| if seen.measured.current { colour } else { theme::dim() };
    let open = to_check(seen, Some(stem.id));
    if let [first, rest @ ..] = open.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
        return (format!("{}{more}", short(first)), shown(theme::caution()));
    }
    let found = seen.measured.examination.as_ref();
    let tested = found.is_some_and(|found| found.null_test.is_some());
    let text = match report.sound_starts.filter(|start| *start > 1.0) {
        Some(start) => say!("stems-starts-at", time = format!("{:.1}", Seconds(start))),
        None if tested => say!("stems-aligned").into(),
        None => say!("stems-ready").into(),
    };
    (text, shown(theme::good()))
}

fn state_column(ui: &Ui, rect: Rect, columns: &Columns, text: &str, colour: Color32, strong: bool) {
    let at = |x: f32| pos2(rect.left() - 6.0 + columns.state + x, rect.center().y);
    ui.painter().circle_filled(at(4.0), 4.5, colour);
    let weight = if strong { Weight::SemiBold } else { Weight::Regular };
    let own = colour == theme::caution() || (strong && colour == theme::dim());
    let ink = if own { colour } else { theme::text() };
    let width = rect.right() - at(16.0).x - 4.0;
    if write_within(ui.painter(), at(16.0), width, text, (12.5, weight), ink) {
        let place = Rect::from_min_max(pos2(at(0.0).x, rect.top()), rect.max);
        ui.interact(place, ui.scope_id().with("state"), Sense::hover()).on_hover_text(text);
    }
}

/// The line of the reference, which is not part of the sum.
fn reference(
    seen: &Seen<'_>,
    song: &OpenSong,
    own: &mut StemsPanel,
    ui: &mut Ui,
    rect: Rect,
    columns: &Columns,
    file: &FileRef,
) {
    let ui = &mut ui.new_child(UiBuilder::new().id_salt("reference").max_rect(rect));
    let response = ui.interact(rect, ui.scope_id().with("line"), Sense::click());
    let (text, colour) = super::reference_state(seen);
    let words = say!("stems-reference-state", state = &text);
    response.widget_info(|| WidgetInfo::selected(WidgetRole::Row, true, own.reference, &words));
    own.reference |= response.clicked();
    let under = if own.reference { theme::raised() } else { theme::panel() };
    ui.painter().rect_filled(rect, theme::RADIUS, under);
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    let line = Stroke::new(1.0, theme::line());
    ui.painter().extend(Shape::dashed_line(&corners, line, 4.0, 3.0));
    let at = |y: f32| pos2(rect.left() - 6.0 + columns.name, rect.center().y + y);
    let (bold, dim) = ((13.5, Weight::SemiBold), (11.5, Weight::Regular));
    write(
        ui.painter(),
        at(-8.0),
        Align2::LEFT_CENTER,
        say!("stems-reference"),
        bold,
        theme::text(),
    );
    let apart = say!("stems-reference-apart");
    write(ui.painter(), at(9.0), Align2::LEFT_CENTER, apart, dim, theme::dim());
    file_column(ui, rect, columns, file.place.name(), &brief(&file.info, None));
    let peaks = seen.measured.reference_peaks.as_deref();
    wave(song, ui, rect, columns, peaks, seen.heard.reference_at, (theme::dim(), under));
    let peak = peaks.and_then(Peaks::highest).map(|peak| Db::from_factor(f64::from(peak)));
    let loudness = seen.measured.figures.as_ref().and_then(|figures| figures.reference_loudness());
    let loudness = loudness.map(|loudness| Db(loudness.0));
    figures(ui, rect, columns, (peak, loudness), theme::text());
    state_column(ui, rect, columns, &text, colour, false);
}
