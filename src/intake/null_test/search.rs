//! Finds the positions of the stems in the reference. The delivered positions stay if they explain
//! it; otherwise correlation proposes others, kept only where they lower the residual.

use super::MATCH;
use super::fit::{Fit, Signals};
use crate::dsp::silence;
use crate::engine::source::{Scratch, StemSource};
use crate::intake::IntakeError;
use crate::intake::align::{Aligner, Lag, loudest, mono, mono_sum};
use crate::media::MediaError;
use rayon::prelude::*;

/// Most positions tried per stem.
const TRIED: usize = 10;
/// A try takes only every `STEP`th window.
const STEP: usize = 12;
/// Decibels that a move must lower the residual by.
const WON: f64 = 1.0;
/// Gain relative to the usual gain that marks a stem in its right position.
const NEAR: std::ops::Range<f64> = 0.7..1.4;
/// Frames per value of the coarse level curve.
const COARSE: usize = 4800;

/// The fit with the smallest residual.
pub fn best(signals: &Signals<'_>) -> Result<Fit, IntakeError> {
    let count = signals.sources.len();
    let plain = Fit::of(signals, &vec![0; count], 0, 1)?;
    if plain.fitted() < MATCH {
        return Ok(plain);
    }
    let aligner = Aligner::default();
    let mut search = Search { signals, aligner, late: vec![0; count], base: 0 };
    search.whole()?;
    // First the stems that do not fit at all; placing them makes the rest easier to find.
    for doubted in [true, true, false, false] {
        if !search.stems(doubted)? && !doubted {
            break;
        }
    }
    search.base = usual_late(&search.late);
    if search.base == 0 && search.late.iter().all(|late| *late == 0) {
        return Ok(plain);
    }
    Fit::of(signals, &search.late, search.base, 1)
}

struct Search<'a> {
    signals: &'a Signals<'a>,
    aligner: Aligner,
    late: Vec<i64>,
    base: i64,
}

impl Search<'_> {
    fn attempt(&self, late: &[i64], base: i64) -> Result<Fit, IntakeError> {
        Fit::of(self.signals, late, base, STEP)
    }

    /// Tries to move all stems together.
    fn whole(&mut self) -> Result<(), IntakeError> {
        let signals = self.signals;
        let sum = |at: i64, out: &mut [f32]| mono_sum(signals.sources.iter(), at, out);
        let levels = levels(signals.mix, signals.length)?;
        let mix = |at: i64, out: &mut [f32]| mono(signals.mix, at, out);
        let found = self.aligner.find(&sum, &mix, &loudest(&levels, COARSE as u64, 0))?;
        let mut least = self.attempt(&self.late, 0)?.fitted().0;
        for lag in found.iter().filter(|lag| lag.late != 0).take(TRIED) {
            let late = vec![lag.late; self.late.len()];
            let left = self.attempt(&late, lag.late)?.fitted().0;
            if left < least - WON {
                (least, self.late, self.base) = (left, late, lag.late);
            }
        }
        Ok(())
    }

    /// Searches each stem (with `doubted` only those that do not fit) in the residual of the
    /// others. Returns whether one was moved.
    fn stems(&mut self, doubted: bool) -> Result<bool, IntakeError> {
        let now = self.attempt(&self.late, self.base)?;
        if now.fitted() < MATCH {
            return Ok(false);
        }
        let usual = now.usual_gain();
        let fits = |fit: &Fit, stem| NEAR.contains(&(fit.gain(stem).abs() / usual));
        let found: Vec<Vec<Lag>> = (0..self.late.len())
            .into_par_iter()
            .map(|stem| match doubted && fits(&now, stem) {
                true => Ok(Vec::new()),
                false => self.candidates(&now, stem),
            })
            .collect::<Result<_, IntakeError>>()?;
        // Most reliable first.
        let mut order: Vec<usize> = (0..found.len()).collect();
        let trust =
            |n: &usize| found.get(*n).and_then(|list| list.first()).map_or(0.0, |lag| lag.trust);
        order.sort_by(|a, b| trust(b).total_cmp(&trust(a)));
        let (mut current, mut moved) = (now, false);
        for stem in order {
            let mut best: Option<(Vec<i64>, Fit)> = None;
            for lag in found.get(stem).into_iter().flatten().take(TRIED) {
                let mut late = self.late.clone();
                match late.get_mut(stem) {
                    Some(slot) if *slot != lag.late => *slot = lag.late,
                    _ => continue,
                }
                let tried = self.attempt(&late, self.base)?;
                if best.as_ref().is_none_or(|(_, best)| tried.fitted() < best.fitted()) {
                    best = Some((late, tried));
                }
            }
            let Some((late, tried)) = best else { continue };
            let won = current.fitted().0 - tried.fitted().0;
            if won > WON || (won > 0.0 && fits(&tried, stem) && !fits(&current, stem)) {
                (self.late, current, moved) = (late, tried, true);
            }
            if current.fitted() < MATCH {
                break;
            }
        }
        Ok(moved)
    }

    /// Possible positions of a stem in the reference minus the other stems.
    fn candidates(&self, fit: &Fit, stem: usize) -> Result<Vec<Lag>, IntakeError> {
        let signals = self.signals;
        (signals.go_on)()?;
        let Some(source) = signals.sources.get(stem) else { return Ok(Vec::new()) };
        let usual = fit.usual_gain();
        // Stems that do not fit yet are not subtracted.
        let known: Vec<bool> = (0..self.late.len())
            .map(|other| other != stem && fit.gain(other).abs() > 0.3 * usual)
            .collect();
        let places = loudest(&levels(source, signals.length)?, COARSE as u64, 0);
        let rest = |at: i64, out: &mut [f32]| signals.rest(fit, &known, at, out);
        let own = |at: i64, out: &mut [f32]| mono(source, at, out);
        Ok(self.aligner.find(&own, &rest, &places)?)
    }
}

/// The delay that more than half of the stems share; otherwise 0.
fn usual_late(late: &[i64]) -> i64 {
    let often = |late: i64, all: &[i64]| all.iter().filter(|other| **other == late).count();
    let most = late.iter().copied().max_by_key(|one| often(*one, late)).unwrap_or(0);
    if 2 * often(most, late) > late.len() { most } else { 0 }
}

/// Coarse level curve: the energy of the first eighth of every `COARSE` frames.
fn levels(source: &StemSource, length: u64) -> Result<Vec<f32>, MediaError> {
    let (mut block, mut scratch) = (silence(COARSE / 8), Scratch::new());
    (0..length)
        .step_by(COARSE)
        .map(|at| {
            let [left, right] = &mut block;
            source.read(at as i64, false, left, right, &mut scratch)?;
            Ok(block.iter().flatten().map(|x| x * x).sum())
        })
        .collect()
}
