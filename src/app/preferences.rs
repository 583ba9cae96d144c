//! Preferences of the user: look, timeline, meters, panels, folders, usual targets. [`Preferences`]
//! is kept between runs in `preferences.json` of the settings folder.

use super::theme::{self, Palette};
use crate::disk;
use crate::review::exchange::times::TimeNotation;
use crate::session::ids::MasterId;
use crate::session::{Session, Unknown, newer};
use crate::texts::{self, say};
use crate::units::{Db, Lufs};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Colour theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    #[default]
    Dark,
    Light,
    /// The theme of the desktop.
    System,
}

/// Unit of the ruler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulerUnit {
    #[default]
    Time,
    Bars,
    Samples,
}

/// Snapping of the pointer on the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snap {
    #[default]
    Off,
    /// Beats or bars, or the marks of the ruler if no tempo is known.
    Grid,
    Sections,
    /// Zero crossings of the selected stem.
    Zero,
}

/// How the timeline scrolls during playback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// By a page when the playhead leaves the visible part.
    #[default]
    Page,
    /// Continuously, with the playhead in the middle.
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
    /// From −18 to +9 LU relative to the target (EBU Tech 3341, 2.7).
    EbuPlus9,
    /// From −36 to +18 LU relative to the target (EBU Tech 3341, 2.7).
    EbuPlus18,
}

/// Tilt of a drawn spectrum, in dB per octave. A tilted spectrum of music looks level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slope {
    #[default]
    Flat,
    Three,
    FourAndAHalf,
}

/// Averaging of the live spectrum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Averaging {
    #[default]
    Fast,
    Slow,
    /// The mean since the meters were reset.
    Forever,
}

/// Implements the list of values, their names for menus, and the next value.
macro_rules! choices {
    ($kind:ident { $($value:ident => $name:expr),+ $(,)? }) => {
        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$value),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// The next value; the first after the last.
            pub fn next(self) -> Self {
                let at = Self::ALL.iter().position(|one| *one == self).unwrap_or(0);
                Self::ALL.get((at + 1) % Self::ALL.len()).copied().unwrap_or(self)
            }
        }
    };
}

choices!(Look {
    Dark => say!("window-look-dark"),
    Light => say!("window-look-light"),
    System => say!("window-look-system"),
});
choices!(RulerUnit {
    Time => say!("window-ruler-time"),
    Bars => say!("window-ruler-bars"),
    Samples => say!("window-ruler-samples"),
});
choices!(Snap {
    Off => say!("window-snap-off"),
    Grid => say!("window-snap-grid"),
    Sections => say!("window-snap-sections"),
    Zero => say!("window-snap-zero"),
});
choices!(Follow {
    Page => say!("window-follow-page"),
    Centre => say!("window-follow-centre"),
    Off => say!("window-follow-off"),
});
choices!(MeterScale {
    Full => say!("window-scale-full"),
    EbuPlus9 => "EBU +9",
    EbuPlus18 => "EBU +18",
});
choices!(Slope {
    Flat => say!("window-slope-flat"),
    Three => say!("window-slope-three"),
    FourAndAHalf => say!("window-slope-four-and-a-half"),
});
choices!(Averaging {
    Fast => say!("window-averaging-fast"),
    Slow => say!("window-averaging-slow"),
    Forever => say!("window-averaging-forever"),
});

impl Slope {
    pub fn per_octave(self) -> Db {
        Db(match self {
            Self::Flat => 0.0,
            Self::Three => 3.0,
            Self::FourAndAHalf => 4.5,
        })
    }
}

/// Size and position of the window, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowState {
    pub size: [f32; 2],
    pub position: Option<[f32; 2]>,
    pub maximised: bool,
}

/// Target of a master in new sessions, if the user changed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsualTarget {
    /// Id of the master.
    pub master: MasterId,
    pub loudness: Lufs,
    pub ceiling: Db,
}

/// All preferences, as they are written to disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Code of the language of the window, such as `de`; English if there is no such file.
    pub language: String,
    pub look: Look,
    /// Zoom of the window's contents, 1 to 3.
    pub scale: f32,
    pub reduced_motion: bool,
    pub ruler: RulerUnit,
    pub snap: Snap,
    pub follow: Follow,
    /// Waveforms are drawn after the stem's chain.
    pub processed: bool,
    /// Lanes are grouped by role.
    pub grouped: bool,
    /// The Mix view shows the mixer instead of the timeline.
    pub mixer: bool,
    /// Height of a lane, in points.
    pub lane: f32,
    /// Width of the loudness panel, in points.
    pub loudness_width: f32,
    /// Hides the loudness panel; in a narrow view, shows it.
    pub loudness_hidden: bool,
    /// Height of the rack in points; `None` for the automatic height.
    pub rack_height: Option<f32>,
    /// Hides the rack; in a low view, shows it.
    pub rack_hidden: bool,
    pub meter_scale: MeterScale,
    pub slope: Slope,
    pub averaging: Averaging,
    /// Folder that dialogs for stems open; `None` for the desktop's choice.
    pub stems_folder: Option<PathBuf>,
    pub targets: Vec<UsualTarget>,
    /// Number of hints that were read.
    pub hints: usize,
    pub window: Option<WindowState>,
    /// Author of new comments.
    pub author: String,
    /// Form of times in exported files of comments.
    pub comment_times: TimeNotation,
    /// Keeps copies of stems in the cache, to compare them with new exports.
    pub keep_copies: bool,
    /// Fields that only a later program knows; they are written back.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Size limit for reading a file of settings, in bytes.
pub const LARGEST: u64 = 10_000_000;

/// Default height of a lane, in points.
pub const LANE: f32 = 72.0;
/// Allowed heights of a lane, in points.
pub const LANES: std::ops::RangeInclusive<f32> = 40.0..=220.0;
/// Default width of the loudness panel, in points.
pub const LOUDNESS: f32 = 270.0;
/// Allowed widths of the loudness panel, in points.
pub const LOUDNESSES: std::ops::RangeInclusive<f32> = 230.0..=460.0;
/// Values of [`Preferences::scale`] to choose from.
pub const SCALES: [f32; 7] = [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: texts::Texts::english().language().into(),
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
            comment_times: TimeNotation::default(),
            keep_copies: true,
            unknown: Unknown::new(),
        }
    }
}

impl Preferences {
    fn file(settings: &Path) -> PathBuf {
        settings.join("preferences.json")
    }

    /// Reads the preferences of the last run; defaults if there are none. A value that is not
    /// understood gets its default, and stays in the file.
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

    /// Writes the preferences; failures are ignored. A file that cannot be read is moved aside
    /// before it is replaced.
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

    /// The palette of the look; `ctx` tells the theme of the desktop.
    pub fn palette(&self, ctx: &egui::Context) -> &'static Palette {
        let light = match self.look {
            Look::Dark => false,
            Look::Light => true,
            Look::System => ctx.system_theme() == Some(egui::Theme::Light),
        };
        if light { &theme::LIGHT } else { &theme::DARK }
    }

    /// Makes the window's contents one step of [`SCALES`] larger or smaller.
    pub fn step_scale(&mut self, up: bool) {
        let mut sizes = SCALES.iter().copied();
        let next = if up {
            sizes.find(|size| *size > self.scale + 0.01)
        } else {
            sizes.rfind(|size| *size < self.scale - 0.01)
        };
        self.scale = next.unwrap_or(self.scale);
    }

    /// Sets the user's usual targets in a new session.
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
        // A value that the user chooses replaces the unknown one.
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
