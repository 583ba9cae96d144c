//! A render or a delivery that is under way, as the window sees it.

use super::jobs::Jobs;
use crate::delivery::DeliveryError;
use crate::delivery::make::{self, Delivered, deliver};
use crate::render::manifest::FileReport;
use crate::render::progress::{CellState, Observer, Overall};
use crate::render::{RenderError, Request, render};
use crate::session::Session;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl Jobs {
    /// Starts a render.
    pub fn render(&self, session: Arc<Session>, folder: PathBuf, request: Request) -> RenderJob {
        self.start(false, request.folder.clone(), move |there, stop| {
            let report =
                render(&session, &folder, &request, there, stop).map_err(|error| match error {
                    RenderError::Cancelled => None,
                    error => Some(error.to_string()),
                })?;
            let passed = report.files.iter().filter(|file| file.passed).count();
            let (all, seconds) = (report.files.len(), report.seconds);
            let text = format!("{passed} of {all} files verified, {seconds:.1} s");
            Ok(Finished { text, delivered: None })
        })
    }

    /// Starts a delivery.
    pub fn deliver(
        &self,
        session: Arc<Session>,
        folder: PathBuf,
        request: make::Request,
    ) -> RenderJob {
        self.start(true, request.out.clone(), move |there, stop| {
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
            let more = match delivered.parts.len() {
                0 | 1 => String::new(),
                parts => format!(" and {} more", parts - 1),
            };
            let verdict = if delivered.passed { "complete" } else { "made, and needs a look" };
            let text = format!("{name}{more} {verdict}");
            Ok(Finished { text, delivered: Some(delivered) })
        })
    }

    fn start(
        &self,
        package: bool,
        folder: PathBuf,
        work: impl FnOnce(&Shared, &AtomicBool) -> RenderResult + Send + 'static,
    ) -> RenderJob {
        let shared = Arc::new(Shared {
            ctx: self.ctx.clone(),
            cells: Mutex::default(),
            overall: Mutex::new(None),
            stage: Mutex::new(None),
            result: Mutex::new(None),
        });
        let cancel: Arc<AtomicBool> = Arc::default();
        let (there, stop) = (Arc::clone(&shared), Arc::clone(&cancel));
        self.spawn("render", move |_| {
            let result = work(&there, &stop);
            *there.result.lock() = Some(result);
            there.ctx.request_repaint();
        });
        RenderJob { shared, cancel, package, folder }
    }
}

/// What a render or a delivery came to.
pub struct Finished {
    text: String,
    delivered: Option<Delivered>,
}

/// How it ended: with a result, cancelled, or with an error.
type RenderResult = Result<Finished, Option<String>>;

/// Key of a cell: version and master.
pub type CellKey = (String, String);

struct Shared {
    ctx: egui::Context,
    cells: Mutex<HashMap<CellKey, CellState>>,
    overall: Mutex<Option<Overall>>,
    /// What is done now, in a delivery.
    stage: Mutex<Option<&'static str>>,
    result: Mutex<Option<RenderResult>>,
}

impl Observer for Shared {
    fn cell(&self, version: &str, master: &str, state: CellState) {
        self.cells.lock().insert((version.into(), master.into()), state);
        self.ctx.request_repaint();
    }

    fn overall(&self, overall: Overall) {
        *self.overall.lock() = Some(overall);
    }

    fn stage(&self, name: &'static str) {
        *self.stage.lock() = Some(name);
        self.ctx.request_repaint();
    }
}

/// A render that is under way or done.
pub struct RenderJob {
    shared: Arc<Shared>,
    cancel: Arc<AtomicBool>,
    /// It makes a package, of which nothing stays when it is cancelled.
    package: bool,
    pub folder: PathBuf,
}

impl RenderJob {
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    pub fn is_running(&self) -> bool {
        self.shared.result.lock().is_none()
    }

    pub fn cell(&self, version: &str, master: &str) -> Option<CellState> {
        self.shared.cells.lock().get(&(version.to_string(), master.to_string())).cloned()
    }

    pub fn overall(&self) -> Option<Overall> {
        *self.shared.overall.lock()
    }

    /// Finished files, and files in all.
    pub fn count(&self) -> (usize, usize) {
        let cells = self.shared.cells.lock();
        let done = cells.values().filter(|state| matches!(state, CellState::Done(_))).count();
        (done, cells.len())
    }

    /// Why it ended, in words, once it has.
    pub fn ending(&self) -> Option<String> {
        match self.shared.result.lock().as_ref()? {
            Ok(finished) => Some(finished.text.clone()),
            Err(None) if self.package => Some("Cancelled; nothing of the package is left".into()),
            Err(None) => Some("Cancelled; files that were finished are kept".into()),
            Err(Some(error)) => Some(error.clone()),
        }
    }

    /// What is done now, where it is more than a render.
    pub fn stage(&self) -> Option<&'static str> {
        *self.shared.stage.lock()
    }

    /// The package, once it is made.
    pub fn delivered(&self) -> Option<Delivered> {
        self.shared.result.lock().as_ref()?.as_ref().ok()?.delivered.clone()
    }

    /// The files that are finished.
    pub fn reports(&self) -> Vec<FileReport> {
        let done = |state: &CellState| match state {
            CellState::Done(report) => Some((**report).clone()),
            _ => None,
        };
        self.shared.cells.lock().values().filter_map(done).collect()
    }
}

impl Drop for RenderJob {
    fn drop(&mut self) {
        self.cancel();
    }
}
