//! Packages: their content, their checksums, and their behaviour on errors.

mod common;

use common::*;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// The demo song, and the report on its package of two masters and two versions.
fn delivered(home: &Path) -> (tempfile::TempDir, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    expect(home, 0, &["demo", text(folder.path())]);
    let session = folder.path().join("BlueSky.stemwright");
    let arguments = [
        "deliver",
        text(&session),
        "--versions",
        "full,instrumental",
        "--masters",
        "streaming,cd",
        "--json",
    ];
    let report = json(&expect(home, 0, &arguments).0);
    (folder, report)
}

#[test]
fn a_package_is_whole_proved_and_checked_by_others_tools() {
    let home = tempfile::tempdir().unwrap();
    let (folder, report) = delivered(home.path());
    let package = folder.path().join("BlueSky_v1");
    assert_eq!(report["package"], text(&package.canonicalize().unwrap()));
    assert_eq!(
        listing(&package),
        ["Masters", "Notes", "Reference", "SHA256SUMS", "Stems", "manifest.json"]
    );
    let residual = report["stems_residual_db"].as_f64().unwrap();
    assert!(residual < -120.0, "the stems leave {residual} dB of the mix");
    let stems = listing(&package.join("Stems"));
    assert_eq!(stems.len(), 7);
    assert_eq!(stems[4], "05_LeadVocals.wav");
    // Checked with a second program: one start, one length, the session's rate.
    for stem in &stems {
        let output = Command::new("soxi").arg(package.join("Stems").join(stem)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("48000") && said.contains("00:01:02.50 = 3000000 samples"), "{said}");
    }
    let sums = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&package)
        .status()
        .unwrap();
    assert!(sums.success());
    let sheet = std::fs::read_to_string(package.join("Notes/SessionSheet.txt")).unwrap();
    for words in [
        "Blue Sky",
        "96.00 BPM, 4/4",
        "A minor",
        "48 kHz",
        "05_LeadVocals.wav",
        "1:02.500",
        "Chorus",
        "\u{2212}14.0 LUFS",
    ] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    let (said, _) = expect(home.path(), 0, &["verify", text(&package)]);
    assert!(said.contains(" files as packed"), "{said}");
    // Flips one bit of one stem and removes another.
    let path = package.join("Stems/02_Bass.wav");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100_000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    std::fs::remove_file(package.join("Stems/03_Guitars.wav")).unwrap();
    let (said, _) = expect(home.path(), 1, &["verify", text(&package)]);
    assert!(said.contains("Stems/02_Bass.wav: changed"), "{said}");
    assert!(said.contains("Stems/03_Guitars.wav: missing"), "{said}");
}

#[test]
fn the_next_package_has_a_name_of_its_own() {
    let home = tempfile::tempdir().unwrap();
    let (folder, _) = delivered(home.path());
    let session = folder.path().join("BlueSky.stemwright");
    let first = std::fs::read(folder.path().join("BlueSky_v1/manifest.json")).unwrap();
    let arguments = [
        "deliver",
        text(&session),
        "--versions",
        "full",
        "--masters",
        "cd",
        "--no-stems",
        "--json",
    ];
    // Lowers the bass between the two packages.
    let mut value = json(&std::fs::read_to_string(&session).unwrap());
    value["stems"][1]["strip"]["fader"] = serde_json::json!(-1.5);
    std::fs::write(&session, value.to_string()).unwrap();
    let report = json(&expect(home.path(), 0, &arguments).0);
    assert!(report["package"].as_str().unwrap().ends_with("BlueSky_v1.1"), "{report}");
    let log = folder.path().join("BlueSky_v1.1/Notes/VersionLog.txt");
    let log = std::fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(lines[0].starts_with("v1.1") && lines[2].starts_with("v1 "), "{log}");
    assert_eq!((lines[1], lines[3]), ("Fader Bass \u{2212}1.5 dB", "First revision"));
    // The command line reports the same change, and restores the first state beside the session.
    let (said, _) =
        expect(home.path(), 0, &["revisions", text(&session), "--compare", "1", "v1.1"]);
    assert!(said.starts_with("Fader Bass"), "{said}");
    let (said, _) = expect(home.path(), 0, &["revisions", text(&session), "--restore", "1"]);
    let old = folder.path().join("BlueSky_v1.stemwright");
    assert_eq!(said.trim(), text(&old));
    let old = json(&std::fs::read_to_string(old).unwrap());
    assert_eq!(old["stems"][1]["strip"]["fader"], 0.0);
    let (_, err) = expect(home.path(), 1, &["revisions", text(&session), "--restore", "7"]);
    assert!(err.contains("choose from 1, 1.1"), "{err}");
    let master = report["masters"][0]["path"].as_str().unwrap();
    assert_eq!(master, "Masters/BlueSky_FullMix_CD_v1.1.wav");
    assert!(!folder.path().join("BlueSky_v1.1/Stems").exists());
    assert_eq!(std::fs::read(folder.path().join("BlueSky_v1/manifest.json")).unwrap(), first);
}

