//! One pass over the samples of a file at its own rate. `scan` counts levels, bits, runs, gaps,
//! clicks and loudness into a `Scan`, on which all judges work.

use crate::dsp::loudness::{Loudness, LoudnessMeter};
use crate::dsp::{Stereo, silence};
use crate::intake::examine::marks::{Click, Clicks, Gap, Gaps, Run, Runs};
use crate::intake::examine::picture::MeanSpectrum;
use crate::media::{AudioInfo, MediaError, PcmFile};
use crate::units::Frames;

const BLOCK: usize = 1 << 15;
/// Frames kept from one block to the next, so that events across the border are seen whole.
pub const BEFORE: usize = 256;
/// Hops per second.
pub const HOPS: u32 = 100;
/// Fractional bits examined. Samples up to 24 dB over full scale fit.
const FINE: i32 = 27;

/// Levels of one hop, 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hop {
    pub peak: f32,
    /// Mean square, averaged over both channels.
    pub power: f32,
}

/// Measurements of a whole file. Pairs are left and right.
pub struct Scan {
    pub info: AudioInfo,
    pub peak: [f32; 2],
    /// Samples over full scale.
    pub overs: u64,
    /// Samples at full scale; integer files only.
    pub full: u64,
    /// Positions of the first 1000 samples over full scale.
    pub over_at: Vec<Frames>,
    /// Mean of each channel.
    pub mean: [f64; 2],
    /// Mean square of each channel.
    pub power: [f64; 2],
    /// Mean product of left and right.
    pub product: f64,
    /// Bits that the samples use, including the sign.
    pub real_bits: u32,
    /// Samples that were not finite numbers.
    pub invalid: u64,
    pub hops: Vec<Hop>,
    /// Frames of one hop.
    pub hop_frames: u64,
    pub runs: Vec<Run>,
    pub gaps: Vec<Gap>,
    pub clicks: Vec<Click>,
    pub picture: MeanSpectrum,
    pub loudness: Option<Loudness>,
}

impl Scan {
    pub fn highest(&self) -> f32 {
        self.peak[0].max(self.peak[1])
    }

    /// Start of the first hop that peaks above `floor`.
    pub fn first_sound(&self, floor: f32) -> Option<Frames> {
        let first = self.hops.iter().position(|hop| hop.peak > floor)? as u64;
        Some(Frames(first * self.hop_frames))
    }

    /// Share of the hops that peak above `floor`.
    pub fn active(&self, floor: f32) -> f64 {
        let loud = self.hops.iter().filter(|hop| hop.peak > floor).count();
        loud as f64 / self.hops.len().max(1) as f64
    }
}

/// Scans a whole file. `each` receives the number of frames just read; its error ends the scan.
pub fn scan<E: From<MediaError>>(
    file: &PcmFile,
    info: &AudioInfo,
    each: &mut dyn FnMut(u64) -> Result<(), E>,
) -> Result<Scan, E> {
    let rate = info.sample_rate;
    let mono = info.channels == 1;
    let total = file.info().frames.0;
    let hop_frames = u64::from((rate.0 / HOPS).max(1));
    let mut scan = Scan {
        info: info.clone(),
        peak: [0.0; 2],
        overs: 0,
        full: 0,
        over_at: Vec::new(),
        mean: [0.0; 2],
        power: [0.0; 2],
        product: 0.0,
        real_bits: 0,
        invalid: 0,
        hops: Vec::with_capacity((total / hop_frames) as usize + 1),
        hop_frames,
        runs: Vec::new(),
        gaps: Vec::new(),
        clicks: Vec::new(),
        picture: MeanSpectrum::new(rate),
        loudness: None,
    };
    let mut loudness = LoudnessMeter::new(if mono { 1 } else { 2 }, rate).ok();
    let channels = if mono { 1 } else { 2 };
    let mut runs = [Runs::default(), Runs::default()];
    let (mut gaps, mut clicks) = (Gaps::default(), [Clicks::default(), Clicks::default()]);
    let (mut block, mut bytes): (Stereo, _) = (silence(BEFORE + BLOCK), Vec::new());
    let mut used = 0i32;
    let mut hop = (Hop::default(), 0u64);
    for from in (0..total).step_by(BLOCK) {
        let count = (total - from).min(BLOCK as u64) as usize;
        let [left, right] = &mut block;
        let new = BEFORE..BEFORE + count;
        file.read(from as i64, &mut left[new.clone()], &mut right[new.clone()], &mut bytes)?;
        for (side, channel) in block.iter().enumerate().take(channels) {
            let samples = &channel[new.clone()];
            let highest = highest(samples);
            scan.peak[side] = scan.peak[side].max(highest);
            let full = 1.0 - 2f32.powi(1 - info.bits.unwrap_or(24).clamp(8, 24) as i32);
            if highest >= full && !info.float {
                scan.full += samples.iter().filter(|x| x.abs() >= full).count() as u64;
            }
            if highest > 1.0 {
                for (n, _) in samples.iter().enumerate().filter(|(_, x)| x.abs() > 1.0) {
                    scan.overs += 1;
                    if scan.over_at.len() < 1000 {
                        scan.over_at.push(Frames(from + n as u64));
                    }
                }
            }
            runs[side].look(channel, count, from, &mut scan.runs);
            clicks[side].look(channel, count, from, &mut scan.clicks);
        }
        let (left, right) = (&block[0][new.clone()], &block[1][new.clone()]);
        if !mono {
            scan.product += product(left, right);
        }
        used |= hops(&mut scan, &mut hop, left, right);
        gaps.look(&block, count, from, &mut scan.gaps);
        scan.picture.look(left, right);
        if let Some(meter) = &mut loudness {
            meter.process(left, if mono { left } else { right });
        }
        for channel in &mut block {
            channel.copy_within(count..count + BEFORE, 0);
        }
        each(count as u64)?;
    }
    for run in &mut runs {
        run.end(&mut scan.runs);
    }
    if hop.1 > 0 {
        scan.hops.push(hop.0.over(hop.1));
    }
    let frames = total.max(1) as f64;
    scan.mean = scan.mean.map(|sum| sum / frames);
    scan.power = scan.power.map(|sum| sum / frames);
    scan.product /= frames;
    scan.real_bits = if used == 0 { 0 } else { (FINE + 1) as u32 - used.trailing_zeros() };
    scan.invalid = file.invalid();
    scan.loudness = loudness.map(|meter| meter.reading());
    Ok(scan)
}

