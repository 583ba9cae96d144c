//! Meters on what is played, on a thread of their own: the same meters as for files.

use crate::dsp::loudness::{Loudness, LoudnessMeter};
use crate::dsp::spectrum::{Analyser, Spectrum};
use crate::dsp::stereo::Correlation;
use crate::dsp::true_peak::TruePeakMeter;
use crate::playback::PlaybackError;

use crate::units::{Db, SampleRate};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Points of the stereo field that are kept.
pub const SCOPE_POINTS: usize = 256;
/// How often the meters are read.
const TURN: Duration = Duration::from_millis(15);

/// What the meters show.
#[derive(Clone, Debug)]
pub struct Reading {
    pub loudness: Loudness,
    pub true_peak: Db,
    /// Highest sample of left and right lately, falling slowly.
    pub peaks: [f32; 2],
    /// Highest sample of left and right, held for two seconds.
    pub held: [f32; 2],
    pub correlation: Option<f64>,
    /// The last samples, for the stereo field.
    pub scope: Vec<[f32; 2]>,
    /// The watched chain's spectrum.
    pub spectrum: Spectrum,
    /// That of what is heard: the middle as before, the sides as after.
    pub heard: Spectrum,
    /// Seconds measured since the last reset.
    pub seconds: f64,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            loudness: Loudness::default(),
            true_peak: Db::SILENCE,
            peaks: [0.0; 2],
            held: [0.0; 2],
            correlation: None,
            scope: Vec::new(),
            spectrum: Spectrum::default(),
            heard: Spectrum::default(),
            seconds: 0.0,
        }
    }
}

/// The thread; it ends when this is dropped.
pub struct Meters {
    output: triple_buffer::Output<Reading>,
    reset: Arc<AtomicBool>,
    _alive: Arc<()>,
}

impl Meters {
    /// The thread, the queue for what is heard, and the one for the watched chain.
    pub fn start(rate: SampleRate) -> Result<(Self, Tap, Tap), PlaybackError> {
        // Four seconds: no machine is so busy that the meters are not read for longer.
        let (tap, samples) = RingBuffer::new(4 * rate.0 as usize);
        let (watch, watched) = RingBuffer::new(rate.0 as usize / 2);
        let (input, output) = triple_buffer::triple_buffer(&Reading::default());
        let reset = Arc::new(AtomicBool::new(false));
        let alive = Arc::new(());
        let meter = LoudnessMeter::new(2, rate)?;
        let bench = Bench {
            samples,
            watched,
            analyser: Analyser::new(rate),
            heard: Analyser::new(rate),
            input,
            meter,
            peak: TruePeakMeter::new(),
            correlation: Correlation::new(rate),
            reading: Reading::default(),
            held_for: [0.0; 2],
            rate,
        };
        let (reset_there, living) = (Arc::clone(&reset), Arc::downgrade(&alive));
        std::thread::Builder::new()
            .name("meters".into())
            .spawn(move || bench.run(&reset_there, &living))?;
        Ok((Self { output, reset, _alive: alive }, tap, watch))
    }

    pub fn reading(&mut self) -> &Reading {
        self.output.read()
    }

    pub fn reset(&self) {
        self.reset.store(true, Ordering::Release);
    }
}

/// A queue of frames.
pub type Tap = Producer<[f32; 2]>;

struct Bench {
    samples: Consumer<[f32; 2]>,
    watched: Consumer<[f32; 2]>,
    analyser: Analyser,
    heard: Analyser,
    input: triple_buffer::Input<Reading>,
    meter: LoudnessMeter,
    peak: TruePeakMeter,
    correlation: Correlation,
    reading: Reading,
    held_for: [f32; 2],
    rate: SampleRate,
}

impl Bench {
    fn run(mut self, reset: &AtomicBool, alive: &std::sync::Weak<()>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        while alive.strong_count() > 0 {
            std::thread::sleep(TURN);
            if reset.swap(false, Ordering::AcqRel) {
                self.meter.reset();
                self.peak.reset();
                self.correlation.reset();
                self.reading = Reading::default();
            }
            left.clear();
            right.clear();
            while let Ok([l, r]) = self.samples.pop() {
                left.push(l);
                right.push(r);
            }
            self.read(&left, &right);
            for (l, r) in left.iter().zip(&right) {
                self.heard.push((l + r) / 2.0, (l - r) / 2.0);
            }
            self.reading.heard.clone_from(self.heard.spectrum());
            while let Ok([before, after]) = self.watched.pop() {
                self.analyser.push(before, after);
            }
            self.reading.spectrum.clone_from(self.analyser.spectrum());
            self.input.write(self.reading.clone());
        }
    }

    fn read(&mut self, left: &[f32], right: &[f32]) {
        self.meter.process(left, right);
        self.peak.process(left, right);
        self.correlation.process(left, right);
        let reading = &mut self.reading;
        reading.loudness = self.meter.reading();
        reading.true_peak = self.peak.true_peak();
        reading.correlation = self.correlation.value();
        reading.seconds += left.len() as f64 / self.rate.hz().0;
        // 20 dB in 1.5 s, as a peak programme meter falls.
        let fall = 10f32.powf(-TURN.as_secs_f32() / 1.5);
        for (n, side) in [left, right].into_iter().enumerate() {
            let most = side.iter().fold(0.0f32, |most, x| most.max(x.abs()));
            reading.peaks[n] = most.max(reading.peaks[n] * fall);
            self.held_for[n] += TURN.as_secs_f32();
            if most >= reading.held[n] || self.held_for[n] > 2.0 {
                reading.held[n] = reading.peaks[n];
                self.held_for[n] = 0.0;
            }
        }
        let step = (left.len() / 64).max(1);
        reading.scope.extend(left.iter().zip(right).step_by(step).map(|(l, r)| [*l, *r]));
        let surplus = reading.scope.len().saturating_sub(SCOPE_POINTS);
        reading.scope.drain(..surplus);
    }
}
