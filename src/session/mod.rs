//! The session document: everything that a person makes for one song and saves. [`Session`] is
//! plain data; a person's changes are [`edit::Edit`]s.
//! Also in this module: undo ([`history`]), the session file ([`file`](mod@file)), the merge of two
//! copies ([`merge`]), and descriptions of changes ([`difference`]).

mod apart;
pub mod brief;
pub mod claim;
pub mod counted;
pub mod delivery;
mod describe;
pub mod difference;
pub mod edit;
pub mod entries;
pub mod file;
pub mod file_ref;
pub mod grid;
pub mod history;
pub mod ids;
pub mod limits;
pub mod lyrics;
pub mod master;
pub mod merge;
pub mod naming;
pub mod newer;
pub mod preset;
pub mod ready;
pub mod reference;
mod shelf;
pub mod snapshot;
pub mod sound;
pub mod stem;
mod told;
pub mod update;
pub mod version;

use crate::dates::now_utc;
use crate::disk;
use crate::dsp::chain::Slot;
use crate::dsp::pan::PanLaw;
use crate::dsp::parameter::ParameterId;
use crate::session::counted::CloneCounter;
use crate::units::{Db, EntryId, Frames, SampleRate, Seconds};
use brief::Brief;
pub use delivery::Delivery;
use grid::Grid;
pub use ids::{MasterId, VersionId};
use lyrics::Lyrics;
use master::Master;
use reference::Reference;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use snapshot::Snapshot;
use std::fmt;
use stem::{FileRef, Stem, StemId};
use version::{Standard, Version};

/// Version of the session format that this program writes. Schema 1 named automated parameters by
/// their displayed names, schema 2 by [`ParameterId`](crate::dsp::parameter::ParameterId).
pub const SCHEMA: u32 = 2;

/// Fields from a newer program, unknown to this one; kept and written back.
pub type Unknown = Map<String, Value>;

/// Brings the tree of a session of an earlier schema into the present form.
pub fn upgrade(tree: &mut Value) {
    let schema = tree.get("schema").and_then(Value::as_u64);
    if schema.is_none_or(|schema| schema >= u64::from(SCHEMA)) {
        return;
    }
    for version in each(tree, "versions") {
        let id = version.get("id").and_then(Value::as_str).unwrap_or_default();
        let standard = Standard::of_schema_1(id).and_then(|one| serde_json::to_value(one).ok());
        if let (Some(standard), Some(version)) = (standard, version.as_object_mut()) {
            version.entry("standard").or_insert(standard);
        }
    }
    name_parameters_by_id(tree);
    each(tree, "stems").for_each(name_parameters_by_id);
    if let Some(session) = tree.as_object_mut() {
        session.insert("schema".into(), SCHEMA.into());
    }
}

/// The entries of a list in a tree; none where there is no such list.
fn each<'a>(of: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    of.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

/// In the chain of a stem, or of the mix.
fn name_parameters_by_id(owner: &mut Value) {
    for slot in each(owner, "chain") {
        for automation in each(slot, "automation") {
            if let Some(parameter) = automation.get_mut("parameter")
                && let Some(name) = parameter.as_str()
            {
                *parameter = ParameterId::of_schema_1(name).as_str().into();
            }
        }
    }
}

/// The session of one song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub schema: u32,
    /// Identity of the session and its comments, independent of file names; the same in all copies.
    /// A session saved as another one gets a new id. Empty until an id is given.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub song: Song,
    pub sample_rate: SampleRate,
    #[serde(default)]
    pub pan_law: PanLaw,
    /// Whether stem trims act before or after the chain.
    #[serde(default)]
    pub trim: TrimPlace,
    pub stems: Vec<Stem>,
    /// Fader of the mix: the level of every version, before the mix chain.
    #[serde(default, skip_serializing_if = "Db::is_unity")]
    pub fader: Db,
    /// The mix chain: processors of every version, before its masters.
    #[serde(default)]
    pub chain: Vec<Slot>,
    /// The rough mix, for comparison only; never part of the mix.
    #[serde(default)]
    pub reference: Option<FileRef>,
    /// Other songs for comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    #[serde(default)]
    pub sections: Vec<Section>,
    pub versions: Vec<Version>,
    pub masters: Vec<Master>,
    #[serde(default)]
    pub delivery: Delivery,
    /// Saved balances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<Snapshot>,
    /// What the client asked for.
    #[serde(default, skip_serializing_if = "Brief::is_empty")]
    pub brief: Brief,
    /// The song's words, and decisions about explicit ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lyrics: Option<Lyrics>,
    /// Hashes of earlier saved or delivered states, the latest last. They show the common ancestor
    /// of two copies, and the revision that a state continues.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lineage: Vec<String>,
    /// Author, machine and time of the last save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<Saved>,
    #[serde(flatten)]
    pub unknown: Unknown,
    #[serde(skip)]
    pub counted: CloneCounter,
}

