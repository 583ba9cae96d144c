//! Masters: where a version goes, and the numbers it must meet there.

use crate::dsp::chain::Kind;
use crate::dsp::dither::Shaping;
use crate::dsp::limiter::LimiterSettings;
use crate::media::sink::FileFormat;
use crate::media::writer::BitDepth;
use crate::session::{Unknown, ids};
use crate::units::{Db, EntryId, Hz, Lufs, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// One master.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Master {
    /// Short name for lists and file names: `streaming`, `cd` …
    #[serde(deserialize_with = "ids::one")]
    pub id: String,
    /// Its own for ever, whatever its id becomes when two add at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    /// What the file must meet; without one the version leaves as it is.
    pub target: Option<Target>,
    pub depth: BitDepth,
    #[serde(default)]
    pub format: FileFormat,
    #[serde(default)]
    pub limiter: LimiterCharacter,
    /// Of the dither, where bits are lost.
    #[serde(default)]
    pub shaping: Shaping,
    pub rate: RateRule,
    /// What a cutting head asks for.
    #[serde(default)]
    pub vinyl: Option<Vinyl>,
    /// Processors of the session's master chain that this master leaves out.
    #[serde(default)]
    pub without: Vec<Kind>,
    /// Length a whole number of CD sectors.
    #[serde(default)]
    pub sectors: bool,
    /// A broadcast WAV, with its loudness inside.
    #[serde(default)]
    pub broadcast: bool,
    /// How loud versions with other stems than the full mix are.
    #[serde(default)]
    pub alternates: Alternates,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The numbers of a master.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub loudness: Lufs,
    /// True peak at most, in dBTP.
    pub ceiling: Db,
    /// Whether the limiter may be used to get there. Without it the file is as loud as the
    /// ceiling lets it be, and no louder than the target.
    pub limit: bool,
}

/// How a master treats versions whose time is that of the full mix and whose stems are others:
/// instrumental, a cappella, TV mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternates {
    /// Each meets the target by itself. The default: every file is as loud as its platform asks
    /// for, and can be used without the others.
    #[default]
    Own,
    /// With the gain and the ceiling of the full mix: what is left is as loud as in the mix.
    MixGain,
    /// Also with its gain changes: dynamics and limiter listen to the full mix, so that
    /// instrumental and a cappella add up to it.
    Linked,
}

impl Alternates {
    pub const ALL: [Alternates; 3] = [Alternates::Own, Alternates::MixGain, Alternates::Linked];

    pub fn name(self) -> &'static str {
        match self {
            Alternates::Own => "each on target",
            Alternates::MixGain => "gain of the full mix",
            Alternates::Linked => "linked to the full mix",
        }
    }
}

/// How hard the limiter of a master may work, and how it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimiterCharacter {
    pub look_ahead: Seconds,
    /// 0 is none: the gain comes up as fast as it went down.
    pub release: Seconds,
    /// The most that may be taken off the loudest peak to reach the target.
    pub most_reduction: Db,
}

impl Default for LimiterCharacter {
    fn default() -> Self {
        let plain = LimiterSettings::at(Db::UNITY);
        Self { look_ahead: plain.look_ahead, release: plain.release, most_reduction: Db(20.0) }
    }
}

/// The sample rate of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateRule {
    /// That of the session.
    Session,
    /// Always this one.
    Fixed(SampleRate),
    /// This one, or the session's if that is higher.
    AtLeast(SampleRate),
}

/// Settings of the vinyl filter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vinyl {
    /// The side signal is high-passed here.
    pub mono_below: Hz,
    /// Everything is high-passed here.
    pub rumble_below: Hz,
}

/// How far from its target a file may be, in LU.
pub const TOLERANCE: Db = Db(0.05);
/// Frames in a CD sector, 1/75 s.
pub const SECTOR: u64 = 588;

