//! Delivery from the window: the song page, the options of a package, and the package itself.

mod common;
#[path = "common/desk.rs"]
mod desk;

use common::*;
use desk::*;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use stemwright::app::{App, View};
use stemwright::session::delivery::{Grouping, Packaging};
use stemwright::session::naming::compact;

fn click(harness: &mut Harness<'static, App>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    harness.run_steps(3);
}

/// A session of three stems in the Deliver view.
fn deliver_view() -> (tempfile::TempDir, Harness<'static, App>) {
    let folder = small();
    let mut harness = window(Some(folder.path()), SIZE);
    harness.state_mut().show_view(View::Deliver);
    harness.run_steps(2);
    (folder, harness)
}

/// Types into a text field of a page.
fn typed(harness: &mut Harness<'static, App>, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
    harness.run_steps(2);
}

#[test]
fn what_is_known_of_the_song_goes_into_the_package() {
    let (folder, mut harness) = deliver_view();
    click(&mut harness, Role::Button, "Song and brief\u{2026}");
    typed(&mut harness, "Artist", "The Locals");
    typed(&mut harness, "Emphasise", "the bass");
    typed(&mut harness, "Full mix", "US-S1Z-99-00001");
    click(&mut harness, Role::Button, "Close");
    let session = harness.state().session().unwrap();
    assert_eq!(session.song.artist, "The Locals");
    assert_eq!(session.brief.emphasise, "the bass");
    for name in ["CD", "Vinyl", "Broadcast"] {
        click(&mut harness, Role::CheckBox, name);
    }
    click(&mut harness, Role::CheckBox, "Reference mix; the session has none");
    export_now(&mut harness, true);
    until(&mut harness, |app| app.is_rendered());
    let title = harness.state().session().unwrap().song.title.clone();
    harness.run_steps(3);
    let package = folder.path().join(format!("{}_v1", compact(&title)));
    assert!(package.is_dir(), "{:?} {:?}", listing(folder.path()), harness.state().messages());
    let sheet = std::fs::read_to_string(package.join("Notes/SessionSheet.txt")).unwrap();
    for words in ["The Locals", "the bass", "USS1Z9900001", "Stems sum to the mix"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
    assert_eq!(listing(&package.join("Masters")).len(), 6, "five versions and their list");
    let verified = stemwright::delivery::manifest::verify(&package, &|_| {}).unwrap();
    assert!(verified.passed() && verified.unlisted.is_empty(), "{verified:?}");
    let said = harness.state().messages().join("\n");
    assert!(said.contains("_v1 complete"), "{said}");
}

#[test]
fn the_page_of_the_song_is_undone_field_by_field() {
    let (_folder, mut harness) = deliver_view();
    click(&mut harness, Role::Button, "Song and brief\u{2026}");
    typed(&mut harness, "Artist", "The Locals");
    typed(&mut harness, "DAW", "Tape");
    click(&mut harness, Role::Button, "Close");
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    let song = harness.state().session().unwrap().song.clone();
    assert_eq!((song.artist.as_str(), song.daw.as_str()), ("The Locals", ""));
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!(harness.state().session().unwrap().song.artist, "");
}

#[test]
fn a_cancelled_package_leaves_nothing() {
    let (folder, mut harness) = deliver_view();
    let before = listing(folder.path());
    export_now(&mut harness, true);
    click(&mut harness, Role::Button, "Cancel");
    until(&mut harness, |app| app.is_rendered());
    harness.run_steps(3);
    assert_eq!(listing(folder.path()), before);
    let said = harness.state().messages().join("\n");
    assert!(said.contains("nothing of the package is left"), "{said}");
    // No cell is left of it: a check would speak of its files.
    harness.get_by_label("not known: Not rendered yet");
}

#[test]
fn the_form_of_a_package_is_chosen() {
    let (_folder, mut harness) = deliver_view();
    harness.get_by_role_and_label(Role::ComboBox, "Package, Folder").click();
    harness.run_steps(3);
    harness.get_by_label("Zip, parts under 2 GB").click();
    harness.run_steps(3);
    let package = harness.state().session().unwrap().delivery.package;
    assert_eq!(package, Packaging::Zip { part: 2_000_000_000 });
}

#[test]
fn the_export_of_stems_is_set_on_its_page() {
    let (_folder, mut harness) = deliver_view();
    let export =
        |harness: &Harness<'static, App>| harness.state().session().unwrap().delivery.stems.clone();
    click(&mut harness, Role::Button, "Change\u{2026}");
    harness.get_by_label("vocals and instrumental").click();
    harness.run_steps(3);
    typed(&mut harness, "Name pattern", "-x");
    harness.get_by_label_contains("; 2 files");
    click(&mut harness, Role::Button, "Close");
    let now = export(&harness);
    assert_eq!((now.grouping, now.pattern.as_str()), (Grouping::Vocals, "{number}_{stem}-x"));
    // Typing is one undo step.
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    let now = export(&harness);
    assert_eq!((now.grouping, now.pattern.as_str()), (Grouping::Vocals, "{number}_{stem}"));
}
