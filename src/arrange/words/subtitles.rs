//! SRT and WebVTT: cues of one or more lines; WebVTT may say in the text when a word begins.

use super::{Notes, spread, time, without_markup};
use crate::session::lyrics::Word;
use crate::units::Seconds;

pub fn read(text: &str, notes: &mut Notes) -> Vec<Word> {
    let mut words = Vec::new();
    let mut cue: Option<(f64, f64)> = None;
    for line in text.lines() {
        let line = line.trim();
        if let Some((from, to)) = line.split_once("-->") {
            // Settings may follow the second time.
            let to = to.split_whitespace().next().unwrap_or("");
            cue = time(from).zip(time(to));
            if cue.is_none() {
                notes.add("passed over, a time that cannot be read", line);
            }
        } else if line.is_empty() {
            cue = None;
        } else if let Some((from, to)) = cue {
            words.extend(of_line(line, from, to));
        }
    }
    words
}

/// The words of a line. Times inside it, `<00:01.500>`, are when the next word begins; other
/// markup is passed over.
fn of_line(line: &str, from: f64, to: f64) -> Vec<Word> {
    let mut pieces: Vec<(f64, String)> = Vec::new();
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
        return spread(&without_markup(line), Seconds(from), Seconds(to));
    }
    pieces.push((at, text));
    let ends: Vec<f64> = pieces.iter().skip(1).map(|(at, _)| *at).chain([to]).collect();
    let mut words: Vec<Word> = Vec::new();
    for ((at, piece), end) in pieces.iter().zip(ends) {
        let mut own = spread(&without_markup(piece), Seconds(*at), Seconds(end));
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
