//! The values of a processor on its card, as rings and lists, and what a wide card has in its
//! heading: the stem that the processor listens to, and the match of loudness.

use super::card::{CLOSE, STEP};
use super::{Ask, Rack};
use crate::app::mix::{change_strip, pan_parameter};
use crate::app::panels::chain::Owner;
use crate::app::theme::{self, Weight, width_of, write};
use crate::app::widgets::{Notch, Parameter, choice, knob, legend, push};
use crate::dsp::chain::{
    Kind, ParameterAddress, ParameterRef, ProcessorSettings, SideChainId, Slot,
};
use crate::dsp::parameter::{Info, Settings, Unit};
use crate::texts::{self, say};
use crate::units::{Db, Pan};
use egui::{Align2, Pos2, Rect, Ui, UiBuilder, pos2, vec2};

/// Diameters of a knob on a narrow and on a wide card, in points.
const RING: f32 = 42.0;
pub const WIDE_RING: f32 = 52.0;
/// Height of a list, in points.
const LIST: f32 = 30.0;

/// Number of knobs on a narrow card.
fn shown(kind: Kind) -> usize {
    match kind {
        Kind::Compressor | Kind::Gate => 4,
        Kind::Multiband => 3,
        Kind::Stereo => 1,
        _ => 2,
    }
}

/// The values that a card shows. A wide card shows all of the processor and of one band.
fn values(slot: &Slot, wide: bool, band: usize) -> Vec<ParameterRef> {
    let mut all = slot.processor.values();
    if !wide {
        all.truncate(shown(slot.kind()));
        return all;
    }
    let band = band.min(slot.processor.band_count().saturating_sub(1));
    all.retain(|value| value.place.band.is_none_or(|own| own == band));
    if slot.kind() == Kind::Multiband {
        // The crossovers are moved in the picture.
        all.retain(|value| value.place.band.is_some());
    }
    all
}

fn is_stem_stereo(slot: &Slot, owner: Owner) -> bool {
    slot.kind() == Kind::Stereo && owner != Owner::Mix
}

/// Number of rings and lists on a card.
pub fn control_count(slot: &Slot, wide: bool, owner: Owner) -> usize {
    values(slot, wide, 0).len() + usize::from(is_stem_stereo(slot, owner))
}

/// Label under a knob: a short name of the value. The number of the band stands in the heading.
fn label(value: &ParameterRef) -> &'static str {
    match value.info.name {
        "Threshold" => say!("chain-short-threshold"),
        "Frequency" => say!("chain-short-frequency"),
        "Key high-pass" => say!("chain-short-key-high-pass"),
        "Key low-pass" => say!("chain-short-key-low-pass"),
        other => texts::word("parameter", other),
    }
}

/// The name of a value, with the band's number.
fn numbered(value: &ParameterRef) -> String {
    let name = texts::word("parameter", value.info.name);
    match value.place.band {
        Some(band) => format!("{name} {}", band + 1),
        None => name.into(),
    }
}

/// Name of a value for tooltips and screen readers.
pub fn full_name(slot: &Slot, value: &ParameterRef) -> String {
    say!(
        "chain-value",
        processor = texts::word("processor", slot.kind().name()),
        value = numbered(value),
    )
}

/// Default of a value. Default settings have one band; added bands take their defaults from it.
pub fn usual(kind: Kind, place: ParameterAddress) -> f64 {
    let settings = ProcessorSettings::of(kind);
    let first = ParameterAddress { band: place.band.map(|_| 0), ..place };
    settings.get(place).or(settings.get(first)).unwrap_or_default()
}

/// The slot with another value. A processor that still has its default settings is switched on by
/// the first change.
pub fn changed(slot: &Slot, place: ParameterAddress, to: f64) -> Slot {
    let mut next = slot.clone();
    next.on |= next.processor == ProcessorSettings::of(slot.kind());
    next.processor.put(place, to);
    next
}

/// Rings and lists of the values. A narrow card fills rows of two, a wide card two rows with `step`
/// points between the centres.
pub fn knob_grid(
    rack: &mut Rack<'_>,
    ui: &mut Ui,
    area: Rect,
    slot: &Slot,
    step: Option<f32>,
) -> Option<Ask> {
    let mut ask = None;
    let wide = step.is_some();
    let all = values(slot, wide, rack.racks.band);
    let count = control_count(slot, wide, rack.owner);
    let columns = if wide { count.div_ceil(2).max(1) } else { 2 };
    let step = step.unwrap_or(if count > 2 { STEP.x } else { CLOSE });
    // Large rings in two rows need this height.
    let ring = if wide && area.height() >= 160.0 { WIDE_RING } else { RING };
    let place = |place: usize| {
        let (column, row) = (place % columns, place / columns);
        // In a low card the second row moves up.
        let down = STEP.y.min(area.height() - ring - 24.0);
        area.min + vec2(step * (column as f32 + 0.5), ring / 2.0 + 5.0 + row as f32 * down)
    };
    for (position, value) in all.iter().enumerate() {
        if let Some(next) = control(ui, slot, value, place(position), [ring, step - 6.0]) {
            ask = Some(Ask::Set(Box::new(next)));
        }
    }
    if is_stem_stereo(slot, rack.owner)
        && let Owner::Stem(id) = rack.owner
        && let Some(stem) = rack.song.session.stem(id)
    {
        let name = say!("chain-pan-of", stem = &stem.name);
        let pan = stem.strip.pan;
        let mono = stem.file.info.channels == 1;
        let label = if mono { say!("chain-pan") } else { say!("chain-balance") };
        let rect = Rect::from_center_size(place(all.len()), vec2(ring, ring));
        let moved = knob(ui, rect, label, &pan_parameter(&name, pan));
        change_strip(rack.seen, stem, moved, |strip, value| strip.pan = Pan(value));
    }
    ask
}

