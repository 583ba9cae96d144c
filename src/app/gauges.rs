//! Display values of the meters ([`Gauges`]): the newest reading or the paused one, and the
//! averaged spectrum.

use super::heard::Heard;
use super::preferences::Averaging;
use crate::playback::{Levels, Reading};
use crate::units::Db;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Window of the short-term loudness.
const SHORT_TERM: Duration = Duration::from_secs(3);
/// Time constant of the slow spectrum (63 %).
const SLOW: Duration = Duration::from_millis(1500);

#[derive(Default)]
pub struct Gauges {
    paused: Option<(Reading, Levels)>,
    /// Mid and side, in dB.
    spectrum: [Vec<f32>; 2],
    /// Sums of power for the mean spectrum, and their number of readings, since the reset.
    sums: [Vec<f64>; 2],
    moments: u64,
    last: Option<Instant>,
    /// Highest samples of the last three seconds, with their times.
    recent: VecDeque<(Instant, f32)>,
}

impl Gauges {
    pub fn toggle_pause(&mut self, heard: &Heard) {
        self.paused = match self.paused {
            Some(_) => None,
            None => Some((heard.reading.clone(), heard.out)),
        };
    }

    pub fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    pub fn reading<'a>(&'a self, heard: &'a Heard) -> &'a Reading {
        self.paused.as_ref().map_or(&heard.reading, |(reading, _)| reading)
    }

    pub fn out(&self, heard: &Heard) -> Levels {
        self.paused.as_ref().map_or(heard.out, |(_, out)| *out)
    }

    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Updates the averages with the current reading; call once per UI frame.
    pub fn update(&mut self, heard: &Heard, averaging: Averaging) {
        if self.is_paused() || !heard.playing {
            self.last = None;
            return;
        }
        let now = Instant::now();
        let highest = heard.reading.peaks.iter().copied().fold(0.0, f32::max);
        self.recent.push_back((now, highest));
        while self.recent.front().is_some_and(|(at, _)| now - *at > SHORT_TERM) {
            self.recent.pop_front();
        }
        let since = self.last.replace(now).map_or(Duration::ZERO, |last| now - last);
        let near = 1.0 - (-since.as_secs_f32() / SLOW.as_secs_f32()).exp();
        let spectra = &heard.reading.heard;
        self.moments += 1;
        let moments = self.moments as f64;
        for ((curve, sums), new) in
            self.spectrum.iter_mut().zip(&mut self.sums).zip([&spectra.before, &spectra.after])
        {
            sums.resize(new.len(), 0.0);
            if curve.len() != new.len() {
                curve.clone_from(new);
            }
            for ((shown, sum), level) in curve.iter_mut().zip(sums).zip(new) {
                *sum += 10f64.powf(f64::from(*level) / 10.0);
                *shown = match averaging {
                    Averaging::Fast => *level,
                    Averaging::Slow => *shown + (level - *shown) * near,
                    Averaging::Forever => (10.0 * (*sum / moments).max(1e-12).log10()) as f32,
                };
            }
        }
    }

    /// Peak to short-term ratio in LU: the highest sample of the last three seconds over their
    /// loudness. `None` before there is any.
    pub fn psr(&self, heard: &Heard) -> Option<Db> {
        let short = self.reading(heard).loudness.short_term.finite()?;
        let highest = self.recent.iter().map(|(_, peak)| *peak).reduce(f32::max)?;
        let ratio = Db(Db::from_factor(f64::from(highest)).0 - short);
        ratio.0.is_finite().then_some(ratio)
    }

    /// Spectra of mid and side, in dB; empty until something played.
    pub fn spectrum(&self) -> [&[f32]; 2] {
        [&self.spectrum[0], &self.spectrum[1]]
    }
}
