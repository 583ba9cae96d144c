//! The session on disk: JSON, written whole or not at all, the previous one kept.

use crate::disk;
use crate::session::{SCHEMA, Session};
use std::path::{Path, PathBuf};

pub const EXTENSION: &str = "stemwright";

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} cannot be read: {cause}; check the path", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("{} is no Stemwright session ({cause}); the one before it is kept as {}", path.display(), previous(path).display())]
    Parse { path: PathBuf, cause: serde_json::Error },
    #[error("{} cannot be written: {cause}; check the free space and that you may write there, or save elsewhere", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
}

/// Where the file before the last save is kept.
pub fn previous(path: &Path) -> PathBuf {
    beside(path, "previous")
}

/// Where work that was not saved yet is kept.
pub fn autosave(path: &Path) -> PathBuf {
    beside(path, "autosave")
}

fn beside(path: &Path, kind: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{kind}"));
    path.with_file_name(name)
}

/// Reads a session.
pub fn load(path: &Path) -> Result<Session, FileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| FileError::Read { path: path.to_owned(), cause })?;
    serde_json::from_str(&text).map_err(|cause| FileError::Parse { path: path.to_owned(), cause })
}

/// Whether a newer program wrote the session: what this one does not know is kept, not obeyed.
pub fn is_newer(session: &Session) -> bool {
    session.schema > SCHEMA
}

/// Writes a session: first beside the target, then in its place; the file that was there
/// becomes the previous one.
pub fn save(session: &Session, path: &Path) -> Result<(), FileError> {
    disk::keep(path, &previous(path))
        .map_err(|cause| FileError::Write { path: previous(path), cause })?;
    write(session, path)
}

/// Puts work aside that is not saved yet.
pub fn put_aside(session: &Session, path: &Path) -> Result<(), FileError> {
    write(session, &autosave(path))
}

fn write(session: &Session, path: &Path) -> Result<(), FileError> {
    let text = serde_json::to_string_pretty(session)
        .map_err(|cause| FileError::Parse { path: path.to_owned(), cause })?;
    disk::write(path, text.as_bytes())
        .map_err(|cause| FileError::Write { path: path.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert!(is_newer(&first));
        session.song.title = "Renamed".into();
        save(&session, &path).unwrap();
        assert_eq!(load(&previous(&path)).unwrap().song.title, "Song");
        assert_eq!(load(&path).unwrap().unknown["hologram"]["depth"], 3);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
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
