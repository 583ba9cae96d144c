//! Looks at all files of a session in parallel and updates the session to match.

use super::listing::Listing;
use super::seen::{Seen, see};
use super::{FileOf, Found, State, all, file_mut};
use crate::media::hashes::Hashes;
use crate::media::probe;
use crate::session::Session;
use crate::session::file_ref::{Content, FileRef, Place};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Looks at every file and returns its state, in the order of [`all`].
/// A file that moved below `folder` gets its new place in the session. A file that was exported
/// again gets its new content; the accepted content is kept in `before` until a person accepts the
/// new one.
pub fn look(session: &mut Session, folder: &Path, hashes: &Hashes) -> Vec<Found> {
    let files: Vec<(FileOf, String, FileRef)> =
        all(session).map(|(of, name, file)| (of, name.to_string(), file.clone())).collect();
    let seen: Vec<Seen> = files.par_iter().map(|(.., file)| see(file, folder, hashes)).collect();
    let finder = Finder { folder, hashes, listing: Listing::below(folder), files: &files };
    let mut list = Vec::new();
    for ((of, name, known), seen) in files.iter().zip(seen) {
        let (file, state) = finder.follow(known.clone(), seen);
        let shown = shown(known, &file, &state, folder);
        list.push(Found { of: *of, name: name.clone(), file: shown, state });
        if let Some(place) = file_mut(session, *of)
            && *place != file
        {
            *place = file;
        }
    }
    list
}

/// Searches the folder `below` for missing files: by content, else by a unique name. Returns the
/// owner, the path, and for a pair the right file if its content is found. `base` is the session's
/// folder.
pub fn find_below(
    session: &Session,
    lost: &[FileOf],
    below: &Path,
    base: &Path,
    hashes: &Hashes,
) -> Vec<(FileOf, PathBuf, Option<PathBuf>)> {
    let files: Vec<(FileOf, String, FileRef)> =
        all(session).map(|(of, name, file)| (of, name.to_string(), file.clone())).collect();
    let listing = Listing::below(below);
    let finder = Finder { folder: base, hashes, listing, files: &files };
    let lost = files.iter().filter(|(of, ..)| lost.contains(of));
    lost.filter_map(|(of, _, file)| {
        let place = finder.place_of(&file.content, &file.place);
        let place = place.or_else(|| finder.of_that_name(file))?;
        let right = file.right.as_deref();
        let right = right.and_then(|right| finder.place_of(&right.content, &right.place));
        Some((*of, place.at(base), right.map(|right| right.at(base))))
    })
    .collect()
}

/// Path to show for a file; for a pair, the side that the state concerns.
fn shown(known: &FileRef, now: &FileRef, state: &State, folder: &Path) -> String {
    let left = now.place.path.clone();
    let Some((before, right)) = known.right.as_deref().zip(now.right.as_deref()) else {
        return left;
    };
    let gone = |place: &Place| !place.at(folder).is_file();
    let of_right = match state {
        State::Same => false,
        State::Moved { .. } => known.place == now.place && before.place != right.place,
        State::Missing { .. } => !gone(&now.place) && gone(&right.place),
        State::Changed => now.before.as_deref().is_some_and(|before| {
            before.content == now.content && before.right.as_ref() != Some(&right.content)
        }),
        // These states concern both sides together.
        State::Half { .. } | State::Unreadable { .. } => {
            return format!("{left} or {}", right.place.name());
        }
    };
    if of_right { right.place.path.clone() } else { left }
}

struct Finder<'a> {
    folder: &'a Path,
    hashes: &'a Hashes,
    listing: Listing<'a>,
    files: &'a [(FileOf, String, FileRef)],
}

impl Finder<'_> {
    /// The updated file record, and its state.
    fn follow(&self, mut file: FileRef, seen: Seen) -> (FileRef, State) {
        match seen {
            Seen::Same => {
                refresh(&mut file, self.folder);
                let state = if file.before.is_some() { State::Changed } else { State::Same };
                (file, state)
            }
            Seen::Half => {
                (file, State::Half { detail: "ends earlier than its header says".into() })
            }
            Seen::Unreadable(detail) => (file, State::Unreadable { detail }),
            Seen::Other { content, right, info } => {
                // If another file of the session owns this content, names were swapped: search by
                // content.
                let of_another = self
                    .files
                    .iter()
                    .any(|(.., other)| other.content == content && !other.is_same_content(&file));
                if of_another && let Some(found) = self.find(&file) {
                    return found;
                }
                let before = file.as_before();
                file.content = content;
                file.info = *info;
                if let (Some(side), Some(right)) = (file.right.as_deref_mut(), right) {
                    side.content = right;
                }
                file.before.get_or_insert_with(|| Box::new(before));
                if file.is_accepted() {
                    // The accepted content is back.
                    file.before = None;
                    return (file, State::Same);
                }
                (file, State::Changed)
            }
            Seen::Nothing => self.find(&file).unwrap_or_else(|| {
                let candidate = self.of_that_name(&file).map(|place| place.path);
                let silent = file.silent;
                (file, State::Missing { silent, candidate })
            }),
        }
    }

    /// Searches the file's content at another place. For a pair, both sides must be found.
    fn find(&self, file: &FileRef) -> Option<(FileRef, State)> {
        let mut moved = file.clone();
        moved.place = self.place_of(&file.content, &file.place)?;
        if let Some(right) = moved.right.as_deref_mut() {
            right.place = self.place_of(&right.content, &right.place)?;
        }
        let moved_left = moved.place != file.place;
        let right = file.right.as_deref().filter(|_| !moved_left);
        let from = right.map_or(&file.place, |right| &right.place).path.clone();
        let state = if moved.before.is_some() { State::Changed } else { State::Moved { from } };
        Some((moved, state))
    }

    /// Place of a content; tries the old place first, then the listing.
    fn place_of(&self, content: &Content, old: &Place) -> Option<Place> {
        let holds = |path: &Path, bytes: u64| {
            bytes == content.bytes && self.hashes.hash(path).is_ok_and(|hash| hash == content.hash)
        };
        let here = old.at(self.folder);
        if std::fs::metadata(&here).is_ok_and(|meta| meta.is_file() && holds(&here, meta.len())) {
            return Some(old.clone());
        }
        let mut all = self.listing.files().iter();
        let (path, _) = all.find(|(path, bytes)| holds(path, *bytes))?;
        Some(Place::of(path, self.folder))
    }

    /// The only file with the same name that the session does not use; `None` if there are several.
    fn of_that_name(&self, file: &FileRef) -> Option<Place> {
        let wanted = crate::session::naming::plain(file.place.name());
        let used = |place: &Place| {
            let mut all = self.files.iter().flat_map(|(.., file)| file.places());
            all.any(|other| other.path == place.path)
        };
        let alike = self.listing.files().iter().map(|(path, _)| Place::of(path, self.folder));
        let mut alike = alike
            .filter(|place| crate::session::naming::plain(place.name()) == wanted && !used(place));
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// Reads the header of an unchanged file again: an earlier version of the program may have recorded
/// less.
fn refresh(file: &mut FileRef, folder: &Path) {
    if file.right.is_none()
        && !file.info.lossy
        && let Ok(info) = probe(&file.place.at(folder))
    {
        file.info = info;
    }
}
