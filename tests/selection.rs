//! What a hand does with several stems, their names and colours, the marked range and the fader of
//! the mix, in the Mix view.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use stemwright::app::{App, View};
use stemwright::session::edit::Edit;
use stemwright::session::file;
use stemwright::session::stem::Colour;
use stemwright::units::Db;

const NONE: Modifiers = Modifiers::NONE;

fn open(stems: usize) -> (tempfile::TempDir, Harness<'static, App>) {
    let names: Vec<String> = (1..=stems).map(|n| format!("{n:02}_Stem {n}")).collect();
    let sounds: Vec<Vec<f32>> = (1..=stems as u32).map(|n| sound(n, 4.0, 0.1)).collect();
    let list: Vec<(&str, &[f32], &[f32])> = names
        .iter()
        .zip(&sounds)
        .map(|(name, sound)| (name.as_str(), &sound[..], &sound[..]))
        .collect();
    let folder = folder_of(&list);
    let mut harness = window(Some(folder.path()), SIZE);
    for stem in 0..stems {
        let id = harness.state().session().unwrap().stems[stem].id;
        let name = format!("Stem {}", stem + 1);
        harness.state_mut().edit(Edit::Name { stem: id, name });
    }
    harness.run_steps(3);
    until(&mut harness, App::is_settled);
    (folder, harness)
}

/// Rectangle of the control whose name begins so.
fn rect(harness: &Harness<'static, App>, begin: &str) -> Rect {
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with(begin))).rect()
}

fn click_with(harness: &mut Harness<'static, App>, at: Pos2, modifiers: Modifiers) {
    harness.event(Event::ModifiersChanged(modifiers));
    harness.hover_at(at);
    harness.run_steps(1);
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        harness.event_modifiers(
            Event::PointerButton { pos: at, button, pressed, modifiers },
            modifiers,
        );
        harness.run_steps(1);
    }
    harness.event(Event::ModifiersChanged(NONE));
    harness.run_steps(12);
}

/// Upper left of a stem's header, where nothing but its name is.
fn title(harness: &Harness<'static, App>, stem: usize) -> Pos2 {
    rect(harness, &format!("Stem Stem {stem}")).min + Vec2::new(60.0, 14.0)
}

fn faders(harness: &Harness<'static, App>) -> Vec<f64> {
    harness.state().session().unwrap().stems.iter().map(|stem| stem.strip.fader.0).collect()
}

fn mutes(harness: &Harness<'static, App>) -> Vec<bool> {
    harness.state().session().unwrap().stems.iter().map(|stem| stem.strip.mute).collect()
}

#[test]
fn faders_and_switches_of_a_selection_move_together() {
    let (_folder, mut harness) = open(4);
    let first = harness.state().session().unwrap().stems[0].id;
    let mut strip = strip(&harness, 0);
    strip.fader = Db(-6.0);
    harness.state_mut().edit(Edit::Strip { stem: first, settings: strip });
    harness.run_steps(20);
    let (one, three) = (title(&harness, 1), title(&harness, 3));
    click_with(&mut harness, one, NONE);
    click_with(&mut harness, three, Modifiers::SHIFT);
    let two = title(&harness, 2);
    click_with(&mut harness, two, Modifiers::COMMAND);
    // 1 and 3 are selected: a drag on the fader of 3 moves 1 by the same decibels.
    let fader = rect(&harness, "Fader Stem 3").center();
    harness.hover_at(fader);
    harness.run_steps(2);
    press(&mut harness, NONE, Key::Escape);
    let track = rect(&harness, "Fader Stem 3");
    let thumb = Pos2::new(track.left() + 0.83 * track.width(), track.center().y);
    drag(&mut harness, thumb, thumb - Vec2::new(24.0, 0.0));
    let moved = faders(&harness);
    assert!(moved[2] < -2.0, "{moved:?}");
    assert!((moved[0] - (-6.0 + moved[2])).abs() < 1e-9, "{moved:?}");
    assert_eq!((moved[1], moved[3]), (0.0, 0.0));
    // The rack shows the stem that the hand touched; both are still selected.
    assert_eq!(harness.state().chosen_stem(), Some("Stem 3"));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(faders(&harness), [-6.0, 0.0, 0.0, 0.0], "one step for both");
    let mute = rect(&harness, "Mute Stem 1").center();
    click_with(&mut harness, mute, NONE);
    assert_eq!(mutes(&harness), [true, false, true, false]);
    // A stem outside the selection is alone, and is the selection then.
    let mute = rect(&harness, "Mute Stem 4").center();
    click_with(&mut harness, mute, NONE);
    assert_eq!(mutes(&harness), [true, false, true, true]);
}

