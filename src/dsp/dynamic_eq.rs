//! A dynamic equaliser: bells and shelves whose gain follows the level in their own band, of the
//! input or of a side chain.

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients};
use crate::dsp::compressor::{Ballistics, reduction_at};
use crate::dsp::detector::{Detection, Detector, factor, heard};
use crate::dsp::filter::{Biquad2, Pair};
use crate::dsp::moving::{DynamicBandFilter, Form};
use crate::dsp::parameter::{SWITCH, Settings, Unit, parameters};
use crate::dsp::processor::{Blueprint, Processor, Setup, refill};
use crate::units::{Db, Hz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};

/// Maximum number of bands.
pub const BANDS: usize = 4;

/// Settings of one band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DynamicBand {
    pub on: bool,
    pub form: Form,
    pub frequency: Hz,
    /// For a bell only.
    pub q: f64,
    pub threshold: Db,
    pub ratio: f64,
    /// The largest gain change: a negative range cuts, a positive one boosts.
    pub range: Db,
    pub attack: Seconds,
    pub release: Seconds,
}

impl Default for DynamicBand {
    fn default() -> Self {
        Self {
            on: true,
            form: Form::Bell,
            frequency: Hz(2500.0),
            q: 1.4,
            threshold: Db(-30.0),
            ratio: 3.0,
            range: Db(-6.0),
            attack: Seconds(0.008),
            release: Seconds(0.100),
        }
    }
}

parameters! { DynamicBand;
    frequency "Frequency", Unit::Hertz, 20.0 => 18_000.0, frequency;
    range "Range", Unit::Decibels, -24.0 => 12.0, range;
    threshold "Threshold", Unit::Decibels, -70.0 => 0.0, threshold;
    ratio "Ratio", Unit::Ratio, 1.0 => 30.0, ratio;
    q "Q", Unit::Q, 0.3 => 12.0, q;
    attack "Attack", Unit::Time, 0.000_5 => 0.25, attack;
    release "Release", Unit::Time, 0.01 => 2.5, release;
    form "Form", Unit::Choice(Form::NAMES), 0.0 => 2.0, form;
    on "On", SWITCH, 0.0 => 1.0, on;
}

/// Settings of the dynamic equaliser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DynamicEqSettings {
    /// Up to [`BANDS`]; further bands are ignored.
    pub bands: Vec<DynamicBand>,
}

impl Default for DynamicEqSettings {
    fn default() -> Self {
        Self { bands: vec![DynamicBand::default()] }
    }
}

impl Settings for DynamicEqSettings {
    const PARAMETERS: &'static [crate::dsp::parameter::Parameter<Self>] = &[];
}

/// Filter of the detector: passes the band's part of the spectrum.
fn side_chain_taps(band: &DynamicBand, rate: SampleRate) -> Coefficients {
    let frequency = Hz(band.frequency.0.min(rate.hz().0 * 0.42));
    match band.form {
        Form::Bell => Coefficients::band_pass(rate, frequency, band.q),
        Form::Below => Coefficients::low_pass(rate, frequency, BUTTERWORTH_Q),
        Form::Above => Coefficients::high_pass(rate, frequency, BUTTERWORTH_Q),
    }
}

struct BandAtWork {
    settings: DynamicBand,
    moving: DynamicBandFilter,
    detector: Detector,
    /// Band filter in front of the detector.
    side_chain: Biquad2,
    ballistics: Ballistics,
}

impl BandAtWork {
    fn new(settings: &DynamicBand, rate: SampleRate) -> Self {
        let [attack, release] = Detection::Rms.times(settings.attack, settings.release);
        Self {
            settings: *settings,
            moving: DynamicBandFilter::new(settings.form, settings.frequency, settings.q, rate),
            side_chain: Biquad2::new(side_chain_taps(settings, rate).into(), rate),
            detector: Detector::new(Detection::Rms, Hz(20.0), Hz(20_000.0), rate),
            ballistics: Ballistics::new(attack, release, false, rate),
        }
    }

    fn set(&mut self, settings: &DynamicBand, rate: SampleRate) {
        if *settings == self.settings {
            return;
        }
        self.settings = *settings;
        self.moving.set(settings.form, settings.frequency, settings.q);
        self.side_chain.set(side_chain_taps(settings, rate).into());
        let [attack, release] = Detection::Rms.times(settings.attack, settings.release);
        self.ballistics.set(attack, release, false, rate);
    }

