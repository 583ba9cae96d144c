//! Automation: from the JSON of a session to the rendered samples.

mod common;

use common::*;
use serde_json::json;
use stemwright::session::SCHEMA;

/// Four seconds of a tone at −12 dBFS.
fn tone(frequency: f32) -> Vec<f32> {
    (0..192_000)
        .map(|n| 0.25 * (n as f32 * frequency * std::f32::consts::TAU / 48_000.0).sin())
        .collect()
}

/// Renders the mix of one stem after `change` has edited its JSON.
fn rendered(stem: &[f32], change: impl FnOnce(&mut serde_json::Value)) -> [Vec<f32>; 2] {
    rendered_in(SCHEMA, stem, change)
}

/// The same for a session that says it is of this schema.
fn rendered_in(
    schema: u32,
    stem: &[f32],
    change: impl FnOnce(&mut serde_json::Value),
) -> [Vec<f32>; 2] {
    let folder = folder_of(&[("01_Keys", stem, stem)]);
    let home = tempfile::tempdir().unwrap();
    let path = folder.path().join("Song.stemwright");
    expect(home.path(), 0, &["new", text(folder.path()), "-o", text(&path)]);
    let mut session = json(&std::fs::read_to_string(&path).unwrap());
    session["schema"] = schema.into();
    change(&mut session["stems"][0]);
    std::fs::write(&path, session.to_string()).unwrap();
    let out = home.path().join("out");
    let report = render(home.path(), &path, &out, &["--versions", "full", "--masters", "mix"]);
    samples(&first_path(&report))
}

/// Level in decibels of a part of the samples.
fn level(side: &[f32], from: f64, seconds: f64) -> f64 {
    let part = &side[(from * 48_000.0) as usize..((from + seconds) * 48_000.0) as usize];
    let power = part.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / part.len() as f64;
    10.0 * (2.0 * power).log10()
}

#[test]
fn a_line_of_the_fader_is_exact_to_the_sample() {
    let x = tone(1000.0);
    let [left, right] = rendered(&x, |stem| {
        stem["automation"] = json!({
            "fader": [
                { "time": 1.0, "value": 0.0 },
                { "time": 2.0, "value": -20.0 },
                { "time": 2.0, "value": -6.0 },
                { "time": 3.0, "value": -100.0 },
            ],
            "pan": [{ "time": 0.0, "value": 0.0 }, { "time": 4.0, "value": -1.0 }],
        });
    });
    for n in 0..150_000usize {
        let time = n as f64 / 48_000.0;
        let db = match time {
            t if t < 1.0 => 0.0,
            t if t < 2.0 => -20.0 * (t - 1.0),
            // A step is a ramp of 10 ms.
            t if t < 2.01 => -20.0 + 14.0 * (t - 2.0) / 0.01,
            t if t < 3.0 => -6.0 - 94.0 * (t - 2.01) / 0.99,
            _ => f64::NEG_INFINITY,
        };
        let wanted = f64::from(x[n]) * 10f64.powf(db / 20.0);
        assert!((f64::from(left[n]) - wanted).abs() < 3e-6, "{n}: {} {wanted}", left[n]);
        let wanted = wanted * (1.0 - time / 4.0);
        assert!((f64::from(right[n]) - wanted).abs() < 3e-6, "{n}: {} {wanted}", right[n]);
    }
}

#[test]
fn a_line_of_a_processor_moves_it() {
    // Schema 1 named a value as it was shown, schema 2 names it by its id.
    for (schema, parameter) in [(1, "Gain"), (SCHEMA, "gain")] {
        // A 4 kHz tone through a bell at 4 kHz that rises from 0 to +12 dB.
        let [left, _] = rendered_in(schema, &tone(4000.0), |stem| {
            stem["chain"] = json!([{
                "kind": "eq",
                "bands": [{ "frequency": 4000.0, "gain": 0.0, "q": 1.0 }],
                "automation": [{
                    "band": 0,
                    "parameter": parameter,
                    "curve": [{ "time": 0.5, "value": 0.0 }, { "time": 2.5, "value": 12.0 }],
                }],
            }]);
        });
        for (time, gain) in [(0.2, 0.0), (1.0, 3.0), (1.5, 6.0), (2.0, 9.0), (3.0, 12.0)] {
            let found = level(&left, time - 0.01, 0.02) + 12.04;
            assert!((found - gain).abs() < 0.05, "{time}: {found} {gain}");
        }
    }
}

#[test]
fn a_line_that_cannot_be_understood_leaves_the_stem_as_it_is() {
    let x = tone(500.0);
    let [left, _] = rendered(&x, |stem| {
        stem["chain"] = json!([{
            "kind": "compressor",
            "on": false,
            "automation": [{ "parameter": "Sparkle", "curve": [{ "time": 0.0, "value": 3.0 }] }],
        }]);
    });
    assert_eq!(left, samples_of(&x));
}

/// A sound after rounding to 24 bits.
fn samples_of(x: &[f32]) -> Vec<f32> {
    let folder = folder_of(&[("01_Keys", x, x)]);
    let [left, _] = samples(&folder.path().join("01_Keys.wav"));
    left
}
