//! Measures all stems in one pass: onsets of the drums, chords of pitched stems, spectrum of the
//! mix, and stem levels. [`listen`] fills [`Features`], the input of `beats`, `bars` and `key`;
//! it reads stems on the rayon pool.

use crate::dsp::{Stereo, silence};
use crate::engine::source::{Scratch, StemSource};
use crate::media::MediaError;
use crate::session::Session;
use crate::session::stem::Role;
use crate::units::{Hz, SampleRate, Seconds};
use rayon::prelude::*;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::f32::consts::PI;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Number of third-octave bands of the mix's spectrum, from 50 Hz up.
pub const BANDS: usize = 26;
const LOWEST_BAND: Hz = Hz(50.0);
/// Frames per second of the onsets.
pub const ONSET_RATE: f64 = 200.0;
/// Frames per second of the levels.
pub const LEVEL_RATE: f64 = 100.0;
/// Frames per second of the fine power of the drums.
pub const FINE_RATE: f64 = 1000.0;

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("listening to the song was stopped")]
    Cancelled,
}

/// Measurements of a song.
pub struct Features {
    /// Spectral flux of the drums, or of everything without drums, at [`ONSET_RATE`]. Bands: below
    /// 150 Hz, up to 5 kHz, above.
    pub flux: [Vec<f32>; 3],
    /// Power of the same signal, at [`FINE_RATE`].
    pub fine: Vec<f32>,
    /// Power of each pitch class from C, of the pitched stems, at `chroma_rate`.
    pub chroma: Vec<[f32; 12]>,
    /// Power of the mix in third-octave bands, at `chroma_rate`.
    pub bands: Vec<[f32; BANDS]>,
    /// Frames per second of `chroma` and `bands`.
    pub chroma_rate: f64,
    /// Power of each stem, in session order, at [`LEVEL_RATE`].
    pub levels: Vec<Vec<f32>>,
    /// Power of all vocals together, at [`LEVEL_RATE`]; empty without vocals.
    pub voice: Vec<f32>,
    pub length: Seconds,
    /// Whether a drum stem sounds.
    pub has_drums: bool,
}

/// Short-time Fourier transform of a stream. Each window is centred on its frame: the stream starts
/// with half a window of silence.
struct Stft {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: f64,
    pending: Vec<f32>,
    /// Position of `pending` in the stream, and number of the next window.
    start: usize,
    next: usize,
    input: Vec<f32>,
    output: Vec<Complex<f32>>,
}

impl Stft {
    fn new(size: usize, hop: f64) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(size);
        let window = (0..size)
            .map(|n| 0.5 - 0.5 * (2.0 * PI * (n as f32 + 0.5) / size as f32).cos())
            .collect();
        let (input, output) = (plan.make_input_vec(), plan.make_output_vec());
        // Centres the first window on the first frame.
        Self { plan, window, hop, pending: vec![0.0; size / 2], start: 0, next: 0, input, output }
    }

    fn push(&mut self, block: &[f32], mut each: impl FnMut(&[Complex<f32>])) {
        self.pending.extend_from_slice(block);
        loop {
            let from = (self.next as f64 * self.hop).round() as usize - self.start;
            let Some(part) = self.pending.get(from..from + self.window.len()) else {
                let done = from.min(self.pending.len());
                self.pending.drain(..done);
                self.start += done;
                return;
            };
            for ((to, x), w) in self.input.iter_mut().zip(part).zip(&self.window) {
                *to = x * w;
            }
            // Fails only for buffers of another length; these come from the plan.
            let _ = self.plan.process(&mut self.input, &mut self.output);
            each(&self.output);
            self.next += 1;
        }
    }
}

/// Mean power of consecutive runs of a stream.
struct Runs {
    run: f64,
    total: f64,
    count: usize,
    frames: usize,
    powers: Vec<f32>,
}

impl Runs {
    fn new(rate: SampleRate, per_second: f64) -> Self {
        let run = rate.hz().0 / per_second;
        Self { run, total: 0.0, count: 0, frames: 0, powers: Vec::new() }
    }

    fn push(&mut self, block: &[f32]) {
        for x in block {
            self.total += f64::from(*x) * f64::from(*x);
            self.count += 1;
            self.frames += 1;
            if self.frames as f64 >= self.run * (self.powers.len() + 1) as f64 {
                self.powers.push((self.total / self.count as f64) as f32);
                (self.total, self.count) = (0.0, 0);
            }
        }
    }
}

