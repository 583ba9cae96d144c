//! Reads and writes comments as files of other programs: review sites, editors, workstations,
//! subtitles, mails. `write` and [`read`] choose the module by [`Format`] or by the content of
//! the file. Called by the window, the command line and the delivery.

mod editors;
mod json;
mod lines;
mod mail;
mod midi;
mod own;
mod premiere;
mod sites;
mod tables;
pub mod timecode;
pub mod times;

use crate::arrange::words::cues;
use crate::arrange::words::text::decode;
use crate::review::book::{Draft, MOST_COMMENTS};
use crate::review::comments::Comment;
use crate::review::numbers::Number;
use crate::session::Session;
use crate::units::Seconds;
use serde::Serialize;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use timecode::{FrameRate, Reader};
use times::TimeNotation;

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 32 << 20;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ExchangeError {
    #[error(
        "{0} holds no comments; JSON and CSV of review sites, markers of editors and workstations, SRT, WebVTT, Audacity labels and notes with times can be read"
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

/// A file format for comments.
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
    /// An edit decision list.
    Edl,
    /// The session text of Pro Tools.
    ProTools,
    /// Final Cut Pro XML.
    Premiere,
    Audition,
    /// Markers in a MIDI file.
    Midi,
}

impl Format {
    pub const ALL: [Format; 12] = [
        Format::Json,
        Format::Csv,
        Format::Text,
        Format::Srt,
        Format::Vtt,
        Format::Audacity,
        Format::Reaper,
        Format::Edl,
        Format::ProTools,
        Format::Premiere,
        Format::Audition,
        Format::Midi,
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
            Self::Edl => "EDL (Resolve)",
            Self::ProTools => "Pro Tools text",
            Self::Premiere => "XML (Premiere)",
            Self::Audition => "Audition markers",
            Self::Midi => "MIDI (Logic, Pro Tools)",
        }
    }

    /// Its name on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Audacity => "audacity",
            Self::Reaper => "reaper",
            Self::Edl => "edl",
            Self::ProTools => "protools",
            Self::Premiere => "premiere",
            Self::Audition => "audition",
            Self::Midi => "midi",
        }
    }

    /// File name extension, without the first dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Text => "txt",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
            Self::Audacity => "labels.txt",
            Self::Reaper => "markers.csv",
            Self::Edl => "edl",
            Self::ProTools => "protools.txt",
            Self::Premiere => "xml",
            Self::Audition => "audition.csv",
            Self::Midi => "mid",
        }
    }
}

/// The comments read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    pub drafts: Vec<Draft>,
    pub format: Format,
    /// Messages for the user: skipped parts and assumptions.
    pub notes: Vec<String>,
}

/// Writes comments as a file. Formats that are lists of times leave out comments without a time.
pub fn write(
    format: Format,
    session: &Session,
    comments: &[&Comment],
    timecode: TimeNotation,
) -> Vec<u8> {
    write_at(format, session, comments, timecode, FrameRate::FILM)
}

/// Like `write`, with a frame rate for the formats that count frames.
pub fn write_at(
    format: Format,
    session: &Session,
    comments: &[&Comment],
    timecode: TimeNotation,
    frames: FrameRate,
) -> Vec<u8> {
    let text = match format {
        Format::Json => json::write(session, comments),
        Format::Csv => tables::csv(session, comments, timecode),
        Format::Text => own::write(session, comments, timecode),
        Format::Srt => lines::write_cues(comments, ','),
        Format::Vtt => format!("WEBVTT\n\n{}", lines::write_cues(comments, '.')),
        Format::Audacity => lines::labels(comments),
        Format::Reaper => tables::reaper(comments),
        Format::Edl => editors::edl(session, comments, frames),
        Format::ProTools => editors::pro_tools(session, comments, frames),
        Format::Premiere => premiere::write(session, comments, frames),
        Format::Audition => tables::audition(comments),
        Format::Midi => return midi::write(session, comments),
    };
    text.into_bytes()
}

/// What the user says about the times of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Frame rate; `None` finds it in the file, or takes 24.
    pub frames: Option<FrameRate>,
    /// Time in the file at which the song begins; `None` finds whole hours before the first
    /// comment.
    pub start: Option<Seconds>,
}

/// Reads comments from a file of any format; `file` is its name, for messages.
///
/// # Errors
/// If the file is too large or holds no comments, or for JSON of another song or another shape.
pub fn read(bytes: &[u8], file: &str, session: &Session) -> Result<Read, ExchangeError> {
    read_as(bytes, file, session, ReadOptions::default())
}

