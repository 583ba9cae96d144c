//! Compares the client's brief with the masters of the session: loudness, platforms, format and
//! deadline. [`asked`] is part of the checks before a delivery.

use crate::dates::{days_between, today};
use crate::delivery::checks::{Check, Verdict};
use crate::session::Session;
use crate::session::master::Master;
use crate::texts::say;
use crate::units::{Lufs, SampleRate};

/// Words that name a destination, and the id of the master for it.
const PLACES: [(&str, &str); 16] = [
    ("spotify", "streaming"),
    ("apple music", "streaming"),
    ("youtube", "streaming"),
    ("tidal", "streaming"),
    ("deezer", "streaming"),
    ("amazon", "streaming"),
    ("bandcamp", "streaming"),
    ("soundcloud", "streaming"),
    ("streaming", "streaming"),
    ("cd", "cd"),
    ("vinyl", "vinyl"),
    ("lp", "vinyl"),
    ("broadcast", "broadcast"),
    ("radio", "broadcast"),
    ("tv", "broadcast"),
    ("film", "broadcast"),
];

/// Checks of the brief; none for a text that cannot be interpreted.
pub fn asked(session: &Session) -> Vec<Check> {
    let brief = &session.brief;
    let mut checks = loudness(session, &brief.loudness);
    checks.extend(places(session, &format!("{} {}", brief.platforms, brief.format)));
    checks.extend(format(session, &brief.format));
    checks.extend(deadline(&brief.deadline, &today()));
    checks
}

fn check(good: bool, text: String) -> Check {
    Check { verdict: if good { Verdict::Good } else { Verdict::Look }, text }
}

