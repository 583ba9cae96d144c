//! The lanes of the timeline: a waveform per stem, clean regions, cuts over all lanes, the
//! playhead. [`show`] also lays out headers, groups and automation, and handles scrolling and
//! selection.

use super::rows::{self, Placed, Row};
use super::{HEADER, automation, cuts, groups, headers, ruler};
use crate::app::deeds::Stems;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::seen::Seen;
use crate::app::song_files;
use crate::app::theme::{self, Weight, write};
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::peaks::{BASE, Peaks, Point};
use crate::session::stem::Stem;
use crate::texts::{self, say};
use crate::units::{SampleRate, Seconds};
use egui::{
    Align2, Color32, Mesh, Painter, Rect, Role as WidgetRole, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use std::sync::LazyLock;

pub fn show(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect) {
    let Some(song) = seen.song else { return };
    let area = Rect::from_min_max(pos2(rect.left() + HEADER, rect.top()), rect.max);
    let response = ui.interact(area, ui.scope_id().with("lanes"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetRole::Group, true, say!("mix-timeline")));
    let placed = panels.mix.rows.placed(&song.session, &panels.preferences);
    let surplus = (rows::total(&placed) - rect.height()).max(0.0);
    if ui.rect_contains_pointer(rect) && surplus > 0.0 {
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if response.hovered() {
            panels.mix.timeline.down -= wheel;
        }
    }
    let down = panels.mix.timeline.down;
    let down = panels.mix.rows.reveal(&song.session, &placed, down, rect.height());
    panels.mix.timeline.down = down.clamp(0.0, surplus);
    for one in &placed {
        let top = rect.top() + one.top - panels.mix.timeline.down;
        let row = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + one.height));
        if !row.intersects(rect) {
            continue;
        }
        let head = Rect::from_min_max(row.min, pos2(rect.left() + HEADER, row.bottom()));
        let lane = Rect::from_min_max(pos2(area.left(), row.top()), row.max);
        match one.row {
            Row::Group { role, stems, folded } => {
                groups::show(seen, panels, song, ui, row, (role, stems, folded));
            }
            Row::Stem(index) => {
                paint_lane(seen, panels, song, ui, lane, index);
                automation::show(seen, panels, song, ui, lane, index);
                if let Some(id) = song.session.stems.get(index).map(|stem| stem.id) {
                    song_files::on_lane(seen, panels, song, ui, lane, id);
                }
                headers::show(seen, panels, song, ui, head, index);
            }
        }
    }
    let moved = headers::drag(panels, song, ui, rect, &placed);
    let under = |y: f32| {
        let y = y - rect.top() + panels.mix.timeline.down;
        placed.iter().find(|one| (one.top..one.top + one.height).contains(&y))
    };
    if let Some(at) = response.interact_pointer_pos()
        && response.clicked()
        && let Some(Placed { row: Row::Stem(index), .. }) = under(at.y)
        && let Some(stem) = song.session.stems.get(*index)
    {
        seen.ask(headers::chosen(ui, stem.id));
    }
    cuts::show(seen, panels, song, ui, area, rows::total(&placed));
    let x = panels.mix.timeline.x_of(seen.heard.frame, area);
    ui.painter().with_clip_rect(area).vline(x, area.y_range(), Stroke::new(2.0, theme::text()));
    if let Some((id, to)) = moved {
        seen.ask(Stems::Place(id, to));
    }
    more(panels, ui, rect, &placed, surplus);
    ruler::pointer(seen, panels, ui, &response, area);
    response.context_menu(|ui| ruler::menu(seen, panels, ui));
}