/// Spectral flux: the rise of the spectrum from one window to the next, in three bands.
struct Flux {
    stft: Stft,
    edges: [usize; 2],
    last: Vec<f32>,
    flux: [Vec<f32>; 3],
}

impl Flux {
    fn new(rate: SampleRate) -> Self {
        let size = ((rate.hz().0 * 0.015) as usize).next_power_of_two();
        let bin = |hz: f64| (hz / rate.hz().0 * size as f64) as usize + 1;
        Self {
            stft: Stft::new(size, rate.hz().0 / ONSET_RATE),
            edges: [bin(150.0), bin(5000.0)],
            last: vec![0.0; size / 2 + 1],
            flux: Default::default(),
        }
    }

    fn push(&mut self, block: &[f32]) {
        let (edges, last, flux) = (self.edges, &mut self.last, &mut self.flux);
        self.stft.push(block, |spectrum| {
            let mut rise = [0.0f32; 3];
            for (n, (x, last)) in spectrum.iter().zip(last.iter_mut()).enumerate() {
                // Logarithmic like loudness, with a floor about 60 dB below full scale.
                let now = (1.0 + 20.0 * x.norm()).ln();
                let band = edges.iter().filter(|edge| n >= **edge).count();
                if let Some(rise) = rise.get_mut(band) {
                    *rise += (now - *last).max(0.0);
                }
                *last = now;
            }
            for (all, rise) in flux.iter_mut().zip(rise) {
                all.push(rise);
            }
        });
    }
}

/// Chroma or bands: weighted sums over the bins of a spectrum.
struct Sums<const N: usize> {
    stft: Stft,
    /// For each bin: index of its sum, and weight.
    places: Vec<Option<(usize, f32)>>,
    powers: Vec<[f32; N]>,
}

impl<const N: usize> Sums<N> {
    fn new(
        size: usize,
        hop: f64,
        rate: SampleRate,
        place: impl Fn(f64) -> Option<(usize, f32)>,
    ) -> Self {
        let bin = rate.hz().0 / size as f64;
        let places = (0..=size / 2).map(|n| place(n as f64 * bin)).collect();
        Self { stft: Stft::new(size, hop), places, powers: Vec::new() }
    }

    fn push(&mut self, block: &[f32]) {
        let (places, powers) = (&self.places, &mut self.powers);
        self.stft.push(block, |spectrum| {
            let mut sums = [0.0; N];
            for (x, place) in spectrum.iter().zip(places) {
                if let Some((sum, weight)) = place.and_then(|(n, w)| Some((sums.get_mut(n)?, w))) {
                    *sum += x.norm_sqr() * weight;
                }
            }
            powers.push(sums);
        });
    }
}

/// Pitch class of a frequency, and a weight: 1 on the semitone, 0 a quarter tone off. `None`
/// outside 60 Hz to 2 kHz.
fn pitch_class(hz: f64) -> Option<(usize, f32)> {
    if !(60.0..2000.0).contains(&hz) {
        return None;
    }
    let pitch = 69.0 + 12.0 * (hz / 440.0).log2();
    let off = pitch - pitch.round();
    Some(((pitch.round() as usize) % 12, (1.0 - 2.0 * off.abs()).max(0.0) as f32))
}

fn third_octave(hz: f64) -> Option<(usize, f32)> {
    let n = (3.0 * (hz / LOWEST_BAND.0).log2() + 0.5).floor();
    (n >= 0.0 && n < BANDS as f64).then_some((n as usize, 1.0))
}

