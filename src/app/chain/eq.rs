//! Contents of the equaliser's card: response curves, a node to drag for each band, the spectrum.
//!
//! [`show`] returns [`Ask::Set`] with the changed slot. The band that was touched last (`Racks::band`)
//! has its values in a panel beside a large curve, and in the heading of a small card.

use super::{Ask, Rack, against, eq_panel};
use crate::app::deeds::Play;
use crate::app::panels::chain::{EqScale, Owner};
use crate::app::plots::band;
use crate::app::theme::{self, Weight, write, write_whole};
use crate::app::widgets::value::notches;
use crate::app::widgets::{Notch, choice, segments};
use crate::dsp::chain::{ProcessorSettings, Slot};
use crate::dsp::eq::{BANDS, Band, EqSettings, Placement, Shape as Form, Slope, response};
use crate::dsp::parameter::Settings;
use crate::playback::BINS;
use crate::texts::{self, say};
use crate::units::{Db, Hz};
use egui::{
    Align2, Color32, Key, Pos2, Rect, Role as WidgetRole, Sense, Shape, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

/// Marks of a narrow picture, in decibels above and below 0.
const NARROW: f64 = 12.0;
/// Frequency at the left edge, in hertz.
const LOW: f64 = 20.0;
/// Octaves from 20 Hz to 20 kHz.
const OCTAVES: f64 = 9.965_784;
/// Radius of a node, in points.
const NODE: f32 = 7.0;
/// A wider curve has the panel of its band beside it.
const ROOMY: f32 = 600.0;
/// Room right of and below a large curve, for the numbers of its axes.
const MARGINS: egui::Vec2 = vec2(30.0, 20.0);

fn colour(band: usize) -> Color32 {
    const COLOURS: [(u8, u8, u8); 8] = [
        (0xD9, 0xA4, 0x41),
        (0x62, 0xC3, 0x8B),
        (0xE2, 0x72, 0x5B),
        (0x8C, 0x8C, 0xF0),
        (0x4F, 0xC1, 0xC9),
        (0xE5, 0x9A, 0xC0),
        (0xD8, 0xC3, 0x6A),
        (0x5F, 0xA8, 0xE8),
    ];
    let (r, g, b) = COLOURS.get(band % BANDS).copied().unwrap_or((0xFF, 0xFF, 0xFF));
    Color32::from_rgb(r, g, b)
}

/// Maps frequency (logarithmic) and gain (linear in dB) to points in a rectangle, and back.
#[derive(Clone, Copy)]
pub struct Plot {
    area: Rect,
    /// The outermost marks, in decibels above and below 0.
    marks: f64,
    /// Gain at the upper edge, in decibels.
    reach: f64,
}

impl Plot {
    pub fn narrow(area: Rect) -> Self {
        Self { area, marks: NARROW, reach: 1.5 * NARROW }
    }

    fn large(area: Rect, marks: f64) -> Self {
        Self { area, marks, reach: 1.25 * marks }
    }

    fn marks(self) -> [f64; 5] {
        [-1.0, -0.5, 0.0, 0.5, 1.0].map(|share| share * self.marks)
    }

    pub fn x(self, hz: f64) -> f32 {
        self.area.left() + self.area.width() * ((hz / LOW).log2() / OCTAVES) as f32
    }

    pub fn hz(self, x: f32) -> f64 {
        LOW * (f64::from((x - self.area.left()) / self.area.width()) * OCTAVES).exp2()
    }

    fn y(self, db: f64) -> f32 {
        self.area.center().y - self.area.height() / 2.0 * (db / self.reach) as f32
    }

    fn db(self, y: f32) -> f64 {
        f64::from((self.area.center().y - y) / (self.area.height() / 2.0)) * self.reach
    }

    /// Where a band's node belongs, which may be beyond the scale. Passes and notches lie at −3 dB,
    /// shelves at half their gain.
    fn place(self, band: &Band) -> Pos2 {
        let db = match band.shape {
            Form::HighPass | Form::LowPass | Form::Notch => -3.0,
            Form::LowShelf | Form::HighShelf => band.gain.0 / 2.0,
            Form::Bell => band.gain.0,
            Form::Tilt => 0.0,
        };
        pos2(self.x(band.frequency.0), self.y(db))
    }

    /// Where the node is drawn: at the edge it does not reach into what stands above and below the
    /// curve.
    fn held(self, at: Pos2) -> Pos2 {
        pos2(at.x, at.y.min(self.area.bottom() - 11.0).max(self.area.top() + 11.0))
    }
}

pub fn show(
    rack: &mut Rack<'_>,
    ui: &mut Ui,
    [head, body]: [Rect; 2],
    n: usize,
    slot: &Slot,
) -> Option<Ask> {
    let ProcessorSettings::Eq(settings) = &slot.processor else { return None };
    let large = body.width() > ROOMY && body.height() >= eq_panel::HEIGHT;
    let mut area = body;
    if large {
        area.max -= MARGINS + vec2(eq_panel::WIDTH + 12.0, 0.0);
    }
    let plot = match large {
        true => Plot::large(area, rack.racks.scale.decibels()),
        false => Plot::narrow(area),
    };
    let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
    painter.rect_filled(area, 4.0, theme::background());
    for hz in [100.0, 1000.0, 10_000.0] {
        painter.vline(plot.x(hz), area.y_range(), Stroke::new(1.0, theme::raised()));
    }
    for db in plot.marks() {
        painter.hline(area.x_range(), plot.y(db), Stroke::new(1.0, theme::raised()));
    }
    if large && rack.owner == Owner::Mix {
        let (x, y) = (|hz: Hz| plot.x(hz.0), |db: f64| plot.y(db));
        against::show(rack, &painter, &against::Places { area, x: &x, y: &y });
    }
    spectrum(rack, &painter, plot, slot.on);
    if large {
        axes(ui.painter(), &painter, plot);
    }
    let mut next: Option<EqSettings> = None;
    let id = ui.scope_id().with("curve");
    let field = ui.interact(area, id, Sense::click());
    field.widget_info(|| {
        WidgetInfo::labeled(WidgetRole::Canvas, true, say!("chain-equaliser-curve"))
    });
    if field.double_clicked()
        && let Some(at) = field.interact_pointer_pos()
        && settings.bands.len() < BANDS
    {
        let band = new_band(plot, at);
        rack.racks.band = settings.bands.len();
        let mut changed = settings.clone();
        changed.bands.push(band);
        next = Some(changed);
    }
    field.context_menu(|ui| {
        let mut linear = settings.linear_phase;
        if ui.checkbox(&mut linear, say!("chain-equaliser-linear-phase")).clicked() {
            next = Some(EqSettings { linear_phase: linear, ..settings.clone() });
            ui.close();
        }
        if ui.button(say!("chain-equaliser-flat")).clicked() {
            next = Some(EqSettings { bands: Vec::new(), ..settings.clone() });
            ui.close();
        }
    });
    curves(&painter, plot, settings, slot.on);
    for (index, band) in settings.bands.iter().enumerate().take(BANDS) {
        if let Some(changed) = node(rack, ui, plot, settings, index, band, n) {
            next = Some(changed);
        }
    }
    if large {
        let mut free = head;
        scale(rack, ui, &mut free);
        if rack.owner == Owner::Mix {
            against::switch(rack, ui, free, area);
        }
        let from = pos2(body.right() - eq_panel::WIDTH, body.top());
        let panel = Rect::from_min_max(from, body.max);
        if let Some(slot) = eq_panel::show(rack, ui, panel, settings, slot) {
            return Some(Ask::Set(Box::new(slot)));
        }
    } else if settings.bands.is_empty() {
        let at = area.right_top() + vec2(-10.0, 12.0);
        let (words, font) = (say!("chain-equaliser-empty"), (12.0, Weight::Regular));
        write(ui.painter(), at, Align2::RIGHT_CENTER, words, font, theme::dim());
    } else {
        caption(rack, ui, head, settings, &mut next);
    }
    let changed = next?;
    let on = slot.on || settings.bands.is_empty();
    let mut next = Slot { on, ..slot.clone() };
    next.set_bands(changed);
    Some(Ask::Set(Box::new(next)))
}

/// New band at the clicked point. Its frequency decides the shape: high-pass below 45 Hz, low shelf
/// below 110 Hz, high shelf above 8 kHz, low-pass above 16 kHz, bell between.
fn new_band(plot: Plot, at: Pos2) -> Band {
    let (hz, gain) = (plot.hz(at.x), plot.db(at.y));
    let shape = match hz {
        hz if hz < 45.0 => Form::HighPass,
        hz if hz > 16_000.0 => Form::LowPass,
        hz if hz < 110.0 => Form::LowShelf,
        hz if hz > 8000.0 => Form::HighShelf,
        _ => Form::Bell,
    };
    let q = if shape == Form::Bell { 1.0 } else { Band::default().q };
    Band { shape, frequency: Hz(hz), gain: Db(gain), q, ..Band::default() }.clamped()
}

/// The switch of the scale, at the right of the heading. `free` becomes what is left of that.
fn scale(rack: &mut Rack<'_>, ui: &mut Ui, free: &mut Rect) {
    let from = pos2(free.right() - 132.0, free.top() + 1.0);
    let place = Rect::from_min_size(from, vec2(132.0, 24.0));
    free.max.x = from.x - 12.0;
    let lit = EqScale::ALL.iter().position(|one| *one == rack.racks.scale).unwrap_or(0);
    let names = EqScale::ALL.map(|scale| format!("\u{b1}{:.0}", scale.decibels()));
    let names = names.each_ref().map(String::as_str);
    if let Some(scale) = segments(ui, place, &names, lit).and_then(|n| EqScale::ALL.get(n)) {
        rack.racks.scale = *scale;
    }
}

fn spectrum(rack: &Rack<'_>, painter: &egui::Painter, plot: Plot, on: bool) {
    let area = plot.area;
    let own = match rack.owner {
        Owner::Stem(id) => rack.song.session.stem(id).map(theme::stem_colour),
        Owner::Mix => None,
    };
    let own = own.unwrap_or(theme::accent());
    let heard = &rack.heard().reading.spectrum;
    let (filled, lined) =
        if on { (&heard.after, &heard.before) } else { (&heard.before, &heard.after) };
    // The spectrum of music falls by about 4.5 dB per octave; this tilt draws it level.
    let height = |bin: usize, level: f32| {
        let octave = bin as f32 / (BINS - 1) as f32 * OCTAVES as f32 - 5.6;
        let up = ((level + octave * 4.5 + 84.0) / 78.0).clamp(0.0, 1.0);
        area.bottom() - area.height() * up
    };
    let x = |bin: usize| area.left() + area.width() * bin as f32 / (BINS - 1) as f32;
    let edges = filled
        .iter()
        .enumerate()
        .map(|(bin, level)| (pos2(x(bin), height(bin, *level)), pos2(x(bin), area.bottom())));
    painter.add(band(edges, theme::mixed(own, 0.28, theme::background())));
    if rack.heard().playing && on {
        let line = lined.iter().enumerate().map(|(bin, level)| pos2(x(bin), height(bin, *level)));
        painter.add(Shape::line(line.collect(), Stroke::new(1.0, theme::line())));
    }
}

/// Draws the curve alone, in the small.
pub fn small(painter: &egui::Painter, area: Rect, settings: &EqSettings, on: bool) {
    let plot = Plot::narrow(area);
    let points = (0..=40).map(|n| {
        let x = area.left() + area.width() * n as f32 / 40.0;
        let gain = settings.response(Hz(plot.hz(x)), Placement::Stereo).0;
        pos2(x, plot.y(gain.clamp(-plot.reach, plot.reach)))
    });
    let ink = if on { theme::text() } else { theme::dim() };
    painter.with_clip_rect(area).add(Shape::line(points.collect(), Stroke::new(1.4, ink)));
}

/// Writes the frequencies below a large plot and the gains at its right, where no curve runs through
/// them.
fn axes(painter: &egui::Painter, inside: &egui::Painter, plot: Plot) {
    let area = plot.area;
    let font = (11.0, Weight::Regular);
    let marks = [(50.0, "50"), (100.0, "100"), (200.0, "200"), (500.0, "500"), (1000.0, "1k")];
    let more = [(2000.0, "2k"), (5000.0, "5k"), (10_000.0, "10k")];
    for (hz, text) in marks.into_iter().chain(more) {
        let at = pos2(plot.x(hz), area.bottom() + 11.0);
        inside.vline(plot.x(hz), area.y_range(), Stroke::new(1.0, theme::raised()));
        write(painter, at, Align2::CENTER_CENTER, text, font, theme::dim());
    }
    for db in plot.marks() {
        let at = pos2(area.right() + 26.0, plot.y(db));
        write(painter, at, Align2::RIGHT_CENTER, format!("{:+.0}", Db(db)), font, theme::dim());
    }
}

fn curves(painter: &egui::Painter, plot: Plot, settings: &EqSettings, on: bool) {
    let area = plot.area;
    let line = |gain: &dyn Fn(Hz) -> Db| -> Vec<Pos2> {
        let columns = (area.width() / 2.0) as usize;
        (0..=columns)
            .map(|n| area.left() + area.width() * n as f32 / columns as f32)
            .map(|x| {
                pos2(x, plot.y(gain(Hz(plot.hz(x))).0.clamp(-plot.reach - 2.0, plot.reach + 2.0)))
            })
            .collect()
    };
    let main = if on { theme::text() } else { theme::dim() };
    let sided = |p| settings.bands.iter().any(|band| !band.is_flat() && band.placement == p);
    for placement in [Placement::Left, Placement::Right, Placement::Mid, Placement::Side] {
        if sided(placement) {
            let points = line(&|hz| settings.response(hz, placement));
            painter.add(Shape::line(points, Stroke::new(1.2, theme::dim())));
        }
    }
    let points = line(&|hz| settings.response(hz, Placement::Stereo));
    painter.add(Shape::line(points, Stroke::new(2.0, main)));
}

/// Node of one band. Drag or arrow keys: frequency and gain; wheel: Q; double-click: 0 dB; Delete:
/// removes the band; right-click: menu.
fn node(
    rack: &mut Rack<'_>,
    ui: &mut Ui,
    plot: Plot,
    settings: &EqSettings,
    index: usize,
    band: &Band,
    slot: usize,
) -> Option<EqSettings> {
    let centre = plot.held(plot.place(band));
    let area = Rect::from_center_size(centre, vec2(22.0, 22.0));
    let id = ui.scope_id().with(("node", index));
    let node = ui.interact(area, id, Sense::click_and_drag());
    node.widget_info(|| {
        let words = say!("chain-band", number = index + 1, values = describe(band));
        WidgetInfo::slider(true, band.gain.0, words)
    });
    let mut moved = *band;
    let fine = if ui.input(|input| input.modifiers.shift) { 0.1 } else { 1.0 };
    let delta = node.drag_delta() * fine;
    if node.dragged() && delta != egui::Vec2::ZERO {
        moved.frequency = Hz(plot.hz(plot.x(band.frequency.0) + delta.x));
        if band.shape.has_gain() {
            let half = matches!(band.shape, Form::LowShelf | Form::HighShelf);
            let share = if half { 2.0 } else { 1.0 };
            // A node beyond the scale comes from the edge when it is drawn back from there: by its own
            // gain it would stay at the edge, maybe for more than the height of the picture.
            let inward = delta.y * (centre.y - plot.area.center().y) < 0.0;
            let inside = node.interact_pointer_pos().is_some_and(|at| plot.held(at) == at);
            let drawn_back = centre != plot.place(band) && inward && inside;
            let from = if drawn_back { plot.db(centre.y) * share } else { band.gain.0 };
            moved.gain = Db(from + plot.db(plot.y(0.0) + delta.y) * share);
        }
    }
    if node.hovered() {
        let turned = f64::from(notches(ui, id)) * if fine < 1.0 { 0.2 } else { 1.0 };
        if turned != 0.0 {
            moved.q = Notch::Times(1.1).moved(band.q, turned);
        }
    }
    if node.has_focus() {
        let key = |key| ui.input(|input| f64::from(u8::from(input.key_pressed(key))));
        let up = key(Key::ArrowUp) - key(Key::ArrowDown);
        let right = key(Key::ArrowRight) - key(Key::ArrowLeft);
        moved.gain = Db(moved.gain.0 + up * 0.5 * f64::from(fine));
        moved.frequency = Hz(moved.frequency.0 * (right * f64::from(fine) / 12.0).exp2());
        ui.memory_mut(|memory| {
            let arrows = egui::EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..Default::default()
            };
            memory.set_focus_lock_filter(id, arrows);
        });
    }
    if node.double_clicked() {
        moved.gain = Db::UNITY;
    }
    let mut removed = node.has_focus() && ui.input(|input| input.key_pressed(Key::Delete));
    node.context_menu(|ui| {
        let typed = |ui: &mut Ui, value: &mut f64, speed: f64, unit: &str, name: &str| {
            let field = egui::DragValue::new(value).speed(speed).max_decimals(2).suffix(unit);
            let field = ui.add(field).on_hover_text(name);
            field.widget_info(|| WidgetInfo::labeled(WidgetRole::TextInput, true, name));
        };
        ui.horizontal(|ui| {
            typed(ui, &mut moved.frequency.0, 5.0, " Hz", say!("chain-band-frequency"));
            if band.shape.has_gain() {
                typed(ui, &mut moved.gain.0, 0.1, " dB", say!("chain-band-gain"));
            }
            typed(ui, &mut moved.q, 0.02, " Q", say!("chain-band-q"));
        });
        let pick = |ui: &mut Ui, title: &str, names: &[&str], now: usize| -> Option<usize> {
            let mut chosen = None;
            ui.menu_button(title, |ui| {
                for (n, name) in names.iter().enumerate() {
                    if ui.selectable_label(n == now, texts::word("choice", name)).clicked() {
                        chosen = Some(n);
                        ui.close();
                    }
                }
            });
            chosen
        };
        let shape = Form::ALL.iter().position(|shape| *shape == band.shape).unwrap_or(0);
        if let Some(n) = pick(ui, say!("chain-band-shape"), Form::NAMES, shape) {
            moved.shape = Form::ALL.get(n).copied().unwrap_or_default();
        }
        let slope = Slope::ALL.iter().position(|slope| *slope == band.slope).unwrap_or(0);
        if !band.shape.has_gain()
            && band.shape != Form::Notch
            && let Some(n) = pick(ui, say!("chain-band-slope"), Slope::NAMES, slope)
        {
            moved.slope = Slope::ALL.get(n).copied().unwrap_or_default();
        }
        let place = Placement::ALL.iter().position(|p| *p == band.placement).unwrap_or(0);
        if let Some(n) = pick(ui, say!("chain-band-works-on"), Placement::NAMES, place) {
            moved.placement = Placement::ALL.get(n).copied().unwrap_or_default();
        }
        let switch =
            if band.on { say!("chain-band-switch-off") } else { say!("chain-band-switch-on") };
        if ui.button(switch).clicked() {
            moved.on = !band.on;
            ui.close();
        }
        let alone = Some((slot, index));
        let heard = rack.heard().band == alone;
        let play =
            if heard { say!("chain-play-everything") } else { say!("chain-play-band-alone") };
        if ui.button(play).clicked() {
            rack.seen.ask(Play::Band(if heard { None } else { alone }));
            ui.close();
        }
        if ui.button(say!("common-remove")).clicked() {
            removed = true;
            ui.close();
        }
    });
    let lit = node.hovered() || node.dragged() || node.has_focus();
    if lit {
        rack.racks.band = index;
    }
    let fill = if band.on { colour(index) } else { theme::line() };
    ui.painter().circle(
        centre,
        if lit { NODE + 1.5 } else { NODE },
        fill,
        Stroke::new(1.5, theme::background()),
    );
    if rack.heard().band == Some((slot, index)) {
        ui.painter().circle_stroke(centre, NODE + 4.0, Stroke::new(1.5, theme::caution()));
    }
    if lit {
        let line = (0..=160)
            .map(|n| plot.area.left() + plot.area.width() * n as f32 / 160.0)
            .map(|x| {
                pos2(x, plot.y(response(band, Hz(plot.hz(x))).0.clamp(-plot.reach, plot.reach)))
            })
            .collect();
        ui.painter()
            .with_clip_rect(plot.area)
            .add(Shape::line(line, Stroke::new(1.0, colour(index))));
    }
    if removed {
        rack.seen.ask(Play::Band(None));
        let mut changed = settings.clone();
        changed.bands.remove(index);
        return Some(changed);
    }
    if moved == *band {
        return None;
    }
    let mut changed = settings.clone();
    if let Some(place) = changed.bands.get_mut(index) {
        *place = moved.clamped();
    }
    Some(changed)
}

