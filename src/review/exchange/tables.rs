//! Tables: Stemwright's CSV, marker lists of REAPER and Audition, and exports of review sites.
//! Finds the columns by their names.

use super::timecode::Reader;
use super::times::TimeNotation;
use super::{Format, label, unlabelled};
use crate::review::book::Draft;
use crate::review::comments::{Comment, Reply, Status, Subject};
use crate::session::Session;
use crate::units::{Frames, Seconds};
use csv::{ReaderBuilder, StringRecord, Writer, WriterBuilder};

/// Columns of Stemwright's CSV.
const COLUMNS: [&str; 13] = [
    "Number", "Time", "End", "On", "Status", "Author", "Made", "Revision", "Fixed in", "Round",
    "Comment", "Replies", "Id",
];

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    table_of(b',', head, rows)
}

fn table_of(sign: u8, head: &[&str], mut rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = WriterBuilder::new().delimiter(sign).from_writer(Vec::new());
    let mut write = |writer: &mut Writer<Vec<u8>>| {
        writer.write_record(head)?;
        rows.try_for_each(|row| writer.write_record(row))
    };
    // Writing to memory cannot fail.
    let _: Result<(), csv::Error> = write(&mut writer);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Stemwright's CSV. Escapes texts that look like formulas.
pub fn csv(session: &Session, comments: &[&Comment], timecode: TimeNotation) -> String {
    let rows = comments.iter().map(|comment| {
        let time = |time| timecode.write(time, session);
        let replies = comment.replies.iter().map(|one| {
            // Continuation lines are indented; see `answers`.
            let text = one.text.replace('\n', "\n  ");
            format!("{}: {text}", one.author.replace(": ", " "))
        });
        vec![
            comment.number.to_string(),
            comment.start.map_or(String::new(), time),
            comment.end.map_or(String::new(), time),
            harmless(&comment.on.name(session)),
            comment.status.to_string(),
            harmless(&comment.author),
            comment.made.clone(),
            harmless(&comment.revision),
            harmless(&comment.fixed_in),
            comment.round.to_string(),
            harmless(&comment.text),
            harmless(&replies.collect::<Vec<_>>().join("\n")),
            comment.id.clone(),
        ]
    });
    table(&COLUMNS, rows)
}

const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Escapes text that a spreadsheet would run as a formula, with an apostrophe.
fn harmless(text: &str) -> String {
    if text.starts_with(FORMULAS) { format!("'{text}") } else { text.into() }
}

fn as_written(text: &str) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULAS) => rest.into(),
        _ => text.into(),
    }
}

/// REAPER's region and marker manager: `#,Name,Start,End,Length`. Comments with a range become
/// regions.
pub fn reaper(comments: &[&Comment]) -> String {
    let mut rows = Vec::new();
    let (mut markers, mut regions) = (0, 0);
    for comment in comments {
        let Some((from, to)) = comment.span() else { continue };
        let time = |time| format!("{time:.3}");
        rows.push(if from == to {
            markers += 1;
            vec![format!("M{markers}"), label(comment), time(from), String::new(), String::new()]
        } else {
            regions += 1;
            let length = Seconds(to.0 - from.0);
            vec![format!("R{regions}"), label(comment), time(from), time(to), time(length)]
        });
    }
    table(&["#", "Name", "Start", "End", "Length"], rows.into_iter())
}

/// Audition's marker list, in seconds, separated by tabs.
pub fn audition(comments: &[&Comment]) -> String {
    let rows = comments.iter().filter_map(|comment| {
        let (from, to) = comment.span()?;
        let time = |time: f64| format!("{:.3}", Seconds(time));
        let number = format!("#{}", comment.number);
        let [unit, kind] = ["decimal", "Cue"].map(String::from);
        Some(vec![number, time(from.0), time(to.0 - from.0), unit, kind, label(comment)])
    });
    let head = ["Name", "Start", "Duration", "Time Format", "Type", "Description"];
    table_of(b'\t', &head, rows)
}

/// Index of the column with one of these names, the first name first.
fn column(head: &StringRecord, names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| head.iter().position(|title| plain(title) == *name))
}

fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '#').collect()
}

/// Names of columns that hold the text of a comment.
const WORDS: [&str; 18] = [
    "comment",
    "commenttext",
    "text",
    "note",
    "notes",
    "body",
    "message",
    "kommentar",
    "anmerkung",
    "notiz",
    "commentaire",
    "comentario",
    "commento",
    "opmerking",
    "description",
    "beschreibung",
    "markername",
    "name",
];
/// Names among [`WORDS`] that belong to marker lists.
const MARKERS: [&str; 4] = ["description", "beschreibung", "markername", "name"];

