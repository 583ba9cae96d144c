//! Times twenty masters of one session, and ffmpeg scripts that make the same twenty files.
//!
//! `cargo bench --bench masters` uses eight stems of four minutes, `-- quick` of twenty seconds.
//! `-- hour` measures peak memory with stems of one hour instead, and needs 40 GB of disk.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use stemwright::intake::folder::gather;
use stemwright::media::writer::{BitDepth, WavWriter};
use stemwright::session::stem::{CleanRegion, Role, Treatment};
use stemwright::session::version::Cut;
use stemwright::units::{SampleRate, Seconds};

const RATE: u32 = 48_000;
const NAMES: [&str; 8] =
    ["01_Drums", "02_Bass", "03_Guitars", "04_Keys", "05_Synths", "06_LeadVox", "07_BGVs", "08_FX"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    let seconds = if asked("quick") { 20 } else { 240 };
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("masters");
    let _ = std::fs::remove_dir_all(&home);
    let session = stems(&home.join("session"), seconds, false);
    let audio = 20.0 * f64::from(seconds);
    println!("Eight stems of {seconds} s at 48 kHz, 24 bits; {} cores", cores());

    let (ours, memory) = render(&home, &session, &[]);
    row("Stemwright, 20 masters", ours, audio, ours);
    println!("Peak memory at {seconds} s: {:.0} MB", memory as f64 / 1e6);
    if !asked("hour") {
        compare(&home, &session, audio, ours);
    } else {
        let _ = std::fs::remove_dir_all(&home);
        let session = stems(&home.join("session"), 3600, true);
        let (time, memory) = render(&home, &session, &[]);
        row("Stemwright, 20 masters of an hour", time, 72_000.0, ours);
        println!("Peak memory at 3600 s: {:.0} MB", memory as f64 / 1e6);
    }
    let _ = std::fs::remove_dir_all(&home);
}

