//! Masters and packages.

use crate::session::delivery::StemExport;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    Masters,
    Package,
}

#[derive(Clone, Debug)]
pub enum Make {
    /// Asks first where stems are missing.
    Begin(Making),
    /// Without the stems that are missing.
    Without(Making),
    Cancel,
    PickFolder,
    OpenFolder,
    /// Keeps how stems are exported for other songs.
    KeepExport(Box<StemExport>),
}
