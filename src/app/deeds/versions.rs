//! Versions: made, copied, taken away, and kept for other songs.

use crate::session::ready::{Ready, Template};

/// Versions are named by their place in the session.
#[derive(Clone, Debug)]
pub enum Versions {
    Add(Ready),
    AddEmpty,
    /// Adds the versions of a template.
    AddTemplate(Template),
    /// Keeps the versions of the song as a template of this name.
    KeepTemplate(String),
    Copy(usize),
    /// A new version that takes over everything from this one.
    BuildOn(usize),
    Remove(usize),
}
