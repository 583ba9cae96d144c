//! Checks of a session before its package is sent: stems, masters, the client's brief, ISRCs and
//! file names. [`checks`] is called by the window and by [`super::make::deliver`].

use crate::delivery::asked::asked;
use crate::delivery::before::{findings, left_out};
use crate::render::manifest::FileReport;
use crate::render::problem::Problem;
use crate::session::Session;
use crate::session::master::{CAUTION_FROM, Master};
use crate::session::naming::{full_name, isrc};
use crate::texts::say;
use crate::units::Db;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Good,
    /// A person should look at it; the package may still be sent.
    Look,
    Failed,
    /// There is no data to judge by.
    Unknown,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Look => "look",
            Verdict::Failed => "failed",
            Verdict::Unknown => "not known",
        }
    }
}

/// One check: its result and a sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub verdict: Verdict,
    pub text: String,
}

/// How old files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// They sound of the session as it is.
    #[default]
    Now,
    /// Made in an earlier run of the program, and nobody knows of a change since.
    Earlier,
    /// The mix was changed since.
    Changed,
}

/// Facts for the checks that are not in the session.
#[derive(Default)]
pub struct Facts<'a> {
    pub masters: &'a [&'a FileReport],
    /// Age of the oldest of them.
    pub age: Age,
    /// Null test of the exported stems against the mix, relative to the mix.
    pub stems_residual: Option<Db>,
    /// Null test of the imported stems against the reference.
    pub reference_residual: Option<Db>,
    /// Number of files that are to be made, those in `masters` included.
    pub planned: usize,
    /// Number of findings in the stems that a person should look at.
    pub findings: Option<usize>,
    /// The new revision, once it is known.
    pub fresh: Option<&'a str>,
    /// The revision that was made last.
    pub made: Option<&'a str>,
}

/// A residual from this level up means that the exported stems do not sum to the mix.
pub const PROVED: Db = Db(-90.0);
/// A residual from this level up means that the imported stems differ from the reference.
const LIKE_THE_REFERENCE: Db = Db(-60.0);
/// Deviation from the target that EBU R128 allows, in LU.
const BROADCAST: f64 = 0.2;

/// Runs all checks, in the order of the work.
pub fn checks(session: &Session, facts: &Facts<'_>) -> Vec<Check> {
    let mut list = left_out(session);
    list.extend(stems(facts));
    list.extend(masters(session, facts));
    for version in &session.versions {
        let notes = session.resolved(version).notes(session);
        list.extend(notes.into_iter().map(|note| check(Verdict::Look, note)));
    }
    list.extend(asked(session));
    list.extend(codes(session));
    list.extend(names(session));
    if let Some(revision) = facts.fresh {
        let text = match facts.made.filter(|made| *made != revision) {
            Some(made) => say!("check-next", made = made, revision = revision),
            None => say!("check-fresh", revision = revision),
        };
        list.push(check(Verdict::Good, text));
    }
    list
}

fn check(verdict: Verdict, text: impl Into<String>) -> Check {
    Check { verdict, text: text.into() }
}

fn stems(facts: &Facts<'_>) -> Vec<Check> {
    let mut list = vec![match (facts.stems_residual, facts.reference_residual) {
        (Some(left), _) if left < PROVED => {
            check(Verdict::Good, say!("check-stems-sum", level = format!("{left:.1}")))
        }
        (Some(left), _) => {
            check(Verdict::Failed, say!("check-stems-differ", level = format!("{left:.1}")))
        }
        (None, Some(left)) if left < LIKE_THE_REFERENCE => {
            check(Verdict::Good, say!("check-like-reference", level = format!("{left:.1}")))
        }
        (None, Some(left)) => {
            check(Verdict::Look, say!("check-unlike-reference", level = format!("{left:.1}")))
        }
        (None, None) => check(Verdict::Unknown, say!("check-no-reference")),
    }];
    list.extend(findings(facts));
    list
}

fn masters(session: &Session, facts: &Facts<'_>) -> Vec<Check> {
    let files = facts.masters;
    let all = facts.planned.max(files.len());
    if files.is_empty() {
        return vec![check(Verdict::Unknown, say!("check-not-rendered"))];
    }
    // What is true of some files says nothing about those that are still to come, and what is true
    // of old files nothing about the song as it is.
    let good = |text: &str| match (files.len(), facts.age) {
        (_, Age::Changed) => check(Verdict::Unknown, say!("check-before-change", what = text)),
        (_, Age::Earlier) => check(Verdict::Unknown, say!("check-earlier", what = text)),
        (done, Age::Now) if done < all => {
            check(Verdict::Unknown, say!("check-in-some", what = text, done = done, all = all))
        }
        _ => check(Verdict::Good, text),
    };
    let count = |bad: &dyn Fn(&FileReport) -> bool| files.iter().filter(|file| bad(file)).count();
    let over = count(&|file| file.problems.iter().any(Problem::is_true_peak));
    let off = count(&|file| !file.passed);
    let mut list = vec![match over {
        0 => good(say!("check-none-over")),
        count => check(Verdict::Failed, say!("check-over", count = count)),
    }];
    list.push(match off {
        0 if files.len() < all => good(say!("check-on-target")),
        0 => good(say!("check-all-on-target")),
        count => check(Verdict::Failed, say!("check-need-a-look", count = count)),
    });
    for master in session.masters.iter().filter(|master| master.broadcast) {
        let Some(target) = master.target else { continue };
        let own = files.iter().filter(|file| file.master == master.id);
        let off = own.filter_map(|file| Some((file.integrated_lufs? - target.loudness.0).abs()));
        if let Some(worst) = off.reduce(f64::max) {
            let name = &master.name;
            list.push(match worst <= BROADCAST {
                true => good(&say!("check-within", master = name, by = BROADCAST.to_string())),
                false => {
                    let by = format!("{worst:.1}");
                    check(Verdict::Failed, say!("check-off-target", master = name, by = by))
                }
            });
        }
    }
    list.extend(limiting(session, files));
    list
}

