//! What comes from elsewhere, brought into the form that a book has: no text too long, no time that a
//! song cannot have, an id that can be a key; and whether it is known already.

use crate::dates::now_utc;
use crate::review::comments::{Comment, Reply, Status, Subject, Was};
use crate::review::numbers::Number;
use crate::units::Seconds;
use automerge::ActorId;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The longest text that is kept of anyone's words, in bytes.
pub const LONGEST_TEXT: usize = 20_000;
/// Time that a comment may speak of: no song is longer than a day.
const LONGEST_SONG: f64 = 86_400.0;

pub(super) type Record = Map<String, Value>;

/// What is said, before it is in the book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Given by the program in which it was written; empty where that gives none.
    pub id: String,
    pub author: String,
    /// Empty for now.
    pub made: String,
    pub start: Option<Seconds>,
    pub end: Option<Seconds>,
    /// None where the form does not say.
    pub on: Option<Subject>,
    /// Empty where the form does not say.
    pub revision: String,
    pub status: Status,
    pub text: String,
    pub replies: Vec<Reply>,
    /// When it was changed; empty where it never was.
    pub changed: String,
    pub was: Vec<Was>,
    /// Whoever wrote it took it back.
    pub deleted: bool,
    pub answers: Option<Answered>,
}

/// The comment that a text answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub number: Number,
    /// Name of the document that gave it this number, or its beginning; empty where it is not told.
    pub document: String,
}

impl Draft {
    /// When it was said as it stands.
    pub(super) fn said(&self) -> &str {
        self.made.as_str().max(&self.changed)
    }
}

/// What is in a book, by its id and by its words.
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

    /// The comment of an id, if it is there.
    pub(super) fn of_id(&self, id: &str) -> Option<String> {
        self.ids.get(id).cloned()
    }

    /// The comment that a draft without an id is, by who said what about which moment of what.
    pub(super) fn alike(&self, draft: &Draft) -> Option<String> {
        // Formats round times to milliseconds or seconds, and some know no author.
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

/// A text without regard to how its lines are broken.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Now, as it stands in comments: in UTC, so that those of two places are in order.
pub fn moment() -> String {
    let (date, time) = now_utc();
    format!("{date} {time}")
}

/// An id that nobody else has.
pub(super) fn fresh() -> String {
    ActorId::random().to_hex_string()
}

/// The fields of one comment, as they stand in the document.
#[derive(Default)]
pub(super) struct Parts {
    pub own: Record,
    pub replies: BTreeMap<String, Record>,
    pub was: Vec<Value>,
    /// What others wrote into a field at the same time.
    pub also: Vec<(String, Value)>,
}

pub(super) fn comment(id: String, parts: Parts) -> Option<Comment> {
    let Parts { own, replies, was, also } = parts;
    let mut comment: Comment = serde_json::from_value(Value::Object(own)).ok()?;
    comment.id = id;
    // Whoever can write into the folder can write anything into it.
    (comment.start, comment.end) = (possible(comment.start), possible(comment.end));
    comment.text = shortened(&comment.text).into();
    let reply = |(id, fields): (String, Record)| -> Option<Reply> {
        Some(Reply { id, ..serde_json::from_value(Value::Object(fields)).ok()? })
    };
    comment.replies = replies.into_iter().filter_map(reply).collect();
    comment.replies.sort_by(|a, b| (&a.made, &a.id).cmp(&(&b.made, &b.id)));
    let was = was.into_iter().filter_map(|one| serde_json::from_value(one).ok());
    comment.was = was.map(|one: Was| Was { text: shortened(&one.text).into(), ..one }).collect();
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

/// A time that a song can have.
pub(super) fn possible(time: Option<Seconds>) -> Option<Seconds> {
    time.filter(|time| (0.0..=LONGEST_SONG).contains(&time.0))
}

/// An id from elsewhere is a part of a key: letters, digits and dashes. Any other is replaced by
/// its hash, so that it is the same every time.
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
