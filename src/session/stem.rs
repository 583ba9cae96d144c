//! Stems: [`Stem`] holds one audio file with its role, place in the song, strip, chain and clean
//! regions.
//! Plain data of the session; the signal path is in `engine`.

use crate::dsp::chain::Slot;
use crate::dsp::strip::{StripAutomation, StripSettings};
use crate::session::Unknown;
pub use crate::session::file_ref::FileRef;
use crate::units::{Db, EntryId, Frames, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Number of a stem, unique in its session. Merging may change it; [`Stem::uid`] never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StemId(pub u32);

/// What a stem plays. Sets the stem's colour, and selects stems for versions.
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
    /// All roles in the usual mix order.
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

/// A colour that a person chose for a stem, instead of that of its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    Red,
    Orange,
    Green,
    Teal,
    Blue,
    Indigo,
    Pink,
    Yellow,
    Purple,
    Grey,
}

impl Colour {
    pub const ALL: [Self; 10] = [
        Self::Red,
        Self::Orange,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Indigo,
        Self::Pink,
        Self::Yellow,
        Self::Purple,
        Self::Grey,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "Red",
            Self::Orange => "Orange",
            Self::Green => "Green",
            Self::Teal => "Teal",
            Self::Blue => "Blue",
            Self::Indigo => "Indigo",
            Self::Pink => "Pink",
            Self::Yellow => "Yellow",
            Self::Purple => "Purple",
            Self::Grey => "Grey",
        }
    }
}

/// One stem of a song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stem {
    pub id: StemId,
    /// Permanent id. `id` may change when two people add stems at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    pub role: Role,
    /// `None`: the colour of the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    pub file: FileRef,
    /// Start of the file in the song, in frames at the session's rate.
    #[serde(default)]
    pub start: Frames,
    /// Frames at the beginning of the file that are not played, at the session's rate. They move a
    /// stem earlier than the start of the song.
    #[serde(default, skip_serializing_if = "is_none")]
    pub skip: Frames,
    #[serde(default)]
    pub strip: StripSettings,
    /// Automation of the strip over the song.
    #[serde(default, skip_serializing_if = "StripAutomation::is_empty")]
    pub automation: StripAutomation,
    /// Processors in order, before the fader.
    #[serde(default)]
    pub chain: Vec<Slot>,
    /// Regions that the clean version changes.
    #[serde(default)]
    pub clean: Vec<CleanRegion>,
    /// Free note about the stem, for example from its maker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Stem {
    /// A stem that starts with the song, with a neutral strip.
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
            colour: None,
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

    /// First frame after the stem's end in the song, at the session's rate.
    pub fn end(&self, rate: SampleRate) -> Frames {
        let own = self.file.info.frames.at_rate(self.file.info.sample_rate, rate);
        Frames((self.start.0 + own.0).saturating_sub(self.skip.0))
    }

    /// Song position of the file's first frame, in frames; negative if it lies before the song.
    pub fn offset(&self) -> i64 {
        self.start.0 as i64 - self.skip.0 as i64
    }

    /// New `start` and `skip` for the stem moved later by `frames`; negative moves it earlier.
    pub fn moved(&self, frames: i64) -> (Frames, Frames) {
        let offset = self.offset().saturating_add(frames);
        (Frames(offset.max(0) as u64), Frames(offset.min(0).unsigned_abs()))
    }
}

fn is_none(frames: &Frames) -> bool {
    *frames == Frames(0)
}

/// A region of a stem that the clean version changes.
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

/// What replaces the sound in a clean region.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Treatment {
    /// Silence.
    Mute,
    /// The same sound reversed.
    Reverse,
    /// A 1 kHz tone.
    Bleep,
    /// The same sound, attenuated by `gain`.
    Dip { gain: Db },
    /// The last periodic sound before the region, held.
    Vowel,
    /// The last periodic sound before the region, decaying.
    RingOut,
    /// The same sound through a steep low-pass, as through a wall.
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
            Treatment::Vowel => "hold vowel",
            Treatment::RingOut => "ring out",
            Treatment::Mumble => "mumble",
        }
    }
}
