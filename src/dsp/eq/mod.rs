//! The parametric equaliser: up to eight bands that match their analogue curves at every sample
//! rate.
//!
//! [`EqSettings`] is the data; [`Eq`] is the running processor, either with recursive filters
//! (`matched`) or with linear phase (`linear`).

mod linear;
pub(super) mod matched;
mod prototype;

use linear::Step;
pub use linear::{KernelWorker, designs_on_this_thread};
pub use prototype::response;

use crate::dsp::filter::{Filter, Pair, Taps};
use crate::dsp::parameter::{SWITCH, Settings, Unit, choice_value, parameters};
use crate::dsp::processor::{Ahead, Blueprint, Processor, Setup, refill};
use crate::dsp::smooth::Smoothed;
use crate::units::{Db, Hz, Latency, SampleRate, Seconds};
use linear::LinearPhase;
use matched::{Matched, matched};
use prototype::{MOST_SECTIONS, reach, sections};
use serde::{Deserialize, Serialize};

/// Maximum number of bands.
pub const BANDS: usize = 8;
/// Frames per run.
const RUN: usize = 64;

/// Shape of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    #[default]
    Bell,
    LowShelf,
    HighShelf,
    HighPass,
    LowPass,
    Notch,
    /// The gain applies to the treble and its inverse to the bass; unity at the frequency.
    Tilt,
}

impl Shape {
    pub const ALL: [Shape; 7] = [
        Shape::Bell,
        Shape::LowShelf,
        Shape::HighShelf,
        Shape::HighPass,
        Shape::LowPass,
        Shape::Notch,
        Shape::Tilt,
    ];
    pub const NAMES: &'static [&'static str] =
        &["Bell", "Low shelf", "High shelf", "High-pass", "Low-pass", "Notch", "Tilt"];

    /// Whether the shape uses the gain.
    pub fn has_gain(self) -> bool {
        !matches!(self, Shape::HighPass | Shape::LowPass | Shape::Notch)
    }
}

/// Slope of a high-pass or low-pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slope {
    Db6,
    #[default]
    Db12,
    Db18,
    Db24,
    Db36,
    Db48,
}

impl Slope {
    pub const ALL: [Slope; 6] =
        [Slope::Db6, Slope::Db12, Slope::Db18, Slope::Db24, Slope::Db36, Slope::Db48];
    pub const NAMES: &'static [&'static str] =
        &["6 dB/oct", "12 dB/oct", "18 dB/oct", "24 dB/oct", "36 dB/oct", "48 dB/oct"];

    /// Filter order: 1 per 6 dB per octave.
    pub fn order(self) -> usize {
        [1, 2, 3, 4, 6, 8][self as usize]
    }
}

/// The part of the stereo signal that a band works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    #[default]
    Stereo,
    Left,
    Right,
    Mid,
    Side,
}

impl Placement {
    pub const ALL: [Placement; 5] =
        [Placement::Stereo, Placement::Left, Placement::Right, Placement::Mid, Placement::Side];
    pub const NAMES: &'static [&'static str] = &["Stereo", "Left", "Right", "Mid", "Side"];

    /// The change that a filter makes to left and right passes this matrix, row by row: `Mid`
    /// spreads it evenly, `Side` with opposite signs.
    fn matrix(self) -> [f64; 4] {
        match self {
            Placement::Stereo => [1.0, 0.0, 0.0, 1.0],
            Placement::Left => [1.0, 0.0, 0.0, 0.0],
            Placement::Right => [0.0, 0.0, 0.0, 1.0],
            Placement::Mid => [0.5, 0.5, 0.5, 0.5],
            Placement::Side => [0.5, -0.5, -0.5, 0.5],
        }
    }
}

/// Settings of one band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Band {
    pub on: bool,
    pub shape: Shape,
    pub frequency: Hz,
    pub gain: Db,
    /// For high-pass and low-pass: the Q of the sharpest section; 0.71 gives the Butterworth curve.
    pub q: f64,
    /// For high-pass and low-pass only.
    pub slope: Slope,
    pub placement: Placement,
}

