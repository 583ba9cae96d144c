//! Caches: files that can be made again stay for as long as they are asked for.

use super::lock::Lock;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Folders that were looked through in this run.
static SEEN: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// Says that a file of a cache was asked for. It is noted once a day.
pub fn used(path: &Path) {
    let Ok(file) = File::options().append(true).open(path) else { return };
    let changed = file.metadata().and_then(|meta| meta.modified());
    if changed.ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > DAY) {
        // What cannot be noted is made again one day.
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Throws away what killed programs left half written in a cache, and what nobody asked for in
/// `kept`. Files of one name with several extensions belong together. The folder is looked through
/// once a run.
pub fn forget(folder: &Path, kept: Duration) {
    if SEEN.lock().get_or_insert_default().insert(folder.to_owned()) {
        forget_now(folder, kept);
    }
}

fn forget_now(folder: &Path, kept: Duration) {
    super::tidy(folder);
    let since = others(folder);
    let old = |entry: &Entry| entry.used.elapsed().is_ok_and(|age| age > kept);
    entries(folder).iter().filter(|one| old(one) && one.is_free(folder, since)).for_each(remove);
}

/// Removes what was not asked for the longest until a cache takes no more bytes than `most` says
/// for those that it takes now. What this process or another one has open stays, even where that
/// is more.
pub fn bound(folder: &Path, most: impl FnOnce(u64) -> u64) {
    let since = others(folder);
    let mut entries = entries(folder);
    entries.sort_by_key(|entry| entry.used);
    let mut held: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let most = most(held);
    for entry in entries.iter().filter(|entry| entry.is_free(folder, since)) {
        if held <= most {
            return;
        }
        remove(entry);
        held = held.saturating_sub(entry.bytes);
    }
}

/// Files of one name with several extensions.
struct Entry {
    name: OsString,
    paths: Vec<PathBuf>,
    bytes: u64,
    /// When one of them was asked for last, to the day.
    used: SystemTime,
}

impl Entry {
    /// Whether nobody can have it open: not this process, nor another one that has files open
    /// `since` then.
    fn is_free(&self, folder: &Path, since: Option<SystemTime>) -> bool {
        let ours = HELD.lock().get(folder).is_some_and(|open| open.files.contains_key(&self.name));
        let theirs = since.is_some_and(|since| self.used + DAY >= since);
        !ours && !theirs
    }
}

fn remove(entry: &Entry) {
    for path in &entry.paths {
        // What cannot be removed now is tried again next time.
        let _ = std::fs::remove_file(path);
    }
}

/// What a cache holds. Hidden files are those in the making, and locks.
fn entries(folder: &Path) -> Vec<Entry> {
    let mut all: BTreeMap<OsString, Entry> = BTreeMap::new();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, Ok(meta)) = (file.path(), file.metadata()) else { continue };
        let Some(name) = path.file_stem().map(OsString::from) else { continue };
        if !meta.is_file() || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A file whose time cannot be told stays.
        let used = meta.modified().unwrap_or_else(|_| SystemTime::now());
        let entry =
            all.entry(name.clone()).or_insert(Entry { name, paths: Vec::new(), bytes: 0, used });
        entry.used = entry.used.max(used);
        entry.bytes += meta.len();
        entry.paths.push(path);
    }
    all.into_values().collect()
}

/// Begins the name of a file that says that a process has files of a cache open.
const OPEN: &str = ".stemwright-open-";

/// Caches of which this process has files open.
static HELD: Mutex<BTreeMap<PathBuf, Open>> = Mutex::new(BTreeMap::new());

#[derive(Default)]
struct Open {
    /// Shows other processes since when.
    _lock: Option<Lock>,
    /// Names, and how often each is open.
    files: BTreeMap<OsString, usize>,
}

/// Keeps a file of a cache, and what has the same name, from being removed while it lives.
#[derive(Debug)]
pub struct Held {
    folder: PathBuf,
    name: OsString,
}