/// Signs at the upper and lower end of the lanes, where stems are out of sight. A click shows them.
fn more(panels: &mut Panels, ui: &Ui, rect: Rect, placed: &[Placed], surplus: f32) {
    let down = panels.mix.timeline.down;
    let stems = || placed.iter().filter(|one| matches!(one.row, Row::Stem(_)));
    let above = stems().filter(|one| one.top + one.height / 2.0 < down).count();
    let below = stems().filter(|one| one.top + one.height / 2.0 > down + rect.height()).count();
    let x = rect.left() + HEADER + 74.0;
    let mut sign = |words: String, y: f32, to: f32, id: &str| {
        let place = Rect::from_center_size(pos2(x, y), vec2(132.0, 20.0));
        let response = ui.interact(place, ui.scope_id().with(id), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(WidgetRole::Button, true, &words));
        let lit = response.hovered();
        let fill = if lit { theme::line() } else { theme::raised() };
        ui.painter().rect_filled(place, 10.0, fill);
        let font = (11.5, Weight::Medium);
        write(ui.painter(), place.center(), Align2::CENTER_CENTER, words, font, theme::text());
        if response.clicked() {
            panels.mix.timeline.down = to.clamp(0.0, surplus);
        }
    };
    let page = rect.height() * 0.8;
    if above > 0 {
        let words = say!("mix-more-above", count = above);
        sign(words, rect.top() + 13.0, down - page, "more above");
    }
    if below > 0 {
        let words = say!("mix-more-below", count = below);
        sign(words, rect.bottom() - 13.0, down + page, "more below");
    }
}

fn paint_lane(
    seen: &Seen<'_>,
    panels: &Panels,
    song: &OpenSong,
    ui: &Ui,
    lane: Rect,
    index: usize,
) {
    let Some(stem) = song.session.stems.get(index) else { return };
    let painter = ui.painter().with_clip_rect(lane.intersect(ui.clip_rect()));
    let selected = song.is_selected(stem.id);
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
        song.current_version().is_none_or(|version| version.holds(stem)) && !stem.strip.mute;
    let colour = theme::mixed(theme::stem_colour(stem), if audible { 1.0 } else { 0.32 }, under);
    painter.hline(
        lane.x_range(),
        lane.center().y,
        Stroke::new(1.0, theme::mixed(colour, 0.45, under)),
    );
    let source = seen.heard.sources.as_ref().and_then(|sources| sources.get(index));
    let processed = seen.measured.processed.get(&stem.id).filter(|_| panels.preferences.processed);
    let peaks = processed.map(|known| &known.peaks).or(seen.measured.peaks.get(&stem.id));
    // Single samples come from the file; a processed waveform exists only as peaks.
    let close = panels.mix.timeline.scale() < BASE as f64 && processed.is_none();
    match (close, source, peaks) {
        (true, Some(source), _) => samples(panels, &painter, lane, source, colour, under),
        (_, _, Some(peaks)) => outline(panels, &painter, lane, stem, peaks, colour, under),
        (_, Some(source), _) if source.is_missing() => {}
        _ => {
            let at = pos2(lane.left() + 12.0, lane.center().y - 12.0);
            write(
                &painter,
                at,
                Align2::LEFT_CENTER,
                say!("mix-lane-reading"),
                (11.5, Weight::Regular),
                theme::dim(),
            );
        }
    }
    clean_regions(panels, &painter, lane, stem, song.session.sample_rate);
    if crate::arrange::clean::singer(&song.session) == Some(stem.id) {
        cuts::words(panels, song, &painter, lane);
    }
    if !panels.mix.lines.is_shown(stem.id) {
        automation::hint(&panels.mix.timeline, &painter, lane, stem, song.session.sample_rate);
    }
}

/// Height of full scale above the middle of a lane, in points.
fn reach(lane: Rect) -> f32 {
    lane.height() * 0.47
}

/// Bits of a float's mantissa that choose a step of the table: 32 steps in each octave.
const BITS: u32 = 5;
const SHIFT: u32 = f32::MANTISSA_DIGITS - 1 - BITS;
/// Least level that is drawn, 2⁻²⁴, as the bits of a float.
const LEAST: u32 = (127 - 24) << (f32::MANTISSA_DIGITS - 1);
const STEPS: usize = ((1.0f32.to_bits() - LEAST) >> SHIFT) as usize + 2;

/// Compresses a sample value for drawing, −1 to 1 in and out: 1.3 |x|^0.6. Quiet sounds are drawn
/// larger, closer to how loud they sound; the curve is the same for every stem. It is asked for
/// each column of each lane in every frame, hence a table, read by the bits of the value.
struct Shapes([f32; STEPS]);

impl Shapes {
    fn get() -> &'static Self {
        static TABLE: LazyLock<Shapes> = LazyLock::new(|| {
            Shapes(std::array::from_fn(|n| match n {
                0 => 0.0,
                _ => 1.3 * f32::from_bits(LEAST + ((n as u32) << SHIFT)).powf(0.6),
            }))
        });
        &TABLE
    }

    #[inline]
    fn of(&self, level: f32) -> f32 {
        let bits = level.abs().min(1.0).to_bits().saturating_sub(LEAST);
        let part = (bits & ((1 << SHIFT) - 1)) as f32 / (1 << SHIFT) as f32;
        let n = (bits >> SHIFT) as usize;
        let known = |n: usize| self.0.get(n).copied().unwrap_or(1.0);
        (known(n) + (known(n + 1) - known(n)) * part).min(1.0).copysign(level)
    }
}

