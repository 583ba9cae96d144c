//! What a person decides about a file: changes of the session like any other.

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

/// The facts of one file, for a session in the absolute folder `base`.
pub fn file_ref(path: &Path, base: &Path) -> Result<FileRef, MediaError> {
    let info = probe(path)?;
    let (place, content) = facts(path, base, &Hashes::of_user())?;
    Ok(FileRef::new(place, content, info))
}

/// The same of two mono files that are the sides of one stereo sound.
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

/// The change of one file; of a reference all of them are written.
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

/// Takes the new export of a file: what is there now is what is wanted. Automation, cuts and clean
/// regions stay where they are. Explicit words that are made clean on this stem have to be
/// confirmed again where its sound is another one; `same_at` says whether it is the same around a
/// time, where that is known. None where nothing was exported again.
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

/// A change of a stem's sound, and with it the words on that stem that must be confirmed again.
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

/// The lyrics with the words open that a clean region of this stem covers; none if there are none.
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

/// What came of a file that a person chose.
pub struct Located {
    pub edit: Edit,
    /// It holds another sound than the one that was added.
    pub other: bool,
}

/// Takes a file that a person chose for one that is missing, or in the place of one that is there.
/// Of a stem that came as two files it is the left one; the right one is looked for beside it where
/// it was not found already.
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
                        // Only the right one is missing still.
                        true => FileRef { place: left.place, ..known.clone() },
                        false => left,
                    }
                }
            }
        }
    };
    // What it was before it was exported again was accepted once.
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

/// Leaves a file silent while it is missing.
pub fn leave_silent(session: &Session, of: FileOf) -> Option<Edit> {
    let known = file(session, of).filter(|file| !file.silent)?;
    change(session, of, FileRef { silent: true, ..known.clone() })
}

/// Lengths of a new export and of what was there before, the new one first.
pub fn lengths(file: &FileRef) -> Option<(Seconds, Seconds)> {
    let Before { info: old, .. } = file.before.as_deref()?;
    let length = |frames: crate::units::Frames, rate: SampleRate| frames.seconds(rate);
    let new = length(file.info.frames, file.info.sample_rate);
    Some((new, length(old.frames, old.sample_rate)))
}