#[test]
fn a_package_that_fails_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["demo", text(folder.path())]);
    let session = folder.path().join("BlueSky.stemwright");
    let out = folder.path().join("out");
    let arguments = ["deliver", text(&session), "-o", text(&out), "--masters", "nosuch"];
    expect(home.path(), 2, &arguments);
    assert_eq!(listing(&out), Vec::<String>::new());
}

/// One field of ffprobe's output for a file.
fn probed(path: &Path, entry: &str) -> String {
    let arguments = ["-v", "error", "-of", "default=nw=1:nk=1", "-show_entries", entry];
    let output = Command::new("ffprobe").args(arguments).arg(path).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}

/// The demo song with an edited session, in a new folder.
fn changed(home: &Path, change: impl FnOnce(&mut serde_json::Value)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    expect(home, 0, &["demo", text(folder.path())]);
    let session = folder.path().join("BlueSky.stemwright");
    let mut value = json(&std::fs::read_to_string(&session).unwrap());
    change(&mut value);
    std::fs::write(&session, value.to_string()).unwrap();
    folder
}

/// Positions of a WAV file's cue points, in frames.
fn cues(path: &Path) -> Vec<u32> {
    let bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(4).position(|part| part == b"cue ").unwrap() + 8;
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    (0..number(at) as usize).map(|n| number(at + 4 + 24 * n + 20)).collect()
}

#[test]
fn each_format_says_what_it_is_in_its_own_way() {
    let home = tempfile::tempdir().unwrap();
    let folder = changed(home.path(), |session| {
        session["song"]["artist"] = "Ünï & <Co>".into();
        session["versions"][0]["isrc"] = "US-S1Z-99-00001".into();
        session["masters"][0]["format"] = "flac".into();
        session["masters"][2]["format"] = "aiff".into();
        session["brief"] = serde_json::json!({"emphasise": "the voice"});
        session["stems"][1]["note"] = "amp and direct".into();
    });
    let session = folder.path().join("BlueSky.stemwright");
    let arguments = ["deliver", text(&session), "--versions", "full,radio", "--no-stems"];
    expect(home.path(), 0, &arguments);
    let package = folder.path().join("BlueSky_v1");
    let file = |name: &str| package.join("Masters").join(name);
    let flac = file("BlueSky_FullMix_Streaming_v1.flac");
    let tested = Command::new("flac").args(["-t", "-s"]).arg(&flac).status().unwrap();
    assert!(tested.success());
    for (name, title, code) in [
        ("BlueSky_FullMix_Streaming_v1.flac", "TITLE", "ISRC"),
        ("BlueSky_FullMix_Vinyl_v1.aiff", "title", "TSRC"),
    ] {
        assert_eq!(probed(&file(name), &format!("format_tags={title}")), "Blue Sky", "{name}");
        assert_eq!(probed(&file(name), &format!("format_tags={code}")), "USS1Z9900001", "{name}");
    }
    let broadcast = file("BlueSky_FullMix_Broadcast_v1.wav");
    assert_eq!(probed(&broadcast, "format_tags=artist"), "Ünï & <Co>");
    let bytes = std::fs::read(&broadcast).unwrap();
    for chunk in [
        "<dc:identifier>ISRC:USS1Z9900001</dc:identifier>",
        "<PROJECT>Blue Sky</PROJECT>",
        "Ünï &amp; &lt;Co&gt;",
    ] {
        let found = bytes[..8000].windows(chunk.len()).any(|part| part == chunk.as_bytes());
        assert!(found, "{chunk}");
    }
    // Sections become cue points in the file's own time: the radio edit skips 10 s.
    let full = cues(&broadcast);
    assert_eq!(full, [0, 5, 20, 30, 40, 50, 55].map(|seconds| seconds * 48_000));
    let radio = cues(&file("BlueSky_RadioEdit_Broadcast_v1.wav"));
    assert_eq!(radio, [0, 5, 20, 30, 40, 45].map(|seconds| seconds * 48_000));
    assert_eq!(probed(&flac, "stream=duration_ts"), "3000000");
    assert_eq!(probed(&file("BlueSky_FullMix_Vinyl_v1.aiff"), "stream=duration_ts"), "6000000");
    // The notes as PDF and as text.
    let pages = Command::new("pdftotext")
        .args(["-layout", text(&package.join("Notes/SessionSheet.pdf")), "-"])
        .output()
        .unwrap();
    let pages = String::from_utf8_lossy(&pages.stdout).into_owned();
    let sheet = std::fs::read_to_string(package.join("Notes/SessionSheet.txt")).unwrap();
    for words in [
        "Blue Sky",
        "Ünï & <Co>",
        "USS1Z9900001",
        "the voice",
        "amp and direct",
        "Every file on target",
    ] {
        assert!(sheet.contains(words), "{words} in {sheet}");
        assert!(pages.contains(words), "{words} in {pages}");
    }
}

