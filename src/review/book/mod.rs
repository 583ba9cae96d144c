//! The book: comments and rounds of one session, shared by everyone who has the folder. [`Book`] is
//! used by the window and the command line; a [`Search`] may run on another thread.
//!
//! ```text
//! BlueSky.review/
//!   4be1….change        one change by one person, in Automerge's format
//! ```
//!
//! Every change is a file of its own, named by its hash and never rewritten. A sync tool can only
//! add files, and the same files give the same book on every machine. A second copy of a file holds
//! the same change, which counts once.
//!
//! The document is one flat map: keys such as `c/<comment>/text`, values in JSON. Two people who
//! import the same notes write the same keys, and of two concurrent values every machine picks the
//! same one. (Nested maps would be created twice when two people add them at the same time.)

mod draft;
mod import;

use crate::disk;
use crate::review::ReviewError;
use crate::review::beside;
use crate::review::comments::{
    AGREED, Comment, EarlierText, Reply, Review, Round, Status, Subject,
};
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

/// The largest change file that is read, in bytes: ten thousand long comments at once.
const LARGEST: u64 = 256_000_000;
/// The longest key that is read, in bytes.
const LONGEST_KEY: usize = 10_000;
/// The most comments in one book; `merge` refuses more.
pub const MOST_COMMENTS: usize = 10_000;

/// Comments and rounds of one session, with their folder on disk.
pub struct Book {
    /// `None` for a session that was never saved.
    folder: Option<PathBuf>,
    doc: AutoCommit,
    /// Names of files that were read or written here.
    seen: HashSet<OsString>,
    /// Heads of the document when it was last in step with the disk.
    kept: Vec<ChangeHash>,
    review: Review,
    /// Files that hold no valid change.
    spoilt: Vec<PathBuf>,
    /// Number of keys that were skipped because they are too long.
    passed: usize,
    /// Changes wait for [`Book::unwritten`] instead of being written at once.
    waits: bool,
}

/// Changes that are not on disk yet, to be written on any thread.
pub struct Unwritten {
    folder: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// A search for new change files, to be run on any thread.
pub struct Search {
    folder: PathBuf,
    seen: HashSet<OsString>,
}

/// Result of a search: each new file by name and path, with its change if it is valid.
pub struct Arrived {
    folder: PathBuf,
    files: Vec<(OsString, PathBuf, Option<Change>)>,
}

impl Unwritten {
    /// Writes the changes that are not there.
    ///
    /// # Errors
    /// `Write` with the first file that cannot be written.
    pub fn write(&self) -> Result<(), ReviewError> {
        for (path, bytes) in &self.files {
            let write = || {
                std::fs::create_dir_all(&self.folder)?;
                disk::write(path, bytes)
            };
            if !path.exists() {
                write().map_err(|cause| ReviewError::Write { path: path.clone(), cause })?;
            }
        }
        // Ignored: without the marker the folder is found by its name.
        let _ = beside::mark(&self.folder.with_extension(SESSION));
        Ok(())
    }
}

impl Search {
    /// Reads the new files. Unreadable ones come without a change.
    pub fn read(self) -> Arrived {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let ours = path.extension().is_some_and(|extension| extension == EXTENSION);
            if !ours || self.seen.contains(&name) {
                continue;
            }
            // An incomplete file is read again by the next search.
            let change = disk::bytes(&path, LARGEST).ok().and_then(whole);
            files.push((name, path, change));
        }
        Arrived { folder: self.folder, files }
    }
}

impl Book {
    /// Folder of the book of a session file.
    pub fn folder(session: &Path) -> PathBuf {
        session.with_extension("review")
    }

    /// Opens the book of a session file and reads all changes.
    pub fn of(session: &Path) -> Self {
        Self::at(Some(Self::folder(session)))
    }

    /// An empty book in memory, for a session that was never saved.
    pub fn unsaved() -> Self {
        Self::at(None)
    }

    fn at(folder: Option<PathBuf>) -> Self {
        let review = Review { agreed: AGREED, ..Review::default() };
        let (doc, seen) = (AutoCommit::new(), HashSet::new());
        let (kept, spoilt) = (Vec::new(), Vec::new());
        let mut book = Self { folder, doc, seen, kept, review, spoilt, passed: 0, waits: false };
        book.refresh();
        book
    }

    /// The same book, but its changes wait for [`Book::unwritten`].
    pub fn written_elsewhere(mut self) -> Self {
        self.waits = true;
        self
    }

