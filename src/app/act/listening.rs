//! Playback commands on the desk: monitor switch, playhead, loop. `act::play` calls them.

use crate::app::desk::Desk;
use crate::app::heard::Monitor;
use crate::texts::say;

/// Switches the monitor. Without a reference, says so instead of playing silence.
pub fn monitor(desk: &mut Desk, to: Monitor) {
    if to == Monitor::Reference && desk.listen.heard.reference.is_none() {
        desk.say(say!("act-no-reference"));
        return;
    }
    desk.listen.heard.monitor = to;
}

/// Switches the monitor to `to`, or back to the mix if `to` is heard already.
pub fn switch(desk: &mut Desk, to: Monitor) {
    let back = desk.listen.heard.monitor == to;
    monitor(desk, if back { Monitor::Mix } else { to });
}

/// Moves the playhead by beats, or by seconds if no tempo is known.
pub fn nudge(desk: &mut Desk, beats: f64) {
    let Some(document) = &desk.document else { return };
    let step = document.session.beat().map_or(1.0, |beat| beat.0) * beats;
    let rate = document.session.sample_rate.hz().0;
    let to = (desk.listen.frame() as f64 + step * rate).round();
    desk.listen.seek(to.clamp(0.0, document.length().0 as f64) as u64);
}

/// Sets the loop's start (`begins`) or end to the playhead, and switches the loop on. If the other
/// end lies on the wrong side, it moves to the end or the start of the song.
pub fn mark_loop(desk: &mut Desk, begins: bool) {
    let Some(document) = &desk.document else { return };
    let (here, end) = (desk.listen.frame(), document.length().0);
    let (from, to) = desk.listen.heard.range.unwrap_or((0, end));
    let range = match begins {
        true if here < to => (here, to),
        true => (here, end),
        false if here > from => (from, here),
        false => (0, here),
    };
    if range.0 < range.1 {
        desk.listen.heard.range = Some(range);
        desk.listen.set_loop(Some(range));
    }
}

/// Switches the loop off, or on: over the range marked last, else the section at the playhead, else
/// the whole song.
pub fn toggle_loop(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    if desk.listen.heard.looping.is_some() {
        desk.listen.set_loop(None);
        return;
    }
    let rate = document.session.sample_rate;
    let here = desk.listen.frame();
    let starts: Vec<u64> =
        document.session.sections.iter().map(|section| section.start.frames(rate).0).collect();
    let from = starts.iter().copied().filter(|start| *start <= here).max();
    let to = starts.iter().copied().filter(|start| *start > here).min();
    let section = from.map(|from| (from, to.unwrap_or(document.length().0)));
    let range = desk.listen.heard.range.or(section).unwrap_or((0, document.length().0));
    desk.listen.heard.range = Some(range);
    desk.listen.set_loop(Some(range));
}
