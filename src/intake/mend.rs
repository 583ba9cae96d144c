//! Repairs stems, either by edits of the session or by writing new files. Delivered files are never
//! changed.

use crate::disk::Temporary;
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::intake::IntakeError;
use crate::intake::examine::Examination;
use crate::intake::findings::{Finding, Mend};
use crate::media::store::Store;
use crate::media::writer::{BitDepth, WavWriter};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::naming::standard;
use crate::session::stem::{Stem, StemId};
use crate::units::{Db, Frames, SampleRate};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCK: usize = 1 << 14;

/// The edit that mends a finding. `None` if the session needs no edit or only a new file helps.
pub fn in_session(session: &Session, finding: &Finding) -> Option<Edit> {
    let stem = session.stem(finding.stem?)?;
    match finding.mend.as_ref()? {
        Mend::Shift { frames } => {
            let (start, skip) = stem.moved(*frames);
            Some(Edit::Place { stem: stem.id, start, skip })
        }
        Mend::Polarity => {
            let mut settings = stem.strip;
            settings.invert = !settings.invert;
            Some(Edit::Strip { stem: stem.id, settings })
        }
        // Playback is silent after a stem's end and converts other rates on opening; the other two
        // need a new file.
        Mend::Pad { .. } | Mend::Convert | Mend::Dc { .. } | Mend::Rename { .. } => None,
    }
}

/// Changes to a stem on its way into a new file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repair {
    /// Frames of the session's rate, negative for earlier.
    pub shift: i64,
    pub invert: bool,
    /// DC offset of left and right to subtract.
    pub offset: [f64; 2],
}

impl Repair {
    /// Collects all mends that were found for a stem.
    pub fn of(found: &Examination, stem: StemId) -> Self {
        let mut repair = Repair::default();
        let findings = found.findings().filter(|finding| finding.stem == Some(stem));
        for mend in findings.filter_map(|finding| finding.mend.as_ref()) {
            match mend {
                Mend::Shift { frames } => repair.shift += frames,
                Mend::Polarity => repair.invert = !repair.invert,
                Mend::Dc { offset } => repair.offset = *offset,
                Mend::Pad { .. } | Mend::Convert | Mend::Rename { .. } => {}
            }
        }
        repair
    }
}

/// A new file, with a description of the changes.
#[derive(Clone, Debug)]
pub struct Mended {
    pub path: PathBuf,
    /// `01_Drums.wav from drums final.wav, 1,323 samples earlier, polarity turned`.
    pub line: String,
}

/// Writes every stem to a new file in `out` with all mends applied. The files have standard names
/// and numbers, one start, one length and the session's rate. Unchanged samples stay bit for bit up
/// to 24 bits. Never overwrites a file; after an error or cancel it removes the files it wrote.
pub fn write_all(
    session: &Session,
    folder: &Path,
    found: &Examination,
    out: &Path,
    progress: &dyn Fn(f32),
    cancel: &AtomicBool,
) -> Result<Vec<Mended>, IntakeError> {
    let writing = |cause| IntakeError::Write { path: out.to_owned(), cause };
    std::fs::create_dir_all(out).map_err(writing)?;
    let repairs: Vec<Repair> =
        session.stems.iter().map(|stem| Repair::of(found, stem.id)).collect();
    let end = |(stem, repair): (&Stem, &Repair)| {
        stem.end(session.sample_rate).0.saturating_add_signed(repair.shift)
    };
    let length = Frames(session.stems.iter().zip(&repairs).map(end).max().unwrap_or(0));
    let all = session.stems.len().max(1) as f32;
    let mut done: Vec<Mended> = Vec::new();
    for (n, (stem, repair)) in session.stems.iter().zip(&repairs).enumerate() {
        let path = out.join(format!("{}.wav", standard(n + 1, &stem.name)));
        let each = |share: f32| {
            progress((n as f32 + share) / all);
            !cancel.load(Ordering::Relaxed)
        };
        let written = write(session, folder, stem, repair, length, &path, &each);
        if let Err(error) = written {
            // An incomplete set is useless.
            for mended in &done {
                let _ = std::fs::remove_file(&mended.path);
            }
            return Err(error);
        }
        let line = describe(stem, repair, length, session.sample_rate, &path);
        done.push(Mended { path, line });
    }
    Ok(done)
}

