//! Makes the files of one [`Group`]: alternates that use the full mix's gain or are linked to it,
//! and the null test of linked files.

use super::RenderError;
use super::finish::{LinkedContext, Pass};
use super::manifest::FileReport;
use super::null::residual;
use super::plan::{Cell, Group, Plan, Preparation};
use super::prepare::Prepared;
use crate::engine::bus::Lane;
use crate::session::master::Alternates;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

type Prepare<'a, 'p> = &'a (dyn Fn(&'a Preparation) -> Result<Prepared<'p>, RenderError> + Sync);
type Finish<'a> = &'a (
        dyn Fn(&Cell, &Prepared<'_>, &LinkedContext<'_>) -> Result<(FileReport, Pass), RenderError>
            + Sync
    );
type Files<'a> = Vec<(&'a Cell, FileReport)>;

/// Prepares and finishes the files of a group. Unless each file has its own gain, the full mix
/// comes first and the others use its gain and limiter settings.
pub fn make<'a, 'p>(
    group: &'a Group,
    prepare: Prepare<'a, 'p>,
    finish: Finish<'_>,
) -> Result<Files<'a>, RenderError> {
    let prepared: Vec<Prepared<'p>> =
        group.preparations.par_iter().map(prepare).collect::<Result<_, _>>()?;
    let pairs: Vec<(&Cell, usize)> = group
        .preparations
        .iter()
        .enumerate()
        .flat_map(|(n, known)| known.cells.iter().map(move |cell| (cell, n)))
        .collect();
    let company = |own: usize, given: Option<Pass>| {
        let beside = prepared.iter().enumerate().filter(|(n, _)| *n != own);
        let linked = group.alternates == Alternates::Linked;
        LinkedContext { others: beside.filter(|_| linked).map(|(_, one)| one).collect(), given }
    };
    let one = |(cell, n): &(&'a Cell, usize), given: Option<Pass>| {
        let own = prepared.get(*n).ok_or(RenderError::NoStems)?;
        let (report, pass) = finish(cell, own, &company(*n, given))?;
        Ok(((*cell, report), pass))
    };
    if group.alternates == Alternates::Own {
        let all = pairs.par_iter().map(|pair| one(pair, None).map(|(file, _)| file));
        return all.collect();
    }
    let Some((full, others)) = pairs.split_first() else { return Ok(Vec::new()) };
    let (first, pass) = one(full, None)?;
    let rest = others.par_iter().map(|pair| one(pair, Some(pass)).map(|(file, _)| file));
    let mut files = vec![first];
    files.extend(rest.collect::<Result<Files<'a>, RenderError>>()?);
    Ok(files)
}

/// Null test of linked files: when two together contain the lanes of the full mix, reads them back
/// and notes in both reports how far their sum differs from it.
pub fn prove(
    group: &Group,
    plan: &Plan,
    files: &mut Files<'_>,
    cancel: &AtomicBool,
) -> Result<(), RenderError> {
    if group.alternates != Alternates::Linked {
        return Ok(());
    }
    let lanes = |cell: &Cell| -> Vec<Lane> {
        let holds = |known: &&Preparation| known.cells.iter().any(|c| c.index == cell.index);
        let bus = group.preparations.iter().find(holds).and_then(|p| plan.buses.get(p.bus));
        bus.map_or(Vec::new(), |bus| bus.lanes.clone())
    };
    let mut notes = Vec::new();
    for (a, (one, first)) in files.iter().enumerate().skip(1) {
        for (b, (other, second)) in files.iter().enumerate().skip(a + 1) {
            let mut both = [lanes(one), lanes(other)].concat();
            both.sort_by_key(|lane| lane.stem);
            let Some((full, whole)) = files.first() else { continue };
            if both.is_empty() || both != lanes(full) || [one, other, full].iter().any(|c| c.hidden)
            {
                continue;
            }
            let parts = [&first.path, &second.path].map(PathBuf::from);
            let null = residual(&parts, Path::new(&whole.path), cancel)?;
            let (one, other, full) = (&one.version.name, &other.version.name, &full.version.name);
            let text = format!("{one} + {other} \u{2212} {full}: {null:.1} dB");
            notes.extend([a, b].map(|n| (n, text.clone())));
        }
    }
    for (n, text) in notes {
        if let Some((_, report)) = files.get_mut(n) {
            report.notes.push(text);
        }
    }
    Ok(())
}
