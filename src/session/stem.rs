//! Stems: the files of a song, their roles, strips and clean regions.

use crate::dsp::chain::Slot;
use crate::dsp::strip::{StripAutomation, StripSettings};
use crate::session::Unknown;
pub use crate::session::file_ref::FileRef;
use crate::units::{Db, EntryId, Frames, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Names a stem inside its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StemId(pub u32);

/// What a stem plays; it gives the colour, and says what a version holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Drums,
    Bass,
    Guitars,
    Keys,
    LeadVocals,
    BackingVocals,
    Strings,
    Brass,
    Effects,
    Other,
}

impl Role {
    /// In mix order, from low to high.
    pub const ALL: [Role; 10] = [
        Role::Drums,
        Role::Bass,
        Role::Guitars,
        Role::Keys,
        Role::Strings,
        Role::Brass,
        Role::LeadVocals,
        Role::BackingVocals,
        Role::Effects,
        Role::Other,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Role::Drums => "Drums",
            Role::Bass => "Bass",
            Role::Guitars => "Guitars",
            Role::Keys => "Keys",
            Role::LeadVocals => "Lead vocals",
            Role::BackingVocals => "Backing vocals",
            Role::Strings => "Strings",
            Role::Brass => "Brass",
            Role::Effects => "Effects",
            Role::Other => "Other",
        }
    }

    pub fn is_vocal(self) -> bool {
        matches!(self, Role::LeadVocals | Role::BackingVocals)
    }
}

/// One stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stem {
    pub id: StemId,
    /// Its own for ever, whatever its id becomes when two add at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    pub role: Role,
    pub file: FileRef,
    /// Where the file starts, in frames of the session's rate.
    #[serde(default)]
    pub start: Frames,
    /// Frames at the beginning of the file that lie before the song and are not heard: a stem
    /// that came late is moved to the front by them. At the session's rate.
    #[serde(default, skip_serializing_if = "is_none")]
    pub skip: Frames,
    #[serde(default)]
    pub strip: StripSettings,
    /// What the strip does over the song.
    #[serde(default, skip_serializing_if = "StripAutomation::is_empty")]
    pub automation: StripAutomation,
    /// Processors before the fader, in order.
    #[serde(default)]
    pub chain: Vec<Slot>,
    /// What the clean version changes.
    #[serde(default)]
    pub clean: Vec<CleanRegion>,
    /// What its maker says of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Stem {
    /// A stem that starts with the song, its strip flat.
    pub fn new(id: StemId, name: String, role: Role, file: FileRef) -> Self {
        let (strip, start, skip) = (StripSettings::default(), Frames(0), Frames(0));
        let (chain, clean, unknown) = (Vec::new(), Vec::new(), Unknown::new());
        let (automation, note) = (StripAutomation::default(), String::new());
        let uid = EntryId::default();
        Self {
            id,
            uid,
            name,
            role,
            file,
            start,
            skip,
            strip,
            automation,
            chain,
            clean,
            note,
            unknown,
        }
    }

    /// The frame after its last, at the session's rate.
    pub fn end(&self, rate: SampleRate) -> Frames {
        let own = self.file.info.frames.at_rate(self.file.info.sample_rate, rate);
        Frames((self.start.0 + own.0).saturating_sub(self.skip.0))
    }

    /// Where the first frame of the file lies in the song; negative before its beginning.
    pub fn offset(&self) -> i64 {
        self.start.0 as i64 - self.skip.0 as i64
    }

    /// Start and skip of the stem when it lies so many frames later, or earlier if negative.
    pub fn moved(&self, frames: i64) -> (Frames, Frames) {
        let offset = self.offset().saturating_add(frames);
        (Frames(offset.max(0) as u64), Frames(offset.min(0).unsigned_abs()))
    }
}

fn is_none(frames: &Frames) -> bool {
    *frames == Frames(0)
}

/// A part of a stem that the clean version does not let through as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CleanRegion {
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub start: Seconds,
    pub end: Seconds,
    pub treatment: Treatment,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What happens in a clean region.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Treatment {
    /// Silence.
    Mute,
    /// The same sound backwards.
    Reverse,
    /// A tone of 1 kHz.
    Bleep,
    /// Turned down.
    Dip { gain: Db },
    /// The last vowel before it, held.
    Vowel,
    /// The sound before it, dying away.
    RingOut,
    /// Dull, as through a wall.
    Mumble,
}

impl CleanRegion {
    pub fn new(start: Seconds, end: Seconds, treatment: Treatment) -> Self {
        Self { id: EntryId::default(), start, end, treatment, unknown: Unknown::new() }
    }
}

impl Treatment {
    pub const ALL: [Treatment; 7] = [
        Treatment::Mute,
        Treatment::Dip { gain: Db(-18.0) },
        Treatment::Reverse,
        Treatment::Bleep,
        Treatment::Vowel,
        Treatment::Mumble,
        Treatment::RingOut,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Treatment::Mute => "mute",
            Treatment::Reverse => "reverse",
            Treatment::Bleep => "bleep",
            Treatment::Dip { .. } => "dip",
            Treatment::Vowel => "held vowel",
            Treatment::RingOut => "ring out",
            Treatment::Mumble => "mumble",
        }
    }
}
