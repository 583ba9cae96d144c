//! A person's decisions about a file: accept a new export, choose another file, leave it silent.
//! Each returns an [`Edit`] for the history.

use super::seen::pair_info;
use super::{FileOf, file};
use crate::media::hashes::Hashes;
use crate::media::{MediaError, probe};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::file_ref::{Before, Content, FileRef, Place, RightFile};
use crate::session::lyrics::{Lyrics, Verdict};
use crate::session::stem::Stem;
use crate::units::{SampleRate, Seconds};
use std::path::Path;

/// Record of one audio file, for a session in the absolute folder `base`.
pub fn file_ref(path: &Path, base: &Path) -> Result<FileRef, MediaError> {
    let info = probe(path)?;
    let (place, content) = facts(path, base, &Hashes::of_user())?;
    Ok(FileRef::new(place, content, info))
}

/// Record of a stereo stem from two mono files, for a session in the absolute folder `base`.
pub fn pair_ref(left: &Path, right: &Path, base: &Path) -> Result<FileRef, MediaError> {
    let hashes = Hashes::of_user();
    let info = pair_info(left, right)?;
    let (place, content) = facts(left, base, &hashes)?;
    let side = facts(right, base, &hashes)?;
    let right = Some(Box::new(RightFile { place: side.0, content: side.1 }));
    Ok(FileRef { right, ..FileRef::new(place, content, info) })
}

fn facts(path: &Path, base: &Path, hashes: &Hashes) -> Result<(Place, Content), MediaError> {
    let reading = |cause| MediaError::reading(path, cause);
    let bytes = std::fs::metadata(path).map_err(reading)?.len();
    let hash = hashes.hash(path)?;
    let full = path.canonicalize().map_err(reading)?;
    Ok((Place::of(&full, base), Content { hash, bytes }))
}

/// The edit that changes one file. For a reference, the edit contains the whole list.
fn change(session: &Session, of: FileOf, file: FileRef) -> Option<Edit> {
    Some(match of {
        FileOf::Stem(stem) => Edit::File { stem, file: Box::new(file) },
        FileOf::RoughMix => Edit::Reference(Box::new(Some(file))),
        FileOf::Reference(n) => {
            let mut all = session.references.clone();
            all.get_mut(n)?.file = file;
            Edit::References(all)
        }
    })
}

/// Accepts a new export; `None` if there is none. Automation, cuts and clean regions stay.
/// Words marked clean on this stem must be confirmed again if the sound there changed.
/// `same_at(start, end)` says whether the sound is unchanged over that time; false where unknown.
pub fn accept(
    session: &Session,
    of: FileOf,
    same_at: &dyn Fn(Seconds, Seconds) -> bool,
) -> Option<Edit> {
    let known = file(session, of).filter(|file| file.before.is_some())?;
    let file = FileRef { before: None, silent: false, ..known.clone() };
    let edit = change(session, of, file)?;
    let stem = match of {
        FileOf::Stem(id) => session.stem(id),
        _ => None,
    };
    Some(and_asked_again(session, stem, edit, same_at))
}

/// Adds to a change of a stem's sound the edit that reopens words to confirm.
fn and_asked_again(
    session: &Session,
    stem: Option<&Stem>,
    edit: Edit,
    same_at: &dyn Fn(Seconds, Seconds) -> bool,
) -> Edit {
    let asked = stem
        .zip(session.lyrics.as_ref())
        .and_then(|(stem, lyrics)| asked_again(lyrics, stem, same_at));
    match asked {
        None => edit,
        Some(lyrics) => Edit::Several(vec![edit, Edit::Lyrics(Box::new(Some(lyrics)))]),
    }
}

/// The lyrics with changed words reopened that a clean region of this stem covers; `None` if there
/// are none.
fn asked_again(
    lyrics: &Lyrics,
    stem: &Stem,
    same_at: &dyn Fn(Seconds, Seconds) -> bool,
) -> Option<Lyrics> {
    let mut new = lyrics.clone();
    for word in new.words.iter_mut().filter(|word| word.verdict == Some(Verdict::Clean)) {
        let middle = (word.start.0 + word.end.0) / 2.0;
        let covered = stem.clean.iter().any(|part| (part.start.0..part.end.0).contains(&middle));
        if covered && !same_at(word.start, word.end) {
            word.verdict = Some(Verdict::Open);
        }
    }
    (new != *lyrics).then_some(new)
}

/// Result of [`locate`].
pub struct Located {
    pub edit: Edit,
    /// The file holds another content than the accepted one.
    pub other: bool,
}

/// Uses the file that a person chose, for a missing file or as a replacement.
/// For a pair, `path` is the left side. The right side is `right`, else the file of the known name
/// beside `path`, else the known right file. `None` if the session has no such owner.
pub fn locate(
    session: &Session,
    of: FileOf,
    path: &Path,
    right: Option<&Path>,
    base: &Path,
) -> Result<Option<Located>, MediaError> {
    let Some(known) = file(session, of) else { return Ok(None) };
    let mut new = match known.right.as_deref() {
        None => file_ref(path, base)?,
        Some(side) => {
            let beside = path.parent().map(|folder| folder.join(side.place.name()));
            let chosen = right.map(Path::to_owned);
            let places = chosen.into_iter().chain(beside).chain([side.place.at(base)]);
            match places.into_iter().find(|other| other != path && other.is_file()) {
                Some(other) => pair_ref(path, &other, base)?,
                None => {
                    let left = file_ref(path, base)?;
                    match left.content == known.content {
                        // Only the right side is still missing.
                        true => FileRef { place: left.place, ..known.clone() },
                        false => left,
                    }
                }
            }
        }
    };
    // A return to the content before a new export: a person accepted it once.
    let accepted = known.before.as_deref().is_some_and(|before| before.is_in(&new));
    let other = !new.is_same_content(known) && !accepted;
    new.unknown.clone_from(&known.unknown);
    if new.is_same_content(known) {
        new.before.clone_from(&known.before);
    }
    let stem = match of {
        FileOf::Stem(id) if other => session.stem(id),
        _ => None,
    };
    let edit = change(session, of, new);
    let edit = edit.map(|edit| and_asked_again(session, stem, edit, &|_, _| false));
    Ok(edit.map(|edit| Located { edit, other }))
}

/// Marks a missing file as left silent by choice; `None` if it already is.
pub fn leave_silent(session: &Session, of: FileOf) -> Option<Edit> {
    let known = file(session, of).filter(|file| !file.silent)?;
    change(session, of, FileRef { silent: true, ..known.clone() })
}

/// Lengths of a new export and of the content before it, in this order; `None` without a new
/// export.
pub fn lengths(file: &FileRef) -> Option<(Seconds, Seconds)> {
    let Before { info: old, .. } = file.before.as_deref()?;
    let length = |frames: crate::units::Frames, rate: SampleRate| frames.seconds(rate);
    let new = length(file.info.frames, file.info.sample_rate);
    Some((new, length(old.frames, old.sample_rate)))
}
