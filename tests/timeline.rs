//! The timeline by pointer and keys: sections, snapping, zoom, moving lanes, waveforms.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::{Event, Key, Modifiers, Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, Snap};
use stemwright::dsp::chain::{Kind, Slot};
use stemwright::units::Seconds;

const NONE: Modifiers = Modifiers::NONE;

fn names(harness: &Harness<'static, App>) -> Vec<String> {
    let session = harness.state().session().unwrap();
    session.stems.iter().map(|stem| stem.name.clone()).collect()
}

fn sections(harness: &Harness<'static, App>) -> Vec<(String, f64)> {
    let session = harness.state().session().unwrap();
    session.sections.iter().map(|section| (section.name.clone(), section.start.0)).collect()
}

fn rect(harness: &Harness<'static, App>, name: &str) -> egui::Rect {
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with(name))).rect()
}

fn kind(harness: &mut Harness<'static, App>, text: &str) {
    harness.event(Event::Text(text.into()));
    harness.run_steps(2);
}

/// Position of a time on the ruler, below the sections.
fn at(harness: &Harness<'static, App>, seconds: f64) -> Pos2 {
    let ruler = rect(harness, "Timeline ruler");
    let session = harness.state().session().unwrap();
    let length = session.length().seconds(session.sample_rate).0;
    let x = ruler.left() + ruler.width() * (seconds / length) as f32;
    Pos2::new(x, ruler.bottom() - 8.0)
}

fn playhead(harness: &Harness<'static, App>) -> f64 {
    harness.state().playhead().0
}

fn click(harness: &mut Harness<'static, App>, place: Pos2) {
    harness.hover_at(place);
    harness.drag_at(place);
    harness.drop_at(place);
    harness.run_steps(2);
}

#[test]
fn sections_are_set_named_moved_and_removed() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    for (seconds, name) in [(0.0, "Intro"), (2.0, "Verse"), (4.0, "Chorus")] {
        let place = at(&harness, seconds);
        click(&mut harness, place);
        press(&mut harness, NONE, Key::K);
        // The name field opens at once; Select All replaces its text.
        press(&mut harness, Modifiers::COMMAND, Key::A);
        kind(&mut harness, name);
        press(&mut harness, NONE, Key::Enter);
    }
    let found = sections(&harness);
    let only: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(only, ["Intro", "Verse", "Chorus"]);
    assert!((found[1].1 - 2.0).abs() < 0.01 && (found[2].1 - 4.0).abs() < 0.01, "{found:?}");
    press(&mut harness, NONE, Key::Home);
    press(&mut harness, NONE, Key::Period);
    assert!((playhead(&harness) - found[1].1).abs() < 1e-3);
    let edge = rect(&harness, "Start of section 2").center();
    let to = Pos2::new(at(&harness, 3.0).x, edge.y);
    drag(&mut harness, edge, to);
    assert!((sections(&harness)[1].1 - 3.0).abs() < 0.02, "{:?}", sections(&harness));
    // A section cannot be moved past its neighbour.
    let edge = rect(&harness, "Start of section 2").center();
    let to = Pos2::new(at(&harness, 5.5).x, edge.y);
    drag(&mut harness, edge, to);
    let moved = sections(&harness)[1].1;
    assert!(moved > 3.9 && moved < 4.0, "{moved}");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(sections(&harness), found);
    // A double-click renames.
    let part = rect(&harness, "Section Verse").center();
    click(&mut harness, part);
    click(&mut harness, part);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    kind(&mut harness, "Verse 1");
    press(&mut harness, NONE, Key::Enter);
    assert_eq!(sections(&harness)[1].0, "Verse 1");
}

#[test]
fn the_pointer_is_drawn_to_what_is_chosen() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let place = at(&harness, 2.0);
    click(&mut harness, place);
    press(&mut harness, NONE, Key::K);
    press(&mut harness, NONE, Key::Enter);
    let section = sections(&harness)[0].1;
    harness.state_mut().preferences().snap = Snap::Sections;
    let place = at(&harness, 2.6);
    click(&mut harness, place);
    assert!((playhead(&harness) - section).abs() < 1e-4);
    // Shift switches snapping off.
    harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
    click(&mut harness, place);
    harness.event(Event::ModifiersChanged(NONE));
    assert!((playhead(&harness) - 2.6).abs() < 0.01, "{}", playhead(&harness));
    harness.state_mut().preferences().snap = Snap::Zero;
    harness.run_steps(1);
    let place = at(&harness, 1.234);
    click(&mut harness, place);
    let frame = (playhead(&harness) * 48_000.0).round() as i64;
    assert!((frame - (1.234 * 48_000.0) as i64).abs() < 1200);
    let session = harness.state().session().unwrap();
    let store = stemwright::media::store::Store::at(folder.path().join("store"));
    let rate = session.sample_rate;
    let source = stemwright::engine::source::StemSource::open(
        &session.stems[0],
        folder.path(),
        rate,
        &store,
    )
    .unwrap();
    let (mut left, mut right) = (vec![0.0; 3], vec![0.0; 3]);
    let scratch = &mut stemwright::engine::source::Scratch::new();
    source.read(frame - 1, false, &mut left, &mut right, scratch).unwrap();
    let sum: Vec<f32> = left.iter().zip(&right).map(|(l, r)| l + r).collect();
    let crosses = |a: f32, b: f32| (a < 0.0) != (b < 0.0) || a == 0.0 || b == 0.0;
    assert!(crosses(sum[0], sum[1]) || crosses(sum[1], sum[2]), "{sum:?} at {frame}");
}

