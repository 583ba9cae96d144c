//! A chain as a strip of small cards ([`strip`]), each with a picture of what its processor does, and
//! the chosen processor large ([`large`]).

use super::{Ask, Rack, card, eq, kinds, limiter, pictures};
use crate::app::master::AtWork;
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

/// Draws the strip of the mix, with the limiter of the chosen master (`limiter`) at its end. A click
/// on a card chooses its processor.
pub fn strip(
    seen: &Seen<'_>,
    panels: &mut Panels,
    ui: &mut Ui,
    rect: Rect,
    limiter: Option<&AtWork>,
) {
    let Some(song) = seen.song else { return };
    let owner = Owner::Mix;
    let mut rack = Rack { owner, seen, song, racks: &mut panels.racks };
    let chain = owner.chain(song);
    rack.trace(&chain);
    let mut asked = Vec::new();
    let mut area = ui.new_child(UiBuilder::new().id_salt("strip").max_rect(rect));
    ScrollArea::horizontal().auto_shrink(false).show(&mut area, |ui| {
        let step = CARD.x + GAP;
        // The fader of the mix before the chain, the limiter of the master behind it.
        let width = (chain.len() + 2) as f32 * step + 52.0;
        let (mut whole, _) = ui.allocate_exact_size(vec2(width, CARD.y), Sense::hover());
        level(seen, song, ui, Rect::from_min_size(whole.min, CARD));
        whole.min.x += step;
        for (n, slot) in chain.iter().enumerate() {
            let from = whole.min + vec2(n as f32 * step, 0.0);
            let place = Rect::from_min_size(from, CARD);
            let builder = UiBuilder::new().id_salt(("small", n)).max_rect(place);
            let ui = &mut ui.new_child(builder);
            asked.push((n, small(&mut rack, ui, place, n, slot)));
        }
        let end = chain.len() as f32 * step;
        let place = Rect::from_min_size(whole.min + vec2(end, 0.0), CARD);
        limiter::small(&mut rack, ui, place, limiter);
        let from = whole.min + vec2(end + step, CARD.y / 2.0 - 15.0);
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

/// Draws the chosen processor of the mix, or the limiter of the chosen master, in the whole of
/// `rect`.
pub fn large(
    seen: &Seen<'_>,
    panels: &mut Panels,
    ui: &mut Ui,
    rect: Rect,
    limiter: Option<&AtWork>,
) {
    let Some(song) = seen.song else { return };
    let owner = Owner::Mix;
    let mut rack = Rack { owner, seen, song, racks: &mut panels.racks };
    let chain = owner.chain(song);
    if rack.racks.limiter {
        return limiter::large(&rack, ui, rect, limiter);
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
    let chosen = rack.racks.chosen == n && !rack.racks.limiter;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::deeds::Deed;
    use crate::app::drawn::World;
    use crate::app::preferences::Preferences;
    use crate::dsp::dynamic_eq::DynamicBand;
    use crate::dsp::eq::{Band, Shape as Form};
    use crate::session::edit::Edit;
    use crate::session::history::tests::song;
    use crate::units::Hz;
    use egui::Key;
    use egui::epaint::{Shape, TextShape};
    use egui_kittest::Harness;
    use egui_kittest::kittest::{By, NodeT, Queryable};
    use std::cell::RefCell;

    /// The room of the large card in windows of 1024 x 700 and of 1600 x 1000.
    const SIZES: [egui::Vec2; 2] = [vec2(718.0, 236.0), vec2(1294.0, 338.0)];

    /// A processor with as many bands as the window can show.
    fn full(kind: Kind) -> Slot {
        let mut slot = Slot::new(kind);
        match &mut slot.processor {
            ProcessorSettings::Eq(eq) => {
                eq.bands = vec![
                    Band { shape: Form::HighPass, frequency: Hz(30.0), ..Band::default() },
                    Band { gain: Db(-24.0), frequency: Hz(720.0), ..Band::default() },
                ];
            }
            ProcessorSettings::DynamicEq(eq) => eq.bands = vec![DynamicBand::default(); 4],
            _ => {}
        }
        slot
    }

    /// Draws a processor large, lets `act` use it, and returns the chain that was asked for last.
    fn drawn(slot: &Slot, size: egui::Vec2, act: impl FnOnce(&mut Harness<'_>, Rect)) -> Vec<Slot> {
        let mut session = song();
        session.chain = vec![slot.clone()];
        let world = World::of(session);
        let mut panels = Panels::new(Preferences::default());
        let place = Rect::from_min_size(pos2(10.0, 10.0), size);
        let asked = RefCell::<Vec<Deed>>::default();
        let mut harness = Harness::builder()
            .with_size(size + vec2(200.0, 100.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let seen = world.seen();
                large(&seen, &mut panels, ui, place, None);
                asked.borrow_mut().extend(seen.asked.into_inner());
            });
        harness.run_steps(2);
        act(&mut harness, place);
        harness.run_steps(2);
        drop(harness);
        let mut chains = asked.into_inner().into_iter().filter_map(|deed| match deed {
            Deed::Edit(Edit::Chain { slots, .. }) => Some(slots),
            _ => None,
        });
        chains.next_back().unwrap_or_default()
    }

    fn is_control(role: egui::accesskit::Role) -> bool {
        use egui::accesskit::Role::{Button, CheckBox, ComboBox, Slider};
        matches!(role, Button | CheckBox | ComboBox | Slider)
    }

    #[test]
    fn every_large_processor_has_all_its_values_within_the_card() {
        for (kind, size) in Kind::ALL.into_iter().flat_map(|kind| SIZES.map(|size| (kind, size))) {
            drawn(&full(kind), size, |harness, card| {
                let nodes = harness.query_all(By::new().predicate(|node| is_control(node.role())));
                let controls: Vec<(String, Rect)> = nodes
                    .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
                    .collect();
                // Lines and nodes in a picture may cross; the picture ends before the knobs.
                let moves = |name: &str| {
                    ["Threshold of", "Crossover", "EQ band"].iter().any(|of| name.starts_with(of))
                };
                let bar = card.right() - 24.0;
                for (n, (name, rect)) in controls.iter().enumerate() {
                    assert!(card.contains_rect(*rect), "{kind:?} {size:?}: {name} {rect}");
                    let below_heading = rect.top() > card.top() + 34.0;
                    let free = !(card::has_bar(kind) && below_heading) || rect.right() < bar;
                    assert!(free, "{kind:?} {size:?}: {name} lies under the bar");
                    for (other, place) in &controls[n + 1..] {
                        let both = rect.intersect(*place);
                        let over = both.width() > 1.0 && both.height() > 1.0;
                        let crosses = moves(name) && moves(other);
                        assert!(!over || crosses, "{kind:?} {size:?}: {name} and {other}");
                    }
                }
                for clipped in &harness.output().shapes {
                    if let Shape::Text(TextShape { pos, galley, .. }) = &clipped.shape {
                        let ink = galley.mesh_bounds.translate(pos.to_vec2());
                        let text = &galley.job.text;
                        let inside = !ink.is_positive() || card.contains_rect(ink);
                        assert!(inside, "{kind:?} {size:?}: {text:?} {ink}");
                    }
                }
            });
        }
    }

    #[test]
    fn a_band_is_chosen_by_its_button_or_in_the_picture() {
        for size in SIZES {
            drawn(&full(Kind::Multiband), size, |harness, card| {
                harness.get_by_label("Band 3").click();
                harness.run_steps(2);
                harness.get_by_label_contains("Multiband Threshold 3");
                assert!(harness.query_by_label_contains("Multiband Threshold 1").is_none());
                let picture = harness.get_by_label_contains("Bands of the multiband").rect();
                assert!(picture.width() > card.width() * 0.5, "{picture:?}");
                let at = picture.right_bottom() - vec2(6.0, 40.0);
                harness.drag_at(at);
                harness.run_steps(1);
                harness.drop_at(at);
                harness.run_steps(2);
                harness.get_by_label_contains("Multiband Threshold 4");
            });
        }
    }

    #[test]
    fn crossovers_and_thresholds_are_moved_by_keys_in_the_picture() {
        let moved = |line: &str| {
            let slots = drawn(&full(Kind::Multiband), SIZES[0], |harness, _| {
                harness.get_by_label_contains(line).focus();
                harness.run_steps(2);
                harness.key_press(Key::ArrowUp);
            });
            let [Slot { processor: ProcessorSettings::Multiband(settings), .. }] = slots[..] else {
                panic!("{line}: {slots:?}");
            };
            settings
        };
        assert!(moved("Crossover 1").low.0 > 125.0);
        assert_eq!(moved("Threshold of band 2").bands[1].threshold, Db(-23.5));
    }

    #[test]
    fn the_large_equaliser_has_scale_spectrum_and_the_values_of_its_band() {
        for size in SIZES {
            drawn(&full(Kind::Eq), size, |harness, _| {
                for name in ["\u{b1}24", "Mix", "Reference", "Difference"] {
                    harness.get_by_label(name);
                }
                harness.get_by_label_contains("EQ Slope 1");
                harness.get_by_label_contains("EQ band 2").focus();
                harness.run_steps(2);
                harness.get_by_label_contains("EQ Gain 2");
            });
        }
    }

    #[test]
    fn a_node_beyond_the_scale_leaves_the_edge_when_it_is_dragged_back() {
        let slots = drawn(&full(Kind::Eq), SIZES[0], |harness, card| {
            let node = harness.get_by_label_contains("EQ band 2").rect();
            assert!(card.contains_rect(node), "{node}");
            harness.drag_at(node.center());
            harness.run_steps(1);
            harness.hover_at(node.center() - vec2(0.0, 30.0));
        });
        let [Slot { processor: ProcessorSettings::Eq(eq), .. }] = &slots[..] else {
            panic!("{slots:?}");
        };
        assert!((-12.0..-5.0).contains(&eq.bands[1].gain.0), "{:?}", eq.bands[1]);
    }

    #[test]
    fn a_processor_is_added_to_the_mix_in_one_place() {
        let world = World::of(song());
        let mut panels = Panels::new(Preferences::default());
        let mut harness = Harness::builder()
            .with_size(vec2(1600.0, 1000.0))
            .with_context_setup(theme::apply)
            .build_ui(|ui| {
                let (seen, rect) = (world.seen(), ui.max_rect());
                crate::app::master::show(&seen, &mut panels, ui, rect);
            });
        harness.run_steps(2);
        assert_eq!(harness.query_all_by_label_contains("Add a processor").count(), 1);
    }
}
