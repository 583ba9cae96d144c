//! Files of a song that are exported again, moved, missing or incomplete.

mod common;

use common::{
    expect, ffmpeg_reading, folder_of, json, listing, render, samples, session_in, sound, text,
};
use serde_json::Value;
use std::path::{Path, PathBuf};
use stemwright::session::file::{load, save};
use stemwright::units::Db;

struct Song {
    home: tempfile::TempDir,
    folder: tempfile::TempDir,
    session: PathBuf,
}

impl Song {
    /// Three stems of two seconds and a rough mix, in a session made by `new`.
    fn new() -> Self {
        let [drums, bass, vocals, rough] = [1, 2, 3, 4].map(|seed| sound(seed, 2.0, 0.2));
        let folder = folder_of(&[
            ("01_Drums", &drums, &drums),
            ("02_Bass", &bass, &bass),
            ("03_Vocals", &vocals, &vocals),
            ("Rough Mix", &rough, &rough),
        ]);
        let home = tempfile::tempdir().unwrap();
        expect(home.path(), 0, &["new", text(folder.path())]);
        let session = session_in(folder.path());
        Self { home, folder, session }
    }

    fn stem(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exports a stem again, `seconds` long.
    fn export(&self, name: &str, seed: u32, seconds: f64) {
        let sound = sound(seed, seconds, 0.2);
        let rate = stemwright::units::SampleRate(48_000);
        stemwright::media::writer::write_plain(&self.stem(name), rate, &sound, &sound).unwrap();
    }

    fn run(&self, code: i32, arguments: &[&str]) -> (String, String) {
        let mut all = vec![arguments[0], text(&self.session)];
        all.extend(&arguments[1..]);
        expect(self.home.path(), code, &all)
    }

    /// State of every file, as `files` reports it.
    fn states(&self, code: i32) -> Vec<String> {
        let found = json(&self.run(code, &["files", "--json"]).0);
        let one = |found: &Value| found["state"].as_str().unwrap().to_string();
        found.as_array().unwrap().iter().map(one).collect()
    }

    /// Name of the package folder.
    fn package(&self) -> String {
        let all = listing(self.folder.path());
        all.into_iter().find(|name| name.ends_with("_v1")).unwrap()
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn full(&self, code: i32, out: &str, more: &[&str]) -> Value {
        let out = self.out(out);
        let mut all = vec!["render", "-o", text(&out), "--versions", "full", "--masters", "mix"];
        all.extend(["--json"].iter().chain(more));
        json(&self.run(code, &all).0)["files"][0].clone()
    }
}

fn says(file: &Value, list: &str, words: &str) -> bool {
    // A note is a sentence; a problem has its sentence beside its figures.
    let text = |one: &Value| one.as_str().or(one["text"].as_str()).unwrap().contains(words);
    file[list].as_array().unwrap().iter().any(text)
}

#[test]
fn a_stem_that_is_exported_again_is_used_and_told_and_taken() {
    for (seconds, length) in [(2.0, 2.0), (3.0, 3.0), (1.0, 2.0)] {
        let song = Song::new();
        song.export("02_Bass.wav", 9, seconds);
        assert_eq!(song.states(1), ["same", "changed", "same", "same"]);
        // The render uses the new file in full length, with a note.
        let file = song.full(0, "out", &[]);
        assert_eq!(file["frames"], (length * 48_000.0) as u64);
        assert!(says(&file, "notes", "02_Bass.wav (Bass) was exported again"), "{file}");
        assert!(file["passed"].as_bool().unwrap());
        song.run(0, &["files", "--use-new", "Bass"]);
        assert_eq!(song.states(0), ["same"; 4]);
        let taken = song.full(0, "out2", &[]);
        assert!(taken["notes"].as_array().unwrap().is_empty(), "{taken}");
        // The same as a session made from these files at the start.
        let fresh = tempfile::tempdir().unwrap();
        for name in ["01_Drums.wav", "02_Bass.wav", "03_Vocals.wav"] {
            std::fs::copy(song.stem(name), fresh.path().join(name)).unwrap();
        }
        expect(song.home.path(), 0, &["new", text(fresh.path())]);
        let out = fresh.path().join("out");
        let more = ["--versions", "full", "--masters", "mix"];
        let report = render(song.home.path(), &session_in(fresh.path()), &out, &more);
        let path = |file: &Value| song.out("out").join(file["path"].as_str().unwrap());
        let (ours, theirs) = (path(&taken), path(&report["files"][0]));
        assert!(samples(&ours) == samples(&theirs));
    }
}

#[test]
fn what_was_accepted_is_accepted_again_when_it_is_back() {
    let song = Song::new();
    let kept = std::fs::read(song.stem("02_Bass.wav")).unwrap();
    song.export("02_Bass.wav", 9, 2.5);
    song.run(1, &["files", "--leave-silent", "Drums"]);
    assert_eq!(song.states(1)[1], "changed");
    std::fs::write(song.stem("02_Bass.wav"), kept).unwrap();
    assert_eq!(song.states(0), ["same"; 4]);
}

#[test]
fn half_of_a_new_export_is_no_new_export() {
    let song = Song::new();
    song.export("02_Bass.wav", 9, 2.0);
    let whole = std::fs::read(song.stem("02_Bass.wav")).unwrap();
    std::fs::write(song.stem("02_Bass.wav"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(song.states(1)[1], "half");
    let file = song.full(1, "out", &[]);
    assert!(says(&file, "problems", "cut off, or still on its way"), "{file}");
    std::fs::write(song.stem("02_Bass.wav"), &whole).unwrap();
    assert_eq!(song.states(1)[1], "changed");
}

#[test]
fn a_page_without_its_stems_has_the_masters_that_were_kept() {
    let song = Song::new();
    let deliver = ["deliver", "--masters", "streaming,cd", "--versions", "full", "--no-stems"];
    song.run(0, &deliver);
    for name in ["01_Drums.wav", "02_Bass.wav", "03_Vocals.wav"] {
        std::fs::remove_file(song.stem(name)).unwrap();
    }
    let page = |name: &str, more: &[&str]| {
        let out = song.out(name);
        let all = [&["review", "-o", text(&out), "--versions", "full", "--json"], more].concat();
        let (made, said) = song.run(0, &all);
        (json(&made)["tracks"][0].clone(), said)
    };
    let (track, said) = page("kept.html", &["--wav"]);
    assert_eq!(track["note"], "the master that was kept of v1");
    assert!(said.contains("full v1: the master that was kept of v1"), "{said}");
    // The page holds that very file, with its measurements.
    let mut wav = song.folder.path().read_dir().unwrap().flatten().map(|entry| entry.path());
    let wav = wav.find(|path| text(path).ends_with("FullMix_v1.wav")).unwrap();
    let kept = listing(&song.out(&song.package()).join("Masters"));
    let kept = kept.iter().find(|name| name.contains("Streaming")).unwrap();
    let kept = song.out(&song.package()).join("Masters").join(kept);
    assert_eq!(std::fs::read(&wav).unwrap(), std::fs::read(&kept).unwrap());
    assert!((track["integrated_lufs"].as_f64().unwrap() - ffmpeg_reading(&kept).0).abs() < 0.15);
    // After further edits the page plays the older master and says so.
    let mut session = load(&song.session).unwrap();
    session.stems[0].strip.fader = Db(-3.0);
    save(&session, &song.session).unwrap();
    let (track, _) = page("before.html", &[]);
    let note = track["note"].as_str().unwrap();
    assert!(note.starts_with("as it was in v1: ") && note.contains("Bass"), "{note}");
    // A kept master with other content than measured is not used.
    std::fs::write(&kept, b"RIFF").unwrap();
    let (track, _) = page("other.html", &[]);
    assert_eq!(track["sounds"], true, "the other master");
}

#[test]
fn a_missing_stem_stops_only_what_needs_it() {
    let song = Song::new();
    for name in ["02_Bass.wav", "Rough Mix.wav"] {
        std::fs::remove_file(song.stem(name)).unwrap();
    }
    assert_eq!(song.states(1), ["same", "missing", "same", "missing"]);
    for arguments in [
        &["comments", "--add", "louder", "--at", "0:01"][..],
        &["comments", "--json"],
        &["revisions"],
        &["merge"],
    ] {
        song.run(0, arguments);
    }
    let (out, page) = (song.out("out"), song.out("page.html"));
    for refused in [vec!["render", "-o", text(&out)], vec!["deliver", "-o", text(&out)]] {
        let (_, err) = song.run(1, &refused);
        assert!(err.contains("02_Bass.wav (Bass) is missing"), "{err}");
    }
    assert!(!out.exists(), "nothing is made");
    // The page is made for its comments; versions without sound say so.
    let made = json(&song.run(1, &["review", "-o", text(&page), "--json"]).0);
    let tracks = made["tracks"].as_array().unwrap();
    let sounds = |id: &str| tracks.iter().find(|track| track["version"] == id).unwrap().clone();
    assert_eq!(
        (sounds("full")["sounds"].as_bool(), sounds("acappella")["sounds"].as_bool()),
        (Some(false), Some(true))
    );
    let note = sounds("full")["note"].as_str().unwrap().to_string();
    assert_eq!(note, "no sound: Bass cannot be found, and no master of it was kept");
    assert!(std::fs::read_to_string(&page).unwrap().contains(&note));
    std::fs::remove_file(&page).unwrap();
    // With `--allow-missing` the files are made, with a problem listed.
    let file = song.full(1, "out", &["--allow-missing"]);
    assert!(says(&file, "problems", "Bass) is missing"), "{file}");
    song.run(0, &["review", "-o", text(&page), "--allow-missing", "--versions", "full"]);
    // Once the stem is declared silent, it is only a note.
    song.run(1, &["files", "--leave-silent", "Bass"]);
    let file = song.full(0, "out", &[]);
    assert!(says(&file, "notes", "left silent"), "{file}");
    let only = song.out("only");
    let package = json(
        &song
            .run(
                0,
                &[
                    "deliver",
                    "-o",
                    text(&only),
                    "--masters",
                    "streaming",
                    "--versions",
                    "full",
                    "--json",
                ],
            )
            .0,
    );
    assert_eq!(package["stems"].as_array().unwrap().len(), 2, "no file for a missing stem");
    let said = package["checks"].to_string();
    assert!(said.contains("Bass) is missing") && said.contains("rough mix) is missing"), "{said}");
}

#[test]
fn what_moved_is_found_by_its_content_and_what_is_elsewhere_by_hand() {
    let song = Song::new();
    std::fs::create_dir(song.stem("Stems")).unwrap();
    std::fs::rename(song.stem("01_Drums.wav"), song.stem("Stems/kick and so on.wav")).unwrap();
    // Two files with swapped names are not new exports.
    std::fs::rename(song.stem("02_Bass.wav"), song.stem("x.wav")).unwrap();
    std::fs::rename(song.stem("03_Vocals.wav"), song.stem("02_Bass.wav")).unwrap();
    std::fs::rename(song.stem("x.wav"), song.stem("03_Vocals.wav")).unwrap();
    assert_eq!(song.states(0), ["moved", "moved", "moved", "same"]);
    // A file in another folder.
    let other = tempfile::tempdir().unwrap();
    let away = other.path().join("deep/er");
    std::fs::create_dir_all(&away).unwrap();
    std::fs::rename(song.stem("Stems/kick and so on.wav"), away.join("a.wav")).unwrap();
    assert_eq!(song.states(1)[0], "missing");
    song.run(0, &["files", "--find", text(other.path())]);
    assert_eq!(song.states(0)[0], "same");
    std::fs::rename(away.join("a.wav"), away.join("b.wav")).unwrap();
    song.run(0, &["files", "--locate", "Drums", text(&away.join("b.wav"))]);
    // Collects everything in one folder, which then works alone.
    let into = tempfile::tempdir().unwrap();
    let (out, _) = song.run(0, &["files", "--collect", text(into.path())]);
    let session = Path::new(out.trim());
    std::fs::remove_dir_all(other.path()).unwrap();
    let moved = into.path().join("moved");
    std::fs::rename(session.parent().unwrap(), &moved).unwrap();
    let session = moved.join(session.file_name().unwrap());
    expect(song.home.path(), 0, &["files", text(&session)]);
    render(song.home.path(), &session, &moved.join("out"), &["--versions", "full"]);
}

#[cfg(unix)]
#[test]
fn names_of_other_systems_are_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let song = Song::new();
    let odd = [&b"04_Gitarre M\x81ller.wav"[..], b"05_Keys\\left.wav"];
    for (name, from) in odd.iter().zip(["02_Bass.wav", "03_Vocals.wav"]) {
        let name = std::ffi::OsStr::from_bytes(name);
        let mut bytes = std::fs::read(song.stem(from)).unwrap();
        // Changes one byte, so that the content differs.
        bytes[100] ^= 1;
        std::fs::write(song.folder.path().join(name), bytes).unwrap();
    }
    std::fs::remove_file(&song.session).unwrap();
    expect(song.home.path(), 0, &["new", text(song.folder.path())]);
    assert_eq!(song.states(0), ["same"; 6]);
    song.full(0, "out", &[]);
    let out = song.out("package");
    song.run(0, &["deliver", "-o", text(&out), "--masters", "streaming", "--versions", "full"]);
    song.run(1, &["check"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_stem_is_not_waited_for() {
    let song = Song::new();
    std::fs::remove_file(song.stem("02_Bass.wav")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(song.stem("02_Bass.wav")).status();
    assert!(made.unwrap().success());
    assert_eq!(song.states(1)[1], "unreadable");
    let (_, err) = song.run(1, &["render", "-o", text(&song.out("out"))]);
    assert!(err.contains("a pipe or a device"), "{err}");
}

#[test]
fn a_folder_with_one_session_is_that_session() {
    let song = Song::new();
    let out = song.out("out");
    let folder = song.folder.path();
    let arguments =
        ["render", text(folder), "-o", text(&out), "--versions", "full", "--masters", "mix"];
    expect(song.home.path(), 0, &arguments);
    std::fs::copy(&song.session, folder.join("Another.stemwright")).unwrap();
    let (_, err) = expect(song.home.path(), 1, &arguments);
    assert!(err.contains("several sessions") && err.contains("Another.stemwright"), "{err}");
}

#[test]
fn a_revision_that_cannot_be_read_is_named() {
    let song = Song::new();
    let records = song.session.with_extension("revisions");
    std::fs::create_dir_all(&records).unwrap();
    std::fs::write(records.join("half.json"), "").unwrap();
    let (_, said) = song.run(0, &["revisions"]);
    assert!(said.contains("half.json cannot be read; it may still be on its way"), "{said}");
}

#[test]
fn several_files_are_located_at_once_and_one_that_is_there_is_not_left_silent() {
    let song = Song::new();
    let away = tempfile::tempdir().unwrap();
    for name in ["01_Drums.wav", "02_Bass.wav"] {
        std::fs::rename(song.stem(name), away.path().join(name)).unwrap();
    }
    let at = |name: &str| away.path().join(name).display().to_string();
    let (drums, bass) = (at("01_Drums.wav"), at("02_Bass.wav"));
    song.run(0, &["files", "--locate", "Drums", &drums, "--locate", "Bass", &bass]);
    assert_eq!(song.states(0), ["same"; 4]);
    let (_, said) = song.run(1, &["files", "--leave-silent", "Drums"]);
    assert!(said.contains("is there; mute the stem"), "{said}");
}

#[test]
fn what_a_killed_save_leaves_is_no_session() {
    let song = Song::new();
    let name = song.session.file_name().unwrap().to_str().unwrap();
    std::fs::write(song.folder.path().join(format!(".stemwright-lock-{name}")), "").unwrap();
    expect(song.home.path(), 0, &["files", text(song.folder.path())]);
}

#[test]
fn words_and_notes_are_read_from_files_alone_and_nothing_replaces_sound() {
    let song = Song::new();
    for arguments in [["clean", "--words", "/dev/zero"], ["comments", "--import", "/dev/zero"]] {
        let (_, said) = song.run(1, &arguments);
        assert!(said.contains("/dev/zero"), "{said}");
    }
    let drums = song.stem("01_Drums.wav");
    let before = std::fs::read(&drums).unwrap();
    let session = std::fs::read(&song.session).unwrap();
    for target in [&drums, &song.session] {
        for arguments in [
            ["check", "--page", text(target)],
            ["comments", "--export", text(target)],
            ["review", "-o", text(target)],
        ] {
            let (_, said) = song.run(1, &arguments);
            assert!(said.contains("is there already and is no text"), "{said}");
        }
    }
    assert_eq!(std::fs::read(&drums).unwrap(), before);
    assert_eq!(std::fs::read(&song.session).unwrap(), session);
}
