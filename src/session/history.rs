//! Undo and redo. [`History`] applies edits, keeps the inverse of each step, and merges the edits
//! of one gesture into one step. Owned by the window's document.

use crate::session::Session;
use crate::session::describe::step;
use crate::session::edit::{Edit, NoSuchStem};
use std::collections::VecDeque;

/// Number of undo steps kept. A step may hold a whole chain or all versions; a day of work is some
/// hundreds of steps.
const MOST: usize = 500;

/// Number of a gesture, such as one fader drag. Consecutive edits of one gesture are one undo step.
pub type Gesture = u64;

/// One undo step.
#[derive(Debug)]
struct Step {
    back: Edit,
    gesture: Option<Gesture>,
    name: String,
}

/// Steps that can be undone and redone.
#[derive(Debug, Default)]
pub struct History {
    undo: VecDeque<Step>,
    /// Whether older steps were dropped because of the limit.
    forgotten: bool,
    redo: Vec<(Edit, String)>,
    /// Counts every change, undo and redo; the window compares it with the saved state.
    state: u64,
    /// Counts new steps.
    begun: u64,
}

impl History {
    /// Makes a change. It extends the last step if both have the same gesture and edit the same
    /// thing.
    pub fn apply(
        &mut self,
        session: &mut Session,
        edit: Edit,
        gesture: Option<Gesture>,
    ) -> Result<(), NoSuchStem> {
        let name = edit.describe(session);
        let back = edit.apply(session)?;
        let last = self.undo.back_mut().filter(|last| {
            gesture.is_some()
                && last.gesture == gesture
                && last.back.is_of_the_same(&back)
                && self.redo.is_empty()
        });
        match last {
            Some(last) => last.name = step(&last.back, session).unwrap_or(name),
            None => {
                let name = step(&back, session).unwrap_or(name);
                self.undo.push_back(Step { back, gesture, name });
                self.begun += 1;
                if self.undo.len() > MOST {
                    self.undo.pop_front();
                    self.forgotten = true;
                }
            }
        }
        self.redo.clear();
        self.state += 1;
        Ok(())
    }

    /// Undoes the last step; false if there is none.
    pub fn undo(&mut self, session: &mut Session) -> Result<bool, NoSuchStem> {
        let Some(step) = self.undo.back() else { return Ok(false) };
        // A step that fails stays in the list.
        let again = step.back.clone().apply(session)?;
        self.redo.extend(self.undo.pop_back().map(|step| (again, step.name)));
        self.state += 1;
        Ok(true)
    }

    /// Redoes the last undone step; false if there is none.
    pub fn redo(&mut self, session: &mut Session) -> Result<bool, NoSuchStem> {
        let Some((edit, _)) = self.redo.last() else { return Ok(false) };
        let back = edit.clone().apply(session)?;
        let step = self.redo.pop().map(|(_, name)| Step { back, gesture: None, name });
        self.undo.extend(step);
        self.state += 1;
        Ok(true)
    }

