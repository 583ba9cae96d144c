//! Input through the program itself: every format, and every kind of fault.

mod common;

use common::*;
use std::path::Path;

#[test]
fn every_format_is_read() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    let (left, right) = (sound(1, 6.0, 0.4), sound(2, 6.0, 0.4));
    write_float(&source, 48_000, &left, &right);
    let cases: [(&str, &[&str], Option<u64>, bool); 21] = [
        ("i16.wav", &["-c:a", "pcm_s16le"], Some(16), false),
        ("i24.wav", &["-c:a", "pcm_s24le"], Some(24), false),
        ("i32.wav", &["-c:a", "pcm_s32le"], Some(32), false),
        ("f32.wav", &["-c:a", "pcm_f32le"], Some(32), false),
        ("f64.wav", &["-c:a", "pcm_f64le"], Some(64), false),
        ("rf64.wav", &["-c:a", "pcm_s24le", "-rf64", "always"], Some(24), false),
        ("a.aiff", &["-c:a", "pcm_s24be"], Some(24), false),
        ("a.aifc", &["-c:a", "pcm_f32be", "-f", "aiff"], Some(32), false),
        ("a.flac", &["-c:a", "flac", "-sample_fmt", "s32"], Some(24), false),
        ("alac.m4a", &["-c:a", "alac", "-sample_fmt", "s32p"], None, false),
        ("alac.caf", &["-c:a", "alac"], None, false),
        ("pcm.caf", &["-c:a", "pcm_s24le"], Some(24), false),
        ("a.w64", &["-c:a", "pcm_s24le"], Some(24), false),
        ("a.au", &["-c:a", "pcm_s24be"], Some(24), false),
        ("a.oga", &["-c:a", "flac", "-f", "ogg"], Some(24), false),
        ("a.opus", &["-c:a", "libopus", "-b:a", "192k"], None, true),
        ("a.mp4", &["-c:a", "aac", "-b:a", "320k"], None, true),
        ("a.ogg", &["-c:a", "libvorbis", "-q:a", "8"], None, true),
        ("a.mp3", &["-c:a", "libmp3lame", "-b:a", "320k"], None, true),
        ("aac.m4a", &["-c:a", "aac", "-b:a", "320k"], None, true),
        ("slow.wav", &["-c:a", "pcm_s24le", "-ar", "22050"], Some(24), false),
    ];
    let measured = |path: &Path| {
        json(&expect(home.path(), 0, &["measure", text(path), "--json"]).0)[0].clone()
    };
    let reference = measured(&source)["integrated_lufs"].as_f64().unwrap();
    for (name, options, bits, lossy) in cases {
        let path = folder.path().join(name);
        ffmpeg_convert(&source, options, &path);
        let file = measured(&path);
        let loudness = file["integrated_lufs"].as_f64().unwrap();
        // At 22.05 kHz the noise above 11 kHz is lost.
        let near = if lossy { 0.5 } else { 0.06 + 0.14 * f64::from(name == "slow.wav") };
        assert!((loudness - reference).abs() < near, "{name}: {loudness}, not {reference}");
        assert_eq!(file["channels"], 2, "{name}");
        if bits.is_some() {
            assert_eq!(file["bits"].as_u64(), bits, "{name}");
        }
        let frames = file["frames"].as_u64().unwrap();
        let rate = file["sample_rate"].as_u64().unwrap();
        let seconds = frames as f64 / rate as f64;
        assert!((seconds - 6.0).abs() < 0.08, "{name} lasts {seconds} s");
        if !lossy {
            assert_eq!(frames, rate * 6, "{name}");
        }
        assert_eq!(stemwright::media::probe(&path).unwrap().lossy, lossy, "{name}");
    }
    // A lossless copy holds the same samples.
    let copy = tempfile::tempdir().unwrap();
    ffmpeg_convert(
        &folder.path().join("i24.wav"),
        &["-c:a", "flac"],
        &copy.path().join("Drums.flac"),
    );
    expect(home.path(), 0, &["new", text(copy.path())]);
    let report = render(
        home.path(),
        &session_in(copy.path()),
        &copy.path().join("out"),
        &["--versions", "full", "--masters", "mix24"],
    );
    let written = first_path(&report);
    assert_eq!(samples(&written), samples(&folder.path().join("i24.wav")));
}

