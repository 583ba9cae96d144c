//! Copies of the session that another person changed. A job searches for them beside the session
//! and compares them; the window's thread asks about one at a time and merges it.

use super::ReviewNews;
use crate::app::act::saving::Then;
use crate::app::desk::Desk;
use crate::app::foreign::{self, KnownContent};
use crate::app::jobs::News;
use crate::app::notes::Merging;
use crate::review::beside::come_home;
use crate::review::copies::{self, NeighbourCache, put_aside, together};
use crate::session::Session;
use crate::session::difference::difference;
use crate::session::edit::Edit;
use crate::session::merge::Side;
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A search for copies, to be run in a job.
pub struct Search {
    path: PathBuf,
    session: Arc<Session>,
    state: u64,
    /// The session file when this window last read or wrote it.
    written: KnownContent,
    beside: NeighbourCache,
    later: Vec<PathBuf>,
}

/// Result of a search.
pub struct Searched {
    beside: NeighbourCache,
    /// The copy of the session file, if another program or machine changed it.
    foreign: anyhow::Result<Option<PathBuf>>,
    /// A copy, and its comparison with the session or why it could not be compared.
    found: Option<(PathBuf, Result<Box<Merging>, String>)>,
}

/// Prepares a search. `None` while a copy is being asked about, for a session without a file, and
/// in a read-only window, which leaves copies to the other window.
pub(super) fn search(desk: &mut Desk) -> Option<Search> {
    let document = desk.document.as_ref()?;
    let known = &mut desk.notes.copies;
    if !document.on_disk || document.read_only || known.open.is_some() {
        return None;
    }
    Some(Search {
        path: document.path.clone(),
        session: Arc::clone(&document.open.session),
        state: document.state(),
        written: document.written(),
        beside: std::mem::take(&mut known.beside),
        later: known.later.clone(),
    })
}

impl Search {
    pub fn run(mut self) -> Searched {
        let foreign = foreign::look(&self.path, &self.written);
        let all = copies::copies(&self.path, &self.session, &mut self.beside);
        let copy = all.into_iter().find(|copy| !self.later.contains(copy));
        let found = copy.and_then(|copy| {
            let compared = self.compared(&copy).transpose()?;
            Some((copy, compared))
        });
        Searched { beside: self.beside, foreign, found }
    }

    /// Compares a copy. A copy without changes of its own is put aside, and the result is `None`.
    fn compared(&self, copy: &Path) -> Result<Option<Box<Merging>>, String> {
        let merging = Merging::of(&self.path, &self.session, self.state, copy);
        let merging = merging.map_err(|error| format!("{error:#}"))?;
        let [theirs, _] = &merging.news;
        if !theirs.is_empty() || !merging.conflicts.is_empty() {
            return Ok(Some(Box::new(merging)));
        }
        put_aside(&self.path, copy).map(|_| None).map_err(|error| error.to_string())
    }
}

/// Takes the result of a search; returns true if another search must start at once.
pub(super) fn take_searched(desk: &mut Desk, searched: Searched) -> bool {
    let Searched { beside, foreign, found } = searched;
    desk.notes.copies.beside = beside;
    let mut again = false;
    match foreign {
        Ok(Some(_)) => {
            desk.say(say!("review-copy-saved-meanwhile"));
            again = true;
        }
        Ok(None) => {}
        Err(error) => desk.say(format!("{error:#}")),
    }
    match found {
        // It was merged, or put off, while the search ran.
        Some((copy, Ok(_))) if desk.notes.copies.later.contains(&copy) => {}
        Some((_, Ok(merging))) => {
            desk.panels.review.merging.clear();
            desk.notes.copies.open = Some(*merging);
            again = false;
        }
        Some((copy, Err(error))) => {
            // A sync tool may still be writing the copy; it is not compared again until the session
            // is reopened.
            desk.notes.copies.later.push(copy);
            desk.say(error);
        }
        None => {}
    }
    again
}

/// Compares the open copy again if the session changed since.
pub(super) fn look(desk: &mut Desk) {
    let Some(document) = &desk.document else { return };
    let copies = &mut desk.notes.copies;
    let Some(merging) = copies.open.as_ref().filter(|_| !copies.again) else { return };
    let state = document.state();
    if merging.state == state {
        return;
    }
    let (path, session) = (document.path.clone(), Arc::clone(&document.open.session));
    let copy = merging.copy.clone();
    copies.again = true;
    desk.job("merge", move |tell, _| {
        let made = Merging::of(&path, &session, state, &copy);
        tell(ReviewNews::Again(made.map(Box::new).map_err(|error| format!("{error:#}"))));
    });
}

