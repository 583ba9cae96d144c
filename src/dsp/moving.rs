//! A filter band whose gain may change with every frame: it matches its analogue curve up to 20 kHz
//! at every gain and sample rate. At unity gain the sound stays unchanged.
//!
//! The analogue curves keep their poles at every gain. So do the digital ones: the filters behind
//! them are fixed, and only the weights by which their states are added up follow the gain. The
//! weights come from a table over the gain, made once for each setting.
//!
//! [`DynamicBandFilter`] is used by the dynamic equaliser, the de-esser and the stereo field.

use crate::dsp::biquad::calm;
use crate::dsp::eq::matched::mapped;
use crate::dsp::filter::Pair;
use crate::dsp::parameter::choice_value;
use crate::dsp::smooth::Smoothed;
use crate::units::{Hz, SampleRate};
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, SQRT_2};

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

/// Power gain of the analogue band at `w`, in multiples of its frequency, when it has the factor
/// `gain`. A bell is 1 + (g − 1) B with the band-pass B of its Q. A shelf is
/// 1 + (g − 1) H + (√g − 1) B with Butterworth poles: monotone, with the power (1 + g²) / 2 at its
/// frequency.
fn analogue(form: Form, q: f64, gain: f64, w: f64) -> f64 {
    let (square, high) = (gain * gain, (w * w).powi(2));
    match form {
        Form::Bell => {
            let (rest, band) = ((1.0 - w * w).powi(2), (w / q).powi(2));
            (rest + square * band) / (rest + band)
        }
        Form::Below => (square + high) / (1.0 + high),
        Form::Above => (1.0 + square * high) / (1.0 + high),
    }
}

/// Numerator of the analogue band as a polynomial in s, highest power first; at unity gain it equals
/// the denominator.
fn numerator(form: Form, q: f64, gain: f64) -> [f64; 3] {
    match form {
        Form::Bell => [1.0, gain / q, 1.0],
        Form::Below => [1.0, (2.0 * gain).sqrt(), gain],
        Form::Above => [gain, (2.0 * gain).sqrt(), 1.0],
    }
}

/// Poles of the correction, at any setting; found by search over all settings.
const POLES: [f64; 2] = [-0.06, -0.61];
/// Number of frequencies of the fit, and its upper end as a share of half the rate: 20.1 kHz at
/// 44.1 kHz.
const POINTS: usize = 8;
const TOP: f64 = 0.912;

/// The lowest gain of the table but zero, as an exponent of 2, and the octaves from there to the
/// highest: −30 to +12 dB.
const LOWEST: i32 = -5;
const OCTAVES: usize = 7;
const STEPS: usize = 4;
const NODES: usize = OCTAVES * STEPS + 2;
const LEAST: f64 = 1.0 / (1 << -LOWEST) as f64;
const MOST: f64 = (1 << (LOWEST + OCTAVES as i32)) as f64;

/// The gain of a node. Between two nodes weights are linear in the gain.
fn gain_of(node: usize) -> f64 {
    let Some(step) = node.checked_sub(1) else { return 0.0 };
    let octave = f64::from(LOWEST) + (step / STEPS) as f64;
    octave.exp2() * (1.0 + (step % STEPS) as f64 / STEPS as f64)
}

/// The node below a gain, and how far the gain is on its way to the next node. Read from the bits of
/// the number: four steps to an octave are two bits of its fraction.
#[inline]
fn place(gain: f64) -> (usize, f64) {
    const BITS: u32 = STEPS.trailing_zeros();
    const FRACTION: u64 = (1 << 52) - 1;
    if gain < LEAST {
        return (0, gain.max(0.0) / LEAST);
    }
    let bits = gain.min(MOST * (1.0 - f64::EPSILON)).to_bits();
    let step = (bits >> (52 - BITS)) as usize - (((1023 + LOWEST) as usize) << BITS);
    // The rest of the fraction, behind the exponent of 1.
    let rest = f64::from_bits(1.0f64.to_bits() | (bits << BITS & FRACTION));
    (step + 1, rest - 1.0)
}

/// Weights of the input, of the two states of the band, and of the two of the correction.
type Weights = [f64; 5];

/// One setting: the digital poles, and the weights at each node of the gain.
#[derive(Clone)]
struct Design {
    /// The denominator after a0.
    poles: [f64; 2],
    /// At each node but the last, and from there to the next.
    weights: [[Weights; 2]; NODES - 1],
}

fn between<const N: usize>(from: &[f64; N], to: &[f64; N], share: f64) -> [f64; N] {
    std::array::from_fn(|n| from[n] + (to[n] - from[n]) * share)
}

