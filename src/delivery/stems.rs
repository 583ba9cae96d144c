//! Exports stems as they are in the mix: before the mix chain, at the session's rate, all of one
//! length, without dither. A null test against their mix is part of the export. Main function:
//! [`export`].

use crate::delivery::DeliveryError;
use crate::dsp::dither::Shaping;
use crate::media::writer::BitDepth;
use crate::render::manifest::FileReport;
use crate::render::manifest::NAME as RENDERED;
use crate::render::null::residual;
use crate::render::progress::{Observer, Piece};
use crate::render::{Request, render};
use crate::session::Session;
use crate::session::delivery::{Delivery, ExportedStem};
use crate::session::master::plain;
use crate::session::naming::stem_name;
use crate::session::stem::StemId;
use crate::session::version::{Selection, Version};
use crate::texts::in_english;
use crate::units::Db;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Result of an export.
pub struct Exported {
    pub stems: Vec<ExportedStem>,
    /// File names of the stems, in the same order.
    pub names: Vec<String>,
    /// Null test of the written files against the mix, relative to the mix.
    pub residual: Db,
    /// Problems of the stems that the export was made from.
    pub problems: Vec<String>,
}

impl Default for Exported {
    fn default() -> Self {
        Self { stems: Vec::new(), names: Vec::new(), residual: Db::UNITY, problems: Vec::new() }
    }
}

/// File names of the stems, distinct even where a file system ignores capitals.
fn names(session: &Session, stems: &[ExportedStem]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (place, stem) in stems.iter().enumerate() {
        let plain = stem_name(session, place, stem);
        let taken = |name: &str| {
            names.iter().any(|known| known.to_lowercase() == format!("{name}.wav").to_lowercase())
        };
        // Names are limited in length, so that a number fits.
        let mut numbered = (2..).map(|n| format!("{plain}-{n}"));
        let first = Some(plain.clone()).filter(|name| !taken(name));
        let free = first.or_else(|| numbered.find(|name| !taken(name))).unwrap_or(plain);
        names.push(format!("{free}.wav"));
    }
    names
}

/// Writes every stem of the session's export template into `target`, reads them back and tests
/// their sum against the mix. Stems in `silent` are left out: their files are missing.
pub fn export(
    session: &Session,
    folder: &Path,
    target: &Path,
    silent: &[StemId],
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Exported, DeliveryError> {
    let mut own = session.clone();
    // A missing stem would be a silent file.
    own.stems.retain(|stem| !silent.contains(&stem.id));
    let stems = session.delivery.stems.stems(&own);
    let names = names(session, &stems);
    // The sum is written in floating point, whatever depth the stems have.
    let whole = session.delivery.stems.depth == BitDepth::Int24;
    let (of_sum, of_stems) = ("mix", if whole { "mix24" } else { "mix" });
    own.chain.clear();
    own.masters = plain();
    own.masters.iter_mut().for_each(|master| master.shaping = Shaping::Off);
    own.delivery = Delivery { pattern: "{version}".into(), ..Delivery::default() };
    own.versions = vec![Version::new(SUM, SUM, Selection::All)];
    for (n, stem) in stems.iter().enumerate() {
        let selection = Selection::Stems { ids: stem.ids.clone() };
        own.versions.push(Version::new(&stem_id(n), &stem_id(n), selection));
    }
    for version in &own.versions {
        let wanted = if version.id == SUM { of_sum } else { of_stems };
        let others = own.masters.iter().filter(|master| master.id != wanted);
        own.delivery.left_out.extend(others.map(|m| (version.id.clone(), m.id.clone())));
    }
    let files = render_all(own, folder, target, observer, cancel)?;
    let place = |id: &str| {
        let file = files.iter().find(|file| file.version == id);
        file.map(|file| PathBuf::from(&file.path)).unwrap_or_default()
    };
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| DeliveryError::Write { path, cause }
    };
    let mut paths = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let to = target.join(name);
        std::fs::rename(place(&stem_id(n)), &to).map_err(failed(&to))?;
        paths.push(to);
    }
    let sum = place(SUM);
    let residual = residual(&paths, &sum, cancel)?;
    for path in [sum, target.join(RENDERED)] {
        std::fs::remove_file(&path).map_err(failed(&path))?;
    }
    let problems = files.iter().flat_map(|file| &file.problems);
    let all: BTreeSet<String> =
        in_english(|| problems.map(|problem| problem.to_string()).collect());
    Ok(Exported { stems, names, residual, problems: all.into_iter().collect() })
}

/// Versions that are rendered at a time: each is an open file.
const AT_ONCE: usize = 48;

/// Renders all versions in batches.
fn render_all(
    mut own: Session,
    folder: &Path,
    target: &Path,
    observer: &dyn Observer,
    cancel: &AtomicBool,
) -> Result<Vec<FileReport>, DeliveryError> {
    let versions = std::mem::take(&mut own.versions);
    let (started, all) = (Instant::now(), versions.len() as f32);
    let request = Request { folder: target.to_owned(), allow_missing: true, ..Request::default() };
    let (mut files, mut done) = (Vec::new(), 0);
    for some in versions.chunks(AT_ONCE) {
        own.versions = some.to_vec();
        let from = done as f32 / all;
        done += some.len();
        let piece = Piece { observer, started, from, to: done as f32 / all, shown: false };
        files.extend(render(&own, folder, &request, &piece, cancel)?.files);
    }
    Ok(files)
}

const SUM: &str = "sum";

fn stem_id(n: usize) -> String {
    format!("stem{n}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    #[test]
    fn no_two_stems_have_one_name_however_they_are_called() {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = (1..6).map(stem).collect();
        for (n, stem) in session.stems.iter_mut().enumerate() {
            stem.name = if n % 2 == 0 { "Pad".into() } else { "pad".into() };
        }
        for pattern in ["{stem}".to_string(), "x".repeat(400), "{stem}{stem}".repeat(40)] {
            session.delivery.stems.pattern = pattern;
            let names = names(&session, &session.delivery.stems.stems(&session));
            let distinct: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
            assert_eq!(distinct.len(), 5, "{names:?}");
            assert!(names.iter().all(|name| name.len() < 255));
        }
    }
}
