//! Compares the limiter with other limiters on music, on difficult signals and on tones.
//!
//! Transparency is the scale-invariant signal-to-distortion ratio against the unlimited mix,
//! time-aligned to a fraction of a sample and at equal loudness. Slow swing is the standard
//! deviation of the gain over windows of 400 ms. The wall is the loudest that a limiter reaches.
//! Overshoot is the exact true peak above the ceiling.

use crate::page::Page;
use std::f64::consts::{PI, TAU};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use stemwright::dsp::limiter::{Limiter, LimiterSettings};
use stemwright::dsp::loudness::LoudnessMeter;
use stemwright::dsp::true_peak::TruePeakMeter;
use stemwright::dsp::{Stereo, silence};
use stemwright::media::store::{Opened, Store};
use stemwright::media::writer::{BitDepth, WavWriter};
use stemwright::units::{Db, SampleRate};

const CEILING: Db = Db(-1.0);
/// Loudness of the mixes at which limiters are compared, in LUFS.
const TARGETS: [f64; 4] = [-10.0, -8.5, -7.5, -6.5];

/// A limiter: takes a stereo signal and the gain before the limiter, returns the limited signal;
/// `None` if it is not installed.
type Limit = Box<dyn Fn(&Stereo, Db, SampleRate) -> Option<Stereo>>;

fn ours(x: &Stereo, gain: Db, rate: SampleRate) -> Option<Stereo> {
    let factor = gain.factor() as f32;
    let [mut left, mut right] =
        x.clone().map(|side| side.iter().map(|v| v * factor).collect::<Vec<_>>());
    let mut limiter = Limiter::new(&LimiterSettings::at(CEILING), rate);
    let late = limiter.latency();
    left.resize(left.len() + late, 0.0);
    right.resize(right.len() + late, 0.0);
    limiter.process(&mut left, &mut right);
    Some([left.split_off(late), right.split_off(late)])
}

/// An ffmpeg filter as a limiter.
fn theirs(filter: &'static str) -> Limit {
    Box::new(move |x, gain, rate| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (input, output) = (folder.join("limit_in.wav"), folder.join("limit_out.wav"));
        let factor = gain.factor() as f32;
        let mut writer = WavWriter::create(&input, BitDepth::Float32, rate, None).ok()?;
        let [left, right] =
            x.clone().map(|side| side.iter().map(|v| v * factor).collect::<Vec<_>>());
        writer.write_float(&left, &right).ok()?;
        writer.finish().ok()?;
        let rate = rate.0;
        let filter = format!("{filter},aresample={rate}");
        let done = Command::new("ffmpeg")
            .args(["-v", "quiet", "-y", "-i"])
            .arg(&input)
            .args(["-af", &filter, "-c:a", "pcm_f32le"])
            .arg(&output)
            .stdin(Stdio::null())
            .status();
        if !done.is_ok_and(|status| status.success()) {
            return None;
        }
        load(&output).map(|(sound, _)| sound)
    })
}

fn load(path: &Path) -> Option<(Stereo, SampleRate)> {
    let store = Store::at(Path::new(env!("CARGO_TARGET_TMPDIR")).join("sound_cache"));
    let info = stemwright::media::info::probe(path).ok()?;
    let Opened { file, info, .. } = store.open(path, info.sample_rate).ok()?;
    let mut sound = silence(file.info().frames.0 as usize);
    let [left, right] = &mut sound;
    file.read(0, left, right, &mut Vec::new()).ok()?;
    if info.channels == 1 {
        right.copy_from_slice(left);
    }
    Some((sound, info.sample_rate))
}

fn loudness([left, right]: &Stereo, rate: SampleRate) -> f64 {
    let mut meter = LoudnessMeter::new(2, rate).expect("a known rate");
    meter.process(left, right);
    meter.reading().integrated.0
}

/// Exact true peak, and the peak by BS.1770's filter, in dB above the ceiling.
fn overshoot([left, right]: &Stereo) -> [f64; 2] {
    let mut meter = TruePeakMeter::new();
    meter.process(left, right);
    meter.finish();
    [meter.exact(), meter.standard()].map(|peak| (peak - CEILING).0)
}

