//! The linear-phase equaliser: a symmetrical FIR filter, run by FFT in blocks. Where narrow low
//! bands need a longer filter, `low` runs its low band.
//!
//! [`LinearPhase`] convolves. `kernel` designs the filters: during processing for files; through
//! `order` on another thread for the audio thread.

mod grid;
mod kernel;
mod low;
mod order;

pub use kernel::{Step, designs_on_this_thread};
pub use order::KernelWorker;

use super::EqSettings;
use crate::dsp::processor::Ahead;
use crate::units::SampleRate;
use kernel::{BLOCK, Bins, Curves, Designer, Kernel, length_at};
use low::LowBand;
use order::{KernelQueue, Takeover};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Where kernels are designed.
enum Source {
    /// During processing, which may take long.
    Here { designer: Box<Designer>, heard: Curves, spare: Option<Box<Kernel>> },
    /// On another thread.
    Elsewhere(KernelQueue),
}

/// Uniformly partitioned convolution by overlap and save (W. G. Gardner, *Efficient convolution
/// without input-output delay*, JAES 43/3, 1995, the uniform case).
pub struct LinearPhase {
    length: usize,
    low: Option<LowBand>,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    source: Source,
    wanted: Curves,
    /// The active kernel.
    kernel: Box<Kernel>,
    /// Whether no block has been filtered since the last jump.
    fresh: bool,
    /// Spectra of the last input blocks of left and right; `newest` is the index of the latest.
    past: [Vec<Bins>; 2],
    newest: usize,
    /// Per channel: the last full block and the block being filled.
    input: [Vec<f64>; 2],
    output: [Vec<f64>; 2],
    at: usize,
    time: Vec<f64>,
    sum: Bins,
    scratch: Vec<Complex<f64>>,
}

impl LinearPhase {
    /// For files: designs kernels during processing.
    pub fn new(settings: &EqSettings, step: Step, rate: SampleRate) -> Self {
        let wanted = Curves::of(settings);
        let mut designer = Box::new(Designer::new(step, rate));
        let mut kernel = Box::new(Kernel::silent());
        designer.design(&wanted, &mut kernel);
        let spare = Some(Box::new(Kernel::silent()));
        Self::with(Source::Here { designer, heard: wanted, spare }, wanted, kernel, (step, rate))
    }

    /// For the audio thread: kernels are designed at the returned [`KernelWorker`]; silent until the
    /// first one arrives. With `moves` (automation) the settings must arrive [`Self::frames_ahead`]
    /// of the sound.
    pub fn live(
        settings: &EqSettings,
        moves: bool,
        step: Step,
        rate: SampleRate,
    ) -> (Self, KernelWorker) {
        let wanted = Curves::of(settings);
        let (mut desk, bench) = KernelQueue::new(step, rate, moves);
        desk.jump(&wanted);
        let kernel = Box::new(Kernel::silent());
        (Self::with(Source::Elsewhere(desk), wanted, kernel, (step, rate)), bench)
    }

