//! Facts about an audio file ([`AudioInfo`]), and the check that Stemwright accepts it ([`probe`]).

use crate::media::decode::GoOn;
use crate::media::error::MediaError;
use crate::media::input::Input;
use crate::media::{LONGEST, RATES, decode, pcm};
use crate::units::{Frames, SampleRate};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Facts about one audio file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudioInfo {
    /// The container or codec: `WAV`, `RF64`, `AIFF`, `FLAC`, `MP3` …
    pub format: String,
    pub channels: usize,
    pub sample_rate: SampleRate,
    /// Bits per sample; `None` for a lossy codec, which has none.
    pub bits: Option<u32>,
    pub float: bool,
    /// Length; 0 where the header does not state it.
    pub frames: Frames,
    pub lossy: bool,
    /// Time reference of a broadcast WAV: frames since midnight. Programs without a clock write 0.
    pub time_reference: Option<u64>,
    /// The header promises more audio than the file holds.
    pub truncated: bool,
}

impl AudioInfo {
    /// Facts of a lossy codec whose length is not known yet: 0 frames.
    pub(crate) fn lossy(format: &str, channels: usize, sample_rate: SampleRate) -> Self {
        Self {
            format: format.into(),
            channels,
            sample_rate,
            bits: None,
            float: false,
            frames: Frames(0),
            lossy: true,
            time_reference: None,
            truncated: false,
        }
    }

    /// Format, bit depth, rate and channels for display: `WAV 24-bit 48 kHz stereo`.
    pub fn describe(&self) -> String {
        let bits = match (self.bits, self.float) {
            (Some(bits), true) => format!(" {bits}-bit float"),
            (Some(bits), false) => format!(" {bits}-bit"),
            (None, _) => String::new(),
        };
        let channels = if self.channels == 1 { "mono" } else { "stereo" };
        format!("{}{bits} {} {channels}", self.format, self.sample_rate)
    }

    /// Facts of the stereo pair that two mono files make, `self` on the left. The pair has the
    /// format and rate of `self`, the greater length and the smaller bit depth. `None` if one file
    /// is not mono.
    pub fn paired(&self, right: &AudioInfo) -> Option<AudioInfo> {
        let mono = self.channels == 1 && right.channels == 1;
        let other = right.frames.at_rate(right.sample_rate, self.sample_rate);
        mono.then(|| AudioInfo {
            format: self.format.clone(),
            channels: 2,
            sample_rate: self.sample_rate,
            bits: self.bits.min(right.bits),
            float: self.float && right.float,
            frames: self.frames.max(other),
            lossy: self.lossy || right.lossy,
            time_reference: self.time_reference.filter(|_| self.stamp() == right.stamp()),
            truncated: self.truncated || right.truncated,
        })
    }

    /// The time reference in seconds since midnight.
    fn stamp(&self) -> Option<f64> {
        Some(Frames(self.time_reference?).seconds(self.sample_rate).0)
    }
}

/// Reads the facts of an audio file, and refuses a file that Stemwright cannot take. A file whose
/// header states no exact length, such as a lossy file, is decoded to its end.
///
/// # Errors
/// `NotAudio`, `Channels`, `Rate` or `TooLong` for a refused file, and errors of reading.
pub fn probe(path: &Path) -> Result<AudioInfo, MediaError> {
    probe_while(path, &|| true)
}

/// As [`probe`], but ends with `Stopped` when `go_on` returns false.
pub fn probe_while(path: &Path, go_on: &GoOn<'_>) -> Result<AudioInfo, MediaError> {
    let input = Input::open(path)?;
    let info = match pcm::parse(&input)? {
        Some(layout) => layout.info,
        None => decode::probe(&input, go_on)?,
    };
    let info = accept(path, info)?;
    let most = info.frames.0.saturating_mul(info.channels as u64 * 8).saturating_add(SPARE);
    if input.len() > most {
        let gigabytes = input.len() as f64 / 1e9;
        let detail = format!(
            "{gigabytes:.1} GB, of which {:.3} are sound",
            info.frames.seconds(info.sample_rate)
        );
        return Err(MediaError::NotAudio { path: path.to_owned(), detail });
    }
    Ok(info)
}

/// Bytes that a file may hold besides its samples (counted at 8 bytes each): tags, pictures, free
/// space.
const SPARE: u64 = 1 << 29;

/// Returns `info`, or an error if Stemwright takes no file with these channels, rate or length.
pub(crate) fn accept(path: &Path, info: AudioInfo) -> Result<AudioInfo, MediaError> {
    let path = path.to_owned();
    if !(1..=2).contains(&info.channels) {
        return Err(MediaError::Channels { path, channels: info.channels });
    }
    if !RATES.contains(&info.sample_rate.0) {
        return Err(MediaError::Rate { path, rate: info.sample_rate });
    }
    if info.frames == Frames(0) {
        return Err(MediaError::NotAudio { path, detail: "it has no samples".into() });
    }
    let length = info.frames.seconds(info.sample_rate);
    if length.0 > LONGEST.0 {
        return Err(MediaError::TooLong { path, length });
    }
    Ok(info)
}
