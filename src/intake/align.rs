//! Finds where in time one signal lies in another, and with which polarity: generalised
//! cross-correlation with phase transform (Knapp and Carter, 1976), taken at the loudest places.
//! The main type is `Aligner`. The null test, the comparison of stems among themselves and the
//! check of left against right use it.

use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Frames of the searched piece, and frames of the field it is searched in, when stems are
/// compared.
const PIECE: usize = 1 << 18;
const FIELD: usize = 1 << 20;
/// Number of pieces that are searched.
const PIECES: usize = 3;

/// Reads a signal as one channel, starting at a frame of the song.
pub type Read<'a> = dyn Fn(i64, &mut [f32]) -> Result<(), MediaError> + Sync + 'a;

/// A possible position of one signal in another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// Frames by which the signal starts later than its copy in the other signal (negative:
    /// earlier).
    pub late: i64,
    pub inverted: bool,
    /// Peak of the correlation over its median. Above 30 the two signals share sound.
    pub trust: f64,
    /// Found by the phase transform, so many frequencies agree and not only one tone.
    pub sharp: bool,
    /// Correlation of the two signals at this position, from −1 to 1.
    pub share: f64,
}

/// Reads a stem as one channel: left plus right.
pub fn mono(source: &StemSource, from: i64, out: &mut [f32]) -> Result<(), MediaError> {
    let (mut block, mut scratch) = (silence(out.len()), Scratch::new());
    let [left, right] = &mut block;
    source.read(from, false, left, right, &mut scratch)?;
    for (slot, (l, r)) in out.iter_mut().zip(left.iter().zip(right.iter())) {
        *slot = l + r;
    }
    Ok(())
}

/// Reads the sum of several stems as one channel.
pub fn mono_sum<'a>(
    sources: impl Iterator<Item = &'a StemSource>,
    from: i64,
    out: &mut [f32],
) -> Result<(), MediaError> {
    let mut part = vec![0.0; out.len()];
    out.fill(0.0);
    for source in sources {
        mono(source, from, &mut part)?;
        out.iter_mut().zip(&part).for_each(|(to, from)| *to += from);
    }
    Ok(())
}

/// Searches signals in others. Keeps the FFT plans for one piece and field length.
pub struct Aligner {
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    piece: usize,
    field: usize,
}

impl Default for Aligner {
    fn default() -> Self {
        Self::of(PIECE, FIELD)
    }
}

impl Aligner {
    /// Searches pieces of `piece` frames in fields of `field` frames.
    pub fn of(piece: usize, field: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, back) = (planner.plan_fft_forward(field), planner.plan_fft_inverse(field));
        Self { forward, back, piece, field }
    }

    /// Greatest offset that can be found, in frames, to either side.
    fn reach(&self) -> i64 {
        ((self.field - self.piece) / 2) as i64
    }

    /// Searches `signal` in `other` around `places`, the frames where `signal` is loudest; only the
    /// first three places count. Returns the possible positions, highest correlation first. Empty
    /// if either signal is silent there.
    pub fn find(
        &self,
        signal: &Read<'_>,
        other: &Read<'_>,
        places: &[i64],
    ) -> Result<Vec<Lag>, MediaError> {
        let reach = self.reach();
        // Two correlations: with the phase transform, which gives sharp peaks, and without, which
        // also works for pure tones.
        let mut sums = [(); 2].map(|()| self.forward.make_output_vec());
        let (mut piece, mut field) = (vec![0.0f32; self.field], vec![0.0f32; self.field]);
        let mut lines = [self.forward.make_output_vec(), self.forward.make_output_vec()];
        let mut heard = false;
        for place in places.iter().take(PIECES) {
            piece.fill(0.0);
            signal(*place, &mut piece[..self.piece])?;
            other(place - reach, &mut field)?;
            let silent = |x: &[f32]| x.iter().all(|x| x.abs() < 1e-5);
            if silent(&piece) || silent(&field) {
                continue;
            }
            heard = true;
            let [own, theirs] = &mut lines;
            // The FFT fails only for buffers of a wrong length, and the planner made these.
            let _ = self.forward.process(&mut piece, own);
            let _ = self.forward.process(&mut field, theirs);
            let strength = |n: usize| own[n].norm() * theirs[n].norm();
            let few = (0..own.len()).step_by(64);
            let mean = few.clone().map(strength).sum::<f32>() / few.len().max(1) as f32;
            // Lines without sound have a random phase, so their weight is limited.
            let least = mean * 1e-5 + 1e-20;
            let [phase, plain] = &mut sums;
            for ((phase, plain), (own, theirs)) in
                phase.iter_mut().zip(plain).zip(own.iter().zip(theirs.iter()))
            {
                let cross = theirs * own.conj();
                *phase += cross / (own.norm() * theirs.norm() + least);
                *plain += cross / mean.max(1e-20);
            }
        }
        let mut found: Vec<Lag> = Vec::new();
        for (sum, sharp) in sums.iter_mut().zip([true, false]).filter(|_| heard) {
            if let Some(first) = sum.first_mut() {
                *first = Complex::default();
            }
            if let Some(last) = sum.last_mut() {
                last.im = 0.0;
            }
            let _ = self.back.process(sum, &mut piece);
            let lags = piece.get(..2 * reach as usize + 1).unwrap_or(&[]);
            for lag in peaks(lags, reach) {
                if found.iter().all(|known| known.late != lag.late) {
                    let share = shared(signal, other, -lag.late, places)?;
                    found.push(Lag { share, sharp, ..lag });
                }
            }
        }
        found.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
        Ok(found)
    }
}