    /// The signal to add for this frame, and the band's gain in decibels. `heard` is the detector's
    /// input.
    #[inline]
    fn tick(&mut self, x: Pair, heard: Pair) -> (Pair, f64) {
        let s = &self.settings;
        let heard = self.side_chain.tick(heard);
        let level = self.detector.level(heard);
        let wanted = if s.on {
            reduction_at(Db(level), s.threshold, s.ratio, Db(6.0)).0.min(s.range.0.abs())
        } else {
            0.0
        };
        let moved = self.ballistics.tick(wanted);
        let gain = if s.range.0 < 0.0 { -moved } else { moved };
        (self.moving.change(x, if moved == 0.0 { 1.0 } else { factor(gain) }), gain)
    }
}

/// The running dynamic equaliser.
pub struct DynamicEq {
    bands: Vec<BandAtWork>,
    rate: SampleRate,
    deepest: f64,
}

/// Stands in for a missing band.
fn off() -> DynamicBand {
    DynamicBand { on: false, ..DynamicBand::default() }
}

impl DynamicEq {
    pub fn new(settings: &DynamicEqSettings, rate: SampleRate) -> Self {
        let band = |n: usize| settings.bands.get(n).copied().unwrap_or_else(off).clamped();
        let bands = (0..BANDS).map(|n| BandAtWork::new(&band(n), rate)).collect();
        Self { bands, rate, deepest: 0.0 }
    }
}

impl Processor for DynamicEq {
    type Settings = DynamicEqSettings;

    fn set(&mut self, settings: &DynamicEqSettings) {
        for (n, band) in self.bands.iter_mut().enumerate() {
            let wanted = settings.bands.get(n).copied().unwrap_or_else(off).clamped();
            band.set(&wanted, self.rate);
        }
    }

    fn reset(&mut self) {
        for band in &mut self.bands {
            band.moving.reset();
            band.side_chain.reset();
            band.detector.reset();
            band.ballistics.reset();
        }
    }

    /// The deepest cut since the last call, as a negative gain. Boosts do not count.
    fn take_reduction(&mut self) -> Db {
        Db(std::mem::take(&mut self.deepest))
    }

    /// Filters a block in place. With `side_chain`, the detectors hear it instead of the input.
    fn process(&mut self, left: &mut [f32], right: &mut [f32], side_chain: Option<[&[f32]; 2]>) {
        let idle = |band: &BandAtWork| !band.settings.on && band.ballistics.is_idle();
        for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
            let x: Pair = [*l, *r].map(f64::from);
            let heard = heard(side_chain, n, [*l, *r]);
            let (mut y, mut moved) = (x, false);
            for band in self.bands.iter_mut().filter(|band| !idle(band)) {
                // All bands take the unprocessed input, so their order does not matter.
                let (change, gain) = band.tick(x, heard);
                if gain != 0.0 {
                    moved = true;
                    self.deepest = self.deepest.min(gain);
                    y = [y[0] + change[0], y[1] + change[1]];
                }
            }
            if moved {
                (*l, *r) = (y[0] as f32, y[1] as f32);
            }
        }
        for band in &mut self.bands {
            band.moving.calm();
            band.side_chain.calm();
            band.detector.calm();
        }
    }
}

impl Blueprint for DynamicEqSettings {
    const NAME: &'static str = "Dynamic EQ";
    const SHORT: &'static str = "Dyn EQ";
    const SIDE_CHAIN: bool = true;

    type Processor = DynamicEq;
    type Band = DynamicBand;

    fn build(&self, setup: Setup<'_>) -> DynamicEq {
        DynamicEq::new(self, setup.rate)
    }

    fn bands(&self) -> &[DynamicBand] {
        &self.bands
    }

    fn bands_mut(&mut self) -> &mut [DynamicBand] {
        &mut self.bands
    }

    fn make_room(&mut self) {
        self.bands.reserve(BANDS);
    }

