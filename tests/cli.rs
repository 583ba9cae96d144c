//! The promises of the README, kept by the program itself.

mod common;

use common::*;
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn the_demo_song_becomes_twenty_files_that_other_meters_agree_with() {
    let home = tempfile::tempdir().unwrap();
    let (song, again, out) =
        (home.path().join("d"), home.path().join("again"), home.path().join("out"));
    expect(home.path(), 0, &["demo", text(&song)]);
    expect(home.path(), 0, &["demo", text(&again)]);
    for name in listing(&song.join("Stems")) {
        let bytes = |folder: &Path| std::fs::read(folder.join("Stems").join(&name)).unwrap();
        assert_eq!(blake3::hash(&bytes(&song)), blake3::hash(&bytes(&again)), "{name}");
    }
    assert!(expect(home.path(), 2, &["demo", text(&song)]).1.contains("exists already"));

    let session = session_in(&song);
    let (stdout, _) =
        expect(home.path(), 0, &["render", text(&session), "-o", text(&out), "--json"]);
    let report = json(&stdout);
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 20);
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    let limits: HashMap<&str, (f64, f64, u64, u64)> = [
        ("streaming", (-14.0, -1.0, 24, 48_000)),
        ("cd", (-10.0, -0.3, 16, 44_100)),
        ("vinyl", (-16.0, -3.0, 24, 96_000)),
        ("broadcast", (-24.0, -2.0, 24, 48_000)),
    ]
    .into();
    for file in files {
        let master = file["master"].as_str().unwrap();
        let (loudness, ceiling, bits, rate) = limits[master];
        let path = Path::new(file["path"].as_str().unwrap());
        let own =
            (file["integrated_lufs"].as_f64().unwrap(), file["true_peak_dbtp"].as_f64().unwrap());
        assert_eq!(file["passed"], true, "{file}");
        assert_eq!((file["bits"].as_u64(), file["sample_rate"].as_u64()), (Some(bits), Some(rate)));
        assert!(own.1 <= ceiling, "{file}");
        if master == "vinyl" {
            let limited_by_peak = own.1 > ceiling - 0.1;
            assert!(
                own.0 < loudness + 0.05 && (limited_by_peak || own.0 > loudness - 0.05),
                "{file}"
            );
        } else {
            assert!((own.0 - loudness).abs() <= 0.05, "{file}");
        }
        let (theirs, peak) = ffmpeg_reading(path);
        assert!((theirs - own.0).abs() <= 0.1, "ffmpeg reads {theirs}: {file}");
        assert!(peak <= ceiling + 0.05, "ffmpeg reads {peak} dBTP: {file}");
        let reader = hound::WavReader::open(path).unwrap();
        assert_eq!(u64::from(reader.duration()), file["frames"].as_u64().unwrap());
        assert_eq!(u64::from(reader.spec().bits_per_sample), bits);
        if master == "cd" {
            assert_eq!(reader.duration() % 588, 0);
        }
        if master == "broadcast" {
            let bytes = std::fs::read(path).unwrap();
            let at = bytes.windows(4).position(|four| four == b"bext").unwrap() + 8;
            let word =
                |offset: usize| i16::from_le_bytes([bytes[at + offset], bytes[at + offset + 1]]);
            assert_eq!(word(346), 2, "version of the chunk");
            assert_eq!(word(412), -2400, "loudness in the chunk");
            assert!((f64::from(word(416)) / 100.0 - own.1).abs() < 0.01, "true peak in the chunk");
            assert!(word(414) > 0 && word(418) < 0 && word(420) < 0, "range and maxima");
            let notes = file["notes"].to_string();
            assert!(
                notes.contains("EBU R128: not met") && notes.contains("ATSC A/85: met"),
                "{notes}"
            );
        }
    }
    let kept = json(&std::fs::read_to_string(out.join("render.json")).unwrap());
    assert_eq!(kept["files"], report["files"]);
    // The radio edit is ten seconds shorter.
    let frames = |version: &str| {
        let found =
            files.iter().find(|file| file["version"] == version && file["master"] == "streaming");
        found.unwrap()["frames"].as_u64().unwrap()
    };
    assert_eq!(frames("full") - frames("radio"), 480_000);

    // A second render overwrites nothing.
    let (stdout, _) = expect(
        home.path(),
        0,
        &[
            "render",
            text(&session),
            "-o",
            text(&out),
            "--versions",
            "full",
            "--masters",
            "streaming",
            "--json",
        ],
    );
    let path = json(&stdout)["files"][0]["path"].as_str().unwrap().to_string();
    assert!(path.ends_with("BlueSky_FullMix_Streaming_v1.1.wav"), "{path}");
    assert!(listing(&out).iter().all(|name| !name.starts_with('.')), "no temporary files stay");
}

