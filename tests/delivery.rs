//! A package: what is in it, what proves it, and what becomes of it when something is wrong.

mod common;

use common::*;
use std::path::Path;
use std::process::Command;

/// The demo song, and its package with two masters of two versions.
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
    // One start, one length, the session's own rate, no bus processing: by another's reading.
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
    assert!(said.contains("are as they were packed"), "{said}");
    // One bit of one stem.
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
    let report = json(&expect(home.path(), 0, &arguments).0);
    assert!(report["package"].as_str().unwrap().ends_with("BlueSky_v1.1"), "{report}");
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
