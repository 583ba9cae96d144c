//! What a person prefers, kept between runs.

use super::theme::{self, Palette};
use crate::disk;
use crate::review::exchange::times::Timecode;
use crate::session::ids::MasterId;
use crate::session::{Session, Unknown, newer};
use crate::units::{Db, Lufs};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    #[default]
    Dark,
    Light,
    /// As the desktop is.
    System,
}

/// What the ruler counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulerUnit {
    #[default]
    Time,
    Bars,
    Samples,
}

/// What the pointer is drawn to on the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snap {
    #[default]
    Off,
    /// Beats, or the marks of the ruler where no tempo is known.
    Grid,
    Sections,
    /// Where the selected stem crosses zero.
    Zero,
}

/// What the timeline does while it plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// Turns the page when the playhead leaves it.
    #[default]
    Page,
    /// Keeps the playhead in the middle.
    Centre,
    Off,
}

/// The scale of the loudness bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterScale {
    /// From −50 to 0, in LUFS and dBFS.
    #[default]
    Full,
    /// From −18 to +9 LU about the target (EBU Tech 3341, 2.7).
    EbuPlus9,
    /// From −36 to +18 LU about the target (EBU Tech 3341, 2.7).
    EbuPlus18,
}

/// Decibels an octave that the spectrum is tilted by, so that music looks level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slope {
    #[default]
    Flat,
    Three,
    FourAndAHalf,
}

/// How quickly the spectrum moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Averaging {
    #[default]
    Fast,
    Slow,
    /// The mean since the meters were reset.
    Forever,
}

/// Gives an enumeration its list and the names for menus.
macro_rules! choices {
    ($kind:ident { $($value:ident => $name:literal),+ $(,)? }) => {
        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$value),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// The one after it, and round.
            pub fn next(self) -> Self {
                let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
                Self::ALL.get((at + 1) % Self::ALL.len()).copied().unwrap_or(self)
            }
        }
    };
}

choices!(Look { Dark => "Dark", Light => "Light", System => "As the desktop" });
choices!(RulerUnit { Time => "Time", Bars => "Bars", Samples => "Samples" });
choices!(Snap { Off => "Off", Grid => "Grid", Sections => "Sections", Zero => "Zero crossings" });
choices!(Follow { Page => "Page by page", Centre => "In the middle", Off => "Not at all" });
choices!(MeterScale { Full => "Full scale", EbuPlus9 => "EBU +9", EbuPlus18 => "EBU +18" });
choices!(Slope { Flat => "Flat", Three => "3 dB an octave", FourAndAHalf => "4.5 dB an octave" });
choices!(Averaging { Fast => "Fast", Slow => "Slow", Forever => "Since reset" });

impl Slope {
    pub fn per_octave(self) -> Db {
        Db(match self {
            Self::Flat => 0.0,
            Self::Three => 3.0,
            Self::FourAndAHalf => 4.5,
        })
    }
}

/// Where the window was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowState {
    pub size: [f32; 2],
    pub position: Option<[f32; 2]>,
    pub maximised: bool,
}

/// The target of a master in new sessions, where it is not the usual one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsualTarget {
    pub master: MasterId,
    pub loudness: Lufs,
    pub ceiling: Db,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub look: Look,
    /// 1 to 3.
    pub scale: f32,
    pub reduced_motion: bool,
    pub ruler: RulerUnit,
    pub snap: Snap,
    pub follow: Follow,
    /// Waveforms show what the chain made of the stem.
    pub processed: bool,
    pub grouped: bool,
    pub mixer: bool,
    /// Height of a lane, in points.
    pub lane: f32,
    pub loudness_width: f32,
    pub loudness_hidden: bool,
    /// Height of the rack where it is not as drawn.
    pub rack_height: Option<f32>,
    pub rack_hidden: bool,
    pub meter_scale: MeterScale,
    pub slope: Slope,
    pub averaging: Averaging,
    /// Where dialogs for stems begin.
    pub stems_folder: Option<PathBuf>,
    pub targets: Vec<UsualTarget>,
    /// Hints that were read.
    pub hints: usize,
    pub window: Option<WindowState>,
    /// Who says what is said in comments.
    pub author: String,
    /// How times are written in files with comments.
    pub comment_times: Timecode,
    /// Copies of stems are kept in the cache, to compare with new exports.
    pub keep_copies: bool,
    /// What only a later program knows.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The largest file of settings that is read, in bytes.
pub const LARGEST: u64 = 10_000_000;

