//! The main task by keyboard alone. Controls are found by the names that a screen reader speaks.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::accesskit::{Action, ActionData, ActionRequest, Role, TreeId};
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use stemwright::app::{App, View};
use stemwright::units::{Db, Pan};

const NONE: Modifiers = Modifiers::NONE;

fn kind(harness: &mut Harness<'static, App>, text: &str) {
    harness.event(Event::Text(text.into()));
    harness.run_steps(3);
}

/// Role and name of the focused control.
fn focused(harness: &Harness<'static, App>) -> Option<(Role, String)> {
    let node = harness.query_by(|node| node.is_focused())?;
    let node = node.accesskit_node();
    Some((node.role(), node.label().unwrap_or_default()))
}

/// Presses Tab until a control of this role has the focus whose name starts with `name`.
#[track_caller]
fn tab_to(harness: &mut Harness<'static, App>, role: Role, name: &str) {
    for _ in 0..400 {
        press(harness, NONE, Key::Tab);
        let found = focused(harness);
        if found.is_some_and(|(known, label)| known == role && label.starts_with(name)) {
            return;
        }
    }
    panic!("{name} is not reached by Tab");
}

#[test]
fn open_play_balance_export() {
    let folder = small();
    let mut harness = window(None, SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    kind(&mut harness, folder.path().to_str().unwrap());
    press(&mut harness, NONE, Key::Enter);
    until(&mut harness, App::is_settled);
    press(&mut harness, NONE, Key::Space);
    let app = harness.state();
    // Without a sound device, a message says so.
    let said = app.messages().iter().any(|text| text.contains("device"));
    assert_ne!(app.is_playing(), said, "{:?}", app.messages());
    if app.is_playing() {
        press(&mut harness, NONE, Key::Space);
    }
    tab_to(&mut harness, Role::Slider, "Fader Bass");
    for _ in 0..3 {
        press(&mut harness, NONE, Key::ArrowDown);
    }
    let lowered = strip(&harness, 1).fader;
    assert!(lowered < Db(-0.5) && lowered > Db(-2.5), "{lowered}");
    assert!(focused(&harness).unwrap().1.starts_with("Fader Bass"), "the arrows move the value");
    press(&mut harness, NONE, Key::Enter);
    kind(&mut harness, "-3.5");
    press(&mut harness, NONE, Key::Enter);
    harness.run_steps(3);
    assert_eq!(strip(&harness, 1).fader, Db(-3.5));
    press(&mut harness, NONE, Key::Backspace);
    assert_eq!(strip(&harness, 1).fader, Db(0.0), "Backspace resets");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    tab_to(&mut harness, Role::Slider, "Pan Lead Vox");
    press(&mut harness, NONE, Key::Enter);
    kind(&mut harness, "L 30");
    press(&mut harness, NONE, Key::Enter);
    harness.run_steps(3);
    assert_eq!(strip(&harness, 2).pan, Pan(-0.3));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    tab_to(&mut harness, Role::CheckBox, "Vinyl");
    press(&mut harness, NONE, Key::Enter);
    tab_to(&mut harness, Role::CheckBox, "Pack for delivery");
    press(&mut harness, NONE, Key::Enter);
    tab_to(&mut harness, Role::Button, "Export");
    press(&mut harness, NONE, Key::Enter);
    if harness.query_by_label("Export anyway").is_some() {
        tab_to(&mut harness, Role::Button, "Export anyway");
        press(&mut harness, NONE, Key::Enter);
    }
    until(&mut harness, App::is_rendered);
    harness.run_steps(2);
    let masters = folder.path().join("Masters").join("v1");
    let kept = json(&std::fs::read_to_string(masters.join("render.json")).unwrap());
    let files = kept["files"].as_array().unwrap();
    assert_eq!(files.len(), 15, "three masters of five versions");
    assert!(files.iter().all(|file| file["passed"] == true), "{kept}");
    let saved = stemwright::session::file::load(&session_in(folder.path())).unwrap();
    assert_eq!((saved.stems[1].strip.fader, saved.stems[2].strip.pan), (Db(-3.5), Pan(-0.3)));
}

#[test]
fn a_screen_reader_sets_values() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let ask = |harness: &mut Harness<'static, App>, action, data| {
        let node = harness.get_by(|node| {
            node.role() == Role::Slider
                && node.label().is_some_and(|label| label.starts_with("Fader Drums"))
        });
        let target_node = node.accesskit_node().locate().0;
        let request = ActionRequest { action, target_tree: TreeId::ROOT, target_node, data };
        harness.event(Event::AccessKitActionRequest(request));
        harness.run_steps(3);
    };
    ask(&mut harness, Action::SetValue, Some(ActionData::NumericValue(-6.0)));
    assert!((strip(&harness, 0).fader.0 + 6.0).abs() < 1e-9);
    ask(&mut harness, Action::SetValue, Some(ActionData::Value("-12,5 dB".into())));
    assert_eq!(strip(&harness, 0).fader, Db(-12.5));
    ask(&mut harness, Action::Increment, None);
    assert!(strip(&harness, 0).fader > Db(-12.5));
}

