//! The sound device that a person chooses.

use crate::app::desk::Desk;
use crate::playback::device::Wish;

/// Opens the page of the device, and looks for what there is.
pub fn open(desk: &mut Desk) {
    desk.panels.shown.audio = true;
    desk.listen.device_watch.survey(&desk.ctx);
}

/// Takes another wish, keeps it, and plays on with it.
pub fn choose(desk: &mut Desk, wish: Wish) {
    desk.settings.keep_wish(&wish);
    desk.listen.device_watch.wish = wish;
    if let Some(document) = &desk.document
        && let Err(error) = desk.listen.reopen(document, desk.measured.figures.as_ref())
    {
        desk.say(format!("{error:#}"));
    }
}
