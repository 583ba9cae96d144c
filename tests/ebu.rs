//! The EBU's test signals: Tech 3341 (2023) for the meter and Tech 3342 for loudness range. Tests
//! files through `measure`, and the live meter, at several rates.

mod common;

use common::*;
use std::f64::consts::PI;
use std::path::Path;
use stemwright::dsp::loudness::LoudnessMeter;
use stemwright::media::MediaError;
use stemwright::render::measure::{Measurement, measure};
use stemwright::units::SampleRate;

/// Sample rates of the tests. The long cases run at 48 kHz only.
const RATES: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];

/// A 1 kHz sine in steps of (seconds, dBFS); −∞ is silence.
fn tones(rate: u32, steps: &[(f64, f64)]) -> Vec<f32> {
    let mut out = Vec::new();
    let mut end = 0.0;
    for (seconds, level) in steps {
        end += seconds;
        let amplitude = 10f64.powf(level / 20.0);
        while (out.len() as f64) < end * f64::from(rate) {
            let t = out.len() as f64 / f64::from(rate);
            out.push((amplitude * (2.0 * PI * 1000.0 * t).sin()) as f32);
        }
    }
    out
}

/// Measures a signal through a file, as `measure` does.
fn from_file(folder: &Path, rate: u32, signal: &[f32]) -> Measurement {
    let path = folder.join("case.wav");
    write_float(&path, rate, signal, signal);
    measure(&path, &mut |_| Ok::<(), MediaError>(())).unwrap()
}

/// Momentary and short-term loudness of the live meter after every block of 10 ms.
fn live(rate: u32, signal: &[f32]) -> Vec<(f64, f64)> {
    let mut meter = LoudnessMeter::new(2, SampleRate(rate)).unwrap();
    signal
        .chunks(rate as usize / 100)
        .map(|block| {
            meter.process(block, block);
            let reading = meter.quick_reading();
            (reading.momentary.0, reading.short_term.0)
        })
        .collect()
}

#[track_caller]
fn near(value: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((value - expected).abs() <= tolerance, "{what}: {value}, not {expected}");
}

#[test]
fn cases_1_to_5_integrated() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [&[(f64, f64)]; 5] = [
        &[(20.0, -23.0)],
        &[(20.0, -33.0)],
        &[(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)],
        &[(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)],
        &[(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)],
    ];
    for (n, steps) in cases.into_iter().enumerate() {
        let expected = if n == 1 { -33.0 } else { -23.0 };
        let measured = from_file(folder.path(), 48_000, &tones(48_000, steps));
        let integrated = measured.loudness.integrated.0;
        near(integrated, expected, 0.1, &format!("case {}", n + 1));
        // ffmpeg prints one decimal.
        let (theirs, _) = ffmpeg_reading(&folder.path().join("case.wav"));
        near(integrated, theirs, 0.06, &format!("case {} beside ffmpeg", n + 1));
    }
}

#[test]
fn cases_1_and_2_at_every_rate_on_file_and_live() {
    let folder = tempfile::tempdir().unwrap();
    for rate in RATES {
        for level in [-23.0, -33.0] {
            let signal = tones(rate, &[(20.0, level)]);
            let measured = from_file(folder.path(), rate, &signal).loudness;
            for value in [measured.integrated, measured.momentary_max, measured.short_term_max] {
                near(value.0, level, 0.1, &format!("{rate} {level}"));
            }
            let (momentary, short_term) = *live(rate, &signal).last().unwrap();
            near(momentary, level, 0.1, "live M");
            near(short_term, level, 0.1, "live S");
        }
    }
}

#[test]
fn case_9_short_term_is_constant() {
    for rate in RATES {
        let steps: Vec<_> = (0..5).flat_map(|_| [(1.34, -20.0), (1.66, -30.0)]).collect();
        for (_, short_term) in &live(rate, &tones(rate, &steps))[299..] {
            near(*short_term, -23.0, 0.1, &format!("{rate}"));
        }
    }
}

#[test]
fn case_12_momentary_is_constant() {
    for rate in RATES {
        let steps: Vec<_> = (0..25).flat_map(|_| [(0.18, -20.0), (0.22, -30.0)]).collect();
        for (momentary, _) in &live(rate, &tones(rate, &steps))[99..] {
            near(*momentary, -23.0, 0.1, &format!("{rate}"));
        }
    }
}

const SILENCE: f64 = f64::NEG_INFINITY;

#[test]
fn cases_10_and_13_maxima_wherever_the_tone_begins() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..20 {
        let rate = RATES[i % RATES.len()];
        let step = i as f64;
        let signal = tones(rate, &[(step * 0.15, SILENCE), (3.0, -23.0), (1.0, SILENCE)]);
        let measured = from_file(folder.path(), rate, &signal).loudness;
        near(measured.short_term_max.0, -23.0, 0.1, &format!("case 10, {i}"));
        let signal = tones(rate, &[(step * 0.02, SILENCE), (0.4, -23.0), (1.0, SILENCE)]);
        let measured = from_file(folder.path(), rate, &signal).loudness;
        near(measured.momentary_max.0, -23.0, 0.1, &format!("case 13, {i}"));
        let most = live(rate, &signal).iter().map(|(m, _)| *m).fold(SILENCE, f64::max);
        near(most, -23.0, 0.1, &format!("case 13 live, {i}"));
    }
}

