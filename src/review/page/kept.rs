//! Masters that were delivered with a revision and are still where they were put.

use crate::media::PcmFile;
use crate::render::manifest::FileReport;
use crate::review::revisions::{Revision, Revisions, changes};
use crate::session::Session;
use crate::session::naming::compact;
use std::path::{Component, Path};

/// The sound of a version as it went out.
pub(super) struct Kept {
    pub wave: PcmFile,
    pub report: FileReport,
    /// The revision that it is of.
    pub revision: String,
    /// Whether that is the state that was asked for, or one that it came from.
    pub is_it: bool,
}

/// The master of a version in a state of the session in the file at `path`, or in the latest state
/// that it came from; where that is not known, in the last one. The one with the id `master` is preferred.
pub(super) fn kept(path: &Path, state: &Session, version: &str, master: &str) -> Option<Kept> {
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
            revision.measured.iter().filter(|file| file.version == version).collect();
        files.sort_by_key(|file| file.master != master);
        let (wave, report) =
            files.into_iter().find_map(|file| Some((open(path, state, revision, file)?, file)))?;
        Some(Kept { wave, report: report.clone(), revision: revision.name.clone(), is_it })
    })
}

/// The file of a report, if it is still what was measured.
fn open(path: &Path, state: &Session, revision: &Revision, file: &FileReport) -> Option<PcmFile> {
    let folder = path.parent()?;
    let inner = Path::new(&file.path);
    // A record may have come from anywhere.
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
