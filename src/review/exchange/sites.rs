//! JSON of review sites and players: finds a list of comments and its fields by the usual names.

use super::timecode::Reader;
use crate::review::book::Draft;
use crate::review::comments::{Reply, Status};
use crate::units::Seconds;
use serde_json::{Map, Value};

type Record = Map<String, Value>;

const WORDS: [&str; 8] =
    ["text", "body", "comment", "message", "note", "content", "description", "name"];
const TIMES: [&str; 11] = [
    "timecode_in",
    "timecode",
    "timestamp",
    "time",
    "start",
    "start_time",
    "startTime",
    "in",
    "position",
    "seconds",
    "timestamp_in",
];
const ENDS: [&str; 6] = ["timecode_out", "end", "end_time", "endTime", "out", "timestamp_out"];
const PEOPLE: [&str; 8] =
    ["author", "user", "owner", "commenter", "creator", "username", "author_name", "name"];
const NAMES: [&str; 6] = ["name", "username", "full_name", "display_name", "displayName", "email"];
const REPLIES: [&str; 4] = ["replies", "children", "responses", "comments"];
const STATES: [&str; 6] = ["resolved", "completed", "done", "is_resolved", "isCompleted", "status"];
const MADE: [&str; 6] = ["created_at", "createdAt", "inserted_at", "date", "created", "made"];
/// The deepest nesting at which a list is found.
const DEPTH: usize = 6;

/// Comments from a JSON tree; empty if there are none.
pub fn read(tree: &Value, reader: &Reader<'_>) -> Vec<Draft> {
    let Some(list) = list(tree, DEPTH) else { return Vec::new() };
    let records: Vec<&Record> = list.iter().filter_map(Value::as_object).collect();
    let length = reader.session.length().seconds(reader.session.sample_rate).0;
    // If a time is past the end of the song, the times are milliseconds.
    let number = |one: &Record| first(one, &TIMES).and_then(Value::as_f64);
    let largest = records.iter().filter_map(|one| number(one)).fold(0.0, f64::max);
    let scale = if length > 0.0 && largest > length + 1.0 { 1e-3 } else { 1.0 };
    records.into_iter().filter_map(|one| draft(one, reader, scale)).collect()
}

/// The first list with an object that has a text.
fn list(tree: &Value, depth: usize) -> Option<&Vec<Value>> {
    match tree {
        Value::Array(all) => {
            let words = |one: &Value| one.as_object().is_some_and(|one| words(one).is_some());
            if all.iter().any(words) {
                return Some(all);
            }
            all.iter().filter(|_| depth > 0).find_map(|one| list(one, depth - 1))
        }
        Value::Object(map) => {
            map.values().filter(|_| depth > 0).find_map(|one| list(one, depth - 1))
        }
        _ => None,
    }
}

fn first<'a>(one: &'a Record, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| one.get(*name).filter(|value| !value.is_null()))
}

fn words(one: &Record) -> Option<&str> {
    WORDS.iter().find_map(|name| one.get(*name)?.as_str().filter(|text| !text.trim().is_empty()))
}

fn person(one: &Record) -> String {
    let name = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(who) => first(who, &NAMES)?.as_str().map(str::to_owned),
        _ => None,
    };
    PEOPLE.iter().find_map(|field| one.get(*field).and_then(name)).unwrap_or_default()
}

fn draft(one: &Record, reader: &Reader<'_>, scale: f64) -> Option<Draft> {
    // Frame.io gives times as frame numbers.
    let frames = one.contains_key("owner") && one.contains_key("completed");
    let time = |value: &Value| match value {
        Value::String(text) => reader.time(text),
        Value::Number(count) if frames => count.as_u64().map(|count| reader.frames(count)),
        Value::Number(count) => count.as_f64().map(|count| Seconds(count * scale)),
        _ => None,
    };
    let start = first(one, &TIMES).and_then(time);
    let length = one.get("duration").filter(|_| start.is_some()).and_then(time);
    let ends = |start: Seconds, length: Seconds| Seconds(start.0 + length.0);
    let end =
        first(one, &ENDS).and_then(time).or_else(|| start.zip(length).map(|(s, l)| ends(s, l)));
    let status = match first(one, &STATES) {
        Some(Value::Bool(true)) => Status::Done,
        Some(Value::String(word)) => Status::named(word),
        _ => Status::Open,
    };
    let text = |one: &Record, names: &[&str]| -> String {
        first(one, names).and_then(Value::as_str).unwrap_or_default().into()
    };
    let replies = REPLIES.iter().find_map(|name| one.get(*name)?.as_array());
    let reply = |one: &Value| {
        let one = one.as_object()?;
        let made = text(one, &MADE);
        Some(Reply { id: String::new(), author: person(one), made, text: words(one)?.into() })
    };
    // A short id is only a row number.
    let id = text(one, &["id", "uuid"]);
    Some(Draft {
        id: if id.len() >= 8 { id } else { String::new() },
        author: person(one),
        made: text(one, &MADE),
        start,
        end,
        status,
        text: words(one)?.into(),
        replies: replies.into_iter().flatten().filter_map(reply).collect(),
        ..Draft::default()
    })
}
