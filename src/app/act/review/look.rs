//! Watches the folder of the session for comments, copies of the session, or a session file that
//! other people wrote. [`look`] runs once per UI frame; a watcher thread wakes the window.

use super::copies::{self, Searched};
use super::{ReviewNews, revisions};
use crate::app::desk::Desk;
use crate::app::jobs::Jobs;
use crate::review::book::{Arrived, Book};
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Interval between two searches of the folder.
const LOOK: Duration = Duration::from_secs(3);

/// Result of one search of the folder.
pub struct Looked {
    /// Comments of other people.
    arrived: Option<Arrived>,
    /// The copy that is asked about no longer exists.
    gone: bool,
    searched: Option<Searched>,
}

/// Called once per UI frame: starts the jobs that are due.
pub fn look(desk: &mut Desk) {
    revisions::look(desk);
    copies::look(desk);
    if desk.notes.looked.elapsed() >= LOOK {
        search(desk);
    }
}

fn search(desk: &mut Desk) {
    if desk.notes.copies.looking {
        return;
    }
    let (book, asked) = (desk.notes.book.search(), desk.notes.copies.open.as_ref());
    let asked = asked.map(|merging| merging.copy.clone());
    let search = copies::search(desk);
    desk.notes.looked = Instant::now();
    desk.notes.copies.looking = true;
    desk.job("look", move |tell, _| {
        let arrived = book.map(|book| book.read());
        let gone = asked.is_some_and(|copy| !copy.exists());
        let searched = search.map(copies::Search::run);
        tell(ReviewNews::Looked(Looked { arrived, gone, searched }));
    });
}

pub(super) fn take(desk: &mut Desk, looked: Looked) {
    desk.notes.copies.looking = false;
    let count = |desk: &Desk| desk.notes.book.review().present().count();
    let before = count(desk);
    let arrived = looked.arrived.is_some_and(|arrived| desk.notes.book.take_arrived(arrived));
    let after = count(desk);
    if arrived && after > before {
        desk.say(say!("review-arrived", count = after - before));
    }
    if looked.gone {
        // Another person merged the copy.
        copies::close(desk);
    }
    if let Some(searched) = looked.searched
        && copies::take_searched(desk, searched)
    {
        search(desk);
    }
}

/// Modification time of a file or folder.
fn stamp(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

impl Jobs {
    /// Wakes the window when something is written into the session's folder or its folder of
    /// comments. The thread ends when `alive` is dropped.
    pub fn watch_notes(&self, path: &Path, alive: &Arc<()>) {
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let places = [Book::folder(path), path.to_owned(), folder];
        let (alive, ctx) = (Arc::downgrade(alive), self.ctx.clone());
        self.spawn("notes", move |_| {
            let look = || places.each_ref().map(|place| stamp(place));
            let mut known = look();
            while alive.strong_count() > 0 {
                std::thread::sleep(LOOK);
                let now = look();
                if now != known {
                    known = now;
                    ctx.request_repaint();
                }
            }
        });
    }
}
