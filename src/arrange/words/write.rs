//! Writes lyrics at the times of a version: leaves out words that were cut, and stars words that
//! were made clean.

use crate::engine::cuts::CutMap;
use crate::session::Session;
use crate::session::lyrics::{Verdict, Word};
use crate::session::version::{Version, left};
use crate::units::Seconds;
use std::fmt::Write;

/// Lines of a version as it plays them; lines without words are left out. `version` must come from
/// [`Session::resolved`].
pub fn lines_of(session: &Session, version: &Version) -> Vec<Vec<Word>> {
    let Some(lyrics) = &session.lyrics else { return Vec::new() };
    let (rate, whole) = (session.sample_rate, session.length().0);
    let map = CutMap::of(version, rate, whole);
    let parts = left(version, whole, rate);
    let heard = |word: &Word| {
        let middle = Seconds((word.start.0 + word.end.0) / 2.0).frames(rate).0;
        parts.iter().any(|(from, to)| (*from..*to).contains(&middle))
    };
    lyrics
        .lines()
        .map(|line| {
            let words = line.iter().filter(|word| heard(word)).map(|word| Word {
                text: match word.verdict {
                    Some(Verdict::Clean) if version.clean => starred(&word.text),
                    _ => word.text.clone(),
                },
                start: map.edited_time(word.start, rate),
                end: map.edited_time(word.end, rate),
                ..word.clone()
            });
            words.collect::<Vec<_>>()
        })
        .filter(|line| !line.is_empty())
        .collect()
}

/// The first letter, followed by stars.
fn starred(text: &str) -> String {
    text.chars()
        .enumerate()
        .map(|(n, c)| if n > 0 && c.is_alphanumeric() { '*' } else { c })
        .collect()
}

fn text(line: &[Word]) -> String {
    line.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// SubRip, one cue per line.
pub fn srt(lines: &[Vec<Word>]) -> String {
    let mut out = String::new();
    for (n, line) in lines.iter().enumerate() {
        if let (Some(first), Some(last)) = (line.first(), line.last()) {
            let (from, to) = (first.start.stamp(','), last.end.stamp(','));
            // Writing to a string cannot fail.
            let _ = write!(out, "{}\n{from} --> {to}\n{}\n\n", n + 1, text(line));
        }
    }
    out
}

/// Enhanced LRC, with a time for each word.
pub fn lrc(lines: &[Vec<Word>], title: &str) -> String {
    let stamp = |time: Seconds| {
        let hundredths = (time.0 * 100.0).round() as u64;
        format!("{:02}:{:02}.{:02}", hundredths / 6000, hundredths / 100 % 60, hundredths % 100)
    };
    let mut out = format!("[ti:{}]\n", title.replace([']', '\n'], " "));
    for line in lines {
        if let Some(first) = line.first() {
            let _ = write!(out, "[{}]", stamp(first.start));
            for word in line {
                let _ = write!(out, " <{}> {}", stamp(word.start), word.text);
            }
            if let Some(last) = line.last() {
                let _ = writeln!(out, " <{}>", stamp(last.end));
            }
        }
    }
    out
}
