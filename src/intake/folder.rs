//! Makes a session from a folder or a list of files, and finds sessions and new files in a folder.
//! The window and the command line call it.

use crate::dsp::pan::PanLaw;
use crate::files::all;
use crate::files::take::file_ref;
use crate::intake::IntakeError;
use crate::intake::names::{NameGuess, common_words, guess, stem_of, tokens, words};
use crate::intake::pairs::paired;
use crate::intake::stamps::starts;
use crate::media::origin::software;
use crate::media::{AudioInfo, MediaError, is_audio, is_unread_sound};
use crate::session::Session;
use crate::session::file::{EXTENSION, label};
use crate::session::file_ref::Place;
use crate::session::naming::{compact, composed, plain};
use crate::session::stem::{FileRef, Role, Stem};
use crate::texts::say;
use crate::units::{EntryId, SampleRate};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A session made from files, with notes for the user.
#[derive(Debug)]
pub struct Gathered {
    pub session: Session,
    /// Path of the session file. The session's relative paths start in its folder.
    pub path: PathBuf,
    /// Sentences for the user about unusual files.
    pub notes: Vec<String>,
    /// Files that could not be read, each with its reason.
    pub refused: Vec<(PathBuf, MediaError)>,
}

/// Makes a session from a folder. Stems lie in the folder or in its `Stems` folder, the rough mix
/// beside them or in `Reference`. A folder named `Stems` stands for its parent. `target` is the
/// path of the session; without it, the session is named after the folder and lies in it.
pub fn gather(folder: &Path, target: Option<&Path>) -> Result<Gathered, IntakeError> {
    let folder = folder
        .canonicalize()
        .map_err(|cause| IntakeError::Folder { path: folder.to_owned(), cause })?;
    let named = |path: &Path, name: &str| {
        path.file_name().is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let (root, stems) = if named(&folder, "Stems") {
        (folder.parent().unwrap_or(&folder).to_owned(), folder.clone())
    } else {
        let inner = subfolder(&folder, "Stems");
        (folder.clone(), inner.unwrap_or_else(|| folder.clone()))
    };
    let mut files = audio_in(&stems)?;
    if let Some(reference) = subfolder(&root, "Reference") {
        files.extend(audio_in(&reference)?);
    }
    if stems != root && !files.is_empty() {
        files.extend(audio_in(&root)?.into_iter().filter(|path| guess(&stem_of(path)).reference));
    }
    if files.is_empty() {
        return Err(IntakeError::NoAudio(folder));
    }
    let own_name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let title = title_of(&own_name);
    let path = match target {
        Some(path) if path.extension().is_none() => path.with_extension(EXTENSION),
        Some(path) => path.to_owned(),
        None => root.join(format!("{}.{EXTENSION}", compact(&title))),
    };
    let mut gathered = gather_files(&files, &title, &path)?;
    gathered.notes.extend(left_out(&root, &stems, &files));
    Ok(gathered)
}

/// Notes about sound files around the stems that were not taken.
fn left_out(root: &Path, stems: &Path, taken: &[PathBuf]) -> Vec<String> {
    let entries = [root, stems].into_iter().filter_map(|folder| std::fs::read_dir(folder).ok());
    let inner = entries.flatten().flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        // Folders that the program writes itself, and hidden ones.
        let own = ["masters", "packages", "stems_mended", "stems_fixed", "reference"]
            .contains(&name.as_str());
        path.is_dir() && path != stems && !own && !name.starts_with('.')
    });
    let folders: BTreeSet<PathBuf> = inner.chain([root.to_owned()]).collect();
    let mut notes = Vec::new();
    for folder in folders {
        let sound = audio_in(&folder).unwrap_or_default();
        let count = sound.iter().filter(|path| !taken.contains(path)).count();
        if count > 0 {
            let shown = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
            notes.push(match shown.is_empty() {
                true => say!("start-left-beside", count = count),
                false => say!("start-left-in", count = count, folder = shown),
            });
        }
    }
    notes
}

