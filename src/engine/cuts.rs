//! Time edits of a version: parts cut out of every stem with a crossfade over each join, and a
//! fade-out at the end. [`CutMap`] maps frames between the song and the edited song and reads stems
//! through the cuts; playback and render use it.

use crate::dsp::Stereo;
use crate::session::stem::StemId;
use crate::session::version::{Crossfade, Cut, Version, merged};
use crate::units::{Frames, SampleRate, Seconds, SongFrame};
use std::f64::consts::FRAC_PI_2;

/// Map between the edited song and the song.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CutMap {
    joins: Vec<Join>,
    length: u64,
    /// First and last frame of the fade-out, in frames of the song.
    fade: Option<(u64, u64)>,
    /// Lengths in frames of a fade-in and a fade-out, where the beginning or the end was cut away,
    /// so that neither clicks.
    edges: (u64, u64),
}

/// A frame of the edited song at which a part was cut out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Join {
    at: u64,
    /// Frames cut out before this join.
    before: u64,
    /// Frames cut out up to this join, with the part cut out here.
    after: u64,
    /// Half the length of the crossfade.
    half: u64,
    curve: Crossfade,
    /// Frames after the join during which the sound before it rings on, on the stems in `ringing`.
    ring: u64,
    ringing: Vec<StemId>,
}

/// Crossfade parameters of one stem at all joins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blend {
    /// Correlation of both sides of each join, from 0 to 1.
    alike: Vec<f64>,
    /// Frames after each join in which the sound before it rings on.
    rings: Vec<u64>,
}

impl Blend {
    /// The blend for a song without joins.
    pub const fn none() -> Self {
        Self { alike: Vec::new(), rings: Vec::new() }
    }
}

impl CutMap {
    /// The map for cuts in a song of `length` frames. Overlapping cuts become one.
    pub fn new(cuts: &[Cut], rate: SampleRate, length: u64) -> Self {
        let parts = merged(cuts, length, rate);
        let mut joins: Vec<Join> = Vec::new();
        let mut edges = (0, 0);
        let mut taken = 0;
        let mut kept_from = 0;
        for (n, (from, to)) in parts.iter().enumerate() {
            let next = parts.get(n + 1).map_or(length, |(from, _)| *from);
            // Of merged cuts, the last one determines the join.
            let within = |cut: &&Cut| {
                let start = cut.start.frames(rate).0;
                (*from..*to).contains(&start)
            };
            let cut = cuts.iter().filter(within).max_by(|a, b| a.end.0.total_cmp(&b.end.0));
            let crossfade = cut.map_or(Frames(0), |cut| cut.crossfade.frames(rate)).0;
            // The crossfade stays inside the parts kept on both sides.
            let room = ((from - kept_from) / 2).min((next - to) / 2).min(to - from);
            if *from == 0 {
                edges.0 = crossfade.min((next - to) / 2);
            }
            if *to == length {
                edges.1 = crossfade.min((from - kept_from) / 2);
            }
            let after = taken + (to - from);
            let (ring, ringing) = cut.map_or((0, Vec::new()), |cut| {
                let most = (next - to) / 2;
                (cut.ring.frames(rate).0.min(most).min(to - from), cut.ringing.clone())
            });
            joins.push(Join {
                at: from - taken,
                before: taken,
                after,
                half: (crossfade / 2).min(room),
                curve: cut.map_or_else(Crossfade::default, |cut| cut.curve),
                ring,
                ringing,
            });
            taken = after;
            kept_from = *to;
        }
        Self { joins, length: length - taken, fade: None, edges }
    }

    /// The map of a version that [`crate::session::Session::resolved`] returned.
    pub fn of(version: &Version, rate: SampleRate, length: u64) -> Self {
        let Some(fade) = version.fade else { return Self::new(&version.cuts, rate, length) };
        let end = fade.end.frames(rate).0.min(length);
        // The part after the fade is one more cut. A join inside the fade would be heard as a jump
        // in level, so the fade begins after the last cut.
        let inside = merged(&version.cuts, end, rate);
        let last = inside.last().map_or(0, |(_, to)| *to);
        let start = fade.start.frames(rate).0.max(last).min(end);
        let mut cuts = version.cuts.clone();
        if end < length {
            let mut tail = Cut::new(Frames(end).seconds(rate), Frames(length).seconds(rate));
            tail.crossfade = Seconds(0.0);
            cuts.push(tail);
        }
        let mut map = Self::new(&cuts, rate, length);
        map.fade = (start < end).then_some((start, end));
        map
    }

