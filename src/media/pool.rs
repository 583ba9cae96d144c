//! Pool of open files: many stems share few file handles. The file that was not read for the
//! longest time is closed, and [`Pooled`] opens it again when it is needed. All PCM files of the
//! process share one pool, from any thread.

use crate::disk::{self, Stamp};
use crate::media::error::MediaError;
use crate::media::input::Input;
use parking_lot::Mutex;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// Most open files if the system's limit is unknown; macOS allows 256 per process.
const USUAL: usize = 128;
/// Most open files, even if the system allows more.
const MOST: usize = 512;

/// The pool of all PCM files of the process.
static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::of(capacity()));

/// Most open files: half of the system's limit. The other half stays free for other files.
fn capacity() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits.lines().find_map(|line| {
        line.strip_prefix("Max open files")?.split_whitespace().next()?.parse::<usize>().ok()
    });
    soft.map_or(USUAL, |soft| (soft / 2).clamp(8, MOST))
}

struct Pool {
    most: usize,
    /// Open files with their numbers, the most recently used last.
    open: Mutex<Vec<(u64, Arc<File>)>>,
    /// Number of the next file that enters the pool.
    next: AtomicU64,
}

impl Pool {
    fn of(most: usize) -> Self {
        Self { most, open: Mutex::new(Vec::new()), next: AtomicU64::new(0) }
    }

    fn find(&self, number: u64) -> Option<Arc<File>> {
        let mut open = self.open.lock();
        // Most reads go to recently used files.
        let at = open.iter().rposition(|(own, _)| *own == number)?;
        let entry = open.remove(at);
        let file = entry.1.clone();
        open.push(entry);
        Some(file)
    }

    fn keep(&self, number: u64, file: Arc<File>) {
        let mut closed = Vec::new();
        let mut open = self.open.lock();
        // Two threads may open the same file at once.
        open.retain(|(own, _)| *own != number);
        open.push((number, file));
        let over = open.len().saturating_sub(self.most);
        closed.extend(open.drain(..over));
        // Closing may take time on a network disk.
        drop(open);
        drop(closed);
    }

    fn forget(&self, number: u64) {
        let mut open = self.open.lock();
        let at = open.iter().position(|(own, _)| *own == number);
        let closed = at.map(|at| open.remove(at));
        drop(open);
        drop(closed);
    }
}

/// A file that the pool may close between two reads, and opens again when needed.
pub(crate) struct Pooled {
    path: PathBuf,
    stamp: Stamp,
    number: u64,
    pool: &'static Pool,
}

impl std::fmt::Debug for Pooled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pooled").field("path", &self.path).field("stamp", &self.stamp).finish()
    }
}

impl Pooled {
    pub fn new(input: Input) -> Self {
        Self::within(input, &POOL)
    }

    fn within(input: Input, pool: &'static Pool) -> Self {
        let number = pool.next.fetch_add(1, Ordering::Relaxed);
        pool.keep(number, input.file);
        Self { path: input.path, stamp: input.stamp, number, pool }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The open file. Opens it again if the pool closed it.
    ///
    /// # Errors
    /// `Changed` if the file at the path is not the one that was opened first, and errors of
    /// reading.
    pub fn file(&self) -> Result<Arc<File>, MediaError> {
        if let Some(file) = self.pool.find(self.number) {
            return Ok(file);
        }
        let reading = |cause| MediaError::reading(&self.path, cause);
        let file = Arc::new(disk::open(&self.path).map_err(reading)?);
        if Stamp::held(&file).map_err(reading)? != self.stamp {
            return Err(MediaError::Changed(self.path.clone()));
        }
        self.pool.keep(self.number, file.clone());
        Ok(file)
    }

    /// Whether the file at the path still has the first stamp, and the open file too if there is
    /// one.
    pub fn is_unchanged(&self) -> bool {
        let held = self.pool.find(self.number).map(|file| Stamp::held(&file));
        let same = held.is_none_or(|held| held.is_ok_and(|held| held == self.stamp));
        same && Stamp::at(&self.path) == Some(self.stamp)
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        self.pool.forget(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::input::read_up_to;

    #[test]
    fn more_files_than_may_be_open_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let pool: &'static Pool = Box::leak(Box::new(Pool::of(4)));
        let made = |n: usize| {
            let path = folder.path().join(format!("{n}"));
            std::fs::write(&path, [n as u8; 100]).unwrap();
            Pooled::within(Input::open(&path).unwrap(), pool)
        };
        let files: Vec<Pooled> = (0..40).map(made).collect();
        std::thread::scope(|scope| {
            for turn in 0..4 {
                let files = &files;
                scope.spawn(move || {
                    for n in (0..40).map(|n| (n * 7 + turn) % 40) {
                        let mut byte = [0];
                        read_up_to(&files[n].file().unwrap(), &mut byte, 50).unwrap();
                        assert_eq!(usize::from(byte[0]), n);
                    }
                });
            }
        });
        assert_eq!(pool.open.lock().len(), 4);
        // An open file can be read though its name is gone; a closed one cannot.
        let (held, closed) = (&files[39], &files[1]);
        held.file().unwrap();
        for file in &files[2..5] {
            file.file().unwrap();
        }
        std::fs::remove_file(held.path()).unwrap();
        assert!(held.file().is_ok() && !held.is_unchanged());
        assert!(closed.is_unchanged());
        std::fs::write(closed.path(), [1; 101]).unwrap();
        assert!(!closed.is_unchanged());
        assert!(matches!(closed.file(), Err(MediaError::Changed(_))));
        drop(files);
        assert!(pool.open.lock().is_empty());
    }

    #[test]
    fn the_limit_of_the_system_is_kept() {
        assert!((8..=MOST).contains(&capacity()));
    }
}
