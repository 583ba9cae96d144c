//! Digital sections that match the analogue curve up to 20 kHz at every sample rate.
//!
//! Poles and zeros are mapped by z = exp(sT). The remaining error towards half the rate is smooth,
//! and a fourth-order correction removes it: its poles are fixed; its numerator is a least-squares
//! fit of the squared magnitude, a polynomial in cos ω as in M. Vicanek, *Matched second order
//! digital filters* (2016), factored into zeros inside the unit circle. The fit spans 91 % of the
//! way to half the rate, 20.1 kHz at 44.1 kHz.

use super::prototype::Section;
use crate::dsp::filter::Taps;
use crate::units::{Hz, SampleRate};
use std::f64::consts::PI;

/// Poles of the correction. At half the rate an analogue curve keeps its slope, a digital curve is
/// flat; these poles model the difference. Found by search over all shapes and settings.
const POLES: [f64; 4] = [0.0, -0.25, -0.5, -0.7];
const ORDER: usize = 4;
/// Number of frequencies of the fit, and its upper end as a share of half the rate.
const POINTS: usize = 24;
const TOP: f64 = 0.912;
/// A correction within this power ratio (0.0004 dB) is left out.
const NOTHING: f64 = 1e-4;

/// A digital section: the mapped poles and zeros, then the correction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matched {
    pub section: Taps<2>,
    pub correction: Taps<4>,
}

#[derive(Clone, Copy, Debug)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    fn add(self, o: Self) -> Self {
        Self::new(self.re + o.re, self.im + o.im)
    }

    fn sub(self, o: Self) -> Self {
        Self::new(self.re - o.re, self.im - o.im)
    }

    fn mul(self, o: Self) -> Self {
        Self::new(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)
    }

    fn div(self, o: Self) -> Self {
        let power = (o.re * o.re + o.im * o.im).max(f64::MIN_POSITIVE);
        let Self { re, im } = self.mul(Self::new(o.re, -o.im));
        Self::new(re / power, im / power)
    }

    fn norm(self) -> f64 {
        self.re.hypot(self.im)
    }

    fn sqrt(self) -> Self {
        let r = self.norm();
        let re = ((r + self.re) / 2.0).max(0.0).sqrt();
        let im = ((r - self.re) / 2.0).max(0.0).sqrt();
        Self::new(re, if self.im < 0.0 { -im } else { im })
    }
}

/// The polynomial 1 + p1 z⁻¹ + p2 z⁻² whose roots are exp(sT) for the roots s of the analogue
/// polynomial. Roots at infinity are dropped.
pub(in crate::dsp) fn mapped([a, b, c]: [f64; 3], step: f64) -> [f64; 2] {
    if a == 0.0 {
        return if b == 0.0 { [0.0; 2] } else { [-(-c / b * step).exp(), 0.0] };
    }
    let (half, rest) = (-b / (2.0 * a), b * b / (4.0 * a * a) - c / a);
    if rest < 0.0 {
        let radius = (half * step).exp();
        [-2.0 * radius * ((-rest).sqrt() * step).cos(), radius * radius]
    } else {
        let (one, other) =
            (((half + rest.sqrt()) * step).exp(), ((half - rest.sqrt()) * step).exp());
        [-(one + other), one * other]
    }
}

/// |1 + p1 z⁻¹ + p2 z⁻²|² on the unit circle.
fn power([p1, p2]: [f64; 2], w: f64) -> f64 {
    let (s1, c1) = w.sin_cos();
    let (s2, c2) = (2.0 * w).sin_cos();
    (1.0 + p1 * c1 + p2 * c2).powi(2) + (p1 * s1 + p2 * s2).powi(2)
}

/// The denominator of the correction, highest power of z first.
fn fixed_poles() -> [f64; ORDER] {
    let mut polynomial = [1.0, 0.0, 0.0, 0.0, 0.0];
    for pole in POLES {
        for n in (1..=ORDER).rev() {
            polynomial[n] -= pole * polynomial[n - 1];
        }
    }
    let [_, a @ ..] = polynomial;
    a
}

