//! Keeps the folders of comments and revisions with their session: they are copied along on "save
//! as", found again after the session file was renamed, and merged where a sync tool made a second
//! folder.

use super::copies::is_copy_of;
use crate::disk;
use crate::review::ReviewError;
use crate::review::book::Book;
use crate::review::revisions::Revisions;
use crate::session::Session;
use crate::session::file::{EXTENSION, label};
use crate::session::ids;
use crate::units::EntryId;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

const KINDS: [&str; 2] = ["review", "revisions"];

/// Name of the marker file that ties a folder of comments to a session id.
fn whose(id: &EntryId) -> String {
    format!("{}.of", ids::plain(id.as_str()))
}

/// Writes the marker file into the session's folder of comments. Does nothing for a session without
/// id.
pub fn mark(session: &Path) -> std::io::Result<()> {
    let id = label(session).map(|label| label.id).filter(|id| !id.is_empty());
    let path = id.map(|id| Book::folder(session).join(whose(&id)));
    match path.filter(|path| !path.exists()) {
        Some(path) => disk::write(&path, b"the comments of this session\n"),
        None => Ok(()),
    }
}

/// Copies comments and revisions to the new place of a session; existing files stay.
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
                disk::copy(&path, &target)
            };
            copy().map_err(|cause| ReviewError::Write { path: target.clone(), cause })?;
        }
    }
    Ok(())
}

/// Removes half-written temporary files beside a session, in its book and among its revisions.
pub fn tidy(session: &Path) {
    let folder = session.parent().filter(|folder| !folder.as_os_str().is_empty());
    let revisions = session.with_extension("revisions");
    let inner = ["objects", "deleted", "merged"].map(|name| revisions.join(name));
    let own = [Book::folder(session), revisions];
    for folder in own.iter().chain(&inner).map(PathBuf::as_path).chain(folder) {
        disk::tidy(folder);
    }
}

/// A folder of comments or revisions whose name is not that of the session.
struct Left {
    path: PathBuf,
    kind: &'static str,
}

/// Collects folders of comments and revisions that belong to this session but have another name.
///
/// - Second folders made by a sync tool are copied into the session's own folders.
/// - Folders of a session that was renamed are moved. They are recognised by the session id or by a
///   state in its lineage.
/// - If no folder is recognised and this session has no folder of that kind, the only unowned
///   folder is taken, unless its revisions share no state with this session's lineage.
///
/// # Errors
/// If a folder cannot be written.
pub fn come_home(path: &Path, session: &Session) -> Result<(), ReviewError> {
    let own = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut left = Vec::new();
    for Left { path: folder, kind } in strange(path) {
        let name = folder.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let alone = !folder.with_extension(EXTENSION).exists();
        if plain(&name) == plain(&own) && alone || is_copy_of(&own, &name) {
            copy_all(&folder, &path.with_extension(kind))?;
        } else if alone {
            left.push(Left { path: folder, kind });
        }
    }
    let knows = |folder: &Path| {
        let revisions = Revisions::of(folder);
        let is_ours =
            !session.id.is_empty() && Book::folder(folder).join(whose(&session.id)).exists();
        is_ours || session.lineage.iter().any(|state| revisions.has(state))
    };
    for kind in KINDS {
        let home = path.with_extension(kind);
        let here: Vec<&Left> = left.iter().filter(|one| one.kind == kind).collect();
        let known: Vec<&&Left> = here.iter().filter(|one| knows(&one.path)).collect();
        for one in &known {
            take(&one.path, &home)?;
        }
        if let ([one], true, false) = (here.as_slice(), known.is_empty(), home.exists())
            && (session.lineage.is_empty() || !one.path.with_extension("revisions").exists())
        {
            take(&one.path, &home)?;
        }
    }
    Ok(())
}

