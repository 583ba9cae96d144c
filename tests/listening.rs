//! Listening in the window: automation lines, balances, blind tests, the device.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::PathBuf;
use stemwright::app::App;
use stemwright::dsp::curve::Curve;
use stemwright::units::{Db, Pan};

fn click(harness: &mut Harness<'static, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

/// The small session in a folder with a fixed name, for pictures.
fn night_drive() -> (tempfile::TempDir, PathBuf) {
    let stems = small();
    let folder = stems.path().join("Night Drive");
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir(stems.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::rename(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    (stems, folder)
}

fn fader_line(harness: &Harness<'static, App>, stem: usize) -> Curve {
    harness.state().session().unwrap().stems[stem].automation.fader.clone()
}

#[test]
fn a_line_is_drawn_dragged_bent_and_taken_away_on_the_lane() {
    let (_stems, folder) = night_drive();
    let mut harness = window(Some(&folder), SIZE);
    click(&mut harness, "Automation Drums");
    let lane = harness.get_by_label("Automation Fader Drums, 0 points").rect();
    let at = |x: f32, y: f32| lane.min + Vec2::new(lane.width() * x, lane.height() * y);
    for place in [at(0.3, 0.2), at(0.6, 0.8)] {
        harness.hover_at(place);
        harness.drag_at(place);
        harness.drop_at(place);
        harness.run_steps(3);
    }
    let points = fader_line(&harness, 0).points().to_vec();
    assert_eq!(points.len(), 2);
    assert!((points[0].time.0 - 1.8).abs() < 0.05 && (points[1].time.0 - 3.6).abs() < 0.05);
    assert!(points[0].value > -2.0 && points[1].value < -20.0, "{points:?}");
    // Dragging a point is one undo step.
    drag(&mut harness, at(0.6, 0.8), at(0.7, 0.5));
    let moved = fader_line(&harness, 0).points()[1];
    assert!((moved.time.0 - 4.2).abs() < 0.05 && moved.value > -15.0, "{moved:?}");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(fader_line(&harness, 0).points(), points);
    // With Alt the line itself is bent.
    harness.event(egui::Event::ModifiersChanged(Modifiers::ALT));
    drag(&mut harness, at(0.45, 0.5), at(0.45, 0.2));
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    assert!(fader_line(&harness, 0).points()[0].bend > 0.2, "{:?}", fader_line(&harness, 0));
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.snapshot("automation");
    // Delete removes the point under the pointer.
    harness.hover_at(at(0.3, 0.2));
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(fader_line(&harness, 0).points().len(), 1);
    // The lane's menu selects another parameter.
    click(&mut harness, "Line of Drums, Fader");
    harness.get_by_label("Pan").click();
    harness.run_steps(3);
    harness.get_by_label("Automation Pan Drums, 0 points");
}

#[test]
fn an_automated_fader_moves_with_the_playhead_and_lifts_its_whole_line() {
    let (_stems, folder) = night_drive();
    let mut harness = window(Some(&folder), SIZE);
    click(&mut harness, "Automation Drums");
    let lane = harness.get_by_label("Automation Fader Drums, 0 points").rect();
    for (x, y) in [(0.2, 0.3), (0.8, 0.7)] {
        let place = lane.min + Vec2::new(lane.width() * x, lane.height() * y);
        harness.hover_at(place);
        harness.drag_at(place);
        harness.drop_at(place);
        harness.run_steps(3);
    }
    let before = fader_line(&harness, 0).points().to_vec();
    // The fader shows the value of the line.
    let level = format!("Fader Drums, {:+.1} dB", Db(before[0].value));
    harness.get_by_label(&level);
    // An arrow key on the fader raises the whole line.
    let node =
        harness.get_by(|node| node.label().is_some_and(|label| label.starts_with("Fader Drums")));
    node.focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowUp);
    harness.run_steps(3);
    let after = fader_line(&harness, 0).points().to_vec();
    let lift = after[0].value - before[0].value;
    assert!(lift > 0.05 && (after[1].value - before[1].value - lift).abs() < 1e-9);
    assert_eq!(strip(&harness, 0).fader, Db(0.0));
}

#[test]
fn balances_are_kept_recalled_and_faded_between() {
    let (_stems, folder) = night_drive();
    let mut harness = window(Some(&folder), SIZE);
    click(&mut harness, "Balances");
    click(&mut harness, "Balance A, empty");
    // A different mix for balance B.
    press(&mut harness, Modifiers::NONE, Key::M);
    assert!(strip(&harness, 0).mute);
    click(&mut harness, "Balance B, empty");
    click(&mut harness, "Balance A, stored");
    assert!(!strip(&harness, 0).mute);
    let fade = harness.get_by(|node| {
        node.label().is_some_and(|label| label.starts_with("Fade between balances"))
    });
    let rect = fade.rect();
    drag(&mut harness, rect.left_center(), rect.center());
    let half = strip(&harness, 0);
    assert!((half.fader.0 + 6.02).abs() < 0.6 && !half.mute, "{half:?}");
    assert_eq!((strip(&harness, 1).fader, strip(&harness, 1).pan), (Db(0.0), Pan(0.0)));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(strip(&harness, 0).fader, Db(0.0), "a fade is one step");
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.snapshot("balances");
}

#[test]
fn a_blind_test_is_measured_answered_and_revealed() {
    let (_stems, folder) = night_drive();
    let mut harness = window(Some(&folder), SIZE);
    click(&mut harness, "Balances");
    click(&mut harness, "Balance A, empty");
    press(&mut harness, Modifiers::NONE, Key::M);
    click(&mut harness, "Balance B, empty");
    click(&mut harness, "Blind test");
    for _ in 0..400 {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(10));
        if harness.query_by_label("X is 1").is_some() {
            break;
        }
    }
    click(&mut harness, "Play 1");
    for _ in 0..4 {
        click(&mut harness, "X is 1");
    }
    until(&mut harness, App::is_settled);
    harness.run_steps(3);
    harness.snapshot("blind");
    click(&mut harness, "Reveal");
    click(&mut harness, "End the test");
    harness.get_by_label("Blind test");
}

#[test]
fn the_device_page_says_what_there_is() {
    let (_stems, folder) = night_drive();
    let mut harness = window(Some(&folder), SIZE);
    click(&mut harness, "Session menu");
    let entry = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.starts_with("Sound device"))
    };
    harness.get_by(entry).click();
    harness.run_steps(3);
    let begun = std::time::Instant::now();
    while harness.query_by_label("Buffer, 256 frames").is_none() {
        assert!(begun.elapsed().as_secs() < 60, "the devices are not listed");
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for name in ["Sound system, Automatic", "Rate, The session's", "Channels, 1 and 2"] {
        harness.get_by_label(name);
    }
}

