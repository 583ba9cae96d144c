//! Finds where other stems mask one stem, by time and third of an octave, and suggests dynamic
//! equalisers against it. Main function: [`masking`], run as a job of the window.

use crate::dsp::chain::{ProcessorSettings, SideChainId, Slot};
use crate::dsp::dynamic_eq::{DynamicBand, DynamicEqSettings};
use crate::dsp::moving::Form;
use crate::dsp::{Stereo, silence};
use crate::engine::bus::Lane;
use crate::engine::lane::LanePlayer;
use crate::engine::source::{Scratch, StemSource};
use crate::render::RenderError;
use crate::session::Session;
use crate::session::stem::StemId;
use crate::units::{Db, Hz, Seconds};
use rayon::prelude::*;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bands of a third of an octave, with centres from 63 Hz to 16 kHz.
pub const BANDS: usize = 25;
/// Time between two spectra.
pub const STEP: Seconds = Seconds(0.1);
const LENGTH: usize = 4096;
/// A band of the stem counts while its level is within this many decibels of the stem's highest
/// level in any band.
const ACTIVE: f64 = 34.0;
/// Another stem masks from this many decibels above: about the masking of noise by noise within a
/// critical band (E. Zwicker, H. Fastl, *Psychoacoustics*, 2007, section 4.1).
const COVERS: f64 = 4.0;

/// Centre frequency of a band.
pub fn centre(band: usize) -> Hz {
    Hz(1000.0 * ((band as f64 - 12.0) / 3.0).exp2())
}

/// The loudest stem that masks a band at one time step, and by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cover {
    pub masker: StemId,
    pub excess: Db,
}

/// A range of frequencies in which one stem masks another.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub masker: StemId,
    pub low: Hz,
    pub high: Hz,
    /// Share of the time that the masked stem sounds there, 0 to 1.
    pub share: f64,
    /// Mean level of the masker above the masked stem.
    pub excess: Db,
    /// A dynamic equaliser for the masker: it dips while the masked stem sounds.
    pub cure: Slot,
}

/// Result of the analysis of one stem.
pub struct Masking {
    pub stem: StemId,
    /// By time step, then by band; `None` where nothing masks or the stem does not sound.
    pub map: Vec<[Option<Cover>; BANDS]>,
    /// At most six, the worst first.
    pub conflicts: Vec<Conflict>,
}

/// Mean squares of one stem by time step and band.
type Levels = Vec<[f64; BANDS]>;

struct Analyser {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    /// First FFT bin of each band, and the bin after the last band.
    edges: Vec<usize>,
    scale: f64,
    time: Vec<f64>,
    lines: Vec<Complex<f64>>,
}

impl Analyser {
    fn new(rate: f64) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LENGTH);
        let window: Vec<f64> = (0..LENGTH)
            .map(|n| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / LENGTH as f64).cos())
            .collect();
        let power: f64 = window.iter().map(|w| w * w).sum();
        let line = |hz: f64| ((hz * LENGTH as f64 / rate).round() as usize).min(LENGTH / 2);
        let lower = |band: usize| centre(band).0 * (-1.0f64 / 6.0).exp2();
        let edges = (0..=BANDS).map(|band| line(lower(band)).max(1)).collect();
        Self {
            lines: fft.make_output_vec(),
            time: vec![0.0; LENGTH],
            fft,
            window,
            edges,
            scale: 2.0 / (LENGTH as f64 * power),
        }
    }

    /// Mean squares of the bands in the first `count` frames of a block, at most the FFT length, of
    /// the mono sum.
    fn bands(&mut self, [left, right]: &Stereo, count: usize) -> [f64; BANDS] {
        let frames = left.iter().zip(right).zip(&self.window).take(count);
        self.time.fill(0.0);
        for (time, ((l, r), window)) in self.time.iter_mut().zip(frames) {
            *time = (f64::from(*l) + f64::from(*r)) / 2.0 * window;
        }
        // Fails only for buffers of the wrong length; these were made for this FFT.
        let _ = self.fft.process(&mut self.time, &mut self.lines);
        let mut all = [0.0; BANDS];
        for (power, edges) in all.iter_mut().zip(self.edges.windows(2)) {
            if let [from, to] = edges {
                let lines = self.lines.get(*from..(*to).max(from + 1)).unwrap_or(&[]);
                *power = lines.iter().map(|line| line.norm_sqr()).sum::<f64>() * self.scale;
            }
        }
        all
    }
}

