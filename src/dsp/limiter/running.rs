//! Running minimum, opening and mean of a gain, all in constant time per value.

use std::collections::VecDeque;

/// Minimum of the last `length` values.
pub(crate) struct SlidingMin {
    length: u64,
    now: u64,
    queue: VecDeque<(u64, f64)>,
}

impl SlidingMin {
    pub(crate) fn new(length: usize) -> Self {
        Self { length: length as u64, now: 0, queue: VecDeque::with_capacity(length + 1) }
    }

    pub(super) fn reset(&mut self) {
        self.now = 0;
        self.queue.clear();
    }

    #[inline]
    pub(crate) fn tick(&mut self, value: f64) -> f64 {
        while self.queue.back().is_some_and(|(_, last)| *last >= value) {
            self.queue.pop_back();
        }
        self.queue.push_back((self.now, value));
        if self.queue.front().is_some_and(|(at, _)| *at + self.length <= self.now) {
            self.queue.pop_front();
        }
        self.now += 1;
        self.queue.front().map_or(value, |(_, least)| *least)
    }
}

/// Morphological opening: removes rises that are shorter than `length` values. The output is
/// `length − 1` values late.
pub(crate) struct Opening {
    least: SlidingMin,
    /// Sliding maximum, computed as the minimum of the negated values.
    most: SlidingMin,
}

impl Opening {
    pub(crate) fn new(length: usize) -> Self {
        Self { least: SlidingMin::new(length.max(1)), most: SlidingMin::new(length.max(1)) }
    }

    pub(super) fn reset(&mut self) {
        self.least.reset();
        self.most.reset();
    }

    #[inline]
    pub(crate) fn tick(&mut self, value: f64) -> f64 {
        -self.most.tick(-self.least.tick(value))
    }
}

/// Mean of the last `values.len()` values, all 1 at the start. It sums integers in units of 2⁻⁴⁰
/// (−240 dB), so earlier values leave no rounding errors in the sum.
pub(super) struct MovingAverage {
    values: Vec<i64>,
    at: usize,
    sum: i64,
}

const ONE: f64 = (1u64 << 40) as f64;

impl MovingAverage {
    pub(super) fn new(length: usize) -> Self {
        let length = length.max(1);
        Self { values: vec![ONE as i64; length], at: 0, sum: length as i64 * ONE as i64 }
    }

    #[inline]
    pub(super) fn tick(&mut self, value: f64) -> f64 {
        if let Some(old) = self.values.get_mut(self.at) {
            let value = (value * ONE) as i64;
            self.sum += value - *old;
            *old = value;
        }
        self.at = if self.at + 1 == self.values.len() { 0 } else { self.at + 1 };
        self.sum as f64 / (self.values.len() as f64 * ONE)
    }

    pub(super) fn reset(&mut self) {
        self.values.fill(ONE as i64);
        self.at = 0;
        self.sum = self.values.len() as i64 * ONE as i64;
    }
}
