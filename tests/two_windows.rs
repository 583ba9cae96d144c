//! Autosaved work, and two windows on one session.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use stemwright::app::App;
use stemwright::session::file::{asides, autosave, load, writing};

/// A window on a session saved on disk, and the session's path.
fn saved(folder: &Path) -> (Harness<'static, App>, PathBuf) {
    let mut harness = window(Some(folder), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    (harness, session_in(folder))
}

fn mute(harness: &mut Harness<'static, App>) {
    press(harness, Modifiers::NONE, Key::M);
}

fn click(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

/// Runs both windows until a condition holds for the second.
fn both(
    a: &mut Harness<'static, App>,
    b: &mut Harness<'static, App>,
    done: impl Fn(&Harness<'static, App>) -> bool,
) {
    let begun = Instant::now();
    while !done(b) {
        assert!(begun.elapsed() < Duration::from_secs(60));
        a.step();
        b.step();
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn work_is_put_aside_though_the_window_rests_and_is_offered_whatever_the_clock_says() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    mute(&mut harness);
    // No input and no frames: autosave must work without them.
    let begun = Instant::now();
    while !load(&autosave(&path)).is_ok_and(|kept| kept.stems[0].strip.mute) {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing was put aside");
        std::thread::sleep(Duration::from_millis(20));
    }
    let aside = std::fs::read(autosave(&path)).unwrap();
    // Undone work is not offered.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    until(&mut harness, {
        let path = path.clone();
        move |_| load(&autosave(&path)).is_ok_and(|kept| !kept.stems[0].strip.mute)
    });
    drop(harness);
    let harness = window(Some(folder.path()), SIZE);
    assert!(harness.query_by_label_contains("was not saved").is_none());
    assert!(asides(&path).is_empty());
    drop(harness);
    // As after a crash, with a session file dated one day later.
    std::fs::write(autosave(&path), aside).unwrap();
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(86_400)).unwrap();
    let mut harness = window(Some(folder.path()), SIZE);
    harness.get_by_label_contains("Unsaved work found");
    click(&mut harness, "Restore");
    until(&mut harness, App::is_settled);
    assert!(strip(&harness, 0).mute);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(asides(&path).is_empty() && load(&path).unwrap().stems[0].strip.mute);
    drop(harness);
    // An autosave that equals the session is not offered.
    std::fs::copy(&path, autosave(&path)).unwrap();
    let harness = window(Some(folder.path()), SIZE);
    assert!(harness.query_by_label_contains("was not saved").is_none());
    assert!(asides(&path).is_empty());
}

#[test]
fn work_that_was_put_aside_before_somebody_else_saved_is_put_together_with_it() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    mute(&mut harness);
    until(&mut harness, {
        let path = path.clone();
        move |_| autosave(&path).exists()
    });
    let aside = std::fs::read(autosave(&path)).unwrap();
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    // Another person changes another stem.
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let others = load(&path).unwrap();
    assert!(others.stems.iter().any(|stem| stem.strip.solo) && !others.stems[0].strip.mute);
    drop(harness);
    std::fs::write(autosave(&path), aside).unwrap();
    let mut harness = window(Some(folder.path()), SIZE);
    click(&mut harness, "Restore");
    until(&mut harness, |app| app.session().unwrap().stems[0].strip.mute || app.is_merging());
    harness.run_steps(3);
    if harness.state().is_merging() {
        click(&mut harness, "Merge both copies");
    }
    let session = harness.state().session().unwrap();
    assert!(session.stems[0].strip.mute, "the work that was not saved");
    assert!(session.stems.iter().any(|stem| stem.strip.solo), "what somebody saved");
}

#[test]
fn a_second_window_reads_copies_or_takes_over() {
    let folder = small();
    let (mut first, path) = saved(folder.path());
    let open = || window(Some(&session_in(folder.path())), SIZE);
    let asks = |harness: &Harness<'static, App>| {
        harness.query_by_label("This session is open in another window").is_some()
    };
    let mut second = open();
    assert!(asks(&second));
    click(&mut second, "Open read-only");
    mute(&mut second);
    assert!(!strip(&second, 0).mute);
    assert!(second.state().messages().iter().any(|text| text.contains("read-only")));
    // Saved elsewhere by the reader, the work that the first window put aside stays.
    std::fs::write(autosave(&path), std::fs::read(&path).unwrap()).unwrap();
    second.state_mut().save_session_as(folder.path().join("Read.stemwright"));
    until(&mut second, |app| !app.is_saving());
    assert!(folder.path().join("Read.stemwright").exists() && autosave(&path).exists());
    std::fs::remove_file(autosave(&path)).unwrap();
    std::fs::remove_file(folder.path().join("Read.stemwright")).unwrap();
    drop(second);
    // A copy is a separate session.
    let mut second = open();
    let revisions = path.with_extension("revisions");
    std::fs::create_dir_all(&revisions).unwrap();
    std::fs::write(revisions.join("kept.txt"), "a revision").unwrap();
    click(&mut second, "Open a copy");
    mute(&mut second);
    press(&mut second, Modifiers::COMMAND, Key::S);
    drop(second);
    let copy = path
        .with_file_name(format!("{}_copy.stemwright", path.file_stem().unwrap().to_string_lossy()));
    assert!(load(&copy).unwrap().stems[0].strip.mute);
    assert!(!load(&path).unwrap().stems[0].strip.mute);
    assert!(copy.with_extension("revisions").join("kept.txt").exists(), "revisions come along");
    std::fs::remove_dir_all(copy.with_extension("revisions")).unwrap();
    std::fs::remove_file(revisions.join("kept.txt")).unwrap();
    std::fs::remove_file(copy).unwrap();
    // Taking over offers the first window's unsaved work; from then on the first window is
    // read-only.
    mute(&mut first);
    let mut second = open();
    click(&mut second, "Take over");
    both(&mut first, &mut second, |second| {
        second.query_by_label_contains("Unsaved work found").is_some()
    });
    click(&mut second, "Restore");
    until(&mut second, App::is_settled);
    assert!(strip(&second, 0).mute);
    press(&mut second, Modifiers::COMMAND, Key::S);
    assert!(load(&path).unwrap().stems[0].strip.mute);
    first.run_steps(3);
    mute(&mut first);
    assert!(strip(&first, 0).mute, "as it was, and not changed any more");
    press(&mut first, Modifiers::COMMAND, Key::S);
    assert!(first.state().messages().iter().any(|text| text.contains("another window has")));
    drop((first, second));
    // No lock or autosave is left beside the session.
    let left = listing(folder.path());
    assert!(
        !left.iter().any(|name| name.contains(".open-") || name.contains("autosave")),
        "{left:?}"
    );
    assert!(!asks(&open()));
}

