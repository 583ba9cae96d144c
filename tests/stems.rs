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
    harness.get_by_label_contains("Keys is 1,323 samples (27.6 ms) late against the reference");
    harness.get_by_label_contains("Bass has its polarity turned against the reference");
    assert_eq!(harness.query_all_by_label_contains("constant offset (DC)").count(), 2);
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
    harness.get_by_label("Mend all").click();
    harness.run_steps(3);
    let anew = |app: &App, n: usize| stem(app, n).file.place.path.starts_with("Stems_mended");
    until(&mut harness, |app| anew(app, 2) && anew(app, 3));
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    let app = harness.state();
    assert_eq!(stem(app, 3).offset(), -1_323);
    assert!(stem(app, 1).strip.invert);
    assert_eq!(listing(&folder.join("Stems")), before);
    assert!(harness.query_by_label("Mend all").is_none(), "nothing is left to mend");
    harness.get_by_label_contains("The stems leave");
    assert!(harness.query_by_label_contains("are left").is_none(), "the stems are the reference");
}
