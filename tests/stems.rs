//! The Stems view: findings in the files, and mending them by click.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::faulty::*;
use common::*;
use desk::*;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};

#[test]
fn a_late_and_a_turned_stem_are_mended_by_a_click_and_it_can_be_undone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Late keys");
    let mut set = songs().remove(0);
    set.takes[3].shift(1_323);
    set.takes[1].map(|_, x| -x);
    set.takes[2].map(|_, x| x + 0.01);
    set.takes[3].map(|_, x| x + 0.01);
    set.write(&folder);
    let mut harness = window(Some(&folder), SIZE);
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    harness.get_by_label_contains("Bass: polarity inverted");
    harness.get_by_label_contains("Guitars: constant offset (DC)");
    harness.get_by_label_contains("Keys: 1,323 samples late").click();
    harness.run_steps(4);
    harness.get_by_label_contains("1,323 samples (27.6 ms) late against the reference");
    harness.get_by_label_contains("Keys above, reference below");
    harness.snapshot("stems_with_findings");
    harness.state_mut().show_view(View::Deliver);
    harness.run_steps(4);
    harness.snapshot("deliver_with_findings");
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    let stem = |app: &App, n: usize| app.session().unwrap().stems[n].clone();
    harness.get_by_label("Align").click();
    harness.run_steps(3);
    assert_eq!(stem(harness.state(), 3).offset(), -1_323);
    // Until it was examined in its new place, nothing old is said of it and nothing is counted.
    harness.get_by_label("Keys: being checked");
    harness.get_by_label_contains("Bass: polarity inverted");
    assert!(harness.query_by_label_contains("Fix ").is_none(), "the count is an old one");
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("1,323 samples").is_none(), "it is in line now");
    let short = harness.query_by_label_contains("another length");
    assert!(short.is_none(), "the file is as long as the others, wherever it lies");
    assert!(harness.query_by_label_contains("before the others").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    until(&mut harness, App::is_settled);
    assert_eq!(stem(harness.state(), 3).offset(), 0);
    harness.run_steps(3);
    let before = listing(&folder.join("Stems"));
    harness.get_by_label_contains("Fix 4 of ").click();
    harness.run_steps(3);
    let anew = |app: &App, n: usize| stem(app, n).file.place.path.starts_with("Stems_fixed");
    until(&mut harness, |app| anew(app, 2) && anew(app, 3));
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    let app = harness.state();
    assert_eq!(stem(app, 3).offset(), -1_323);
    assert!(stem(app, 1).strip.invert);
    assert_eq!(listing(&folder.join("Stems")), before);
    assert!(harness.query_by_label_contains("Fix ").is_none(), "nothing is left to fix");
    harness.get_by_label_contains("dB of the reference is left");
    // What is left is seen and heard as it came and fixed.
    harness.get_by_label("Fixed").click();
    harness.run_steps(3);
    harness.get_by_label("Play what is left of the reference").click();
    until(&mut harness, |app| app.heard_file().is_some());
    assert_eq!(harness.state().heard_file().unwrap().to_str(), Some("What is left, fixed"));
    harness.run_steps(3);
    harness.get_by_label("Play what is left of the reference").click();
    harness.run_steps(3);
    assert_eq!(harness.state().heard_file(), None);
    harness.get_by_label_contains("By stem: all stems under");
}

#[test]
fn a_stem_whose_fix_is_undone_is_checked_again_and_is_no_good_stem_meanwhile() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Turned bass");
    let mut set = songs().remove(0);
    set.takes[1].map(|_, x| -x);
    set.write(&folder);
    let mut harness = window(Some(&folder), SIZE);
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    harness.get_by_label_contains("Bass: polarity inverted").click();
    harness.run_steps(4);
    let inverted = |app: &App| app.session().unwrap().stems[1].strip.invert;
    let fixed = |harness: &mut Harness<'static, App>| {
        until(harness, App::is_settled);
        harness.run_steps(3);
        harness.get_by_label("Bass: aligned");
    };
    harness.get_by_label("Invert").click();
    harness.run_steps(3);
    assert!(inverted(harness.state()));
    harness.get_by_label("Bass: being checked");
    fixed(&mut harness);
    // Undo changes no file and no place, only the polarity.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert!(!inverted(harness.state()));
    harness.get_by_label("Bass: being checked");
    assert!(!harness.state().is_settled());
    // Redo before anything was examined: what is known of the song holds at once.
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(2);
    harness.get_by_label("Bass: aligned");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.get_by_label_contains("Bass: polarity inverted");
}

