//! Compares one file on disk with the session's record of it, by size and hash.

use crate::disk::Stamp;
use crate::media::hashes::Hashes;
use crate::media::{AudioInfo, MediaError, probe};
use crate::session::file_ref::{Content, FileRef, Place};
use std::path::Path;

/// Result of looking at one file, or at both files of a pair.
#[derive(Debug)]
pub enum Seen {
    /// The content that the session records.
    Same,
    /// Another content. For a pair, `content` is the left file and `right` the right file.
    Other { content: Content, right: Option<Content>, info: Box<AudioInfo> },
    /// Another content that ends before its header says.
    Half,
    /// At least one file does not exist.
    Nothing,
    /// Not readable as audio, or not permitted.
    Unreadable(String),
}

enum One {
    Known,
    Other(Content),
    Nothing,
    Unreadable(String),
}

/// Looks at one file by its hash. A large file of another size is probed first, to spare the hash
/// of a file that is no audio.
fn one(place: &Place, known: &Content, folder: &Path, hashes: &Hashes) -> One {
    let path = place.at(folder);
    let hash = || match hashes.hash(&path) {
        Ok(hash) => Ok(hash),
        Err(MediaError::Missing(_)) => Err(One::Nothing),
        Err(error) => Err(One::Unreadable(error.to_string())),
    };
    match std::fs::metadata(&path) {
        Err(error) if is_absent(&error) => One::Nothing,
        Err(error) => One::Unreadable(error.to_string()),
        Ok(meta) if !meta.is_file() => match crate::disk::open(&path) {
            Err(error) => One::Unreadable(error.to_string()),
            Ok(_) => One::Nothing,
        },
        Ok(meta) => {
            let bytes = meta.len();
            if bytes > LARGE
                && bytes != known.bytes
                && let Err(error) = probe(&path)
            {
                return One::Unreadable(error.to_string());
            }
            match hash() {
                Ok(hash) if hash == known.hash => One::Known,
                Ok(hash) => One::Other(Content { hash, bytes }),
                Err(other) => other,
            }
        }
    }
}

/// Files above this size, in bytes, are probed before they are hashed, because hashing takes long.
const LARGE: u64 = 1 << 31;

/// Whether an error says that no file exists.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
}

/// Looks at a file, or at both files of a stem imported as two mono files.
pub fn see(file: &FileRef, folder: &Path, hashes: &Hashes) -> Seen {
    let left = one(&file.place, &file.content, folder, hashes);
    let right = file.right.as_deref().map(|right| {
        (one(&right.place, &right.content, folder, hashes), &right.content, &right.place)
    });
    let unreadable = |text: &str| Seen::Unreadable(text.to_string());
    match (&left, right.as_ref().map(|(one, ..)| one)) {
        (One::Unreadable(text), _) | (_, Some(One::Unreadable(text))) => return unreadable(text),
        (One::Nothing, _) | (_, Some(One::Nothing)) => return Seen::Nothing,
        (One::Known, None | Some(One::Known)) => return Seen::Same,
        _ => {}
    }
    let content = |one: One, known: &Content| match one {
        One::Other(content) => content,
        _ => known.clone(),
    };
    let info = match &right {
        None => probe(&file.place.at(folder)),
        Some((.., place)) => pair_info(&file.place.at(folder), &place.at(folder)),
    };
    match info {
        Err(error) => Seen::Unreadable(error.to_string()),
        Ok(info) if info.truncated => Seen::Half,
        Ok(info) => Seen::Other {
            content: content(left, &file.content),
            right: right.map(|(one, known, _)| content(one, known)),
            info: Box::new(info),
        },
    }
}

/// Audio facts of two mono files read as one stereo sound.
///
/// # Errors
/// `NotMono` if a side is not mono, and those of [`probe`].
pub fn pair_info(left: &Path, right: &Path) -> Result<AudioInfo, MediaError> {
    let (one, other) = (probe(left)?, probe(right)?);
    let stereo = || if one.channels == 1 { right } else { left }.to_owned();
    one.paired(&other).ok_or_else(|| MediaError::NotMono(stereo()))
}

/// Stamps of all files of a reference, to notice changes without reading the content.
pub fn stamps(file: &FileRef, folder: &Path) -> Vec<Option<Stamp>> {
    file.places().map(|place| Stamp::at(&place.at(folder))).collect()
}
