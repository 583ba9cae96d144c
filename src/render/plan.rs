//! The plan of a render: which buses to sum, which preparations they need, and which files to
//! write. Shared work appears once. Main type: [`Plan`].

use crate::dsp::chain::Slot;
use crate::engine::bus::{Lane, lanes};
use crate::engine::cuts::CutMap;
use crate::engine::master::chain_of;
use crate::render::{RenderError, Request};
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::master::{Alternates, Master, Vinyl, plain};
use crate::session::naming::{name_in, revisions};
use crate::session::version::Version;
use crate::texts::in_english;
use crate::units::{Frames, SampleRate};
use std::cmp::Reverse;
use std::path::{Path, PathBuf};

/// One file to write: a version in a master.
#[derive(Clone)]
pub struct Cell {
    /// Position in the requested order.
    pub index: usize,
    pub version: Version,
    pub master: Master,
    /// Path that the finished file gets.
    pub path: PathBuf,
    /// Notes on the file for the report.
    pub notes: Vec<String>,
    /// The file was not requested, but others depend on it: it stays a temporary file.
    pub hidden: bool,
}

/// A sum of lanes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    pub lanes: Vec<Lane>,
    /// Time edits. They apply to the stems before their chains: so a chain processes what is heard
    /// when the version plays, and each stem has the crossfade that suits it.
    pub cuts: Option<CutMap>,
}

impl Bus {
    /// Length at the session's rate, for a song of `whole` frames.
    pub fn length(&self, whole: Frames) -> u64 {
        self.cuts.as_ref().map_or(whole.0, CutMap::length)
    }
}

/// A bus after master chain, rate conversion and vinyl filter: the common start of several files.
pub struct Preparation {
    /// Index in [`Plan::buses`].
    pub bus: usize,
    /// Time edits of the version: they map its frames to the song.
    pub course: CutMap,
    /// Sample rate of the files.
    pub rate: SampleRate,
    pub vinyl: Option<Vinyl>,
    /// The processors of the master chain that these masters use.
    pub chain: Vec<Slot>,
    /// Index of the full mix's bus, for a chain that is linked to it.
    pub follows: Option<usize>,
    pub cells: Vec<Cell>,
}

/// Preparations that are made and finished together.
pub struct Group {
    /// Those of the full mix come first.
    pub preparations: Vec<Preparation>,
    pub alternates: Alternates,
}

/// All work of one render.
pub struct Plan {
    /// The distinct buses.
    pub buses: Vec<Bus>,
    pub groups: Vec<Group>,
    /// Revision in the file names; higher than the session's if files of that one exist.
    pub revision: String,
    /// Length of the song at the session's rate.
    pub length: Frames,
}

