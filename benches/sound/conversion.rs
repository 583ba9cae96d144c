//! Measures dither noise and rate conversion.

use crate::page::Page;
use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use stemwright::dsp::dither::{Dither, Shaping};
use stemwright::dsp::noise_shape::itu_468;
use stemwright::dsp::{Stereo, silence};
use stemwright::media::resample::Resampler;
use stemwright::units::{Db, Hz, SampleRate};

pub fn dither(page: &mut Page) {
    page.heading("Dither to 16 bits at 44.1 kHz: noise in dBFS");
    const COUNT: usize = 1 << 18;
    let tone = |n: usize| (0.25 * (n as f64 * 0.0627).sin()) as f32;
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(COUNT);
    let mut rows = Vec::new();
    let mut curves = Vec::new();
    for (shaping, name) in Shaping::ALL.into_iter().zip(Shaping::NAMES) {
        let mut dither = Dither::new(16, shaping, SampleRate(44_100), 1);
        let mut error: Vec<f64> = (0..COUNT)
            .map(|n| f64::from(dither.quantise(tone(n))) / 32_768.0 - f64::from(tone(n)))
            .collect();
        let mut lines = fft.make_output_vec();
        fft.process(&mut error, &mut lines).expect("lengths fit");
        let scale = 2.0 / (COUNT as f64).powi(2);
        let hz = |k: usize| Hz(k as f64 * 44_100.0 / COUNT as f64);
        let sum = |weight: &dyn Fn(Hz) -> f64| {
            lines.iter().enumerate().map(|(k, line)| line.norm_sqr() * scale * weight(hz(k))).sum()
        };
        let (plain, weighted): (f64, f64) = (sum(&|_| 1.0), sum(&itu_468));
        rows.push(vec![
            name.to_string(),
            format!("{:.1}", Db::from_power(plain).0),
            format!("{:.1}", Db::from_power(weighted).0),
        ]);
        let width = 512;
        let points = lines.chunks(width).enumerate().skip(1).map(|(n, part)| {
            let mean = part.iter().map(|line| line.norm_sqr() * scale).sum::<f64>();
            (hz(n * width).0, Db::from_power(mean).0)
        });
        curves.push((name.to_string(), points.collect()));
    }
    page.table(&["shape", "plain", "ITU-R 468 weighted"], &rows);
    page.plot("dither", "Noise in bands of 86 Hz, in dBFS", &curves, true);
}

/// Converts a mono signal.
fn convert(x: &[f32], from: u32, to: u32) -> Vec<f32> {
    let mut resampler = Resampler::new(SampleRate(from), SampleRate(to)).expect("a known rate");
    let mut out: Stereo = silence(0);
    for part in x.chunks(4096) {
        resampler.process(part, part, &mut out).expect("it converts");
    }
    resampler.finish(&mut out).expect("it converts");
    let [left, _] = out;
    left
}

fn sine(hz: f64, rate: u32) -> Vec<f32> {
    (0..3 * rate)
        .map(|n| (0.5 * (TAU * hz * f64::from(n) / f64::from(rate)).sin()) as f32)
        .collect()
}

/// Amplitude of a frequency within the second second of a signal.
fn amplitude(y: &[f32], hz: f64, rate: u32) -> f64 {
    let part = &y[rate as usize..2 * rate as usize];
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in part.iter().enumerate() {
        let (sin, cos) = (TAU * hz * n as f64 / f64::from(rate)).sin_cos();
        re += f64::from(*x) * cos;
        im += f64::from(*x) * sin;
    }
    re.hypot(im) * 2.0 / part.len() as f64
}

pub fn resampler(page: &mut Page) {
    page.heading("Rate conversion");
    let mut rows = Vec::new();
    for (from, to) in [(48_000, 44_100), (96_000, 44_100), (44_100, 48_000), (88_200, 48_000)] {
        let flat = (1..=21)
            .map(|khz| f64::from(khz) * 1000.0)
            .map(|hz| {
                Db::from_factor(amplitude(&convert(&sine(hz, from), from, to), hz, to) / 0.5).0
            })
            .fold(0.0f64, |worst, gain| worst.max(gain.abs()));
        // Tones above the new Nyquist limit; each would alias to the new rate minus its frequency.
        let top = f64::from(from.min(to)) / 2.0;
        let alias = (0..8)
            .map(|n| f64::from(to) / 2.0 + 600.0 + f64::from(n) * 397.0)
            .filter(|hz| *hz < f64::from(from) / 2.0 && *hz > top)
            .map(|hz| {
                let folded = f64::from(to) - hz;
                let level = amplitude(&convert(&sine(hz, from), from, to), folded.abs(), to) / 0.5;
                Db::from_factor(level).0
            })
            .fold(f64::NEG_INFINITY, f64::max);
        // An impulse in the middle of a second must stay there.
        let mut click = vec![0.0f32; from as usize];
        click[from as usize / 2] = 1.0;
        let y = convert(&click, from, to);
        let most = y.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let place = most.map_or(0, |(n, _)| n) as i64 - i64::from(to / 2);
        let alias =
            if alias.is_finite() { format!("{alias:.0} dB") } else { "none possible".into() };
        rows.push(vec![
            format!("{} → {}", SampleRate(from), SampleRate(to)),
            format!("±{flat:.5} dB"),
            alias,
            format!("{place} frames"),
            format!("{}", y.len() as i64 - i64::from(to)),
        ]);
    }
    let head = ["rates", "flat to 21 kHz", "worst alias", "impulse off by", "length off by"];
    page.table(&head, &rows);
    page.add("\nTones are `f32` at both ends, which hides aliases below about −150 dB.");
}
