//! Differences between two states of a session, as edits ([`difference()`]) and in words
//! ([`in_words`]). Used by merges and the revision log.

use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::stem::Stem;
use crate::session::told::told;

/// The edits that turn `old` into `new`, one per changed thing. Ignores fields that no [`Edit`]
/// covers: rate, schema, identity, and fields of newer programs.
pub fn difference(old: &Session, new: &Session) -> Vec<Edit> {
    let mut builder = EditBuilder { session: old.clone(), edits: Vec::new() };
    builder.stems(new);
    builder.lists(new);
    builder.whole(new);
    builder.edits
}

/// Describes each edit in one sentence per changed value: `Fader Bass −1.5 dB`,
/// `EQ of Lead Vocals: +2.0 dB at 9.00 kHz`.
pub fn in_words(old: &Session, edits: &[Edit]) -> Vec<String> {
    let mut session = old.clone();
    let mut all = Vec::new();
    for edit in edits {
        all.extend(told(edit, &session));
        // An edit that fails leaves the session unchanged.
        let _ = edit.clone().apply(&mut session);
    }
    all
}

/// Collects edits; `session` is the state after them.
struct EditBuilder {
    session: Session,
    edits: Vec<Edit>,
}

impl EditBuilder {
    fn go(&mut self, edit: Edit) {
        if edit.clone().apply(&mut self.session).is_ok() {
            self.edits.push(edit);
        }
    }

    fn go_if(&mut self, differs: bool, edit: impl FnOnce() -> Edit) {
        if differs {
            self.go(edit());
        }
    }

    /// Stems added, removed, moved or changed.
    fn stems(&mut self, new: &Session) {
        let gone = self.session.stems.iter().filter(|stem| new.stem(stem.id).is_none());
        for stem in gone.map(|stem| stem.id).collect::<Vec<_>>() {
            self.go(Edit::RemoveStem { stem });
        }
        for (at, stem) in new.stems.iter().enumerate() {
            if self.session.stem(stem.id).is_none() {
                self.go(Edit::AddStem { at, stem: Box::new(stem.clone()) });
            }
            if self.session.stems.get(at).is_some_and(|there| there.id != stem.id) {
                self.go(Edit::MoveStem { stem: stem.id, to: at });
            }
        }
        for stem in &new.stems {
            if let Some(before) = self.session.stem(stem.id).cloned() {
                self.stem(&before, stem);
            }
        }
    }

    fn stem(&mut self, old: &Stem, new: &Stem) {
        let stem = new.id;
        self.go_if(old.name != new.name, || Edit::Name { stem, name: new.name.clone() });
        self.go_if(old.role != new.role, || Edit::Role { stem, role: new.role });
        self.go_if(old.file != new.file, || Edit::File { stem, file: Box::new(new.file.clone()) });
        let (start, skip) = (new.start, new.skip);
        self.go_if((old.start, old.skip) != (start, skip), || Edit::Place { stem, start, skip });
        self.go_if(old.strip != new.strip, || Edit::Strip { stem, settings: new.strip });
        self.go_if(old.automation != new.automation, || Edit::Automation {
            stem,
            automation: new.automation.clone(),
        });
        self.go_if(old.chain != new.chain, || Edit::Chain {
            stem: Some(stem),
            slots: new.chain.clone(),
        });
        self.go_if(old.clean != new.clean, || Edit::Clean { stem, regions: new.clean.clone() });
        self.go_if(old.colour != new.colour, || Edit::Colour { stem, colour: new.colour });
        self.go_if(old.note != new.note, || Edit::Note { stem, note: new.note.clone() });
    }

    /// Versions and masters, one edit per entry, so that each is described separately.
    fn lists(&mut self, new: &Session) {
        for versions in steps(&self.session.versions, &new.versions, |a, b| a.id == b.id) {
            self.go(Edit::Versions(versions));
        }
        for masters in steps(&self.session.masters, &new.masters, |a, b| a.id == b.id) {
            self.go(Edit::Masters(masters));
        }
    }

