//! Processor chains in the window: the rack of cards of a stem or of the mix.
//!
//! [`cards`] draws the cards of a chain and applies what they ask for; [`commands`] draws add,
//! presets, copy and reset. The Mix view shows the chain of a stem, the Master view that of the
//! mix. The state of a rack between frames is [`Racks`].

mod against;
mod bands;
mod card;
mod eq;
mod eq_panel;
mod limiter;
mod pictures;
mod presets;
mod strip;
mod values;

pub use strip::{large, strip};

use super::deeds::Play;
use super::heard::Heard;
use super::open_song::OpenSong;
use super::panels::Panels;
use super::seen::Seen;
use super::theme::{self, Weight, write};
use super::widgets::choice;
use crate::app::panels::chain::Owner;
use crate::app::panels::chain::Racks;
use crate::dsp::chain::{Comparison, Hearing, Kind, MOST, Slot};
use crate::session::edit::Edit;
use crate::session::stem::{Role, StemId};
use crate::texts::{self, say};
use egui::{Align2, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

/// Processors that the rack of an empty chain shows, switched off. The first change puts them into
/// the session.
const STEM_RACK: [Kind; 5] =
    [Kind::Eq, Kind::Compressor, Kind::DeEsser, Kind::Saturation, Kind::Stereo];
const MIX_RACK: [Kind; 6] =
    [Kind::Eq, Kind::Compressor, Kind::Multiband, Kind::Saturation, Kind::Stereo, Kind::Clip];

impl Owner {
    /// The owner's chain. For an empty chain: the rack's default processors, switched off.
    pub fn chain(self, song: &OpenSong) -> Vec<Slot> {
        let (own, rack) = match self {
            Owner::Stem(id) => {
                (song.session.stem(id).map_or(&[][..], |stem| &stem.chain), &STEM_RACK[..])
            }
            Owner::Mix => (&song.session.chain[..], &MIX_RACK[..]),
        };
        if own.is_empty() {
            return rack.iter().map(|kind| Slot { on: false, ..Slot::new(*kind) }).collect();
        }
        own.to_vec()
    }

    /// The edit that replaces the owner's chain.
    pub fn edit(self, slots: Vec<Slot>) -> Edit {
        let stem = match self {
            Owner::Stem(id) => Some(id),
            Owner::Mix => None,
        };
        Edit::Chain { stem, slots }
    }

    fn role(self, song: &OpenSong) -> Option<Role> {
        match self {
            Owner::Stem(id) => song.session.stem(id).map(|stem| stem.role),
            Owner::Mix => None,
        }
    }
}

/// The chain in one line: `EQ → Comp → (De-ess)`. Processors that are off stand in brackets.
pub fn line(chain: &[Slot]) -> String {
    let word = |slot: &Slot| {
        let name = texts::word("processor", slot.kind().short());
        if slot.on { name.to_string() } else { format!("({name})") }
    };
    chain.iter().map(word).collect::<Vec<_>>().join(" \u{2192} ")
}

/// State shared by all cards of one rack.
pub struct Rack<'a> {
    pub owner: Owner,
    pub seen: &'a Seen<'a>,
    pub song: &'a OpenSong,
    pub racks: &'a mut Racks,
}

/// Change that a card asks its rack for.
pub enum Ask {
    Nothing,
    /// Replace the slot.
    Set(Box<Slot>),
    /// Move the slot by this many places.
    Move(isize),
    Remove,
    /// Hear the sound before this slot or what it takes away, or stop that comparison.
    Compare(Hearing),
    /// Show all values of this card, or make it narrow again.
    Widen,
}

/// Draws the cards of the owner's chain in `rect` and applies what they ask for.
pub fn cards(seen: &Seen<'_>, panels: &mut Panels, ui: &mut Ui, rect: Rect, owner: Owner) {
    let Some(song) = seen.song else { return };
    let mut rack = Rack { owner, seen, song, racks: &mut panels.racks };
    let chain = owner.chain(song);
    let mut asked = Vec::new();
    let area = ui.new_child(UiBuilder::new().id_salt(("rack", owner)).max_rect(rect));
    let mut area = area;
    let wide = rack.racks.wide.filter(|(of, _)| *of == owner).map(|(_, n)| n);
    let sizes = card::sizes(&chain, owner, rect.width(), wide);
    rack.trace(&chain);
    ScrollArea::horizontal().auto_shrink(false).show(&mut area, |ui| {
        ui.spacing_mut().item_spacing.x = card::BETWEEN;
        ui.horizontal_top(|ui| {
            for (n, (slot, card::Size { width, wide })) in chain.iter().zip(sizes).enumerate() {
                let size = vec2(width, rect.height() - 8.0);
                let (_, place) = ui.allocate_space(size);
                let ui = &mut ui.new_child(UiBuilder::new().id_salt(("card", n)).max_rect(place));
                asked.push((n, card::show(&mut rack, ui, place, n, slot, wide)));
            }
        });
    });
    for (n, ask) in asked {
        rack.obey(&chain, n, ask);
    }
}