impl Default for Band {
    fn default() -> Self {
        Self {
            on: true,
            shape: Shape::Bell,
            frequency: Hz(1000.0),
            gain: Db::UNITY,
            q: std::f64::consts::FRAC_1_SQRT_2,
            slope: Slope::default(),
            placement: Placement::Stereo,
        }
    }
}

parameters! { Band;
    frequency "Frequency", Unit::Hertz, 10.0 => 20_000.0, frequency;
    gain "Gain", Unit::Decibels, -24.0 => 24.0, gain;
    q "Q", Unit::Q, 0.1 => 24.0, q;
    shape "Shape", Unit::Choice(Shape::NAMES), 0.0 => 6.0, shape;
    slope "Slope", Unit::Choice(Slope::NAMES), 0.0 => 5.0, slope;
    placement "Placement", Unit::Choice(Placement::NAMES), 0.0 => 4.0, placement;
    on "On", SWITCH, 0.0 => 1.0, on;
}
choice_value!(Shape);
choice_value!(Slope);
choice_value!(Placement);

impl Band {
    /// Whether the band leaves the sound unchanged.
    pub fn is_flat(&self) -> bool {
        !self.on || (self.shape.has_gain() && self.gain == Db::UNITY)
    }
}

/// Settings of the equaliser.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EqSettings {
    /// Up to [`BANDS`]; further bands are ignored.
    pub bands: Vec<Band>,
    /// Filters without phase shift, at the price of latency.
    pub linear_phase: bool,
}

parameters! { EqSettings;
    linear_phase "Linear phase", SWITCH, 0.0 => 1.0, linear_phase;
}

impl EqSettings {
    /// Settings for listening to one band: they pass only the part of the spectrum that `band`
    /// works on.
    pub fn only(&self, band: usize) -> EqSettings {
        let Some(band) = self.bands.get(band).map(Settings::clamped) else { return self.clone() };
        let pass = |shape, frequency: f64| Band {
            shape,
            frequency: Hz(frequency),
            slope: Slope::Db24,
            placement: band.placement,
            ..Band::default()
        };
        let (low, high) = (Shape::LowPass, Shape::HighPass);
        let half = (1.0 / band.q).clamp(0.1, 2.0) / 2.0;
        let around = half.exp2();
        let bands = match band.shape {
            Shape::LowShelf | Shape::HighPass => vec![pass(low, band.frequency.0)],
            Shape::HighShelf | Shape::LowPass => vec![pass(high, band.frequency.0)],
            Shape::Bell | Shape::Notch | Shape::Tilt => {
                vec![pass(high, band.frequency.0 / around), pass(low, band.frequency.0 * around)]
            }
        };
        EqSettings { bands, ..*self }
    }

    /// The length of the linear-phase filter: enough for the narrowest low band. Where automation
    /// moves a value of a band, `range` gives the lowest and the highest value.
    fn step(&self, range: &dyn Fn(usize, &str) -> Option<[f64; 2]>) -> Step {
        let reach_of = |(n, band): (usize, &Band)| {
            let both = |id, value| range(n, id).unwrap_or([value; 2]);
            let on = range(n, "on").map_or(band.on, |[_, most]| most >= 0.5);
            let (gains, qs) = (both("gain", band.gain.0), both("q", band.q));
            let [lowest, _] = both("frequency", band.frequency.0);
            let corners = gains.into_iter().flat_map(|gain| qs.map(|q| (gain, q)));
            let reaches = corners.map(|(gain, q)| {
                let frequency = Hz(lowest);
                reach(&Band { on, frequency, gain: Db(gain), q, ..*band }.clamped()).0
            });
            reaches.fold(0.0, f64::max)
        };
        let bands = self.bands.iter().take(BANDS).enumerate();
        Step::reaching(Seconds(bands.map(reach_of).fold(0.0, f64::max)))
    }