/// Solves the normal equations of the fit by Gauss-Jordan elimination with pivoting.
fn solve(mut m: [[f64; ORDER + 2]; ORDER + 1]) -> [f64; ORDER + 1] {
    for i in 0..=ORDER {
        let pivot = (i..=ORDER).max_by(|a, b| m[*a][i].abs().total_cmp(&m[*b][i].abs()));
        m.swap(i, pivot.unwrap_or(i));
        for row in 0..=ORDER {
            if row != i && m[i][i] != 0.0 {
                let factor = m[row][i] / m[i][i];
                let pivot = m[i];
                for (value, other) in m[row].iter_mut().zip(pivot) {
                    *value -= factor * other;
                }
            }
        }
    }
    let mut result = [0.0; ORDER + 1];
    for (i, value) in result.iter_mut().enumerate() {
        *value = if m[i][i] == 0.0 { 0.0 } else { m[i][ORDER + 1] / m[i][i] };
    }
    result
}

/// The minimum-phase numerator with the squared magnitude Σ c[k] cosᵏ ω.
fn factored(c: [f64; ORDER + 1]) -> Option<[f64; ORDER + 1]> {
    let scale = c.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    // The actual degree of the fit.
    let degree = (0..=ORDER).rev().find(|k| c[*k].abs() > 1e-13 * scale)?;
    let lead = c[degree];
    let mut roots: [Complex; ORDER] = [0, 1, 2, 3].map(|n| {
        let angle = 0.4 + 2.0 * PI * f64::from(n) / 4.0;
        Complex::new(1.5 * angle.cos(), 1.5 * angle.sin())
    });
    // Durand-Kerner method: all roots at once. Four roots converge within a few dozen iterations.
    for _ in 0..60 {
        let mut moved = 0.0f64;
        for n in 0..degree {
            let x = roots[n];
            let mut value = Complex::new(1.0, 0.0);
            for k in (0..degree).rev() {
                value = value.mul(x).add(Complex::new(c[k] / lead, 0.0));
            }
            let others = (0..degree).filter(|m| *m != n);
            let apart = others.fold(Complex::new(1.0, 0.0), |all, m| all.mul(x.sub(roots[m])));
            let step = value.div(apart);
            roots[n] = x.sub(step);
            moved = moved.max(step.norm() / (1.0 + x.norm()));
        }
        if moved < 1e-15 {
            break;
        }
    }
    let mut polynomial = [Complex::new(0.0, 0.0); ORDER + 1];
    polynomial[0] = Complex::new(1.0, 0.0);
    for x in roots.into_iter().take(degree) {
        // z + 1/z = 2x has two solutions, each the inverse of the other. Take the one inside the
        // unit circle.
        let root = x.mul(x).sub(Complex::new(1.0, 0.0)).sqrt();
        let (one, other) = (x.add(root), x.sub(root));
        let mut z = if one.norm() < other.norm() { one } else { other };
        let norm = z.norm();
        if norm > 0.9999 {
            z = Complex::new(z.re * 0.9999 / norm, z.im * 0.9999 / norm);
        }
        for n in (1..=ORDER).rev() {
            polynomial[n] = polynomial[n].sub(z.mul(polynomial[n - 1]));
        }
    }
    let taps = polynomial.map(|value| value.re);
    // Scales the numerator so that the fit is right at DC.
    let sum: f64 = taps.iter().sum();
    let wanted: f64 = c.iter().sum();
    let gain = wanted.max(0.0).sqrt() / sum;
    (gain.is_finite() && sum.abs() > 1e-12).then(|| taps.map(|value| value * gain))
}

