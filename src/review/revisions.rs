//! Revisions of a session, stored in a folder beside it: one small record per revision, and the
//! session states as objects named by the hash of their content. An unchanged stem is stored once.
//! Records and objects are never overwritten: two people who keep revisions at the same time only
//! add files, so a folder sync loses nothing.
//!
//! ```text
//! BlueSky.revisions/
//!   1.1-5f2c….json      record: name, date, parent, log, measurements, hash of the session
//!   deleted/2026-…json  a deleted record, kept for 30 days
//!   objects/9a41….json  a session with hashes in place of its stems, or one stem
//! ```
//!
//! Every save stores its state among the objects too. [`Session::lineage`] lists the hashes of past
//! states; it is used to find the common ancestor of two copies.

use crate::dates::now_utc;
use crate::disk;
use crate::render::manifest::FileReport;
use crate::review::ReviewError;
use crate::review::book::moment;
use crate::review::comments::Review;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::session::entries;
use crate::session::limits::checked;
use crate::session::naming::{revisions, safe};
use crate::session::{Session, upgrade};
use crate::texts::in_english;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Days for which a deleted revision can be restored.
pub const KEPT_DAYS: u64 = 30;
/// The largest record or object that is read, in bytes.
const LARGEST: u64 = 256_000_000;
/// Number of saved states that a lineage keeps, unless its revisions alone are more.
const REMEMBERED: usize = 24;

/// The record of one revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// `1`, `1.1` …
    pub name: String,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub date: String,
    /// Hash of the session state that this revision continues.
    pub parent: Option<String>,
    /// Changes since the parent, one sentence each.
    pub log: Vec<String>,
    /// Reports of the delivered files; their paths are relative to the package.
    #[serde(default)]
    pub measured: Vec<FileReport>,
    /// Folder of the package; relative to the session's folder if it lies inside.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Hash of the session state.
    pub session: String,
    /// File name of the record.
    #[serde(skip)]
    pub file: String,
}

/// The revisions of one session.
pub struct Revisions {
    folder: PathBuf,
}

impl Revisions {
    /// Revisions of the session file at `session`.
    pub fn of(session: &Path) -> Self {
        Self { folder: session.with_extension("revisions") }
    }

    /// All revisions, oldest first; unreadable records are skipped.
    pub fn all(&self) -> Vec<Revision> {
        read(&self.folder)
    }

    /// Records that exist but cannot be read: partly synced or damaged.
    pub fn unread(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let records = files.map(|entry| entry.path()).filter(|path| {
            path.extension().is_some_and(|extension| extension == "json") && record(path).is_none()
        });
        records.collect()
    }

