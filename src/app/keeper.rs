//! Puts unsaved work aside on a thread of its own ([`Keeper`]), so that a crash or a hanging window
//! loses at most two seconds of work. The thread also holds the session's claim and releases it
//! when another window takes over.

use crate::session::Session;
use crate::session::claim::{BEAT, Claim};
use crate::session::file::{FileError, put_aside, remove_asides};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Delay after the last change, and longest delay after the first unsaved one during a gesture.
const STILL: Duration = Duration::from_millis(1000);
const LONGEST: Duration = Duration::from_millis(1400);
/// Interval of the checks whether another window wants the session.
const LOOK: Duration = Duration::from_millis(500);

/// Reports of the keeper.
pub enum KeeperEvent {
    Failed(FileError),
    /// Another window took the session over; unsaved work was put aside for it.
    TakenOver,
}

struct Unsaved {
    state: u64,
    session: Arc<Session>,
    path: PathBuf,
    first: Instant,
    last: Instant,
}

impl Unsaved {
    fn due(&self) -> Instant {
        (self.last + STILL).min(self.first + LONGEST)
    }
}

#[derive(Default)]
struct State {
    unsaved: Option<Unsaved>,
    claim: Option<Claim>,
    /// State that was put aside last, and when.
    put: Option<(u64, Instant)>,
    /// Another window took the session over.
    given_up: bool,
    over: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    /// Locked while the file is written.
    file: Mutex<()>,
}

/// Handle of the keeper's thread; the thread ends when this is dropped.
pub struct Keeper {
    shared: Arc<Shared>,
}

/// Blocks the keeper for one save, on another thread.
pub struct Holder {
    shared: Arc<Shared>,
    /// When the state to be saved was taken from the document.
    begun: Instant,
}

/// While this is alive, nothing is put aside.
pub struct Hold<'a> {
    shared: &'a Shared,
    begun: Instant,
    _file: MutexGuard<'a, ()>,
}

impl Holder {
    /// Waits until no file is being written, and blocks the keeper.
    pub fn hold(&self) -> Hold<'_> {
        Hold { shared: &self.shared, begun: self.begun, _file: self.shared.file.lock() }
    }

    /// Whether another window took the session over.
    pub fn is_given_up(&self) -> bool {
        self.shared.state.lock().given_up
    }
}

impl Hold<'_> {
    /// The state is saved: discards it where the keeper was about to put it aside, and removes the
    /// files with unsaved work. Work that came after the state was taken stays.
    pub fn outdate(&self, saved: u64, path: &Path) {
        let mut state = self.shared.state.lock();
        state.forget(saved);
        let later = state.put.is_some_and(|(put, at)| put != saved && at > self.begun);
        drop(state);
        if !later {
            remove_asides(path);
        }
    }
}

impl State {
    fn forget(&mut self, saved: u64) {
        self.unsaved = self.unsaved.take().filter(|unsaved| unsaved.state != saved);
    }
}

impl Keeper {
    /// Starts the thread, which calls `say`.
    pub fn start(say: impl Fn(KeeperEvent) + Send + 'static) -> std::io::Result<Self> {
        let shared: Arc<Shared> = Arc::default();
        let own = Arc::clone(&shared);
        std::thread::Builder::new().name("keeper".into()).spawn(move || run(&own, &say))?;
        Ok(Self { shared })
    }

    /// The session differs from its saved file: put it aside soon.
    pub fn changed(&self, state: u64, session: Arc<Session>, path: PathBuf) {
        let now = Instant::now();
        let mut shared = self.shared.state.lock();
        let first = shared.unsaved.as_ref().map_or(now, |unsaved| unsaved.first);
        shared.unsaved = Some(Unsaved { state, session, path, first, last: now });
        drop(shared);
        self.shared.wake.notify_one();
    }

    /// For a save of the document's present state.
    pub fn holder(&self) -> Holder {
        Holder { shared: Arc::clone(&self.shared), begun: Instant::now() }
    }

    /// The state is saved: it is not put aside any more.
    pub fn forget(&self, saved: u64) {
        self.shared.state.lock().forget(saved);
    }

    /// Takes over a claim, or drops the one it has (`None`).
    pub fn claim(&self, claim: Option<Claim>) {
        let before = std::mem::replace(&mut self.shared.state.lock().claim, claim);
        drop(before);
    }

