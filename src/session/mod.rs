//! The document: what a person made and saves. Plain data, changed only by [`edit::Edit`]s.

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
pub mod stem;
mod told;
pub mod update;
pub mod version;

use crate::dates::now_utc;
use crate::disk;
use crate::dsp::chain::Slot;
use crate::dsp::pan::PanLaw;
use crate::session::counted::Counted;
use crate::units::{EntryId, Frames, SampleRate, Seconds};
use brief::Brief;
pub use delivery::Delivery;
use grid::Grid;
use lyrics::Lyrics;
use master::Master;
use reference::Reference;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use snapshot::Snapshot;
use std::fmt;
use stem::{FileRef, Stem, StemId};
use version::Version;

/// Version of the session format that this program writes. Schema 1 named automated parameters by
/// their displayed names, schema 2 by [`ParameterId`](crate::dsp::parameter::ParameterId).
pub const SCHEMA: u32 = 2;

/// Fields that a newer program wrote and this one does not know.
pub type Unknown = Map<String, Value>;

/// One song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub schema: u32,
    /// By it a session is known under whatever name: copies of it, and its comments. One that is
    /// saved as another gets a new one; empty is still to be given.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub song: Song,
    pub sample_rate: SampleRate,
    #[serde(default)]
    pub pan_law: PanLaw,
    /// Where the trims of stems work.
    #[serde(default)]
    pub trim: TrimPlace,
    pub stems: Vec<Stem>,
    /// Processors on every version, before it goes to its masters.
    #[serde(default)]
    pub chain: Vec<Slot>,
    /// The rough mix: heard for comparison, never part of the sum.
    #[serde(default)]
    pub reference: Option<FileRef>,
    /// Other songs to compare with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    #[serde(default)]
    pub sections: Vec<Section>,
    pub versions: Vec<Version>,
    pub masters: Vec<Master>,
    #[serde(default)]
    pub delivery: Delivery,
    /// Balances that were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<Snapshot>,
    /// What the client asked for.
    #[serde(default, skip_serializing_if = "Brief::is_empty")]
    pub brief: Brief,
    /// What is sung, and what a clean version leaves out of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lyrics: Option<Lyrics>,
    /// Hashes of the states that it was saved or delivered in before, the latest last: from them
    /// it is known what two copies have in common, and which revision somebody goes on from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lineage: Vec<String>,
    /// Who saved it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<Saved>,
    #[serde(flatten)]
    pub unknown: Unknown,
    #[serde(skip)]
    pub counted: Counted,
}

/// Where the trim of a stem works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimPlace {
    /// Where it did in sessions of before: after the chain, beside the fader. They keep their sound
    /// until a person changes it.
    #[default]
    AfterChain,
    /// It drives the chain.
    BeforeChain,
}

/// A save, as others see it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// The person.
    pub by: String,
    /// The machine.
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
    /// Beats per minute.
    pub tempo: Option<f64>,
    /// Beats in a bar, and the note that is a beat.
    pub meter: Option<(u32, u32)>,
    /// Where the first bar begins.
    pub downbeat: Seconds,
    /// Where each bar begins, in order, if the tempo is not steady.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Seconds>,
    pub key: Option<String>,
    /// The program that the stems come from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub daw: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A part of the song, from its start to that of the next.
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
    /// An empty session with the usual versions and masters.
    pub fn new(title: &str, sample_rate: SampleRate) -> Self {
        Self {
            schema: SCHEMA,
            id: EntryId::default(),
            song: Song { title: title.into(), ..Song::default() },
            sample_rate,
            pan_law: PanLaw::default(),
            trim: TrimPlace::BeforeChain,
            stems: Vec::new(),
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
            counted: Counted,
        }
    }

    /// What was made, without which session it is, where it came from and who saved it.
    pub fn work(&self) -> Session {
        let (id, lineage) = (EntryId::default(), Vec::new());
        Session { id, lineage, saved: None, ..self.clone() }
    }

    /// Says who saves it, now and on this machine.
    pub fn sign(&mut self, by: &str) {
        let (date, time) = now_utc();
        self.saved =
            Some(Saved { by: by.into(), on: disk::machine(), at: format!("{date} {time}") });
    }

    pub fn stem(&self, id: StemId) -> Option<&Stem> {
        self.stems.iter().find(|stem| stem.id == id)
    }

    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// A master of the session, or one of the two that need no target.
    pub fn master(&self, id: &str) -> Option<Master> {
        let own = self.masters.iter().find(|master| master.id == id).cloned();
        own.or_else(|| master::plain().into_iter().find(|master| master.id == id))
    }

    /// An id that no stem has.
    pub fn next_stem_id(&self) -> StemId {
        StemId(self.stems.iter().map(|stem| stem.id.0).max().unwrap_or(0) + 1)
    }

    /// From the first frame to the end of the longest stem.
    pub fn length(&self) -> Frames {
        let ends = self.stems.iter().map(|stem| stem.end(self.sample_rate));
        ends.max().unwrap_or_default()
    }

    /// Beat length, if the tempo is known, and one that music can have.
    pub fn beat(&self) -> Option<Seconds> {
        self.song
            .tempo
            .filter(|tempo| (10.0..=1000.0).contains(tempo))
            .map(|tempo| Seconds(60.0 / tempo))
    }

    /// Bar and beat at a time, both from 1.
    pub fn bar_at(&self, time: Seconds) -> Option<(i64, u32)> {
        Some(Grid::of(self)?.bar_and_beat(time))
    }
}
