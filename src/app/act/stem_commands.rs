//! Commands of keys and menus on stems: strip and fader of the selected stem, all strips at once,
//! selection, order of the lanes.

use crate::app::desk::Desk;
use crate::app::mix::{flat, strips};
use crate::app::open_song::OpenSong;
use crate::app::renaming::Renaming;
use crate::app::view::View;
use crate::dsp::curve::FOOT;
use crate::dsp::strip::{FADER_TOP, StripSettings};
use crate::session::edit::Edit;
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Pan};

/// Level at the lower end of a fader's track, in dB.
const LOWEST: f64 = -60.0;

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

/// Opens the field for a new name of the selected stem, in the view if that lists stems, else in the
/// Stems view.
pub fn rename(desk: &mut Desk) {
    let Some(stem) = desk.document.as_ref().and_then(|document| document.selected_stem()) else {
        return;
    };
    let panels = &mut desk.panels;
    panels.renaming = Some(Renaming::of(stem));
    if panels.view == View::Mix {
        panels.mix.rows.show(Some(stem.id));
    } else {
        panels.view = View::Stems;
    }
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

/// Moves the faders of the selected stems by decibels; all stop where the first is at an end. An
/// automated fader moves its whole curve. A fader that is off among several stays off.
pub fn nudge(desk: &mut Desk, by: f64) {
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.selected_stem() else { return };
    let others: Vec<&Stem> = document.together_with(stem.id).collect();
    let by = match others.is_empty() {
        true => by,
        false => within(by, stem.strip.fader, &others),
    };
    let is_on = |one: &&Stem| one.strip.fader != Db::SILENCE || !one.automation.fader.is_empty();
    let others = others.into_iter().filter(is_on).map(|stem| nudged(stem, by)).collect();
    let edit = together(nudged(stem, by), others);
    document.edit(edit);
}

fn nudged(stem: &Stem, by: f64) -> Edit {
    if stem.automation.fader.is_empty() {
        // A fader that is off comes up from the lower end of its track.
        let from = stem.strip.fader.0.max(LOWEST);
        let fader = Db((from + by).min(FADER_TOP.0));
        return Edit::Strip { stem: stem.id, settings: StripSettings { fader, ..stem.strip } };
    }
    let mut automation = stem.automation.clone();
    automation.fader = automation.fader.shifted(by, (FOOT, FADER_TOP.0));
    Edit::Automation { stem: stem.id, automation }
}

/// The part of a way that all faders can go: `own` and those of the others that are on and not
/// automated.
fn within(by: f64, own: Db, others: &[&Stem]) -> f64 {
    let moving = others.iter().filter(|one| one.automation.fader.is_empty());
    let levels = moving.map(|one| one.strip.fader).filter(|level| *level != Db::SILENCE);
    levels.chain([own]).fold(by, |by, level| {
        let level = level.0.max(FOOT);
        by.clamp((FOOT - level).min(0.0), (FADER_TOP.0 - level).max(0.0))
    })
}

/// The edit that moves the fader or pan of a stem to new settings, and those of the stems selected
/// with it by the same distance: all stop together where the first is at an end, so that they keep
/// their distances. Automated ones, and faders that are off, stay as they are.
pub fn moved(song: &OpenSong, stem: &Stem, settings: StripSettings) -> Edit {
    let others: Vec<&Stem> = song.together_with(stem.id).collect();
    if others.is_empty() {
        return Edit::Strip { stem: stem.id, settings };
    }
    let before = stem.strip;
    let (mut by, mut turn) = (0.0, 0.0);
    let mut own = settings;
    if settings.fader != before.fader {
        let wanted = settings.fader.0.max(FOOT) - before.fader.0.max(FOOT);
        by = within(wanted, before.fader, &others);
        if by != wanted {
            own.fader = Db(before.fader.0.max(FOOT) + by);
        }
    }
    if settings.pan != before.pan {
        let moving = others.iter().filter(|one| one.automation.pan.is_empty());
        let wanted = settings.pan.0 - before.pan.0;
        turn = moving
            .map(|one| one.strip.pan.0)
            .fold(wanted, |turn, pan| turn.clamp((-1.0 - pan).min(0.0), (1.0 - pan).max(0.0)));
        own.pan = Pan(before.pan.0 + turn);
    }
    let edits = others.into_iter().map(|one| {
        let mut strip = one.strip;
        if one.automation.fader.is_empty() && strip.fader != Db::SILENCE {
            strip.fader = Db(strip.fader.0.max(FOOT) + by);
        }
        if one.automation.pan.is_empty() {
            strip.pan = Pan(strip.pan.0 + turn);
        }
        Edit::Strip { stem: one.id, settings: strip }
    });
    together(Edit::Strip { stem: stem.id, settings: own }, edits.collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Session;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    /// A song whose stems have these faders, all selected.
    fn song(faders: &[f64]) -> OpenSong {
        let mut session = Session::new("Song", SampleRate(48_000));
        for (n, level) in faders.iter().enumerate() {
            let mut stem = stem(n as u32 + 1);
            stem.strip.fader = Db(*level);
            session.stems.push(stem);
        }
        let mut song = OpenSong::new(session, "Song.stemwright".into());
        song.also = song.session.stems.iter().skip(1).map(|stem| stem.id).collect();
        song
    }

    /// The faders after that of the first stem was moved to a level.
    fn after(song: &OpenSong, to: f64) -> Vec<f64> {
        let first = &song.session.stems[0];
        let settings = StripSettings { fader: Db(to), ..first.strip };
        let mut session = Session::clone(&song.session);
        moved(song, first, settings).apply(&mut session).unwrap();
        session.stems.iter().map(|stem| stem.strip.fader.0).collect()
    }

    #[test]
    fn faders_that_move_together_keep_their_distances() {
        let top = FADER_TOP.0;
        let song = song(&[0.0, -20.0, f64::NEG_INFINITY]);
        assert_eq!(after(&song, -6.0), [-6.0, -26.0, f64::NEG_INFINITY], "what is off stays off");
        let lowest = after(&song, f64::NEG_INFINITY);
        assert_eq!(lowest[..2], [FOOT + 20.0, FOOT], "the lower one stops both");
        let high = self::song(&[-3.0, top - 1.0]);
        assert_eq!(after(&high, 5.0), [-2.0, top], "the higher one stops both");
    }
}
