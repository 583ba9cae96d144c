//! The `bext` chunk of a broadcast WAV, version 2 (EBU Tech 3285, 2011).

use crate::dsp::loudness::Loudness;
use crate::units::{Db, Lufs};
use std::time::{Duration, SystemTime};

/// What the chunk says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broadcast {
    pub description: String,
    pub originator: String,
    pub originator_reference: String,
    /// `yyyy-mm-dd`.
    pub date: String,
    /// `hh:mm:ss`.
    pub time: String,
    /// Frames since midnight of the first sample.
    pub time_reference: u64,
    pub loudness: Option<(Loudness, Db)>,
    /// One line per step, each ended by CR LF.
    pub coding_history: String,
}

/// The value that stands for "not measured".
const NO_VALUE: i16 = 0x7FFF;

fn hundredths(value: Option<f64>) -> i16 {
    match value {
        Some(value) if value.is_finite() => (value * 100.0).round().clamp(-9999.0, 9999.0) as i16,
        _ => NO_VALUE,
    }
}

/// Date and time of day, in UTC, as the chunk writes them (H. Hinnant, chrono-compatible
/// low-level date algorithms, `civil_from_days`).
fn date_and_time(since_1970: Duration) -> (String, String) {
    let seconds = since_1970.as_secs();
    // Days since 1 March of the year 0, so that a leap day is the last of its year.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, turn) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + turn;
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    (
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{hours:02}:{minutes:02}:{:02}", seconds % 60),
    )
}

/// Date and time of day now, in UTC: `yyyy-mm-dd` and `hh:mm:ss`.
pub fn now() -> (String, String) {
    date_and_time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// The date so many days ago in UTC, `yyyy-mm-dd`.
pub fn days_ago(days: u64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    date_and_time(now.saturating_sub(Duration::from_secs(days * 86_400))).0
}

/// Today's date in UTC, `yyyy-mm-dd`.
pub fn today() -> String {
    now().0
}

impl Broadcast {
    /// The bytes of the chunk, always of the same length for the same coding history.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(602 + self.coding_history.len());
        let mut text = |text: &str, length: usize| {
            let ascii = text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' });
            let mut field: Vec<u8> = ascii.take(length).collect();
            field.resize(length, 0);
            bytes.extend(field);
        };
        text(&self.description, 256);
        text(&self.originator, 32);
        text(&self.originator_reference, 32);
        text(&self.date, 10);
        text(&self.time, 8);
        bytes.extend(self.time_reference.to_le_bytes());
        bytes.extend(2u16.to_le_bytes());
        bytes.extend([0u8; 64]); // UMID
        let level = |value: Lufs| value.finite();
        let values = match &self.loudness {
            Some((loudness, true_peak)) => [
                level(loudness.integrated),
                loudness.range.and_then(Db::finite),
                true_peak.finite(),
                level(loudness.momentary_max),
                level(loudness.short_term_max),
            ],
            None => [None; 5],
        };
        for value in values {
            bytes.extend(hundredths(value).to_le_bytes());
        }
        bytes.extend([0u8; 180]);
        bytes.extend(self.coding_history.bytes());
        // A chunk of odd length is followed by a zero, and some programs do not know that.
        bytes.extend(std::iter::repeat_n(0, bytes.len() % 2));
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, date, time) in [
            (0, "1970-01-01", "00:00:00"),
            (951_782_399, "2000-02-28", "23:59:59"),
            (951_782_400, "2000-02-29", "00:00:00"),
            (1_709_251_199, "2024-02-29", "23:59:59"),
            (1_735_689_599, "2024-12-31", "23:59:59"),
            (1_735_689_600, "2025-01-01", "00:00:00"),
            (4_107_542_400, "2100-03-01", "00:00:00"),
        ] {
            let read = date_and_time(Duration::from_secs(seconds));
            assert_eq!(read, (date.to_string(), time.to_string()), "{seconds}");
        }
    }
}