/// Analyses all stems after chain and fader, and finds what masks `stem`. Muted stems count as
/// silent.
pub fn masking(
    session: &Session,
    sources: &[StemSource],
    stem: StemId,
    cancel: &AtomicBool,
) -> Result<Masking, RenderError> {
    let rate = session.sample_rate;
    let step = STEP.frames(rate).0 as usize;
    let size = step.max(LENGTH);
    let steps = (session.length().0 as usize).div_ceil(step.max(1));
    let own = session.stems.iter().position(|known| known.id == stem);
    let own = own.ok_or(RenderError::NoStems)?;
    let levels = (0..session.stems.len())
        .into_par_iter()
        .map(|index| {
            let lane = Lane { stem: index, clean: false, gain: Db::UNITY };
            let muted = session.stems.get(index).is_none_or(|stem| stem.strip.mute);
            let player = LanePlayer::new(session, lane, |at| sources.get(at), None, size);
            let Some(mut player) = player.filter(|_| !muted) else {
                return Ok(vec![[0.0; BANDS]; steps]);
            };
            let mut analyser = Analyser::new(rate.hz().0);
            let mut all: Levels = Vec::with_capacity(steps);
            for _ in 0..steps {
                if cancel.load(Ordering::Relaxed) {
                    return Err(RenderError::Cancelled);
                }
                player.play(step)?;
                all.push(analyser.bands(&player.block, step));
            }
            Ok(all)
        })
        .collect::<Result<Vec<Levels>, RenderError>>()?;
    // A side chain receives the stem before its own chain and fader.
    let raw = raw_levels(sources.get(own), step, steps, size, rate.hz().0)?;
    let map = cover(session, &levels, own);
    let conflicts = conflicts(session, &map, &levels, &raw, own);
    Ok(Masking { stem, map, conflicts })
}

/// Levels of a stem before its trim and chain.
fn raw_levels(
    source: Option<&StemSource>,
    step: usize,
    steps: usize,
    size: usize,
    rate: f64,
) -> Result<Levels, RenderError> {
    let Some(source) = source else { return Ok(Vec::new()) };
    let (mut block, mut scratch) = (silence(size), Scratch::new());
    let mut analyser = Analyser::new(rate);
    (0..steps)
        .map(|n| {
            let [left, right] = &mut block;
            source.read((n * step) as i64, false, left, right, &mut scratch)?;
            if source.is_mono() {
                right.copy_from_slice(left);
            }
            Ok(analyser.bands(&block, step))
        })
        .collect()
}

/// Level in decibels below which the stem does not sound.
fn floor_of(levels: &Levels) -> f64 {
    let most = levels.iter().flatten().fold(0.0f64, |most, power| most.max(*power));
    (Db::from_power(most) - Db(ACTIVE)).0
}

/// Finds the loudest masker of the stem in each time step and band.
fn cover(session: &Session, levels: &[Levels], own: usize) -> Vec<[Option<Cover>; BANDS]> {
    let Some(mine) = levels.get(own) else { return Vec::new() };
    let floor = floor_of(mine);
    mine.iter()
        .enumerate()
        .map(|(n, bands)| {
            let mut row = [None; BANDS];
            for (band, (place, power)) in row.iter_mut().zip(bands).enumerate() {
                let level = Db::from_power(*power);
                if level.0 < floor {
                    continue;
                }
                let others = levels.iter().zip(&session.stems).enumerate();
                let loudest = others
                    .filter(|(index, _)| *index != own)
                    .filter_map(|(_, (levels, stem))| Some((levels.get(n)?.get(band)?, stem.id)))
                    .max_by(|a, b| a.0.total_cmp(b.0));
                if let Some((power, masker)) = loudest {
                    let excess = Db::from_power(*power) - level;
                    if excess.0 > COVERS {
                        *place = Some(Cover { masker, excess });
                    }
                }
            }
            row
        })
        .collect()
}

