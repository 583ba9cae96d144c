//! Tests the promises of the README on the program itself.

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
    let report = render(home.path(), &session, &out, &[]);
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
            let loudness = f64::from(word(412)) / 100.0;
            assert!((loudness - own.0).abs() < 0.006, "loudness in the chunk: {loudness}");
            assert!((f64::from(word(416)) / 100.0 - own.1).abs() < 0.01, "true peak in the chunk");
            assert!(word(414) > 0 && word(418) < 0 && word(420) < 0, "range and maxima");
            let notes = file["notes"].to_string();
            assert!(
                notes.contains("ATSC A/85: met") && notes.contains("is for North America"),
                "{notes}"
            );
        }
    }
    let kept = json(&std::fs::read_to_string(out.join("render.json")).unwrap());
    // The list in the folder equals the report, except that its paths are relative.
    let mut inside = report["files"].clone();
    for file in inside.as_array_mut().unwrap() {
        let path = std::path::PathBuf::from(file["path"].as_str().unwrap());
        assert!(path.is_file());
        file["path"] = path.file_name().unwrap().to_str().unwrap().into();
    }
    assert_eq!(kept["files"], inside);
    // The radio edit is ten seconds shorter.
    let frames = |version: &str| {
        let found =
            files.iter().find(|file| file["version"] == version && file["master"] == "streaming");
        found.unwrap()["frames"].as_u64().unwrap()
    };
    assert_eq!(frames("full") - frames("radio"), 480_000);

    // A second render overwrites nothing.
    let report =
        render(home.path(), &session, &out, &["--versions", "full", "--masters", "streaming"]);
    let path = first_path(&report);
    assert!(path.ends_with("BlueSky_FullMix_Streaming_v1.1.wav"), "{}", path.display());
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
    let report = render(
        home.path(),
        &session,
        &out,
        &["--versions", "full,instrumental,acappella,radio", "--masters", "mix"],
    );
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
    assert!(of("radio").1.contains("Radio edit equals the full mix: no cut is set"));
}

#[test]
fn chains_are_heard_in_every_version_and_keep_the_sums() {
    let home = tempfile::tempdir().unwrap();
    let parts = [sound(1, 3.0, 0.3), sound(2, 3.0, 0.25), sound(3, 3.0, 0.2)];
    let folder = folder_of(&[
        ("01_Drums", &parts[0], &parts[1]),
        ("02_Keys", &parts[1], &parts[1]),
        ("03_LeadVox", &parts[2], &parts[0]),
    ]);
    expect(home.path(), 0, &["new", text(folder.path())]);
    let path = session_in(folder.path());
    let masters =
        &["--versions", "full,instrumental,acappella", "--masters", "mix,streaming,vinyl"];
    let plain = render(home.path(), &path, &home.path().join("plain"), masters);
    let mut session: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let vocal = session["stems"][2]["id"].clone();
    // The keys duck under the vocal, the drums have latency, and the mix has its own chain.
    session["stems"][0]["chain"] = serde_json::json!([
        { "kind": "saturation", "drive": 12.0 },
        { "kind": "eq", "bands": [{ "shape": "high_shelf", "frequency": 8000.0, "gain": 6.0 }] },
    ]);
    session["stems"][1]["chain"] = serde_json::json!([
        { "kind": "compressor", "key": vocal, "threshold": -40.0, "ratio": 8.0 },
    ]);
    session["chain"] = serde_json::json!([
        { "kind": "clip", "ceiling": -12.0 },
        { "kind": "compressor", "threshold": -18.0, "ratio": 2.0, "look_ahead": 0.005 },
        { "kind": "delay", "on": false, "time": 0.05 },
        { "kind": "warp", "on": true },
    ]);
    std::fs::write(&path, session.to_string()).unwrap();
    let treated = render(home.path(), &path, &home.path().join("treated"), masters);
    let file = |report: &serde_json::Value, version: &str, master: &str| {
        let files = report["files"].as_array().unwrap();
        files.iter().find(|f| f["version"] == version && f["master"] == master).unwrap().clone()
    };
    let sound_of = |report: &serde_json::Value, version: &str| {
        samples(Path::new(file(report, version, "mix")["path"].as_str().unwrap()))
    };
    let (full, before) = (sound_of(&treated, "full"), sound_of(&plain, "full"));
    let (instrumental, acappella) =
        (sound_of(&treated, "instrumental"), sound_of(&treated, "acappella"));
    let all = || (0..2).flat_map(|side| (0..full[0].len()).map(move |n| (side, n)));
    let at = |x: &[Vec<f32>], (side, n): (usize, usize)| f64::from(x[side][n]);
    let halves = all().map(|i| at(&instrumental, i) + at(&acappella, i) - at(&full, i));
    assert!(relative_db(halves, &full) <= -120.0, "the instrumental is ducked all the same");
    let change = relative_db(all().map(|i| at(&full, i) - at(&before, i)), &full);
    assert!(change > -20.0, "the chains are heard: {change}");
    assert_eq!(sound_of(&plain, "acappella"), acappella, "a vocal without a chain stays");
    assert_eq!(full[0].len(), before[0].len(), "latency is taken away at both ends");
    for master in ["streaming", "vinyl"] {
        let own = file(&treated, "full", master);
        assert_eq!(own["passed"], true, "{own}");
        assert!(own["notes"].to_string().contains("newer program was left out"), "{own}");
        assert_eq!(own["frames"], file(&plain, "full", master)["frames"]);
    }
}