#[test]
fn a_double_click_on_a_name_renames_and_the_menu_does_what_it_says() {
    let (_folder, mut harness) = open(3);
    let name =
        |harness: &Harness<'static, App>| harness.state().session().unwrap().stems[1].name.clone();
    let at = title(&harness, 2);
    click_with(&mut harness, at, NONE);
    for _ in 0..2 {
        harness.hover_at(at);
        harness.drag_at(at);
        harness.run_steps(1);
        harness.drop_at(at);
        harness.run_steps(1);
    }
    harness.run_steps(4);
    let field = harness.get_by_role_and_label(Role::TextInput, "Name of Stem 2");
    field.type_text("Low");
    harness.run_steps(3);
    press(&mut harness, NONE, Key::Enter);
    assert_eq!(name(&harness), "Low", "what is typed replaces the whole name");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(name(&harness), "Stem 2");
    harness.get_by_label("Stem Stem 2").click_secondary();
    harness.run_steps(6);
    harness.get_by_label("Colour").click();
    harness.run_steps(12);
    harness.get_by_label_contains("Purple").click();
    harness.run_steps(6);
    assert_eq!(harness.state().session().unwrap().stems[1].colour, Some(Colour::Purple));
    harness.get_by_label("Stem Stem 2").click_secondary();
    harness.run_steps(6);
    harness.get_by_label("Remove from the song").click();
    harness.run_steps(6);
    assert_eq!(harness.state().session().unwrap().stems.len(), 2);
}

#[test]
fn a_long_name_leaves_a_gap_before_the_letter_of_the_automation() {
    let (_folder, mut harness) = open(2);
    let id = harness.state().session().unwrap().stems[1].id;
    let name = String::from("Mega Super Extra Long Stem");
    harness.state_mut().edit(Edit::Name { stem: id, name: name.clone() });
    harness.run_steps(3);
    let letter = rect(&harness, "Automation Mega");
    let end = |harness: &Harness<'static, App>| -> f32 {
        let texts = harness.output().shapes.iter().filter_map(|one| match &one.shape {
            egui::Shape::Text(text) if text.galley.job.text == name => Some(text),
            _ => None,
        });
        let ends = texts.map(|text| text.galley.mesh_bounds.right() + text.pos.x);
        ends.filter(|end| *end < letter.right() + 30.0).fold(0.0, f32::max)
    };
    assert!(end(&harness) > letter.left(), "without the letter, the name has its room");
    harness.hover_at(letter.center() + Vec2::new(0.0, 20.0));
    harness.run_steps(3);
    let gap = letter.left() - end(&harness);
    assert!((4.0..20.0).contains(&gap), "{gap}");
}

#[test]
fn the_ends_of_the_marked_range_are_dragged() {
    let (_folder, mut harness) = open(2);
    let ruler = rect(&harness, "Timeline ruler");
    let y = ruler.bottom() - 8.0;
    let x = |share: f32| ruler.left() + share * ruler.width();
    drag(&mut harness, Pos2::new(x(0.3), y), Pos2::new(x(0.5), y));
    let marked = |harness: &Harness<'static, App>| harness.state().heard_range().unwrap();
    let (from, to) = marked(&harness);
    let end = rect(&harness, "End of the marked range").center();
    drag(&mut harness, end, end + Vec2::new(0.2 * ruler.width(), 0.0));
    let (same, later) = marked(&harness);
    assert_eq!(same, from);
    let rate = 48_000.0 * 4.0 * 0.2;
    assert!((later as f64 - to as f64 - rate).abs() < 3000.0, "{to} {later}");
    // The beginning stops before the end.
    let begin = rect(&harness, "Beginning of the marked range").center();
    drag(&mut harness, begin, begin + Vec2::new(0.9 * ruler.width(), 0.0));
    let (from, to) = marked(&harness);
    assert!(from < to && to == later, "{from} {to}");
}

#[test]
fn a_sign_says_how_many_stems_are_out_of_sight() {
    let (_folder, mut harness) = open(18);
    let below = harness.get_by_label_contains("more below");
    let words = below.accesskit_node().label().unwrap();
    let hidden: usize = words.split(' ').next().unwrap().parse().unwrap();
    assert!((1..18).contains(&hidden), "{words}");
    below.click();
    harness.run_steps(6);
    assert!(harness.query_by_label_contains("more above").is_some());
    assert!(harness.query_by_label_contains("more below").is_none());
}

#[test]
fn the_fader_of_the_mix_lowers_what_is_rendered_by_its_decibels() {
    let (folder, mut harness) = open(2);
    press(&mut harness, NONE, Key::X);
    let fader = harness.get_by(|node| {
        node.role() == Role::Slider
            && node.label().is_some_and(|label| label.starts_with("Fader of the mix"))
    });
    let track = fader.rect();
    let thumb = Pos2::new(track.center().x, track.top() + 0.17 * track.height());
    drag(&mut harness, thumb, thumb + Vec2::new(0.0, 60.0));
    let level = harness.state().session().unwrap().fader;
    assert!(level.0 < -1.0 && level.0 > -40.0, "{level}");
    press(&mut harness, NONE, Key::X);
    harness.state_mut().show_view(View::Master);
    harness.run_steps(4);
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with("Fader of the mix")));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    until(&mut harness, |app| !app.is_saving());
    let path = session_in(folder.path());
    let home = tempfile::tempdir().unwrap();
    let mut session = file::load(&path).unwrap();
    assert_eq!(session.fader, level);
    let mut peak = |level: Db, name: &str| {
        session.fader = level;
        file::save(&session, &path).unwrap();
        let out = home.path().join(name);
        let report = render(home.path(), &path, &out, &["--versions", "full", "--masters", "mix"]);
        let [left, _] = samples(&first_path(&report));
        left.iter().fold(0.0f32, |most, x| most.max(x.abs()))
    };
    drop(harness);
    let (lowered, plain) = (peak(level, "lowered"), peak(Db::UNITY, "plain"));
    let by = 20.0 * f64::from(lowered / plain).log10();
    assert!((by - level.0).abs() < 1e-4, "{by} {level}");
}
