//! The session file: JSON, written whole or not at all; the previous save is kept.
//! [`load`] also reads values from newer programs and rejects impossible ones. [`SessionLock`] locks a
//! session file between reading and writing it.

use crate::disk;
use crate::disk::lock::{self, Lock};
use crate::session::limits::{Odd, checked};
use crate::session::{SCHEMA, Session, newer};
use crate::units::EntryId;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub const EXTENSION: &str = "stemwright";

/// Maximum size of a session file, in bytes. A song of hundreds of stems with automation takes a
/// few million.
const LARGEST: u64 = 256_000_000;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} cannot be read: {cause}; check the path", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{} is no Stemwright session ({cause}){}", path.display(), kept(path))]
    Parse { path: PathBuf, cause: serde_json::Error },
    #[error("{} cannot be opened: {odd}", path.display())]
    Odd { path: PathBuf, odd: Odd },
    #[error("{} cannot be written: {cause}; check the free space and that you may write there, or save elsewhere", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} is being written by another program; try again", .0.display())]
    Busy(PathBuf),
}

/// Text that names the previous save, if its file exists.
fn kept(path: &Path) -> String {
    let previous = previous(path);
    match previous.is_file() {
        true => format!("; the one before it is kept as {}", previous.display()),
        false => String::new(),
    }
}

/// Path of the previous save.
pub fn previous(path: &Path) -> PathBuf {
    beside(path, "previous")
}

/// Path of unsaved work on this machine. Each machine that shares the folder has its own.
pub fn autosave(path: &Path) -> PathBuf {
    beside(path, &format!("{}.autosave", crate::disk::machine()))
}

/// Existing files with unsaved work: from this machine, and from program versions that did not name
/// the machine.
pub fn asides(path: &Path) -> Vec<PathBuf> {
    let all = [autosave(path), beside(path, "autosave")];
    all.into_iter().filter(|path| path.is_file()).collect()
}

/// Deletes the files with unsaved work.
pub fn remove_asides(path: &Path) {
    asides(path).into_iter().for_each(|path| drop(std::fs::remove_file(path)));
}

fn beside(path: &Path, kind: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{kind}"));
    path.with_file_name(name)
}

/// Reads a session. Values that only a newer program knows are kept but not used.
///
/// # Errors
/// `Read` if the file cannot be read or is too large, `Parse` if it is no session, `Odd` if a value
/// is impossible.
pub fn load(path: &Path) -> Result<Session, FileError> {
    load_with(path, &newer::SESSION)
}

/// Reads a session and leaves it in the schema in which it was written: its state then has the
/// hash under which the program that wrote it knows it.
///
/// # Errors
/// Those of [`load`].
pub fn load_as_written(path: &Path) -> Result<Session, FileError> {
    load_with(path, &newer::SESSION_AS_WRITTEN)
}

fn load_with(path: &Path, shape: &newer::Shape) -> Result<Session, FileError> {
    let bytes = disk::bytes(path, LARGEST)
        .map_err(|cause| FileError::Read { path: path.to_owned(), cause })?;
    let session: Session = serde_json::from_slice(&bytes)
        .and_then(|tree| newer::read(tree, shape))
        .map_err(|cause| FileError::Parse { path: path.to_owned(), cause })?;
    checked(session).map_err(|odd| FileError::Odd { path: path.to_owned(), odd })
}

/// Identity and history of a session file, read without the rest.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Label {
    pub id: EntryId,
    pub lineage: Vec<String>,
}

/// The label of a file; `None` if it cannot be read as a JSON record. Missing fields are empty.
pub fn label(path: &Path) -> Option<Label> {
    serde_json::from_slice(&disk::bytes(path, LARGEST).ok()?).ok()
}

/// Guard of a session file's lock, held while the session is read, changed and written.
pub struct SessionLock {
    _lock: Lock,
}

/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Locks the session file; waits up to ten seconds for another writer.
///
/// # Errors
/// `Busy` if another writer holds the lock longer, `Write` if the lock file cannot be made.
pub fn writing(path: &Path) -> Result<SessionLock, FileError> {
    let lock = Lock::take(&lock::beside(path), PATIENCE)
        .map_err(|cause| FileError::Write { path: path.to_owned(), cause })?;
    Ok(SessionLock { _lock: lock.ok_or_else(|| FileError::Busy(path.to_owned()))? })
}

/// A sentence for a person if a newer program wrote the session; names the values that are kept but
/// not used. `None` if there is nothing to say.
pub fn later(session: &Session) -> Option<String> {
    let passed = newer::passed(session);
    match (passed.is_empty(), session.schema > SCHEMA) {
        (true, false) => None,
        (true, true) => Some(
            "a later version of Stemwright wrote this session; what is new in it is kept".into(),
        ),
        (false, _) => Some(format!(
            "a later version of Stemwright wrote this session; passed over and kept: {}",
            passed.join(", ")
        )),
    }
}

/// Locks and writes a session. The old file becomes the previous save.
pub fn save(session: &Session, path: &Path) -> Result<(), FileError> {
    writing(path)?.save(session, path)
}