#[test]
fn a_flat_stem_leaves_as_it_came() {
    let home = tempfile::tempdir().unwrap();
    let folder = folder_of(&[("Drums", &sound(5, 2.0, 0.9), &sound(6, 2.0, 0.01))]);
    expect(home.path(), 0, &["new", text(folder.path())]);
    let out = home.path().join("out");
    let report = render(
        home.path(),
        &session_in(folder.path()),
        &out,
        &["--versions", "full", "--masters", "mix24"],
    );
    let whole = |path: &Path| -> Vec<i32> {
        hound::WavReader::open(path).unwrap().into_samples().map(Result::unwrap).collect()
    };
    let written = first_path(&report);
    assert_eq!(whole(&written), whole(&folder.path().join("Drums.wav")));
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
    assert!(
        file["problems"][0]["text"].as_str().unwrap().contains("target \u{2212}1.00"),
        "{file}"
    );
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
    // Interrupted by a signal, it stops at once and removes its temporary files.
    let mut child = start();
    let asked = Instant::now();
    // The shell's built-in `kill`, as not every machine has the program.
    let kill = format!("kill -INT {}", child.id());
    std::process::Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    assert!(listing(&out).iter().all(whole), "{:?}", listing(&out));
    // Killed, it leaves files that the next render removes.
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

#[cfg(not(feature = "window"))]
#[test]
fn a_build_without_a_window_says_so() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &["."]] {
        let (_, said) = expect(home.path(), 2, arguments);
        assert!(said.contains("built without a window"), "{said}");
    }
}

#[test]
fn measure_says_that_samples_are_no_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd.wav");
    let mut side = sound(3, 2.0, 0.3);
    side[1000..1010].fill(f32::NAN);
    write_float(&path, 48_000, &side, &side);
    let (said, _) = expect(folder.path(), 0, &["measure", text(&path)]);
    assert!(said.contains("20 samples that are no numbers"), "{said}");
    let (said, _) = expect(folder.path(), 0, &["measure", "--json", text(&path)]);
    assert_eq!(json(&said)[0]["invalid_samples"], 20);
}

/// A target out of reach: by default the gain stops where more of it wins little, and the file says
/// so; pushed on, it is limited as deep as is allowed for a few tenths of a LU.
#[test]
fn a_target_out_of_reach_stops_at_the_knee_unless_pushed_on() {
    let folder = folder_of(&[("01_Noise", &sound(1, 8.0, 0.2), &sound(2, 8.0, 0.2))]);
    let home = folder.path();
    expect(home, 0, &["new", text(home)]);
    let session = session_in(home);
    let made = |push_on: bool, out: &str| {
        let mut written = json(&std::fs::read_to_string(&session).unwrap());
        for master in written["masters"].as_array_mut().unwrap() {
            if master["id"] == "cd" {
                master["target"]["loudness"] = (-1.0).into();
                master["limiter"]["push_on"] = push_on.into();
                master["limiter"]["note_from"] = 1.0.into();
            }
        }
        std::fs::write(&session, written.to_string()).unwrap();
        let out = home.join(out);
        let which = ["--versions", "full", "--masters", "cd"];
        let arguments = ["render", text(&session), "-o", text(&out), "--json"];
        let (said, _) = expect(home, 1, &[&arguments[..], &which[..]].concat());
        json(&said)["files"][0].clone()
    };
    let (knee, pushed) = (made(false, "knee"), made(true, "pushed"));
    let figure = |file: &serde_json::Value, name: &str| file[name].as_f64().unwrap();
    let gain = figure(&pushed, "gain_db") - figure(&knee, "gain_db");
    let won = figure(&pushed, "integrated_lufs") - figure(&knee, "integrated_lufs");
    assert!(gain > 4.0 && won > 0.0 && won < 0.25 * gain, "{won} LU for {gain} dB");
    let said = knee["problems"][0]["text"].as_str().unwrap();
    assert!(said.contains("each further dB of limiting"), "{said}");
    let note = knee["notes"][0].as_str().unwrap();
    assert!(note.contains("dB of limiting. Lower the target"), "{note}");
    assert!(note.contains("Loudest passages: 0:0"), "{note}");
}
