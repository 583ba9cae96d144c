//! Residual of the null test in frequency bands.

use super::Band;
use super::fit::{Fit, Signals};
use crate::dsp::silence;
use crate::engine::source::Scratch;
use crate::media::MediaError;
use crate::units::{Db, Hz, SampleRate};
use realfft::RealFftPlanner;

const LENGTH: usize = 8192;
/// Number of places examined, spread evenly over the song.
const PLACES: u64 = 48;
/// Band limits in Hz.
const BORDERS: [f64; 9] = [20.0, 80.0, 200.0, 400.0, 800.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0];

/// Residual of the fit in each band, from `PLACES` windows of `LENGTH` frames.
pub fn bands(signals: &Signals<'_>, fit: &Fit, rate: SampleRate) -> Result<Vec<Band>, MediaError> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(LENGTH);
    let (mut left, mut mix, mut block) = (silence(LENGTH), silence(LENGTH), silence(LENGTH));
    let (mut scratch, mut lines) = (Scratch::new(), fft.make_output_vec());
    let (all, none) = (vec![true; signals.sources.len()], vec![false; signals.sources.len()]);
    let mut powers = [(0.0f64, 0.0f64); BORDERS.len() - 1];
    for n in 0..PLACES {
        let at = (signals.length * n / PLACES) as i64;
        signals.remainder(fit, &all, at, &mut left, &mut block, &mut scratch)?;
        signals.remainder(fit, &none, at, &mut mix, &mut block, &mut scratch)?;
        for (sides, is_mix) in [(&mut left, false), (&mut mix, true)] {
            for side in sides {
                for (n, x) in side.iter_mut().enumerate() {
                    let phase = std::f32::consts::TAU * n as f32 / LENGTH as f32;
                    *x *= 0.5 - 0.5 * phase.cos();
                }
                // The FFT fails only for buffers of a wrong length, and the planner made these.
                let _ = fft.process(side, &mut lines);
                for (border, sum) in BORDERS.windows(2).zip(&mut powers) {
                    let line = |f: f64| (f * LENGTH as f64 / rate.hz().0) as usize;
                    let [from, to] =
                        [border.first(), border.last()].map(|f| line(f.copied().unwrap_or(0.0)));
                    let part = lines.get(from.min(lines.len())..to.min(lines.len())).unwrap_or(&[]);
                    let power: f64 = part.iter().map(|line| f64::from(line.norm_sqr())).sum();
                    if is_mix { sum.1 += power } else { sum.0 += power }
                }
            }
        }
    }
    let whole: f64 = powers.iter().map(|(left, _)| left).sum();
    let band = |(border, (left, mix)): (&[f64], &(f64, f64))| Band {
        from: Hz(border.first().copied().unwrap_or(0.0)),
        to: Hz(border.last().copied().unwrap_or(0.0)),
        residual_db: Db(Db::from_power(left / mix.max(1e-30)).0.clamp(-150.0, 60.0)),
        share: if whole > 0.0 { left / whole } else { 0.0 },
    };
    Ok(BORDERS.windows(2).zip(&powers).map(band).collect())
}
