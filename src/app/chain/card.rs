//! One card of a rack: on/off lamp, name, A/B button, reduction bar and knobs of one processor.
//!
//! A narrow card shows the first values, a wide card all values and a picture. [`show`] returns an
//! [`Ask`], which the rack applies.

use super::{Ask, Rack, bands, eq, pictures};
use crate::app::mix::{change_strip, pan_parameter};
use crate::app::panels::chain::Owner;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{Change, Notch, Parameter, choice, knob, letter};
use crate::dsp::chain::{
    Kind, ParameterAddress, ParameterRef, ProcessorSettings, SideChainId, Slot,
};
use crate::dsp::parameter::{Info, Settings, Unit};
use crate::texts::{self, say};
use crate::units::{Db, Pan};
use egui::{
    Align2, Rect, Response, Role as WidgetRole, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

/// Distance between the centres of knobs, in points.
const STEP: egui::Vec2 = vec2(88.0, 84.0);
/// Horizontal distance between the centres of knobs on a narrow card with one or two knobs.
const CLOSE: f32 = 70.0;
/// Diameter of a knob, in points.
const RING: f32 = 42.0;
const PICTURE: f32 = 230.0;
const BAR: f32 = 28.0;

/// Number of knobs on a narrow card.
fn shown(kind: Kind) -> usize {
    match kind {
        Kind::Compressor | Kind::Gate => 4,
        Kind::Multiband => 3,
        Kind::Stereo => 1,
        _ => 2,
    }
}

/// Whether the card has a gain-reduction bar.
pub fn has_bar(kind: Kind) -> bool {
    use Kind::{Clip, Compressor, DeEsser, DynamicEq, Gate, Multiband};
    matches!(kind, Compressor | Gate | DeEsser | DynamicEq | Multiband | Clip)
}

/// The values that a card shows.
fn values(slot: &Slot, wide: bool) -> Vec<ParameterRef> {
    let mut all = slot.processor.values();
    // The equaliser's bands are edited in its curve, not by knobs.
    all.retain(|value| slot.kind() != Kind::Eq || value.place.band.is_none());
    if !wide {
        all.truncate(shown(slot.kind()));
    }
    all
}

/// Label under a knob: a short name of the value, with the band's number.
fn label(value: &ParameterRef) -> String {
    let short = match value.info.name {
        "Threshold" => say!("chain-short-threshold"),
        "Frequency" => say!("chain-short-frequency"),
        "Key high-pass" => say!("chain-short-key-high-pass"),
        "Key low-pass" => say!("chain-short-key-low-pass"),
        other => texts::word("parameter", other),
    };
    numbered(short, value)
}

/// The name of a value, or a short one, with the band's number.
fn numbered(name: &str, value: &ParameterRef) -> String {
    match value.place.band {
        Some(band) => format!("{name} {}", band + 1),
        None => name.into(),
    }
}

/// Default of a value. Default settings have one band; added bands take their defaults from it.
fn usual(kind: Kind, place: ParameterAddress) -> f64 {
    let settings = ProcessorSettings::of(kind);
    let first = ParameterAddress { band: place.band.map(|_| 0), ..place };
    settings.get(place).or(settings.get(first)).unwrap_or_default()
}

/// Width of a card, in points. The equaliser takes 39 % of the rack's width, within limits; other
/// cards are as wide as their knobs need.
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

/// Draws the card of slot `n`; returns the change that the user asked for.
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
        let columns = values(slot, true).len().div_ceil(2).max(1) as f32;
        // A picture takes what the knobs leave.
        let left = body.width() - columns * STEP.x - BAR - 20.0;
        let picture = Rect::from_min_size(body.min, vec2(left.max(PICTURE), body.height() - 4.0));
        // A large multiband compressor is set in its picture.
        if slot.kind() == Kind::Multiband && picture.width() > 400.0 {
            ui.painter().rect_filled(picture, 4.0, theme::background());
            if let Some(asked) = bands::show(rack, ui, picture, slot) {
                ask = asked;
            }
        } else {
            let own = rack.owner == Owner::Mix || rack.racks.wide == Some((rack.owner, n));
            let trace = rack.racks.traces.get(n).map_or(&[][..], |trace| trace.as_slice());
            let moments = if own { rack.racks.history.as_slice() } else { trace };
            pictures::show(ui, picture, n, slot, rack.heard(), moments);
        }
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
    let name = texts::word("processor", slot.kind().name());
    let mut ask = Ask::Nothing;
    let middle = rect.top() + 17.0;
    let lamp = Rect::from_center_size(pos2(rect.left() + 16.0, middle), vec2(22.0, 22.0));
    let response = ui.interact(lamp, ui.scope_id().with("lamp"), Sense::click());
    response.widget_info(|| {
        let words = say!("chain-processor-on", processor = name);
        WidgetInfo::selected(WidgetRole::CheckBox, true, slot.on, words)
    });
    let colour =
        if slot.on { theme::accent() } else { theme::mixed(theme::dim(), 0.5, theme::panel()) };
    ui.painter().circle_filled(lamp.center(), 4.5, colour);
    if response.hovered() || response.has_focus() {
        ui.painter().circle_stroke(lamp.center(), 8.0, egui::Stroke::new(1.0, theme::dim()));
    }
    if response.on_hover_text(say!("chain-switch")).clicked() {
        ask = Ask::Set(Box::new(Slot { on: !slot.on, ..slot.clone() }));
    }
    let at = pos2(rect.left() + 28.0, middle);
    let text =
        write(ui.painter(), at, Align2::LEFT_CENTER, name, (13.5, Weight::SemiBold), theme::text());
    let place = text.expand2(vec2(0.0, 5.0));
    let response = ui.interact(place, ui.scope_id().with("name"), Sense::click());
    response.widget_info(|| {
        let words = say!("chain-processor-more-or-less", processor = name);
        WidgetInfo::labeled(WidgetRole::Button, true, words)
    });
    if response.clicked() {
        ask = Ask::Widen;
    }
    if let Some(asked) = menu(&response) {
        ask = asked;
    }
    response.on_hover_text(say!("chain-processor-hint"));
    let compare = Rect::from_center_size(pos2(rect.right() - 24.0, middle), vec2(30.0, 18.0));
    let lit = (rack.heard().comparing == Some(n)).then(theme::caution);
    let label = say!("chain-processor-compare", processor = name);
    if slot.on && rect.width() > 140.0 {
        let response = letter(ui, compare, "A/B", &label, lit);
        if response.on_hover_text(say!("chain-compare-hint")).clicked() {
            ask = Ask::Compare;
        }
    }
    ask
}

