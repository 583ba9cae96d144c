//! A processor as a card: lamp, name, its main knobs; wide, all of them and its picture.

use super::{Ask, Rack, eq, pictures};
use crate::app::mix::{change_strip, pan_parameter};
use crate::app::panels::chain::Owner;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{Change, Notch, Parameter, choice, knob, letter};
use crate::dsp::chain::{Kind, Place, ProcessorSettings, SideChainId, Slot, Value};
use crate::dsp::parameter::{Info, Settings, Unit};
use crate::units::{Db, Pan};
use egui::{Align2, Rect, Role as WidgetRole, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Distance of knobs from each other, closer on a card with one row, and the size of a ring.
const STEP: egui::Vec2 = vec2(88.0, 84.0);
const CLOSE: f32 = 70.0;
const RING: f32 = 42.0;
const PICTURE: f32 = 230.0;
const BAR: f32 = 28.0;

/// How many knobs a card shows when it is not wide.
fn shown(kind: Kind) -> usize {
    match kind {
        Kind::Compressor | Kind::Gate => 4,
        Kind::Multiband => 3,
        Kind::Stereo => 1,
        _ => 2,
    }
}

fn has_bar(kind: Kind) -> bool {
    use Kind::{Clip, Compressor, DeEsser, DynamicEq, Gate, Multiband};
    matches!(kind, Compressor | Gate | DeEsser | DynamicEq | Multiband | Clip)
}

/// The values that a card shows.
fn values(slot: &Slot, wide: bool) -> Vec<Value> {
    let mut all = slot.processor.values();
    // The bands of an equaliser have their own picture.
    all.retain(|value| slot.kind() != Kind::Eq || value.place.band.is_none());
    if !wide {
        all.truncate(shown(slot.kind()));
    }
    all
}

/// The name as it stands under a knob.
fn label(value: &Value) -> String {
    let short = match value.info.name {
        "Threshold" => "Thresh",
        "Frequency" => "Freq",
        "Key high-pass" => "Key HP",
        "Key low-pass" => "Key LP",
        other => other,
    };
    match value.place.band {
        Some(band) => format!("{short} {}", band + 1),
        None => short.into(),
    }
}

/// The usual value; the usual settings have one band, the home of all that were added.
fn usual(kind: Kind, place: Place) -> f64 {
    let settings = ProcessorSettings::of(kind);
    let first = Place { band: place.band.map(|_| 0), ..place };
    settings.get(place).or(settings.get(first)).unwrap_or_default()
}

/// Width of a card. The equaliser gets what the others leave.
pub fn width(slot: &Slot, wide: bool, owner: Owner, rack: f32) -> f32 {
    if slot.kind() == Kind::Eq {
        return (rack * 0.39).clamp(360.0, if wide { 900.0 } else { 522.0 });
    }
    let knobs = values(slot, wide).len() + usize::from(is_stem_stereo(slot, owner));
    let columns = knobs.div_ceil(2).max(1) as f32;
    let bar = if has_bar(slot.kind()) { BAR } else { 0.0 };
    if wide {
        return PICTURE + 40.0 + columns * STEP.x + bar;
    }
    let columns = if knobs > 2 { 2.0 * STEP.x } else { knobs as f32 * CLOSE };
    (columns + 20.0 + bar).max(158.0)
}

fn is_stem_stereo(slot: &Slot, owner: Owner) -> bool {
    slot.kind() == Kind::Stereo && owner != Owner::Mix
}

/// Shows the card; returns what it asks for.
pub fn show(
    rack: &mut Rack<'_>,
    ui: &mut Ui,
    rect: Rect,
    n: usize,
    slot: &Slot,
    wide: bool,
) -> Ask {
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, theme::panel());
    let mut ask = head(rack, ui, rect, n, slot);
    let body =
        Rect::from_min_max(pos2(rect.left() + 10.0, rect.top() + 34.0), rect.max - vec2(10.0, 8.0));
    if slot.kind() == Kind::Eq {
        if let Some(asked) = eq::show(rack, ui, body, n, slot) {
            ask = asked;
        }
        return ask;
    }
    let mut knobs = body;
    if wide {
        let picture = Rect::from_min_size(body.min, vec2(PICTURE, body.height() - 4.0));
        pictures::show(ui, picture, n, slot, rack.heard(), &rack.racks.history);
        knobs.min.x = picture.right() + 10.0;
    }
    if has_bar(slot.kind()) {
        knobs.max.x -= BAR - 10.0;
        let reduction = rack.heard().reductions.get(n).copied().unwrap_or(Db::UNITY);
        bar(ui, Rect::from_min_max(pos2(body.right() - 12.0, body.top()), body.max), reduction);
    }
    if let Some(asked) = knob_grid(rack, ui, knobs, n, slot, wide) {
        ask = asked;
    }
    ask
}

