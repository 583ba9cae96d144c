//! Tests of the limiter.

use super::*;
use crate::dsp::true_peak::TruePeakMeter;

/// Noise with clicks: much harder to limit than music.
fn noise(count: usize, level: f32) -> Vec<f32> {
    let mut state = 1u32;
    (0..count)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = (state >> 8) as f32 / 8_388_608.0 - 1.0;
            let burst = if (n / 3000) % 3 == 0 { 1.0 } else { 0.2 };
            white * level * burst + if n % 7001 == 0 { 1.5 } else { 0.0 }
        })
        .collect()
}

fn limited(x: &[f32], ceiling: Db, rate: SampleRate, block: usize) -> Vec<f32> {
    let mut limiter = Limiter::new(&LimiterSettings::at(ceiling), rate);
    let latency = limiter.latency();
    let mut left: Vec<f32> = x.iter().copied().chain(vec![0.0; latency]).collect();
    let mut right = left.clone();
    for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
        limiter.process(l, r);
    }
    assert_eq!(left, right);
    left.split_off(latency)
}

/// Without what lies above 0.475 of the rate: the second stage reads the ideal curve up to 0.485.
fn low_passed(x: &[f32]) -> Vec<f32> {
    let weight = |n: i32| {
        let t = f64::from(n);
        let window = 0.5 + 0.5 * (std::f64::consts::PI * t / 257.0).cos();
        0.93 * crate::dsp::interpolate::sinc(0.93 * t) * window
    };
    let taps: Vec<f32> = (-256..=256).map(|n| weight(n) as f32).collect();
    x.windows(taps.len()).map(|x| x.iter().zip(&taps).map(|(x, tap)| x * tap).sum()).collect()
}

#[test]
fn no_peak_passes_at_any_rate_even_on_noise_and_clicks() {
    for rate in [44_100, 48_000, 96_000] {
        let x = low_passed(&noise(60_000, 2.0));
        let y = limited(&x, Db(-1.0), SampleRate(rate), 480);
        let mut meter = TruePeakMeter::new();
        meter.process(&y, &y);
        meter.finish();
        assert!(meter.true_peak().0 <= -1.0, "{rate}: {}", meter.true_peak().0);
        assert!(meter.true_peak().0 > -1.6, "{rate}: {}", meter.true_peak().0);
    }
}

#[test]
fn what_stays_below_the_ceiling_is_untouched_bit_for_bit() {
    let x: Vec<f32> = noise(20_000, 0.2).into_iter().map(|v| v.clamp(-0.2, 0.2)).collect();
    assert_eq!(limited(&x, Db(-1.0), SampleRate(48_000), 333), x);
}

#[test]
fn after_a_peak_it_returns_to_exact_unity() {
    let mut x = vec![0.1; 200_000];
    x[1000] = 2.0;
    let y = limited(&x, Db(-1.0), SampleRate(48_000), 4096);
    assert!(y[1000] < 0.9 && y[1010] < 0.06);
    assert_eq!(y[190_000..], x[190_000..]);
}

#[test]
fn silence_before_the_music_changes_nothing() {
    let x = noise(20_000, 1.5);
    let plain = limited(&x, Db(-1.0), SampleRate(48_000), 256);
    for before in [1, 37, 64, 1000] {
        let late: Vec<f32> = vec![0.0; before].into_iter().chain(x.clone()).collect();
        let y = limited(&late, Db(-1.0), SampleRate(48_000), 256);
        let first = y[before..].iter().zip(&plain).position(|(a, b)| a != b);
        assert_eq!(first, None, "{before}");
    }
}

#[test]
fn after_a_reset_it_is_as_new() {
    let x = noise(20_000, 1.5);
    let mut used = Limiter::new(&LimiterSettings::at(Db(-1.0)), SampleRate(48_000));
    let (mut left, mut right) = (noise(7777, 2.0), noise(7777, 2.0));
    used.process(&mut left, &mut right);
    used.reset();
    let mut new = Limiter::new(&LimiterSettings::at(Db(-1.0)), SampleRate(48_000));
    let (mut a, mut b) = (x.clone(), x.clone());
    used.process(&mut a, &mut b);
    let (mut c, mut d) = (x.clone(), x);
    new.process(&mut c, &mut d);
    assert_eq!((a, b), (c, d));
}