/// Makes a session from files, for a session file at `path`. Nothing is written. Fails if no file
/// is a stem.
pub fn gather_files(files: &[PathBuf], title: &str, path: &Path) -> Result<Gathered, IntakeError> {
    let base = absolute_folder(path)?;
    let probed: Vec<(PathBuf, Result<FileRef, MediaError>)> =
        files.par_iter().map(|file| (file.clone(), file_ref(file, &base))).collect();
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    for (path, result) in probed {
        match result {
            Ok(file) => good.push((path, file)),
            Err(error) => refused.push((path, error)),
        }
    }
    let good = paired(good.into_iter().map(|(path, file)| (stem_of(&path), file)).collect());
    let names: Vec<String> = good.iter().map(|(name, _)| name.clone()).collect();
    let guesses = name_all(&names);
    let mut notes = Vec::new();
    let (mut stems, mut reference) = (Vec::new(), None);
    for ((_, file), read) in good.into_iter().zip(guesses) {
        let path = file.place.at(&base);
        let in_reference = path
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|name| name.eq_ignore_ascii_case("Reference"));
        if let Some(right) = &file.right {
            let (left, right) = (&file.place.path, &right.place.path);
            notes.push(say!("start-two-sides", left = left, right = right));
        }
        if !(read.reference || in_reference) {
            stems.push((file, read));
        } else if reference.is_none() {
            notes.push(say!("start-reference", file = &file.place.path));
            reference = Some(file);
        } else {
            notes.push(say!("start-other-reference", file = &file.place.path));
        }
    }
    if stems.is_empty() {
        return match refused.into_iter().next() {
            Some((_, error)) => Err(error.into()),
            None => Err(IntakeError::NoAudio(base)),
        };
    }
    let order = |read: &NameGuess| Role::ALL.iter().position(|role| *role == read.role);
    stems.sort_by(|(_, a), (_, b)| {
        let key = |read: &NameGuess| (read.number.unwrap_or(u32::MAX), order(read));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    let rate = session_rate(stems.iter().map(|(file, _)| &file.info));
    let mut session = Session { id: EntryId::fresh(), ..Session::new(title, rate) };
    session.song.daw =
        stems.iter().find_map(|(file, _)| software(&file.place.at(&base))).unwrap_or_default();
    session.reference = reference;
    let starts = starts(stems.iter().map(|(file, _)| &file.info), rate);
    for ((file, read), start) in stems.into_iter().zip(starts) {
        if file.info.sample_rate != rate {
            let (own, rate) = (file.info.sample_rate.to_string(), rate.to_string());
            notes.push(say!("start-rate", file = &file.place.path, own = own, rate = rate));
        }
        if let Some(note) = start.note() {
            notes.push(say!("start-of-file", file = &file.place.path, note = note));
        }
        let (id, start) = (session.next_stem_id(), start.frames());
        session.stems.push(Stem { start, ..Stem::new(id, read.name, read.role, file) });
    }
    Ok(Gathered { session, path: path.to_owned(), notes, refused })
}

/// The session in a folder, `None` if there is none. Copies of a sync tool and restored revisions
/// have longer names and are ignored. Fails with `IntakeError::Several` if more than one is left.
pub fn session_in(folder: &Path) -> Result<Option<PathBuf>, IntakeError> {
    let entries = std::fs::read_dir(folder)
        .map_err(|cause| IntakeError::Folder { path: folder.to_owned(), cause })?;
    let is_session = |path: &PathBuf| {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !hidden && path.extension().is_some_and(|ending| ending == EXTENSION) && path.is_file()
    };
    let mut all: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(is_session).collect();
    all.sort();
    let stems: Vec<String> = all.iter().map(|path| stem_of(path)).collect();
    let own = all.iter().zip(&stems).filter(|(_, name)| {
        // `Song_v1` and `Song (1)` belong to `Song`.
        let longer = |other: &String| {
            name.strip_prefix(other.as_str())
                .is_some_and(|rest| rest.starts_with(['_', ' ', '.', '-']))
        };
        !stems.iter().any(longer)
    });
    let mut own: Vec<&PathBuf> = own.map(|(path, _)| path).collect();
    if own.len() > 1 {
        // `Kopie von Song` and `song` are copies: same id as `Song`, and a name that contains its
        // name.
        let known = |path: &PathBuf| (plain(&stem_of(path)), label(path).unwrap_or_default().id);
        let all: Vec<(String, EntryId)> = own.iter().map(|path| known(path)).collect();
        let mut n = 0;
        own.retain(|_| {
            let copy = all.get(n).is_some_and(|(name, id)| {
                let made_of = |(m, (other, theirs)): (usize, &(String, EntryId))| {
                    let is_longer = name.len() > other.len() || (name == other && n > m);
                    theirs == id && is_longer && name.contains(other)
                };
                !id.is_empty() && all.iter().enumerate().any(made_of)
            });
            n += 1;
            !copy
        });
    }
    match own.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone())),
        _ => {
            let names = stems.iter().map(|name| format!("{name}.{EXTENSION}")).collect();
            Err(IntakeError::Several { folder: folder.to_owned(), names })
        }
    }
}