#[test]
fn parts_of_an_archive_open_alone_and_are_verified_together() {
    let home = tempfile::tempdir().unwrap();
    let folder = changed(home.path(), |_| {});
    let session = folder.path().join("BlueSky.stemwright");
    let out = folder.path().join("out");
    let arguments = [
        "deliver",
        text(&session),
        "-o",
        text(&out),
        "--versions",
        "full",
        "--masters",
        "streaming,cd",
        "--zip",
        "--part",
        "30",
        "--json",
    ];
    let report = json(&expect(home.path(), 0, &arguments).0);
    let parts = report["parts"].as_array().unwrap();
    let parts: Vec<&str> = parts.iter().map(|part| part.as_str().unwrap()).collect();
    assert!(parts.len() > 2, "{parts:?}");
    // No other files lie beside the parts.
    assert_eq!(listing(&out).len(), parts.len());
    let unpacked = tempfile::tempdir().unwrap();
    for part in &parts {
        assert!(std::fs::metadata(part).unwrap().len() <= 30_000_000);
        let tested = Command::new("unzip").args(["-tq", part]).output().unwrap();
        assert!(tested.status.success());
        let done = Command::new("unzip").args(["-q", part, "-d", text(unpacked.path())]).status();
        assert!(done.unwrap().success());
    }
    let verify = |parts: &[&str], code| expect(home.path(), code, &[&["verify"], parts].concat());
    verify(&parts, 0);
    verify(&[text(&unpacked.path().join("BlueSky_v1"))], 0);
    // Without the first part, either files or the manifest are missing.
    let (said, err) = verify(&parts[1..], 1);
    assert!(said.contains(": missing") || err.contains("has no manifest.json"), "{said}{err}");
    // The next package gets another name.
    let again = json(&expect(home.path(), 0, &arguments).0);
    assert_eq!(again["revision"], "1.1");
}

#[test]
fn an_archive_that_leads_out_of_itself_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.zip");
    let mut out = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in ["../evil", "/etc/evil", "Song_v1/../../evil", "Song_v1/C:\\evil", "Song_v1/ok"] {
        out.start_file(name, options).unwrap();
        out.write_all(b"x").unwrap();
    }
    out.start_file("Song_v1/manifest.json", options).unwrap();
    out.write_all(br#"{"program": "x", "files": []}"#).unwrap();
    out.finish().unwrap();
    let (said, _) = expect(home.path(), 1, &["verify", text(&path)]);
    assert_eq!(said.matches("not looked at").count(), 4, "{said}");
    assert_eq!(listing(folder.path()), ["bad.zip"]);
    // A file that is not an archive.
    std::fs::write(&path, b"PK but no more").unwrap();
    let (_, err) = expect(home.path(), 1, &["verify", text(&path)]);
    assert!(err.contains("cannot be checked") && err.contains("bad.zip"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_nothing_half_made() {
    let home = tempfile::tempdir().unwrap();
    let folder = changed(home.path(), |_| {});
    let session = folder.path().join("BlueSky.stemwright");
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    // With a limit of two megabytes per file, writing fails as on a full disk.
    let command = format!(
        "trap '' XFSZ; ulimit -f 2000; exec {} deliver {} -o {} --versions full --masters cd",
        env!("CARGO_BIN_EXE_stemwright"),
        text(&session),
        text(&out)
    );
    let output = Command::new("bash")
        .args(["-c", &command])
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot be written"), "{said}");
    assert_eq!(listing(&out), Vec::<String>::new());
}

#[test]
fn stems_are_grouped_and_named_as_the_template_says() {
    let home = tempfile::tempdir().unwrap();
    let folder = changed(home.path(), |session| {
        session["delivery"]["stems"] = serde_json::json!({
            "name": "Two", "grouping": "vocals", "depth": "float32", "pattern": "{project}-{stem}",
        });
    });
    let session = folder.path().join("BlueSky.stemwright");
    let arguments = ["deliver", text(&session), "--versions", "full", "--masters", "cd", "--json"];
    let report = json(&expect(home.path(), 0, &arguments).0);
    let stems = folder.path().join("BlueSky_v1/Stems");
    assert_eq!(listing(&stems), ["BlueSky-Instrumental.wav", "BlueSky-Vocals.wav"]);
    let residual = report["stems_residual_db"].as_f64().unwrap();
    assert!(residual < -130.0, "{residual}");
    let codec = probed(&stems.join("BlueSky-Vocals.wav"), "stream=codec_name");
    assert_eq!(codec, "pcm_f32le");
}

#[test]
fn what_is_no_package_is_said_to_be_none() {
    let home = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_, err) = expect(home.path(), 1, &["verify", text(folder.path())]);
    assert!(err.contains("has no manifest.json"), "{err}");
    std::fs::write(folder.path().join("manifest.json"), "{\"files\": 7}").unwrap();
    let (_, err) = expect(home.path(), 1, &["verify", text(folder.path())]);
    assert!(err.contains("makes no sense"), "{err}");
}
