//! References to audio files: path ([`Place`]), content hash and audio facts. The state of the
//! files on disk is checked in `files`.

use crate::media::AudioInfo;
use crate::session::Unknown;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};

/// Path of a file, relative to the folder of the session file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// With forward slashes on every system; absolute for a file on another disk.
    pub path: String,
    /// The path's bytes in hexadecimal, if it is not valid UTF-8; `path` is then only for display.
    /// Such names come from other systems or from archives packed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl Place {
    /// The place of `file` for a session in the folder `base`; both paths absolute.
    pub fn of(file: &Path, base: &Path) -> Self {
        let shared = file.components().zip(base.components()).take_while(|(a, b)| a == b).count();
        let above = base.components().count() - shared;
        // Paths on two disks share nothing, or only the root.
        let relative = if shared <= 1 && above > 0 {
            file.to_owned()
        } else {
            let below = file.components().skip(shared);
            std::iter::repeat_n(Component::ParentDir, above).chain(below).collect()
        };
        Self { path: shown(&relative), raw: raw(&relative) }
    }

    /// Full path for a session in the folder `base`.
    pub fn at(&self, base: &Path) -> PathBuf {
        match self.raw.as_deref().and_then(from_raw) {
            Some(path) => base.join(path),
            None => base.join(&self.path),
        }
    }

    /// File name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The same file, for a session that moves from folder `from` to `to`; both absolute.
    pub fn rebased(&self, from: &Path, to: &Path) -> Self {
        let full = self.at(from);
        // A missing file keeps its path.
        Self::of(&full.canonicalize().unwrap_or_else(|_| plain(&full)), to)
    }
}

/// The path with forward slashes, as shown to a person.
fn shown(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => text.push('/'),
            part => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    text
}

/// Resolves `..` in a path by its text alone, without disk access.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

#[cfg(unix)]
fn raw(path: &Path) -> Option<String> {
    use std::os::unix::ffi::OsStrExt;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    path.to_str().is_none().then(|| hex(path.as_os_str().as_bytes()))
}

#[cfg(unix)]
fn from_raw(raw: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let digits: Vec<u8> =
        raw.bytes().map(|c| (c as char).to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    let whole = rest.is_empty() && !bytes.is_empty() && !bytes.contains(&0);
    whole.then(|| std::ffi::OsString::from_vec(bytes).into())
}

// Windows names are UTF-16, nearly always valid as UTF-8; a file with an invalid name is found by
// its content.
#[cfg(not(unix))]
fn raw(_: &Path) -> Option<String> {
    None
}

#[cfg(not(unix))]
fn from_raw(_: &str) -> Option<PathBuf> {
    None
}

/// Content of a file, independent of its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// BLAKE3 hash in hexadecimal; identifies moved and changed files.
    pub hash: String,
    /// Size in bytes; a different size often makes hashing unnecessary.
    pub bytes: u64,
}

/// The right channel of a stereo stem imported as two mono files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RightFile {
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub content: Content,
}

/// The accepted content, before a new export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Before {
    #[serde(flatten)]
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Content>,
    pub info: AudioInfo,
}

impl Before {
    /// Whether a file has this content.
    pub fn is_in(&self, file: &FileRef) -> bool {
        let all = [&self.content].into_iter().chain(&self.right);
        all.eq(file.sides().map(|(_, content)| content))
    }
}

/// An audio file that the session uses: a stem, a reference or the rough mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRef {
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub content: Content,
    /// Audio facts; for a pair, of both files as one stereo sound.
    pub info: AudioInfo,
    /// The right channel's file, for a stereo stem imported as two mono files; `place` is then the
    /// left one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Box<RightFile>>,
    /// The accepted content, if the file was exported again and nobody accepted the new export yet.
    /// Playback and render use the new content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Before>>,
    /// Whether a person chose to leave the stem silent while the file is missing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
    #[serde(flatten)]
    pub unknown: Unknown,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_false(is: &bool) -> bool {
    !is
}

impl FileRef {
    pub fn new(place: Place, content: Content, info: AudioInfo) -> Self {
        let (right, before, unknown) = (None, None, Unknown::new());
        Self { place, content, info, right, before, silent: false, unknown }
    }

    /// Path and content of the file; for a pair, of the left and then the right file.
    pub fn sides(&self) -> impl Iterator<Item = (&Place, &Content)> {
        let right = self.right.as_deref().map(|right| (&right.place, &right.content));
        [(&self.place, &self.content)].into_iter().chain(right)
    }

    /// Paths of all files.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.sides().map(|(place, _)| place)
    }

    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        let right = self.right.as_deref_mut().map(|right| &mut right.place);
        [&mut self.place].into_iter().chain(right)
    }

    /// The current content, for use as [`FileRef::before`].
    pub fn as_before(&self) -> Before {
        let right = self.right.as_deref().map(|right| right.content.clone());
        Before { content: self.content.clone(), right, info: self.info.clone() }
    }

    /// Whether both have the same content, wherever the files lie.
    pub fn is_same_content(&self, other: &FileRef) -> bool {
        self.sides().map(|(_, content)| content).eq(other.sides().map(|(_, content)| content))
    }

    /// Whether the current content equals the accepted one in `before`.
    pub fn is_accepted(&self) -> bool {
        self.before.as_deref().is_some_and(|before| before.is_in(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_is_relative_to_the_session() {
        let base = Path::new("/music/Song");
        for (file, path) in [
            ("/music/Song/Stems/01.wav", "Stems/01.wav"),
            ("/music/Other/01.wav", "../Other/01.wav"),
            ("/media/disk/01.wav", "/media/disk/01.wav"),
        ] {
            let place = Place::of(Path::new(file), base);
            assert_eq!((place.path.as_str(), place.name()), (path, "01.wav"));
            assert_eq!(plain(&place.at(base)), Path::new(file));
            let moved = place.rebased(base, Path::new("/music/New"));
            assert_eq!(plain(&moved.at(Path::new("/music/New"))), Path::new(file));
        }
    }

    #[cfg(unix)]
    proptest! {
        #[test]
        fn every_name_of_the_system_comes_back(
            names in prop::collection::vec(prop::collection::vec(1u8..=255, 1..12), 1..4),
        ) {
            use std::os::unix::ffi::OsStrExt;
            let base = Path::new("/music/Song");
            let mut file = base.to_owned();
            for name in &names {
                let name: Vec<u8> = name.iter().map(|c| if *c == b'/' { b'_' } else { *c }).collect();
                prop_assume!(name != b"." && name != b"..");
                file.push(std::ffi::OsStr::from_bytes(&name));
            }
            let place = Place::of(&file, base);
            let text = serde_json::to_string(&place).unwrap();
            let back: Place = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, &place);
            prop_assert_eq!(back.at(base), file);
        }

        #[test]
        fn junk_is_no_raw_name(raw in ".{0,12}") {
            let place = Place { path: "a.wav".into(), raw: Some(raw) };
            let _ = place.at(Path::new("/music"));
        }
    }
}
