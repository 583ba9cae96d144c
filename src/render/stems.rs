//! Problems and notes about the stems that a render read. [`Stems`] collects them and adds to each
//! file's report those of the stems in its version.

use crate::engine::source::StemSource;
use crate::files::ready::Ready;
use crate::files::{FileOf, State};
use crate::render::problem::{Problem, StemFault};
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::session::version::Version;

/// A fault that shows only while, or after, the stem's file was read.
fn fault_of(stem: &Stem, source: &StemSource, was_there: bool) -> Option<StemFault> {
    let (file, name) = (stem.file.place.name(), stem.name.clone());
    let file = file.to_string();
    if source.is_missing() {
        return was_there.then_some(StemFault::WentAway { file, name });
    }
    if !source.is_unchanged() {
        return Some(StemFault::Rewritten { file, name });
    }
    let samples = source.invalid();
    if samples > 0 {
        return Some(StemFault::NotNumbers { file, name, samples });
    }
    let damage = source.damage();
    let rate = stem.file.info.sample_rate;
    let places: Vec<String> = damage.iter().take(PLACES).map(|one| one.describe(rate)).collect();
    let more = damage.len() - places.len();
    (!places.is_empty()).then_some(StemFault::Damaged { file, name, places, more })
}

/// Most damaged places that a fault describes.
const PLACES: usize = 3;

/// Sentences about the stems of one render.
#[derive(Default)]
pub struct Stems {
    /// Problems: they fail every file that contains the stem.
    problems: Vec<(StemId, StemFault)>,
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
            match meant {
                true => all.notes.push((id, text)),
                false => all.problems.push((id, StemFault::File { state: text })),
            }
        }
        for (stem, source) in ready.session.stems.iter().zip(sources) {
            let Some(source) = source else { continue };
            if all.problems.iter().any(|(id, _)| *id == stem.id) {
                continue;
            }
            let known = ready.found.iter().find(|found| found.of == FileOf::Stem(stem.id));
            let was_there = known.is_some_and(|found| found.state.sounds());
            if let Some(fault) = fault_of(stem, source, was_there) {
                all.problems.push((stem.id, fault));
            }
        }
        all
    }

    /// Adds the sentences about the stems that a version contains.
    pub fn tell(
        &self,
        session: &Session,
        version: &Version,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<String>,
    ) {
        let heard = |id: &StemId| {
            session.stem(*id).is_some_and(|stem| version.holds(stem) && !stem.strip.mute)
        };
        let faults = self.problems.iter().filter(|(id, _)| heard(id));
        problems
            .extend(faults.map(|(id, fault)| Problem::Stem { stem: *id, fault: fault.clone() }));
        notes.extend(self.notes.iter().filter(|(id, _)| heard(id)).map(|(_, text)| text.clone()));
    }
}
