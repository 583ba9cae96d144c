//! Delivery packages: masters, stems, sheet, page and checksums in one folder or in zip archives,
//! which the receiver can verify. [`make::deliver`] makes a package for the window and the command
//! line; [`manifest::verify`] and [`archive::verify`] check one.

pub mod archive;
pub mod asked;
pub mod before;
pub mod checks;
mod directory;
pub mod make;
pub mod manifest;
pub mod next;
pub mod package;
mod pdf;
pub mod round;
pub mod sheet;
mod stems;

use crate::media::MediaError;
use crate::render::RenderError;
use crate::review::page::PageError;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    #[error("the delivery was stopped; nothing of the package is left")]
    Cancelled,
    #[error(transparent)]
    Render(RenderError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("{} cannot be read: {cause}; check the path and that you may open it", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{} cannot be written: {cause}; check the free space and that you may write there", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} has no {}; it is no package of Stemwright, or not a whole one", .0.display(), manifest::NAME)]
    NoManifest(PathBuf),
    #[error("the manifest of {} makes no sense: {detail}; ask for the package again", path.display())]
    BadManifest { path: PathBuf, detail: String },
    #[error("{} cannot be checked: {detail}; ask for it again", path.display())]
    Archive { path: PathBuf, detail: String },
    #[error(transparent)]
    Page(PageError),
    #[error("the session sheet could not be made: {0}")]
    Sheet(String),
}

impl From<PageError> for DeliveryError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Cancelled | PageError::Render(RenderError::Cancelled) => Self::Cancelled,
            error => Self::Page(error),
        }
    }
}

impl From<RenderError> for DeliveryError {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Cancelled => DeliveryError::Cancelled,
            error => DeliveryError::Render(error),
        }
    }
}

/// Called often during long work; an error cancels it.
pub type GoOn<'a> = dyn Fn() -> Result<(), DeliveryError> + 'a;
