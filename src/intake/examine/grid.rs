//! Detects the block grid of a lossy codec. A codec codes sound in overlapping blocks of a lapped
//! cosine transform and quantises most high lines to zero. The decoded sound looks normal until it
//! is transformed again with exactly the same block borders: then those lines are empty again.
//! `grid` tries every offset for AAC, Vorbis and MP3 and returns the best as a `Grid`.

use super::layer3::{self, Hybrid};
use super::scan::Scan;
use crate::dsp::silence;
use crate::media::{MediaError, PcmFile};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// Spectral lines of a long block in AAC and Vorbis.
const LINES: usize = 1024;
/// Number of places in the file that are examined, and audio frames read at each.
const PLACES: usize = 6;
const FRAMES: usize = if 3 * LINES > layer3::NEEDS { 3 * LINES } else { layer3::NEEDS };

/// Window shapes of the codecs.
#[derive(Clone, Copy)]
enum Shape {
    /// AAC.
    Sine,
    /// AAC, Kaiser and Bessel, α = 4 (ISO/IEC 14496-3, 4.6.11).
    KaiserBessel,
    /// Vorbis (Vorbis I, 4.3.1).
    Power,
}

impl Shape {
    fn window(self) -> Vec<f32> {
        let long = 2 * LINES;
        let sine = |n: usize| (PI * (n as f64 + 0.5) / long as f64).sin();
        match self {
            Shape::Sine => (0..long).map(|n| sine(n) as f32).collect(),
            Shape::Power => (0..long).map(|n| (PI / 2.0 * sine(n).powi(2)).sin() as f32).collect(),
            Shape::KaiserBessel => {
                let kernel: Vec<f64> = (0..=LINES)
                    .map(|n| {
                        bessel(
                            PI * 4.0
                                * (1.0 - (2.0 * n as f64 / LINES as f64 - 1.0).powi(2))
                                    .max(0.0)
                                    .sqrt(),
                        )
                    })
                    .collect();
                let whole: f64 = kernel.iter().sum();
                let mut sum = 0.0;
                let mut rise: Vec<f32> = Vec::with_capacity(long);
                for value in kernel.iter().take(LINES) {
                    sum += value;
                    rise.push((sum / whole).sqrt() as f32);
                }
                let fall: Vec<f32> = rise.iter().rev().copied().collect();
                rise.extend(fall);
                rise
            }
        }
    }
}

/// Modified Bessel function of the first kind, order 0, as a series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= (x / 2.0 / n).powi(2);
        sum += term;
        n += 1.0;
    }
    sum
}

