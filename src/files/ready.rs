//! Checks a session's files before a render, a package or a client page reads them. [`ready()`]
//! fails if a stem is missing without permission.

use super::{FileOf, Found, State, look};
use crate::media::hashes::Hashes;
use crate::session::Session;
use crate::session::stem::StemId;
use std::path::Path;

/// A session updated to the current files, with the state of each file.
#[derive(Clone, Debug)]
pub struct Ready {
    pub session: Session,
    pub found: Vec<Found>,
}

/// Sentences about stems that are missing or unreadable and not left silent by choice.
#[derive(Debug, thiserror::Error)]
#[error(
    "{}; put {} back, point the session at the right place (`stemwright files`), or ask for a render without", .0.join("; "),
    if .0.len() == 1 { "it" } else { "them" }
)]
pub struct StemsMissing(pub Vec<String>);

/// Looks at the session's files and updates a copy of the session.
///
/// # Errors
/// [`StemsMissing`] if a stem has no sound, unless a person left it silent or `allow_missing` is
/// set.
pub fn ready(session: &Session, folder: &Path, allow_missing: bool) -> Result<Ready, StemsMissing> {
    let mut session = session.clone();
    let found = look(&mut session, folder, &Hashes::of_user());
    let ready = Ready { session, found };
    let missing: Vec<String> = ready.missing().filter_map(|found| found.sentence()).collect();
    if allow_missing || missing.is_empty() { Ok(ready) } else { Err(StemsMissing(missing)) }
}

impl Ready {
    /// Stems without sound that were not left silent by choice.
    fn missing(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|found| {
            let said = matches!(found.state, State::Missing { silent: true, .. });
            matches!(found.of, FileOf::Stem(_)) && !found.state.sounds() && !said
        })
    }

    /// Ids of the stems without sound that were not left silent by choice.
    pub fn missing_stems(&self) -> Vec<StemId> {
        let stem = |found: &Found| match found.of {
            FileOf::Stem(id) => Some(id),
            _ => None,
        };
        self.missing().filter_map(stem).collect()
    }

    /// All stems without sound, including those left silent by choice.
    pub fn silent(&self) -> Vec<StemId> {
        let all = self.found.iter().filter(|found| !found.state.sounds());
        let stem = |found: &Found| match found.of {
            FileOf::Stem(id) => Some(id),
            _ => None,
        };
        all.filter_map(stem).collect()
    }

    /// Sentences about changed or missing stems, for whoever receives the result.
    pub fn notes(&self) -> Vec<String> {
        let stems = self.found.iter().filter(|found| matches!(found.of, FileOf::Stem(_)));
        stems.filter_map(Found::sentence).collect()
    }
}
