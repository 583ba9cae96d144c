//! Finds delivered masters of earlier revisions on disk, as the sound of versions that cannot be
//! rendered because stems are missing.

use crate::media::PcmFile;
use crate::render::manifest::FileReport;
use crate::review::revisions::{Revision, Revisions, changes};
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::naming::compact;
use std::path::{Component, Path};

/// The delivered master of one version, found on disk.
pub(super) struct Kept {
    pub wave: PcmFile,
    pub report: FileReport,
    /// Name of the revision that the master was delivered with.
    pub revision: String,
    /// `true`: the revision equals the requested state. `false`: it is an ancestor or another
    /// revision.
    pub is_it: bool,
}

/// Finds a master of `version` among the revisions of the session file at `path`. Order of
/// preference: revisions equal to `state`, then its ancestors from the latest to the oldest, then
/// all revisions from the latest to the oldest. Within a revision the master with the id `master`
/// comes first.
pub(super) fn kept(
    path: &Path,
    state: &Session,
    version: &VersionId,
    master: &MasterId,
) -> Option<Kept> {
    let revisions = Revisions::of(path);
    let mut all = revisions.all();
    all.reverse();
    let is_it = |one: &Revision| {
        revisions.session(one).is_ok_and(|known| changes(&known, state).is_empty())
    };
    let came = |one: &Revision| state.lineage.iter().rposition(|hash| *hash == one.session);
    let mut own: Vec<(&Revision, bool)> = Vec::new();
    own.extend(all.iter().filter(|one| is_it(one)).map(|one| (one, true)));
    let mut before: Vec<&Revision> = all.iter().filter(|one| came(one).is_some()).collect();
    before.sort_by_key(|one| std::cmp::Reverse(came(one)));
    own.extend(before.into_iter().chain(&all).map(|one| (one, false)));
    own.into_iter().find_map(|(revision, is_it)| {
        let mut files: Vec<&FileReport> =
            revision.measured.iter().filter(|file| file.version == *version).collect();
        files.sort_by_key(|file| file.master != *master);
        let (wave, report) =
            files.into_iter().find_map(|file| Some((open(path, state, revision, file)?, file)))?;
        Some(Kept { wave, report: report.clone(), revision: revision.name.clone(), is_it })
    })
}

/// Opens the file of a report. `None` if it is gone or its length or sample rate differ from the
/// report.
fn open(path: &Path, state: &Session, revision: &Revision, file: &FileReport) -> Option<PcmFile> {
    let folder = path.parent()?;
    let inner = Path::new(&file.path);
    // The record may come from a stranger: its path must not leave the package.
    if !inner.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let usual = format!("{}_v{}", compact(&state.song.title), compact(&revision.name));
    let places = [folder.join(&revision.package), folder.join(usual)];
    places.iter().find_map(|place| {
        let wave = PcmFile::open(&place.join(inner)).ok()??;
        let info = wave.info();
        (info.frames.0 == file.frames && info.sample_rate.0 == file.sample_rate).then_some(wave)
    })
}