/// Times each master by itself, all masters on one core, and the ffmpeg scripts.
fn compare(home: &Path, session: &Path, audio: f64, ours: f64) {
    for masters in ["mix", "streaming", "cd", "vinyl", "broadcast"] {
        let (time, _) = render(home, session, &["--masters", masters]);
        row(&format!("  {masters} of five versions"), time, audio / 4.0, ours);
    }
    let (time, _) = render(home, session, &["--jobs", "1"]);
    row("  20 masters on one core", time, audio, ours);
    for (name, script) in [
        ("ffmpeg, two-pass loudnorm", loudnorm as fn(&Path, &Path)),
        ("ffmpeg, measure, gain and alimiter at 192 kHz", alimiter),
    ] {
        let begun = Instant::now();
        script(&home.join("session"), &home.join("ffmpeg"));
        row(name, begun.elapsed().as_secs_f64(), audio, ours);
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn row(name: &str, seconds: f64, audio: f64, ours: f64) {
    let (speed, ratio) = (audio / seconds, seconds / ours);
    println!("{name:48} {seconds:7.1} s {speed:6.0} × real time {ratio:6.2} × our time");
}

/// Writes a session of eight stems with a radio cut and two clean regions. With `one` it writes one
/// file and hard-links it eight times, to save disk.
fn stems(folder: &Path, seconds: u32, one: bool) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    for (n, name) in NAMES.iter().enumerate() {
        let path = folder.join(format!("{name}.wav"));
        if one && n > 0 {
            std::fs::hard_link(folder.join(format!("{}.wav", NAMES[0])), &path).unwrap();
        } else {
            write_stem(&path, n as u32, seconds);
        }
    }
    let mut session = gather(folder, None).unwrap().session;
    for version in &mut session.versions {
        if version.id == "radio" {
            version.cuts =
                vec![Cut { crossfade: Seconds(0.02), ..Cut::new(Seconds(8.0), Seconds(12.0)) }];
        }
    }
    for stem in session.stems.iter_mut().filter(|stem| stem.role == Role::LeadVocals) {
        let region =
            |start, treatment| CleanRegion::new(Seconds(start), Seconds(start + 0.5), treatment);
        stem.clean = vec![region(3.0, Treatment::Mute), region(6.0, Treatment::Reverse)];
    }
    let path = folder.join("Bench.stemwright");
    stemwright::session::file::save(&session, &path).unwrap();
    path
}

/// Decaying beats over a chord. The channels differ, and the level changes with the bar.
fn write_stem(path: &Path, seed: u32, seconds: u32) {
    let mut writer = WavWriter::create(path, BitDepth::Int24, SampleRate(RATE), None).unwrap();
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let pitch = 55.0 * 2f64.powf(f64::from(seed) * 5.0 / 12.0);
    for second in 0..seconds {
        let [mut left, mut right] = [Vec::new(), Vec::new()];
        for n in 0..RATE {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = f64::from(state) / f64::from(u32::MAX) - 0.5;
            let t = f64::from(second) + f64::from(n) / f64::from(RATE);
            let beat = (-8.0 * (t * 1.6 + f64::from(seed) * 0.125).fract()).exp();
            let phase = std::f64::consts::TAU * pitch * t;
            let tone = phase.sin() + 0.5 * (phase * 1.5).sin();
            let bar = 0.6 + 0.4 * (t * 0.4 + f64::from(seed)).sin();
            let full = f64::from(1 << 23) * 0.05 * bar;
            left.push((full * (beat * (tone + noise) + 0.3 * tone)) as i32);
            right.push((full * (beat * (tone - noise) + 0.25 * tone)) as i32);
        }
        writer.write_whole(&left, &right).unwrap();
    }
    writer.finish().unwrap();
}

/// Seconds and peak memory in bytes of one render. The output folder is deleted afterwards.
fn render(home: &Path, session: &Path, more: &[&str]) -> (f64, u64) {
    let out = home.join("out");
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_stemwright"))
        .arg("render")
        .arg(session)
        .arg("-o")
        .arg(&out)
        .arg("--json")
        .args(more)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert!(output.status.success(), "the render failed: see {}", session.display());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    std::fs::remove_dir_all(&out).unwrap();
    (seconds, report["peak_memory_bytes"].as_u64().unwrap_or(0))
}

/// The masters as ffmpeg makes them: name, loudness in LUFS, ceiling in dBTP, sample rate and
/// codec.
const MASTERS: [(&str, f64, f64, u32, &str); 4] = [
    ("streaming", -14.0, -1.0, 48_000, "pcm_s24le"),
    ("cd", -10.0, -0.3, 44_100, "pcm_s16le"),
    ("vinyl", -16.0, -3.0, 96_000, "pcm_s24le"),
    ("broadcast", -24.0, -2.0, 48_000, "pcm_s24le"),
];

/// Sums the stems of each version, as a script does before mastering.
fn ffmpeg_versions(stems: &Path, out: &Path) -> Vec<PathBuf> {
    let _ = std::fs::remove_dir_all(out);
    std::fs::create_dir_all(out).unwrap();
    let all: Vec<usize> = (0..NAMES.len()).collect();
    let voices = |n: &usize| (5..7).contains(n);
    let some = |vocal: bool| all.iter().copied().filter(|n| voices(n) == vocal).collect();
    let versions: [(&str, Vec<usize>, &str, &str); 5] = [
        ("full", all.clone(), "anull", "anull"),
        ("instrumental", some(false), "anull", "anull"),
        ("acappella", some(true), "anull", "anull"),
        ("radio", all.clone(), "anull", "aselect='not(between(t,8,12))',asetpts=N/SR/TB"),
        ("clean", all.clone(), "volume=0:enable='between(t,3,3.5)+between(t,6,6.5)'", "anull"),
    ];
    let mut mixes = Vec::new();
    for (version, parts, voice, after) in versions {
        let path = out.join(format!("{version}.wav"));
        let mut command = Command::new("ffmpeg");
        for n in &parts {
            command.arg("-i").arg(stems.join(format!("{}.wav", NAMES[*n])));
        }
        let lead = parts.iter().position(|n| *n == 5);
        let voice = lead.map_or(String::new(), |n| format!("[{n}:a]{voice}[v];"));
        let inputs: String = (0..parts.len())
            .map(|n| if Some(n) == lead { "[v]".into() } else { format!("[{n}:a]") })
            .collect();
        let graph = format!("{voice}{inputs}amix=inputs={}:normalize=0,{after}", parts.len());
        command.args(["-filter_complex", &graph, "-c:a", "pcm_f32le"]).arg(&path);
        ffmpeg(&mut command);
        mixes.push(path);
    }
    mixes
}

fn ffmpeg(command: &mut Command) -> String {
    let output = command
        .args(["-y", "-hide_banner", "-nostats"])
        .stdin(Stdio::null())
        .output()
        .expect("ffmpeg is needed; ./packaging/test installs it");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{report}");
    report
}

fn loudnorm(stems: &Path, out: &Path) {
    for mix in ffmpeg_versions(stems, out) {
        for (name, loudness, ceiling, rate, codec) in MASTERS {
            let aim = format!("loudnorm=I={loudness}:TP={ceiling}:LRA=20");
            let first = format!("{aim}:print_format=json");
            let report = ffmpeg(
                Command::new("ffmpeg").arg("-i").arg(&mix).args(["-af", &first, "-f", "null", "-"]),
            );
            let json = &report[report.rfind('{').unwrap()..=report.rfind('}').unwrap()];
            let read: serde_json::Value = serde_json::from_str(json).unwrap();
            let value = |key: &str| read[key].as_str().unwrap().to_string();
            let second = format!(
                "{aim}:measured_I={}:measured_TP={}:measured_LRA={}:measured_thresh={}:offset={}:linear=true",
                value("input_i"),
                value("input_tp"),
                value("input_lra"),
                value("input_thresh"),
                value("target_offset")
            );
            let path = mix.with_file_name(format!("{name}.wav"));
            ffmpeg(
                Command::new("ffmpeg")
                    .arg("-i")
                    .arg(&mix)
                    .args(["-af", &second, "-ar", &rate.to_string(), "-c:a", codec])
                    .arg(path),
            );
        }
    }
}

fn alimiter(stems: &Path, out: &Path) {
    for mix in ffmpeg_versions(stems, out) {
        let report = ffmpeg(
            Command::new("ffmpeg").arg("-i").arg(&mix).args(["-af", "ebur128", "-f", "null", "-"]),
        );
        let summary = report.rsplit("I:").next().unwrap();
        let integrated: f64 = summary.split_whitespace().next().unwrap().parse().unwrap();
        for (name, loudness, ceiling, rate, codec) in MASTERS {
            let graph = format!(
                "volume={}dB,aresample=192000,alimiter=limit={}:level=0,aresample={rate}",
                loudness - integrated,
                10f64.powf(ceiling / 20.0)
            );
            let path = mix.with_file_name(format!("{name}.wav"));
            ffmpeg(
                Command::new("ffmpeg")
                    .arg("-i")
                    .arg(&mix)
                    .args(["-af", &graph, "-c:a", codec])
                    .arg(path),
            );
        }
    }
}
