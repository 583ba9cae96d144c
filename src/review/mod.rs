//! Comments on a song and the revisions that were sent out.
//!
//! [`book`] stores comments and rounds and merges them between machines, [`comments`] and
//! [`numbers`] hold their plain data, [`exchange`] reads and writes them in the formats of other
//! programs. [`revisions`] keeps past states of the session, [`cleaning`] removes unused ones,
//! [`copies`] and [`beside`] handle conflict copies and renamed sessions. [`page`] writes the HTML
//! page for the client. The window (`app`), the command line (`cli`) and `delivery` call in here.

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
