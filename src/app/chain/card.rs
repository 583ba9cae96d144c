//! One card of a rack: on/off lamp, name, A/B button, reduction bar and knobs of one processor.
//!
//! A narrow card shows the first values; a wide card shows a picture and all values, those of one
//! band at a time. [`show`] returns an [`Ask`], which the rack applies.

use super::values::{control_count, knob_grid, tools};
use super::{Ask, Rack, bands as picture_of_bands, eq, pictures};
use crate::app::panels::chain::Owner;
use crate::app::theme::{self, Weight, write};
use crate::app::widgets::{letter, segments};
use crate::dsp::chain::{Hearing, Kind, Slot};
use crate::texts::{self, say};
use crate::units::Db;
use egui::{Align2, Rect, Response, Role as WidgetRole, Sense, Ui, WidgetInfo, pos2, vec2};

/// Distance between the centres of knobs, in points.
pub const STEP: egui::Vec2 = vec2(88.0, 84.0);
/// Horizontal distance between the centres of knobs on a narrow card with one or two knobs.
pub const CLOSE: f32 = 70.0;
const PICTURE: f32 = 230.0;
/// Width of a picture in which bands are dragged.
const BANDS: f32 = 420.0;
/// A card with too little room takes it from its picture first, down to this width, then from the
/// distances of its knobs.
const LEAST_PICTURE: f32 = 140.0;
/// Room between the picture and the knobs.
const GAP: f32 = 18.0;
const BAR: f32 = 28.0;
/// Width of a band in the switch that chooses one.
const SEGMENT: f32 = 62.0;

/// Whether the card has a gain-reduction bar.
pub fn has_bar(kind: Kind) -> bool {
    use Kind::{Clip, Compressor, DeEsser, DynamicEq, Gate, Multiband};
    matches!(kind, Compressor | Gate | DeEsser | DynamicEq | Multiband | Clip)
}

/// Distance between cards, in points.
pub const BETWEEN: f32 = 12.0;
/// A wide card grows by up to this factor where the rack has room; its picture takes what it gains.
const STRETCH: f32 = 1.6;
/// In a rack wider than this, in points, the equaliser grows too.
const ROOMY: f32 = 1600.0;

/// How a card is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub width: f32,
    /// With all its values and a picture.
    pub wide: bool,
}

/// Sizes of the cards of a chain in a rack of this width. `wide` is the card that a person widened;
/// where there is room, others are wide too, in the order of the chain, and all of those grow.
pub fn sizes(chain: &[Slot], owner: Owner, rack: f32, wide: Option<usize>) -> Vec<Size> {
    let at = |n: usize, slot: &Slot| {
        let wide = wide == Some(n);
        Size { width: width(slot, wide, owner, rack), wide }
    };
    let mut all: Vec<Size> = chain.iter().enumerate().map(|(n, slot)| at(n, slot)).collect();
    let taken = |all: &[Size]| all.iter().map(|size| size.width + BETWEEN).sum::<f32>();
    // The equaliser needs no more to show everything; it only grows below.
    for (n, slot) in chain.iter().enumerate().filter(|(_, slot)| slot.kind() != Kind::Eq) {
        let spare = rack - taken(&all);
        let full = width(slot, true, owner, rack);
        if let Some(size) = all.get_mut(n).filter(|size| full - size.width <= spare) {
            *size = Size { width: full, wide: true };
        }
    }
    let grows = |size: &Size, slot: &Slot| size.wide || (slot.kind() == Kind::Eq && rack > ROOMY);
    let growing = all.iter().zip(chain).filter(|(size, slot)| grows(size, slot));
    let growing: f32 = growing.map(|(size, _)| size.width).sum();
    let factor = (1.0 + (rack - taken(&all)).max(0.0) / growing.max(1.0)).min(STRETCH);
    for (size, slot) in all.iter_mut().zip(chain) {
        if grows(size, slot) {
            size.width *= factor;
        }
    }
    all
}

