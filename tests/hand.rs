//! What a hand did to the window that it took wrongly once: exports with muted stems, second
//! exports, drops of all kinds, monitors without a sound, songs that are opened again.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::{Path, PathBuf};
use stemwright::app::{App, View};
use stemwright::dsp::curve::{Curve, Point};
use stemwright::session::edit::Edit;
use stemwright::units::{Db, Seconds};

const NONE: Modifiers = Modifiers::NONE;

fn show(harness: &mut Harness<'static, App>, view: View) {
    harness.state_mut().show_view(view);
    harness.run_steps(3);
}

fn click(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn says(harness: &Harness<'static, App>, words: &str) -> bool {
    harness.state().messages().iter().any(|text| text.contains(words))
}

/// A saved song of three stems, of which one master is made.
fn one_master() -> (tempfile::TempDir, Harness<'static, App>) {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    show(&mut harness, View::Deliver);
    for name in ["CD", "Vinyl", "Broadcast", "Instrumental", "A cappella", "Radio edit"] {
        harness.get_by_role_and_label(Role::CheckBox, name).click();
        harness.run_steps(2);
    }
    (folder, harness)
}

#[test]
fn a_muted_stem_is_asked_about_before_anything_is_written_and_told_in_each_file() {
    let (folder, mut harness) = one_master();
    show(&mut harness, View::Mix);
    click(&mut harness, "Mute Drums");
    show(&mut harness, View::Deliver);
    harness.get_by_label_contains("Full mix: 0:06, without 01 (muted)");
    harness.get_by_label("look: 01 Drums is muted: left out of 2 of 2 files");
    let before = listing(folder.path());
    harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery").click();
    harness.run_steps(3);
    click(&mut harness, "Export");
    harness.get_by_label("Before the export");
    harness.get_by_label("01 Drums is muted: left out of 2 of 2 files");
    click(&mut harness, "Cancel");
    assert_eq!(listing(folder.path()), before, "nothing is written");
    click(&mut harness, "Export");
    click(&mut harness, "Export anyway");
    until(&mut harness, App::is_rendered);
    let list = folder.path().join("Masters/v1/render.json");
    let list = json(&std::fs::read_to_string(list).unwrap());
    for file in list["files"].as_array().unwrap() {
        let notes = file["notes"].to_string();
        assert!(notes.contains("without 01 Drums (muted)"), "{notes}");
    }
    harness.run_steps(3);
    // What was accepted is not asked about again; something new is.
    click(&mut harness, "Export");
    assert!(harness.query_by_label("Before the export").is_none());
    until(&mut harness, App::is_rendered);
    show(&mut harness, View::Mix);
    click(&mut harness, "Mute Bass");
    show(&mut harness, View::Deliver);
    click(&mut harness, "Export");
    harness.get_by_label("02 Bass is muted: left out of 2 of 2 files");
}

#[test]
fn each_export_has_one_revision_on_the_screen_in_the_names_and_in_the_folder() {
    let (folder, mut harness) = one_master();
    harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery").click();
    harness.run_steps(3);
    let next = |harness: &mut Harness<'static, App>, folder: &str, revision: &str, check: &str| {
        until(harness, |app| app.next_revision().as_deref() == Some(revision));
        harness.run_steps(3);
        harness.get_by_label(&format!("Open the folder of {folder}"));
        harness.get_by_label(&format!("good: {check}"));
    };
    next(&mut harness, "Masters/v1/", "1", "Nothing overwritten: v1 is new");
    export_now(&mut harness, false);
    until(&mut harness, App::is_rendered);
    next(&mut harness, "Masters/v1.1/", "1.1", "v1 was made; next: v1.1");
    let first = listing(&folder.path().join("Masters/v1"));
    export_now(&mut harness, false);
    until(&mut harness, App::is_rendered);
    assert_eq!(listing(&folder.path().join("Masters/v1")), first, "nothing joins the first");
    let second = listing(&folder.path().join("Masters/v1.1"));
    assert_eq!(second.len(), first.len());
    let waves = |list: &[String], end: &str| list.iter().filter(|name| name.ends_with(end)).count();
    assert_eq!((waves(&first, "_v1.wav"), waves(&second, "_v1.1.wav")), (2, 2), "{second:?}");
    harness.run_steps(3);
    // A package counts with them.
    next(&mut harness, "Masters/v1.2/", "1.2", "v1.1 was made; next: v1.2");
    harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery").click();
    harness.run_steps(3);
    harness.get_by_label_contains("_v1.2/");
    harness.get_by_label("good: v1.1 was made; next: v1.2");
}