    /// Total gain at a frequency of the bands that work on the whole stereo signal or on
    /// `placement`.
    pub fn response(&self, at: Hz, placement: Placement) -> Db {
        let heard = self.bands.iter().take(BANDS).filter(|band| !band.is_flat());
        let heard = heard.filter(|b| b.placement == Placement::Stereo || b.placement == placement);
        heard.map(|band| response(&band.clamped(), at)).fold(Db::UNITY, |sum, gain| sum + gain)
    }
}

/// The recursive filters of one band.
struct BandFilter {
    sections: [(Filter<2>, Filter<4>); MOST_SECTIONS],
    placement: [Smoothed; 4],
    settings: Band,
    rate: SampleRate,
}

/// The digital sections of a band; the identity for a flat band.
fn design(band: &Band, rate: SampleRate) -> [Matched; MOST_SECTIONS] {
    let through = Matched { section: Taps::THROUGH, correction: Taps::THROUGH };
    let mut all = [through; MOST_SECTIONS];
    if !band.is_flat() {
        let (sections, count) = sections(band);
        for (digital, section) in all.iter_mut().zip(&sections).take(count) {
            *digital = matched(section, band.frequency, rate);
        }
    }
    all
}

impl BandFilter {
    fn new(settings: &Band, rate: SampleRate) -> Self {
        let sections = design(settings, rate)
            .map(|m| (Filter::new(m.section, rate), Filter::new(m.correction, rate)));
        let placement = settings.placement.matrix().map(|share| Smoothed::new(share, rate));
        Self { sections, placement, settings: *settings, rate }
    }

    fn set(&mut self, settings: &Band) {
        if *settings == self.settings {
            return;
        }
        self.settings = *settings;
        for ((section, correction), m) in self.sections.iter_mut().zip(design(settings, self.rate))
        {
            section.set(m.section);
            correction.set(m.correction);
        }
        for (share, target) in self.placement.iter_mut().zip(settings.placement.matrix()) {
            share.set(target);
        }
    }

    fn is_idle(&self) -> bool {
        self.settings.is_flat()
            && self.sections.iter().all(|(s, c)| s.is_through() && c.is_through())
    }

    fn reset(&mut self) {
        for (section, correction) in &mut self.sections {
            section.reset();
            correction.reset();
        }
        self.placement.iter_mut().for_each(Smoothed::snap);
    }

    fn run(&mut self, frames: &mut [Pair], spare: &mut [Pair]) {
        spare.copy_from_slice(frames);
        for (section, correction) in &mut self.sections {
            if !section.is_through() {
                section.run(spare);
            }
            if !correction.is_through() {
                correction.run(spare);
            }
        }
        let whole = Placement::Stereo.matrix();
        if self.placement.iter().zip(whole).all(|(now, at)| now.is_settled() && now.value() == at) {
            frames.copy_from_slice(spare);
            return;
        }
        for (x, y) in frames.iter_mut().zip(spare) {
            let [ll, lr, rl, rr] = [0, 1, 2, 3].map(|n| self.placement[n].tick());
            let change = [y[0] - x[0], y[1] - x[1]];
            // Written so that at `ll` = 1 and `lr` = 0 the result is exactly the filtered sound, as
            // above.
            *x = [
                ll * y[0] + (1.0 - ll) * x[0] + lr * change[1],
                rr * y[1] + (1.0 - rr) * x[1] + rl * change[0],
            ];
        }
    }
}

/// The running equaliser.
pub struct Eq {
    bands: Vec<BandFilter>,
    linear: Option<Box<LinearPhase>>,
}

impl Eq {
    /// For files: linear-phase kernels are designed during processing.
    pub fn new(settings: &EqSettings, rate: SampleRate) -> Self {
        let (automated, reach) = (false, settings.reach(&|_, _| None));
        settings.build(Setup { rate, automated, reach, benches: None })
    }

