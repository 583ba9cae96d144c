//! The frames of a lossy codec. A codec codes its sound in overlapping frames of a lapped cosine
//! transform, and rounds most of the high lines to nothing. Decoded, the sound looks like any
//! other, until it is transformed again in just those frames: then the lines are empty again.

use super::layer3::{self, Hybrid};
use super::scan::Scan;
use crate::dsp::silence;
use crate::media::{MediaError, PcmFile};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};
use std::f64::consts::PI;
use std::sync::Arc;

/// Lines of a long frame, of AAC and of Vorbis.
const LINES: usize = 1024;
/// Places of the file that are looked at, and how many frames of each.
const PLACES: usize = 6;
const FRAMES: usize = if 3 * LINES > layer3::NEEDS { 3 * LINES } else { layer3::NEEDS };

/// The windows of the codecs.
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

/// The modified Bessel function of the first kind, order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= (x / 2.0 / n).powi(2);
        sum += term;
        n += 1.0;
    }
    sum
}

/// A lapped transform.
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

    /// The mean level in decibels of lines `from` and up of a frame; low where many are empty.
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

/// The mean of the levels of lines, in decibels: eight powers are multiplied before a logarithm
/// is taken.
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

/// How far the lines fall, in decibels, on the best grid of frames below what they are on a usual
/// one, and by how many times the spread of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grid {
    pub fall: f64,
    pub stands_out: f64,
}

/// Looks for a codec's frames in the lines up to `top` (a share of half the rate).
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
    /// From the mean levels on all offsets of the grid.
    fn of(mut levels: Vec<f32>) -> Self {
        levels.sort_by(f32::total_cmp);
        let at =
            |share: f64| levels.get((levels.len() as f64 * share) as usize).copied().unwrap_or(0.0);
        let fall = f64::from(at(0.5) - at(0.0));
        Grid { fall, stands_out: fall / f64::from((at(0.5) - at(0.05)).max(0.02)) }
    }
}

/// Loud places that lie apart, all at whole frames from one another.
fn places(scan: &Scan) -> Vec<u64> {
    let hops = (FRAMES as u64 / scan.hop_frames.max(1)).max(1) as usize * 4;
    let mut parts: Vec<(f32, u64)> = scan
        .hops
        .chunks(hops)
        .zip(0u64..)
        .map(|(part, n)| {
            // Steady sound is coded in long frames.
            let power = part.iter().map(|hop| hop.power).fold(f32::MAX, f32::min);
            (power, n * hops as u64 * scan.hop_frames)
        })
        .collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.truncate(PLACES);
    // A whole number of frames of either kind.
    let grid = (LINES * 9) as u64;
    parts.iter().map(|(_, at)| at / grid * grid).collect()
}
