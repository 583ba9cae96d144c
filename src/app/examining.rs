//! The examination of the open song's stems: it is made when they are opened, and again when a stem
//! was moved, inverted or exchanged since. Views count only what was found in the song as it is now.

use super::board::Running;
use super::desk::{Desk, SETTLE};
use super::jobs::{Jobs, News, renew};
use crate::engine::source::StemSource;
use crate::intake::examine::{Basis, examine};
use crate::media::store::Store;
use crate::session::Session;
use crate::texts::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Examines the stems and reports what was found; returns whether it came to an end.
pub(super) fn examined(
    document: u64,
    session: &Session,
    folder: &Path,
    pool: Option<&rayon::ThreadPool>,
    running: &Running,
    cancel: &AtomicBool,
    say: &(dyn Fn(News) + Sync),
) -> bool {
    running.name(say!("act-checking-stems"));
    let (store, rate) = (Store::of_user(), session.sample_rate);
    let reference = session.reference.as_ref();
    let opens = reference.filter(|file| StemSource::open_file(file, folder, rate, &store).is_ok());
    let reference = opens.map(|file| file.place.at(folder));
    let shown = |share| running.share(share);
    let work = || examine(session, folder, reference.as_deref(), &shown, cancel);
    let found = pool.map_or_else(work, |pool| pool.install(work));
    let basis = Basis::of(session);
    match found {
        Ok(found) => {
            say(News::Prepared { document, basis, examination: Some(Box::new(found)) });
            return true;
        }
        Err(_) if cancel.load(Ordering::Relaxed) => {}
        Err(error) => {
            say(News::Prepared { document, basis, examination: None });
            say(News::Failed(error.to_string()));
        }
    }
    false
}

impl Jobs {
    /// Examines the stems again; cancels the previous run.
    fn examine(&mut self, document: u64, session: Arc<Session>, folder: PathBuf) {
        let cancel = renew(&mut self.examine_cancel);
        let pool = self.pool.clone();
        let shown = say!("act-checking-stems");
        self.spawn_shown("examine", shown, cancel, move |say, running, cancel| {
            examined(document, &session, &folder, pool.as_deref(), running, cancel, say);
        });
    }
}

impl Desk {
    /// Compares the examination with the song as it is now, and starts another once changes have
    /// settled. While stems are opened nothing is started: the same job examines them.
    pub(super) fn refresh_examination(&mut self) {
        let Some(document) = &self.document else { return };
        let (measured, session) = (&mut self.measured, &document.session);
        // Fixed files for a song that was opened anew since are not taken.
        measured.fixing = measured.fixing.filter(|number| *number == self.number);
        let is_now = |basis: &Option<Basis>| basis.as_ref().is_some_and(|one| one.is_of(session));
        let known = is_now(&measured.examined);
        let found = known && measured.prepared && measured.examination.is_some();
        measured.current = found && measured.fixing.is_none();
        if known && measured.examining.take().is_some() {
            // A change was taken back: what is known of the song holds again.
            self.jobs.examine_cancel.store(true, Ordering::Relaxed);
        }
        if known || !measured.prepared || is_now(&measured.examining) {
            measured.outdated = None;
            return;
        }
        let since = measured.outdated.get_or_insert_with(Instant::now).elapsed();
        if since < SETTLE {
            self.ctx.request_repaint_after(SETTLE - since);
            return;
        }
        measured.outdated = None;
        measured.examining = Some(Basis::of(session));
        self.jobs.examine(self.number, Arc::clone(session), document.folder());
    }
}
