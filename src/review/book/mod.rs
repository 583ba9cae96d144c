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
mod import;

use crate::disk;
use crate::review::ReviewError;
use crate::review::beside;
use crate::review::comments::{AGREED, Comment, Reply, Review, Round, Status, Subject, Was};
use crate::review::numbers::{Sent, settle};
use crate::session::file::EXTENSION as SESSION;
use crate::units::Seconds;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, Change, ChangeHash, ROOT, ReadDoc};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub use draft::{Answered, Draft, LONGEST_TEXT, moment};
use draft::{Parts, clean_reply, comment, possible, shortened};
pub use import::Merged;

const EXTENSION: &str = "change";

/// The largest file of one change that is read, in bytes: ten thousand long comments at once.
const LARGEST: u64 = 256_000_000;
/// The longest name of a field that is read, in bytes.
const LONGEST_KEY: usize = 10_000;
/// The most comments that a song may have; more are no review.
pub const MOST_COMMENTS: usize = 10_000;

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

/// A search for changes that a book does not know yet.
pub struct Search {
    folder: PathBuf,
    seen: HashSet<OsString>,
}

/// What such a search found: files by name and place, and the change in each that is whole.
pub struct Arrived {
    folder: PathBuf,
    files: Vec<(OsString, PathBuf, Option<Change>)>,
}

impl Search {
    pub fn read(self) -> Arrived {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let ours = path.extension().is_some_and(|extension| extension == EXTENSION);
            if !ours || self.seen.contains(&name) {
                continue;
            }
            // What is not whole yet is read again the next time.
            let change = disk::bytes(&path, LARGEST).ok().and_then(whole);
            files.push((name, path, change));
        }
        Arrived { folder: self.folder, files }
    }
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
        let arrived = self.search().map(|search| search.read());
        arrived.is_some_and(|arrived| self.take_arrived(arrived))
    }

    /// A search for what others wrote since, which another thread may do; none without a folder.
    pub fn search(&self) -> Option<Search> {
        Some(Search { folder: self.folder.clone()?, seen: self.seen.clone() })
    }

    /// Takes what such a search found; whether anything came.
    pub fn take_arrived(&mut self, arrived: Arrived) -> bool {
        if self.folder.as_ref() != Some(&arrived.folder) {
            // The book went on elsewhere.
            return false;
        }
        // Those that make no sense stay named; others may be whole by now.
        let seen = &self.seen;
        self.spoilt.retain(|path| path.file_name().is_some_and(|name| seen.contains(name)));
        let mut changes = Vec::new();
        for (name, path, change) in arrived.files {
            match change {
                // One that was read twice at the same time, or that we wrote meanwhile.
                _ if self.seen.contains(&name) => {}
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
        self.say_anew(id, text, &moment());
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
        self.set(id, "changed", moment());
        self.commit("time")
    }

    pub fn set_subject(&mut self, id: &str, on: &Subject) -> Result<(), ReviewError> {
        self.set(id, "on", on);
        self.set(id, "changed", moment());
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

    /// Says that comments go out in a document, which keeps their numbers; the name of the document.
    ///
    /// # Errors
    /// Where the book cannot be written.
    pub fn goes_out(&mut self, these: impl Fn(&Comment) -> bool) -> Result<String, ReviewError> {
        let all: Vec<&Comment> = self.review.present().filter(|one| these(one)).collect();
        let sent = Sent::of(&all, moment());
        let name = sent.name();
        if !all.is_empty() && !self.review.documents.contains_key(&name) {
            self.write(&format!("d/{name}"), sent);
            self.commit("document")?;
        }
        Ok(name)
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

    /// Other words; those that stood there are kept.
    fn say_anew(&mut self, id: &str, text: &str, changed: &str) {
        if let Some(known) = self.review.comment(id).filter(|known| known.text != shortened(text)) {
            let was = Was { said: known.said().into(), text: known.text.clone() };
            self.keep_words(id, &was);
        }
        self.set(id, "text", shortened(text));
        self.set(id, "changed", changed);
    }

    /// Whoever keeps the same words writes the same field.
    fn keep_words(&mut self, id: &str, was: &Was) {
        let hash = blake3::hash(was.text.as_bytes()).to_hex();
        let short = hash.get(..16).unwrap_or_default();
        self.write(&format!("c/{id}/was/{short}"), was);
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
        // Without it they are found by their name.
        let _ = beside::mark(&folder.with_extension(SESSION));
        Ok(())
    }

    /// Reads the fields into comments and rounds; what is no comment is passed over.
    fn read(&mut self) {
        let mut fields = Fields::default();
        for key in self.doc.keys(ROOT) {
            let Ok(Some((value, _))) = self.doc.get(ROOT, key.as_str()) else { continue };
            let json = |text: Option<&str>| text.and_then(|text| serde_json::from_str(text).ok());
            let Some(counts) = json(value.as_str()) else { continue };
            // What several people wrote at the same time.
            let all = self.doc.get_all(ROOT, key.as_str()).unwrap_or_default();
            let others = all.iter().filter_map(|(value, _)| json(value.as_str()));
            fields.also(&key, others.filter(|other| *other != counts));
            fields.put(&key, counts);
        }
        self.passed = fields.passed;
        let comments = fields.comments.into_iter();
        let comments = comments.filter_map(|(id, parts)| comment(id, parts));
        let mut review = Review { comments: comments.collect(), ..Review::default() };
        review.documents = fields.documents.into_iter().collect();
        settle(&mut review.comments, &review.documents);
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
    comments: BTreeMap<String, Parts>,
    rounds: BTreeMap<u32, String>,
    documents: BTreeMap<String, Sent>,
    agreed: Option<u32>,
    logs: BTreeMap<String, Vec<String>>,
    /// Fields whose names no program writes.
    passed: usize,
}

impl Fields {
    /// What others wrote into a field at the same time.
    fn also(&mut self, key: &str, values: impl Iterator<Item = Value>) {
        if let ["c", id, field] = key.splitn(4, '/').collect::<Vec<_>>().as_slice() {
            let parts = self.comments.entry((*id).into()).or_default();
            parts.also.extend(values.map(|value| ((*field).to_string(), value)));
        }
    }

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
            ["d", name] => {
                let sent = serde_json::from_value(value).ok();
                self.documents.extend(sent.map(|sent| ((*name).to_string(), sent)));
            }
            ["log", hash] => {
                let lines = serde_json::from_value(value).ok();
                self.logs.extend(lines.map(|lines| ((*hash).to_string(), lines)));
            }
            ["c", id, field] => {
                let parts = self.comments.entry((*id).into()).or_default();
                parts.own.insert((*field).into(), value);
            }
            ["c", id, "was", _] => {
                self.comments.entry((*id).into()).or_default().was.push(value);
            }
            ["c", id, "replies", reply, field] => {
                let parts = self.comments.entry((*id).into()).or_default();
                let reply = parts.replies.entry((*reply).into()).or_default();
                reply.insert((*field).into(), value);
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