    /// Whether there are no cuts.
    pub fn is_empty(&self) -> bool {
        self.joins.is_empty()
    }

    /// Length of the edited song in frames.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// First and last frame of the fade-out, in frames of the song.
    pub fn fade(&self) -> Option<(u64, u64)> {
        self.fade
    }

    /// The song frame at a frame of the edited song.
    pub fn song_frame(&self, edited: u64) -> u64 {
        let join = self.joins.iter().rev().find(|join| join.at <= edited);
        edited + join.map_or(0, |join| join.after)
    }

    /// Splits `count` frames of the edited song from `from` on into ranges that are contiguous in
    /// the song: length of each in frames, and its first song frame. A negative edited frame counts
    /// back from the song frame of edited frame 0.
    pub fn runs(&self, from: i64, count: usize) -> impl Iterator<Item = (usize, SongFrame)> + '_ {
        let end = from + count as i64;
        let mut at = from;
        std::iter::from_fn(move || {
            let edited = u64::try_from(at).unwrap_or(0);
            let next = self.joins.iter().map(|join| join.at as i64).find(|join| *join > at);
            let until = next.map_or(end, |next| next.min(end));
            let frames = usize::try_from(until - at).ok().filter(|frames| *frames > 0)?;
            let song = self.song_frame(edited) as i64 + (at - edited as i64);
            at = until;
            Some((frames, SongFrame(song)))
        })
    }

    /// The frame of the edited song for a song frame; inside a cut, the frame of the join.
    pub fn edited_frame(&self, song: u64) -> u64 {
        let mut edited = song;
        for join in &self.joins {
            let (from, to) = (join.at + join.before, join.at + join.after);
            if song >= to {
                edited = song - join.after;
            } else if song >= from {
                return join.at;
            }
        }
        edited
    }

    /// The time in the edited song of a time of the song.
    pub fn edited_time(&self, song: Seconds, rate: SampleRate) -> Seconds {
        Frames(self.edited_frame(song.frames(rate).0)).seconds(rate)
    }

    /// Returns the crossfade parameters of a stem at all joins. `read` fills a block with the
    /// stem's own sound from a song frame on.
    pub fn blend<E>(
        &self,
        stem: Option<StemId>,
        read: &mut dyn FnMut(i64, &mut [f32], &mut [f32]) -> Result<(), E>,
    ) -> Result<Blend, E> {
        let mut blend = Blend::default();
        for join in &self.joins {
            let alike = match join.curve {
                _ if join.half == 0 => 0.0,
                Crossfade::EqualPower => 0.0,
                Crossfade::EqualGain => 1.0,
                Crossfade::Measured => {
                    let count = 2 * join.half as usize;
                    let mut sides = [join.before, join.after].map(|_| vec![[0.0f32; 2]; 0]);
                    for (side, taken) in sides.iter_mut().zip([join.before, join.after]) {
                        let (mut l, mut r) = (vec![0.0; count], vec![0.0; count]);
                        read((join.at - join.half + taken) as i64, &mut l, &mut r)?;
                        side.extend(l.into_iter().zip(r).map(|(l, r)| [l, r]));
                    }
                    let [out, into] = &sides;
                    correlation(out.as_flattened(), into.as_flattened())
                }
            };
            blend.alike.push(alike);
            let rings = stem.is_some_and(|stem| join.ringing.contains(&stem));
            blend.rings.push(if rings { join.ring } else { 0 });
        }
        Ok(blend)
    }

    /// Fills a block from frame `from` of the edited song. `read` fills a block with the stem's own
    /// sound from a song frame on. `spare` is reused between calls.
    ///
    /// A crossfade with gains a and b keeps the power where a² + b² + 2ρab = 1, where ρ is the
    /// correlation of both sides: sine and cosine for ρ = 0, gains that add up to 1 for ρ = 1.
    pub fn read<E>(
        &self,
        blend: &Blend,
        from: u64,
        left: &mut [f32],
        right: &mut [f32],
        spare: &mut Stereo,
        read: &mut dyn FnMut(i64, &mut [f32], &mut [f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let to = from + left.len() as u64;
        let mut at = from;
        let tail = |n: usize, join: &Join| join.half.max(blend.rings.get(n).copied().unwrap_or(0));
        while at < to {
            let mut joins = self.joins.iter().enumerate();
            let next = joins.find(|(n, join)| join.at + tail(*n, join) > at);
            let taken = match next {
                Some((_, join)) => join.before,
                None => self.joins.last().map_or(0, |join| join.after),
            };
            let start = (at - from) as usize;
            match next {
                Some((n, join)) if join.at - join.half <= at => {
                    let end = (join.at + tail(n, join)).min(to);
                    let part = start..(end - from) as usize;
                    let (l, r) = (&mut left[part.clone()], &mut right[part]);
                    read((at + join.before) as i64, l, r)?;
                    let [sl, sr] = &mut *spare;
                    sl.resize(l.len(), 0.0);
                    sr.resize(l.len(), 0.0);
                    read((at + join.after) as i64, sl, sr)?;
                    let first = at - (join.at - join.half);
                    let alike = blend.alike.get(n).copied().unwrap_or(0.0);
                    let gains = Gains::new(join.half, tail(n, join), alike);
                    for (n, (dry, wet)) in
                        l.iter_mut().zip(r).zip(sl.iter().zip(sr.iter())).enumerate()
                    {
                        let (fade_out, fade_in) = gains.at(first + n as u64);
                        *dry.0 = *dry.0 * fade_out + wet.0 * fade_in;
                        *dry.1 = *dry.1 * fade_out + wet.1 * fade_in;
                    }
                    at = end;
                }
                _ => {
                    let end = next.map_or(to, |(_, join)| (join.at - join.half).min(to));
                    let part = start..(end - from) as usize;
                    read((at + taken) as i64, &mut left[part.clone()], &mut right[part])?;
                    at = end;
                }
            }
        }
        self.soften(from, left, right);
        Ok(())
    }

    /// Fades in or out at the song's ends that were cut away.
    fn soften(&self, from: u64, left: &mut [f32], right: &mut [f32]) {
        let (head, tail) = self.edges;
        let ends = self.length - tail;
        if from >= head && from + left.len() as u64 <= ends {
            return;
        }
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let at = from + n as u64;
            let edge = if at < head {
                (at as f64 + 0.5) / head as f64
            } else if at >= ends {
                (self.length.saturating_sub(at) as f64 - 0.5).max(0.0) / tail.max(1) as f64
            } else {
                continue;
            };
            let gain = (edge * FRAC_PI_2).sin().powi(2) as f32;
            (*l, *r) = (*l * gain, *r * gain);
        }
    }
}

