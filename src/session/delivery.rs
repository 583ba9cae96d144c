//! How files leave the house.

use crate::media::writer::BitDepth;
use crate::session::file::FileError;
use crate::session::stem::{Role, StemId};
use crate::session::{Session, Unknown, ids, naming, shelf};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What is packed, how, and under which names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// `1`, `1.2` …
    pub revision: String,
    /// Names of files; see [`naming`].
    pub pattern: String,
    /// Cells of the matrix that are left out: version and master.
    #[serde(deserialize_with = "ids::pairs")]
    pub left_out: Vec<(String, String)>,
    pub include: Include,
    pub package: Packaging,
    pub stems: StemExport,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What goes into a package beside the masters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Include {
    pub stems: bool,
    pub reference: bool,
    pub sheet: bool,
    pub checksums: bool,
    /// What was said about the song, and what became of it.
    pub notes: bool,
    /// The page on which the client hears it and writes.
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

/// The form of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packaging {
    #[default]
    Folder,
    /// Archives, each of which opens alone.
    Zip {
        /// The most that one may hold, in bytes.
        part: u64,
    },
}

/// Many mails, web spaces and older programs stop at two gigabytes.
pub const PART: u64 = 2_000_000_000;

impl Packaging {
    pub const ALL: [(Packaging, &str); 4] = [
        (Packaging::Folder, "Folder"),
        (Packaging::Zip { part: PART }, "Zip, parts under 2 GB"),
        (Packaging::Zip { part: 500_000_000 }, "Zip, parts under 500 MB"),
        (Packaging::Zip { part: u64::MAX }, "Zip, in one piece"),
    ];
}

/// How stems are exported; kept across songs as a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StemExport {
    pub name: String,
    pub grouping: Grouping,
    pub depth: BitDepth,
    /// Names of the files; see [`naming`].
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

/// What becomes one exported stem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Every stem of the session.
    #[default]
    Each,
    /// All stems of a role.
    Roles,
    /// The vocals, and the rest.
    Vocals,
}

impl Grouping {
    pub const ALL: [(Grouping, &str); 3] = [
        (Grouping::Each, "every stem"),
        (Grouping::Roles, "one file per role"),
        (Grouping::Vocals, "vocals and instrumental"),
    ];
}

/// One stem that will be exported.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedStem {
    pub name: String,
    pub role: Role,
    pub ids: Vec<StemId>,
}

impl StemExport {
    /// The stems that a session comes to, in mix order.
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

    /// The templates that come with the program, and those that a person kept.
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

    /// Keeps it for other songs; one of the same name is replaced.
    pub fn keep(&self, settings: &Path) -> Result<PathBuf, FileError> {
        shelf::put(&settings.join("stem-exports"), &self.name, self)
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
