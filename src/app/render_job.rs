//! A render or a delivery as a background job. [`RenderJob`] is its handle in the window: progress,
//! end, cancel.
//!
//! The worker reports through [`Observer`]; it cannot end without a report.

use super::deeds::RenderKind;
use super::delivering::{Destination, Outcome, Render};
use super::jobs::Jobs;
use crate::delivery::DeliveryError;
use crate::delivery::make::{self, Delivered, deliver};
use crate::render::progress::{CellState, Observer, Overall};
use crate::render::{RenderError, Request, render};
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::sound::Sound;
use crate::texts::say;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl Jobs {
    /// Starts a render of the masters in the background, under a free revision: into the chosen
    /// folder, else into one of its own beside the song.
    pub fn masters(
        &self,
        session: Arc<Session>,
        destination: Destination,
        allow_missing: bool,
    ) -> RenderJob {
        let first = destination.chosen.as_deref().unwrap_or(destination.songs()).to_owned();
        let sound = Sound::of(&session);
        self.start(RenderKind::Masters, first, Some(sound), move |there, stop| {
            let places = destination.places();
            let revision = places.free(&session);
            let out = places.masters(&revision);
            there.change(|now| now.folder.clone_from(&out));
            there.begun(&revision, &out);
            let mut session = Session::clone(&session);
            session.delivery.revision = revision;
            let request = Request { folder: out, allow_missing, ..Request::default() };
            let report =
                render(&session, destination.songs(), &request, there, stop).map_err(|error| {
                    match error {
                        RenderError::Cancelled => None,
                        error => Some(error.to_string()),
                    }
                })?;
            let passed = report.files.iter().filter(|file| file.passed).count();
            let (all, seconds) = (report.files.len(), format!("{:.1}", report.seconds));
            let text = say!("act-files-verified", passed = passed, all = all, seconds = seconds);
            Ok(Finished { text, delivered: None })
        })
    }

    /// Starts a delivery in the background, after `first`.
    pub fn deliver(
        &self,
        session: Arc<Session>,
        folder: PathBuf,
        request: make::Request,
        first: impl FnOnce() + Send + 'static,
    ) -> RenderJob {
        let sound = Sound::of(&session);
        let kind = RenderKind::Package;
        self.start(kind, request.out.clone(), Some(sound), move |there, stop| {
            first();
            let done = deliver(&session, &folder, &request, there, stop);
            let delivered = done.map_err(|error| match error {
                DeliveryError::Cancelled => None,
                error => Some(error.to_string()),
            })?;
            let place = match delivered.parts.as_slice() {
                [] => Path::new(&delivered.package),
                [first, ..] => Path::new(first),
            };
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let more = delivered.parts.len().saturating_sub(1);
            let text = match delivered.passed {
                true => say!("act-package-complete", name = name, more = more),
                false => say!("act-package-needs-a-look", name = name, more = more),
            };
            Ok(Finished { text, delivered: Some(delivered) })
        })
    }

    /// Runs `work` on a thread; `sound` is what its files sound of.
    fn start(
        &self,
        kind: RenderKind,
        folder: PathBuf,
        sound: Option<Sound>,
        work: impl FnOnce(&Shared, &AtomicBool) -> RenderResult + Send + 'static,
    ) -> RenderJob {
        let now = Render::begun(kind, folder, sound);
        let ctx = self.ctx.clone();
        // Change 1 is the start; a new handle has taken 0 changes, so its first look returns it.
        let shared = Arc::new(Shared { ctx, now: Mutex::new((1, now)) });
        let cancel: Arc<AtomicBool> = Arc::default();
        let end = End { shared: Arc::clone(&shared), kind, told: false };
        let stop = Arc::clone(&cancel);
        self.spawn("render", move |_| {
            let result = work(&end.shared, &stop);
            end.tell(result);
        });
        RenderJob { shared, cancel, taken: 0 }
    }
}

/// Result of a render or a delivery.
struct Finished {
    text: String,
    delivered: Option<Delivered>,
}

/// `Err(None)`: cancelled; `Err(Some)`: an error, in words.
type RenderResult = Result<Finished, Option<String>>;