#[test]
fn mixed_rates_mono_stems_and_faults_are_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[
        ("01_Drums", &sound(1, 4.0, 0.5), &sound(1, 4.0, 0.5)),
        ("02_Bass", &sound(2, 4.0, 0.3), &sound(2, 4.0, 0.3)),
    ]);
    let at = |name: &str| folder.path().join(name);
    ffmpeg_convert(
        &at("01_Drums.wav"),
        &["-ar", "44100", "-c:a", "pcm_s16le", "-ac", "1"],
        &at("03_Keys.wav"),
    );
    ffmpeg_convert(&at("01_Drums.wav"), &["-b:a", "128k"], &at("04_LeadVox.mp3"));
    let silent = vec![0.0; 96_000];
    stemwright::media::writer::write_plain(
        &at("05_FX.wav"),
        stemwright::units::SampleRate(48_000),
        &silent,
        &silent,
    )
    .unwrap();
    let loud: Vec<f32> = sound(3, 4.0, 3.0);
    stemwright::media::writer::write_plain(
        &at("06_Guitars.wav"),
        stemwright::units::SampleRate(48_000),
        &loud,
        &loud,
    )
    .unwrap();
    let (out, _) = expect(home.path(), 1, &["check", text(folder.path()), "--json"]);
    let report = json(&out);
    let problems = |n: usize| report["stems"][n]["problems"].to_string();
    assert_eq!(problems(0), "[]");
    assert!(
        problems(2).contains("runs at 44.1 kHz") && problems(2).contains("16 bits"),
        "{}",
        problems(2)
    );
    assert!(problems(3).contains("MP3 is lossy"), "{}", problems(3));
    assert!(
        problems(4).contains("is silent")
            && problems(4).contains("ends 2.000 s (96000 samples) before"),
        "{}",
        problems(4)
    );
    assert!(problems(5).contains("clips"), "{}", problems(5));
    // NaN and infinity are reported and treated as silence.
    let broken = tempfile::tempdir().unwrap();
    let mut part = sound(7, 1.0, 0.3);
    (part[100], part[200]) = (f32::NAN, f32::INFINITY);
    write_float(&broken.path().join("Drums.wav"), 48_000, &part, &sound(7, 1.0, 0.3));
    let (out, _) = expect(home.path(), 1, &["check", text(broken.path())]);
    assert!(out.contains("holds 2 samples that are no numbers"), "{out}");
    // The set still renders, converted and aligned.
    expect(home.path(), 0, &["new", text(folder.path())]);
    let report = render(
        home.path(),
        &session_in(folder.path()),
        &home.path().join("o"),
        &["--versions", "full", "--masters", "streaming"],
    );
    assert_eq!(report["files"][0]["passed"], true);
}