/// The words of a text in lower case, separated and surrounded by single spaces. Punctuation other
/// than `.` and `-` is dropped.
fn words(text: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || ".-".contains(c) { c } else { ' ' };
    let text: String = text.to_lowercase().replace('\u{2212}', "-").chars().map(plain).collect();
    format!(" {} ", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The numbers in front of a unit: `-14 LUFS`, `44.1kHz`.
fn numbers(text: &str, units: &[&str]) -> Vec<f64> {
    let text = words(text);
    let mut found = Vec::new();
    for unit in units {
        for (at, _) in text.match_indices(unit) {
            let before = text.get(..at).unwrap_or("").trim_end();
            let digit = |c: char| c.is_ascii_digit() || ".-".contains(c);
            let from = before.rfind(|c: char| !digit(c)).map_or(0, |n| n + 1);
            // In `16/24-bit` the dash belongs to the word.
            let number = before.get(from..).unwrap_or("").trim_end_matches('-');
            if let Ok(number) = number.parse::<f64>()
                && !found.contains(&number)
            {
                found.push(number);
            }
        }
    }
    found
}

fn loudness(session: &Session, text: &str) -> Vec<Check> {
    let all = numbers(text, &["lufs", "lkfs"]);
    let each = all.into_iter().map(|wanted| {
        // Loudness targets are negative; a missing minus sign is assumed.
        let wanted = Lufs(-wanted.abs());
        let meets = |master: &&Master| {
            master.target.is_some_and(|target| (target.loudness - wanted).0.abs() <= 0.2)
        };
        let loudness = format!("{wanted:.1}");
        match session.masters.iter().find(meets) {
            Some(master) => {
                let name = &master.name;
                check(true, say!("asked-loudness", loudness = loudness, master = name))
            }
            None => check(false, say!("asked-loudness-none", loudness = loudness)),
        }
    });
    each.collect()
}

fn places(session: &Session, text: &str) -> Vec<Check> {
    let text = words(text);
    let mut wanted: Vec<&str> = Vec::new();
    for (word, id) in PLACES {
        if text.contains(&format!(" {word} ")) && !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    let each = wanted.into_iter().map(|id| match session.master(&id.into()) {
        Some(master) => check(true, say!("asked-there", what = &master.name)),
        None => check(false, say!("asked-no-master", what = id)),
    });
    each.collect()
}

fn format(session: &Session, text: &str) -> Vec<Check> {
    let masters = &session.masters;
    let mut checks = Vec::new();
    for bits in numbers(text, &["bit"]) {
        let there = masters.iter().any(|one| f64::from(one.file_depth().bits()) == bits);
        let bits = say!("asked-bits", count = bits.round_ties_even());
        checks.push(check(there, verdict(&bits, there)));
    }
    for khz in numbers(text, &["khz"]) {
        let rate = SampleRate((khz * 1000.0).round() as u32);
        let there = masters.iter().any(|one| one.file_rate(session.sample_rate) == rate);
        checks.push(check(there, verdict(&rate.to_string(), there)));
    }
    let named = words(text);
    for word in ["wav", "flac", "aiff"] {
        if named.contains(&format!(" {word} ")) {
            let there = masters.iter().any(|one| word.starts_with(one.format.extension()));
            checks.push(check(there, verdict(&word.to_uppercase(), there)));
        }
    }
    checks
}

fn verdict(what: &str, there: bool) -> String {
    match there {
        true => say!("asked-there", what = what),
        false => say!("asked-not-there", what = what),
    }
}

/// Finds a date such as `2026-03-01` or `1.3.2026` in a text; returns it as `yyyy-mm-dd`.
fn date(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || ".-".contains(c))).find_map(|word| {
        let word = word.trim_matches(['.', '-']);
        let parts: Vec<u32> =
            word.split(['.', '-']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match *parts.as_slice() {
            [year, month, day] if year > 1000 => Some(format!("{year}-{month:02}-{day:02}")),
            [day, month, year] if year > 1000 => Some(format!("{year}-{month:02}-{day:02}")),
            _ => None,
        }
    })
}

fn deadline(text: &str, today: &str) -> Option<Check> {
    let left = days_between(today, &date(text)?)?;
    Some(match left {
        ..0 => check(false, say!("asked-deadline-was", count = -left)),
        0 => check(false, say!("asked-deadline-today").into()),
        1..=2 => check(false, say!("asked-deadline", count = left)),
        _ => check(true, say!("asked-deadline", count = left)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(change: impl Fn(&mut Session)) -> Vec<(Verdict, String)> {
        let mut session = Session::new("Song", SampleRate(48_000));
        change(&mut session);
        asked(&session).into_iter().map(|check| (check.verdict, check.text)).collect()
    }

    #[test]
    fn what_was_asked_for_is_looked_for_in_the_masters() {
        let found = told(|session| {
            session.brief.loudness = "around \u{2212}14 LUFS, and one at -9 LUFS".into();
            session.brief.platforms = "Spotify, YouTube".into();
            session.brief.format =
                "WAV 24-bit 48 kHz, 16 bit 44.1kHz for CD; FLAC; 88.2 kHz".into();
        });
        let all: Vec<String> = found
            .iter()
            .map(|(verdict, text)| {
                format!("{}{text}", if *verdict == Verdict::Good { "" } else { "! " })
            })
            .collect();
        assert_eq!(
            all,
            [
                "\u{2212}14.0 LUFS asked for: Streaming",
                "! \u{2212}9.0 LUFS asked for: no master has it",
                "Streaming asked for and there",
                "CD asked for and there",
                "24 bits asked for and there",
                "16 bits asked for and there",
                "48 kHz asked for and there",
                "44.1 kHz asked for and there",
                "! 88.2 kHz asked for: no master has it",
                "WAV asked for and there",
                "! FLAC asked for: no master has it",
            ]
        );
        assert!(told(|_| ()).is_empty());
        assert!(told(|session| session.brief.loudness = "loud, please".into()).is_empty());
    }

    #[test]
    fn days_are_counted_to_the_deadline() {
        let left = |text: &str| deadline(text, "2026-02-27").map(|check| check.text);
        assert_eq!(left("by 2026-03-01!").unwrap(), "2 days until the deadline");
        assert_eq!(left("1.3.2026").unwrap(), "2 days until the deadline");
        assert_eq!(left("27.02.2026").unwrap(), "The deadline is today");
        assert_eq!(left("2025-02-27").unwrap(), "The deadline was 365 days ago");
        assert_eq!(left("soon"), None);
        assert_eq!(left("99.99.2026"), None);
    }
}
