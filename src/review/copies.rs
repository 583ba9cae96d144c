//! Finds and merges copies of a session, which sync tools make when two people save at the same
//! time. A copy lies beside the session; [`copies`] recognises it by session id, lineage and file
//! name.

use crate::disk;
use crate::disk::stamp::Stamp;
use crate::review::ReviewError;
use crate::review::revisions::Revisions;
use crate::session::file::{EXTENSION, FileError, Label, label, load, load_as_written, writing};
use crate::session::merge::{MergeError, Merged, Side, merge};
use crate::session::naming::{composed, numbered};
use crate::session::{SCHEMA, Session};
use crate::units::EntryId;
use std::collections::HashMap;
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

/// Part of the name of a file that was set aside because somebody else had saved the session.
pub const ELSEWHERE: &str = "saved elsewhere";

/// Cache of the labels and states of neighbouring session files, so that each file is read once per
/// change.
#[derive(Default)]
pub struct NeighbourCache(HashMap<PathBuf, (Stamp, Known)>);

#[derive(Clone, Default)]
struct Known {
    label: Label,
    /// Hashes of the state, as it was written and in the present schema; empty if the file belongs
    /// to another song or cannot be read.
    states: Vec<String>,
}

impl NeighbourCache {
    /// Label and state of a file. Reads it again if its stamp changed, or is too recent to show a
    /// further change.
    fn known(&mut self, path: &Path, own: &Own<'_>) -> Known {
        let Some(stamp) = Stamp::at(path) else { return Known::default() };
        match self.0.get(path) {
            Some((known, what)) if *known == stamp && stamp.is_ripe() => what.clone(),
            _ => {
                let label = label(path).unwrap_or_default();
                let path_of_same = Some(path).filter(|_| own.is_of(&label));
                let hash = |session: &Session| own.revisions.hash_of(session).ok();
                let written = path_of_same.and_then(|path| load_as_written(path).ok());
                let mut states: Vec<String> = written.iter().filter_map(hash).collect();
                if written.is_some_and(|written| written.schema < SCHEMA) {
                    states.extend(load(path).ok().as_ref().and_then(hash));
                }
                let known = Known { label, states };
                self.0.insert(path.to_owned(), (stamp, known.clone()));
                known
            }
        }
    }
}

/// A session, and the data needed to compare other session files with it.
struct Own<'a> {
    session: &'a Session,
    revisions: Revisions,
    name: String,
}

impl Own<'_> {
    /// Whether the file holds the same song: same session id, or a common state in both lineages.
    fn is_of(&self, label: &Label) -> bool {
        self.is_same(label) || self.session.lineage.iter().any(|hash| label.lineage.contains(hash))
    }

    fn is_same(&self, label: &Label) -> bool {
        !self.session.id.is_empty() && self.session.id == label.id
    }

    fn is_copy(&self, path: &Path, known: &Known) -> bool {
        let name = name_of(path);
        // A shorter name inside this one is the name of the original.
        if name.len() < self.name.len() && self.name.contains(&name) {
            return false;
        }
        if is_copy_of(&self.name, &name) {
            // Older sessions have no id and may have no lineage: then the name alone decides.
            let (ours, theirs) = (self.session, &known.label);
            let says = !theirs.id.is_empty() && !ours.id.is_empty()
                || !theirs.lineage.is_empty() && !ours.lineage.is_empty();
            return !says || self.is_of(theirs);
        }
        // With an unusual name it is a copy only if it holds a state that this session never was
        // in.
        let is_known = |state| self.session.lineage.contains(state);
        let is_news = !known.states.is_empty()
            && !known.states.iter().any(is_known)
            && self.revisions.hash_of(self.session).is_ok_and(|own| !known.states.contains(&own));
        self.is_same(&known.label) && is_news
    }
}

fn name_of(path: &Path) -> String {
    composed(&path.file_stem().unwrap_or_default().to_string_lossy())
}

/// Other session files in the same folder.
fn others(session: &Path) -> Vec<PathBuf> {
    let folder = session.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries =
        std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten().flatten();
    let own = session.file_name();
    let is_other = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == EXTENSION) && path.file_name() != own
    };
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_other).collect();
    all.sort();
    all
}

/// Copies of a session in its folder. A file is a copy if it has the session's id and a state that
/// is neither this one nor in its lineage, under any name. Files with a name that sync tools give
/// are copies too, unless they are another song.
pub fn copies(path: &Path, session: &Session, beside: &mut NeighbourCache) -> Vec<PathBuf> {
    let own = Own { session, revisions: Revisions::of(path), name: name_of(path) };
    let mut all = others(path);
    all.retain(|path| own.is_copy(path, &beside.known(path, &own)));
    all
}

/// The session that this one is a copy of: it has the same id, and its name is a shorter part of
/// this name.
pub fn original(path: &Path, session: &Session) -> Option<PathBuf> {
    let name = name_of(path);
    let is_original = |other: &PathBuf| {
        let theirs = name_of(other);
        let is_shorter = theirs.len() < name.len() && name.contains(&theirs);
        is_shorter && label(other).is_some_and(|label| label.id == session.id)
    };
    others(path).into_iter().filter(|_| !session.id.is_empty()).find(is_original)
}

