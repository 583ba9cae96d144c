//! Everything that can be done by a key or by words: one list for keys, palette, menus and sheet.

use super::desk::Desk;
use super::files::After;
use super::listen::Monitor;
use super::making::{Making, make};
use super::preferences::LANES;
use super::{
    View, audio, edits, listening, manual, menu, review, sections, song_files, stem_commands,
    top_bar, versions,
};
use crate::session::TrimPlace;
use crate::session::edit::Edit;
use crate::session::merge::Side;
use egui::{Key, ModifierNames, Modifiers};

/// What must be there for an action to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Session,
    Stem,
}

/// In the order in which the sheet of keys shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Play,
    Stem,
    Listen,
    Timeline,
    View,
    Edit,
    File,
    Help,
}

impl Group {
    pub const ALL: [Self; 8] = [
        Self::Play,
        Self::Stem,
        Self::Listen,
        Self::Timeline,
        Self::View,
        Self::Edit,
        Self::File,
        Self::Help,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Play => "Play",
            Self::Stem => "Selected stem",
            Self::Listen => "Listen and measure",
            Self::Timeline => "Timeline",
            Self::View => "Window",
            Self::Edit => "Edit",
            Self::File => "File",
            Self::Help => "Help",
        }
    }
}

/// One thing that can be done.
pub struct Action {
    pub name: &'static str,
    /// Other words that find it.
    pub words: &'static str,
    pub group: Group,
    pub needs: Needs,
    pub key: Option<(Modifiers, Key)>,
    pub run: fn(&mut Desk),
}

impl Action {
    pub fn is_possible(&self, desk: &Desk) -> bool {
        match self.needs {
            Needs::Nothing => true,
            Needs::Session => desk.document.is_some(),
            Needs::Stem => desk.document.as_ref().is_some_and(|d| d.selected_stem().is_some()),
        }
    }

    /// The key as a person reads it.
    pub fn shortcut(&self) -> Option<String> {
        let (modifiers, key) = self.key?;
        let mac = cfg!(target_os = "macos");
        let name = match key {
            Key::Comma => ",",
            Key::Period => ".",
            Key::Equals => "=",
            Key::Minus => "\u{2212}",
            Key::Questionmark => "?",
            Key::ArrowUp => "up",
            Key::ArrowDown => "down",
            Key::ArrowLeft => "left",
            Key::ArrowRight => "right",
            other => other.name(),
        };
        let held = ModifierNames::NAMES.format(&modifiers, mac);
        Some(if held.is_empty() { name.into() } else { format!("{held}+{name}") })
    }
}

/// What menus hold, by name.
pub const TO_OPEN: &[&str] =
    &["Open a folder of stems\u{2026}", "Open a session\u{2026}", "Open the demo song"];
pub const TO_KEEP: &[&str] = &[
    "Save",
    "Save as\u{2026}",
    "Add stems\u{2026}",
    "Files of the song",
    "Collect all files\u{2026}",
    "History",
    "Close the session",
];
pub const TO_FIND: &[&str] =
    &["Find anything by words", "Preferences", "Sound device\u{2026}", "Keys", "Manual", "Quit"];
pub const OF_METERS: &[&str] = &[
    "Pause the meters",
    "Reset the meters",
    "Copy the loudness figures",
    "Meters in a window of their own",
];
pub const OF_CUTS: &[&str] = &[
    "Cut out the marked range",
    "Put the cut back",
    "Hear the join",
    "Make the marked range clean",
    "Let the marked range through",
    "The first bar begins here",
];
pub const OF_TIMELINE: &[&str] = &["Section begins here", "Fit the song", "Show the loop"];

/// The action of a name, for menus.
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const COMMAND: Modifiers = Modifiers::COMMAND;
const BOTH: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

macro_rules! actions {
    ($($group:ident $needs:ident $name:literal [$words:literal] $key:expr => $run:expr;)+) => {
        &[$(Action {
            name: $name,
            words: $words,
            group: Group::$group,
            needs: Needs::$needs,
            key: $key,
            run: $run,
        }),+]
    };
}

