//! Least squares: finds the gains of the stems, each moved to its position in the reference. Works
//! on sums of products per window, so residuals over time cost no second read.

use crate::dsp::{Stereo, silence};
use crate::engine::source::{Scratch, StemSource};
use crate::intake::IntakeError;
use crate::media::MediaError;
use crate::units::Db;
use rayon::prelude::*;

/// Windows per task of the thread pool.
const BATCH: usize = 16;
/// Gain relative to the usual gain below which a stem is not in the reference.
const ABSENT: f64 = 0.03;
/// Lowest residual reported; the sums are not more precise.
const FLOOR: Db = Db(-150.0);

/// The signals to compare, and the window length.
pub struct Signals<'a> {
    pub sources: &'a [StemSource],
    /// Per stem: polarity inverted on its strip.
    pub inverted: &'a [bool],
    pub mix: &'a StemSource,
    pub length: u64,
    /// Frames per window: a tenth of a second.
    pub window: usize,
    /// Called before every try; its error ends the work.
    pub go_on: &'a (dyn Fn() -> Result<(), IntakeError> + Sync),
}

/// Sums of products over one window: between the stems (`stems`, row by row), of each stem with the
/// reference (`with`) and with itself as delivered (`across`), of the delivered sum with itself and
/// the reference (`plain`, `plain_with`), and the power of the reference (`mix`).
#[derive(Clone, Default)]
struct Sums {
    stems: Vec<f64>,
    with: Vec<f64>,
    across: Vec<f64>,
    plain: f64,
    plain_with: f64,
    mix: f64,
}

/// Result of a fit.
pub struct Fit {
    windows: Vec<Sums>,
    total: Sums,
    gains: Vec<f64>,
    /// Frames by which each stem is moved later to match the reference.
    moves: Vec<i64>,
    /// Frames by which most stems come later than in the reference.
    pub base: i64,
}

/// Reads a stereo block of a source from frame `at`; a mono stem fills both channels.
pub fn read(
    source: &StemSource,
    at: i64,
    block: &mut Stereo,
    scratch: &mut Scratch,
) -> Result<(), MediaError> {
    let [left, right] = block;
    source.read(at, false, left, right, scratch)?;
    if source.is_mono() {
        right.copy_from_slice(left);
    }
    Ok(())
}

/// Both channels one after the other, in double precision for the sums.
fn exact(block: &Stereo, out: &mut Vec<f64>) {
    out.clear();
    out.extend(block.iter().flatten().map(|x| f64::from(*x)));
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Parallel accumulators, so that no addition waits for the one before.
    let mut lanes = [0.0f64; 8];
    for (a, b) in a.chunks(8).zip(b.chunks(8)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.stems.resize(other.stems.len(), 0.0);
        self.with.resize(other.with.len(), 0.0);
        for (to, from) in self.stems.iter_mut().zip(&other.stems) {
            *to += from;
        }
        self.across.resize(other.across.len(), 0.0);
        for (to, from) in self.with.iter_mut().zip(&other.with) {
            *to += from;
        }
        for (to, from) in self.across.iter_mut().zip(&other.across) {
            *to += from;
        }
        self.plain += other.plain;
        self.plain_with += other.plain_with;
        self.mix += other.mix;
    }

    /// Power of the stems' sum at these gains, and its product with the reference.
    fn at(&self, gains: &[f64]) -> (f64, f64) {
        let count = gains.len();
        let power = gains.iter().enumerate().map(|(i, a)| {
            let row = self.stems.get(i * count..(i + 1) * count).unwrap_or(&[]);
            a * row.iter().zip(gains).map(|(sum, b)| sum * b).sum::<f64>()
        });
        let with = gains.iter().zip(&self.with).map(|(gain, with)| gain * with).sum();
        (power.sum(), with)
    }

    /// Power left of the reference after subtracting the delivered sum at one gain.
    fn left_as_delivered(&self, gain: f64) -> f64 {
        (self.mix - 2.0 * gain * self.plain_with + gain * gain * self.plain).max(0.0)
    }

    /// Power left of the reference after subtracting the stems at these gains.
    fn left(&self, gains: &[f64]) -> f64 {
        let (power, with) = self.at(gains);
        (self.mix - 2.0 * with + power).max(0.0)
    }
}

/// Position and gain of one stem in the reference.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Frames by which the stem comes later than in the reference.
    pub late: i64,
    pub gain: f64,
    /// Whether the position is reliable.
    pub found: bool,
    /// Whether the stem is in the reference at all.
    pub heard: bool,
}

impl Fit {
    /// Fits the gains, with stem n coming `late[n]` frames late and most stems `base` frames. Takes
    /// every `step`th window.
    pub fn of(
        signals: &Signals<'_>,
        late: &[i64],
        base: i64,
        step: usize,
    ) -> Result<Self, IntakeError> {
        (signals.go_on)()?;
        let moves: Vec<i64> = late.iter().map(|late| -late).collect();
        let batch_frames = signals.window * BATCH;
        let starts: Vec<u64> = match step {
            1 => (0..signals.length).step_by(batch_frames).collect(),
            step => (0..signals.length).step_by(signals.window * step).collect(),
        };
        let count = if step == 1 { BATCH } else { 1 };
        let batches = starts
            .par_iter()
            .map(|from| batch(signals, &moves, base, *from, count))
            .collect::<Result<Vec<_>, MediaError>>()?;
        let windows: Vec<Sums> = batches.into_iter().flatten().collect();
        let mut total = Sums::default();
        windows.iter().for_each(|window| total.add(window));
        let gains = solve(&total);
        Ok(Self { windows, total, gains, moves, base })
    }

