//! Sound device: opens its page and switches to the device that a person chose.

use crate::app::desk::Desk;
use crate::playback::device::DeviceSettings;

/// Opens the device page and starts a survey of the available devices.
pub fn open(desk: &mut Desk) {
    desk.panels.shown.audio = true;
    desk.listen.device_watch.survey(&desk.ctx);
}

/// Saves the chosen device settings, and reopens the device with them; playback continues.
pub fn choose(desk: &mut Desk, wish: DeviceSettings) {
    desk.settings.keep_wish(&wish);
    desk.listen.device_watch.wish = wish;
    if let Some(document) = &desk.document
        && let Err(error) = desk.listen.reopen(document, desk.measured.figures.as_ref())
    {
        desk.say(format!("{error:#}"));
    }
}
