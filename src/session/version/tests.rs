use super::*;
use crate::session::history::tests::stem;

fn session() -> Session {
    let mut session = Session::new("Song", SampleRate(1000));
    for (n, role) in [Role::Drums, Role::LeadVocals, Role::BackingVocals].into_iter().enumerate() {
        session.stems.push(Stem { role, ..stem(n as u32 + 1) });
    }
    session
}

#[test]
fn versions_with_the_same_cuts_are_parts_of_one_mix_whoever_made_them() {
    let mut session = crate::session::history::tests::song();
    for n in [0, 1] {
        session.versions[n].cuts = vec![Cut::new(Seconds(1.0), Seconds(2.0))];
    }
    crate::session::entries::give(&mut session);
    assert_ne!(session.versions[0].cuts[0].id, session.versions[1].cuts[0].id);
    let parts = session.full_mix_and_parts();
    assert_eq!(
        parts.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["full", "instrumental"]
    );
}

#[test]
fn a_version_that_builds_on_two_has_what_both_have() {
    let mut session = session();
    session.versions[3].cuts = vec![Cut::new(Seconds(1.0), Seconds(2.0))];
    let mut both = Version::new("cleanradio", "Clean radio edit", Selection::All);
    both.from = vec!["radio".into(), "clean".into(), "nobody".into()];
    both.levels = vec![Level { of: LevelTarget::Role(Role::LeadVocals), gain: Db(1.0) }];
    session.versions.push(both.clone());
    let resolved = session.resolved(&both);
    assert!(resolved.clean);
    assert_eq!(resolved.cuts, session.versions[3].cuts);
    assert_eq!(resolved.level(&session.stems[1]), Some(Db(1.0)));
    session.versions[3].levels = vec![Level { of: LevelTarget::Role(Role::Drums), gain: Db(-2.0) }];
    let once = session.resolved(&both);
    assert_eq!(once.level(&session.stems[0]), Some(Db(-2.0)));
    assert_eq!(session.resolved(&once), once);
    // A change in the parent also changes this version.
    session.versions[3].set_level(&session.stems[0].clone(), None);
    session.versions[3].from = vec!["cleanradio".into()];
    let resolved = session.resolved(&both);
    assert_eq!(resolved.level(&session.stems[0]), None);
    assert_eq!(resolved.level(&session.stems[2]), Some(Db::UNITY));
}

#[test]
fn a_stem_of_its_own_goes_before_its_role_and_the_rule() {
    let session = session();
    let mut tv = Version::new("tv", "TV", Selection::Without { roles: vec![Role::LeadVocals] });
    let [drums, lead, backing] = &session.stems[..] else { panic!() };
    assert_eq!((tv.level(drums), tv.level(lead)), (Some(Db::UNITY), None));
    tv.set_level(lead, Some(Db(-3.0)));
    tv.set_level(backing, None);
    assert_eq!((tv.level(lead), tv.level(backing)), (Some(Db(-3.0)), None));
    // At the value of the rule, no exception is stored.
    tv.set_level(lead, None);
    tv.set_level(backing, Some(Db::UNITY));
    assert!(tv.levels.is_empty());
}

#[test]
fn notes_say_what_makes_no_difference_and_what_is_missing() {
    let mut session = session();
    let notes = |session: &Session, n: usize| session.resolved(&session.versions[n]).notes(session);
    assert!(notes(&session, 0).is_empty());
    assert!(notes(&session, 3)[0].contains("no cut is set"));
    assert!(notes(&session, 4)[0].contains("no clean region is set"));
    session.stems.truncate(1);
    assert!(notes(&session, 1)[0].contains("holds every stem"));
    assert!(notes(&session, 2)[0].contains("silent"));
}

#[test]
fn cuts_that_do_not_fit_are_told_of() {
    let mut session = session();
    let whole = session.length().seconds(session.sample_rate).0;
    let time = |share: f64| Seconds(whole * share);
    let long = Cut { crossfade: time(0.5), ..Cut::new(time(0.1), time(0.2)) };
    session.versions[3].cuts = vec![
        long,
        Cut::new(time(0.3), time(0.6)),
        Cut::new(time(0.5), time(2.0)),
        Cut::new(time(3.0), time(4.0)),
    ];
    let notes = session.versions[3].notes(&session).join("; ");
    for said in ["shortened", "overlaps the next", "beyond the end", "outside the song"] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
}

#[test]
fn length_is_what_cuts_and_fade_leave() {
    let mut version = Version::new("x", "X", Selection::All);
    version.cuts = vec![Cut::new(Seconds(1.0), Seconds(3.0)), Cut::new(Seconds(2.0), Seconds(4.0))];
    let rate = SampleRate(1000);
    assert_eq!(version.length(Frames(10_000), rate), Frames(7000));
    version.fade = Some(Fade { start: Seconds(5.0), end: Seconds(6.0) });
    assert_eq!(left(&version, 10_000, rate), [(0, 1000), (4000, 6000)]);
    assert_eq!(version.length(Frames(10_000), rate), Frames(3000));
}