#[test]
fn lanes_are_dragged_stretched_grouped_and_folded() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let head = rect(&harness, "Stem Drums");
    let from = head.left_top() + Vec2::new(60.0, 8.0);
    let to = Pos2::new(from.x, rect(&harness, "Stem Lead Vox").bottom() - 10.0);
    drag(&mut harness, from, to);
    assert_eq!(names(&harness), ["Bass", "Lead Vox", "Drums"]);
    until(&mut harness, App::is_settled);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(names(&harness), ["Drums", "Bass", "Lead Vox"]);
    let edge = rect(&harness, "Lower edge of Bass").center();
    drag(&mut harness, edge, edge + Vec2::new(0.0, 50.0));
    let heights = |harness: &Harness<'static, App>| {
        ["Stem Drums", "Stem Bass", "Stem Lead Vox"].map(|name| rect(harness, name).height())
    };
    let [drums, bass, vox] = heights(&harness);
    assert!((bass - drums - 50.0).abs() < 3.0 && drums == vox, "{drums} {bass} {vox}");
    press(&mut harness, Modifiers::SHIFT, Key::Equals);
    let [drums, bass, vox] = heights(&harness);
    assert!(drums > 80.0 && drums == bass && bass == vox);
    press(&mut harness, NONE, Key::G);
    harness.get_by_label("Bass, 1 stem, open").click();
    harness.run_steps(3);
    assert!(harness.query_by(|n| n.label().is_some_and(|l| l == "Stem Bass")).is_none());
    harness.get_by_label("Mute all Bass").click();
    harness.run_steps(3);
    assert!(strip(&harness, 1).mute);
    press(&mut harness, NONE, Key::ArrowDown);
    press(&mut harness, NONE, Key::M);
    assert!(strip(&harness, 2).mute, "the stem below the folded group is selected");
    until(&mut harness, App::is_settled);
}

#[test]
fn the_song_is_fitted_and_the_loop_is_shown() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    let whole = harness.state().sight();
    assert_eq!(whole, (Seconds(0.0), Seconds(6.0)));
    let (from, to) = (at(&harness, 2.0), at(&harness, 3.0));
    drag(&mut harness, from, to);
    press(&mut harness, Modifiers::SHIFT, Key::F);
    let (from, to) = harness.state().sight();
    assert!((from.0 - 1.95).abs() < 0.02 && (to.0 - 3.05).abs() < 0.02, "{from:?} {to:?}");
    press(&mut harness, NONE, Key::Minus);
    let (wider_from, wider_to) = harness.state().sight();
    assert!(((wider_to.0 - wider_from.0) / (to.0 - from.0) - 1.5).abs() < 0.01);
    press(&mut harness, NONE, Key::F);
    assert_eq!(harness.state().sight(), whole);
    // Zooming keeps the time under the pointer.
    let place = at(&harness, 4.0);
    harness.hover_at(place);
    harness.event(Event::Zoom(2.0));
    harness.run_steps(2);
    let (from, to) = harness.state().sight();
    assert!((to.0 - from.0 - 3.0).abs() < 0.05, "{from:?} {to:?}");
    let share = (4.0 - from.0) / (to.0 - from.0);
    assert!((share - 4.0 / 6.0).abs() < 0.01, "4 s is where it was: {share}");
}

#[test]
fn waveforms_show_what_the_chain_makes_and_where_a_file_clips() {
    let quiet: Vec<f32> = sound(1, 4.0, 0.2);
    let mut loud = quiet.clone();
    for x in &mut loud[96_000..96_050] {
        *x = 1.0;
    }
    let made = folder_of(&[("01_Drums", &loud, &loud), ("02_Bass", &quiet, &quiet)]);
    // The folder's name appears in the picture.
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("Clipping");
    std::fs::rename(made.path(), &folder).unwrap();
    let mut harness = window(Some(&folder), Vec2::new(1100.0, 700.0));
    press(&mut harness, NONE, Key::D);
    harness.snapshot("clipped");
    press(&mut harness, NONE, Key::D);
    harness.get_by_label("Compressor on").click();
    harness.run_steps(3);
    until(&mut harness, App::is_settled);
    press(&mut harness, NONE, Key::W);
    until(&mut harness, |app| app.has_processed(0));
    assert!(!harness.state().has_processed(1), "nothing is done to the bass");
    let chain = harness.state().session().unwrap().stems[0].chain.clone();
    assert!(chain.iter().any(|slot: &Slot| slot.on && slot.kind() == Kind::Compressor));
}