    fn with(settings: &EqSettings, linear: Option<LinearPhase>, rate: SampleRate) -> Self {
        let band = |n: usize| settings.bands.get(n).copied().unwrap_or(OFF).clamped();
        Self {
            bands: (0..BANDS).map(|n| BandFilter::new(&band(n), rate)).collect(),
            linear: linear.map(Box::new),
        }
    }
}

impl Processor for Eq {
    type Settings = EqSettings;

    /// Sets new settings. Another [`Blueprint::structure`] or [`Blueprint::reach`] needs a new
    /// equaliser.
    fn set(&mut self, settings: &EqSettings) {
        if let Some(linear) = &mut self.linear {
            linear.set(settings);
            return;
        }
        for (n, band) in self.bands.iter_mut().enumerate() {
            band.set(&settings.bands.get(n).copied().unwrap_or(OFF).clamped());
        }
    }

    /// Frames from input to output.
    fn latency(&self) -> Latency {
        Latency(self.linear.as_ref().map_or(0, |linear| linear.latency()))
    }

    /// Clears the state and ends running glides.
    fn reset(&mut self) {
        self.bands.iter_mut().for_each(BandFilter::reset);
        if let Some(linear) = &mut self.linear {
            linear.reset();
        }
    }

    /// Filters a block in place.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], _side_chain: Option<[&[f32]; 2]>) {
        if let Some(linear) = &mut self.linear {
            linear.process(left, right);
            return;
        }
        if self.bands.iter().all(BandFilter::is_idle) {
            return;
        }
        let (mut frames, mut spare) = ([[0.0; 2]; RUN], [[0.0; 2]; RUN]);
        for (left, right) in left.chunks_mut(RUN).zip(right.chunks_mut(RUN)) {
            let frames = &mut frames[..left.len()];
            for ((frame, l), r) in frames.iter_mut().zip(&*left).zip(&*right) {
                *frame = [f64::from(*l), f64::from(*r)];
            }
            for band in self.bands.iter_mut().filter(|band| !band.is_idle()) {
                band.run(frames, &mut spare[..left.len()]);
            }
            for ((frame, l), r) in frames.iter().zip(left).zip(right) {
                (*l, *r) = (frame[0] as f32, frame[1] as f32);
            }
        }
    }

    /// The kernel at work makes the sound that comes out.
    fn acts_behind(&self) -> Latency {
        Processor::latency(self)
    }

    /// How many frames ahead of the sound [`Self::set`] expects automated settings.
    fn frames_ahead(&self) -> usize {
        self.linear.as_ref().map_or(0, |linear| linear.frames_ahead())
    }

    fn prepare(&mut self, ahead: &mut dyn Ahead<EqSettings>) {
        if let Some(linear) = &mut self.linear {
            linear.prepare(ahead);
        }
    }

    /// Whether all kernels for the next block are designed.
    fn is_ready(&mut self) -> bool {
        self.linear.as_mut().is_none_or(|linear| linear.is_ready())
    }

    /// Skips frames of silence after all tails have ended, to keep the block positions.
    fn skip(&mut self, frames: usize) {
        if let Some(linear) = &mut self.linear {
            linear.skip(frames);
        }
    }
}

impl Blueprint for EqSettings {
    const NAME: &'static str = "EQ";

    type Processor = Eq;
    type Band = Band;

    fn build(&self, setup: Setup<'_>) -> Eq {
        let (rate, step) = (setup.rate, Step::reaching(setup.reach));
        let linear = self.linear_phase.then(|| match setup.benches {
            Some(benches) => {
                let (linear, bench) = LinearPhase::live(self, setup.automated, step, rate);
                benches.push(bench);
                linear
            }
            None => LinearPhase::new(self, step, rate),
        });
        Eq::with(self, linear, rate)
    }

    fn reach(&self, range: &dyn Fn(usize, &str) -> Option<[f64; 2]>) -> Seconds {
        if self.linear_phase { self.step(range).reach() } else { Seconds(0.0) }
    }