impl SessionLock {
    /// [`save`], for a caller that already holds the lock.
    pub fn save(&self, session: &Session, path: &Path) -> Result<(), FileError> {
        disk::keep(path, &previous(path))
            .map_err(|cause| FileError::Write { path: previous(path), cause })?;
        write(session, path)
    }
}

/// Writes a new session file. False if the file exists; it stays unchanged.
pub fn create(session: &Session, path: &Path) -> Result<bool, FileError> {
    let failed = |cause| FileError::Write { path: path.to_owned(), cause };
    let mut file = disk::Temporary::beside(path).map_err(failed)?;
    file.write_all(text(session, path)?.as_bytes()).map_err(failed)?;
    match file.place(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        placed => placed.map_err(failed).map(|()| true),
    }
}

/// Writes unsaved work to the autosave file of this machine.
pub fn put_aside(session: &Session, path: &Path) -> Result<(), FileError> {
    write(session, &autosave(path))
}

fn text(session: &Session, path: &Path) -> Result<String, FileError> {
    let text = match newer::passed(session).is_empty() {
        true => serde_json::to_string_pretty(session),
        false => newer::written(session).and_then(|tree| serde_json::to_string_pretty(&tree)),
    };
    text.map_err(|cause| FileError::Parse { path: path.to_owned(), cause })
}

fn write(session: &Session, path: &Path) -> Result<(), FileError> {
    disk::write(path, text(session, path)?.as_bytes())
        .map_err(|cause| FileError::Write { path: path.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::chain::{Kind, Slot};
    use crate::session::version::{Selection, Standard, Version};
    use crate::units::SampleRate;

    #[test]
    fn a_save_keeps_the_previous_file_and_what_newer_programs_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Song.stemwright");
        let mut session = Session::new("Song", SampleRate(44_100));
        session.schema = 9;
        session.unknown.insert("hologram".into(), serde_json::json!({"depth": 3}));
        save(&session, &path).unwrap();
        let first = load(&path).unwrap();
        assert_eq!(first, session);
        assert!(later(&first).is_some());
        session.song.title = "Renamed".into();
        save(&session, &path).unwrap();
        assert_eq!(load(&previous(&path)).unwrap().song.title, "Song");
        assert_eq!(load(&path).unwrap().unknown["hologram"]["depth"], 3);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn standard_versions_of_schema_1_are_known_by_their_ids_once_and_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Song.stemwright");
        let mut old = serde_json::to_value(Session::new("Song", SampleRate(44_100))).unwrap();
        old["schema"] = 1.into();
        for version in old["versions"].as_array_mut().unwrap() {
            version.as_object_mut().unwrap().remove("standard");
        }
        std::fs::write(&path, old.to_string()).unwrap();
        let mut session = load(&path).unwrap();
        assert_eq!(session.schema, SCHEMA);
        assert_eq!(session.versions, Session::new("Song", SampleRate(44_100)).versions);
        // In the present schema the id means nothing: what a person calls "radio" is theirs.
        let radio = session.versions.iter().position(|one| one.is(Standard::RadioEdit)).unwrap();
        session.versions[radio].id = "single".into();
        let own = Version::new("radio", "Radio", Selection::All);
        session.versions.push(Version { uid: EntryId::fresh(), ..own });
        save(&session, &path).unwrap();
        let read = load(&path).unwrap();
        assert_eq!(read.standard(Standard::RadioEdit).unwrap().id, "single");
        assert_eq!(read, session);
    }

    #[test]
    fn automation_of_schema_1_is_read_by_id_and_the_state_keeps_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Song.stemwright");
        let mut session = Session::new("Song", SampleRate(44_100));
        session.chain = vec![Slot::new(Kind::Compressor)];
        crate::session::entries::give(&mut session);
        let mut old = serde_json::to_value(&session).unwrap();
        old["schema"] = 1.into();
        old["versions"] = serde_json::json!([]);
        old["chain"][0]["automation"] = serde_json::json!([
            { "parameter": "Make-up", "curve": [{ "time": 1.0, "value": 1.0, "bend": 0.0 }] }
        ]);
        std::fs::write(&path, old.to_string()).unwrap();
        let read = load(&path).unwrap();
        let automation = &read.chain[0].automation[0];
        assert_eq!(automation.parameter.as_str(), "make_up");
        assert!(read.chain[0].place_of(automation).is_some());
        // What is hashed to know a state again is what was written.
        let written = load_as_written(&path).unwrap();
        assert_eq!(serde_json::to_value(written).unwrap(), old);
    }

    #[test]
    fn junk_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Bad.stemwright");
        std::fs::write(&path, "{\"schema\": 1").unwrap();
        let message = load(&path).unwrap_err().to_string();
        assert!(message.contains("Bad.stemwright is no Stemwright session"), "{message}");
        let missing = load(&folder.path().join("None.stemwright")).unwrap_err().to_string();
        assert!(missing.contains("None.stemwright cannot be read"), "{missing}");
    }
}
