//! Sessions for commands. [`Loaded`] is a session that was found and read, [`Opened`] one with its
//! stems opened, and [`save`] writes a changed session so that it can be merged later.

use super::exists;
use super::progress::Line;
use crate::arrange::beats::{Beats, find};
use crate::arrange::features::{Features, listen};
use crate::arrange::key;
use crate::disk;
use crate::engine::source::StemSource;
use crate::files::{Found, look};
use crate::intake::folder::{absolute_folder, session_in};
use crate::media::hashes::Hashes;
use crate::media::store::Store;
use crate::review::beside::{come_home, tidy};
use crate::review::revisions::Revisions;
use crate::session::file::{later, load};
use crate::session::update::{UpdateError, update};
use crate::session::version::Standard;
use crate::session::{Session, VersionId};
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A session that was read, and where it lies.
pub struct Loaded {
    pub session: Session,
    /// The session as it was read from disk.
    pub base: Session,
    pub path: PathBuf,
    /// The folder that its relative paths start from.
    pub folder: PathBuf,
}

/// The file of a session, or the one session in a folder.
pub fn file_of(path: &Path) -> anyhow::Result<PathBuf> {
    exists(path)?;
    match path.is_dir() {
        true => session_in(path)?.with_context(|| {
            format!("{} holds no session; make one with `stemwright new`", path.display())
        }),
        false => Ok(path.to_owned()),
    }
}

/// Reads a session, or the one in a folder, without looking at its audio files.
pub fn loaded(path: &Path) -> anyhow::Result<Loaded> {
    let path = file_of(path)?;
    tidy(&path);
    let session = load(&path)?;
    if let Err(error) = come_home(&path, &session) {
        eprintln!("stemwright: {error}");
    }
    later(&session).into_iter().for_each(|text| eprintln!("stemwright: {text}"));
    Ok(Loaded { base: session.clone(), session, folder: absolute_folder(&path)?, path })
}

/// [`loaded`], with the session updated to the current state of its files. Prints what became of
/// files that are there; the caller reports missing files itself.
pub fn followed(path: &Path) -> anyhow::Result<Loaded> {
    looked(path, |found| found.state.sounds())
}

/// [`loaded`], with the session updated to the current state of its files. Prints a sentence for
/// each file that `said` selects.
fn looked(path: &Path, said: fn(&Found) -> bool) -> anyhow::Result<Loaded> {
    let mut loaded = loaded(path)?;
    let found = look(&mut loaded.session, &loaded.folder, &Hashes::of_user());
    for text in found.iter().filter(|found| said(found)).filter_map(Found::sentence) {
        eprintln!("stemwright: {text}");
    }
    Ok(loaded)
}

/// Saves `ours`, which a command made from `base`; `read` is the session as it was on disk. The
/// states before and after are remembered, so that changes of somebody else can be merged.
pub fn save(
    path: &Path,
    read: &Session,
    base: &Session,
    ours: &Session,
) -> Result<(), UpdateError> {
    let revisions = Revisions::of(path);
    let mut before = read.clone();
    // If the state cannot be remembered, a merge asks about more.
    let _ = revisions.remember(&mut before);
    update(path, base, ours, &|session| {
        let state = before.lineage.last().filter(|state| !session.lineage.contains(state));
        if let Some(state) = state {
            revisions.descend(session, state);
        }
        let _ = revisions.remember(session);
        session.sign(&disk::person());
    })
}

/// A session with its stems opened, for commands that listen to the song. A stem without a file is
/// silent.
pub struct Opened {
    pub session: Session,
    /// The session as it was read from disk.
    read: Session,
    /// `read`, updated to its files; the command's changes start here.
    base: Session,
    pub sources: Vec<StemSource>,
    path: PathBuf,
}

impl Opened {
    /// The id of a version: the one that is asked for, or the standard version.
    pub fn version_id(
        &self,
        asked: Option<&VersionId>,
        standard: Standard,
    ) -> anyhow::Result<VersionId> {
        let version = match asked {
            Some(id) => self.session.version(id).with_context(|| {
                format!("there is no version \u{201c}{id}\u{201d} in the session")
            })?,
            None => self.session.standard(standard).with_context(|| {
                format!(
                    "no version is marked as the {}; choose one with --version",
                    standard.name()
                )
            })?,
        };
        Ok(version.id.clone())
    }

    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let Loaded { session, base: read, path, folder } = looked(path, |_| true)?;
        // Changed files are no change that the command makes, so they belong to the base.
        let base = session.clone();
        let (rate, store) = (session.sample_rate, Store::of_user());
        let open = |stem| StemSource::open_or_silent(stem, &folder, rate, &store);
        let sources = session.stems.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { session, read, base, sources, path })
    }

    pub fn save(&self) -> anyhow::Result<()> {
        Ok(save(&self.path, &self.read, &self.base, &self.session)?)
    }

    pub fn listen(&self) -> anyhow::Result<Features> {
        let line = Line::new("listening");
        let shown = |share| line.show(share);
        let features = listen(&self.session, &self.sources, &shown, &super::cancel_on_signal());
        line.clear();
        Ok(features?)
    }

    /// Finds tempo and bars and puts them into the session, with the key if it has none. Returns
    /// `None` if the session has a tempo and `anew` is false.
    pub fn beats(&mut self, features: &Features, anew: bool) -> anyhow::Result<Option<Beats>> {
        if self.session.song.tempo.is_some() && !anew {
            return Ok(None);
        }
        let meter = self.session.song.meter.map(|(beats, _)| beats);
        let beats = find(features, meter)
            .context("no beat was found; set tempo and first bar in the session")?;
        self.session.song = beats.clone().into_song(&self.session.song);
        if self.session.song.key.is_none() {
            self.session.song.key = key::find(features).map(|key| key.name);
        }
        Ok(Some(beats))
    }
}