/// The step of a state variable filter with these poles, from its band state and the difference of
/// input and low state: the share of its band state that stays, and what goes over to the band and to
/// the low state (trapezoidal integration, V. Zavalishin, *The art of VA filter design*, 2018,
/// chapter 4). Its states keep their scale when the poles move.
fn turning([a1, a2]: [f64; 2]) -> [f64; 3] {
    let fast = 1.0 - a1 + a2;
    let slow = (1.0 + a1 + a2).max(f64::MIN_POSITIVE);
    [fast / 2.0 - 1.0, (slow * fast).sqrt() / 2.0, slow / 2.0]
}

/// The minimum-phase numerator of second order for the power `b0` at 0 Hz, `b1` at half the rate and
/// the bend `b2` between them (M. Vicanek, *Matched second order digital filters*, 2016, section 3).
fn numerator_of([b0, b1, b2]: [f64; 3]) -> [f64; 3] {
    let (low, high) = (b0.max(0.0).sqrt(), b1.max(0.0).sqrt());
    let w = (low + high) / 2.0;
    let first = ((w + (w * w + b2).max(0.0).sqrt()) / 2.0).max(f64::MIN_POSITIVE);
    [first, (low - high) / 2.0, -b2 / (4.0 * first)]
}

/// Solves the normal equations of a fit with three unknowns by Cramer's rule.
fn solve(m: [[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
    let det = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let whole = det(m);
    [0, 1, 2].map(|n| {
        // The matrix is symmetrical: a row stands for a column.
        let mut with = m;
        with[n] = v;
        det(with) / whole
    })
}

/// A frequency of the fit, in radians per frame.
#[derive(Clone, Copy)]
struct Point {
    w: f64,
    /// The cosines of `w` and of twice `w`.
    cos: [f64; 2],
    /// Power of the correction's denominator.
    correction: f64,
    /// The parts that the power of a numerator of second order consists of.
    shapes: [f64; 3],
}

impl Point {
    /// |1 + p1 z⁻¹ + p2 z⁻²|².
    fn power(&self, [p1, p2]: [f64; 2]) -> f64 {
        let [one, two] = self.cos;
        1.0 + p1 * p1 + p2 * p2 + 2.0 * (p1 * (1.0 + p2) * one + p2 * two)
    }
}

/// The frequencies of the fit: Chebyshev nodes, denser at both ends.
fn points() -> [Point; POINTS] {
    std::array::from_fn(|n| {
        let w = PI * TOP * (1.0 - (PI * (n as f64 + 0.5) / POINTS as f64).cos()) / 2.0;
        let [one, two] = [w.cos(), (2.0 * w).cos()];
        let high = (1.0 - one) / 2.0;
        Point {
            w,
            cos: [one, two],
            correction: POLES.iter().map(|p| 1.0 - 2.0 * p * one + p * p).product(),
            shapes: [1.0 - high, high, 4.0 * high * (1.0 - high)],
        }
    })
}

impl Design {
    fn new(form: Form, frequency: Hz, q: f64, rate: SampleRate) -> Self {
        let q = if form == Form::Bell { q } else { 1.0 / SQRT_2 };
        let step = 2.0 * PI * frequency.0.min(rate.hz().0 * 0.42) / rate.hz().0;
        let poles = mapped(numerator(form, q, 1.0), step);
        let points = points();
        let fixed = points.map(|point| point.power(poles) * point.correction);
        let nodes: [Weights; NODES] = std::array::from_fn(|node| {
            let gain = gain_of(node);
            if gain == 1.0 {
                return [0.0; 5];
            }
            let zeros = mapped(numerator(form, q, gain), step);
            let (mut m, mut v) = ([[0.0; 3]; 3], [0.0; 3]);
            for (point, fixed) in points.iter().zip(fixed) {
                let zeros = point.power(zeros).max(1e-300);
                let wanted = analogue(form, q, gain, point.w / step) * fixed / zeros;
                if !wanted.is_finite() || wanted <= 0.0 {
                    continue;
                }
                let row = point.shapes.map(|x| x / wanted);
                for (i, line) in m.iter_mut().enumerate() {
                    v[i] += row[i];
                    line.iter_mut().zip(row).for_each(|(sum, x)| *sum += row[i] * x);
                }
            }
            weights(poles, zeros, numerator_of(solve(m, v)))
        });
        let weights = std::array::from_fn(|n| {
            let (from, to) = (nodes[n], nodes[n + 1]);
            [from, std::array::from_fn(|k| to[k] - from[k])]
        });
        Self { poles, weights }
    }

    fn between(from: &Self, to: &Self, share: f64) -> Self {
        Self {
            poles: between(&from.poles, &to.poles, share),
            weights: std::array::from_fn(|n| {
                [0, 1].map(|k| between(&from.weights[n][k], &to.weights[n][k], share))
            }),
        }
    }

    #[inline]
    fn at(&self, node: usize, rest: f64) -> Weights {
        let [from, way] = &self.weights[node];
        std::array::from_fn(|n| from[n] + way[n] * rest)
    }
}

/// Splits the filter with these poles, zeros and corrected numerator, less the input, into partial
/// fractions: the weights of the states that [`DynamicBandFilter`] runs.
fn weights(poles: [f64; 2], zeros: [f64; 2], [b0, b1, b2]: [f64; 3]) -> Weights {
    let ([a1, a2], [z1, z2], [p, q]) = (poles, zeros, POLES.map(|pole| -pole));
    let d = [p + q, p * q];
    let top = [b0, b1 + z1 * b0, b2 + z1 * b1 + z2 * b0, z1 * b2 + z2 * b1, z2 * b2];
    let bottom = [a1 + d[0], a2 + a1 * d[0] + d[1], a2 * d[0] + a1 * d[1], a2 * d[1]];
    // What is left after the direct part has a delay of one frame at least.
    let rest: [f64; 4] = std::array::from_fn(|n| top[n + 1] - top[0] * bottom[n]);
    let residue = |pole: f64, other: f64| {
        let y = -1.0 / pole;
        let value = rest[0] + y * (rest[1] + y * (rest[2] + y * rest[3]));
        value / ((1.0 + other * y) * (1.0 + y * (a1 + y * a2)))
    };
    let (one, two) = (residue(p, q), residue(q, p));
    let first = rest[0] - one - two;
    let second = rest[1] - one * (q + a1) - two * (p + a1) - d[0] * first;
    let [_, to_band, to_low] = turning(poles);
    let band = (first - second) / (2.0 * to_band);
    [top[0] - 1.0, band, (first + second) / (2.0 * to_low), one, two]
}

/// The running band filter.
pub struct DynamicBandFilter {
    of: (Form, Hz, f64),
    rate: SampleRate,
    /// The setting that a glide of 10 ms leaves, the one that it goes to, and its way.
    from: Design,
    to: Design,
    share: Smoothed,
    turning: [f64; 3],
    state: [Pair; 4],
}

impl DynamicBandFilter {
    pub fn new(form: Form, frequency: Hz, q: f64, rate: SampleRate) -> Self {
        let to = Design::new(form, frequency, q, rate);
        Self {
            of: (form, frequency, q),
            rate,
            turning: turning(to.poles),
            from: to.clone(),
            to,
            share: Smoothed::new(1.0, rate),
            state: [[0.0; 2]; 4],
        }
    }

    pub fn set(&mut self, form: Form, frequency: Hz, q: f64) {
        if self.of == (form, frequency, q) {
            return;
        }
        self.of = (form, frequency, q);
        self.from = Design::between(&self.from, &self.to, self.share.value());
        self.to = Design::new(form, frequency, q, self.rate);
        self.share.jump(0.0);
        self.share.set(1.0);
    }

    pub fn reset(&mut self) {
        self.share.snap();
        self.turning = turning(self.to.poles);
        self.state = [[0.0; 2]; 4];
    }

    /// The signal to add to frame `x` so that the band gets the factor `gain`, up to 12 dB. Call it
    /// for every frame, also at unity gain, so that the filters follow the sound.
    #[inline]
    pub fn change(&mut self, x: Pair, gain: f64) -> Pair {
        let glides = !self.share.is_settled();
        if glides {
            let share = self.share.tick();
            self.turning = turning(between(&self.from.poles, &self.to.poles, share));
        }
        let [band, low, one, two] = self.state;
        let [stays, to_band, to_low] = self.turning;
        for n in 0..2 {
            let above = x[n] - low[n];
            self.state[0][n] = stays * band[n] + to_band * above;
            self.state[1][n] = low[n] + to_band * band[n] + to_low * above;
            self.state[2][n] = x[n] + POLES[0] * one[n];
            self.state[3][n] = x[n] + POLES[1] * two[n];
        }
        if gain == 1.0 {
            return [0.0; 2];
        }
        let (node, rest) = place(gain);
        let mut weights = self.to.at(node, rest);
        if glides {
            weights = between(&self.from.at(node, rest), &weights, self.share.value());
        }
        let [direct, of_band, of_low, of_one, of_two] = weights;
        [0, 1].map(|n| {
            direct * x[n] + of_band * band[n] + of_low * low[n] + of_one * one[n] + of_two * two[n]
        })
    }

    /// Sets tiny state values to 0, against denormal numbers. Once per block is enough.
    pub fn calm(&mut self) {
        calm(self.state.iter_mut().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Db;

    use proptest::prelude::*;

    const RATES: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

    /// Greatest distance from the analogue curve between 20 Hz and 20 kHz in dB, at a held gain:
    /// from the response to an impulse.
    fn error(form: Form, frequency: f64, q: f64, gain: Db, rate: SampleRate) -> f64 {
        let mut moving = DynamicBandFilter::new(form, Hz(frequency), q, rate);
        let tail = if form == Form::Bell { 6.0 * q / frequency } else { 6.0 / frequency };
        let frames = (rate.hz().0 * tail) as usize + 400;
        let answer: Vec<f64> = (0..frames)
            .map(|n| if n == 0 { 1.0 } else { 0.0 })
            .map(|x| x + moving.change([x; 2], gain.factor())[0])
            .collect();
        let q = if form == Form::Bell { q } else { 1.0 / SQRT_2 };
        let near = [0.3, 0.7, 0.9, 0.97, 1.0, 1.03, 1.1, 1.2, 1.4, 1.8, 2.5].map(|x| x * frequency);
        let at =
            near.into_iter().chain([20.0, 500.0, 5000.0, 10_000.0, 14_000.0, 17_000.0, 20_000.0]);
        at.filter(|hz| (20.0..=20_000.0).contains(hz))
            .map(|hz| {
                let (sin, cos) = (2.0 * PI * hz / rate.hz().0).sin_cos();
                // The spectrum at one frequency by Horner's rule.
                let (mut re, mut im) = (0.0, 0.0);
                for y in answer.iter().rev() {
                    (re, im) = (y + re * cos - im * sin, re * sin + im * cos);
                }
                let wanted = analogue(form, q, gain.factor(), hz / frequency);
                (Db::from_power(re * re + im * im) - Db::from_power(wanted)).0.abs()
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn the_top_is_not_cramped() {
        let rate = SampleRate(44_100);
        for form in Form::ALL {
            for frequency in [4760.0, 6800.0, 12_000.0, 18_000.0] {
                for gain in [-24.0, -12.0, -3.0, 6.0, 12.0] {
                    let worst = error(form, frequency, 1.4, Db(gain), rate);
                    assert!(worst < 0.095, "{form:?} {frequency} Hz {gain} dB: {worst}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn any_setting_is_the_analogue_curve_up_to_20_khz(
            form in 0..3usize,
            octave in 0.0..9.81f64,
            q in 0.3..12.0f64,
            gain in -24.0..12.0f64,
            rate in 0..RATES.len(),
        ) {
            let (form, rate) = (Form::ALL[form], SampleRate(RATES[rate]));
            let worst = error(form, 20.0 * octave.exp2(), q, Db(gain), rate);
            prop_assert!(worst < 0.095, "{} dB", worst);
        }
    }

    #[test]
    fn a_gain_has_its_place_between_two_nodes() {
        for n in 0..4000 {
            let gain = f64::from(n) / 1000.0;
            let (node, rest) = place(gain);
            let [low, high] = [node, node + 1].map(gain_of);
            assert!((0.0..1.0).contains(&rest) && (low + (high - low) * rest - gain).abs() < 1e-12);
        }
        assert_eq!((place(100.0).0, gain_of(NODES - 1)), (NODES - 2, 4.0));
    }

    #[test]
    fn a_new_setting_makes_no_step() {
        let rate = SampleRate(48_000);
        let mut moving = DynamicBandFilter::new(Form::Bell, Hz(120.0), 4.0, rate);
        let (mut last, mut steepest) = ([0.0; 2], 0.0f64);
        for n in 0..24_000 {
            match n {
                8000 => moving.set(Form::Bell, Hz(300.0), 4.0),
                8100 => moving.set(Form::Bell, Hz(300.0), 1.0),
                16_000 => moving.set(Form::Above, Hz(300.0), 1.0),
                _ => {}
            }
            let x = (2.0 * PI * 200.0 * f64::from(n) / 48_000.0).sin();
            let [change, _] = moving.change([x; 2], 0.25);
            let y = x + change;
            if n > 1 {
                // The second difference of a full sine of 200 Hz is 0.0007.
                steepest = steepest.max((y - 2.0 * last[0] + last[1]).abs());
            }
            last = [y, last[0]];
        }
        assert!(steepest < 0.002, "{steepest}");
    }

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
