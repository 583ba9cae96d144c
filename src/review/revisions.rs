//! Revisions beside the session: one small file for each, and what they hold by the hash of its
//! content, so that a stem that did not change is there once. Nothing is ever written over: two
//! people who keep revisions at the same time add files, and none is lost when a folder syncs.
//!
//! ```text
//! BlueSky.revisions/
//!   1.1-5f2c….json      name, date, parent, log, what was measured, hash of the session
//!   deleted/2026-…json  the same, for 30 days after it was deleted
//!   objects/9a41….json  a session with hashes for stems, or a stem
//! ```
//!
//! Every save puts its state among the objects too: what two copies of a session have in common
//! is found by [`Session::lineage`].

use crate::dates::now_utc;
use crate::disk;
use crate::render::manifest::FileReport;
use crate::review::ReviewError;
use crate::review::book::moment;
use crate::review::comments::Review;
use crate::session::Session;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::session::entries;
use crate::session::limits::checked;
use crate::session::naming::{revisions, safe};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// For so long what was deleted can be brought back.
pub const KEPT_DAYS: u64 = 30;
/// The largest record or state that is read, in bytes.
const LARGEST: u64 = 256_000_000;
/// States of saves that a session remembers, beside its revisions.
const REMEMBERED: usize = 24;

/// One revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// `1`, `1.1` …
    pub name: String,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub date: String,
    /// Hash of the session before it.
    pub parent: Option<String>,
    /// What changed since, a sentence each.
    pub log: Vec<String>,
    /// The files that were made of it, by their places in its package.
    #[serde(default)]
    pub measured: Vec<FileReport>,
    /// Where that was put, from the folder of the session if it lies in there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Hash of the session.
    pub session: String,
    /// Name of its file.
    #[serde(skip)]
    pub file: String,
}

/// The revisions of one session.
pub struct Revisions {
    folder: PathBuf,
}

impl Revisions {
    /// Those of the session in a file, which lie beside it.
    pub fn of(session: &Path) -> Self {
        Self { folder: session.with_extension("revisions") }
    }

    /// All of them, the oldest first; files that cannot be read are passed over.
    pub fn all(&self) -> Vec<Revision> {
        read(&self.folder)
    }

    /// Records that are there and cannot be read: half synced, or damaged.
    pub fn unread(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let records = files.map(|entry| entry.path()).filter(|path| {
            path.extension().is_some_and(|extension| extension == "json") && record(path).is_none()
        });
        records.collect()
    }