#[test]
fn versions_are_sums_of_the_same_strips() {
    let home = tempfile::tempdir().unwrap();
    let parts = [sound(1, 3.0, 0.3), sound(2, 3.0, 0.25), sound(3, 3.0, 0.2), sound(4, 3.0, 0.15)];
    let folder = folder_of(&[
        ("01_Drums", &parts[0], &parts[1]),
        ("02_Bass", &parts[1], &parts[1]),
        ("03_LeadVox", &parts[2], &parts[0]),
        ("04_BGVs", &parts[3], &parts[2]),
    ]);
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let out = home.path().join("out");
    let (stdout, _) = expect(
        home.path(),
        0,
        &[
            "render",
            text(&session),
            "-o",
            text(&out),
            "--versions",
            "full,instrumental,acappella,radio",
            "--masters",
            "mix",
            "--json",
        ],
    );
    let report = json(&stdout);
    let of = |version: &str| {
        let files = report["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["version"] == version).unwrap();
        (samples(Path::new(file["path"].as_str().unwrap())), file["notes"].to_string())
    };
    let (full, instrumental, acappella) = (of("full").0, of("instrumental").0, of("acappella").0);
    let halves = (0..2).flat_map(|side| {
        let (a, b, c) = (&instrumental[side], &acappella[side], &full[side]);
        (0..c.len()).map(move |n| f64::from(a[n]) + f64::from(b[n]) - f64::from(c[n]))
    });
    let left_over = relative_db(halves, &full);
    assert!(left_over <= -120.0, "instrumental and a cappella less the full mix: {left_over}");
    let stems: Vec<_> = listing(folder.path())
        .iter()
        .filter(|n| n.ends_with("wav"))
        .map(|n| samples(&folder.path().join(n)))
        .collect();
    let sum = (0..2).flat_map(|side| {
        let (stems, full) = (&stems, &full[side]);
        (0..full.len()).map(move |n| {
            f64::from(full[n]) - stems.iter().map(|stem| f64::from(stem[side][n])).sum::<f64>()
        })
    });
    let left_over = relative_db(sum, &full);
    assert!(left_over <= -120.0, "the full mix less its stems: {left_over}");
    assert!(of("radio").1.contains("radio edit equals the full mix: no cut is set"));
}

#[test]
fn a_flat_stem_leaves_as_it_came() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("Drums", &sound(5, 2.0, 0.9), &sound(6, 2.0, 0.01))]);
    expect(home.path(), 0, &["new", text(folder.path())]);
    let out = home.path().join("out");
    let (stdout, _) = expect(
        home.path(),
        0,
        &[
            "render",
            text(&session_in(folder.path())),
            "-o",
            text(&out),
            "--versions",
            "full",
            "--masters",
            "mix24",
            "--json",
        ],
    );
    let whole = |path: &Path| -> Vec<i32> {
        hound::WavReader::open(path).unwrap().into_samples().map(Result::unwrap).collect()
    };
    let written = json(&stdout)["files"][0]["path"].as_str().unwrap().to_string();
    assert_eq!(whole(Path::new(&written)), whole(&folder.path().join("Drums.wav")));
}