#[test]
fn bad_input_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty.wav"), "").unwrap();
    std::fs::write(at("junk.wav"), [7u8; 5000]).unwrap();
    std::fs::write(at("junk.flac"), [9u8; 5000]).unwrap();
    std::fs::write(at("short.wav"), b"RIFF\x10\0\0\0WAVEfmt ").unwrap();
    let good = folder_of(&[("Drums", &sound(1, 2.0, 0.4), &sound(2, 2.0, 0.4))]);
    ffmpeg_convert(&good.path().join("Drums.wav"), &["-ac", "6"], &at("surround.wav"));
    let cases = [
        ("empty.wav", "is empty"),
        ("junk.wav", "holds no audio"),
        ("junk.flac", "holds no audio"),
        ("short.wav", "holds no audio"),
        ("surround.wav", "has 6 channels; Stemwright takes mono and stereo"),
        (".", "it is a folder"),
        ("missing.wav", "was not found"),
    ];
    for (name, words) in cases {
        let (_, error) = expect(home.path(), 1, &["measure", text(&at(name))]);
        assert!(error.contains(name) && error.contains(words), "{name}: {error}");
    }
    // The same files in a folder: the good stem is taken, the others are named.
    std::fs::copy(good.path().join("Drums.wav"), at("Drums.wav")).unwrap();
    let (_, error) = expect(home.path(), 1, &["new", text(folder.path())]);
    assert!(error.contains("surround.wav") && error.contains("empty.wav"), "{error}");
    let session = session_in(folder.path());
    let out = home.path().join("out");
    let (_, error) =
        expect(home.path(), 2, &["render", text(&session), "-o", text(&out), "--masters", "tape"]);
    assert!(error.contains("no master \u{201c}tape\u{201d}; choose from streaming, cd"), "{error}");
    let (_, error) =
        expect(home.path(), 2, &["render", text(&at("none.stemwright")), "-o", text(&out)]);
    assert!(error.contains("none.stemwright was not found"), "{error}");
    expect(home.path(), 2, &["render"]);
    let (_, error) = expect(home.path(), 2, &["new", text(good.path()), "-o", text(&session)]);
    assert!(error.contains("exists already"), "{error}");
    // The output path is a file, not a folder.
    let (_, error) =
        expect(home.path(), 1, &["render", text(&session), "-o", text(&at("Drums.wav"))]);
    assert!(error.contains("Drums.wav") && error.contains("cannot be written"), "{error}");
    // A stem that was changed, then a stem that is missing.
    std::fs::write(
        at("Drums.wav"),
        std::fs::read(good.path().join("Drums.wav")).unwrap().repeat(2),
    )
    .unwrap();
    let one = ["--versions", "full", "--masters", "mix"];
    let report = render(home.path(), &session, &out, &one);
    let notes = report["files"][0]["notes"].to_string();
    assert!(notes.contains("Drums.wav (Drums) was exported again"), "{notes}");
    std::fs::remove_file(at("Drums.wav")).unwrap();
    let (_, error) = expect(home.path(), 1, &["render", text(&session), "-o", text(&out)]);
    assert!(error.contains("Drums.wav (Drums) is missing"), "{error}");
    // A moved stem is found again.
    std::fs::create_dir(at("Stems")).unwrap();
    std::fs::copy(good.path().join("Drums.wav"), at("Stems").join("Renamed.wav")).unwrap();
    let (_, error) = expect(
        home.path(),
        0,
        &["render", text(&session), "-o", text(&out), "--versions", "full", "--masters", "mix"],
    );
    assert!(error.contains("found again as Stems/Renamed.wav"), "{error}");
    let nothing = tempfile::tempdir().unwrap();
    let (_, error) = expect(home.path(), 1, &["new", text(nothing.path())]);
    assert!(error.contains("holds no audio"), "{error}");
    std::fs::write(at("broken.stemwright"), "{\"schema\": 1,").unwrap();
    let (_, error) =
        expect(home.path(), 1, &["render", text(&at("broken.stemwright")), "-o", text(&out)]);
    assert!(error.contains("broken.stemwright is no Stemwright session"), "{error}");
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes_and_said_so() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("Drums", &sound(1, 4.0, 0.4), &sound(2, 4.0, 0.4))]);
    let path = folder.path().join("Drums.wav");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (out, _) = expect(home.path(), 1, &["check", text(folder.path())]);
    assert!(out.contains("ends earlier than its header says"), "{out}");
}

