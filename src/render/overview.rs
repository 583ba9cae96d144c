//! Measures a version before its masters, without writing a file, and predicts the gain and
//! loudness of each master. Main type: [`Overview`], computed as a job of the window.

use crate::dsp::chain::Slot;
use crate::dsp::loudness::{Loudness, LoudnessMeter};
use crate::dsp::prediction::{Limiting, Outline, OutlineBuilder, Through};
use crate::dsp::spectrum::Analyser;
use crate::dsp::trim::Trim;
use crate::dsp::true_peak::TruePeakMeter;
use crate::dsp::vinyl::VinylFilter;
use crate::dsp::{Stereo, silence};
use crate::engine::bus::{lanes, sum};
use crate::engine::cuts::CutMap;
use crate::engine::lane::LanePlayer;
use crate::engine::master::{MasterChain, chain_of};
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::render::RenderError;
use crate::render::solve::{self, Solution};
use crate::session::Session;
use crate::session::master::{Master, Vinyl};
use crate::session::version::Version;
use crate::units::{Db, Lufs, SampleRate};
use parking_lot::Mutex;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

const BLOCK: usize = 1 << 15;

/// Measurements of a version after the session's mix chain.
pub struct Overview {
    pub loudness: Loudness,
    pub true_peak: Db,
    /// Short-term loudness, ten values a second.
    pub history: Vec<Lufs>,
    /// K-weighted mean squares of each 100 ms.
    pub steps: Vec<f64>,
    /// Mean power spectrum of the mono sum from 20 Hz to 20 kHz, in decibels.
    pub spectrum: Vec<f32>,
    /// For each kind of processing: the outline and the true peak after it.
    ways: Vec<(Way, Outline, Db)>,
    /// The figures of the version itself, once they were asked for.
    plain: OnceLock<Arc<Through>>,
    /// Predictions made before: the window asks for them in every frame that it draws.
    solved: Mutex<Vec<(Master, Option<Db>, Solution)>>,
    /// Figures behind masters, made before.
    through: Mutex<Vec<(Master, Db, Arc<Through>)>>,
}

/// Processing of a version before a master's gain; several masters can share one.
#[derive(Clone, PartialEq)]
struct Way {
    chain: Vec<Slot>,
    vinyl: Option<Vinyl>,
}

impl Way {
    fn of(session: &Session, master: &Master) -> Self {
        Self { chain: chain_of(session, master), vinyl: master.vinyl }
    }
}

/// Runs one kind of processing and measures its output.
struct ProcessingMeter<'a> {
    way: Way,
    chain: MasterChain<'a>,
    filter: Option<VinylFilter>,
    outline: OutlineBuilder,
    /// Needed only by masters without limiter.
    peak: Option<TruePeakMeter>,
    block: Stereo,
}

impl<'a> ProcessingMeter<'a> {
    fn new(session: &Session, way: Way, cuts: &'a CutMap) -> Self {
        let rate = session.sample_rate;
        let own = session.masters.iter().filter(|master| Way::of(session, master) == way);
        let (limited, free): (Vec<&Master>, Vec<&Master>) = own.partition(|one| one.limits());
        let filter = way.vinyl.map(|v| VinylFilter::new(rate, v.mono_below, v.rumble_below));
        Self {
            chain: MasterChain::new(&way.chain, cuts, rate),
            filter,
            outline: OutlineBuilder::new(rate, !limited.is_empty()),
            peak: (!free.is_empty()).then(TruePeakMeter::new),
            block: silence(BLOCK),
            way,
        }
    }

    fn walk(&mut self, from: [&[f32]; 2]) {
        let [left, right] = &mut self.block;
        let count = from[0].len();
        let (left, right) = (&mut left[..count], &mut right[..count]);
        left.copy_from_slice(from[0]);
        right.copy_from_slice(from[1]);
        let skip = self.chain.process(left, right);
        note(
            &mut self.filter,
            &mut self.outline,
            &mut self.peak,
            &mut left[skip..],
            &mut right[skip..],
        );
    }

    fn finish(mut self) -> (Way, Outline, Db) {
        let [mut left, mut right] = self.chain.finish();
        note(&mut self.filter, &mut self.outline, &mut self.peak, &mut left, &mut right);
        let true_peak = self.peak.map_or(Db::SILENCE, |mut peak| {
            peak.finish();
            peak.true_peak()
        });
        (self.way, self.outline.finish(), true_peak)
    }
}

/// Filters and measures one block in place.
fn note(
    filter: &mut Option<VinylFilter>,
    outline: &mut OutlineBuilder,
    peak: &mut Option<TruePeakMeter>,
    left: &mut [f32],
    right: &mut [f32],
) {
    if let Some(filter) = filter {
        filter.process(left, right);
    }
    outline.process(left, right);
    if let Some(peak) = peak {
        peak.process(left, right);
    }
}

