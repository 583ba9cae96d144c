//! What an audio file says of itself.

use crate::media::error::MediaError;
use crate::media::{RATES, decode, wav};
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
    pub frames: Frames,
    pub lossy: bool,
    /// The time stamp of a broadcast WAV: frames since midnight.
    pub time_reference: Option<u64>,
    /// The header promises more audio than the file holds.
    pub truncated: bool,
}

impl AudioInfo {
    /// `WAV 24-bit 48 kHz stereo`.
    pub fn describe(&self) -> String {
        let bits = match (self.bits, self.float) {
            (Some(bits), true) => format!(" {bits}-bit float"),
            (Some(bits), false) => format!(" {bits}-bit"),
            (None, _) => String::new(),
        };
        let channels = if self.channels == 1 { "mono" } else { "stereo" };
        format!("{}{bits} {} {channels}", self.format, self.sample_rate)
    }
}

/// Reads the header of an audio file, and refuses what Stemwright cannot take.
pub fn probe(path: &Path) -> Result<AudioInfo, MediaError> {
    let file = std::fs::metadata(path).map_err(|cause| MediaError::reading(path, cause))?;
    if file.is_dir() {
        let detail = "it is a folder".into();
        return Err(MediaError::NotAudio { path: path.to_owned(), detail });
    }
    if file.len() == 0 {
        return Err(MediaError::Empty(path.to_owned()));
    }
    let info = match wav::parse(path)? {
        Some(layout) => layout.info,
        None => decode::probe(path)?,
    };
    accept(path, info)
}

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
    Ok(info)
}