/// Sums over a part of the samples.
struct Sums {
    sum: f64,
    square: f64,
    /// Bits that any sample uses.
    bits: i32,
}

/// Parallel accumulators, so that no addition waits for the one before.
const LANES: usize = 8;

impl Sums {
    fn of(samples: &[f32]) -> Self {
        let mut counted = Sums { sum: 0.0, square: 0.0, bits: 0 };
        for part in samples.chunks(512) {
            let (mut sum, mut square, mut bits) = ([0.0f32; LANES], [0.0f32; LANES], [0; LANES]);
            for eight in part.chunks(LANES) {
                for (n, x) in eight.iter().enumerate() {
                    sum[n] += x;
                    square[n] += x * x;
                    bits[n] |= (x * (1u32 << FINE) as f32) as i32;
                }
            }
            counted.sum += f64::from(sum.iter().sum::<f32>());
            counted.square += f64::from(square.iter().sum::<f32>());
            counted.bits |= bits.iter().fold(0, |all, bits| all | bits);
        }
        counted
    }
}

/// Sum of products, with parallel accumulators.
pub fn product(left: &[f32], right: &[f32]) -> f64 {
    let mut total = 0.0;
    for (left, right) in left.chunks(512).zip(right.chunks(512)) {
        let mut lanes = [0.0f32; LANES];
        for (left, right) in left.chunks(LANES).zip(right.chunks(LANES)) {
            for ((lane, l), r) in lanes.iter_mut().zip(left).zip(right) {
                *lane += l * r;
            }
        }
        total += f64::from(lanes.iter().sum::<f32>());
    }
    total
}

/// Adds a block to the hops, means and powers and returns the bits that it uses. An unfinished hop
/// stays in `open`.
fn hops(scan: &mut Scan, open: &mut (Hop, u64), left: &[f32], right: &[f32]) -> i32 {
    let (mut at, mut bits, size) = (0, 0, scan.hop_frames);
    while at < left.len() {
        let count = ((size - open.1) as usize).min(left.len() - at);
        let sums = scan.mean.iter_mut().zip(&mut scan.power);
        for (side, (mean, power)) in [left, right].into_iter().zip(sums) {
            let side = &side[at..at + count];
            let counted = Sums::of(side);
            *mean += counted.sum;
            *power += counted.square;
            bits |= counted.bits;
            open.0.power += counted.square as f32 / 2.0;
            open.0.peak = open.0.peak.max(highest(side));
        }
        open.1 += count as u64;
        at += count;
        if open.1 == size {
            scan.hops.push(open.0.over(size));
            *open = (Hop::default(), 0);
        }
    }
    bits
}

impl Hop {
    /// Turns sums over `frames` frames into means.
    fn over(self, frames: u64) -> Self {
        let count = frames as f32;
        Self { power: self.power / count, ..self }
    }
}

/// Greatest absolute value.
pub fn highest(samples: &[f32]) -> f32 {
    let mut lanes = [0.0f32; LANES];
    for eight in samples.chunks(LANES) {
        for (lane, x) in lanes.iter_mut().zip(eight) {
            *lane = lane.max(x.abs());
        }
    }
    lanes.iter().fold(0.0, |peak, x| peak.max(*x))
}
