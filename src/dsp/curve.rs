//! Automation curves: points in song time, joined by straight or bent lines.
//!
//! [`Curve`] is the edited data of the session; [`Motion`] is the curve prepared for one sample
//! rate, read by strips and chains while they process.

use crate::dsp::smooth::GLIDE;
use crate::units::{SampleRate, Seconds, SongFrame};
use serde::{Deserialize, Serialize};

/// One point of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Song time, before time edits.
    pub time: Seconds,
    /// In the unit of the automated parameter.
    pub value: f64,
    /// Bend of the line to the next point: 0 is straight; towards 1 the value changes late, towards
    /// −1 early.
    #[serde(default)]
    pub bend: f64,
}

impl Point {
    pub fn new(time: Seconds, value: f64) -> Self {
        Self { time, value, bend: 0.0 }
    }
}

/// Points in the order of time. Before the first and after the last point the value stays constant.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Point>", into = "Vec<Point>")]
pub struct Curve {
    points: Vec<Point>,
}

/// The level in decibels that means silence on a curve. Unlike −∞, a line can lead to it and JSON
/// can store it.
pub const FOOT: f64 = -100.0;

impl From<Vec<Point>> for Curve {
    fn from(points: Vec<Point>) -> Self {
        Self::new(points)
    }
}

impl From<Curve> for Vec<Point> {
    fn from(curve: Curve) -> Self {
        curve.points
    }
}

/// Exponent of the most strongly bent line.
const STEEPEST: f64 = 7.0;

/// Progress of a bent line after a share `x` of its time; both from 0 to 1.
fn bent(x: f64, bend: f64) -> f64 {
    let k = bend.clamp(-1.0, 1.0) * STEEPEST;
    if k.abs() < 1e-3 { x } else { (k * x).exp_m1() / k.exp_m1() }
}

impl Curve {
    /// Sorts the points by time. Points with a NaN value, or with a time or bend that is not
    /// finite, are dropped; values below [`FOOT`], such as −∞, become [`FOOT`].
    pub fn new(mut points: Vec<Point>) -> Self {
        points.retain(|p| p.time.0.is_finite() && !p.value.is_nan() && p.bend.is_finite());
        points.iter_mut().for_each(|point| point.value = point.value.max(FOOT));
        points.sort_by(|a, b| a.time.0.total_cmp(&b.time.0));
        Self { points }
    }

    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The lowest and the highest value, or `None` without points.
    pub fn range(&self) -> Option<[f64; 2]> {
        let first = self.points.first()?.value;
        let widened = |[low, high]: [f64; 2], p: &Point| [low.min(p.value), high.max(p.value)];
        Some(self.points.iter().fold([first; 2], widened))
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The value at a song time, or `None` without points.
    pub fn at(&self, time: Seconds) -> Option<f64> {
        let next = self.points.partition_point(|point| point.time.0 <= time.0);
        let (before, after) = (next.checked_sub(1), self.points.get(next));
        match (before.and_then(|n| self.points.get(n)), after) {
            (Some(a), Some(b)) => {
                let x = (time.0 - a.time.0) / (b.time.0 - a.time.0);
                Some(between(a.value, b.value, bent(x, a.bend)))
            }
            (one, other) => one.or(other).map(|point| point.value),
        }
    }

    /// A copy with all values shifted by `by` and clamped to `(low, high)`.
    pub fn shifted(&self, by: f64, (low, high): (f64, f64)) -> Self {
        let moved = |point: &Point| Point { value: (point.value + by).clamp(low, high), ..*point };
        Self::new(self.points.iter().map(moved).collect())
    }

    /// A copy where the recorded points `new` replace everything from `from` to `to`. After `to`
    /// the curve returns to the old line.
    pub fn recorded(&self, from: Seconds, to: Seconds, new: &[Point]) -> Self {
        let (before, after) = (self.at(from), self.at(to));
        let outside = |point: &&Point| point.time.0 < from.0 || point.time.0 > to.0;
        let mut points: Vec<Point> = self.points.iter().filter(outside).copied().collect();
        let edge = |time: f64, value| Point::new(Seconds(time.max(0.0)), value);
        points.extend(before.map(|value| edge(from.0 - GLIDE.0, value)));
        points.extend_from_slice(new);
        points.extend(after.map(|value| edge(to.0 + GLIDE.0, value)));
        Self::new(points)
    }
}

fn between(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

/// Thins the points of a line: drops those whose distance from the simplified line is at most
/// `tolerance` (D. Douglas, T. Peucker, 1973).
pub fn thinned(points: &[Point], tolerance: f64) -> Vec<Point> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    if points.len() < 3 {
        return points.to_vec();
    }
    let off = |point: &Point| {
        let x = (point.time.0 - first.time.0) / (last.time.0 - first.time.0).max(1e-9);
        (point.value - between(first.value, last.value, x)).abs()
    };
    let inner = points.get(1..points.len() - 1).unwrap_or(&[]);
    let worst = inner.iter().map(off).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    match worst {
        Some((n, distance)) if distance > tolerance => {
            let (left, right) = points.split_at(n + 1);
            let mut all = thinned(points.get(..=n + 1).unwrap_or(left), tolerance);
            all.pop();
            all.extend(thinned(right, tolerance));
            all
        }
        _ => vec![*first, *last],
    }
}

/// A curve prepared for one sample rate. A step is stretched to [`GLIDE`], so that it does not
/// click. The stretch depends on the curve alone, so the value at a frame is the same wherever
/// playback starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    /// Frame, value, and bend of the line to the next point.
    points: Vec<(f64, f64, f64)>,
}

