//! Other songs for comparison with this one.

use crate::session::stem::FileRef;
use crate::session::{Section, Session, Unknown};
use crate::units::{EntryId, Seconds};
use serde::{Deserialize, Serialize};

/// A song for comparison, never part of the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    #[serde(default, skip_serializing_if = "EntryId::is_empty")]
    pub id: EntryId,
    pub name: String,
    pub file: FileRef,
    /// Sections of the reference, in its own time.
    #[serde(default)]
    pub sections: Vec<Section>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl Reference {
    pub fn new(name: String, file: FileRef) -> Self {
        let (id, sections, unknown) = (EntryId::default(), Vec::new(), Unknown::new());
        Self { id, name, file, sections, unknown }
    }

    /// Finds the section of the reference that corresponds to the song's section at `time`: the
    /// second chorus matches the second chorus, or the last one if the reference has fewer. Returns
    /// both starts, the song's first.
    pub fn matching(&self, session: &Session, time: Seconds) -> Option<(Seconds, Seconds)> {
        let song = &session.sections;
        let here = song.iter().rposition(|section| section.start.0 <= time.0 + 1e-6)?;
        let section = song.get(here)?;
        let kind = kind(&section.name);
        let before = song.iter().take(here).filter(|one| self::kind(&one.name) == kind).count();
        let own: Vec<&Section> =
            self.sections.iter().filter(|one| self::kind(&one.name) == kind).collect();
        let there = own.get(before).or(own.last())?;
        Some((section.start, there.start))
    }
}

/// Section name without its number, in lower case: `Chorus 2` becomes `chorus`.
fn kind(name: &str) -> String {
    let plain = name.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    plain.trim_end().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    #[test]
    fn a_chorus_is_heard_against_a_chorus() {
        let sections = |all: &[(&str, f64)]| -> Vec<Section> {
            let one = |(name, start): &(&str, f64)| Section::new(name, Seconds(*start));
            all.iter().map(one).collect()
        };
        let mut session = Session::new("Song", SampleRate(48_000));
        session.sections = sections(&[
            ("Intro", 0.0),
            ("Chorus", 20.0),
            ("Verse 2", 40.0),
            ("Chorus", 60.0),
            ("Chorus", 80.0),
        ]);
        let reference = Reference {
            sections: sections(&[("Verse 1", 5.0), ("chorus 1", 30.0), ("Chorus 2", 70.0)]),
            ..Reference::new("Other".into(), stem(1).file)
        };
        let at = |time: f64| {
            reference.matching(&session, Seconds(time)).map(|(song, there)| (song.0, there.0))
        };
        assert_eq!(at(10.0), None);
        assert_eq!(at(25.0), Some((20.0, 30.0)));
        assert_eq!(at(50.0), Some((40.0, 5.0)));
        assert_eq!(at(60.0), Some((60.0, 70.0)));
        assert_eq!(at(99.0), Some((80.0, 70.0)));
    }
}