#[test]
fn masters_after_a_package_get_the_next_revision_and_old_files_say_so() {
    let (folder, mut harness) = one_master();
    export_now(&mut harness, true);
    until(&mut harness, App::is_rendered);
    let next = |harness: &mut Harness<'static, App>, revision: &str| {
        until(harness, |app| app.next_revision().as_deref() == Some(revision));
        harness.run_steps(3);
    };
    next(&mut harness, "1.1");
    harness.get_by_label("good: Every file on target");
    harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery").click();
    harness.run_steps(3);
    harness.get_by_label("Open the folder of Masters/v1.1/");
    harness.get_by_label("good: v1 was made; next: v1.1");
    // What was measured before a change says nothing about the song as it is.
    harness.state_mut().edit(Edit::MixFader(Db(-3.0)));
    harness.run_steps(3);
    harness.get_by_label("not known: Every file on target, before the last change");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    harness.get_by_label("good: Every file on target");
    // In a window that is opened later, the files of the package are still known.
    press(&mut harness, Modifiers::COMMAND, Key::S);
    until(&mut harness, |app| !app.is_saving());
    let session = session_in(folder.path());
    drop(harness);
    let mut harness = window(Some(&session), SIZE);
    show(&mut harness, View::Deliver);
    next(&mut harness, "1.1");
    harness.get_by_label("not known: Every file on target, made before");
    harness.get_by_role_and_label(Role::CheckBox, "Full mix Streaming").click();
    until(&mut harness, |app| app.heard_file().is_some());
    let file = harness.state().heard_file().unwrap();
    assert!(file.is_file() && file.parent().unwrap().ends_with("Masters"), "{file:?}");
    export_now(&mut harness, false);
    until(&mut harness, App::is_rendered);
    assert!(folder.path().join("Masters/v1.1/render.json").is_file());
    assert!(!folder.path().join("Masters/v1").exists(), "v1 is that of the package");
}

#[test]
fn a_click_on_a_finished_cell_plays_its_file_and_keeps_its_result() {
    let (folder, mut harness) = one_master();
    export_now(&mut harness, false);
    until(&mut harness, App::is_rendered);
    harness.run_steps(3);
    let cell = "Full mix Streaming";
    let before = harness.state().session().unwrap().delivery.left_out.clone();
    harness.get_by_role_and_label(Role::CheckBox, cell).click();
    until(&mut harness, |app| app.heard_file().is_some());
    let file = harness.state().heard_file().unwrap();
    assert!(file.starts_with(folder.path().join("Masters/v1")) && file.is_file(), "{file:?}");
    harness.run_steps(3);
    // Another click while it plays, or the monitor switch, plays the song again.
    if harness.state().is_playing() {
        harness.get_by_role_and_label(Role::CheckBox, cell).click();
    } else {
        press(&mut harness, NONE, Key::B);
    }
    harness.run_steps(3);
    assert_eq!(harness.state().heard_file(), None);
    assert_eq!(harness.state().session().unwrap().delivery.left_out, before, "the cell stays");
    // In a window that is opened later, the files are still there.
    let session = session_in(folder.path());
    drop(harness);
    let mut harness = window(Some(&session), SIZE);
    show(&mut harness, View::Deliver);
    harness.get_by_role_and_label(Role::CheckBox, "Pack for delivery").click();
    until(&mut harness, |app| app.next_revision().as_deref() == Some("1.1"));
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::CheckBox, cell).click();
    until(&mut harness, |app| app.heard_file().is_some());
}

#[test]
fn a_drop_is_judged_by_the_file_and_the_view_and_can_be_undone() {
    let folder = small();
    let other = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = other.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    click(&mut harness, "Mute Drums");
    let wave = other.path().join("Rough.wav");
    let part = sound(9, 6.0, 0.2);
    write_float(&wave, 48_000, &part, &part);
    let count = |app: &App| {
        let session = app.session().unwrap();
        (session.stems.len(), session.references.len())
    };
    // Audio on Review is a reference, and no stem.
    show(&mut harness, View::Review);
    harness.state_mut().drop_on(vec![wave.clone()]);
    until(&mut harness, |app| count(app) == (3, 1));
    // Dropped again it is the same, and that is said.
    harness.state_mut().drop_on(vec![wave.clone(), wave.clone()]);
    let known = "Rough, Rough are in the list already";
    until(&mut harness, |app| app.messages().iter().any(|text| text.contains(known)));
    assert_eq!(count(harness.state()), (3, 1));
    harness.run_steps(3);
    click(&mut harness, "Undo");
    assert_eq!(count(harness.state()), (3, 0));
    // In Mix it is a stem, and that is said.
    show(&mut harness, View::Mix);
    harness.state_mut().drop_on(vec![wave]);
    until(&mut harness, |app| count(app) == (4, 0));
    assert!(says(&harness, "Rough is a stem of the mix now"));
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    click(&mut harness, "Undo");
    assert_eq!(count(harness.state()), (3, 0));
    // Lyrics on Versions are lyrics; nobody is asked to save.
    let words = "1\n00:00:01,000 --> 00:00:02,000\nthe river knows\n";
    show(&mut harness, View::Versions);
    harness.state_mut().drop_on(vec![file("lyrics.srt", words)]);
    until(&mut harness, |app| app.session().unwrap().lyrics.is_some());
    harness.run_steps(3);
    assert!(harness.query_by_label("Save the changes?").is_none());
    // Text in Mix may be either: the window asks.
    show(&mut harness, View::Mix);
    harness.state_mut().drop_on(vec![file("notes.txt", "0:02 the snare is dull\n")]);
    harness.run_steps(3);
    harness.get_by_label("What is in notes.txt?");
    click(&mut harness, "Comments");
    until(&mut harness, |app| app.messages().iter().any(|text| text.contains("1 new comment")));
    harness.run_steps(3);
    let open = |app: &App| app.comments().iter().filter(|comment| !comment.deleted).count();
    assert_eq!(open(harness.state()), 1);
    // The messages of earlier drops have their own buttons; the newest is the lowest.
    let buttons = harness.query_all_by_label("Undo");
    let lowest = buttons.max_by(|a, b| a.rect().bottom().total_cmp(&b.rect().bottom())).unwrap();
    lowest.click();
    harness.run_steps(4);
    assert_eq!(open(harness.state()), 0, "imported comments are taken back");
    // What has no place is named, and nothing else happens.
    harness.state_mut().drop_on(vec![file("contract.docx", "")]);
    harness.run_steps(3);
    assert!(says(&harness, "contract.docx: no audio, session, lyrics, comments or preset"));
    assert!(harness.query_by_label("Save the changes?").is_none());
}