impl Motion {
    /// `None` without points.
    pub fn new(curve: &Curve, rate: SampleRate) -> Option<Self> {
        let least = GLIDE.0 * rate.hz().0;
        let mut points: Vec<(f64, f64, f64)> = Vec::new();
        for point in &curve.points {
            let mut frame = point.time.0 * rate.hz().0;
            if let Some((last, value, _)) = points.last() {
                let soonest = if *value == point.value { *last } else { last + least };
                frame = frame.max(soonest);
            }
            points.push((frame, point.value, point.bend));
        }
        (!points.is_empty()).then_some(Self { points })
    }

    /// The value at a song frame.
    pub fn at(&self, frame: SongFrame) -> f64 {
        let mut out = [0.0];
        self.fill(frame, &mut out);
        out[0]
    }

    /// Writes the values of consecutive song frames, starting at `from`. Returns true when all
    /// values are equal.
    pub fn fill(&self, from: SongFrame, out: &mut [f64]) -> bool {
        let from = from.0;
        let end = from + out.len() as i64;
        let mut next = self.points.partition_point(|(frame, ..)| *frame <= from as f64);
        let mut at = from;
        let mut constant = true;
        while at < end {
            let before = next.checked_sub(1).and_then(|n| self.points.get(n));
            let after = self.points.get(next);
            let until = after.map_or(end, |(frame, ..)| (frame.ceil() as i64).clamp(at + 1, end));
            let start = (at - from) as usize;
            let Some(part) = out.get_mut(start..(until - from) as usize) else { break };
            match (before, after) {
                (Some((a, from_value, bend)), Some((b, to_value, _))) if from_value != to_value => {
                    constant = false;
                    for (n, value) in part.iter_mut().enumerate() {
                        let x = ((at + n as i64) as f64 - a) / (b - a);
                        *value = between(*from_value, *to_value, bent(x.min(1.0), *bend));
                    }
                }
                (one, other) => part.fill(one.or(other).map_or(0.0, |point| point.1)),
            }
            at = until;
            while self.points.get(next).is_some_and(|(frame, ..)| *frame <= at as f64) {
                next += 1;
            }
        }
        constant && out.first() == out.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve(points: &[(f64, f64, f64)]) -> Curve {
        let point = |(time, value, bend): &(f64, f64, f64)| Point {
            time: Seconds(*time),
            value: *value,
            bend: *bend,
        };
        Curve::new(points.iter().map(point).collect())
    }

    #[test]
    fn lines_are_straight_or_bent_and_silence_can_be_reached() {
        let line = curve(&[(2.0, -10.0, 0.0), (1.0, 0.0, 0.0), (4.0, -10.0, 0.8)]);
        assert_eq!(line.at(Seconds(0.0)), Some(0.0));
        assert_eq!(line.at(Seconds(1.25)), Some(-2.5));
        assert_eq!(line.at(Seconds(9.0)), Some(-10.0));
        let late = curve(&[(0.0, 0.0, 0.5), (1.0, 1.0, 0.0)]);
        let early = curve(&[(0.0, 0.0, -0.5), (1.0, 1.0, 0.0)]);
        assert!(late.at(Seconds(0.5)).unwrap() < 0.2 && early.at(Seconds(0.5)).unwrap() > 0.8);
        let out = curve(&[(0.0, -20.0, 0.0), (1.0, f64::NEG_INFINITY, 0.0)]);
        assert_eq!(out.at(Seconds(0.5)), Some(-60.0));
        assert_eq!(out.at(Seconds(1.0)), Some(FOOT));
        assert_eq!(Curve::default().at(Seconds(1.0)), None);
    }

    #[test]
    fn a_recording_takes_the_place_of_what_was_there() {
        let old = curve(&[(0.0, -6.0, 0.0), (10.0, -6.0, 0.0)]);
        let new = [Point::new(Seconds(3.0), 0.0), Point::new(Seconds(5.0), 2.0)];
        let all = old.recorded(Seconds(3.0), Seconds(5.0), &new);
        for (time, value) in [(2.9, -6.0), (3.0, 0.0), (4.0, 1.0), (5.0, 2.0), (5.1, -6.0)] {
            let found = all.at(Seconds(time)).unwrap();
            assert!((found - value).abs() < 1e-9, "{time} {found}");
        }
    }

    #[test]
    fn a_line_of_many_points_becomes_one_of_few() {
        let many: Vec<Point> = (0..1000)
            .map(|n| {
                let x = f64::from(n) / 1000.0;
                Point::new(Seconds(x), if x < 0.5 { x * 20.0 } else { 10.0 })
            })
            .collect();
        let few = thinned(&many, 0.05);
        assert!(few.len() <= 5, "{}", few.len());
        let (a, b) = (Curve::new(many.clone()), Curve::new(few));
        for point in many {
            let off = a.at(point.time).unwrap() - b.at(point.time).unwrap();
            assert!(off.abs() <= 0.0501);
        }
    }

    proptest! {
        #[test]
        fn a_motion_is_the_curve_where_it_has_no_steps_at_any_block_size(
            list in prop::collection::vec((0.02..0.5f64, -60.0..12.0f64, -1.0..1.0f64), 1..8),
            block in 1usize..700,
        ) {
            let mut time = 0.0;
            let points: Vec<(f64, f64, f64)> = list
                .into_iter()
                .map(|(step, value, bend)| {
                    time += step;
                    (time, value, bend)
                })
                .collect();
            let rate = SampleRate(8000);
            let curve = curve(&points);
            let motion = Motion::new(&curve, rate).unwrap();
            let mut values = vec![0.0; 9000];
            for (n, part) in values.chunks_mut(block).enumerate() {
                motion.fill(SongFrame((n * block) as i64 - 100), part);
            }
            for (n, value) in values.iter().enumerate() {
                let frame = n as i64 - 100;
                prop_assert_eq!(*value, motion.at(SongFrame(frame)));
                let exact = curve.at(Seconds(frame as f64 / 8000.0)).unwrap();
                prop_assert!((value - exact).abs() < 1e-6, "{} {} {}", frame, value, exact);
            }
        }

        #[test]
        fn no_step_is_quicker_than_a_glide(
            list in prop::collection::vec((0.0..0.02f64, -1.0..1.0f64), 2..12),
        ) {
            let points: Vec<(f64, f64, f64)> =
                list.into_iter().map(|(time, value)| (time, value, 0.0)).collect();
            let motion = Motion::new(&curve(&points), SampleRate(48_000)).unwrap();
            let mut values = vec![0.0; 8000];
            motion.fill(SongFrame(0), &mut values);
            let steepest =
                values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
            prop_assert!(steepest <= 2.0 / 480.0 + 1e-9, "{}", steepest);
        }
    }
}
