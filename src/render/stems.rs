//! Problems and notes about the stems that a render read. [`Stems`] collects them and adds to each
//! file's report those of the stems in its version.

use crate::engine::source::StemSource;
use crate::files::ready::Ready;
use crate::files::{FileOf, State};
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::session::version::Version;

/// A problem of a stem that shows once the whole file was read, as a sentence.
fn of_source(stem: &Stem, source: &StemSource, was_there: bool) -> Option<String> {
    let (file, name) = (stem.file.place.name(), &stem.name);
    if source.is_missing() {
        let gone = || format!("{file} ({name}) went away while it was rendered; it is silent");
        return was_there.then(gone);
    }
    if !source.is_unchanged() {
        return Some(format!(
            "{file} ({name}) was written while it was rendered: part of it may be of the old file; render again"
        ));
    }
    if source.invalid() > 0 {
        return Some(format!(
            "{file} ({name}) holds samples that are no numbers, which are silent; export it again"
        ));
    }
    let damage = source.damage();
    let places: Vec<String> =
        damage.iter().take(PLACES).map(|one| one.describe(stem.file.info.sample_rate)).collect();
    let more = match damage.len().saturating_sub(PLACES) {
        0 => String::new(),
        more => format!("; and at {more} more places"),
    };
    (!places.is_empty())
        .then(|| format!("{file} ({name}) is faulty: {}{more}; export it again", places.join("; ")))
}

/// Most damaged places that a sentence names.
const PLACES: usize = 3;

/// Sentences about the stems of one render.
#[derive(Default)]
pub struct Stems {
    /// Problems: they fail every file that contains the stem.
    problems: Vec<(StemId, String)>,
    /// Notes: they do not fail a file.
    notes: Vec<(StemId, String)>,
}

impl Stems {
    /// Collects all sentences. Call it after the stems were read to their end.
    pub fn of(ready: &Ready, sources: &[Option<StemSource>]) -> Self {
        let mut all = Self::default();
        for found in &ready.found {
            let (FileOf::Stem(id), Some(text)) = (found.of, found.sentence()) else { continue };
            if matches!(found.state, State::Moved { .. }) {
                continue;
            }
            let meant = matches!(found.state, State::Changed | State::Missing { silent: true, .. });
            let list = if meant { &mut all.notes } else { &mut all.problems };
            list.push((id, text));
        }
        for (stem, source) in ready.session.stems.iter().zip(sources) {
            let Some(source) = source else { continue };
            if all.problems.iter().any(|(id, _)| *id == stem.id) {
                continue;
            }
            let known = ready.found.iter().find(|found| found.of == FileOf::Stem(stem.id));
            let was_there = known.is_some_and(|found| found.state.sounds());
            if let Some(text) = of_source(stem, source, was_there) {
                all.problems.push((stem.id, text));
            }
        }
        all
    }

    /// Adds the sentences about the stems that a version contains.
    pub fn tell(
        &self,
        session: &Session,
        version: &Version,
        problems: &mut Vec<String>,
        notes: &mut Vec<String>,
    ) {
        let heard = |id: &StemId| {
            session.stem(*id).is_some_and(|stem| version.holds(stem) && !stem.strip.mute)
        };
        let of = |list: &[(StemId, String)]| -> Vec<String> {
            list.iter().filter(|(id, _)| heard(id)).map(|(_, text)| text.clone()).collect()
        };
        problems.extend(of(&self.problems));
        notes.extend(of(&self.notes));
    }
}
