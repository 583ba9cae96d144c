//! Makes the package of a revision: masters, stems, reference, notes, page, checksums and archives.
//! [`deliver`] runs as a job of the window or from the command line.

use crate::dates::today;
use crate::delivery::checks::{Check, Facts, Verdict, checks};
use crate::delivery::next::{Places, package_name};
use crate::delivery::package::Package;
use crate::delivery::round::document;
use crate::delivery::sheet::{Contents, Sheet};
use crate::delivery::stems::Exported;
use crate::delivery::{DeliveryError, archive, manifest, pdf, stems};
use crate::files::ready::ready;
use crate::files::{FileOf, Found, State};
use crate::media::probe;
use crate::render::manifest::{FileReport, NAME as RENDERED, keep};
use crate::render::progress::{Observer, Piece};
use crate::render::{RenderError, Request as Rendering, render};
use crate::review::book::Book;
use crate::review::comments::{Comment, Review};
use crate::review::exchange::times::TimeNotation;
use crate::review::page;
use crate::review::revisions::{Revision, Revisions, log};
use crate::session::Session;
use crate::session::delivery::Packaging;
use crate::session::ids::{MasterId, VersionId};
use crate::texts::in_english;
use crate::units::Db;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What to deliver, and where to. [`Session::delivery`] says what the package contains.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Folder that the package, or its archives, are put in.
    pub out: PathBuf,
    /// Ids of versions; empty for all of the session's.
    pub versions: Vec<VersionId>,
    /// Ids of masters; empty for all of the session's.
    pub masters: Vec<MasterId>,
    /// Null test of the imported stems against the reference, if known.
    pub reference_residual: Option<Db>,
    /// Number of findings in the stems that a person should look at, if known.
    pub findings: Option<usize>,
    /// The session's file; the revision is kept beside it.
    pub session: Option<PathBuf>,
    /// Delivers although stems are missing: they are silent, and the report of every file says so.
    pub allow_missing: bool,
}

/// Result of a delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    /// The package's folder, or the folder that contains its archives.
    pub package: String,
    /// The archives, if the package was packed.
    pub parts: Vec<String>,
    pub revision: String,
    pub masters: Vec<FileReport>,
    pub stems: Vec<String>,
    /// Null test of the exported stems against the mix.
    pub stems_residual_db: Option<Db>,
    pub checks: Vec<Check>,
    /// Those of the checks that only the delivery itself could make, such as of files that moved.
    #[serde(skip)]
    pub own_checks: Vec<Check>,
    pub passed: bool,
    /// Hash of the session that was kept with the revision; `None` if no revision was kept.
    pub kept: Option<String>,
}

