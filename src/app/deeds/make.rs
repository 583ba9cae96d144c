//! Requests to render masters and deliver packages: [`Make`]. Carried out by
//! `crate::app::act::make`.

use crate::session::delivery::StemExport;

/// What a render produces: the masters alone, or a whole package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderKind {
    Masters,
    Package,
}

#[derive(Clone, Debug)]
pub enum Make {
    /// Starts at once; if stems are missing, asks first.
    Begin(RenderKind),
    /// Starts although stems are missing.
    Without(RenderKind),
    Cancel,
    PickFolder,
    OpenFolder,
    /// Saves these export settings as a template for other songs.
    KeepExport(Box<StemExport>),
}
