//! Stems that are two files, damaged, or written while they are read.

mod common;

use common::{
    expect, ffmpeg_convert, first_path, folder_of, json, listing, relative_db, render, samples,
    session_in, sound, text,
};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use stemwright::render::progress::{Observer, Overall};
use stemwright::render::{Request, render as render_all};
use stemwright::session::file::load;

fn mono(path: &Path, samples: &[f32]) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
}

#[test]
fn two_mono_files_of_one_stem_are_stereo_in_every_file() {
    let (left, right, drums) = (sound(5, 2.0, 0.1), sound(6, 2.0, 0.1), sound(7, 2.0, 0.1));
    let folder = folder_of(&[("Drums", &drums, &drums)]);
    mono(&folder.path().join("Keys.L.wav"), &left);
    mono(&folder.path().join("Keys.R.wav"), &right);
    let home = tempfile::tempdir().unwrap();
    let (_, said) = expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let stems = load(&session).unwrap().stems;
    let names: Vec<&str> = stems.iter().map(|stem| stem.name.as_str()).collect();
    assert_eq!(names, ["Drums", "Keys"], "{said}");
    let out = folder.path().join("out");
    let report = render(home.path(), &session, &out, &["--versions", "full", "--masters", "mix"]);
    let heard = samples(&first_path(&report));
    let [heard_left, heard_right] = &heard;
    let apart = |heard: &[f32], own: &[f32]| -> Vec<f64> {
        let sum = own.iter().zip(&drums).map(|(a, b)| f64::from(a + b));
        heard.iter().zip(sum).map(|(a, b)| f64::from(*a) - b).collect()
    };
    let off = [apart(heard_left, &left), apart(heard_right, &right)].concat();
    assert_eq!(heard_left.len(), left.len());
    let off = relative_db(off.into_iter(), &heard);
    assert!(off < -120.0, "{off}");
    // They go to another machine together.
    let elsewhere = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["files", text(folder.path()), "--collect", text(elsewhere.path())]);
    let collected = elsewhere.path().join(&listing(elsewhere.path())[0]);
    let again = load(&session_in(&collected)).unwrap();
    assert_eq!(again.stems[1].file.places().count(), 2);
    for place in again.stems[1].file.places() {
        assert!(collected.join(&place.path).is_file(), "{place:?}");
    }
}

#[test]
fn a_damaged_stem_is_in_no_file_that_passes() {
    let sound = sound(5, 4.0, 0.2);
    let folder = folder_of(&[("Drums", &sound, &sound), ("Bass", &sound, &sound)]);
    let (wav, flac) = (folder.path().join("Bass.wav"), folder.path().join("Bass.flac"));
    ffmpeg_convert(&wav, &["-c:a", "flac", "-frame_size", "4096"], &flac);
    std::fs::remove_file(&wav).unwrap();
    let mut bytes = std::fs::read(&flac).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    std::fs::write(&flac, bytes).unwrap();
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let out = folder.path().join("out");
    let arguments =
        ["render", text(&session), "-o", text(&out), "--json", "--versions", "full", "--masters"];
    let (report, _) = expect(home.path(), 1, &[&arguments[..], &["mix,cd"]].concat());
    for file in json(&report)["files"].as_array().unwrap() {
        let problems = file["problems"].to_string();
        assert!(problems.contains("Bass.flac (Bass) is faulty: damaged at 0:0"), "{problems}");
        assert_eq!(file["passed"], false);
        // What is lost is silent for its length; the rest is where it was.
        let heard = samples(Path::new(file["path"].as_str().unwrap()));
        assert_eq!(
            heard[0].len(),
            sound.len() * if file["master"] == "cd" { 441 } else { 480 } / 480
        );
    }
    // Files that the stem is not in are as they should be.
    let arguments = ["render", text(&session), "-o", text(&out), "--json", "--masters", "mix"];
    let (report, _) = expect(home.path(), 1, &arguments);
    for file in json(&report)["files"].as_array().unwrap() {
        assert_eq!(file["passed"], file["version"] == "acappella", "{file}");
    }
}

/// Writes over a stem once the render is under way.
struct Writes<'a> {
    stem: &'a Path,
    bytes: &'a [u8],
    done: AtomicBool,
}

impl Observer for Writes<'_> {
    fn overall(&self, _: Overall) {
        if !self.done.swap(true, Ordering::Relaxed) {
            std::fs::write(self.stem, self.bytes).unwrap();
        }
    }
}

#[test]
fn a_stem_that_is_written_while_it_is_rendered_is_told_in_every_file_that_holds_it() {
    let (old, new) = (sound(5, 30.0, 0.1), sound(6, 30.0, 0.1));
    let folder = folder_of(&[("Drums", &old, &old), ("Lead Vocals", &old, &old)]);
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let other = folder_of(&[("Drums", &new, &new)]);
    let bytes = std::fs::read(other.path().join("Drums.wav")).unwrap();
    let stem = folder.path().join("Drums.wav");
    let observer = Writes { stem: &stem, bytes: &bytes, done: AtomicBool::new(false) };
    let request = Request {
        folder: folder.path().join("out"),
        masters: vec!["mix".into()],
        jobs: 1,
        ..Request::default()
    };
    let loaded = load(&session).unwrap();
    let cancel = AtomicBool::new(false);
    let report = render_all(&loaded, folder.path(), &request, &observer, &cancel).unwrap();
    assert!(observer.done.load(Ordering::Relaxed) && report.files.len() > 2);
    for file in &report.files {
        let told = file
            .problems
            .iter()
            .any(|text| text.starts_with("Drums.wav (Drums) was written while it was rendered"));
        let holds = file.version != "acappella";
        assert_eq!((told, file.passed), (holds, !holds), "{}: {:?}", file.version, file.problems);
    }
}

#[test]
fn a_stem_of_a_kind_that_is_not_read_is_named() {
    let (drums, bass) = (sound(5, 2.0, 0.2), sound(6, 2.0, 0.2));
    let folder = folder_of(&[("Drums", &drums, &drums), ("Bass", &bass, &bass)]);
    let home = tempfile::tempdir().unwrap();
    let keys = folder.path().join("Keys.wv");
    ffmpeg_convert(&folder.path().join("Bass.wav"), &["-c:a", "wavpack"], &keys);
    std::fs::write(folder.path().join("Song.mid"), "MThd").unwrap();
    let named = |text: &str| text.contains("Keys.wv") && !text.contains("Song.mid");
    let (_, said) = expect(home.path(), 1, &["new", text(folder.path())]);
    assert!(named(&said) && said.contains("export it as WAV, AIFF or FLAC"), "{said}");
    let session = session_in(folder.path());
    assert_eq!(load(&session).unwrap().stems.len(), 2);
    for target in [folder.path(), session.as_path()] {
        let (found, _) = expect(home.path(), 1, &["check", text(target), "--json"]);
        let found = json(&found);
        assert!(named(&found["refused"].to_string()), "{found}");
    }
    // One that can be read and is not in the song is said, and no fault.
    std::fs::remove_file(&keys).unwrap();
    std::fs::copy(folder.path().join("Bass.wav"), folder.path().join("Solo.wav")).unwrap();
    let (found, _) = expect(home.path(), 0, &["check", text(&session), "--json"]);
    let found = json(&found);
    assert!(found["notes"].to_string().contains("Solo.wav lies beside the stems"), "{found}");
}