impl Master {
    /// The limiter of this master at a ceiling.
    pub fn limiter_at(&self, ceiling: Db) -> LimiterSettings {
        let LimiterCharacter { look_ahead, release, .. } = self.limiter;
        let look_ahead = Seconds(look_ahead.0.clamp(0.0003, 0.010));
        let release = Seconds(release.0.clamp(0.0, 0.5));
        LimiterSettings { look_ahead, release, ..LimiterSettings::at(ceiling) }
    }

    /// How the samples of its files are stored.
    pub fn file_depth(&self) -> BitDepth {
        self.format.depth(self.depth)
    }

    pub fn file_rate(&self, session: SampleRate) -> SampleRate {
        match self.rate {
            RateRule::Session => session,
            RateRule::Fixed(rate) => rate,
            RateRule::AtLeast(rate) => session.max(rate),
        }
    }
}

fn master(id: &str, name: &str, target: Option<(f64, f64)>, depth: BitDepth) -> Master {
    Master {
        id: id.into(),
        uid: EntryId::of_text(id),
        name: name.into(),
        target: target.map(|(loudness, ceiling)| Target {
            loudness: Lufs(loudness),
            ceiling: Db(ceiling),
            limit: true,
        }),
        limiter: LimiterCharacter::default(),
        depth,
        format: FileFormat::Wav,
        shaping: Shaping::Flat,
        rate: RateRule::Session,
        vinyl: None,
        without: Vec::new(),
        sectors: false,
        broadcast: false,
        alternates: Alternates::Own,
        unknown: Unknown::new(),
    }
}

fn broadcast(id: &str, name: &str, loudness: f64, ceiling: f64) -> Master {
    Master {
        rate: RateRule::Fixed(SampleRate(48_000)),
        broadcast: true,
        ..master(id, name, Some((loudness, ceiling)), BitDepth::Int24)
    }
}

/// Streaming, CD, vinyl and broadcast.
pub fn usual() -> Vec<Master> {
    vec![
        master("streaming", "Streaming", Some((-14.0, -1.0)), BitDepth::Int24),
        Master {
            rate: RateRule::Fixed(SampleRate(44_100)),
            sectors: true,
            shaping: Shaping::Itu468,
            ..master("cd", "CD", Some((-10.0, -0.3)), BitDepth::Int16)
        },
        Master {
            target: Some(Target { loudness: Lufs(-16.0), ceiling: Db(-3.0), limit: false }),
            rate: RateRule::AtLeast(SampleRate(96_000)),
            vinyl: Some(Vinyl { mono_below: Hz(150.0), rumble_below: Hz(20.0) }),
            without: vec![Kind::Clip],
            ..master("vinyl", "Vinyl", None, BitDepth::Int24)
        },
        broadcast("broadcast", "Broadcast", -24.0, -2.0),
    ]
}

/// Ready-made masters beside the usual four.
pub fn presets() -> Vec<Master> {
    let streaming = [
        ("apple", "Apple Music", -16.0, -1.0),
        ("youtube", "YouTube", -14.0, -1.0),
        ("amazon", "Amazon Music", -14.0, -2.0),
        ("deezer", "Deezer", -15.0, -1.0),
        ("tidal", "Tidal", -14.0, -1.0),
        ("aes", "AES TD1008", -16.0, -1.0),
        ("podcast", "Podcast", -16.0, -1.0),
        ("club", "Club", -8.0, -0.5),
    ];
    let mut all: Vec<Master> = streaming
        .into_iter()
        .map(|(id, name, loudness, ceiling)| {
            master(id, name, Some((loudness, ceiling)), BitDepth::Int24)
        })
        .collect();
    all.push(broadcast("r128", "EBU R128", -23.0, -1.0));
    all.push(broadcast("a85", "ATSC A/85", -24.0, -2.0));
    all.push(broadcast("netflix", "Netflix, dialogue", -27.0, -2.0));
    all
}

/// The version bus as it is: 32-bit float for checking and for stems, and 24-bit.
pub fn plain() -> Vec<Master> {
    vec![
        master("mix", "Mix", None, BitDepth::Float32),
        master("mix24", "Mix, 24-bit", None, BitDepth::Int24),
    ]
}
