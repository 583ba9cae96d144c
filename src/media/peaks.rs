//! Waveform outlines ([`Peaks`]): minimum, maximum and mean square of the samples, for ever longer
//! runs of frames. Jobs build them once per stem; the window draws the level that fits its width.

use crate::dsp::silence;
use crate::media::error::MediaError;
use crate::media::pcm::PcmFile;

/// Frames per point of the finest level.
pub const BASE: usize = 256;
/// Points of a level that make one point of the next coarser level.
const STEP: usize = 4;

/// Outline of a run of frames, over both channels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    pub least: f32,
    pub most: f32,
    pub mean_square: f32,
}

impl Point {
    /// Outline of the samples of one channel; all zero if there are none.
    pub fn of(samples: &[f32]) -> Self {
        /// Independent partial results let the compiler use vector instructions.
        const LANES: usize = 16;
        let Some(first) = samples.first() else { return Point::default() };
        let (mut least, mut most, mut sum) = ([*first; LANES], [*first; LANES], [0.0f32; LANES]);
        let mut chunks = samples.chunks_exact(LANES);
        for chunk in &mut chunks {
            for (n, x) in chunk.iter().enumerate() {
                least[n] = least[n].min(*x);
                most[n] = most[n].max(*x);
                sum[n] += x * x;
            }
        }
        let fold = |lanes: [f32; LANES], pick: fn(f32, f32) -> f32| {
            lanes.into_iter().reduce(pick).unwrap_or(*first)
        };
        let rest = chunks.remainder();
        let square: f32 = sum.iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>();
        Point {
            least: rest.iter().fold(fold(least, f32::min), |a, b| a.min(*b)),
            most: rest.iter().fold(fold(most, f32::max), |a, b| a.max(*b)),
            mean_square: square / samples.len() as f32,
        }
    }

    /// Outline of the same frames of both channels.
    pub fn both(left: &[f32], right: &[f32]) -> Self {
        let (a, b) = (Self::of(left), Self::of(right));
        Point {
            least: a.least.min(b.least),
            most: a.most.max(b.most),
            mean_square: (a.mean_square + b.mean_square) / 2.0,
        }
    }

    /// Outline of several points of equal length.
    fn of_points(points: &[Point]) -> Self {
        let Some(first) = points.first() else { return Point::default() };
        let sum = points.iter().skip(1).fold(*first, |a, b| Point {
            least: a.least.min(b.least),
            most: a.most.max(b.most),
            mean_square: a.mean_square + b.mean_square,
        });
        Point { mean_square: sum.mean_square / points.len() as f32, ..sum }
    }
}

/// Pyramid of outlines: level 0 has a point per [`BASE`] frames, each further level a quarter as
/// many.
#[derive(Clone, Debug, Default)]
pub struct Peaks {
    levels: Vec<Vec<Point>>,
}

impl Peaks {
    /// Reads a whole file. After every 16 blocks of 131,072 frames it calls `grown` with the
    /// outline so far and the fraction read, 0 to 1. If `grown` returns false, it stops and returns
    /// the outline so far.
    pub fn build(
        file: &PcmFile,
        grown: &mut dyn FnMut(&Peaks, f32) -> bool,
    ) -> Result<Peaks, MediaError> {
        const BLOCK: usize = BASE * 512;
        let total = file.info().frames.0;
        let stereo = file.info().channels == 2;
        let (mut block, mut scratch) = (silence(BLOCK), Vec::new());
        let mut peaks = Peaks::default();
        for (turn, from) in (0..total).step_by(BLOCK).enumerate() {
            let length = (total - from).min(BLOCK as u64) as usize;
            let [left, right] = &mut block;
            let (left, right) = (&mut left[..length], &mut right[..length]);
            file.read(from as i64, left, right, &mut scratch)?;
            peaks.grow(left, if stereo { Some(right) } else { None });
            if turn % 16 == 15 && !grown(&peaks, from as f32 / total as f32) {
                break;
            }
        }
        Ok(peaks)
    }