/// Width of a card, in points. The equaliser takes 39 % of the rack's width, within limits; other
/// cards are as wide as their knobs need.
fn width(slot: &Slot, wide: bool, owner: Owner, rack: f32) -> f32 {
    if slot.kind() == Kind::Eq {
        return (rack * 0.39).clamp(360.0, if wide { 900.0 } else { 522.0 });
    }
    let knobs = control_count(slot, wide, owner);
    let bar = if has_bar(slot.kind()) { BAR } else { 0.0 };
    if wide {
        let picture = if slot.kind() == Kind::Multiband { BANDS } else { PICTURE };
        return picture + GAP + 20.0 + knobs.div_ceil(2).max(1) as f32 * STEP.x + bar;
    }
    let columns = if knobs > 2 { 2.0 * STEP.x } else { knobs as f32 * CLOSE };
    (columns + 20.0 + bar).max(158.0)
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
    let (mut ask, mut free) = head(rack, ui, rect, n, slot);
    let body =
        Rect::from_min_max(pos2(rect.left() + 10.0, rect.top() + 34.0), rect.max - vec2(10.0, 8.0));
    if slot.kind() == Kind::Eq {
        if let Some(asked) = eq::show(rack, ui, [free, body], n, slot) {
            ask = asked;
        }
        return ask;
    }
    let mut knobs = body;
    if has_bar(slot.kind()) {
        knobs.max.x -= BAR;
        let reduction = rack.heard().reductions.get(n).copied().unwrap_or(Db::UNITY);
        bar(ui, Rect::from_min_max(pos2(body.right() - 12.0, body.top()), body.max), reduction);
    }
    let mut step = STEP.x;
    if wide {
        if let Some(asked) = tools(rack, ui, &mut free, n, slot) {
            ask = asked;
        }
        choose_band(rack, ui, free, slot);
        let columns = control_count(slot, true, rack.owner).div_ceil(2).max(1) as f32;
        step = step.min((knobs.width() - GAP - LEAST_PICTURE) / columns);
        let right = knobs.right() - columns * step - GAP;
        let picture = Rect::from_min_max(body.min, pos2(right, body.bottom() - 4.0));
        // A multiband compressor is set in its picture.
        if slot.kind() == Kind::Multiband {
            if let Some(asked) = picture_of_bands::show(rack, ui, picture, slot) {
                ask = asked;
            }
        } else {
            let moments = rack.racks.traces.get(n).map_or(&[][..], |trace| trace.as_slice());
            pictures::show(ui, picture, n, slot, rack.heard(), moments);
        }
        knobs.min.x = right + GAP;
    }
    if let Some(asked) = knob_grid(rack, ui, knobs, slot, wide.then_some(step)) {
        ask = asked;
    }
    ask
}

/// The switch between the bands of a processor, at the right of its heading.
fn choose_band(rack: &mut Rack<'_>, ui: &mut Ui, free: Rect, slot: &Slot) {
    let count = slot.processor.band_count();
    if count < 2 {
        return;
    }
    let names: Vec<String> =
        (1..=count).map(|number| say!("chain-band-number", number = number)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let width = (count as f32 * SEGMENT).min(free.width());
    let from = pos2(free.right() - width, free.center().y - 12.0);
    let place = Rect::from_min_size(from, vec2(width, 24.0));
    if let Some(band) = segments(ui, place, &names, rack.racks.band.min(count - 1)) {
        rack.racks.band = band;
    }
}

/// Draws the heading. Returns what the user asked for, and the room between the name and the button
/// at the right.
fn head(rack: &mut Rack<'_>, ui: &mut Ui, rect: Rect, n: usize, slot: &Slot) -> (Ask, Rect) {
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
    let heard = rack.heard().comparing.filter(|comparison| comparison.slot == n);
    let mut left = rect.right() - 9.0;
    let mut compare = |hears, letters: &str, label: String, hint: &str, width: f32, least: f32| {
        if !slot.on || rect.width() <= least {
            return;
        }
        let place = Rect::from_center_size(pos2(left - width / 2.0, middle), vec2(width, 18.0));
        left = place.left() - 4.0;
        let lit = heard.is_some_and(|comparison| comparison.hears == hears).then(theme::caution);
        if letter(ui, place, letters, &label, lit).on_hover_text(hint).clicked() {
            ask = Ask::Compare(hears);
        }
    };
    let label = say!("chain-processor-compare", processor = name);
    compare(Hearing::Input, "A/B", label, say!("chain-compare-hint"), 30.0, 140.0);
    let label = say!("chain-processor-taken", processor = name);
    compare(Hearing::Difference, "\u{394}", label, say!("chain-taken-hint"), 20.0, 240.0);
    let from = pos2((place.right() + 12.0).min(left - 4.0), rect.top() + 4.0);
    (ask, Rect::from_min_max(from, pos2(left - 4.0, rect.top() + 30.0)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::stem::StemId;

    #[test]
    fn the_cards_use_the_width_of_the_rack() {
        use Kind::{Compressor, DeEsser, Eq, Saturation, Stereo};
        let chain = [Eq, Compressor, DeEsser, Saturation, Stereo].map(Slot::new);
        let owner = Owner::Stem(StemId(1));
        for rack in [3300.0, 3600.0, 2600.0] {
            let sizes = sizes(&chain, owner, rack, None);
            let taken: f32 = sizes.iter().map(|size| size.width + BETWEEN).sum();
            assert!((rack * 0.9..=rack + 1.0).contains(&taken), "{taken} of {rack}");
        }
        assert!(sizes(&chain, owner, 3300.0, None).iter().skip(1).all(|size| size.wide));
        // Nothing is squeezed out: in a narrow rack the cards scroll, and the chosen one is wide.
        let narrow = sizes(&chain, owner, 1000.0, Some(2));
        let wide: Vec<usize> = (0..5).filter(|n| narrow[*n].wide).collect();
        assert_eq!(wide, [2]);
    }
}
