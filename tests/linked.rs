//! Alternates that share the gain of the full mix, or follow all its processing.

mod common;

use common::{expect, render, text};
use stemwright::dsp::chain::{Kind, ProcessorSettings, Slot};
use stemwright::session::file::{load, save};
use stemwright::session::master::Alternates;
use stemwright::session::version::Standard;
use stemwright::units::Db;

#[test]
fn linked_alternates_add_up_to_the_full_master_and_none_is_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("demo");
    expect(home.path(), 0, &["demo", text(&folder)]);
    let path = folder.join("BlueSky.stemwright");
    let mut session = load(&path).unwrap();
    // A working bus compressor, and an equaliser.
    session.chain =
        vec![Slot::new(Kind::Eq), Slot::new(Kind::Compressor), Slot::new(Kind::Multiband)];
    for slot in &mut session.chain {
        slot.on = true;
        if let ProcessorSettings::Compressor(compressor) = &mut slot.processor {
            compressor.threshold = Db(-24.0);
        }
    }
    session.masters.iter_mut().for_each(|master| master.alternates = Alternates::Linked);
    save(&session, &path).unwrap();
    let out = home.path().join("linked");
    let versions = "full,instrumental,acappella";
    let report = render(home.path(), &path, &out, &["--versions", versions]);
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 12);
    let gain = |version: &str, master: &str| {
        let of = |file: &&serde_json::Value| file["version"] == version && file["master"] == master;
        files.iter().find(of).unwrap()["gain_db"].as_f64().unwrap()
    };
    for file in files {
        let (version, master) =
            (file["version"].as_str().unwrap(), file["master"].as_str().unwrap());
        assert_eq!(gain(version, master), gain("full", master));
        if version == "full" {
            continue;
        }
        let notes = file["notes"].to_string();
        let at = notes.find("Full mix: ").unwrap_or_else(|| panic!("{master}: {notes}"));
        let figure: String = notes[at + 10..].chars().take_while(|c| *c != ' ').collect();
        let null: f64 = figure.replace('\u{2212}', "-").parse().unwrap();
        println!("{master} {version}: {null} dB");
        // At 16 bits there are three separate dithers; otherwise the files null.
        let most = if master == "cd" { -60.0 } else { -105.0 };
        assert!(null < most, "{master}: {null}");
    }
    // A file does not depend on the other versions requested.
    let alone = home.path().join("alone");
    let report =
        render(home.path(), &path, &alone, &["--versions", "acappella", "--masters", "streaming"]);
    assert_eq!(report["files"].as_array().unwrap().len(), 1);
    let bytes = |folder: &std::path::Path| {
        std::fs::read(folder.join("BlueSky_ACappella_Streaming_v1.wav")).unwrap()
    };
    assert_eq!(bytes(&alone), bytes(&out));
}

#[test]
fn an_instrumental_may_have_the_gain_of_the_mix_and_may_meet_its_own_target() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("demo");
    expect(home.path(), 0, &["demo", text(&folder)]);
    let path = folder.join("BlueSky.stemwright");
    let figures = |alternates: Alternates, name: &str| {
        let mut session = load(&path).unwrap();
        session.masters.iter_mut().for_each(|master| master.alternates = alternates);
        save(&session, &path).unwrap();
        let out = home.path().join(name);
        let report = render(
            home.path(),
            &path,
            &out,
            &["--versions", "full,instrumental,radio", "--masters", "streaming"],
        );
        let of = |n: usize, key: &str| report["files"][n][key].as_f64().unwrap();
        [0, 1, 2].map(|n| (of(n, "gain_db"), of(n, "integrated_lufs")))
    };
    let own = figures(Alternates::Own, "own");
    assert!(own.iter().all(|(_, loudness)| (loudness + 14.0).abs() <= 0.05), "{own:?}");
    let same = figures(Alternates::MixGain, "same");
    // The radio edit has another structure, so it meets the target by its own gain.
    assert_eq!((same[0], same[2]), (own[0], own[2]));
    assert_eq!(same[1].0, same[0].0);
    assert!(same[1].1 < -14.2, "{same:?}");
}

#[test]
fn without_a_full_mix_a_file_says_that_it_goes_its_own_way() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("demo");
    expect(home.path(), 0, &["demo", text(&folder)]);
    let path = folder.join("BlueSky.stemwright");
    let mut session = load(&path).unwrap();
    session.masters.iter_mut().for_each(|master| master.alternates = Alternates::Linked);
    session.versions.retain(|version| !version.is(Standard::FullMix));
    save(&session, &path).unwrap();
    let out = home.path().join("out");
    let asked = ["--versions", "instrumental", "--masters", "streaming"];
    let report = render(home.path(), &path, &out, &asked);
    assert!(report["files"][0]["notes"].to_string().contains("no version is the full mix"));
}
