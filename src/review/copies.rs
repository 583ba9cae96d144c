//! Copies of a session that sync tools make when two people save at the same time.

use crate::disk;
use crate::review::ReviewError;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{EXTENSION, FileError, load};
use crate::session::merge::{MergeError, Merged, merge};
use crate::session::naming::numbered;
use std::io::ErrorKind;
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

/// What stands in the name of a file that was set aside because somebody else had saved it.
pub const ELSEWHERE: &str = "saved elsewhere";

/// Copies of a session beside it: `Song (Anna's conflicted copy 2026-03-01).stemwright`,
/// `Song.sync-conflict-20260301-101010-ABC.stemwright`, `Song (1).stemwright`.
pub fn copies(session: &Path) -> Vec<PathBuf> {
    let stem = session.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = session.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries =
        std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let is_copy = |path: &PathBuf| {
        let own = path.extension().is_some_and(|extension| extension == EXTENSION);
        own && is_copy_of(&stem, &path.file_stem().unwrap_or_default().to_string_lossy())
    };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_copy).collect();
    all.sort();
    all
}

/// Whether a name is one that sync tools give to a copy of what has the other name.
pub(super) fn is_copy_of(stem: &str, name: &str) -> bool {
    let rest = name.strip_prefix(stem).unwrap_or("");
    let inside = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')')).unwrap_or("");
    let counted = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit());
    let words = ["conflict", "konflikt", "conflit", ELSEWHERE];
    counted || words.iter().any(|word| rest.to_lowercase().contains(word))
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

/// Puts a copy that was merged out of the way: `Song.revisions/merged/…`. One of the same name that
/// is there already stays.
pub fn put_aside(session: &Path, copy: &Path) -> Result<PathBuf, ReviewError> {
    let folder = session.with_extension("revisions").join("merged");
    let stem = copy.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |cause| ReviewError::Write { path: folder.clone(), cause };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    for name in numbered(&stem) {
        let to = folder.join(format!("{name}.{EXTENSION}"));
        match disk::place(copy, &to) {
            Ok(()) => return Ok(to),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(ReviewError::Write { path: to, cause }),
        }
    }
    Err(failed(ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::beside::carry;
    use crate::review::book::{Book, Draft};
    use crate::session::file::save;
    use crate::session::history::tests::{changed, edits, stem};
    use crate::session::merge::Side;
    use crate::units::{Db, SampleRate};
    use proptest::prelude::*;

    /// What a sync tool does with the folders beside a session: files that are not there come over.
    fn sync(from: &Path, to: &Path) {
        carry(from, to).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn two_who_work_apart_come_to_the_same_song(
            before in prop::collection::vec(edits(), 0..4),
            a in prop::collection::vec(edits(), 0..6),
            b in prop::collection::vec(edits(), 0..6),
            said in prop::collection::vec(("[a-z]{1,6}", any::<bool>()), 0..5),
        ) {
            let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let paths = [one.path().join("Song.stemwright"), two.path().join("Song.stemwright")];
            let mut session = Session::new("Song", SampleRate(48_000));
            session.stems = (1..6).map(stem).collect();
            let mut session = changed(&session, before);
            Revisions::of(&paths[0]).remember(&mut session).unwrap();
            sync(&paths[0], &paths[1]);
            // Each changes the session, says something, and keeps a revision.
            let mut sessions = [session.clone(), session];
            for (n, list) in [a, b].into_iter().enumerate() {
                sessions[n] = changed(&sessions[n], list);
                let revisions = Revisions::of(&paths[n]);
                revisions.remember(&mut sessions[n]).unwrap();
                let next = revisions.next(&sessions[n], "1");
                let kept = revisions.keep(&sessions[n], next).unwrap();
                revisions.descend(&mut sessions[n], &kept.session);
                let mut book = Book::of(&paths[n]);
                for (text, _) in said.iter().filter(|(_, mine)| *mine == (n == 0)) {
                    book.add(Draft { text: text.clone(), ..Draft::default() }).unwrap();
                }
            }
            sync(&paths[0], &paths[1]);
            sync(&paths[1], &paths[0]);
            let (first, second) = (Book::of(&paths[0]), Book::of(&paths[1]));
            prop_assert_eq!(first.review(), second.review());
            prop_assert_eq!(first.review().comments.len(), said.len());
            let revisions = paths.each_ref().map(|path| Revisions::of(path));
            prop_assert_eq!(revisions[0].all(), revisions[1].all());
            for (n, session) in sessions.iter().enumerate() {
                let all = revisions[n].all();
                let own = all.iter().find(|one| session.lineage.contains(&one.session)).unwrap();
                prop_assert!(revisions[1 - n].session(own).is_ok());
            }
            // The session: each merges the other's copy into its own.
            let copies = [1, 0].map(|n| paths[1 - n].with_file_name("Song (1).stemwright"));
            let mut results = Vec::new();
            for n in 0..2 {
                save(&sessions[1 - n], &copies[n]).unwrap();
                let (both, theirs) = merged(&paths[n], &sessions[n], &copies[n]).unwrap();
                // Whoever merges takes the first one's where both changed the same.
                let side = if n == 0 { Side::Ours } else { Side::Theirs };
                let session = both.with(&vec![Some(side); both.conflicts.len()]).unwrap();
                let mut lineage = lineage(&sessions[n], &theirs);
                lineage.sort();
                results.push((Session { lineage: Vec::new(), ..session }, lineage));
            }
            prop_assert_eq!(&results[0], &results[1]);
        }
    }

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
        for other in ["Blue Sky_v1", "Blue Sky 2", "Blue Sky (alternative)", "Other (1)"] {
            save(&theirs, &folder.path().join(format!("{other}.stemwright"))).unwrap();
        }
        assert!(copies(&path).is_empty());
    }
}