    fn with(
        source: Source,
        wanted: Curves,
        kernel: Box<Kernel>,
        (step, rate): (Step, SampleRate),
    ) -> Self {
        let length = step.length(rate);
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(2 * BLOCK);
        let inverse = planner.plan_fft_inverse(2 * BLOCK);
        let spectrum = || forward.make_output_vec();
        let parts = length_at(rate) / BLOCK;
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            length,
            low: step.is_long().then(|| LowBand::new(length, rate)),
            source,
            wanted,
            kernel,
            fresh: true,
            past: std::array::from_fn(|_| (0..parts).map(|_| spectrum()).collect()),
            newest: 0,
            input: std::array::from_fn(|_| vec![0.0; 2 * BLOCK]),
            output: std::array::from_fn(|_| vec![0.0; BLOCK]),
            at: 0,
            time: vec![0.0; 2 * BLOCK],
            sum: spectrum(),
            scratch: vec![Complex::default(); scratch],
            forward,
            inverse,
        }
    }

    pub fn latency(&self) -> usize {
        self.length / 2 + BLOCK
    }

    /// How many frames ahead of the sound [`Self::set`] expects automated settings.
    pub fn frames_ahead(&self) -> usize {
        match &self.source {
            Source::Here { .. } => 0,
            Source::Elsewhere(desk) => desk.frames_ahead(),
        }
    }

    /// Sets new curves, effective from the next block.
    pub fn set(&mut self, settings: &EqSettings) {
        self.wanted = Curves::of(settings);
    }

    /// Forgets the stream and starts with the curves that were set last.
    pub fn reset(&mut self) {
        for side in &mut self.past {
            side.iter_mut().flatten().for_each(|value| *value = Complex::default());
        }
        self.input.iter_mut().chain(&mut self.output).for_each(|side| side.fill(0.0));
        if let Some(low) = &mut self.low {
            low.reset();
        }
        self.at = 0;
        self.fresh = true;
        if let Source::Elsewhere(desk) = &mut self.source {
            desk.jump(&self.wanted);
        }
    }

    /// After a jump with automation: orders the kernels of the first blocks, which [`Self::set`]
    /// comes too late for.
    pub fn prepare(&mut self, ahead: &mut dyn Ahead<EqSettings>) {
        if let Source::Elsewhere(desk) = &mut self.source {
            for n in 0..desk.frames_ahead() / BLOCK {
                let last = n * BLOCK + BLOCK - 1;
                if let Some(settings) = ahead.settings(last) {
                    desk.order_for(n, &Curves::of(settings));
                }
            }
        }
    }

    /// Whether the kernels for the next block are designed.
    pub fn is_ready(&mut self) -> bool {
        match &mut self.source {
            Source::Here { .. } => true,
            Source::Elsewhere(desk) => desk.is_ready(),
        }
    }

    /// Skips frames of silence; later blocks start where they would have started.
    pub fn skip(&mut self, frames: usize) {
        self.at = (self.at + frames) % BLOCK;
    }

    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (l, r) in left.iter_mut().zip(right) {
            let low = self.low.as_mut();
            let frame = low.map_or([*l, *r], |low| low.take(self.at, [*l, *r]));
            for (side, (sample, x)) in [l, r].into_iter().zip(frame).enumerate() {
                self.input[side][BLOCK + self.at] = f64::from(x);
                *sample = self.output[side][self.at] as f32;
            }
            self.at += 1;
            if self.at == BLOCK {
                self.at = 0;
                self.block();
            }
        }
    }

    fn block(&mut self) {
        let parts = self.past[0].len();
        self.newest = (self.newest + parts - 1) % parts;
        for side in 0..2 {
            self.time.copy_from_slice(&self.input[side]);
            let spectrum = &mut self.past[side][self.newest];
            let _ = self.forward.process_with_scratch(&mut self.time, spectrum, &mut self.scratch);
            self.input[side].copy_within(BLOCK.., 0);
        }
        if let Some(low) = &mut self.low {
            low.block();
        }
        let next = self.next_kernel();
        self.fresh = false;
        self.convolve(|old, new, _| *old = new);
        if let Some(next) = next {
            let old = std::mem::replace(&mut self.kernel, next);
            // Crossfades from the old kernel to the new one within this block.
            self.convolve(|old, new, share| *old += (new - *old) * share);
            self.give_back(old);
        }
    }

    /// The kernel to crossfade to within this block, if it changes.
    fn next_kernel(&mut self) -> Option<Box<Kernel>> {
        match &mut self.source {
            Source::Here { designer, heard, spare } => {
                if *heard == self.wanted {
                    return None;
                }
                *heard = self.wanted;
                let mut next = spare.take()?;
                designer.design(&self.wanted, &mut next);
                Some(next)
            }
            Source::Elsewhere(desk) => {
                let mut next: Option<Box<Kernel>> = None;
                while let Some(Takeover { kernel, at_once }) = desk.take_due() {
                    let place =
                        if at_once && self.fresh { Some(&mut self.kernel) } else { next.as_mut() };
                    match place {
                        Some(place) => desk.give_back(std::mem::replace(place, kernel)),
                        None => next = Some(kernel),
                    }
                }
                desk.next_block(&self.wanted);
                next
            }
        }
    }

    fn give_back(&mut self, kernel: Box<Kernel>) {
        match &mut self.source {
            Source::Here { spare, .. } => *spare = Some(kernel),
            Source::Elsewhere(desk) => desk.give_back(kernel),
        }
    }

    /// Convolves the last blocks with the active kernel. `put` gets the output sample so far, the
    /// new sample, and the position in the block from 0 to 1.
    fn convolve(&mut self, put: impl Fn(&mut f64, f64, f64)) {
        let parts = self.past[0].len();
        for side in 0..2 {
            self.sum.fill(Complex::default());
            for from in 0..2 {
                if from != side && !self.kernel.crossed {
                    continue;
                }
                for (n, taps) in self.kernel.path(from, side).iter().enumerate() {
                    let past = &self.past[from][(self.newest + n) % parts];
                    for ((sum, x), tap) in self.sum.iter_mut().zip(past).zip(taps) {
                        *sum += x * tap;
                    }
                }
            }
            let _ =
                self.inverse.process_with_scratch(&mut self.sum, &mut self.time, &mut self.scratch);
            if let Some(low) = &mut self.low {
                let added = low.convolve(&self.kernel, side);
                self.time[BLOCK..].iter_mut().zip(added).for_each(|(sum, x)| *sum += x);
            }
            for (n, out) in self.output[side].iter_mut().enumerate() {
                put(out, self.time[BLOCK + n], (n as f64 + 0.5) / BLOCK as f64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Band, Eq, Placement, Shape, Slope, reach};
    use super::*;
    use crate::dsp::processor::Processor;
    use crate::units::{Db, Hz, Seconds};
    use proptest::prelude::*;
    use std::f64::consts::PI;

    /// The answer to an impulse of the left channel, and the latency.
    fn answer(settings: &EqSettings, rate: SampleRate) -> (Vec<f32>, usize) {
        let mut eq = Eq::new(settings, rate);
        let latency = Processor::latency(&eq).0;
        let (mut left, mut right) = (vec![0.0f32; 2 * latency], vec![0.0f32; 2 * latency]);
        left[0] = 1.0;
        for (l, r) in left.chunks_mut(777).zip(right.chunks_mut(777)) {
            Processor::process(&mut eq, l, r, None);
        }
        assert!(right.iter().all(|x| *x == 0.0));
        (left, latency)
    }

    /// Greatest distance from the curve at these frequencies, between 20 Hz and 20 kHz and down to
    /// −60 dB.
    fn error(settings: &EqSettings, at: &[f64], rate: SampleRate) -> f64 {
        let (left, _) = answer(settings, rate);
        let at = at.iter().filter(|hz| (20.0..=20_000.0).contains(*hz));
        at.map(|hz| {
            let (sin, cos) = (2.0 * PI * hz / rate.hz().0).sin_cos();
            // The spectrum at one frequency by Horner's rule.
            let (mut re, mut im) = (0.0, 0.0);
            for y in left.iter().rev() {
                (re, im) = (f64::from(*y) + re * cos - im * sin, re * sin + im * cos);
            }
            let wanted = settings.response(Hz(*hz), Placement::Left);
            if wanted.0 < -60.0 {
                0.0
            } else {
                (Db::from_power(re * re + im * im) - wanted).0.abs()
            }
        })
        .fold(0.0, f64::max)
    }

    fn one(band: Band) -> EqSettings {
        EqSettings { bands: vec![band], linear_phase: true }
    }

    /// Places around a band's frequency, and some farther away.
    fn around(band: &Band) -> Vec<f64> {
        let wide = 0.5 / band.q.max(1.0);
        let near = [-3.0, -1.0, -0.4, 0.0, 0.4, 1.0, 3.0].map(|x: f64| (x * wide).exp2());
        let near = near.iter().map(|x| x * band.frequency.0);
        near.chain([20.0, 90.0, 400.0, 1300.0, 1700.0, 2100.0, 9000.0, 19_000.0]).collect()
    }

    #[test]
    fn magnitude_is_the_analogue_one_and_the_impulse_is_symmetrical() {
        let rate = SampleRate(48_000);
        let pass = Band { shape: Shape::HighPass, slope: Slope::Db24, ..Band::default() };
        let shelf = Band { shape: Shape::HighShelf, gain: Db(4.0), ..Band::default() };
        let bell = Band { frequency: Hz(1000.0), gain: Db(-6.0), q: 2.0, ..Band::default() };
        let narrow = Band { frequency: Hz(40.0), gain: Db(12.0), q: 4.0, ..Band::default() };
        let bands = vec![
            Band { frequency: Hz(60.0), ..pass },
            bell,
            Band { frequency: Hz(9000.0), ..shelf },
        ];
        let long = bands.iter().copied().chain([narrow]).collect();
        for (bands, wanted) in [(bands, 9216), (long, 25_600)] {
            let settings = EqSettings { bands, linear_phase: true };
            let (left, middle) = answer(&settings, rate);
            assert_eq!(middle, wanted);
            for n in 1..middle - 1024 {
                assert!((left[middle - n] - left[middle + n]).abs() < 1e-7, "{n}");
            }
            let at = [45.0, 60.0, 100.0, 1000.0, 2000.0, 9000.0, 18_000.0];
            let worst = error(&settings, &at, rate);
            assert!(worst < 0.01, "{worst}");
        }
    }

    #[test]
    fn narrow_and_steep_low_bands_are_within_a_twentieth_of_a_decibel() {
        let bell = Band { frequency: Hz(40.0), gain: Db(12.0), q: 8.0, ..Band::default() };
        let pass = Band {
            shape: Shape::HighPass,
            frequency: Hz(30.0),
            slope: Slope::Db48,
            ..Band::default()
        };
        for rate in [44_100, 96_000] {
            for band in [bell, pass] {
                let worst = error(&one(band), &around(&band), SampleRate(rate));
                assert!(worst < 0.05, "{rate} {:?}: {worst}", band.shape);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_band_is_within_a_twentieth_of_a_decibel(
            shape in 0..6usize,
            octave in 0.0..10.9f64,
            gain in -24.0..24.0f64,
            sharp in -3.3..4.58f64,
            slope in 0..6usize,
            rate in 0..2usize,
        ) {
            let shapes = Shape::ALL.into_iter().filter(|shape| *shape != Shape::Notch);
            let band = Band {
                shape: shapes.collect::<Vec<_>>()[shape],
                frequency: Hz(10.0 * octave.exp2()),
                gain: Db(gain),
                q: sharp.exp2(),
                slope: Slope::ALL[slope],
                ..Band::default()
            };
            // Longer ones take their time; the measurements have some.
            prop_assume!(reach(&band) < Seconds(1.0));
            let worst = error(&one(band), &around(&band), SampleRate([44_100, 48_000][rate]));
            prop_assert!(worst < 0.05, "{} dB", worst);
        }
    }

    #[test]
    fn a_long_filter_of_the_designer_thread_is_that_of_files_also_after_a_jump() {
        let rate = SampleRate(48_000);
        let band = Band { frequency: Hz(50.0), gain: Db(9.0), q: 5.0, ..Band::default() };
        let side = Band { placement: Placement::Side, frequency: Hz(3000.0), ..band };
        let settings = EqSettings { bands: vec![band, side], linear_phase: true };
        let input: Vec<f32> = (0..60_000).map(|n| (n as f32 * 0.01).sin() + 0.1).collect();
        let (mut left, mut right) = (input.clone(), vec![0.0; 60_000]);
        let mut eq = Eq::new(&settings, rate);
        Processor::process(&mut eq, &mut left, &mut right, None);
        let step = settings.step(&|_, _| None);
        let (mut live, mut worker) = LinearPhase::live(&settings, false, step, rate);
        for _ in 0..2 {
            while worker.work() {}
            assert!(live.is_ready() && live.latency() == Processor::latency(&eq).0);
            let (mut l, mut r) = (input.clone(), vec![0.0; 60_000]);
            for (l, r) in l.chunks_mut(333).zip(r.chunks_mut(333)) {
                live.process(l, r);
            }
            assert!(l == left && r == right);
            live.reset();
        }
    }

    #[test]
    fn the_filter_is_as_long_as_it_must_be() {
        let rate = SampleRate(48_000);
        let steps: Vec<usize> =
            (1..40).map(|n| Step::reaching(Seconds(f64::from(n) * 0.15)).length(rate)).collect();
        assert!(steps.is_sorted());
        assert_eq!((steps[0], steps[38]), (16_384, 32 * 16_384));
        for n in 1..36 {
            let reach = f64::from(n) * 0.15;
            let length = Step::reaching(Seconds(reach)).length(rate) as f64 / 48_000.0;
            assert!(length / 2.0 > reach && length < 3.2 * reach.max(0.17), "{reach} {length}");
        }
    }
}
