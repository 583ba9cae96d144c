//! The program is killed at random moments. No incomplete file may have a final name, and the next
//! start removes what was left. `STEMWRIGHT_KILLS=300` runs more rounds.

mod common;

use common::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use stemwright::media::PcmFile;
use stemwright::session::file::load;

fn rounds() -> u32 {
    std::env::var("STEMWRIGHT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20)
}

/// Every file below a folder, including hidden ones.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(below(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn is_hidden(path: &Path, root: &Path) -> bool {
    let inner = path.strip_prefix(root).unwrap();
    inner.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
}

/// Asserts that every file with a final name is complete.
fn whole(root: &Path, home: &Path) {
    for path in below(root).iter().filter(|path| !is_hidden(path, root)) {
        let name = path.to_string_lossy();
        let bytes = || std::fs::read(path).unwrap();
        match path.extension().unwrap_or_default().to_str().unwrap() {
            "wav" => {
                let file = PcmFile::open(path).unwrap().unwrap();
                assert!(!file.info().truncated, "{name}");
            }
            "stemwright" | "previous" => drop(load(path).unwrap()),
            "json" => drop(serde_json::from_slice::<serde_json::Value>(&bytes()).unwrap()),
            "html" => assert!(bytes().ends_with(b"</html>\n"), "{name}"),
            "zip" => drop(expect(home, 0, &["verify", &name])),
            "change" => assert!(bytes().len() > 60, "{name}"),
            _ => {}
        }
    }
    for entry in std::fs::read_dir(root.join("packages")).into_iter().flatten().flatten() {
        if entry.path().is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            expect(home, 0, &["verify", text(&entry.path())]);
        }
    }
}