/// Folders of comments and revisions beside a session with another name than the session's.
fn strange(path: &Path) -> Vec<Left> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
    let strange = |path: PathBuf| {
        let kind = KINDS.into_iter().find(|kind| path.extension().is_some_and(|e| e == *kind))?;
        path.is_dir().then_some(Left { path, kind })
    };
    let mut all: Vec<Left> = entries.flatten().filter_map(|entry| strange(entry.path())).collect();
    all.retain(|one| one.path.file_name() != path.with_extension(one.kind).file_name());
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// Folds differences in case and Unicode composition, which some file systems keep and others drop.
fn plain(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

fn take(from: &Path, home: &Path) -> Result<(), ReviewError> {
    if home.exists() {
        return copy_all(from, home);
    }
    std::fs::rename(from, home).map_err(|cause| ReviewError::Write { path: home.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::book::Draft;
    use crate::session::file::save;
    use crate::units::SampleRate;

    struct Place(tempfile::TempDir);

    impl Place {
        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(format!("{name}.stemwright"))
        }

        fn say(&self, name: &str, text: &str) {
            Book::of(&self.at(name)).add(Draft { text: text.into(), ..Draft::default() }).unwrap();
        }

        fn said(&self, name: &str) -> Vec<String> {
            let book = Book::of(&self.at(name));
            let mut all: Vec<_> = book.review().present().map(|one| one.text.clone()).collect();
            all.sort();
            all
        }
    }

    fn place() -> (Place, Session) {
        (Place(tempfile::tempdir().unwrap()), Session::new("Song", SampleRate(48_000)))
    }

    #[test]
    fn a_session_that_was_renamed_keeps_what_was_said() {
        let (place, session) = place();
        let (old, new) = (place.at("Old"), place.at("New"));
        save(&session, &old).unwrap();
        place.say("Old", "one");
        // The folder belongs to the old session file as long as that file exists.
        save(&session, &new).unwrap();
        come_home(&new, &session).unwrap();
        assert!(place.said("New").is_empty());
        std::fs::remove_file(&old).unwrap();
        come_home(&new, &session).unwrap();
        assert_eq!(place.said("New"), ["one"]);
        // Files that the session already has are not replaced.
        place.say("Old", "two");
        come_home(&new, &session).unwrap();
        assert_eq!(place.said("New"), ["one"]);
    }

    #[test]
    fn among_several_that_were_left_the_right_one_is_known() {
        let (place, mut session) = place();
        Revisions::of(&place.at("Old")).remember(&mut session).unwrap();
        let mut other = Session::new("Another", SampleRate(48_000));
        Revisions::of(&place.at("Other")).remember(&mut other).unwrap();
        place.say("Old", "ours");
        place.say("Other", "of another song");
        let new = place.at("New");
        save(&session, &new).unwrap();
        // A second book begun before the folder was found.
        place.say("New", "second");
        come_home(&new, &session).unwrap();
        assert_eq!(place.said("New"), ["ours", "second"]);
        assert!(Revisions::of(&new).has(&session.lineage[0]));
        assert_eq!(place.said("Other"), ["of another song"]);
        // A session with a lineage takes no folder that shares no state with it.
        let strange = place.at("Strange");
        other.song.title = "Third".into();
        other.lineage.clear();
        Revisions::of(&strange).remember(&mut other).unwrap();
        std::fs::remove_dir_all(strange.with_extension("revisions")).unwrap();
        save(&other, &strange).unwrap();
        come_home(&strange, &other).unwrap();
        assert!(place.said("Strange").is_empty());
    }

    #[test]
    fn a_book_is_found_by_the_id_of_its_session() {
        let (place, mut session) = place();
        session.id = EntryId::fresh();
        save(&session, &place.at("Old")).unwrap();
        place.say("Old", "ours");
        let other = Session { id: EntryId::fresh(), ..session.clone() };
        save(&other, &place.at("Other")).unwrap();
        place.say("Other", "of another song");
        // Both were renamed, and neither has a lineage.
        for name in ["Old", "Other"] {
            std::fs::remove_file(place.at(name)).unwrap();
        }
        save(&session, &place.at("New")).unwrap();
        come_home(&place.at("New"), &session).unwrap();
        assert_eq!(place.said("New"), ["ours"]);
        // A second book begun before the folder was found is kept too.
        save(&other, &place.at("Newer")).unwrap();
        place.say("Newer", "second");
        come_home(&place.at("Newer"), &other).unwrap();
        assert_eq!(place.said("Newer"), ["of another song", "second"]);
    }

    #[test]
    fn folders_that_a_sync_tool_made_twice_are_one() {
        let (place, session) = place();
        save(&session, &place.at("Song")).unwrap();
        let names =
            ["Song", "Song (1)", "Song (Anna's conflicted copy 2026-03-01)", "song", "Song 2"];
        names.iter().for_each(|name| place.say(name, name));
        save(&session, &place.at("Song 2")).unwrap();
        come_home(&place.at("Song"), &session).unwrap();
        let mut all = names[..4].to_vec();
        all.sort_unstable();
        assert_eq!(place.said("Song"), all);
        assert_eq!(place.said("Song 2"), ["Song 2"]);
        // A second run adds nothing and removes nothing.
        come_home(&place.at("Song"), &session).unwrap();
        assert_eq!(place.said("Song").len(), 4);
        assert_eq!(place.said("Song (1)"), ["Song (1)"]);
    }
}
