//! Comments, rounds and revisions in the window.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::epaint::Shape;
use egui::{Key, Modifiers, Pos2, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};
use stemwright::app::{App, View};
use stemwright::dsp::strip::StripSettings;
use stemwright::files::take::file_ref;
use stemwright::media::writer::write_plain;
use stemwright::review::book::{Book, Draft};
use stemwright::review::comments::{Reply, Status, Subject};
use stemwright::review::revisions::Revisions;
use stemwright::session::Section;
use stemwright::session::edit::Edit;
use stemwright::session::file::{load, save};
use stemwright::session::reference::Reference;
use stemwright::session::stem::StemId;
use stemwright::units::{Db, SampleRate, Seconds};

/// The demo song in a folder with a fixed name, for pictures.
fn song(folder: &Path) -> PathBuf {
    stemwright::intake::demo::write(&folder.join("Blue Sky")).unwrap()
}

fn draft(author: &str, start: f64, end: Option<f64>, on: Subject, text: &str) -> Draft {
    Draft {
        author: author.into(),
        made: "2026-03-01 10:00:00".into(),
        start: Some(Seconds(start)),
        end: end.map(Seconds),
        on: Some(on),
        revision: "1".into(),
        text: text.into(),
        ..Draft::default()
    }
}

/// A round of notes with answers.
fn round(session: &Path) -> Book {
    let mut book = Book::of(session);
    let lead = Subject::Stem(StemId(5));
    let harsh = draft("Anna", 9.2, None, lead, "Vocal sibilance too harsh after the de-esser");
    let answer = Reply {
        id: "answer".into(),
        author: "Mix room".into(),
        made: "2026-03-02 09:30:00".into(),
        text: "De-esser lowered by 2 dB, 6.8 kHz".into(),
    };
    let first = book.add(Draft { replies: vec![answer], ..harsh }).unwrap();
    book.resolve(&first, "1.1").unwrap();
    let kick =
        draft("Anna", 20.0, Some(30.0), Subject::Mix, "Kick louder against the bass in the chorus");
    book.add(kick).unwrap();
    let flat = Draft { start: None, ..draft("Ben", 0.0, None, Subject::Mix, "It feels flat") };
    let flat = book.add(flat).unwrap();
    book.set_status(&flat, Status::Question).unwrap();
    let radio = Subject::Version("radio".into());
    let end = draft("Ben", 48.0, None, radio, "The radio edit may end earlier");
    let end = book.add(end).unwrap();
    book.set_status(&end, Status::Wont).unwrap();
    book
}

/// A window on a folder of stems, saved; and the path of the session.
fn saved(folder: &Path) -> (Harness<'static, App>, PathBuf) {
    let mut harness = window(Some(folder), SIZE);
    harness.state_mut().preferences().author = "Mix room".into();
    press(&mut harness, Modifiers::COMMAND, Key::S);
    (harness, session_in(folder))
}

fn review(harness: &mut Harness<'static, App>) {
    harness.state_mut().show_view(View::Review);
    harness.run_steps(4);
}