/// Masters whose files are limited so deeply that it is heard.
fn limiting(session: &Session, files: &[&FileReport]) -> Vec<Check> {
    let deepest = |master: &Master| {
        let own = files.iter().filter(|file| file.master == master.id);
        own.map(|file| file.limiting()).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let masters = session.masters.iter().filter_map(|master| Some((master, deepest(master)?)));
    let heavy = masters.filter(|(_, limiting)| *limiting >= CAUTION_FROM);
    let told = heavy.map(|(master, limiting)| {
        let limiting = format!("{:.1}", limiting.0);
        check(Verdict::Look, say!("check-limiting", master = &master.name, limiting = limiting))
    });
    told.collect()
}

/// Checks ISRCs: twelve characters each, and no two versions with the same code.
fn codes(session: &Session) -> Vec<Check> {
    let (mut list, mut known) = (Vec::new(), BTreeSet::new());
    let given = session.versions.iter().filter(|version| !version.isrc.trim().is_empty());
    let count = given.clone().count();
    for version in given {
        match isrc(&version.isrc) {
            None => {
                let text = say!("check-no-isrc", version = &version.name, code = &version.isrc);
                list.push(check(Verdict::Look, text));
            }
            Some(code) if !known.insert(code.clone()) => {
                let text = say!("check-isrc-twice", version = &version.name, code = code);
                list.push(check(Verdict::Look, text));
            }
            Some(_) => {}
        }
    }
    if list.is_empty() && count > 0 {
        let text = say!("check-isrc", count = count, all = session.versions.len());
        list.push(check(Verdict::Good, text));
    }
    list
}

/// Reports files that would get the same name; all but the first get a number.
fn names(session: &Session) -> Option<Check> {
    let mut known = BTreeSet::new();
    let pairs = session.versions.iter().flat_map(|v| session.masters.iter().map(move |m| (v, m)));
    let doubles = pairs.filter(|(version, master)| {
        !known.insert(full_name(session, version, master).to_lowercase())
    });
    let count = doubles.count();
    (count > 0).then(|| check(Verdict::Look, say!("check-names-twice", count = count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::manifest::tests::report;
    use crate::session::history::tests::song;

    fn limited(session: &Session, master: usize, reduction_db: f64) -> FileReport {
        FileReport { reduction_db, ..report(session, master, "a.wav") }
    }

    fn told(session: &Session, facts: &Facts<'_>) -> String {
        let told = checks(session, facts).into_iter();
        told.map(|check| format!("{}: {}\n", check.verdict.name(), check.text)).collect()
    }

    #[test]
    fn deep_limiting_is_said_of_each_master() {
        let session = song();
        let masters =
            [limited(&session, 0, -7.9), limited(&session, 1, -8.0), limited(&session, 1, -12.3)];
        let masters = masters.each_ref();
        let told = told(&session, &Facts { masters: &masters, planned: 3, ..Facts::default() });
        let name = &session.masters[1].name;
        assert!(told.contains(&format!("look: {name}: 12.3 dB of limiting\n")), "{told}");
        assert_eq!(told.matches("of limiting").count(), 1, "{told}");
    }

    #[test]
    fn what_was_measured_before_a_change_is_not_good_of_the_song_as_it_is() {
        let session = song();
        let masters = [limited(&session, 0, 0.0)];
        let of = |age| {
            let facts = Facts { masters: &masters.each_ref(), planned: 1, age, ..Facts::default() };
            told(&session, &facts)
        };
        assert!(of(Age::Now).contains("good: Every file on target\n"), "{}", of(Age::Now));
        for (age, said) in [(Age::Earlier, "made before"), (Age::Changed, "before the last change")]
        {
            let told = of(age);
            assert!(told.contains(&format!("not known: Every file on target, {said}\n")), "{told}");
            assert!(!told.contains("good: No sample over"), "{told}");
        }
    }

    #[test]
    fn the_next_revision_is_named_beside_the_one_that_was_made() {
        let session = song();
        let of = |made| told(&session, &Facts { fresh: Some("1.1"), made, ..Facts::default() });
        assert!(of(None).contains("good: Nothing overwritten: v1.1 is new\n"));
        assert!(of(Some("1")).contains("good: v1 was made; next: v1.1\n"));
    }
}