fn head(rack: &mut Rack<'_>, ui: &mut Ui, rect: Rect, n: usize, slot: &Slot) -> Ask {
    let name = slot.kind().name();
    let mut ask = Ask::Nothing;
    let middle = rect.top() + 17.0;
    let lamp = Rect::from_center_size(pos2(rect.left() + 16.0, middle), vec2(22.0, 22.0));
    let response = ui.interact(lamp, ui.scope_id().with("lamp"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(WidgetRole::CheckBox, true, slot.on, format!("{name} on"))
    });
    let colour =
        if slot.on { theme::accent() } else { theme::mixed(theme::dim(), 0.5, theme::panel()) };
    ui.painter().circle_filled(lamp.center(), 4.5, colour);
    if response.hovered() || response.has_focus() {
        ui.painter().circle_stroke(lamp.center(), 8.0, egui::Stroke::new(1.0, theme::dim()));
    }
    if response.on_hover_text("Switch on and off").clicked() {
        ask = Ask::Set(Box::new(Slot { on: !slot.on, ..slot.clone() }));
    }
    let at = pos2(rect.left() + 28.0, middle);
    let text =
        write(ui.painter(), at, Align2::LEFT_CENTER, name, (13.5, Weight::SemiBold), theme::text());
    let response = ui.interact(text.expand(5.0), ui.scope_id().with("name"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(WidgetRole::Button, true, format!("{name}, more or less"))
    });
    if response.clicked() {
        ask = Ask::Widen;
    }
    response.context_menu(|ui| {
        for (label, wanted) in
            [("Earlier", Ask::Move(-1)), ("Later", Ask::Move(1)), ("Remove", Ask::Remove)]
        {
            if ui.button(label).clicked() {
                ask = wanted;
                ui.close();
            }
        }
    });
    response.on_hover_text("Click for all its values, right-click to move or remove it");
    let compare = Rect::from_center_size(pos2(rect.right() - 24.0, middle), vec2(30.0, 18.0));
    let lit = (rack.heard().comparing == Some(n)).then(theme::caution);
    let label = format!("{name} compare");
    if slot.on && rect.width() > 140.0 {
        let response = letter(ui, compare, "A/B", &label, lit);
        if response.on_hover_text("Hear the sound before it, as loud as after it").clicked() {
            ask = Ask::Compare;
        }
    }
    ask
}

/// The reduction, from the top down, and its figure.
fn bar(ui: &Ui, rect: Rect, reduction: Db) {
    let track = Rect::from_min_max(rect.min, pos2(rect.left() + 8.0, rect.bottom() - 14.0));
    ui.painter().rect_filled(track, 2.0, theme::background());
    let share = (-reduction.0 / 18.0).clamp(0.0, 1.0) as f32;
    let filled = Rect::from_min_size(track.min, vec2(track.width(), track.height() * share));
    ui.painter().rect_filled(filled, 2.0, theme::caution());
    let at = pos2(track.center().x, rect.bottom() - 2.0);
    let text = format!("{:.0}", Db(reduction.0.min(0.0)));
    write(ui.painter(), at, Align2::CENTER_BOTTOM, text, (11.0, Weight::Regular), theme::dim());
}

fn knob_grid(
    rack: &mut Rack<'_>,
    ui: &mut Ui,
    area: Rect,
    n: usize,
    slot: &Slot,
    wide: bool,
) -> Option<Ask> {
    let mut ask = None;
    let all = values(slot, wide);
    let mono = match rack.owner {
        Owner::Stem(id) => {
            rack.song.session.stem(id).is_some_and(|stem| stem.file.info.channels == 1)
        }
        Owner::Mix => false,
    };
    let place = |place: usize| {
        // Beside each other first; a wide card goes on in columns.
        let (column, row) = if wide { (place / 2, place % 2) } else { (place % 2, place / 2) };
        let step = if wide || all.len() > 2 { STEP.x } else { CLOSE };
        // In a low card the second row moves up.
        let down = STEP.y.min(area.height() - 66.0);
        let centre = area.min + vec2(step * (column as f32 + 0.5), 26.0 + row as f32 * down);
        Rect::from_center_size(centre, vec2(RING, RING))
    };
    for (position, value) in all.iter().enumerate() {
        let now = slot.processor.get(value.place).unwrap_or_default();
        let name = format!("{} {}", slot.kind().name(), value.name());
        let default = usual(slot.kind(), value.place);
        let moved = if let Unit::Choice(names) = value.info.unit {
            let list = place(position).expand2(vec2(20.0, -6.0));
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let current = value.info.show(now);
            let below = pos2(list.center().x, list.bottom() + 18.0);
            write(
                ui.painter(),
                below,
                Align2::CENTER_CENTER,
                label(value),
                (11.5, Weight::Regular),
                theme::dim(),
            );
            let chosen = choice(ui, list, &name, &current, &names);
            Change { value: chosen.map(|n| n as f64), ends: chosen.is_some() }
        } else {
            turn(ui, place(position), &name, &label(value), &value.info, now, default)
        };
        if let Some(to) = moved.value {
            let mut next = slot.clone();
            // What a person turns is meant to be heard.
            next.on |= next.processor == ProcessorSettings::of(slot.kind());
            next.processor.put(value.place, to);
            ask = Some(Ask::Set(Box::new(next)));
        }
    }
    if is_stem_stereo(slot, rack.owner)
        && let Owner::Stem(id) = rack.owner
        && let Some(stem) = rack.song.session.stem(id)
    {
        let name = format!("Rack pan {}", stem.name);
        let pan = stem.strip.pan;
        let label = if mono { "Pan" } else { "Balance" };
        let moved = knob(ui, place(all.len()), label, &pan_parameter(&name, pan));
        change_strip(rack.seen, stem, moved, |strip, value| strip.pan = Pan(value));
    }
    if wide && slot.kind().has_side_chain() {
        ask = key_list(rack, ui, area, slot).or(ask);
    }
    if wide && slot.kind() == Kind::Compressor {
        ask = match_loudness(rack, ui, area, n, slot).or(ask);
    }
    ask
}