/// Gains of a crossfade for each frame from its beginning.
struct Gains {
    half: u64,
    length: u64,
    alike: f64,
}

impl Gains {
    /// `tail` is its length in frames after the join.
    fn new(half: u64, tail: u64, alike: f64) -> Self {
        Self { half, length: half + tail, alike }
    }

    /// Gains of the sound before the join and of the sound after it.
    fn at(&self, frame: u64) -> (f32, f32) {
        let share = |length: u64| ((frame as f64 + 0.5) / length.max(1) as f64).min(1.0);
        let (fade_in, fade_out) = (share(2 * self.half) * FRAC_PI_2).sin_cos();
        if self.length > 2 * self.half {
            let ring = (share(self.length) * FRAC_PI_2).cos().powi(2);
            return (ring as f32, fade_in as f32);
        }
        let power = 1.0 + 2.0 * self.alike * fade_in * fade_out;
        let norm = power.sqrt().recip();
        ((fade_out * norm) as f32, (fade_in * norm) as f32)
    }
}

/// Correlation of two signals, limited to 0 (nothing in common, or silent) to 1.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let product = |x: &[f32], y: &[f32]| -> f64 {
        x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    let power = product(a, a) * product(b, b);
    if power > 0.0 { (product(a, b) / power.sqrt()).clamp(0.0, 1.0) } else { 0.0 }
}

