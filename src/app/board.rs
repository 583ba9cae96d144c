//! The board of running jobs ([`Board`]): jobs report their start, progress and end from any
//! thread; the window lists them and cancels one by its id.

use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Jobs that end sooner are not listed.
pub const SOON: Duration = Duration::from_millis(100);

/// Id of the render in the list; the board numbers other jobs from 1.
pub const RENDER: u64 = 0;

/// One job, as the window shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEntry {
    pub id: u64,
    pub name: String,
    /// Share that is done, from 0 to 1; `None` if unknown.
    pub share: Option<f32>,
}

struct Entry {
    id: u64,
    name: String,
    share: Option<f32>,
    cancel: Arc<AtomicBool>,
    since: Instant,
}

#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    next: u64,
}

/// The running jobs; clones share one list.
#[derive(Clone, Default)]
pub struct Board(Arc<Mutex<Entries>>);

/// Entry of a job on the board; dropping it removes the entry.
pub struct Running {
    board: Board,
    id: u64,
}

impl Board {
    /// Adds a job. The board sets `cancel` when a person stops it.
    pub fn begin(&self, name: impl Into<String>, cancel: &Arc<AtomicBool>) -> Running {
        let mut entries = self.0.lock();
        entries.next += 1;
        let (id, name, cancel) = (entries.next, name.into(), Arc::clone(cancel));
        entries.list.push(Entry { id, name, share: None, cancel, since: Instant::now() });
        Running { board: self.clone(), id }
    }

    /// Jobs older than [`SOON`] and not cancelled, and whether younger ones exist.
    pub fn shown(&self) -> (Vec<JobEntry>, bool) {
        let entries = self.0.lock();
        let live = |entry: &&Entry| !entry.cancel.load(Ordering::Relaxed);
        let (old, young): (Vec<&Entry>, Vec<&Entry>) =
            entries.list.iter().filter(live).partition(|entry| entry.since.elapsed() >= SOON);
        let shown = old.into_iter().map(|entry| JobEntry {
            id: entry.id,
            name: entry.name.clone(),
            share: entry.share,
        });
        (shown.collect(), !young.is_empty())
    }

    pub fn cancel(&self, id: u64) {
        if let Some(entry) = self.0.lock().list.iter().find(|entry| entry.id == id) {
            entry.cancel.store(true, Ordering::Relaxed);
        }
    }
}

impl Running {
    pub fn share(&self, share: f32) {
        let mut entries = self.board.0.lock();
        if let Some(entry) = entries.list.iter_mut().find(|entry| entry.id == self.id) {
            entry.share = Some(share);
        }
    }

    pub fn name(&self, name: &str) {
        let mut entries = self.board.0.lock();
        if let Some(entry) = entries.list.iter_mut().find(|entry| entry.id == self.id) {
            entry.name = name.into();
            entry.share = None;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.board.0.lock().list.retain(|entry| entry.id != self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_shown_after_a_moment_until_it_ends_or_is_stopped() {
        let board = Board::default();
        let cancel: Arc<AtomicBool> = Arc::default();
        let (first, second) = (board.begin("One", &cancel), board.begin("Two", &Arc::default()));
        assert!(board.shown().0.is_empty() && board.shown().1);
        std::thread::sleep(SOON);
        first.share(0.5);
        let (shown, more) = board.shown();
        let names: Vec<_> = shown.iter().map(|one| (one.name.as_str(), one.share)).collect();
        assert_eq!((names, more), (vec![("One", Some(0.5)), ("Two", None)], false));
        board.cancel(shown[0].id);
        assert!(cancel.load(Ordering::Relaxed));
        drop(second);
        assert!(board.shown().0.is_empty());
    }
}