    pub fn review(&self) -> &Review {
        &self.review
    }

    /// Files in the folder that hold no valid change: incomplete, damaged or rejected.
    pub fn spoilt(&self) -> &[PathBuf] {
        &self.spoilt
    }

    /// Number of keys that were skipped because no program writes such long ones.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Number of missing changes that others depend on; they have not arrived yet.
    pub fn waits(&mut self) -> usize {
        self.doc.get_missing_deps(&[]).len()
    }

    /// Reads changes that others wrote; returns whether there were any.
    pub fn refresh(&mut self) -> bool {
        let arrived = self.search().map(|search| search.read());
        arrived.is_some_and(|arrived| self.take_arrived(arrived))
    }

    /// Prepares a search that another thread may run; `None` without a folder.
    pub fn search(&self) -> Option<Search> {
        Some(Search { folder: self.folder.clone()?, seen: self.seen.clone() })
    }

    /// Applies the result of a search; returns whether it held new changes.
    pub fn take_arrived(&mut self, arrived: Arrived) -> bool {
        if self.folder.as_ref() != Some(&arrived.folder) {
            // The book moved to another folder during the search.
            return false;
        }
        // Keep files that the document rejected; incomplete ones may be complete by now.
        let seen = &self.seen;
        self.spoilt.retain(|path| path.file_name().is_some_and(|name| seen.contains(name)));
        let mut changes = Vec::new();
        for (name, path, change) in arrived.files {
            match change {
                // Read by two searches, or written here during the search.
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

    /// Applies changes to the document. A change that is rejected, or makes the library panic, is
    /// put on the list of spoilt files; the others count. Halves the list to find it.
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

    /// Moves the book to the folder of a session that was saved for the first time or elsewhere.
    /// Comments that are there already come with the next [`Book::refresh`].
    pub fn settle(&mut self, session: &Path) -> Result<(), ReviewError> {
        let folder = Self::folder(session);
        if self.folder.as_ref() != Some(&folder) {
            self.folder = Some(folder);
            self.seen.clear();
            self.write_all_again();
            self.keep()?;
        }
        Ok(())
    }

    /// All changes count as not written: to be called when writing failed.
    pub fn write_all_again(&mut self) {
        self.kept.clear();
    }

    /// Adds a comment and returns its id. An existing comment with this id stays unchanged.
    pub fn add(&mut self, draft: Draft) -> Result<String, ReviewError> {
        let id = self.put_comment(draft);
        self.commit("comment")?;
        Ok(id)
    }

    /// Adds replies that are not there yet; returns how many.
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

    /// Adds a reply; ignores an empty one or one that is there already.
    pub fn reply(&mut self, id: &str, author: &str, text: &str) -> Result<(), ReviewError> {
        let reply = Reply { author: author.into(), text: text.into(), ..Reply::default() };
        self.put_replies(id, &[reply]);
        self.commit("reply")
    }

    pub fn set_status(&mut self, id: &str, status: Status) -> Result<(), ReviewError> {
        self.set(id, "status", status);
        self.commit("status")
    }

    /// Sets the status to done, with the revision that fixed it.
    pub fn resolve(&mut self, id: &str, revision: &str) -> Result<(), ReviewError> {
        self.set(id, "status", Status::Done);
        self.set(id, "fixed_in", revision);
        self.commit("resolve")
    }

    /// Replaces the text of a comment; keeps the earlier text.
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<(), ReviewError> {
        self.say_anew(id, text, &moment());
        self.commit("text")
    }

    /// Sets the time of a comment in song time. Impossible times become `None`.
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

    /// Hides a comment or shows it again; it stays in the document.
    pub fn set_deleted(&mut self, id: &str, deleted: bool) -> Result<(), ReviewError> {
        self.set(id, "deleted", deleted);
        self.commit("delete")
    }

    /// Sets the number of rounds agreed with the client, limited to 1 to 99.
    pub fn set_agreed(&mut self, rounds: u32) -> Result<(), ReviewError> {
        self.write("agreed", rounds.clamp(1, 99));
        self.commit("agreed rounds")
    }

    /// Records a document that is sent with these comments, to keep their numbers.
    /// Returns the document's name.
    ///
    /// # Errors
    /// If the book cannot be written.
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

    /// Closes the current round and returns its number. Later comments belong to the next round.
    pub fn send_round(&mut self) -> Result<u32, ReviewError> {
        let number = self.review.current_round();
        self.write(&format!("r/{number}/sent"), moment());
        self.commit("round")?;
        Ok(number)
    }

    /// Stores a rewritten version log, by the session hash of its revision.
    pub fn set_log(&mut self, session: &str, lines: &[String]) -> Result<(), ReviewError> {
        self.write(&format!("log/{session}"), lines);
        self.commit("log")
    }

    /// Changes the text of a comment; keeps the earlier text.
    fn say_anew(&mut self, id: &str, text: &str, changed: &str) {
        if let Some(known) = self.review.comment(id).filter(|known| known.text != shortened(text)) {
            let was = EarlierText { said: known.said().into(), text: known.text.clone() };
            self.keep_words(id, &was);
        }
        self.set(id, "text", shortened(text));
        self.set(id, "changed", changed);
    }

    /// The key is a hash of the text: keeping the same text twice writes the same key.
    fn keep_words(&mut self, id: &str, was: &EarlierText) {
        let hash = blake3::hash(was.text.as_bytes()).to_hex();
        let short = hash.get(..16).unwrap_or_default();
        self.write(&format!("c/{id}/was/{short}"), was);
    }

    fn set(&mut self, id: &str, field: &str, value: impl Serialize) {
        self.write(&format!("c/{id}/{field}"), value);
    }

    fn write(&mut self, key: &str, value: impl Serialize) {
        let Ok(text) = serde_json::to_string(&value) else { return };
        // Writing to the root map cannot fail.
        let _ = self.doc.put(ROOT, key, text);
    }

    /// Commits the written fields as one change and stores it.
    fn commit(&mut self, what: &str) -> Result<(), ReviewError> {
        self.doc.commit_with(CommitOptions::default().with_message(what));
        self.read();
        self.keep()
    }

    /// Writes changes that are not on disk yet, unless they wait.
    fn keep(&mut self) -> Result<(), ReviewError> {
        if self.waits {
            return Ok(());
        }
        let unwritten = self.unwritten();
        let written = unwritten.map_or(Ok(()), |unwritten| unwritten.write());
        if written.is_err() {
            self.write_all_again();
        }
        written
    }

    /// The changes that are not on disk yet; they count as written from now on. `None` if there are
    /// none, or the session was never saved.
    pub fn unwritten(&mut self) -> Option<Unwritten> {
        let folder = self.folder.clone()?;
        let changes = self.doc.get_changes(&self.kept);
        self.kept = self.doc.get_heads();
        let mut files = Vec::new();
        for change in changes {
            let name = format!("{}.{EXTENSION}", change.hash());
            files.push((folder.join(&name), change.raw_bytes().to_vec()));
            self.seen.insert(name.into());
        }
        (!files.is_empty()).then_some(Unwritten { folder, files })
    }

    /// Turns the fields into comments and rounds; skips invalid ones.
    fn read(&mut self) {
        let mut fields = Fields::default();
        for key in self.doc.keys(ROOT) {
            let Ok(Some((value, _))) = self.doc.get(ROOT, key.as_str()) else { continue };
            let json = |text: Option<&str>| text.and_then(|text| serde_json::from_str(text).ok());
            let Some(counts) = json(value.as_str()) else { continue };
            // Concurrent values of the same key.
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

/// Fields of the flat map, grouped by what they belong to.
#[derive(Default)]
struct Fields {
    comments: BTreeMap<String, Parts>,
    rounds: BTreeMap<u32, String>,
    documents: BTreeMap<String, Sent>,
    agreed: Option<u32>,
    logs: BTreeMap<String, Vec<String>>,
    /// Number of keys longer than [`LONGEST_KEY`].
    passed: usize,
}

impl Fields {
    /// Adds the concurrent values of a comment's field.
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
        // One part more than any key that this program writes.
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
            // A field of a newer program: the comment exists all the same.
            ["c", id, _, ..] => drop(self.comments.entry((*id).into()).or_default()),
            _ => {}
        }
    }
}

/// Reads a change and checks it: bytes 4 to 8 of the file hold a checksum, equal to the first bytes
/// of the hash (automerge.org/automerge-binary-format-spec).
fn whole(bytes: Vec<u8>) -> Option<Change> {
    let stated: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    // The library may panic on malicious bytes.
    let change = catch_unwind(|| Change::from_bytes(bytes)).ok()?.ok()?;
    change.hash().0.starts_with(&stated).then_some(change)
}

#[cfg(test)]
mod tests;
