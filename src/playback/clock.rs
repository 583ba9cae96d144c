//! Where in the song the frames of the stream are from.

/// Jumps that are remembered: more than fit into the longest latency, with loops of the least
/// length.
const MARKS: usize = 64;

/// Counts the frames that went into the chains, and knows what they were. A loop or a cut is a
/// mark; between marks the song goes on frame by frame.
pub struct Clock {
    now: i64,
    /// Frame of the stream, and frame of the song; the newest at `newest`.
    marks: [(i64, i64); MARKS],
    newest: usize,
    count: usize,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: 0, marks: [(0, 0); MARKS], newest: 0, count: 1 }
    }

    /// Starts anew at a frame of the song.
    pub fn start(&mut self, song: i64) {
        *self = Self::new();
        self.marks[0].1 = song;
    }

    /// The next `frames` are from `song` on.
    pub fn advance(&mut self, song: i64, frames: usize) {
        if self.song(0) != song {
            self.newest = (self.newest + 1) % MARKS;
            self.count = (self.count + 1).min(MARKS);
            self.marks[self.newest] = (self.now, song);
        }
        self.now += frames as i64;
    }

    fn mark(&self, age: usize) -> (i64, i64) {
        self.marks[(self.newest + MARKS - age) % MARKS]
    }

    /// The frame of the song that went in `behind` frames ago; 0 is the one that comes next.
    pub fn song(&self, behind: usize) -> i64 {
        self.at(self.now - behind as i64).1
    }

    /// The frame after which the next mark comes, if any, and the frame of the song.
    fn at(&self, stream: i64) -> (Option<i64>, i64) {
        let mut next = None;
        for age in 0..self.count {
            let (from, song) = self.mark(age);
            if from <= stream || age + 1 == self.count {
                return (next, song + stream - from);
            }
            next = Some(from);
        }
        (None, stream)
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
        for turn in 0..200 {
            clock.advance(500, 7);
            assert_eq!(clock.song(1), 506, "{turn}");
        }
    }
}
