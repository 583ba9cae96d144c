//! Lyrics with times. Reads files of transcribers and karaoke programs ([`read`]), writes lyrics at
//! the times of an edited version (`write`), and finds explicit words ([`list`]).

pub mod cues;
pub mod list;
mod lrc;
mod subtitles;
pub mod text;
mod whisper;
pub mod write;

use crate::session::lyrics::Word;
use crate::units::Seconds;

/// The most words that are read.
const MOST: usize = 50_000;
/// The most examples per kind of message.
const TOLD: usize = 5;
/// Length given to a word without one.
const LEAST: Seconds = Seconds(0.05);

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum WordsError {
    #[error("{0} holds no words with times; Whisper JSON, SRT, WebVTT and LRC can be read")]
    Nothing(String),
    #[error("{0} is no JSON of a transcriber ({1}); export it again with word times")]
    Json(String, String),
}

/// Lyrics read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Sorted by time.
    pub words: Vec<Word>,
    pub format: &'static str,
    /// Messages for the user: what was skipped or repaired, and why.
    pub notes: Vec<String>,
}

/// The largest lyrics file that is read, in bytes.
pub const LARGEST: u64 = 32 << 20;

/// Reads lyrics of any known format; `name` is the file name, for messages. Skips words that start
/// after `length`, the length of the song.
pub fn read(bytes: &[u8], name: &str, length: Seconds) -> Result<Read, WordsError> {
    let text = text::decode(bytes);
    let start = text.trim_start();
    let mut notes = Notes::default();
    let (format, words) =
        if start.starts_with('{') || start.starts_with("[{") || start.starts_with("[\n") {
            ("Whisper JSON", whisper::read(&text, name, &mut notes)?)
        } else if start.starts_with("WEBVTT") {
            ("WebVTT", subtitles::read(&text, &mut notes))
        } else if text.contains("-->") {
            ("SRT", subtitles::read(&text, &mut notes))
        } else {
            ("LRC", lrc::read(&text, length, &mut notes))
        };
    let words = tidy(words, length, &mut notes);
    if words.is_empty() {
        return Err(WordsError::Nothing(name.into()));
    }
    Ok(Read { words, format, notes: notes.told() })
}

/// Messages by kind; a few examples of each are shown.
#[derive(Default)]
struct Notes(Vec<(&'static str, String)>);

impl Notes {
    fn add(&mut self, kind: &'static str, what: impl Into<String>) {
        self.0.push((kind, what.into()));
    }

    fn told(&self) -> Vec<String> {
        let mut kinds: Vec<&'static str> = Vec::new();
        for (kind, _) in &self.0 {
            if !kinds.contains(kind) {
                kinds.push(kind);
            }
        }
        let one = |kind: &'static str| {
            let all: Vec<&str> = self
                .0
                .iter()
                .filter(|(known, _)| *known == kind)
                .map(|(_, w)| w.as_str())
                .collect();
            let some = all.get(..TOLD.min(all.len())).unwrap_or(&[]).join(", ");
            let more = match all.len().saturating_sub(TOLD) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{kind}: {some}{more}")
        };
        kinds.into_iter().map(one).collect()
    }
}

/// Sorts the words, limits them to the song, and ends each before the next begins.
fn tidy(words: Vec<Word>, length: Seconds, notes: &mut Notes) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::new();
    let sorted = words.windows(2).all(|pair| pair[0].start.0 <= pair[1].start.0);
    if !sorted {
        notes.add("put in order of time", "words stood before earlier ones");
    }
    for mut word in words.into_iter().take(MOST) {
        let text: String = word.text.trim().chars().filter(|c| !c.is_control()).take(200).collect();
        let at = |time: Seconds| format!("\u{201c}{text}\u{201d} at {time:.2}");
        if text.is_empty() {
            continue;
        }
        if !word.start.0.is_finite() || !word.end.0.is_finite() {
            notes.add("passed over, without a time", text);
            continue;
        }
        if word.end.0 < 0.0 || word.start.0 < -1.0 {
            notes.add("passed over, before the song", format!("\u{201c}{text}\u{201d}"));
            continue;
        }
        if word.start.0 >= length.0 {
            notes.add("passed over, after the end of the song", at(word.start));
            continue;
        }
        if word.end.0 < word.start.0 {
            notes.add("began after they ended, and were turned round", at(word.start));
            (word.start, word.end) = (word.end, word.start);
        }
        if word.end.0 - word.start.0 < 1e-3 {
            notes.add("had no length, and were given one", at(word.start));
            word.end = Seconds(word.start.0 + LEAST.0);
        }
        word.start = Seconds(word.start.0.max(0.0));
        word.end = Seconds(word.end.0.min(length.0));
        word.text = text;
        kept.push(word);
    }
    kept.sort_by(|a, b| a.start.0.total_cmp(&b.start.0));
    for n in 1..kept.len() {
        let next = kept[n].start;
        if let Some(word) = kept.get_mut(n - 1).filter(|word| word.end.0 > next.0 + 1e-6) {
            if word.end.0 - next.0 > 0.03 {
                let text = format!("\u{201c}{}\u{201d} at {:.2}", word.text, word.start);
                notes.add("ended where the next word begins", text);
            }
            word.end = Seconds(next.0.max(word.start.0));
        }
    }
    if let Some(first) = kept.first_mut() {
        first.line = true;
    }
    kept
}

/// Distributes a line's time over its words, by their number of letters.
fn spread(line: &str, start: Seconds, end: Seconds) -> Vec<Word> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let weight = |word: &str| word.chars().count() as f64 + 1.0;
    let total: f64 = words.iter().map(|word| weight(word)).sum();
    let mut at = start.0;
    let mut all = Vec::new();
    for (n, word) in words.into_iter().enumerate() {
        let long = (end.0 - start.0) * weight(word) / total.max(1.0);
        all.push(Word {
            text: word.into(),
            start: Seconds(at),
            end: Seconds(at + long),
            line: n == 0,
            unsure: true,
            verdict: None,
        });
        at += long;
    }
    all
}

/// Reads a time like [`Seconds`], also a negative one.
fn time(text: &str) -> Option<Seconds> {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    text.parse().ok().map(|time: Seconds| Seconds(sign * time.0))
}

#[cfg(test)]
mod tests;
