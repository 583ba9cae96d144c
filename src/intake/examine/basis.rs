//! What the result of an examination depends on. Whoever keeps an [`super::Examination`] keeps this
//! with it, and knows by it whether it still speaks of the session as it is.

use crate::session::Session;
use crate::session::file_ref::{Content, FileRef};
use crate::session::stem::{Stem, StemId};
use crate::units::SampleRate;

/// Everything of a session that decides what is heard of its stems in an examination.
#[derive(Clone, Debug, PartialEq)]
pub struct Basis {
    rate: SampleRate,
    reference: Option<Vec<Content>>,
    stems: Vec<OfStem>,
}

#[derive(Clone, Debug, PartialEq)]
struct OfStem {
    id: StemId,
    offset: i64,
    invert: bool,
    file: Vec<Content>,
}

impl OfStem {
    fn is_of(&self, stem: &Stem) -> bool {
        (self.id, self.offset, self.invert) == (stem.id, stem.offset(), stem.strip.invert)
            && is_content(&self.file, &stem.file)
    }
}

fn contents(file: &FileRef) -> Vec<Content> {
    file.sides().map(|(_, content)| content.clone()).collect()
}

fn is_content(known: &[Content], file: &FileRef) -> bool {
    known.iter().eq(file.sides().map(|(_, content)| content))
}

impl Basis {
    pub fn of(session: &Session) -> Self {
        let of = |stem: &Stem| OfStem {
            id: stem.id,
            offset: stem.offset(),
            invert: stem.strip.invert,
            file: contents(&stem.file),
        };
        Self {
            rate: session.sample_rate,
            reference: session.reference.as_ref().map(contents),
            stems: session.stems.iter().map(of).collect(),
        }
    }

    /// Whether the session is still the one that was examined. Copies nothing: the window asks in
    /// every frame.
    pub fn is_of(&self, session: &Session) -> bool {
        let reference = match (&self.reference, &session.reference) {
            (Some(known), Some(file)) => is_content(known, file),
            (known, file) => known.is_none() && file.is_none(),
        };
        let mut pairs = self.stems.iter().zip(&session.stems);
        // The order of the lanes changes no sound.
        reference
            && self.rate == session.sample_rate
            && self.stems.len() == session.stems.len()
            && (pairs.all(|(known, stem)| known.is_of(stem))
                || session.stems.iter().all(|stem| self.holds(stem)))
    }

    /// Whether this stem was examined as it is now.
    pub fn holds(&self, stem: &Stem) -> bool {
        self.stems.iter().any(|known| known.is_of(stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::edit::Edit;
    use crate::session::history::tests::song;
    use crate::units::Frames;

    #[test]
    fn what_moves_or_turns_a_stem_is_another_session_to_examine_and_undo_is_the_old_one() {
        let mut session = song();
        let basis = Basis::of(&session);
        assert!(basis.is_of(&session));
        let stem = session.stems[0].clone();
        let mut settings = stem.strip;
        settings.invert = true;
        let place = Edit::Place { stem: stem.id, start: Frames(0), skip: Frames(1_323) };
        for edit in [Edit::Strip { stem: stem.id, settings }, place] {
            let back = edit.apply(&mut session).unwrap();
            assert!(!basis.is_of(&session) && !basis.holds(&session.stems[0]));
            assert!(basis.holds(&session.stems[1]), "the others are as they were");
            back.apply(&mut session).unwrap();
            assert!(basis.is_of(&session));
        }
        // A fader and the order of the lanes change nothing that was examined.
        session.stems[0].strip.mute = true;
        session.stems.reverse();
        assert!(basis.is_of(&session));
        session.reference = Some(session.stems[0].file.clone());
        assert!(!basis.is_of(&session));
    }
}