/// Highest number of correlation peaks that are examined.
const PEAKS: usize = 24;

/// Returns the highest peaks of a correlation. Repetitive music has many peaks of similar height.
fn peaks(lags: &[f32], reach: i64) -> Vec<Lag> {
    let highest = lags.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let mut peaks: Vec<(f32, i64)> = Vec::new();
    for (n, value) in lags.iter().enumerate().filter(|(_, x)| x.abs() > 0.4 * highest) {
        let lag = n as i64 - reach;
        match peaks.last_mut().filter(|(_, last)| lag - *last < 48) {
            Some(last) if value.abs() > last.0.abs() => *last = (*value, lag),
            Some(_) => {}
            None => peaks.push((*value, lag)),
        }
    }
    let mut sample: Vec<f32> = lags.iter().step_by(7).map(|x| x.abs()).collect();
    if sample.is_empty() {
        return Vec::new();
    }
    let middle = sample.len() / 2;
    let (_, median, _) = sample.select_nth_unstable_by(middle, f32::total_cmp);
    let median = median.max(1e-20);
    peaks.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    peaks.truncate(PEAKS);
    let lag = |(value, lag): (f32, i64)| Lag {
        late: -lag,
        inverted: value < 0.0,
        trust: f64::from(value.abs() / median),
        sharp: false,
        share: 0.0,
    };
    peaks.into_iter().map(lag).collect()
}

/// Correlation of two signals, from −1 to 1, with `other` read `lag` frames later. It takes 32
/// short parts, spread around the loud places.
fn shared(
    signal: &Read<'_>,
    other: &Read<'_>,
    lag: i64,
    places: &[i64],
) -> Result<f64, MediaError> {
    const PART: usize = 1 << 11;
    let (first, last) =
        (places.iter().min().copied().unwrap_or(0), places.iter().max().copied().unwrap_or(0));
    let span = (last - first).max(0) + PIECE as i64;
    let before = span / 2;
    let (mut a, mut b) = (vec![0.0f32; PART], vec![0.0f32; PART]);
    let (mut both, mut own, mut theirs) = (0.0f64, 0.0f64, 0.0f64);
    for n in 0..32i64 {
        let at = first - before + 2 * span * n / 32;
        signal(at, &mut a)?;
        other(at + lag, &mut b)?;
        for (x, y) in a.iter().zip(&b) {
            both += f64::from(x * y);
            own += f64::from(x * x);
            theirs += f64::from(y * y);
        }
    }
    Ok(if own > 0.0 && theirs > 0.0 { both / (own * theirs).sqrt() } else { 0.0 })
}

/// Start frames of the pieces with the most sound, loudest first; the pieces do not overlap.
/// `levels` holds one power per `frames_each` frames, the first of them at frame `start`.
pub fn loudest(levels: &[f32], frames_each: u64, start: i64) -> Vec<i64> {
    let count = (PIECE as u64 / frames_each.max(1)).max(1) as usize;
    let mut pieces: Vec<(f64, usize)> = levels
        .chunks(count)
        .zip((0..).step_by(count))
        .map(|(part, n)| {
            // A sum of roots, so that continuous sound ranks above a single loud hit.
            (part.iter().map(|power| f64::from(power.sqrt())).sum::<f64>(), n)
        })
        .collect();
    pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
    pieces.retain(|(sum, _)| *sum > 0.0);
    pieces.truncate(PIECES);
    pieces.iter().map(|(_, n)| *n as i64 * frames_each as i64 + start).collect()
}