#[test]
fn a_save_that_waits_for_another_writer_does_not_hold_the_window_up() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    mute(&mut harness);
    let writer = writing(&path).unwrap();
    harness.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, Key::S);
    harness.run_steps(3);
    assert!(harness.state().is_saving());
    // The window goes on: an edit during the save, and the wish to leave.
    harness.key_press(Key::S);
    harness.run_steps(3);
    assert!(strip(&harness, 0).solo && harness.state().is_saving());
    // What is done during the save is put aside, and the save does not take it away.
    let aside = || load(&autosave(&path)).is_ok_and(|kept| kept.stems[0].strip.solo);
    until(&mut harness, |_| aside());
    let other = small();
    harness.state_mut().open(vec![other.path().to_owned()]);
    harness.run_steps(3);
    assert!(harness.query_by_label("Save the changes?").is_none(), "it waits for the save");
    drop(writer);
    until(&mut harness, |app| !app.is_saving());
    harness.run_steps(3);
    let written = load(&path).unwrap().stems[0].strip;
    assert!(written.mute && !written.solo, "the file is what was saved");
    harness.get_by_label("Save the changes?");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert!(aside());
    // Two saves that are asked for during a third are both done.
    let (writer, other) = (writing(&path).unwrap(), folder.path().join("Other.stemwright"));
    harness.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, Key::S);
    harness.run_steps(3);
    harness.state_mut().save_session_as(other.clone());
    harness.key_press_modifiers(Modifiers::CTRL | Modifiers::COMMAND, Key::S);
    harness.run_steps(3);
    drop(writer);
    until(&mut harness, |app| !app.is_saving());
    let solo = |path: &Path| load(path).unwrap().stems[0].strip.solo;
    assert!(solo(&path), "what was done meanwhile is saved next");
    assert!(solo(&other), "and under the other name");
    until(&mut harness, |_| !autosave(&path).exists() && !autosave(&other).exists());
}

#[test]
fn saving_under_a_name_that_cannot_be_written_changes_nothing() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    mute(&mut harness);
    harness.state_mut().save_session_as(folder.path().join("nowhere/Song.stemwright"));
    until(&mut harness, |app| !app.is_saving());
    harness.run_steps(3);
    assert!(harness.state().messages().iter().any(|text| text.contains("cannot be written")));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    assert!(load(&path).unwrap().stems[0].strip.mute, "it is still the same document");
}

#[test]
fn work_that_was_put_aside_is_put_together_with_what_a_command_saved() {
    let folder = small();
    let home = tempfile::tempdir().unwrap();
    expect(home.path(), 0, &["new", text(folder.path())]);
    let path = session_in(folder.path());
    // A window that never saved is killed.
    let mut harness = window(Some(&path), SIZE);
    mute(&mut harness);
    until(&mut harness, {
        let path = path.clone();
        move |_| autosave(&path).exists()
    });
    let aside = std::fs::read(autosave(&path)).unwrap();
    drop(harness);
    std::fs::write(autosave(&path), aside).unwrap();
    let words = folder.path().join("words.lrc");
    std::fs::write(&words, "[00:01.00]well damn it\n").unwrap();
    expect(home.path(), 0, &["clean", text(&path), "--words", text(&words), "--confirm"]);
    let mut harness = window(Some(&path), SIZE);
    click(&mut harness, "Restore");
    until(&mut harness, |app| app.session().unwrap().stems[0].strip.mute || app.is_merging());
    harness.run_steps(3);
    if harness.state().is_merging() {
        assert!(
            harness.query_by_label("Everything yours").is_none(),
            "nothing was changed by both"
        );
        click(&mut harness, "Merge both copies");
    }
    let session = harness.state().session().unwrap();
    assert!(session.stems[0].strip.mute, "the work that was not saved");
    assert!(session.lyrics.is_some(), "what the command saved");
    assert!(session.stems.iter().any(|stem| !stem.clean.is_empty()));
}
