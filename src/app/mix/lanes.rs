//! The lanes: one waveform per stem, cuts and clean regions over them, the playhead.

use super::rows::{self, Placed, Row};
use super::{HEADER, automation, cuts, groups, headers, ruler};
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::theme::{self, Weight, write};
use crate::app::{song_files, stem_commands};
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::peaks::{BASE, Peaks, Point};
use crate::session::stem::Stem;
use crate::units::{SampleRate, Seconds};
use egui::{
    Align2, Color32, Mesh, Painter, Rect, Role as WidgetRole, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

pub fn show(desk: &mut Desk, ui: &mut Ui, rect: Rect) {
    let Some(mut document) = desk.document.take() else { return };
    let area = Rect::from_min_max(pos2(rect.left() + HEADER, rect.top()), rect.max);
    let response = ui.interact(area, ui.scope_id().with("lanes"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, "Timeline"));
    let placed = desk.panels.mix.rows.placed(&document.session, &desk.panels.preferences);
    let surplus = (rows::total(&placed) - rect.height()).max(0.0);
    if ui.rect_contains_pointer(rect) && surplus > 0.0 {
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if response.hovered() {
            desk.panels.mix.timeline.down -= wheel;
        }
    }
    let down = desk.panels.mix.timeline.down;
    let down = desk.panels.mix.rows.reveal(&document.session, &placed, down, rect.height());
    desk.panels.mix.timeline.down = down.clamp(0.0, surplus);
    for one in &placed {
        let top = rect.top() + one.top - desk.panels.mix.timeline.down;
        let row = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + one.height));
        if !row.intersects(rect) {
            continue;
        }
        let head = Rect::from_min_max(row.min, pos2(rect.left() + HEADER, row.bottom()));
        let lane = Rect::from_min_max(pos2(area.left(), row.top()), row.max);
        match one.row {
            Row::Group { role, stems, folded } => {
                groups::show(desk, &mut document, ui, row, (role, stems, folded));
            }
            Row::Stem(index) => {
                paint_lane(desk, &document, ui, lane, index);
                automation::show(desk, &mut document, ui, lane, index);
                if let Some(id) = document.session.stems.get(index).map(|stem| stem.id) {
                    desk.show(|seen, panels| {
                        song_files::on_lane(seen, panels, &document, ui, lane, id);
                    });
                }
                headers::show(desk, &mut document, ui, head, index);
            }
        }
    }
    let moved = headers::drag(desk, &document, ui, rect, &placed);
    let under = |y: f32| {
        let y = y - rect.top() + desk.panels.mix.timeline.down;
        placed.iter().find(|one| (one.top..one.top + one.height).contains(&y))
    };
    if let Some(at) = response.interact_pointer_pos()
        && response.clicked()
        && let Some(Placed { row: Row::Stem(index), .. }) = under(at.y)
        && let Some(stem) = document.session.stems.get(*index)
    {
        document.open.selected = Some(stem.id);
    }
    cuts::show(desk, &mut document, ui, area, rows::total(&placed));
    let x = desk.panels.mix.timeline.x_of(desk.listen.frame(), area);
    ui.painter().with_clip_rect(area).vline(x, area.y_range(), Stroke::new(2.0, theme::text()));
    desk.document = Some(document);
    if let Some((id, to)) = moved {
        stem_commands::place(desk, id, to);
    }
    ruler::pointer(desk, ui, &response, area);
    response.context_menu(|ui| ruler::menu(desk, ui));
}

