//! Offline rendering: every version in every master, each file measured after it was written.
//! Called by the command line, by the window's jobs and by deliveries.
//!
//! Stems are read once. Each distinct set of lanes and time edits is summed once, to a temporary
//! file. Each sum passes master chain, sample-rate conversion and vinyl filter once per kind of
//! master. Each file then takes one pass to write and one to measure.

pub mod finish;
mod limiting;
pub mod manifest;
pub mod masking;
pub mod measure;
pub mod memory;
pub mod mix;
pub mod null;
pub mod outline;
pub mod overview;
pub mod plan;
pub mod prepare;
pub mod problem;
pub mod progress;
pub mod scratch;
pub mod solve;
mod stems;
mod tags;
mod together;

use crate::files::ready::{StemsMissing, ready};
use crate::media::MediaError;
use crate::media::store::Store;
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use finish::{Job, LinkedContext};
use manifest::{FileReport, Report};
use parking_lot::Mutex;
use plan::{Cell, Plan};
use prepare::Prepared;
use progress::{CellState, Observer, RenderProgress};
use rayon::prelude::*;
use scratch::Scratch;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use stems::Stems;

/// What to render, and where to.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Folder of the finished files; created if missing.
    pub folder: PathBuf,
    /// Ids of versions; empty for all of the session's.
    pub versions: Vec<VersionId>,
    /// Ids of masters; empty for all of the session's.
    pub masters: Vec<MasterId>,
    /// Workers; 0 for one per core.
    pub jobs: usize,
    /// Renders although stems are missing: they are silent, and the report of every file says so.
    pub allow_missing: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("the render was cancelled; files that were finished before are kept")]
    Cancelled,
    #[error(transparent)]
    Stems(#[from] StemsMissing),
    #[error("the session has no stems; add some before you render")]
    NoStems,
    #[error("there is no {kind} \u{201c}{id}\u{201d}; choose from {known}")]
    Unknown { kind: &'static str, id: String, known: String },
    #[error("{} cannot be written: {cause}; choose another folder or free some space", path.display())]
    Folder { path: PathBuf, cause: std::io::Error },
    #[error("the workers could not be started: {0}")]
    Workers(String),
}

/// Renders the requested files. The session's relative paths start at `folder`. Problems of single
/// files are in the report; an error ends the whole render, and `render.json` then lists the files
/// that were finished.
pub fn render(
    session: &Session,
    folder: &Path,
    request: &Request,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Report, RenderError> {
    let started = Instant::now();
    // Reads the files' present facts, which may differ from those stored in the session.
    let ready = ready(session, folder, request.allow_missing)?;
    let session = &ready.session;
    let plan = Plan::new(session, request)?;
    let scratch = Scratch::new(&request.folder)?;
    let progress = RenderProgress::new(observer, cancel, plan.work());
    for cell in plan.cells() {
        progress.cell(cell, CellState::Waiting);
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(request.jobs)
        .build()
        .map_err(|error| RenderError::Workers(error.to_string()))?;
    let done: Mutex<Vec<(usize, FileReport)>> = Mutex::new(Vec::new());
    let outcome = pool.install(|| {
        let sources = mix::open_sources(session, folder, &Store::of_user(), &plan)?;
        let buses = mix::mix(session, &sources, &plan, &scratch, &progress)?;
        let stems = Stems::of(&ready, &sources);
        plan.groups.par_iter().try_for_each(|group| {
            let prepare = |one| prepare::prepare(session, one, &buses, &scratch, &progress);
            let finish = |cell: &Cell, prepared: &Prepared<'_>, company: &LinkedContext<'_>| {
                let job = Job { session, plan: &plan, stems: &stems, scratch: &scratch };
                finish::finish(&job, cell, prepared, company, &progress)
            };
            let mut files = together::make(group, &prepare, &finish)?;
            together::prove(group, &plan, &mut files, cancel)?;
            let named = files.into_iter().filter(|(cell, _)| !cell.hidden);
            done.lock().extend(named.map(|(cell, report)| (cell.index, report)));
            Ok(())
        })
    });
    let mut files = done.into_inner();
    files.sort_by_key(|(index, _)| *index);
    let mut report = Report {
        files: files.into_iter().map(|(_, report)| report).collect(),
        seconds: started.elapsed().as_secs_f64(),
        peak_memory_bytes: memory::peak(),
        notes: Vec::new(),
    };
    if !report.files.is_empty()
        && let Some(aside) = manifest::keep(&report, &request.folder)?
    {
        report.notes.push(format!(
            "{} could not be read; it is kept as {}",
            manifest::NAME,
            aside.display()
        ));
    }
    outcome.map(|()| report)
}