/// The digital section for an analogue section whose ω0 is `frequency`.
pub fn matched(analogue: &Section, frequency: Hz, rate: SampleRate) -> Matched {
    let step = 2.0 * PI * frequency.0 / rate.hz().0;
    let (zeros, poles) = (mapped(analogue.zeros, step), mapped(analogue.poles, step));
    let a = fixed_poles();
    let mut m = [[0.0; ORDER + 2]; ORDER + 1];
    let (mut least, mut most) = (f64::INFINITY, 0.0f64);
    for n in 0..POINTS {
        // Chebyshev nodes: denser at both ends.
        let place = (1.0 - (PI * (n as f64 + 0.5) / POINTS as f64).cos()) / 2.0;
        let w = PI * TOP * place;
        let missing = analogue.power(w / step) * power(poles, w) / power(zeros, w).max(1e-300);
        if !missing.is_finite() || missing <= 0.0 {
            continue;
        }
        (least, most) = (least.min(missing), most.max(missing));
        let fixed: f64 = POLES.iter().map(|p| 1.0 - 2.0 * p * w.cos() + p * p).product();
        let mut row = [1.0; ORDER + 2];
        let mut term = 1.0 / (missing * fixed);
        for value in row.iter_mut().take(ORDER + 1) {
            *value = term;
            term *= w.cos();
        }
        for (i, line) in m.iter_mut().enumerate() {
            for (value, other) in line.iter_mut().zip(row) {
                *value += row[i] * other;
            }
        }
    }
    let middle = (least * most).sqrt();
    let plain = |gain: f64| Matched {
        section: Taps { b0: gain, b: zeros.map(|value| value * gain), a: poles },
        correction: Taps::THROUGH,
    };
    if most / least < 1.0 + NOTHING {
        return plain(middle.sqrt());
    }
    match factored(solve(m)) {
        Some([b0, b @ ..]) => Matched { correction: Taps { b0, b, a }, ..plain(1.0) },
        None => plain(middle.sqrt()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::prototype::{response, sections};
    use super::super::{Band, Shape, Slope};
    use super::*;
    use crate::units::Db;

    /// Power gain of digital coefficients at a frequency.
    fn digital_power<const N: usize>(taps: &Taps<N>, frequency: Hz, rate: SampleRate) -> f64 {
        let w = 2.0 * PI * frequency.0 / rate.hz().0;
        let sum = |first: f64, rest: &[f64]| {
            let (mut re, mut im) = (first, 0.0);
            for (n, value) in rest.iter().enumerate() {
                let (sin, cos) = ((n + 1) as f64 * w).sin_cos();
                re += value * cos;
                im -= value * sin;
            }
            re * re + im * im
        };
        sum(taps.b0, &taps.b) / sum(1.0, &taps.a)
    }

    /// The largest deviation from the analogue curve up to 20 kHz, in dB.
    fn error(band: &Band, rate: SampleRate) -> f64 {
        let (sections, count) = sections(band);
        let digital: Vec<Matched> = sections[..count]
            .iter()
            .map(|section| matched(section, band.frequency, rate))
            .collect();
        (1..1000)
            .map(|n| Hz(20.0 * f64::from(n)))
            .filter(|at| response(band, *at).0 > -100.0)
            .map(|at| {
                let power: f64 = digital
                    .iter()
                    .map(|m| {
                        digital_power(&m.section, at, rate) * digital_power(&m.correction, at, rate)
                    })
                    .product();
                (Db::from_power(power) - response(band, at)).0.abs()
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn every_curve_is_the_analogue_one_up_to_20_khz_at_every_rate() {
        let mut bands = Vec::new();
        for frequency in [20.0, 100.0, 1000.0, 5000.0, 10_000.0, 16_000.0, 20_000.0] {
            let frequency = Hz(frequency);
            for gain in [-18.0, -6.0, 3.0, 12.0, 18.0] {
                for q in [0.3f64, 0.7, 1.0, 4.0, 12.0] {
                    for shape in [Shape::Bell, Shape::LowShelf, Shape::HighShelf, Shape::Tilt] {
                        // Steeper shelves ring; the test leaves them out.
                        let q = if shape == Shape::Bell { q } else { q.min(1.0) };
                        bands.push(Band { shape, frequency, gain: Db(gain), q, ..Band::default() });
                    }
                }
            }
            for slope in Slope::ALL {
                for shape in [Shape::HighPass, Shape::LowPass, Shape::Notch] {
                    let q = if shape == Shape::Notch { 4.0 } else { 0.707 };
                    bands.push(Band { shape, frequency, slope, q, ..Band::default() });
                }
            }
        }
        for rate in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
            let worst = bands
                .iter()
                .map(|band| (error(band, SampleRate(rate)), band))
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap();
            assert!(worst.0 < 0.05, "{rate}: {} dB, {:?}", worst.0, worst.1);
        }
    }
}