fn paint_lane(desk: &Desk, document: &Document, ui: &Ui, lane: Rect, index: usize) {
    let Some(stem) = document.session.stems.get(index) else { return };
    let painter = ui.painter().with_clip_rect(lane.intersect(ui.clip_rect()));
    let selected = document.selected == Some(stem.id);
    let under = if selected {
        theme::mixed(theme::raised(), 0.45, theme::background())
    } else {
        theme::background()
    };
    painter.rect_filled(lane, 0.0, under);
    painter.hline(
        lane.x_range(),
        lane.bottom() - 0.5,
        Stroke::new(1.0, theme::mixed(theme::line(), 0.7, theme::background())),
    );
    let audible =
        document.current_version().is_none_or(|version| version.holds(stem)) && !stem.strip.mute;
    let colour =
        theme::mixed(theme::role_colour(stem.role), if audible { 1.0 } else { 0.32 }, under);
    painter.hline(
        lane.x_range(),
        lane.center().y,
        Stroke::new(1.0, theme::mixed(colour, 0.45, under)),
    );
    let source = desk.listen.heard.sources.as_ref().and_then(|sources| sources.get(index));
    let processed =
        desk.measured.processed.get(&stem.id).filter(|_| desk.panels.preferences.processed);
    let peaks = processed.map(|known| &known.peaks).or(desk.measured.peaks.get(&stem.id));
    // The samples are those of the file.
    let close = desk.panels.mix.timeline.scale() < BASE as f64 && processed.is_none();
    match (close, source, peaks) {
        (true, Some(source), _) => samples(desk, &painter, lane, source, colour, under),
        (_, _, Some(peaks)) => outline(desk, &painter, lane, stem, peaks, colour, under),
        (_, Some(source), _) if source.is_missing() => {}
        _ => {
            let at = pos2(lane.left() + 12.0, lane.center().y - 12.0);
            write(
                &painter,
                at,
                Align2::LEFT_CENTER,
                "reading",
                (11.5, Weight::Regular),
                theme::dim(),
            );
        }
    }
    clean_regions(desk, &painter, lane, stem, document.session.sample_rate);
    if crate::arrange::clean::singer(&document.session) == Some(stem.id) {
        cuts::words(desk, document, &painter, lane);
    }
    if !desk.panels.mix.lines.is_shown(stem.id) {
        automation::hint(desk, &painter, lane, stem, document.session.sample_rate);
    }
}

/// Half the height that full scale takes.
fn reach(lane: Rect) -> f32 {
    lane.height() * 0.47
}

/// Levels are bent so that the eye sees what the ear hears: quiet sounds are drawn larger, in
/// the same way for every stem.
fn shape(level: f32) -> f32 {
    level.signum() * (1.3 * level.abs().powf(0.6)).min(1.0)
}

/// A filled band that is drawn from left to right, with two corners a column.
#[derive(Default)]
struct Band {
    mesh: Mesh,
    /// Top and bottom where the band was last, if it is open.
    last: Option<(f32, f32)>,
}

impl Band {
    fn edge(&mut self, x: f32, (top, bottom): (f32, f32), colour: Color32) {
        let n = self.mesh.vertices.len() as u32;
        self.mesh.colored_vertex(pos2(x, top), colour);
        self.mesh.colored_vertex(pos2(x, bottom), colour);
        if self.last.is_some() {
            self.mesh.add_triangle(n - 2, n - 1, n);
            self.mesh.add_triangle(n - 1, n, n + 1);
        }
        self.last = Some((top, bottom));
    }

    /// The band at `x`; nothing to see there ends it.
    fn to(&mut self, x: f32, top: f32, bottom: f32, colour: Color32) {
        if bottom - top > 0.8 {
            self.edge(x, (top, bottom), colour);
        } else {
            self.end(x, colour);
        }
    }

    fn end(&mut self, x: f32, colour: Color32) {
        if let Some(last) = self.last {
            self.edge(x, last, colour);
            self.last = None;
        }
    }
}

/// A waveform column by column: from least to most, with its RMS inside.
struct Waveform {
    lane: Rect,
    colours: [Color32; 2],
    bands: [Band; 2],
}

impl Waveform {
    fn new(lane: Rect, colour: Color32, under: Color32) -> Self {
        let colours = [0.72, 0.92].map(|share| theme::mixed(colour, share, under));
        Self { lane, colours, bands: Default::default() }
    }

    fn column(&mut self, x: f32, point: Point) {
        let (middle, reach) = (self.lane.center().y, reach(self.lane));
        let rms = point.mean_square.sqrt();
        let ranges = [(point.least, point.most), (-rms, rms)];
        for ((band, colour), (low, high)) in self.bands.iter_mut().zip(self.colours).zip(ranges) {
            band.to(x, middle - shape(high) * reach, middle - shape(low) * reach, colour);
        }
    }

    fn paint(mut self, x: f32, painter: &Painter) {
        for (mut band, colour) in std::mem::take(&mut self.bands).into_iter().zip(self.colours) {
            band.end(x, colour);
            painter.add(Shape::mesh(band.mesh));
        }
    }
}

