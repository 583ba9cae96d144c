//! Presets of chains that a person keeps.

use crate::app::desk::Desk;
use crate::app::jobs::News;
use crate::session::preset::{Preset, built_in, save, saved};

/// Reads the presets of the person; what comes with the program is there at once.
pub fn look(desk: &mut Desk) {
    desk.presets = built_in();
    let Some(folder) = desk.settings.folder.clone() else { return };
    desk.jobs.spawn("presets", move |say| say(News::Presets(saved(&folder))));
}

/// Keeps one, and reads them anew.
pub fn keep(desk: &mut Desk, preset: Preset) {
    let kept = desk.settings.folder.as_deref().map(|folder| save(folder, &preset));
    desk.say_kept(kept);
    look(desk);
}
