//! The list of all actions ([`ACTIONS`]) with names, search words, shortcuts and deeds. Keys,
//! palette, menus and the sheet of keys use it.

use super::deeds::{
    Cuts, Deed, Files, Make, Play, RenderKind, Review, Sections, SessionDeed, Stems, Window,
};
use super::heard::Monitor;
use super::seen::Seen;
use super::view::View;
use crate::session::TrimPlace;
use crate::session::edit::Edit;
use crate::session::merge::Side;
use crate::texts::{self, say};
use crate::units::Db;
use egui::{Key, ModifierNames, Modifiers};

/// What must be open or selected before an action is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Session,
    Stem,
}

/// Groups of actions, in the order of the sheet of keys.
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
            Self::Play => say!("window-group-play"),
            Self::Stem => say!("window-group-stem"),
            Self::Listen => say!("window-group-listen"),
            Self::Timeline => say!("window-timeline"),
            Self::View => say!("window-group-view"),
            Self::Edit => say!("window-group-edit"),
            Self::File => say!("window-group-file"),
            Self::Help => say!("window-group-help"),
        }
    }
}

/// One action.
pub struct Action {
    /// The English name, by which menus, keys and tests find the action; see [`Self::shown`].
    pub name: &'static str,
    /// Additional English words for the search of the palette; see [`Self::shown_words`].
    pub words: &'static str,
    pub group: Group,
    pub needs: Needs,
    pub shortcut: Option<(Modifiers, Key)>,
    pub deed: Deed,
}

impl Action {
    /// The name in the language of the window.
    pub fn shown(&self) -> &'static str {
        texts::word("action", self.name)
    }

    /// Additional words for the search of the palette in the language of the window: the text
    /// `find-` and the name. English ones where the language has none.
    pub fn shown_words(&self) -> &'static str {
        match texts::word("find", self.name) {
            none if none == self.name => self.words,
            words => words,
        }
    }

    pub fn is_possible(&self, seen: &Seen<'_>) -> bool {
        match self.needs {
            Needs::Nothing => true,
            Needs::Session => seen.song.is_some(),
            Needs::Stem => seen.song.is_some_and(|song| song.selected_stem().is_some()),
        }
    }

    /// Whether the action changes the song or its timeline. Shortcuts of such actions only work in
    /// the Mix and Versions views; palette and menus offer them everywhere.
    pub fn edits(&self) -> bool {
        match &self.deed {
            Deed::Cuts(deed) => !matches!(deed, Cuts::Hear(_)),
            Deed::Sections(_) | Deed::Edit(_) => true,
            Deed::Stems(deed) => {
                !matches!(deed, Stems::Select(_) | Stems::Rename | Stems::Mute | Stems::Solo)
                    && !matches!(deed, Stems::NoSolo | Stems::NoMute)
            }
            Deed::Play(Play::Nudge(_)) => true,
            Deed::Window(Window::Automation | Window::Mixer | Window::LaneHeight(_)) => true,
            _ => false,
        }
    }

    /// Whether the key stands for the action, while the keys that are held fit the wanted ones.
    pub fn is_on(&self, key: Key, fits: impl Fn(Modifiers) -> bool) -> bool {
        let also = ALSO.iter().filter(|(.., name)| *name == self.name);
        let also = also.map(|(modifiers, key, _)| (*modifiers, *key));
        let mut all = self.shortcut.into_iter().chain(also);
        all.any(|(modifiers, known)| known == key && fits(modifiers))
    }

    /// The shortcut as text, such as `Ctrl+Shift+Z`.
    pub fn shortcut_text(&self) -> Option<String> {
        let (modifiers, key) = self.shortcut?;
        let mac = cfg!(target_os = "macos");
        let name = match key {
            Key::Comma => ",",
            Key::Period => ".",
            Key::Equals => "=",
            Key::Minus => "\u{2212}",
            Key::Questionmark => "?",
            Key::ArrowUp => "\u{2191}",
            Key::ArrowDown => "\u{2193}",
            Key::ArrowLeft => "\u{2190}",
            Key::ArrowRight => "\u{2192}",
            other => other.name(),
        };
        let name = texts::word("keyboard", name);
        let names = ModifierNames::NAMES;
        let names = ModifierNames {
            alt: texts::word("keyboard", names.alt),
            ctrl: texts::word("keyboard", names.ctrl),
            shift: texts::word("keyboard", names.shift),
            mac_cmd: texts::word("keyboard", names.mac_cmd),
            mac_alt: texts::word("keyboard", names.mac_alt),
            ..names
        };
        let held = names.format(&modifiers, mac);
        Some(if held.is_empty() { name.into() } else { format!("{held}+{name}") })
    }
}

