//! Pictures of every view: dark and light, at normal and double size, and the pages over a view.

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::*;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};

/// Takes pictures of all views.
fn views(harness: &mut Harness<'static, App>, look: &str) {
    for view in View::ALL {
        harness.state_mut().show_view(view);
        harness.run_steps(4);
        until(harness, App::is_settled);
        harness.run_steps(2);
        harness.snapshot(format!("views/{}_{look}", view.name().to_lowercase()));
    }
}

#[test]
fn in_the_light_look() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().preferences().look = stemwright::app::Look::Light;
    harness.run_steps(3);
    views(&mut harness, "light");
}

#[test]
fn at_twice_the_size() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().preferences().scale = 2.0;
    harness.run_steps(3);
    views(&mut harness, "200");
}

#[test]
fn in_a_small_window() {
    let mut harness = window_on_demo(Vec2::new(1024.0, 700.0));
    views(&mut harness, "1024");
}

#[test]
fn versions_and_review() {
    let mut harness = window_on_demo(SIZE);
    for view in [View::Versions, View::Review] {
        harness.state_mut().show_view(view);
        harness.run_steps(3);
        harness.snapshot(view.name().to_lowercase());
    }
}

#[test]
fn every_control_is_named_at_every_size() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    for scale in [1.0, 2.0, 3.0] {
        harness.state_mut().preferences().scale = scale;
        for view in View::ALL {
            harness.state_mut().show_view(view);
            harness.run_steps(4);
            assert_eq!(harness.unnamed_widgets(), Vec::<String>::new(), "{view:?} at {scale}");
        }
    }
}

#[test]
fn the_mixer_and_grouped_lanes() {
    let mut harness = window_on_demo(SIZE);
    press(&mut harness, Modifiers::NONE, Key::X);
    harness.snapshot("mixer");
    press(&mut harness, Modifiers::NONE, Key::X);
    press(&mut harness, Modifiers::NONE, Key::G);
    harness.get_by_label("Drums, 1 stem, open").click();
    harness.run_steps(12);
    harness.snapshot("grouped");
}

#[test]
fn the_pages_over_a_view() {
    let mut harness = window_on_demo(SIZE);
    let fader = harness
        .get_by(|node| {
            node.role() == Role::Slider && node.label().is_some_and(|l| l.starts_with("Fader Bass"))
        })
        .rect();
    let at = fader.center() + Vec2::new(-30.0, 0.0);
    harness.drag_at(fader.center() + Vec2::new(48.0, 0.0));
    harness.hover_at(at);
    harness.run_steps(1);
    harness.drop_at(at);
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::M);
    press(&mut harness, Modifiers::COMMAND, Key::H);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    until(&mut harness, App::is_settled);
    harness.run_steps(12);
    harness.snapshot("history");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::H);
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::SHIFT, Key::Questionmark);
    harness.run_steps(12);
    harness.snapshot("keys");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::NONE, Key::F1);
    harness.run_steps(12);
    harness.snapshot("manual");
    press(&mut harness, Modifiers::NONE, Key::F1);
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    harness.run_steps(12);
    harness.snapshot("preferences");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness.event(egui::Event::Text("lou".into()));
    harness.run_steps(12);
    harness.snapshot("palette");
}

#[test]
fn a_version_takes_a_stem_in_or_leaves_it_out() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let held = |harness: &Harness<'static, App>, version: usize| -> Vec<bool> {
        let session = harness.state().session().unwrap();
        session.stems.iter().map(|stem| session.versions[version].holds(stem)).collect()
    };
    assert_eq!(held(&harness, 1), [true, true, false], "instrumental");
    harness.state_mut().show_view(View::Versions);
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::CheckBox, "Drums in Instrumental").click();
    harness.run_steps(3);
    assert_eq!(held(&harness, 1), [false, true, false]);
    // Undo restores the selection by role.
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(held(&harness, 1), [true, true, false]);
    harness.get_by_label("Play A cappella").click();
    harness.run_steps(3);
    harness.get_by_label("Version, A cappella");
    until(&mut harness, App::is_settled);
}

#[test]
fn what_has_the_keyboard_is_seen() {
    let mut harness = window_on_demo(Vec2::new(1280.0, 720.0));
    let bass = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.role() == Role::Slider && node.label().is_some_and(|l| l.starts_with("Fader Bass"))
    };
    harness.get_by(bass).focus();
    harness.run_steps(4);
    harness.snapshot("focus");
}
