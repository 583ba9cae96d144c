//! What has to be done, with everything that is shared done once.

use crate::dsp::chain::Slot;
use crate::engine::bus::{Lane, lanes};
use crate::engine::cuts::CutMap;
use crate::engine::master::chain_of;
use crate::render::{RenderError, Request};
use crate::session::Session;
use crate::session::master::{Master, Vinyl, plain};
use crate::session::naming::file_name;
use crate::session::version::Version;
use crate::units::{Frames, SampleRate};
use std::cmp::Reverse;
use std::path::{Path, PathBuf};

/// One file to write.
pub struct Cell {
    /// Place in the order that was asked for.
    pub index: usize,
    pub version: Version,
    pub master: Master,
    /// The name it shall have.
    pub path: PathBuf,
    /// What a person should know about the file.
    pub notes: Vec<String>,
}

/// A sum of lanes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    pub lanes: Vec<Lane>,
    /// Time edits. They are made on the stems, before their chains: so a chain hears what is
    /// heard when the version plays, and each stem has the crossfade that suits it.
    pub cuts: Option<CutMap>,
}

impl Bus {
    /// Length at the session's rate, for a song of `whole` frames.
    pub fn length(&self, whole: Frames) -> u64 {
        self.cuts.as_ref().map_or(whole.0, CutMap::length)
    }
}

/// A sum of lanes, converted and filtered: what several masters start from.
pub struct Preparation {
    pub bus: usize,
    /// The time edits of the version: where in the song a frame is from.
    pub course: CutMap,
    pub rate: SampleRate,
    pub vinyl: Option<Vinyl>,
    /// The master chain, as far as these masters use it.
    pub chain: Vec<Slot>,
    pub cells: Vec<Cell>,
}

pub struct Plan {
    /// The distinct sums.
    pub buses: Vec<Bus>,
    pub preparations: Vec<Preparation>,
    /// The revision that the files carry; higher than the session's if that one exists.
    pub revision: String,
    /// Length of the song at the session's rate.
    pub length: Frames,
}

impl Plan {
    pub fn new(session: &Session, request: &Request) -> Result<Self, RenderError> {
        if session.stems.is_empty() {
            return Err(RenderError::NoStems);
        }
        let versions = chosen_versions(session, &request.versions)?;
        let masters = chosen_masters(session, &request.masters)?;
        let everything = request.versions.is_empty() && request.masters.is_empty();
        let left_out = |version: &Version, master: &Master| {
            let skip = &session.delivery.left_out;
            everything && skip.contains(&(version.id.clone(), master.id.clone()))
        };
        let wanted: Vec<(&Version, &Master)> = versions
            .iter()
            .flat_map(|version| masters.iter().map(move |master| (version, master)))
            .filter(|(version, master)| !left_out(version, master))
            .collect();
        let revision = free_revision(session, &request.folder, &wanted);
        let named = with_revision(session, &revision);
        let length = session.length();
        let mut plan = Plan { buses: Vec::new(), preparations: Vec::new(), revision, length };
        for (index, (version, master)) in wanted.into_iter().enumerate() {
            let course = CutMap::of(version, session.sample_rate, length.0);
            let cuts = (!course.is_empty()).then(|| course.clone());
            let bus = Bus { lanes: lanes(session, version), cuts };
            let bus = plan.buses.iter().position(|known| *known == bus).unwrap_or_else(|| {
                plan.buses.push(bus);
                plan.buses.len() - 1
            });
            let cell = Cell {
                index,
                path: target(&named, &request.folder, version, master),
                notes: version.notes(session),
                version: version.clone(),
                master: master.clone(),
            };
            let rate = master.file_rate(session.sample_rate);
            let chain = chain_of(session, master);
            let shared = plan.preparations.iter_mut().find(|known| {
                known.bus == bus
                    && known.course == course
                    && known.rate == rate
                    && known.vinyl == master.vinyl
                    && known.chain == chain
            });
            match shared {
                Some(preparation) => preparation.cells.push(cell),
                None => plan.preparations.push(Preparation {
                    bus,
                    course,
                    rate,
                    vinyl: master.vinyl,
                    chain,
                    cells: vec![cell],
                }),
            }
        }
        // The longest work first, so that at the end no core waits for another.
        plan.preparations
            .sort_by_key(|known| Reverse(known.rate.0 * (1 + known.cells.len() as u32)));
        Ok(plan)
    }

    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.preparations.iter().flat_map(|preparation| &preparation.cells)
    }

    /// Frames of all passes: mix, prepare, write and measure.
    pub fn work(&self) -> u64 {
        let prepared: u64 = self
            .preparations
            .iter()
            .map(|known| {
                let frames = Frames(known.course.length());
                let own = frames.at_rate(SampleRate(48_000), known.rate).0;
                own * (1 + 2 * known.cells.len() as u64)
            })
            .sum();
        self.length.0 + prepared
    }
}

fn known_ids<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

fn chosen_versions(session: &Session, ids: &[String]) -> Result<Vec<Version>, RenderError> {
    if ids.is_empty() {
        return Ok(session.versions.iter().map(|version| session.resolved(version)).collect());
    }
    ids.iter()
        .map(|id| {
            session.version(id).map(|version| session.resolved(version)).ok_or_else(|| {
                RenderError::Unknown {
                    kind: "version",
                    id: id.clone(),
                    known: known_ids(session.versions.iter().map(|version| version.id.as_str())),
                }
            })
        })
        .collect()
}

fn chosen_masters(session: &Session, ids: &[String]) -> Result<Vec<Master>, RenderError> {
    if ids.is_empty() {
        return Ok(session.masters.clone());
    }
    ids.iter()
        .map(|id| {
            session.master(id).ok_or_else(|| {
                let all: Vec<Master> = session.masters.iter().cloned().chain(plain()).collect();
                RenderError::Unknown {
                    kind: "master",
                    id: id.clone(),
                    known: known_ids(all.iter().map(|master| master.id.as_str())),
                }
            })
        })
        .collect()
}

fn with_revision(session: &Session, revision: &str) -> Session {
    let mut named = session.clone();
    named.delivery.revision = revision.into();
    named
}

fn target(session: &Session, folder: &Path, version: &Version, master: &Master) -> PathBuf {
    folder.join(format!("{}.wav", file_name(session, &version.name, &master.name)))
}

/// The session's revision, or the next small one for which no file exists yet: 1, 1.1, 1.2 …
fn free_revision(session: &Session, folder: &Path, wanted: &[(&Version, &Master)]) -> String {
    let first = session.delivery.revision.clone();
    let (major, minor) = match first.split_once('.') {
        Some((major, minor)) => (major.to_string(), minor.parse().unwrap_or(0u32)),
        None => (first.clone(), 0),
    };
    let taken = |revision: &str| {
        let named = with_revision(session, revision);
        wanted.iter().any(|(version, master)| target(&named, folder, version, master).exists())
    };
    if !session.delivery.pattern.contains("{rev}") || !taken(&first) {
        return first;
    }
    (minor + 1..)
        .map(|minor| format!("{major}.{minor}"))
        .find(|revision| !taken(revision))
        .unwrap_or(first)
}
