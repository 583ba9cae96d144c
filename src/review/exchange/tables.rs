//! Tables: our CSV, REAPER's list of markers, and exports of review services, whose columns are
//! known by their names.

use super::times::{self, Timecode};
use super::{Format, label, unlabelled};
use crate::review::book::Draft;
use crate::review::comments::{Comment, Status, Subject};
use crate::session::Session;
use csv::{ReaderBuilder, StringRecord, Writer};

/// The columns of our own form.
const COLUMNS: [&str; 13] = [
    "Number", "Time", "End", "On", "Status", "Author", "Made", "Revision", "Fixed in", "Round",
    "Comment", "Replies", "Id",
];

fn table(head: &[&str], mut rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let mut write = |writer: &mut Writer<Vec<u8>>| {
        writer.write_record(head)?;
        rows.try_for_each(|row| writer.write_record(row))
    };
    // Memory takes everything.
    let _: Result<(), csv::Error> = write(&mut writer);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

pub fn csv(session: &Session, comments: &[&Comment], timecode: Timecode) -> String {
    let rows = comments.iter().map(|comment| {
        let time = |time| timecode.write(time, session);
        let replies = comment.replies.iter().map(|one| format!("{}: {}", one.author, one.text));
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

/// Spreadsheets run what begins like a formula; an apostrophe before it makes it text.
fn harmless(text: &str) -> String {
    if text.starts_with(FORMULAS) { format!("'{text}") } else { text.into() }
}

fn as_written(text: &str) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULAS) => rest.into(),
        _ => text.into(),
    }
}

/// REAPER's region and marker manager: `#,Name,Start,End,Length`; ranges are regions.
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
            let length = crate::units::Seconds(to.0 - from.0);
            vec![format!("R{regions}"), label(comment), time(from), time(to), time(length)]
        });
    }
    table(&["#", "Name", "Start", "End", "Length"], rows.into_iter())
}

/// What a column is, by the names that programs give it.
fn column(head: &StringRecord, names: &[&str]) -> Option<usize> {
    let plain = |text: &str| -> String {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '#').collect()
    };
    names.iter().find_map(|name| head.iter().position(|title| plain(title) == *name))
}

/// Reads a table, if it is one.
pub fn read(
    text: &str,
    session: &Session,
    notes: &mut Vec<String>,
) -> Option<(Format, Vec<Draft>)> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|sign| first.bytes().filter(|byte| byte == sign).count())?;
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let head = reader.headers().ok()?.clone();
    let words = column(
        &head,
        &["comment", "commenttext", "text", "note", "body", "message", "name", "markername"],
    )?;
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
        ],
    );
    let end = column(&head, &["end", "timecodeout", "out", "endtime", "sourceout"]);
    let author =
        column(&head, &["author", "commenter", "commentername", "user", "owner", "createdby"])
            .filter(|at| *at != words);
    let status = column(&head, &["status", "completed", "complete", "resolved", "done"]);
    let made = column(&head, &["made", "createdat", "created", "date", "commentedat"]);
    let on = column(&head, &["on", "track", "stem"]);
    let id = column(&head, &["id", "commentid"]);
    let revision = column(&head, &["revision"]);
    let ours = column(&head, &["fixedin"]).is_some();
    let markers = column(&head, &["#"]).is_some() && column(&head, &["length"]).is_some();
    if head.len() < 2 || (start.is_none() && !ours) {
        return None;
    }
    let (mut drafts, mut broken) = (Vec::new(), 0);
    for row in reader.records() {
        let Ok(row) = row else {
            broken += 1;
            continue;
        };
        let field = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or("").trim();
        let (mut by, mut text) =
            (as_written(field(author)), as_written(row.get(words).unwrap_or("")));
        if markers {
            (by, text) = unlabelled(&text);
        }
        let on = match field(on) {
            "" => None,
            name => Some(Subject::named(name, session)),
        };
        // A short one of another program is the number of a row.
        let own_id = Some(field(id)).filter(|id| ours || id.len() >= 8);
        drafts.push(Draft {
            id: own_id.unwrap_or_default().into(),
            author: by,
            made: field(made).into(),
            start: times::read(field(start), session),
            end: times::read(field(end), session),
            on,
            revision: as_written(field(revision)),
            status: Status::named(field(status)),
            text,
            ..Draft::default()
        });
    }
    if broken > 0 {
        notes.push(format!("{broken} rows could not be read"));
    }
    Some((if markers { Format::Reaper } else { Format::Csv }, drafts))
}
