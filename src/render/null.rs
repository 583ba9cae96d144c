//! Null test of files that belong together: their sum minus the mix. Used for linked alternates and
//! exported stems.

use crate::dsp::silence;
use crate::media::store::Store;
use crate::render::RenderError;
use crate::units::Db;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCK: usize = 1 << 15;

/// Power of the difference between a mix and the sum of its parts, relative to the mix; −200 dB at
/// least. All files are read at the mix's rate. A silent mix gives the power of the difference
/// itself.
pub fn residual(parts: &[PathBuf], mix: &Path, cancel: &AtomicBool) -> Result<Db, RenderError> {
    let store = Store::of_user();
    let info = crate::media::probe(mix)?;
    let open = |path: &PathBuf| Ok(store.open(path, info.sample_rate)?.file);
    let files = parts.iter().map(open).collect::<Result<Vec<_>, RenderError>>()?;
    let whole = store.open(mix, info.sample_rate)?.file;
    let length = files.iter().map(|file| file.info().frames.0).max().unwrap_or(0);
    let length = length.max(info.frames.0);
    let (mut block, mut bytes) = (silence(BLOCK), Vec::new());
    let mut sum = [vec![0.0f64; BLOCK], vec![0.0f64; BLOCK]];
    let (mut left_over, mut power) = (0.0f64, 0.0f64);
    for from in (0..length).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        sum.iter_mut().for_each(|side| side.fill(0.0));
        for file in &files {
            let [left, right] = &mut block;
            file.read(from as i64, left, right, &mut bytes)?;
            for (to, from) in sum.iter_mut().flatten().zip(block.iter().flatten()) {
                *to += f64::from(*from);
            }
        }
        let [left, right] = &mut block;
        whole.read(from as i64, left, right, &mut bytes)?;
        for (sum, x) in sum.iter().flatten().zip(block.iter().flatten()) {
            let x = f64::from(*x);
            left_over += (sum - x) * (sum - x);
            power += x * x;
        }
    }
    let share = if power > 0.0 { left_over / power } else { left_over };
    Ok(Db(Db::from_power(share).0.max(-200.0)))
}
