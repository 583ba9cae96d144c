//! The `bext` chunk of a broadcast WAV, version 2 (EBU Tech 3285, 2011). The render writes a
//! [`Broadcast`] with the file and rewrites it once the loudness is measured.

use crate::dsp::loudness::Loudness;
use crate::units::{Db, Lufs};

/// Fields of the chunk. Characters outside ASCII become `?`; text that is too long for its field is
/// cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broadcast {
    pub description: String,
    pub originator: String,
    pub originator_reference: String,
    /// `yyyy-mm-dd`, local time. The chunk has no field for a time zone, programs show the text
    /// unchanged, and the time reference counts from midnight where the file was made.
    pub date: String,
    /// `hh:mm:ss`, local time.
    pub time: String,
    /// Time of the first sample, in frames since midnight.
    pub time_reference: u64,
    /// Loudness and true peak in dBTP; `None` if not measured.
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

impl Broadcast {
    /// Body of the chunk, without name and size. Its length depends only on the coding history, and
    /// is even.
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
        // A body of even length needs no pad byte, which some programs do not expect.
        bytes.extend(std::iter::repeat_n(0, bytes.len() % 2));
        bytes
    }
}
