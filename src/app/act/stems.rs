//! Carries out [`Stems`]: selection, mute and solo, order of lanes, removal, and swaps with the
//! reference.

use super::stem_commands::{clear, place, rename, reset, select, shift, switched, toggle};
use crate::app::deeds::Stems;
use crate::app::desk::Desk;
use crate::app::menu::add_stem;
use crate::session::edit::Edit;

pub fn act(desk: &mut Desk, deed: Stems) {
    match deed {
        Stems::Select(by) => select(desk, by),
        Stems::Mute => toggle(desk, |strip| strip.mute = !strip.mute),
        Stems::Solo => toggle(desk, |strip| strip.solo = !strip.solo),
        Stems::Invert => toggle(desk, |strip| strip.invert = !strip.invert),
        Stems::Reset => reset(desk),
        Stems::Rename => rename(desk),
        Stems::NoSolo => clear(desk, |strip| strip.solo = false),
        Stems::NoMute => clear(desk, |strip| strip.mute = false),
        Stems::Switch(stem, settings) => {
            let Some(document) = &mut desk.document else { return };
            let Some(edit) =
                document.session.stem(stem).map(|stem| switched(document, stem, *settings))
            else {
                return;
            };
            document.edit(edit);
        }
        Stems::Move(by) => shift(desk, by),
        Stems::Place(stem, to) => place(desk, stem, to),
        Stems::Remove(stem) => {
            let Some(document) = &mut desk.document else { return };
            document.edit(Edit::RemoveStem { stem });
            document.open.forget_removed();
            desk.reopen_stems();
        }
        Stems::BecomeReference(stem) => {
            let Some(document) = &mut desk.document else { return };
            let Some(file) = document.session.stem(stem).map(|stem| stem.file.clone()) else {
                return;
            };
            let reference = Edit::Reference(Box::new(Some(file)));
            let mut steps = vec![Edit::RemoveStem { stem }, reference];
            // The previous reference becomes a stem.
            if let Some(file) = document.session.reference.clone() {
                steps.push(add_stem(&document.session, file));
            }
            document.edit(Edit::Several(steps));
            document.open.forget_removed();
            desk.reopen_stems();
        }
        Stems::FromReference => {
            let Some(document) = &mut desk.document else { return };
            let Some(file) = document.session.reference.clone() else { return };
            let add = add_stem(&document.session, file);
            document.edit(Edit::Several(vec![add, Edit::Reference(Box::new(None))]));
            desk.reopen_stems();
        }
    }
}
