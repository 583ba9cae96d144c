//! Unsaved work, preferences, meters, hints and progress in the window.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Key, Modifiers, OutputCommand, ViewportCommand};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;
use std::time::{Duration, Instant};
use stemwright::app::{App, Look, MeterScale, Snap};

const NONE: Modifiers = Modifiers::NONE;

fn title(harness: &Harness<'static, App>) -> Option<String> {
    harness.state().session().map(|session| session.song.title.clone())
}

#[test]
fn another_session_is_opened_only_after_the_question() {
    let (first, second) = (small(), small());
    let mut harness = window(Some(first.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let here = title(&harness);
    press(&mut harness, NONE, Key::M);
    harness.state_mut().open(vec![second.path().to_owned()]);
    harness.run_steps(3);
    harness.get_by_label("Save the changes?");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert_eq!(title(&harness), here);
    assert!(strip(&harness, 0).mute, "nothing is lost");
    harness.state_mut().open(vec![second.path().to_owned()]);
    harness.run_steps(3);
    harness.get_by_label("Save").click();
    until(&mut harness, |app| {
        app.session().is_some_and(|session| Some(&session.song.title) != here.as_ref())
    });
    let saved = stemwright::session::file::load(&session_in(first.path())).unwrap();
    assert!(saved.stems[0].strip.mute);
    until(&mut harness, App::is_settled);
}

fn commands(harness: &Harness<'static, App>) -> Vec<ViewportCommand> {
    harness.output().viewport_output.values().flat_map(|v| v.commands.clone()).collect()
}

#[test]
fn quitting_asks_for_work_that_is_not_saved() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, NONE, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    harness.get_by_label("Save the changes?");
    assert!(!commands(&harness).contains(&ViewportCommand::Close));
    press(&mut harness, NONE, Key::Escape);
    assert!(harness.query_by_label("Save the changes?").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::Q);
    harness.get_by_label("Don’t save").click();
    let mut closed = false;
    for _ in 0..4 {
        harness.step();
        closed |= commands(&harness).contains(&ViewportCommand::Close);
    }
    assert!(closed);
    let saved = stemwright::session::file::load(&session_in(folder.path())).unwrap();
    assert!(!saved.stems[0].strip.solo);
}

#[test]
fn one_question_is_asked_at_a_time_and_enter_gives_its_main_answer() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, NONE, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    // A drop on an open page is refused with a word.
    harness.state_mut().drop_on(vec![folder.path().to_owned()]);
    harness.run_steps(2);
    let refused = |text: &&str| text.starts_with("Close what is open first, then drop");
    assert!(harness.state().messages().iter().any(refused));
    // Closing the window waits for the page as well.
    let root = egui::ViewportId::ROOT;
    let viewport = harness.input_mut().viewports.entry(root).or_default();
    viewport.events.push(egui::ViewportEvent::Close);
    harness.run_steps(2);
    assert!(harness.query_by_label("Save the changes?").is_none());
    press(&mut harness, NONE, Key::Escape);
    harness.get_by_label("Save the changes?");
    let right = |label: &str| harness.get_by_label(label).rect().right();
    assert!(right("Cancel") < right("Don’t save") && right("Don’t save") < right("Save"));
    press(&mut harness, NONE, Key::Enter);
    assert!(harness.query_by_label("Save the changes?").is_none());
    let saved = stemwright::session::file::load(&session_in(folder.path())).unwrap();
    assert!(saved.stems[0].strip.solo);
}

/// A window that stores its preferences in a folder.
fn remembering(settings: &Path) -> Harness<'static, App> {
    let settings = settings.to_owned();
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .renderer(PatientRenderer::default())
        .build_eframe(move |cc| App::new(&cc.egui_ctx, None, Some(settings.clone())));
    harness.run_steps(3);
    harness
}

#[test]
fn preferences_and_recent_sessions_outlive_the_program() {
    let (settings, folder) = (tempfile::tempdir().unwrap(), small());
    let mut harness = remembering(settings.path());
    harness.state_mut().open(vec![folder.path().to_owned()]);
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    // Clicks through the three hints.
    for name in ["Next hint", "Next hint", "Done"] {
        harness.get_by_label(name).click();
        harness.run_steps(3);
    }
    press(&mut harness, NONE, Key::N);
    press(&mut harness, Modifiers::COMMAND, Key::Equals);
    harness.state_mut().preferences().look = Look::Light;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1200) {
        harness.step();
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(harness);
    let mut harness = remembering(settings.path());
    let preferences = harness.state_mut().preferences().clone();
    assert_eq!((preferences.snap, preferences.look), (Snap::Grid, Look::Light));
    assert_eq!((preferences.scale, preferences.hints), (1.25, 3));
    let name = session_in(folder.path()).file_stem().unwrap().to_string_lossy().into_owned();
    harness.get_by_label(&name).click();
    until(&mut harness, App::is_settled);
    assert!(harness.query_by_label("Next hint").is_none());
}

#[test]
fn the_meters_have_the_scales_of_the_trade_and_figures_to_copy() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().preferences().meter_scale = MeterScale::EbuPlus9;
    harness.run_steps(2);
    harness.snapshot("ebu_scale");
    harness.get_by_label("Meters").click();
    // The menu needs some frames to open.
    harness.run_steps(12);
    harness.snapshot("meters");
    harness.get_by_label_contains("Copy the loudness figures").click();
    let mut copied = None;
    for _ in 0..4 {
        harness.step();
        for command in &harness.output().platform_output.commands {
            if let OutputCommand::CopyText(text) = command {
                copied = Some(text.clone());
            }
        }
    }
    let copied = copied.expect("the figures are on the clipboard");
    let lines: Vec<&str> = copied.lines().collect();
    assert_eq!(lines[0], "Blue Sky, Full mix");
    assert!(
        lines[1].starts_with("Integrated \u{2212}17.") && lines[1].ends_with("LUFS"),
        "{copied}"
    );
    assert!(lines[5].starts_with("True peak \u{2212}1."), "{copied}");
}

#[test]
fn what_is_under_way_is_shown_and_can_be_stopped() {
    let part = sound(1, 60.0, 0.3);
    let names: Vec<String> = (1..=6).map(|n| format!("{n:02}_Part{n}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &part[..], &part[..])).collect();
    let folder = folder_of(&files);
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    // Six equal stems stand out.
    harness.get_by_label("Export anyway").click();
    harness.run_steps(1);
    let stop = |harness: &Harness<'static, App>| {
        let found = harness.query_by(|node| {
            node.label().is_some_and(|label| label.starts_with("Stop: Rendering"))
        });
        found.map(|node| node.rect().center())
    };
    let begun = Instant::now();
    while stop(&harness).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the render is not shown");
        harness.step();
    }
    // Other work continues during the render.
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    press(&mut harness, NONE, Key::M);
    assert!(strip(&harness, 0).mute);
    let place = stop(&harness).expect("still under way");
    harness.hover_at(place);
    harness.drag_at(place);
    harness.drop_at(place);
    until(&mut harness, App::is_rendered);
    harness.run_steps(3);
    assert!(harness.state().messages().iter().any(|text| text.starts_with("Cancelled")));
    assert!(stop(&harness).is_none());
    until(&mut harness, App::is_settled);
}