    fn structure(&self) -> (u64, u64) {
        (u64::from(self.linear_phase), 0)
    }

    fn bands(&self) -> &[Band] {
        self.bands.get(..BANDS).unwrap_or(&self.bands)
    }

    fn bands_mut(&mut self) -> &mut [Band] {
        let heard = self.bands.len().min(BANDS);
        self.bands.get_mut(..heard).unwrap_or(&mut [])
    }

    fn make_room(&mut self) {
        self.bands.reserve(BANDS);
    }

    fn copy_from(&mut self, other: &Self) {
        refill(&mut self.bands, &other.bands);
        self.linear_phase = other.linear_phase;
    }
}

/// Stands in for a missing band.
const OFF: Band = Band {
    on: false,
    shape: Shape::Bell,
    frequency: Hz(1000.0),
    gain: Db::UNITY,
    q: 1.0,
    slope: Slope::Db12,
    placement: Placement::Stereo,
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    const RATE: SampleRate = SampleRate(44_100);

    fn tone(hz: f64, right: f32, settings: &EqSettings) -> [Db; 2] {
        let mut eq = Eq::new(settings, RATE);
        let mut l: Vec<f32> = (0..66_150)
            .map(|n| 0.1 * (2.0 * PI * hz * f64::from(n) / RATE.hz().0).sin() as f32)
            .collect();
        let mut r: Vec<f32> = l.iter().map(|x| x * right).collect();
        for (l, r) in l.chunks_mut(441).zip(r.chunks_mut(441)) {
            eq.process(l, r, None);
        }
        [l, r].map(|y| {
            let power: f64 = y[44_100..].iter().map(|v| f64::from(*v).powi(2)).sum();
            Db::from_power(power * 2.0 / 22_050.0 / 0.01)
        })
    }

    fn one(band: Band) -> EqSettings {
        EqSettings { bands: vec![band], linear_phase: false }
    }

    #[test]
    fn sound_gets_what_the_curve_says() {
        let band = Band { frequency: Hz(15_000.0), gain: Db(9.0), q: 2.0, ..Band::default() };
        for hz in [100.0, 9000.0, 15_000.0, 19_000.0] {
            let [left, right] = tone(hz, 1.0, &one(band));
            let wanted = response(&band, Hz(hz));
            assert!((left - wanted).0.abs() < 0.05, "{hz}: {left:?} {wanted:?}");
            assert_eq!(left, right);
        }
    }

    #[test]
    fn a_band_stays_on_its_side() {
        let shelf = Band { shape: Shape::HighShelf, gain: Db(6.0), ..Band::default() };
        let at = |placement, right| tone(12_000.0, right, &one(Band { placement, ..shelf }));
        let close = |[l, r]: [Db; 2], (a, b): (f64, f64)| {
            assert!((l.0 - a).abs() < 0.1 && (r.0 - b).abs() < 0.1, "{l:?} {r:?}");
        };
        close(at(Placement::Left, 1.0), (6.0, 0.0));
        close(at(Placement::Right, 1.0), (0.0, 6.0));
        close(at(Placement::Mid, 1.0), (6.0, 6.0));
        close(at(Placement::Mid, -1.0), (0.0, 0.0));
        close(at(Placement::Side, 1.0), (0.0, 0.0));
        close(at(Placement::Side, -1.0), (6.0, 6.0));
    }

    #[test]
    fn flat_bands_leave_every_bit() {
        let bands = vec![Band::default(), Band { on: false, gain: Db(5.0), ..Band::default() }];
        let mut eq = Eq::new(&EqSettings { bands, linear_phase: false }, RATE);
        let x: Vec<f32> = (0..1000).map(|n| (n as f32).sin()).collect();
        let (mut l, mut r) = (x.clone(), x.clone());
        eq.process(&mut l, &mut r, None);
        assert_eq!((l, r), (x.clone(), x));
    }
}
