//! Files that change while their session is open in the window, and the list in which the user
//! decides.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;
use stemwright::app::App;
use stemwright::media::writer::write_plain;
use stemwright::session::stem::Stem;
use stemwright::units::SampleRate;

fn export(path: &Path, seed: u32, seconds: f64) {
    let sound = sound(seed, seconds, 0.2);
    write_plain(path, SampleRate(48_000), &sound, &sound).unwrap();
}

/// A window on a session that is saved on disk.
fn saved(folder: &Path) -> Harness<'static, App> {
    let mut harness = window(Some(folder), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    harness
}

fn stem(harness: &Harness<'static, App>, n: usize) -> Stem {
    harness.state().session().unwrap().stems[n].clone()
}

fn seconds(harness: &Harness<'static, App>) -> f64 {
    let session = harness.state().session().unwrap();
    session.length().seconds(session.sample_rate).0
}

#[test]
fn a_session_opens_whatever_became_of_its_files() {
    let home = small();
    // A fixed name, for the pictures.
    let folder = home.path().join("Blue Sky");
    std::fs::create_dir(&folder).unwrap();
    for name in listing(home.path()).iter().filter(|name| name.ends_with(".wav")) {
        std::fs::rename(home.path().join(name), folder.join(name)).unwrap();
    }
    drop(saved(&folder));
    export(&folder.join("01_Drums.wav"), 8, 4.0);
    export(&folder.join("02_Bass.wav"), 9, 7.5);
    let kept = std::fs::read(folder.join("03_LeadVox.wav")).unwrap();
    std::fs::remove_file(folder.join("03_LeadVox.wav")).unwrap();
    let mut harness = window(Some(&folder), SIZE);
    assert!((seconds(&harness) - 7.5).abs() < 1e-6, "the song is as long as its files");
    harness.get_by_label_contains("Files of the song");
    harness.snapshot("files_of_the_song");
    harness.get_by_label("Use all new files").click();
    harness.run_steps(3);
    assert!(stem(&harness, 0).file.before.is_none() && stem(&harness, 1).file.before.is_none());
    harness.get_by_label("Leave silent").click();
    harness.run_steps(3);
    assert!(stem(&harness, 2).file.silent);
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.snapshot("files_on_the_lanes");
    // Both decisions can be undone.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(!stem(&harness, 2).file.silent);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    until(&mut harness, App::is_settled);
    assert!(stem(&harness, 0).file.before.is_some() && stem(&harness, 1).file.before.is_some());
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    drop(harness);
    // A stem that is back sounds again.
    std::fs::write(folder.join("03_LeadVox.wav"), kept).unwrap();
    let harness = window(Some(&folder), SIZE);
    assert!(harness.query_by_label_contains("Files of the song").is_none(), "nothing is open");
    assert!((seconds(&harness) - 7.5).abs() < 1e-6);
}

#[test]
fn a_stem_that_is_exported_again_is_followed_while_it_is_open() {
    let folder = small();
    let mut harness = saved(folder.path());
    press(&mut harness, Modifiers::NONE, Key::End);
    let place = harness.state().playhead().0;
    assert!(place > 1.0);
    export(&folder.path().join("02_Bass.wav"), 9, 9.0);
    until(&mut harness, |app| app.session().unwrap().stems[1].file.before.is_some());
    until(&mut harness, App::is_settled);
    assert!((seconds(&harness) - 9.0).abs() < 1e-6);
    assert_eq!(harness.state().playhead().0, place, "the place in the song stays");
    assert!(harness.state().messages().iter().any(|text| text.contains("exported again")));
    harness.run_steps(3);
    harness.get_by_label("File of Bass: new export").click();
    harness.run_steps(3);
    harness.get_by_label("Use new file").click();
    harness.run_steps(3);
    assert!(stem(&harness, 1).file.before.is_none());
    std::fs::remove_file(folder.path().join("02_Bass.wav")).unwrap();
    let gone = |app: &App| app.messages().iter().any(|text| text.contains("is missing"));
    until(&mut harness, gone);
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.get_by_label("File of Bass: missing");
    export(&folder.path().join("02_Bass.wav"), 9, 9.0);
    until(&mut harness, |app| app.messages().iter().any(|text| text.contains("is back")));
}

#[test]
fn a_stem_that_is_added_leaves_the_place_in_the_song() {
    let folder = small();
    let other = tempfile::tempdir().unwrap();
    export(&other.path().join("04_Keys.wav"), 9, 6.0);
    let mut harness = saved(folder.path());
    press(&mut harness, Modifiers::NONE, Key::End);
    let place = harness.state().playhead().0;
    harness.state_mut().drop_on(vec![other.path().join("04_Keys.wav")]);
    until(&mut harness, |app| app.session().unwrap().stems.len() == 4);
    until(&mut harness, App::is_settled);
    assert_eq!(harness.state().playhead().0, place);
}

#[test]
fn a_new_export_is_heard_beside_what_was_there_and_either_is_taken() {
    let folder = small();
    let mut harness = saved(folder.path());
    let bass = folder.path().join("02_Bass.wav");
    let before = std::fs::read(&bass).unwrap();
    // The old content is copied in the background.
    until(&mut harness, App::is_quiet);
    // The same sound, 6 dB quieter.
    let sound: Vec<f32> = sound(3, 6.0, 0.1);
    write_plain(&bass, SampleRate(48_000), &sound, &sound).unwrap();
    until(&mut harness, |app| app.session().unwrap().stems[1].file.before.is_some());
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.get_by_label("File of Bass: new export").click();
    harness.run_steps(3);
    harness.get_by_label("old").click();
    until(&mut harness, |app| app.export_gain().is_some());
    harness.run_steps(2);
    // The louder one is turned down.
    let old = harness.state().export_gain().unwrap().0;
    assert!((old + 6.0).abs() < 0.2, "{old}");
    harness.get_by_label("Play new").click();
    harness.run_steps(2);
    assert!(harness.state().export_gain().unwrap().0.abs() < 0.01);
    harness.get_by_label("Without the other stems").click();
    harness.run_steps(2);
    harness.get_by_label("Use old file").click();
    until(&mut harness, |app| app.session().unwrap().stems[1].file.before.is_none());
    until(&mut harness, App::is_settled);
    let old = folder.path().join("02_Bass_before.wav");
    assert_eq!(std::fs::read(&old).unwrap(), before);
    assert_eq!(stem(&harness, 1).file.place.name(), "02_Bass_before.wav");
    assert!((seconds(&harness) - 6.0).abs() < 1e-6);
    assert!(harness.state().export_gain().is_none());
}
