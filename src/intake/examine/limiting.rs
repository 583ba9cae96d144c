//! Detects limiting and clipping. Limited peaks have equal heights; an all-pass filter leaves the
//! spectrum unchanged and makes those heights differ again. `limiting` needs a finished `Scan`.

use crate::dsp::biquad::{Biquad, Coefficients};
use crate::dsp::silence;
use crate::intake::examine::scan::Scan;
use crate::media::{MediaError, PcmFile};
use crate::units::{Db, Frames, Hz};

/// Length of a window in seconds, and the number of windows examined.
const WINDOW: f64 = 1.0;
const WINDOWS: usize = 12;

/// Measurements that point to a limiter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limiting {
    /// Rise of the peaks after phase rotation, median of the loudest windows. Unprocessed music:
    /// about 0; limited: from 1; clipped: up to 8 dB.
    pub crest_rise: Db,
    /// Share of the loud moments whose peak is within 0.5 dB of the file's highest.
    pub in_line: f64,
    /// Level spread of those moments. The peaks of a steady tone are also equal, but so are its
    /// levels.
    pub spread: Db,
    /// Start of the first window that reaches the ceiling, in frames of the file.
    pub first: Frames,
}

/// Measures the loudest windows of a scanned file. `None` if it is almost silent or shorter than
/// four windows.
pub fn limiting(file: &PcmFile, scan: &Scan) -> Result<Option<Limiting>, MediaError> {
    let rate = scan.info.sample_rate;
    let frames = (WINDOW * rate.hz().0) as usize;
    let hops = (frames as u64 / scan.hop_frames.max(1)).max(1) as usize;
    let mut windows: Vec<(f32, usize)> = scan
        .hops
        .chunks(hops)
        .map(|hops| hops.iter().fold(0.0f32, |peak, hop| peak.max(hop.peak)))
        .zip(0..)
        .collect();
    let highest = scan.highest();
    if highest < 1e-3 || windows.len() < 4 {
        return Ok(None);
    }
    let line = highest * Db(-0.2).factor() as f32;
    let first = windows.iter().find(|(peak, _)| *peak >= line).map_or(0, |(_, n)| *n);
    windows.sort_by(|a, b| b.0.total_cmp(&a.0));
    windows.truncate(WINDOWS);
    let (mut block, mut bytes) = (silence(frames), Vec::new());
    let mut rises = Vec::new();
    for (_, n) in windows {
        let at = (n * hops) as i64 * scan.hop_frames as i64;
        let [left, right] = &mut block;
        file.read(at, left, right, &mut bytes)?;
        for channel in block.iter().take(scan.info.channels) {
            let before = channel.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            if before < 1e-3 {
                continue;
            }
            let turned = TURNS.map(|turn| {
                let mut chain = turn.map(|f| Biquad::new(Coefficients::all_pass(rate, Hz(f), 0.5)));
                let peak = channel.iter().fold(0.0f64, |peak, x| {
                    let y = chain.iter_mut().fold(f64::from(*x), |x, filter| filter.tick(x));
                    peak.max(y.abs())
                });
                Db::from_factor(peak / f64::from(before)).0
            });
            rises.push(turned.iter().sum::<f64>() / turned.len() as f64);
        }
    }
    rises.sort_by(f64::total_cmp);
    let Some(middle) = rises.get(rises.len() / 2) else { return Ok(None) };
    let first = Frames((first * hops) as u64 * scan.hop_frames);
    let (in_line, spread) = in_line(scan);
    Ok(Some(Limiting { crest_rise: Db(*middle), in_line, spread, first }))
}

/// Hops in a moment: 50 ms.
const MOMENT: usize = 5;

/// Among the louder half of the moments: the share whose peak is near the highest, and the level
/// spread of that share.
fn in_line(scan: &Scan) -> (f64, Db) {
    let mut moments: Vec<(f32, f32)> = scan
        .hops
        .chunks(MOMENT)
        .map(|hops| {
            let peak = hops.iter().fold(0.0f32, |peak, hop| peak.max(hop.peak));
            (peak, hops.iter().map(|hop| hop.power).sum::<f32>())
        })
        .filter(|(peak, _)| *peak > 1e-4)
        .collect();
    moments.sort_by(|a, b| a.0.total_cmp(&b.0));
    let loud = moments.get(moments.len() / 2..).unwrap_or(&[]);
    let line = scan.highest() * Db(-0.5).factor() as f32;
    let mut powers: Vec<f32> =
        loud.iter().filter(|(peak, _)| *peak >= line).map(|(_, power)| *power).collect();
    powers.sort_by(f32::total_cmp);
    let at = |share: f64| powers.get((powers.len() as f64 * share) as usize);
    let spread = match (at(0.1), at(0.9)) {
        (Some(low), Some(high)) => Db::from_power(f64::from(high / low.max(1e-20))),
        _ => Db(0.0),
    };
    (powers.len() as f64 / loud.len().max(1) as f64, spread)
}

/// Frequencies in Hz of the all-pass filters, for two different phase rotations.
const TURNS: [[f64; 3]; 2] = [[120.0, 700.0, 4000.0], [250.0, 1500.0, 7000.0]];