    pub fn gain(&self, stem: usize) -> f64 {
        self.gains.get(stem).copied().unwrap_or(0.0)
    }

    /// Position of every stem. Stems too weak to change the residual count as not found.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let usual = self.usual_gain();
        self.gains.iter().zip(&self.moves).enumerate().map(move |(n, (gain, shift))| {
            let silent = self.own(n) <= 0.0;
            let heard = !silent && gain.abs() > usual * ABSENT;
            // A stem weaker than the residual could be anywhere.
            let found = heard
                && self.share(n) > 0.2 * self.total.left(&self.gains) / self.total.mix.max(1e-30);
            Place { late: -shift, gain: *gain, found, heard }
        })
    }

    /// Median of the stems' gains, weighted by power.
    pub fn usual_gain(&self) -> f64 {
        let mut gains: Vec<(f64, f64)> =
            (0..self.gains.len()).map(|n| (self.gain(n).abs(), self.share(n))).collect();
        gains.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = gains.iter().map(|(_, share)| share).sum::<f64>() / 2.0;
        let mut sum = 0.0;
        for (gain, share) in gains {
            sum += share;
            if sum >= half && share > 0.0 {
                return gain;
            }
        }
        1.0
    }

    /// Power of one stem by itself.
    fn own(&self, stem: usize) -> f64 {
        let count = self.gains.len();
        self.total.stems.get(stem * count + stem).copied().unwrap_or(0.0)
    }

    /// The one gain that fits the delivered sum best.
    pub fn common_gain(&self) -> f64 {
        let Sums { plain, plain_with, .. } = self.total;
        if plain > 0.0 { plain_with / plain } else { 0.0 }
    }

    fn relative(&self, left: f64) -> Db {
        if self.total.mix <= 0.0 {
            return Db::UNITY;
        }
        Db(Db::from_power(left.max(0.0) / self.total.mix).0.max(FLOOR.0))
    }

    /// Residual with one gain for the delivered sum, relative to the reference.
    pub fn delivered(&self) -> Db {
        self.relative(self.total.mix - self.common_gain() * self.total.plain_with)
    }

    /// Residual with the best gain and position of every stem, relative to the reference.
    pub fn fitted(&self) -> Db {
        self.relative(self.total.left(&self.gains))
    }

    /// Power of a stem at its gain, as a share of the reference.
    pub fn share(&self, stem: usize) -> f64 {
        let gain = self.gain(stem);
        self.own(stem) * gain * gain / self.total.mix.max(1e-30)
    }

    /// What one stem leaves as it was delivered, relative to the reference: the difference from
    /// itself at its best gain and position. The gain of the delivered sum is the usual one: the
    /// gain that fits that sum best follows the stems that are wrong.
    pub fn error(&self, stem: usize) -> Db {
        let (common, gain, own) = (self.usual_gain(), self.gain(stem), self.own(stem));
        let across = self.total.across.get(stem).copied().unwrap_or(0.0);
        self.relative(own * (common * common + gain * gain) - 2.0 * common * gain * across)
    }

    /// Residual of the fit per second, relative to the reference's mean power.
    pub fn over_time(&self) -> Vec<Db> {
        self.each_second(|window| window.left(&self.gains))
    }

    /// Like [`Self::over_time`], for the delivered sum with one gain.
    pub fn delivered_over_time(&self) -> Vec<Db> {
        let gain = self.common_gain();
        self.each_second(|window| window.left_as_delivered(gain))
    }

    fn each_second(&self, left: impl Fn(&Sums) -> f64) -> Vec<Db> {
        let each = 10;
        let mean = self.total.mix / self.windows.len().max(1) as f64 * each as f64;
        let left = |windows: &[Sums]| windows.iter().map(&left).sum::<f64>();
        let level = |windows| Db(Db::from_power(left(windows) / mean.max(1e-30)).0.max(FLOOR.0));
        self.windows.chunks(each).map(level).collect()
    }

    /// Per window: power of the fitted sum, and the gain of the reference over it.
    pub fn course(&self) -> Vec<(f64, Db)> {
        let of = |window: &Sums| {
            let (power, with) = window.at(&self.gains);
            (power, Db::from_factor(if power > 0.0 { with / power } else { 1.0 }))
        };
        self.windows.iter().map(of).collect()
    }
}