    #[cfg(test)]
    fn has_claim(&self) -> bool {
        self.shared.state.lock().claim.is_some()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        (state.over, state.claim) = (true, None);
        drop(state);
        self.shared.wake.notify_one();
    }
}

fn run(shared: &Shared, say: &dyn Fn(KeeperEvent)) {
    let mut beaten = Instant::now();
    let mut failed = false;
    loop {
        let mut state = shared.state.lock();
        if state.over {
            return;
        }
        let due = state.unsaved.as_ref().map(Unsaved::due);
        let look = state.claim.is_some().then(|| Instant::now() + LOOK);
        match due.into_iter().chain(look).min() {
            Some(at) => drop(shared.wake.wait_until(&mut state, at)),
            None => shared.wake.wait(&mut state),
        }
        if state.over {
            return;
        }
        let wanted = state.claim.as_ref().is_some_and(Claim::is_wanted);
        if let Some(claim) = state.claim.as_ref().filter(|_| beaten.elapsed() >= BEAT) {
            claim.beat();
            beaten = Instant::now();
        }
        let ripe =
            state.unsaved.as_ref().is_some_and(|unsaved| wanted || unsaved.due() <= Instant::now());
        if ripe {
            drop(state);
            // Lock order: a save also takes the file lock before it discards the unsaved work.
            let _file = shared.file.lock();
            let unsaved = shared.state.lock().unsaved.take();
            if let Some(unsaved) = unsaved {
                match put_aside(&unsaved.session, &unsaved.path) {
                    Ok(()) => {
                        failed = false;
                        shared.state.lock().put = Some((unsaved.state, Instant::now()));
                    }
                    // Report an error once, until writing works again.
                    Err(error) if !failed => {
                        failed = true;
                        say(KeeperEvent::Failed(error));
                    }
                    Err(_) => {}
                }
            }
        } else {
            drop(state);
        }
        if wanted {
            let mut state = shared.state.lock();
            state.given_up = true;
            drop(state.claim.take());
            drop(state);
            say(KeeperEvent::TakenOver);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::claim::take_over;
    use crate::session::file::{autosave, load};
    use crate::units::SampleRate;
    use std::sync::mpsc::channel;

    fn until(done: impl Fn() -> bool) -> Duration {
        let since = Instant::now();
        while !done() {
            assert!(since.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        }
        since.elapsed()
    }

    #[test]
    fn work_is_put_aside_while_the_window_rests_and_during_a_gesture() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("Song.stemwright");
        let keeper = Keeper::start(|_| {}).unwrap();
        let session = |title: String| Arc::new(Session::new(&title, SampleRate(48_000)));
        keeper.changed(1, session("one".into()), path.clone());
        until(|| autosave(&path).exists());
        // A gesture that does not end.
        let begun = Instant::now();
        until(|| {
            keeper.changed(2, session(format!("{:?}", begun.elapsed())), path.clone());
            load(&autosave(&path)).is_ok_and(|kept| kept.song.title != "one")
        });
        // During a save, nothing is written beside the session.
        keeper.changed(3, session("late".into()), path.clone());
        let holder = keeper.holder();
        let hold = holder.hold();
        std::fs::remove_file(autosave(&path)).unwrap();
        hold.outdate(3, &path);
        drop(hold);
        std::thread::sleep(STILL + Duration::from_millis(200));
        assert!(!autosave(&path).exists());
        // What is done during a save is later work: the save neither discards nor removes it.
        let holder = keeper.holder();
        keeper.changed(4, session("later".into()), path.clone());
        let is_later = || load(&autosave(&path)).is_ok_and(|kept| kept.song.title == "later");
        until(is_later);
        holder.hold().outdate(3, &path);
        assert!(is_later());
        // The save of that state does.
        keeper.holder().hold().outdate(4, &path);
        assert!(!autosave(&path).exists());
    }

    #[test]
    fn a_window_that_is_taken_over_puts_its_work_aside_first() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("Song.stemwright");
        let (sender, news) = channel();
        let keeper = Keeper::start(move |kept| drop(sender.send(kept))).unwrap();
        keeper.claim(Some(Claim::take(&path, "").unwrap()));
        keeper.changed(1, Arc::new(Session::new("unsaved", SampleRate(48_000))), path.clone());
        assert!(take_over(&path, Duration::from_secs(20)));
        assert_eq!(load(&autosave(&path)).unwrap().song.title, "unsaved");
        assert!(matches!(news.recv().unwrap(), KeeperEvent::TakenOver));
        assert!(!keeper.has_claim());
    }
}
