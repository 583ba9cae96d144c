//! Where in the song the frames of the stream are from.

/// Jumps that are remembered: more than fit into the latency of two full chains of linear-phase
/// equalisers at 192 kHz, with loops of the least length.
const MARKS: usize = 4096;

/// Counts the frames that went into the chains, and knows what they were. A loop or a cut is a
/// mark; between marks the song goes on frame by frame.
pub struct Clock {
    now: i64,
    /// Frame of the stream, and frame of the song; the newest at `newest`.
    marks: Box<[(i64, i64)]>,
    newest: usize,
    count: usize,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: 0, marks: vec![(0, 0); MARKS].into(), newest: 0, count: 1 }
    }

    /// Starts anew at a frame of the song.
    pub fn start(&mut self, song: i64) {
        (self.now, self.newest, self.count) = (0, 0, 1);
        self.put((0, song));
    }

    /// The next `frames` are from `song` on.
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

    /// The frame of the song that went in `behind` frames ago; 0 is the one that comes next.
    pub fn song(&self, behind: usize) -> i64 {
        self.at(self.now - behind as i64).1
    }

    /// The frame after which the next mark comes, if any, and the frame of the song.
    fn at(&self, stream: i64) -> (Option<i64>, i64) {
        // The youngest mark that is not after it, or the oldest there is: found by halving, so that
        // many short loops cost no more than one.
        let (mut young, mut old) = (0, self.count - 1);
        while young < old {
            let middle = (young + old) / 2;
            if self.mark(middle).0 <= stream { old = middle } else { young = middle + 1 }
        }
        let (from, song) = self.mark(old);
        let next = old.checked_sub(1).map(|younger| self.mark(younger).0);
        (next, song + stream - from)
    }

    /// Stretches of the last `count` frames, as they were `behind` frames before: frames of
    /// each, and where in the song it starts.
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
        // Four linear equalisers late at 192 kHz, in the shortest loop.
        for _ in 0..2000 {
            clock.advance(500, 256);
        }
        assert_eq!(clock.song(135_168), 500);
        assert_eq!(clock.runs(135_168, 300).collect::<Vec<_>>(), [(44, 712), (256, 500)]);
        clock.start(77);
        assert_eq!((clock.song(0), clock.song(5)), (77, 72));
    }
}
