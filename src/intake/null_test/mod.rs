//! Whether the stems sum to the reference mix, and if not, why: the delay, polarity and gain of
//! every stem that leave least, and what is left then.

mod explain;
mod fit;
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
use rayon::prelude::*;
use serde::Serialize;
use std::path::Path;

/// A residual under this says that stems and reference are one mix.
pub const MATCH: Db = Db(-60.0);

/// How the sum of the flat stems compares with the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NullTest {
    /// What remains of the reference after the sum is taken away as it was delivered, with one
    /// gain for all, relative to the reference.
    pub residual_db: Db,
    /// That gain.
    pub gain_db: Db,
    /// What remains when every stem has the delay, polarity and gain that leave least.
    pub fitted_db: Db,
    /// The reference is longer (shorter, if negative) by so many frames.
    pub length_difference: i64,
    /// Frames by which the whole reference comes later than the stems.
    pub reference_late: i64,
    pub stems: Vec<StemFit>,
    /// What is left after the fit, in bands and second by second.
    pub bands: Vec<Band>,
    pub over_time: Vec<Db>,
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// What explains the difference, in words.
    pub explanation: Vec<String>,
}

/// Where one stem lies in the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StemFit {
    #[serde(skip)]
    pub id: StemId,
    pub name: String,
    /// Frames by which the stem comes later than in the reference; none where it was not found.
    pub late: Option<i64>,
    pub inverted: bool,
    /// Whether it is in the reference at all.
    pub heard: bool,
    /// Gain of the stem in the reference.
    pub gain_db: Db,
}

/// What is left in a band, relative to the reference there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    pub from: Hz,
    pub to: Hz,
    pub residual_db: Db,
    /// Share of everything that is left.
    pub share: f64,
}

/// Takes the sum of all stems, faders aside, from the reference. `go_on` is asked often: an error
/// ends the work.
pub fn null_test(
    session: &Session,
    folder: &Path,
    reference: &Path,
    go_on: &(dyn Fn() -> Result<(), IntakeError> + Sync),
) -> Result<NullTest, IntakeError> {
    let store = Store::of_user();
    let rate = session.sample_rate;
    let open = |stem| StemSource::open(stem, folder, rate, &store);
    let sources = session.stems.par_iter().map(open).collect::<Result<Vec<_>, MediaError>>()?;
    let mix = StemSource::open_plain(reference, rate, &store)?;
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
    let stems = session.stems.iter().zip(fit.places()).map(|(stem, place)| StemFit {
        id: stem.id,
        name: stem.name.clone(),
        late: place.found.then_some(place.late - base),
        inverted: place.found && (place.gain < 0.0) != stem.strip.invert,
        heard: place.heard,
        gain_db: Db::from_factor(place.gain),
    });
    let mut test = NullTest {
        residual_db: fit.delivered(),
        gain_db: Db::from_factor(fit.common_gain()),
        fitted_db: fit.fitted(),
        length_difference: mix.length().0 as i64 - session.length().0 as i64,
        reference_late: -base,
        stems: stems.collect(),
        bands: spectrum::bands(&signals, &fit, rate)?,
        over_time: fit.over_time(),
        findings: Vec::new(),
        explanation: Vec::new(),
    };
    test.findings = explain::explain(&test, &fit, rate);
    test.explanation = test.findings.iter().map(Finding::line).collect();
    Ok(test)
}

/// Seconds of a number of frames, for words: `27.6 ms` or `4.17 s`.
fn time(frames: i64, rate: crate::units::SampleRate) -> String {
    let seconds = Seconds(frames.unsigned_abs() as f64 / rate.hz().0);
    if seconds.0 < 1.0 {
        format!("{:.1} ms", seconds.0 * 1000.0)
    } else {
        format!("{:.2} s", seconds.0)
    }
}
