//! The clean version from a file of words: regions lie on the words, and nothing else changes by a
//! single bit.

mod common;

use common::{expect, json, render, samples, text};
use std::path::{Path, PathBuf};
use stemwright::session::Session;
use stemwright::session::file::{load, save};
use stemwright::session::stem::{Role, Treatment};
use stemwright::session::version::{Selection, Version};
use stemwright::units::Seconds;

/// Explicit words of the demo song: bar, and length in beats.
const EXPLICIT: [(f64, f64); 3] = [(5.0, 0.75), (11.0, 1.0), (18.5, 0.75)];
const BAR: f64 = 2.5;

fn words() -> Vec<(&'static str, f64, f64)> {
    let [a, b, c] = EXPLICIT.map(|(bar, beats)| (bar * BAR, bar * BAR + beats * BAR / 4.0));
    vec![
        ("Hello", 5.3, 5.6),
        ("Scunthorpe,", 5.7, 6.2),
        ("fucking", a.0, a.1),
        ("sky", a.1, a.1 + 0.3),
        ("class", 22.0, 22.4),
        ("Sh1t!", b.0, b.1),
        ("over", b.1 + 0.1, b.1 + 0.5),
        ("damn", c.0, c.1),
        ("blue", c.1, c.1 + 0.4),
    ]
}

fn whisper() -> String {
    let one = |(word, start, end): &(&str, f64, f64)| serde_json::json!({"word": format!(" {word}"), "start": start, "end": end, "probability": 0.9});
    let all: Vec<_> = words().iter().map(one).collect();
    serde_json::json!({"segments": [{"start": 5.0, "end": 50.0, "text": "", "words": all}]})
        .to_string()
}

/// The demo song without clean regions, and without chains, whose state would carry changes on.
fn demo(home: &Path) -> PathBuf {
    let folder = home.join("demo");
    expect(home, 0, &["demo", text(&folder)]);
    let path = folder.join("BlueSky.stemwright");
    let mut session = load(&path).unwrap();
    for stem in &mut session.stems {
        stem.clean.clear();
        stem.chain.clear();
    }
    for stem in session.stems.clone() {
        for clean in [false, true] {
            let id = format!("only{}{}", stem.id.0, if clean { "clean" } else { "" });
            let stems = Selection::Stems { ids: vec![stem.id] };
            session.versions.push(Version { clean, ..Version::new(&id, &id, stems) });
        }
    }
    save(&session, &path).unwrap();
    path
}

fn lead(session: &Session) -> &stemwright::session::stem::Stem {
    session.stems.iter().find(|stem| stem.role == Role::LeadVocals).unwrap()
}

