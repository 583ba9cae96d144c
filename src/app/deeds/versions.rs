//! Requests to add, copy and remove versions, and to save them as a template: [`Versions`]. Carried
//! out by `crate::app::act::versions`.

use crate::session::ready::{ReadyMade, Template};

/// Versions are given by their index in the session.
#[derive(Clone, Debug)]
pub enum Versions {
    Add(ReadyMade),
    AddEmpty,
    /// Adds the versions of a template.
    AddTemplate(Template),
    /// Saves the versions of the song as a template with this name.
    KeepTemplate(String),
    Copy(usize),
    /// Adds a version that inherits everything from this one.
    BuildOn(usize),
    Remove(usize),
}