/// Makes a session of one file regardless of its name, to master a finished mix. With its pan law a
/// mono file keeps its level in both channels.
pub fn single(path: &Path, title: &str, base: &Path) -> Result<Session, MediaError> {
    let file = file_ref(path, base)?;
    let new = Session::new(title, file.info.sample_rate);
    let mut session = Session { id: EntryId::fresh(), ..new };
    session.pan_law = PanLaw::Balance;
    let id = session.next_stem_id();
    session.stems.push(Stem::new(id, title.into(), Role::Other, file));
    Ok(session)
}

/// Absolute folder of a session file; the file itself need not exist.
pub fn absolute_folder(path: &Path) -> Result<PathBuf, IntakeError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    folder.canonicalize().map_err(|cause| IntakeError::Folder { path: folder.to_owned(), cause })
}

fn title_of(name: &str) -> String {
    let words = words(&composed(name));
    if words.is_empty() { name.to_string() } else { words.join(" ") }
}

fn subfolder(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .find(|entry| entry.file_name().eq_ignore_ascii_case(name) && entry.path().is_dir())
        .map(|entry| entry.path())
}

/// Sound files in the folders of the stems that the session does not use.
pub fn beside(session: &Session, folder: &Path) -> Vec<PathBuf> {
    let at = |place: &Place| {
        let path = place.at(folder);
        path.canonicalize().unwrap_or(path)
    };
    let used: BTreeSet<PathBuf> =
        all(session).flat_map(|(.., file)| file.places()).map(at).collect();
    let stems = session.stems.iter().flat_map(|stem| stem.file.places());
    let folders: BTreeSet<PathBuf> =
        stems.filter_map(|place| Some(at(place).parent()?.to_owned())).collect();
    let found = folders.iter().filter_map(|folder| audio_in(folder).ok()).flatten();
    found.filter(|path| !used.contains(path)).collect()
}

/// Sound files directly in a folder, sorted, including formats that cannot be read. Hidden files
/// are skipped.
fn audio_in(folder: &Path) -> Result<Vec<PathBuf>, IntakeError> {
    let entries = std::fs::read_dir(folder)
        .map_err(|cause| IntakeError::Folder { path: folder.to_owned(), cause })?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && (is_audio(path) || is_unread_sound(path)))
        .collect();
    files.sort();
    Ok(files)
}

/// Guesses for all names, without the words that all of them begin with.
fn name_all(names: &[String]) -> Vec<NameGuess> {
    let parted: Vec<Vec<String>> = names.iter().map(|name| tokens(name)).collect();
    let shared = common_words(&parted);
    names
        .iter()
        .zip(&parted)
        .map(|(name, words)| match words.get(shared..) {
            Some(rest) if shared > 0 => guess(&rest.join("_")),
            _ => guess(name),
        })
        .collect()
}

/// The most frequent rate; with a tie, the highest.
fn session_rate<'a>(infos: impl Iterator<Item = &'a AudioInfo> + Clone) -> SampleRate {
    let count = |rate| infos.clone().filter(|info| info.sample_rate == rate).count();
    infos
        .clone()
        .map(|info| info.sample_rate)
        .max_by_key(|rate| (count(*rate), *rate))
        .unwrap_or(SampleRate(48_000))
}