#[test]
fn monitors_and_blind_tests_without_a_second_sound_are_refused() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    click(&mut harness, "Reference");
    assert!(says(&harness, "There is no reference yet"));
    press(&mut harness, NONE, Key::R);
    assert!(!harness.state().hears_reference());
    click(&mut harness, "Balances");
    click(&mut harness, "Balance A, empty");
    assert!(harness.get_by_label("Blind test").accesskit_node().is_disabled());
    // Two balances that differ in automation alone are two.
    let id = harness.state().session().unwrap().stems[0].id;
    let mut automation = harness.state().session().unwrap().stems[0].automation.clone();
    automation.fader =
        Curve::new(vec![Point::new(Seconds(1.0), -3.0), Point::new(Seconds(2.0), -9.0)]);
    harness.state_mut().edit(Edit::Automation { stem: id, automation });
    harness.run_steps(3);
    click(&mut harness, "Balance B, empty");
    assert!(!harness.get_by_label("Blind test").accesskit_node().is_disabled());
    let line = |harness: &Harness<'static, App>| {
        harness.state().session().unwrap().stems[0].automation.fader.clone()
    };
    let before = line(&harness);
    click(&mut harness, "Balance A, stored");
    assert!(line(&harness).is_empty(), "A had no line");
    click(&mut harness, "Balance B, stored");
    assert_eq!(line(&harness), before);
}

#[test]
fn a_standing_fader_that_is_automated_is_not_moved_by_a_drag() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let id = harness.state().session().unwrap().stems[0].id;
    let mut automation = harness.state().session().unwrap().stems[0].automation.clone();
    automation.fader =
        Curve::new(vec![Point::new(Seconds(1.0), -3.0), Point::new(Seconds(2.0), -9.0)]);
    harness.state_mut().edit(Edit::Automation { stem: id, automation: automation.clone() });
    harness.run_steps(3);
    let place = harness
        .get_by(|node| node.label().is_some_and(|label| label.starts_with("Fader Drums")))
        .rect();
    drag(&mut harness, place.center(), place.center() + egui::vec2(-30.0, 0.0));
    let line = |harness: &Harness<'static, App>| {
        harness.state().session().unwrap().stems[0].automation.fader.clone()
    };
    assert_eq!(line(&harness), automation.fader);
    assert!(says(&harness, "Drums is automated here"));
    // With Alt the whole line moves.
    harness.event(Event::PointerMoved(place.center()));
    let button = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::ALT,
    };
    harness.event_modifiers(button(true, place.center()), Modifiers::ALT);
    harness.run_steps(1);
    for step in 1..5 {
        let to = place.center() + egui::vec2(-10.0 * step as f32, 0.0);
        harness.event_modifiers(Event::PointerMoved(to), Modifiers::ALT);
        harness.run_steps(1);
    }
    harness.event_modifiers(button(false, place.center()), Modifiers::ALT);
    harness.run_steps(3);
    let moved = line(&harness);
    let by = moved.points()[0].value - automation.fader.points()[0].value;
    assert!(by.abs() > 0.1, "{moved:?}");
    assert!((moved.points()[1].value - automation.fader.points()[1].value - by).abs() < 1e-9);
}

#[test]
fn a_song_is_opened_where_it_was_left_off() {
    let folder = small();
    let settings = tempfile::tempdir().unwrap();
    let open = |path: &Path| window_with(path, settings.path());
    let mut harness = open(folder.path());
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let session: PathBuf = session_in(folder.path());
    drop(harness);
    let mut harness = open(&session);
    show(&mut harness, View::Versions);
    click(&mut harness, "Play A cappella");
    press(&mut harness, NONE, Key::End);
    harness.run_steps(3);
    let place = harness.state().playhead();
    assert!(place.0 > 5.0);
    // Another song is opened instead.
    let other = small();
    harness.state_mut().drop_on(vec![other.path().to_owned()]);
    until(&mut harness, |app| app.session().unwrap().stems.len() == 3 && app.playhead().0 < 1.0);
    drop(harness);
    let harness = open(&session);
    let app = harness.state();
    assert_eq!((app.view(), app.heard_version(), app.playhead()), (View::Versions, 2, place));
}