/// A frequency as text: `85 Hz`, `3.4 kHz`.
pub fn hertz(Hz(hz): Hz) -> String {
    if hz >= 1000.0 { format!("{:.1} kHz", hz / 1000.0) } else { format!("{hz:.0} Hz") }
}

/// A band as text: `3.4 kHz −2.5 dB Q 2.8`.
fn describe(band: &Band) -> String {
    let frequency = hertz(band.frequency);
    let slope = Slope::ALL.iter().position(|slope| *slope == band.slope).unwrap_or(0);
    let rest = match band.shape {
        Form::HighPass | Form::LowPass => {
            texts::word("choice", Slope::NAMES.get(slope).copied().unwrap_or("")).to_string()
        }
        Form::Notch => format!("Q {:.1}", band.q),
        _ => format!("{:+.1} dB Q {:.1}", band.gain, band.q),
    };
    format!("{frequency} {rest}")
}

/// The band that was touched last, in the heading of a small card: a list that chooses its shape, and
/// before it its values, if they have room.
fn caption(
    rack: &Rack<'_>,
    ui: &mut Ui,
    head: Rect,
    settings: &EqSettings,
    next: &mut Option<EqSettings>,
) {
    let index = rack.racks.band.min(settings.bands.len().saturating_sub(1));
    let Some(band) = settings.bands.get(index) else { return };
    let mut words = describe(band);
    if settings.linear_phase {
        words = say!("chain-band-linear-phase", values = words);
    }
    match band.placement {
        Placement::Stereo => {}
        Placement::Left => words = say!("chain-band-left", values = words),
        Placement::Right => words = say!("chain-band-right", values = words),
        Placement::Mid => words = say!("chain-band-mid", values = words),
        Placement::Side => words = say!("chain-band-side", values = words),
    }
    let from = pos2(head.right() - 112.0, head.center().y - 11.0);
    let list = Rect::from_min_size(from, vec2(112.0, 22.0));
    let room = list.left() - 8.0 - head.left();
    write_whole(
        ui.painter(),
        head.left_center(),
        room,
        &words,
        (12.0, Weight::Regular),
        theme::dim(),
    );
    let shape = Form::ALL.iter().position(|shape| *shape == band.shape).unwrap_or(0);
    let names: Vec<String> =
        Form::NAMES.iter().map(|name| texts::word("choice", name).into()).collect();
    let current = names.get(shape).cloned().unwrap_or_default();
    let chosen = choice(ui, list, say!("chain-band-shape-of"), &current, &names);
    if let Some(form) = chosen.and_then(|n| Form::ALL.get(n)) {
        let mut changed = settings.clone();
        if let Some(place) = changed.bands.get_mut(index) {
            place.shape = *form;
        }
        *next = Some(changed);
    }
}
