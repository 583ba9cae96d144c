//! Finds tempo, beats and bars: [`find`] turns [`Features`] into [`Beats`].
//!
//! Beats are tracked by dynamic programming (D. Ellis, *Beat tracking by dynamic programming*, J.
//! New Music Research 36/1, 2007) for each tempo at a peak of the autocorrelation of the onsets.
//! The drums decide between the tempi: low sounds on one and three, high ones on two and four. A
//! steady tempo is then fitted to the onsets, to a fraction of a millisecond; for a tempo that
//! moves, every bar keeps its own time.

use super::features::{FINE_RATE, Features, ONSET_RATE};
use super::onsets::{line, mean, most_near, percentile};
use crate::session::Song;
use crate::units::Seconds;

/// Tempo and bars of a song.
#[derive(Clone, Debug, PartialEq)]
pub struct Beats {
    /// Beats per minute; the mean if the tempo moves.
    pub tempo: f64,
    pub beats_in_bar: u32,
    /// Start of the first bar.
    pub downbeat: Seconds,
    /// Starts of all bars if the tempo moves; empty if it is steady.
    pub bars: Vec<Seconds>,
    /// Share of clear onsets that lie on the beats, 0 to 1.
    pub certainty: f64,
}

impl Beats {
    /// A copy of `song` with this tempo, metre, downbeat and bars.
    pub fn into_song(self, song: &Song) -> Song {
        let note = song.meter.map_or(4, |(_, note)| note);
        Song {
            tempo: Some(self.tempo),
            meter: Some((self.beats_in_bar, note)),
            downbeat: self.downbeat,
            bars: self.bars,
            ..song.clone()
        }
    }
}

const SLOWEST: f64 = 50.0;
const FASTEST: f64 = 215.0;
/// Weight of the penalty for uneven beats, as in Ellis.
const TIGHTNESS: f64 = 100.0;