#[test]
fn words_find_what_is_to_be_done() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let mut run = |words: &str| {
        press(&mut harness, Modifiers::COMMAND, Key::K);
        kind(&mut harness, words);
        press(&mut harness, NONE, Key::Enter);
        harness.run_steps(2);
        let app = harness.state_mut();
        let light = app.preferences().mixer;
        (app.view(), app.session().unwrap().stems[0].strip.mute, light)
    };
    assert_eq!(run("deliver"), (View::Deliver, false, false));
    assert_eq!(run("mute selec"), (View::Deliver, true, false));
    assert_eq!(run("console"), (View::Mix, true, true));
    assert_eq!(run("undo"), (View::Mix, false, true));
    assert_eq!(run("blind"), (View::Mix, false, false));
    harness.get_by_label("Blind test");
    press(&mut harness, Modifiers::COMMAND, Key::K);
    kind(&mut harness, "no such thing");
    harness.get_by_label("No action matches");
    press(&mut harness, NONE, Key::Escape);
    assert!(harness.query_by_label("No action matches").is_none());
}

#[test]
fn the_list_of_what_was_done_goes_back_and_forth() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, NONE, Key::M);
    press(&mut harness, NONE, Key::ArrowDown);
    press(&mut harness, NONE, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::ArrowDown);
    press(&mut harness, Modifiers::ALT, Key::ArrowDown);
    let names = |harness: &Harness<'static, App>| -> Vec<String> {
        harness.state().session().unwrap().stems.iter().map(|stem| stem.name.clone()).collect()
    };
    let moved = names(&harness);
    assert_eq!(moved.iter().map(String::as_str).collect::<Vec<_>>(), ["Drums", "Lead Vox", "Bass"]);
    press(&mut harness, Modifiers::COMMAND, Key::H);
    // The lane has a button of the same name.
    harness.get_all_by_label("Mute Drums").last().unwrap().click();
    harness.run_steps(3);
    let now = [0, 1].map(|n| (strip(&harness, n).mute, strip(&harness, n).solo));
    assert_eq!(now, [(true, false), (false, false)]);
    assert_eq!(strip(&harness, 1).fader, Db(0.0));
    harness.get_by_label("Move Bass to place 3").click();
    harness.run_steps(3);
    assert_eq!(names(&harness), moved);
    assert!(strip(&harness, 2).solo && strip(&harness, 2).fader == Db(-0.5));
    until(&mut harness, App::is_settled);
    harness.get_by_label("As it was opened").click();
    harness.run_steps(3);
    assert!(!strip(&harness, 0).mute);
    until(&mut harness, App::is_settled);
}
