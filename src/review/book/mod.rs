//! The book of comments and rounds: shared by everyone who has the folder.
//!
//! ```text
//! BlueSky.review/
//!   4be1….change        one change of one person, as Automerge writes it
//! ```
//!
//! Every change is a file of its own, named by its hash and never written again: a folder that is
//! synced by any tool can only gain files, and whoever has the same files sees the same book.
//! Copies that a sync tool makes of one hold the same change, which counts once.
//!
//! The document is one flat map of fields, `c/<comment>/text`, each with its JSON: two people who
//! import the same notes write the same fields, and of two values for one field everyone takes the
//! same one. (Maps in maps would be two different maps where both were made at the same time.)

mod draft;

use crate::disk;
use crate::review::ReviewError;
use crate::review::comments::{AGREED, Comment, Reply, Review, Round, Status, Subject};
use crate::units::Seconds;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, Change, ChangeHash, ROOT, ReadDoc};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use draft::{Draft, LONGEST_TEXT, moment};
use draft::{Known, Record, clean, clean_reply, comment, possible, shortened};

const EXTENSION: &str = "change";

/// The largest file of one change that is read, in bytes: ten thousand long comments at once.
const LARGEST: u64 = 256_000_000;
/// The longest name of a field that is read, in bytes.
const LONGEST_KEY: usize = 10_000;
/// The most comments that a song may have; more are no review.
pub const MOST_COMMENTS: usize = 10_000;
/// How many came, and how many were there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub added: usize,
    pub replies: usize,
    pub known: usize,
    /// Neither words nor room for them.
    pub refused: usize,
}

/// The comments and rounds of one session.
pub struct Book {
    /// None for a session that is on no disk yet.
    folder: Option<PathBuf>,
    doc: AutoCommit,
    /// Files that were read, or need not be read again.
    seen: HashSet<OsString>,
    /// What is on the disk.
    kept: Vec<ChangeHash>,
    review: Review,
    /// Files that hold no change.
    spoilt: Vec<PathBuf>,
    /// Fields that no program writes.
    passed: usize,
}

impl Book {
    /// Where the book of a session lies.
    pub fn folder(session: &Path) -> PathBuf {
        session.with_extension("review")
    }

    /// The book of the session in a file, with everything that is there.
    pub fn of(session: &Path) -> Self {
        Self::at(Some(Self::folder(session)))
    }

    /// A book in memory, for a session that was not saved yet.
    pub fn unsaved() -> Self {
        Self::at(None)
    }

    fn at(folder: Option<PathBuf>) -> Self {
        let review = Review { agreed: AGREED, ..Review::default() };
        let (doc, seen) = (AutoCommit::new(), HashSet::new());
        let mut book =
            Self { folder, doc, seen, kept: Vec::new(), review, spoilt: Vec::new(), passed: 0 };
        book.refresh();
        book
    }

    pub fn review(&self) -> &Review {
        &self.review
    }

    /// Files in the folder that are no changes, whole ones at least.
    pub fn spoilt(&self) -> &[PathBuf] {
        &self.spoilt
    }

    /// Fields that were passed over, because no program writes such names.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Changes that wait for others which have not arrived yet.
    pub fn waits(&mut self) -> usize {
        self.doc.get_missing_deps(&[]).len()
    }

