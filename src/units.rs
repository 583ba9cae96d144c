//! Units as types, so that a decibel is never taken for a factor nor a frame for a second.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::ops::{Add, AddAssign};

/// A level or gain in decibels. `Db::SILENCE` is −∞.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Db(pub f64);

/// A loudness in LUFS (ITU-R BS.1770). `Lufs::SILENCE` is −∞.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lufs(pub f64);

/// A frequency in hertz.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hz(pub f64);

/// A time or duration in seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

/// Frames per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SampleRate(pub u32);

/// A position or length counted in frames (one sample of every channel).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Frames(pub u64);

/// A position in the song, in frames at the session's rate. Before the song it is negative: there
/// the delays of a chain fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SongFrame(pub i64);

impl SongFrame {
    /// This many frames later.
    pub fn after(self, frames: usize) -> Self {
        Self(self.0.saturating_add_unsigned(frames as u64))
    }

    /// The place that a signal has reached once it is this late.
    pub fn behind(self, latency: Latency) -> Self {
        Self(self.0.saturating_sub_unsigned(latency.0 as u64))
    }
}

/// A position in the stream that is played, in frames since the last jump. It runs on where the song
/// loops or is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct StreamFrame(pub i64);

/// How many frames later a signal leaves a processor than it entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Latency(pub usize);

impl Add for Latency {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Latency {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// A stereo position from −1 (left) to +1 (right).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pan(pub f64);

/// Identifies an entry within a list to which several people add. Ids that two people make at the
/// same time differ. An empty id has not been assigned yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(String);

impl EntryId {
    /// A new random id.
    pub fn fresh() -> Self {
        // The keys of each `RandomState` are random, so the hash of a constant is too.
        Self(format!("{:016x}", RandomState::new().hash_one(0)))
    }

