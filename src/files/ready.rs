//! A session whose files are ready to be read: for a render, a package, a page.

use super::{FileOf, Found, State, look};
use crate::media::hashes::Hashes;
use crate::session::Session;
use crate::session::stem::StemId;
use std::path::Path;

/// A session as its files are now.
#[derive(Clone, Debug)]
pub struct Ready {
    pub session: Session,
    pub found: Vec<Found>,
}

/// Stems that are missing or cannot be read, and that nobody said to leave silent.
#[derive(Debug, thiserror::Error)]
#[error(
    "{}; put {} back, point the session at the right place (`stemwright files`), or ask for a render without", .0.join("; "),
    if .0.len() == 1 { "it" } else { "them" }
)]
pub struct StemsMissing(pub Vec<String>);

/// Looks at the files of a session. Where a stem is missing this is an error, unless a person said
/// that it stays silent, or `allow_missing` says so for all.
pub fn ready(session: &Session, folder: &Path, allow_missing: bool) -> Result<Ready, StemsMissing> {
    let mut session = session.clone();
    let found = look(&mut session, folder, &Hashes::of_user());
    let ready = Ready { session, found };
    let missing: Vec<String> = ready.missing().filter_map(|found| found.sentence()).collect();
    if allow_missing || missing.is_empty() { Ok(ready) } else { Err(StemsMissing(missing)) }
}

impl Ready {
    /// Stems without sound that nobody said to leave silent.
    fn missing(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|found| {
            let said = matches!(found.state, State::Missing { silent: true, .. });
            matches!(found.of, FileOf::Stem(_)) && !found.state.sounds() && !said
        })
    }

    /// The same, by their ids.
    pub fn missing_stems(&self) -> Vec<StemId> {
        let stem = |found: &Found| match found.of {
            FileOf::Stem(id) => Some(id),
            _ => None,
        };
        self.missing().filter_map(stem).collect()
    }

    /// Stems without sound.
    pub fn silent(&self) -> Vec<StemId> {
        let all = self.found.iter().filter(|found| !found.state.sounds());
        let stem = |found: &Found| match found.of {
            FileOf::Stem(id) => Some(id),
            _ => None,
        };
        all.filter_map(stem).collect()
    }

    /// What whoever gets the result should know of the stems.
    pub fn notes(&self) -> Vec<String> {
        let stems = self.found.iter().filter(|found| matches!(found.of, FileOf::Stem(_)));
        stems.filter_map(Found::sentence).collect()
    }
}
