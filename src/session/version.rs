//! Versions of a song: which stems are in, and which edits.

use crate::session::Unknown;
use crate::session::stem::{Role, Stem, StemId};
use crate::units::{SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// One version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Short name for lists and file names: `full`, `radio` …
    pub id: String,
    pub name: String,
    pub stems: Selection,
    /// Whether the clean regions of the stems are used.
    #[serde(default)]
    pub clean: bool,
    /// Parts taken out of the song, in order of time.
    #[serde(default)]
    pub cuts: Vec<Cut>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Which stems a version holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    All,
    Without { roles: Vec<Role> },
    Only { roles: Vec<Role> },
    Stems { ids: Vec<StemId> },
}

impl Selection {
    pub fn holds(&self, stem: &Stem) -> bool {
        match self {
            Selection::All => true,
            Selection::Without { roles } => !roles.contains(&stem.role),
            Selection::Only { roles } => roles.contains(&stem.role),
            Selection::Stems { ids } => ids.contains(&stem.id),
        }
    }
}

/// A part that is taken out, with a crossfade over the join.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    pub start: Seconds,
    pub end: Seconds,
    /// Its length; the join is in its middle.
    pub crossfade: Seconds,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Version {
    /// What is special about a file of this version, for a person to know before it is sent:
    /// a radio edit without cuts and a clean version without regions equal the full mix.
    pub fn note(&self, stems: &[Stem]) -> Option<String> {
        let held = || stems.iter().filter(|stem| self.stems.holds(stem));
        if held().next().is_none() {
            return Some(format!("{} is silent: no stem has a role that it holds", self.name));
        }
        if self.id == "radio" && self.cuts.is_empty() {
            return Some("radio edit equals the full mix: no cut is set".into());
        }
        if self.clean && held().all(|stem| stem.clean.is_empty()) {
            return Some("clean equals the full mix: no clean region is set".into());
        }
        if self.stems != Selection::All && held().count() == stems.len() {
            return Some(format!("{} equals the full mix: it holds every stem", self.name));
        }
        None
    }

    /// How much shorter than the song the version is.
    pub fn removed(&self, rate: SampleRate) -> u64 {
        let frames = |cut: &Cut| cut.end.frames(rate).0.saturating_sub(cut.start.frames(rate).0);
        self.cuts.iter().map(frames).sum()
    }
}

/// Full mix, instrumental, a cappella, radio edit and clean.
pub fn usual() -> Vec<Version> {
    let vocals = vec![Role::LeadVocals, Role::BackingVocals];
    let version = |id: &str, name: &str, stems, clean| Version {
        id: id.into(),
        name: name.into(),
        stems,
        clean,
        cuts: Vec::new(),
        unknown: Unknown::new(),
    };
    vec![
        version("full", "Full mix", Selection::All, false),
        version(
            "instrumental",
            "Instrumental",
            Selection::Without { roles: vocals.clone() },
            false,
        ),
        version("acappella", "A cappella", Selection::Only { roles: vocals }, false),
        version("radio", "Radio edit", Selection::All, false),
        version("clean", "Clean", Selection::All, true),
    ]
}
