//! Copies of a session that sync tools make when two people save at the same time.

use crate::review::ReviewError;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{EXTENSION, FileError, load};
use crate::session::merge::{MergeError, Merged, merge};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{} cannot be merged: {cause}", path.display())]
    Merge { path: PathBuf, cause: MergeError },
    #[error(transparent)]
    Review(#[from] ReviewError),
}

/// Copies of a session beside it: `Song (Anna's conflicted copy 2026-03-01).stemwright`,
/// `Song.sync-conflict-20260301-101010-ABC.stemwright`, `Song (1).stemwright`.
pub fn copies(session: &Path) -> Vec<PathBuf> {
    let stem = session.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = session.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries =
        std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let is_copy = |path: &PathBuf| {
        let own = path.extension().is_some_and(|extension| extension == EXTENSION);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let rest = name.strip_prefix(&stem).unwrap_or("");
        let bracketed = rest.starts_with(" (") && rest.ends_with(')');
        let conflict = rest.to_lowercase().contains("conflict") || rest.contains("onflikt");
        own && (bracketed || conflict)
    };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_copy).collect();
    all.sort();
    all
}

/// What a session and a copy of it come to, and the copy.
pub fn merged(path: &Path, ours: &Session, copy: &Path) -> Result<(Merged, Session), CopyError> {
    let theirs = load(copy)?;
    let base = Revisions::of(path).common(ours, &theirs);
    let merged = merge(base.as_ref(), ours, &theirs)
        .map_err(|cause| CopyError::Merge { path: copy.to_owned(), cause })?;
    Ok((merged, theirs))
}

/// The lineage of what comes of both: all that they were, the latest of each last.
pub fn lineage(ours: &Session, theirs: &Session) -> Vec<String> {
    let own = ours.lineage.iter().filter(|hash| !theirs.lineage.contains(hash));
    theirs.lineage.iter().chain(own).cloned().collect()
}

/// Takes comments and revisions along to the new place of a session; what is there stays.
pub fn carry(from: &Path, to: &Path) -> Result<(), ReviewError> {
    for kind in ["review", "revisions"] {
        copy_all(&from.with_extension(kind), &to.with_extension(kind))?;
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> Result<(), ReviewError> {
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &target)?;
        } else if !target.exists() {
            let copy = || {
                std::fs::create_dir_all(to)?;
                std::fs::copy(&path, &target).map(|_| ())
            };
            copy().map_err(|cause| ReviewError::Write { path: target.clone(), cause })?;
        }
    }
    Ok(())
}

/// Puts a copy that was merged out of the way: `Song.revisions/merged/…`.
pub fn put_aside(session: &Path, copy: &Path) -> Result<PathBuf, ReviewError> {
    let folder = session.with_extension("revisions").join("merged");
    let to = folder.join(copy.file_name().unwrap_or_default());
    let rename = || {
        std::fs::create_dir_all(&folder)?;
        std::fs::rename(copy, &to)
    };
    rename().map_err(|cause| ReviewError::Write { path: to.clone(), cause })?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::file::save;
    use crate::session::history::tests::stem;
    use crate::session::merge::Side;
    use crate::units::{Db, SampleRate};

    #[test]
    fn a_conflict_copy_is_found_and_merged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Blue Sky.stemwright");
        let revisions = Revisions::of(&path);
        let mut session = Session::new("Blue Sky", SampleRate(48_000));
        session.stems = vec![stem(1), stem(2)];
        revisions.remember(&mut session).unwrap();
        let (mut ours, mut theirs) = (session.clone(), session);
        ours.stems[0].strip.fader = Db(-1.0);
        ours.stems[1].name = "Kick".into();
        theirs.stems[1].strip.fader = Db(-2.0);
        theirs.stems[1].name = "Drum".into();
        for session in [&mut ours, &mut theirs] {
            revisions.remember(session).unwrap();
        }
        save(&ours, &path).unwrap();
        for name in [
            "Blue Sky (Anna's conflicted copy 2026-03-01)",
            "Blue Sky.sync-conflict-20260301-101010-ABCDEFG",
            "Blue Sky (1)",
        ] {
            let copy = folder.path().join(format!("{name}.stemwright"));
            save(&theirs, &copy).unwrap();
            assert_eq!(copies(&path), std::slice::from_ref(&copy));
            let (merged, other) = merged(&path, &ours, &copy).unwrap();
            assert_eq!(merged.conflicts.len(), 1);
            let session = merged.with(&[Some(Side::Theirs)]).unwrap();
            assert_eq!(session.stems[0].strip.fader, Db(-1.0));
            assert_eq!(session.stems[1].strip.fader, Db(-2.0));
            assert_eq!(session.stems[1].name, "Drum");
            assert_eq!(lineage(&ours, &other).len(), 3);
            assert!(put_aside(&path, &copy).unwrap().exists());
            assert!(copies(&path).is_empty());
        }
        for other in ["Blue Sky_v1", "Blue Sky 2", "Other (1)"] {
            save(&theirs, &folder.path().join(format!("{other}.stemwright"))).unwrap();
        }
        assert!(copies(&path).is_empty());
    }
}
