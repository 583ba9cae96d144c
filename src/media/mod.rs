//! Audio file input and output: probing, decoding, random access to PCM, rate conversion, encoding,
//! waveform outlines, and their caches. [`store::Store`] opens a stem of any supported format as a
//! [`PcmFile`] at the session's rate; [`sink::Sink`] writes masters. No part of this module runs on
//! the audio thread, except [`resample::Resampler`].

mod aiff;
pub mod broadcast;
mod chunks;
pub mod damage;
pub mod decode;
pub mod error;
mod flac;
pub mod hashes;
pub mod info;
mod input;
pub mod opus;
pub mod origin;
pub mod pcm;
pub mod peak_cache;
pub mod peaks;
mod pool;
pub mod resample;
pub mod sink;
pub mod store;
pub mod tags;
pub mod writer;

use crate::units::Seconds;
use std::path::{Path, PathBuf};

pub use damage::{Damage, DamageKind};
pub use decode::GoOn;
pub use error::MediaError;
pub use info::{AudioInfo, probe, probe_while};
pub use pcm::PcmFile;

/// File extensions that Stemwright reads, in lower case.
pub const EXTENSIONS: [&str; 22] = [
    "wav", "wave", "bwf", "rf64", "bw64", "w64", "aif", "aiff", "aifc", "caf", "au", "snd", "flac",
    "m4a", "m4b", "mp4", "mp3", "ogg", "oga", "opus", "aac", "adts",
];

/// Extensions of audio formats that Stemwright cannot read. The intake lists such files among the
/// stems, because they must be exported again in another format.
pub const SOUNDS: [&str; 33] = [
    "wv", "mka", "tta", "ape", "dsf", "dff", "mp2", "mp1", "mpga", "wma", "asf", "ac3", "eac3",
    "ec3", "dts", "thd", "mpc", "ofr", "shn", "tak", "ra", "rm", "amr", "3ga", "weba", "webm",
    "voc", "sd2", "sds", "iff", "8svx", "gsm", "spx",
];

/// Longest accepted audio: one day. No song is longer.
pub const LONGEST: Seconds = Seconds(86_400.0);

/// Sample rates that a stem may have, in Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 22_050..=192_000;

/// A folder of this name in the user's cache, or in the system's temporary folder if the user has
/// no cache.
pub(crate) fn cache_folder(name: &str) -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright");
    dirs.map_or_else(std::env::temp_dir, |dirs| dirs.cache_dir().to_owned()).join(name)
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().and_then(|text| text.to_str()).unwrap_or("");
    known.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether the extension of `path` is one of [`EXTENSIONS`]. The file is not opened.
pub fn is_audio(path: &Path) -> bool {
    has_extension(path, &EXTENSIONS)
}

/// Whether the extension of `path` is one of [`SOUNDS`]. The file is not opened.
pub fn is_unread_sound(path: &Path) -> bool {
    has_extension(path, &SOUNDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_known_by_their_names_read_or_not() {
        for name in ["a.wav", "b.W64", "c.Aif", "d.opus", "e.x.mp4"] {
            assert!(is_audio(Path::new(name)) && !is_unread_sound(Path::new(name)), "{name}");
        }
        for name in ["a.wv", "b.MKA", "c.tta", "d.wma"] {
            assert!(is_unread_sound(Path::new(name)) && !is_audio(Path::new(name)), "{name}");
        }
        for name in ["notes.txt", "wav", "a.wav.bak", "b"] {
            assert!(!is_unread_sound(Path::new(name)) && !is_audio(Path::new(name)), "{name}");
        }
        assert!(EXTENSIONS.iter().all(|known| !SOUNDS.contains(known)));
    }
}
