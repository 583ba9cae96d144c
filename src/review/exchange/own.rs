//! Stemwright's own text format: numbered notes as in a mail, each with its author and status and
//! the answers below it.
//!
//! ```text
//! 3. 0:47.250 [Lead Vocals] too harsh
//!    after the break
//!    (Anna, done, fixed in v1.1)
//!    > Mix room: Heard, mended.
//! ```

use super::mail::{OF_DAY, UNTIL, leading};
use super::timecode::Reader;
use super::times::TimeNotation;
use crate::review::book::Draft;
use crate::review::comments::{Comment, Reply, Status, Subject};
use crate::review::numbers::Number;
use crate::session::Session;

/// Indentation of the lines below the first line of a note.
const INSIDE: &str = "   ";
const ANSWER: &str = "> ";
/// Written in place of a time if the text itself begins like a time.
const WHOLE: &str = "whole song: ";
/// Author name of concurrent texts of a comment. The reader skips them: they are in the book
/// already.
const ALSO: &str = "also";

pub fn write(session: &Session, comments: &[&Comment], timecode: TimeNotation) -> String {
    let reader = Reader::new(session, "", None);
    let mut out = String::new();
    for comment in comments {
        let on = match &comment.on {
            Subject::Mix if !comment.text.trim_start().starts_with('[') => String::new(),
            on => format!("[{}] ", on.name(session)),
        };
        let said = format!("{on}{}", indented(&comment.text));
        let when = match comment.span() {
            None if leading(&said, &reader).is_some() || said.starts_with(WHOLE) => WHOLE.into(),
            None => String::new(),
            Some((from, to)) if from == to => timecode.write(from, session),
            Some((from, to)) => {
                format!("{}\u{2013}{}", timecode.write(from, session), timecode.write(to, session))
            }
        };
        // A text such as `to the end` or `am I hearing this right` could be read as a part of the
        // time: put a colon between.
        let lower = said.to_lowercase();
        let goes_on = UNTIL.iter().chain(&OF_DAY).any(|word| lower.starts_with(word));
        let plain = said.starts_with('[') || !goes_on && said.starts_with(char::is_alphanumeric);
        let gap = match when.as_str() {
            "" | WHOLE => "",
            _ if plain => " ",
            _ => ": ",
        };
        out.push_str(&format!("{}. {when}{gap}{said}\n", comment.number));
        let mut facts = vec![comment.author.clone(), comment.standing()];
        if !comment.fixed_in.is_empty() {
            facts.push(format!("fixed in v{}", comment.fixed_in));
        }
        facts.retain(|fact| !fact.is_empty());
        out.push_str(&format!("{INSIDE}({})\n", facts.join(", ")));
        let also = comment.also.iter().map(|text| (ALSO.to_string(), text));
        let replies = comment.replies.iter().map(|one| (one.author.replace(": ", " "), &one.text));
        for (by, text) in also.chain(replies) {
            out.push_str(&format!("{INSIDE}{ANSWER}{by}: {}\n", indented(text)));
        }
    }
    out
}

/// Characters with a meaning at the start of a continuation line; a backslash escapes them.
const SIGNS: [char; 3] = ['>', '(', '\\'];

/// Indents and escapes continuation lines. Drops empty lines, which would end the note.
fn indented(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.enumerate().map(|(n, line)| match n > 0 && line.starts_with(SIGNS) {
        true => format!("\\{line}"),
        false => line.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n   ")
}

/// Removes the escape of a continuation line.
fn as_said(line: &str) -> &str {
    line.strip_prefix('\\').filter(|rest| rest.starts_with(SIGNS)).unwrap_or(line)
}

/// Reads such a text; `None` if it has no notes. Also returns the lines that are not part of a
/// note.
pub fn read(text: &str, reader: &Reader<'_>) -> Option<(Vec<Draft>, String)> {
    let (mut drafts, mut rest) = (Vec::new(), String::new());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mut block = vec![line];
        if head(line).is_some() {
            while let Some(inside) = lines.next_if(|next| next.starts_with(INSIDE)) {
                block.push(inside);
            }
        }
        match note(&block, reader) {
            Some(draft) => drafts.push(draft),
            None => block.iter().for_each(|line| rest.extend([line, "\n"])),
        }
    }
    // Skip title and document name at the top.
    let document = |line: &str| line.contains(", document ");
    if let Some(at) = rest.lines().take(4).position(document) {
        rest = rest.lines().skip(at + 1).collect::<Vec<_>>().join("\n");
    }
    (!drafts.is_empty()).then_some((drafts, rest))
}

/// The text after the number of a note.
fn head(line: &str) -> Option<&str> {
    let (number, rest) = line.split_once(". ")?;
    number.parse::<Number>().ok().map(|_| rest)
}

/// Reads a note with its lines; `None` unless one of them holds author and status in brackets.
fn note(block: &[&str], reader: &Reader<'_>) -> Option<Draft> {
    let (first, below) = block.split_first()?;
    let first = head(first)?;
    let below: Vec<&str> =
        below.iter().map(|line| line.strip_prefix(INSIDE).unwrap_or(line)).collect();
    let is_fact = |at: &usize| below.get(*at).is_some_and(|line| facts(line).is_some());
    let answered = |at: &usize| below.get(at + 1).is_some_and(|next| next.starts_with(ANSWER));
    let places: Vec<usize> = (0..below.len()).filter(is_fact).collect();
    // The text may contain a similar line: take the one before the answers, or the last.
    let at = places.iter().copied().find(answered).or(places.last().copied())?;
    let (author, status) = facts(below.get(at)?)?;
    let (start, end, words) = match first.strip_prefix(WHOLE) {
        Some(words) => (None, None, words),
        None => match leading(first, reader) {
            Some((start, end, words)) => (Some(start), end, words),
            None => (None, None, first),
        },
    };
    let (on, words) = subject(words, reader.session);
    let text = [words].into_iter().chain(below.get(..at)?.iter().map(|line| as_said(line)));
    let text = text.collect::<Vec<_>>().join("\n");
    let mut replies: Vec<Reply> = Vec::new();
    for line in below.get(at + 1..)? {
        match (line.strip_prefix(ANSWER).and_then(|line| line.split_once(':')), replies.last_mut())
        {
            (Some((author, text)), _) => replies.push(Reply {
                author: author.trim().into(),
                text: text.trim().into(),
                ..Reply::default()
            }),
            (None, Some(last)) => last.text = format!("{}\n{}", last.text, as_said(line)),
            (None, None) => {}
        }
    }
    replies.retain(|reply| reply.author != ALSO);
    let on = Some(on);
    Some(Draft { author, start, end, on, status, text, replies, ..Draft::default() })
}

/// `[Lead Vocals] late`: subject and text; the mix if the session has no such name.
fn subject<'a>(words: &'a str, session: &Session) -> (Subject, &'a str) {
    let named = words.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let known = named.and_then(|(name, text)| {
        let on = Subject::named(name, session);
        (on.name(session) == name).then(|| (on, text.trim_start()))
    });
    known.unwrap_or((Subject::Mix, words))
}

/// `(Anna, done, fixed in v1.1)`: author and status.
fn facts(line: &str) -> Option<(String, Status)> {
    let inner = line.strip_prefix('(')?.strip_suffix(')')?;
    let parts: Vec<&str> = inner.split(", ").collect();
    let status = |part: &&str| Status::ALL.into_iter().find(|status| status.name() == *part);
    let at = parts.iter().rposition(|part| status(part).is_some())?;
    Some((parts.get(..at)?.join(", "), status(parts.get(at)?)?))
}