/// The book on the disk once it is as wanted: comments are written on a thread of their own.
#[track_caller]
fn written(path: &Path, done: impl Fn(&stemwright::review::comments::Review) -> bool) -> Book {
    for _ in 0..2000 {
        let book = Book::of(path);
        if done(book.review()) {
            return book;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it was not written");
}

/// Runs the window until it shows these words.
#[track_caller]
fn says(harness: &mut Harness<'static, App>, words: &str) {
    for _ in 0..2000 {
        if harness.query_all_by_label_contains(words).next().is_some() {
            return harness.run_steps(2);
        }
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nothing says {words}");
}

#[test]
fn a_full_round_on_the_timeline() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path());
    let book = round(&path);
    assert_eq!(book.review().open(), 2);
    let mut harness = window(Some(&path), SIZE);
    harness.state_mut().preferences().author = "Mix room".into();
    harness.snapshot("review_pins");
    review(&mut harness);
    harness.get_by_label_contains("Comment 1, done").click();
    harness.run_steps(6);
    harness.snapshot("review_comment");
    // The round is sent by one name, and dates are said as people say them.
    assert_eq!(harness.query_all_by_label("Send round\u{2026}").count(), 1);
    harness.get_by_label_contains("Anna, 1 March ");
    harness.get_by_label("Rounds\u{2026}").click();
    harness.run_steps(6);
    assert!(harness.query_by_label_contains("Send the").is_none());
    harness.snapshot("review_rounds");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.state_mut().preferences().look = stemwright::app::Look::Light;
    harness.get_by_label_contains("Comment 3, question").click();
    harness.run_steps(6);
    harness.snapshot("review_light");
}

#[test]
fn c_drops_a_comment_while_it_plays_and_it_is_answered() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    press(&mut harness, Modifiers::NONE, Key::End);
    press(&mut harness, Modifiers::NONE, Key::C);
    harness.run_steps(2);
    let place = |name: &str| harness.query_all_by_label(name).last().unwrap().rect();
    assert!(place("Add").left() > place("Cancel").right(), "the main button stands at the right");
    harness.get_by_label("Text of the comment").type_text("More bass");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let said = written(&path, |review| !review.comments.is_empty());
    let one = said.review().comments[0].clone();
    assert_eq!((one.text.as_str(), one.start), ("More bass", Some(Seconds(6.0))));
    review(&mut harness);
    harness.get_by_label("Answer to the comment").focus();
    harness.run_steps(2);
    harness.get_by_label("Answer to the comment").type_text("Raised by 1 dB");
    harness.run_steps(2);
    harness.get_by_label("Answer").click();
    harness.run_steps(3);
    // What is changed while the comment is open is offered as a part of the answer.
    let stem = harness.state().session().unwrap().stems[1].clone();
    let settings = StripSettings { fader: Db(1.0), ..stem.strip };
    harness.state_mut().edit(Edit::Strip { stem: stem.id, settings });
    harness.run_steps(3);
    harness.get_by_label("Part of the answer").click();
    harness.run_steps(3);
    harness.get_by_label("Answer").click();
    harness.run_steps(3);
    let told = written(&path, |review| review.comments[0].replies.len() == 2);
    // Answers of the same second stand in no order.
    let answered = |book: &Book, text: &str| {
        book.review().comments[0].replies.iter().any(|reply| reply.text == text)
    };
    assert!(answered(&told, "Fader of Bass 0.0 \u{2192} +1.0 dB"));
    harness.get_by_label("Fixed in v1").click();
    harness.run_steps(3);
    let said = written(&path, |review| review.comments[0].status == Status::Done);
    let one = &said.review().comments[0];
    assert_eq!((one.status, one.fixed_in.as_str()), (Status::Done, "1"));
    assert!(answered(&said, "Raised by 1 dB"));
    // Another person's comment arrives through the shared folder.
    Book::of(&path).add(draft("Ben", 1.0, None, Subject::Mix, "And the drums?")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(3100));
    says(&mut harness, "And the drums?");
    assert!(harness.state().messages().iter().any(|text| text.contains("1 new comment came")));
    press(&mut harness, Modifiers::NONE, Key::Home);
    press(&mut harness, Modifiers::ALT, Key::Period);
    assert_eq!(harness.state().playhead(), Seconds(1.0));
}

#[test]
fn the_thread_keeps_its_room_above_changes_that_are_offered() {
    let folder = small();
    let mut harness = window(Some(folder.path()), Vec2::new(1280.0, 720.0));
    press(&mut harness, Modifiers::COMMAND, Key::S);
    Book::of(&session_in(folder.path()))
        .add(draft("Ben", 1.0, None, Subject::Mix, "More"))
        .unwrap();
    review(&mut harness);
    says(&mut harness, "Comment 1, open");
    harness.get_by_label_contains("Comment 1, open").click();
    harness.run_steps(3);
    let stems = harness.state().session().unwrap().stems.clone();
    for stem in &stems {
        let settings = StripSettings { fader: Db(1.0), ..stem.strip };
        harness.state_mut().edit(Edit::Strip { stem: stem.id, settings });
        harness.run_steps(3);
    }
    let text = harness.get_by_label("Text of the comment").rect();
    let offered: Vec<Rect> =
        harness.query_all_by_label("Part of the answer").map(|node| node.rect()).collect();
    let window = Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 720.0));
    assert_eq!(offered.len(), 3);
    assert!(window.contains_rect(text), "{text}");
    assert!(offered.iter().all(|change| text.bottom() < change.top()), "{text} {offered:?}");
}