/// Frames by which `y` comes after `x`, by cross-correlation, to a fraction of a frame.
fn delay(x: &[f32], y: &[f32]) -> f64 {
    let from = x.len() / 2;
    let length = 20_000.min(x.len() / 4);
    let sum = |late: usize| -> f64 {
        (from..from + length)
            .map(|n| f64::from(x[n]) * f64::from(y.get(n + late).copied().unwrap_or(0.0)))
            .sum()
    };
    let whole = (0..3000).max_by(|a, b| sum(*a).total_cmp(&sum(*b))).unwrap_or(0);
    // A ternary search on the correlation with the shifted sound: some limiters are late by half a
    // frame, which would cost them 20 dB.
    let part = &y[from..(from + length + whole + 80).min(y.len())];
    let fine = |late: f64| -> f64 {
        let moved = earlier(part, late);
        moved.iter().zip(&x[from..]).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let (mut low, mut high) = (whole as f64 - 1.0, whole as f64 + 1.0);
    for _ in 0..16 {
        let third = (high - low) / 3.0;
        if fine(low + third) < fine(high - third) { low += third } else { high -= third }
    }
    let found = (low + high) / 2.0;
    if (found - found.round()).abs() < 0.01 { found.round() } else { found }
}

/// `y` earlier by `late` frames, by a windowed sinc of 64 samples.
fn earlier(y: &[f32], late: f64) -> Vec<f32> {
    let (whole, part) = (late.floor() as usize, late.fract());
    if part == 0.0 {
        return y.get(whole..).unwrap_or(&[]).to_vec();
    }
    let taps: Vec<f64> = (-31..=32)
        .map(|n| {
            let t = PI * (f64::from(n) - part);
            let window = 0.5 + 0.5 * (t / 33.0).cos();
            t.sin() / t * window
        })
        .collect();
    let at = |n: isize| usize::try_from(n).ok().and_then(|n| y.get(n)).copied().unwrap_or(0.0);
    (whole..y.len())
        .map(|n| {
            let sum: f64 = (taps.iter().zip(-31isize..))
                .map(|(tap, k)| tap * f64::from(at(n as isize + k)))
                .sum();
            sum as f32
        })
        .collect()
}

/// Signal-to-distortion ratio of `y` against `x`, and slow swing, both in dB.
fn distortion(x: &Stereo, y: &Stereo, rate: SampleRate) -> [f64; 2] {
    let late = delay(&x[0], &y[0]);
    let y = [earlier(&y[0], late), earlier(&y[1], late)];
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    let window = (0.4 * rate.hz().0) as usize;
    let mut gains = Vec::new();
    let count = x[0].len().min(y[0].len());
    for from in (0..count).step_by(window) {
        let (mut before, mut behind) = (0.0, 0.0);
        for side in 0..2 {
            for n in from..(from + window).min(count) {
                let (a, b) = (f64::from(x[side][n]), f64::from(y[side][n]));
                xy += a * b;
                before += a * a;
                behind += b * b;
            }
        }
        xx += before;
        yy += behind;
        // Silence has no gain.
        if before / window as f64 > 1e-7 && from + window <= count {
            gains.push(10.0 * (behind / before).log10());
        }
    }
    let mean = gains.iter().sum::<f64>() / gains.len().max(1) as f64;
    let square = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>();
    let kept = xy * xy / xx;
    [10.0 * (kept / (yy - kept)).log10(), (square / gains.len().max(1) as f64).sqrt()]
}

/// Loudness of the output less what its true peak is over the ceiling.
fn fair_loudness(y: &Stereo, rate: SampleRate) -> f64 {
    let [exact, standard] = overshoot(y);
    loudness(y, rate) - exact.max(standard).max(0.0)
}

/// Output of the limiter at a given loudness, less what its peaks are over the ceiling; the gain is
/// found by bisection. `None` if it does not get that loud.
fn at_loudness(limit: &Limit, x: &Stereo, wanted: f64, rate: SampleRate) -> Option<Stereo> {
    let (mut low, mut high) = (0.0, 16.0);
    let mut best = None;
    if fair_loudness(&limit(x, Db(high), rate)?, rate) < wanted {
        return None;
    }
    for _ in 0..9 {
        let gain = (low + high) / 2.0;
        let y = limit(x, Db(gain), rate)?;
        let loud = fair_loudness(&y, rate);
        if loud < wanted {
            low = gain
        } else {
            high = gain
        }
        best = Some(y);
    }
    best
}

/// Distortion and noise of tones at `depth` of gain reduction, in dB relative to the tones.
fn left_over(limit: &Limit, tones: &[(f64, f64)], depth: Db) -> Option<f64> {
    let rate = SampleRate(48_000);
    let frames = 4 * 48_000;
    let at = |hz: f64, n: usize| TAU * hz * n as f64 / 48_000.0;
    let side: Vec<f32> = (0..frames)
        .map(|n| tones.iter().map(|(hz, level)| level * at(*hz, n).sin()).sum::<f64>() as f32)
        .collect();
    let x = [side.clone(), side];
    // Gain that puts the tones' peak over the ceiling by the depth.
    let peak = x[0].iter().fold(0.0f32, |most, v| most.max(v.abs()));
    let gain = CEILING + depth - Db::from_factor(f64::from(peak));
    let y = limit(&x, gain, rate)?;
    let part = &y[0][48_000..3 * 48_000];
    let mut rest: Vec<f64> = part.iter().map(|v| f64::from(*v)).collect();
    let mut power = 0.0;
    for (hz, _) in tones {
        let (mut sin_sum, mut cos_sum) = (0.0, 0.0);
        for (n, v) in part.iter().enumerate() {
            let (sin, cos) = at(*hz, n).sin_cos();
            sin_sum += f64::from(*v) * sin;
            cos_sum += f64::from(*v) * cos;
        }
        let scale = 2.0 / part.len() as f64;
        let (a, b) = (sin_sum * scale, cos_sum * scale);
        power += (a * a + b * b) / 2.0;
        for (n, v) in rest.iter_mut().enumerate() {
            let (sin, cos) = at(*hz, n).sin_cos();
            *v -= a * sin + b * cos;
        }
    }
    let noise = rest.iter().map(|v| v * v).sum::<f64>() / rest.len() as f64;
    Some(10.0 * (noise / power).log10())
}

fn white(state: &mut u32) -> f32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*state >> 8) as f32 / 8_388_608.0 - 1.0
}