    /// Appends a block; `right` is `None` for mono. Every block but the last must be a multiple of
    /// [`BASE`] frames long.
    pub fn grow(&mut self, left: &[f32], right: Option<&[f32]>) {
        match right {
            Some(right) => {
                for (left, right) in left.chunks(BASE).zip(right.chunks(BASE)) {
                    self.push(Point::both(left, right));
                }
            }
            None => left.chunks(BASE).for_each(|left| self.push(Point::of(left))),
        }
    }

    /// The points of the finest level.
    pub fn points(&self) -> &[Point] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// Whether the outline covers this many frames.
    pub fn reaches(&self, frames: f64) -> bool {
        self.points().len() as f64 * BASE as f64 >= frames
    }

    /// Builds the pyramid from the points of the finest level.
    pub fn over(points: impl Iterator<Item = Point>) -> Self {
        let mut peaks = Self::default();
        points.for_each(|point| peaks.push(point));
        peaks
    }

    fn push(&mut self, point: Point) {
        let mut point = point;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(points) = self.levels.get_mut(level) else { return };
            points.push(point);
            if points.len() % STEP != 0 {
                return;
            }
            point = Point::of_points(&points[points.len() - STEP..]);
        }
    }

    /// The highest absolute sample; `None` before anything was read.
    pub fn highest(&self) -> Option<f32> {
        let points = self.levels.first()?.iter();
        points.map(|point| point.most.max(-point.least)).reduce(f32::max)
    }

    /// Outline of frames `from` to `to`, from the coarsest level whose points are no longer than
    /// that span. `None` if the span has not been read yet.
    pub fn span(&self, from: f64, to: f64) -> Option<Point> {
        let mut size = BASE as f64;
        let mut level = 0;
        while size * STEP as f64 <= to - from && level + 1 < self.levels.len() {
            size *= STEP as f64;
            level += 1;
        }
        // A coarse level has no point for an unfinished run; a finer level may have one.
        for level in (0..=level).rev() {
            let points = self.levels.get(level)?;
            let first = (from.max(0.0) / size) as usize;
            let last = ((to / size).ceil() as usize).max(first + 1).min(points.len());
            if let Some(found) = points.get(first..last).filter(|found| !found.is_empty()) {
                return Some(Point::of_points(found));
            }
            size /= STEP as f64;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_the_outline_of_its_samples() {
        for length in [1, 15, 16, 17, 255, 256] {
            let samples: Vec<f32> =
                (0..length).map(|n| (n as f32 * 0.7).sin() * (n % 13) as f32 / 13.0).collect();
            let point = Point::of(&samples);
            let most = samples.iter().copied().fold(f32::MIN, f32::max);
            let least = samples.iter().copied().fold(f32::MAX, f32::min);
            let square = samples.iter().map(|x| x * x).sum::<f32>() / length as f32;
            assert_eq!((point.least, point.most), (least, most));
            assert!((point.mean_square - square).abs() < 1e-6);
        }
    }

    #[test]
    fn every_level_tells_the_same_story() {
        let mut peaks = Peaks::default();
        for n in 0..1000 {
            let x = if n == 700 { 0.9 } else { 0.1 };
            peaks.push(Point { least: -x, most: x, mean_square: x * x });
        }
        for width in [1.0, 10.0, 100.0, 299.0] {
            let at = 700.0 * BASE as f64;
            let point = peaks.span(at, at + width * BASE as f64).unwrap();
            assert_eq!(point.most, 0.9, "{width}");
        }
        assert_eq!(peaks.span(0.0, 256.0).unwrap().most, 0.1);
        assert!(peaks.span(999.0 * 256.0, 1000.0 * 256.0).is_some());
        assert!(peaks.span(1001.0 * 256.0, 1002.0 * 256.0).is_none());
    }
}