impl Plan {
    /// Plans a render. Without ids in `request`, cells that the session leaves out of deliveries
    /// are skipped.
    ///
    /// # Errors
    /// `NoStems` for a session without stems; `Unknown` for an id that the session does not have.
    pub fn new(session: &Session, request: &Request) -> Result<Self, RenderError> {
        if session.stems.is_empty() {
            return Err(RenderError::NoStems);
        }
        let versions = chosen_versions(session, &request.versions)?;
        let masters = chosen_masters(session, &request.masters)?;
        let everything = request.versions.is_empty() && request.masters.is_empty();
        let made = |version: &Version, master: &Master| {
            !everything || session.delivery.includes(&version.id, &master.id)
        };
        let asked: Vec<(&Version, &Master)> = versions
            .iter()
            .flat_map(|version| masters.iter().map(move |master| (version, master)))
            .filter(|(version, master)| made(version, master))
            .collect();
        let revision = free_revision(session, &request.folder, &asked);
        let length = session.length();
        let alternates = session.full_mix_and_parts();
        let mut wanted: Vec<(&Version, &Master, bool)> =
            asked.iter().map(|(version, master)| (*version, *master, false)).collect();
        for (version, master) in &asked {
            for needed in needed(&alternates, version, master) {
                let known =
                    |(v, m, _): &(&Version, &Master, bool)| v.id == needed.id && m.id == master.id;
                if !wanted.iter().any(known) {
                    wanted.push((needed, master, true));
                }
            }
        }
        let mut plan = Plan { buses: Vec::new(), groups: Vec::new(), revision, length };
        for (index, (version, master, hidden)) in wanted.into_iter().enumerate() {
            let mut notes = in_english(|| version.notes(session));
            notes.extend(version.without_muted(session));
            if master.alternates != Alternates::Own && alternates.is_empty() {
                notes
                    .push("no version is the full mix: the file meets the target by itself".into());
            }
            let cell = Cell {
                index,
                path: request.folder.join(name_in(session, version, master, &plan.revision)),
                notes,
                version: version.clone(),
                master: master.clone(),
                hidden,
            };
            let together = master.alternates != Alternates::Own && follows(&alternates, version);
            plan.add(session, cell, together.then(|| alternates.first()).flatten());
        }
        for group in &mut plan.groups {
            // The full mix comes first.
            let leads = |known: &Preparation| {
                known
                    .cells
                    .iter()
                    .any(|c| Some(&c.version.id) == alternates.first().map(|full| &full.id))
            };
            group.preparations.sort_by_key(|known| !leads(known));
        }
        // The longest work first, so that no core waits for another at the end.
        plan.groups.sort_by_key(|group| {
            let work = |known: &Preparation| known.rate.0 * (1 + known.cells.len() as u32);
            Reverse(group.preparations.iter().map(work).sum::<u32>())
        });
        Ok(plan)
    }

    /// Index of the bus of a version, which is added if it is new.
    fn bus(&mut self, session: &Session, version: &Version, course: &CutMap) -> usize {
        let cuts = (!course.is_empty()).then(|| course.clone());
        let bus = Bus { lanes: lanes(session, version), cuts };
        self.buses.iter().position(|known| *known == bus).unwrap_or_else(|| {
            self.buses.push(bus);
            self.buses.len() - 1
        })
    }

    /// Adds a file. With `full` it belongs to the group that is made together with the full mix.
    fn add(&mut self, session: &Session, cell: Cell, full: Option<&Version>) {
        let (version, master) = (&cell.version, &cell.master);
        let course = CutMap::of(version, session.sample_rate, self.length.0);
        let bus = self.bus(session, version, &course);
        let alternates = full.map_or(Alternates::Own, |_| master.alternates);
        let follows = full
            .filter(|full| alternates == Alternates::Linked && full.id != version.id)
            .map(|full| self.bus(session, full, &course));
        let preparation = Preparation {
            bus,
            course,
            rate: master.file_rate(session.sample_rate),
            vinyl: master.vinyl,
            chain: chain_of(session, master),
            follows,
            cells: Vec::new(),
        };
        let of_master = |group: &&mut Group| {
            group.alternates == alternates
                && group
                    .preparations
                    .iter()
                    .flat_map(|p| &p.cells)
                    .any(|c| c.master.id == master.id)
        };
        if full.is_some() {
            let preparation = Preparation { cells: vec![cell.clone()], ..preparation };
            match self.groups.iter_mut().find(of_master) {
                Some(group) => group.preparations.push(preparation),
                None => {
                    self.groups.push(Group { preparations: vec![preparation], alternates });
                }
            }
            return;
        }
        let own = self.groups.iter_mut().filter(|group| group.alternates == Alternates::Own);
        let mut known = own.flat_map(|group| &mut group.preparations);
        match known.find(|known| known.is_like(&preparation)) {
            Some(known) => known.cells.push(cell),
            None => {
                let preparations = vec![Preparation { cells: vec![cell], ..preparation }];
                self.groups.push(Group { preparations, alternates });
            }
        }
    }