/// Makes a package: masters, stems and their null test, reference, notes, page, checksums. Until it
/// is complete it lies in a hidden temporary folder; after an error or a cancellation nothing of it
/// stays. The session's relative paths start at `folder`.
pub fn deliver(
    delivered: &Session,
    folder: &Path,
    request: &Request,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Delivered, DeliveryError> {
    let ready = ready(delivered, folder, request.allow_missing).map_err(RenderError::from)?;
    let delivered = &ready.session;
    let mut session = delivered.clone();
    let (revision, name, package) = begin(&session, folder, request)?;
    observer.begun(&revision, &request.out.join(&name));
    let kept = request.session.as_deref().map(|path| {
        let revisions = Revisions::of(path);
        let next = revisions.next(delivered, &revision);
        (revisions, next)
    });
    let mut unkept = None;
    let review = request.session.as_deref().map_or_else(Review::default, |path| {
        let mut book = Book::of(path);
        let include = session.delivery.include;
        if include.notes || include.page {
            unkept = book.goes_out(|_| true).err();
        }
        book.review().clone()
    });
    session.delivery.revision = revision.clone();
    let include = session.delivery.include;
    // Weights for the progress: a master takes about three passes, a stem two.
    let cells = session.versions.len() * session.masters.len() * 3;
    let rest = if include.stems { session.stems.len() * 2 } else { 0 };
    let share = 0.95 * cells as f32 / (cells + rest).max(1) as f32;
    let started = Instant::now();
    let piece = |from, to, shown| Piece { observer, started, from, to, shown };
    let go_on = || match cancel.load(Ordering::Relaxed) {
        true => Err(DeliveryError::Cancelled),
        false => Ok(()),
    };

    observer.stage("rendering masters");
    let masters = masters(&session, folder, request, &package, &piece(0.0, share, true), cancel)?;
    let exported = match include.stems {
        true => {
            observer.stage("exporting stems");
            let target = package.folder("Stems")?;
            let piece = piece(share, 0.95, false);
            Some(stems::export(&session, folder, &target, &ready.silent(), &piece, cancel)?)
        }
        false => None,
    };
    go_on()?;
    let rough = ready.found.iter().find(|found| found.of == FileOf::RoughMix);
    let there = rough.is_some_and(|found| found.state.sounds());
    if let Some(reference) = session.reference.as_ref().filter(|_| include.reference && there) {
        let path = reference.place.at(folder);
        // The session may come from anyone: make sure that only audio is copied.
        probe(&path)?;
        package.copy(&path, "Reference")?;
    }
    let residual = exported.as_ref().map(|exported| exported.residual);
    let facts = Facts {
        masters: &masters.iter().collect::<Vec<_>>(),
        stems_residual: residual,
        reference_residual: request.reference_residual,
        planned: masters.len(),
        findings: request.findings,
        fresh: Some(&revision),
        ..Facts::default()
    };
    let mut checks = in_english(|| checks(&session, &facts));
    let usual = checks.len();
    let moved = |found: &&Found| matches!(found.state, State::Moved { .. });
    let said = ready.found.iter().filter(|found| !moved(found)).filter_map(Found::sentence);
    checks.extend(said.map(|text| Check { verdict: Verdict::Look, text }));
    checks.extend(unkept.map(|error| Check {
        verdict: Verdict::Look,
        text: format!("The numbers of the notes may move: {error}"),
    }));
    let exported = exported.unwrap_or_default();
    let faulty = exported.problems.iter().cloned();
    checks.extend(faulty.map(|text| Check { verdict: Verdict::Failed, text }));
    if include.sheet {
        notes(&session, &package, &masters, &exported, &checks)?;
    }
    if let Some((revisions, next)) = kept.as_ref().filter(|_| include.sheet) {
        let mut all = revisions.all();
        all.push(next.clone());
        package.put("Notes", "VersionLog.txt", log(&all, &review).as_bytes())?;
    }
    let comments: Vec<&Comment> = review.present().collect();
    if include.notes && !comments.is_empty() {
        let about = format!("v{revision}");
        for (ending, bytes) in document(&session, &about, &comments, TimeNotation::default())? {
            package.put("Notes", &format!("Comments.{ending}"), &bytes)?;
        }
    }
    go_on()?;
    if include.page {
        let out = package.folder("Review")?.join(page::name(&session, &revision));
        let usual = page::Request::new(&session, None, out);
        let page = page::Request {
            versions: request.versions.clone(),
            master: request.masters.first().cloned().unwrap_or(usual.master.clone()),
            allow_missing: request.allow_missing,
            ..usual
        };
        page::make(&session, folder, &review, &page, &piece(0.95, 0.99, false), cancel)?;
    }
    go_on()?;
    if include.checksums {
        observer.stage("computing checksums");
        manifest::write(package.root(), &go_on)?;
    }
    go_on()?;
    let (place, parts) = match session.delivery.package {
        Packaging::Folder => (package.finish()?, Vec::new()),
        Packaging::Zip { part } => {
            observer.stage("packing");
            (request.out.clone(), archive::pack(package, &name, part, &go_on)?)
        }
    };
    let mut hash = None;
    if let Some((revisions, next)) = kept {
        let home = request.session.as_deref().and_then(Path::parent);
        let inner = home.and_then(|home| place.strip_prefix(home).ok()).unwrap_or(&place);
        let package = inner.to_string_lossy().replace('\\', "/");
        let next = Revision { measured: masters.clone(), package, ..next };
        match revisions.keep(delivered, next) {
            Ok(revision) => hash = Some(revision.session),
            Err(error) => {
                let text = format!("The revision was not kept: {error}");
                checks.push(Check { verdict: Verdict::Look, text });
            }
        }
    }
    Ok(Delivered {
        package: place.display().to_string(),
        parts: parts.iter().map(|part| part.display().to_string()).collect(),
        revision,
        passed: checks.iter().all(|check| check.verdict != Verdict::Failed),
        masters,
        kept: hash,
        stems: exported.names,
        stems_residual_db: residual,
        own_checks: checks.get(usual..).unwrap_or_default().to_vec(),
        checks,
    })
}

/// Starts the package of the next revision that no other process is making now.
fn begin(
    session: &Session,
    folder: &Path,
    request: &Request,
) -> Result<(String, String, Package), DeliveryError> {
    let (chosen, file) = (Some(request.out.as_path()), request.session.as_deref());
    let places = Places { songs: folder, chosen, file, known: None };
    loop {
        let revision = places.free(session);
        let name = package_name(session, &revision);
        if let Some(package) = Package::begin(&request.out, &name)? {
            return Ok((revision, name, package));
        }
    }
}

/// Renders the masters into the package. Paths in their reports become relative to the package.
fn masters(
    session: &Session,
    folder: &Path,
    request: &Request,
    package: &Package,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Vec<FileReport>, DeliveryError> {
    let target = package.folder("Masters")?;
    let rendering = Rendering {
        folder: target.clone(),
        versions: request.versions.clone(),
        masters: request.masters.clone(),
        allow_missing: request.allow_missing,
        ..Rendering::default()
    };
    let mut report = render(session, folder, &rendering, observer, cancel)?;
    // The package moves when it is finished, so `render.json` needs paths relative to it.
    for file in &mut report.files {
        let path = Path::new(&file.path);
        let inner = path.strip_prefix(package.root()).unwrap_or(path);
        file.path = inner.to_string_lossy().replace('\\', "/");
    }
    let list = target.join(RENDERED);
    if list.exists() {
        std::fs::remove_file(&list).map_err(|cause| DeliveryError::Write { path: list, cause })?;
        keep(&report, &target)?;
    }
    Ok(report.files)
}

/// Writes the session sheet as text and PDF, and the client's brief.
fn notes(
    session: &Session,
    package: &Package,
    masters: &[FileReport],
    exported: &Exported,
    checks: &[Check],
) -> Result<(), DeliveryError> {
    let contents = Contents {
        masters,
        stems: &exported.stems,
        stem_files: &exported.names,
        residual: Some(exported.residual).filter(|_| !exported.names.is_empty()),
        checks,
        date: &today(),
    };
    let sheet = Sheet::new(session, &contents);
    package.put("Notes", "SessionSheet.txt", sheet.text().as_bytes())?;
    package.put("Notes", "SessionSheet.pdf", &pdf::pages(&sheet)?)?;
    let said = session.brief.said();
    if !said.is_empty() {
        let lines = said.iter().map(|(name, text)| format!("{name:<16}{text}\n"));
        package.put("Notes", "Brief.txt", lines.collect::<String>().as_bytes())?;
    }
    Ok(())
}
