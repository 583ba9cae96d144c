//! Compares bars with each other: chords, spectrum and stem levels of each bar, and places where a
//! voice sings. [`Bars`] rates joins for `propose`.

use super::beats::cosine;
use super::features::{BANDS, Features, LEVEL_RATE};
use super::onsets::{mean, percentile};
use crate::session::grid::Grid;
use crate::session::lyrics::Lyrics;
use crate::units::{Db, Seconds};

/// Parts of a bar, compared one by one.
const PARTS: usize = 4;
/// Lowest level; quieter parts count as this.
const FLOOR: Db = Db(-70.0);

/// A quarter of a bar.
#[derive(Clone)]
struct Part {
    chord: [f64; 12],
    /// Levels in decibels, of the bands and of the stems.
    bands: [f64; BANDS],
    stems: Vec<f64>,
}

/// Features of all whole bars of a song.
pub struct Bars {
    /// Start of each bar, followed by the end of the last one.
    pub starts: Vec<Seconds>,
    parts: Vec<[Part; PARTS]>,
    /// Mean levels of whole bars in decibels, per band and in total.
    bands: Vec<[f64; BANDS]>,
    levels: Vec<f64>,
    /// See [`Bars::usual_jump`].
    usual: (f64, f64),
    voice: Voice,
    ending: Seconds,
}

fn decibels(power: f64) -> f64 {
    Db::from_power(power.max(1e-12)).0.max(FLOOR.0)
}

impl Bars {
    /// Measures the whole bars of the grid that lie inside the song.
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

    /// Number of whole bars.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// Start of a bar, or end of the last one; 0 beyond.
    pub fn start(&self, bar: usize) -> Seconds {
        self.starts.get(bar).copied().unwrap_or_default()
    }

    /// Jumps in spectrum and in level, both in decibels, if bar `to` follows bar `from`.
    pub fn jump(&self, from: usize, to: usize) -> (f64, f64) {
        let Some((a, b)) = self.bands.get(from).zip(self.bands.get(to)) else { return (0.0, 0.0) };
        let spectrum = mean(a.iter().zip(b).map(|(x, y)| (x - y).powi(2))).sqrt();
        let level = |n: usize| self.levels.get(n).copied().unwrap_or(FLOOR.0);
        (spectrum, (level(from) - level(to)).abs())
    }

    /// Whether a bar starts in a sung word.
    pub fn sings_at(&self, bar: usize) -> bool {
        self.voice.sings_at(self.start(bar))
    }

    /// Mean level of the bars within `length` from `bar`, in decibels.
    pub fn mean_level(&self, bar: usize, length: Seconds) -> f64 {
        let end = self.start(bar).0 + length.0;
        let inside = (bar..self.count()).take_while(|n| self.start(*n).0 < end);
        mean(inside.filter_map(|n| self.levels.get(n).copied()))
    }

    /// Length of the quiet end of the song: at least 12 dB below its loud parts.
    pub fn ending(&self) -> Seconds {
        self.ending
    }

    /// 95th percentile of the jumps between neighbouring bars: spectrum and level, in decibels.
    pub fn usual_jump(&self) -> (f64, f64) {
        self.usual
    }

    /// Difference of two bars: 0 for equal, about 1 for another part of the song.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        let Some((a, b)) = self.parts.get(a).zip(self.parts.get(b)) else { return 1.0 };
        mean(a.iter().zip(b).map(|(a, b)| a.distance(b)))
    }

    /// Cost of a join from the end of bar `from − 1` to the start of bar `to`. It is low if the
    /// bars after the join resemble those that are cut out, and the bars before it those that would
    /// have come before.
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
        // Prefer cuts of whole four-bar phrases.
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

/// Cost of a join, and its parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JoinCost {
    /// The whole cost, used by the search.
    pub total: f64,
    /// Difference of the music on both sides from the uncut music; 0 for equal.
    pub alike: f64,
    /// Jumps in decibels, and the larger jump relative to the song's usual one.
    pub spectrum: f64,
    pub level: f64,
    pub over: f64,
    /// A word is sung across an end of the cut.
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

/// Times at which a voice sings.
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
        // 30 dB below the loud parts the voice is silent.
        Self { levels, threshold: (loud * 1e-3) as f32, words }
    }

    /// Whether the voice sounds throughout 60 ms before and after this time, or a word with a known
    /// time covers it.
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
