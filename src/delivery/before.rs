//! What a person should know before anything is written: stems that the files would not hold,
//! findings and words that nobody decided about, and missing files. The window asks about it, and
//! [`super::checks`] repeats the part that stays true of the files.

use super::checks::{Check, Facts, Verdict};
use crate::session::Session;
use crate::session::version::Version;
use crate::texts::say;

/// Everything to ask about before the included files are made; empty if nothing stands out.
/// `missing` are the names of files that cannot be read; `packed`: they go into a package.
pub fn before(
    session: &Session,
    facts: &Facts<'_>,
    missing: &[String],
    packed: bool,
) -> Vec<Check> {
    let mut list = left_out(session);
    list.extend(findings(facts).filter(|check| check.verdict != Verdict::Good));
    list.extend(words(session));
    if packed && session.delivery.include.reference && session.reference.is_none() {
        list.push(look(say!("check-reference-missing").into()));
    }
    if !missing.is_empty() {
        list.push(look(say!("check-missing", files = missing.join(", "))));
    }
    list
}

fn look(text: String) -> Check {
    Check { verdict: Verdict::Look, text }
}

/// Muted stems, with the number of files that would hold them, and solos, which no file follows.
pub(super) fn left_out(session: &Session) -> Vec<Check> {
    // Each version as it is made, with the number of its files.
    let versions: Vec<(Version, usize)> = session
        .versions
        .iter()
        .map(|version| {
            let masters = session.masters.iter();
            let made = masters.filter(|one| session.delivery.includes(&version.id, &one.id));
            (session.resolved(version), made.count())
        })
        .collect();
    let all: usize = versions.iter().map(|(_, files)| files).sum();
    let mut list = Vec::new();
    for (n, stem) in session.stems.iter().enumerate() {
        let name = format!("{:02} {}", n + 1, stem.name);
        let holding = versions.iter().filter(|(version, _)| version.holds(stem));
        let held: usize = holding.map(|(_, files)| files).sum();
        if stem.strip.mute && held > 0 {
            list.push(look(say!("check-left-out", stem = &name, held = held, all = all)));
        }
        if stem.strip.solo {
            list.push(look(say!("check-soloed", stem = &name)));
        }
    }
    list
}

/// Findings in the stems; nothing before the examination has ended.
pub(super) fn findings(facts: &Facts<'_>) -> Option<Check> {
    Some(match facts.findings? {
        0 => Check { verdict: Verdict::Good, text: say!("check-no-findings").into() },
        count => look(say!("check-findings", count = count)),
    })
}

fn words(session: &Session) -> Option<Check> {
    let name = &session.included().find(|(version, _)| version.clean)?.0.name;
    let count = session.lyrics.as_ref()?.open().count();
    (count > 0).then(|| look(say!("check-words-open", count = count, version = name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::song;
    use crate::session::lyrics::{Lyrics, Verdict as Decision, Word};
    use crate::units::Seconds;

    fn texts(list: &[Check]) -> Vec<&str> {
        list.iter().map(|check| check.text.as_str()).collect()
    }

    #[test]
    fn a_muted_stem_is_counted_by_the_files_that_would_hold_it() {
        let mut session = song();
        let (versions, masters) = (session.versions.len(), session.masters.len());
        let stem = session.stems[0].clone();
        assert_eq!(before(&session, &Facts::default(), &[], false), []);
        session.stems[0].strip.mute = true;
        let held = session.versions.iter().filter(|v| session.resolved(v).holds(&stem)).count();
        assert!(held > 0 && held < versions, "some versions are without this stem");
        let name = format!("01 {}", stem.name);
        let all = versions * masters;
        let text = format!("{name} is muted: left out of {} of {all} files", held * masters);
        assert_eq!(texts(&before(&session, &Facts::default(), &[], false)), [text]);
        // Cells that are not made do not count.
        let (of, master) = (session.versions[0].id.clone(), session.masters[0].id.clone());
        session.delivery.left_out.push((of, master));
        let text =
            format!("{name} is muted: left out of {} of {} files", held * masters - 1, all - 1);
        assert_eq!(texts(&before(&session, &Facts::default(), &[], false)), [text]);
    }

    #[test]
    fn solos_findings_words_and_missing_files_are_asked_about() {
        let mut session = song();
        session.stems[1].strip.solo = true;
        let open = Word {
            text: "damn".into(),
            start: Seconds(1.0),
            end: Seconds(1.5),
            line: false,
            unsure: false,
            verdict: Some(Decision::Open),
        };
        session.lyrics = Some(Lyrics { words: vec![open.clone(), open], ..Lyrics::default() });
        let facts = Facts { findings: Some(2), ..Facts::default() };
        let asked = before(&session, &facts, &["Rough mix".into()], false);
        let asked = texts(&asked).join("; ");
        for said in ["is soloed", "2 findings", "2 explicit words", "Missing: Rough mix"] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        session.versions.retain(|version| !version.clean);
        let asked = before(&session, &facts, &[], false);
        assert!(!texts(&asked).join("; ").contains("explicit"), "no clean version is made");
    }

    #[test]
    fn a_reference_that_the_package_should_hold_and_nobody_has_is_asked_about() {
        let mut session = song();
        let asked = |session: &Session, packed| before(session, &Facts::default(), &[], packed);
        session.reference = None;
        let text = "Reference mix is ticked, but the session has none: the package is without it";
        assert_eq!(texts(&asked(&session, true)), [text]);
        assert_eq!(asked(&session, false), [], "masters alone never hold it");
        session.delivery.include.reference = false;
        assert_eq!(asked(&session, true), []);
    }
}