/// Position of the trim in a stem's signal path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimPlace {
    /// After the chain, beside the fader: the place in older sessions, which thus keep their sound.
    #[default]
    AfterChain,
    /// Before the chain: the trim sets the level into the processors.
    BeforeChain,
}

/// Author, machine and time of a save.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// Name of the person.
    pub by: String,
    /// Name of the machine.
    pub on: String,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub at: String,
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.by.is_empty() { "somebody" } else { &self.by };
        write!(f, "by {by} on {}, {} UTC", self.on, self.at.get(..16).unwrap_or(&self.at))
    }
}

/// Facts about the song.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Song {
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artist: String,
    /// Tempo in beats per minute.
    pub tempo: Option<f64>,
    /// Beats per bar, and the note value of a beat.
    pub meter: Option<(u32, u32)>,
    /// Start of the first bar.
    pub downbeat: Seconds,
    /// Start of each bar, in order, for a varying tempo.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Seconds>,
    pub key: Option<String>,
    /// The program that the stems come from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub daw: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A section of the song, up to the start of the next one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub name: String,
    pub start: Seconds,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Section {
    pub fn new(name: &str, start: Seconds) -> Self {
        Self { id: EntryId::default(), name: name.into(), start, unknown: Unknown::new() }
    }
}

impl Session {
    /// Versions and masters of the files that are made.
    pub fn included(&self) -> impl Iterator<Item = (&Version, &Master)> {
        let pairs = self.versions.iter().flat_map(|v| self.masters.iter().map(move |m| (v, m)));
        pairs.filter(|(v, m)| self.delivery.includes(&v.id, &m.id))
    }

    /// An empty session with the default versions and masters.
    pub fn new(title: &str, sample_rate: SampleRate) -> Self {
        Self {
            schema: SCHEMA,
            id: EntryId::default(),
            song: Song { title: title.into(), ..Song::default() },
            sample_rate,
            pan_law: PanLaw::default(),
            trim: TrimPlace::BeforeChain,
            stems: Vec::new(),
            fader: Db::UNITY,
            chain: Vec::new(),
            reference: None,
            references: Vec::new(),
            sections: Vec::new(),
            versions: version::usual(),
            masters: master::usual(),
            delivery: Delivery::default(),
            snapshots: Vec::new(),
            brief: Brief::default(),
            lyrics: None,
            lineage: Vec::new(),
            saved: None,
            unknown: Unknown::new(),
            counted: CloneCounter,
        }
    }

    /// A copy without identity, lineage and author, to compare or merge content.
    pub fn work(&self) -> Session {
        let (id, lineage) = (EntryId::default(), Vec::new());
        Session { id, lineage, saved: None, ..self.clone() }
    }

    /// Sets author, machine and time of the save to `by`, this machine and now.
    pub fn sign(&mut self, by: &str) {
        let (date, time) = now_utc();
        self.saved =
            Some(Saved { by: by.into(), on: disk::machine(), at: format!("{date} {time}") });
    }

    pub fn stem(&self, id: StemId) -> Option<&Stem> {
        self.stems.iter().find(|stem| stem.id == id)
    }

    pub fn version(&self, id: &VersionId) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == *id)
    }

    /// A master of the session, or one of the two built-in masters without a target.
    pub fn master(&self, id: &MasterId) -> Option<Master> {
        let own = self.masters.iter().find(|master| master.id == *id).cloned();
        own.or_else(|| master::plain().into_iter().find(|master| master.id == *id))
    }

    /// A stem id that is not used yet.
    pub fn next_stem_id(&self) -> StemId {
        StemId(self.stems.iter().map(|stem| stem.id.0).max().unwrap_or(0) + 1)
    }

    /// Length up to the end of the last-ending stem.
    pub fn length(&self) -> Frames {
        let ends = self.stems.iter().map(|stem| stem.end(self.sample_rate));
        ends.max().unwrap_or_default()
    }

    /// Length of a beat; `None` if the tempo is unknown or outside 10 to 1000 BPM.
    pub fn beat(&self) -> Option<Seconds> {
        self.song
            .tempo
            .filter(|tempo| (10.0..=1000.0).contains(tempo))
            .map(|tempo| Seconds(60.0 / tempo))
    }

    /// Bar and beat at a time, both from 1; `None` without a grid.
    pub fn bar_at(&self, time: Seconds) -> Option<(i64, u32)> {
        Some(Grid::of(self)?.bar_and_beat(time))
    }
}