/// Longer combinations stand before the shorter ones that they contain.
pub const ACTIONS: &[Action] = actions! {
    Play Session "Play or pause" ["start stop transport"] Some((NONE, Key::Space)) => Desk::toggle_play;
    Play Session "To the start" ["home rewind beginning"] Some((NONE, Key::Home)) => |desk| desk.listen.seek(0);
    Play Session "To the end" ["last"] Some((NONE, Key::End)) => |desk| {
        let end = desk.document.as_ref().map_or(0, |document| document.length().0);
        desk.listen.seek(end);
    };
    Play Session "Loop on or off" ["repeat cycle"] Some((NONE, Key::L)) => top_bar::toggle_loop;
    Play Session "Loop starts here" ["in point mark range"] Some((NONE, Key::I)) => |desk| listening::mark_loop(desk, true);
    Play Session "Loop ends here" ["out point mark range"] Some((NONE, Key::O)) => |desk| listening::mark_loop(desk, false);
    Play Session "Section before" ["previous marker back"] Some((NONE, Key::Comma)) => |desk| sections::jump(desk, false);
    Play Session "Section after" ["next marker forward"] Some((NONE, Key::Period)) => |desk| sections::jump(desk, true);
    Play Session "A beat back" ["nudge left rewind second"] Some((NONE, Key::ArrowLeft)) => |desk| listening::nudge(desk, -1.0);
    Play Session "A beat on" ["nudge right forward second"] Some((NONE, Key::ArrowRight)) => |desk| listening::nudge(desk, 1.0);

    Stem Session "Select the stem above" ["up previous track"] Some((NONE, Key::ArrowUp)) => |desk| stem_commands::select(desk, -1);
    Stem Session "Select the stem below" ["down next track"] Some((NONE, Key::ArrowDown)) => |desk| stem_commands::select(desk, 1);
    Stem Stem "Mute the selected stem" ["silence off"] Some((NONE, Key::M)) => |desk| stem_commands::toggle(desk, |strip| strip.mute = !strip.mute);
    Stem Stem "Solo the selected stem" ["alone hear only"] Some((NONE, Key::S)) => |desk| stem_commands::toggle(desk, |strip| strip.solo = !strip.solo);
    Stem Stem "Raise the fader by 0.5 dB" ["louder up volume level"] Some((COMMAND, Key::ArrowUp)) => |desk| stem_commands::nudge(desk, 0.5);
    Stem Stem "Lower the fader by 0.5 dB" ["quieter down volume level"] Some((COMMAND, Key::ArrowDown)) => |desk| stem_commands::nudge(desk, -0.5);
    Stem Stem "Move the lane up" ["reorder stem order"] Some((ALT, Key::ArrowUp)) => |desk| stem_commands::shift(desk, -1);
    Stem Stem "Move the lane down" ["reorder stem order"] Some((ALT, Key::ArrowDown)) => |desk| stem_commands::shift(desk, 1);
    Stem Stem "Show or hide the automation" ["line envelope write"] Some((NONE, Key::A)) => |desk| {
        if let Some(stem) = desk.document.as_ref().and_then(|document| document.selected) {
            desk.panels.mix.lines.toggle(stem);
        }
    };
    Stem Stem "Invert the polarity" ["phase flip"] None => |desk| stem_commands::toggle(desk, |strip| strip.invert = !strip.invert);
    Stem Stem "Reset the strip" ["fader pan trim default"] None => stem_commands::reset;
    Stem Session "No solo" ["unsolo clear"] Some((ALT, Key::S)) => |desk| stem_commands::clear(desk, |strip| strip.solo = false);
    Stem Session "No mute" ["unmute clear"] Some((ALT, Key::M)) => |desk| stem_commands::clear(desk, |strip| strip.mute = false);

    Listen Session "Hear the stems without any setting" ["bypass raw dry"] Some((NONE, Key::B)) => |desk| listening::switch(desk, Monitor::Bypass);
    Listen Session "Hear the reference" ["rough mix compare a/b"] Some((NONE, Key::R)) => |desk| listening::switch(desk, Monitor::Reference);
    Listen Session "Hear the mix through the chosen master" ["preview limiter"] Some((NONE, Key::P)) => |desk| desk.listen.preview = !desk.listen.preview;
    Listen Session "Reset the meters" ["peaks overs clear hold"] Some((SHIFT, Key::R)) => Desk::reset_meters;
    Listen Session "Pause the meters" ["freeze hold display"] Some((SHIFT, Key::P)) => |desk| desk.gauges.toggle_pause(&desk.listen);
    Listen Session "Copy the loudness figures" ["statistics clipboard lufs"] Some((BOTH, Key::L)) => super::loudness::copy;
    Listen Nothing "Next scale of the meters" ["ebu +9 +18 full"] None => |desk| desk.panels.preferences.meter_scale = desk.panels.preferences.meter_scale.next();
    Listen Nothing "Next slope of the spectrum" ["tilt octave"] None => |desk| desk.panels.preferences.slope = desk.panels.preferences.slope.next();
    Listen Nothing "Next averaging of the spectrum" ["slow fast"] None => |desk| desk.panels.preferences.averaging = desk.panels.preferences.averaging.next();
    Listen Session "Meters in a window of their own" ["second screen monitor detach"] Some((NONE, Key::F8)) => |desk| desk.panels.shown.meters = !desk.panels.shown.meters;

    Timeline Session "Show the loop" ["zoom selection range"] Some((SHIFT, Key::F)) => |desk| desk.panels.mix.timeline.show_range(desk.listen.range);
    Timeline Session "Fit the song" ["zoom whole all"] Some((NONE, Key::F)) => |desk| desk.panels.mix.timeline.show_all();
    Timeline Session "Zoom in" ["closer larger"] Some((NONE, Key::Equals)) => |desk| desk.panels.mix.timeline.ask_zoom(1.5);
    Timeline Session "Zoom out" ["further smaller"] Some((NONE, Key::Minus)) => |desk| desk.panels.mix.timeline.ask_zoom(1.0 / 1.5);
    Timeline Session "Taller lanes" ["height larger waveforms"] Some((SHIFT, Key::Equals)) => |desk| lanes(desk, 1.2);
    Timeline Session "Lower lanes" ["height smaller waveforms"] Some((SHIFT, Key::Minus)) => |desk| lanes(desk, 1.0 / 1.2);
    Timeline Session "Next snap" ["grid sections zero crossings magnet"] Some((NONE, Key::N)) => |desk| {
        desk.panels.preferences.snap = desk.panels.preferences.snap.next();
        desk.say(format!("Snap to: {}", desk.panels.preferences.snap.name()));
    };
    Timeline Session "Next unit of the ruler" ["time bars beats samples"] Some((NONE, Key::T)) => |desk| desk.panels.preferences.ruler = desk.panels.preferences.ruler.next();
    Timeline Session "Next way to follow the playhead" ["page scroll"] None => |desk| {
        desk.panels.preferences.follow = desk.panels.preferences.follow.next();
        desk.say(format!("The timeline follows the playhead: {}", desk.panels.preferences.follow.name()));
    };
    Timeline Session "Group the lanes by role" ["fold collapse folder"] Some((NONE, Key::G)) => |desk| desk.panels.preferences.grouped = !desk.panels.preferences.grouped;
    Timeline Session "Waveforms after processing" ["chain result peaks"] Some((NONE, Key::W)) => |desk| desk.panels.preferences.processed = !desk.panels.preferences.processed;
    Timeline Session "Section begins here" ["add marker new verse chorus"] Some((NONE, Key::K)) => sections::add;
    Timeline Session "Rename the section" ["marker name"] None => sections::rename_here;
    Timeline Session "Remove the section" ["marker delete"] None => sections::remove_here;

    Timeline Session "Comment here" ["note write say client review pin"] Some((NONE, Key::C)) => review::write_comment;
    Timeline Session "Comment before" ["previous note pin"] Some((ALT, Key::Comma)) => |desk| review::jump(desk, false);
    Timeline Session "Comment after" ["next note pin"] Some((ALT, Key::Period)) => |desk| review::jump(desk, true);
    Timeline Session "Play around the comment" ["loop note pre-roll"] Some((NONE, Key::Y)) => review::play_around;
    Timeline Session "Solo the stem of the comment" ["hear alone note"] None => review::solo;

    Timeline Session "Cut out the marked range" ["radio edit remove shorten delete time"] Some((NONE, Key::U)) => edits::cut_range;
    Timeline Session "Put the cut back" ["restore remove cut undo"] Some((SHIFT, Key::U)) => edits::put_back;
    Timeline Session "Hear the join" ["preview cut crossfade pre-roll"] Some((NONE, Key::J)) => edits::hear_chosen;
    Timeline Session "Cut a beat earlier" ["nudge left"] Some((ALT, Key::ArrowLeft)) => |desk| edits::nudge(desk, -1.0);
    Timeline Session "Cut a beat later" ["nudge right"] Some((ALT, Key::ArrowRight)) => |desk| edits::nudge(desk, 1.0);
    Timeline Stem "Make the marked range clean" ["explicit mute bleep censor region"] Some((NONE, Key::E)) => |desk| edits::clean_range(desk, true);
    Timeline Stem "Let the marked range through" ["remove clean region explicit"] Some((SHIFT, Key::E)) => |desk| edits::clean_range(desk, false);
    Timeline Session "The first bar begins here" ["downbeat one grid offset"] None => edits::first_bar_here;
    Timeline Session "Tap the tempo" ["bpm beat"] Some((NONE, Key::Q)) => edits::tap;
    Timeline Session "Find tempo and bars" ["detect bpm beat downbeat analyse"] None => |desk| edits::search(desk, None);
    Timeline Session "Import lyrics\u{2026}" ["words srt lrc whisper vtt explicit clean"] None => versions::pick_lyrics;

    View Session "Stems" ["view intake files roles"] Some((COMMAND, Key::Num1)) => |desk| desk.panels.view = View::Stems;
    View Session "Mix" ["view timeline lanes"] Some((COMMAND, Key::Num2)) => |desk| desk.panels.view = View::Mix;
    View Session "Master" ["view chain limiter"] Some((COMMAND, Key::Num3)) => |desk| desk.panels.view = View::Master;
    View Session "Versions" ["view instrumental radio clean"] Some((COMMAND, Key::Num4)) => |desk| desk.panels.view = View::Versions;
    View Session "Review" ["view comments notes client"] Some((COMMAND, Key::Num5)) => |desk| desk.panels.view = View::Review;
    View Session "Deliver" ["view files masters"] Some((COMMAND, Key::Num6)) => |desk| desk.panels.view = View::Deliver;
    View Session "Mixer strips or lanes" ["faders vertical console layout"] Some((NONE, Key::X)) => |desk| {
        desk.panels.preferences.mixer = !desk.panels.preferences.mixer;
        desk.panels.view = View::Mix;
    };
    View Session "Show or hide the rack" ["chain panel bottom"] Some((NONE, Key::D)) => |desk| desk.panels.preferences.rack_hidden = !desk.panels.preferences.rack_hidden;
    View Session "Show or hide the loudness panel" ["meters right side"] Some((NONE, Key::V)) => |desk| desk.panels.preferences.loudness_hidden = !desk.panels.preferences.loudness_hidden;
    View Nothing "Larger" ["scale size accessibility text"] Some((COMMAND, Key::Equals)) => |desk| desk.panels.preferences.step_scale(true);
    View Nothing "Smaller" ["scale size accessibility text"] Some((COMMAND, Key::Minus)) => |desk| desk.panels.preferences.step_scale(false);
    View Nothing "Usual size" ["scale 100 reset"] Some((COMMAND, Key::Num0)) => |desk| desk.panels.preferences.scale = 1.0;
    View Nothing "Next look" ["light dark theme system colours"] None => |desk| desk.panels.preferences.look = desk.panels.preferences.look.next();
    View Nothing "Panels as drawn" ["layout default reset arrangement"] None => |desk| desk.panels.reset();

    Edit Session "Redo" ["again"] Some((BOTH, Key::Z)) => |desk| desk.step(true);
    Edit Session "Trims drive the chains" ["trim gain input before after chain"] None => |desk| {
        if let Some(document) = &mut desk.document {
            document.edit_once(Edit::Trim(TrimPlace::BeforeChain));
        }
    };
    Edit Session "Undo" ["back take"] Some((COMMAND, Key::Z)) => |desk| desk.step(false);
    Edit Session "History" ["undo list steps"] Some((COMMAND, Key::H)) => |desk| desk.panels.shown.history = !desk.panels.shown.history;

    File Session "Save as\u{2026}" ["copy name"] Some((BOTH, Key::S)) => |desk| menu::pick_save_as(desk);
    File Session "Save" ["write disk"] Some((COMMAND, Key::S)) => Desk::save;
    File Nothing "Open a folder of stems\u{2026}" ["import new session"] Some((BOTH, Key::O)) => |desk| menu::pick_folder(desk);
    File Nothing "Open a session\u{2026}" ["load file"] Some((COMMAND, Key::O)) => |desk| menu::pick_session(desk);
    File Nothing "Open the demo song" ["example blue sky"] None => |desk| desk.leave(After::Demo);
    File Session "Add stems\u{2026}" ["import files"] None => |desk| menu::pick_stems(desk);
    File Session "Song and brief\u{2026}" ["artist isrc key notes facts client title daw"] None => |desk| desk.panels.shown.song = true;
    File Session "Take comments in\u{2026}" ["import notes client review csv json srt mail"] None => |desk| review::pick_import(desk);
    File Session "Page for the client\u{2026}" ["review html browser notes send"] None => |desk| {
        desk.panels.view = View::Review;
        review::pick_page(desk);
    };
    File Session "Deliver a package" ["zip send stems masters"] None => |desk| {
        desk.panels.view = View::Deliver;
        make(desk, Making::Package);
    };
    File Session "Render everything" ["export masters bounce write"] Some((BOTH, Key::E)) => |desk| {
        desk.panels.view = View::Deliver;
        make(desk, Making::Masters);
    };
    File Session "Export\u{2026}" ["deliver render bounce"] Some((COMMAND, Key::E)) => |desk| desk.panels.view = View::Deliver;
    File Session "Cancel the render" ["stop abort"] None => |desk| {
        if let Some(job) = &desk.making.render {
            job.cancel();
        }
    };
    File Session "Put both together" ["merge copies conflict"] None => |desk| review::merge(desk, None);
    File Session "Put both together, everything yours" ["merge copies conflict ours"] None => |desk| review::merge(desk, Some(Side::Ours));
    File Session "Put both together, everything theirs" ["merge copies conflict"] None => |desk| review::merge(desk, Some(Side::Theirs));
    File Session "Files of the song" ["missing moved changed exported again locate find stems"] None => |desk| desk.song_files.shown = true;
    File Session "Collect all files\u{2026}" ["copy backup archive another machine"] None => |desk| song_files::pick_collect(desk);
    File Session "Close the session" ["end"] Some((COMMAND, Key::W)) => |desk| desk.leave(After::Close);
    File Nothing "Quit" ["exit end"] Some((COMMAND, Key::Q)) => |desk| desk.leave(After::Quit);

    Help Nothing "Find anything by words" ["command palette search actions"] Some((COMMAND, Key::K)) => |desk| desk.panels.palette.open();
    Help Nothing "Keys" ["shortcuts sheet keyboard"] Some((NONE, Key::Questionmark)) => |desk| desk.panels.shown.keys = !desk.panels.shown.keys;
    Help Nothing "Manual" ["help guide how"] Some((NONE, Key::F1)) => manual::open;
    Help Nothing "Preferences" ["settings options audio look folders loudness"] Some((COMMAND, Key::Comma)) => |desk| desk.panels.shown.preferences = !desk.panels.shown.preferences;
    Help Nothing "Sound device\u{2026}" ["audio output buffer latency"] None => audio::open;
    Help Nothing "Show the hints again" ["first run tips"] None => |desk| desk.panels.preferences.hints = 0;
};