/// A lapped cosine transform (MDCT) of `LINES` lines.
struct Lapped {
    fft: Arc<dyn Fft<f32>>,
    turns: Vec<Complex<f32>>,
    folded: Vec<f32>,
    buffer: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Lapped {
    fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(LINES / 2);
        let turn = |n: usize| {
            let angle = -PI * (4 * n + 1) as f64 / (4 * LINES) as f64;
            Complex::new(angle.cos() as f32, angle.sin() as f32)
        };
        let empty = Complex::default();
        Self {
            turns: (0..LINES / 2).map(turn).collect(),
            folded: vec![0.0; LINES],
            buffer: vec![empty; LINES / 2],
            scratch: vec![empty; fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Mean level in decibels of lines `from` to `to` of one block; low if many are empty.
    fn level(&mut self, frame: &[f32], window: &[f32], from: usize, to: usize) -> f32 {
        const HALF: usize = LINES / 2;
        let at = |n: usize| match (frame.get(n), window.get(n)) {
            (Some(x), Some(w)) => x * w,
            _ => 0.0,
        };
        for (n, slot) in self.folded.iter_mut().enumerate() {
            *slot = if n < HALF {
                -at(3 * HALF - 1 - n) - at(3 * HALF + n)
            } else {
                at(n - HALF) - at(3 * HALF - 1 - n)
            };
        }
        let turned = self.buffer.iter_mut().zip(&self.turns).enumerate();
        for (n, (slot, turn)) in turned {
            let pair = (self.folded.get(2 * n), self.folded.get(LINES - 1 - 2 * n));
            if let (Some(even), Some(odd)) = pair {
                *slot = Complex::new(*even, *odd) * turn;
            }
        }
        self.fft.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let powers =
            self.buffer.iter().zip(&self.turns).enumerate().flat_map(|(n, (line, turn))| {
                let both = line * turn;
                [(2 * n, both.re), (LINES - 1 - 2 * n, both.im)]
            });
        mean_level(powers.filter(|(place, _)| (from..to).contains(place)).map(|(_, line)| line))
    }
}

/// Mean of the levels of lines, in decibels. Multiplies eight powers before each logarithm, for
/// speed.
pub fn mean_level(lines: impl Iterator<Item = f32>) -> f32 {
    let (mut sum, mut product, mut count) = (0.0f64, 1.0f64, 0u32);
    for line in lines {
        product *= f64::from(line * line).max(1e-16);
        count += 1;
        if count.is_multiple_of(8) {
            sum += product.ln();
            product = 1.0;
        }
    }
    ((sum + product.ln()) / f64::from(count.max(1)) * 4.343) as f32
}

/// How clearly one block grid stands out from all others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    /// Decibels by which the lines of the best offset lie below the median of all offsets.
    pub fall: f64,
    /// `fall` as a multiple of the usual spread: median minus fifth percentile.
    pub stands_out: f64,
}

/// Searches a codec's block grid in the lines up to `top` (a share of half the sample rate).
pub fn grid(file: &PcmFile, scan: &Scan, top: f64) -> Result<Grid, MediaError> {
    let mut transform = Lapped::new();
    let (mut block, mut bytes) = (silence(FRAMES), Vec::new());
    let mut frames = Vec::new();
    for place in places(scan) {
        let [left, right] = &mut block;
        file.read(place as i64, left, right, &mut bytes)?;
        let middle = left.iter().zip(right.iter()).map(|(l, r)| l + r).collect::<Vec<f32>>();
        frames.push(middle);
    }
    let (from, to) = ((top * 0.45 * LINES as f64) as usize, (top * 0.97 * LINES as f64) as usize);
    let lapped = [Shape::Sine, Shape::KaiserBessel, Shape::Power].map(|shape| {
        let window = shape.window();
        let level = |offset: usize| {
            let each = frames.iter().map(|frame| {
                transform.level(frame.get(offset..).unwrap_or(&[]), &window, from, to)
            });
            each.sum::<f32>() / frames.len().max(1) as f32
        };
        Grid::of((0..LINES).map(level).collect())
    });
    let (hybrid, mut levels) = (Hybrid::new(), vec![0.0; layer3::STEP]);
    let share = |part: f64| (top * part * layer3::STEP as f64) as usize;
    for frame in &frames {
        hybrid.add_levels(frame, share(0.45), share(0.97), &mut levels);
    }
    let count = frames.len().max(1) as f32;
    levels.iter_mut().for_each(|level| *level /= count);
    let all = lapped.into_iter().chain([Grid::of(levels)]);
    Ok(all.max_by(|a, b| a.stands_out.total_cmp(&b.stands_out)).unwrap_or_default())
}

impl Grid {
    /// `levels` holds the mean level at every offset of the grid.
    fn of(mut levels: Vec<f32>) -> Self {
        levels.sort_by(f32::total_cmp);
        let at =
            |share: f64| levels.get((levels.len() as f64 * share) as usize).copied().unwrap_or(0.0);
        let fall = f64::from(at(0.5) - at(0.0));
        Grid { fall, stands_out: fall / f64::from((at(0.5) - at(0.05)).max(0.02)) }
    }
}

/// Start frames of loud places. All are multiples of both codecs' block lengths.
fn places(scan: &Scan) -> Vec<u64> {
    let hops = (FRAMES as u64 / scan.hop_frames.max(1)).max(1) as usize * 4;
    let mut parts: Vec<(f32, u64)> = scan
        .hops
        .chunks(hops)
        .zip(0u64..)
        .map(|(part, n)| {
            // Codecs use long blocks for steady sound, so the quietest hop of a part decides.
            let power = part.iter().map(|hop| hop.power).fold(f32::MAX, f32::min);
            (power, n * hops as u64 * scan.hop_frames)
        })
        .collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.truncate(PLACES);
    // A common multiple of 1024 and 576 frames.
    let grid = (LINES * 9) as u64;
    parts.iter().map(|(_, at)| at / grid * grid).collect()
}
