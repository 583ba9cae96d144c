use super::*;
use crate::dsp::chain::{Kind, Slot};
use crate::session::history::tests::{changed, edits, song, stem};
use crate::session::reference::Reference;
use crate::session::snapshot::Snapshot;
use crate::session::stem::{CleanRegion, Stem, StemId, Treatment};
use crate::session::version::{Cut, LevelTarget, Selection, Version};
use crate::session::{Section, Session, entries, ready};
use crate::units::{Db, Pan, Seconds};
use proptest::prelude::*;

#[test]
fn what_two_people_did_apart_is_there_and_what_both_did_is_asked() {
    let mut base = song();
    base.stems[0].chain = vec![Slot::new(Kind::Eq), Slot::new(Kind::Compressor)];
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.stems[1].strip.fader = Db(-1.5);
    ours.stems[0].chain[0].on = false;
    ours.song.artist = "Anna".into();
    ours.stems[2].name = "Kick".into();
    theirs.stems[1].strip.pan = Pan(0.5);
    theirs.stems[0].chain[1].on = false;
    theirs.stems[2].name = "Bass drum".into();
    theirs.stems.remove(4);
    let merged = merge(Some(&base), &ours, &theirs).unwrap();
    assert_eq!(merged.conflicts.len(), 1, "{:?}", merged.conflicts);
    assert_eq!(merged.conflicts[0].place, ["stems", "3", "name"]);
    let words = merged.words(0).unwrap();
    assert!(words.ours[0].contains("Kick") && words.theirs[0].contains("Bass drum"), "{words:?}");
    assert!(words.was.is_some_and(|was| was[0].contains("Stem 3")));
    let news = merged.news(&ours, Side::Ours).unwrap();
    assert!(!news.iter().any(|line| line.contains("Kick")), "{news:?}");
    let session = merged.with(&[Some(Side::Theirs)]).unwrap();
    assert_eq!((session.stems[1].strip.fader, session.stems[1].strip.pan), (Db(-1.5), Pan(0.5)));
    assert!(!session.stems[0].chain[0].on && !session.stems[0].chain[1].on);
    assert_eq!((session.stems.len(), session.song.artist.as_str()), (4, "Anna"));
    assert_eq!(session.stems[2].name, "Bass drum");
    assert_eq!(merged.with(&[None]).unwrap().stems[2].name, "Stem 3");
}

#[test]
fn a_stem_that_one_removed_and_the_other_changed_stays_until_it_is_said() {
    let base = song();
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.stems.remove(1);
    theirs.stems[1].strip.fader = Db(-3.0);
    let merged = merge(Some(&base), &ours, &theirs).unwrap();
    assert_eq!(merged.with(&[None]).unwrap().stems.len(), 5);
    assert_eq!(merged.with(&[Some(Side::Ours)]).unwrap().stems.len(), 4);
    assert_eq!(merged.with(&[Some(Side::Theirs)]).unwrap().stems[1].strip.fader, Db(-3.0));
}

#[test]
fn stems_that_both_added_under_one_number_are_both_there() {
    let base = song();
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.stems.push(stem(6));
    theirs.stems.push(Stem { id: StemId(6), name: "Organ".into(), ..stem(7) });
    theirs.versions[0].stems = Selection::Stems { ids: vec![StemId(1), StemId(6)] };
    theirs.snapshots = vec![Snapshot::of(&theirs, 0, "A".into())];
    for (a, b) in [(&ours, &theirs), (&theirs, &ours)] {
        let merged = merge(Some(&base), a, b).unwrap();
        assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
        let session = merged.with(&[]).unwrap();
        let organ = session.stems.iter().find(|stem| stem.name == "Organ").unwrap().id;
        assert_eq!(session.stems.len(), 7);
        let Selection::Stems { ids } = &session.versions[0].stems else { panic!() };
        assert!(ids.contains(&organ), "{ids:?} {organ:?}");
    }
}

/// Adds an entry to every list that people can add to.
fn added(base: &Session, at: f64, name: &str) -> Session {
    let mut session = base.clone();
    let (start, end) = (Seconds(at), Seconds(at + 0.5));
    session.chain.push(Slot::new(Kind::Eq));
    session.stems[0].chain.push(Slot::new(Kind::Eq));
    session.stems[0].chain[0].on = name != "Anna";
    session.stems[1].clean.push(CleanRegion::new(start, end, Treatment::Mute));
    session.sections.insert(0, Section::new(name, start));
    session.versions[0].cuts.push(Cut::new(start, end));
    let stem = session.stems[if name == "Anna" { 0 } else { 1 }].clone();
    session.versions[1].set_level(&stem, Some(Db(-2.0)));
    let only = Selection::Stems { ids: vec![stem.id] };
    session.versions.push(Version::new("", "New version", only));
    ready::named(&mut session.versions);
    session.delivery.left_out.push(("newversion".into(), "cd".into()));
    let mut master = session.masters[0].clone();
    (master.id, master.name) = ("own".into(), name.into());
    session.masters.push(master);
    session.references.push(Reference::new(name.into(), stem.file.clone()));
    session.snapshots.push(Snapshot::of(&session, 0, name.into()));
    entries::give(&mut session);
    session
}

