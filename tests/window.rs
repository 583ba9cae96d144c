//! The window: pictures of its views, and the effect of keys and pointer.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Key, Modifiers, Pos2, Vec2, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};
use stemwright::dsp::chain::{Kind, ProcessorSettings, Slot};

#[test]
fn the_mix_view() {
    let mut harness = window_on_demo(SIZE);
    // Selects the lead vocals, which have a chain.
    for _ in 0..4 {
        press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    }
    harness.run_steps(2);
    harness.snapshot("mix");
    // The full controls of a processor, with its display.
    harness.get_by_label("Compressor, more or less").click();
    harness.run_steps(3);
    harness.snapshot("compressor");
}

#[test]
fn the_mix_view_in_a_small_window() {
    window_on_demo(Vec2::new(1280.0, 720.0)).snapshot("mix_small");
}

#[test]
fn the_master_view() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().show_view(View::Master);
    harness.run_steps(3);
    harness.snapshot("master");
}

#[test]
fn the_stems_view() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(3);
    harness.snapshot("stems");
}

#[test]
fn the_deliver_view() {
    let mut harness = window_on_demo(SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    harness.snapshot("deliver");
}

#[test]
fn the_empty_window_invites() {
    let harness = &mut window(None, SIZE);
    harness.snapshot("empty");
    for name in ["Open a folder\u{2026}", "Open a session\u{2026}", "Play the demo song"] {
        harness.get_by_label(name);
    }
}

#[test]
fn a_folder_that_holds_nothing_is_refused_in_words() {
    let nothing = tempfile::tempdir().unwrap();
    let mut harness = window(None, SIZE);
    harness.state_mut().open(vec![nothing.path().to_owned()]);
    until(&mut harness, |app| app.messages().iter().any(|text| text.contains("holds no audio")));
    assert!(harness.state().session().is_none());
}

#[test]
fn keys_do_what_the_sheet_says() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::NONE, Key::M);
    assert!(strip(&harness, 0).mute);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::S);
    assert!(strip(&harness, 1).solo && !strip(&harness, 0).solo);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(!strip(&harness, 1).solo && !strip(&harness, 0).mute);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(strip(&harness, 0).mute && !strip(&harness, 1).solo);
    // Saved beside the stems, and equal when loaded.
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let saved = stemwright::session::file::load(&session_in(folder.path())).unwrap();
    assert_eq!(Some(&saved), harness.state().session());
    press(&mut harness, Modifiers::SHIFT, Key::Questionmark);
    let heading = |harness: &Harness<'static, App>| harness.query_all_by_label("Pointer").count();
    assert_eq!(heading(&harness), 1);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(heading(&harness), 0);
}

#[test]
fn a_fader_is_dragged_reset_and_undone_in_one_step() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let fader = |harness: &Harness<'static, App>| -> egui::Rect {
        harness.get_by(|node| is_slider(node, "Fader Drums")).rect()
    };
    let place = fader(&harness);
    let thumb = Pos2::new(place.left() + 6.0 + (place.width() - 12.0) * 0.833, place.center().y);
    harness.drag_at(thumb);
    harness.run_steps(1);
    for step in 1..=5 {
        harness.hover_at(thumb - Vec2::new(12.0 * step as f32, 0.0));
        harness.run_steps(1);
    }
    harness.drop_at(thumb - Vec2::new(60.0, 0.0));
    harness.run_steps(2);
    let lowered = strip(&harness, 0).fader.0;
    // The thumb follows the pointer: 60 of 150 points below 0 dB.
    assert!((lowered + 20.85).abs() < 0.5, "{lowered} dB");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(strip(&harness, 0).fader.0, 0.0);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(strip(&harness, 0).fader.0, lowered);
    for _ in 0..2 {
        harness.drag_at(thumb);
        harness.drop_at(thumb);
    }
    harness.run_steps(2);
    assert_eq!(strip(&harness, 0).fader.0, 0.0, "a double-click resets");
}

fn is_slider(node: &egui_kittest::kittest::AccessKitNode<'_>, name: &str) -> bool {
    node.role() == Role::Slider && node.label().is_some_and(|label| label.starts_with(name))
}

#[test]
fn mute_and_solo_are_clicked_on_stems_of_the_same_name() {
    let part = sound(1, 3.0, 0.3);
    let folder = folder_of(&[("01_Drums", &part, &part), ("02_Drums", &part, &part)]);
    let mut harness = window(Some(folder.path()), SIZE);
    // The harness fails when two controls have the same identity.
    for view in [View::Stems, View::Deliver, View::Mix] {
        harness.state_mut().show_view(view);
        harness.run_steps(2);
    }
    harness.get_all_by_label("Mute Drums").nth(1).unwrap().click();
    harness.run_steps(2);
    harness.get_all_by_label("Solo Drums").next().unwrap().click();
    harness.run_steps(2);
    let states = [0, 1].map(|n| (strip(&harness, n).mute, strip(&harness, n).solo));
    assert_eq!(states, [(false, true), (true, false)]);
}