pub const LANE: f32 = 72.0;
pub const LANES: std::ops::RangeInclusive<f32> = 44.0..=220.0;
pub const LOUDNESS: f32 = 270.0;
pub const LOUDNESSES: std::ops::RangeInclusive<f32> = 230.0..=460.0;
pub const SCALES: [f32; 7] = [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

impl Default for Preferences {
    fn default() -> Self {
        Self {
            look: Look::default(),
            scale: 1.0,
            reduced_motion: false,
            ruler: RulerUnit::default(),
            snap: Snap::default(),
            follow: Follow::default(),
            processed: false,
            grouped: false,
            mixer: false,
            lane: LANE,
            loudness_width: LOUDNESS,
            loudness_hidden: false,
            rack_height: None,
            rack_hidden: false,
            meter_scale: MeterScale::default(),
            slope: Slope::default(),
            averaging: Averaging::default(),
            stems_folder: None,
            targets: Vec::new(),
            hints: 0,
            window: None,
            author: disk::person(),
            comment_times: Timecode::default(),
            keep_copies: true,
            unknown: Unknown::new(),
        }
    }
}

impl Preferences {
    fn file(settings: &Path) -> PathBuf {
        settings.join("preferences.json")
    }

    /// Those of an earlier run. A value that is not understood is as at first, and stays in the
    /// file.
    pub fn load(settings: Option<&Path>) -> Self {
        let mut found = settings.and_then(Self::read).unwrap_or_default();
        found.scale = found.scale.clamp(SCALES[0], SCALES[SCALES.len() - 1]);
        found.lane = found.lane.clamp(*LANES.start(), *LANES.end());
        found.loudness_width = found.loudness_width.clamp(*LOUDNESSES.start(), *LOUDNESSES.end());
        found
    }

    fn read(settings: &Path) -> Option<Self> {
        let bytes = disk::bytes(&Self::file(settings), LARGEST).ok()?;
        newer::read(serde_json::from_slice(&bytes).ok()?, &newer::FLAT).ok()
    }

    /// A file that cannot be written is no reason to disturb. One that cannot be read is kept
    /// aside.
    pub fn keep(&self, settings: Option<&Path>) {
        let text = newer::written(self).and_then(|tree| serde_json::to_vec_pretty(&tree));
        if let (Some(folder), Ok(text)) = (settings, text)
            && std::fs::create_dir_all(folder).is_ok()
        {
            let file = Self::file(folder);
            if file.is_file() && Self::read(folder).is_none() {
                let _ = disk::place(&file, &folder.join("preferences_unreadable.json"));
            }
            let _ = disk::write(&file, &text);
        }
    }

    pub fn palette(&self, ctx: &egui::Context) -> &'static Palette {
        let light = match self.look {
            Look::Dark => false,
            Look::Light => true,
            Look::System => ctx.system_theme() == Some(egui::Theme::Light),
        };
        if light { &theme::LIGHT } else { &theme::DARK }
    }

    /// A bigger or smaller window content.
    pub fn step_scale(&mut self, up: bool) {
        let mut sizes = SCALES.iter().copied();
        let next = if up {
            sizes.find(|size| *size > self.scale + 0.01)
        } else {
            sizes.rfind(|size| *size < self.scale - 0.01)
        };
        self.scale = next.unwrap_or(self.scale);
    }

    /// Gives a new session the targets that are usual here.
    pub fn prepare(&self, session: &mut Session) {
        for usual in &self.targets {
            let master = session.masters.iter_mut().find(|master| master.id == usual.master);
            if let Some(target) = master.and_then(|master| master.target.as_mut()) {
                target.loudness = usual.loudness;
                target.ceiling = usual.ceiling;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;

    #[test]
    fn they_are_kept_and_junk_is_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Some(folder.path());
        assert_eq!(Preferences::load(settings), Preferences::default());
        let changed = Preferences {
            look: Look::Light,
            scale: 1.5,
            snap: Snap::Zero,
            rack_height: Some(250.0),
            ..Preferences::default()
        };
        changed.keep(settings);
        assert_eq!(Preferences::load(settings), changed);
        std::fs::write(Preferences::file(folder.path()), b"{\"scale\": 40.0}").unwrap();
        assert_eq!(Preferences::load(settings).scale, 3.0);
        std::fs::write(Preferences::file(folder.path()), b"no").unwrap();
        assert_eq!(Preferences::load(settings), Preferences::default());
        changed.keep(settings);
        let aside = folder.path().join("preferences_unreadable.json");
        assert_eq!(std::fs::read(aside).unwrap(), b"no");
    }

    #[test]
    fn values_of_a_later_program_stay_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Some(folder.path());
        let text = r#"{"look": "sepia", "author": "Anna", "scale": 1.25, "snap": "bars",
            "ruler": "bars", "targets": [{"master": "cd", "loudness": "loud"}], "mood": 3}"#;
        std::fs::write(Preferences::file(folder.path()), text).unwrap();
        let mut read = Preferences::load(settings);
        assert_eq!((read.author.as_str(), read.scale, read.look), ("Anna", 1.25, Look::default()));
        read.scale = 1.5;
        read.keep(settings);
        let kept = std::fs::read_to_string(Preferences::file(folder.path())).unwrap();
        for word in ["sepia", "Anna", "1.5", "loud", "mood"] {
            assert!(kept.contains(word), "{word}: {kept}");
        }
        // A look that a person chooses counts.
        let mut read = Preferences::load(settings);
        assert_eq!(read.scale, 1.5);
        read.look = Look::Light;
        read.keep(settings);
        assert_eq!(Preferences::load(settings).look, Look::Light);
    }

    #[test]
    fn new_sessions_get_the_usual_targets() {
        let mut session = Session::new("Song", SampleRate(48_000));
        let usual = UsualTarget { master: "cd".into(), loudness: Lufs(-9.0), ceiling: Db(-0.5) };
        Preferences { targets: vec![usual], ..Preferences::default() }.prepare(&mut session);
        let target = |id: &str| session.master(&id.into()).unwrap().target.unwrap();
        assert_eq!((target("cd").loudness, target("cd").ceiling), (Lufs(-9.0), Db(-0.5)));
        assert_eq!(target("streaming").loudness, Lufs(-14.0));
    }
}
