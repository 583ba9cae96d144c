//! Compares the stems among themselves when there is no reference: bleed that two stems share shows
//! their timing and polarity.

use super::Looked;
use super::scan::HOPS;
use crate::engine::source::StemSource;
use crate::intake::IntakeError;
use crate::intake::align::{Aligner, Lag, loudest, mono, mono_sum};
use crate::intake::findings::{Finding, Kind, Mend, Severity};
use crate::media::store::Store;
use crate::session::Session;
use crate::session::stem::Role;
use crate::texts::say;
use crate::units::SampleRate;
use rayon::prelude::*;
use std::path::Path;

/// Peak of the correlation over its median above which the stems surely share sound.
const SURE: f64 = 40.0;
/// Least correlation at that place. Repetitive music correlates at other places too, but not within
/// half a second.
const ALIKE: f64 = 0.1;

/// Findings for stems whose bleed in the others has another time or polarity. `go_on` is called
/// often; its error ends the work.
pub fn judge(
    looked: &[Looked<'_>],
    session: &Session,
    folder: &Path,
    store: &Store,
    go_on: &(dyn Fn() -> Result<(), IntakeError> + Sync),
) -> Result<Vec<Finding>, IntakeError> {
    let rate = session.sample_rate;
    let open = |looked: &Looked<'_>| StemSource::open(looked.stem, folder, rate, store);
    let sources = looked.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let aligner = Aligner::default();
    // Effect returns share sound with their sources and come later by nature.
    let dry = |n: &usize| looked.get(*n).is_some_and(|l| l.stem.role != Role::Effects);
    let order: Vec<usize> = (0..looked.len()).filter(dry).collect();
    let found: Vec<Option<(usize, Lag)>> = order
        .par_iter()
        .map(|n| {
            go_on()?;
            let (Some(own), Some(source)) = (looked.get(*n), sources.get(*n)) else {
                return Ok(None);
            };
            let others = |at: i64, out: &mut [f32]| {
                let others = order.iter().filter(|other| *other != n);
                mono_sum(others.filter_map(|other| sources.get(*other)), at, out)
            };
            let levels: Vec<f32> = own.scan.hops.iter().map(|hop| hop.power).collect();
            let places = loudest(&levels, u64::from(rate.0 / HOPS), own.stem.offset());
            let signal = |at: i64, out: &mut [f32]| mono(source, at, out);
            let lags = aligner.find(&signal, &others, &places)?;
            // The sharpest peak wins: low shared sound correlates over a wide range.
            let sure = lags.into_iter().filter(|lag| is_sure(lag, rate));
            Ok(sure.max_by(|a, b| a.trust.total_cmp(&b.trust)).map(|lag| (*n, lag)))
        })
        .collect::<Result<_, IntakeError>>()?;
    let found: Vec<(usize, Lag)> = found.into_iter().flatten().collect();
    // Each of two stems that share sound is found in the other. Only the later one is reported: it
    // holds the bleed.
    let other = |lag: &Lag| found.iter().any(|(_, known)| known.late == -lag.late);
    let told = found.iter().filter(|(_, lag)| lag.late >= 0 || !other(lag));
    Ok(told.filter_map(|(n, lag)| finding(looked.get(*n)?, lag, session)).collect())
}

fn is_sure(lag: &Lag, rate: SampleRate) -> bool {
    lag.sharp
        && lag.trust > SURE
        && lag.share.abs() > ALIKE
        && lag.late.abs() < i64::from(rate.0) / 2
}

fn finding(own: &Looked<'_>, lag: &Lag, session: &Session) -> Option<Finding> {
    let milliseconds = lag.late as f64 / session.sample_rate.hz().0 * 1000.0;
    let finding = if lag.late == 0 && lag.inverted {
        let text = say!("finding-inverted");
        Finding::new(Kind::Polarity, Severity::Caution, text).mended_by(Mend::Polarity)
    } else if lag.late.abs() > 1 {
        let (count, time) = (lag.late.abs(), format!("{:.1}", milliseconds.abs()));
        let text = match lag.late > 0 {
            true => say!("finding-late", count = count, time = time),
            false => say!("finding-early", count = count, time = time),
        };
        Finding::new(Kind::Shifted, Severity::Caution, text)
            .mended_by(Mend::Shift { frames: -lag.late })
    } else {
        return None;
    };
    Some(Finding { stem: Some(own.stem.id), ..finding })
}