    /// Those that were deleted in the last days, the oldest first.
    pub fn deleted(&self) -> Vec<Revision> {
        read(&self.bin())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn bin(&self) -> PathBuf {
        self.folder.join("deleted")
    }

    /// The revision that a session goes on from: the latest one in its lineage, or the last one.
    pub fn parent(&self, session: &Session) -> Option<Revision> {
        let mut all = self.all();
        let known = session.lineage.iter().rev();
        let own = known.filter_map(|hash| all.iter().rposition(|one| one.session == *hash)).next();
        match own {
            Some(at) => Some(all.swap_remove(at)),
            None => all.pop(),
        }
    }

    /// The session's revision, or the next small one that is not there yet.
    pub fn free(all: &[Revision], wanted: &str) -> String {
        let taken = |name: &String| all.iter().any(|one| one.name == *name);
        revisions(wanted).find(|name| !taken(name)).unwrap_or_else(|| wanted.into())
    }

    /// What a state is called: as the revision that it is, or as the one that it will be.
    pub fn name_of(&self, session: &Session) -> String {
        let all = self.all();
        let is = |one: &&Revision| {
            self.session(one).is_ok_and(|known| changes(&known, session).is_empty())
        };
        let known = all.iter().next_back().filter(is).map(|one| one.name.clone());
        known.unwrap_or_else(|| Self::free(&all, &session.delivery.revision))
    }

    /// The next revision as it would be: what changed since the one before, or since nothing.
    pub fn next(&self, session: &Session, name: &str) -> Revision {
        let parent = self.parent(session);
        let before = parent.as_ref().and_then(|parent| self.session(parent).ok());
        let log = match &before {
            Some(before) => in_words(before, &changes(before, session)),
            None => vec!["First revision".into()],
        };
        Revision {
            name: name.into(),
            date: moment(),
            parent: parent.map(|parent| parent.session),
            log,
            measured: Vec::new(),
            package: String::new(),
            session: String::new(),
            file: String::new(),
        }
    }

    /// Keeps a session as a revision.
    pub fn keep(&self, session: &Session, revision: Revision) -> Result<Revision, ReviewError> {
        let mut revision = Revision { session: self.put_session(session)?, ..revision };
        let text = serde_json::to_vec_pretty(&revision).map_err(|error| self.unwritten(error))?;
        let hash = blake3::hash(&text).to_hex();
        let name = format!("{}-{}.json", safe(&revision.name), hash.get(..12).unwrap_or(""));
        self.write(&self.folder.join(&name), &text)?;
        revision.file = name;
        Ok(revision)
    }

    fn unwritten(&self, error: serde_json::Error) -> ReviewError {
        ReviewError::Write { path: self.folder.clone(), cause: error.into() }
    }

    /// Puts a session among the objects; its hash. Which one it is and where it came from is no part
    /// of it.
    fn put_session(&self, session: &Session) -> Result<String, ReviewError> {
        self.packed(session, &|value| self.put(value))
    }

    /// The hash of a state; nothing is written.
    pub fn hash_of(&self, session: &Session) -> Result<String, ReviewError> {
        self.packed(session, &|value| Ok(hash(&value.to_string())))
    }

    /// A state as objects, each stem one of its own; `put` takes an object and gives its hash.
    fn packed(
        &self,
        session: &Session,
        put: &dyn Fn(&Value) -> Result<String, ReviewError>,
    ) -> Result<String, ReviewError> {
        let mut tree =
            serde_json::to_value(session.work()).map_err(|error| self.unwritten(error))?;
        if let Some(stems) = tree.get_mut("stems").and_then(Value::as_array_mut) {
            for stem in stems {
                *stem = put(stem)?.into();
            }
        }
        put(&tree)
    }

    /// Keeps the state that is about to be saved, and writes into the session's lineage that it
    /// was in this state. States of revisions stay there, of others the latest.
    pub fn remember(&self, session: &mut Session) -> Result<(), ReviewError> {
        entries::give(session);
        if session.id.is_empty() {
            let name = self.folder.file_stem().unwrap_or_default().to_string_lossy();
            session.id = entries::of_before(session, &name);
        }
        let hash = self.put_session(session)?;
        self.descend(session, &hash);
        Ok(())
    }

    /// Writes into a session's lineage that it was in a state.
    pub fn descend(&self, session: &mut Session, hash: &str) {
        if session.lineage.last().is_some_and(|last| last == hash) {
            return;
        }
        session.lineage.push(hash.into());
        if session.lineage.len() <= REMEMBERED {
            return;
        }
        let revisions: HashSet<String> = self.all().into_iter().map(|one| one.session).collect();
        let mut more = session.lineage.len().saturating_sub(REMEMBERED);
        session.lineage.retain(|hash| {
            let goes = more > 0 && !revisions.contains(hash);
            more -= usize::from(goes);
            !goes
        });
    }

    /// The latest state that both were in.
    pub fn common(&self, ours: &Session, theirs: &Session) -> Option<Session> {
        let both = ours.lineage.iter().rev().filter(|hash| theirs.lineage.contains(hash));
        both.filter_map(|hash| self.state(hash).ok()).next()
    }

    /// The session of a revision, as it was, and as one that goes on from it.
    pub fn session(&self, revision: &Revision) -> Result<Session, ReviewError> {
        let session = self.state(&revision.session)?;
        Ok(Session { lineage: vec![revision.session.clone()], ..session })
    }

    /// A state by its hash.
    fn state(&self, hash: &str) -> Result<Session, ReviewError> {
        let mut tree = self.get(hash)?;
        if let Some(stems) = tree.get_mut("stems").and_then(Value::as_array_mut) {
            for stem in stems {
                *stem = self.get(stem.as_str().unwrap_or(""))?;
            }
        }
        let failed = |detail: String| ReviewError::Read { path: self.object(hash), detail };
        let session = serde_json::from_value(tree).map_err(|error| failed(error.to_string()))?;
        checked(session).map_err(|odd| failed(odd.to_string()))
    }

    /// Takes a revision out of the list; it can be brought back for [`KEPT_DAYS`].
    pub fn delete(&self, revision: &Revision) -> Result<(), ReviewError> {
        let to = self.bin().join(format!("{}_{}", now_utc().0, revision.file));
        self.rename(&self.folder.join(&revision.file), &to)
    }

    /// Brings a deleted revision back.
    pub fn bring_back(&self, revision: &Revision) -> Result<(), ReviewError> {
        let name = revision.file.split_once('_').map_or(revision.file.as_str(), |(_, name)| name);
        self.rename(&self.bin().join(&revision.file), &self.folder.join(name))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), ReviewError> {
        let rename = || {
            std::fs::create_dir_all(to.parent().unwrap_or(&self.folder))?;
            std::fs::rename(from, to)
        };
        rename().map_err(|cause| ReviewError::Write { path: to.to_owned(), cause })
    }

    fn object(&self, hash: &str) -> PathBuf {
        self.folder.join("objects").join(format!("{}.json", safe(hash)))
    }

    /// Whether a state is among the objects.
    pub fn has(&self, hash: &str) -> bool {
        self.object(hash).exists()
    }

    /// Puts something among the objects, where it is not there yet; its hash.
    fn put(&self, value: &Value) -> Result<String, ReviewError> {
        let text = value.to_string();
        let hash = hash(&text);
        let path = self.object(&hash);
        // One that is not whole yet is written again.
        if self.get(&hash).is_err() {
            self.write(&path, text.as_bytes())?;
        }
        Ok(hash)
    }

    /// An object, if it is what its name says.
    pub(super) fn get(&self, hash: &str) -> Result<Value, ReviewError> {
        let path = self.object(hash);
        let failed = |detail: String| ReviewError::Read { path: path.clone(), detail };
        let bytes = disk::bytes(&path, LARGEST).map_err(|error| failed(error.to_string()))?;
        if blake3::hash(&bytes).to_hex().as_str() != hash {
            return Err(failed("it was changed".into()));
        }
        serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), ReviewError> {
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            disk::write(path, bytes)
        };
        write().map_err(|cause| ReviewError::Write { path: path.to_owned(), cause })
    }
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// What changed from one state to another. How it was packed is no change of the song.
pub fn changes(before: &Session, after: &Session) -> Vec<Edit> {
    let mut edits = difference(before, after);
    edits.retain(|edit| !matches!(edit, Edit::Delivery(_)));
    edits
}

fn record(path: &Path) -> Option<Revision> {
    let file = path.file_name()?.to_string_lossy().into_owned();
    Some(Revision { file, ..serde_json::from_slice(&disk::bytes(path, LARGEST).ok()?).ok()? })
}

fn read(folder: &Path) -> Vec<Revision> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<Revision> = files.filter_map(|entry| record(&entry.path())).collect();
    all.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
    // Copies that a sync tool made are the same revision.
    all.dedup_by(|a, b| Revision { file: b.file.clone(), ..a.clone() } == *b);
    all
}

/// What the log of a revision says: as a person wrote it, or what changed.
pub fn lines<'a>(revision: &'a Revision, review: &'a Review) -> &'a [String] {
    review.logs.get(&revision.session).unwrap_or(&revision.log)
}

/// Revisions as text, the newest first.
pub fn log(revisions: &[Revision], review: &Review) -> String {
    let mut out = String::new();
    for revision in revisions.iter().rev() {
        out.push_str(&format!("v{}  {}", revision.name, revision.date));
        let parent = revision.parent.as_ref();
        let from = revisions.iter().find(|one| Some(&one.session) == parent);
        let before =
            revisions.iter().position(|one| one == revision).and_then(|n| n.checked_sub(1));
        // Where it does not go on from the one before it, that is said.
        if let Some(from) = from.filter(|from| before.and_then(|n| revisions.get(n)) != Some(from))
        {
            out.push_str(&format!("  from v{}", from.name));
        }
        out.push('\n');
        let lines = match lines(revision, review) {
            [] => "  Nothing changed\n".into(),
            log => log.iter().map(|line| format!("  {line}\n")).collect::<String>(),
        };
        out.push_str(&lines);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests;
