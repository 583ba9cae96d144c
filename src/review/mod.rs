//! What is said about a song, and every state of it that left the house: comments and rounds,
//! revisions, the page for the client.

pub mod beside;
pub mod book;
pub mod cleaning;
pub mod comments;
pub mod copies;
pub mod exchange;
pub mod numbers;
pub mod page;
pub mod revisions;

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} cannot be read: {detail}; the revision is not whole", path.display())]
    Read { path: PathBuf, detail: String },
}
