//! Delivery settings: revision, file names, left-out cells, package contents and form, and the
//! export of stems.

use crate::media::writer::BitDepth;
use crate::session::file::FileError;
use crate::session::ids::{MasterId, VersionId};
use crate::session::stem::{Role, StemId};
use crate::session::{Session, Unknown, naming, shelf};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Delivery settings of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// Revision number: `1`, `1.2` …
    pub revision: String,
    /// Pattern for file names; see [`naming`].
    pub pattern: String,
    /// Cells that are not delivered: version and master.
    pub left_out: Vec<(VersionId, MasterId)>,
    pub include: Include,
    pub package: Packaging,
    pub stems: StemExport,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Contents of a package besides the masters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Include {
    pub stems: bool,
    pub reference: bool,
    pub sheet: bool,
    pub checksums: bool,
    /// Comments on the song, with their answers.
    pub notes: bool,
    /// The HTML page for the client.
    pub page: bool,
}

impl Default for Include {
    fn default() -> Self {
        Self {
            stems: true,
            reference: true,
            sheet: true,
            checksums: true,
            notes: false,
            page: false,
        }
    }
}

/// Form of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packaging {
    #[default]
    Folder,
    /// Zip archives that open independently.
    Zip {
        /// Maximum size of one archive, in bytes.
        part: u64,
    },
}

/// Default archive size, in bytes: many mail services, web hosts and older programs stop at 2 GB.
pub const PART: u64 = 2_000_000_000;

impl Packaging {
    pub const ALL: [(Packaging, &str); 4] = [
        (Packaging::Folder, "Folder"),
        (Packaging::Zip { part: PART }, "Zip, parts under 2 GB"),
        (Packaging::Zip { part: 500_000_000 }, "Zip, parts under 500 MB"),
        (Packaging::Zip { part: u64::MAX }, "Zip, in one piece"),
    ];
}

/// Settings for the export of stems; can be saved as a template for other songs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StemExport {
    pub name: String,
    pub grouping: Grouping,
    pub depth: BitDepth,
    /// Pattern for file names; see [`naming`].
    pub pattern: String,
}

impl Default for StemExport {
    fn default() -> Self {
        Self {
            name: "As in the mix, 24-bit".into(),
            grouping: Grouping::Each,
            depth: BitDepth::Int24,
            pattern: naming::STEM_PATTERN.into(),
        }
    }
}

/// How session stems are grouped into exported files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// One file per stem.
    #[default]
    Each,
    /// One file per role.
    Roles,
    /// One file for all vocals, one for the rest.
    Vocals,
}

impl Grouping {
    pub const ALL: [(Grouping, &str); 3] = [
        (Grouping::Each, "every stem"),
        (Grouping::Roles, "one file per role"),
        (Grouping::Vocals, "vocals and instrumental"),
    ];
}

/// One stem file to export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedStem {
    pub name: String,
    pub role: Role,
    pub ids: Vec<StemId>,
}

impl StemExport {
    /// The stem files for a session, in mix order; empty groups are left out.
    pub fn stems(&self, session: &Session) -> Vec<ExportedStem> {
        let of = |name: &str, role: Role, held: &dyn Fn(Role) -> bool| ExportedStem {
            name: name.into(),
            role,
            ids: session.stems.iter().filter(|stem| held(stem.role)).map(|stem| stem.id).collect(),
        };
        let all: Vec<ExportedStem> = match self.grouping {
            Grouping::Each => {
                let one = |stem: &crate::session::stem::Stem| ExportedStem {
                    name: stem.name.clone(),
                    role: stem.role,
                    ids: vec![stem.id],
                };
                session.stems.iter().map(one).collect()
            }
            Grouping::Roles => {
                Role::ALL.map(|role| of(role.name(), role, &|other| other == role)).into()
            }
            Grouping::Vocals => vec![
                of("Instrumental", Role::Other, &|role| !role.is_vocal()),
                of("Vocals", Role::LeadVocals, &Role::is_vocal),
            ],
        };
        all.into_iter().filter(|stem| !stem.ids.is_empty()).collect()
    }

    /// Built-in templates, then those saved in `settings`.
    pub fn templates(settings: Option<&Path>) -> Vec<StemExport> {
        let template = |name: &str, grouping, depth| StemExport {
            name: name.into(),
            grouping,
            depth,
            ..StemExport::default()
        };
        let mut all = vec![
            StemExport::default(),
            template("As in the mix, 32-bit float", Grouping::Each, BitDepth::Float32),
            template("One file per role, 24-bit", Grouping::Roles, BitDepth::Int24),
            template("Vocals and instrumental, 24-bit", Grouping::Vocals, BitDepth::Int24),
        ];
        if let Some(settings) = settings {
            all.extend(shelf::all(&settings.join("stem-exports"), |one: &StemExport| &one.name));
        }
        all
    }

    /// Saves the settings as a template, replacing one of the same name.
    pub fn keep(&self, settings: &Path) -> Result<PathBuf, FileError> {
        shelf::put(&settings.join("stem-exports"), &self.name, self)
    }
}

impl Delivery {
    /// Whether the file of this version in this master is made.
    pub fn includes(&self, version: &VersionId, master: &MasterId) -> bool {
        !self.left_out.iter().any(|(v, m)| v == version && m == master)
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            revision: "1".into(),
            pattern: naming::DEFAULT_PATTERN.into(),
            left_out: Vec::new(),
            include: Include::default(),
            package: Packaging::default(),
            stems: StemExport::default(),
            unknown: Unknown::new(),
        }
    }
}