#[test]
fn every_format_is_read() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    let (left, right) = (sound(1, 6.0, 0.4), sound(2, 6.0, 0.4));
    write_float(&source, 48_000, &left, &right);
    let cases: [(&str, &[&str], Option<u64>, bool); 16] = [
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
        // A slow file has lost the noise above 11 kHz.
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
    // A lossless copy holds the very samples.
    let copy = tempfile::tempdir().unwrap();
    ffmpeg_convert(
        &folder.path().join("i24.wav"),
        &["-c:a", "flac"],
        &copy.path().join("Drums.flac"),
    );
    expect(home.path(), 0, &["new", text(copy.path())]);
    let (stdout, _) = expect(
        home.path(),
        0,
        &[
            "render",
            text(&session_in(copy.path())),
            "-o",
            text(&copy.path().join("out")),
            "--versions",
            "full",
            "--masters",
            "mix24",
            "--json",
        ],
    );
    let written = json(&stdout)["files"][0]["path"].as_str().unwrap().to_string();
    assert_eq!(samples(Path::new(&written)), samples(&folder.path().join("i24.wav")));
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
        problems(4).contains("is silent") && problems(4).contains("ends 2.000 s before"),
        "{}",
        problems(4)
    );
    assert!(problems(5).contains("clips"), "{}", problems(5));
    // Numbers that are none are named, and heard as silence.
    let broken = tempfile::tempdir().unwrap();
    let mut part = sound(7, 1.0, 0.3);
    (part[100], part[200]) = (f32::NAN, f32::INFINITY);
    write_float(&broken.path().join("Drums.wav"), 48_000, &part, &sound(7, 1.0, 0.3));
    let (out, _) = expect(home.path(), 1, &["check", text(broken.path())]);
    assert!(out.contains("holds 2 samples that are no numbers"), "{out}");
    // All the same it renders, converted and aligned.
    expect(home.path(), 0, &["new", text(folder.path())]);
    let (stdout, _) = expect(
        home.path(),
        0,
        &[
            "render",
            text(&session_in(folder.path())),
            "-o",
            text(&home.path().join("o")),
            "--versions",
            "full",
            "--masters",
            "streaming",
            "--json",
        ],
    );
    assert_eq!(json(&stdout)["files"][0]["passed"], true);
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
        ("missing.wav", "was not found"),
    ];
    for (name, words) in cases {
        let (_, error) = expect(home.path(), 1, &["measure", text(&at(name))]);
        assert!(error.contains(name) && error.contains(words), "{name}: {error}");
    }
    // The same files in a folder: a good stem is taken, the others are named.
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
    // The output is a file, not a folder.
    let (_, error) =
        expect(home.path(), 1, &["render", text(&session), "-o", text(&at("Drums.wav"))]);
    assert!(error.contains("Drums.wav") && error.contains("cannot be written"), "{error}");
    // A stem that was changed, and one that is gone.
    std::fs::write(
        at("Drums.wav"),
        std::fs::read(good.path().join("Drums.wav")).unwrap().repeat(2),
    )
    .unwrap();
    let (_, error) = expect(home.path(), 1, &["render", text(&session), "-o", text(&out)]);
    assert!(error.contains("Drums.wav changed"), "{error}");
    std::fs::remove_file(at("Drums.wav")).unwrap();
    let (_, error) = expect(home.path(), 1, &["render", text(&session), "-o", text(&out)]);
    assert!(error.contains("Drums.wav was not found"), "{error}");
    // One that only moved is found again.
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
fn a_target_out_of_reach_is_reported_with_what_was_reached() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("Song", &sound(1, 8.0, 0.4), &sound(2, 8.0, 0.4))]);
    let song = folder.path().join("Song.wav");
    let out = home.path().join("out");
    let (stdout, _) = expect(
        home.path(),
        1,
        &["master", text(&song), "-o", text(&out), "--lufs", "-1", "--ceiling", "-1", "--json"],
    );
    let file = json(&stdout)["files"][0].clone();
    assert_eq!(file["passed"], false);
    assert!(file["problems"][0].as_str().unwrap().contains("target \u{2212}1.00"), "{file}");
    assert!(file["true_peak_dbtp"].as_f64().unwrap() <= -1.0);
    let (stdout, _) = expect(
        home.path(),
        0,
        &["master", text(&song), "-o", text(&out), "--masters", "r128,cd", "--json"],
    );
    let report = json(&stdout);
    assert!((report["files"][0]["integrated_lufs"].as_f64().unwrap() + 23.0).abs() < 0.05);
    assert!(report["files"][0]["notes"].to_string().contains("EBU R128"), "{report}");
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

#[cfg(unix)]
#[test]
fn a_render_that_ends_early_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let song = home.path().join("d");
    expect(home.path(), 0, &["demo", text(&song)]);
    let session = session_in(&song);
    let out = home.path().join("out");
    let start = || {
        let child = stemwright(home.path())
            .args(["render", text(&session), "-o", text(&out)])
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let busy = || {
            out.exists() && listing(&out).iter().any(|name| name.starts_with(".stemwright-render-"))
        };
        while !busy() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(150));
        child
    };
    let whole = |name: &String| {
        name.ends_with(".json")
            || hound::WavReader::open(out.join(name)).is_ok_and(|reader| reader.duration() > 0)
    };
    // Asked to stop: it does so at once, and tidies up.
    let mut child = start();
    let asked = Instant::now();
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    assert!(listing(&out).iter().all(whole), "{:?}", listing(&out));
    // Killed: the next render tidies up.
    let mut child = start();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(listing(&out).iter().any(|name| name.starts_with(".stemwright-render-")));
    expect(
        home.path(),
        0,
        &["render", text(&session), "-o", text(&out), "--versions", "full", "--masters", "mix"],
    );
    assert!(listing(&out).iter().all(whole), "{:?}", listing(&out));
}

#[test]
fn help_tells_every_command() {
    let home = tempfile::tempdir().unwrap();
    let (out, _) = expect(home.path(), 0, &["--help"]);
    for command in ["demo", "new", "check", "measure", "render", "master"] {
        assert!(out.contains(command), "{out}");
        expect(home.path(), 0, &[command, "--help"]);
    }
}
