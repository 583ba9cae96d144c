//! Stemwright's own JSON: all fields of comments, also written by the review page. Other JSON goes
//! to `sites`.
//!
//! ```json
//! { "format": "stemwright-comments", "schema": 1,
//!   "song": { "title": "Blue Sky", "seconds": 224.0 },
//!   "comments": [ { "id": "…", "author": "Anna", "made": "2026-03-01 10:00:00",
//!                   "start": 47.25, "end": null, "on": "stem:5", "revision": "1",
//!                   "status": "open", "text": "…", "replies": [] } ] }
//! ```

use super::timecode::Reader;
use super::{ExchangeError, sites};
use crate::review::book::Draft;
use crate::review::comments::{Comment, Subject};
use crate::session::Session;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Value of `format` that marks the file.
pub const FORMAT: &str = "stemwright-comments";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    schema: u32,
    song: Song,
    comments: &'a [&'a Comment],
}

#[derive(Serialize, Deserialize)]
struct Song {
    #[serde(default)]
    title: String,
    #[serde(default)]
    seconds: f64,
}

pub fn write(session: &Session, comments: &[&Comment]) -> String {
    let song = Song { title: session.song.title.clone(), seconds: seconds(session) };
    let all = Written { format: FORMAT, schema: 1, song, comments };
    // Plain data always serialises.
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

fn seconds(session: &Session) -> f64 {
    session.length().seconds(session.sample_rate).0
}

/// Reads comments. Skips entries that are not objects, and fields of the wrong type.
pub fn read(text: &str, file: &str, reader: &Reader<'_>) -> Result<Vec<Draft>, ExchangeError> {
    let session = reader.session;
    let wrong = |detail: String| ExchangeError::Json { file: file.into(), detail };
    let all: Value = serde_json::from_str(text.trim()).map_err(|error| wrong(error.to_string()))?;
    if all.get("format").and_then(Value::as_str) != Some(FORMAT) {
        let found = sites::read(&all, reader);
        return match found.is_empty() {
            true => Err(wrong(format!("\"format\" is not \"{FORMAT}\""))),
            false => Ok(found),
        };
    }
    let song = all.get("song").and_then(|song| Song::deserialize(song).ok());
    if let Some(song) = song {
        let same = song.title.trim().eq_ignore_ascii_case(session.song.title.trim());
        // A renamed song still has the same length.
        if !same && (song.seconds - seconds(session)).abs() > 0.5 {
            return Err(ExchangeError::WrongSong { file: file.into(), song: song.title });
        }
    }
    let comments = all.get("comments").and_then(Value::as_array);
    let comments = comments.ok_or_else(|| wrong("\"comments\" is no list".into()))?;
    Ok(comments.iter().filter_map(|one| draft(one, session)).collect())
}

fn draft(one: &Value, session: &Session) -> Option<Draft> {
    let object = one.as_object()?;
    let mut known = serde_json::Map::new();
    for (name, value) in object {
        // Test each field alone: one bad field must not discard the others.
        let alone = serde_json::Map::from_iter([(name.clone(), value.clone())]);
        if serde_json::from_value::<Comment>(Value::Object(alone)).is_ok() {
            known.insert(name.clone(), value.clone());
        }
    }
    let comment: Comment = serde_json::from_value(Value::Object(known)).ok()?;
    let there = match &comment.on {
        Subject::Mix => true,
        Subject::Version(id) => session.version(id).is_some(),
        Subject::Stem(id) => session.stem(*id).is_some(),
    };
    Some(Draft {
        id: comment.id,
        author: comment.author,
        made: comment.made,
        start: comment.start,
        end: comment.end,
        on: Some(if there { comment.on } else { Subject::Mix }),
        revision: comment.revision,
        status: comment.status,
        text: comment.text,
        replies: comment.replies,
        changed: comment.changed,
        was: comment.was,
        deleted: comment.deleted,
        answers: None,
    })
}