    /// Names of all steps, oldest first: done steps, then undone ones.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        let made = self.undo.iter().map(|step| step.name.as_str());
        made.chain(self.redo.iter().rev().map(|(_, name)| name.as_str()))
    }

    /// Name of the last done step.
    pub fn last(&self) -> Option<&str> {
        self.undo.back().map(|step| step.name.as_str())
    }

    /// Whether no step was dropped because of the limit.
    pub fn is_whole(&self) -> bool {
        !self.forgotten
    }

    /// Number of steps that can be undone.
    pub fn depth(&self) -> usize {
        self.undo.len()
    }

    /// Counts new steps. Edits that extend a step, undo and redo do not change it.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// Counts all changes, including undo and redo.
    pub fn state(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::dsp::chain::{Kind, Slot};
    use crate::dsp::curve::{Curve, Point};
    use crate::dsp::strip::{StripAutomation, StripSettings};
    use crate::media::AudioInfo;
    use crate::session::file_ref::{Content, Place};
    use crate::session::snapshot::Snapshot;
    use crate::session::stem::{Colour, FileRef, Role, Stem, StemId};
    use crate::session::{Section, Unknown};
    use crate::units::{Db, EntryId, Frames, Pan, SampleRate, Seconds};
    use proptest::prelude::*;

    pub(crate) fn stem(id: u32) -> Stem {
        let info = AudioInfo {
            format: "WAV".into(),
            channels: 2,
            sample_rate: SampleRate(48_000),
            bits: Some(24),
            float: false,
            frames: Frames(48_000),
            lossy: false,
            time_reference: None,
            truncated: false,
        };
        let path = format!("Stems/{id:02}.wav");
        Stem {
            id: StemId(id),
            uid: EntryId::of_text(&id.to_string()),
            name: format!("Stem {id}"),
            role: Role::Other,
            colour: None,
            file: FileRef::new(
                Place { path, raw: None },
                Content { hash: String::new(), bytes: 0 },
                info,
            ),
            start: Frames(0),
            skip: Frames(0),
            strip: StripSettings::default(),
            automation: StripAutomation::default(),
            chain: Vec::new(),
            clean: Vec::new(),
            note: String::new(),
            unknown: Unknown::new(),
        }
    }

    pub(crate) fn edits() -> impl Strategy<Value = Edit> {
        let several = prop::collection::vec(single(), 0..4).prop_map(Edit::Several);
        prop_oneof![4 => single(), 1 => several]
    }

    fn single() -> impl Strategy<Value = Edit> {
        let id = (1u32..6).prop_map(StemId);
        prop_oneof![
            (id.clone(), -30.0..12.0, -1.0..1.0).prop_map(|(stem, fader, pan)| Edit::Strip {
                stem,
                settings: StripSettings {
                    fader: Db(fader),
                    pan: Pan(pan),
                    ..StripSettings::default()
                },
            }),
            (id.clone(), 0.0..60.0, -30.0..12.0).prop_map(|(stem, time, level)| {
                let fader = Curve::new(vec![Point::new(Seconds(time), level)]);
                let automation = StripAutomation { fader, ..StripAutomation::default() };
                Edit::Automation { stem, automation }
            }),
            (id.clone(), "[a-z]{1,6}").prop_map(|(stem, name)| Edit::Name { stem, name }),
            id.clone().prop_map(|stem| Edit::Role { stem, role: Role::Brass }),
            id.clone().prop_map(|stem| Edit::Colour { stem, colour: Some(Colour::Teal) }),
            (-60.0..6.0f64).prop_map(|level| Edit::MixFader(Db(level))),
            (prop::option::of(id.clone()), 0..Kind::ALL.len()).prop_map(|(stem, kind)| {
                Edit::Chain { stem, slots: vec![Slot::new(Kind::ALL[kind])] }
            }),
            (id.clone(), 0u64..9, 0u64..9).prop_map(|(stem, start, skip)| Edit::Place {
                stem,
                start: Frames(start),
                skip: Frames(skip),
            }),
            id.clone().prop_map(|id| Edit::File { stem: id, file: Box::new(stem(9).file) }),
            id.clone().prop_map(|stem| Edit::RemoveStem { stem }),
            (id, 0usize..6).prop_map(|(stem, to)| Edit::MoveStem { stem, to }),
            (0usize..6, 10u32..20)
                .prop_map(|(at, id)| Edit::AddStem { at, stem: Box::new(stem(id)) }),
            (0usize..8).prop_map(|place| {
                let session = Session::new("", SampleRate(48_000));
                Edit::Snapshots(vec![Snapshot::of(&session, place, "Loud".into())])
            }),
            (0.0..60.0)
                .prop_map(|start| Edit::Sections(vec![Section::new("Verse", Seconds(start))])),
        ]
    }

    /// A session with five stems.
    pub(crate) fn song() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = (1..6).map(stem).collect();
        session
    }

    /// The result of a list of edits. Skips edits that fail, or that would give two stems the same
    /// id.
    pub(crate) fn changed(base: &Session, list: Vec<Edit>) -> Session {
        let mut session = base.clone();
        for edit in list {
            let before = session.clone();
            let _ = edit.apply(&mut session);
            let mut ids: Vec<_> = session.stems.iter().map(|stem| stem.id).collect();
            ids.sort();
            ids.dedup();
            if ids.len() != session.stems.len() {
                session = before;
            }
        }
        session
    }

    fn added(edit: &Edit, ids: &mut Vec<StemId>) {
        match edit {
            Edit::AddStem { stem, .. } => ids.push(stem.id),
            Edit::Several(edits) => edits.iter().for_each(|edit| added(edit, ids)),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn whatever_was_done_can_be_undone_and_redone(
            list in prop::collection::vec(edits(), 1..20),
            gesture in prop::option::of(Just(1)),
        ) {
            let mut session = Session::new("Song", SampleRate(48_000));
            session.stems = (1..6).map(stem).collect();
            let start = session.clone();
            let mut history = History::default();
            for edit in list {
                let mut ids: Vec<StemId> = session.stems.iter().map(|stem| stem.id).collect();
                added(&edit, &mut ids);
                let all = ids.len();
                ids.sort();
                ids.dedup();
                if ids.len() == all {
                    let before = session.clone();
                    if history.apply(&mut session, edit, gesture).is_err() {
                        prop_assert_eq!(&session, &before);
                    }
                }
            }
            let end = session.clone();
            while history.undo(&mut session).unwrap() {}
            prop_assert_eq!(&session, &start);
            while history.redo(&mut session).unwrap() {}
            prop_assert_eq!(&session, &end);
        }
    }

    #[test]
    fn a_step_that_does_not_fit_stays_in_the_list() {
        let mut session = song();
        let mut history = History::default();
        let edit = |stem| Edit::Role { stem: StemId(stem), role: Role::Brass };
        history.apply(&mut session, edit(2), None).unwrap();
        history.apply(&mut session, edit(1), None).unwrap();
        history.undo(&mut session).unwrap();
        let gone = session.stems.drain(..2).collect::<Vec<_>>();
        assert!(history.undo(&mut session).is_err() && history.redo(&mut session).is_err());
        assert_eq!((history.depth(), history.steps().count()), (1, 2));
        session.stems.splice(0..0, gone);
        assert!(history.redo(&mut session).unwrap() && history.undo(&mut session).unwrap());
        assert!(history.undo(&mut session).unwrap());
        assert_eq!(session, song());
    }

    #[test]
    fn a_drag_is_one_step() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![stem(1)];
        let mut history = History::default();
        for level in [-1.0, -2.0, -3.0] {
            let settings = StripSettings { fader: Db(level), ..StripSettings::default() };
            let edit = Edit::Strip { stem: StemId(1), settings };
            history.apply(&mut session, edit, Some(7)).unwrap();
        }
        assert!(history.undo(&mut session).unwrap());
        assert_eq!(session.stems[0].strip.fader, Db::UNITY);
        assert!(!history.can_undo() && history.can_redo());
    }

    #[test]
    fn the_oldest_steps_are_forgotten_and_the_rest_walk_both_ways() {
        let (mut session, mut history) = (song(), History::default());
        for n in 0..MOST as u32 + 10 {
            let name = format!("Name {n}");
            let edit = Edit::Name { stem: StemId(1), name };
            history.apply(&mut session, edit, None).unwrap();
        }
        assert_eq!((history.depth(), history.is_whole()), (MOST, false));
        while history.undo(&mut session).unwrap() {}
        assert_eq!(session.stem(StemId(1)).unwrap().name, "Name 9");
        while history.redo(&mut session).unwrap() {}
        assert_eq!(session.stem(StemId(1)).unwrap().name, format!("Name {}", MOST + 9));
    }
}