/// Fades out a block that starts at frame `song` of the song, with a raised cosine. `fade` is the
/// first and last frame of the fade, in frames of the song.
pub fn fade_out(fade: Option<(u64, u64)>, song: SongFrame, left: &mut [f32], right: &mut [f32]) {
    let Some((from, to)) = fade else { return };
    let (from, to) = (from as i64, to as i64);
    if song.after(left.len()).0 <= from {
        return;
    }
    for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
        let along = (song.after(n).0 - from) as f64 / (to - from).max(1) as f64;
        let gain = (along.clamp(0.0, 1.0) * FRAC_PI_2).cos().powi(2) as f32;
        (*l, *r) = (*l * gain, *r * gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::silence;
    use crate::session::version::{Fade, Selection};
    use proptest::prelude::*;
    use std::convert::Infallible;

    const RATE: SampleRate = SampleRate(1000);

    fn cut(start: f64, end: f64, crossfade: f64) -> Cut {
        Cut { crossfade: Seconds(crossfade), ..Cut::new(Seconds(start), Seconds(end)) }
    }

    fn played(
        map: &CutMap,
        block: usize,
        stem: Option<StemId>,
        sound: impl Fn(i64) -> f32,
    ) -> Vec<f32> {
        let mut out = vec![0.0; map.length() as usize];
        let mut other = out.clone();
        let mut spare = silence(0);
        let mut source = |from: i64, l: &mut [f32], r: &mut [f32]| -> Result<(), Infallible> {
            for (n, (l, r)) in l.iter_mut().zip(r).enumerate() {
                (*l, *r) = (sound(from + n as i64), 0.0);
            }
            Ok(())
        };
        let blend = map.blend(stem, &mut source).unwrap();
        for (n, (l, r)) in out.chunks_mut(block).zip(other.chunks_mut(block)).enumerate() {
            map.read(&blend, (n * block) as u64, l, r, &mut spare, &mut source).unwrap();
        }
        out
    }

    fn edited(map: &CutMap, block: usize) -> Vec<f32> {
        played(map, block, None, |frame| frame as f32)
    }

    #[test]
    fn a_cut_joins_what_was_apart() {
        let map = CutMap::new(&[cut(2.0, 5.0, 0.02)], RATE, 10_000);
        assert_eq!(map.length(), 7000);
        let out = edited(&map, 7000);
        assert_eq!((out[1989], out[2010]), (1989.0, 5010.0));
        assert_eq!((map.song_frame(1999), map.song_frame(2000)), (1999, 5000));
        assert_eq!((map.edited_frame(3000), map.edited_frame(6000)), (2000, 3000));
    }

    #[test]
    fn what_is_alike_adds_up_to_itself_and_what_is_not_keeps_its_power() {
        // The song repeats each second, so the cut cannot be heard.
        let again = |frame: i64| ((frame.rem_euclid(1000)) as f32 * 0.7).sin();
        let map = CutMap::new(&[cut(2.0, 5.0, 0.5)], RATE, 10_000);
        let out = played(&map, 333, None, again);
        for (n, x) in out.iter().enumerate() {
            assert!((x - again(n as i64)).abs() < 2e-6, "{n} {x} {}", again(n as i64));
        }
        // Noise that does not correlate with its own later parts.
        let noise = |frame: i64| {
            let x = (frame as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            ((x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f32 / 8_388_608.0 - 1.0
        };
        let power = |out: &[f32]| out.iter().map(|x| x * x).sum::<f32>() / out.len() as f32;
        for (curve, expected) in [(Crossfade::Measured, 1.0), (Crossfade::EqualGain, 0.637)] {
            let long = Cut { curve, ..cut(3.0, 6.0, 2.0) };
            let out = played(&CutMap::new(&[long], RATE, 12_000), 512, None, noise);
            let ratio = power(&out[2000..4000]) / power(&out[4200..9000]);
            assert!((ratio - expected).abs() < 0.05, "{curve:?} {ratio}");
        }
    }

    #[test]
    fn a_stem_that_rings_is_heard_over_the_join_and_others_are_not() {
        let ringing = Cut { ring: Seconds(0.8), ringing: vec![StemId(2)], ..cut(2.0, 5.0, 0.02) };
        let map = CutMap::new(&[ringing], RATE, 10_000);
        // Sound up to 2.6 s, silence after 5 s.
        let tail = |frame: i64| if frame < 2600 { 1.0 } else { 0.0 };
        let still = played(&map, 100, Some(StemId(1)), tail);
        let rings = played(&map, 100, Some(StemId(2)), tail);
        assert_eq!(still[2011..].iter().fold(0.0f32, |most, x| most.max(*x)), 0.0);
        assert!((0.4..0.6).contains(&rings[2400]) && rings[2595] > 0.05 && rings[2810] == 0.0);
        assert_eq!(rings, played(&map, 7, Some(StemId(2)), tail));
    }

    #[test]
    fn an_end_fades_and_cut_edges_do_not_click() {
        let mut version = Version::new("x", "X", Selection::All);
        version.cuts = vec![cut(0.0, 1.0, 0.04), cut(3.0, 4.0, 0.02)];
        version.fade = Some(Fade { start: Seconds(2.0), end: Seconds(6.0) });
        let map = CutMap::of(&version, RATE, 10_000);
        // The fade begins after the last cut, and the version ends with it.
        assert_eq!((map.fade(), map.length()), (Some((4000, 6000)), 4000));
        let out = played(&map, 64, None, |_| 1.0);
        assert!(out[0] < 0.01 && out[39] > 0.99 && out[40] == 1.0);
        let (mut left, mut right) = (vec![1.0; 2000], vec![1.0; 2000]);
        fade_out(map.fade(), SongFrame(4000), &mut left, &mut right);
        assert!(left[0] == 1.0 && (left[1000] - 0.5).abs() < 1e-3 && right[1999] < 1e-5);
        version.fade = None;
        version.cuts = vec![cut(6.0, 99.0, 0.04)];
        let out = played(&CutMap::of(&version, RATE, 10_000), 64, None, |_| 1.0);
        assert!(out.len() == 6000 && out[5959] == 1.0 && out[5999] < 0.01);
    }

    proptest! {
        #[test]
        fn any_cuts_at_any_block_size(
            list in prop::collection::vec((0.0..10.0f64, 0.0..10.0f64, 0.0..1.0f64), 0..6),
            ring in 0.0..3.0f64,
            fade in prop::option::of((0.0..10.0f64, 0.0..10.0f64)),
            block in 1usize..3000,
        ) {
            let mut version = Version::new("x", "X", Selection::All);
            version.cuts = list
                .into_iter()
                .map(|(a, b, x)| Cut {
                    ring: Seconds(ring),
                    ringing: vec![StemId(1)],
                    ..cut(a, b, x)
                })
                .collect();
            version.fade = fade.map(|(a, b)| Fade { start: Seconds(a), end: Seconds(b) });
            let map = CutMap::of(&version, RATE, 9000);
            prop_assert_eq!(map.length(), version.length(Frames(9000), RATE).0);
            let ramp = |frame: i64| frame as f32;
            let whole = played(&map, 10_000, Some(StemId(1)), ramp);
            prop_assert_eq!(played(&map, block, Some(StemId(1)), ramp), whole);
            let mut at = -50;
            for (frames, song) in map.runs(at, map.length() as usize + 50) {
                for n in [0, frames as i64 - 1] {
                    let expected = match u64::try_from(at + n) {
                        Ok(edited) => map.song_frame(edited) as i64,
                        Err(_) => at + n + map.song_frame(0) as i64,
                    };
                    prop_assert_eq!(song.0 + n, expected);
                }
                at += frames as i64;
            }
            prop_assert_eq!(at, map.length() as i64);
            for frame in (0..map.length()).step_by(97) {
                prop_assert_eq!(map.edited_frame(map.song_frame(frame)), frame);
            }
        }
    }
}