#[test]
fn what_two_people_add_is_there_twice() {
    let mut base = song();
    base.stems[0].chain = vec![Slot::new(Kind::Gate)];
    entries::give_known(&mut base);
    let (ours, theirs) = (added(&base, 2.0, "Anna"), added(&base, 1.0, "Ben"));
    let mut results = Vec::new();
    for (a, b) in [(&ours, &theirs), (&theirs, &ours)] {
        let merged = merge(Some(&base), a, b).unwrap();
        assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
        results.push(merged.with(&[]).unwrap());
    }
    assert_eq!(results[0], results[1]);
    let both = &results[0];
    let kinds: Vec<Kind> = both.stems[0].chain.iter().map(Slot::kind).collect();
    assert_eq!(kinds, [Kind::Gate, Kind::Eq, Kind::Eq]);
    assert!(!both.stems[0].chain[0].on);
    assert_eq!((both.chain.len(), both.stems[1].clean.len()), (2, 2));
    let names: Vec<&str> = both.sections.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Ben", "Anna"]);
    let cuts: Vec<f64> = both.versions[0].cuts.iter().map(|cut| cut.start.0).collect();
    assert_eq!(cuts, [1.0, 2.0]);
    let levels: Vec<LevelTarget> = both.versions[1].levels.iter().map(|level| level.of).collect();
    assert_eq!(levels.len(), 2);
    let new: Vec<&Version> = both.versions.iter().skip(base.versions.len()).collect();
    let mut named: Vec<&str> = new.iter().map(|version| version.name.as_str()).collect();
    named.sort_unstable();
    assert_eq!(named, ["New version", "New version 2"]);
    assert_ne!(new[0].stems, new[1].stems);
    // Each new version keeps its own left-out cell.
    let cells: Vec<&str> = both.delivery.left_out.iter().map(|cell| cell.0.as_str()).collect();
    assert_eq!(cells.len(), 2, "{cells:?}");
    assert!(new.iter().all(|version| cells.contains(&version.id.as_str())));
    assert_eq!(both.masters.len(), base.masters.len() + 2);
    assert_eq!(both.references.len(), 2);
    let places: Vec<usize> = both.snapshots.iter().map(|kept| kept.place).collect();
    assert!(places.contains(&0) && places.contains(&1), "{places:?}");
}

#[test]
fn entries_without_ids_are_known_by_what_they_are() {
    let mut base = song();
    base.stems[0].chain = vec![Slot::new(Kind::Gate), Slot::new(Kind::Eq)];
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.stems[0].chain.remove(0);
    theirs.stems[0].chain[1].on = false;
    let merged = merge(Some(&base), &ours, &theirs).unwrap();
    assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
    let chain = &merged.with(&[]).unwrap().stems[0].chain;
    assert_eq!((chain.len(), chain[0].kind(), chain[0].on), (1, Kind::Eq, false));
}

#[test]
fn without_a_base_all_that_differs_is_asked() {
    let (ours, mut theirs) = (song(), song());
    theirs.stems[1].strip.fader = Db(-3.0);
    let merged = merge(None, &ours, &theirs).unwrap();
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.with(&[Some(Side::Theirs)]).unwrap(), theirs);
    assert_eq!(merged.with(&[Some(Side::Ours)]).unwrap(), ours);
    assert!(merge(None, &ours, &ours).unwrap().conflicts.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn both_orders_come_to_the_same(
        before in prop::collection::vec(edits(), 0..6),
        a in prop::collection::vec(edits(), 0..8),
        b in prop::collection::vec(edits(), 0..8),
        known in any::<bool>(),
    ) {
        let base = changed(&song(), before);
        let (ours, theirs) = (changed(&base, a), changed(&base, b));
        let base = known.then_some(&base);
        let one = merge(base, &ours, &theirs).unwrap();
        let two = merge(base, &theirs, &ours).unwrap();
        let count = one.conflicts.len();
        prop_assert_eq!(count, two.conflicts.len());
        for (x, y) in one.conflicts.iter().zip(&two.conflicts) {
            prop_assert_eq!((&x.place, &x.ours, &x.theirs), (&y.place, &y.theirs, &y.ours));
        }
        prop_assert_eq!(one.with(&vec![None; count]).unwrap(), two.with(&vec![None; count]).unwrap());
        let taken = one.with(&vec![Some(Side::Ours); count]).unwrap();
        prop_assert_eq!(&taken, &two.with(&vec![Some(Side::Theirs); count]).unwrap());
        // If only one side changed, the merge equals that side.
        if let Some(base) = base {
            prop_assert_eq!(merge(Some(base), &ours, base).unwrap().with(&[]).unwrap(), ours.clone());
            prop_assert_eq!(merge(Some(base), base, &ours).unwrap().with(&[]).unwrap(), ours);
        } else {
            prop_assert_eq!(taken.stems.len() >= ours.stems.len(), true);
        }
        for n in 0..count {
            prop_assert!(one.words(n).is_ok());
        }
    }
}
