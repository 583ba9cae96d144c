//! The Stems view: findings in the files, and mending them by click.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::faulty::*;
use common::*;
use desk::*;
use egui::{Key, Modifiers};
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
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("1,323 samples").is_none(), "it is in line now");
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
    harness.get_by_label_contains("remains against the reference");
    harness.get_by_label_contains("By stem: all stems under");
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