/// A knob for a value.
fn turn(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    label: &str,
    info: &Info,
    now: f64,
    default: f64,
) -> Change {
    let parameter = Parameter {
        name,
        value: now,
        default,
        to_position: &|value| info.position(value),
        from_position: &|position| info.value(position),
        show: &|value| short(info, value),
        read: &|text| info.read(text),
        notch: Notch::of(info.unit),
    };
    let ui = &mut ui.new_child(UiBuilder::new().id_salt(("knob", name)).max_rect(rect));
    knob(ui, rect, label, &parameter)
}

/// The value as it fits into a ring.
pub fn short(info: &Info, value: f64) -> String {
    match info.unit {
        Unit::Decibels if value.abs() >= 9.95 || value == value.round() => {
            format!("{:.0} dB", Db(value))
        }
        Unit::Hertz if value >= 1000.0 => format!("{:.1}k", value / 1000.0),
        _ => info.show(value),
    }
}

/// Chooses the stem that the processor listens to.
fn key_list(rack: &Rack<'_>, ui: &mut Ui, area: Rect, slot: &Slot) -> Option<Ask> {
    let Owner::Stem(own) = rack.owner else { return None };
    let others: Vec<(SideChainId, String)> = rack
        .song
        .session
        .stems
        .iter()
        .filter(|stem| stem.id != own)
        .map(|stem| (SideChainId(stem.id.0), stem.name.clone()))
        .collect();
    let mut names = vec!["Itself".to_string()];
    names.extend(others.iter().map(|(_, name)| name.clone()));
    let known = others.iter().find(|(id, _)| Some(*id) == slot.side_chain);
    let current = known.map_or("Itself", |(_, name)| name.as_str());
    let rect =
        Rect::from_min_size(pos2(area.left() + 70.0, area.bottom() - 26.0), vec2(150.0, 26.0));
    let at = pos2(area.left() + 6.0, rect.center().y);
    write(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        "Listens to",
        (11.5, Weight::Regular),
        theme::dim(),
    );
    let chosen = choice(ui, rect, "Listens to", current, &names)?;
    let side_chain = chosen.checked_sub(1).and_then(|n| others.get(n)).map(|(id, _)| *id);
    Some(Ask::Set(Box::new(Slot { side_chain, ..slot.clone() })))
}

/// Sets the make-up so that the sound is as loud as before, by what was heard in the last
/// seconds.
fn match_loudness(rack: &Rack<'_>, ui: &mut Ui, area: Rect, n: usize, slot: &Slot) -> Option<Ask> {
    let louder = rack.heard().louder.get(n).copied().unwrap_or(Db::UNITY);
    let rect =
        Rect::from_min_size(pos2(area.left() + 236.0, area.bottom() - 26.0), vec2(130.0, 26.0));
    let label = format!("Match {louder:+.1} LU");
    let clicked = crate::app::widgets::push(ui, rect, &label, false)
        .on_hover_text("Make-up so that it is as loud as before")
        .clicked();
    let ProcessorSettings::Compressor(mut settings) = slot.processor.clone() else { return None };
    settings.makeup = settings.makeup - louder;
    let processor = ProcessorSettings::Compressor(settings.clamped());
    clicked.then(|| Ask::Set(Box::new(Slot { processor, ..slot.clone() })))
}