#[test]
fn a_finding_that_is_ignored_counts_nowhere_until_it_is_shown_again() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Offset");
    let mut set = songs().remove(0);
    set.takes[2].map(|_, x| x + 0.01);
    set.write(&folder);
    let mut harness = window(Some(&folder), SIZE);
    harness.state_mut().show_view(View::Deliver);
    harness.run_steps(4);
    harness.get_by_label("look: 2 findings in the stems to check");
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    harness.get_by_label_contains("Guitars: constant offset (DC)").click();
    harness.run_steps(4);
    harness.get_all_by_label("Ignore").next().unwrap().click();
    harness.run_steps(4);
    harness.get_by_label("Guitars: aligned");
    assert!(harness.query_by_label_contains("Fix ").is_none());
    harness.state_mut().show_view(View::Deliver);
    harness.run_steps(4);
    harness.get_by_label("look: 1 finding in the stems to check");
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    harness.get_by_label("Show ignored").click();
    harness.run_steps(4);
    harness.get_by_label_contains("Guitars: constant offset (DC)");
}

#[test]
fn files_that_cannot_be_opened_stay_listed_until_they_are_dismissed() {
    let folder = small();
    std::fs::write(folder.path().join("Broken.wav"), [7; 300]).unwrap();
    std::fs::write(folder.path().join("Empty.wav"), []).unwrap();
    let mut harness = window(Some(folder.path()), SIZE);
    let said = harness.state().messages().join("\n");
    assert!(said.contains("2 files were left out: Broken.wav, Empty.wav"), "{said}");
    assert_eq!(said.matches("Broken.wav").count(), 1, "{said}");
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(3);
    // The line has a name for the screen reader that holds the reasons, without their folder.
    harness.get_by_label_contains("2 files were left out: Broken.wav, Empty.wav. Broken.wav ");
    harness.get_by_label_contains("Empty.wav is empty; export it again");
    // One that can be read now is left out no more.
    std::fs::copy(folder.path().join("02_Bass.wav"), folder.path().join("Broken.wav")).unwrap();
    harness.state_mut().drop_on(vec![folder.path().join("Broken.wav")]);
    until(&mut harness, |app| app.session().unwrap().stems.len() == 4);
    harness.run_steps(3);
    harness.get_by_label_contains("1 file was left out: Empty.wav. ");
    harness.get_by_label("Dismiss").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Dismiss").is_none());
}

/// Presses and releases the pointer, as often as asked, in the time of a double-click.
fn click_at(harness: &mut Harness<'static, App>, at: Pos2, times: usize) {
    harness.hover_at(at);
    for _ in 0..times {
        harness.drag_at(at);
        harness.run_steps(1);
        harness.drop_at(at);
        harness.run_steps(1);
    }
    harness.run_steps(12);
}

#[test]
fn one_click_on_a_name_chooses_the_stem_and_two_rename_it() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(4);
    let name = |app: &App| app.session().unwrap().stems[1].name.clone();
    let row = harness.get_by_label_contains("Bass: ").rect();
    let at = Pos2::new(row.left() + 60.0, row.center().y);
    click_at(&mut harness, at, 1);
    assert!(harness.query_by_role(Role::TextInput).is_none());
    // The keys go on to work.
    press(&mut harness, Modifiers::COMMAND, Key::Num4);
    assert_eq!(harness.state().view(), View::Versions);
    press(&mut harness, Modifiers::COMMAND, Key::Num1);
    press(&mut harness, Modifiers::NONE, Key::F2);
    harness.get_by_role_and_label(Role::TextInput, "Name of Bass").type_text("Low");
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(name(harness.state()), "Bass");
    click_at(&mut harness, at, 2);
    harness.get_by_role_and_label(Role::TextInput, "Name of Bass").type_text("Low");
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(name(harness.state()), "Low", "what is typed replaces the whole name");
    // From a view without stems, the key leads to them.
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    press(&mut harness, Modifiers::NONE, Key::F2);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Name of Low");
    assert_eq!(harness.state().view(), View::Stems);
}