/// Finds the beats. `meter` is the number of beats in a bar, if known. `None` if the song has no
/// onsets or fewer than 8 beats.
pub fn find(features: &Features, meter: Option<u32>) -> Option<Beats> {
    let onsets = Onsets::new(features)?;
    let best = onsets
        .tempi()
        .into_iter()
        .map(|period| {
            let beats = onsets.track(period);
            (onsets.judge(&beats, period), period, beats)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (_, period, tracked) = best?;
    let steady = steady(features, &onsets, period);
    let (times, certainty) = match &steady {
        Some(fit) => (fit.beats(features.length), fit.share),
        None => moving(features, &tracked),
    };
    if times.len() < 8 {
        return None;
    }
    let (in_bar, first) = bar_lines(features, &onsets, &times, meter);
    let bars: Vec<f64> = times.iter().skip(first).step_by(in_bar).copied().collect();
    let sounds = first_sound(features);
    let downbeat = bars.iter().copied().find(|t| *t >= sounds - 0.05).or(bars.first().copied())?;
    let beat = match &steady {
        Some(fit) => fit.beat,
        None => (times.last()? - times.first()?) / (times.len() - 1) as f64,
    };
    Some(Beats {
        tempo: 60.0 / beat,
        beats_in_bar: in_bar as u32,
        downbeat: Seconds(downbeat.max(0.0)),
        bars: if steady.is_some() { Vec::new() } else { bars.into_iter().map(Seconds).collect() },
        certainty,
    })
}

/// Start of the sound in seconds: the first hundredth of a second louder than 40 dB below the
/// loudest.
fn first_sound(features: &Features) -> f64 {
    let total: Vec<f32> = (0..features.levels.first().map_or(0, Vec::len))
        .map(|n| features.levels.iter().filter_map(|stem| stem.get(n)).sum())
        .collect();
    let most = total.iter().copied().fold(0.0f32, f32::max);
    let first = total.iter().position(|power| *power > most * 1e-4).unwrap_or(0);
    first as f64 / super::features::LEVEL_RATE
}

/// Onset strength per frame at [`ONSET_RATE`]: the local mean is subtracted, and each band is
/// scaled to the same power.
struct Onsets {
    all: Vec<f32>,
    low: Vec<f32>,
    mid: Vec<f32>,
    /// 85th percentile of the peaks in blocks of 16 frames: a strong onset.
    strongest: f64,
}

impl Onsets {
    fn new(features: &Features) -> Option<Self> {
        let level = |band: &[f32]| {
            let around = (ONSET_RATE * 0.5) as usize;
            let mut sum = 0.0f64;
            let mut means = Vec::with_capacity(band.len());
            for n in 0..band.len() + around {
                sum += band.get(n).copied().map_or(0.0, f64::from);
                if n > 2 * around {
                    sum -= band.get(n - 2 * around - 1).copied().map_or(0.0, f64::from);
                }
                if n >= around {
                    means.push(sum / (2 * around + 1) as f64);
                }
            }
            let above: Vec<f64> =
                band.iter().zip(means).map(|(x, mean)| (f64::from(*x) - mean).max(0.0)).collect();
            let power = mean(above.iter().map(|x| x * x)).sqrt();
            let scale = if power > 1e-6 { power.recip() } else { 0.0 };
            above.into_iter().map(|x| (x * scale) as f32).collect::<Vec<f32>>()
        };
        let [low, mid, high] = features.flux.each_ref().map(|band| level(band));
        let all: Vec<f32> =
            low.iter().zip(&mid).zip(&high).map(|((l, m), h)| l + m + 0.5 * h).collect();
        let sounds = all.iter().any(|x| *x > 0.0) && all.len() as f64 > 4.0 * ONSET_RATE;
        let mut peaks: Vec<f64> = low.iter().zip(&mid).map(|(l, m)| f64::from(l + m)).collect();
        peaks = peaks.chunks(16).map(|part| part.iter().copied().fold(0.0, f64::max)).collect();
        let strongest = percentile(&peaks, 0.85);
        sounds.then_some(Self { all, low, mid, strongest })
    }

    /// Periods that may be the beat, in onset frames.
    fn tempi(&self) -> Vec<f64> {
        let frames = |tempo: f64| 60.0 / tempo * ONSET_RATE;
        let longest = (frames(SLOWEST) * 17.0) as usize;
        let similar: Vec<f32> = (0..longest.min(self.all.len()))
            .map(|lag| {
                let pairs = self.all.iter().zip(self.all.get(lag..).unwrap_or(&[]));
                let sum: f64 = pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                (sum / (self.all.len() - lag) as f64) as f32
            })
            .collect();
        let comb = |period: f64| {
            let teeth = (1..=4).map(|k| most_near(&similar, period * f64::from(k), 1.0));
            mean(teeth)
        };
        let (from, to) = (frames(FASTEST), frames(SLOWEST));
        let steps = (to - from) as usize * 4;
        let place = |n: usize| from + n as f64 / 4.0;
        let scores: Vec<f64> = (0..=steps).map(|n| comb(place(n))).collect();
        let mut peaks: Vec<(f64, f64)> = (0..=steps)
            .filter(|n| {
                let near = n.saturating_sub(8)..(n + 9).min(scores.len());
                scores.get(near).is_some_and(|near| near.iter().all(|s| *s <= scores[*n]))
            })
            .map(|n| (scores[n], place(n)))
            .collect();
        peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
        peaks.truncate(10);
        let mut all: Vec<f64> = Vec::new();
        for (_, period) in peaks {
            for factor in [1.0, 0.5, 2.0] {
                let mut period = period * factor;
                if !(from - 1.0..=to + 1.0).contains(&period) {
                    continue;
                }
                // A longer lag measures the period more precisely: the error of one frame is
                // divided by more beats.
                for beats in [2.0, 4.0, 8.0, 16.0] {
                    let reach = (period * 0.04 * beats).min(5.0) as i64;
                    let middle = (period * beats).round() as i64;
                    let value = |lag: i64| {
                        usize::try_from(lag).ok().and_then(|lag| similar.get(lag)).copied()
                    };
                    let lags = middle - reach..=middle + reach;
                    let best = lags.max_by(|a, b| {
                        value(*a).partial_cmp(&value(*b)).unwrap_or(std::cmp::Ordering::Equal)
                    });
                    if let Some(lag) = best.filter(|lag| value(*lag).is_some()) {
                        period = lag as f64 / beats;
                    }
                }
                if all.iter().all(|known: &f64| (known / period - 1.0).abs() > 0.015) {
                    all.push(period);
                }
            }
        }
        all
    }

    /// The period within 0.4 % at which the onsets of the whole song agree best.
    fn refined(&self, period: f64) -> f64 {
        let steps = 160;
        let near = |n: i32| period * (1.0 + 0.004 * f64::from(n) / f64::from(steps));
        let agreement = |period: f64| -> f64 {
            (1..=4)
                .map(|harmonic| {
                    // Rotate step by step instead of computing a sine for each frame.
                    let (sin, cos) =
                        (std::f64::consts::TAU * f64::from(harmonic) / period).sin_cos();
                    let (mut re, mut im, mut x, mut y) = (0.0, 0.0, 1.0, 0.0);
                    for onset in &self.all {
                        re += f64::from(*onset) * x;
                        im += f64::from(*onset) * y;
                        (x, y) = (x * cos - y * sin, x * sin + y * cos);
                    }
                    re.hypot(im)
                })
                .sum()
        };
        let all = (-steps..=steps).map(|n| (agreement(near(n)), n));
        all.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(period, |(_, n)| near(n))
    }

    /// Beats at a period, in onset frames.
    fn track(&self, period: f64) -> Vec<usize> {
        let (nearest, farthest) = ((period * 0.5) as usize, (period * 2.0) as usize);
        let costs: Vec<f64> = (nearest..=farthest)
            .map(|lag| -TIGHTNESS * (lag.max(1) as f64 / period).ln().powi(2))
            .collect();
        let mut scores: Vec<f64> = Vec::with_capacity(self.all.len());
        let mut before: Vec<Option<usize>> = Vec::with_capacity(self.all.len());
        for (n, onset) in self.all.iter().enumerate() {
            let mut best = (0.0, None);
            for (lag, cost) in (nearest..=farthest).zip(&costs) {
                let Some(from) = n.checked_sub(lag) else { break };
                let score = scores[from] + cost;
                if score > best.0 {
                    best = (score, Some(from));
                }
            }
            scores.push(f64::from(*onset) + best.0);
            before.push(best.1);
        }
        let tail = self.all.len().saturating_sub(period as usize);
        let last = (tail..self.all.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        let mut beats = Vec::new();
        let mut now = last;
        while let Some(beat) = now {
            beats.push(beat);
            now = before.get(beat).copied().flatten();
        }
        beats.reverse();
        beats
    }

    /// How likely a person would tap these beats; higher is better.
    fn judge(&self, beats: &[usize], period: f64) -> f64 {
        let reach = ONSET_RATE * 0.025;
        let on = |band: &[f32], part: f64| -> Vec<f64> {
            let places = beats.iter().map(|beat| *beat as f64 + period * part);
            places.map(|place| most_near(band, place, reach)).collect()
        };
        let (low, mid) = (on(&self.low, 0.0), on(&self.mid, 0.0));
        let both = |low: &[f64], mid: &[f64]| mean(low.iter().zip(mid).map(|(l, m)| l + m));
        let between = both(&on(&self.low, 0.5), &on(&self.mid, 0.5));
        let beat = both(&low, &mid);
        let of = |band: &[f64], phase: usize, every: usize| {
            mean(band.iter().skip(phase).step_by(every).copied())
        };
        let sides: Vec<f64> = (0..2).map(|n| of(&low, n, 2) + of(&mid, n, 2)).collect();
        let even = sides.iter().copied().fold(f64::MAX, f64::min)
            / sides.iter().copied().fold(1e-9, f64::max);
        // Low sounds on one and three, high ones on two and four.
        let contrast = |band: &[f64]| {
            let (a, b) = (of(band, 0, 2), of(band, 1, 2));
            (a - b) / (a + b).max(1e-9)
        };
        let backbeat = (contrast(&low) - contrast(&mid)).abs() / 2.0;
        let tempo = 60.0 * ONSET_RATE / period;
        let usual = (tempo / 112.0).log2().powi(2);
        let clear = beat / (beat + between).max(1e-9);
        // Beats fall on strong onsets and stay evenly spaced.
        let strong = (beat / self.strongest.max(1e-9)).min(1.5);
        let bent = mean(beats.windows(2).map(|pair| {
            let step = (pair[1] - pair[0]) as f64;
            (step / period - 1.0).abs().min(0.3)
        }));
        // Onsets fall on a beat or halfway to the next.
        let mut near = vec![false; self.low.len()];
        for place in beats.iter().flat_map(|beat| [*beat as f64, *beat as f64 + period / 2.0]) {
            let from = (place - reach).max(0.0) as usize;
            near.iter_mut().skip(from).take(2 * reach as usize).for_each(|near| *near = true);
        }
        let body = || self.low.iter().zip(&self.mid).map(|(l, m)| f64::from(l + m));
        let caught: f64 = body().zip(&near).filter(|(_, near)| **near).map(|(x, _)| x).sum();
        let caught = caught / body().sum::<f64>().max(1e-9);
        let by_chance = near.iter().filter(|near| **near).count() as f64 / near.len().max(1) as f64;
        let caught = (caught - by_chance) / (1.0 - by_chance).max(0.1);
        backbeat + 0.8 * even + 1.2 * clear + 0.7 * strong + 0.8 * caught
            - 12.0 * bent
            - 0.28 * usual
    }
}

/// A steady tempo; times in seconds.
struct Fit {
    first: f64,
    beat: f64,
    /// Share of clear onsets that lie on the beats.
    share: f64,
}

impl Fit {
    fn beats(&self, length: Seconds) -> Vec<f64> {
        let from = (-self.first / self.beat - 0.02).ceil() as i64;
        let to = ((length.0 - self.first) / self.beat).floor() as i64;
        (from..=to).map(|k| self.first + k as f64 * self.beat).collect()
    }
}

/// The steepest rise of power within `reach` of a time: its time, and the natural logarithm of the
/// power ratio.
fn onset_near(fine: &[f32], time: f64, reach: f64) -> Option<(f64, f64)> {
    const SIDE: usize = 8;
    let from = ((time - reach) * FINE_RATE).round().max(SIDE as f64) as usize;
    let to = ((time + reach) * FINE_RATE).round() as usize;
    let power = |from: usize| -> f64 {
        fine.get(from..from + SIDE).unwrap_or(&[]).iter().copied().map(f64::from).sum()
    };
    let around = fine.get(from.saturating_sub(200)..(to + 200).min(fine.len()))?;
    let floor = 1e-3 * around.iter().copied().fold(1e-9f32, f32::max) as f64 * SIDE as f64;
    let rises = (from..=to).map(|n| (n, ((power(n) + floor) / (power(n - SIDE) + floor)).ln()));
    let (n, rise) = rises.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((n as f64 / FINE_RATE, rise))
}

/// A rise counts as an onset above this natural logarithm of the power ratio.
const CLEAR: f64 = 1.0;

/// Fits evenly spaced beats to the song. Their distance maximises the first harmonics of the
/// Fourier transform of all onsets; their position is fitted to the onsets themselves. `None` if
/// parts of the song disagree: the tempo moves.
fn steady(features: &Features, onsets: &Onsets, period: f64) -> Option<Fit> {
    let period = onsets.refined(period);
    let sum = |phase: f64, from: f64, to: f64| {
        let first = ((from - phase) / period).ceil().max(0.0) as i64;
        let last = ((to - phase) / period).floor() as i64;
        mean((first..last).map(|k| most_near(&onsets.all, phase + k as f64 * period, 1.5)))
    };
    let best = |from: f64, to: f64| {
        let phases = (0..(period * 2.0) as usize).map(|n| n as f64 / 2.0);
        phases.max_by(|a, b| sum(*a, from, to).total_cmp(&sum(*b, from, to)))
    };
    let length = onsets.all.len() as f64;
    let phase = best(0.0, length)?;
    let parts = 8.0;
    let agree = (0..8).filter(|n| {
        let from = f64::from(*n) * length / parts;
        let own = best(from, from + length / parts).unwrap_or(f64::MAX);
        // Some parts stress the off-beats.
        let off = (own - phase).rem_euclid(period / 2.0);
        off.min(period / 2.0 - off) <= ONSET_RATE * 0.020
    });
    if agree.count() < 6 {
        return None;
    }
    let (mut first, mut beat) = (phase / ONSET_RATE, period / ONSET_RATE);
    let all = (features.length.0 / beat) as i64 + 1;
    let clear = |first: f64, beat: f64, reach: f64| -> Vec<(f64, f64)> {
        let near = |k: i64| {
            let (time, rise) = onset_near(&features.fine, first + k as f64 * beat, reach)?;
            (rise > CLEAR).then_some((k as f64, time))
        };
        (-all..=all).filter_map(near).collect()
    };
    let mut points = clear(first, beat, 0.035);
    let off = |(k, time): &(f64, f64), first: f64, beat: f64| time - first - k * beat;
    // Centre on the densest group of onsets: the rest is swing, fills and noise.
    let offs: Vec<f64> = points.iter().map(|point| off(point, first, beat)).collect();
    let crowd = |middle: f64| offs.iter().filter(|off| (*off - middle).abs() < 0.005).count();
    let middle = (-35..=35).map(|ms| f64::from(ms) / 1000.0).max_by_key(|ms| crowd(*ms))?;
    first += middle;
    points.retain(|point| off(point, first, beat).abs() < 0.010);
    for _ in 0..4 {
        let Some(fitted) = line(&points).filter(|_| points.len() >= 8) else { break };
        (first, beat) = fitted;
        let offs: Vec<f64> = points.iter().map(|point| off(point, first, beat).abs()).collect();
        let most = (3.0 * percentile(&offs, 0.5)).max(0.0015);
        points.retain(|point| off(point, first, beat).abs() <= most);
    }
    let everything = clear(first, beat, 0.035);
    let near = everything.iter().filter(|point| off(point, first, beat).abs() < 0.010).count();
    Some(Fit { first, beat, share: near as f64 / everything.len().max(1) as f64 })
}

/// Beats of a moving tempo, in seconds: each at its onset if the neighbours agree, otherwise on the
/// line through them. Also returns the share of clear onsets that lie on the beats.
fn moving(features: &Features, tracked: &[usize]) -> (Vec<f64>, f64) {
    let coarse: Vec<f64> = tracked.iter().map(|beat| *beat as f64 / ONSET_RATE).collect();
    let found: Vec<Option<f64>> = coarse
        .iter()
        .map(|time| onset_near(&features.fine, *time, 0.04).filter(|(_, rise)| *rise > CLEAR))
        .map(|onset| onset.map(|(time, _)| time))
        .collect();
    let mut times = Vec::with_capacity(coarse.len());
    let mut near = 0;
    for (n, time) in coarse.iter().enumerate() {
        let from = n.saturating_sub(4);
        let around = found.iter().enumerate().skip(from).take(n + 5 - from);
        let points: Vec<(f64, f64)> =
            around.filter_map(|(k, time)| Some((k as f64, (*time)?))).collect();
        let smooth = line(&points).filter(|_| points.len() >= 4);
        let expected = smooth.map_or(*time, |(first, beat)| first + beat * n as f64);
        let own = found.get(n).copied().flatten().filter(|own| (own - expected).abs() < 0.02);
        near += usize::from(own.is_some());
        times.push(own.unwrap_or(expected));
    }
    times.dedup_by(|next, last| *next <= *last + 0.05);
    let clear = found.iter().flatten().count().max(1);
    (times, near as f64 / clear as f64)
}

/// Beats in a bar, and the index of the first downbeat: where chords change, the bass drum plays
/// and the snare does not.
fn bar_lines(
    features: &Features,
    onsets: &Onsets,
    times: &[f64],
    meter: Option<u32>,
) -> (usize, usize) {
    let reach = ONSET_RATE * 0.03;
    let on = |band: &[f32]| -> Vec<f64> {
        times.iter().map(|time| most_near(band, time * ONSET_RATE, reach)).collect()
    };
    let standard = |values: Vec<f64>| -> Vec<f64> {
        let middle = mean(values.iter().copied());
        let spread = mean(values.iter().map(|x| (x - middle).powi(2))).sqrt().max(1e-9);
        values.iter().map(|x| ((x - middle) / spread).clamp(-3.0, 3.0)).collect()
    };
    let (low, mid) = (standard(on(&onsets.low)), standard(on(&onsets.mid)));
    let change = standard(chord_changes(features, times));
    let score = |in_bar: usize, first: usize| {
        let at = |values: &[f64], offset: usize| {
            mean(values.iter().skip(first + offset).step_by(in_bar).copied())
        };
        let back = match in_bar {
            4 => (at(&mid, 1) + at(&mid, 3)) / 2.0,
            _ => mean((1..in_bar).map(|n| at(&mid, n))),
        };
        1.2 * at(&change, 0) + 0.6 * at(&low, 0) + 0.5 * (back - at(&mid, 0))
    };
    let best = |in_bar: usize| {
        let all = (0..in_bar).map(|first| (score(in_bar, first), first));
        all.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0))
    };
    if let Some(known) = meter.map(|beats| beats.clamp(1, 16) as usize) {
        return (known, best(known).1);
    }
    let (three, four) = (best(3), best(4));
    // In three if patterns repeat after three beats but not after four.
    let alike = |values: &[f64], lag: usize| {
        mean(values.iter().zip(values.iter().skip(lag)).map(|(a, b)| a * b))
    };
    let by = |lag: usize| alike(&low, lag) + alike(&mid, lag) + alike(&change, lag);
    if by(3) + by(6) > by(4) + by(8) + 0.3 && three.0 > four.0 * 0.8 {
        (3, three.1)
    } else {
        (4, four.1)
    }
}

/// Change of the chord at each beat, 0 to 1, over two beats before and after it.
fn chord_changes(features: &Features, times: &[f64]) -> Vec<f64> {
    let mean_chord = |from: f64, to: f64| {
        let range = (from * features.chroma_rate).ceil().max(0.0) as usize
            ..(to * features.chroma_rate).max(0.0) as usize;
        let mut sum = [0.0f64; 12];
        for frame in features.chroma.get(range).unwrap_or(&[]) {
            // The square root reduces the weight of the root.
            sum.iter_mut().zip(frame).for_each(|(sum, x)| *sum += f64::from(*x).sqrt());
        }
        sum
    };
    let usual = times.windows(2).map(|pair| pair[1] - pair[0]);
    let beat = mean(usual).max(0.1);
    times
        .iter()
        .map(|time| {
            // Skip the first 50 ms, in which the chord before still rings.
            let before = mean_chord(time - 2.0 * beat, time - 0.05);
            let after = mean_chord(time + 0.05, time + 2.0 * beat);
            1.0 - cosine(&before, &after)
        })
        .collect()
}

/// Cosine similarity of two vectors: 1 for the same direction, also 1 if one is zero.
pub fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let product = |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| x * y).sum() };
    let power = product(a, a) * product(b, b);
    if power > 0.0 { product(a, b) / power.sqrt() } else { 1.0 }
}

/// Tempo from the times of taps, as the slope of a line through them. `None` for fewer than 4 taps,
/// or a beat outside 0.2 s to 3 s.
pub fn tapped(times: &[Seconds]) -> Option<f64> {
    let points: Vec<(f64, f64)> = times.iter().enumerate().map(|(n, t)| (n as f64, t.0)).collect();
    let (_, beat) = line(&points).filter(|_| times.len() >= 4)?;
    (0.2..3.0).contains(&beat).then_some(60.0 / beat)
}