/// Like [`read`], with what the user says about the times.
pub fn read_as(
    bytes: &[u8],
    file: &str,
    session: &Session,
    asked: ReadOptions,
) -> Result<Read, ExchangeError> {
    if bytes.len() as u64 > LARGEST {
        return Err(ExchangeError::TooLarge(file.into()));
    }
    let text = if midi::is_midi(bytes) { String::new() } else { decode(bytes) };
    let text = text.trim_start_matches('\u{feff}');
    let mut notes = Vec::new();
    let mut reader = Reader::new(session, text, asked.frames);
    let (mut format, mut drafts) = match midi::is_midi(bytes) {
        true => (Format::Midi, midi::read(bytes)),
        false => forms(text, file, &mut reader, &mut notes)?,
    };
    drafts.retain(|draft| !draft.text.trim().is_empty());
    if drafts.is_empty() && format != Format::Json {
        // Not a table or subtitles after all, but plain notes.
        drafts = mail::read(text, &reader, &mut notes);
        drafts.retain(|draft| !draft.text.trim().is_empty());
        format = Format::Text;
    }
    if drafts.len() > MOST_COMMENTS {
        notes.push(format!("only the first {MOST_COMMENTS} comments were read"));
        drafts.truncate(MOST_COMMENTS);
    }
    notes.extend(reader.note());
    notes.extend(begin(&mut drafts, &reader, asked.start));
    let end = session.length().seconds(session.sample_rate);
    let late = |draft: &Draft| end.0 > 0.0 && draft.start.is_some_and(|start| start.0 > end.0);
    let mut without_time = 0;
    for draft in &mut drafts {
        if late(draft) {
            // Keep the comment; only its time is wrong.
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

/// Detects the format of a text by its content, and reads it.
fn forms(
    text: &str,
    file: &str,
    reader: &mut Reader<'_>,
    notes: &mut Vec<String>,
) -> Result<(Format, Vec<Draft>), ExchangeError> {
    let start = text.trim_start();
    Ok(if start.starts_with('{') || start.starts_with('[') && !timed(start) {
        (Format::Json, json::read(text, file, reader)?)
    } else if premiere::is_xml(text) {
        (Format::Premiere, premiere::read(text, reader))
    } else if start.starts_with("WEBVTT") {
        (Format::Vtt, lines::read_cues(text))
    } else if editors::is_edl(text) {
        (Format::Edl, editors::read_edl(text, reader))
    } else if let Some(drafts) = editors::read_pro_tools(text, reader) {
        (Format::ProTools, drafts)
    } else if cues::has_any(text) {
        (Format::Srt, lines::read_cues(text))
    } else if let Some(drafts) = lines::read_labels(text) {
        (Format::Audacity, drafts)
    } else if let Some((mut drafts, rest)) = own::read(text, reader) {
        // People write answers between the lines.
        drafts.extend(mail::read(&rest, reader, notes));
        (Format::Text, drafts)
    } else if let Some((format, drafts)) = tables::read(text, reader, notes) {
        (format, drafts)
    } else {
        (Format::Text, mail::read(text, reader, notes))
    })
}

/// Subtracts the time at which the song begins in the file: the one that the user gave, or whole
/// hours that lie before every comment if the first is later than the song is long. Returns a
/// message if it was found.
fn begin(drafts: &mut [Draft], reader: &Reader<'_>, asked: Option<Seconds>) -> Option<String> {
    let length = reader.session.length().seconds(reader.session.sample_rate).0;
    let first = drafts.iter().filter_map(|draft| draft.start).map(|start| start.0);
    let first = first.fold(f64::INFINITY, f64::min);
    let hours = ((first + 1e-6) / reader.hour()).floor();
    let found = first.is_finite() && length > 0.0 && hours >= 1.0 && first > length;
    let (start, note) = match asked {
        Some(start) => (start.0, None),
        None if found => {
            let note = format!("the times begin at {hours} h, which was taken away");
            (hours * reader.hour(), Some(note))
        }
        None => return None,
    };
    for time in drafts.iter_mut().flat_map(|draft| [&mut draft.start, &mut draft.end]) {
        *time = time.map(|time| Seconds((time.0 - start).max(0.0)));
    }
    note
}

/// Whether the start of the file looks like notes saved by the review page.
pub fn is_notes_file(path: &Path) -> bool {
    let head = || -> std::io::Result<Vec<u8>> {
        let mut head = Vec::new();
        File::open(path)?.take(256).read_to_end(&mut head)?;
        Ok(head)
    };
    head().is_ok_and(|head| String::from_utf8_lossy(&head).contains(json::FORMAT))
}

/// Notes may begin with a time in brackets, which is not JSON.
fn timed(text: &str) -> bool {
    let inner = text.trim_start_matches('[');
    inner.split(']').next().is_some_and(|first| {
        first.contains(':')
            && first.chars().all(|c| c.is_ascii_digit() || ":.,- \u{2013}".contains(c))
    })
}

/// A comment on one line, for formats with a text only: `#3 Anna: too loud`.
fn label(comment: &Comment) -> String {
    let text = comment.text.split_whitespace().collect::<Vec<_>>().join(" ");
    match comment.author.replace(':', " ").trim() {
        "" => format!("#{} {text}", comment.number),
        author => format!("#{} {author}: {text}", comment.number),
    }
}

/// Author and text of such a line. A line of another program has no author.
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
mod foreign;
#[cfg(test)]
mod tests;