/// Menu to move or remove a processor.
pub fn menu(response: &Response) -> Option<Ask> {
    let mut ask = None;
    response.context_menu(|ui| {
        for (label, wanted) in [
            (say!("chain-move-earlier"), Ask::Move(-1)),
            (say!("chain-move-later"), Ask::Move(1)),
            (say!("common-remove"), Ask::Remove),
        ] {
            if ui.button(label).clicked() {
                ask = Some(wanted);
                ui.close();
            }
        }
    });
    ask
}

/// Gain-reduction bar, filled from the top, 18 dB at full height; the value in dB stands below.
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
        // A narrow card fills rows of two knobs, a wide card fills columns of two.
        let (column, row) = if wide { (place / 2, place % 2) } else { (place % 2, place / 2) };
        let step = if wide || all.len() > 2 { STEP.x } else { CLOSE };
        // In a low card the second row moves up.
        let down = STEP.y.min(area.height() - 66.0);
        let centre = area.min + vec2(step * (column as f32 + 0.5), 26.0 + row as f32 * down);
        Rect::from_center_size(centre, vec2(RING, RING))
    };
    for (position, value) in all.iter().enumerate() {
        let now = slot.processor.get(value.place).unwrap_or_default();
        let name = say!(
            "chain-value",
            processor = texts::word("processor", slot.kind().name()),
            value = numbered(texts::word("parameter", value.info.name), value),
        );
        let default = usual(slot.kind(), value.place);
        let moved = if let Unit::Choice(names) = value.info.unit {
            let list = place(position).expand2(vec2(20.0, -6.0));
            let names: Vec<String> =
                names.iter().map(|name| texts::word("choice", name).into()).collect();
            let current = value.info.show(now);
            let current = texts::word("choice", &current);
            let below = pos2(list.center().x, list.bottom() + 18.0);
            write(
                ui.painter(),
                below,
                Align2::CENTER_CENTER,
                label(value),
                (11.5, Weight::Regular),
                theme::dim(),
            );
            let chosen = choice(ui, list, &name, current, &names);
            Change { value: chosen.map(|n| n as f64), ends: chosen.is_some() }
        } else {
            turn(ui, place(position), &name, &label(value), &value.info, now, default)
        };
        if let Some(to) = moved.value {
            let mut next = slot.clone();
            // A processor that still has its default settings is switched on by the first change.
            next.on |= next.processor == ProcessorSettings::of(slot.kind());
            next.processor.put(value.place, to);
            ask = Some(Ask::Set(Box::new(next)));
        }
    }
    if is_stem_stereo(slot, rack.owner)
        && let Owner::Stem(id) = rack.owner
        && let Some(stem) = rack.song.session.stem(id)
    {
        let name = say!("chain-pan-of", stem = &stem.name);
        let pan = stem.strip.pan;
        let label = if mono { say!("chain-pan") } else { say!("chain-balance") };
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

/// A knob for a value of the processor.
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

/// Formats a value briefly enough to fit inside a knob.
pub fn short(info: &Info, value: f64) -> String {
    match info.unit {
        Unit::Decibels if value.abs() >= 9.95 || value == value.round() => {
            format!("{:.0} dB", Db(value))
        }
        Unit::Hertz if value >= 1000.0 => format!("{:.1}k", value / 1000.0),
        _ => info.show(value),
    }
}

/// List that chooses the stem for the processor's side chain. The mix chain has no such list.
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
    let mut names = vec![say!("chain-key-itself").to_string()];
    names.extend(others.iter().map(|(_, name)| name.clone()));
    let known = others.iter().find(|(id, _)| Some(*id) == slot.side_chain);
    let current = known.map_or(say!("chain-key-itself"), |(_, name)| name.as_str());
    let rect =
        Rect::from_min_size(pos2(area.left() + 70.0, area.bottom() - 26.0), vec2(150.0, 26.0));
    let at = pos2(area.left() + 6.0, rect.center().y);
    write(
        ui.painter(),
        at,
        Align2::LEFT_CENTER,
        say!("chain-key"),
        (11.5, Weight::Regular),
        theme::dim(),
    );
    let chosen = choice(ui, rect, say!("chain-key"), current, &names)?;
    let side_chain = chosen.checked_sub(1).and_then(|n| others.get(n)).map(|(id, _)| *id);
    Some(Ask::Set(Box::new(Slot { side_chain, ..slot.clone() })))
}

/// Button that sets the make-up gain so that the compressor's output is as loud as its input,
/// measured over the last seconds.
fn match_loudness(rack: &Rack<'_>, ui: &mut Ui, area: Rect, n: usize, slot: &Slot) -> Option<Ask> {
    let louder = rack.heard().louder.get(n).copied().unwrap_or(Db::UNITY);
    let rect =
        Rect::from_min_size(pos2(area.left() + 236.0, area.bottom() - 26.0), vec2(130.0, 26.0));
    let label = say!("chain-match", gain = format!("{louder:+.1}"));
    let clicked = crate::app::widgets::push(ui, rect, &label, false)
        .on_hover_text(say!("chain-match-hint"))
        .clicked();
    let ProcessorSettings::Compressor(mut settings) = slot.processor.clone() else { return None };
    settings.makeup = settings.makeup - louder;
    let processor = ProcessorSettings::Compressor(settings.clamped());
    clicked.then(|| Ask::Set(Box::new(Slot { processor, ..slot.clone() })))
}