    /// Deleted revisions that can be restored, sorted by date and name.
    pub fn deleted(&self) -> Vec<Revision> {
        read(&self.bin())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn bin(&self) -> PathBuf {
        self.folder.join("deleted")
    }

    /// The revision that a session continues: the latest one in its lineage, otherwise the last
    /// one.
    pub fn parent(&self, session: &Session) -> Option<Revision> {
        let mut all = self.all();
        let known = session.lineage.iter().rev();
        let own = known.filter_map(|hash| all.iter().rposition(|one| one.session == *hash)).next();
        match own {
            Some(at) => Some(all.swap_remove(at)),
            None => all.pop(),
        }
    }

    /// The wanted name, or the next minor number that is not taken (1, 1.1, 1.2 …).
    pub fn free(all: &[Revision], wanted: &str) -> String {
        let taken = |name: &String| all.iter().any(|one| one.name == *name);
        revisions(wanted).find(|name| !taken(name)).unwrap_or_else(|| wanted.into())
    }

    /// Display name of a state: the last revision's name if nothing changed since, otherwise the
    /// name of the next revision.
    pub fn name_of(&self, session: &Session) -> String {
        let all = self.all();
        let is = |one: &&Revision| {
            self.session(one).is_ok_and(|known| changes(&known, session).is_empty())
        };
        let known = all.iter().next_back().filter(is).map(|one| one.name.clone());
        known.unwrap_or_else(|| Self::free(&all, &session.delivery.revision))
    }

    /// A draft of the next revision, with the log of changes since the parent. Writes nothing.
    pub fn next(&self, session: &Session, name: &str) -> Revision {
        let parent = self.parent(session);
        let before = parent.as_ref().and_then(|parent| self.session(parent).ok());
        let log = match &before {
            Some(before) => in_english(|| in_words(before, &changes(before, session))),
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

    /// Stores a session as a revision; returns the record with its hash and file name.
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

    /// Stores a session among the objects and returns its hash. The session's id, lineage and save
    /// time do not count.
    fn put_session(&self, session: &Session) -> Result<String, ReviewError> {
        self.packed(session, &|value| self.put(value))
    }

    /// The hash of a state; writes nothing.
    pub fn hash_of(&self, session: &Session) -> Result<String, ReviewError> {
        self.packed(session, &|value| Ok(hash(&value.to_string())))
    }

    /// Splits a session into one object per stem and one for the rest. `put` takes an object and
    /// returns its hash; the result is the hash of the session object.
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

    /// Stores the state that is about to be saved and appends it to the session's lineage. Gives
    /// ids to entries, and to the session, that have none.
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

    /// Appends a state to the lineage. Beyond `REMEMBERED` entries the oldest states go, except
    /// those of revisions.
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

    /// The latest state in both lineages that can be read.
    pub fn common(&self, ours: &Session, theirs: &Session) -> Option<Session> {
        let both = ours.lineage.iter().rev().filter(|hash| theirs.lineage.contains(hash));
        both.filter_map(|hash| self.state(hash).ok()).next()
    }

    /// The session state of a revision. Its lineage holds only this revision.
    pub fn session(&self, revision: &Revision) -> Result<Session, ReviewError> {
        let session = self.state(&revision.session)?;
        Ok(Session { lineage: vec![revision.session.clone()], ..session })
    }

    /// Reads a session state by its hash.
    fn state(&self, hash: &str) -> Result<Session, ReviewError> {
        let mut tree = self.get(hash)?;
        if let Some(stems) = tree.get_mut("stems").and_then(Value::as_array_mut) {
            for stem in stems {
                *stem = self.get(stem.as_str().unwrap_or(""))?;
            }
        }
        upgrade(&mut tree);
        let failed = |detail: String| ReviewError::Read { path: self.object(hash), detail };
        let session: Session =
            serde_json::from_value(tree).map_err(|error| failed(error.to_string()))?;
        checked(session).map_err(|odd| failed(odd.to_string()))
    }

    /// Moves a revision to the deleted ones; it can be restored for [`KEPT_DAYS`].
    pub fn delete(&self, revision: &Revision) -> Result<(), ReviewError> {
        let to = self.bin().join(format!("{}_{}", now_utc().0, revision.file));
        self.rename(&self.folder.join(&revision.file), &to)
    }

    /// Restores a deleted revision.
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

    /// Whether the state with this hash is stored.
    pub fn has(&self, hash: &str) -> bool {
        self.object(hash).exists()
    }

    /// Stores a value unless it is there already; returns its hash.
    fn put(&self, value: &Value) -> Result<String, ReviewError> {
        let text = value.to_string();
        let hash = hash(&text);
        let path = self.object(&hash);
        // Missing or damaged, perhaps half synced: write it again.
        if self.get(&hash).is_err() {
            self.write(&path, text.as_bytes())?;
        }
        Ok(hash)
    }

    /// Reads an object; fails if the content does not match its hash.
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

/// Changes from one state to another, without changes of the delivery settings: they do not change
/// the song.
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
    // Copies made by sync tools have other file names but are the same revision.
    all.dedup_by(|a, b| Revision { file: b.file.clone(), ..a.clone() } == *b);
    all
}

/// Log lines of a revision: rewritten by a person if such a log exists, otherwise generated.
pub fn lines<'a>(revision: &'a Revision, review: &'a Review) -> &'a [String] {
    review.logs.get(&revision.session).unwrap_or(&revision.log)
}

/// Revision log as text, newest first.
pub fn log(revisions: &[Revision], review: &Review) -> String {
    let mut out = String::new();
    for revision in revisions.iter().rev() {
        out.push_str(&format!("v{}  {}", revision.name, revision.date));
        let parent = revision.parent.as_ref();
        let from = revisions.iter().find(|one| Some(&one.session) == parent);
        let before =
            revisions.iter().position(|one| one == revision).and_then(|n| n.checked_sub(1));
        // Name the parent only if it is not the revision just before.
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
