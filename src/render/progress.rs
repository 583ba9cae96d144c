//! Progress of a render: [`RenderProgress`] counts frames on all workers, checks for cancellation
//! and tells an [`Observer`].

use crate::render::RenderError;
use crate::render::manifest::FileReport;
use crate::render::plan::Cell;
use crate::session::ids::{MasterId, VersionId};
use crate::units::Lufs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// State of one file of a render.
#[derive(Clone, Debug)]
pub enum CellState {
    Waiting,
    /// The gain is known, and with it the expected loudness.
    Predicted(Lufs),
    /// Share of the current pass that is done, the number of the pass, and its work.
    Running {
        fraction: f32,
        pass: u32,
        step: &'static str,
    },
    Done(Box<FileReport>),
}

/// Progress of the whole render.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overall {
    pub fraction: f32,
    pub elapsed: Duration,
    pub left: Option<Duration>,
}

/// Receives progress, from any worker thread.
pub trait Observer: Sync {
    fn cell(&self, _version: &VersionId, _master: &MasterId, _state: CellState) {}
    fn overall(&self, _overall: Overall) {}
    /// The current stage of a job that does more than render.
    fn stage(&self, _name: &'static str) {}
    /// The revision that is made now, and where it will lie.
    fn begun(&self, _revision: &str, _place: &Path) {}
}

/// An observer that ignores everything.
pub struct Silent;
impl Observer for Silent {}

/// Maps the progress of one part of a job to the range `from` to `to` of the whole.
pub struct Piece<'a> {
    pub observer: &'a dyn Observer,
    pub started: Instant,
    pub from: f32,
    pub to: f32,
    /// Whether to pass on the states of its files: true for files that were asked for.
    pub shown: bool,
}

impl Observer for Piece<'_> {
    fn cell(&self, version: &VersionId, master: &MasterId, state: CellState) {
        if self.shown {
            self.observer.cell(version, master, state);
        }
    }

    fn overall(&self, piece: Overall) {
        let fraction = self.from + (self.to - self.from) * piece.fraction;
        let elapsed = self.started.elapsed();
        let share = f64::from(fraction);
        let left = (share > 0.02).then(|| elapsed.mul_f64((1.0 - share) / share));
        self.observer.overall(Overall { fraction, elapsed, left });
    }
}

/// The work of one render, counted in frames.
pub struct RenderProgress<'a> {
    observer: &'a dyn Observer,
    cancel: &'a AtomicBool,
    started: Instant,
    done: AtomicU64,
    total: AtomicU64,
}

impl<'a> RenderProgress<'a> {
    pub fn new(observer: &'a dyn Observer, cancel: &'a AtomicBool, total: u64) -> Self {
        let (done, total) = (AtomicU64::new(0), AtomicU64::new(total.max(1)));
        Self { observer, cancel, started: Instant::now(), done, total }
    }

    /// Counts finished frames. Returns an error once the render is cancelled.
    pub fn advance(&self, frames: usize) -> Result<(), RenderError> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        let done = self.done.fetch_add(frames as u64, Ordering::Relaxed) + frames as u64;
        let fraction = (done as f64 / self.total.load(Ordering::Relaxed) as f64).min(1.0);
        let elapsed = self.started.elapsed();
        let left = (fraction > 0.02).then(|| elapsed.mul_f64((1.0 - fraction) / fraction));
        self.observer.overall(Overall { fraction: fraction as f32, elapsed, left });
        Ok(())
    }

    /// Adds the frames of a pass that was not planned.
    pub fn expect_more(&self, frames: u64) {
        self.total.fetch_add(frames, Ordering::Relaxed);
    }

    /// Reports the state of a file, unless the file is hidden.
    pub fn cell(&self, cell: &Cell, state: CellState) {
        if !cell.hidden {
            self.observer.cell(&cell.version.id, &cell.master.id, state);
        }
    }
}
