//! Carries out [`Play`]: transport, monitoring, meters, and movements of faders and pans by hand.

use super::{listening, sections, stem_commands};
use crate::app::deeds::Play;
use crate::app::desk::Desk;
use crate::app::hand::Target;
use crate::app::heard::Heard;
use crate::dsp::curve::FOOT;
use crate::dsp::strip::FADER_TOP;
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::texts::say;
use crate::units::{Db, Pan};
use egui::Event;

pub fn act(desk: &mut Desk, deed: Play) {
    if let Play::Monitor(_) | Play::Switch(_) | Play::Preview(_) | Play::Through(_) = deed {
        desk.listen.hear_file(desk.document.as_deref(), None);
    }
    let listen = &mut desk.listen;
    let heard = &mut listen.heard;
    // A stem is heard beside the reference until something else is played.
    if let Play::Toggle
    | Play::Start
    | Play::End
    | Play::Seek(_)
    | Play::Scrub(_)
    | Play::Loop(_)
    | Play::Monitor(_)
    | Play::Switch(_)
    | Play::Preview(_)
    | Play::Through(_) = deed
    {
        heard.both = None;
    }
    match deed {
        Play::Toggle => desk.toggle_play(),
        Play::Start => listen.seek(0),
        Play::End => {
            let end = desk.document.as_ref().map_or(0, |document| document.length().0);
            listen.seek(end);
        }
        Play::Seek(frame) => listen.seek(frame),
        Play::Scrub(frame) => {
            if let Some(document) = &desk.document {
                listen.scrub(document, desk.measured.figures.as_ref(), frame);
            }
        }
        Play::Beats(beats) => listening::nudge(desk, beats),
        Play::Section { forward } => sections::jump(desk, forward),
        Play::Loop(range) => listen.set_loop(range),
        Play::Mark(range) => heard.range = range,
        Play::ToggleLoop => listening::toggle_loop(desk),
        Play::LoopStartsHere => listening::mark_loop(desk, true),
        Play::LoopEndsHere => listening::mark_loop(desk, false),
        Play::Monitor(monitor) => listening::monitor(desk, monitor),
        Play::Switch(monitor) => listening::switch(desk, monitor),
        Play::Preview(on) => preview(heard, on),
        Play::TogglePreview => preview(heard, !heard.preview),
        Play::Through(n) => {
            heard.preview = true;
            if let Some(document) = &mut desk.document {
                document.open.master = n;
            }
        }
        Play::Compare(comparison) => heard.comparing = comparison,
        Play::Taken(on) => {
            heard.taken = on;
            heard.preview |= on;
        }
        Play::Band(band) => heard.band = band,
        Play::Try(trial) => heard.trial = trial.map(|(stem, slot)| (stem, *slot)),
        Play::Turn { stem, target, before, value, ends } => {
            turn(desk, (stem, target), before, value, ends);
        }
        Play::ResetMeters => desk.reset_meters(),
        Play::PauseMeters => desk.gauges.toggle_pause(&desk.listen.heard),
        Play::Nudge(by) => stem_commands::nudge(desk, by.0),
    }
}

/// Without a preview, nothing is taken away.
fn preview(heard: &mut Heard, on: bool) {
    heard.preview = on;
    heard.taken &= on;
}

/// Whether a movement is meant for a whole line of automation.
fn means_the_line(ctx: &egui::Context) -> bool {
    ctx.input(|input| {
        let typed =
            |event: &Event| matches!(event, Event::Key { .. } | Event::AccessKitActionRequest(_));
        let typed = input.events.iter().any(typed);
        input.modifiers.alt || (typed && !input.pointer.any_down())
    })
}

/// Applies a movement of a fader or pan. During playback, with the stem's automation shown, the
/// movement is recorded. Otherwise, without automation, the strip is set. A line of automation stays
/// as it is under a drag or a wheel, and the person is told why; a key, a typed value, or Alt with
/// the pointer, moves the whole line.
fn turn(
    desk: &mut Desk,
    (id, target): (StemId, Target),
    before: f64,
    value: Option<f64>,
    ends: bool,
) {
    let line_meant = means_the_line(&desk.ctx);
    let Some(document) = &mut desk.document else { return };
    let Some(stem) = document.session.stem(id) else { return };
    let records = desk.panels.mix.lines.is_shown(id) && desk.listen.is_playing();
    if let Some(value) = value {
        if records || desk.listen.heard.held(id, target).is_some() {
            desk.listen.touch(document, (id, target), before, value);
        } else if target.line_of(&stem.automation).is_empty() {
            let mut settings = stem.strip;
            match target {
                Target::Fader => settings.fader = Db(value),
                Target::Pan => settings.pan = Pan(value),
            }
            if settings != stem.strip {
                let edit = stem_commands::moved(document, stem, settings);
                document.edit(edit);
            }
        } else if !line_meant {
            let text = say!("act-automated-here", stem = &stem.name);
            desk.say(text);
            return;
        } else {
            let mut automation = stem.automation.clone();
            let curve = target.line(&mut automation);
            let range = match target {
                Target::Fader => (FOOT, FADER_TOP.0),
                Target::Pan => (-1.0, 1.0),
            };
            *curve = curve.shifted(value.max(FOOT) - before.max(FOOT), range);
            document.edit(Edit::Automation { stem: id, automation });
        }
    }
    if ends
        && let Some(document) = &mut desk.document
        && let Some(edit) = desk.listen.release(document, id, target)
    {
        document.edit(edit);
    }
}
