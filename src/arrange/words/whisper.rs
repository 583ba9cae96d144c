//! JSON of Whisper and of programs based on it: `segments[].words[]` with `word` or `text`, `start`
//! and `end`; also a plain list of words or of segments. A missing end is the start of the next
//! word. A segment without words distributes its time over its text.

use super::{Notes, WordsError, spread};
use crate::session::lyrics::Word;
use crate::units::Seconds;
use serde_json::Value;

pub fn read(text: &str, name: &str, notes: &mut Notes) -> Result<Vec<Word>, WordsError> {
    let json: Value = serde_json::from_str(text)
        .map_err(|cause| WordsError::Json(name.into(), cause.to_string()))?;
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned();
    let segments = list(&json, "segments")
        .or_else(|| list(&json, "words"))
        .or_else(|| list(&json, "word_segments"))
        .or_else(|| json.as_array().cloned())
        .unwrap_or_default();
    let mut words = Vec::new();
    for segment in &segments {
        match segment.get("words").and_then(Value::as_array) {
            Some(inner) if !inner.is_empty() => {
                let end = seconds(segment, "end");
                take(inner, end, true, &mut words, notes);
            }
            _ if segment.get("word").is_some() => {
                take(std::slice::from_ref(segment), None, false, &mut words, notes);
            }
            _ => {
                let line = segment.get("text").and_then(Value::as_str).unwrap_or("");
                match seconds(segment, "start").zip(seconds(segment, "end")) {
                    Some((start, end)) => words.extend(spread(line, Seconds(start), Seconds(end))),
                    None => notes.add("passed over, without a time", line.trim()),
                }
            }
        }
    }
    close(&mut words);
    Ok(words)
}

fn seconds(value: &Value, key: &str) -> Option<f64> {
    value.get(key).and_then(Value::as_f64)
}

/// Reads the words of a segment. A word without a start begins at the end of the word before.
fn take(inner: &[Value], end: Option<f64>, lines: bool, words: &mut Vec<Word>, notes: &mut Notes) {
    for (n, word) in inner.iter().enumerate() {
        let text = word.get("word").or(word.get("text")).and_then(Value::as_str).unwrap_or("");
        let before = (n > 0).then(|| words.last().map(|last| last.end.0)).flatten();
        let own = seconds(word, "start");
        let Some(start) = own.or(before) else {
            notes.add("passed over, without a time", text.trim());
            continue;
        };
        let next = inner.get(n + 1).and_then(|next| seconds(next, "start"));
        let known = seconds(word, "end");
        let stop = known.or(next).or(end).unwrap_or(f64::NAN);
        words.push(Word {
            text: text.trim().into(),
            start: Seconds(start),
            end: Seconds(stop),
            line: n == 0 && lines,
            unsure: own.is_none() || known.is_none(),
            verdict: None,
        });
    }
}

/// Gives words without an end the start of the next word.
fn close(words: &mut [Word]) {
    for n in 0..words.len() {
        let next = words.get(n + 1).map(|next| next.start.0);
        if let Some(word) = words.get_mut(n).filter(|word| word.end.0.is_nan()) {
            word.end = Seconds(next.unwrap_or(word.start.0 + 0.5));
        }
    }
}
