//! Carries out [`Cuts`]: edits cuts and clean regions of the version, and forwards requests about
//! tempo and lyrics to their modules. Runs on the window's thread.

use super::{lyrics, search};
use crate::app::deeds::Cuts;
use crate::app::desk::Desk;
use crate::app::document::Document;
use crate::app::edits::{LEAST, place, target};
use crate::session::edit::Edit;
use crate::session::grid::Grid;
use crate::session::stem::CleanRegion;
use crate::session::version::{Cut, Version};
use crate::texts::{self, say};
use crate::units::{Frames, Seconds};

/// Seconds of playback before and after a join.
const ROLL: f64 = 4.0;

pub fn act(desk: &mut Desk, deed: Cuts) {
    match deed {
        Cuts::CutRange => cut_range(desk),
        Cuts::PutBack => put_back(desk),
        Cuts::Remove(n) => {
            if let Some(document) = &mut desk.document {
                remove(document, n);
            }
            desk.panels.versions.cut = None;
        }
        Cuts::Place(n, start, end) => {
            let Some(document) = &mut desk.document else { return };
            change(document, |version| place(version, n, start, end));
        }
        Cuts::Change(n, cut) => {
            if let Some(document) = &mut desk.document {
                change(document, |version| set(version, n, cut));
            }
        }
        Cuts::Hear(Some(n)) => hear_join(desk, n),
        Cuts::Hear(None) => match chosen(desk) {
            Some((n, _)) => hear_join(desk, n),
            None => desk.say(say!("act-no-cut-to-hear")),
        },
        Cuts::Nudge(beats) => nudge(desk, beats),
        Cuts::Clean(clean) => clean_range(desk, clean),
        Cuts::FirstBarHere => search::first_bar_here(desk),
        Cuts::Tap => search::tap(desk),
        Cuts::Search(goal) => search::search(desk, goal),
        Cuts::PickLyrics => lyrics::pick(desk),
        Cuts::PickLyricsTo => lyrics::pick_export(desk),
        Cuts::Take(n) => take(desk, n),
        Cuts::Goal(goal) => {
            if let Some(document) = &mut desk.document {
                change(document, |version| version.goal = goal);
            }
        }
        Cuts::Decide(words, verdict) => lyrics::decide_words(desk, words, verdict),
    }
}

/// Changes the version that [`target`] chooses, as one edit, and makes it the version that is
/// heard. Cuts and fade that it inherits are copied into it first.
pub fn change(document: &mut Document, apply: impl FnOnce(&mut Version)) {
    let Some(n) = target(document) else { return };
    document.open.version = n;
    let mut versions = document.session.versions.clone();
    let Some(version) = versions.get_mut(n) else { return };
    let resolved = document.session.resolved(version);
    (version.cuts, version.fade) = (resolved.cuts, resolved.fade);
    apply(version);
    version.cuts.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    if document.session.versions.get(n) != Some(version) {
        document.edit(Edit::Versions(versions));
    }
}

/// Replaces a cut. If its position changes, its ends stop at the neighbouring cuts.
fn set(version: &mut Version, n: usize, cut: Cut) {
    let Some(known) = version.cuts.get_mut(n) else { return };
    let (start, end) = (cut.start, cut.end);
    let moved = (start, end) != (known.start, known.end);
    *known = Cut { start: known.start, end: known.end, ..cut };
    if moved {
        place(version, n, start, end);
    }
}

/// Removes the cut with this index, if it exists.
pub fn remove(document: &mut Document, n: usize) {
    change(document, |version| {
        if n < version.cuts.len() {
            version.cuts.remove(n);
        }
    });
}

/// Cuts the marked range out of the version.
fn cut_range(desk: &mut Desk) {
    let Some(document) = &mut desk.document else { return };
    let Some((from, to)) = desk.listen.heard.range else {
        desk.say(say!("act-drag-to-cut"));
        return;
    };
    let rate = document.session.sample_rate;
    let (from, to) = (Frames(from).seconds(rate), Frames(to).seconds(rate));
    let whole = document.length().seconds(rate);
    if to.0 - from.0 < LEAST || to.0 - from.0 >= whole.0 - 1.0 {
        desk.say(say!("act-cut-too-short-or-long"));
        return;
    }
    change(document, |version| {
        // Cuts that overlap or touch become one.
        let touches = |cut: &Cut| cut.start.0 <= to.0 && cut.end.0 >= from.0;
        let (mut start, mut end) = (from, to);
        for cut in version.cuts.iter().filter(|cut| touches(cut)) {
            start = Seconds(start.0.min(cut.start.0));
            end = Seconds(end.0.max(cut.end.0));
        }
        version.cuts.retain(|cut| !touches(cut));
        version.cuts.push(Cut::new(start, end));
    });
    let cuts = document.session.versions.get(document.version).map(|version| version.cuts.clone());
    desk.panels.versions.cut = cuts.and_then(|cuts| {
        cuts.iter().position(|cut| cut.start.0 <= from.0 + 1e-6 && cut.end.0 >= to.0 - 1e-6)
    });
    desk.listen.heard.range = None;
    desk.listen.set_loop(None);
}