/// Synthetic drums, bass, chords and a voice-like line, at −14 LUFS.
fn music(rate: SampleRate) -> Stereo {
    let mut state = 7;
    let mut sound = silence(20 * rate.0 as usize);
    let [left, right] = &mut sound;
    for (n, (l, r)) in left.iter_mut().zip(right).enumerate() {
        let t = n as f64 / rate.hz().0;
        let beat = t * 2.0;
        let age = beat.fract() / 2.0;
        let kick = (TAU * (50.0 + 60.0 * (-age * 40.0).exp()) * age).sin() * (-age * 14.0).exp();
        let back = ((beat + 1.0) / 2.0).fract();
        let snare = f64::from(white(&mut state)) * (-back * 22.0).exp();
        let hat = f64::from(white(&mut state)) * (-(beat * 4.0).fract() * 8.0).exp() * 0.15;
        let root = [55.0, 65.41, 49.0, 73.42][(t / 2.0) as usize % 4];
        let bass = (TAU * root * t).sin() * 0.5 + (TAU * root * 2.0 * t).sin() * 0.15;
        let chord: f64 = [4.0, 5.04, 5.99, 8.0].iter().map(|m| (TAU * root * m * t).sin()).sum();
        let voice = (TAU * root * 6.0 * t + 3.0 * (TAU * 5.2 * t).sin()).sin()
            * (0.5 + 0.5 * (TAU * 0.7 * t).sin());
        let middle = 0.9 * kick + 0.6 * snare + 0.5 * bass + 0.25 * voice;
        let side = 0.08 * chord + hat;
        *l = (middle + side) as f32;
        *r = (middle - side * 0.6 + 0.05 * chord) as f32;
    }
    normalised(sound, rate)
}

fn normalised(mut sound: Stereo, rate: SampleRate) -> Stereo {
    let factor = Db(-14.0 - loudness(&sound, rate)).factor() as f32;
    sound.iter_mut().flatten().for_each(|v| *v *= factor);
    sound
}

/// Signals that make limiters overshoot.
fn hard(rate: SampleRate) -> Vec<(&'static str, Stereo)> {
    let mut state = 5;
    let frames = 6 * rate.0 as usize;
    let mono = |make: &mut dyn FnMut(usize) -> f32| {
        let side: Vec<f32> = (0..frames).map(make).collect();
        [side.clone(), side]
    };
    let dense = music(rate).map(|side| side.iter().map(|v| (v * 6.0).clamp(-1.0, 1.0)).collect());
    vec![
        ("noise", mono(&mut |_| white(&mut state) * 1.5)),
        ("clicks", mono(&mut |n| if n % 3001 == 0 { 1.8 } else { 0.05 * (n as f32).sin() })),
        ("clipped dense music", dense),
        (
            "castanets",
            mono(&mut |n| {
                let age = (n % 5200) as f32 / rate.0 as f32;
                2.5 * (-age * 160.0).exp() * (age * 21_000.0).sin()
            }),
        ),
    ]
}