/// Entries of the menus, by action name.
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
    &["Search for anything", "Preferences", "Sound device\u{2026}", "Keys", "Manual", "Quit"];
pub const OF_METERS: &[&str] = &[
    "Pause the meters",
    "Reset the meters",
    "Copy the loudness figures",
    "Meters in their own window",
];
pub const OF_CUTS: &[&str] = &[
    "Cut out the marked range",
    "Remove the cut",
    "Play the join",
    "Make the marked range clean",
    "Let the marked range stay explicit",
    "The first bar starts here",
];
pub const OF_TIMELINE: &[&str] = &["Start a section here", "Fit the song", "Show the loop"];

/// The action with this name.
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const COMMAND: Modifiers = Modifiers::COMMAND;
const BOTH: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// Second keys of actions: what other programs use for the same.
const ALSO: &[(Modifiers, Key, &str)] = &[(COMMAND, Key::Y, "Redo")];

macro_rules! actions {
    ($($group:ident $needs:ident $name:literal [$words:literal] $key:expr => $deed:expr;)+) => {
        &[$(Action {
            name: $name,
            words: $words,
            group: Group::$group,
            needs: Needs::$needs,
            shortcut: $key,
            deed: $deed,
        }),+]
    };
}

/// All actions. Shortcuts match their modifiers exactly.
pub const ACTIONS: &[Action] = actions! {
    Play Session "Play or pause" ["start stop transport"] Some((NONE, Key::Space)) => Deed::Play(Play::Toggle);
    Play Session "To the start" ["home rewind beginning"] Some((NONE, Key::Home)) => Deed::Play(Play::Start);
    Play Session "To the end" ["last"] Some((NONE, Key::End)) => Deed::Play(Play::End);
    Play Session "Loop on or off" ["repeat cycle"] Some((NONE, Key::L)) => Deed::Play(Play::ToggleLoop);
    Play Session "Loop starts here" ["in point mark range"] Some((NONE, Key::I)) => Deed::Play(Play::LoopStartsHere);
    Play Session "Loop ends here" ["out point mark range"] Some((NONE, Key::O)) => Deed::Play(Play::LoopEndsHere);
    Play Session "Previous section" ["previous marker back"] Some((NONE, Key::Comma)) => Deed::Play(Play::Section { forward: false });
    Play Session "Next section" ["next marker forward"] Some((NONE, Key::Period)) => Deed::Play(Play::Section { forward: true });
    Play Session "Back one beat" ["nudge left rewind second"] Some((NONE, Key::ArrowLeft)) => Deed::Play(Play::Beats(-1.0));
    Play Session "Forward one beat" ["nudge right forward second"] Some((NONE, Key::ArrowRight)) => Deed::Play(Play::Beats(1.0));

    Stem Session "Select the stem above" ["up previous track"] Some((NONE, Key::ArrowUp)) => Deed::Stems(Stems::Select(-1));
    Stem Session "Select the stem below" ["down next track"] Some((NONE, Key::ArrowDown)) => Deed::Stems(Stems::Select(1));
    Stem Stem "Rename the stem" ["name title call"] Some((NONE, Key::F2)) => Deed::Stems(Stems::Rename);
    Stem Stem "Mute the selected stem" ["silence off"] Some((NONE, Key::M)) => Deed::Stems(Stems::Mute);
    Stem Stem "Solo the selected stem" ["alone hear only"] Some((NONE, Key::S)) => Deed::Stems(Stems::Solo);
    Stem Stem "Raise the fader by 0.5 dB" ["louder up volume level"] Some((COMMAND, Key::ArrowUp)) => Deed::Play(Play::Nudge(Db(0.5)));
    Stem Stem "Lower the fader by 0.5 dB" ["quieter down volume level"] Some((COMMAND, Key::ArrowDown)) => Deed::Play(Play::Nudge(Db(-0.5)));
    Stem Stem "Move the lane up" ["reorder stem order"] Some((ALT, Key::ArrowUp)) => Deed::Stems(Stems::Move(-1));
    Stem Stem "Move the lane down" ["reorder stem order"] Some((ALT, Key::ArrowDown)) => Deed::Stems(Stems::Move(1));
    Stem Stem "Show or hide the automation" ["line envelope write"] Some((NONE, Key::A)) => Deed::Window(Window::Automation);
    Stem Stem "Invert the polarity" ["phase flip"] None => Deed::Stems(Stems::Invert);
    Stem Stem "Reset the strip" ["fader pan trim default"] None => Deed::Stems(Stems::Reset);
    Stem Session "Clear all solos" ["unsolo clear"] Some((ALT, Key::S)) => Deed::Stems(Stems::NoSolo);
    Stem Session "Clear all mutes" ["unmute clear"] Some((ALT, Key::M)) => Deed::Stems(Stems::NoMute);

    Listen Session "Play the stems unprocessed" ["bypass raw dry"] Some((NONE, Key::B)) => Deed::Play(Play::Switch(Monitor::Bypass));
    Listen Session "Play the reference" ["rough mix compare a/b"] Some((NONE, Key::R)) => Deed::Play(Play::Switch(Monitor::Reference));
    Listen Session "Play the mix through the chosen master" ["preview limiter"] Some((NONE, Key::P)) => Deed::Play(Play::TogglePreview);
    Listen Stem "Blind test of two sounds" ["balances abx a/b compare listening"] None => Deed::Window(Window::Balances);
    Listen Session "Reset the meters" ["peaks overs clear hold"] Some((SHIFT, Key::R)) => Deed::Play(Play::ResetMeters);
    Listen Session "Pause the meters" ["freeze hold display"] Some((SHIFT, Key::P)) => Deed::Play(Play::PauseMeters);
    Listen Session "Copy the loudness figures" ["statistics clipboard lufs"] Some((BOTH, Key::L)) => Deed::Window(Window::CopyLoudness);
    Listen Nothing "Next scale of the meters" ["ebu +9 +18 full"] None => Deed::Window(Window::NextScale);
    Listen Nothing "Next slope of the spectrum" ["tilt octave"] None => Deed::Window(Window::NextSlope);
    Listen Nothing "Next averaging of the spectrum" ["slow fast"] None => Deed::Window(Window::NextAveraging);
    Listen Session "Meters in their own window" ["second screen monitor detach"] Some((NONE, Key::F8)) => Deed::Window(Window::Meters);

    Timeline Session "Show the loop" ["zoom selection range"] Some((SHIFT, Key::F)) => Deed::Window(Window::ShowLoop);
    Timeline Session "Fit the song" ["zoom whole all"] Some((NONE, Key::F)) => Deed::Window(Window::FitSong);
    Timeline Session "Zoom in" ["closer larger"] Some((NONE, Key::Equals)) => Deed::Window(Window::Zoom(1.5));
    Timeline Session "Zoom out" ["further smaller"] Some((NONE, Key::Minus)) => Deed::Window(Window::Zoom(1.0 / 1.5));
    Timeline Session "Taller lanes" ["height larger waveforms"] Some((SHIFT, Key::Equals)) => Deed::Window(Window::LaneHeight(1.2));
    Timeline Session "Lower lanes" ["height smaller waveforms"] Some((SHIFT, Key::Minus)) => Deed::Window(Window::LaneHeight(1.0 / 1.2));
    Timeline Session "Next snap" ["grid sections zero crossings magnet"] Some((NONE, Key::N)) => Deed::Window(Window::NextSnap);
    Timeline Session "Next unit of the ruler" ["time bars beats samples"] Some((NONE, Key::T)) => Deed::Window(Window::NextRuler);
    Timeline Session "Next way to follow the playhead" ["page scroll"] None => Deed::Window(Window::NextFollow);
    Timeline Session "Group the lanes by role" ["fold collapse folder"] Some((NONE, Key::G)) => Deed::Window(Window::GroupLanes);
    Timeline Session "Waveforms after processing" ["chain result peaks"] Some((NONE, Key::W)) => Deed::Window(Window::Processed);
    Timeline Session "Start a section here" ["add marker new verse chorus"] Some((NONE, Key::K)) => Deed::Sections(Sections::AddHere);
    Timeline Session "Rename the section" ["marker name"] None => Deed::Sections(Sections::RenameHere);
    Timeline Session "Remove the section" ["marker delete"] None => Deed::Sections(Sections::RemoveHere);

    Timeline Session "Comment here" ["note write say client review pin"] Some((NONE, Key::C)) => Deed::Review(Review::Write);
    Timeline Session "Previous comment" ["previous note pin"] Some((ALT, Key::Comma)) => Deed::Review(Review::Jump { forward: false });
    Timeline Session "Next comment" ["next note pin"] Some((ALT, Key::Period)) => Deed::Review(Review::Jump { forward: true });
    Timeline Session "Play around the comment" ["loop note pre-roll"] Some((NONE, Key::Y)) => Deed::Review(Review::PlayAround);
    Timeline Session "Solo the stem of the comment" ["hear alone note"] None => Deed::Review(Review::Solo);

    Timeline Session "Cut out the marked range" ["radio edit remove shorten delete time"] Some((NONE, Key::U)) => Deed::Cuts(Cuts::CutRange);
    Timeline Session "Remove the cut" ["restore remove cut undo"] Some((SHIFT, Key::U)) => Deed::Cuts(Cuts::PutBack);
    Timeline Session "Play the join" ["preview cut crossfade pre-roll"] Some((NONE, Key::J)) => Deed::Cuts(Cuts::Hear(None));
    Timeline Session "Move the cut a beat earlier" ["nudge left"] Some((ALT, Key::ArrowLeft)) => Deed::Cuts(Cuts::Nudge(-1.0));
    Timeline Session "Move the cut a beat later" ["nudge right"] Some((ALT, Key::ArrowRight)) => Deed::Cuts(Cuts::Nudge(1.0));
    Timeline Stem "Make the marked range clean" ["explicit mute bleep censor region"] Some((NONE, Key::E)) => Deed::Cuts(Cuts::Clean(true));
    Timeline Stem "Let the marked range stay explicit" ["remove clean region explicit"] Some((SHIFT, Key::E)) => Deed::Cuts(Cuts::Clean(false));
    Timeline Session "The first bar starts here" ["downbeat one grid offset"] None => Deed::Cuts(Cuts::FirstBarHere);
    Timeline Session "Tap the tempo" ["bpm beat"] Some((NONE, Key::Q)) => Deed::Cuts(Cuts::Tap);
    Timeline Session "Find tempo and bars" ["detect bpm beat downbeat analyse"] None => Deed::Cuts(Cuts::Search(None));
    Timeline Session "Import lyrics\u{2026}" ["words srt lrc whisper vtt explicit clean"] None => Deed::Cuts(Cuts::PickLyrics);

    View Session "Stems" ["view intake files roles"] Some((COMMAND, Key::Num1)) => Deed::Window(Window::Show(View::Stems));
    View Session "Mix" ["view timeline lanes"] Some((COMMAND, Key::Num2)) => Deed::Window(Window::Show(View::Mix));
    View Session "Master" ["view chain limiter"] Some((COMMAND, Key::Num3)) => Deed::Window(Window::Show(View::Master));
    View Session "Versions" ["view instrumental radio clean"] Some((COMMAND, Key::Num4)) => Deed::Window(Window::Show(View::Versions));
    View Session "Review" ["view comments notes client"] Some((COMMAND, Key::Num5)) => Deed::Window(Window::Show(View::Review));
    View Session "Deliver" ["view files masters"] Some((COMMAND, Key::Num6)) => Deed::Window(Window::Show(View::Deliver));
    View Session "Mixer strips or lanes" ["faders vertical console layout"] Some((NONE, Key::X)) => Deed::Window(Window::Mixer);
    View Session "Show or hide the rack" ["chain panel bottom"] Some((NONE, Key::D)) => Deed::Window(Window::Rack);
    View Session "Show or hide the loudness panel" ["meters right side"] Some((NONE, Key::V)) => Deed::Window(Window::Loudness);
    View Nothing "Larger" ["scale size accessibility text"] Some((COMMAND, Key::Equals)) => Deed::Window(Window::Larger);
    View Nothing "Smaller" ["scale size accessibility text"] Some((COMMAND, Key::Minus)) => Deed::Window(Window::Smaller);
    View Nothing "Default size" ["scale 100 reset"] Some((COMMAND, Key::Num0)) => Deed::Window(Window::UsualSize);
    View Nothing "Next theme" ["light dark theme system colours"] None => Deed::Window(Window::NextLook);
    View Nothing "Reset layout" ["layout default reset arrangement"] None => Deed::Window(Window::Reset);

    Edit Session "Redo" ["again"] Some((BOTH, Key::Z)) => Deed::Redo;
    Edit Session "Trims drive the chains" ["trim gain input before after chain"] None => Deed::Edit(Edit::Trim(TrimPlace::BeforeChain));
    Edit Session "Undo" ["back take"] Some((COMMAND, Key::Z)) => Deed::Undo;
    Edit Session "History" ["undo list steps"] Some((COMMAND, Key::H)) => Deed::Window(Window::History);

    File Session "Save as\u{2026}" ["copy name"] Some((BOTH, Key::S)) => Deed::Session(SessionDeed::PickSaveAs);
    File Session "Save" ["write disk"] Some((COMMAND, Key::S)) => Deed::Session(SessionDeed::Save);
    File Nothing "Open a folder of stems\u{2026}" ["import new session"] Some((BOTH, Key::O)) => Deed::Session(SessionDeed::PickFolder);
    File Nothing "Open a session\u{2026}" ["load file"] Some((COMMAND, Key::O)) => Deed::Session(SessionDeed::PickSession);
    File Nothing "Open the demo song" ["example blue sky"] None => Deed::Session(SessionDeed::Demo);
    File Session "Add stems\u{2026}" ["import files"] None => Deed::Session(SessionDeed::PickStems);
    File Session "Song and brief\u{2026}" ["artist isrc key notes facts client title daw"] None => Deed::Window(Window::Song);
    File Session "Import comments\u{2026}" ["import notes client review csv json srt mail"] None => Deed::Review(Review::PickImport);
    File Session "Page for the client\u{2026}" ["review html browser notes send"] None => Deed::Review(Review::PickPage);
    File Session "Export and pack for delivery" ["zip send stems masters package deliver"] None => Deed::Make(Make::Begin(RenderKind::Package));
    File Session "Export the masters" ["render bounce write everything"] Some((BOTH, Key::E)) => Deed::Make(Make::Begin(RenderKind::Masters));
    File Session "Export\u{2026}" ["deliver render bounce"] Some((COMMAND, Key::E)) => Deed::Window(Window::Show(View::Deliver));
    File Session "Cancel the render" ["stop abort"] None => Deed::Make(Make::Cancel);
    File Session "Merge both copies" ["merge copies conflict"] None => Deed::Review(Review::Merge(None));
    File Session "Merge both copies, keeping yours" ["merge copies conflict ours"] None => Deed::Review(Review::Merge(Some(Side::Ours)));
    File Session "Merge both copies, keeping theirs" ["merge copies conflict"] None => Deed::Review(Review::Merge(Some(Side::Theirs)));
    File Session "Files of the song" ["missing moved changed exported again locate find stems"] None => Deed::Window(Window::Files);
    File Session "Collect all files\u{2026}" ["copy backup archive another machine"] None => Deed::Files(Files::PickCollect);
    File Session "Close the session" ["end"] Some((COMMAND, Key::W)) => Deed::Session(SessionDeed::Close);
    File Nothing "Quit" ["exit end"] Some((COMMAND, Key::Q)) => Deed::Session(SessionDeed::Quit);

    Help Nothing "Search for anything" ["command palette search actions"] Some((COMMAND, Key::K)) => Deed::Window(Window::Palette);
    Help Nothing "Keys" ["shortcuts sheet keyboard"] Some((NONE, Key::Questionmark)) => Deed::Window(Window::Keys);
    Help Nothing "Manual" ["help guide how"] Some((NONE, Key::F1)) => Deed::Window(Window::Manual(None));
    Help Nothing "Preferences" ["settings options audio look folders loudness"] Some((COMMAND, Key::Comma)) => Deed::Window(Window::Preferences);
    Help Nothing "Sound device\u{2026}" ["audio output buffer latency"] None => Deed::Window(Window::Device);
    Help Nothing "Show the hints again" ["first run tips"] None => Deed::Window(Window::Hints);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_name_or_a_key() {
        for (n, action) in ACTIONS.iter().enumerate() {
            for other in ACTIONS.iter().skip(n + 1) {
                assert_ne!(action.name, other.name);
                assert!(
                    action.shortcut.is_none() || action.shortcut != other.shortcut,
                    "{}",
                    action.name
                );
            }
        }
        let redo = find("Redo").unwrap();
        for held in [COMMAND, NONE] {
            assert_eq!(redo.is_on(Key::Y, |wanted| wanted == held), held == COMMAND);
        }
        assert!(redo.is_on(Key::Z, |wanted| wanted == BOTH));
        for (modifiers, key, name) in ALSO {
            assert!(find(name).is_some(), "{name}");
            let others = ACTIONS.iter().filter(|action| action.name != *name);
            let taken = others.filter(|action| action.shortcut == Some((*modifiers, *key)));
            assert_eq!(taken.count(), 0, "{name}");
        }
    }

    #[test]
    fn keys_that_edit_are_told_from_keys_that_listen() {
        let edits = |name: &str| find(name).unwrap().edits();
        for name in ["Cut out the marked range", "Make the marked range clean", "Tap the tempo"] {
            assert!(edits(name), "{name}");
        }
        for name in ["Start a section here", "Show or hide the automation", "Mixer strips or lanes"]
        {
            assert!(edits(name), "{name}");
        }
        for name in [
            "Rename the stem",
            "Mute the selected stem",
            "Solo the selected stem",
            "Comment here",
            "Undo",
        ] {
            assert!(!edits(name), "{name}");
        }
        assert!(!edits("Play the join") && !edits("Play the reference") && !edits("Save"));
    }

    #[test]
    fn menus_hold_what_there_is() {
        let menus = [TO_OPEN, TO_KEEP, TO_FIND, OF_METERS, OF_TIMELINE, OF_CUTS];
        let views = crate::app::view::View::ALL.map(crate::app::view::View::name);
        for name in menus.into_iter().flatten().chain(&views) {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn keys_read_as_on_a_keyboard() {
        let key = |name: &str| find(name).unwrap().shortcut_text().unwrap();
        assert_eq!(key("Play or pause"), "Space");
        assert_eq!(key("Previous section"), ",");
        assert_eq!(key("Keys"), "?");
        assert_eq!(key("Back one beat"), "\u{2190}");
        if cfg!(not(target_os = "macos")) {
            assert_eq!(key("Redo"), "Ctrl+Shift+Z");
            assert_eq!(key("Preferences"), "Ctrl+,");
        }
    }
}