/// Gives a copy an id of its own, so that it is a separate song.
pub fn keep_apart(copy: &Path) -> Result<(), FileError> {
    let writing = writing(copy)?;
    writing.save(&Session { id: EntryId::fresh(), ..load(copy)? }, copy)
}

/// Words that sync tools and operating systems put into the names of copies, in many languages.
const WORDS: [&str; 17] = [
    "conflict",
    "konflikt",
    "conflit",
    "conflito",
    "conflitto",
    "\u{43a}\u{43e}\u{43d}\u{444}\u{43b}\u{438}\u{43a}\u{442}",
    "\u{51b2}\u{7a81}",
    "\u{885d}\u{7a81}",
    "\u{7af6}\u{5408}",
    "\u{cda9}\u{b3cc}",
    "copy",
    "kopie",
    "copie",
    "copia",
    "c\u{f3}pia",
    "kopia",
    ELSEWHERE,
];

/// Whether `name` is a name that sync tools give to a copy of `stem`.
pub(super) fn is_copy_of(stem: &str, name: &str) -> bool {
    let rest = name.strip_prefix(stem).unwrap_or("");
    let inside = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')')).unwrap_or("");
    let counted = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit());
    counted || WORDS.iter().any(|word| rest.to_lowercase().contains(word))
}

/// Merges a session with a copy of it, from their latest common state; returns the merge and the
/// copy.
pub fn merged(path: &Path, ours: &Session, copy: &Path) -> Result<(Merged, Session), CopyError> {
    let theirs = load(copy)?;
    let base = Revisions::of(path).common(ours, &theirs);
    let merged = merge(base.as_ref(), ours, &theirs)
        .map_err(|cause| CopyError::Merge { path: copy.to_owned(), cause })?;
    Ok((merged, theirs))
}

/// The merged session, with one answer per conflict. It keeps the id of `ours` and the lineage of
/// both.
pub fn together(
    both: &Merged,
    sides: &[Option<Side>],
    ours: &Session,
    theirs: &Session,
) -> Result<Session, MergeError> {
    let (id, saved, lineage) = (ours.id.clone(), ours.saved.clone(), lineage(ours, theirs));
    Ok(Session { id, saved, lineage, ..both.with(sides)? })
}

/// Lineage of the merged session: all of `theirs`, then the states that only `ours` has.
fn lineage(ours: &Session, theirs: &Session) -> Vec<String> {
    let own = ours.lineage.iter().filter(|hash| !theirs.lineage.contains(hash));
    theirs.lineage.iter().chain(own).cloned().collect()
}

