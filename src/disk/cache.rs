//! Caches: files that can be made again stay for as long as they are asked for.

use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
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
    let files = || {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
    };
    let name = |path: &Path| path.file_stem().map(OsString::from);
    let mut newest: HashMap<Option<OsString>, SystemTime> = HashMap::new();
    for entry in files() {
        // A file whose time cannot be told stays.
        let at = entry.metadata().and_then(|meta| meta.modified());
        let at = at.unwrap_or_else(|_| SystemTime::now());
        let known = newest.entry(name(&entry.path())).or_insert(at);
        *known = at.max(*known);
    }
    for path in files().map(|entry| entry.path()) {
        let at = newest.get(&name(&path));
        if at.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > kept) {
            let _ = std::fs::remove_file(path);
        }
    }
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
}