impl Rack<'_> {
    fn heard(&self) -> &Heard {
        self.seen.heard
    }

    /// Records the reduction of each processor for the pictures, while the song plays.
    fn trace(&mut self, chain: &[Slot]) {
        if self.racks.traced != Some(self.owner) {
            self.racks.traces.clear();
            self.racks.traced = Some(self.owner);
        }
        if !self.heard().playing {
            return;
        }
        self.racks.traces.resize(chain.len(), Vec::new());
        let reductions = self.seen.heard.reductions;
        for (trace, reduction) in self.racks.traces.iter_mut().zip(reductions) {
            trace.push(reduction.0 as f32);
            let surplus = trace.len().saturating_sub(pictures::MOMENTS);
            trace.drain(..surplus);
        }
    }

    /// Replaces the chain by one with other places. Ends the comparison, the wide card and the
    /// traces, which refer to places of the old chain.
    fn rearrange(&mut self, chain: Vec<Slot>) {
        self.seen.ask(Play::Compare(None));
        self.racks.wide = None;
        self.racks.traces.clear();
        self.seen.edit(self.owner.edit(chain));
    }

    fn obey(&mut self, chain: &[Slot], n: usize, ask: Ask) {
        let mut chain = chain.to_vec();
        match ask {
            Ask::Nothing => {}
            Ask::Set(slot) => {
                if let Some(place) = chain.get_mut(n)
                    && *place != *slot
                {
                    *place = *slot;
                    self.seen.edit(self.owner.edit(chain));
                }
            }
            Ask::Move(step) => {
                let to = n.saturating_add_signed(step).min(chain.len().saturating_sub(1));
                let slot = chain.remove(n);
                chain.insert(to, slot);
                self.racks.chosen = to;
                self.rearrange(chain);
            }
            Ask::Remove => {
                chain.remove(n);
                self.seen.ask(Play::Band(None));
                self.rearrange(chain);
            }
            Ask::Compare(hears) => {
                let wanted = Some(Comparison { slot: n, hears });
                let on = self.heard().comparing == wanted;
                self.seen.ask(Play::Compare(wanted.filter(|_| !on)));
            }
            Ask::Widen => {
                let here = Some((self.owner, n));
                self.racks.wide = if self.racks.wide == here { None } else { here };
            }
        }
    }
}

/// Commands at the right of a rack's heading: add, presets, copy, reset. `right` is the middle of
/// their right edge.
pub fn commands(
    seen: &Seen<'_>,
    panels: &mut Panels,
    ui: &mut Ui,
    right: egui::Pos2,
    owner: Owner,
) {
    let Some(song) = seen.song else { return };
    let middle = right.y;
    let place = |from: f32, width: f32| {
        Rect::from_min_max(
            pos2(right.x - from, middle - 14.0),
            pos2(right.x - from + width, middle + 14.0),
        )
    };
    if text_button(ui, place(96.0, 96.0), say!("chain-reset")) {
        seen.edit(owner.edit(Vec::new()));
        seen.ask(Play::Compare(None));
    }
    let others: Vec<(StemId, String)> = song
        .session
        .stems
        .iter()
        .filter(|stem| owner != Owner::Stem(stem.id))
        .map(|stem| (stem.id, stem.name.clone()))
        .collect();
    let names: Vec<String> = others.iter().map(|(_, name)| name.clone()).collect();
    let label = say!("chain-copy-the-chain-to");
    let chosen = choice(ui, place(196.0, 92.0), label, say!("chain-copy-to"), &names);
    if let Some((id, _)) = chosen.and_then(|n| others.get(n)) {
        let chain = owner.chain(song);
        seen.edit(Owner::Stem(*id).edit(chain));
    }
    // The strip of the mix has its own at its end.
    if owner != Owner::Mix {
        let names = kinds();
        let label = say!("chain-add-a-processor");
        let chosen = choice(ui, place(396.0, 86.0), label, say!("common-add"), &names);
        if let Some(kind) = chosen.and_then(|n| Kind::ALL.get(n)) {
            let mut chain = owner.chain(song);
            if chain.len() < MOST {
                chain.push(Slot::new(*kind));
                seen.edit(owner.edit(chain));
            }
        }
    }
    presets::show(seen, panels, ui, place(300.0, 96.0), owner);
}

/// Names of all kinds of processors.
fn kinds() -> Vec<String> {
    Kind::ALL.iter().map(|kind| texts::word("processor", kind.name()).into()).collect()
}

/// Button without a background, aligned to the right; returns whether it was clicked.
pub fn text_button(ui: &mut Ui, rect: Rect, label: &str) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("text", label)), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, label));
    let lit = response.hovered() || response.has_focus();
    let colour = if lit { theme::text() } else { theme::dim() };
    let at = pos2(rect.right(), rect.center().y);
    write(ui.painter(), at, Align2::RIGHT_CENTER, label, (12.5, Weight::Regular), colour);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::drawn::World;
    use crate::session::history::tests::song;
    use crate::units::Db;

    #[test]
    fn a_chain_shows_no_reductions_of_another_or_of_its_former_places() {
        let mut world = World::of(song());
        world.heard.playing = true;
        world.heard.reductions = [Db(-6.0); MOST];
        let seen = world.seen();
        let song = seen.song.unwrap();
        let chain = [Kind::Gate, Kind::Compressor].map(Slot::new);
        let mut racks = Racks::default();
        let mut trace = |owner| {
            let mut rack = Rack { owner, seen: &seen, song, racks: &mut racks };
            rack.trace(&chain);
            rack.racks.traces.clone()
        };
        let [one, other] = [1, 2].map(|n| Owner::Stem(StemId(n)));
        trace(one);
        assert_eq!(trace(one), [[-6.0, -6.0], [-6.0, -6.0]]);
        assert_eq!(trace(other), [[-6.0], [-6.0]]);
        Rack { owner: other, seen: &seen, song, racks: &mut racks }.rearrange(chain.to_vec());
        assert!(racks.traces.is_empty());
    }
}