    pub fn preparations(&self) -> impl Iterator<Item = &Preparation> {
        self.groups.iter().flat_map(|group| &group.preparations)
    }

    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.preparations().flat_map(|preparation| &preparation.cells)
    }

    /// Total frames of all passes, for progress: mix, prepare, write and measure.
    pub fn work(&self) -> u64 {
        let prepared: u64 = self
            .preparations()
            .map(|known| {
                let frames = Frames(known.course.length());
                let own = frames.at_rate(SampleRate(48_000), known.rate).0;
                own * (1 + 2 * known.cells.len() as u64)
            })
            .sum();
        self.length.0 + prepared
    }
}

impl Preparation {
    fn is_like(&self, other: &Preparation) -> bool {
        self.bus == other.bus
            && self.course == other.course
            && self.rate == other.rate
            && self.vinyl == other.vinyl
            && self.chain == other.chain
    }
}

/// Whether a version is among the full mix and its parts.
fn follows(alternates: &[Version], version: &Version) -> bool {
    alternates.iter().any(|known| known.id == version.id)
}

/// Versions that a file depends on: the full mix, whose gain it uses; for linked alternates, all of
/// them.
fn needed<'a>(alternates: &'a [Version], version: &Version, master: &Master) -> &'a [Version] {
    match master.alternates {
        _ if !follows(alternates, version) => &[],
        Alternates::Own => &[],
        Alternates::MixGain => alternates.get(..1).unwrap_or(&[]),
        Alternates::Linked => alternates,
    }
}

fn known_ids<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

/// The versions with these ids, resolved; all of the session's when `ids` is empty.
pub fn chosen_versions(session: &Session, ids: &[VersionId]) -> Result<Vec<Version>, RenderError> {
    if ids.is_empty() {
        return Ok(session.versions.iter().map(|version| session.resolved(version)).collect());
    }
    ids.iter()
        .map(|id| {
            session.version(id).map(|version| session.resolved(version)).ok_or_else(|| {
                RenderError::Unknown {
                    kind: "version",
                    id: id.to_string(),
                    known: known_ids(session.versions.iter().map(|version| version.id.as_str())),
                }
            })
        })
        .collect()
}

/// The masters with these ids; all of the session's when `ids` is empty.
pub fn chosen_masters(session: &Session, ids: &[MasterId]) -> Result<Vec<Master>, RenderError> {
    if ids.is_empty() {
        return Ok(session.masters.clone());
    }
    ids.iter()
        .map(|id| {
            session.master(id).ok_or_else(|| {
                let all: Vec<Master> = session.masters.iter().cloned().chain(plain()).collect();
                RenderError::Unknown {
                    kind: "master",
                    id: id.to_string(),
                    known: known_ids(all.iter().map(|master| master.id.as_str())),
                }
            })
        })
        .collect()
}

/// Whether an included file of this revision lies in `folder`. Names without a revision tell
/// nothing.
pub fn holds_revision(session: &Session, folder: &Path, revision: &str) -> bool {
    let resolved = session.included().map(|(version, master)| (session.resolved(version), master));
    let included: Vec<(Version, &Master)> = resolved.collect();
    let included: Vec<_> = included.iter().map(|(version, master)| (version, *master)).collect();
    is_taken(session, folder, &included, revision)
}

fn is_taken(
    session: &Session,
    folder: &Path,
    wanted: &[(&Version, &Master)],
    revision: &str,
) -> bool {
    let name = |version, master| name_in(session, version, master, revision);
    session.delivery.pattern.contains("{rev}")
        && wanted.iter().any(|(version, master)| folder.join(name(version, master)).exists())
}

/// The session's revision, or the next minor one without existing files: 1, 1.1, 1.2 …
fn free_revision(session: &Session, folder: &Path, wanted: &[(&Version, &Master)]) -> String {
    let first = &session.delivery.revision;
    let free = revisions(first).find(|one| !is_taken(session, folder, wanted, one));
    free.unwrap_or_else(|| first.clone())
}
