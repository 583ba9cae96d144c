//! Numbers of comments, which people quote in mails. Two machines may give the same number at the
//! same time: the later comment then gets a letter, and no other number changes. A comment that
//! went out in a document keeps its number from there.

use crate::review::comments::Comment;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

/// `5`, or `5b` for the second comment with this number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// From 1.
    pub at: u32,
    /// Number of comments before it with the same `at`: 0 for none, 1 for `b`.
    pub twin: u32,
}

impl From<u32> for Number {
    fn from(at: u32) -> Self {
        Self { at, twin: 0 }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = u8::try_from(self.twin).ok().filter(|twin| *twin < 26);
        match (self.twin, letter) {
            (0, _) => write!(f, "{}", self.at),
            (_, Some(twin)) => write!(f, "{}{}", self.at, char::from(b'a' + twin)),
            (twin, None) => write!(f, "{}z{twin}", self.at),
        }
    }
}

/// The error for a text that is not a comment number.
#[derive(Debug, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is no number of a comment; write 5, or 5b")]
pub struct NoNumber(String);

impl FromStr for Number {
    type Err = NoNumber;
    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let plain = text.trim().trim_start_matches('#').to_lowercase();
        let end = plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(plain.len());
        let (at, letters) = plain.split_at(end);
        let twin = match letters.as_bytes() {
            [] => Some(0),
            [letter @ b'b'..=b'z'] => Some(u32::from(letter - b'a')),
            [b'z', ..] => letters.get(1..).and_then(|twin| twin.parse().ok()),
            _ => None,
        };
        let number = at.parse().ok().zip(twin).map(|(at, twin)| Self { at, twin });
        number.ok_or_else(|| NoNumber(text.trim().into()))
    }
}

/// JSON form: a number without a letter is a plain integer.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Plain(u32),
    Text(String),
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.twin {
            0 => Written::Plain(self.at).serialize(to),
            _ => Written::Text(self.to_string()).serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Written::deserialize(from)? {
            Written::Plain(at) => Ok(at.into()),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// A document that was sent: the number of each comment in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub made: String,
    /// Comment ids by number, as printed in the document.
    pub numbers: BTreeMap<String, String>,
}

impl Sent {
    /// The document that results from sending these comments.
    pub fn of(comments: &[&Comment], made: String) -> Self {
        let one = |comment: &&Comment| (comment.number.to_string(), comment.id.clone());
        Self { made, numbers: comments.iter().map(one).collect() }
    }

    /// Short hash of the numbers: the same on every machine for the same content.
    pub fn name(&self) -> String {
        let text = serde_json::to_string(&self.numbers).unwrap_or_default();
        let hash = blake3::hash(text.as_bytes()).to_hex();
        hash.get(..8).unwrap_or_default().into()
    }
}

/// Comments that a number stands for: in the documents whose name starts with `document`, else in
/// any document that was sent, else in the current numbering. More than one result means that the
/// number is ambiguous.
pub fn meant<'a>(
    comments: &'a [Comment],
    sent: &BTreeMap<String, Sent>,
    number: Number,
    document: &str,
) -> Vec<&'a Comment> {
    let text = number.to_string();
    let in_those = |name: &str| -> BTreeSet<&str> {
        let these = sent.iter().filter(|(known, _)| known.starts_with(name));
        these.filter_map(|(_, sent)| sent.numbers.get(&text)).map(String::as_str).collect()
    };
    let mut ids = if document.is_empty() { BTreeSet::new() } else { in_those(document) };
    if ids.is_empty() {
        ids = in_those("");
    }
    let found: Vec<&Comment> =
        comments.iter().filter(|one| ids.contains(one.id.as_str())).collect();
    match found.is_empty() {
        true => comments.iter().filter(|one| one.number == number).collect(),
        false => found,
    }
}

fn in_order(a: &Comment, b: &Comment) -> Ordering {
    (a.number, &a.made, &a.id).cmp(&(b.number, &b.made, &b.id))
}