#[test]
fn the_block_size_does_not_matter() {
    let x = noise(20_000, 1.5);
    let whole = limited(&x, Db(-0.3), SampleRate(44_100), 100_000);
    for block in [1, 17, 64, 1000] {
        assert_eq!(whole, limited(&x, Db(-0.3), SampleRate(44_100), block), "{block}");
    }
}

/// What is left of a limited signal beside these tones, in dB under them.
fn left_over(x: &[f32], drive: Db, tones: &[f64]) -> f64 {
    let loud: Vec<f32> = x.iter().map(|x| x * drive.factor() as f32).collect();
    let y = limited(&loud, Db(-1.0), SampleRate(48_000), 512);
    let mut rest: Vec<f64> = y[48_000..144_000].iter().map(|v| f64::from(*v)).collect();
    let mut power = 0.0;
    for hz in tones {
        let turn = |n: usize| (std::f64::consts::TAU * hz * n as f64 / 48_000.0).sin_cos();
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (n, v) in rest.iter().enumerate() {
            let (sin, cos) = turn(n);
            sine += v * sin / 48_000.0;
            cosine += v * cos / 48_000.0;
        }
        power += (sine * sine + cosine * cosine) / 2.0;
        for (n, v) in rest.iter_mut().enumerate() {
            let (sin, cos) = turn(n);
            *v -= sine * sin + cosine * cos;
        }
    }
    let noise = rest.iter().map(|v| v * v).sum::<f64>() / rest.len() as f64;
    Db::from_power(noise / power).0
}

fn tone(parts: &[(f64, f64)]) -> Vec<f32> {
    let at = |n: usize, hz: f64| (std::f64::consts::TAU * hz * n as f64 / 48_000.0).sin();
    (0..150_000).map(|n| parts.iter().map(|(hz, a)| a * at(n, *hz)).sum::<f64>() as f32).collect()
}

#[test]
fn steady_tones_keep_their_waveform_at_any_depth() {
    for depth in [1.0, 4.0, 7.0, 12.0] {
        for hz in [20.0, 25.0, 30.0, 36.0, 50.0, 100.0, 130.0, 200.0, 1000.0] {
            let left = left_over(&tone(&[(hz, 1.0)]), Db(depth - 1.0), &[hz]);
            assert!(left < -110.0, "{hz} Hz at {depth} dB: {left}");
        }
    }
}

#[test]
fn two_tones_make_no_others() {
    let pairs = [
        [(60.0, 0.8), (7000.0, 0.2)],
        [(60.0, 0.5), (7000.0, 0.5)],
        [(250.0, 0.8), (8000.0, 0.2)],
        [(19_000.0, 0.5), (20_000.0, 0.5)],
        [(1000.0, 0.5), (1100.0, 0.5)],
    ];
    for pair in pairs {
        for depth in [1.0, 6.0, 12.0] {
            let left = left_over(&tone(&pair), Db(depth - 1.0), &pair.map(|(hz, _)| hz));
            assert!(left < -95.0, "{pair:?} at {depth} dB: {left}");
        }
    }
}

#[test]
fn a_low_tone_that_ends_is_let_go() {
    // 100 Hz for half a second, then 20 dB lower, below the ceiling.
    let mut x = tone(&[(100.0, 2.0)]);
    x[24_000..].iter_mut().for_each(|x| *x *= 0.1);
    let y = limited(&x, Db(-1.0), SampleRate(48_000), 512);
    for (n, (x, y)) in x.iter().zip(&y).enumerate().skip(24_000 + 480) {
        assert!((x - y).abs() < 0.01, "{n}: {x} {y}");
    }
}

#[test]
fn where_playback_began_does_not_matter_once_all_is_quiet() {
    let mut x = noise(20_000, 1.5);
    x.extend(vec![0.0; 60_000]);
    x.extend(noise(20_000, 1.5));
    let late = [vec![0.0; 37], x.clone()].concat();
    let plain = limited(&x, Db(-1.0), SampleRate(48_000), 256);
    assert_eq!(limited(&late, Db(-1.0), SampleRate(48_000), 256)[37..], plain);
}