    /// Reads what others wrote since; whether anything came.
    pub fn refresh(&mut self) -> bool {
        let Some(folder) = &self.folder else { return false };
        let mut changes = Vec::new();
        // Those that make no sense stay named; others may be whole by now.
        let seen = &self.seen;
        self.spoilt.retain(|path| path.file_name().is_some_and(|name| seen.contains(name)));
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let ours = path.extension().is_some_and(|extension| extension == EXTENSION);
            if !ours || self.seen.contains(&name) {
                continue;
            }
            // What is not whole yet is read again the next time.
            match disk::bytes(&path, LARGEST).ok().and_then(whole) {
                Some(change) => {
                    self.seen.insert(name);
                    changes.push((path, change));
                }
                None => self.spoilt.push(path),
            }
        }
        if changes.is_empty() {
            return false;
        }
        self.take(&changes);
        self.kept = self.doc.get_heads();
        self.read();
        true
    }

    /// Takes changes into the document. Of those that contradict it, or over which the library
    /// comes down, as one can be made to harm, the file is named; the rest counts.
    fn take(&mut self, changes: &[(PathBuf, Change)]) {
        let all = changes.iter().map(|(_, change)| change.clone());
        let mut doc = self.doc.clone();
        let work = || doc.apply_changes(all).is_ok().then_some(doc);
        match (catch_unwind(AssertUnwindSafe(work)).ok().flatten(), changes) {
            (Some(doc), _) => self.doc = doc,
            (None, [(path, _)]) => self.spoilt.push(path.clone()),
            (None, _) => {
                let (first, second) = changes.split_at(changes.len() / 2);
                self.take(first);
                self.take(second);
            }
        }
    }

    /// Goes on in the folder of a session that was saved, or saved elsewhere.
    pub fn settle(&mut self, session: &Path) -> Result<(), ReviewError> {
        let folder = Self::folder(session);
        if self.folder.as_ref() != Some(&folder) {
            self.folder = Some(folder);
            self.seen.clear();
            self.kept.clear();
            self.refresh();
            self.kept.clear();
            self.keep()?;
        }
        Ok(())
    }

    /// Adds a comment; its id. One that is there already, by its id, stays as it is.
    pub fn add(&mut self, draft: Draft) -> Result<String, ReviewError> {
        let id = self.put_comment(draft);
        self.commit("comment")?;
        Ok(id)
    }

    /// Adds comments from elsewhere; those that are there already are not added twice, whether
    /// they are known by their id or by who said what about which moment.
    pub fn merge(&mut self, drafts: Vec<Draft>) -> Result<Merged, ReviewError> {
        let mut merged = Merged::default();
        let mut known = Known::default();
        self.review.comments.iter().for_each(|comment| known.add(comment));
        for draft in drafts {
            if draft.text.trim().is_empty() || self.review.comments.len() >= MOST_COMMENTS {
                merged.refused += 1;
                continue;
            }
            let mut draft = clean(draft);
            if let Some(number) = draft.answers {
                let mut all = self.review.comments.iter();
                let comment = all.find(|comment| comment.number == number);
                let Some(id) = comment.map(|comment| comment.id.clone()) else {
                    merged.refused += 1;
                    continue;
                };
                let Draft { id: reply, author, made, text, .. } = draft;
                merged.replies += self.put_replies(&id, &[Reply { id: reply, author, made, text }]);
                continue;
            }
            let replies = std::mem::take(&mut draft.replies);
            let id = match known.find(&draft) {
                Some(id) => {
                    merged.known += 1;
                    id
                }
                None => {
                    merged.added += 1;
                    let id = self.put_comment(draft);
                    self.review.comments.last().into_iter().for_each(|one| known.add(one));
                    id
                }
            };
            merged.replies += self.put_replies(&id, &replies);
        }
        self.commit("import")?;
        Ok(merged)
    }

    fn put_comment(&mut self, draft: Draft) -> String {
        let draft = clean(draft);
        let id = draft.id.clone();
        if self.review.comment(&id).is_some() {
            return id;
        }
        let last = self.review.comments.iter().map(|comment| comment.number).max();
        let round = self.review.current_round();
        self.set(&id, "number", last.unwrap_or(0).saturating_add(1));
        self.set(&id, "author", &draft.author);
        self.set(&id, "made", &draft.made);
        self.set(&id, "start", draft.start);
        self.set(&id, "end", draft.end);
        self.set(&id, "on", &draft.on);
        self.set(&id, "revision", &draft.revision);
        self.set(&id, "status", draft.status);
        self.set(&id, "text", &draft.text);
        self.set(&id, "round", round);
        let number = last.unwrap_or(0).saturating_add(1);
        self.review.comments.push(Comment {
            id: id.clone(),
            number,
            author: draft.author,
            start: draft.start,
            text: draft.text,
            ..Comment::default()
        });
        self.put_replies(&id, &draft.replies);
        id
    }

    /// Adds replies that are not there; how many.
    fn put_replies(&mut self, id: &str, replies: &[Reply]) -> usize {
        let known = self.review.comment(id).map_or(Vec::new(), |comment| comment.replies.clone());
        let mut fresh: Vec<Reply> = Vec::new();
        for reply in replies {
            let reply = clean_reply(reply.clone());
            let there = |one: &Reply| {
                one.id == reply.id || (one.text == reply.text && one.author == reply.author)
            };
            if !reply.text.is_empty() && !known.iter().chain(&fresh).any(there) {
                let place = format!("c/{id}/replies/{}", reply.id);
                self.write(&format!("{place}/author"), &reply.author);
                self.write(&format!("{place}/made"), &reply.made);
                self.write(&format!("{place}/text"), &reply.text);
                fresh.push(reply);
            }
        }
        let added = fresh.len();
        if let Some(comment) = self.review.comments.iter_mut().find(|comment| comment.id == id) {
            comment.replies.extend(fresh);
        }
        added
    }

    pub fn reply(&mut self, id: &str, author: &str, text: &str) -> Result<(), ReviewError> {
        let reply = Reply { author: author.into(), text: text.into(), ..Reply::default() };
        self.put_replies(id, &[reply]);
        self.commit("reply")
    }

    pub fn set_status(&mut self, id: &str, status: Status) -> Result<(), ReviewError> {
        self.set(id, "status", status);
        self.commit("status")
    }

    /// Done, by a revision.
    pub fn resolve(&mut self, id: &str, revision: &str) -> Result<(), ReviewError> {
        self.set(id, "status", Status::Done);
        self.set(id, "fixed_in", revision);
        self.commit("resolve")
    }

    pub fn set_text(&mut self, id: &str, text: &str) -> Result<(), ReviewError> {
        self.set(id, "text", shortened(text));
        self.commit("text")
    }

    pub fn set_span(
        &mut self,
        id: &str,
        start: Option<Seconds>,
        end: Option<Seconds>,
    ) -> Result<(), ReviewError> {
        let (start, end) = (possible(start), possible(end));
        self.set(id, "start", start);
        self.set(id, "end", end);
        self.commit("time")
    }

    pub fn set_subject(&mut self, id: &str, on: &Subject) -> Result<(), ReviewError> {
        self.set(id, "on", on);
        self.commit("subject")
    }

    /// Takes a comment out of sight, or brings it back: nothing that was said is lost.
    pub fn set_deleted(&mut self, id: &str, deleted: bool) -> Result<(), ReviewError> {
        self.set(id, "deleted", deleted);
        self.commit("delete")
    }

    pub fn set_agreed(&mut self, rounds: u32) -> Result<(), ReviewError> {
        self.write("agreed", rounds.clamp(1, 99));
        self.commit("agreed rounds")
    }

    /// Closes the current round: what is said from now on belongs to the next one. Its number.
    pub fn send_round(&mut self) -> Result<u32, ReviewError> {
        let number = self.review.current_round();
        self.write(&format!("r/{number}/sent"), moment());
        self.commit("round")?;
        Ok(number)
    }

    /// Keeps a version log that a person wrote anew, for the revision of a session's hash.
    pub fn set_log(&mut self, session: &str, lines: &[String]) -> Result<(), ReviewError> {
        self.write(&format!("log/{session}"), lines);
        self.commit("log")
    }

    fn set(&mut self, id: &str, field: &str, value: impl Serialize) {
        self.write(&format!("c/{id}/{field}"), value);
    }

    fn write(&mut self, key: &str, value: impl Serialize) {
        let Ok(text) = serde_json::to_string(&value) else { return };
        // The root is a map that takes any text.
        let _ = self.doc.put(ROOT, key, text);
    }

    /// Makes the fields that were written one change, and keeps it.
    fn commit(&mut self, what: &str) -> Result<(), ReviewError> {
        self.doc.commit_with(CommitOptions::default().with_message(what));
        self.read();
        self.keep()
    }

    /// Writes the changes that are on no disk yet.
    fn keep(&mut self) -> Result<(), ReviewError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for change in self.doc.get_changes(&self.kept) {
            let name = format!("{}.{EXTENSION}", change.hash());
            let path = folder.join(&name);
            let write = || {
                std::fs::create_dir_all(folder)?;
                disk::write(&path, change.raw_bytes())
            };
            if !path.exists() {
                write().map_err(|cause| ReviewError::Write { path: path.clone(), cause })?;
            }
            self.seen.insert(name.into());
        }
        self.kept = self.doc.get_heads();
        Ok(())
    }

    /// Reads the fields into comments and rounds; what is no comment is passed over.
    fn read(&mut self) {
        let mut fields = Fields::default();
        for key in self.doc.keys(ROOT) {
            let Ok(Some((value, _))) = self.doc.get(ROOT, key.as_str()) else { continue };
            let json = value.as_str().and_then(|text| serde_json::from_str(text).ok());
            if let Some(json) = json {
                fields.put(&key, json);
            }
        }
        self.passed = fields.passed;
        let comments = fields.comments.into_iter();
        let comments = comments.filter_map(|(id, (own, replies))| comment(id, own, replies));
        let mut review = Review { comments: comments.collect(), ..Review::default() };
        review.settle_numbers();
        review
            .rounds
            .extend(fields.rounds.into_iter().map(|(number, sent)| Round { number, sent }));
        review.agreed = fields.agreed.unwrap_or(AGREED);
        review.logs = fields.logs.into_iter().collect();
        self.review = review;
    }
}