#[test]
fn silence_has_no_figures() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("Drums", &[0.0; 96_000], &[0.0; 96_000])]);
    let (out, _) =
        expect(home.path(), 0, &["measure", text(&folder.path().join("Drums.wav")), "--json"]);
    let file = &json(&out)[0];
    for key in [
        "integrated_lufs",
        "momentary_max_lufs",
        "short_term_max_lufs",
        "sample_peak_dbfs",
        "true_peak_dbtp",
    ] {
        assert!(file[key].is_null(), "{key}: {file}");
    }
    let keys: Vec<&str> = file.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(keys.contains(&"loudness_range_lu") && keys.len() == 12, "{keys:?}");
}

#[test]
fn time_stamps_put_stems_where_they_belong() {
    use stemwright::media::broadcast::Broadcast;
    use stemwright::media::writer::{BitDepth, WavWriter};
    use stemwright::units::{Frames, SampleRate};
    let folder = tempfile::tempdir().unwrap();
    for (name, stamp) in [("Drums", 172_800_000u64), ("Bass", 172_848_000)] {
        let chunk = Broadcast { time_reference: stamp, ..Broadcast::default() };
        let path = folder.path().join(format!("{name}.wav"));
        let mut writer =
            WavWriter::create(&path, BitDepth::Int24, SampleRate(48_000), Some(&chunk)).unwrap();
        writer.write_whole(&[1000; 48_000], &[1000; 48_000]).unwrap();
        writer.finish().unwrap();
    }
    let session = stemwright::intake::folder::gather(folder.path(), None).unwrap().session;
    let start = |name: &str| session.stems.iter().find(|stem| stem.name == name).unwrap().start;
    assert_eq!((start("Drums"), start("Bass")), (Frames(0), Frames(48_000)));
    assert_eq!(session.length(), Frames(96_000));
}

#[test]
fn damage_is_a_fault_of_the_stem_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("01_Bass", &sound(1, 4.0, 0.4), &sound(2, 4.0, 0.4))]);
    let at = |name: &str| folder.path().join(name);
    let music = home.path().join("music.wav");
    write_float(&music, 48_000, &sound(3, 4.0, 0.4), &sound(4, 4.0, 0.4));
    let encoded = |name: &str, options: &[&str]| {
        let path = home.path().join(name);
        ffmpeg_convert(&music, options, &path);
        std::fs::read(&path).unwrap()
    };
    let flac = encoded("music.flac", &["-c:a", "flac"]);
    let ogg = encoded("music.ogg", &["-c:a", "libvorbis"]);
    let hit = |at: usize, with: u8| {
        let mut bytes = flac.clone();
        bytes[at] ^= with;
        bytes
    };
    let cases = [
        (
            "flac",
            flac[..flac.len() / 2].to_vec(),
            "fault: ends earlier than its header says, by 2.1 s",
        ),
        (
            "flac",
            hit(flac.len() / 2, 0x10),
            "fault: is damaged once, 96 ms are lost and silent; get it again, at 0:0",
        ),
        ("flac", hit(26, 0xFF), "fault: its checksum does not fit: it is not what was encoded"),
        ("ogg", ogg[..ogg.len() / 2].to_vec(), "fault: is cut off, the mark of its end is missing"),
    ];
    for (extension, content, words) in cases {
        let path = at(&format!("02_Vocals.{extension}"));
        std::fs::write(&path, content).unwrap();
        for _ in 0..2 {
            // The second run uses the copy in the cache.
            let (out, _) = expect(home.path(), 1, &["check", text(folder.path())]);
            assert!(out.contains(words) && out.contains("not passed"), "{out}");
        }
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn findings_of_a_stem_of_another_rate_are_where_they_are_heard() {
    use stemwright::media::broadcast::Broadcast;
    use stemwright::media::writer::{BitDepth, WavWriter};
    use stemwright::units::SampleRate;
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, rate, start, seconds) in [
        ("01_Drums", 48_000, 3600, 30),
        ("02_Bass", 48_000, 3600, 30),
        ("03_Vocals", 44_100, 3615, 12),
    ] {
        let chunk = Broadcast { time_reference: start * u64::from(rate), ..Broadcast::default() };
        let path = folder.path().join(format!("{name}.wav"));
        let mut writer =
            WavWriter::create(&path, BitDepth::Int24, SampleRate(rate), Some(&chunk)).unwrap();
        let tone = |n: u32| ((f64::from(n) * 0.03).sin() * 2e6) as i32;
        let mut side: Vec<i32> = (0..seconds * rate).map(tone).collect();
        if rate == 44_100 {
            // Clips ten seconds after the start of the stem: at 25 s of the song.
            side[10 * 44_100..10 * 44_100 + 400].fill(8_388_607);
        }
        writer.write_whole(&side, &side).unwrap();
        writer.finish().unwrap();
    }
    let (out, _) = expect(home.path(), 1, &["check", text(folder.path()), "--json"]);
    let report = json(&out);
    let findings = report["stems"][2]["findings"].as_array().unwrap();
    let clipped = findings.iter().find(|finding| finding["kind"] == "clipped").unwrap();
    let from = clipped["at"][0]["from"].as_f64().unwrap();
    assert!((from - 25.0).abs() < 0.001, "{clipped}");
}

