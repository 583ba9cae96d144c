//! Removes unused states and old deleted revisions. The revisions folder may be shared and only
//! partly synced. So nothing unused is removed while any referenced file is unreadable, nor before
//! this machine has seen the file unused for [`KEPT_DAYS`] days. File times are no help: sync tools
//! deliver old files with their old times, in any order.

use super::revisions::{KEPT_DAYS, Revision, Revisions};
use crate::dates::days_ago_utc;
use crate::disk;
use crate::session::Session;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest record or list that is read, in bytes.
const LARGEST: u64 = 64_000_000;

/// Days since 1970.
fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400)
}

/// Folder in which this machine notes when it first saw an object unused.
pub fn notes_of_user() -> PathBuf {
    let dirs = directories::ProjectDirs::from("", "", "Stemwright");
    dirs.map_or_else(std::env::temp_dir, |dirs| dirs.cache_dir().to_owned()).join("unused")
}

impl Revisions {
    /// Removes revisions deleted more than [`KEPT_DAYS`] ago, and objects unused for as long.
    /// `sessions` are the session and all its copies; `notes` is the folder of [`notes_of_user`].
    pub fn tidy(&self, sessions: &[&Session], notes: &Path) {
        let until = days_ago_utc(KEPT_DAYS);
        for revision in self.deleted() {
            if revision.file.split('_').next().is_some_and(|date| date < until.as_str()) {
                let _ = std::fs::remove_file(self.bin().join(&revision.file));
            }
        }
        let Some(used) = self.used(sessions) else { return };
        self.remove_unused(&used, notes, today());
    }

    /// Hashes of all objects that revisions and sessions refer to. `None` if any of them is
    /// unreadable, because it may refer to others.
    fn used(&self, sessions: &[&Session]) -> Option<HashSet<String>> {
        let mut used: HashSet<String> =
            sessions.iter().flat_map(|session| session.lineage.clone()).collect();
        for folder in [self.folder().to_owned(), self.bin()] {
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                entries => entries.ok()?,
            };
            for entry in entries {
                let path = entry.ok()?.path();
                if path.extension().is_some_and(|ending| ending == "json") {
                    let bytes = disk::bytes(&path, LARGEST).ok()?;
                    used.insert(serde_json::from_slice::<Revision>(&bytes).ok()?.session);
                }
            }
        }
        for hash in used.clone() {
            let tree = self.get(&hash).ok()?;
            let stems = tree.get("stems").and_then(Value::as_array).into_iter().flatten();
            for stem in stems.filter_map(Value::as_str) {
                self.get(stem).ok()?;
                used.insert(stem.to_owned());
            }
        }
        Some(used)
    }

    fn remove_unused(&self, used: &HashSet<String>, notes: &Path, today: u64) {
        let objects = self.folder().join("objects");
        let place = objects.canonicalize().unwrap_or_else(|_| objects.clone());
        let key = blake3::hash(place.to_string_lossy().as_bytes()).to_hex();
        let list = notes.join(format!("{key}.json"));
        let before: BTreeMap<String, u64> = disk::bytes(&list, LARGEST)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut now = BTreeMap::new();
        for file in std::fs::read_dir(&objects).into_iter().flatten().flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let Some(hash) = name.strip_suffix(".json").filter(|hash| !used.contains(*hash)) else {
                continue;
            };
            // A clock set back must not make an object look older.
            let first = before.get(hash).copied().unwrap_or(today).min(today);
            if first + KEPT_DAYS < today {
                let _ = std::fs::remove_file(file.path());
            } else {
                now.insert(hash.to_string(), first);
            }
        }
        if now != before
            && let Ok(text) = serde_json::to_vec(&now)
        {
            // If the list cannot be written, the waiting time starts again.
            let _ = std::fs::create_dir_all(notes).and_then(|()| disk::write(&list, &text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::{song, stem};

    struct Shelf {
        home: tempfile::TempDir,
        revisions: Revisions,
        session: Session,
    }

    impl Shelf {
        /// Two revisions; the second has one stem more.
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            let revisions = Revisions::of(&home.path().join("Song.stemwright"));
            let mut session = song();
            for name in ["1", "1.1"] {
                let next = revisions.next(&session, name);
                let kept = revisions.keep(&session, next).unwrap();
                revisions.descend(&mut session, &kept.session);
                if name == "1" {
                    session.stems.push(stem(20));
                }
            }
            Self { home, revisions, session }
        }

        fn objects(&self) -> Vec<PathBuf> {
            let folder = self.home.path().join("Song.revisions/objects");
            let mut all: Vec<PathBuf> =
                std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            all.sort();
            all
        }

        /// Number of objects removed on `day` if `sessions` are in use.
        fn tidy_on(&self, day: u64, sessions: &[&Session]) -> usize {
            let before = self.objects().len();
            if let Some(used) = self.revisions.used(sessions) {
                self.revisions.remove_unused(&used, &self.home.path().join("notes"), day);
            }
            before - self.objects().len()
        }
    }

    #[test]
    fn nothing_goes_while_something_named_cannot_be_read() {
        let shelf = Shelf::new();
        // A state that nothing refers to.
        let mut other = shelf.session.clone();
        other.song.artist = "Nobody".into();
        shelf.revisions.remember(&mut other).unwrap();
        let record = shelf.revisions.all()[0].clone();
        let path = shelf.home.path().join("Song.revisions").join(&record.file);
        let state = shelf
            .home
            .path()
            .join("Song.revisions/objects")
            .join(format!("{}.json", record.session));
        for named in [path, state] {
            let whole = std::fs::read(&named).unwrap();
            for half in [&whole[..0], &whole[..whole.len() / 2]] {
                std::fs::write(&named, half).unwrap();
                for day in [100, 200, 300] {
                    assert_eq!(shelf.tidy_on(day, &[&shelf.session]), 0);
                }
            }
            std::fs::write(&named, whole).unwrap();
        }
        assert!(shelf.revisions.session(&record).is_ok());
        // Now the state is seen unused, and is removed after the waiting time.
        assert_eq!(shelf.tidy_on(400, &[&shelf.session]), 0);
        assert_eq!(shelf.tidy_on(400 + KEPT_DAYS, &[&shelf.session]), 0);
        assert_eq!(shelf.tidy_on(401 + KEPT_DAYS, &[&shelf.session]), 1);
        assert!(shelf.revisions.all().iter().all(|one| shelf.revisions.session(one).is_ok()));
    }

    #[test]
    fn objects_that_arrive_before_their_revision_stay() {
        let shelf = Shelf::new();
        let records = shelf.home.path().join("Song.revisions");
        let away: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(&records)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
            .collect();
        away.iter().for_each(|(path, _)| std::fs::remove_file(path).unwrap());
        let plain = shelf.session.work();
        assert_eq!(shelf.tidy_on(100, &[&plain]), 0);
        away.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
        assert_eq!(shelf.tidy_on(101 + KEPT_DAYS, &[&plain]), 0);
        // Objects that were in use again start a new waiting time.
        away.iter().for_each(|(path, _)| std::fs::remove_file(path).unwrap());
        assert_eq!(shelf.tidy_on(200, &[&plain]), 0);
        let all = shelf.objects().len();
        assert_eq!(shelf.tidy_on(201 + KEPT_DAYS, &[&plain]), all);
    }
}