/// Filled band, built from left to right with two vertices per column.
#[derive(Default)]
struct Band {
    mesh: Mesh,
    /// Top and bottom of the last column; `None` if no band is open.
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

    /// Continues the band at `x`, or ends it if it is too thin to see there.
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

/// Waveform drawn column by column: a band from the least to the greatest sample, and a band of the
/// RMS inside it.
pub struct Waveform {
    middle: f32,
    reach: f32,
    shapes: &'static Shapes,
    colours: [Color32; 2],
    bands: [Band; 2],
}

impl Waveform {
    pub fn new(lane: Rect, colour: Color32, under: Color32) -> Self {
        let colours = [0.72, 0.92].map(|share| theme::mixed(colour, share, under));
        let bands: [Band; 2] = Default::default();
        let bands = bands.map(|mut band| {
            let columns = lane.width().max(0.0) as usize + 2;
            band.mesh.reserve_vertices(2 * columns);
            band.mesh.reserve_triangles(2 * columns);
            band
        });
        let (middle, reach) = (lane.center().y, reach(lane));
        Self { middle, reach, shapes: Shapes::get(), colours, bands }
    }

    pub fn column(&mut self, x: f32, point: Point) {
        let up = |level: f32| self.shapes.of(level) * self.reach;
        let rms = up(point.mean_square.sqrt());
        let ranges = [(up(point.least), up(point.most)), (-rms, rms)];
        let middle = self.middle;
        for ((band, colour), (low, high)) in self.bands.iter_mut().zip(self.colours).zip(ranges) {
            band.to(x, middle - high, middle - low, colour);
        }
    }

    pub fn paint(mut self, x: f32, painter: &Painter) {
        for (mut band, colour) in std::mem::take(&mut self.bands).into_iter().zip(self.colours) {
            band.end(x, colour);
            painter.add(Shape::mesh(band.mesh));
        }
    }
}

fn outline(
    panels: &Panels,
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
    let scale = panels.mix.timeline.scale();
    let mut clips: Vec<f32> = Vec::new();
    // A stem may end before the song does.
    let mut end = x;
    while x < lane.right() {
        let from = panels.mix.timeline.from() + f64::from(x - lane.left()) * scale - start;
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
    // Marks at the upper edge where the file reaches full scale, wide enough to see at any zoom.
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

/// Waveform from single samples of the file: columns while several samples share a point, then a
/// line, then a line with dots.
fn samples(
    panels: &Panels,
    painter: &Painter,
    lane: Rect,
    source: &StemSource,
    colour: Color32,
    under: Color32,
) {
    let scale = panels.mix.timeline.scale();
    let first = panels.mix.timeline.from().floor() as i64;
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
    let shapes = Shapes::get();
    for side in sides {
        let points: Vec<_> = side
            .iter()
            .enumerate()
            .map(|(n, value)| {
                let x = panels.mix.timeline.x_of((first + n as i64).max(0) as u64, lane);
                pos2(x, lane.center().y - shapes.of(*value) * reach(lane))
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

fn clean_regions(panels: &Panels, painter: &Painter, lane: Rect, stem: &Stem, rate: SampleRate) {
    for region in &stem.clean {
        let x = |time: Seconds| panels.mix.timeline.x_of(time.frames(rate).0, lane);
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
        let treatment = texts::word("treatment", region.treatment.name());
        let text = say!("mix-lane-clean", treatment = treatment);
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

#[cfg(test)]
mod tests {
    use super::Shapes;

    #[test]
    fn the_table_draws_the_curve() {
        let shape = |level| Shapes::get().of(level);
        for n in -1100..=1100 {
            let level = n as f32 / 1000.0;
            let exact = level.signum() * (1.3 * level.abs().powf(0.6)).min(1.0);
            assert!((shape(level) - exact).abs() < 1e-3, "{level}: {} {exact}", shape(level));
        }
        assert_eq!(shape(0.0), 0.0);
    }
}