#[test]
fn nothing_half_made_has_a_name_and_nothing_stays() {
    let home = tempfile::tempdir().unwrap();
    let stems = [1, 2, 3].map(|seed| sound(seed, 4.0, 0.2));
    let folder = folder_of(&[
        ("01_Drums", &stems[0], &stems[0]),
        ("02_Bass", &stems[1], &stems[1]),
        ("03_Vocals", &stems[2], &stems[2]),
    ]);
    let root = folder.path();
    let session = root.join("Song.stemwright");
    expect(home.path(), 0, &["new", text(root), "-o", text(&session)]);
    let (out, packages) = (root.join("out"), root.join("packages"));
    std::fs::create_dir_all(&packages).unwrap();
    let (page, other) = (root.join("page.html"), root.join("Other.stemwright"));
    let only = ["--versions", "full", "--masters", "cd"];
    let deliver = [&["deliver", text(&session), "-o", text(&packages)], &only[..]].concat();
    let commands: [Vec<&str>; 7] = [
        vec!["render", text(&session), "-o", text(&out), "--versions", "full,instrumental"],
        deliver.clone(),
        [&deliver[..], &["--zip"]].concat(),
        vec!["review", text(&session), "-o", text(&page), "--versions", "full", "--wav"],
        vec!["new", text(root), "-o", text(&other)],
        vec!["comments", text(&session), "--add", "louder", "--at", "0:01"],
        vec!["beats", text(&session), "--save"],
    ];
    // The time that each command takes undisturbed.
    let lengths: Vec<Duration> = commands
        .iter()
        .map(|command| {
            let begun = Instant::now();
            stemwright(home.path()).args(command).output().unwrap();
            begun.elapsed()
        })
        .collect();
    let mut dice = 0x2545_f491u32;
    let mut toss = |sides: u32| {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        dice % sides
    };
    for round in 0..rounds() {
        let n = (round as usize) % commands.len();
        let _ = std::fs::remove_file(&other);
        let mut child = stemwright(home.path())
            .args(&commands[n])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(lengths[n].mul_f64(f64::from(toss(1000)) / 1000.0));
        child.kill().unwrap();
        child.wait().unwrap();
        whole(root, home.path());
    }
    // The next run of each command removes the leftovers.
    let _ = std::fs::remove_file(&other);
    for command in &commands {
        let output = stemwright(home.path()).args(command).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    whole(root, home.path());
    let left: Vec<PathBuf> = below(root).into_iter().filter(|path| is_hidden(path, root)).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Two programs work on one session and into the same folders at once: nothing is lost.
/// `STEMWRIGHT_SECONDS=300` runs longer.
#[test]
fn two_programs_on_one_session_lose_nothing() {
    let seconds =
        std::env::var("STEMWRIGHT_SECONDS").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let home = tempfile::tempdir().unwrap();
    let sounds: Vec<Vec<f32>> = (0..6).map(|seed| sound(seed + 1, 1.0, 0.1)).collect();
    let names = ["01_Drums", "02_Bass", "03_Keys", "04_Guitar", "05_Vocals", "06_Brass"];
    let stems: Vec<(&str, &[f32], &[f32])> =
        names.iter().zip(&sounds).map(|(name, s)| (*name, s.as_slice(), s.as_slice())).collect();
    let folder = folder_of(&stems);
    let root = folder.path();
    let session = root.join("Song.stemwright");
    expect(home.path(), 0, &["new", text(root), "-o", text(&session)]);
    let (out, packages) = (root.join("out"), root.join("packages"));
    let until = Instant::now() + Duration::from_secs(seconds);
    // Counts what each one did: comments, renders, packages and relocated stems.
    let work = |me: usize| {
        let (mut said, mut rendered, mut packed, mut named) = (0, 0, 0, Vec::new());
        let mut n = 0;
        while Instant::now() < until {
            n += 1;
            let run = |arguments: &[&str]| {
                let output = stemwright(home.path()).args(arguments).output().unwrap();
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(0), "{arguments:?}: {text}");
            };
            let what = format!("{me}-{n}");
            match (n + me) % 4 {
                0 => {
                    run(&["comments", text(&session), "--add", &what, "--author", &what]);
                    said += 1;
                }
                1 => {
                    let masters = ["--versions", "full", "--masters", "mix24"];
                    run(&[&["render", text(&session), "-o", text(&out)][..], &masters].concat());
                    rendered += 1;
                }
                2 => {
                    let own = ["--versions", "full", "--masters", "cd", "--no-stems"];
                    run(&[&["deliver", text(&session), "-o", text(&packages)][..], &own].concat());
                    packed += 1;
                }
                _ => {
                    // Each has its own stems and repeatedly gives their files new names.
                    let stem = names[(n / 4 * 2 + me) % 6];
                    let file = root.join(format!("{stem}-{what}.wav"));
                    std::fs::copy(root.join(format!("{stem}.wav")), &file).unwrap();
                    let name = stem.split('_').nth(1).unwrap();
                    run(&["files", text(&session), "--locate", name, text(&file)]);
                    named.retain(|(known, _): &(String, String)| known != name);
                    named.push((name.to_string(), format!("{stem}-{what}.wav")));
                }
            }
        }
        (said, rendered, packed, named)
    };
    let [one, two] = std::thread::scope(|scope| {
        [0, 1].map(|me| scope.spawn(move || work(me))).map(|thread| thread.join().unwrap())
    });
    let kept = load(&session).unwrap();
    for (name, file) in one.3.iter().chain(&two.3) {
        let stem = kept.stems.iter().find(|stem| stem.name == *name).unwrap();
        assert_eq!(&stem.file.place.path, file);
    }
    let (listed, _) = expect(home.path(), 0, &["comments", text(&session), "--json"]);
    let listed = json(&listed)["comments"].as_array().unwrap().len();
    assert_eq!(listed, one.0 + two.0);
    let report = json(&std::fs::read_to_string(out.join("render.json")).unwrap());
    assert_eq!(report["files"].as_array().unwrap().len(), one.1 + two.1);
    let made = std::fs::read_dir(&packages).unwrap().count();
    assert_eq!(made, one.2 + two.2, "{:?}", listing(&packages));
    let (revisions, _) = expect(home.path(), 0, &["revisions", text(&session), "--json"]);
    assert_eq!(json(&revisions).as_array().unwrap().len(), one.2 + two.2);
    whole(root, home.path());
}

/// Three simultaneous renders into one folder are all in its list.
#[test]
fn renders_into_one_folder_are_all_listed() {
    let home = tempfile::tempdir().unwrap();
    let sound = sound(1, 1.0, 0.2);
    let folder = folder_of(&[("01_Drums", &sound, &sound)]);
    expect(home.path(), 0, &["new", text(folder.path())]);
    let (session, out) = (session_in(folder.path()), folder.path().join("out"));
    for round in 1..=4 {
        let mut all: Vec<_> = (0..3)
            .map(|_| {
                let mut command: Command = stemwright(home.path());
                command.args(["render", text(&session), "-o", text(&out)]);
                command.args(["--versions", "full", "--masters", "mix24"]);
                command.stdout(Stdio::null()).spawn().unwrap()
            })
            .collect();
        all.iter_mut().for_each(|child| assert!(child.wait().unwrap().success()));
        let list = json(&std::fs::read_to_string(out.join("render.json")).unwrap());
        let files = list["files"].as_array().unwrap();
        assert_eq!(files.len(), 3 * round);
        let mut names: Vec<&str> = files.iter().map(|f| f["path"].as_str().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 3 * round, "each has a name of its own");
        assert!(names.iter().all(|name| out.join(name).is_file()), "relative to their folder");
    }
}
