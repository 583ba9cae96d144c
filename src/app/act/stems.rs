//! What is done to stems.

use crate::app::deeds::Stems;
use crate::app::desk::Desk;
use crate::app::mix::flat;
use crate::app::stem_commands::{clear, place, select, shift, toggle};
use crate::session::edit::Edit;

pub fn act(desk: &mut Desk, deed: Stems) {
    match deed {
        Stems::Select(by) => select(desk, by),
        Stems::Mute => toggle(desk, |strip| strip.mute = !strip.mute),
        Stems::Solo => toggle(desk, |strip| strip.solo = !strip.solo),
        Stems::Invert => toggle(desk, |strip| strip.invert = !strip.invert),
        Stems::Reset => toggle(desk, |strip| *strip = flat(strip)),
        Stems::NoSolo => clear(desk, |strip| strip.solo = false),
        Stems::NoMute => clear(desk, |strip| strip.mute = false),
        Stems::Move(by) => shift(desk, by),
        Stems::Place(stem, to) => place(desk, stem, to),
        Stems::Remove(stem) => {
            let Some(document) = &mut desk.document else { return };
            document.edit(Edit::RemoveStem { stem });
            desk.reopen_stems();
        }
    }
}
