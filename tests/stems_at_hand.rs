//! Stems that are two mono files, damaged, unreadable, or rewritten during a render.

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
    // Both files are collected together.
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
        // The lost part is silent; the rest keeps its place.
        let heard = samples(Path::new(file["path"].as_str().unwrap()));
        assert_eq!(
            heard[0].len(),
            sound.len() * if file["master"] == "cd" { 441 } else { 480 } / 480
        );
    }
    // Files without the damaged stem pass.
    let arguments = ["render", text(&session), "-o", text(&out), "--json", "--masters", "mix"];
    let (report, _) = expect(home.path(), 1, &arguments);
    for file in json(&report)["files"].as_array().unwrap() {
        assert_eq!(file["passed"], file["version"] == "acappella", "{file}");
    }
}

/// Overwrites a stem once the render has started.
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
        let told = file.problems.iter().any(|problem| {
            problem.to_string().starts_with("Drums.wav (Drums) was written while it was rendered")
        });
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
    // A readable file outside the song is noted, but is no fault.
    std::fs::remove_file(&keys).unwrap();
    std::fs::copy(folder.path().join("Bass.wav"), folder.path().join("Solo.wav")).unwrap();
    let (found, _) = expect(home.path(), 0, &["check", text(&session), "--json"]);
    let found = json(&found);
    assert!(found["notes"].to_string().contains("Solo.wav lies beside the stems"), "{found}");
}

#[test]
fn a_copy_in_the_cache_that_was_cut_is_made_again() {
    let (drums, bass) = (sound(5, 4.0, 0.2), sound(6, 4.0, 0.2));
    let folder = folder_of(&[("Drums", &drums, &drums), ("Bass", &bass, &bass)]);
    let (wav, flac) = (folder.path().join("Bass.wav"), folder.path().join("Bass.flac"));
    ffmpeg_convert(&wav, &["-c:a", "flac", "-sample_fmt", "s32"], &flac);
    std::fs::remove_file(&wav).unwrap();
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let only = ["--versions", "full", "--masters", "mix"];
    let first =
        samples(&first_path(&render(home.path(), &session, &folder.path().join("a"), &only)));
    let cache = home.path().join(".cache/stemwright/conformed");
    let copies: Vec<_> =
        listing(&cache).into_iter().filter(|name| name.ends_with(".wav")).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    for damage in ["cut", "overwritten"] {
        let copy = cache.join(listing(&cache).into_iter().find(|n| n.ends_with(".wav")).unwrap());
        let mut bytes = std::fs::read(&copy).unwrap();
        match damage {
            "cut" => bytes.truncate(bytes.len() / 2),
            _ => bytes[50_000..].fill(0),
        }
        std::fs::write(&copy, bytes).unwrap();
        let again = render(home.path(), &session, &folder.path().join(damage), &only);
        assert!(samples(&first_path(&again)) == first, "{damage}");
    }
}

#[test]
fn samples_that_are_no_numbers_are_in_no_file_that_passes() {
    let drums = sound(5, 2.0, 0.2);
    let folder = folder_of(&[("Drums", &drums, &drums)]);
    let mut bass = sound(6, 2.0, 0.2);
    bass[40_000] = f32::NAN;
    mono(&folder.path().join("Bass.wav"), &bass);
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let out = folder.path().join("out");
    let only = ["--json", "--versions", "full", "--masters", "mix,streaming"];
    let (report, _) = expect(
        home.path(),
        1,
        &[&["render", text(&session), "-o", text(&out)], &only[..]].concat(),
    );
    for file in json(&report)["files"].as_array().unwrap() {
        let problems = file["problems"].to_string();
        assert!(
            problems.contains("Bass.wav (Bass) holds samples that are no numbers"),
            "{problems}"
        );
    }
}

#[test]
fn the_first_page_of_an_ogg_file_may_be_lost_and_any_page_be_there_twice() {
    let keys = sound(5, 4.0, 0.2);
    let folder = folder_of(&[("Keys", &keys, &keys)]);
    let (wav, oga) = (folder.path().join("Keys.wav"), folder.path().join("Keys.oga"));
    ffmpeg_convert(&wav, &["-c:a", "flac", "-f", "ogg", "-page_duration", "200000"], &oga);
    let good = std::fs::read(&oga).unwrap();
    let pages: Vec<usize> = (0..good.len() - 4)
        .filter(|at| &good[*at..*at + 4] == b"OggS")
        .chain([good.len()])
        .collect();
    let first = (1..pages.len() - 1)
        .find(|n| good[pages[*n] + 6..pages[*n] + 14] != [0; 8] && pages[n + 1] - pages[*n] > 2000)
        .unwrap();
    assert!(pages.len() > first + 4);
    let read = |bytes: &[u8]| {
        std::fs::write(&oga, bytes).unwrap();
        let store = stemwright::media::store::Store::at(folder.path().join("store"));
        let opened = store.open(&oga, stemwright::units::SampleRate(48_000)).unwrap();
        let count = opened.file.info().frames.0 as usize;
        let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
        opened.file.read(0, &mut left, &mut right, &mut Vec::new()).unwrap();
        (left, opened.damage)
    };
    let (whole, damage) = read(&good);
    assert!(damage.is_empty() && whole.len() == keys.len());
    // Damages the first page with sound.
    let mut bytes = good.clone();
    bytes[pages[first] + 500] ^= 4;
    let (left, damage) = read(&bytes);
    assert!(!damage.is_empty());
    assert_eq!(left.len(), whole.len());
    assert!(left[96_000..] == whole[96_000..], "the rest is in time");
    // Repeats one page.
    let page = pages[first + 2]..pages[first + 3];
    let bytes = [&good[..page.end], &good[page.clone()], &good[page.end..]].concat();
    assert!(read(&bytes).0 == whole);
}

#[test]
fn sound_in_folders_beside_is_told() {
    let drums = sound(5, 2.0, 0.2);
    let folder = folder_of(&[("Bass", &drums, &drums)]);
    std::fs::create_dir(folder.path().join("Vox")).unwrap();
    std::fs::copy(folder.path().join("Bass.wav"), folder.path().join("Vox/Lead.wav")).unwrap();
    let home = tempfile::tempdir().unwrap();
    let (said, _) = expect(home.path(), 0, &["new", text(folder.path())]);
    assert!(said.contains("1 sound file in Vox is not taken"), "{said}");
}

/// A very large session, with the low limit of open files of some systems.
#[cfg(target_os = "linux")]
#[test]
fn three_hundred_stems_are_rendered_and_packed_with_256_open_files() {
    let part = sound(5, 0.5, 0.003);
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("Stem001.wav");
    let rate = stemwright::units::SampleRate(48_000);
    stemwright::media::writer::write_plain(&first, rate, &part, &part).unwrap();
    for n in 2..=300 {
        std::fs::copy(&first, folder.path().join(format!("Stem{n:03}.wav"))).unwrap();
    }
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let session = session_in(folder.path());
    let line = format!(
        "ulimit -n 256; {} deliver {} --versions full --masters mix24",
        env!("CARGO_BIN_EXE_stemwright"),
        session.display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &line])
        .env("HOME", home.path())
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let package = listing(folder.path()).into_iter().find(|name| name.contains("_v1")).unwrap();
    assert_eq!(listing(&folder.path().join(package).join("Stems")).len(), 300);
}