#[test]
fn a_stem_that_is_replaced_on_disk_is_noticed_and_measured_again() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let quiet = sound(9, 6.0, 0.05);
    let path = folder.path().join("02_Bass.wav");
    let rate = stemwright::units::SampleRate(48_000);
    stemwright::media::writer::write_plain(&path, rate, &quiet, &quiet).unwrap();
    until(&mut harness, |app| {
        app.messages().iter().any(|text| text.contains("(Bass) was exported again"))
    });
    until(&mut harness, App::is_settled);
}

#[test]
fn play_without_a_device_says_so_and_all_else_goes_on() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::NONE, Key::Space);
    let messages = harness.state().messages();
    // With a device it plays; without one a message says what to do.
    let playing = harness.query_by_label("Pause").is_some();
    assert!(playing || messages.iter().any(|text| text.contains("sound device")), "{messages:?}");
    press(&mut harness, Modifiers::NONE, Key::M);
    assert!(strip(&harness, 0).mute);
}

#[test]
fn any_master_can_be_heard_and_its_target_is_shown() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    click(&mut harness, "Play the master");
    click(&mut harness, "Broadcast \u{2212}24.0 LUFS");
    // The verdict concerns the master that is being heard.
    harness.run_steps(3);
    click(&mut harness, "Play the master");
    click(&mut harness, "Play the mix without a master");
    press(&mut harness, Modifiers::NONE, Key::P);
    assert!(harness.state().hears_master());
}
