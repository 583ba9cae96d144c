//! Turns a folder of stems into a checked session: reading names and time stamps, examining the
//! files, the null test against the reference, mends, and the report to the sender. Also holds the
//! demo song. Window and command line call it. Its error type is `IntakeError`.

pub mod align;
pub mod demo;
pub mod examine;
pub mod findings;
pub mod folder;
pub mod mend;
pub mod names;
pub mod null_test;
pub mod pairs;
pub mod report;
pub mod stamps;

use crate::media::MediaError;
use crate::session::file::FileError;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
/// Errors of the intake; each message says what the user can do.
pub enum IntakeError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Session(#[from] FileError),
    #[error("{} cannot be read: {cause}; check the path and that you may open it", path.display())]
    Folder { path: PathBuf, cause: std::io::Error },
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} holds no audio; put WAV, AIFF or FLAC stems in it", .0.display())]
    NoAudio(PathBuf),
    #[error("{} exists already; open it, or name another session", .0.display())]
    Exists(PathBuf),
    #[error("{} holds several sessions; open one of them: {}", folder.display(), names.join(", "))]
    Several { folder: PathBuf, names: Vec<String> },
    #[error("the work was stopped")]
    Cancelled,
}
