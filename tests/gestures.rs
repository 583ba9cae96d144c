//! Where an undo step begins and ends, and which keys work where, with pointer, wheel and keys.

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::*;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};
use stemwright::session::counted::CloneCounter;
use stemwright::units::Db;

const NONE: Modifiers = Modifiers::NONE;

fn open() -> (tempfile::TempDir, Harness<'static, App>) {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    until(&mut harness, App::is_settled);
    (folder, harness)
}

fn fader(harness: &Harness<'static, App>) -> Db {
    strip(harness, 1).fader
}

/// Centre of the bass fader.
fn place(harness: &Harness<'static, App>) -> Pos2 {
    let named = |label: Option<String>| label.is_some_and(|label| label.starts_with("Fader Bass"));
    harness.get_by(|node| named(node.label())).rect().center()
}

/// Turns the wheel by a number of notches, one per frame.
fn turn(harness: &mut Harness<'static, App>, notches: i32, modifiers: Modifiers) {
    for _ in 0..notches.abs() {
        harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: Vec2::new(0.0, notches.signum() as f32),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers,
        });
        harness.run_steps(1);
    }
}

fn undo(harness: &mut Harness<'static, App>) {
    press(harness, Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
}

#[test]
fn a_notch_is_half_a_decibel_and_a_burst_of_them_one_step() {
    let (_folder, mut harness) = open();
    let at = place(&harness);
    harness.hover_at(at);
    harness.run_steps(2);
    turn(&mut harness, -5, NONE);
    assert_eq!(fader(&harness), Db(-2.5));
    // A few frames pass between two notches of one burst.
    harness.run_steps(6);
    turn(&mut harness, -1, NONE);
    assert_eq!(fader(&harness), Db(-3.0));
    // A longer pause starts a new undo step.
    harness.run_steps(15);
    turn(&mut harness, 3, NONE);
    assert_eq!(fader(&harness), Db(-1.5));
    undo(&mut harness);
    assert_eq!(fader(&harness), Db(-3.0), "the second burst alone");
    undo(&mut harness);
    assert_eq!(fader(&harness), Db(0.0), "all of the first burst");
    harness.hover_at(at);
    harness.run_steps(15);
    harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
    turn(&mut harness, -3, Modifiers::SHIFT);
    harness.event(Event::ModifiersChanged(NONE));
    assert_eq!(fader(&harness), Db(-0.3), "with Shift a tenth");
}

#[test]
fn a_drag_is_one_step_however_long_it_takes() {
    let (_folder, mut harness) = open();
    let from = place(&harness);
    // The thumb is at 0 dB.
    harness.hover_at(from);
    harness.drag_at(from);
    harness.run_steps(1);
    for n in 1..=6 {
        harness.hover_at(from - Vec2::new(5.0 * n as f32, 0.0));
        harness.run_steps(3);
    }
    harness.drop_at(from - Vec2::new(30.0, 0.0));
    harness.run_steps(3);
    assert!(fader(&harness) < Db(-3.0), "{}", fader(&harness));
    undo(&mut harness);
    assert_eq!(fader(&harness), Db(0.0));
}

#[test]
fn keys_of_listening_work_everywhere_and_those_that_edit_where_the_song_is_seen() {
    let (_folder, mut harness) = open();
    for view in View::ALL {
        harness.state_mut().show_view(view);
        harness.run_steps(3);
        let before = strip(&harness, 0);
        press(&mut harness, NONE, Key::M);
        press(&mut harness, NONE, Key::S);
        harness.run_steps(2);
        let after = strip(&harness, 0);
        assert_eq!((after.mute, after.solo), (!before.mute, !before.solo), "{view:?}");
    }
    harness.state_mut().show_view(View::Review);
    harness.run_steps(2);
    let sections =
        |harness: &Harness<'static, App>| harness.state().session().unwrap().sections.len();
    let before = sections(&harness);
    press(&mut harness, NONE, Key::K);
    harness.run_steps(2);
    assert_eq!(sections(&harness), before);
    let said = harness.state().messages();
    assert!(said.iter().any(|text| text.contains("works in Mix and Versions")), "{said:?}");
    harness.state_mut().show_view(View::Mix);
    harness.run_steps(2);
    press(&mut harness, NONE, Key::K);
    harness.run_steps(3);
    assert_eq!(sections(&harness), before + 1);
}

#[test]
fn a_letter_after_a_click_beside_a_field_is_no_command() {
    let (_folder, mut harness) = open();
    harness.state_mut().show_view(View::Review);
    harness.run_steps(3);
    harness.get_by_label("Search the comments").click();
    harness.run_steps(2);
    harness.event(Event::Text("gui".into()));
    harness.run_steps(2);
    // A click on empty space beside the field.
    let nothing = Pos2::new(700.0, 120.0);
    harness.hover_at(nothing);
    harness.drag_at(nothing);
    harness.run_steps(1);
    harness.drop_at(nothing);
    harness.run_steps(1);
    press(&mut harness, NONE, Key::M);
    assert!(!strip(&harness, 0).mute, "somebody types on");
    harness.run_steps(32);
    press(&mut harness, NONE, Key::M);
    assert!(strip(&harness, 0).mute, "a while later it is a key again");
}

#[test]
fn what_takes_something_away_is_said_with_a_way_back() {
    let (_folder, mut harness) = open();
    press(&mut harness, NONE, Key::K);
    harness.run_steps(3);
    press(&mut harness, NONE, Key::Escape);
    harness.run_steps(32);
    let sections =
        |harness: &Harness<'static, App>| harness.state().session().unwrap().sections.len();
    let before = sections(&harness);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness.event(Event::Text("Remove the section".into()));
    harness.run_steps(3);
    press(&mut harness, NONE, Key::Enter);
    harness.run_steps(3);
    assert_eq!(sections(&harness), before - 1);
    harness.get_by_label("Undo").click();
    harness.run_steps(3);
    assert_eq!(sections(&harness), before);
}

#[test]
fn a_session_is_copied_at_most_once_an_edit_and_never_to_draw() {
    let (_folder, mut harness) = open();
    harness.run_steps(10);
    let at_rest = CloneCounter::on_this_thread();
    for view in View::ALL {
        harness.state_mut().show_view(view);
        harness.run_steps(10);
    }
    assert_eq!(CloneCounter::on_this_thread(), at_rest, "drawing copies nothing");
    harness.state_mut().show_view(View::Mix);
    harness.run_steps(3);
    let place = place(&harness);
    harness.hover_at(place);
    harness.run_steps(2);
    for n in 1..=10 {
        turn(&mut harness, -1, NONE);
        let copies = CloneCounter::on_this_thread() - at_rest;
        assert!(copies <= n, "{copies} copies for {n} changes");
    }
}
