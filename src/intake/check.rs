//! What is wrong with a delivery, file by file.

use crate::dsp::silence;
use crate::media::MediaError;
use crate::media::store::Store;
use crate::session::Session;
use crate::session::stem::Stem;
use crate::units::{Db, Frames, SampleRate};
use rayon::prelude::*;
use serde::Serialize;
use std::path::Path;

/// Below this a stem is silent.
const SILENT: Db = Db(-90.0);
/// Equal full-scale samples in a row that count as clipped.
const CLIPPED_RUN: u32 = 3;
const BLOCK: usize = 1 << 15;

/// The verdict on one stem.
#[derive(Clone, Debug, Serialize)]
pub struct StemCheck {
    pub file: String,
    pub name: String,
    pub role: &'static str,
    pub describe: String,
    pub seconds: f64,
    pub sample_peak_dbfs: Option<f64>,
    /// When the sound begins, in seconds of the song.
    pub sound_starts: Option<f64>,
    pub clipped_runs: u64,
    /// What should be mended before mixing.
    pub problems: Vec<String>,
    pub notes: Vec<String>,
}

struct Scan {
    peak: f32,
    first: Option<u64>,
    clipped: u64,
    invalid: u64,
}

/// Checks every stem of a session.
pub fn check(session: &Session, folder: &Path) -> Result<Vec<StemCheck>, MediaError> {
    let store = Store::of_user();
    let longest = session.length();
    session.stems.par_iter().map(|stem| one(session, stem, folder, &store, longest)).collect()
}

fn one(
    session: &Session,
    stem: &Stem,
    folder: &Path,
    store: &Store,
    longest: Frames,
) -> Result<StemCheck, MediaError> {
    let rate = session.sample_rate;
    let info = &stem.file.info;
    let scan = scan(stem, folder, rate, store)?;
    let (mut problems, mut notes) = (Vec::new(), Vec::new());
    if info.lossy {
        problems.push(format!("{} is lossy; ask for WAV, AIFF or FLAC", info.format));
    }
    if info.bits.is_some_and(|bits| bits < 24) {
        problems.push(format!("{} bits; ask for 24 or more", info.bits.unwrap_or(0)));
    }
    if info.sample_rate != rate {
        problems.push(format!("runs at {}, the session at {rate}", info.sample_rate));
    }
    if info.truncated {
        problems.push("ends earlier than its header says; export it again".into());
    }
    let short = longest.0 - stem.end(rate).0.min(longest.0);
    if short > 0 {
        let by = Frames(short).seconds(rate);
        problems.push(format!("ends {:.3} s before the longest stem", by.0));
    }
    if stem.start > Frames(0) {
        let start = stem.start.seconds(rate);
        notes.push(format!("starts at {start:.3} by its broadcast time stamp"));
    }
    let peak = Db::from_factor(f64::from(scan.peak));
    if peak < SILENT {
        problems.push("is silent".into());
    }
    if scan.clipped > 0 {
        let often = match scan.clipped {
            1 => "once".to_string(),
            count => format!("{count} times"),
        };
        problems.push(format!("clips {often}; lower it before export"));
    }
    if scan.invalid > 0 {
        let count = scan.invalid;
        problems.push(format!("holds {count} samples that are no numbers; export it again"));
    }
    if peak.0 > 0.0 {
        notes.push(format!("peaks over full scale, at {peak:+.1} dBFS"));
    }
    if info.channels == 1 {
        notes.push("mono".into());
    }
    let sound_starts = scan.first.map(|frame| Frames(frame).seconds(rate).0);
    Ok(StemCheck {
        file: stem.file.path.clone(),
        name: stem.name.clone(),
        role: stem.role.name(),
        describe: info.describe(),
        seconds: info.frames.seconds(info.sample_rate).0,
        sample_peak_dbfs: peak.finite(),
        sound_starts,
        clipped_runs: scan.clipped,
        problems,
        notes,
    })
}

fn scan(stem: &Stem, folder: &Path, rate: SampleRate, store: &Store) -> Result<Scan, MediaError> {
    let (file, _) = store.open(&folder.join(&stem.file.path), rate)?;
    let floor = SILENT.factor() as f32;
    let mut scan = Scan { peak: 0.0, first: None, clipped: 0, invalid: 0 };
    let (mut block, mut bytes) = (silence(BLOCK), Vec::new());
    let mut runs = [(0.0f32, 0u32); 2];
    let total = file.info().frames.0;
    for from in (0..total).step_by(BLOCK) {
        let count = (total - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        file.read(from as i64, &mut left[..count], &mut right[..count], &mut bytes)?;
        for (channel, run) in block.iter().zip(&mut runs) {
            for (n, value) in channel[..count].iter().enumerate() {
                let level = value.abs();
                scan.peak = scan.peak.max(level);
                let at = from + n as u64 + stem.start.0;
                if level > floor && scan.first.is_none_or(|first| first > at) {
                    scan.first = Some(at);
                }
                // 24-bit full scale is a step below 1.
                *run = match *run {
                    (last, length) if level >= 0.9999 && *value == last => (last, length + 1),
                    _ => (*value, 1),
                };
                if run.1 == CLIPPED_RUN && level >= 0.9999 {
                    scan.clipped += 1;
                }
            }
        }
    }
    scan.invalid = file.invalid();
    Ok(scan)
}
