//! Detects gain that follows another stem: a bus compressor that was left on, or a side chain.

use super::Looked;
use super::scan::{HOPS, Scan};
use crate::intake::findings::{Finding, Kind, Severity};
use crate::texts::say;
use crate::units::Db;

/// Least gain reduction after another stem's hits.
const GIVES_WAY: Db = Db(1.5);
/// Least number of hits.
const BLOWS: usize = 12;
/// Hops relative to a hit over which the level before and after is averaged.
const BEFORE: std::ops::Range<i64> = -6..-1;
const AFTER: std::ops::Range<i64> = 2..8;

/// Findings for stems that duck under another, and for several that duck together.
pub fn judge(looked: &[Looked<'_>]) -> Vec<Finding> {
    let courses: Vec<LevelCurve> = looked.iter().map(LevelCurve::of).collect();
    let mut list = Vec::new();
    let mut common: Vec<(usize, usize)> = Vec::new();
    for (n, victim) in courses.iter().enumerate() {
        let drivers = courses.iter().enumerate().filter(|(other, _)| *other != n);
        let dips = drivers.filter_map(|(other, driver)| Some((other, dip(victim, driver)?)));
        let Some((driver, by)) = dips.max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        common.push((n, driver));
        let (Some(own), Some(other)) = (looked.get(n), looked.get(driver)) else { continue };
        let (by, other) = (format!("{by:.1}"), &other.stem.name);
        let text = say!("finding-gives-way", by = by, other = other);
        let finding = Finding::new(Kind::Pumping, Severity::Caution, text);
        list.push(Finding { stem: Some(own.stem.id), ..finding });
    }
    let by_one = |driver: usize| common.iter().filter(|(_, other)| *other == driver).count();
    let most = (0..looked.len()).max_by_key(|driver| by_one(*driver));
    if let Some(driver) = most.filter(|driver| by_one(*driver) >= 3)
        && let Some(other) = looked.get(driver)
    {
        let (count, other) = (by_one(driver), &other.stem.name);
        let text = say!("finding-give-way-together", count = count, other = other);
        list.push(Finding::new(Kind::CommonGain, Severity::Caution, text));
    }
    list
}

/// Levels in decibels in song time, one per hop.
struct LevelCurve {
    levels: Vec<f32>,
    /// Hops where a sound begins that is far louder than the sound before.
    blows: Vec<i64>,
}

impl LevelCurve {
    fn of(looked: &Looked<'_>) -> Self {
        let scan: &Scan = &looked.scan;
        // Offsets count in frames of the session, hops in time.
        let start = looked.stem.offset() as f64 / looked.rate.hz().0 * f64::from(HOPS);
        let quiet = vec![-120.0f32; start.max(0.0) as usize];
        let own = scan.hops.iter().skip((-start).max(0.0) as usize);
        let level = |power: f32| 10.0 * power.max(1e-12).log10();
        let levels: Vec<f32> = quiet.into_iter().chain(own.map(|hop| level(hop.power))).collect();
        let loudest = levels.iter().copied().fold(-120.0, f32::max);
        let mut blows: Vec<i64> = Vec::new();
        for (n, eight) in levels.windows(8).enumerate() {
            let before = eight.get(..5).unwrap_or(&[]).iter().copied().fold(-120.0, f32::max);
            let at = n as i64 + 6;
            let now = eight.get(6).copied().unwrap_or(-120.0);
            let rises = now > loudest - 20.0 && now > before + 8.0;
            if rises && blows.last().is_none_or(|last| at - last > 12) {
                blows.push(at);
            }
        }
        Self { levels, blows }
    }

    fn mean(&self, at: i64, range: std::ops::Range<i64>) -> Option<f32> {
        let count = (range.end - range.start) as f32;
        let values = range.map(|by| self.levels.get(usize::try_from(at + by).ok()?).copied());
        Some(values.sum::<Option<f32>>()? / count)
    }
}

/// Gain reduction of `victim` in dB after the hits of `driver`, compared with its usual course.
/// `None` if it does not give way.
fn dip(victim: &LevelCurve, driver: &LevelCurve) -> Option<f64> {
    let change = |at: i64| {
        let (before, after) = (victim.mean(at, BEFORE)?, victim.mean(at, AFTER)?);
        // Only where it sounds, and neither begins nor ends a note.
        (before > -60.0 && after > before - 15.0).then_some(f64::from(after - before))
    };
    let mut at_blows: Vec<f64> = driver.blows.iter().filter_map(|at| change(*at)).collect();
    if at_blows.len() < BLOWS || at_blows.len() * 2 < driver.blows.len() {
        return None;
    }
    // Its usual course: the same measure at least 12 hops away from every hit.
    let far = |at: &i64| driver.blows.iter().all(|blow| (at - blow).abs() > 12);
    let mut elsewhere: Vec<f64> =
        (0..victim.levels.len() as i64).step_by(7).filter(far).filter_map(change).collect();
    let usual = middle(&mut elsewhere).unwrap_or(0.0);
    let under = at_blows.iter().filter(|change| **change < usual - 0.5).count();
    let by = usual - middle(&mut at_blows)?;
    (by > GIVES_WAY.0 && under * 10 > at_blows.len() * 8).then_some(by)
}

fn middle(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
