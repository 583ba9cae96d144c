//! Lyrics from SRT and WebVTT. WebVTT may mark the start of a word inside its text.

use super::cues::{self, plain};
use super::{Notes, spread, time};
use crate::session::lyrics::Word;
use crate::units::Seconds;

pub fn read(text: &str, notes: &mut Notes) -> Vec<Word> {
    let (cues, unread) = cues::read(text);
    for line in unread {
        notes.add("passed over, a time that cannot be read", line);
    }
    let words = |cue: &cues::Cue<'_>| -> Vec<Word> {
        cue.lines.iter().flat_map(|line| of_line(line, cue.start, cue.end)).collect()
    };
    cues.iter().flat_map(words).collect()
}

/// Words of a line. A time inside it, `<00:01.500>`, is the start of the next word; other markup is
/// skipped.
fn of_line(line: &str, from: Seconds, to: Seconds) -> Vec<Word> {
    let mut pieces: Vec<(Seconds, String)> = Vec::new();
    let (mut at, mut text) = (from, String::new());
    for (n, part) in line.split('<').enumerate() {
        match part.split_once('>') {
            Some((tag, rest)) if n > 0 => {
                if let Some(stamp) = time(tag) {
                    pieces.push((at, std::mem::take(&mut text)));
                    at = stamp;
                }
                text.push_str(rest);
            }
            _ => text.push_str(part),
        }
    }
    if pieces.is_empty() {
        return spread(&plain(line), from, to);
    }
    pieces.push((at, text));
    let ends: Vec<Seconds> = pieces.iter().skip(1).map(|(at, _)| *at).chain([to]).collect();
    let mut words: Vec<Word> = Vec::new();
    for ((at, piece), end) in pieces.iter().zip(ends) {
        let mut own = spread(&plain(piece), *at, end);
        let sure = own.len() == 1;
        for word in &mut own {
            word.unsure = !sure;
            word.line = false;
        }
        words.extend(own);
    }
    if let Some(first) = words.first_mut() {
        first.line = true;
    }
    words
}
