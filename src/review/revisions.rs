//! Revisions beside the session: one small file for each, and what they hold by the hash of its
//! content, so that a stem that did not change is there once. Nothing is ever written over: two
//! people who keep revisions at the same time add files, and none is lost when a folder syncs.
//!
//! ```text
//! BlueSky.revisions/
//!   1.1-5f2c….json      name, date, parent, log, what was measured, hash of the session
//!   objects/9a41….json  a session with hashes for stems, or a stem
//! ```

use crate::media::broadcast::now;
use crate::render::manifest::FileReport;
use crate::review::ReviewError;
use crate::session::Session;
use crate::session::difference::{difference, in_words};
use crate::session::edit::Edit;
use crate::session::file::write_atomically;
use crate::session::naming::safe;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

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
    /// The files that were made of it.
    #[serde(default)]
    pub measured: Vec<FileReport>,
    /// Hash of the session.
    pub session: String,
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
        let files = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let read = |path: PathBuf| serde_json::from_slice(&std::fs::read(path).ok()?).ok();
        let mut all: Vec<Revision> = files.filter_map(|entry| read(entry.path())).collect();
        all.sort_by(|a, b| (&a.date, &a.name).cmp(&(&b.date, &b.name)));
        all
    }

    /// The next revision as it would be: what changed since the last one, or since nothing.
    pub fn next(&self, session: &Session, name: &str) -> Revision {
        let last = self.all().pop();
        let before = last.as_ref().and_then(|last| self.session(last).ok());
        let log = match &before {
            Some(before) => {
                let mut edits = difference(before, session);
                // How it was packed is no change of the song.
                edits.retain(|edit| !matches!(edit, Edit::Delivery(_)));
                in_words(before, &edits)
            }
            None => vec!["First revision".into()],
        };
        let (date, time) = now();
        Revision {
            name: name.into(),
            date: format!("{date} {time}"),
            parent: last.map(|last| last.session),
            log,
            measured: Vec::new(),
            session: String::new(),
        }
    }

    /// Keeps a session as a revision.
    pub fn keep(&self, session: &Session, revision: Revision) -> Result<Revision, ReviewError> {
        let unreadable = |error: serde_json::Error| ReviewError::Write {
            path: self.folder.clone(),
            cause: error.into(),
        };
        let mut tree = serde_json::to_value(session).map_err(unreadable)?;
        if let Some(stems) = tree.get_mut("stems").and_then(Value::as_array_mut) {
            for stem in stems {
                *stem = self.put(stem)?.into();
            }
        }
        let revision = Revision { session: self.put(&tree)?, ..revision };
        let text = serde_json::to_vec_pretty(&revision).map_err(unreadable)?;
        let hash = blake3::hash(&text).to_hex();
        let name = format!("{}-{}.json", safe(&revision.name), hash.get(..12).unwrap_or(""));
        self.write(&self.folder.join(name), &text)?;
        Ok(revision)
    }

    /// The session of a revision, as it was.
    pub fn session(&self, revision: &Revision) -> Result<Session, ReviewError> {
        let mut tree = self.get(&revision.session)?;
        if let Some(stems) = tree.get_mut("stems").and_then(Value::as_array_mut) {
            for stem in stems {
                *stem = self.get(stem.as_str().unwrap_or(""))?;
            }
        }
        let place = || self.object(&revision.session);
        serde_json::from_value(tree)
            .map_err(|error| ReviewError::Read { path: place(), detail: error.to_string() })
    }

    fn object(&self, hash: &str) -> PathBuf {
        self.folder.join("objects").join(format!("{}.json", safe(hash)))
    }

    /// Puts something among the objects, where it is not there yet; its hash.
    fn put(&self, value: &Value) -> Result<String, ReviewError> {
        let text = value.to_string();
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        let path = self.object(&hash);
        if !path.exists() {
            self.write(&path, text.as_bytes())?;
        }
        Ok(hash)
    }

    /// An object, if it is what its name says.
    fn get(&self, hash: &str) -> Result<Value, ReviewError> {
        let path = self.object(hash);
        let failed = |detail: String| ReviewError::Read { path: path.clone(), detail };
        let bytes = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        if blake3::hash(&bytes).to_hex().as_str() != hash {
            return Err(failed("it was changed".into()));
        }
        serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), ReviewError> {
        let write = || {
            std::fs::create_dir_all(path.parent().unwrap_or(&self.folder))?;
            write_atomically(path, bytes)
        };
        write().map_err(|cause| ReviewError::Write { path: path.to_owned(), cause })
    }
}