/// Writes one stem to a new file at `path`, `length` frames long: 24-bit if integer samples at the
/// session's rate only move or change polarity, otherwise 32-bit float. `each` receives the share
/// done and cancels by returning false.
pub fn write(
    session: &Session,
    folder: &Path,
    stem: &Stem,
    repair: &Repair,
    length: Frames,
    path: &Path,
    each: &dyn Fn(f32) -> bool,
) -> Result<(), IntakeError> {
    if path.exists() {
        return Err(IntakeError::Exists(path.to_owned()));
    }
    let writing = |cause| IntakeError::Write { path: path.to_owned(), cause };
    let rate = session.sample_rate;
    let (start, skip) = stem.moved(repair.shift);
    let moved = Stem { start, skip, clean: Vec::new(), ..stem.clone() };
    let source = StemSource::open(&moved, folder, rate, &Store::of_user())?;
    let info = &stem.file.info;
    let exact = !info.float && info.sample_rate == rate && repair.offset == [0.0; 2] && !info.lossy;
    let depth = if exact { BitDepth::Int24 } else { BitDepth::Float32 };
    let channels = if source.is_mono() { 1 } else { 2 };
    let temporary = Temporary::beside(path).map_err(writing)?;
    let mut writer = WavWriter::with(temporary.path(), depth, channels, rate, None, &[])?;
    let (mut block, mut whole) = (silence(BLOCK), [vec![0i32; BLOCK], vec![0i32; BLOCK]]);
    let mut scratch = Scratch::new();
    let sign = if repair.invert { -1.0 } else { 1.0 };
    for from in (0..length.0).step_by(BLOCK) {
        if !each(from as f32 / length.0.max(1) as f32) {
            return Err(IntakeError::Cancelled);
        }
        let count = (length.0 - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        source.read(from as i64, false, &mut left[..count], &mut right[..count], &mut scratch)?;
        // The offset exists only within the file, not in the silence around it.
        let here = |at: i64| (at - from as i64).clamp(0, count as i64) as usize;
        let file = here(moved.offset())..here(moved.end(rate).0 as i64);
        for (channel, offset) in block.iter_mut().zip(repair.offset) {
            for x in &mut channel[file.clone()] {
                *x = ((f64::from(*x) - offset) * sign) as f32;
            }
        }
        let [left, right] = &block;
        if exact {
            for (to, from) in whole.iter_mut().zip(&block) {
                for (to, from) in to.iter_mut().zip(&from[..count]) {
                    let scaled = (f64::from(*from) * 8_388_608.0).round();
                    *to = scaled.clamp(-8_388_608.0, 8_388_607.0) as i32;
                }
            }
            writer.write_whole(&whole[0][..count], &whole[1][..count])?;
        } else {
            writer.write_float(&left[..count], &right[..count])?;
        }
    }
    writer.finish()?;
    temporary.place(path).map_err(writing)
}

fn describe(stem: &Stem, repair: &Repair, length: Frames, rate: SampleRate, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = vec![format!("{name} from {}", stem.file.place.path)];
    if repair.shift != 0 {
        let way = if repair.shift < 0 { "earlier" } else { "later" };
        parts.push(format!("{} samples {way}", repair.shift.unsigned_abs()));
    }
    if repair.invert {
        parts.push("polarity turned".into());
    }
    let offset = repair.offset.iter().map(|offset| offset.abs()).fold(0.0, f64::max);
    if offset > 0.0 {
        parts.push(format!("a constant offset of {:.1} dBFS removed", Db::from_factor(offset)));
    }
    if stem.file.info.sample_rate != rate {
        parts.push(format!("converted from {}", stem.file.info.sample_rate));
    }
    let end = stem.end(rate).0.saturating_add_signed(repair.shift);
    if end < length.0 {
        parts.push(format!("{} samples of silence at the end", length.0 - end));
    }
    parts.join(", ")
}
