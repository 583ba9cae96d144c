//! A hand on a fader while the song plays: what it does is written down.

use super::Listen;
use crate::app::document::Document;
use crate::dsp::curve::{Curve, FOOT, Point, thinned};
use crate::session::edit::Edit;
use crate::session::stem::StemId;
use crate::units::{Frames, Seconds};

/// What can be recorded by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Fader,
    Pan,
}

/// What a hand did since it took hold.
pub struct Hand {
    pub stem: StemId,
    target: Target,
    /// Where the fader stood before.
    before: f64,
    points: Vec<Point>,
}

/// Lines are kept to within so much: a tenth of a decibel, a hundredth of the way to a side.
fn tolerance(target: Target) -> f64 {
    match target {
        Target::Fader => 0.1,
        Target::Pan => 0.01,
    }
}

/// Longer than between two pictures: no move for so long is none.
const STILL: Seconds = Seconds(0.06);

impl Listen {
    /// A hand moved a fader from `before` to `value`. While it plays, the move is part of a
    /// recording.
    pub fn touch(
        &mut self,
        document: &Document,
        (stem, target): (StemId, Target),
        before: f64,
        value: f64,
    ) {
        if !self.playing {
            return;
        }
        let time = Frames(self.frame).seconds(document.session.sample_rate);
        let point = Point::new(time, value.max(FOOT));
        let same = |hand: &&mut Hand| (hand.stem, hand.target) == (stem, target);
        match self.hands.iter_mut().find(same) {
            Some(hand) => {
                // A loop that turned over begins a new pass; the last one counts.
                if hand.points.last().is_some_and(|last| last.time > time) {
                    hand.points.clear();
                }
                // A fader that was held still stood there until now.
                if let Some(last) = hand.points.last().copied()
                    && time.0 - last.time.0 > STILL.0
                {
                    hand.points.push(Point { time: Seconds(time.0 - STILL.0 / 2.0), ..last });
                }
                hand.points.push(point);
            }
            None => self.hands.push(Hand { stem, target, before, points: vec![point] }),
        }
    }

    /// Where a hand holds a fader.
    pub fn held(&self, stem: StemId, target: Target) -> Option<f64> {
        let hand = self.hands.iter().find(|hand| (hand.stem, hand.target) == (stem, target))?;
        hand.points.last().map(|point| point.value)
    }

    /// The hand let go: the change that puts what it did into the session.
    pub fn release(&mut self, document: &Document, stem: StemId, target: Target) -> Option<Edit> {
        let at = self.hands.iter().position(|hand| (hand.stem, hand.target) == (stem, target))?;
        let mut hand = self.hands.remove(at);
        let now = Frames(self.frame).seconds(document.session.sample_rate);
        let (first, last) = (*hand.points.first()?, *hand.points.last()?);
        if now > last.time {
            hand.points.push(Point { time: now, ..last });
        }
        let mut automation = document.session.stem(stem)?.automation.clone();
        let curve: &mut Curve = match target {
            Target::Fader => &mut automation.fader,
            Target::Pan => &mut automation.pan,
        };
        let points = thinned(&hand.points, tolerance(target));
        let to = if now > last.time { now } else { last.time };
        if curve.is_empty() {
            // Where there was no line the fader stood still.
            *curve = Curve::new(vec![Point::new(first.time, hand.before.max(FOOT))]);
        }
        *curve = curve.recorded(first.time, to, &points);
        Some(Edit::Automation { stem, automation })
    }
}
