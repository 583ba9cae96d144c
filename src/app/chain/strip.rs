//! A chain as a strip of small cards ([`strip`]), each with a picture of what its processor does, and
//! the chosen processor large ([`large`]).

use super::{Ask, Rack, card, eq, kinds, limiter, pictures};
use crate::app::mix::turn_mix;
use crate::app::open_song::OpenSong;
use crate::app::panels::Panels;
use crate::app::panels::chain::Owner;
use crate::app::seen::Seen;
use crate::app::theme::{self, Weight, write, write_within};
use crate::app::widgets::{choice, fader};
use crate::dsp::chain::{Kind, MOST, ProcessorSettings, Slot};
use crate::texts::{self, say};
use crate::units::Db;
use egui::{
    Align2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

const CARD: egui::Vec2 = vec2(146.0, 84.0);
const GAP: f32 = 9.0;

/// Draws the strip. A click on a card chooses its processor.
pub fn strip(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(song) = seen.song else { return };
    let mut rack = Rack { owner, seen, song, racks: &mut panels.racks };
    let chain = owner.chain(song);
    rack.remember_all(&chain);
    let mut asked = Vec::new();
    let mut area = ui.new_child(UiBuilder::new().id_salt("strip").max_rect(rect));
    ScrollArea::horizontal().auto_shrink(false).show(&mut area, |ui| {
        let fader = if owner == Owner::Mix { CARD.x + GAP } else { 0.0 };
        // The fader of the mix before the chain, the limiter of the master behind it.
        let limiter = fader;
        let width = chain.len() as f32 * (CARD.x + GAP) + fader + limiter + 52.0;
        let (mut whole, _) = ui.allocate_exact_size(vec2(width, CARD.y), Sense::hover());
        if owner == Owner::Mix {
            level(seen, song, ui, Rect::from_min_size(whole.min, CARD));
        }
        whole.min.x += fader;
        for (n, slot) in chain.iter().enumerate() {
            let from = whole.min + vec2(n as f32 * (CARD.x + GAP), 0.0);
            let place = Rect::from_min_size(from, CARD);
            let builder = UiBuilder::new().id_salt(("small", n)).max_rect(place);
            let ui = &mut ui.new_child(builder);
            asked.push((n, small(&mut rack, ui, place, n, slot)));
        }
        let end = chain.len() as f32 * (CARD.x + GAP);
        if owner == Owner::Mix {
            let place = Rect::from_min_size(whole.min + vec2(end, 0.0), CARD);
            limiter::small(&mut rack, ui, place);
        }
        let from = whole.min + vec2(end + limiter, CARD.y / 2.0 - 15.0);
        let place = Rect::from_min_size(from, vec2(44.0, 30.0));
        let added = choice(ui, place, say!("chain-add-a-processor"), "+", &kinds());
        if let Some(kind) = added.and_then(|n| Kind::ALL.get(n))
            && chain.len() < MOST
        {
            let mut next = chain.clone();
            next.push(Slot::new(*kind));
            rack.racks.chosen = next.len() - 1;
            seen.edit(owner.edit(next));
        }
    });
    for (n, ask) in asked {
        rack.obey(&chain, n, ask);
    }
}

/// Draws the chosen processor of the chain in the whole of `rect`.
pub fn large(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(song) = seen.song else { return };
    let mut rack = Rack { owner, seen, song, racks: &mut panels.racks };
    let chain = owner.chain(song);
    if owner == Owner::Mix && rack.racks.limiter {
        return limiter::large(&rack, ui, rect);
    }
    let n = rack.racks.chosen.min(chain.len().saturating_sub(1));
    let Some(slot) = chain.get(n) else { return };
    let builder = UiBuilder::new().id_salt(("large", n)).max_rect(rect);
    let ui = &mut ui.new_child(builder);
    let ask = card::show(&mut rack, ui, rect, n, slot, true);
    // The large card has all its values already.
    if !matches!(ask, Ask::Widen) {
        rack.obey(&chain, n, ask);
    }
}

/// The card before the chain of the mix: its fader.
fn level(seen: &Seen<'_>, song: &OpenSong, ui: &mut Ui, rect: Rect) {
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, theme::panel());
    let level = song.session.fader;
    let at = pos2(rect.left() + 14.0, rect.top() + 16.0);
    let (name, bold) = (say!("chain-mix-fader"), (12.5, Weight::SemiBold));
    write_within(ui.painter(), at, rect.width() - 28.0, name, bold, theme::text());
    let track = Rect::from_center_size(rect.center(), vec2(rect.width() - 32.0, 18.0));
    let moved = fader(ui, track, say!("mix-fader-of-mix"), level, theme::accent());
    turn_mix(seen, song, moved);
    let at = rect.max - vec2(10.0, 11.0);
    let (value, font) = (format!("{level:+.1} dB"), (11.0, Weight::Regular));
    write(ui.painter(), at, Align2::RIGHT_CENTER, value, font, theme::dim());
}