/// State shared by the worker and the handle.
struct Shared {
    ctx: egui::Context,
    /// Number of changes so far, and the current progress.
    now: Mutex<(u64, Render)>,
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Render)) {
        let mut now = self.now.lock();
        now.0 += 1;
        change(&mut now.1);
    }
}

impl Observer for Shared {
    fn cell(&self, version: &VersionId, master: &MasterId, state: CellState) {
        self.change(|now| {
            now.cells.insert((version.clone(), master.clone()), state);
        });
        self.ctx.request_repaint();
    }

    fn overall(&self, overall: Overall) {
        self.change(|now| now.overall = Some(overall));
    }

    fn stage(&self, name: &'static str) {
        self.change(|now| now.stage = Some(name));
        self.ctx.request_repaint();
    }

    fn begun(&self, revision: &str, place: &Path) {
        self.change(|now| now.makes = Some((revision.into(), place.into())));
        self.ctx.request_repaint();
    }
}

/// Reports the end of the work. Dropped without a report (the thread did not start, or panicked),
/// it reports an error.
struct End {
    shared: Arc<Shared>,
    kind: RenderKind,
    told: bool,
}

impl End {
    fn tell(mut self, result: RenderResult) {
        self.end(result);
    }

    fn end(&mut self, result: RenderResult) {
        self.told = true;
        let (outcome, text, delivered) = match (result, self.kind) {
            (Ok(finished), _) => (Outcome::Done, finished.text, finished.delivered),
            (Err(None), RenderKind::Package) => {
                (Outcome::Cancelled, say!("act-cancelled-package").into(), None)
            }
            (Err(None), RenderKind::Masters) => {
                (Outcome::Cancelled, say!("act-cancelled").into(), None)
            }
            (Err(Some(error)), _) => (Outcome::Failed, error, None),
        };
        self.shared.change(|now| now.end(outcome, text, delivered));
        self.shared.ctx.request_repaint();
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.told {
            self.end(Err(Some(say!("act-render-failed").into())));
        }
    }
}

/// Handle of a render or a delivery, running or ended. Dropping it cancels the work.
pub struct RenderJob {
    shared: Arc<Shared>,
    cancel: Arc<AtomicBool>,
    /// Number of the change that `look` returned last.
    taken: u64,
}

impl RenderJob {
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    pub fn is_running(&self) -> bool {
        self.running().is_some()
    }

    /// What it makes, while it runs.
    pub fn running(&self) -> Option<RenderKind> {
        let now = self.shared.now.lock();
        now.1.is_running().then_some(now.1.kind)
    }

    /// The progress, if it changed since the last call.
    pub fn look(&mut self) -> Option<Render> {
        let now = self.shared.now.lock();
        let fresh = now.0 != std::mem::replace(&mut self.taken, now.0);
        fresh.then(|| now.1.clone())
    }
}

impl Drop for RenderJob {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(jobs: &Jobs, work: fn(&Shared, &AtomicBool) -> RenderResult) -> Render {
        let mut job = jobs.start(RenderKind::Package, "/out".into(), None, work);
        while job.is_running() {
            std::thread::yield_now();
        }
        job.look().unwrap()
    }

    #[test]
    fn every_end_is_told_even_that_of_work_that_fails() {
        let jobs = Jobs::new(&egui::Context::default());
        let finished = ended(&jobs, |there, _| {
            there.stage("packing");
            Ok(Finished { text: "complete".into(), delivered: None })
        });
        assert_eq!(
            (finished.ending.as_deref(), finished.stage),
            (Some("complete"), Some("packing"))
        );
        let refused = ended(&jobs, |_, _| Err(Some("the disk is full".into())));
        assert_eq!(refused.ending.as_deref(), Some("the disk is full"));
        let cancelled = ended(&jobs, |_, _| Err(None));
        assert!(cancelled.ending.unwrap().starts_with("Cancelled"));
        let broken = ended(&jobs, |_, _| panic!("a mistake"));
        assert!(broken.ending.unwrap().contains("error in the program"));
    }
}