/// Reads a table; `None` if it has no column for text or for time.
pub fn read(
    text: &str,
    reader: &mut Reader<'_>,
    notes: &mut Vec<String>,
) -> Option<(Format, Vec<Draft>)> {
    let (text, said) = separated(text);
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    let delimiter = said.or_else(|| [b',', b';', b'\t'].into_iter().max_by_key(count))?;
    let mut table =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let head = table.headers().ok()?.clone();
    let words = column(&head, &WORDS)?;
    let title = |at: usize| head.get(at).map(plain).unwrap_or_default();
    let of_marker = MARKERS.contains(&title(words).as_str());
    let start = column(
        &head,
        &[
            "time",
            "timecodein",
            "timecode",
            "timestamp",
            "start",
            "in",
            "starttime",
            "position",
            "sourcein",
            "zeit",
            "temps",
            "tiempo",
            "tempo",
            "tijd",
        ],
    );
    let end = column(&head, &["end", "timecodeout", "out", "endtime", "sourceout", "ende", "bis"]);
    let people = [
        "author",
        "commenter",
        "commentername",
        "reviewer",
        "user",
        "username",
        "owner",
        "createdby",
        "autor",
        "auteur",
        "verfasser",
        "von",
    ];
    let author = column(&head, &people).or_else(|| column(&head, &["name"]).filter(|_| !of_marker));
    let author = author.filter(|at| *at != words);
    let status = column(&head, &["status", "completed", "complete", "resolved", "done"]);
    let made = column(&head, &["made", "createdat", "created", "dateadded", "date", "commentedat"]);
    let on = column(&head, &["on", "track", "stem"]);
    let id = column(&head, &["id", "commentid"]);
    let revision = column(&head, &["revision"]);
    let replies = column(&head, &["replies", "reply", "antwort"]);
    let name = column(&head, &["markername", "name"]).filter(|at| of_marker && *at != words);
    let frames = column(&head, &["frame"]);
    let ours = column(&head, &["fixedin"]).is_some();
    let markers = column(&head, &["#"]).is_some() && column(&head, &["length"]).is_some();
    let audition = column(&head, &["timeformat"]).is_some();
    let duration = column(&head, &["duration"]).filter(|_| audition);
    if head.len() < 2 || (start.is_none() && !ours) {
        return None;
    }
    let (mut rows, mut broken) = (Vec::new(), 0);
    for row in table.records() {
        match row {
            Ok(row) => rows.push(row),
            Err(_) => broken += 1,
        }
    }
    fn cell(row: &StringRecord, at: Option<usize>) -> &str {
        at.and_then(|at| row.get(at)).unwrap_or("").trim()
    }
    let beside = |row| Some((cell(row, start), cell(row, frames).parse::<u64>().ok()?));
    reader.beside(&rows.iter().filter_map(beside).collect::<Vec<_>>());
    // REAPER can write times as plain sample numbers.
    let length = reader.session.length();
    let samples: Option<Vec<u64>> = rows.iter().map(|row| cell(row, start).parse().ok()).collect();
    let seconds = length.seconds(reader.session.sample_rate).0;
    let in_samples = markers
        && length.0 > 0
        && samples.is_some_and(|all| all.iter().any(|at| *at as f64 > seconds + 1.0));
    let time = |text: &str| match text.parse::<u64>() {
        Ok(samples) if in_samples => Some(Frames(samples).seconds(reader.session.sample_rate)),
        _ => reader.time(text),
    };
    let drafts = rows.iter().map(|row| {
        let field = |at| cell(row, at);
        let (mut by, mut text) =
            (as_written(field(author)), as_written(row.get(words).unwrap_or("")));
        if text.trim().is_empty() {
            text = field(name).into();
        }
        if markers || audition {
            (by, text) = unlabelled(&text);
        }
        let on = match field(on) {
            "" => None,
            name => Some(Subject::named(name, reader.session)),
        };
        // A short id of another program is only a row number.
        let own_id = Some(field(id)).filter(|id| ours || id.len() >= 8);
        let start = time(field(start));
        let lasts = time(field(duration)).zip(start);
        let end = lasts.map(|(length, start)| Seconds(start.0 + length.0)).or(time(field(end)));
        Draft {
            id: own_id.unwrap_or_default().into(),
            author: by,
            made: field(made).into(),
            start,
            end: end.filter(|end| start.is_some_and(|start| *end > start)),
            on,
            revision: as_written(field(revision)),
            status: Status::named(field(status)),
            text,
            replies: answers(&as_written(field(replies))),
            ..Draft::default()
        }
    });
    let drafts = drafts.collect();
    if broken > 0 {
        notes.push(format!("{broken} rows could not be read"));
    }
    let format = match (markers, audition) {
        (true, _) => Format::Reaper,
        (_, true) => Format::Audition,
        _ => Format::Csv,
    };
    Some((format, drafts))
}

/// Strips the line `sep=,` that tells a spreadsheet the delimiter; returns the delimiter.
fn separated(text: &str) -> (&str, Option<u8>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([sign]) => (rest, Some(*sign)),
        _ => (text, None),
    }
}

/// Replies from one cell, one per line: `Ben: which one?`. Indented lines continue a reply.
fn answers(text: &str) -> Vec<Reply> {
    let text = text.replace("\n  ", "\u{85}");
    let one = |line: &str| {
        let (by, text) = match line.split_once(": ") {
            Some((by, text)) if by.len() <= 80 => (by, text),
            _ => ("", line),
        };
        let text = text.trim().replace('\u{85}', "\n");
        Reply { author: by.trim().into(), text, ..Reply::default() }
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(one).collect()
}
