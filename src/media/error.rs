//! Errors of reading, writing and converting audio files ([`MediaError`]). Messages name the file
//! and, where the user can act, say what to do.

use crate::media::LONGEST;
use crate::units::{SampleRate, Seconds};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("{} was not found; put it back or point the session at its new place", .0.display())]
    Missing(PathBuf),
    #[error("{} cannot be read: {cause}; check that you may open it", path.display())]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} is empty; export it again", .0.display())]
    Empty(PathBuf),
    #[error("{} holds no audio that Stemwright can read ({detail}); export it as WAV, AIFF or FLAC", path.display())]
    NotAudio { path: PathBuf, detail: String },
    #[error("{} has {channels} channels; Stemwright takes mono and stereo", path.display())]
    Channels { path: PathBuf, channels: usize },
    #[error("{} runs at {rate}; Stemwright takes 22.05 to 192 kHz", path.display())]
    Rate { path: PathBuf, rate: SampleRate },
    #[error("{} is damaged ({detail}); export it again", path.display())]
    Damaged { path: PathBuf, detail: String },
    #[error("{} lasts {:.1} hours; Stemwright takes {:.0} at most, cut it into parts", path.display(), length.0 / 3600.0, LONGEST.0 / 3600.0)]
    TooLong { path: PathBuf, length: Seconds },
    #[error("{} was written while it was read; wait until it is whole, then open it again", .0.display())]
    Changed(PathBuf),
    #[error("{} has two channels; only two mono files become a stereo pair", .0.display())]
    NotMono(PathBuf),
    #[error("reading {} was stopped", .0.display())]
    Stopped(PathBuf),
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: io::Error },
    #[error("{from} cannot be converted to {to}: {detail}")]
    Convert { from: SampleRate, to: SampleRate, detail: String },
}

impl MediaError {
    /// An error from opening or reading `path`.
    pub fn reading(path: &Path, cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::NotFound {
            MediaError::Missing(path.to_owned())
        } else {
            MediaError::Read { path: path.to_owned(), cause }
        }
    }

    /// An error from creating or writing `path`.
    pub fn writing(path: &Path, cause: io::Error) -> Self {
        MediaError::Write { path: path.to_owned(), cause }
    }
}