/// The control of a value around `centre`: a ring of the diameter `ring`, or a list for a choice,
/// `width` wide. Returns the slot as the user changed it.
pub fn control(
    ui: &mut Ui,
    slot: &Slot,
    value: &ParameterRef,
    centre: Pos2,
    [ring, width]: [f32; 2],
) -> Option<Slot> {
    let name = full_name(slot, value);
    let now = slot.processor.get(value.place).unwrap_or_default();
    let to = if let Unit::Choice(names) = value.info.unit {
        let names: Vec<String> =
            names.iter().map(|name| texts::word("choice", name).into()).collect();
        let current = value.info.show(now);
        let below = pos2(centre.x, centre.y + ring / 2.0 + 12.0);
        legend(ui.painter(), below, width, label(value));
        let list = Rect::from_center_size(centre, vec2(width, LIST));
        choice(ui, list, &name, texts::word("choice", &current), &names)? as f64
    } else {
        let rect = Rect::from_center_size(centre, vec2(ring, ring));
        turn(ui, rect, &name, label(value), &value.info, [now, usual(slot.kind(), value.place)])?
    };
    Some(changed(slot, value.place, to))
}

/// A knob for a value of the processor, which has its value and its default.
fn turn(
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    label: &str,
    info: &Info,
    [now, default]: [f64; 2],
) -> Option<f64> {
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
    knob(ui, rect, label, &parameter).value
}

/// Formats a value briefly enough to fit inside a knob.
fn short(info: &Info, value: f64) -> String {
    match info.unit {
        Unit::Decibels if value.abs() >= 9.95 || value == value.round() => {
            format!("{:.0} dB", Db(value))
        }
        Unit::Hertz if value >= 1000.0 => format!("{:.1}k", value / 1000.0),
        _ => info.show(value),
    }
}

/// What stands in the heading of a wide card, from its right; `free` becomes what is left of it.
pub fn tools(rack: &Rack<'_>, ui: &mut Ui, free: &mut Rect, n: usize, slot: &Slot) -> Option<Ask> {
    let mut take = |width: f32| {
        let from = pos2(free.right() - width, free.top());
        let place = Rect::from_min_max(from, free.max);
        free.max.x = from.x - 10.0;
        place
    };
    let mut ask = None;
    if slot.kind() == Kind::Compressor {
        ask = match_loudness(rack, ui, take(130.0), n, slot);
    }
    if slot.kind().has_side_chain() && rack.owner != Owner::Mix {
        let list = take(150.0);
        let font = (11.5, Weight::Regular);
        let words = say!("chain-key");
        let at = take(width_of(ui.painter(), words, font)).right_center();
        write(ui.painter(), at, Align2::RIGHT_CENTER, words, font, theme::dim());
        ask = key_list(rack, ui, list, slot).or(ask);
    }
    ask
}

/// List that chooses the stem for the processor's side chain. The mix chain has no such list.
fn key_list(rack: &Rack<'_>, ui: &mut Ui, rect: Rect, slot: &Slot) -> Option<Ask> {
    let Owner::Stem(own) = rack.owner else { return None };
    let others: Vec<(SideChainId, String)> = rack
        .song
        .session
        .stems
        .iter()
        .filter(|stem| stem.id != own)
        .map(|stem| (SideChainId(stem.id.0), stem.name.clone()))
        .collect();
    let mut names = vec![say!("chain-key-itself").to_string()];
    names.extend(others.iter().map(|(_, name)| name.clone()));
    let known = others.iter().find(|(id, _)| Some(*id) == slot.side_chain);
    let current = known.map_or(say!("chain-key-itself"), |(_, name)| name.as_str());
    let chosen = choice(ui, rect, say!("chain-key"), current, &names)?;
    let side_chain = chosen.checked_sub(1).and_then(|n| others.get(n)).map(|(id, _)| *id);
    Some(Ask::Set(Box::new(Slot { side_chain, ..slot.clone() })))
}

/// Button that sets the make-up gain so that the compressor's output is as loud as its input,
/// measured over the last seconds.
fn match_loudness(rack: &Rack<'_>, ui: &mut Ui, rect: Rect, n: usize, slot: &Slot) -> Option<Ask> {
    let louder = rack.heard().louder.get(n).copied().unwrap_or(Db::UNITY);
    let label = say!("chain-match", gain = format!("{louder:+.1}"));
    let clicked = push(ui, rect, &label, false).on_hover_text(say!("chain-match-hint")).clicked();
    let ProcessorSettings::Compressor(mut settings) = slot.processor.clone() else { return None };
    settings.makeup = settings.makeup - louder;
    let processor = ProcessorSettings::Compressor(settings.clamped());
    clicked.then(|| Ask::Set(Box::new(Slot { processor, ..slot.clone() })))
}
