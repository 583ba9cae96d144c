//! The null test: do the stems sum to the reference mix? It finds the delay, polarity and gain of
//! every stem that leave the smallest residual, and explains the rest. `null_test` is the entry,
//! the result is a `NullTest`.

mod explain;
mod fit;
mod left;
mod search;
mod spectrum;

use crate::engine::source::StemSource;
use crate::intake::IntakeError;
use crate::intake::findings::Finding;
use crate::media::MediaError;
use crate::media::store::Store;
use crate::session::Session;
use crate::session::stem::StemId;
use crate::units::{Db, Hz, Seconds};
use fit::Signals;
pub use left::write_left;
use rayon::prelude::*;
use serde::Serialize;
use std::path::Path;

/// Residual below which stems and reference are the same mix.
pub const MATCH: Db = Db(-60.0);

/// How the sum of the stems, without faders and chains, compares with the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NullTest {
    /// Residual of the reference minus the delivered sum with one common gain, relative to the
    /// reference.
    pub residual_db: Db,
    /// That common gain.
    pub gain_db: Db,
    /// The same as a factor, negative if the whole sum is inverted.
    #[serde(skip)]
    pub gain: f64,
    /// Residual with the best delay, polarity and gain of every stem.
    pub fitted_db: Db,
    /// Frames by which the reference is longer than the session (negative: shorter).
    pub length_difference: i64,
    /// Frames by which the whole reference comes later than the stems.
    pub reference_late: i64,
    pub stems: Vec<StemFit>,
    /// Residual of the fit, in bands.
    pub bands: Vec<Band>,
    /// Residual of the fit, per second.
    pub over_time: Vec<Db>,
    /// Residual as delivered, per second.
    pub delivered_over_time: Vec<Db>,
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// The findings in sentences.
    pub explanation: Vec<String>,
}

/// Position of one stem in the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StemFit {
    #[serde(skip)]
    pub id: StemId,
    pub name: String,
    /// Frames by which the stem comes later than in the reference, apart from the common shift.
    /// `None` if it was not found.
    pub late: Option<i64>,
    pub inverted: bool,
    /// Whether it is in the reference at all.
    pub heard: bool,
    /// Gain of the stem in the reference.
    pub gain_db: Db,
    /// The same as a factor, negative if it is inverted.
    #[serde(skip)]
    pub gain: f64,
    /// Frames by which the stem comes later than in the reference, with the common shift; where it
    /// was tried last if it was not found.
    #[serde(skip)]
    pub shift: i64,
    /// What the stem leaves of the reference as it was delivered.
    pub residual_db: Db,
}

/// Residual in one band, relative to the reference in that band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    pub from: Hz,
    pub to: Hz,
    pub residual_db: Db,
    /// Share of the whole residual.
    pub share: f64,
}

/// Compares the sum of all stems, without faders, with the reference. `go_on` is called often; its
/// error ends the work.
pub fn null_test(
    session: &Session,
    folder: &Path,
    reference: &Path,
    go_on: &(dyn Fn() -> Result<(), IntakeError> + Sync),
) -> Result<NullTest, IntakeError> {
    let rate = session.sample_rate;
    let (sources, mix) = open(session, folder, reference)?;
    let inverted = session.stems.iter().map(|stem| stem.strip.invert).collect::<Vec<_>>();
    let length = session.length().max(mix.length());
    let signals = Signals {
        sources: &sources,
        inverted: &inverted,
        mix: &mix,
        length: length.0,
        window: rate.0 as usize / 10,
        go_on,
    };
    let fit = search::best(&signals)?;
    let base = fit.base;
    let places = fit.places().enumerate();
    let stems = session.stems.iter().zip(places).map(|(stem, (n, place))| StemFit {
        id: stem.id,
        name: stem.name.clone(),
        late: place.found.then_some(place.late - base),
        inverted: place.found && (place.gain < 0.0) != stem.strip.invert,
        heard: place.heard,
        gain_db: Db::from_factor(place.gain),
        gain: place.gain,
        shift: place.late,
        residual_db: fit.error(n),
    });
    let mut test = NullTest {
        residual_db: fit.delivered(),
        gain_db: Db::from_factor(fit.common_gain()),
        gain: fit.common_gain(),
        fitted_db: fit.fitted(),
        length_difference: mix.length().0 as i64 - session.length().0 as i64,
        reference_late: -base,
        stems: stems.collect(),
        bands: spectrum::bands(&signals, &fit, rate)?,
        over_time: fit.over_time(),
        delivered_over_time: fit.delivered_over_time(),
        findings: Vec::new(),
        explanation: Vec::new(),
    };
    test.findings = explain::explain(&test, &fit, rate);
    test.explanation = test.findings.iter().map(Finding::line).collect();
    Ok(test)
}

/// Opens the stems and the reference.
fn open(
    session: &Session,
    folder: &Path,
    reference: &Path,
) -> Result<(Vec<StemSource>, StemSource), MediaError> {
    let (store, rate) = (Store::of_user(), session.sample_rate);
    let open = |stem| StemSource::open(stem, folder, rate, &store);
    let sources = session.stems.par_iter().map(open).collect::<Result<_, _>>()?;
    Ok((sources, StemSource::open_plain(reference, rate, &store)?))
}

/// Duration of a number of frames in words: `27.6 ms` or `4.17 s`.
fn time(frames: i64, rate: crate::units::SampleRate) -> String {
    let seconds = Seconds(frames.unsigned_abs() as f64 / rate.hz().0);
    if seconds.0 < 1.0 {
        format!("{:.1} ms", seconds.0 * 1000.0)
    } else {
        format!("{:.2} s", seconds.0)
    }
}
