//! Treatments of clean regions: mute, dip, bleep, reverse, held vowel, ring-out and mumble. A
//! [`Region`] belongs to a [`super::source::StemSource`], which applies it block by block.

use crate::dsp::biquad::{BUTTERWORTH_Q, Biquad, Coefficients};
use crate::dsp::{Stereo, silence};
use crate::session::stem::{CleanRegion, Treatment};
use crate::units::{Db, Hz, SampleRate, Seconds};
use std::f64::consts::PI;
use std::sync::Arc;

/// Crossfade at both ends of a region, inside it.
const FADE: Seconds = Seconds(0.008);
const BLEEP: (Hz, Db) = (Hz(1000.0), Db(-18.0));
/// Cutoff of the mumble's low-pass: vowels keep their pitch and lose the formants that tell them
/// apart.
const MUMBLE: Hz = Hz(320.0);
/// How much sound before a region is searched for a vowel to hold.
const BEFORE: Seconds = Seconds(0.5);
/// Time constant of the ring-out's decay.
const RING: Seconds = Seconds(0.16);
/// Longer regions are muted instead of a held vowel, ring-out or mumble.
const LONGEST: Seconds = Seconds(20.0);

/// A region in song frames, with its replacement sound if that is computed in advance.
#[derive(Clone)]
pub struct Region {
    pub from: i64,
    pub to: i64,
    treatment: Treatment,
    made: Option<Arc<Stereo>>,
    fade: f64,
    rate: SampleRate,
}

