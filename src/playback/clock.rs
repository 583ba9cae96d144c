//! [`Clock`] maps frames of the played stream to frames of the song, across loops, jumps and cuts.
//! The renderer asks it which part of the song a delayed signal belongs to.

use crate::units::{Latency, SongFrame, StreamFrame};

/// Marks that the clock keeps: more than fit into the latency of two full chains of linear-phase
/// equalisers at 192 kHz with the shortest loops.
const MARKS: usize = 4096;

/// Counts the frames that entered the chains and remembers their place in the song. A loop or a cut
/// adds a mark; between marks the song runs on frame by frame.
pub struct Clock {
    /// Frames of the stream so far.
    now: StreamFrame,
    /// Ring of marks, each a frame of the stream and its frame of the song; the newest is at
    /// `newest`.
    marks: Box<[(StreamFrame, SongFrame)]>,
    newest: usize,
    count: usize,
}

impl Clock {
    pub fn new() -> Self {
        let marks = vec![(StreamFrame(0), SongFrame(0)); MARKS].into();
        Self { now: StreamFrame(0), marks, newest: 0, count: 1 }
    }

    /// Restarts at a frame of the song.
    pub fn start(&mut self, song: SongFrame) {
        (self.now, self.newest, self.count) = (StreamFrame(0), 0, 1);
        self.put((StreamFrame(0), song));
    }

    /// The next `frames` frames of the stream start at frame `song` of the song.
    pub fn advance(&mut self, song: SongFrame, frames: usize) {
        if self.song(Latency(0)) != song {
            self.newest = (self.newest + 1) % MARKS;
            self.count = (self.count + 1).min(MARKS);
            self.put((self.now, song));
        }
        self.now.0 += frames as i64;
    }

    fn put(&mut self, mark: (StreamFrame, SongFrame)) {
        if let Some(place) = self.marks.get_mut(self.newest) {
            *place = mark;
        }
    }

    fn mark(&self, age: usize) -> (StreamFrame, SongFrame) {
        self.marks.get((self.newest + MARKS - age) % MARKS).copied().unwrap_or_default()
    }

    /// The song frame that entered `behind` frames ago; with 0 the frame that enters next.
    pub fn song(&self, behind: Latency) -> SongFrame {
        self.at(StreamFrame(self.now.0 - behind.0 as i64)).1
    }

    /// Stream frame of the following mark, if any, and the song frame at `stream`.
    fn at(&self, stream: StreamFrame) -> (Option<StreamFrame>, SongFrame) {
        // The newest mark at or before `stream`, or the oldest kept. A binary search keeps the cost
        // low with many short loops.
        let (mut young, mut old) = (0, self.count - 1);
        while young < old {
            let middle = (young + old) / 2;
            if self.mark(middle).0 <= stream { old = middle } else { young = middle + 1 }
        }
        let (from, song) = self.mark(old);
        let next = old.checked_sub(1).map(|younger| self.mark(younger).0);
        (next, SongFrame(song.0 + stream.0 - from.0))
    }

    /// Contiguous ranges of the last `count` frames of a signal that is `behind` frames late:
    /// length of each in frames, and its first frame in the song.
    pub fn runs(
        &self,
        behind: Latency,
        count: usize,
    ) -> impl Iterator<Item = (usize, SongFrame)> + '_ {
        let end = self.now.0 - behind.0 as i64;
        let mut at = end - count as i64;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (next, song) = self.at(StreamFrame(at));
            let until = next.map_or(end, |next| next.0.clamp(at + 1, end));
            let frames = (until - at) as usize;
            at = until;
            Some((frames, song))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(clock: &Clock, behind: usize, count: usize) -> Vec<(usize, i64)> {
        clock.runs(Latency(behind), count).map(|(frames, song)| (frames, song.0)).collect()
    }

    #[test]
    fn a_loop_is_known_to_what_comes_late() {
        let mut clock = Clock::new();
        clock.start(SongFrame(900));
        clock.advance(SongFrame(900), 100);
        clock.advance(SongFrame(500), 30);
        assert_eq!(
            (clock.song(Latency(0)).0, clock.song(Latency(30)).0, clock.song(Latency(31)).0),
            (530, 500, 999)
        );
        assert_eq!(runs(&clock, 10, 40), [(20, 980), (20, 500)]);
        assert_eq!(runs(&clock, 200, 40), [(40, 790)]);
        for turn in 0..2 * MARKS {
            clock.advance(SongFrame(500), 7);
            assert_eq!(clock.song(Latency(1)).0, 506, "{turn}");
        }
        // The latency of four linear-phase equalisers at 192 kHz, in the shortest loop.
        for _ in 0..2000 {
            clock.advance(SongFrame(500), 256);
        }
        assert_eq!(clock.song(Latency(135_168)).0, 500);
        assert_eq!(runs(&clock, 135_168, 300), [(44, 712), (256, 500)]);
        clock.start(SongFrame(77));
        assert_eq!((clock.song(Latency(0)).0, clock.song(Latency(5)).0), (77, 72));
    }
}