#[test]
fn revisions_are_kept_compared_heard_and_brought_back() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    review(&mut harness);
    harness.get_by_label("Save as v1").click();
    says(&mut harness, "Save as v1.1");
    // Keys of a fader work only in views that show it.
    harness.state_mut().show_view(View::Mix);
    press(&mut harness, Modifiers::COMMAND, Key::ArrowDown);
    press(&mut harness, Modifiers::COMMAND, Key::ArrowDown);
    harness.state_mut().show_view(View::Review);
    says(&mut harness, "Fader Drums");
    harness.get_by_label("Play v1").click();
    harness.run_steps(2);
    until(&mut harness, App::is_comparing);
    harness.run_steps(2);
    harness.get_by_label_contains("level-matched");
    harness.get_by_label("Save as v1.1").click();
    says(&mut harness, "Save as v1.2");
    harness.get_by_label("Restore v1").click();
    until(&mut harness, |app| app.session().unwrap().stems[0].strip.fader == Db(0.0));
    harness.run_steps(3);
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(strip(&harness, 0).fader, Db(-1.0));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    // Work that continues from v1 becomes a branch of it.
    press(&mut harness, Modifiers::COMMAND, Key::ArrowUp);
    harness.run_steps(2);
    harness.get_by_label("Save as v1.2").click();
    says(&mut harness, "Save as v1.3");
    harness.get_by_label("from v1");
    let kept = Revisions::of(&path);
    let all = kept.all();
    assert_eq!(all.len(), 3);
    assert_eq!(all[2].parent, Some(all[0].session.clone()));
    harness.get_by_label("Delete v1.1\u{2026}").click();
    harness.run_steps(2);
    harness.get_by_label("Delete v1.1 for good").click();
    says(&mut harness, "Deleted, kept for 30 days");
    assert_eq!((kept.all().len(), kept.deleted().len()), (2, 1));
    harness.get_by_label("Restore v1.1").click();
    harness.run_steps(3);
    until(&mut harness, |_| kept.all().len() == 3);
}

/// Whether the window paints this text alone somewhere.
fn paints(harness: &Harness<'static, App>, words: &str) -> bool {
    fn holds(shape: &Shape, words: &str) -> bool {
        match shape {
            Shape::Vec(all) => all.iter().any(|one| holds(one, words)),
            Shape::Text(text) => text.galley.job.text == words,
            _ => false,
        }
    }
    harness.output().shapes.iter().any(|one| holds(&one.shape, words))
}

#[test]
fn both_states_stand_on_the_timeline_at_once_and_only_what_runs_is_playing() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    let mut book = Book::of(&path);
    let id = book.add(draft("Ben", 1.0, Some(2.0), Subject::Mix, "More of it")).unwrap();
    assert!(!id.is_empty());
    review(&mut harness);
    harness.get_by_label("Save as v1").click();
    // Nothing else is clicked: what a revision differs in is there by itself.
    says(&mut harness, "Nothing differs.");
    assert!(paints(&harness, "What changed") && paints(&harness, "v1"));
    assert!(paints(&harness, "heard") && paints(&harness, "Heard"), "the present state");
    harness.get_by_label("Play v1").click();
    until(&mut harness, App::is_comparing);
    harness.run_steps(2);
    assert!(!harness.state().is_playing());
    assert!(!paints(&harness, "Playing") && paints(&harness, "Heard"));
    says(&mut harness, "Comment 1, open");
    harness.get_by_label_contains("Comment 1, open").click();
    harness.run_steps(4);
    harness.get_by_label("Loop it");
    harness.get_by_label("v1 against now").click();
    harness.run_steps(4);
    assert!(paints(&harness, "Open 1") && paints(&harness, "Settled 0"));
}