#[test]
fn words_become_regions_and_everything_else_stays_bit_for_bit() {
    let home = tempfile::tempdir().unwrap();
    let path = demo(home.path());
    let file = home.path().join("words.json");
    std::fs::write(&file, whisper()).unwrap();
    let arguments = ["clean", text(&path), "--words", text(&file)];
    // The words are found but not decided: exit code 1, and the export has a note.
    let (out, _) = expect(home.path(), 1, &arguments);
    assert!(
        out.contains("9 words") && out.contains("fucking") && !out.contains("Scunthorpe"),
        "{out}"
    );
    let out = home.path().join("open");
    let report = render(home.path(), &path, &out, &["--versions", "clean", "--masters", "mix"]);
    let notes = report["files"][0]["notes"].to_string();
    assert!(notes.contains("explicit word at 0:27"), "{notes}");

    let (out, _) = expect(home.path(), 0, &["clean", text(&path), "--confirm", "--json"]);
    assert_eq!(json(&out).as_array().unwrap().len(), 3);
    let session = load(&path).unwrap();
    let regions = &lead(&session).clean;
    assert_eq!(regions.len(), 3);
    for (region, (bar, beats)) in regions.iter().zip(EXPLICIT) {
        let (from, to) = (bar * BAR, bar * BAR + beats * BAR / 4.0);
        assert!((from - 0.0701..=from).contains(&region.start.0), "{region:?}");
        assert!((to..=to + 0.0901).contains(&region.end.0), "{region:?}");
    }
    let ids: Vec<String> = session.versions.iter().map(|version| version.id.to_string()).collect();
    let only: Vec<&str> =
        ids.iter().filter(|id| id.starts_with("only")).map(String::as_str).collect();
    let out = home.path().join("out");
    let list = only.join(",");
    let report = render(home.path(), &path, &out, &["--versions", &list, "--masters", "mix"]);
    let of = |id: &str| {
        let files = report["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["version"] == id).unwrap();
        samples(Path::new(file["path"].as_str().unwrap()))
    };
    for stem in &session.stems {
        let (plain, clean) =
            (of(&format!("only{}", stem.id.0)), of(&format!("only{}clean", stem.id.0)));
        let inside = |n: usize| {
            let time = n as f64 / 48_000.0;
            stem.clean.iter().any(|r| (r.start.0 - 1e-5..r.end.0 + 1e-5).contains(&time))
        };
        let mut changed = 0;
        for (a, b) in plain.iter().zip(&clean) {
            for (n, (a, b)) in a.iter().zip(b).enumerate() {
                assert!(a.to_bits() == b.to_bits() || inside(n), "{} at {n}", stem.name);
                changed += usize::from(a != b);
            }
        }
        assert_eq!(changed > 10_000, stem.role == Role::LeadVocals, "{}", stem.name);
    }
    // The exported words are masked and timed for the clean version.
    let srt = home.path().join("clean.srt");
    expect(home.path(), 0, &["clean", text(&path), "--export", text(&srt)]);
    let written = std::fs::read_to_string(&srt).unwrap();
    assert!(written.contains("f******") && written.contains("Scunthorpe"), "{written}");
}

#[test]
fn no_treatment_clicks() {
    let home = tempfile::tempdir().unwrap();
    let path = demo(home.path());
    let file = home.path().join("words.json");
    std::fs::write(&file, whisper()).unwrap();
    expect(home.path(), 1, &["clean", text(&path), "--words", text(&file)]);
    let plain = load(&path).unwrap();
    let step = |x: &[f32]| x.windows(2).map(|p| (p[1] - p[0]).abs()).fold(0.0, f32::max);
    for treatment in Treatment::ALL {
        save(&plain, &path).unwrap();
        let name = treatment.name().replace(' ', "-");
        expect(home.path(), 0, &["clean", text(&path), "--confirm", "--treatment", &name]);
        let session = load(&path).unwrap();
        let id = format!("only{}", lead(&session).id.0);
        let out = home.path().join(&name);
        let versions = format!("{id},{id}clean");
        let report =
            render(home.path(), &path, &out, &["--versions", &versions, "--masters", "mix"]);
        let of = |n: usize| samples(Path::new(report["files"][n]["path"].as_str().unwrap()));
        let (own, clean) = (of(0), of(1));
        // At the edges no step is larger than the voice's own largest step.
        for region in &lead(&session).clean {
            for edge in [region.start, region.end] {
                let at = edge.frames(session.sample_rate).0 as usize;
                let around = at - 600..at + 600;
                assert!(step(&clean[0][around]) <= step(&own[0]), "{name} at {edge:.3}");
            }
        }
    }
}

#[test]
fn a_word_list_is_the_users_own_and_lyrics_follow_the_cuts() {
    let home = tempfile::tempdir().unwrap();
    let path = demo(home.path());
    let (file, list) = (home.path().join("w.lrc"), home.path().join("list.txt"));
    std::fs::write(&file, "[00:10.00]<00:10.00>blue <00:10.50>damn<00:11.00>\n[00:33.00]cut away\n[00:50.00]<00:50.00>end <00:50.40>of it<00:51.00>\n").unwrap();
    std::fs::write(&list, "blue\n!damn # not here\n").unwrap();
    let (out, _) = expect(
        home.path(),
        1,
        &["clean", text(&path), "--words", text(&file), "--list", text(&list)],
    );
    assert!(out.contains("blue") && !out.contains("damn"), "{out}");
    // The radio edit cuts bars 12 to 16: 30 to 40 s.
    let lrc = home.path().join("radio.lrc");
    expect(home.path(), 1, &["clean", text(&path), "--export", text(&lrc), "--version", "radio"]);
    let written = std::fs::read_to_string(&lrc).unwrap();
    assert!(written.contains("<00:40.00> end") && !written.contains("cut"), "{written}");
    let lyrics = load(&path).unwrap().lyrics.unwrap();
    assert_eq!(lyrics.words[0].start, Seconds(10.0));
    let missing = expect(home.path(), 1, &["clean", text(&path), "--words", "nowhere.srt"]).1;
    assert!(missing.contains("nowhere.srt cannot be read"), "{missing}");
}
