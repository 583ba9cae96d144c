//! Finds runs of equal samples, gaps of digital silence, and clicks, while a file is scanned block
//! by block. The finders keep their state from one block to the next.

use crate::dsp::Stereo;
use crate::intake::examine::scan::{BEFORE, highest, product};
use crate::units::Frames;

/// Most entries listed of each kind.
const MOST: usize = 20_000;

/// A run of equal samples, louder than quiet sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    pub at: Frames,
    pub frames: u64,
    /// Absolute value of the samples.
    pub level: f32,
    /// Sum of the steps into and out of the run. A clipped peak has corners, a round one has none.
    pub corner: f32,
}

/// Finds runs of three equal samples or more in one channel.
#[derive(Default)]
pub struct Runs {
    open: Option<Run>,
    value: f32,
}

/// Equal samples below this level are normal.
const QUIET: f32 = 0.01;

impl Runs {
    /// `channel` holds `BEFORE` earlier samples, then `count` new ones; the first new one is frame
    /// `from`.
    pub fn look(&mut self, channel: &[f32], count: usize, from: u64, found: &mut Vec<Run>) {
        const STEP: usize = 64;
        for start in (BEFORE..BEFORE + count).step_by(STEP) {
            let end = (start + STEP).min(BEFORE + count);
            let window = &channel[start - 2..end];
            let triples = window.iter().zip(&window[1..]).zip(&window[2..]);
            let any = triples
                .fold(false, |any, ((a, b), c)| any | ((a == b) & (b == c) & (c.abs() > QUIET)));
            if !any && self.open.is_none() {
                continue;
            }
            for n in start..end {
                let (x, frame) = (channel[n], from + (n - BEFORE) as u64);
                match &mut self.open {
                    Some(run) if x == self.value => run.frames += 1,
                    Some(run) => {
                        run.corner += (x - self.value).abs();
                        self.end(found);
                    }
                    None => {}
                }
                let [a, b] = [channel[n - 2], channel[n - 1]];
                if self.open.is_none() && x.abs() > QUIET && a == b && b == x && frame >= 2 {
                    let corner = (channel[n - 3] - x).abs();
                    self.value = x;
                    let at = Frames(frame - 2);
                    self.open = Some(Run { at, frames: 3, level: x.abs(), corner });
                }
            }
        }
    }

    /// Closes the open run, if any.
    pub fn end(&mut self, found: &mut Vec<Run>) {
        if let Some(run) = self.open.take().filter(|_| found.len() < MOST) {
            found.push(run);
        }
    }
}

/// Digital silence within sound, with hard edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    pub at: Frames,
    pub frames: u64,
    /// Peaks of the 48 samples just before and just after.
    pub around: [f32; 2],
}

/// Finds gaps of 24 frames or more (0.5 ms at 48 kHz) in both channels at once.
#[derive(Default)]
pub struct Gaps {
    open: Option<(u64, f32)>,
}

impl Gaps {
    pub fn look(&mut self, block: &Stereo, count: usize, from: u64, found: &mut Vec<Gap>) {
        const STEP: usize = 16;
        /// Samples examined on each side of a gap.
        const EDGE: usize = 48;
        let [left, right] = block;
        let sides = |range: std::ops::Range<usize>| {
            left[range.clone()].iter().zip(&right[range]).map(|(l, r)| l.abs().max(r.abs()))
        };
        let peak = |range| sides(range).fold(0.0f32, f32::max);
        let frame = |n: usize| (from + n as u64).saturating_sub(BEFORE as u64);
        let end = BEFORE + count;
        for start in (BEFORE..end).step_by(STEP) {
            let stop = (start + STEP).min(end);
            match (self.open, peak(start..stop) == 0.0) {
                (None, true) => {
                    // The gap may begin within the previous step.
                    let silent = sides(start - STEP..start).rev().take_while(|x| *x == 0.0).count();
                    let first = start - silent;
                    self.open = Some((frame(first), peak(first - EDGE..first)));
                }
                (Some((at, before)), false) => {
                    self.open = None;
                    let first = start + sides(start..stop).take_while(|x| *x == 0.0).count();
                    let frames = frame(first) - at;
                    let after = peak(first..(first + EDGE).min(end));
                    // Silence at the start of the file is no gap.
                    if before > 0.0 && frames >= 24 && found.len() < MOST {
                        found.push(Gap { at: Frames(at), frames, around: [before, after] });
                    }
                }
                _ => {}
            }
        }
    }
}

/// A spike or a step within a sample or two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    pub at: Frames,
    /// Absolute third difference.
    pub height: f32,
}

/// Finds clicks in one channel by the third difference: small in music, large at a spike or step.
#[derive(Default)]
pub struct Clicks {
    /// The last five parts, newest last.
    parts: [Part; 5],
}

#[derive(Clone, Copy, Default)]
struct Part {
    peak: f32,
    mean_square: f32,
    at: u64,
}

/// Samples in a part.
const PART: usize = 64;
/// Peak of a click over the RMS of the neighbouring parts.
const STANDS_OUT: f32 = 24.0;
/// Least third difference that is audible as a click, −40 dBFS.
const HEARD: f32 = 0.01;

impl Clicks {
    pub fn look(&mut self, channel: &[f32], count: usize, from: u64, found: &mut Vec<Click>) {
        let mut third = [0.0f32; PART];
        for start in (BEFORE..BEFORE + count).step_by(PART) {
            let end = (start + PART).min(BEFORE + count);
            let length = end - start;
            let window = &channel[start - 3..end];
            for (slot, four) in third.iter_mut().zip(window.windows(4)) {
                if let [a, b, c, d] = four {
                    *slot = d - 3.0 * c + 3.0 * b - a;
                }
            }
            let third = &third[..length];
            let peak = highest(third);
            let square = product(third, third) as f32;
            let place =
                if peak > HEARD { third.iter().position(|x| x.abs() == peak) } else { None };
            let place = place.unwrap_or(0);
            let at = (from + (start + place) as u64).saturating_sub(BEFORE as u64);
            self.parts.rotate_left(1);
            self.parts[4] = Part { peak, mean_square: square / length as f32, at };
            let [a, b, middle, d, e] = self.parts;
            // A click at a part's border also raises one neighbour, so the quieter of two
            // neighbours counts.
            let beside = |x: Part, y: Part| x.mean_square.min(y.mean_square);
            let rough = beside(a, b).max(beside(d, e)).sqrt().max(1e-5);
            if middle.peak > HEARD && middle.peak > STANDS_OUT * rough && found.len() < MOST {
                found.push(Click { at: Frames(middle.at), height: middle.peak });
            }
        }
    }
}