/// Says that a file of a cache is being opened, or made. It need not be there yet.
pub fn hold(path: &Path) -> Held {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let name = path.file_stem().unwrap_or_default().to_owned();
    let mut held = HELD.lock();
    let open = held.entry(folder.clone()).or_insert_with(|| {
        // Where no lock can be made, nothing can be removed either.
        let _ = std::fs::create_dir_all(&folder);
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let name = format!("{OPEN}{}-{}", std::process::id(), since.as_nanos());
        let lock = Lock::take(&folder.join(name), Duration::ZERO);
        Open { _lock: lock.ok().flatten(), ..Open::default() }
    });
    *open.files.entry(name.clone()).or_default() += 1;
    Held { folder, name }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = HELD.lock();
        let Some(open) = held.get_mut(&self.folder) else { return };
        if let Some(count) = open.files.get_mut(&self.name) {
            *count = count.saturating_sub(1);
        }
        open.files.retain(|_, count| *count > 0);
        if open.files.is_empty() {
            held.remove(&self.folder);
        }
    }
}

/// Since when another process has files of a cache open, the one that began first; `None` where
/// none has. What killed processes left is removed.
fn others(folder: &Path) -> Option<SystemTime> {
    let own = format!("{OPEN}{}-", std::process::id());
    let mut first = None;
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(OPEN) || name.starts_with(&own) {
            continue;
        }
        if !Lock::is_held(&file.path()) {
            let _ = std::fs::remove_file(file.path());
            continue;
        }
        let since =
            file.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        first = Some(first.map_or(since, |known: SystemTime| known.min(since)));
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_stays_with_what_belongs_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let written = |name: &str, days: u32| {
            let file = File::create(at(name)).unwrap();
            file.set_modified(SystemTime::now() - DAY * days).unwrap();
        };
        written("old.wav", 40);
        written("old.json", 40);
        written("asked.wav", 40);
        written("asked.json", 40);
        written("alone", 40);
        written("new.wav", 20);
        written(".stemwright-tmp-left", 0);
        used(&at("asked.json"));
        used(&at("nowhere"));
        forget(folder.path(), DAY * 30);
        let there = || {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(there(), ["asked.json", "asked.wav", "new.wav"]);
        // The clock of another run.
        forget(folder.path(), DAY * 10);
        assert_eq!(there().len(), 3, "once a run");
        forget_now(folder.path(), DAY * 10);
        assert_eq!(there(), ["asked.json", "asked.wav"]);
    }

    #[test]
    fn a_cache_keeps_its_bound_and_what_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let there = || {
            let entries = entries(folder.path());
            entries.iter().map(|one| one.name.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        let written = |name: &str, days: u32| {
            std::fs::write(at(name), [0; 100]).unwrap();
            let file = File::options().append(true).open(at(name)).unwrap();
            file.set_modified(SystemTime::now() - DAY * days).unwrap();
        };
        for (name, days) in [("e.wav", 9), ("d.wav", 8), ("d.json", 4), ("c.wav", 7), ("b.wav", 3)]
        {
            written(name, days);
        }
        written(".stemwright-tmp-half", 20);
        bound(folder.path(), |_| 500);
        assert_eq!(there(), ["b", "c", "d", "e"]);
        // The oldest goes first; a copy is as old as the newest file of its name.
        let (open, again) = (hold(&at("e.wav")), hold(&at("e.json")));
        bound(folder.path(), |_| 400);
        assert_eq!(there(), ["b", "d", "e"]);
        drop(again);
        bound(folder.path(), |_| 0);
        assert_eq!(there(), ["e"]);
        assert!(at(".stemwright-tmp-half").exists());
        forget_now(folder.path(), DAY);
        assert_eq!(there(), ["e"]);
        drop(open);
        // Another process opened something five days ago.
        for (name, days) in [("a.wav", 2), ("b.wav", 6), ("c.wav", 7)] {
            written(name, days);
        }
        let theirs = at(".stemwright-open-0-0");
        let lock = Lock::take(&theirs, Duration::ZERO).unwrap().unwrap();
        let file = File::options().append(true).open(&theirs).unwrap();
        file.set_modified(SystemTime::now() - DAY * 5 - DAY / 2).unwrap();
        bound(folder.path(), |_| 0);
        assert_eq!(there(), ["a", "b"]);
        drop((lock, file));
        std::fs::write(&theirs, "").unwrap();
        bound(folder.path(), |_| 0);
        assert!(there().is_empty() && !theirs.exists());
    }
}
