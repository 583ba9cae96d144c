//! Findings of an examination: kind, severity, sentence, places and mend. Plain data, which the
//! judges make and window, command line and report show.

use crate::session::stem::StemId;
use crate::texts::say;
use crate::units::{Frames, Seconds};
use serde::{Deserialize, Serialize};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Information only.
    Note,
    /// Needs a look; may be intended.
    Caution,
    /// Must be mended before mixing.
    Fault,
}

/// Subject of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// Repairs that the program can make. For everything else the sender must export again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Mend {
    /// Moves the start earlier (negative) or later, in frames of the session's rate.
    Shift { frames: i64 },
    /// Inverts the polarity.
    Polarity,
    /// Subtracts a DC offset from left and right.
    Dc { offset: [f64; 2] },
    /// Converts to the session's rate.
    Convert,
    /// Appends silence, so that all stems have one length.
    Pad { frames: Frames },
    /// Renames the file by the naming standard.
    Rename { name: String },
}

impl Mend {
    /// Label of the button.
    pub fn name(&self) -> &'static str {
        match self {
            Mend::Shift { .. } => "Align",
            Mend::Polarity => "Invert",
            Mend::Dc { .. } => "Remove",
            Mend::Convert => "Convert",
            Mend::Pad { .. } => "Pad",
            Mend::Rename { .. } => "Rename",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    pub kind: Kind,
    pub severity: Severity,
    /// `None` if it concerns the whole set.
    #[serde(skip)]
    pub stem: Option<StemId>,
    /// The fault and the remedy, in plain words.
    pub sentence: String,
    /// Where it is audible, at most `PLACES` spans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Span>,
    /// Probability, if the finding is not certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
}

/// Most places that a finding lists.
pub const PLACES: usize = 20;

impl Finding {
    pub fn new(kind: Kind, severity: Severity, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        let (stem, at, probability, mend) = (None, Vec::new(), None, None);
        Self { kind, severity, stem, sentence, at, probability, mend }
    }

    /// Whether a person should look at it: all but notes.
    pub fn is_to_check(&self) -> bool {
        self.severity > Severity::Note
    }

    /// Sets the places; keeps the first `PLACES`.
    pub fn at(mut self, at: impl IntoIterator<Item = Span>) -> Self {
        self.at = at.into_iter().take(PLACES).collect();
        self
    }

    /// Sets the probability, rounded to hundredths.
    pub fn likely(mut self, probability: f64) -> Self {
        self.probability = Some((probability * 100.0).round() / 100.0);
        self
    }

    pub fn mended_by(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }

    /// The sentence with its first three places.
    pub fn line(&self) -> String {
        let places: Vec<String> =
            self.at.iter().take(3).map(|span| span.from.to_string()).collect();
        let places = places.join(", ");
        match self.at.len() {
            0 => self.sentence.clone(),
            1..=3 => say!("finding-at", sentence = &self.sentence, places = places),
            _ => say!("finding-at-more", sentence = &self.sentence, places = places),
        }
    }
}
