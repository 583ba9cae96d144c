//! Audio files in and out: decode, random access, rate conversion, encode, waveform peaks.

mod aiff;
pub mod broadcast;
pub mod decode;
pub mod error;
mod flac;
pub mod hashes;
pub mod info;
pub mod opus;
pub mod origin;
pub mod pcm;
pub mod peak_cache;
pub mod peaks;
pub mod resample;
pub mod sink;
pub mod store;
pub mod tags;
pub mod wav;
pub mod writer;

use crate::units::Seconds;
use std::path::PathBuf;

pub use error::MediaError;
pub use info::{AudioInfo, probe};
pub use pcm::PcmFile;

/// Extensions of the files that can be read.
pub const EXTENSIONS: [&str; 13] = [
    "wav", "wave", "bwf", "rf64", "aif", "aiff", "aifc", "flac", "caf", "m4a", "mp3", "ogg", "aac",
];

/// The longest sound that is taken: no song lasts longer than a day.
pub const LONGEST: Seconds = Seconds(86_400.0);

/// The rates that a stem may have.
pub const RATES: std::ops::RangeInclusive<u32> = 22_050..=192_000;

/// A folder in the user's cache, or in a temporary one where there is none.
pub(crate) fn cache_folder(name: &str) -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright");
    dirs.map_or_else(std::env::temp_dir, |dirs| dirs.cache_dir().to_owned()).join(name)
}

/// Whether the name of a file says that it holds audio.
pub fn is_audio(path: &std::path::Path) -> bool {
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or("");
    EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
