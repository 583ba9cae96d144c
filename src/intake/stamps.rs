//! Start positions of stems from the time stamps of broadcast WAV files (EBU Tech 3285: frames
//! since midnight, at the file's own rate).

use crate::media::AudioInfo;
use crate::texts::say;
use crate::units::{Frames, SampleRate, Seconds};

/// Stamps of one song farther apart than this, or than twice its longest stem, are not from one
/// session.
const FAR: Seconds = Seconds(1800.0);

/// Start of a stem, with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the song's start: no stem has a useful stamp.
    Song,
    /// By its stamp, counted from the earliest.
    Stamp(Frames),
    /// At the song's start: this stem has no stamp, but others have.
    NoStamp,
    /// At the song's start: its stamp is too far from the others.
    FarStamp,
}

impl Start {
    /// Start in frames of the session's rate.
    pub fn frames(self) -> Frames {
        match self {
            Start::Stamp(frames) => frames,
            Start::Song | Start::NoStamp | Start::FarStamp => Frames(0),
        }
    }

    /// Note for the user.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Start::Song | Start::Stamp(_) => None,
            Start::NoStamp => Some(say!("start-no-stamp")),
            Start::FarStamp => Some(say!("start-far-stamp")),
        }
    }
}

/// Start of each stem in a session of `rate`, in the order of `infos`.
pub fn starts<'a>(
    infos: impl Iterator<Item = &'a AudioInfo> + Clone,
    rate: SampleRate,
) -> Vec<Start> {
    let stamps: Vec<Option<Frames>> = infos
        .clone()
        .map(|info| info.time_reference.map(|stamp| Frames(stamp).at_rate(info.sample_rate, rate)))
        .collect();
    let mut known: Vec<u64> = stamps.iter().flatten().map(|stamp| stamp.0).collect();
    known.sort_unstable();
    // Many programs write a stamp of zero without a meaning.
    if known.last().is_none_or(|last| *last == 0) {
        return stamps.iter().map(|_| Start::Song).collect();
    }
    let longest = infos.map(|info| info.frames.seconds(info.sample_rate).0).fold(0.0, f64::max);
    let far = Seconds(FAR.0.max(2.0 * longest)).frames(rate).0;
    // The largest group of near stamps is trusted; with a tie, the earliest.
    let group =
        |from: u64| known.iter().filter(move |at| (from..=from.saturating_add(far)).contains(at));
    let first = known.iter().copied().rev().max_by_key(|at| group(*at).count()).unwrap_or(0);
    let believed = |stamp: u64| (first..=first.saturating_add(far)).contains(&stamp);
    stamps
        .into_iter()
        .map(|stamp| match stamp {
            None => Start::NoStamp,
            Some(stamp) if believed(stamp.0) => Start::Stamp(Frames(stamp.0 - first)),
            Some(Frames(0)) => Start::NoStamp,
            Some(_) => Start::FarStamp,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;

    const RATE: SampleRate = SampleRate(48_000);

    fn of(stamps: &[Option<u64>]) -> Vec<Start> {
        let one = |stamp: &Option<u64>| AudioInfo {
            time_reference: *stamp,
            frames: Frames(480_000),
            ..stem(1).file.info
        };
        let infos: Vec<AudioInfo> = stamps.iter().map(one).collect();
        starts(infos.iter(), RATE)
    }

    fn at(seconds: u64) -> Start {
        Start::Stamp(Frames(seconds * 48_000))
    }

    #[test]
    fn stems_start_by_their_stamps_whatever_the_first_is() {
        let hour = 3600 * 48_000;
        for base in [0, hour] {
            let stamps = [0, 10, 20].map(|n| Some(base + n * 48_000));
            assert_eq!(of(&stamps), [at(0), at(10), at(20)]);
        }
        assert_eq!(of(&[Some(0), Some(0), None]), [Start::Song; 3]);
        assert_eq!(of(&[None, None]), [Start::Song; 2]);
        // A stem without a stamp does not spoil the others' stamps.
        let three = [Some(hour), Some(hour + 480_000), None];
        assert_eq!(of(&three), [at(0), at(10), Start::NoStamp]);
        // A zero stamp among stamps of an hour means no stamp.
        let zero = [Some(0), Some(hour), Some(hour + 480_000)];
        assert_eq!(of(&zero), [Start::NoStamp, at(0), at(10)]);
    }

    #[test]
    fn a_stamp_that_is_days_away_is_not_believed() {
        assert_eq!(of(&[Some(1), Some(1 << 40)]), [at(0), Start::FarStamp]);
        assert_eq!(of(&[Some(u64::MAX), Some(5), Some(5)]), [Start::FarStamp, at(0), at(0)]);
    }
}