/// The chosen cut, else the one at the playhead, else the only one; with its index.
fn chosen(desk: &Desk) -> Option<(usize, Cut)> {
    let document = desk.document.as_ref()?;
    let cuts = document.current_version()?.cuts;
    let here = document.seconds(desk.listen.frame());
    let at = cuts.iter().position(|cut| (cut.start.0 - 1.0..=cut.end.0 + 1.0).contains(&here.0));
    let own = desk.panels.versions.cut.filter(|n| *n < cuts.len());
    let n = own.or(at).or((cuts.len() == 1).then_some(0))?;
    Some((n, cuts.get(n)?.clone()))
}

/// Removes the chosen cut.
fn put_back(desk: &mut Desk) {
    let Some((n, _)) = chosen(desk) else {
        desk.say(say!("act-click-a-cut"));
        return;
    };
    if let Some(document) = &mut desk.document {
        remove(document, n);
    }
    desk.panels.versions.cut = None;
}

/// Moves both ends of the chosen cut by beats; each keeps its position within its bar. Without a
/// beat grid it moves by seconds.
fn nudge(desk: &mut Desk, beats: f64) {
    let Some((n, cut)) = chosen(desk) else {
        desk.say(say!("act-click-a-cut"));
        return;
    };
    let Some(document) = &mut desk.document else { return };
    let grid = Grid::of(&document.session);
    let moved = |time: Seconds| {
        grid.as_ref().map_or(Seconds(time.0 + beats), |grid| grid.moved(time, beats))
    };
    let (start, end) = (moved(cut.start), moved(cut.end));
    let whole = document.length().seconds(document.session.sample_rate);
    if start.0 < 0.0 || end.0 > whole.0 {
        return;
    }
    desk.panels.versions.cut = Some(n);
    change(document, |version| place(version, n, start, end));
}

/// Loops over a join, with [`ROLL`] seconds on both sides.
fn hear_join(desk: &mut Desk, n: usize) {
    let Some(document) = &desk.document else { return };
    let Some(cut) = document.current_version().and_then(|version| version.cuts.get(n).cloned())
    else {
        return;
    };
    let rate = document.session.sample_rate;
    let whole = document.length().seconds(rate);
    let from = Seconds((cut.start.0 - ROLL).max(0.0)).frames(rate).0;
    let to = Seconds((cut.end.0 + ROLL).min(whole.0)).frames(rate).0;
    desk.panels.versions.cut = Some(n);
    desk.play_round(from, to);
}

/// Applies a proposal to the version that it was made for, and makes that version heard.
fn take(desk: &mut Desk, n: usize) {
    let Some((id, found)) = &desk.edits.found else { return };
    let (Some(proposal), id) = (found.list.get(n).cloned(), id.clone()) else { return };
    let Some(document) = &mut desk.document else { return };
    let Some(place) = document.session.versions.iter().position(|version| version.id == id) else {
        return;
    };
    document.open.version = place;
    change(document, |version| {
        version.cuts = proposal.cuts;
        version.fade = proposal.fade;
    });
    desk.panels.versions.cut = None;
}

/// Makes the marked range of the selected stem clean, or removes the clean regions that overlap it.
/// Then the clean version is heard, if there is one.
fn clean_range(desk: &mut Desk, clean: bool) {
    let Some(document) = &mut desk.document else { return };
    let (Some((from, to)), Some(stem)) =
        (desk.listen.heard.range, document.selected_stem().cloned())
    else {
        desk.say(say!("act-select-and-drag"));
        return;
    };
    let treatment = desk.panels.versions.treatment;
    let rate = document.session.sample_rate;
    let (from, to) = (Frames(from).seconds(rate), Frames(to).seconds(rate));
    let mut regions = stem.clean;
    // The new region replaces regions that it overlaps.
    regions.retain(|region| region.end.0 <= from.0 || region.start.0 >= to.0);
    if clean {
        regions.push(CleanRegion::new(from, to, treatment));
        regions.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    }
    document.edit(Edit::Clean { stem: stem.id, regions });
    let version = document.session.versions.iter().position(|version| version.clean);
    document.open.version = version.unwrap_or(document.version);
    let (from, to) = (format!("{from:.1}"), format!("{to:.1}"));
    desk.say_undo(if clean {
        let treatment = texts::word("treatment", treatment.name());
        say!("act-range-treated", stem = &stem.name, treatment = treatment, from = from, to = to)
    } else {
        say!("act-range-let-through", stem = &stem.name, from = from, to = to)
    });
}
