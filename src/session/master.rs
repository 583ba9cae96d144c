//! Masters: destinations of a version (streaming, CD, vinyl, broadcast), each with a loudness and
//! true-peak target, a limiter and a file format. Also the built-in masters and presets.

use crate::dsp::chain::Kind;
use crate::dsp::dither::Shaping;
use crate::dsp::limiter::LimiterSettings;
use crate::media::sink::FileFormat;
use crate::media::writer::BitDepth;
use crate::session::Unknown;
use crate::session::ids::MasterId;
use crate::units::{Db, EntryId, Hz, Lufs, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// One destination, with its target and file format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Master {
    /// Short name for lists and file names: `streaming`, `cd` …
    pub id: MasterId,
    /// Permanent id. `id` may change when two people add masters at the same time.
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub uid: EntryId,
    pub name: String,
    /// Target of the file; `None` exports the version as it is, without the mix chain.
    pub target: Option<Target>,
    pub depth: BitDepth,
    #[serde(default)]
    pub format: FileFormat,
    #[serde(default)]
    pub limiter: LimiterCharacter,
    /// Noise shaping of the dither, used where the bit depth is reduced.
    #[serde(default)]
    pub shaping: Shaping,
    pub rate: RateRule,
    /// Filter settings for vinyl cutting.
    #[serde(default)]
    pub vinyl: Option<Vinyl>,
    /// Processors of the mix chain that this master skips.
    #[serde(default)]
    pub without: Vec<Kind>,
    /// Whether the length is a whole number of CD sectors.
    #[serde(default)]
    pub sectors: bool,
    /// Whether the file is a broadcast WAV, which stores its loudness.
    #[serde(default)]
    pub broadcast: bool,
    /// Loudness of versions with other stems than the full mix.
    #[serde(default)]
    pub alternates: Alternates,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Loudness and true-peak target of a master.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub loudness: Lufs,
    /// Maximum true peak, in dBTP.
    pub ceiling: Db,
    /// Whether the limiter may be used to reach the loudness. If not, the file is as loud as the
    /// ceiling allows, but not louder than the target.
    pub limit: bool,
}

/// How a master treats versions with the timing of the full mix but other stems: instrumental, a
/// cappella, TV mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alternates {
    /// Each version meets the target by itself, as its platform asks. The default.
    #[default]
    Own,
    /// All use the gain and ceiling of the full mix, so stems stay as loud as in the mix.
    MixGain,
    /// As [`Alternates::MixGain`], and dynamics and limiter follow the full mix: instrumental and a
    /// cappella sum to it.
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

/// Limiter settings of a master.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimiterCharacter {
    pub look_ahead: Seconds,
    /// Release time; at 0 the gain recovers as fast as it was reduced.
    pub release: Seconds,
    /// Maximum gain reduction at the loudest peak, in dB.
    pub most_reduction: Db,
    /// Whether a target that cannot be met is approached with all the reduction that is allowed. If
    /// not, the gain stops at the knee, where a further decibel wins little loudness.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub push_on: bool,
    /// From this gain reduction on, a note says that the file is limited heavily, in dB.
    #[serde(skip_serializing_if = "is_usual_note")]
    pub note_from: Db,
}

/// Heavy limiting gets a note from here on.
const NOTE_FROM: Db = Db(4.0);
/// Limiting that gets a caution among the checks, whatever the masters say of notes.
pub const CAUTION_FROM: Db = Db(8.0);

fn is_usual_note(from: &Db) -> bool {
    *from == NOTE_FROM
}

impl Default for LimiterCharacter {
    fn default() -> Self {
        let plain = LimiterSettings::at(Db::UNITY);
        Self {
            look_ahead: plain.look_ahead,
            release: plain.release,
            most_reduction: Db(20.0),
            push_on: false,
            note_from: NOTE_FROM,
        }
    }
}

/// Rule for the sample rate of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateRule {
    /// The session's rate.
    Session,
    /// Always this rate.
    Fixed(SampleRate),
    /// This rate, or the session's if that is higher.
    AtLeast(SampleRate),
}

/// Settings of the vinyl filter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vinyl {
    /// High-pass frequency of the side signal.
    pub mono_below: Hz,
    /// High-pass frequency of the whole signal.
    pub rumble_below: Hz,
}

/// Allowed deviation from the loudness target, in LU.
pub const TOLERANCE: Db = Db(0.05);
/// Frames per CD sector (1/75 s).
pub const SECTOR: u64 = 588;

impl Master {
    /// Whether the limiter may be used to reach the target.
    pub fn limits(&self) -> bool {
        self.target.is_some_and(|target| target.limit)
    }

    /// Limiter settings at a ceiling. Look-ahead is clamped to 0.3–10 ms, release to 0–0.5 s.
    pub fn limiter_at(&self, ceiling: Db) -> LimiterSettings {
        let LimiterCharacter { look_ahead, release, .. } = self.limiter;
        let look_ahead = Seconds(look_ahead.0.clamp(0.0003, 0.010));
        let release = Seconds(release.0.clamp(0.0, 0.5));
        LimiterSettings { look_ahead, release, ..LimiterSettings::at(ceiling) }
    }

    /// Sample format of the files, as the file format allows.
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

/// The default masters: streaming, CD, vinyl and broadcast.
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

/// Further built-in masters.
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

/// Masters without a target, which export the version bus unchanged: 32-bit float (for checking and
/// stems) and 24-bit.
pub fn plain() -> Vec<Master> {
    vec![
        master("mix", "Mix", None, BitDepth::Float32),
        master("mix24", "Mix, 24-bit", None, BitDepth::Int24),
    ]
}
