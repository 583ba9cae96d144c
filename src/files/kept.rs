//! Copies of stems as they were, in the user's cache: a file that was exported again over the old
//! one can be compared with it, and one that is gone can be put back. Copies are known by their
//! content. They never grow beyond a bound, and never onto a disk that is nearly full.

use super::{FileOf, all};
use crate::disk;
use crate::session::Session;
use crate::session::file_ref::{Content, FileRef};
use crate::session::naming::numbered;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// The most that copies take, in bytes, and what is left free on the disk.
const MOST: u64 = 8_000_000_000;
const FREE: u64 = 20_000_000_000;

/// The copies.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
    most: u64,
    free: u64,
}

impl Kept {
    /// Those in a folder of the caller's choice, of at most `most` bytes, with `free` bytes left.
    pub fn at(folder: impl Into<PathBuf>, most: u64, free: u64) -> Self {
        Self { folder: folder.into(), most, free }
    }

    /// Those in the user's cache folder, or in a temporary one where there is none.
    pub fn of_user() -> Self {
        Self::at(crate::media::cache_folder("kept"), MOST, FREE)
    }

    /// Where the copy of a content is, if there is one.
    pub fn find(&self, content: &Content) -> Option<PathBuf> {
        let path = self.path(content)?;
        let there = std::fs::metadata(&path).ok()?;
        (there.is_file() && there.len() == content.bytes).then_some(path)
    }

    /// A copy is named by its hash; nothing else is a name here.
    fn path(&self, content: &Content) -> Option<PathBuf> {
        let hash = &content.hash;
        let plain = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| self.folder.join(hash))
    }

    /// Copies every stem of a session as it is now, and forgets what was not asked for the longest.
    /// Disks that can share blocks between files take no room for it. What cannot be copied is not
    /// there later, and nothing else.
    pub fn keep(&self, session: &Session, folder: &Path, cancel: &AtomicBool) {
        if std::fs::create_dir_all(&self.folder).is_err() {
            return;
        }
        disk::tidy(&self.folder);
        for (of, _, file) in all(session) {
            if !matches!(of, FileOf::Stem(_)) {
                continue;
            }
            for (place, content) in file.sides() {
                if cancel.load(Ordering::Relaxed) {
                    return;
                }
                self.keep_one(&place.at(folder), content);
            }
        }
        self.forget();
    }

    fn keep_one(&self, file: &Path, content: &Content) {
        let Some(to) = self.path(content) else { return };
        if self.find(content).is_some() {
            // Still of use.
            let touched = std::fs::File::options().append(true).open(&to);
            let _ = touched.and_then(|copy| copy.set_modified(SystemTime::now()));
            return;
        }
        let room = fs4::available_space(&self.folder).unwrap_or(0);
        if room < self.free.saturating_add(content.bytes) || content.bytes > self.most / 4 {
            return;
        }
        let copy = || -> std::io::Result<()> {
            let new = disk::Temporary::beside(&to)?;
            // The system shares blocks where the disk can.
            std::fs::copy(file, new.path())?;
            // What was copied may be another file by now.
            if disk::hash(new.path())? != content.hash {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            new.place(&to)
        };
        let _ = copy();
    }

    /// Removes copies beyond the bound, those that were not asked for the longest first.
    fn forget(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let known = entries.filter_map(|entry| {
            let meta = entry.metadata().ok()?;
            Some((meta.modified().ok()?, meta.len(), entry.path()))
        });
        let mut known: Vec<(SystemTime, u64, PathBuf)> = known.collect();
        known.sort();
        let mut held: u64 = known.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in known {
            if held <= self.most {
                return;
            }
            let _ = std::fs::remove_file(path);
            held = held.saturating_sub(bytes);
        }
    }

    /// Puts the file that is missing back where it was, from its copy; false where there is none.
    /// Nothing that is there is touched.
    pub fn put_back(&self, file: &FileRef, folder: &Path) -> std::io::Result<bool> {
        for (place, content) in file.sides() {
            let place = place.at(folder);
            if place.exists() {
                continue;
            }
            let Some(copy) = self.find(content) else { return Ok(false) };
            std::fs::create_dir_all(place.parent().unwrap_or(folder))?;
            disk::copy(&copy, &place)?;
        }
        Ok(true)
    }

    /// The copies of what a file held before it was exported again; none where one is not there.
    pub fn before(&self, file: &FileRef) -> Option<Copies> {
        let before = file.before.as_deref()?;
        let right = match &before.right {
            Some(right) => Some(self.find(right)?),
            None => None,
        };
        Some(Copies { left: self.find(&before.content)?, right })
    }

    /// Writes what a file held before it was exported again beside it, under a name of its own;
    /// none where there is no copy of it.
    pub fn restore_before(
        &self,
        file: &FileRef,
        folder: &Path,
    ) -> std::io::Result<Option<PathBuf>> {
        let Some(copies) = self.before(file) else { return Ok(None) };
        let place = file.place.at(folder);
        if let Some((right, copy)) = file.right.as_deref().zip(copies.right.as_deref()) {
            return restore_pair(&place, &right.place.at(folder), &copies.left, copy).map(Some);
        }
        let stem = place.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ending = place.extension().unwrap_or_default().to_string_lossy().into_owned();
        for name in numbered(&format!("{stem}_before")) {
            let to = place.with_file_name(format!("{name}.{ending}"));
            match disk::copy(&copies.left, &to) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                copied => return copied.map(|()| Some(to)),
            }
        }
        Ok(None)
    }
}

