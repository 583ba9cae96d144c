//! Versions in the Versions view and on the timeline.

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::{drag, press, small, until, window, window_on_demo};
use egui::{Key, Modifiers, Vec2, accesskit::Role, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};
use stemwright::session::Session;
use stemwright::session::file::{load, save};
use stemwright::session::lyrics::Verdict;
use stemwright::session::master::Alternates;
use stemwright::session::version::Version;
use stemwright::units::{Db, Seconds};

const SIZE: Vec2 = Vec2::new(1600.0, 1000.0);

fn session(harness: &Harness<'static, App>) -> Session {
    harness.state().session().unwrap().clone()
}

fn version(harness: &Harness<'static, App>, id: &str) -> Version {
    let session = session(harness);
    session.resolved(session.version(&id.into()).unwrap())
}

fn steps(harness: &mut Harness<'static, App>) {
    harness.run_steps(6);
}

#[test]
fn versions_are_added_given_levels_renamed_and_taken_back() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    harness.state_mut().show_view(View::Versions);
    steps(&mut harness);
    harness.get_by_label("Add a version…").click();
    steps(&mut harness);
    harness.get_by_label("TV mix").click();
    steps(&mut harness);
    let lead = session(&harness).stems[2].clone();
    assert_eq!(version(&harness, "tvmix").level(&lead), None);
    // Sets a level for one stem in the menu of its cell.
    harness.get_by_role_and_label(Role::CheckBox, "Drums in TV mix").click_secondary();
    steps(&mut harness);
    harness.get_by_label("+1.0 dB").click();
    steps(&mut harness);
    let drums = session(&harness).stems[0].clone();
    assert_eq!(version(&harness, "tvmix").level(&drums), Some(Db(1.0)));
    assert_eq!(version(&harness, "full").level(&drums), Some(Db::UNITY));
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert!(session(&harness).version(&"tvmix".into()).is_none());
    press(&mut harness, Modifiers { shift: true, ..Modifiers::COMMAND }, Key::Z);
    assert!(session(&harness).version(&"tvmix".into()).is_some());
    harness.get_by_label("Play TV mix").click_secondary();
    steps(&mut harness);
    harness.get_by_label("Remove").click();
    steps(&mut harness);
    assert!(session(&harness).version(&"tvmix".into()).is_none());
}

#[test]
fn a_marked_range_is_cut_out_moved_and_put_back() {
    let mut harness = window_on_demo(SIZE);
    until(&mut harness, App::has_waveforms);
    let before = version(&harness, "radio").cuts;
    let dragged = |harness: &mut Harness<'static, App>, from: f32, to: f32, y: f32| {
        drag(harness, pos2(from, y), pos2(to, y));
    };
    dragged(&mut harness, 300.0, 380.0, 140.0);
    press(&mut harness, Modifiers::NONE, Key::U);
    steps(&mut harness);
    let cuts = version(&harness, "radio").cuts;
    assert_eq!(cuts.len(), before.len() + 1, "{cuts:?}");
    // The full mix keeps its length, and the radio edit is selected.
    assert!(version(&harness, "full").cuts.is_empty());
    harness.get_by_label("Version, Radio edit");
    // Moves both ends by one beat.
    press(&mut harness, Modifiers::ALT, Key::ArrowRight);
    let moved = version(&harness, "radio").cuts[0].clone();
    assert!((moved.start.0 - cuts[0].start.0 - 0.625).abs() < 1e-6);
    assert!((moved.length().0 - cuts[0].length().0).abs() < 1e-6);
    // Drags the end of the cut.
    let label = "End of cut 1";
    let edge = harness.get_by_label(label).rect().center();
    dragged(&mut harness, edge.x, edge.x + 60.0, edge.y);
    let longer = version(&harness, "radio").cuts[0].clone();
    assert!(longer.length().0 > moved.length().0 + 1.0, "{longer:?}");
    press(&mut harness, Modifiers::SHIFT, Key::U);
    steps(&mut harness);
    assert_eq!(version(&harness, "radio").cuts, before);
    for _ in 0..4 {
        press(&mut harness, Modifiers::COMMAND, Key::Z);
    }
    assert_eq!(version(&harness, "radio").cuts, before);
}

#[test]
fn a_marked_range_is_made_clean_and_let_through() {
    let mut harness = window_on_demo(SIZE);
    until(&mut harness, App::has_waveforms);
    let before = session(&harness).stems[0].clean.len();
    drag(&mut harness, pos2(300.0, 140.0), pos2(380.0, 140.0));
    press(&mut harness, Modifiers::NONE, Key::E);
    steps(&mut harness);
    let regions = session(&harness).stems[0].clean.clone();
    assert_eq!(regions.len(), before + 1);
    assert!(regions[0].end.0 - regions[0].start.0 > 2.0, "{regions:?}");
    harness.get_by_label("Version, Clean");
    press(&mut harness, Modifiers::SHIFT, Key::E);
    steps(&mut harness);
    assert_eq!(session(&harness).stems[0].clean.len(), before);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(session(&harness).stems[0].clean, regions);
}

