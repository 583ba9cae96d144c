//! LRC: `[mm:ss.xx]` before each line, several for a repeated line. Enhanced LRC has `<mm:ss.xx>`
//! before each word. `[offset:±ms]` moves all times, a positive offset to earlier times.

use super::{Notes, spread, time};
use crate::session::lyrics::Word;
use crate::units::Seconds;

/// A line lasts at most this long, in seconds.
const LONGEST: f64 = 8.0;

pub fn read(text: &str, length: Seconds, notes: &mut Notes) -> Vec<Word> {
    let mut offset = 0.0;
    let mut lines: Vec<(f64, String)> = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim();
        let mut times = Vec::new();
        while let Some((tag, after)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
            match time(tag) {
                Some(at) => times.push(at.0),
                None => match tag.split_once(':') {
                    Some(("offset", ms)) => {
                        offset = ms.trim().trim_start_matches('+').parse().unwrap_or(0.0) / 1000.0;
                    }
                    // Title, artist and other tags.
                    Some((name, _)) if name.chars().all(char::is_alphabetic) => {}
                    _ => notes.add("passed over, a time that cannot be read", tag),
                },
            }
            rest = after.trim_start();
        }
        if times.is_empty() && !rest.is_empty() && !line.trim_start().starts_with('[') {
            notes.add("passed over, without a time", rest.chars().take(40).collect::<String>());
        }
        lines.extend(times.into_iter().map(|at| (at, rest.to_owned())));
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut words = Vec::new();
    for (n, (at, line)) in lines.iter().enumerate() {
        let next = lines.get(n + 1).map_or(length.0 + offset, |(next, _)| *next);
        let end = next.min(at + LONGEST);
        words.extend(of_line(line, *at, end));
    }
    for word in &mut words {
        word.start = Seconds(word.start.0 - offset);
        word.end = Seconds(word.end.0 - offset);
    }
    words
}

fn of_line(line: &str, at: f64, end: f64) -> Vec<Word> {
    let mut pieces: Vec<(f64, &str)> = Vec::new();
    for (n, piece) in line.split('<').enumerate() {
        match piece.split_once('>').and_then(|(stamp, text)| Some((time(stamp)?.0, text))) {
            Some(known) => pieces.push(known),
            None if n == 0 && !piece.trim().is_empty() => pieces.push((at, piece)),
            None => {}
        }
    }
    let stamped = line.contains('<') && pieces.len() > 1;
    if !stamped {
        let text = pieces.first().map_or(line, |(_, text)| text);
        return spread(text, Seconds(at), Seconds(end));
    }
    let ends: Vec<f64> = pieces.iter().skip(1).map(|(at, _)| *at).chain([end]).collect();
    let mut words = Vec::new();
    for ((at, text), end) in pieces.into_iter().zip(ends) {
        let mut own = spread(text, Seconds(at), Seconds(end));
        let sure = own.len() == 1;
        own.iter_mut().for_each(|word| (word.unsure, word.line) = (!sure, false));
        words.extend(own);
    }
    if let Some(first) = words.first_mut() {
        first.line = true;
    }
    words
}