/// Measures all stems of a session, at trim and fader level. Calls `progress` with the share that
/// is done.
///
/// # Errors
/// If a stem cannot be read, or `cancel` is set.
pub fn listen(
    session: &Session,
    sources: &[StemSource],
    progress: &(dyn Fn(f32) + Sync),
    cancel: &AtomicBool,
) -> Result<Features, ListenError> {
    const BLOCK: usize = 1 << 15;
    let rate = session.sample_rate;
    let length = session.length().0;
    let stems = &session.stems;
    let drums: Vec<bool> = stems.iter().map(|stem| stem.role == Role::Drums).collect();
    let pitched = |role: Role| {
        !matches!(role, Role::Drums | Role::Effects | Role::LeadVocals | Role::BackingVocals)
    };
    let any_pitched = stems.iter().any(|stem| pitched(stem.role));
    let any_voice = stems.iter().any(|stem| stem.role.is_vocal());
    let size = ((rate.hz().0 * 0.085) as usize).next_power_of_two();
    let hop = rate.hz().0 * 0.04;
    // Silent drum stems do not count. That is known only at the end, so measure both signals.
    let mut onsets = [Flux::new(rate), Flux::new(rate)];
    let mut fine = [Runs::new(rate, FINE_RATE), Runs::new(rate, FINE_RATE)];
    let mut chroma = Sums::<12>::new(size, hop, rate, pitch_class);
    let mut bands = Sums::<BANDS>::new(size, hop, rate, third_octave);
    let mut levels: Vec<Runs> = stems.iter().map(|_| Runs::new(rate, LEVEL_RATE)).collect();
    let mut voice = Runs::new(rate, LEVEL_RATE);
    let mut blocks: Vec<(Stereo, Scratch)> =
        stems.iter().map(|_| (silence(BLOCK), Scratch::new())).collect();
    let half = vec![0.0f32; size];
    for from in (0..length + size as u64).step_by(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            return Err(ListenError::Cancelled);
        }
        progress(from as f32 / (length + 1) as f32);
        let count = length.saturating_sub(from).min(BLOCK as u64) as usize;
        let read = blocks.par_iter_mut().zip(sources).zip(stems).zip(&mut levels);
        read.try_for_each(|((((block, scratch), source), stem), levels)| {
            let [left, right] = block;
            let (left, right) = (&mut left[..count], &mut right[..count]);
            source.read(from as i64, false, left, right, scratch)?;
            let gain = match stem.strip.mute {
                true => 0.0,
                false => (stem.strip.trim.factor() * stem.strip.fader.factor()) as f32,
            };
            let mono = source.is_mono();
            for (l, r) in left.iter_mut().zip(right.iter()) {
                *l = gain * if mono { *l } else { (*l + r) * 0.5 };
            }
            levels.push(left);
            Ok::<(), MediaError>(())
        })?;
        let sum = |wanted: &dyn Fn(usize) -> bool| {
            let mut all = vec![0.0f32; count];
            for (n, ([left, _], _)) in blocks.iter().enumerate() {
                if wanted(n) {
                    all.iter_mut().zip(left).for_each(|(to, x)| *to += x);
                }
            }
            // After the end, feed silence until the last window is full.
            if count < BLOCK {
                all.extend_from_slice(&half);
            }
            all
        };
        let role = |n: usize| stems.get(n).map(|stem| stem.role);
        let mix = sum(&|_| true);
        let rhythm = sum(&|n| drums.get(n) == Some(&true));
        let harmony = sum(&|n| role(n).is_some_and(|role| pitched(role) || !any_pitched));
        let sung = sum(&|n| role(n).is_some_and(Role::is_vocal));
        let [of_drums, of_all] = &mut onsets;
        rayon::scope(|scope| {
            scope.spawn(|_| of_drums.push(&rhythm));
            scope.spawn(|_| of_all.push(&mix));
            scope.spawn(|_| chroma.push(&harmony));
            scope.spawn(|_| bands.push(&mix));
        });
        let [of_drums, of_all] = &mut fine;
        of_drums.push(&rhythm[..count]);
        of_all.push(&mix[..count]);
        voice.push(&sung[..count]);
    }
    let power = |runs: &Runs| runs.powers.iter().map(|p| f64::from(*p)).sum::<f64>();
    let [of_drums, of_all] = fine;
    let has_drums = power(&of_drums) > 1e-4 * power(&of_all);
    let [drum_onsets, all_onsets] = onsets;
    let has_voice = any_voice && power(&voice) > 0.0;
    Ok(Features {
        flux: if has_drums { drum_onsets.flux } else { all_onsets.flux },
        fine: if has_drums { of_drums.powers } else { of_all.powers },
        chroma: chroma.powers,
        bands: bands.powers,
        chroma_rate: rate.hz().0 / hop,
        levels: levels.into_iter().map(|runs| runs.powers).collect(),
        voice: if has_voice { voice.powers } else { Vec::new() },
        length: session.length().seconds(rate),
        has_drums,
    })
}
