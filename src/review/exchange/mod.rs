//! Comments as files of other programs, and from them.

mod json;
mod lines;
mod tables;
pub mod times;

use crate::arrange::words::text::decode;
use crate::review::book::{Draft, MOST_COMMENTS};
use crate::review::comments::Comment;
use crate::review::numbers::Number;
use crate::session::Session;
use serde::Serialize;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use times::Timecode;

/// Files larger than this are no comments.
pub const LARGEST: u64 = 32 << 20;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ExchangeError {
    #[error(
        "{0} holds no comments; JSON, CSV, SRT, WebVTT, Audacity labels, REAPER markers and notes with times can be read"
    )]
    Nothing(String),
    #[error("{file} is no JSON of comments ({detail}); save it again from the review page")]
    Json { file: String, detail: String },
    #[error(
        "{file} speaks of \u{201c}{song}\u{201d}, not of this song; choose the notes of this one"
    )]
    WrongSong { file: String, song: String },
    #[error("{0} is too large for comments (more than 32 MB)")]
    TooLarge(String),
}

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Csv,
    Text,
    Srt,
    Vtt,
    Audacity,
    Reaper,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Format::Json,
        Format::Csv,
        Format::Text,
        Format::Srt,
        Format::Vtt,
        Format::Audacity,
        Format::Reaper,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Text => "Text",
            Self::Srt => "SRT",
            Self::Vtt => "WebVTT",
            Self::Audacity => "Audacity labels",
            Self::Reaper => "REAPER markers",
        }
    }

    /// The word by which it is chosen on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Audacity => "audacity",
            Self::Reaper => "reaper",
        }
    }

    /// The end of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "txt",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Audacity => "labels.txt",
            Self::Reaper => "markers.csv",
        }
    }
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub drafts: Vec<Draft>,
    pub format: Format,
    /// What was passed over, and why.
    pub notes: Vec<String>,
}

/// Comments as the text of a file. Formats of moments leave out what names none.
pub fn write(
    format: Format,
    session: &Session,
    comments: &[&Comment],
    timecode: Timecode,
) -> String {
    match format {
        Format::Json => json::write(session, comments),
        Format::Csv => tables::csv(session, comments, timecode),
        Format::Text => lines::text(session, comments, timecode),
        Format::Srt => lines::cues(comments, ','),
        Format::Vtt => format!("WEBVTT\n\n{}", lines::cues(comments, '.')),
        Format::Audacity => lines::labels(comments),
        Format::Reaper => tables::reaper(comments),
    }
}

/// Reads comments from a file of any of the formats; `file` is its name, for messages.
pub fn read(bytes: &[u8], file: &str, session: &Session) -> Result<Read, ExchangeError> {
    if bytes.len() as u64 > LARGEST {
        return Err(ExchangeError::TooLarge(file.into()));
    }
    let text = decode(bytes);
    let start = text.trim_start();
    let mut notes = Vec::new();
    let (mut format, mut drafts) =
        if start.starts_with('{') || start.starts_with('[') && !timed(start) {
            (Format::Json, json::read(&text, file, session)?)
        } else if start.starts_with("WEBVTT") {
            (Format::Vtt, lines::read_cues(&text))
        } else if text.lines().any(|line| lines::cue(line).is_some()) {
            (Format::Srt, lines::read_cues(&text))
        } else if let Some(drafts) = lines::read_labels(&text) {
            (Format::Audacity, drafts)
        } else if let Some((format, drafts)) = tables::read(&text, session, &mut notes) {
            (format, drafts)
        } else {
            (Format::Text, lines::read_text(&text, session, &mut notes))
        };
    drafts.retain(|draft| !draft.text.trim().is_empty());
    if drafts.is_empty() && format != Format::Json {
        // What looked like a table or like subtitles was something that somebody said.
        drafts = lines::read_text(&text, session, &mut notes);
        drafts.retain(|draft| !draft.text.trim().is_empty());
        format = Format::Text;
    }
    if drafts.len() > MOST_COMMENTS {
        notes.push(format!("only the first {MOST_COMMENTS} comments were read"));
        drafts.truncate(MOST_COMMENTS);
    }
    let end = session.length().seconds(session.sample_rate);
    let late = |draft: &Draft| end.0 > 0.0 && draft.start.is_some_and(|start| start.0 > end.0);
    let mut without_time = 0;
    for draft in &mut drafts {
        if late(draft) {
            // What is said is worth more than its wrong time.
            (draft.start, draft.end) = (None, None);
            without_time += 1;
        }
    }
    if without_time > 0 {
        notes.push(format!(
            "{without_time} speak of a time after the end of the song, and have none now"
        ));
    }
    match drafts.is_empty() {
        true => Err(ExchangeError::Nothing(file.into())),
        false => Ok(Read { drafts, format, notes }),
    }
}

/// Whether a file is what the review page saves, by its beginning.
pub fn is_notes_file(path: &Path) -> bool {
    let head = || -> std::io::Result<Vec<u8>> {
        let mut head = Vec::new();
        File::open(path)?.take(256).read_to_end(&mut head)?;
        Ok(head)
    };
    head().is_ok_and(|head| String::from_utf8_lossy(&head).contains(json::FORMAT))
}

/// Notes may begin with a time in brackets, which is no JSON.
fn timed(text: &str) -> bool {
    let inner = text.trim_start_matches('[');
    inner.split(']').next().is_some_and(|first| {
        first.contains(':')
            && first.chars().all(|c| c.is_ascii_digit() || ":.,- \u{2013}".contains(c))
    })
}

/// A comment in one line, for formats that have nothing but a text: `#3 Anna: too loud`.
fn label(comment: &Comment) -> String {
    let text = comment.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match comment.author.replace(':', " ").trim() {
        "" => format!("#{} {text}", comment.number),
        author => format!("#{} {author}: {text}", comment.number),
    }
}

/// Author and text of such a line; a line of another program is all text.
fn unlabelled(line: &str) -> (String, String) {
    let whole = || (String::new(), line.trim().to_string());
    let Some(rest) = line.trim().strip_prefix('#') else { return whole() };
    let Some((number, rest)) = rest.split_once(' ') else { return whole() };
    if number.parse::<Number>().is_err() {
        return whole();
    }
    match rest.split_once(": ") {
        Some((author, text)) if author.len() <= 80 => (author.trim().into(), text.trim().into()),
        _ => (String::new(), rest.trim().into()),
    }
}

#[cfg(test)]
mod tests;
