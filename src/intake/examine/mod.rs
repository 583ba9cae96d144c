//! Examines a delivery: each stem by itself, the stems as a set, and the stems against the
//! reference. `examine` is the entry, for the window and the command line; it works on the thread
//! pool, reports progress and can be cancelled. The result is an `Examination`.

mod basis;
pub mod grid;
mod judge;
mod layer3;
pub mod limiting;
pub mod lossy;
mod marks;
mod offset;
pub mod picture;
mod pumping;
pub mod scan;
mod set;
mod shared;

pub use basis::Basis;

use crate::engine::source::opened;
use crate::intake::IntakeError;
use crate::intake::align::{Aligner, Lag, loudest};
use crate::intake::findings::{Finding, Kind, Severity};
use crate::intake::null_test::{NullTest, null_test};
use crate::media::store::{Opened, Store};
use crate::media::{Damage, MediaError, PcmFile, probe_while};
use crate::session::Session;
use crate::session::stem::{Stem, StemId};
use crate::texts::say;
use crate::units::{Db, Frames, SampleRate};
use limiting::Limiting;
use lossy::Loss;
use rayon::prelude::*;
use scan::Scan;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Level under which a stem counts as silent.
pub const SILENT: Db = Db(-90.0);

/// Report on one stem.
#[derive(Clone, Debug, Serialize)]
pub struct StemReport {
    #[serde(skip)]
    pub id: StemId,
    pub file: String,
    pub name: String,
    pub role: &'static str,
    /// The file's format in words.
    pub describe: String,
    pub seconds: f64,
    pub sample_peak_dbfs: Option<f64>,
    pub integrated_lufs: Option<f64>,
    /// Where the sound begins, in seconds of the song.
    pub sound_starts: Option<f64>,
    /// Bits that the samples use, including the sign.
    pub real_bits: u32,
    pub findings: Vec<Finding>,
    /// Sentences of the findings of weight caution or fault.
    pub problems: Vec<String>,
    /// Sentences of the other findings.
    pub notes: Vec<String>,
}

impl StemReport {
    /// Report on a stem whose file could not be read.
    fn lost(stem: &Stem, error: &MediaError) -> Self {
        let (kind, text) = match error {
            MediaError::Missing(_) => (Kind::Missing, say!("finding-missing").to_string()),
            error => (Kind::Unreadable, say!("finding-unreadable", error = error.to_string())),
        };
        let finding = Finding::new(kind, Severity::Fault, text);
        let info = &stem.file.info;
        Self {
            id: stem.id,
            file: stem.file.place.path.clone(),
            name: stem.name.clone(),
            role: stem.role.name(),
            describe: info.describe(),
            seconds: info.frames.seconds(info.sample_rate).0,
            sample_peak_dbfs: None,
            integrated_lufs: None,
            sound_starts: None,
            real_bits: 0,
            problems: vec![finding.line()],
            notes: Vec::new(),
            findings: vec![Finding { stem: Some(stem.id), ..finding }],
        }
    }
}

/// Result of an examination.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    pub stems: Vec<StemReport>,
    /// Findings about the set as a whole.
    pub set: Vec<Finding>,
    /// `None` without a reference.
    pub null_test: Option<NullTest>,
}

impl Examination {
    /// All findings: of each stem, then of the set.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.stems.iter().flat_map(|stem| &stem.findings).chain(&self.set)
    }

    /// Whether all findings are mere notes.
    pub fn passed(&self) -> bool {
        self.findings().all(|finding| finding.severity < Severity::Caution)
    }
}

/// A stem with its measurements, the input of the judges.
pub(crate) struct Looked<'a> {
    pub stem: &'a Stem,
    pub scan: Scan,
    /// Damage of the file, in frames of its own rate.
    pub damage: Vec<Damage>,
    pub limiting: Option<Limiting>,
    /// Constant offset of left and right.
    pub offset: [f64; 2],
    pub loss: Loss,
    /// Position of the right channel within the left.
    pub sides: Option<Lag>,
    /// The session's rate, in which the stem's start is counted.
    pub rate: SampleRate,
}

/// Most stems that are compared with each other; the work grows with the square.
const COMPARED: usize = 128;

