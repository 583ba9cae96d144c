//! What keys do to what is heard, and where.

use super::App;
use super::listen::Monitor;

pub fn switch(app: &mut App, to: Monitor) {
    app.listen.monitor = if app.listen.monitor == to { Monitor::Mix } else { to };
}

/// Moves the playhead by beats, or by seconds where no tempo is known.
pub fn nudge(app: &mut App, beats: f64) {
    let Some(document) = &app.document else { return };
    let step = document.session.beat().map_or(1.0, |beat| beat.0) * beats;
    let rate = document.session.sample_rate.hz().0;
    let to = (app.listen.frame() as f64 + step * rate).round();
    app.listen.seek(to.clamp(0.0, document.length().0 as f64) as u64);
}

/// The loop begins, or ends, at the playhead.
pub fn mark_loop(app: &mut App, begins: bool) {
    let Some(document) = &app.document else { return };
    let (here, end) = (app.listen.frame(), document.length().0);
    let (from, to) = app.listen.range.unwrap_or((0, end));
    let range = match begins {
        true if here < to => (here, to),
        true => (here, end),
        false if here > from => (from, here),
        false => (0, here),
    };
    if range.0 < range.1 {
        app.listen.range = Some(range);
        app.listen.set_loop(Some(range));
    }
}
