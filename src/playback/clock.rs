//! [`Clock`] maps frames of the played stream to frames of the song, across loops, jumps and cuts.
//! The renderer asks it which part of the song a delayed signal belongs to.

/// Marks that the clock keeps: more than fit into the latency of two full chains of linear-phase
/// equalisers at 192 kHz with the shortest loops.
const MARKS: usize = 4096;

/// Counts the frames that entered the chains and remembers their place in the song. A loop or a cut
/// adds a mark; between marks the song runs on frame by frame.
pub struct Clock {
    /// Frames of the stream so far.
    now: i64,
    /// Ring of marks, each a frame of the stream and its frame of the song; the newest is at
    /// `newest`.
    marks: Box<[(i64, i64)]>,
    newest: usize,
    count: usize,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: 0, marks: vec![(0, 0); MARKS].into(), newest: 0, count: 1 }
    }

    /// Restarts at a frame of the song.
    pub fn start(&mut self, song: i64) {
        (self.now, self.newest, self.count) = (0, 0, 1);
        self.put((0, song));
    }

    /// The next `frames` frames of the stream start at frame `song` of the song.
    pub fn advance(&mut self, song: i64, frames: usize) {
        if self.song(0) != song {
            self.newest = (self.newest + 1) % MARKS;
            self.count = (self.count + 1).min(MARKS);
            self.put((self.now, song));
        }
        self.now += frames as i64;
    }

    fn put(&mut self, mark: (i64, i64)) {
        if let Some(place) = self.marks.get_mut(self.newest) {
            *place = mark;
        }
    }

    fn mark(&self, age: usize) -> (i64, i64) {
        self.marks.get((self.newest + MARKS - age) % MARKS).copied().unwrap_or_default()
    }

    /// The song frame that entered `behind` frames ago; with 0 the frame that enters next.
    pub fn song(&self, behind: usize) -> i64 {
        self.at(self.now - behind as i64).1
    }

    /// Stream frame of the following mark, if any, and the song frame at `stream`.
    fn at(&self, stream: i64) -> (Option<i64>, i64) {
        // The newest mark at or before `stream`, or the oldest kept. A binary search keeps the cost
        // low with many short loops.
        let (mut young, mut old) = (0, self.count - 1);
        while young < old {
            let middle = (young + old) / 2;
            if self.mark(middle).0 <= stream { old = middle } else { young = middle + 1 }
        }
        let (from, song) = self.mark(old);
        let next = old.checked_sub(1).map(|younger| self.mark(younger).0);
        (next, song + stream - from)
    }

    /// Contiguous ranges of the last `count` frames of a signal that is `behind` frames late:
    /// length of each in frames, and its first frame in the song.
    pub fn runs(&self, behind: usize, count: usize) -> impl Iterator<Item = (usize, i64)> + '_ {
        let end = self.now - behind as i64;
        let mut at = end - count as i64;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (next, song) = self.at(at);
            let until = next.map_or(end, |next| next.clamp(at + 1, end));
            let frames = (until - at) as usize;
            at = until;
            Some((frames, song))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_known_to_what_comes_late() {
        let mut clock = Clock::new();
        clock.start(900);
        clock.advance(900, 100);
        clock.advance(500, 30);
        assert_eq!((clock.song(0), clock.song(30), clock.song(31)), (530, 500, 999));
        assert_eq!(clock.runs(10, 40).collect::<Vec<_>>(), [(20, 980), (20, 500)]);
        assert_eq!(clock.runs(200, 40).collect::<Vec<_>>(), [(40, 790)]);
        for turn in 0..2 * MARKS {
            clock.advance(500, 7);
            assert_eq!(clock.song(1), 506, "{turn}");
        }
        // The latency of four linear-phase equalisers at 192 kHz, in the shortest loop.
        for _ in 0..2000 {
            clock.advance(500, 256);
        }
        assert_eq!(clock.song(135_168), 500);
        assert_eq!(clock.runs(135_168, 300).collect::<Vec<_>>(), [(44, 712), (256, 500)]);
        clock.start(77);
        assert_eq!((clock.song(0), clock.song(5)), (77, 72));
    }
}
