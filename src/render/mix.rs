//! Mixes all buses of a plan in one pass over the stems.

use crate::dsp::silence;
use crate::dsp::trim::Trim;
use crate::engine::bus::{Lane, sum};
use crate::engine::cuts::CutMap;
use crate::engine::lane::{LanePlayer, heard_by};
use crate::engine::source::StemSource;
use crate::media::store::Store;
use crate::media::writer::{BitDepth, WavWriter};
use crate::media::{MediaError, PcmFile};
use crate::render::RenderError;
use crate::render::plan::Plan;
use crate::render::progress::RenderProgress;
use crate::render::scratch::Scratch;
use crate::session::Session;
use rayon::prelude::*;
use std::path::Path;

const BLOCK: usize = 1 << 15;

/// Opens the stems that the plan uses, in parallel. Files of another format or rate are converted
/// now. A stem without a file is silent; an unused stem is `None`.
pub fn open_sources(
    session: &Session,
    folder: &Path,
    store: &Store,
    plan: &Plan,
) -> Result<Vec<Option<StemSource>>, MediaError> {
    let lanes = || plan.buses.iter().flat_map(|bus| &bus.lanes).map(|lane| lane.stem);
    let heard: Vec<usize> = lanes().flat_map(|stem| heard_by(session, stem)).collect();
    let used = |index| heard.contains(&index) || lanes().any(|stem| stem == index);
    session
        .stems
        .par_iter()
        .enumerate()
        .map(|(index, stem)| {
            let rate = session.sample_rate;
            let open = || StemSource::open_or_silent(stem, folder, rate, store);
            used(index).then(open).transpose()
        })
        .collect()
}

/// Sums every bus of the plan into a temporary file at the session's rate.
pub fn mix(
    session: &Session,
    sources: &[Option<StemSource>],
    plan: &Plan,
    scratch: &Scratch,
    progress: &RenderProgress<'_>,
) -> Result<Vec<PcmFile>, RenderError> {
    // The distinct lanes. The same lane with and without cuts counts as two.
    let mut lanes: Vec<(Lane, Option<&CutMap>)> = Vec::new();
    for bus in &plan.buses {
        for lane in &bus.lanes {
            let lane = (*lane, bus.cuts.as_ref());
            if !lanes.contains(&lane) {
                lanes.push(lane);
            }
        }
    }
    let source_of = |stem: usize| sources.get(stem)?.as_ref();
    let mut players: Vec<LanePlayer<'_>> = lanes
        .into_iter()
        .filter_map(|(lane, cuts)| LanePlayer::new(session, lane, source_of, cuts, BLOCK))
        .collect();
    let paths: Vec<_> =
        (0..plan.buses.len()).map(|n| scratch.path(&format!("bus{n}.wav"))).collect();
    let mut writers = paths
        .iter()
        .map(|path| {
            let writer = WavWriter::create(path, BitDepth::Float32, session.sample_rate, None)?;
            let fader = Trim::new(session.fader, session.sample_rate);
            Ok((writer, fader, silence(BLOCK)))
        })
        .collect::<Result<Vec<_>, MediaError>>()?;
    for from in (0..plan.length.0).step_by(BLOCK) {
        let count = (plan.length.0 - from).min(BLOCK as u64) as usize;
        players.par_iter_mut().try_for_each(|player| player.play(count))?;
        let played: Vec<_> =
            players.iter().map(|player| (player.lane, player.cuts(), &player.block)).collect();
        writers.par_iter_mut().zip(&plan.buses).try_for_each(|((writer, fader, out), bus)| {
            let own = bus.length(plan.length).saturating_sub(from).min(count as u64) as usize;
            let [left, right] = out;
            let (left, right) = (&mut left[..own], &mut right[..own]);
            let held = played
                .iter()
                .filter(|(lane, cuts, _)| *cuts == bus.cuts.as_ref() && bus.lanes.contains(lane));
            sum(held.map(|(_, _, block)| *block), [&mut *left, &mut *right]);
            fader.process(left, right);
            writer.write_float(left, right)
        })?;
        progress.advance(count)?;
    }
    writers.into_iter().try_for_each(|(writer, ..)| writer.finish())?;
    paths.iter().map(|path| open_temporary(path)).collect()
}

/// Opens a temporary WAV file that this render has written.
pub(crate) fn open_temporary(path: &Path) -> Result<PcmFile, RenderError> {
    let damaged = || MediaError::Damaged { path: path.to_owned(), detail: "no WAV file".into() };
    Ok(PcmFile::open(path)?.ok_or_else(damaged)?)
}