/// Assigns the final numbers, the same on every machine, and sorts by them. A comment keeps the
/// number of the first document it went out in, else the number it was given, with a letter if that
/// number is taken.
pub fn settle(comments: &mut [Comment], sent: &BTreeMap<String, Sent>) {
    let mut documents: Vec<(&String, &Sent)> = sent.iter().collect();
    documents.sort_by_key(|(name, sent)| (&sent.made, *name));
    let mut gone: HashMap<&str, Number> = HashMap::new();
    for (number, id) in documents.iter().flat_map(|(_, sent)| &sent.numbers) {
        if let Ok(number) = number.parse() {
            gone.entry(id).or_insert(number);
        }
    }
    let mut taken: BTreeSet<Number> = BTreeSet::new();
    for comment in comments.iter_mut() {
        if let Some(number) = gone.get(comment.id.as_str()) {
            comment.number = *number;
            taken.insert(*number);
        }
    }
    comments.sort_by(in_order);
    // Next letter to try, per number.
    let mut next: HashMap<u32, u32> = HashMap::new();
    for comment in comments.iter_mut().filter(|one| !gone.contains_key(one.id.as_str())) {
        let at = comment.number.at;
        let twin = next.entry(at).or_default();
        while !taken.insert(Number { at, twin: *twin }) {
            *twin += 1;
        }
        comment.number = Number { at, twin: *twin };
    }
    comments.sort_by(in_order);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(number: u32, made: &str, id: &str) -> Comment {
        Comment { number: number.into(), made: made.into(), id: id.into(), ..Comment::default() }
    }

    fn numbers(list: &[Comment], sent: &BTreeMap<String, Sent>) -> Vec<(String, String)> {
        let mut list = list.to_vec();
        settle(&mut list, sent);
        list.iter().map(|one| (one.number.to_string(), one.id.clone())).collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(number, id)| ((*number).into(), (*id).into())).collect()
    }

    #[test]
    fn the_second_of_a_number_gets_a_letter_and_nothing_else_moves() {
        let mut list =
            vec![one(1, "a", "x"), one(2, "c", "late"), one(2, "b", "early"), one(3, "d", "z")];
        let none = BTreeMap::new();
        let first = pairs(&[("1", "x"), ("2", "early"), ("2b", "late"), ("3", "z")]);
        assert_eq!(numbers(&list, &none), first);
        list.reverse();
        assert_eq!(numbers(&list, &none), first);
        list.push(one(4, "e", "more"));
        assert_eq!(numbers(&list, &none)[..4], first);
    }

    #[test]
    fn what_went_out_keeps_its_number() {
        let list = vec![one(1, "b", "ours"), one(1, "a", "theirs"), one(2, "c", "third")];
        let ours = Sent::of(&[&list[0]], "2026-03-02".into());
        let sent = BTreeMap::from([(ours.name(), ours)]);
        // "theirs" has an earlier time because its clock is behind.
        assert_eq!(
            numbers(&list, &sent),
            pairs(&[("1", "ours"), ("1b", "theirs"), ("2", "third")])
        );
        let theirs = Sent::of(&[&list[1]], "2026-03-01".into());
        let name = theirs.name();
        let sent: BTreeMap<_, _> = sent.into_iter().chain([(name.clone(), theirs)]).collect();
        // Both went out as #1: only the document's name tells which one is meant.
        let mut list = list;
        settle(&mut list, &sent);
        let ids = |document: &str| -> Vec<String> {
            let found = meant(&list, &sent, 1.into(), document);
            found.iter().map(|one| one.id.clone()).collect()
        };
        assert_eq!(ids(&name[..4]), ["theirs"]);
        assert_eq!(ids("").len(), 2);
        assert_eq!(meant(&list, &sent, 2.into(), "")[0].id, "third");
        assert!(meant(&list, &sent, 9.into(), "").is_empty());
    }

    #[test]
    fn numbers_read_back() {
        for (at, twin, text) in [(7, 0, "7"), (7, 1, "7b"), (12, 25, "12z"), (3, 26, "3z26")] {
            let number = Number { at, twin };
            assert_eq!(number.to_string(), text);
            assert_eq!(format!(" #{text} ").parse::<Number>().unwrap(), number);
            let json = serde_json::to_string(&number).unwrap();
            assert_eq!(serde_json::from_str::<Number>(&json).unwrap(), number);
        }
        assert_eq!(serde_json::to_string(&Number::from(7)).unwrap(), "7");
        for junk in ["", "b", "7a", "7bc", "-1", "4294967296", "7zz"] {
            assert!(junk.parse::<Number>().is_err(), "{junk}");
        }
    }
}