#[test]
fn what_somebody_else_saved_meanwhile_is_not_lost() {
    let folder = small();
    let (mut harness, path) = saved(folder.path());
    // Another person opens the saved session, changes two faders, and saves.
    let mut theirs = load(&path).unwrap();
    theirs.stems[1].strip.fader = Db(-6.0);
    theirs.stems[0].strip.fader = Db(-4.0);
    theirs.sign("Anna");
    save(&theirs, &path).unwrap();
    // Meanwhile this window changes one of the same faders, and something else.
    press(&mut harness, Modifiers::COMMAND, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    press(&mut harness, Modifiers::NONE, Key::M);
    press(&mut harness, Modifiers::COMMAND, Key::S);
    std::thread::sleep(std::time::Duration::from_millis(3100));
    says(&mut harness, "\u{b7}  Fader Bass \u{2212}6.0 dB");
    // The window shows both sides without blocking work; choices stay.
    harness.get_by_label_contains("Was: Fader Drums 0.0 dB");
    harness.get_by_label_contains("Yours: Fader Drums");
    harness.get_by_label("one choice left");
    harness.get_by_label_contains("Theirs (Anna): Fader Drums \u{2212}4.0 dB").click();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::S);
    assert!(harness.state().is_merging());
    assert!(harness.query_by_label("one choice left").is_none());
    // On a busy machine the comparison with the last edit arrives late and moves the button.
    let begun = std::time::Instant::now();
    while harness.state().is_merging() {
        assert!(begun.elapsed().as_secs() < 90, "{:?}", harness.state().messages());
        if let Some(button) = harness.query_by_label("Merge both copies") {
            button.click();
        }
        harness.run_steps(5);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    until(&mut harness, |app| !app.is_saving());
    let merged = load(&path).unwrap();
    assert_eq!(merged.stems[0].strip.fader, Db(-4.0));
    assert_eq!(merged.stems[1].strip.fader, Db(-6.0));
    assert!(merged.stems[2].strip.mute && merged.stems[2].strip.solo);
    let beside = std::fs::read_dir(folder.path()).unwrap();
    let copies = beside.filter(|entry| {
        entry.as_ref().unwrap().file_name().to_string_lossy().contains("saved elsewhere")
    });
    assert_eq!(copies.count(), 0);
    let aside = path.with_extension("revisions").join("merged");
    assert_eq!(std::fs::read_dir(aside).unwrap().count(), 1);
}

#[test]
fn a_reference_is_chosen_measured_and_heard_chorus_to_chorus() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path());
    let other = path.with_file_name("Other.wav");
    let (left, right) = (sound(7, 40.0, 0.5), sound(8, 40.0, 0.5));
    write_plain(&other, SampleRate(48_000), &left, &right).unwrap();
    let mut session = load(&path).unwrap();
    let section = |name: &str, start| Section::new(name, Seconds(start));
    session.references.push(Reference {
        sections: vec![section("Verse", 0.0), section("Chorus", 12.0)],
        ..Reference::new("Other song".into(), file_ref(&other, path.parent().unwrap()).unwrap())
    });
    save(&session, &path).unwrap();
    let mut harness = window(Some(&path), SIZE);
    review(&mut harness);
    harness.get_by_label("References\u{2026}").click();
    harness.run_steps(3);
    harness.get_by_label("Play Other song").click();
    harness.run_steps(2);
    until(&mut harness, |app| app.is_quiet() && app.is_settled());
    harness.run_steps(4);
    harness.snapshot("review_references");
    harness.get_by_label("Match sections").click();
    harness.run_steps(2);
    // The song's first chorus starts at 20 s, the reference's at 12 s.
    assert_eq!(harness.state().reference_at(), 0);
    let to = |harness: &mut Harness<'static, App>| press(harness, Modifiers::NONE, Key::Period);
    to(&mut harness);
    assert_eq!(harness.state().reference_at(), 5 * 48_000, "a verse against the verse");
    to(&mut harness);
    assert_eq!(harness.state().reference_at(), 8 * 48_000, "a chorus against the chorus");
    harness.get_by_label("Reference Rough mix").click();
    harness.run_steps(3);
    assert_eq!(harness.state().reference_at(), 0);
    harness.get_by_label("Remove Other song").click();
    harness.run_steps(3);
    assert!(harness.state().session().unwrap().references.is_empty());
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.state().session().unwrap().references.len(), 1);
}
