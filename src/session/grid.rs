//! Bars and beats of the song: conversion between time and bar position.

use crate::session::Session;
use crate::units::Seconds;

/// Bar positions in time. A steady tempo has a first downbeat and a bar length; otherwise each bar
/// has its own start, and its beats are equally long.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    first: f64,
    bar: f64,
    /// Bar starts for a varying tempo, in seconds, at least two; empty for a steady tempo.
    bars: Vec<f64>,
    in_bar: u32,
}

impl Grid {
    /// The grid of a session; `None` without bars and without a usable tempo.
    pub fn of(session: &Session) -> Option<Self> {
        let song = &session.song;
        let in_bar = song.meter.map_or(4, |(beats, _)| beats.max(1));
        let bars: Vec<f64> = song.bars.iter().map(|time| time.0).collect();
        let rises = bars.iter().zip(bars.iter().skip(1)).all(|(bar, next)| bar < next);
        if let [first, second, ..] = *bars.as_slice()
            && rises
            && bars.iter().all(|time| time.is_finite())
        {
            return Some(Self { first, bar: second - first, bars, in_bar });
        }
        let bar = session.beat()?.0 * f64::from(in_bar);
        Some(Self { first: song.downbeat.0, bar, bars: Vec::new(), in_bar })
    }

    pub fn beats_in_bar(&self) -> u32 {
        self.in_bar
    }

    /// Bars since the first downbeat, with fraction; negative before it.
    pub fn bars_at(&self, time: Seconds) -> f64 {
        let Some(last) = self.bars.len().checked_sub(1).filter(|last| *last > 0) else {
            return (time.0 - self.first) / self.bar;
        };
        let n = self.bars.partition_point(|bar| *bar <= time.0).clamp(1, last) - 1;
        match self.bars.get(n..n + 2) {
            Some([from, to]) => n as f64 + (time.0 - from) / (to - from),
            _ => 0.0,
        }
    }

    /// Time of a position in bars, with fraction.
    pub fn time(&self, bars: f64) -> Seconds {
        let Some(last) = self.bars.len().checked_sub(1).filter(|last| *last > 0) else {
            return Seconds(self.first + bars * self.bar);
        };
        let n = (bars.max(0.0) as usize).min(last - 1);
        match self.bars.get(n..n + 2) {
            Some([from, to]) => Seconds(from + (bars - n as f64) * (to - from)),
            _ => Seconds(0.0),
        }
    }

    /// Time of the nearest beat.
    pub fn nearest_beat(&self, time: Seconds) -> Seconds {
        let beats = f64::from(self.in_bar);
        self.time((self.bars_at(time) * beats).round() / beats)
    }

    /// Time of the nearest bar start.
    pub fn nearest_bar(&self, time: Seconds) -> Seconds {
        self.time(self.bars_at(time).round())
    }

    /// The time moved by `beats`; its place within the beat stays.
    pub fn moved(&self, time: Seconds, beats: f64) -> Seconds {
        self.time(self.bars_at(time) + beats / f64::from(self.in_bar))
    }

    /// Bar and beat, both from 1. The bar before the first downbeat is 0, then −1.
    pub fn bar_and_beat(&self, time: Seconds) -> (i64, u32) {
        let beats = (self.bars_at(time) * f64::from(self.in_bar) + 1e-6).floor() as i64;
        let in_bar = i64::from(self.in_bar);
        (beats.div_euclid(in_bar) + 1, beats.rem_euclid(in_bar) as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;
    use proptest::prelude::*;

    fn session(bars: &[f64]) -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.song.tempo = Some(120.0);
        session.song.downbeat = Seconds(0.3);
        session.song.bars = bars.iter().copied().map(Seconds).collect();
        session
    }

    #[test]
    fn bars_count_from_the_first_downbeat() {
        let grid = Grid::of(&session(&[])).unwrap();
        assert_eq!(grid.bar_and_beat(Seconds(0.3)), (1, 1));
        assert_eq!(grid.bar_and_beat(Seconds(2.85)), (2, 2));
        assert_eq!(grid.bar_and_beat(Seconds(0.0)), (0, 4));
        assert!((grid.nearest_beat(Seconds(1.0)).0 - 0.8).abs() < 1e-9);
        assert!((grid.nearest_bar(Seconds(1.5)).0 - 2.3).abs() < 1e-9);
        assert!((grid.moved(Seconds(1.0), -1.0).0 - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_tempo_that_moves_has_bars_of_its_own() {
        let grid = Grid::of(&session(&[1.0, 3.0, 4.0])).unwrap();
        assert_eq!(grid.bar_and_beat(Seconds(3.3)), (2, 2));
        assert!((grid.time(2.5).0 - 4.5).abs() < 1e-9);
        assert!((grid.time(-1.0).0 + 1.0).abs() < 1e-9);
        // A list that does not rise is ignored.
        let steady = Grid::of(&session(&[3.0, 1.0])).unwrap();
        assert_eq!(steady.time(0.0), Seconds(0.3));
    }

    proptest! {
        #[test]
        fn places_and_times_lead_back(steps in prop::collection::vec(0.2..4.0f64, 0..9), at in -9.0..99.0f64) {
            let bars: Vec<f64> = steps.iter().scan(0.5, |t, step| { *t += step; Some(*t) }).collect();
            let grid = Grid::of(&session(&bars)).unwrap();
            prop_assert!((grid.bars_at(grid.time(at)) - at).abs() < 1e-6);
        }
    }
}