/// Joins neighbouring bands that one stem masks for more than a tenth of the time in which the
/// masked stem sounds there.
fn conflicts(
    session: &Session,
    map: &[[Option<Cover>; BANDS]],
    levels: &[Levels],
    raw: &Levels,
    own: usize,
) -> Vec<Conflict> {
    let Some(mine) = levels.get(own) else { return Vec::new() };
    let floor = floor_of(mine);
    let sounds = |band: usize| {
        let active = |bands: &&[f64; BANDS]| Db::from_power(bands[band]).0 >= floor;
        mine.iter().filter(active).count()
    };
    let mut found = Vec::new();
    for masker in session.stems.iter().map(|stem| stem.id) {
        let covered = |band: usize| -> Vec<f64> {
            let cells = map.iter().filter_map(|row| row[band]);
            cells.filter(|cover| cover.masker == masker).map(|cover| cover.excess.0).collect()
        };
        let shares: Vec<(f64, f64)> = (0..BANDS)
            .map(|band| {
                let cells = covered(band);
                let count = cells.len() as f64;
                let mean = if cells.is_empty() { 0.0 } else { cells.iter().sum::<f64>() / count };
                // A band in which the stem hardly ever sounds does not count.
                let active = sounds(band);
                let rare = active < mine.len() / 20 + 1;
                (if rare { 0.0 } else { count / active as f64 }, mean)
            })
            .collect();
        let mut band = 0;
        while band < BANDS {
            let run = shares.iter().skip(band).take_while(|(share, _)| *share > 0.1).count();
            if run == 0 {
                band += 1;
                continue;
            }
            let part = shares.get(band..band + run).unwrap_or(&[]);
            let share = part.iter().map(|(share, _)| share).sum::<f64>() / run as f64;
            let excess = part.iter().map(|(_, excess)| excess).sum::<f64>() / run as f64;
            let (first, last) = (centre(band).0, centre(band + run - 1).0);
            let (low, high) = (Hz(first / 2f64.powf(1.0 / 6.0)), Hz(last * 2f64.powf(1.0 / 6.0)));
            let side_chain = session.stems.get(own).map_or(0, |stem| stem.id.0);
            let cure = cure(low, high, Db(excess), raw, band..band + run, SideChainId(side_chain));
            found.push(Conflict { masker, low, high, share, excess: Db(excess), cure });
            band += run;
        }
    }
    let weight = |c: &Conflict| c.share * c.excess.0.min(12.0) * (c.high.0 / c.low.0).log2();
    found.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    found.truncate(6);
    found
}

/// A dynamic equaliser with one band, which dips by about half the excess, 2 to 6 dB, while the
/// masked stem sounds.
fn cure(
    low: Hz,
    high: Hz,
    excess: Db,
    raw: &Levels,
    bands: std::ops::Range<usize>,
    side_chain: SideChainId,
) -> Slot {
    let middle = Hz((low.0 * high.0).sqrt());
    // The threshold lies between the stem's level there while it sounds and while it does not.
    let mut heard: Vec<f64> = raw
        .iter()
        .map(|row| row.get(bands.clone()).unwrap_or(&[]).iter().sum::<f64>())
        // The detector reads 0 dB for a full-scale sine, whose mean square is a half.
        .map(|power| Db::from_power(2.0 * power).0)
        .filter(|level| level.is_finite())
        .collect();
    heard.sort_by(f64::total_cmp);
    let loud = heard.get(heard.len() * 9 / 10).copied().unwrap_or(-30.0);
    let band = DynamicBand {
        form: Form::Bell,
        frequency: middle,
        // Wide enough to reach both edges of the range.
        q: (0.5 * middle.0 / (high.0 - low.0)).clamp(0.5, 6.0),
        threshold: Db((loud - 12.0).clamp(-70.0, -6.0).round()),
        ratio: 3.0,
        range: Db(-(excess.0 / 2.0 + 1.0).clamp(2.0, 6.0).round()),
        ..DynamicBand::default()
    };
    let settings = DynamicEqSettings { bands: vec![band] };
    Slot { side_chain: Some(side_chain), ..Slot::with(ProcessorSettings::DynamicEq(settings)) }
}
