//! Comments before they are in the book: [`Draft`] is the input of imports and of the window.
//! Limits lengths, times and ids to valid values, and finds comments that are in the book already.

use crate::dates::now_utc;
use crate::review::comments::{Comment, EarlierText, Reply, Status, Subject};
use crate::review::numbers::Number;
use crate::units::Seconds;
use automerge::ActorId;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The longest text that is kept, in bytes.
pub const LONGEST_TEXT: usize = 20_000;
/// Latest time that a comment may have, in seconds: one day.
const LONGEST_SONG: f64 = 86_400.0;

pub(super) type Record = Map<String, Value>;

/// A comment before it is in the book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Id from the program that wrote it; empty if there is none.
    pub id: String,
    pub author: String,
    /// `yyyy-mm-dd hh:mm:ss` in UTC; empty means now.
    pub made: String,
    pub start: Option<Seconds>,
    pub end: Option<Seconds>,
    /// `None` if the format has no subject.
    pub on: Option<Subject>,
    /// Empty if the format has no revision.
    pub revision: String,
    pub status: Status,
    pub text: String,
    pub replies: Vec<Reply>,
    /// When it was changed; empty if never.
    pub changed: String,
    pub was: Vec<EarlierText>,
    /// Its author withdrew it.
    pub deleted: bool,
    pub answers: Option<Answered>,
}

/// The comment that a text is a reply to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub number: Number,
    /// Name of the document with this number, or its beginning; empty if unknown.
    pub document: String,
}

impl Draft {
    /// When the present text was written or changed.
    pub(super) fn said(&self) -> &str {
        self.made.as_str().max(&self.changed)
    }
}

/// Index of the comments in a book, by id and by text.
#[derive(Default)]
pub(super) struct Known {
    ids: HashSet<String>,
    by_words: HashMap<String, Vec<Alike>>,
}

#[derive(Clone)]
struct Alike {
    id: String,
    start: Option<Seconds>,
    author: String,
    on: Subject,
    revision: String,
}

impl Known {
    pub(super) fn add(&mut self, comment: &Comment) {
        self.ids.insert(comment.id.clone());
        let one = Alike {
            id: comment.id.clone(),
            start: comment.start,
            author: comment.author.clone(),
            on: comment.on.clone(),
            revision: comment.revision.clone(),
        };
        let before = comment.was.iter().map(|was| &was.text);
        let all: HashSet<String> = before.chain([&comment.text]).map(|text| words(text)).collect();
        for text in all {
            self.by_words.entry(text).or_default().push(one.clone());
        }
    }

    /// The id, if a comment has it.
    pub(super) fn of_id(&self, id: &str) -> Option<String> {
        self.ids.get(id).cloned()
    }

    /// The comment that equals a draft without an id: same text, about the same time, and no
    /// contradiction in author, revision or subject.
    pub(super) fn alike(&self, draft: &Draft) -> Option<String> {
        // Formats round times to milliseconds or seconds, and some have no author.
        let near = |a: Option<Seconds>, b: Option<Seconds>| match (a, b) {
            (Some(a), Some(b)) => (a.0 - b.0).abs() < 1.0,
            (a, b) => a.is_none() && b.is_none(),
        };
        let alike = |a: &str, b: &str| a.is_empty() || b.is_empty() || a.eq_ignore_ascii_case(b);
        let same = self.by_words.get(&words(&draft.text))?.iter().find(|one| {
            near(one.start, draft.start)
                && alike(&one.author, &draft.author)
                && alike(&one.revision, &draft.revision)
                && draft.on.as_ref().is_none_or(|on| *on == one.on)
        });
        same.map(|one| one.id.clone())
    }
}

/// A text with all white space reduced to single spaces.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The current time as used in comments, in UTC: times from different zones sort correctly.
pub fn moment() -> String {
    let (date, time) = now_utc();
    format!("{date} {time}")
}

/// A random, unique id.
pub(super) fn fresh() -> String {
    ActorId::random().to_hex_string()
}

/// Fields of one comment, as read from the document.
#[derive(Default)]
pub(super) struct Parts {
    pub own: Record,
    pub replies: BTreeMap<String, Record>,
    pub was: Vec<Value>,
    /// Concurrent values, by field name.
    pub also: Vec<(String, Value)>,
}

pub(super) fn comment(id: String, parts: Parts) -> Option<Comment> {
    let Parts { own, replies, was, also } = parts;
    let mut comment: Comment = serde_json::from_value(Value::Object(own)).ok()?;
    comment.id = id;
    // Files in a shared folder may hold any value.
    (comment.start, comment.end) = (possible(comment.start), possible(comment.end));
    comment.text = shortened(&comment.text).into();
    let reply = |(id, fields): (String, Record)| -> Option<Reply> {
        Some(Reply { id, ..serde_json::from_value(Value::Object(fields)).ok()? })
    };
    comment.replies = replies.into_iter().filter_map(reply).collect();
    comment.replies.sort_by(|a, b| (&a.made, &a.id).cmp(&(&b.made, &b.id)));
    let was = was.into_iter().filter_map(|one| serde_json::from_value(one).ok());
    comment.was = was
        .map(|one: EarlierText| EarlierText { text: shortened(&one.text).into(), ..one })
        .collect();
    comment.was.retain(|was| !was.text.is_empty() && was.text != comment.text);
    comment.was.sort_by(|a, b| (&a.said, &a.text).cmp(&(&b.said, &b.text)));
    for (field, value) in also {
        match field.as_str() {
            "text" => comment.also.extend(value.as_str().map(|text| shortened(text).to_string())),
            "status" => comment.also_status.extend(serde_json::from_value::<Status>(value).ok()),
            _ => {}
        }
    }
    comment.also.retain(|text| !text.is_empty() && *text != comment.text);
    comment.also.sort();
    comment.also.dedup();
    comment.also_status.retain(|status| *status != comment.status);
    comment.also_status.sort_by_key(|status| status.name());
    comment.also_status.dedup();
    Some(comment)
}

pub(super) fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("").trim()
}

/// `None` for a time that no song can have.
pub(super) fn possible(time: Option<Seconds>) -> Option<Seconds> {
    time.filter(|time| (0.0..=LONGEST_SONG).contains(&time.0))
}

/// Makes an id usable as a part of a key: letters, digits and dashes. Another id is replaced by its
/// hash, which is the same every time; an empty one by a new id.
pub(super) fn id(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match text {
        "" => fresh(),
        text if text.len() <= 64 && text.chars().all(plain) => text.into(),
        text => blake3::hash(text.as_bytes()).to_hex().to_string(),
    }
}

pub(super) fn clean(draft: Draft) -> Draft {
    let (start, end) = (possible(draft.start), possible(draft.end));
    let one_line = |text: &str| shortened(text).split_whitespace().collect::<Vec<_>>().join(" ");
    Draft {
        id: id(&draft.id),
        author: one_line(&draft.author).chars().take(80).collect(),
        made: if draft.made.is_empty() { moment() } else { draft.made.chars().take(19).collect() },
        changed: draft.changed.chars().take(19).collect(),
        start,
        end: end.filter(|end| start.is_some_and(|start| end.0 > start.0)),
        revision: one_line(&draft.revision).chars().take(40).collect(),
        text: shortened(&draft.text).into(),
        ..draft
    }
}

pub(super) fn clean_reply(reply: Reply) -> Reply {
    let draft = clean(Draft {
        id: reply.id,
        author: reply.author,
        made: reply.made,
        text: reply.text,
        ..Draft::default()
    });
    Reply { id: draft.id, author: draft.author, made: draft.made, text: draft.text }
}
