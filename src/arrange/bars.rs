//! What each bar is like: its chords, its sound, which stems play; and where a voice sings.

use super::beats::cosine;
use super::features::{BANDS, Features, LEVEL_RATE};
use super::onsets::{mean, percentile};
use crate::session::grid::Grid;
use crate::session::lyrics::Lyrics;
use crate::units::{Db, Seconds};

/// Parts of a bar that are compared one by one.
const PARTS: usize = 4;
/// Quieter than this counts as this.
const FLOOR: Db = Db(-70.0);

/// A part of a bar.
#[derive(Clone)]
struct Part {
    chord: [f64; 12],
    /// Levels of the bands and of the stems, in decibels.
    bands: [f64; BANDS],
    stems: Vec<f64>,
}

/// The bars of a song.
pub struct Bars {
    /// Where each begins, and where the last one ends.
    pub starts: Vec<Seconds>,
    parts: Vec<[Part; PARTS]>,
    /// Mean levels of whole bars.
    bands: Vec<[f64; BANDS]>,
    levels: Vec<f64>,
    /// Jumps from each bar to the next, in the spectrum and in level.
    usual: (f64, f64),
    voice: Voice,
    ending: Seconds,
}

fn decibels(power: f64) -> f64 {
    Db::from_power(power.max(1e-12)).0.max(FLOOR.0)
}

impl Bars {
    pub fn new(features: &Features, grid: &Grid, lyrics: Option<&Lyrics>) -> Self {
        let end = features.length;
        let first = grid.bars_at(Seconds(0.0)).ceil() as i64;
        let last = grid.bars_at(end).floor() as i64;
        let starts: Vec<Seconds> = (first..=last.max(first)).map(|n| grid.time(n as f64)).collect();
        let count = starts.len().saturating_sub(1);
        let part = |n: usize, part: usize| {
            let share = |part: usize| (first + n as i64) as f64 + part as f64 / PARTS as f64;
            Part::new(features, grid.time(share(part)), grid.time(share(part + 1)))
        };
        let parts: Vec<[Part; PARTS]> =
            (0..count).map(|n| std::array::from_fn(|p| part(n, p))).collect();
        let power = |db: f64| 10f64.powf(db / 10.0);
        let bands: Vec<[f64; BANDS]> = parts
            .iter()
            .map(|bar| {
                std::array::from_fn(|band| {
                    decibels(mean(bar.iter().map(|part| power(part.bands[band]))))
                })
            })
            .collect();
        let levels: Vec<f64> =
            bands.iter().map(|bar| decibels(bar.iter().map(|db| power(*db)).sum())).collect();
        let voice = Voice::new(features, lyrics);
        let mut bars = Self {
            starts,
            parts,
            bands,
            levels,
            usual: (0.0, 0.0),
            voice,
            ending: ending(features),
        };
        let pairs = |n: usize| bars.jump(n, n + 1);
        let jumps: Vec<(f64, f64)> = (0..count.saturating_sub(1)).map(pairs).collect();
        let of = |jumps: Vec<f64>| percentile(&jumps, 0.95);
        bars.usual =
            (of(jumps.iter().map(|j| j.0).collect()), of(jumps.iter().map(|j| j.1).collect()));
        bars
    }

    /// Whole bars.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    pub fn start(&self, bar: usize) -> Seconds {
        self.starts.get(bar).copied().unwrap_or_default()
    }

    /// The jump in the spectrum, and the one in level, where bar `to` follows bar `from`, in
    /// decibels.
    pub fn jump(&self, from: usize, to: usize) -> (f64, f64) {
        let Some((a, b)) = self.bands.get(from).zip(self.bands.get(to)) else { return (0.0, 0.0) };
        let spectrum = mean(a.iter().zip(b).map(|(x, y)| (x - y).powi(2))).sqrt();
        let level = |n: usize| self.levels.get(n).copied().unwrap_or(FLOOR.0);
        (spectrum, (level(from) - level(to)).abs())
    }

    /// Whether a bar begins in a sung word.
    pub fn sings_at(&self, bar: usize) -> bool {
        self.voice.sings_at(self.start(bar))
    }

    /// Mean level of the bars from one on, for so long, in decibels.
    pub fn mean_level(&self, bar: usize, length: Seconds) -> f64 {
        let end = self.start(bar).0 + length.0;
        let inside = (bar..self.count()).take_while(|n| self.start(*n).0 < end);
        mean(inside.filter_map(|n| self.levels.get(n).copied()))
    }

    /// How long the song dies away at its end: 12 dB and more under its loud parts.
    pub fn ending(&self) -> Seconds {
        self.ending
    }

    /// The jumps that 95 of 100 bars of the song do not exceed.
    pub fn usual_jump(&self) -> (f64, f64) {
        self.usual
    }

    /// How other two bars are: 0 for the same, about 1 for another part of the song.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        let Some((a, b)) = self.parts.get(a).zip(self.parts.get(b)) else { return 1.0 };
        mean(a.iter().zip(b).map(|(a, b)| a.distance(b)))
    }

    /// How far a join from the end of bar `from − 1` to the start of bar `to` is heard: it is not
    /// where what comes next would have come, and what was before was before.
    pub fn cost(&self, from: usize, to: usize) -> JoinCost {
        let before = |back: usize| match (from.checked_sub(back), to.checked_sub(back)) {
            (Some(a), Some(b)) => self.distance(a, b),
            _ => 0.5,
        };
        let after = |on: usize| match to + on < self.count() {
            true => self.distance(from + on, to + on),
            false => 0.5,
        };
        let alike = 0.35 * after(0) + 0.35 * before(1) + 0.15 * after(1) + 0.15 * before(2);
        let (spectrum, level) = match from.checked_sub(1) {
            Some(last) => self.jump(last, to),
            None => (0.0, 0.0),
        };
        let (usual_spectrum, usual_level) = self.usual;
        // Phrases of four bars stay whole.
        let phrase = if (to - from).is_multiple_of(4) { 0.0 } else { 0.04 };
        let voice = self.voice.sings_at(self.start(from)) || self.voice.sings_at(self.start(to));
        let over = (spectrum / usual_spectrum.max(1e-6)).max(level / usual_level.max(1e-6));
        JoinCost {
            total: alike + phrase + 0.1 * over.min(2.0),
            alike,
            spectrum,
            level,
            over,
            voice,
        }
    }
}