/// The flat fields, by what they belong to.
#[derive(Default)]
struct Fields {
    /// Fields of each comment, and of its replies.
    comments: BTreeMap<String, (Record, BTreeMap<String, Record>)>,
    rounds: BTreeMap<u32, String>,
    agreed: Option<u32>,
    logs: BTreeMap<String, Vec<String>>,
    /// Fields whose names no program writes.
    passed: usize,
}

impl Fields {
    fn put(&mut self, key: &str, value: Value) {
        if key.len() > LONGEST_KEY {
            self.passed += 1;
            return;
        }
        // One part more than any of ours has.
        let parts: Vec<&str> = key.splitn(6, '/').collect();
        match parts.as_slice() {
            ["agreed"] => self.agreed = value.as_u64().and_then(|n| u32::try_from(n).ok()),
            ["r", number, "sent"] => {
                let sent = value.as_str().unwrap_or("").to_string();
                self.rounds.extend(number.parse().ok().map(|number| (number, sent)));
            }
            ["log", hash] => {
                let lines = serde_json::from_value(value).ok();
                self.logs.extend(lines.map(|lines| ((*hash).to_string(), lines)));
            }
            ["c", id, field] => {
                let (own, _) = self.comments.entry((*id).into()).or_default();
                own.insert((*field).into(), value);
            }
            ["c", id, "replies", reply, field] => {
                let (_, replies) = self.comments.entry((*id).into()).or_default();
                replies.entry((*reply).into()).or_default().insert((*field).into(), value);
            }
            // A field of a later program: the comment is there all the same.
            ["c", id, _, ..] => drop(self.comments.entry((*id).into()).or_default()),
            _ => {}
        }
    }
}

/// A change, if it is as it was written: its own checksum stands after the four bytes that say
/// what it is, and is the beginning of its hash (automerge.org/automerge-binary-format-spec).
fn whole(bytes: Vec<u8>) -> Option<Change> {
    let stated: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    // The library may come down over bytes that were made to harm.
    let change = catch_unwind(|| Change::from_bytes(bytes)).ok()?.ok()?;
    change.hash().0.starts_with(&stated).then_some(change)
}

#[cfg(test)]
mod tests;
