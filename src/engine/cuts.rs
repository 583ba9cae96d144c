//! Time edits on a version bus: parts are taken out, with a crossfade over each join.

use crate::dsp::Stereo;
use crate::session::version::Cut;
use crate::units::SampleRate;
use std::f64::consts::FRAC_PI_2;

/// The map from the edited song to the song.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CutMap {
    joins: Vec<Join>,
    length: u64,
}

/// A place in the edited song where a part was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Join {
    at: u64,
    /// Frames taken out before this place, and from here on.
    before: u64,
    after: u64,
    /// Half the crossfade.
    half: u64,
}

impl CutMap {
    /// The map for cuts in a song of `length` frames. Cuts that overlap become one.
    pub fn new(cuts: &[Cut], rate: SampleRate, length: u64) -> Self {
        let mut parts: Vec<(u64, u64, u64)> = cuts
            .iter()
            .map(|cut| {
                let (from, to) = (cut.start.frames(rate).0, cut.end.frames(rate).0);
                (from.min(length), to.min(length), cut.crossfade.frames(rate).0 / 2)
            })
            .filter(|(from, to, _)| from < to)
            .collect();
        parts.sort_unstable();
        parts.dedup_by(|next, last| {
            let joined = next.0 <= last.1;
            if joined {
                last.1 = last.1.max(next.1);
            }
            joined
        });
        let mut joins = Vec::new();
        let mut taken = 0;
        let mut kept_from = 0;
        for (n, (from, to, half)) in parts.iter().enumerate() {
            let next = parts.get(n + 1).map_or(length, |(from, _, _)| *from);
            // A crossfade stays inside the parts that are kept on either side.
            let room = ((from - kept_from) / 2).min((next - to) / 2).min(to - from);
            let after = taken + (to - from);
            joins.push(Join { at: from - taken, before: taken, after, half: (*half).min(room) });
            taken = after;
            kept_from = *to;
        }
        Self { joins, length: length - taken }
    }

    /// Whether nothing is taken out.
    pub fn is_empty(&self) -> bool {
        self.joins.is_empty()
    }

    /// Length of the edited song in frames.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The place in the song that is heard at a place of the edited song.
    pub fn song_frame(&self, edited: u64) -> u64 {
        let join = self.joins.iter().rev().find(|join| join.at <= edited);
        edited + join.map_or(0, |join| join.after)
    }

    /// Stretches of the edited song from `from` on, `count` frames in all, that lie in one piece
    /// in the song: frames of each, and where in the song it starts. Before the edited song the
    /// song goes on backwards.
    pub fn runs(&self, from: i64, count: usize) -> impl Iterator<Item = (usize, i64)> + '_ {
        let end = from + count as i64;
        let mut at = from;
        std::iter::from_fn(move || {
            let edited = u64::try_from(at).unwrap_or(0);
            let next = self.joins.iter().map(|join| join.at as i64).find(|join| *join > at);
            let until = next.map_or(end, |next| next.min(end));
            let frames = usize::try_from(until - at).ok().filter(|frames| *frames > 0)?;
            let song = self.song_frame(edited) as i64 + (at - edited as i64);
            at = until;
            Some((frames, song))
        })
    }

    /// The place in the edited song for a place in the song; inside a cut, the join.
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

    /// Fills a block from frame `from` of the edited song; `read` gives the song's own frames.
    /// `spare` is reused between calls. Where powers add, a crossfade keeps power (sine and
    /// cosine).
    pub fn read<E>(
        &self,
        from: u64,
        left: &mut [f32],
        right: &mut [f32],
        spare: &mut Stereo,
        read: &mut dyn FnMut(i64, &mut [f32], &mut [f32]) -> Result<(), E>,
    ) -> Result<(), E> {
        let to = from + left.len() as u64;
        let mut at = from;
        while at < to {
            let next = self.joins.iter().find(|join| join.at + join.half > at);
            let current = self.joins.iter().rev().find(|join| join.at + join.half <= at);
            let taken = current.map_or(0, |join| join.after);
            let start = (at - from) as usize;
            match next {
                Some(join) if join.at - join.half <= at => {
                    let end = (join.at + join.half).min(to);
                    let part = start..(end - from) as usize;
                    let (l, r) = (&mut left[part.clone()], &mut right[part]);
                    read((at + join.before) as i64, l, r)?;
                    let [sl, sr] = &mut *spare;
                    sl.resize(l.len(), 0.0);
                    sr.resize(l.len(), 0.0);
                    read((at + join.after) as i64, sl, sr)?;
                    let first = at - (join.at - join.half);
                    for (n, (dry, wet)) in
                        l.iter_mut().zip(r).zip(sl.iter().zip(sr.iter())).enumerate()
                    {
                        let t = (first as f64 + n as f64 + 0.5) / (2 * join.half) as f64;
                        let (fade_in, fade_out) = (t * FRAC_PI_2).sin_cos();
                        let (fade_in, fade_out) = (fade_in as f32, fade_out as f32);
                        *dry.0 = *dry.0 * fade_out + wet.0 * fade_in;
                        *dry.1 = *dry.1 * fade_out + wet.1 * fade_in;
                    }
                    at = end;
                }
                _ => {
                    let end = next.map_or(to, |join| (join.at - join.half).min(to));
                    let part = start..(end - from) as usize;
                    read((at + taken) as i64, &mut left[part.clone()], &mut right[part])?;
                    at = end;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::silence;
    use crate::session::Unknown;
    use crate::units::Seconds;
    use proptest::prelude::*;
    use std::convert::Infallible;

    const RATE: SampleRate = SampleRate(1000);

    fn cut(start: f64, end: f64, crossfade: f64) -> Cut {
        let (start, end, crossfade) = (Seconds(start), Seconds(end), Seconds(crossfade));
        Cut { start, end, crossfade, unknown: Unknown::new() }
    }

    fn edited(map: &CutMap, block: usize) -> Vec<f32> {
        let mut out = vec![0.0; map.length() as usize];
        let mut other = out.clone();
        let mut spare = silence(0);
        for (n, (l, r)) in out.chunks_mut(block).zip(other.chunks_mut(block)).enumerate() {
            let mut ramp = |from: i64, l: &mut [f32], r: &mut [f32]| -> Result<(), Infallible> {
                for (n, (l, r)) in l.iter_mut().zip(r).enumerate() {
                    (*l, *r) = ((from + n as i64) as f32, 0.0);
                }
                Ok(())
            };
            map.read((n * block) as u64, l, r, &mut spare, &mut ramp).unwrap();
        }
        out
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

    proptest! {
        #[test]
        fn any_cuts_at_any_block_size(
            list in prop::collection::vec((0.0..10.0f64, 0.0..10.0f64, 0.0..1.0f64), 0..6),
            block in 1usize..3000,
        ) {
            let cuts: Vec<Cut> = list.into_iter().map(|(a, b, x)| cut(a, b, x)).collect();
            let map = CutMap::new(&cuts, RATE, 9000);
            prop_assert_eq!(edited(&map, block), edited(&map, 10_000));
            let mut at = -50;
            for (frames, song) in map.runs(at, map.length() as usize + 50) {
                for n in [0, frames as i64 - 1] {
                    let expected = match u64::try_from(at + n) {
                        Ok(edited) => map.song_frame(edited) as i64,
                        Err(_) => at + n + map.song_frame(0) as i64,
                    };
                    prop_assert_eq!(song + n, expected);
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