impl Region {
    /// `read` fills a block with the stem's own sound from a song frame on.
    pub fn new<E>(
        region: &CleanRegion,
        rate: SampleRate,
        read: &mut dyn FnMut(i64, &mut [f32], &mut [f32]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (from, to) = (region.start.frames(rate).0 as i64, region.end.frames(rate).0 as i64);
        let count = (to - from).max(0) as usize;
        let fade = FADE.frames(rate).0.min(count as u64 / 2).max(1) as f64;
        let held =
            matches!(region.treatment, Treatment::Vowel | Treatment::RingOut | Treatment::Mumble);
        let short = count as u64 <= LONGEST.frames(rate).0;
        let treatment = if held && !short { Treatment::Mute } else { region.treatment };
        let mut own = Self { from, to, treatment, made: None, fade, rate };
        if held && short && count > 0 {
            let before = BEFORE.frames(rate).0 as usize;
            let [mut left, mut right] = silence(before + count);
            read(from - before as i64, &mut left, &mut right)?;
            let made = match treatment {
                Treatment::Mumble => [left, right].map(|side| mumble(&side, before, rate)),
                Treatment::RingOut => hold(&[left, right], before, rate, Some(RING)),
                _ => hold(&[left, right], before, rate, None),
            };
            own.made = Some(Arc::new(made));
        }
        Ok(own)
    }

    /// Applies the region to a block of the stem that starts at `from`. `backwards` fills a block
    /// with the stem's own sound, for the reverse treatment. `buffer` is reused between calls.
    pub fn treat<E>(
        &self,
        from: i64,
        (left, right): (&mut [f32], &mut [f32]),
        mono: bool,
        buffer: &mut Stereo,
        backwards: &mut dyn FnMut(i64, &mut [f32], &mut [f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let first = self.from.max(from);
        let last = self.to.min(from + left.len() as i64);
        let count = (last - first).max(0) as usize;
        let at = (first - from) as usize;
        let [wet_left, wet_right] = buffer;
        wet_left.resize(count, 0.0);
        wet_right.resize(count, 0.0);
        if self.treatment == Treatment::Reverse {
            backwards(self.from + self.to - last, wet_left, wet_right)?;
            wet_left.reverse();
            wet_right.reverse();
        }
        if let Some(made) = &self.made {
            let start = (first - self.from) as usize;
            for (to, side) in [wet_left, wet_right].into_iter().zip(made.iter()) {
                let part = side.get(start..start + count).unwrap_or(&[]);
                to.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            }
        }
        let [wet_left, wet_right] = buffer;
        let dry = left[at..at + count].iter_mut().zip(&mut right[at..at + count]);
        let wet = wet_left.iter().zip(wet_right.iter());
        for (n, ((l, r), (wl, wr))) in dry.zip(wet).enumerate() {
            let frame = first + n as i64;
            let edge = (frame - self.from + 1).min(self.to - frame) as f64;
            // A raised cosine keeps the level and its slope continuous.
            let mix = ((edge / self.fade).min(1.0) * PI / 2.0).sin().powi(2) as f32;
            let (wet_l, wet_r) = match self.treatment {
                Treatment::Mute => (0.0, 0.0),
                Treatment::Dip { gain } => {
                    let gain = gain.factor() as f32;
                    (*l * gain, *r * gain)
                }
                Treatment::Bleep => {
                    let t = (frame - self.from) as f64 / self.rate.hz().0;
                    let tone = BLEEP.1.factor() * (2.0 * PI * BLEEP.0.0 * t).sin();
                    (tone as f32, if mono { 0.0 } else { tone as f32 })
                }
                _ => (*wl, *wr),
            };
            *l += (wet_l - *l) * mix;
            *r += (wet_r - *r) * mix;
        }
        Ok(())
    }
}

/// Returns the samples after `before` through a steep low-pass. The filter also runs over the
/// samples before it.
fn mumble(side: &[f32], before: usize, rate: SampleRate) -> Vec<f32> {
    let section = Biquad::new(Coefficients::low_pass(rate, MUMBLE, BUTTERWORTH_Q));
    let mut sections = [section.clone(), section.clone(), section];
    let filtered = side
        .iter()
        .map(|x| sections.iter_mut().fold(f64::from(*x), |x, section| section.tick(x)) as f32);
    filtered.skip(before).collect()
}

/// Repeats the last periodic sound before `before`, period by period, for the rest of the block.
/// With `fall` as time constant it decays. Returns silence when nothing sounded.
fn hold(sides: &Stereo, before: usize, rate: SampleRate, fall: Option<Seconds>) -> Stereo {
    let count = sides[0].len() - before;
    let [mut left, mut right] = silence(count);
    let mono: Vec<f64> = sides[0]
        .iter()
        .zip(&sides[1])
        .take(before)
        .map(|(l, r)| f64::from(*l) + f64::from(*r))
        .collect();
    let Some((end, length)) = loop_of(&mono, rate, fall.is_some()) else { return [left, right] };
    let fade = length / 2;
    let constant = fall.map(|fall| fall.0 * rate.hz().0);
    for (out, side) in [&mut left, &mut right].into_iter().zip(sides) {
        for (n, out) in out.iter_mut().enumerate() {
            let place = n % length;
            let from = end - length + place;
            // Towards its end the loop crossfades to the samples before its beginning, so that it
            // repeats without a step.
            let share = (place as f64 - (length - fade) as f64).max(0.0) / fade as f64;
            let (own, earlier) = (f64::from(side[from]), f64::from(side[from - length]));
            let level = constant.map_or(1.0, |constant| (-(n as f64) / constant).exp());
            *out = ((own * (1.0 - share) + earlier * share) * level) as f32;
        }
    }
    [left, right]
}

/// Returns the end and the length of a loop: whole periods of the last vowel, 40 ms or more. With
/// `last` the latest sound is used, periodic or not.
fn loop_of(mono: &[f64], rate: SampleRate, last: bool) -> Option<(usize, usize)> {
    let frames = |seconds: f64| Seconds(seconds).frames(rate).0 as usize;
    let (window, least) = (frames(0.050), frames(0.040));
    let (shortest, longest) = (frames(1.0 / 900.0), frames(1.0 / 70.0));
    let room = 2 * (least + longest);
    let product = |a: usize, b: usize, count: usize| -> f64 {
        (0..count).map(|n| mono[a + n] * mono[b + n]).sum()
    };
    let mut best: Option<(f64, usize, usize)> = None;
    let mut end = mono.len();
    while end >= room.max(window + longest) {
        let start = end - window;
        let own = product(start, start, window);
        if own > 1e-7 * window as f64 {
            let lags = (shortest..=longest).map(|lag| {
                let other = product(start - lag, start - lag, window);
                (product(start, start - lag, window) / (own * other).sqrt().max(1e-12), lag)
            });
            let all: Vec<(f64, usize)> = lags.collect();
            let top = all.iter().map(|(alike, _)| *alike).fold(0.0, f64::max);
            // The period is the shortest lag that is nearly the best, as its multiples correlate as
            // well.
            let period = all.iter().find(|(alike, _)| *alike > 0.95 * top).copied();
            if let Some((_, lag)) = period
                && best.is_none_or(|(known, ..)| top > known + 0.1)
            {
                best = Some((top, end, lag));
            }
            if last || top > 0.9 {
                break;
            }
        }
        end -= frames(0.010).max(1);
    }
    let (_, end, period) = best?;
    Some((end, period * least.div_ceil(period)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    const RATE: SampleRate = SampleRate(48_000);
    const TREATMENTS: [Treatment; 7] = Treatment::ALL;

    /// A sung tone with harmonics that stops at 1.2 s.
    fn voice(frame: i64) -> f32 {
        if !(0..57_600).contains(&frame) {
            return 0.0;
        }
        let t = frame as f64 / 48_000.0;
        let tone: f64 =
            (1..8).map(|k| (2.0 * PI * 190.0 * f64::from(k) * t).sin() / f64::from(k)).sum();
        (tone * 0.2) as f32
    }

    fn sing(from: i64, left: &mut [f32], right: &mut [f32]) -> Result<(), Infallible> {
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            (*l, *r) = (voice(from + n as i64), voice(from + n as i64) * 0.5);
        }
        Ok(())
    }

    fn treated(treatment: Treatment, block: usize) -> Vec<f32> {
        let region = CleanRegion::new(Seconds(0.8), Seconds(1.3), treatment);
        let region = Region::new(&region, RATE, &mut sing).unwrap();
        let [mut left, mut right] = silence(96_000);
        let mut buffer = silence(0);
        for (n, (l, r)) in left.chunks_mut(block).zip(right.chunks_mut(block)).enumerate() {
            let from = (n * block) as i64;
            sing(from, l, r).unwrap();
            if region.from < from + l.len() as i64 && region.to > from {
                region.treat(from, (l, r), false, &mut buffer, &mut sing).unwrap();
            }
        }
        left
    }

    #[test]
    fn nothing_outside_changes_nothing_clicks_and_blocks_do_not_matter() {
        let own: Vec<f32> = (0..96_000).map(voice).collect();
        let step = |x: &[f32]| x.windows(2).map(|p| (p[1] - p[0]).abs()).fold(0.0, f32::max);
        for treatment in TREATMENTS {
            let out = treated(treatment, 96_000);
            assert_eq!(out[..38_400], own[..38_400]);
            assert_eq!(out[62_400..], own[62_400..]);
            assert_ne!(out[40_000..50_000], own[40_000..50_000], "{}", treatment.name());
            assert!(step(&out) <= step(&own) * 1.05, "{}: {}", treatment.name(), step(&out));
            assert_eq!(treated(treatment, 511), out, "{}", treatment.name());
        }
    }

    #[test]
    fn a_held_vowel_keeps_pitch_and_level_and_what_rings_out_dies_away() {
        let level = |x: &[f32]| (x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32).sqrt();
        let own = level(&(0..38_000).map(voice).collect::<Vec<_>>());
        let held = treated(Treatment::Vowel, 96_000);
        assert!((level(&held[40_000..61_000]) / own - 1.0).abs() < 0.1);
        // A 190 Hz tone: one period later it must correlate as the original does.
        let period = 48_000 / 190;
        let (a, b) = (&held[45_000..50_000], &held[45_000 - period..50_000 - period]);
        let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        assert!(product(a, b) / product(a, a) > 0.95);
        let rings = treated(Treatment::RingOut, 96_000);
        assert!(
            level(&rings[39_500..41_500]) > own * 0.6 && level(&rings[60_000..62_000]) < own * 0.1
        );
        let dull = treated(Treatment::Mumble, 96_000);
        assert!(level(&dull[40_000..57_000]) > own * 0.3);
    }
}
