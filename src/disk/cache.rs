//! Cache folders hold files that can be made again: conformed copies, waveforms, hashes.
//! This module removes entries by age ([`forget`]) and by total size ([`bound`]). [`hold`] protects
//! an open entry, also from other processes. Callers: `media::store`, `media::peak_cache`,
//! `media::hashes`.

use super::lock::Lock;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Folders that [`forget`] has already searched in this process.
static SEEN: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// Marks a cache file as used now: sets its modification time if that is more than a day old.
pub fn used(path: &Path) {
    let Ok(file) = File::options().append(true).open(path) else { return };
    let changed = file.metadata().and_then(|meta| meta.modified());
    if changed.ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > DAY) {
        // If the time cannot be set, the file may expire; it can be made again.
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Removes temporary files of killed programs, and entries not used within `kept`. Files with the
/// same stem but different extensions are one entry. Searches each folder once per process.
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

/// Removes the least recently used entries until the cache fits into a limit in bytes. `most`
/// returns that limit from the bytes now in use. Entries that this or another process has open
/// stay, even above the limit.
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

/// One cache entry: all files with the same stem, whatever their extension.
struct Entry {
    name: OsString,
    paths: Vec<PathBuf>,
    bytes: u64,
    /// Last use of any of its files, accurate to a day.
    used: SystemTime,
}

impl Entry {
    /// Whether no process has the entry open. `since` is the start time of the oldest other process
    /// that has files of this cache open.
    fn is_free(&self, folder: &Path, since: Option<SystemTime>) -> bool {
        let ours = HELD.lock().get(folder).is_some_and(|open| open.files.contains_key(&self.name));
        let theirs = since.is_some_and(|since| self.used + DAY >= since);
        !ours && !theirs
    }
}

fn remove(entry: &Entry) {
    for path in &entry.paths {
        // A file that cannot be removed now is removed on a later run.
        let _ = std::fs::remove_file(path);
    }
}

/// All entries of a cache folder. Hidden files are skipped: they are temporary files or locks.
fn entries(folder: &Path) -> Vec<Entry> {
    let mut all: BTreeMap<OsString, Entry> = BTreeMap::new();
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, Ok(meta)) = (file.path(), file.metadata()) else { continue };
        let Some(name) = path.file_stem().map(OsString::from) else { continue };
        if !meta.is_file() || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A file without a readable modification time counts as used now, and stays.
        let used = meta.modified().unwrap_or_else(|_| SystemTime::now());
        let entry =
            all.entry(name.clone()).or_insert(Entry { name, paths: Vec::new(), bytes: 0, used });
        entry.used = entry.used.max(used);
        entry.bytes += meta.len();
        entry.paths.push(path);
    }
    all.into_values().collect()
}

/// Prefix of the lock file that a process creates in a cache folder while it has entries open.
const OPEN: &str = ".stemwright-open-";

/// Cache folders with entries that this process has open.
static HELD: Mutex<BTreeMap<PathBuf, Open>> = Mutex::new(BTreeMap::new());

#[derive(Default)]
struct Open {
    /// Lock file; its modification time tells other processes since when entries are open.
    _lock: Option<Lock>,
    /// Open entries by name, with the number of [`Held`] guards for each.
    files: BTreeMap<OsString, usize>,
}

/// Guard that protects one cache entry from removal until it is dropped.
#[derive(Debug)]
pub struct Held {
    folder: PathBuf,
    name: OsString,
}

/// Protects a cache entry while it is opened or made. The file need not exist yet.
pub fn hold(path: &Path) -> Held {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let name = path.file_stem().unwrap_or_default().to_owned();
    let mut held = HELD.lock();
    let open = held.entry(folder.clone()).or_insert_with(|| {
        // A folder that takes no lock file most likely does not allow removal either.
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

/// Start time of the oldest other process that has files of this cache open; `None` if there is
/// none. Removes lock files of killed processes.
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
        // A second call in the same process does nothing; `forget_now` stands for the next run.
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
        // The oldest entry goes first; an entry is as old as its newest file.
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
        // Another process opened its first file five and a half days ago.
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