    /// The id of a text, the same on every machine: the first 16 hexadecimal digits of its BLAKE3
    /// hash.
    pub fn of_text(text: &str) -> Self {
        Self(blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Db {
    pub const SILENCE: Db = Db(f64::NEG_INFINITY);
    pub const UNITY: Db = Db(0.0);

    pub fn is_unity(&self) -> bool {
        *self == Self::UNITY
    }

    /// The factor for an amplitude: 10^(dB / 20); −∞ dB gives 0.
    pub fn factor(self) -> f64 {
        if self.0 == 0.0 { 1.0 } else { 10f64.powf(self.0 / 20.0) }
    }

    /// The level of an amplitude factor; 0 gives −∞ dB.
    pub fn from_factor(factor: f64) -> Db {
        Db(20.0 * factor.abs().log10())
    }

    /// The level of a power (a squared amplitude); 0 gives −∞ dB.
    pub fn from_power(power: f64) -> Db {
        Db(10.0 * power.log10())
    }

    /// The value if it is finite, for formats that have no −∞.
    pub fn finite(self) -> Option<f64> {
        self.0.is_finite().then_some(self.0)
    }
}

impl Lufs {
    pub const SILENCE: Lufs = Lufs(f64::NEG_INFINITY);

    pub fn finite(self) -> Option<f64> {
        self.0.is_finite().then_some(self.0)
    }
}

impl Lufs {
    /// The value with at most two decimals and no trailing zeros: `−14`, `−13.5`.
    pub fn brief(self) -> String {
        let text = format!("{self:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_string()
    }
}

impl std::ops::Sub for Lufs {
    type Output = Db;
    /// The gain from `other` to `self`; one LU is one dB.
    fn sub(self, other: Lufs) -> Db {
        Db(self.0 - other.0)
    }
}

impl std::ops::Add<Db> for Lufs {
    type Output = Lufs;
    fn add(self, gain: Db) -> Lufs {
        Lufs(self.0 + gain.0)
    }
}

impl std::ops::Add for Db {
    type Output = Db;
    fn add(self, other: Db) -> Db {
        Db(self.0 + other.0)
    }
}

impl std::ops::Sub for Db {
    type Output = Db;
    fn sub(self, other: Db) -> Db {
        Db(self.0 - other.0)
    }
}

impl std::ops::Neg for Db {
    type Output = Db;
    fn neg(self) -> Db {
        Db(-self.0)
    }
}

impl Seconds {
    /// The nearest frame; a negative time gives frame 0.
    pub fn frames(self, rate: SampleRate) -> Frames {
        Frames((self.0 * f64::from(rate.0)).round().max(0.0) as u64)
    }

    /// Time stamp with milliseconds: `00:00:47.250`. `point` stands before the milliseconds; SubRip
    /// has a comma.
    pub fn stamp(self, point: char) -> String {
        let ms = (self.0.max(0.0) * 1000.0).round() as u64;
        let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
        format!("{hours:02}:{minutes:02}:{:02}{point}{:03}", ms / 1000 % 60, ms % 1000)
    }
}

impl std::str::FromStr for Seconds {
    type Err = String;
    /// Reads a time as clocks, players and subtitles write it: `185.25`, `3:05,25`, `01:02:03.5`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\u{201c}{text}\u{201d} is no time; write 3:05 or 185.5");
        let mut total = 0.0;
        for (n, part) in text.trim().split(':').enumerate() {
            let part = part.trim().replace(',', ".");
            let digits = part.chars().all(|c| c.is_ascii_digit() || c == '.');
            let value: f64 = part.parse().map_err(|_| wrong())?;
            if !digits || !value.is_finite() || n > 2 {
                return Err(wrong());
            }
            total = total * 60.0 + value;
        }
        Ok(Seconds(total))
    }
}

impl Frames {
    pub fn seconds(self, rate: SampleRate) -> Seconds {
        Seconds(self.0 as f64 / f64::from(rate.0.max(1)))
    }

    /// Converts frames at rate `from` to the nearest number of frames of equal duration at rate
    /// `to`.
    pub fn at_rate(self, from: SampleRate, to: SampleRate) -> Frames {
        if from == to {
            return self;
        }
        let (a, b) = (u128::from(from.0.max(1)), u128::from(to.0));
        Frames(((u128::from(self.0) * b + a / 2) / a) as u64)
    }
}

impl SampleRate {
    pub fn hz(self) -> Hz {
        Hz(f64::from(self.0))
    }
}

/// A number with its noun: `1 stem`, `3 stems`.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Digits in groups of three: `1,323`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The text with a capital first letter.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Replaces hyphens by the minus sign of print (U+2212), which is as wide as a plus.
fn with_minus(text: String) -> String {
    text.replace('-', "\u{2212}")
}

impl fmt::Display for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(1);
        if self.0 == f64::NEG_INFINITY {
            return f.write_str("\u{2212}\u{221e}");
        }
        // Rounding first keeps "−0.0" from the screen.
        let scale = 10f64.powi(places as i32);
        let rounded = (self.0 * scale).round() / scale + 0.0;
        let text = if f.sign_plus() && rounded != 0.0 {
            format!("{rounded:+.places$}")
        } else {
            format!("{rounded:.places$}")
        };
        f.write_str(&with_minus(text))
    }
}

impl fmt::Display for Lufs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Db(self.0), f)
    }
}

impl fmt::Display for Seconds {
    /// `m:ss`, seconds rounded down; with a precision of 3 `m:ss.mmm`, rounded to the nearest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(0);
        let scale = 10f64.powi(places as i32);
        let ticks = (self.0.max(0.0) * scale + if places == 0 { 0.0 } else { 0.5 }).floor();
        let seconds = ticks / scale;
        let minutes = (seconds / 60.0).floor();
        let rest = seconds - minutes * 60.0;
        let width = if places == 0 { 2 } else { places + 3 };
        write!(f, "{minutes}:{rest:0width$.places$}")
    }
}

impl fmt::Display for SampleRate {
    /// In kilohertz: `44.1 kHz`, `48 kHz`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kHz", f64::from(self.0) / 1000.0)
    }
}

/// JSON has no infinities: −∞ is written as the text `-inf`.
fn serialize_level<S: Serializer>(value: f64, to: S) -> Result<S::Ok, S::Error> {
    if value == f64::NEG_INFINITY { to.serialize_str("-inf") } else { to.serialize_f64(value) }
}

