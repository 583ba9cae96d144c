//! Requests to render masters and deliver packages: [`Make`]. Carried out by
//! `crate::app::act::make`.

use crate::session::delivery::StemExport;
use crate::units::Db;
use std::path::PathBuf;

/// What a render produces: the masters alone, or a whole package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderKind {
    Masters,
    Package,
}

#[derive(Clone, Debug)]
pub enum Make {
    /// Starts at once; if something stands out, such as a muted or missing stem, asks first.
    Begin(RenderKind),
    /// Starts although something stands out.
    Anyway(RenderKind),
    Cancel,
    PickFolder,
    /// Opens the folder of the last export.
    OpenFolder,
    /// Plays a file that was made, turned up by this gain, or stops playing it.
    Play(PathBuf, Db),
    /// Saves these export settings as a template for other songs.
    KeepExport(Box<StemExport>),
}
