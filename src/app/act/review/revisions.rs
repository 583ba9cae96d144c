//! Revisions: listed, kept, compared, played, restored and deleted. Jobs read and write the files,
//! because the folder may be on a slow network disk; their answers come back through [`ReviewNews`].

use super::told::{Made, ReviewNews};
use crate::app::blind::Candidate;
use crate::app::desk::Desk;
use crate::app::jobs::News;
use crate::app::notes::{Comparison, Of};
use crate::app::open_song::OpenSong;
use crate::app::view::View;
use crate::review::ReviewError;
use crate::review::revisions::{Revision, Revisions, changes};
use crate::session::Session;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::texts::say;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Age at which the lists of revisions are read again.
const STALE: Duration = Duration::from_secs(2);

/// The revisions of the open session.
fn place(desk: &Desk) -> Option<Revisions> {
    Some(Revisions::of(&desk.document.as_ref()?.path))
}

/// Called once per UI frame: reads the lists again if they are stale, names the present state, and
/// compares the chosen sides.
pub(super) fn look(desk: &mut Desk) {
    read(desk);
    name(desk);
    compare(desk);
}

/// Finds the name of the present state once for each state, as that compares whole sessions.
fn name(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let (state, revised) = (document.state(), &mut desk.notes.revised);
    let known = revised.now.as_ref().is_some_and(|(of, _)| *of == state);
    if desk.panels.view == View::Review && !known {
        revised.now = Some((state, revised.name_of(&document.session)));
    }
}

fn read(desk: &mut Desk) {
    let Some(kept) = place(desk) else { return };
    let shown = desk.panels.view == View::Review || desk.panels.review.writing.is_some();
    let revised = &desk.notes.revised;
    let stale = revised.read.is_none_or(|read| shown && read.elapsed() >= STALE);
    if !stale || revised.reading {
        return;
    }
    let (round, known) = (revised.round, revised.last.clone());
    desk.notes.revised.reading = true;
    desk.job("revisions", move |tell, _| {
        let (all, deleted) = (kept.all(), kept.deleted());
        let last = all.last().and_then(|one| match known {
            Some((hash, session)) if hash == one.session => Some((hash, session)),
            _ => Some((one.session.clone(), Arc::new(kept.session(one).ok()?))),
        });
        tell(ReviewNews::Revisions { round, all, deleted, last });
    });
}

pub(super) fn take_lists(
    desk: &mut Desk,
    all: Vec<Revision>,
    deleted: Vec<Revision>,
    last: Option<(String, Arc<Session>)>,
) {
    let revised = &mut desk.notes.revised;
    (revised.all, revised.deleted, revised.last) = (all, deleted, last);
    (revised.read, revised.reading, revised.keeping) = (Some(Instant::now()), false, false);
    revised.now = None;
    let sides = &mut desk.panels.review.sides;
    if sides.iter().flatten().any(|hash| revised.find(hash).is_none()) {
        *sides = [None, None];
    }
    // By default, compare the last revision with the open session.
    if let ([from, None], Some(last)) = (sides, revised.all.last())
        && from.is_none()
    {
        *from = Some(last.session.clone());
    }
}

/// Starts a job that compares the chosen sides, unless the result is up to date.
fn compare(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let (panels, revised) = (&desk.panels, &desk.notes.revised);
    let comparison = &revised.comparison;
    let shown = panels.view == View::Review;
    if !shown || revised.read.is_none() || revised.all.is_empty() || comparison.making.is_some() {
        return;
    }
    let sides = panels.review.sides.clone();
    let of = Of { sides, state: document.state(), version: document.version };
    if comparison.of.as_ref() == Some(&of) {
        return;
    }
    let revision = |side: &Option<String>| revised.find(side.as_deref()?).cloned();
    let revisions = of.sides.each_ref().map(revision);
    let (open, kept) = (document.open.clone(), Revisions::of(&document.path));
    desk.notes.revised.comparison.making = Some(of.clone());
    // Not on the board: nobody asked for it, and the view says that it compares.
    desk.job("compare", move |tell, _| {
        let made = made(&kept, &open, &revisions);
        tell(ReviewNews::Compared {
            of,
            made: made.map(Box::new).map_err(|error| error.to_string()),
        });
    });
}

/// Reads and compares both sides; `None` stands for the open session.
fn made(
    kept: &Revisions,
    open: &OpenSong,
    sides: &[Option<Revision>; 2],
) -> Result<Made, ReviewError> {
    let state = |side: &Option<Revision>| match side {
        None => Ok(Session::clone(&open.session)),
        Some(revision) => kept.session(revision),
    };
    let [a, b] = sides;
    let (a, b) = (state(a)?, state(b)?);
    let words = in_words(&a, &changes(&a, &b));
    let mut missing = Vec::new();
    let states = [a, b].map(|state| {
        let (lined_up, gone) = lined_up(&open.session, &state);
        missing.extend(gone);
        let id = open.current_version().map(|version| version.id);
        let mut song = OpenSong::new(lined_up, open.path.clone());
        let place = song.session.versions.iter().position(|one| Some(&one.id) == id.as_ref());
        (song.version, song.selected) = (place.unwrap_or(0), open.selected);
        Box::new(song)
    });
    missing.dedup();
    Ok(Made { words, missing, states })
}

