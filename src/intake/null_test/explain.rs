//! Explains the result of a null test in sentences: timing, polarity, levels, limiting, missing
//! stems.

use super::fit::Fit;
use super::{Band, MATCH, NullTest, StemFit, time};
use crate::intake::findings::{Finding, Kind, Mend, Severity, Span};
use crate::texts::say;
use crate::units::{Db, SampleRate, Seconds, grouped};

/// Level differences in dB below this are ignored.
const LEVEL: f64 = 0.1;
/// Gain reduction in dB at loud places above which the reference counts as limited or compressed.
const GIVES_WAY: f64 = 0.3;
/// Residual above which a stem must be missing; processing alone does not leave so much.
const MISSING: Db = Db(-20.0);

/// Findings that explain the difference. Empty if the stems sum to the reference.
pub fn explain(test: &NullTest, fit: &Fit, rate: SampleRate) -> Vec<Finding> {
    let mut list = Vec::new();
    let difference = |severity, text: String| Finding::new(Kind::Difference, severity, text);
    if test.reference_late != 0 {
        let (count, time) = (test.reference_late.abs(), time(test.reference_late, rate));
        let text = match test.reference_late > 0 {
            true => say!("null-reference-later", count = count, time = time),
            false => say!("null-reference-earlier", count = count, time = time),
        };
        list.push(difference(Severity::Note, text));
    }
    for stem in &test.stems {
        place(stem, rate, &mut list);
    }
    let (gain, dynamics) = dynamics(test, fit);
    levels(test, fit, gain, dynamics.is_some(), &mut list);
    if test.fitted_db < MATCH && list.is_empty() && gain.0.abs() < LEVEL {
        return list;
    }
    let louder = |gain: Db| match gain.0 {
        g if g.abs() < LEVEL => say!("null-as-loud").to_string(),
        g if g > 0.0 => say!("null-louder", by = format!("{gain:.1}")),
        _ => say!("null-quieter", by = format!("{:.1}", -gain)),
    };
    if let Some((from, depth)) = dynamics {
        let (from, depth) = (from.to_string(), format!("{depth:.1}"));
        let text = say!("null-limited", loudness = louder(gain), from = from, depth = depth);
        list.push(difference(Severity::Note, text));
    } else if gain.0.abs() >= LEVEL {
        list.push(difference(Severity::Note, say!("null-level", loudness = louder(gain))));
    }
    if test.fitted_db > MISSING {
        list.push(missing(test));
    } else if test.fitted_db > MATCH {
        let text = say!("null-processed", level = format!("{:.1}", test.fitted_db));
        list.push(difference(Severity::Caution, text));
    }
    list
}

/// Findings for a stem with another position or polarity in the reference.
fn place(stem: &StemFit, rate: SampleRate, list: &mut Vec<Finding>) {
    let mut add = |kind, text, mend| {
        let finding = Finding::new(kind, Severity::Fault, text).mended_by(mend);
        list.push(Finding { stem: Some(stem.id), ..finding });
    };
    if let Some(late) = stem.late.filter(|late| *late != 0) {
        let (stem, count, time) = (&stem.name, grouped(late.unsigned_abs()), time(late, rate));
        let text = match late > 0 {
            true => say!("null-stem-late", stem = stem, count = count, time = time),
            false => say!("null-stem-early", stem = stem, count = count, time = time),
        };
        add(Kind::Shifted, text, Mend::Shift { frames: -late });
    }
    if stem.inverted {
        add(Kind::Polarity, say!("null-stem-inverted", stem = &stem.name), Mend::Polarity);
    }
}