pub(super) fn take_again(desk: &mut Desk, made: Result<Box<Merging>, String>) {
    desk.notes.copies.again = false;
    let Some(open) = &mut desk.notes.copies.open else { return };
    match made {
        Ok(made) if made.copy == open.copy => {
            *open = *made;
            finish_if_ready(desk);
        }
        Ok(_) => {}
        // The copy vanished or changed; the next search finds it again.
        Err(_) => drop(close(desk)),
    }
}

/// Closes the question about a copy, and returns the copy.
pub(super) fn close(desk: &mut Desk) -> Option<Merging> {
    desk.panels.review.merging.clear();
    desk.notes.copies.finishing = false;
    desk.notes.copies.open.take()
}

pub(super) fn later(desk: &mut Desk) {
    if let Some(merging) = close(desk) {
        desk.notes.copies.later.push(merging.copy);
    }
}

/// Gives the copy an id of its own, so that it is a separate song.
pub(super) fn keep_apart(desk: &mut Desk) {
    let Some(Merging { copy, .. }) = close(desk) else { return };
    // Excluded from searches until the job has written it.
    desk.notes.copies.later.push(copy.clone());
    desk.job_shown("apart", say!("review-copy-writing"), move |tell, say, _| {
        let done = copies::keep_apart(&copy);
        tell(ReviewNews::Apart { copy, done: done.is_ok() });
        if let Err(error) = done {
            say(News::Failed(error.to_string()));
        }
    });
}

pub(super) fn apart(desk: &mut Desk, copy: &PathBuf, done: bool) {
    desk.notes.copies.later.retain(|known| known != copy);
    if done {
        desk.say(say!("review-copy-now-apart"));
    }
}

/// Merges with the chosen sides; `all` decides the conflicts without a choice.
pub(super) fn merge(desk: &mut Desk, all: Option<Side>) {
    let Some(merging) = &desk.notes.copies.open else {
        return desk.say(say!("review-copy-none"));
    };
    let chosen = &mut desk.panels.review.merging;
    if let Some(all) = all {
        let sides = merging.sides(chosen);
        let open = merging.both.conflicts.iter().zip(sides).filter(|(_, side)| side.is_none());
        chosen.extend(open.map(|(conflict, _)| (conflict.place.clone(), all)));
    }
    desk.notes.copies.finishing = true;
    finish_if_ready(desk);
}

/// Merges once the copy is compared with the current state of the session.
fn finish_if_ready(desk: &mut Desk) {
    let copies = &mut desk.notes.copies;
    let (Some(document), Some(merging)) = (&desk.document, &copies.open) else { return };
    if !copies.finishing || merging.state != document.state() {
        return;
    }
    copies.finishing = false;
    let sides = merging.sides(&desk.panels.review.merging);
    if sides.contains(&None) {
        return desk.say(say!("review-copy-choose-first"));
    }
    if let Some(merging) = close(desk) {
        finish(desk, merging, &sides);
    }
}

fn finish(desk: &mut Desk, merging: Merging, sides: &[Option<Side>]) {
    let Some(document) = &desk.document else { return };
    let both = together(&merging.both, sides, &document.session, &merging.theirs);
    let session = match both {
        Ok(session) => session,
        Err(error) => return desk.say(error.to_string()),
    };
    desk.own_step();
    desk.rewind(|document| {
        let edits = difference(&document.session, &session);
        if !edits.is_empty() {
            document.edit(Edit::Several(edits));
        }
        // Edits do not cover fields of later program versions, so the merged session replaces it.
        document.open.session = session.into();
    });
    // Excluded from searches until the save has ended.
    desk.notes.copies.later.push(merging.copy.clone());
    desk.start_save(None, Then::Merged(merging.copy));
}

/// The merged session is saved: puts the copy aside.
pub fn after_merge(desk: &mut Desk, copy: PathBuf) {
    let Some(path) = desk.document.as_ref().map(|document| document.path.clone()) else { return };
    match put_aside(&path, &copy) {
        Ok(_) => {
            desk.notes.copies.later.retain(|known| *known != copy);
            // Comments beside the copy can be brought to the session now.
            let home = desk.document.as_ref().map(|document| come_home(&path, &document.session));
            if let Some(Err(error)) = home {
                desk.say(error.to_string());
            }
        }
        Err(error) => desk.say(error.to_string()),
    }
}
