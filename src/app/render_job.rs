//! A render that is under way, as the window sees it.

use super::jobs::Jobs;
use crate::render::manifest::Report;
use crate::render::progress::{CellState, Observer, Overall};
use crate::render::{RenderError, Request, render};
use crate::session::Session;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl Jobs {
    /// Starts a render.
    pub fn render(&self, session: Session, folder: PathBuf, request: Request) -> RenderJob {
        let shared = Arc::new(Shared {
            ctx: self.ctx.clone(),
            cells: Mutex::default(),
            overall: Mutex::new(None),
            result: Mutex::new(None),
        });
        let cancel: Arc<AtomicBool> = Arc::default();
        let (there, stop) = (Arc::clone(&shared), Arc::clone(&cancel));
        let target = request.folder.clone();
        self.spawn("render", move |_| {
            let result = render(&session, &folder, &request, &*there, &stop);
            *there.result.lock() = Some(result.map_err(|error| match error {
                RenderError::Cancelled => None,
                error => Some(error.to_string()),
            }));
            there.ctx.request_repaint();
        });
        RenderJob { shared, cancel, folder: target }
    }
}

/// How a render ended: with a report, cancelled, or with an error.
pub type RenderResult = Result<Report, Option<String>>;

/// Key of a cell: version and master.
pub type CellKey = (String, String);

struct Shared {
    ctx: egui::Context,
    cells: Mutex<HashMap<CellKey, CellState>>,
    overall: Mutex<Option<Overall>>,
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
}

/// A render that is under way or done.
pub struct RenderJob {
    shared: Arc<Shared>,
    cancel: Arc<AtomicBool>,
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
            Ok(report) => {
                let passed = report.files.iter().filter(|file| file.passed).count();
                Some(format!(
                    "{passed} of {} files verified, {:.1} s",
                    report.files.len(),
                    report.seconds
                ))
            }
            Err(None) => Some("Cancelled; files that were finished are kept".into()),
            Err(Some(error)) => Some(error.clone()),
        }
    }
}

impl Drop for RenderJob {
    fn drop(&mut self) {
        self.cancel();
    }
}