/// Writes both sides into a new folder beside where they are, under their own names: they are found
/// together by them.
fn restore_pair(
    left: &Path,
    right: &Path,
    left_copy: &Path,
    right_copy: &Path,
) -> std::io::Result<PathBuf> {
    let stem = left.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for name in numbered(&format!("{stem}_before")) {
        let home = left.with_file_name(name);
        match std::fs::create_dir(&home) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            made => made?,
        }
        let to = |file: &Path| home.join(file.file_name().unwrap_or_default());
        disk::copy(left_copy, &to(left))?;
        disk::copy(right_copy, &to(right))?;
        return Ok(to(left));
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Where the copy of a file lies, and that of its right side where it has one of its own.
pub struct Copies {
    pub left: PathBuf,
    pub right: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::take::file_ref;
    use crate::media::hashes::Hashes;
    use crate::media::writer::write_plain;
    use crate::session::stem::{Role, Stem, StemId};
    use crate::units::SampleRate;

    fn song(folder: &Path, seeds: &[u32]) -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        for n in seeds {
            let path = folder.join(format!("{n}.wav"));
            let sound: Vec<f32> = (0..4800).map(|k| ((k * n) as f32 * 0.01).sin() * 0.2).collect();
            write_plain(&path, SampleRate(48_000), &sound, &sound).unwrap();
            let file = file_ref(&path, folder).unwrap();
            session.stems.push(Stem::new(StemId(*n), n.to_string(), Role::Other, file));
        }
        session
    }

    #[test]
    fn what_was_overwritten_or_removed_is_still_there() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().canonicalize().unwrap();
        let kept = Kept::at(folder.join("kept"), 1 << 30, 0);
        let mut session = song(&folder, &[1, 2]);
        kept.keep(&session, &folder, &AtomicBool::new(false));
        let first = std::fs::read(folder.join("1.wav")).unwrap();
        std::fs::write(folder.join("1.wav"), std::fs::read(folder.join("2.wav")).unwrap()).unwrap();
        std::fs::remove_file(folder.join("2.wav")).unwrap();
        assert!(kept.put_back(&session.stems[1].file, &folder).unwrap());
        crate::files::look(&mut session, &folder, &Hashes::at(folder.join("hashes")));
        let file = &session.stems[0].file;
        let path = kept.restore_before(file, &folder).unwrap().unwrap();
        assert_eq!(path.file_name().unwrap(), "1_before.wav");
        assert_eq!(std::fs::read(path).unwrap(), first);
        assert_eq!(
            crate::files::look(&mut session, &folder, &Hashes::at(folder.join("hashes")))[1].state,
            crate::files::State::Same
        );
    }

    #[test]
    fn copies_keep_their_bounds_and_are_what_they_are_called() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().canonicalize().unwrap();
        let count = |folder: &Path| std::fs::read_dir(folder).map_or(0, Iterator::count);
        let session = song(&folder, &[1, 2, 3, 4, 5, 6]);
        let bytes = session.stems[0].file.content.bytes;
        let small = Kept::at(folder.join("small"), 4 * bytes, 0);
        small.keep(&session, &folder, &AtomicBool::new(false));
        assert_eq!(count(&folder.join("small")), 4);
        let full = Kept::at(folder.join("full"), 1 << 30, u64::MAX / 2);
        full.keep(&session, &folder, &AtomicBool::new(false));
        assert_eq!(count(&folder.join("full")), 0, "a disk that is nearly full");
        // A file that is another one by now is not kept under the old name.
        std::fs::write(folder.join("1.wav"), b"another").unwrap();
        let odd = Kept::at(folder.join("odd"), 1 << 30, 0);
        odd.keep(&session, &folder, &AtomicBool::new(false));
        assert_eq!(count(&folder.join("odd")), 5);
        for hash in ["", "../../x", "zz"] {
            let content = Content { hash: hash.into(), bytes };
            assert_eq!(odd.find(&content), None);
        }
    }
}
