//! What was asked for is done here, and nowhere else.

mod device;
pub mod elsewhere;
pub mod exports;
pub mod pick;
mod play;
mod session;
pub mod settings;
mod stems;
mod window;

pub use window::open_folder;

use super::deeds::{Choice, Cuts, Deed, Make, Mending, Review, Sections};
use super::desk::Desk;
use super::panels::View;
use super::{deliver, edits, making, mending, review, running, sections, song_files, versions};

/// Does one thing.
pub fn act(desk: &mut Desk, deed: Deed) {
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
        Deed::Cuts(deed) => cut(desk, deed),
        Deed::Versions(deed) => match deed {},
        Deed::Review(deed) => review(desk, deed),
        Deed::Files(deed) => song_files::act(desk, deed),
        Deed::Mending(deed) => mend(desk, deed),
        Deed::Make(deed) => make(desk, deed),
        Deed::Session(deed) => session::act(desk, deed),
        Deed::Window(deed) => window::act(desk, deed),
        Deed::MeasureBlind => super::mix::measure_blind(desk),
        Deed::Masking(stem) => super::mix::search_masking(desk, stem),
        Deed::Stop(running::RENDER) => {
            if let Some(job) = &desk.making.render {
                job.cancel();
            }
        }
        Deed::Stop(id) => desk.jobs.board.cancel(id),
        Deed::ShowFolder(folder) => {
            if let Err(error) = open_folder(&folder) {
                desk.say(format!("{error:#}"));
            }
        }
        Deed::Say(text) => desk.say(text),
        Deed::SayUndo(text) => desk.say_undo(text),
        Deed::Copy(text) => desk.ctx.copy_text(text),
    }
}

fn choose(desk: &mut Desk, choice: Choice) {
    if let Choice::Reference(which) = choice {
        return review::choose_reference(desk, which);
    }
    let Some(document) = &mut desk.document else { return };
    let open = &mut document.open;
    match choice {
        Choice::Version(n) => open.version = n,
        Choice::Master(n) => open.master = n,
        Choice::Stem(id) => open.selected = Some(id),
        Choice::MatchSections(on) => open.match_sections = on,
        Choice::Reference(_) => {}
    }
}

fn section(desk: &mut Desk, deed: Sections) {
    match deed {
        Sections::AddHere => sections::add(desk),
        Sections::AddAt(frame) => sections::add_at(desk, frame),
        Sections::RenameHere => sections::rename_here(desk),
        Sections::RemoveHere => sections::remove_here(desk),
        deed => {
            let Some(document) = &mut desk.document else { return };
            match deed {
                Sections::Rename(n, name) => sections::rename(document, n, &name),
                Sections::Remove(n) => sections::remove(document, n),
                Sections::Shift(n, to) => sections::shift(document, n, to),
                Sections::AddHere
                | Sections::AddAt(_)
                | Sections::RenameHere
                | Sections::RemoveHere => {}
            }
        }
    }
}

fn cut(desk: &mut Desk, deed: Cuts) {
    match deed {
        Cuts::CutRange => edits::cut_range(desk),
        Cuts::PutBack => edits::put_back(desk),
        Cuts::Choose(n) => desk.edits.cut = n,
        Cuts::Hear(Some(n)) => edits::hear_join(desk, n),
        Cuts::Hear(None) => edits::hear_chosen(desk),
        Cuts::Nudge(beats) => edits::nudge(desk, beats),
        Cuts::Clean(clean) => edits::clean_range(desk, clean),
        Cuts::FirstBarHere => edits::first_bar_here(desk),
        Cuts::Tap => edits::tap(desk),
        Cuts::Search(goal) => edits::search(desk, goal),
        Cuts::PickLyrics => versions::pick_lyrics(desk),
        Cuts::PickLyricsTo => versions::pick_lyrics_to(desk),
        Cuts::Take(n) => edits::take(desk, n),
        Cuts::Decide(words, verdict) => edits::decide_words(desk, &words, verdict),
        Cuts::Remove(n) => {
            desk.document.iter_mut().for_each(|document| edits::remove(document, n));
        }
        Cuts::Goal(goal) => {
            desk.document.iter_mut().for_each(|document| edits::set_goal(document, goal));
        }
        Cuts::Change(n, cut) => {
            let Some(document) = &mut desk.document else { return };
            edits::change(document, |version| {
                if let Some(known) = version.cuts.get_mut(n) {
                    *known = cut;
                }
            });
        }
    }
}

fn review(desk: &mut Desk, deed: Review) {
    match deed {
        Review::Write => review::write_comment(desk),
        Review::Jump { forward } => review::jump(desk, forward),
        Review::PlayAround => review::play_around(desk),
        Review::Solo => review::solo(desk),
        Review::Merge(side) => review::merge(desk, side),
        Review::PickImport => review::pick_import(desk),
        Review::PickPage => {
            desk.panels.view = View::Review;
            review::pick_page(desk);
        }
        Review::Open(id) => review::open(desk, &id),
    }
}

fn mend(desk: &mut Desk, deed: Mending) {
    match deed {
        Mending::Mend(findings) => mending::mend(desk, &findings),
        Mending::PickPage => mending::pick_page(desk),
        Mending::PickSet => mending::pick_set(desk),
    }
}

fn make(desk: &mut Desk, deed: Make) {
    match deed {
        Make::Make(what) => {
            desk.panels.view = View::Deliver;
            making::make(desk, what);
        }
        Make::Without(what) => making::begin(desk, what, true),
        Make::Cancel => {
            if let Some(job) = &desk.making.render {
                job.cancel();
            }
        }
        Make::PickFolder => pick::masters_folder(desk),
        Make::OpenFolder => deliver::open_folder(desk),
    }
}