fn outline(
    desk: &Desk,
    painter: &Painter,
    lane: Rect,
    stem: &Stem,
    peaks: &Peaks,
    colour: Color32,
    under: Color32,
) {
    let mut waveform = Waveform::new(lane, colour, under);
    let step = 1.0 / painter.pixels_per_point().max(1.0);
    let mut x = lane.left();
    let start = stem.offset() as f64;
    let scale = desk.panels.mix.timeline.scale();
    let mut clips: Vec<f32> = Vec::new();
    // A stem may end before the song does.
    let mut end = x;
    while x < lane.right() {
        let from = desk.panels.mix.timeline.from() + f64::from(x - lane.left()) * scale - start;
        if let Some(point) =
            peaks.span(from, from + scale * f64::from(step)).filter(|_| from >= 0.0)
        {
            waveform.column(x, point);
            end = x + step;
            let apart = clips.last().is_none_or(|last| x - last >= 3.0);
            if point.most.max(-point.least) >= CLIPPED && apart {
                clips.push(x);
            }
        }
        x += step;
    }
    waveform.paint(end, painter);
    // Wherever the file is at full scale, a mark along the upper edge that is never narrower
    // than the eye needs.
    for clipped in clips {
        let mark = Rect::from_min_max(
            pos2(clipped - 1.5, lane.top() + 1.0),
            pos2(clipped + 1.5, lane.top() + 6.0),
        );
        painter.rect_filled(mark, 0.0, theme::over());
    }
}

/// The largest sample of a 16-bit file: a stem that reaches it was most likely clipped.
const CLIPPED: f32 = 32_767.0 / 32_768.0;

/// The samples themselves, read from the file: columns while there are several to a point,
/// then a line, then a line with dots.
fn samples(
    desk: &Desk,
    painter: &Painter,
    lane: Rect,
    source: &StemSource,
    colour: Color32,
    under: Color32,
) {
    let scale = desk.panels.mix.timeline.scale();
    let first = desk.panels.mix.timeline.from().floor() as i64;
    let count = (f64::from(lane.width()) * scale).ceil() as usize + 2;
    let [mut left, mut right] = silence(count);
    if source.read(first, false, &mut left, &mut right, &mut Scratch::new()).is_err() {
        return;
    }
    if scale > 1.0 {
        let mut waveform = Waveform::new(lane, colour, under);
        let mut n = 0.0;
        while n < f64::from(lane.width()) {
            let from = (n * scale) as usize;
            let to = (((n + 1.0) * scale).ceil() as usize).max(from + 1).min(count);
            let of = |side: &[f32]| Point::of(side.get(from..to).unwrap_or(&[]));
            let (l, r) = (left.get(from..to), right.get(from..to));
            let point = match (source.is_mono(), l.zip(r)) {
                (false, Some((l, r))) => Point::both(l, r),
                _ => of(&left),
            };
            waveform.column(lane.left() + n as f32, point);
            n += 1.0;
        }
        waveform.paint(lane.right(), painter);
        return;
    }
    let sides: &[&[f32]] = if source.is_mono() { &[&left] } else { &[&left, &right] };
    for side in sides {
        let points: Vec<_> = side
            .iter()
            .enumerate()
            .map(|(n, value)| {
                let x = desk.panels.mix.timeline.x_of((first + n as i64).max(0) as u64, lane);
                pos2(x, lane.center().y - shape(*value) * reach(lane))
            })
            .collect();
        if scale < 0.2 {
            for point in &points {
                painter.circle_filled(*point, 2.0, colour);
            }
        }
        painter.add(Shape::line(points, Stroke::new(1.3, colour)));
    }
}

fn clean_regions(desk: &Desk, painter: &Painter, lane: Rect, stem: &Stem, rate: SampleRate) {
    for region in &stem.clean {
        let x = |time: Seconds| desk.panels.mix.timeline.x_of(time.frames(rate).0, lane);
        let area = Rect::from_min_max(
            pos2(x(region.start), lane.top() + 3.0),
            pos2(x(region.end), lane.bottom() - 3.0),
        );
        if !area.intersects(lane) {
            continue;
        }
        let colour = theme::caution();
        painter.rect_filled(area, 3.0, colour.gamma_multiply(0.22));
        painter.rect_stroke(area, 3.0, Stroke::new(1.0, colour), StrokeKind::Inside);
        let hatch = painter.with_clip_rect(area.intersect(painter.clip_rect()));
        let mut offset = -area.height();
        while offset < area.width() {
            let from = pos2(area.left() + offset, area.bottom());
            hatch.line_segment(
                [from, from + vec2(area.height(), -area.height())],
                Stroke::new(1.0, colour.gamma_multiply(0.45)),
            );
            offset += 7.0;
        }
        let text = format!("clean: {}", region.treatment.name());
        write(
            painter,
            pos2(area.right() + 5.0, area.top() + 7.0),
            Align2::LEFT_CENTER,
            text,
            (11.0, Weight::Regular),
            colour,
        );
    }
}