    /// Fields that exist once per session.
    fn whole(&mut self, new: &Session) {
        let old = self.session.clone();
        self.go_if(old.chain != new.chain, || Edit::Chain { stem: None, slots: new.chain.clone() });
        self.go_if(old.fader != new.fader, || Edit::MixFader(new.fader));
        self.go_if(old.pan_law != new.pan_law, || Edit::PanLaw(new.pan_law));
        self.go_if(old.trim != new.trim, || Edit::Trim(new.trim));
        self.go_if(old.reference != new.reference, || {
            Edit::Reference(Box::new(new.reference.clone()))
        });
        self.go_if(old.references != new.references, || Edit::References(new.references.clone()));
        self.go_if(old.sections != new.sections, || Edit::Sections(new.sections.clone()));
        self.go_if(old.song != new.song, || Edit::Song(Box::new(new.song.clone())));
        self.go_if(old.brief != new.brief, || Edit::Brief(Box::new(new.brief.clone())));
        self.go_if(old.lyrics != new.lyrics, || Edit::Lyrics(Box::new(new.lyrics.clone())));
        self.go_if(old.snapshots != new.snapshots, || Edit::Snapshots(new.snapshots.clone()));
        self.go_if(old.delivery != new.delivery, || Edit::Delivery(Box::new(new.delivery.clone())));
    }
}

/// Intermediate lists from `old` to `new`; each changes, removes or adds one entry. The last list
/// has the order of `new`.
fn steps<T: Clone + PartialEq>(old: &[T], new: &[T], same: fn(&T, &T) -> bool) -> Vec<Vec<T>> {
    let (mut now, mut steps) = (old.to_vec(), Vec::new());
    for entry in old.iter().filter(|entry| !new.iter().any(|other| same(entry, other))) {
        now.retain(|known| !same(known, entry));
        steps.push(now.clone());
    }
    for entry in new {
        match now.iter_mut().find(|known| same(known, entry)) {
            Some(known) if known == entry => continue,
            Some(known) => *known = entry.clone(),
            None => now.push(entry.clone()),
        }
        steps.push(now.clone());
    }
    if now != new {
        steps.push(new.to_vec());
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::strip::StripSettings;
    use crate::session::history::tests::{changed, edits, song};
    use crate::session::stem::StemId;
    use crate::session::version::{Cut, Selection, Version};
    use crate::units::{Db, Seconds};
    use proptest::prelude::*;

    #[test]
    fn each_thing_is_told_by_itself() {
        let old = song();
        let mut new = old.clone();
        new.stems[1].strip = StripSettings { fader: Db(-1.5), ..StripSettings::default() };
        new.stems[3].note = "louder, please".into();
        new.versions[3].cuts = vec![Cut::new(Seconds(96.0), Seconds(135.0))];
        new.versions.push(Version::new("tv", "TV mix", Selection::All));
        new.masters.remove(1);
        let edits = difference(&old, &new);
        let words = in_words(&old, &edits);
        assert_eq!(words.len(), 5, "{words:?}");
        assert_eq!(words[0], "Fader Stem 2 \u{2212}1.5 dB");
        assert_eq!(words[1], "Note on Stem 4");
        assert!(words[2].starts_with("Radio edit: cut"), "{words:?}");
        assert_eq!(words[3], "Add version TV mix");
        assert!(difference(&new, &new).is_empty());
    }

    #[test]
    fn the_order_of_stems_is_a_difference() {
        let old = song();
        let mut new = old.clone();
        new.stems.rotate_left(2);
        new.stems.retain(|stem| stem.id != StemId(4));
        let mut session = old.clone();
        for edit in difference(&old, &new) {
            edit.apply(&mut session).unwrap();
        }
        assert_eq!(session, new);
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_one_to_the_other(
            first in prop::collection::vec(edits(), 0..12),
            second in prop::collection::vec(edits(), 0..12),
        ) {
            let (old, new) = (changed(&song(), first), changed(&song(), second));
            let edits = difference(&old, &new);
            prop_assert!(in_words(&old, &edits).len() >= edits.len());
            let mut session = old;
            for edit in edits {
                prop_assert!(edit.apply(&mut session).is_ok());
            }
            prop_assert_eq!(session, new);
        }
    }
}