fn small(rack: &mut Rack<'_>, ui: &mut Ui, rect: Rect, n: usize, slot: &Slot) -> Ask {
    let name = texts::word("processor", slot.kind().name());
    let chosen = rack.racks.chosen == n && !(rack.racks.limiter && rack.owner == Owner::Mix);
    let response = ui.interact(rect, ui.scope_id().with("card"), Sense::click());
    let words = format!("{name} {}", n + 1);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, &words));
    let fill = if chosen || response.hovered() { theme::raised() } else { theme::panel() };
    ui.painter().rect_filled(rect, theme::RADIUS + 2.0, fill);
    if chosen {
        let line = Stroke::new(1.2, theme::accent());
        ui.painter().rect_stroke(rect, theme::RADIUS + 2.0, line, StrokeKind::Inside);
    }
    if response.clicked() {
        (rack.racks.chosen, rack.racks.limiter) = (n, false);
        rack.racks.history.clear();
    }
    let mut ask = card::menu(&response).unwrap_or(Ask::Nothing);
    let lamp = Rect::from_center_size(rect.min + vec2(16.0, 16.0), vec2(20.0, 20.0));
    let switch = ui.interact(lamp, ui.scope_id().with("lamp"), Sense::click());
    let words = say!("chain-processor-number-on", processor = name, number = n + 1);
    switch.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, slot.on, &words));
    let dark = theme::mixed(theme::dim(), 0.5, theme::panel());
    let colour = if slot.on { theme::accent() } else { dark };
    ui.painter().circle_filled(lamp.center(), 4.5, colour);
    if switch.clicked() {
        ask = Ask::Set(Box::new(Slot { on: !slot.on, ..slot.clone() }));
    }
    let at = pos2(rect.left() + 28.0, lamp.center().y);
    let ink = if slot.on { theme::text() } else { theme::dim() };
    write_within(ui.painter(), at, rect.width() - 36.0, name, (12.5, Weight::SemiBold), ink);
    let picture = Rect::from_min_max(rect.min + vec2(10.0, 30.0), rect.max - vec2(10.0, 20.0));
    let trace = rack.racks.traces.get(n).map_or(&[][..], |trace| trace.as_slice());
    match &slot.processor {
        ProcessorSettings::Eq(settings) => eq::small(ui.painter(), picture, settings, slot.on),
        _ => pictures::small(ui.painter(), picture, slot, trace),
    }
    let reduction = rack.seen.heard.reductions.get(n).copied().unwrap_or(Db::UNITY);
    let at = rect.max - vec2(10.0, 11.0);
    let font = (11.0, Weight::Regular);
    write(ui.painter(), at, Align2::RIGHT_CENTER, figure(slot, reduction), font, theme::dim());
    ask
}

/// What matters most about a processor, in a word.
fn figure(slot: &Slot, reduction: Db) -> String {
    if !slot.on {
        return say!("chain-off").into();
    }
    match &slot.processor {
        ProcessorSettings::Eq(settings) => say!("chain-bands", count = settings.bands.len()),
        _ if card::has_bar(slot.kind()) && reduction.0 < -0.05 => format!("{reduction:.1} dB"),
        _ => {
            let first = slot.processor.values().into_iter().next();
            first.map_or(String::new(), |value| {
                let now = slot.processor.get(value.place).unwrap_or_default();
                texts::word("choice", &value.info.show(now)).to_owned()
            })
        }
    }
}