#[test]
fn every_file_is_rendered_and_verified_from_the_window() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    // A click on the column's head leaves a master out.
    for name in ["Vinyl", "Broadcast"] {
        harness.get_by_role_and_label(Role::CheckBox, name).click();
        harness.run_steps(2);
    }
    export_now(&mut harness, false);
    // A second render does not cancel the first.
    press(&mut harness, Modifiers { shift: true, ..Modifiers::COMMAND }, Key::E);
    let said = harness.state().messages().join(" ");
    assert!(said.contains("An export is already running"), "{said}");
    until(&mut harness, |app| app.is_rendered());
    harness.run_steps(2);
    let revision = harness.state().session().unwrap().delivery.revision.clone();
    let masters = folder.path().join("Masters").join(format!("v{revision}"));
    let written = listing(&masters);
    let waves: Vec<_> = written.iter().filter(|name| name.ends_with(".wav")).collect();
    assert_eq!(waves.len(), 10, "{written:?}");
    let kept = json(&std::fs::read_to_string(masters.join("render.json")).unwrap());
    for file in kept["files"].as_array().unwrap() {
        assert_eq!(file["passed"], true, "{file}");
    }
    // One beside the progress, two in the messages about saving and rendering.
    assert_eq!(harness.get_all_by_label("Open folder").count(), 3);
}

#[test]
fn a_wrong_guess_is_corrected() {
    let part = sound(1, 3.0, 0.3);
    let folder = folder_of(&[
        ("01_Drums", &part, &part),
        ("02_Bass", &part, &part),
        ("Song_RoughMix", &part, &part),
    ]);
    let mut harness = window(Some(folder.path()), SIZE);
    harness.state_mut().show_view(View::Stems);
    harness.run_steps(2);
    let found = |harness: &Harness<'static, App>| {
        let session = harness.state().session().unwrap();
        let names: Vec<_> = session.stems.iter().map(|stem| stem.file.place.path.clone()).collect();
        (names, session.reference.as_ref().map(|file| file.place.path.clone()))
    };
    let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let guessed = (owned(&["01_Drums.wav", "02_Bass.wav"]), Some("Song_RoughMix.wav".to_string()));
    assert_eq!(found(&harness), guessed);
    harness.get_by_label_contains("Reference: ").click();
    harness.run_steps(3);
    harness.get_by_label("Make it a stem").click();
    harness.run_steps(3);
    let all = owned(&["01_Drums.wav", "02_Bass.wav", "Song_RoughMix.wav"]);
    assert_eq!(found(&harness), (all, None));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(found(&harness), guessed);
    let first = |label: Option<String>| label.is_some_and(|label| label.starts_with("Drums: "));
    harness.get_by(|node| first(node.label())).click();
    harness.run_steps(3);
    harness.get_by_label("Make reference").click();
    harness.run_steps(3);
    let swapped = owned(&["02_Bass.wav", "Song_RoughMix.wav"]);
    assert_eq!(found(&harness), (swapped, Some("01_Drums.wav".to_string())));
    until(&mut harness, App::is_settled);
}

#[test]
fn unsaved_work_is_offered_after_a_crash() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let path = session_in(folder.path());
    let mut lost = harness.state().session().unwrap().clone();
    drop(harness);
    lost.stems.remove(1);
    lost.stems[0].strip.mute = true;
    stemwright::session::file::put_aside(&lost, &path).unwrap();
    let mut harness = window(Some(&path), SIZE);
    assert_eq!(harness.state().session().unwrap().stems.len(), 3);
    harness.get_by_label("Restore").click();
    harness.run_steps(3);
    assert_eq!(harness.state().session(), Some(&lost));
    assert!(harness.query_by_label("Restore").is_none());
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    let names = listing(folder.path());
    assert!(names.iter().all(|name| !name.ends_with("autosave")), "{names:?}");
    drop(harness);
    // An autosave that equals the session is not offered again; any other is.
    stemwright::session::file::put_aside(&lost, &path).unwrap();
    drop(window(Some(&path), SIZE));
    assert!(!stemwright::session::file::autosave(&path).exists());
    lost.stems[1].strip.mute = !lost.stems[1].strip.mute;
    stemwright::session::file::put_aside(&lost, &path).unwrap();
    let mut harness = window(Some(&path), SIZE);
    harness.get_by_label("Discard").click();
    harness.run_steps(3);
    assert!(!stemwright::session::file::autosave(&path).exists());
}

#[test]
fn every_control_is_named() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    for view in [View::Stems, View::Mix, View::Deliver] {
        harness.state_mut().show_view(view);
        harness.run_steps(3);
        assert_eq!(harness.unnamed_widgets(), Vec::<String>::new(), "{view:?}");
        let sliders = harness.query_all_by_role(Role::Slider).count();
        assert!(view != View::Mix || sliders >= 6, "faders and pans: {sliders}");
    }
}

/// The chain of the stem at this position.
fn chain(harness: &Harness<'static, App>, stem: usize) -> Vec<Slot> {
    harness.state().session().unwrap().stems[stem].chain.clone()
}