/// Moves a merged copy out of the way, to `Song.revisions/merged/…`. Appends a number if the name
/// is taken.
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
    use crate::dsp::chain::{Kind, Slot};
    use crate::review::beside::carry;
    use crate::review::book::{Book, Draft};
    use crate::session::file::save;
    use crate::session::history::tests::{changed, edits, stem};
    use crate::units::{Db, SampleRate};
    use proptest::prelude::*;

    /// Acts like a sync tool on the folders beside a session: copies files that are missing.
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
            // Each side changes the session, adds comments and keeps a revision.
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
            // Each side merges the other's copy into its own session.
            let copies = [1, 0].map(|n| paths[1 - n].with_file_name("Song (1).stemwright"));
            let mut results = Vec::new();
            for n in 0..2 {
                save(&sessions[1 - n], &copies[n]).unwrap();
                let (both, theirs) = merged(&paths[n], &sessions[n], &copies[n]).unwrap();
                // On a conflict both sides choose the first side's value.
                let side = if n == 0 { Side::Ours } else { Side::Theirs };
                let session = both.with(&vec![Some(side); both.conflicts.len()]).unwrap();
                let mut lineage = lineage(&sessions[n], &theirs);
                lineage.sort();
                results.push((session.work(), lineage));
            }
            prop_assert_eq!(&results[0], &results[1]);
        }
    }

    fn found(path: &Path, session: &Session) -> Vec<PathBuf> {
        copies(path, session, &mut NeighbourCache::default())
    }

    /// Names that sync tools, systems and people give to a second file.
    const NAMES: [&str; 24] = [
        "Blue Sky (Anna's conflicted copy 2026-03-01)",
        "Blue Sky (conflicted copy 2026-03-01 101010)",
        "Blue Sky (Case Conflict)",
        "Blue Sky.sync-conflict-20260301-101010-ABCDEFG",
        "Blue Sky_conf(2026-03-01-10-10-10)",
        "Blue Sky (1)",
        "Blue Sky(1)",
        "Blue Sky 2",
        "Blue Sky-STUDIO-PC",
        "Blue Sky-Annas MacBook Pro",
        "Blue Sky - Copy",
        "Blue Sky - Copy (2)",
        "Blue Sky copy",
        "Blue Sky - Kopie",
        "Kopie von Blue Sky",
        "Copy of Blue Sky",
        "Blue Sky (Kopie in Konflikt von Ben 2026-03-01)",
        "Blue Sky (Copie en conflit de Ben 2026-03-01)",
        "Blue Sky (Copia en conflicto de Ben 2026-03-01)",
        "Blue Sky (\u{7af6}\u{5408}\u{30b3}\u{30d4}\u{30fc} 2026-03-01)",
        "blue sky",
        "Blue Sky (Anna) [Conflict]",
        "Blue Sky~1",
        "Something else",
    ];

    #[test]
    fn an_earlier_state_of_schema_1_is_no_copy() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(format!("{name}.stemwright"));
        let path = at("Blue Sky");
        let mut tree = Session::new("Blue Sky", SampleRate(48_000));
        tree.id = EntryId::of_text("Blue Sky");
        tree.chain = vec![Slot::new(Kind::Compressor)];
        let mut tree = serde_json::to_value(tree).unwrap();
        tree["schema"] = 1.into();
        for version in tree["versions"].as_array_mut().unwrap() {
            version.as_object_mut().unwrap().remove("standard");
        }
        tree["chain"][0]["automation"] = serde_json::json!([
            { "parameter": "Make-up", "curve": [{ "time": 1.0, "value": 1.0, "bend": 0.0 }] }
        ]);
        std::fs::write(at("Monday"), tree.to_string()).unwrap();
        // The program of then went on, and remembered the state by its hash.
        let state = Revisions::of(&path).hash_of(&load_as_written(&at("Monday")).unwrap()).unwrap();
        tree["lineage"] = serde_json::json!([state]);
        tree["song"]["title"] = "Blue".into();
        std::fs::write(&path, tree.to_string()).unwrap();
        let ours = load(&path).unwrap();
        let found = |beside: &mut NeighbourCache| copies(&path, &ours, beside);
        assert!(found(&mut NeighbourCache::default()).is_empty());
        // With a change of its own it is one.
        tree["song"]["title"] = "Green".into();
        std::fs::write(at("Monday"), tree.to_string()).unwrap();
        assert_eq!(found(&mut NeighbourCache::default()), [at("Monday")]);
    }

    #[test]
    fn a_copy_is_known_by_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(format!("{name}.stemwright"));
        let path = at("Blue Sky");
        let mut ours = Session::new("Blue Sky", SampleRate(48_000));
        ours.stems = vec![stem(1)];
        Revisions::of(&path).remember(&mut ours).unwrap();
        assert!(!ours.id.is_empty());
        save(&ours, &path).unwrap();
        let mut theirs = ours.clone();
        theirs.stems[0].strip.fader = Db(-2.0);
        let mut beside = NeighbourCache::default();
        for name in NAMES {
            save(&theirs, &at(name)).unwrap();
            assert_eq!(copies(&path, &ours, &mut beside), [at(name)], "{name}");
            // An identical file counts as a copy only under a name that sync tools give.
            save(&ours, &at(name)).unwrap();
            assert!(found(&path, &ours).is_empty() || is_copy_of("Blue Sky", name), "{name}");
            // A separate song is never a copy, under any name.
            save(&Session { lineage: Vec::new(), ..theirs.clone() }, &at(name)).unwrap();
            keep_apart(&at(name)).unwrap();
            assert!(found(&path, &ours).is_empty(), "{name}");
            std::fs::remove_file(at(name)).unwrap();
        }
        // `original` leads from the copy to the session, never back.
        save(&theirs, &at("Blue Sky 2")).unwrap();
        assert!(found(&at("Blue Sky 2"), &theirs).is_empty());
        assert_eq!(original(&at("Blue Sky 2"), &theirs), Some(path.clone()));
        assert_eq!(original(&path, &ours), None);
        // An incomplete file is no copy.
        std::fs::write(at("Blue Sky 2"), "{").unwrap();
        assert!(found(&path, &ours).is_empty());
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
            assert_eq!(found(&path, &ours), std::slice::from_ref(&copy));
            let (merged, other) = merged(&path, &ours, &copy).unwrap();
            assert_eq!(merged.conflicts.len(), 1);
            let session = merged.with(&[Some(Side::Theirs)]).unwrap();
            assert_eq!(session.stems[0].strip.fader, Db(-1.0));
            assert_eq!(session.stems[1].strip.fader, Db(-2.0));
            assert_eq!(session.stems[1].name, "Drum");
            assert_eq!(lineage(&ours, &other).len(), 3);
            assert!(put_aside(&path, &copy).unwrap().exists());
            assert!(found(&path, &ours).is_empty());
        }
        for other in ["Blue Sky_v1", "Blue Sky 2", "Blue Sky (alternative)", "Other (1)"] {
            let own = Session { id: EntryId::fresh(), ..theirs.clone() };
            save(&own, &folder.path().join(format!("{other}.stemwright"))).unwrap();
        }
        assert!(found(&path, &ours).is_empty());
    }
}