/// A state with the stems of the open session, in their order, so that the open sources can play
/// it. A stem that the state lacks is muted; one with another file or position plays as it is now.
/// Also returns what cannot be heard, in sentences.
fn lined_up(now: &Session, then: &Session) -> (Session, Vec<String>) {
    let mut missing = Vec::new();
    let stems = now.stems.iter().map(|open| match then.stem(open.id) {
        Some(stem) if stem.file.is_same_content(&open.file) && stem.offset() == open.offset() => {
            stem.clone()
        }
        Some(_) => {
            missing.push(say!("review-revisions-other-file", stem = &open.name));
            open.clone()
        }
        None => {
            let mut silent = open.clone();
            silent.strip.mute = true;
            silent
        }
    });
    let stems = stems.collect();
    let gone = then.stems.iter().filter(|stem| now.stem(stem.id).is_none());
    missing.extend(gone.map(|stem| say!("review-revisions-not-open", stem = &stem.name)));
    (Session { stems, ..then.clone() }, missing)
}

pub(super) fn take_compared(desk: &mut Desk, of: Of, made: Result<Box<Made>, String>) {
    let comparison = &mut desk.notes.revised.comparison;
    if comparison.making.as_ref() != Some(&of) {
        return;
    }
    (comparison.making, comparison.of, comparison.gains) = (None, Some(of), None);
    match made {
        Ok(made) => {
            (comparison.words, comparison.missing) = (made.words, made.missing);
            comparison.states = Some(made.states);
        }
        Err(error) => {
            (comparison.words, comparison.states) = (vec![error], None);
            comparison.missing.clear();
        }
    }
    measure(desk);
}

pub(super) fn hear(desk: &mut Desk, side: Option<usize>) {
    desk.notes.revised.comparison.heard = side;
    measure(desk);
}

/// Measures the loudness of both sides before one of them is heard.
fn measure(desk: &mut Desk) {
    let (Some(document), Some(sources)) = (&desk.document, desk.listen.heard.sources.clone())
    else {
        return;
    };
    let comparison = &mut desk.notes.revised.comparison;
    if comparison.heard.is_none() || comparison.gains.is_some() || comparison.making.is_some() {
        return;
    }
    let Some(states) = &comparison.states else { return };
    let candidates = states.each_ref().map(|song| Candidate::State(Arc::clone(&song.session)));
    let test = Comparison::next_test(comparison);
    desk.jobs.compare(document, desk.number, test, &candidates, sources, None);
}

/// Keeps the current session as a revision.
pub(super) fn keep(desk: &mut Desk, name: String) {
    let Some(kept) = place(desk) else { return };
    let Some(document) = &mut desk.document else { return };
    if desk.notes.revised.keeping {
        return;
    }
    desk.notes.revised.keeping = true;
    let session = Arc::clone(&document.open.session);
    // Before the job runs: a revision that is restored meanwhile must come later in the lineage.
    if let Ok(hash) = kept.hash_of(&session) {
        document.descend(&hash);
    }
    desk.job_shown("keep", say!("review-revisions-job-keep"), move |tell, say, _| {
        let next = kept.next(&session, &name);
        match kept.keep(&session, next) {
            Ok(_) => tell(ReviewNews::Kept(name)),
            Err(error) => failed(tell, say, &error),
        }
    });
}

pub(super) fn kept(desk: &mut Desk, name: &str) {
    desk.say(say!("review-revisions-is-kept", revision = name));
    desk.notes.revised.forget();
}

/// Reports an error; the lists are read again, since the change may be half done.
fn failed(tell: &dyn Fn(ReviewNews), say: &(dyn Fn(News) + Sync), error: &ReviewError) {
    tell(ReviewNews::Changed);
    say(News::Failed(error.to_string()));
}

/// Reads a revision in a job; [`restored`] then makes the session equal to it, as one undo step.
pub(super) fn restore(desk: &mut Desk, revision: Revision) {
    let Some(kept) = place(desk) else { return };
    desk.job_shown("restore", say!("review-revisions-job-read"), move |tell, say, _| {
        match kept.session(&revision) {
            Ok(session) => {
                let (revision, session) = (Box::new(revision), Box::new(session));
                tell(ReviewNews::Restored { revision, session });
            }
            Err(error) => say(News::Failed(error.to_string())),
        }
    });
}

pub(super) fn restored(desk: &mut Desk, revision: &Revision, then: &Session) {
    desk.own_step();
    desk.rewind(|document| {
        let edits = difference(&document.session, then);
        if !edits.is_empty() {
            document.edit(Edit::Several(edits));
        }
        document.descend(&revision.session);
    });
    desk.notes.revised.forget();
    desk.say(say!("review-revisions-restored", revision = &revision.name));
}

/// Deletes a revision; it can be brought back for some days.
pub(super) fn delete(desk: &mut Desk, revision: Revision) {
    renamed(desk, say!("review-revisions-job-delete"), move |kept| kept.delete(&revision));
}

pub(super) fn bring_back(desk: &mut Desk, revision: Revision) {
    let words = say!("review-revisions-job-bring-back");
    renamed(desk, words, move |kept| kept.bring_back(&revision));
}

fn renamed(
    desk: &mut Desk,
    shown: &str,
    change: impl FnOnce(&Revisions) -> Result<(), ReviewError> + Send + 'static,
) {
    let Some(kept) = place(desk) else { return };
    desk.job_shown("revise", shown, move |tell, say, _| match change(&kept) {
        Ok(()) => tell(ReviewNews::Changed),
        Err(error) => failed(tell, say, &error),
    });
}
