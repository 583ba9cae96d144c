//! Helpers shared by the tests: running the program, making test sounds, ffmpeg as second opinion.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub mod band;
pub mod faulty;
pub mod song;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use stemwright::dsp::Stereo;
use stemwright::media::PcmFile;
use stemwright::media::writer::{BitDepth, WavWriter, write_plain};
use stemwright::units::SampleRate;

/// The program with its own home folder, so that tests do not share a cache.
pub fn stemwright(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stemwright"));
    command.env("HOME", home).env_remove("XDG_CACHE_HOME").env_remove("XDG_DATA_HOME");
    command
}

pub fn run(home: &Path, arguments: &[&str]) -> Output {
    stemwright(home).args(arguments).output().unwrap()
}

/// Runs the program and returns stdout and stderr. Fails with its output unless it exits with
/// `code`.
pub fn expect(home: &Path, code: i32, arguments: &[&str]) -> (String, String) {
    let output = run(home, arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    (out, err)
}

/// Renders and returns the report. Fails unless every file passes. `more` selects versions and
/// masters.
pub fn render(home: &Path, session: &Path, out: &Path, more: &[&str]) -> serde_json::Value {
    let mut arguments = vec!["render", text(session), "-o", text(out), "--json"];
    arguments.extend(more);
    json(&expect(home, 0, &arguments).0)
}

/// Path of the first file in a report.
pub fn first_path(report: &serde_json::Value) -> PathBuf {
    PathBuf::from(report["files"][0]["path"].as_str().unwrap())
}

pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A new folder with the named stems, 24 bits at 48 kHz.
pub fn folder_of(stems: &[(&str, &[f32], &[f32])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, left, right) in stems {
        let path = folder.path().join(format!("{name}.wav"));
        write_plain(&path, SampleRate(48_000), left, right).unwrap();
    }
    folder
}

/// A tone with noise and a slow swell; no two places are equal.
pub fn sound(seed: u32, seconds: f64, level: f32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    (0..(seconds * 48_000.0) as u32)
        .map(|n| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = state as f32 / u32::MAX as f32 - 0.5;
            let t = n as f32 / 48_000.0;
            let tone = (t * std::f32::consts::TAU * (110.0 + 37.0 * seed as f32)).sin();
            let swell = 0.6 + 0.4 * (t * 2.1 + seed as f32).sin();
            level * swell * (0.7 * tone + 0.3 * noise)
        })
        .collect()
}

/// All samples of a WAV file, planar.
pub fn samples(path: &Path) -> Stereo {
    let file = PcmFile::open(path).unwrap().unwrap();
    let count = file.info().frames.0 as usize;
    let mut out = [vec![0.0; count], vec![0.0; count]];
    let [left, right] = &mut out;
    file.read(0, left, right, &mut Vec::new()).unwrap();
    out
}

/// Writes 32-bit float, for signals that must not be rounded.
pub fn write_float(path: &Path, rate: u32, left: &[f32], right: &[f32]) {
    let mut writer = WavWriter::create(path, BitDepth::Float32, SampleRate(rate), None).unwrap();
    writer.write_float(left, right).unwrap();
    writer.finish().unwrap();
}

/// Level of a difference relative to a whole signal, in decibels.
pub fn relative_db(difference: impl Iterator<Item = f64>, whole: &Stereo) -> f64 {
    let power = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>();
    let left_over = power(&mut { difference });
    let all = power(&mut whole.iter().flatten().map(|x| f64::from(*x)));
    10.0 * (left_over / all).log10()
}

/// Integrated loudness and true peak as ffmpeg measures them, to a tenth.
pub fn ffmpeg_reading(path: &Path) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args([
            "-nostats",
            "-hide_banner",
            "-i",
            text(path),
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ])
        .output()
        .expect("ffmpeg is needed; ./packaging/test installs it");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = report.rsplit("Summary:").next().unwrap();
    let value = |name: &str| -> f64 {
        let rest = summary.split(name).nth(1).unwrap_or_else(|| panic!("{report}"));
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (value("I:"), value("Peak:"))
}

/// Converts a file with ffmpeg.
pub fn ffmpeg_convert(from: &Path, options: &[&str], to: &Path) {
    let status = Command::new("ffmpeg")
        .args(["-y", "-loglevel", "error", "-i", text(from)])
        .args(options)
        .arg(to)
        .status()
        .expect("ffmpeg is needed; ./packaging/test installs it");
    assert!(status.success(), "{}", to.display());
}

/// Sorted file names in a folder, including hidden ones.
pub fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The only session in a folder.
pub fn session_in(folder: &Path) -> PathBuf {
    let name = listing(folder).into_iter().find(|name| name.ends_with(".stemwright")).unwrap();
    folder.join(name)
}
