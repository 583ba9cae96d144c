//! Copies of the session that somebody else changed: searched for, compared, put together.

use super::Told;
use crate::app::desk::Desk;
use crate::app::document::{Document, content};
use crate::app::jobs::News;
use crate::app::notes::Merging;
use crate::review::beside::come_home;
use crate::review::copies::{self, Beside, put_aside, together};
use crate::session::Session;
use crate::session::difference::difference;
use crate::session::edit::Edit;
use crate::session::merge::Side;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A search for copies, for another thread.
pub struct Search {
    path: PathBuf,
    session: Arc<Session>,
    state: u64,
    /// Hash of the session's file as we know it.
    written: Option<blake3::Hash>,
    beside: Beside,
    later: Vec<PathBuf>,
}

/// What such a search found.
pub struct Searched {
    beside: Beside,
    /// The session's file is not as we wrote or read it.
    foreign: bool,
    /// A copy that a person should be asked about, or why that cannot be.
    found: Option<(PathBuf, Result<Box<Merging>, String>)>,
}

/// A search, where there may be copies: not while one is asked about already. A window that only
/// reads leaves them to the other window.
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
        let now = self.written.and_then(|_| content(&self.path));
        let foreign = now.is_some() && now != self.written;
        let all = copies::copies(&self.path, &self.session, &mut self.beside);
        let copy = all.into_iter().find(|copy| !self.later.contains(copy));
        let found = copy.and_then(|copy| {
            let compared = self.compared(&copy).transpose()?;
            Some((copy, compared))
        });
        Searched { beside: self.beside, foreign, found }
    }

    /// A copy, compared; none if there is nothing to ask, and then it is put aside.
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

/// Takes what was found; true if it should be searched again at once.
pub(super) fn take_searched(desk: &mut Desk, searched: Searched) -> bool {
    let Searched { beside, foreign, found } = searched;
    desk.notes.copies.beside = beside;
    let mut again = false;
    // Whether the file is foreign is seen again here: it may be ours by now.
    if let (true, Some(document)) = (foreign, &mut desk.document) {
        match document.set_foreign_aside() {
            Ok(Some(_)) => {
                desk.say("Somebody else saved this session meanwhile");
                again = true;
            }
            Ok(None) => {}
            Err(error) => desk.say(format!("{error:#}")),
        }
    }
    match found {
        Some((_, Ok(merging))) => {
            desk.panels.review.merging.clear();
            desk.notes.copies.open = Some(*merging);
            again = false;
        }
        Some((copy, Err(error))) => {
            // It may still be on its way.
            desk.notes.copies.later.push(copy);
            desk.say(error);
        }
        None => {}
    }
    again
}

/// Compares the open copy again after more work.
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
        tell(Told::Again(made.map(Box::new).map_err(|error| format!("{error:#}"))));
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
        // It went, or became another: it is searched for again.
        Err(_) => drop(close(desk)),
    }
}

/// Closes the question; the copy that it was about.
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

/// Makes the copy a song of its own.
pub(super) fn keep_apart(desk: &mut Desk) {
    let Some(Merging { copy, .. }) = close(desk) else { return };
    // It is not asked about again until that is written.
    desk.notes.copies.later.push(copy.clone());
    desk.job_shown("apart", "Writing the copy", move |tell, say, _| {
        let done = copies::keep_apart(&copy);
        tell(Told::Apart { copy, done: done.is_ok() });
        if let Err(error) = done {
            say(News::Failed(error.to_string()));
        }
    });
}

pub(super) fn apart(desk: &mut Desk, copy: &PathBuf, done: bool) {
    desk.notes.copies.later.retain(|known| known != copy);
    if done {
        desk.say("It is a song of its own from now on");
    }
}

/// Puts both together as it was chosen; where nothing is chosen, `all` counts.
pub(super) fn merge(desk: &mut Desk, all: Option<Side>) {
    let Some(merging) = &desk.notes.copies.open else {
        return desk.say("Nobody else worked on this song");
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

/// Puts both together, once the copy is compared with the session as it is now.
fn finish_if_ready(desk: &mut Desk) {
    let copies = &mut desk.notes.copies;
    let (Some(document), Some(merging)) = (&desk.document, &copies.open) else { return };
    if !copies.finishing || merging.state != document.state() {
        return;
    }
    copies.finishing = false;
    let sides = merging.sides(&desk.panels.review.merging);
    if sides.contains(&None) {
        return desk.say("Choose first for each what both changed");
    }
    if let Some(merging) = close(desk) {
        finish(desk, merging, &sides);
    }
}

fn finish(desk: &mut Desk, merging: Merging, sides: &[Option<Side>]) {
    let Some(document) = &desk.document else { return };
    let path = document.path.clone();
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
        // What later programs wrote is in no change that is known here.
        document.open.session = session.into();
    });
    desk.save();
    if desk.document.as_ref().is_none_or(Document::is_dirty) {
        // Why it could not be saved was said. The copy stays where it is.
        desk.notes.copies.later.push(merging.copy);
        return;
    }
    match put_aside(&path, &merging.copy) {
        Ok(_) => {
            // Comments beside the copy are found now that it is gone.
            let home = desk.document.as_ref().map(|document| come_home(&path, &document.session));
            if let Some(Err(error)) = home {
                desk.say(error.to_string());
            }
        }
        Err(error) => {
            desk.notes.copies.later.push(merging.copy);
            desk.say(error.to_string());
        }
    }
}
