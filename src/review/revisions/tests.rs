use super::*;
use crate::dates::days_ago_utc;
use crate::dsp::strip::StripSettings;
use crate::session::history::tests::{changed, edits, stem};
use crate::units::{Db, SampleRate};
use proptest::prelude::*;
use std::time::Duration;

fn song() -> Session {
    let mut session = Session::new("Song", SampleRate(48_000));
    session.stems = (1..9).map(stem).collect();
    session
}

fn objects(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("Song.revisions/objects")).unwrap().count()
}

#[test]
fn a_revision_is_kept_told_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
    let first = song();
    let one = revisions.keep(&first, revisions.next(&first, "1")).unwrap();
    assert_eq!((one.log.as_slice(), objects(folder.path())), (&["First revision".into()][..], 9));
    let mut second = first.clone();
    second.stems[1].strip = StripSettings { fader: Db(-1.5), ..StripSettings::default() };
    let two = revisions.next(&second, "1.1");
    assert_eq!(two.log, ["Fader Stem 2 \u{2212}1.5 dB"]);
    let two = revisions.keep(&second, two).unwrap();
    // New objects: the changed stem and the session.
    assert_eq!(objects(folder.path()), 11);
    assert_eq!(two.parent.as_ref(), Some(&one.session));
    let all = revisions.all();
    assert_eq!(all.len(), 2);
    assert_eq!(plain(revisions.session(&one).unwrap()), first);
    assert_eq!(plain(revisions.session(&two).unwrap()), second);
    let text = log(&all, &Review::default());
    assert!(text.contains("v1.1") && text.contains("Fader Stem 2"), "{text}");
}

fn plain(session: Session) -> Session {
    session.work()
}

#[test]
fn who_goes_on_from_an_older_one_makes_a_branch() {
    let folder = tempfile::tempdir().unwrap();
    let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
    let keep = |session: &Session, name: &str| {
        std::thread::sleep(Duration::from_millis(1100));
        revisions.keep(session, revisions.next(session, name)).unwrap()
    };
    let mut session = song();
    let one = keep(&session, "1");
    session.song.artist = "Anna".into();
    let two = keep(&session, "1.1");
    let mut old = revisions.session(&one).unwrap();
    old.stems[0].name = "Kick".into();
    let three = keep(&old, "1.2");
    assert_eq!(three.parent, Some(one.session.clone()));
    assert_eq!(three.log.len(), 1, "{:?}", three.log);
    let text = log(&revisions.all(), &Review::default());
    assert!(text.contains("v1.2") && text.contains("  from v1\n"), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("v1.1") && line.contains("from")), "{text}");
    // A log rewritten by a person replaces the generated one.
    let mut review = Review::default();
    review.logs.insert(two.session.clone(), vec!["The singer has a name".into()]);
    assert!(log(&revisions.all(), &review).contains("The singer has a name"));
}

#[test]
fn what_is_deleted_can_be_brought_back_and_goes_after_its_days() {
    let folder = tempfile::tempdir().unwrap();
    let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
    let notes = folder.path().join("notes");
    let session = song();
    revisions.keep(&session, revisions.next(&session, "1")).unwrap();
    let one = revisions.all().remove(0);
    revisions.delete(&one).unwrap();
    assert!(revisions.all().is_empty());
    revisions.tidy(&[], &notes);
    let gone = revisions.deleted().remove(0);
    revisions.bring_back(&gone).unwrap();
    assert_eq!(plain(revisions.session(&revisions.all()[0]).unwrap()), session);
    revisions.delete(&one).unwrap();
    let bin = revisions.bin();
    let file = revisions.deleted().remove(0).file;
    let (_, name) = file.split_once('_').unwrap();
    std::fs::rename(bin.join(&file), bin.join(format!("{}_{name}", days_ago_utc(31)))).unwrap();
    revisions.tidy(&[], &notes);
    assert!(revisions.deleted().is_empty());
    assert_eq!(objects(folder.path()), 9, "what it held goes after as many days more");
}

#[test]
fn two_copies_know_what_they_have_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
    let mut session = song();
    for n in 0..60 {
        session.song.artist = format!("Artist {n}");
        revisions.remember(&mut session).unwrap();
    }
    assert_eq!(session.lineage.len(), REMEMBERED);
    let (mut ours, mut theirs) = (session.clone(), session.clone());
    ours.stems[0].name = "Kick".into();
    revisions.remember(&mut ours).unwrap();
    theirs.stems[1].name = "Snare".into();
    revisions.remember(&mut theirs).unwrap();
    assert_eq!(plain(revisions.common(&ours, &theirs).unwrap()), plain(session));
    assert!(revisions.common(&ours, &song()).is_none());
}

#[test]
fn what_was_changed_by_hand_is_no_revision() {
    let folder = tempfile::tempdir().unwrap();
    let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
    let session = song();
    let kept = revisions.keep(&session, revisions.next(&session, "1")).unwrap();
    let path = revisions.object(&kept.session);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"Song\"", "\"Gong\"")).unwrap();
    let error = revisions.session(&kept).unwrap_err().to_string();
    assert!(error.contains("it was changed"), "{error}");
    std::fs::write(folder.path().join("Song.revisions/junk.json"), "{").unwrap();
    assert_eq!(revisions.all().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_state_comes_back_as_it_was(list in prop::collection::vec(edits(), 1..8)) {
        let folder = tempfile::tempdir().unwrap();
        let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
        let mut session = song();
        let mut states = Vec::new();
        for (n, edit) in list.into_iter().enumerate() {
            session = changed(&session, vec![edit]);
            let next = revisions.next(&session, &format!("1.{n}"));
            states.push((revisions.keep(&session, next).unwrap(), session.clone()));
        }
        for (revision, state) in states {
            prop_assert_eq!(plain(revisions.session(&revision).unwrap()), state);
        }
    }
}
