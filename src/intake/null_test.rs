//! Whether the stems sum to the reference mix: what is left after the best common gain.

use crate::dsp::silence;
use crate::engine::bus::sum;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::media::store::Store;
use crate::session::Session;
use crate::units::Db;
use serde::Serialize;
use std::path::Path;

const BLOCK: usize = 1 << 15;

/// How the sum of the flat stems compares with the reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NullTest {
    /// What remains of the reference after the sum is taken away, relative to it.
    pub residual_db: Db,
    /// The gain on the sum that leaves least.
    pub gain_db: Db,
    /// The reference is shorter or longer by this much.
    pub length_difference: i64,
}

/// Takes the sum of all stems, faders aside, from the reference.
pub fn null_test(
    session: &Session,
    folder: &Path,
    reference: &Path,
) -> Result<NullTest, MediaError> {
    let store = Store::of_user();
    let rate = session.sample_rate;
    let sources = session
        .stems
        .iter()
        .map(|stem| StemSource::open(stem, folder, rate, &store))
        .collect::<Result<Vec<_>, _>>()?;
    let (mix, _) = store.open(reference, rate)?;
    let mut blocks = vec![silence(BLOCK); sources.len()];
    let (mut total, mut other) = (silence(BLOCK), silence(BLOCK));
    let (mut scratch, mut bytes) = (Scratch::new(), Vec::new());
    let length = session.length().max(mix.info().frames);
    let (mut own, mut both, mut theirs) = (0.0f64, 0.0f64, 0.0f64);
    for from in (0..length.0).step_by(BLOCK) {
        for (source, block) in sources.iter().zip(&mut blocks) {
            let [left, right] = block;
            source.read(from as i64, false, left, right, &mut scratch)?;
            if source.is_mono() {
                right.copy_from_slice(left);
            }
        }
        let [left, right] = &mut total;
        sum(blocks.iter(), [left, right]);
        let [left, right] = &mut other;
        mix.read(from as i64, left, right, &mut bytes)?;
        if mix.info().channels == 1 {
            right.copy_from_slice(left);
        }
        for (a, b) in total.iter().flatten().zip(other.iter().flatten()) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            own += a * a;
            both += a * b;
            theirs += b * b;
        }
    }
    let gain = if own > 0.0 { both / own } else { 0.0 };
    let left_over = (theirs - gain * both).max(0.0);
    let residual = if theirs > 0.0 { left_over / theirs } else { 1.0 };
    Ok(NullTest {
        residual_db: Db(Db::from_power(residual).0.max(-150.0)),
        gain_db: Db::from_factor(gain),
        length_difference: mix.info().frames.0 as i64 - session.length().0 as i64,
    })
}