#[test]
fn cases_11_and_14_maxima_in_turn() {
    let kinds: [(f64, f64, fn(&(f64, f64)) -> f64); 2] =
        [(0.15, 3.0, |reading| reading.1), (0.02, 0.4, |reading| reading.0)];
    for (offset, tone, pick) in kinds {
        let mut steps = Vec::new();
        for i in 0..20 {
            let i = f64::from(i);
            steps.extend([(i * offset, SILENCE), (tone, -38.0 + i), (tone - i * offset, SILENCE)]);
        }
        let readings = live(48_000, &tones(48_000, &steps));
        let hops = (tone * 200.0).round() as usize;
        for i in 0..20 {
            let part = &readings[i * hops..((i + 1) * hops).min(readings.len())];
            let most = part.iter().map(pick).fold(SILENCE, f64::max);
            near(most, -38.0 + i as f64, 0.1, &format!("{tone} s, tone {i}"));
        }
    }
}

fn true_peak_case(rate: u32, divisor: f64, degrees: f64, amplitude: f64) -> Vec<f32> {
    let (frames, fade) = (rate as usize / 2, f64::from(rate) / 100.0);
    (0..frames)
        .map(|n| {
            let edge = (n.min(frames - 1 - n) as f64 / fade).min(1.0);
            let phase = 2.0 * PI * n as f64 / divisor + degrees.to_radians();
            (edge * amplitude * phase.sin()) as f32
        })
        .collect()
}

#[test]
fn cases_15_to_19_true_peak() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (4.0, 0.0, 0.5, -6.0),
        (4.0, 45.0, 0.5, -6.0),
        (6.0, 60.0, 0.5, -6.0),
        (8.0, 67.5, 0.5, -6.0),
        (4.0, 45.0, 1.41, 3.0),
    ];
    for rate in RATES {
        for (n, (divisor, degrees, amplitude, expected)) in cases.into_iter().enumerate() {
            let signal = true_peak_case(rate, divisor, degrees, amplitude);
            let peak = from_file(folder.path(), rate, &signal).true_peak.0;
            let what = format!("case {} at {rate}: {peak}", n + 15);
            assert!(peak - expected <= 0.2 && peak - expected >= -0.4, "{what}");
        }
    }
}

#[test]
fn cases_20_to_23_true_peak_between_samples() {
    let folder = tempfile::tempdir().unwrap();
    // At four times the rate: a sine of fs/6 at 0.50 with one period of fs/4 at 1.00 in it.
    let (mut phase, mut high) = (0.0f64, Vec::new());
    for n in 0..48_000 {
        // The loud period starts at a zero crossing of the quiet sine.
        let loud = (24_000..24_016).contains(&n);
        let amplitude = if loud { 1.0 } else { 0.5 };
        high.push(amplitude * phase.sin());
        phase += 2.0 * PI / if loud { 16.0 } else { 24.0 };
    }
    // Low-pass: a windowed sinc of 4 × 64 samples on either side, cutoff at half the lower rate.
    let reach = 256i64;
    let taps: Vec<f64> = (-reach..=reach)
        .map(|k| {
            let t = k as f64 / 4.0;
            let sinc = if k == 0 { 1.0 } else { (PI * t).sin() / (PI * t) };
            let hann = 0.5 + 0.5 * (PI * k as f64 / reach as f64).cos();
            sinc * hann / 4.0
        })
        .collect();
    let low: Vec<f64> = (0..high.len() as i64)
        .map(|n| {
            let near = (-reach..=reach).zip(&taps);
            near.filter_map(|(k, tap)| Some(high.get(usize::try_from(n + k).ok()?)? * tap)).sum()
        })
        .collect();
    for offset in 0..4 {
        let signal: Vec<f32> = low.iter().skip(offset).step_by(4).map(|x| *x as f32).collect();
        let faded: Vec<f32> = signal
            .iter()
            .enumerate()
            .map(|(n, x)| x * (n.min(signal.len() - 1 - n) as f32 / 480.0).min(1.0))
            .collect();
        let peak = from_file(folder.path(), 48_000, &faded).true_peak.0;
        assert!((-0.4..=0.2).contains(&peak), "case {}: {peak}", 20 + offset);
    }
}

#[test]
fn tech_3342_loudness_range() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[f64], f64, f64); 4] = [
        (&[-20.0, -30.0], 10.0, 10.0),
        (&[-20.0, -15.0], 5.0, 4.999),
        (&[-40.0, -20.0], 20.0, 19.995),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0, 14.999),
    ];
    for (levels, expected, libebur128) in cases {
        let steps: Vec<_> = levels.iter().map(|level| (20.0, *level)).collect();
        let range =
            from_file(folder.path(), 48_000, &tones(48_000, &steps)).loudness.range.unwrap().0;
        near(range, expected, 1.0, "range");
        near(range, libebur128, 0.02, "range beside libebur128");
    }
}

#[test]
fn a_full_scale_tone_in_one_channel_reads_minus_3_01() {
    let folder = tempfile::tempdir().unwrap();
    let left: Vec<f32> =
        (0..480_000).map(|n| (2.0 * PI * 997.0 * f64::from(n) / 48_000.0).sin() as f32).collect();
    let path = folder.path().join("one.wav");
    write_float(&path, 48_000, &left, &vec![0.0; left.len()]);
    let measured = measure(&path, &mut |_| Ok::<(), MediaError>(())).unwrap();
    near(measured.loudness.integrated.0, -3.01, 0.02, "integrated");
}

#[test]
fn the_program_prints_what_the_meter_reads() {
    let home = tempfile::tempdir().unwrap();
    let signal = tones(48_000, &[(20.0, -23.0)]);
    let path = home.path().join("case1.wav");
    write_float(&path, 48_000, &signal, &signal);
    let file = json(&expect(home.path(), 0, &["measure", text(&path), "--json"]).0)[0].clone();
    for key in ["integrated_lufs", "momentary_max_lufs", "short_term_max_lufs"] {
        near(file[key].as_f64().unwrap(), -23.0, 0.1, key);
    }
    near(file["true_peak_dbtp"].as_f64().unwrap(), -23.0, 0.2, "true peak");
}
