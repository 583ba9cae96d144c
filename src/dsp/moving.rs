//! A filter band whose gain may change with every frame, while its coefficients stay fixed: the
//! band is split off, and the part of it that the gain adds or removes is added to the input. At
//! unity gain the sound stays unchanged.
//!
//! [`DynamicBandFilter`] is used by the dynamic equaliser, the de-esser and the stereo field.

use crate::dsp::biquad::{BUTTERWORTH_Q, Coefficients};
use crate::dsp::filter::{Biquad2, Pair};
use crate::dsp::parameter::choice_value;
use crate::units::{Hz, SampleRate};
use serde::{Deserialize, Serialize};

/// The part of the spectrum whose gain changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A bell around the frequency.
    #[default]
    Bell,
    Below,
    Above,
}

impl Form {
    pub const ALL: [Form; 3] = [Form::Bell, Form::Below, Form::Above];
    pub const NAMES: &'static [&'static str] = &["Around", "Below", "Above"];
}
choice_value!(Form);

fn taps(form: Form, frequency: Hz, q: f64, rate: SampleRate) -> [Coefficients; 2] {
    let frequency = Hz(frequency.0.min(rate.hz().0 * 0.42));
    let middle = Coefficients::band_pass(rate, frequency, BUTTERWORTH_Q);
    let part = match form {
        Form::Bell => Coefficients::band_pass(rate, frequency, q),
        Form::Below => Coefficients::low_pass(rate, frequency, BUTTERWORTH_Q),
        Form::Above => Coefficients::high_pass(rate, frequency, BUTTERWORTH_Q),
    };
    [part, middle]
}

/// The running band filter.
///
/// With the band-pass B of the same poles, a bell is 1 + (g − 1) B, and a shelf is
/// 1 + (g − 1) H + (√g − 1) B: monotone, with the power (1 + g²) / 2 at its frequency.
pub struct DynamicBandFilter {
    form: Form,
    part: Biquad2,
    middle: Biquad2,
    rate: SampleRate,
}

impl DynamicBandFilter {
    pub fn new(form: Form, frequency: Hz, q: f64, rate: SampleRate) -> Self {
        let [part, middle] = taps(form, frequency, q, rate);
        let filter = |taps: Coefficients| Biquad2::new(taps.into(), rate);
        Self { form, part: filter(part), middle: filter(middle), rate }
    }

    pub fn set(&mut self, form: Form, frequency: Hz, q: f64) {
        let [part, middle] = taps(form, frequency, q, self.rate);
        self.form = form;
        self.part.set(part.into());
        self.middle.set(middle.into());
    }

    pub fn reset(&mut self) {
        self.part.reset();
        self.middle.reset();
    }

    /// The signal to add to frame `x` so that the band gets the factor `gain`. Call it for every
    /// frame, also at unity gain, so that the filters follow the sound.
    #[inline]
    pub fn change(&mut self, x: Pair, gain: f64) -> Pair {
        let part = self.part.tick(x);
        if self.form == Form::Bell {
            return part.map(|value| value * (gain - 1.0));
        }
        let middle = self.middle.tick(x);
        if gain == 1.0 {
            return [0.0; 2];
        }
        let (most, half) = (gain - 1.0, gain.sqrt() - 1.0);
        [part[0] * most + middle[0] * half, part[1] * most + middle[1] * half]
    }

    /// Sets tiny state values to 0, against denormal numbers. Once per block is enough.
    pub fn calm(&mut self) {
        self.part.calm();
        self.middle.calm();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;

    #[test]
    fn shelves_have_no_bump() {
        let rate = SampleRate(48_000);
        let level = |form, hz: f64| {
            let mut moving = DynamicBandFilter::new(form, Hz(1000.0), 1.0, rate);
            let mut power = 0.0;
            for n in 0..48_000 {
                let x = [(std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin(); 2];
                let [change, _] = moving.change(x, 0.5);
                if n >= 24_000 {
                    power += (x[0] + change).powi(2) / 12_000.0;
                }
            }
            Db::from_power(power).0
        };
        assert!((level(Form::Above, 1000.0) + 2.04).abs() < 0.02);
        assert!((level(Form::Above, 12_000.0) + 6.02).abs() < 0.1);
        assert!((level(Form::Below, 50.0) + 6.02).abs() < 0.1);
        assert!((level(Form::Bell, 1000.0) + 6.02).abs() < 0.02);
        for hz in [100.0, 300.0, 600.0, 800.0] {
            assert!((-3.0..0.01).contains(&level(Form::Above, hz)), "{hz}");
        }
    }
}
