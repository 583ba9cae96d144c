//! Mends: as changes of the session, which can be undone, or as new files beside the old ones.
//! The files that came in are never touched.

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

/// The change of a session that mends a finding; none where only a new file does.
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
        // A stem that ends early is silent after its end, and one of another rate is converted
        // when it is opened.
        Mend::Pad { .. } | Mend::Convert | Mend::Dc { .. } | Mend::Rename { .. } => None,
    }
}

/// What is done to a stem on its way into a new file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repair {
    pub shift: i64,
    pub invert: bool,
    pub offset: [f64; 2],
}

impl Repair {
    /// Everything that was found about a stem and can be mended.
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

/// A new file, and what was done.
#[derive(Clone, Debug)]
pub struct Mended {
    pub path: PathBuf,
    /// `01_Drums.wav from drums final.wav, 1,323 samples earlier, polarity turned`.
    pub line: String,
}

/// Writes every stem anew into `out`, named and numbered by the standard, of one start, length
/// and rate, with what was found mended. Samples that need not change stay as they are, bit for
/// bit. Nothing that exists is overwritten.
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
            // A set that is not whole is no set.
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

/// Writes one stem anew.
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
        // Before and after the file there is no offset.
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
