//! Commands of keys and menus on stems: strip and fader of the selected stem, all strips at once,
//! selection, order of the lanes.

use crate::app::desk::Desk;
use crate::app::mix::strips;
use crate::dsp::strip::{FADER_TOP, StripSettings};
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::units::Db;

/// Changes the strip of the selected stem.
pub fn toggle(desk: &mut Desk, change: impl FnOnce(&mut StripSettings)) {
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.selected_stem() else { return };
    let (id, mut settings) = (stem.id, stem.strip);
    change(&mut settings);
    document.edit(Edit::Strip { stem: id, settings });
}

/// Moves the fader of the selected stem by decibels. An automated fader moves its whole curve.
pub fn nudge(desk: &mut Desk, by: f64) {
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.selected_stem().cloned() else { return };
    if stem.automation.fader.is_empty() {
        let from = stem.strip.fader.0.max(-60.0);
        let fader = Db((from + by).min(FADER_TOP.0));
        let settings = StripSettings { fader, ..stem.strip };
        document.edit(Edit::Strip { stem: stem.id, settings });
    } else {
        let mut automation = stem.automation;
        let range = (crate::dsp::curve::FOOT, FADER_TOP.0);
        automation.fader = automation.fader.shifted(by, range);
        document.edit(Edit::Automation { stem: stem.id, automation });
    }
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
    document.open.selected = order.get(next as usize).copied().or(document.selected);
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
