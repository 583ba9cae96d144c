//! What a version measures before any master, without writing a file.

use crate::dsp::loudness::{Loudness, LoudnessMeter};
use crate::dsp::prediction::{Outline, OutlineBuilder};
use crate::dsp::silence;
use crate::dsp::true_peak::TruePeakMeter;
use crate::engine::bus::{lanes, sum};
use crate::engine::cuts::CutMap;
use crate::engine::lane::LanePlayer;
use crate::engine::master::MasterChain;
use crate::engine::source::StemSource;
use crate::media::MediaError;
use crate::render::RenderError;
use crate::render::solve::{self, Solution};
use crate::session::Session;
use crate::session::master::Master;
use crate::session::version::Version;
use crate::units::{Db, Lufs};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCK: usize = 1 << 15;

/// The figures of a version bus.
pub struct Overview {
    pub loudness: Loudness,
    pub true_peak: Db,
    /// Short-term loudness ten times a second.
    pub history: Vec<Lufs>,
    outline: Outline,
}

/// Mixes a version and measures it. `sources` are the session's stems, in order.
pub fn overview(
    session: &Session,
    version: &Version,
    sources: &[StemSource],
    cancel: &AtomicBool,
) -> Result<Overview, RenderError> {
    let rate = session.sample_rate;
    let unmeasurable = |_| MediaError::Rate { path: session.song.title.clone().into(), rate };
    let mut meter = LoudnessMeter::new(2, rate).map_err(unmeasurable)?;
    let (mut peak, mut outline) = (TruePeakMeter::new(), OutlineBuilder::new(rate, true));
    let cuts = CutMap::new(&version.cuts, rate, session.length().0);
    let mut players: Vec<LanePlayer<'_>> = lanes(session, version)
        .into_iter()
        .filter_map(|lane| {
            LanePlayer::new(session, lane, |stem| sources.get(stem), Some(&cuts), BLOCK)
        })
        .collect();
    let mut chain = MasterChain::new(&session.chain, rate);
    let mut mix = silence(BLOCK);
    let mut listen = |left: &[f32], right: &[f32]| {
        meter.process(left, right);
        peak.process(left, right);
        outline.process(left, right);
    };
    for from in (0..cuts.length()).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        let count = (cuts.length() - from).min(BLOCK as u64) as usize;
        players.par_iter_mut().try_for_each(|player| player.play(count))?;
        let [left, right] = &mut mix;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        sum(players.iter().map(|player| &player.block), [&mut *left, &mut *right]);
        let skip = chain.process(left, right);
        listen(&left[skip..], &right[skip..]);
    }
    let [left, right] = chain.finish();
    listen(&left, &right);
    peak.finish();
    Ok(Overview {
        loudness: meter.reading(),
        true_peak: peak.true_peak(),
        history: meter.history().to_vec(),
        outline: outline.finish(),
    })
}

impl Overview {
    /// The gain that a master would use, and the loudness it would come to; none where it has
    /// no target.
    pub fn predict(&self, master: &Master) -> Option<Solution> {
        let target = master.target?;
        Some(if target.limit {
            let settings = master.limiter_at(target.ceiling);
            let most = master.limiter.most_reduction;
            solve::with_limiter(&self.outline, target.loudness, &settings, most)
        } else {
            let margin = Db(0.01);
            solve::without_limiter(self.outline.loudness(), self.true_peak, &target, margin)
        })
    }
}