/// Revisions as text, the newest first.
pub fn log(revisions: &[Revision]) -> String {
    let mut out = String::new();
    for revision in revisions.iter().rev() {
        out.push_str(&format!("v{}  {}\n", revision.name, revision.date));
        let lines = match revision.log.as_slice() {
            [] => "  Nothing changed\n".into(),
            log => log.iter().map(|line| format!("  {line}\n")).collect::<String>(),
        };
        out.push_str(&lines);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::strip::StripSettings;
    use crate::session::history::tests::{edits, stem};
    use crate::units::{Db, SampleRate};
    use proptest::prelude::*;

    fn song() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = (1..9).map(stem).collect();
        session
    }

    fn objects(folder: &Path) -> usize {
        std::fs::read_dir(folder.join("Song.revisions/objects")).unwrap().count()
    }

    #[test]
    fn a_revision_is_kept_told_and_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
        let first = song();
        let one = revisions.keep(&first, revisions.next(&first, "1")).unwrap();
        assert_eq!(
            (one.log.as_slice(), objects(folder.path())),
            (&["First revision".into()][..], 9)
        );
        let mut second = first.clone();
        second.stems[1].strip = StripSettings { fader: Db(-1.5), ..StripSettings::default() };
        let two = revisions.next(&second, "1.1");
        assert_eq!(two.log, ["Fader Stem 2 \u{2212}1.5 dB"]);
        let two = revisions.keep(&second, two).unwrap();
        // One stem and the list of stems are new.
        assert_eq!(objects(folder.path()), 11);
        assert_eq!(two.parent.as_ref(), Some(&one.session));
        let all = revisions.all();
        assert_eq!(all.len(), 2);
        assert_eq!(revisions.session(&one).unwrap(), first);
        assert_eq!(revisions.session(&two).unwrap(), second);
        let text = log(&all);
        assert!(text.contains("v1.1") && text.contains("Fader Stem 2"), "{text}");
    }

    #[test]
    fn what_was_changed_by_hand_is_no_revision() {
        let folder = tempfile::tempdir().unwrap();
        let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
        let session = song();
        let kept = revisions.keep(&session, revisions.next(&session, "1")).unwrap();
        let path = revisions.object(&kept.session);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"Song\"", "\"Gong\"")).unwrap();
        let error = revisions.session(&kept).unwrap_err().to_string();
        assert!(error.contains("it was changed"), "{error}");
        std::fs::write(folder.path().join("Song.revisions/junk.json"), "{").unwrap();
        assert_eq!(revisions.all().len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_state_comes_back_as_it_was(list in prop::collection::vec(edits(), 1..8)) {
            let folder = tempfile::tempdir().unwrap();
            let revisions = Revisions::of(&folder.path().join("Song.stemwright"));
            let mut session = song();
            let mut states = Vec::new();
            for (n, edit) in list.into_iter().enumerate() {
                let _ = edit.apply(&mut session);
                let next = revisions.next(&session, &format!("1.{n}"));
                states.push((revisions.keep(&session, next).unwrap(), session.clone()));
            }
            for (revision, state) in states {
                prop_assert_eq!(revisions.session(&revision).unwrap(), state);
            }
        }
    }
}