#[test]
fn an_edit_is_asked_for_and_taken() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().show_view(View::Versions);
    steps(&mut harness);
    harness.get_by_label("Play Radio edit").click();
    steps(&mut harness);
    let field = harness.get_by_label("Wanted length");
    field.focus();
    field.type_text("0:46");
    steps(&mut harness);
    harness.key_press(Key::Enter);
    steps(&mut harness);
    assert_eq!(version(&harness, "radio").goal, Some(Seconds(46.0)));
    harness.get_by_label("Find edits").click();
    steps(&mut harness);
    until(&mut harness, |app| app.is_quiet() && app.is_settled());
    let found = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.label().is_some_and(|label| label.starts_with("0:46.0"))
    };
    harness.get_all_by(found).next().unwrap().click();
    steps(&mut harness);
    let taken = version(&harness, "radio");
    let session = session(&harness);
    let length = taken.length(session.length(), session.sample_rate).seconds(session.sample_rate);
    assert!((length.0 - 46.0).abs() < 1.0, "{length:?}");
    until(&mut harness, App::is_settled);
    harness.run_steps(12);
    harness.snapshot("versions_with_edits");
}

#[test]
fn the_panels_say_what_there_is_and_offer_what_fits() {
    let mut harness = window_on_demo(SIZE);
    harness.state_mut().show_view(View::Versions);
    steps(&mut harness);
    harness.get_by_label("Play Radio edit").click();
    steps(&mut harness);
    // Only lengths below the 1:02 of the song.
    harness.get_by_label("0:45");
    assert!(harness.query_by_label("3:30").is_none());
    // A join that no search found has words too.
    harness.get_by_label_contains("made by hand");
    // Regions that were made without lyrics are listed.
    harness.get_by_label("3 clean regions, no lyrics yet");
    let first = session(&harness).stems.iter().find_map(|stem| stem.clean.first().cloned());
    let first = first.unwrap();
    let remove = format!("Remove {:.1} – {:.1}", first.start, first.end);
    harness.get_by_label(&remove).click();
    steps(&mut harness);
    harness.get_by_label("2 clean regions, no lyrics yet");
    // The columns take the width of the window.
    let right = harness.get_by_label("Play Clean").rect().right();
    assert!(right > SIZE.x - 60.0, "{right}");
}

#[test]
fn words_are_confirmed_and_dismissed() {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    until(&mut harness, App::is_settled);
    let path = folder.path().join("words.srt");
    std::fs::write(
        &path,
        "1\n00:00:00,200 --> 00:00:00,500\nshit\n\n2\n00:00:00,700 --> 00:00:00,900\ndamn\n",
    )
    .unwrap();
    harness.state_mut().import_lyrics(&path);
    until(&mut harness, |app| app.session().unwrap().lyrics.is_some());
    harness.state_mut().show_view(View::Versions);
    steps(&mut harness);
    harness.get_by_label("Confirm all 2");
    // The text stands above the word that is chosen in it.
    let top = |label: &str| harness.get_by_label(label).rect().top();
    assert!(top("damn, not decided") < top("Confirm"));
    // The sung position of a word is searched in the background.
    let decided = |harness: &mut Harness<'static, App>, n: usize, verdict: Verdict| {
        steps(harness);
        let verdict = Some(verdict);
        until(harness, |app| {
            app.session().unwrap().lyrics.as_ref().unwrap().words[n].verdict == verdict
        });
        steps(harness);
    };
    // The first word that is not decided is chosen.
    harness.get_by_label("Confirm").click();
    decided(&mut harness, 0, Verdict::Clean);
    harness.get_by_label("shit, confirmed");
    harness.get_by_label("damn, not decided").click();
    steps(&mut harness);
    harness.get_by_label("Keep word").click();
    decided(&mut harness, 1, Verdict::Keep);
    let words = session(&harness).lyrics.unwrap().words;
    assert_eq!((words[0].verdict, words[1].verdict), (Some(Verdict::Clean), Some(Verdict::Keep)));
    let regions: usize = session(&harness).stems.iter().map(|stem| stem.clean.len()).sum();
    assert_eq!(regions, 1);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(session(&harness).lyrics.unwrap().words[0].verdict, Some(Verdict::Open));
}

#[test]
fn what_is_predicted_for_an_instrumental_is_what_its_master_makes_of_it() {
    for (alternates, on_target) in [(Alternates::Own, true), (Alternates::MixGain, false)] {
        let folder = small();
        common::expect(folder.path(), 0, &["new", common::text(folder.path())]);
        let path = common::session_in(folder.path());
        let mut session = load(&path).unwrap();
        session.masters.iter_mut().for_each(|master| master.alternates = alternates);
        save(&session, &path).unwrap();
        let home = tempfile::tempdir().unwrap();
        let chosen = ["--versions", "instrumental", "--masters", "streaming"];
        let report = common::render(home.path(), &path, &home.path().join("out"), &chosen);
        let written = report["files"][0]["integrated_lufs"].as_f64().unwrap();
        assert_eq!((written + 14.0).abs() < 0.06, on_target, "{written}");
        let mut harness = window(Some(&path), SIZE);
        until(&mut harness, App::is_settled);
        harness.state_mut().show_view(View::Versions);
        steps(&mut harness);
        harness.get_by_label("Play Instrumental").click();
        steps(&mut harness);
        until(&mut harness, App::is_settled);
        let predicted = harness.state().predicted().unwrap().0;
        assert!((predicted - written).abs() < 0.1, "{predicted} and {written}");
    }
}