/// Examines all stems of a session and the set; with `reference` it runs the null test, without it
/// compares the stems among themselves. `progress` receives the share done, 0 to 1. Setting
/// `cancel` ends the work with `IntakeError::Cancelled`. A stem that cannot be read gets a report,
/// not an error.
pub fn examine(
    session: &Session,
    folder: &Path,
    reference: Option<&Path>,
    progress: &(dyn Fn(f32) + Sync),
    cancel: &AtomicBool,
) -> Result<Examination, IntakeError> {
    let store = Store::of_user();
    let all: u64 = session.stems.iter().map(|stem| stem.file.info.frames.0).sum();
    let done = AtomicU64::new(0);
    // Comparing the stems takes about as long as scanning them.
    let share_of_looking = if reference.is_some() { 0.6 } else { 0.9 };
    let each = |frames: u64| {
        let done = done.fetch_add(frames, Ordering::Relaxed) + frames;
        progress(share_of_looking * done as f32 / all.max(1) as f32);
        stopped(cancel)
    };
    let all = session.stems.par_iter().map(|stem| {
        match look(stem, session.sample_rate, folder, &store, &each, cancel) {
            Err(IntakeError::Media(error)) => Ok(Err((stem, error))),
            Err(error) => Err(error),
            Ok(looked) => Ok(Ok(looked)),
        }
    });
    let (mut looked, mut lost) = (Vec::new(), Vec::new());
    for one in all.collect::<Result<Vec<_>, _>>()? {
        match one {
            Ok(one) => looked.push(one),
            Err(one) => lost.push(one),
        }
    }
    // The number of tries is unknown, so each moves the progress a little nearer to the end.
    let tries = AtomicU64::new(0);
    let go_on = || {
        let tries = tries.fetch_add(1, Ordering::Relaxed) as f32;
        progress(share_of_looking + 0.35 * (1.0 - 1.0 / (1.0 + tries / 30.0)));
        stopped(cancel)
    };
    let compared = looked.len() <= COMPARED;
    let reference = reference.filter(|_| compared);
    let null_test = reference.map(|path| null_test(session, folder, path, &go_on)).transpose()?;
    stopped(cancel)?;
    progress(0.95);
    let mut findings: Vec<Finding> =
        looked.iter().flat_map(|looked| judge::judge(looked, session)).collect();
    findings.extend(set::judge(&looked, session, reference.is_some()));
    match &null_test {
        Some(test) => findings.extend(test.findings.iter().cloned()),
        None if compared => {
            findings.extend(shared::judge(&looked, session, folder, &store, &|| stopped(cancel))?);
        }
        None => {
            let text = say!("finding-too-many", count = looked.len());
            findings.push(Finding::new(Kind::TooMany, Severity::Caution, text));
        }
    }
    if compared {
        findings.extend(pumping::judge(&looked));
    }
    stopped(cancel)?;
    progress(1.0);
    let mut found = sorted(&looked, session, findings, null_test);
    found.stems.extend(lost.iter().map(|(stem, error)| StemReport::lost(stem, error)));
    let place = |id| session.stems.iter().position(|stem| stem.id == id);
    found.stems.sort_by_key(|report| place(report.id));
    Ok(found)
}

/// An error once `cancel` is set.
///
/// # Errors
/// [`IntakeError::Cancelled`].
pub fn stopped(cancel: &AtomicBool) -> Result<(), IntakeError> {
    if cancel.load(Ordering::Relaxed) { Err(IntakeError::Cancelled) } else { Ok(()) }
}

fn look<'a>(
    stem: &'a Stem,
    rate: SampleRate,
    folder: &Path,
    store: &Store,
    each: &(dyn Fn(u64) -> Result<(), IntakeError> + Sync),
    cancel: &AtomicBool,
) -> Result<Looked<'a>, IntakeError> {
    let go_on = || !cancel.load(Ordering::Relaxed);
    // At the file's own rate, without conversion.
    let own = probe_while(&stem.file.place.at(folder), &go_on);
    let sound = own.and_then(|own| opened(&stem.file, folder, own.sample_rate, store, &go_on));
    stopped(cancel)?;
    let Opened { file, info, damage } = sound?;
    let scan = scan::scan(&file, &info, &mut |frames| each(frames))?;
    let limiting = limiting::limiting(&file, &scan)?;
    let offset = offset::offset(&file, &scan)?;
    let loss = lossy::loss(&file, &scan)?;
    let sides = sides(&file, &scan)?;
    Ok(Looked { stem, scan, damage, limiting, offset, loss, sides, rate })
}

/// Position of a file's right channel within its left.
fn sides(file: &PcmFile, scan: &Scan) -> Result<Option<Lag>, MediaError> {
    if scan.info.channels < 2 {
        return Ok(None);
    }
    let levels: Vec<f32> = scan.hops.iter().map(|hop| hop.power).collect();
    let places = loudest(&levels, scan.hop_frames, 0);
    let side = |number: usize| {
        move |at: i64, out: &mut [f32]| {
            let mut other = vec![0.0; out.len()];
            let mut bytes = Vec::new();
            match number {
                0 => file.read(at, out, &mut other, &mut bytes),
                _ => file.read(at, &mut other, out, &mut bytes),
            }
        }
    };
    let found = Aligner::of(1 << 14, 1 << 15).find(&side(1), &side(0), &places)?;
    Ok(found.first().copied())
}

/// Assigns the findings to their stems, gravest first.
fn sorted(
    looked: &[Looked<'_>],
    session: &Session,
    mut findings: Vec<Finding>,
    null_test: Option<NullTest>,
) -> Examination {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let rate = session.sample_rate;
    let stems = looked.iter().map(|looked| {
        let (stem, info) = (looked.stem, &looked.scan.info);
        let (mut own, rest) =
            std::mem::take(&mut findings).into_iter().partition(|f| f.stem == Some(stem.id));
        findings = rest;
        let own: &mut Vec<Finding> = &mut own;
        let lines = |bad: bool| {
            let of = own.iter().filter(|f| (f.severity >= Severity::Caution) == bad);
            of.map(Finding::line).collect::<Vec<_>>()
        };
        let (problems, notes) = (lines(true), lines(false));
        let first = looked.scan.first_sound(SILENT.factor() as f32);
        let first = first.map(|first| first.at_rate(info.sample_rate, rate).0 as i64);
        StemReport {
            id: stem.id,
            file: stem.file.place.path.clone(),
            name: stem.name.clone(),
            role: stem.role.name(),
            describe: info.describe(),
            seconds: info.frames.seconds(info.sample_rate).0,
            sample_peak_dbfs: Db::from_factor(f64::from(looked.scan.highest())).finite(),
            integrated_lufs: looked.scan.loudness.and_then(|loudness| loudness.integrated.finite()),
            sound_starts: first
                .map(|first| Frames((first + stem.offset()).max(0) as u64).seconds(rate).0),
            real_bits: looked.scan.real_bits,
            findings: std::mem::take(own),
            problems,
            notes,
        }
    });
    let stems = stems.collect();
    Examination { stems, set: findings, null_test }
}
