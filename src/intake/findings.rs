//! What an examination has to say: one finding, its weight, where it is heard, and what mends it.

use crate::session::stem::StemId;
use crate::units::{Frames, Seconds};
use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Worth a look, and may be meant so.
    Caution,
    /// To be mended before mixing.
    Fault,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Missing,
    Unreadable,
    Truncated,
    Damaged,
    NotNumbers,
    Start,
    Shifted,
    Length,
    Rate,
    MislabelledRate,
    Upsampled,
    Bits,
    PaddedBits,
    Dither,
    Over,
    Clipped,
    Limited,
    Headroom,
    Dc,
    Silent,
    TooQuiet,
    MostlySilent,
    Dropout,
    Stuck,
    Click,
    Polarity,
    MonoAsStereo,
    FakeStereo,
    DeadChannel,
    Mono,
    Lossy,
    Pumping,
    CommonGain,
    Name,
    Role,
    Double,
    MissingGroup,
    TooMany,
    NoReference,
    Difference,
}

/// A part of the song.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    pub from: Seconds,
    pub to: Seconds,
}

/// What can be done about a finding here; everything else has to be exported again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Mend {
    /// Starts the stem earlier (negative) or later, in frames of the session's rate.
    Shift { frames: i64 },
    /// Turns the polarity round.
    Polarity,
    /// Takes a constant offset away, of the left and of the right channel.
    Dc { offset: [f64; 2] },
    /// Converts to the session's rate.
    Convert,
    /// Silence at the end, so that all stems are of one length.
    Pad { frames: Frames },
    /// Names the file by the standard.
    Rename { name: String },
}

impl Mend {
    /// What a button says.
    pub fn name(&self) -> &'static str {
        match self {
            Mend::Shift { .. } => "Align",
            Mend::Polarity => "Turn polarity",
            Mend::Dc { .. } => "Remove DC",
            Mend::Convert => "Convert",
            Mend::Pad { .. } => "Pad",
            Mend::Rename { .. } => "Rename",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    pub severity: Severity,
    /// None where it concerns the whole set.
    #[serde(skip)]
    pub stem: Option<StemId>,
    /// What it is, and what to do about it, in plain words.
    pub sentence: String,
    /// Where it is heard; the first of many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Span>,
    /// Where it cannot be known for sure: how likely it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
}

/// How many places a finding lists.
pub const PLACES: usize = 20;

impl Finding {
    pub fn new(kind: Kind, severity: Severity, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        let (stem, at, probability, mend) = (None, Vec::new(), None, None);
        Self { kind, severity, stem, sentence, at, probability, mend }
    }

    pub fn at(mut self, at: impl IntoIterator<Item = Span>) -> Self {
        self.at = at.into_iter().take(PLACES).collect();
        self
    }

    pub fn likely(mut self, probability: f64) -> Self {
        self.probability = Some((probability * 100.0).round() / 100.0);
        self
    }

    pub fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }

    /// The sentence, with the places that it is about.
    pub fn line(&self) -> String {
        let places: Vec<String> =
            self.at.iter().take(3).map(|span| span.from.to_string()).collect();
        match (places.as_slice(), self.at.len() > 3) {
            ([], _) => self.sentence.clone(),
            (places, more) => {
                let more = if more { " \u{2026}" } else { "" };
                format!("{}, at {}{more}", self.sentence, places.join(", "))
            }
        }
    }
}