/// Findings for stems that are inaudible or at another level in the reference.
fn levels(test: &NullTest, fit: &Fit, gain: Db, limited: bool, list: &mut Vec<Finding>) {
    for (n, stem) in test.stems.iter().enumerate() {
        let by = Db(stem.gain_db.0 - gain.0);
        let text = if !stem.heard && stem.gain_db > Db(-200.0) {
            say!("null-stem-not-heard", stem = &stem.name)
        } else if stem.late.is_some() && !limited && by.0.abs() > LEVEL && matters(test, fit, n, by)
        {
            let much = format!("{:.1}", Db(by.0.abs()));
            match by.0 > 0.0 {
                true => say!("null-stem-louder", stem = &stem.name, by = much),
                false => say!("null-stem-quieter", stem = &stem.name, by = much),
            }
        } else {
            continue;
        };
        let finding = Finding::new(Kind::Difference, Severity::Caution, text);
        list.push(Finding { stem: Some(stem.id), ..finding });
    }
}

/// Whether a stem's level difference accounts for more than the residual.
fn matters(test: &NullTest, fit: &Fit, stem: usize, by: Db) -> bool {
    let change = 1.0 - (-by).factor();
    Db::from_power(fit.share(stem) * change * change).0 > test.fitted_db.0 + 6.0
}

/// Gain of the reference over the sum at quiet places. For a limited reference also the start of
/// the gain reduction and its greatest amount.
fn dynamics(test: &NullTest, fit: &Fit) -> (Db, Option<(Seconds, Db)>) {
    let course = fit.course();
    let loudest = course.iter().map(|(power, _)| *power).fold(0.0, f64::max);
    let mut heard: Vec<(f64, f64, usize)> = course
        .iter()
        .enumerate()
        .filter(|(_, (power, gain))| *power > loudest * 1e-4 && gain.0.is_finite())
        .map(|(n, (power, gain))| (*power, gain.0, n))
        .collect();
    heard.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gains: Vec<f64> =
        test.stems.iter().filter(|s| s.late.is_some()).map(|s| s.gain_db.0).collect();
    let fitted = middle(gains).unwrap_or(test.gain_db.0);
    if heard.len() < 40 || test.fitted_db < Db(-70.0) || test.fitted_db > Db(-6.0) {
        return (Db(fitted), None);
    }
    let (quiet, loud) = heard.split_at(heard.len() / 2);
    let loud = loud.get(loud.len() / 2..).unwrap_or(&[]);
    let of = |part: &[(f64, f64, usize)]| {
        middle(part.iter().map(|(_, gain, _)| *gain).collect()).unwrap_or(0.0)
    };
    let (open, pressed) = (of(quiet), of(loud));
    if open - pressed < GIVES_WAY {
        return (Db(fitted), None);
    }
    let gives = |(_, gain, n): &(f64, f64, usize)| (*gain < open - GIVES_WAY).then_some(*n);
    let first = heard.iter().filter_map(gives).min().unwrap_or(0);
    let deepest = loud.iter().map(|(_, gain, _)| open - gain).fold(0.0, f64::max);
    let from = Seconds(first as f64 / 10.0);
    (Db(fitted + open), Some((from, Db(deepest))))
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Finding for a missing stem, with the bands and the time where it sounds.
fn missing(test: &NullTest) -> Finding {
    let strong: Vec<&Band> = test.bands.iter().filter(|band| band.share > 0.15).collect();
    let mean: f64 = test.over_time.iter().map(|db| 10f64.powf(db.0 / 10.0)).sum::<f64>()
        / test.over_time.len().max(1) as f64;
    let loud = |(n, db): (usize, &Db)| (10f64.powf(db.0 / 10.0) > mean).then_some(n);
    let first = test.over_time.iter().enumerate().filter_map(loud).next().unwrap_or(0);
    let from = Seconds(first as f64);
    let (level, first) = (format!("{:.1}", test.fitted_db), from.to_string());
    let text = match (strong.first(), strong.last()) {
        (Some(low), Some(high)) => say!(
            "null-missing-between",
            level = level,
            low = format!("{:.0}", low.from.0),
            high = format!("{:.0}", high.to.0),
            first = first
        ),
        _ => say!("null-missing", level = level, first = first),
    };
    Finding::new(Kind::Difference, Severity::Fault, text)
        .at([Span { from, to: Seconds(from.0 + 1.0) }])
}
