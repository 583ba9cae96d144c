//! Revisions of a song: every state that left the house is kept.

pub mod revisions;

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} cannot be read: {detail}; the revision is not whole", path.display())]
    Read { path: PathBuf, detail: String },
}