fn ending(features: &Features) -> Seconds {
    let count = features.levels.first().map_or(0, Vec::len);
    let at = |n: usize| features.levels.iter().filter_map(|stem| stem.get(n)).sum::<f32>();
    let second = LEVEL_RATE as usize;
    let all: Vec<f64> = (0..count / second)
        .map(|n| mean((n * second..(n + 1) * second).map(|n| f64::from(at(n)))))
        .collect();
    let loud = percentile(&all, 0.8);
    let quiet = (0..count).rev().take_while(|n| f64::from(at(*n)) < loud / 16.0);
    Seconds(quiet.count() as f64 / LEVEL_RATE)
}

/// What speaks against a join.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JoinCost {
    pub total: f64,
    /// How other the music is on both sides than it would have been.
    pub alike: f64,
    /// Jumps in decibels, and the larger of them in parts of what is usual in the song.
    pub spectrum: f64,
    pub level: f64,
    pub over: f64,
    /// A word is sung over one of its ends.
    pub voice: bool,
}

impl Part {
    fn new(features: &Features, from: Seconds, to: Seconds) -> Self {
        let frames = |rate: f64| {
            let first = (from.0 * rate).round().max(0.0) as usize;
            first..((to.0 * rate).round().max(0.0) as usize).max(first + 1)
        };
        let mut chord = [0.0; 12];
        for frame in features.chroma.get(frames(features.chroma_rate)).unwrap_or(&[]) {
            chord.iter_mut().zip(frame).for_each(|(sum, x)| *sum += f64::from(*x).sqrt());
        }
        let of_bands = features.bands.get(frames(features.chroma_rate)).unwrap_or(&[]);
        let bands = std::array::from_fn(|n| {
            decibels(mean(of_bands.iter().map(|frame| f64::from(frame[n]))) / 1e4)
        });
        let stems = features.levels.iter().map(|stem| {
            let part = stem.get(frames(LEVEL_RATE)).unwrap_or(&[]);
            decibels(mean(part.iter().map(|power| f64::from(*power))))
        });
        Self { chord, bands, stems: stems.collect() }
    }

    fn distance(&self, other: &Part) -> f64 {
        let chord = 1.0 - cosine(&self.chord, &other.chord);
        let away = |a: &[f64], b: &[f64]| mean(a.iter().zip(b).map(|(x, y)| (x - y).abs()));
        let sound = away(&self.bands, &other.bands) / 12.0;
        let stems = away(&self.stems, &other.stems) / 12.0;
        0.9 * chord + 0.35 * sound.min(2.0) + 0.35 * stems.min(2.0)
    }
}

/// Where it is sung.
pub struct Voice {
    levels: Vec<f32>,
    threshold: f32,
    words: Vec<(f64, f64)>,
}

impl Voice {
    pub fn new(features: &Features, lyrics: Option<&Lyrics>) -> Self {
        let levels = features.voice.clone();
        let loud = percentile(&levels.iter().map(|p| f64::from(*p)).collect::<Vec<_>>(), 0.9);
        let sure = lyrics.into_iter().flat_map(|l| &l.words).filter(|word| !word.unsure);
        let words = sure.map(|word| (word.start.0, word.end.0)).collect();
        // 30 dB under what is sung, a voice has ended.
        Self { levels, threshold: (loud * 1e-3) as f32, words }
    }

    /// Whether a sound of the voice goes on over this time: from 60 ms before it to as long after.
    pub fn sings_at(&self, time: Seconds) -> bool {
        let inside = |(from, to): &(f64, f64)| time.0 > from + 0.04 && time.0 < to - 0.04;
        if self.words.iter().any(inside) {
            return true;
        }
        let frame = (time.0 * LEVEL_RATE).round() as i64;
        let part = |from: i64, to: i64| {
            let from = from.max(0) as usize;
            let part = self.levels.get(from..(to.max(0) as usize).max(from));
            part.filter(|part| !part.is_empty())
        };
        let sounds = |part: &[f32]| part.iter().all(|power| *power > self.threshold);
        match (part(frame - 6, frame), part(frame, frame + 6)) {
            (Some(before), Some(after)) => self.threshold > 0.0 && sounds(before) && sounds(after),
            _ => false,
        }
    }
}
