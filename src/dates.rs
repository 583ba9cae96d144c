//! Dates and times of day: local time for people, UTC for comparisons between machines.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use std::time::Duration;

/// Formats date and time of day as `yyyy-mm-dd` and `hh:mm:ss`.
fn written(at: DateTime) -> (String, String) {
    (at.date().to_string(), at.strftime("%H:%M:%S").to_string())
}

fn at(moment: Timestamp, zone: TimeZone) -> DateTime {
    moment.to_zoned(zone).datetime()
}

/// Local date and time of day now: `yyyy-mm-dd` and `hh:mm:ss`. UTC if the system has no time zone.
pub fn now() -> (String, String) {
    written(at(Timestamp::now(), TimeZone::system()))
}

/// A day with a time of day, at the place where the computer is.
#[derive(Debug, PartialEq, Eq)]
pub struct Moment {
    pub day: i8,
    /// From 1 for January.
    pub month: i8,
    /// `hh:mm`; `None` where only the day is known.
    pub time: Option<String>,
}

/// Reads what [`now_utc`] or [`today`] wrote: `yyyy-mm-dd hh:mm:ss` in UTC, or a day alone, which
/// belongs to no zone. `None` for anything else.
pub fn moment(written: &str) -> Option<Moment> {
    moment_at(written, TimeZone::system())
}

fn moment_at(written: &str, zone: TimeZone) -> Option<Moment> {
    if let Ok(day) = written.parse::<Date>()
        && !written.contains(':')
    {
        return Some(Moment { day: day.day(), month: day.month(), time: None });
    }
    let utc: DateTime = written.parse().ok()?;
    let here = at(utc.to_zoned(TimeZone::UTC).ok()?.timestamp(), zone);
    let time = Some(here.strftime("%H:%M").to_string());
    Some(Moment { day: here.day(), month: here.month(), time })
}

/// Local date today, `yyyy-mm-dd`.
pub fn today() -> String {
    now().0
}

/// Date and time of day now in UTC: `yyyy-mm-dd` and `hh:mm:ss`. For dates that machines in
/// different places compare or sort.
pub fn now_utc() -> (String, String) {
    written(at(Timestamp::now(), TimeZone::UTC))
}

/// Date in UTC `days` days ago, `yyyy-mm-dd`.
pub fn days_ago_utc(days: u64) -> String {
    let past = Duration::from_secs(days.saturating_mul(24 * 3600));
    let moment = Timestamp::now().checked_sub(past).unwrap_or(Timestamp::MIN);
    at(moment, TimeZone::UTC).date().to_string()
}

/// Days from one date `yyyy-mm-dd` to another, negative if `to` is earlier; `None` if one of them
/// is no date.
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
    Some(from.until((Unit::Day, to)).ok()?.get_days().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_the_place() {
        let moment: Timestamp = "2026-02-27T23:30:05Z".parse().unwrap();
        for (zone, date, time) in [
            (TimeZone::UTC, "2026-02-27", "23:30:05"),
            (TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(), "2026-02-28", "00:30:05"),
            (TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").unwrap(), "2026-02-27", "15:30:05"),
        ] {
            assert_eq!(written(at(moment, zone)), (date.into(), time.into()));
        }
    }

    #[test]
    fn a_moment_is_read_at_the_place() {
        let winter = || TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let read = |written: &str| moment_at(written, winter());
        let moment = |day, month, time: Option<&str>| {
            Some(Moment { day, month, time: time.map(Into::into) })
        };
        assert_eq!(read("2026-02-27 23:30:05"), moment(28, 2, Some("00:30")));
        assert_eq!(read("2026-03-03"), moment(3, 3, None));
        assert_eq!(read("some day"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (from, to, days) in [
            ("2024-02-28", "2024-03-01", Some(2)),
            ("2025-02-28", "2025-03-01", Some(1)),
            ("2026-03-01", "2025-03-01", Some(-365)),
            ("2100-02-28", "2100-03-01", Some(1)),
            ("2026-02-30", "2026-03-01", None),
            ("soon", "2026-03-01", None),
        ] {
            assert_eq!(days_between(from, to), days, "{from} to {to}");
        }
        let (today, before) = (now_utc().0, days_ago_utc(31));
        // Midnight may fall between the two.
        assert!(days_between(&before, &today).is_some_and(|days| (31..=32).contains(&days)));
    }
}