fn lanes(desk: &mut Desk, factor: f32) {
    let lane = desk.panels.mix.rows.lane(&desk.panels.preferences) * factor;
    desk.panels.preferences.lane = lane.clamp(*LANES.start(), *LANES.end()).round();
    desk.panels.mix.rows.heights.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_name_or_a_key() {
        for (n, action) in ACTIONS.iter().enumerate() {
            for other in ACTIONS.iter().skip(n + 1) {
                assert_ne!(action.name, other.name);
                assert!(action.key.is_none() || action.key != other.key, "{}", action.name);
            }
        }
    }

    #[test]
    fn menus_hold_what_there_is() {
        let menus = [TO_OPEN, TO_KEEP, TO_FIND, OF_METERS, OF_TIMELINE, OF_CUTS];
        let views = crate::app::View::ALL.map(crate::app::View::name);
        for name in menus.into_iter().flatten().chain(&views) {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn keys_read_as_on_a_keyboard() {
        let key = |name: &str| find(name).unwrap().shortcut().unwrap();
        assert_eq!(key("Play or pause"), "Space");
        assert_eq!(key("Section before"), ",");
        assert_eq!(key("Keys"), "?");
        if cfg!(not(target_os = "macos")) {
            assert_eq!(key("Redo"), "Ctrl+Shift+Z");
            assert_eq!(key("Preferences"), "Ctrl+,");
        }
    }
}