#[test]
fn a_processor_is_switched_turned_copied_and_undone() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    assert!(chain(&harness, 0).is_empty());
    harness.get_by_label("Compressor on").click();
    harness.run_steps(3);
    let slots = chain(&harness, 0);
    assert_eq!(slots.iter().filter(|slot| slot.on).count(), 1);
    assert_eq!((slots.len(), slots[1].kind(), slots[1].on), (5, Kind::Compressor, true));
    // Turning a knob switches its processor on.
    let drive = harness.get_by(|node| is_slider(node, "Saturation Drive")).rect().center();
    harness.drag_at(drive);
    harness.run_steps(1);
    harness.hover_at(drive - Vec2::new(0.0, 16.0));
    harness.run_steps(1);
    harness.drop_at(drive - Vec2::new(0.0, 16.0));
    harness.run_steps(2);
    let ProcessorSettings::Saturation(saturation) = chain(&harness, 0)[3].processor.clone() else {
        panic!("the fourth is the saturation")
    };
    assert!((saturation.drive.0 - 10.8).abs() < 0.5, "{:?}", saturation.drive);
    assert!(chain(&harness, 0)[3].on);
    // Copies the chain to the third stem.
    harness.get_by_label("Copy the chain to, Copy to").click();
    harness.run_steps(3);
    let third = harness.state().session().unwrap().stems[2].name.clone();
    harness.get_by_role_and_label(Role::Button, &third).click();
    harness.run_steps(3);
    assert_eq!(chain(&harness, 2), chain(&harness, 0));
    for _ in 0..3 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert!(chain(&harness, 0).is_empty() && chain(&harness, 2).is_empty());
}

#[test]
fn the_curve_gets_bands_that_are_dragged_and_removed() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let curve = harness.get_by_label("Equaliser curve, double-click adds a band").rect();
    // The centre of the curve is 632 Hz; a quarter of its height is 9 dB.
    let at = curve.center() - Vec2::new(0.0, curve.height() / 4.0);
    for _ in 0..2 {
        harness.hover_at(at);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run_steps(1);
    }
    harness.run_steps(3);
    let bands = |harness: &Harness<'static, App>| match chain(harness, 0)[0].processor.clone() {
        ProcessorSettings::Eq(eq) => eq.bands,
        other => panic!("{other:?}"),
    };
    let [band] = bands(&harness)[..] else { panic!("one band: {:?}", bands(&harness)) };
    assert!((band.frequency.0 / 632.5 - 1.0).abs() < 0.02, "{band:?}");
    assert!((band.gain.0 - 9.0).abs() < 0.3, "{band:?}");
    harness.drag_at(at);
    harness.run_steps(1);
    harness.hover_at(at + Vec2::new(curve.width() / 10.0, 0.0));
    harness.run_steps(1);
    harness.drop_at(at + Vec2::new(curve.width() / 10.0, 0.0));
    harness.run_steps(2);
    let [moved] = bands(&harness)[..] else { panic!() };
    assert!((moved.frequency.0 / (632.5 * 2.0) - 1.0).abs() < 0.08, "an octave up: {moved:?}");
    assert!(chain(&harness, 0)[0].on);
    // The node has a name and is reached by keyboard.
    let node = harness.get_by(|node| node.label().is_some_and(|l| l.starts_with("EQ band 1")));
    node.focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    let [lower] = bands(&harness)[..] else { panic!() };
    assert!((lower.gain.0 - (moved.gain.0 - 0.5)).abs() < 0.01, "{lower:?}");
    press(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(bands(&harness).is_empty());
}

#[test]
fn a_processor_listens_to_another_stem_and_masters_choose_what_they_use() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    harness.get_by_label("Compressor, more or less").click();
    harness.run_steps(3);
    harness.get_by_label("Listens to, Itself").click();
    harness.run_steps(3);
    let third = harness.state().session().unwrap().stems[2].clone();
    harness.get_by_role_and_label(Role::Button, &third.name).click();
    harness.run_steps(3);
    assert_eq!(chain(&harness, 0)[1].side_chain.map(|key| key.0), Some(third.id.0));
    harness.state_mut().show_view(View::Master);
    harness.run_steps(3);
    let masters =
        |harness: &Harness<'static, App>| harness.state().session().unwrap().masters.clone();
    assert_eq!(masters(&harness)[2].without, [Kind::Clip], "vinyl is never clipped");
    // A click on the line of a master opens its details.
    for (name, control) in [("Streaming", "Streaming clipper"), ("CD", "CD limiter")] {
        let line = |label: Option<String>| label.is_some_and(|label| label.starts_with(name));
        harness.get_by(|node| node.role() == Role::Row && line(node.label())).click();
        harness.run_steps(3);
        harness.get_by_label(control).click();
        harness.run_steps(3);
    }
    let changed = masters(&harness);
    assert_eq!(changed[0].without, [Kind::Clip]);
    assert!(!changed[1].target.unwrap().limit);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(masters(&harness)[0].without.is_empty());
}