#[test]
fn a_quiet_stem_is_not_silent() {
    let home = tempfile::tempdir().unwrap();
    let quiet: Vec<f32> = sound(1, 4.0, 0.4).iter().map(|x| x * 3e-4).collect();
    let faint: Vec<f32> = sound(2, 4.0, 0.4).iter().map(|x| x * 3e-5).collect();
    let nothing = vec![0.0; quiet.len()];
    let folder = folder_of(&[
        ("01_Drums", &quiet, &quiet),
        ("02_Bass", &faint, &faint),
        ("03_Keys", &nothing, &nothing),
    ]);
    let (out, _) = expect(home.path(), 1, &["check", text(folder.path())]);
    let lines: Vec<&str> = out.lines().filter(|line| line.contains("look: is ")).collect();
    assert!(lines[0].contains("is too quiet to be measured (peak \u{2212}7"), "{out}");
    assert!(lines[1].contains("is silent but for noise that peaks at \u{2212}9"), "{out}");
    assert!(lines[2].contains("is silent; leave it out"), "{out}");
}

/// More stems than a process may have open files, which macOS limits to 256 by default.
#[cfg(unix)]
#[test]
fn three_hundred_stems_need_few_open_files() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let side = sound(1, 0.5, 0.001);
    let wav = folder.path().join("001_Drums.wav");
    write_float(&wav, 48_000, &side, &side);
    for n in 2..=300 {
        let path = folder.path().join(format!("{n:03}_Keys.wav"));
        std::fs::copy(&wav, &path).unwrap();
    }
    // One stem that needs a decoded copy, one of another rate.
    ffmpeg_convert(&wav, &["-c:a", "flac"], &folder.path().join("301_Bass.flac"));
    ffmpeg_convert(&wav, &["-ar", "44100"], &folder.path().join("302_Pad.wav"));
    let limited = |arguments: &[&str]| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "ulimit -n 256; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_stemwright")]);
        command.args(arguments).env("HOME", home.path());
        for name in ["XDG_CACHE_HOME", "XDG_DATA_HOME"] {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, error) = limited(&["new", text(folder.path())]);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("302") || error.contains("302"), "{out}{error}");
    let session = session_in(folder.path());
    let to = home.path().join("out");
    let versions = ["--versions", "full", "--masters", "mix"];
    let (code, out, error) =
        limited(&[&["render", text(&session), "-o", text(&to)][..], &versions].concat());
    assert_eq!(code, Some(0), "{out}{error}");
    let (code, out, error) = limited(&["check", text(folder.path())]);
    assert!(code == Some(1) && out.contains("302_Pad.wav"), "{code:?} {error}");
}