    fn copy_from(&mut self, other: &Self) {
        refill(&mut self.bands, &other.bands);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::voice::{changes, voice};

    const RATE: SampleRate = SampleRate(48_000);

    fn tone(hz: f32, level: f32) -> Vec<f32> {
        (0..48_000)
            .map(|n| level * (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin())
            .collect()
    }

    fn gain(x: &[f32], side_chain: Option<&[f32]>, settings: &DynamicEqSettings) -> f64 {
        let (mut left, mut right) = (x.to_vec(), x.to_vec());
        DynamicEq::new(settings, RATE).process(
            &mut left,
            &mut right,
            side_chain.map(|side_chain| [side_chain, side_chain]),
        );
        let power = |y: &[f32]| y[24_000..].iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        10.0 * (power(&left) / power(x)).log10()
    }

    #[test]
    fn a_loud_band_is_turned_down_by_the_curve_and_a_soft_one_is_left() {
        let settings = DynamicEqSettings::default();
        let band = settings.bands[0];
        let taken = gain(&tone(2500.0, 0.1), None, &settings);
        let wanted = reduction_at(Db(-20.0), band.threshold, band.ratio, Db(6.0)).0.min(6.0);
        assert!((taken + wanted).abs() < 0.1, "{taken} {wanted}");
        assert_eq!(gain(&tone(2500.0, 0.01), None, &settings), 0.0);
        assert!(gain(&tone(200.0, 0.1), None, &settings).abs() < 0.01);
    }

    #[test]
    fn another_stem_makes_room_for_itself() {
        let settings = DynamicEqSettings::default();
        let side_chains = tone(2500.0, 0.02);
        assert_eq!(gain(&side_chains, Some(&tone(100.0, 0.5)), &settings), 0.0);
        assert!((gain(&side_chains, Some(&tone(2500.0, 0.5)), &settings) + 6.0).abs() < 0.1);
    }

    #[test]
    fn a_positive_range_lifts() {
        let band = DynamicBand { range: Db(4.0), ratio: 30.0, ..DynamicBand::default() };
        let settings = DynamicEqSettings { bands: vec![band] };
        assert!((gain(&tone(2500.0, 0.2), None, &settings) - 4.0).abs() < 0.1);
    }

    #[test]
    fn a_held_band_is_the_analogue_one_up_to_20_khz() {
        let rate = SampleRate(44_100);
        let frequency = Hz(12_000.0);
        let band = DynamicBand {
            frequency,
            range: Db(-12.0),
            threshold: Db(-60.0),
            ratio: 30.0,
            ..DynamicBand::default()
        };
        let key: Vec<f32> = (0..30_000)
            .map(|n| 0.5 * (std::f64::consts::TAU * 12.0 / 44.1 * f64::from(n)).sin() as f32)
            .collect();
        let (mut left, mut right) = (vec![0.0; 30_000], vec![0.0; 30_000]);
        left[25_000] = 1.0;
        let settings = DynamicEqSettings { bands: vec![band] };
        DynamicEq::new(&settings, rate).process(&mut left, &mut right, Some([&key, &key]));
        for hz in [1000.0, 9000.0, 12_000.0, 14_000.0, 17_000.0, 20_000.0] {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, y) in left[25_000..].iter().enumerate() {
                let (sin, cos) = (std::f64::consts::TAU * hz * n as f64 / 44_100.0).sin_cos();
                (re, im) = (re + f64::from(*y) * cos, im + f64::from(*y) * sin);
            }
            let w = hz / frequency.0;
            let (rest, part) = ((1.0 - w * w).powi(2), (w / band.q).powi(2));
            let wanted = Db::from_power((rest + Db(-24.0).factor() * part) / (rest + part));
            let got = Db::from_power(re * re + im * im);
            assert!((got - wanted).0.abs() < 0.1, "{hz}: {got:?} {wanted:?}");
        }
    }

    #[test]
    fn it_takes_the_s_of_a_voice_and_leaves_its_vowels() {
        let x = voice(Db(-6.0), -9.0);
        for range in [-3.0, -6.0] {
            let band = DynamicBand {
                form: Form::Above,
                frequency: Hz(2500.0),
                range: Db(range),
                threshold: Db(-50.0),
                ratio: 30.0,
                ..DynamicBand::default()
            };
            let (mut left, mut right) = (x.clone(), x.clone());
            let settings = DynamicEqSettings { bands: vec![band] };
            DynamicEq::new(&settings, RATE).process(&mut left, &mut right, None);
            let (vowels, hissing) = changes(&x, &left);
            assert!((hissing - range).abs() < 1.0 && vowels.abs() < 0.3, "{hissing} {vowels}");
        }
    }
}
