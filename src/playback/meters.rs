//! Meters of the output during playback: loudness, true peak, peaks, correlation, stereo field and
//! spectra. [`Meters`] owns their thread, which reads the renderer's queues and publishes a
//! [`Reading`] every 15 ms. The DSP is the same as in the measurement of files.

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

/// Points kept for the stereo field display.
pub const SCOPE_POINTS: usize = 256;
/// Interval between two readings.
const TURN: Duration = Duration::from_millis(15);

/// One reading of all meters. Samples are linear, 1 is full scale.
#[derive(Clone, Debug)]
pub struct Reading {
    pub loudness: Loudness,
    pub true_peak: Db,
    /// Highest sample of left and right, falling 20 dB in 1.5 s.
    pub peaks: [f32; 2],
    /// Highest sample of left and right, held for two seconds.
    pub held: [f32; 2],
    pub correlation: Option<f64>,
    /// The latest samples, left and right, thinned out for the stereo field.
    pub scope: Vec<[f32; 2]>,
    /// Spectrum of the watched chain: before and after it.
    pub spectrum: Spectrum,
    /// Spectrum of the output: the mid signal in `before`, the side signal in `after`.
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

/// Handle of the meter thread, which ends when this is dropped.
pub struct Meters {
    output: triple_buffer::Output<Reading>,
    reset: Arc<AtomicBool>,
    _alive: Arc<()>,
}

impl Meters {
    /// Starts the thread. Returns the queue for the output and the queue for the watched chain.
    pub fn start(rate: SampleRate) -> Result<(Self, Tap, Tap), PlaybackError> {
        // Four seconds: even on a busy machine the thread reads more often than that.
        let (tap, samples) = RingBuffer::new(4 * rate.0 as usize);
        let (watch, watched) = RingBuffer::new(rate.0 as usize / 2);
        let (input, output) = triple_buffer::triple_buffer(&Reading::default());
        let reset = Arc::new(AtomicBool::new(false));
        let alive = Arc::new(());
        let meter = LoudnessMeter::new(2, rate)?;
        let bench = MeterWorker {
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

    /// Resets all readings but the spectra, at the next turn of the thread.
    pub fn reset(&self) {
        self.reset.store(true, Ordering::Release);
    }
}

/// A queue of stereo frames.
pub type Tap = Producer<[f32; 2]>;

struct MeterWorker {
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

impl MeterWorker {
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
        // 20 dB in 1.5 s, the return time of a peak programme meter.
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