fn batch(
    signals: &Signals<'_>,
    moves: &[i64],
    base: i64,
    from: u64,
    windows_in: usize,
) -> Result<Vec<Sums>, MediaError> {
    let count = signals.sources.len();
    let mut blocks: Vec<Vec<f64>> = vec![Vec::new(); count];
    let (mut plain, mut mix) = (vec![0.0f64; 2 * signals.window], Vec::new());
    let (mut block, mut own) = (silence(signals.window), Vec::new());
    let mut scratch = Scratch::new();
    let mut windows = Vec::with_capacity(BATCH);
    for window in 0..windows_in as u64 {
        let at = (from + window * signals.window as u64) as i64;
        if at >= signals.length as i64 {
            break;
        }
        read(signals.mix, at, &mut block, &mut scratch)?;
        exact(&block, &mut mix);
        plain.fill(0.0);
        let mut across = Vec::with_capacity(count);
        for ((source, shift), (moved, turned)) in
            signals.sources.iter().zip(moves).zip(blocks.iter_mut().zip(signals.inverted))
        {
            read(source, at - shift, &mut block, &mut scratch)?;
            exact(&block, moved);
            let delivered = if *shift == -base {
                &*moved
            } else {
                read(source, at + base, &mut block, &mut scratch)?;
                exact(&block, &mut own);
                &own
            };
            let sign = if *turned { -1.0 } else { 1.0 };
            across.push(sign * dot(moved, delivered));
            for (to, from) in plain.iter_mut().zip(delivered) {
                *to += from * sign;
            }
        }
        let mut sums = Sums { stems: vec![0.0; count * count], across, ..Sums::default() };
        for (i, a) in blocks.iter().enumerate() {
            sums.with.push(dot(a, &mix));
            for (j, b) in blocks.iter().enumerate().take(i + 1) {
                let value = dot(a, b);
                for place in [i * count + j, j * count + i] {
                    if let Some(slot) = sums.stems.get_mut(place) {
                        *slot = value;
                    }
                }
            }
        }
        sums.plain = dot(&plain, &plain);
        sums.plain_with = dot(&plain, &mix);
        sums.mix = dot(&mix, &mix);
        windows.push(sums);
    }
    Ok(windows)
}

/// The gains with the least residual, by Gaussian elimination with pivots. Silent stems get 0.
fn solve(sums: &Sums) -> Vec<f64> {
    let count = sums.with.len();
    let mut rows: Vec<Vec<f64>> = (0..count)
        .map(|i| {
            let mut row = sums.stems.get(i * count..(i + 1) * count).unwrap_or(&[]).to_vec();
            row.push(sums.with.get(i).copied().unwrap_or(0.0));
            // A tiny weight on the diagonal avoids a division by zero for two identical stems.
            if let Some(own) = row.get_mut(i) {
                *own = *own * (1.0 + 1e-12) + 1e-12;
            }
            row
        })
        .collect();
    for column in 0..count {
        let size = |row: usize| rows.get(row).and_then(|r| r.get(column)).map_or(0.0, |x| x.abs());
        let pivot = (column..count).max_by(|a, b| size(*a).total_cmp(&size(*b))).unwrap_or(column);
        rows.swap(column, pivot);
        let lead = rows.get(column).cloned().unwrap_or_default();
        let divisor = lead.get(column).copied().unwrap_or(1.0);
        for (_, row) in rows.iter_mut().enumerate().filter(|(n, _)| *n != column) {
            let factor = row.get(column).copied().unwrap_or(0.0) / divisor;
            for (x, l) in row.iter_mut().zip(&lead) {
                *x -= factor * l;
            }
        }
    }
    let value = |(n, row): (usize, &Vec<f64>)| {
        let (own, right) = (row.get(n).copied()?, row.last().copied()?);
        Some(right / own)
    };
    rows.iter().enumerate().map(|row| value(row).filter(|x| x.is_finite()).unwrap_or(0.0)).collect()
}

impl Signals<'_> {
    /// The reference minus the `known` stems, as one channel.
    pub fn rest(
        &self,
        fit: &Fit,
        known: &[bool],
        at: i64,
        out: &mut [f32],
    ) -> Result<(), MediaError> {
        let mut scratch = Scratch::new();
        let (mut left, mut block) = (silence(out.len()), silence(out.len()));
        self.remainder(fit, known, at, &mut left, &mut block, &mut scratch)?;
        for (slot, (l, r)) in out.iter_mut().zip(left[0].iter().zip(&left[1])) {
            *slot = l + r;
        }
        Ok(())
    }

    /// The reference minus the `known` stems from frame `at`. Fills `left`; `block` is scratch
    /// space.
    pub fn remainder(
        &self,
        fit: &Fit,
        known: &[bool],
        at: i64,
        left: &mut Stereo,
        block: &mut Stereo,
        scratch: &mut Scratch,
    ) -> Result<(), MediaError> {
        read(self.mix, at, left, scratch)?;
        let stems = self.sources.iter().zip(&fit.gains).zip(&fit.moves).zip(known);
        for (((source, gain), shift), _) in stems.filter(|(_, known)| **known) {
            read(source, at - shift, block, scratch)?;
            for (to, from) in left.iter_mut().flatten().zip(block.iter().flatten()) {
                *to -= from * *gain as f32;
            }
        }
        Ok(())
    }
}
