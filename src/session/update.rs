//! Saves the result of a long-running command to the session file, merging it with changes that
//! another program saved meanwhile.

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

/// Saves `ours`, a changed copy of `base`. If the file changed since `base` was read, both changes
/// are merged. `remember` can adjust the session just before it is written.
///
/// # Errors
/// [`UpdateError::Both`] if both changed the same thing; nothing is written then.
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
        // Both change the same thing.
        let (mut ours, mut theirs) = (both.clone(), both.clone());
        ours.song.tempo = Some(121.0);
        theirs.song.tempo = Some(122.0);
        save(&theirs, &path).unwrap();
        let error = update(&path, &both, &ours, &|_| ()).unwrap_err().to_string();
        assert!(error.contains("song tempo"), "{error}");
        assert_eq!(load(&path).unwrap().song.tempo, Some(122.0));
    }
}