/// Mixes a version and measures it. `sources` are the session's stems, in order. `progress`
/// receives the share that is done, 0 to 1.
pub fn overview(
    session: &Session,
    version: &Version,
    sources: &[StemSource],
    progress: &(dyn Fn(f32) + Sync),
    cancel: &AtomicBool,
) -> Result<Overview, RenderError> {
    let rate = session.sample_rate;
    let unmeasurable = |_| MediaError::Rate { path: session.song.title.clone().into(), rate };
    let mut meter = LoudnessMeter::new(2, rate).map_err(unmeasurable)?;
    let mut peak = TruePeakMeter::new();
    let mut analyser = Analyser::of_mean(rate);
    let version = &session.resolved(version);
    let cuts = CutMap::of(version, rate, session.length().0);
    let mut players: Vec<LanePlayer<'_>> = lanes(session, version)
        .into_iter()
        .filter_map(|lane| {
            LanePlayer::new(session, lane, |stem| sources.get(stem), Some(&cuts), BLOCK)
        })
        .collect();
    let mut walkers: Vec<ProcessingMeter<'_>> = Vec::new();
    for master in &session.masters {
        let way = Way::of(session, master);
        if walkers.iter().all(|known| known.way != way) {
            walkers.push(ProcessingMeter::new(session, way, &cuts));
        }
    }
    let mut fader = Trim::new(session.fader, rate);
    let mut chain = MasterChain::new(&session.chain, &cuts, rate);
    let mut mix = silence(BLOCK);
    for from in (0..cuts.length()).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        progress(from as f32 / cuts.length() as f32);
        let count = (cuts.length() - from).min(BLOCK as u64) as usize;
        players.par_iter_mut().try_for_each(|player| player.play(count))?;
        let [left, right] = &mut mix;
        let (left, right) = (&mut left[..count], &mut right[..count]);
        sum(players.iter().map(|player| &player.block), [&mut *left, &mut *right]);
        fader.process(left, right);
        walkers.par_iter_mut().for_each(|walker| walker.walk([left, right]));
        let skip = chain.process(left, right);
        meter.process(&left[skip..], &right[skip..]);
        peak.process(&left[skip..], &right[skip..]);
        for (l, r) in left.iter().zip(right.iter()).skip(skip) {
            analyser.push((l + r) / 2.0, 0.0);
        }
    }
    let [left, right] = chain.finish();
    meter.process(&left, &right);
    peak.process(&left, &right);
    peak.finish();
    Ok(Overview {
        loudness: meter.reading(),
        true_peak: peak.true_peak(),
        history: meter.history().to_vec(),
        steps: meter.steps().to_vec(),
        spectrum: analyser.mean(),
        ways: walkers.into_iter().map(ProcessingMeter::finish).collect(),
        plain: OnceLock::new(),
        solved: Mutex::default(),
        through: Mutex::default(),
    })
}

/// Mean spectrum of the first `frames` frames of a source that is not a stem, such as the
/// reference.
pub fn mean_spectrum(
    source: &StemSource,
    frames: u64,
    rate: SampleRate,
    cancel: &AtomicBool,
) -> Result<Vec<f32>, RenderError> {
    let mut analyser = Analyser::of_mean(rate);
    let [mut left, mut right] = silence(BLOCK);
    let mut scratch = Scratch::new();
    for from in (0..frames).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(RenderError::Cancelled);
        }
        source.read(from as i64, false, &mut left, &mut right, &mut scratch)?;
        let both = if source.is_mono() { &left } else { &right };
        let count = (frames - from).min(BLOCK as u64) as usize;
        for (l, r) in left.iter().zip(both).take(count) {
            analyser.push((l + r) / 2.0, 0.0);
        }
    }
    Ok(analyser.mean())
}

impl Overview {
    /// Predicts the gain that a master of the session uses and the resulting loudness. `None` when
    /// the master has no target, or its processing has changed since the measurement.
    pub fn predict(&self, session: &Session, master: &Master) -> Option<Solution> {
        self.solve(session, master, None)
    }

    /// Like [`Self::predict`], for a given gain.
    pub fn at(&self, session: &Session, master: &Master, gain: Db) -> Option<Solution> {
        self.solve(session, master, Some(gain))
    }

    /// All figures of the version without a master.
    pub fn plain(&self) -> Arc<Through> {
        let make = || {
            Arc::new(Through {
                loudness: self.loudness,
                true_peak: self.true_peak,
                history: self.history.clone(),
                steps: self.steps.clone(),
                reduction: Vec::new(),
                limiting: Limiting::default(),
            })
        };
        Arc::clone(self.plain.get_or_init(make))
    }

    /// All figures behind a master of the session that turns the version up by `gain`. `None` as for
    /// [`Self::predict`].
    pub fn through(&self, session: &Session, master: &Master, gain: Db) -> Option<Arc<Through>> {
        let target = master.target?;
        let mut known = self.through.lock();
        let same = |one: &&(Master, Db, Arc<Through>)| one.0 == *master && one.1 == gain;
        if let Some((.., through)) = known.iter().find(same) {
            return Some(Arc::clone(through));
        }
        let way = Way::of(session, master);
        let (_, outline, true_peak) = self.ways.iter().find(|(known, ..)| *known == way)?;
        let limiter = target.limit.then(|| master.limiter_at(target.ceiling));
        let through = Arc::new(outline.through(gain, limiter.as_ref(), *true_peak));
        known.retain(|(known, ..)| known.id != master.id);
        known.push((master.clone(), gain, Arc::clone(&through)));
        Some(through)
    }

    fn solve(&self, session: &Session, master: &Master, given: Option<Db>) -> Option<Solution> {
        let target = master.target?;
        let mut solved = self.solved.lock();
        let same = |known: &&(Master, Option<Db>, Solution)| known.0 == *master && known.1 == given;
        if let Some((_, _, solution)) = solved.iter().find(same) {
            return Some(*solution);
        }
        let way = Way::of(session, master);
        let (_, outline, true_peak) = self.ways.iter().find(|(known, ..)| *known == way)?;
        let limiter = target.limit.then(|| master.limiter_at(target.ceiling));
        let solution = if let Some(gain) = given {
            Solution::new(gain, outline.predict(gain, limiter.as_ref()))
        } else if let Some(settings) = limiter {
            solve::with_limiter(outline, target.loudness, &settings, &master.limiter)
        } else {
            solve::without_limiter(outline.loudness(), *true_peak, &target)
        };
        solved.retain(|(known, ..)| known.id != master.id);
        solved.push((master.clone(), given, solution));
        Some(solution)
    }
}
