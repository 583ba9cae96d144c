//! Carries out deeds: [`act`] is the one place that changes the document and the desk on behalf of
//! a person. Each submodule handles one kind of [`Deed`]. Runs on the window's thread; slow work is
//! handed to [`crate::app::jobs::Jobs`].

mod blind;
pub mod cuts;
mod device;
pub mod documents;
mod drops;
pub mod elsewhere;
pub mod exports;
pub mod files;
mod listening;
pub mod lyrics;
pub mod make;
pub mod mending;
pub mod pick;
mod play;
pub mod review;
pub mod saving;
pub mod search;
mod sections;
mod session;
pub mod settings;
pub mod shelf;
mod stem_commands;
mod stems;
mod versions;
mod window;

pub use window::open_folder;

use super::board;
use super::deeds::{Choice, Cuts, Deed, Sections, Stems};
use super::desk::Desk;
use super::measured::Figures;
use crate::session::stem::StemId;
use std::sync::Arc;

/// Carries out one deed. If it removed something from the song, a message with an Undo button tells
/// so.
pub fn act(desk: &mut Desk, deed: Deed) {
    let begun = |desk: &Desk| desk.document.as_ref().map_or(0, |open| open.history().begun());
    let (takes_away, before) = (takes_away(&deed), begun(desk));
    carry_out(desk, deed);
    if takes_away && begun(desk) != before {
        let last = desk.document.as_ref().and_then(|open| open.history().last());
        if let Some(name) = last.map(str::to_owned) {
            desk.say_undo(name);
        }
    }
}

/// Whether a deed removes something from the song and reports nothing itself.
fn takes_away(deed: &Deed) -> bool {
    match deed {
        Deed::Cuts(deed) => matches!(deed, Cuts::CutRange | Cuts::PutBack | Cuts::Remove(_)),
        Deed::Sections(deed) => matches!(deed, Sections::RemoveHere | Sections::Remove(_)),
        Deed::Stems(deed) => matches!(deed, Stems::Remove(_) | Stems::Reset),
        _ => false,
    }
}

fn carry_out(desk: &mut Desk, deed: Deed) {
    match deed {
        Deed::Edit(edit) => {
            if let Some(document) = &mut desk.document {
                document.edit(edit);
            }
        }
        Deed::Undo => desk.step(false),
        Deed::Redo => desk.step(true),
        Deed::GoTo(depth) => desk.rewind(|document| document.go_to(depth)),
        Deed::Choose(choice) => choose(desk, choice),
        Deed::Play(deed) => play::act(desk, deed),
        Deed::Stems(deed) => stems::act(desk, deed),
        Deed::Sections(deed) => section(desk, deed),
        Deed::Cuts(deed) => cuts::act(desk, deed),
        Deed::Versions(deed) => versions::act(desk, deed),
        Deed::Review(deed) => review::act(desk, deed),
        Deed::Files(deed) => files::act(desk, deed),
        Deed::Mending(deed) => mending::act(desk, deed),
        Deed::Make(deed) => make::act(desk, deed),
        Deed::Session(deed) => session::act(desk, deed),
        Deed::Window(deed) => window::act(desk, deed),
        Deed::MeasureBlind => measure_blind(desk),
        Deed::Masking(stem) => look_for_masking(desk, stem),
        Deed::KeepPreset(preset) => shelf::keep_preset(desk, *preset),
        Deed::Stop(board::RENDER) => make::cancel(desk),
        Deed::Stop(id) => desk.jobs.board.cancel(id),
        Deed::ShowFolder(folder) => {
            if let Err(error) = open_folder(&folder) {
                desk.say(format!("{error:#}"));
            }
        }
        Deed::Say(text) => desk.say(text),
    }
}

fn choose(desk: &mut Desk, choice: Choice) {
    let Some(document) = &mut desk.document else { return };
    if let Choice::Version(_) | Choice::Reference(_) = choice {
        desk.listen.hear_file(Some(document), None);
    }
    let open = &mut document.open;
    match choice {
        Choice::Version(n) => open.version = n,
        Choice::Stem(id) => open.select(Some(id)),
        Choice::StemToo(id) => open.select_too(id),
        Choice::StemFirst(id) => open.select_first(id),
        Choice::StemsTo(id) => {
            let grouped = desk.panels.preferences.grouped;
            let order = desk.panels.mix.rows.order(&open.session, grouped);
            open.select_to(id, &order);
        }
        Choice::MatchSections(on) => open.match_sections = on,
        Choice::Reference(which) => review::choose_reference(desk, which),
    }
}

fn section(desk: &mut Desk, deed: Sections) {
    let Some(document) = &mut desk.document else { return };
    match deed {
        Sections::AddHere => sections::add(desk),
        Sections::RenameHere => sections::rename_here(desk),
        Sections::RemoveHere => sections::remove_here(desk),
        Sections::Rename(n, name) => sections::rename(document, n, &name),
        Sections::Remove(n) => sections::remove(document, n),
        Sections::Shift(n, to) => sections::shift(document, n, to),
    }
}

/// Starts the job that measures both sounds of the current blind test.
fn measure_blind(desk: &mut Desk) {
    let (Some(document), Some(sources), Some(test)) =
        (&desk.document, &desk.listen.heard.sources, &desk.panels.mix.balances.blind)
    else {
        return;
    };
    let reference = desk.measured.figures.as_ref().and_then(Figures::reference_loudness);
    let sources = Arc::clone(sources);
    desk.jobs.compare(document, desk.number, test.number, test.candidates(), sources, reference);
}

fn look_for_masking(desk: &mut Desk, stem: StemId) {
    if let (Some(document), Some(sources)) = (&desk.document, desk.listen.heard.sources.clone()) {
        desk.jobs.masking(document, desk.number, sources, stem);
    }
}
