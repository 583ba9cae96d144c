//! Copies of earlier stem contents in the user's cache. They allow a comparison with the stem
//! before a new export, and restore a lost file.
//! Each copy is named by its content hash. Limits: total bytes and free space on the disk. Used by
//! jobs of the window.

use super::{FileOf, all};
use crate::disk;
use crate::session::Session;
use crate::session::file_ref::{Content, FileRef};
use crate::session::naming::numbered;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// Default limit of all copies, in bytes.
const MOST: u64 = 8_000_000_000;
/// Default free space to leave on the disk, in bytes.
const FREE: u64 = 20_000_000_000;

/// A folder of copies, with its limits.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
    most: u64,
    free: u64,
}

impl Kept {
    /// Copies in `folder`: at most `most` bytes in all, leaving `free` bytes on the disk.
    pub fn at(folder: impl Into<PathBuf>, most: u64, free: u64) -> Self {
        Self { folder: folder.into(), most, free }
    }

    /// Copies in the user's cache folder, or in a temporary folder if there is none.
    pub fn of_user() -> Self {
        Self::at(crate::media::cache_folder("kept"), MOST, FREE)
    }

    /// Path of the copy of a content; `None` if it is absent or has another size.
    pub fn find(&self, content: &Content) -> Option<PathBuf> {
        let path = self.path(content)?;
        let there = std::fs::metadata(&path).ok()?;
        (there.is_file() && there.len() == content.bytes).then_some(path)
    }

    /// File name of a copy: its hash. Anything but 64 hexadecimal digits is refused, because the
    /// hash comes from the session file.
    fn path(&self, content: &Content) -> Option<PathBuf> {
        let hash = &content.hash;
        let plain = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| self.folder.join(hash))
    }

    /// Copies every stem of a session, then removes the least recently used copies above the limit.
    /// Takes no extra space on file systems that share blocks. Skips files that cannot be copied,
    /// and returns early on `cancel`.
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
            // Mark the copy as recently used.
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
            // `std::fs::copy` shares blocks on file systems that can.
            std::fs::copy(file, new.path())?;
            // The file may have changed since the session recorded its hash.
            if disk::hash(new.path())? != content.hash {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            new.place(&to)
        };
        let _ = copy();
    }

    /// Removes the least recently used copies until the limit holds.
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

    /// Restores a missing file, or a missing side of a pair, from its copies. Existing files stay
    /// untouched. False if a needed copy is missing.
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

    /// Copies of the content before the new export; `None` if one is missing.
    pub fn before(&self, file: &FileRef) -> Option<Copies> {
        let before = file.before.as_deref()?;
        let right = match &before.right {
            Some(right) => Some(self.find(right)?),
            None => None,
        };
        Some(Copies { left: self.find(&before.content)?, right })
    }

    /// Writes the content before the new export beside the file, under a new name. Returns the path
    /// (of a pair, the left side); `None` if there is no copy.
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

/// Writes both sides into a new folder beside the left one. Their names stay: a pair is matched by
/// name.
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

/// Paths of the copies of one file; `right` for a stem imported as two mono files.
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
        // A file that changed after the session recorded its hash is not copied.
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
