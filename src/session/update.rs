//! A change of a session that lies on the disk, made by a command that took a while: what somebody
//! else saved meanwhile stays.

use crate::session::Session;
use crate::session::entries;
use crate::session::file::{FileError, load, writing};
use crate::session::merge::{MergeError, merge};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("{} was changed meanwhile where this changes it too ({}); run it again", path.display(), places.join(", "))]
    Both { path: PathBuf, places: Vec<String> },
}

/// Saves what was made of `base`. Where somebody else saved the session since that was read, their
/// changes and these are put together. `remember` is told what will be written.
///
/// # Errors
/// [`UpdateError::Both`] where both changed the same, and then nothing is written.
pub fn update(
    path: &Path,
    base: &Session,
    ours: &Session,
    remember: &dyn Fn(&mut Session),
) -> Result<(), UpdateError> {
    let mut ours = ours.clone();
    entries::give(&mut ours);
    let writing = writing(path)?;
    let theirs = load(path)?;
    if theirs == *base {
        let mut session = ours;
        remember(&mut session);
        return Ok(writing.save(&session, path)?);
    }
    let merged = merge(Some(base), &ours, &theirs)?;
    if !merged.conflicts.is_empty() {
        let places = merged.conflicts.iter().map(|conflict| conflict.place.join(" ")).collect();
        return Err(UpdateError::Both { path: path.to_owned(), places });
    }
    let mut session = Session { id: theirs.id, lineage: theirs.lineage, ..merged.with(&[])? };
    remember(&mut session);
    Ok(writing.save(&session, path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::file::save;
    use crate::session::history::tests::song;
    use crate::units::Db;

    #[test]
    fn what_somebody_else_saved_meanwhile_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("Song.stemwright");
        let base = song();
        save(&base, &path).unwrap();
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        ours.song.tempo = Some(120.0);
        theirs.stems[0].strip.fader = Db(-3.0);
        save(&theirs, &path).unwrap();
        update(&path, &base, &ours, &|_| ()).unwrap();
        let both = load(&path).unwrap();
        assert_eq!((both.song.tempo, both.stems[0].strip.fader), (Some(120.0), Db(-3.0)));
        // Both change the same.
        let (mut ours, mut theirs) = (both.clone(), both.clone());
        ours.song.tempo = Some(121.0);
        theirs.song.tempo = Some(122.0);
        save(&theirs, &path).unwrap();
        let error = update(&path, &both, &ours, &|_| ()).unwrap_err().to_string();
        assert!(error.contains("song tempo"), "{error}");
        assert_eq!(load(&path).unwrap().song.tempo, Some(122.0));
    }
}
