//! Commands of keys and menus on stems: strip and fader of the selected stem, all strips at once,
//! selection, order of the lanes.

use crate::app::desk::Desk;
use crate::app::hand::Target;
use crate::app::mix::{flat, strips};
use crate::app::open_song::OpenSong;
use crate::dsp::curve::FOOT;
use crate::dsp::strip::{FADER_TOP, StripSettings};
use crate::session::edit::Edit;
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Pan};

/// Changes the strip of the selected stem, and sets the switches that changed on the stems selected
/// with it to the same position.
pub fn toggle(desk: &mut Desk, change: impl FnOnce(&mut StripSettings)) {
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.selected_stem() else { return };
    let mut settings = stem.strip;
    change(&mut settings);
    let edit = switched(document, stem, settings);
    document.edit(edit);
}

/// Resets the strips of the selected stems.
pub fn reset(desk: &mut Desk) {
    let Some(document) = &mut desk.document else { return };
    let edit = strips(&document.session, |stem, strip| {
        if document.is_selected(stem.id) {
            *strip = flat(strip);
        }
    });
    if let Some(edit) = edit {
        document.edit(edit);
    }
}

/// The edit that gives a stem these settings, and its mute, solo, safety and polarity, as far as
/// they change, to the stems selected with it.
pub fn switched(song: &OpenSong, stem: &Stem, settings: StripSettings) -> Edit {
    let before = stem.strip;
    let edits = song.together_with(stem.id).map(|other| {
        let mut strip = other.strip;
        let switches: [(fn(&mut StripSettings) -> &mut bool, bool, bool); 4] = [
            (|strip| &mut strip.mute, before.mute, settings.mute),
            (|strip| &mut strip.solo, before.solo, settings.solo),
            (|strip| &mut strip.solo_safe, before.solo_safe, settings.solo_safe),
            (|strip| &mut strip.invert, before.invert, settings.invert),
        ];
        for (switch, before, after) in switches {
            if before != after {
                *switch(&mut strip) = after;
            }
        }
        Edit::Strip { stem: other.id, settings: strip }
    });
    together(Edit::Strip { stem: stem.id, settings }, edits.collect())
}

/// An edit with others as one undo step; alone if there are none.
fn together(first: Edit, mut others: Vec<Edit>) -> Edit {
    if others.is_empty() {
        return first;
    }
    others.insert(0, first);
    Edit::Several(others)
}

/// Moves the faders of the selected stems by decibels. An automated fader moves its whole curve.
pub fn nudge(desk: &mut Desk, by: f64) {
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.selected_stem() else { return };
    let others = document.together_with(stem.id).map(|stem| nudged(stem, by));
    let edit = together(nudged(stem, by), others.collect());
    document.edit(edit);
}

fn nudged(stem: &Stem, by: f64) -> Edit {
    if stem.automation.fader.is_empty() {
        let from = stem.strip.fader.0.max(FOOT);
        let fader = Db((from + by).min(FADER_TOP.0));
        return Edit::Strip { stem: stem.id, settings: StripSettings { fader, ..stem.strip } };
    }
    let mut automation = stem.automation.clone();
    automation.fader = automation.fader.shifted(by, (FOOT, FADER_TOP.0));
    Edit::Automation { stem: stem.id, automation }
}

/// The edit that moves the fader or pan of a stem to new settings, and those of the stems selected
/// with it by the same distance. Faders stop together where the first one is at the top. Automated
/// ones stay as they are.
pub fn moved(song: &OpenSong, stem: &Stem, settings: StripSettings) -> Edit {
    let foot = |level: Db| level.0.max(FOOT);
    let others = |target: Target| {
        song.together_with(stem.id).filter(move |one| target.line_of(&one.automation).is_empty())
    };
    let highest = others(Target::Fader).map(|one| foot(one.strip.fader)).reduce(f64::max);
    let mut by = foot(settings.fader) - foot(stem.strip.fader);
    let mut own = settings;
    if by > 0.0 {
        // Where one of the others is at its top, all stop.
        let room = highest.map_or(f64::MAX, |highest| FADER_TOP.0 - highest).max(0.0);
        if by > room {
            by = room;
            own.fader = Db(foot(stem.strip.fader) + by);
        }
    }
    let pan = settings.pan.0 - stem.strip.pan.0;
    let edits = song.together_with(stem.id).map(|one| {
        let mut strip = one.strip;
        if by != 0.0 && one.automation.fader.is_empty() {
            let level = foot(strip.fader) + by;
            strip.fader = if level <= FOOT { Db::SILENCE } else { Db(level) };
        }
        if pan != 0.0 && one.automation.pan.is_empty() {
            strip.pan = Pan((strip.pan.0 + pan).clamp(-1.0, 1.0));
        }
        Edit::Strip { stem: one.id, settings: strip }
    });
    let edits: Vec<Edit> = edits.collect();
    together(Edit::Strip { stem: stem.id, settings: own }, edits)
}

/// Changes the strips of all stems in one edit.
pub fn clear(desk: &mut Desk, change: fn(&mut StripSettings)) {
    let Some(document) = &mut desk.document else { return };
    if let Some(edit) = strips(&document.session, |_, strip| change(strip)) {
        document.edit(edit);
    }
}

/// Selects the stem `step` lanes below the selected one (negative: above), in the order on screen.
pub fn select(desk: &mut Desk, step: i64) {
    let Some(document) = &mut desk.document else { return };
    let order = desk.panels.mix.rows.order(&document.session, desk.panels.preferences.grouped);
    let at = order.iter().position(|id| Some(*id) == document.selected);
    let last = order.len() as i64 - 1;
    let next = at.map_or(0, |at| (at as i64 + step).clamp(0, last.max(0)));
    let next = order.get(next as usize).copied().or(document.selected);
    document.open.select(next);
    desk.panels.mix.rows.show(document.selected);
}

/// Moves the lane of the selected stem by `step` places.
pub fn shift(desk: &mut Desk, step: i64) {
    let Some(document) = &desk.document else { return };
    let Some(id) = document.selected else { return };
    let at = document.session.stems.iter().position(|stem| stem.id == id).unwrap_or(0) as i64;
    let to = (at + step).clamp(0, document.session.stems.len() as i64 - 1);
    place(desk, id, to as usize);
}

/// Moves a stem to index `to` of the session.
pub fn place(desk: &mut Desk, id: StemId, to: usize) {
    let Some(document) = &mut desk.document else { return };
    let before: Vec<StemId> = document.session.stems.iter().map(|stem| stem.id).collect();
    if before.iter().position(|known| *known == id) == Some(to) {
        return;
    }
    document.edit(Edit::MoveStem { stem: id, to });
    desk.reorder(&before);
}