fn deserialize_level<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Level {
        Number(f64),
        Word(String),
    }
    match Level::deserialize(from)? {
        Level::Number(value) => Ok(value),
        Level::Word(word) if word == "-inf" => Ok(f64::NEG_INFINITY),
        Level::Word(word) => Err(serde::de::Error::custom(format!(
            "\u{201c}{word}\u{201d} is not a level; write a number or \"-inf\""
        ))),
    }
}

macro_rules! level_serde {
    ($($unit:ident),*) => {$(
        impl Serialize for $unit {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                serialize_level(self.0, to)
            }
        }
        impl<'de> Deserialize<'de> for $unit {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                deserialize_level(from).map($unit)
            }
        }
    )*};
}
level_serde!(Db, Lufs);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decibel_converts_both_ways() {
        assert_eq!(Db::UNITY.factor(), 1.0);
        assert_eq!(Db::SILENCE.factor(), 0.0);
        assert!((Db(6.0).factor() - 1.995_262).abs() < 1e-6);
        assert!((Db::from_factor(0.5).0 + 6.0206).abs() < 1e-4);
        assert_eq!(Db::from_factor(0.0), Db::SILENCE);
    }

    #[test]
    fn a_target_is_shown_as_it_is_set() {
        for (value, text) in
            [(-14.0, "\u{2212}14"), (-13.5, "\u{2212}13.5"), (-9.25, "\u{2212}9.25")]
        {
            assert_eq!(Lufs(value).brief(), text);
        }
        assert_eq!((counted(1, "stem"), counted(0, "stem")), ("1 stem".into(), "0 stems".into()));
    }

    #[test]
    fn figures_read_as_in_print() {
        assert_eq!(Db(-1.24).to_string(), "\u{2212}1.2");
        assert_eq!(format!("{:+}", Db(0.4)), "+0.4");
        assert_eq!(Db(-0.01).to_string(), "0.0");
        assert_eq!(Db::SILENCE.to_string(), "\u{2212}\u{221e}");
        assert_eq!(Seconds(72.48).to_string(), "1:12");
        assert_eq!(format!("{:.3}", Seconds(72.48)), "1:12.480");
        assert_eq!(format!("{:.3}", Seconds(59.9996)), "1:00.000");
        assert_eq!(SampleRate(44_100).to_string(), "44.1 kHz");
    }

    #[test]
    fn a_time_is_read_as_people_and_programs_write_it() {
        for (text, seconds) in [
            ("1:02:03.5", 3723.5),
            ("00:01:02,500", 62.5),
            ("1:02.5", 62.5),
            (" 3 : 05 ", 185.0),
            ("185.25", 185.25),
            (".5", 0.5),
        ] {
            assert_eq!(text.parse(), Ok(Seconds(seconds)), "{text}");
        }
        for junk in ["", ":", "soon", "-3", "1:", "1:2:3:4", "1e3", "inf", "NaN", "1.2.3", "+3"] {
            assert!(junk.parse::<Seconds>().is_err(), "{junk}");
        }
        assert_eq!(Seconds(3723.4999).stamp(','), "01:02:03,500");
        assert_eq!(Seconds(-1.0).stamp('.'), "00:00:00.000");
    }

    #[test]
    fn silence_survives_json() {
        let text = serde_json::to_string(&Db::SILENCE).unwrap();
        assert_eq!(text, "\"-inf\"");
        assert_eq!(serde_json::from_str::<Db>(&text).unwrap(), Db::SILENCE);
        assert_eq!(serde_json::from_str::<Db>("-3.5").unwrap(), Db(-3.5));
        assert!(serde_json::from_str::<Db>("\"loud\"").is_err());
    }

    #[test]
    fn a_length_keeps_its_duration_at_another_rate() {
        let minute = Frames(48_000 * 60);
        assert_eq!(minute.at_rate(SampleRate(48_000), SampleRate(44_100)), Frames(44_100 * 60));
        assert_eq!(Seconds(0.5).frames(SampleRate(44_100)), Frames(22_050));
    }
}