pub fn limiters(page: &mut Page, files: &[PathBuf]) {
    page.heading("True-peak limiters at −1 dBTP");
    let all: Vec<(&str, Limit)> = vec![
        ("Stemwright", Box::new(ours)),
        (
            "x42 dpl, 10 ms",
            theirs(
                "lv2=p=http\\\\://gareus.org/oss/lv2/dpl#stereo:c=threshold=-1|release=0.01|truepeak=1",
            ),
        ),
        (
            "LSP limiter",
            theirs(
                "lv2=p=http\\\\://lsp-plug.in/plugins/lv2/limiter_stereo:c=th=0.891251|boost=0|alr=0|ovs=10",
            ),
        ),
        (
            "ffmpeg alimiter at 192 kHz",
            theirs("aresample=192000,alimiter=limit=-1dB:level=0:latency=1"),
        ),
    ];
    let rate = SampleRate(44_100);
    let mut mixes = vec![("synthetic mix".to_string(), music(rate), rate)];
    for file in files {
        if let Some((sound, rate)) = load(file) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            mixes.push((name, normalised(sound, rate), rate));
        }
    }
    for (name, mix, rate) in &mixes {
        let mut rows = Vec::new();
        for (limiter, limit) in &all {
            let mut row = vec![limiter.to_string()];
            for wanted in TARGETS {
                let (transparency, swing) = match at_loudness(limit, mix, wanted, *rate) {
                    Some(y) => {
                        let [ratio, swing] = distortion(mix, &y, *rate);
                        (format!("{ratio:.1} dB"), format!("{swing:.2}"))
                    }
                    None => ("\u{2013}".into(), "\u{2013}".into()),
                };
                row.extend([transparency, swing]);
            }
            row.push(match limit(mix, Db(30.0), *rate) {
                Some(y) => format!("{:.2}", fair_loudness(&y, *rate)),
                None => "not installed".into(),
            });
            rows.push(row);
        }
        page.add(&format!(
            "\nOn {name}: transparency and slow swing at a loudness, and the loudest that is reached"
        ));
        let mut head = vec!["limiter".to_string()];
        for target in TARGETS {
            head.extend([format!("at {target} LUFS"), "swing, dB".into()]);
        }
        head.push("wall, LUFS".into());
        page.table(&head.iter().map(String::as_str).collect::<Vec<_>>(), &rows);
    }
    let signals = hard(rate);
    let mut rows = Vec::new();
    for (limiter, limit) in &all {
        let mut row = vec![limiter.to_string()];
        for (_, x) in &signals {
            row.push(match limit(x, Db(6.0), rate) {
                Some(y) => {
                    let [exact, standard] = overshoot(&y);
                    format!("{exact:+.3} / {standard:+.3}")
                }
                None => "not installed".into(),
            });
        }
        rows.push(row);
    }
    let mut head = vec!["over the ceiling, dB"];
    head.extend(signals.iter().map(|(name, _)| *name));
    page.table(&head, &rows);
    let tones: [(&str, &[(f64, f64)]); 9] = [
        ("20 Hz", &[(20.0, 1.0)]),
        ("25 Hz", &[(25.0, 1.0)]),
        ("30 Hz", &[(30.0, 1.0)]),
        ("40 Hz", &[(40.0, 1.0)]),
        ("50 Hz", &[(50.0, 1.0)]),
        ("100 Hz", &[(100.0, 1.0)]),
        ("1 kHz", &[(1000.0, 1.0)]),
        ("SMPTE 60 Hz + 7 kHz", &[(60.0, 0.8), (7000.0, 0.2)]),
        ("19 + 20 kHz", &[(19_000.0, 0.5), (20_000.0, 0.5)]),
    ];
    let mut rows = Vec::new();
    for (limiter, limit) in &all {
        let figure = |tone: &&[(f64, f64)]| {
            let depths = [1.0, 4.0, 7.0, 12.0].into_iter();
            let worst = depths
                .map(|depth| left_over(limit, tone, Db(depth)))
                .try_fold(f64::NEG_INFINITY, |worst, db| Some(worst.max(db?)));
            worst.map_or("not installed".into(), |db| format!("{db:.1} dB"))
        };
        let row = [limiter.to_string()].into_iter();
        rows.push(row.chain(tones.iter().map(|(_, tone)| figure(tone))).collect());
    }
    let mut head = vec!["worst distortion and noise at 1, 4, 7 and 12 dB of reduction"];
    head.extend(tones.iter().map(|(name, _)| *name));
    page.table(&head, &rows);
}
