//! A note's path from the page in a browser to the program, the answer, and the revision that fixes
//! it. Also tests hostile text, and merging and delivering by command.

#[path = "common/browser.rs"]
mod browser;
mod common;

use browser::Browser;
use common::*;
use std::path::{Path, PathBuf};
use stemwright::review::book::{Book, Draft};
use stemwright::session::file::{load, save};
use stemwright::units::{Db, Seconds};

/// Saves a screenshot of a step if `STEMWRIGHT_PICTURES` names a folder.
fn picture(browser: &Browser, name: &str) {
    if let Some(folder) = std::env::var_os("STEMWRIGHT_PICTURES") {
        browser.picture(&Path::new(&folder).join(name));
    }
}

/// The demo song in a new home folder.
fn song() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let session = stemwright::intake::demo::write(&home.path().join("Blue Sky")).unwrap();
    (home, session)
}

#[test]
fn a_note_goes_from_the_browser_to_the_revision_that_mends_it() {
    if !browser::is_there() {
        return;
    }
    let (home, session) = song();
    let home = home.path();
    let out = home.join("out");
    let only = ["--versions", "full", "--masters", "streaming", "--no-stems", "-o", text(&out)];
    let deliver = || expect(home, 0, &[&["deliver", text(&session)], &only[..]].concat()).0;
    assert!(deliver().contains("_v1"));

    // The page, with a comment that tries to inject HTML.
    let evil = "</script><script>window.bad=1</script><img src=x onerror=\"window.bad=2\">";
    Book::of(&session)
        .add(Draft { start: Some(Seconds(5.0)), text: evil.into(), ..Draft::default() })
        .unwrap();
    let page = home.join("page.html");
    expect(home, 0, &["review", text(&session), "--versions", "full,radio", "-o", text(&page)]);
    let browser = Browser::open(home);
    browser.go(&page);
    assert_eq!(browser.text("#notes li .text"), evil);
    let foreign = "return document.querySelectorAll('[src],iframe,img,link[href^=http]').length";
    assert_eq!(browser.run(foreign), 0);
    picture(&browser, "1_page.png");

    // Playback continues at the same place in another version.
    browser.click("#play");
    browser.until("it plays", |b| b.text("#time").as_str() > "0:00.5");
    browser.click("[data-track='1']");
    browser.until("the other version", |b| b.text("#heard").starts_with("Radio edit"));
    assert!(browser.text("#time").as_str() < "0:20");

    // A note is written and saved by clicks.
    browser.click("#play");
    browser.write("#from", "0:45");
    browser.write("#text", "The kick is too loud");
    browser.write("#author", "Anna");
    browser.click("#on option[value='stem:1']");
    picture(&browser, "2_note.png");
    browser.click("#add");
    browser.write("#text", "It feels flat");
    browser.click("#add");
    browser.click("#save");
    let notes = home.join("BlueSky_v1_Notes_Anna.json");
    browser.until("the notes file", |_| notes.exists());
    picture(&browser, "3_saved.png");
    assert_eq!(browser.run("return window.bad || 0"), 0);
    // The notes are still there after a reload.
    browser.go(&page);
    assert_eq!(browser.run("return document.querySelectorAll('#notes li').length"), 3);
    assert_eq!(browser.complaints(), Vec::<String>::new());

    // The notes are imported once only. Times become those of the full song: the radio edit skips
    // 10 s.
    let import = || expect(home, 0, &["comments", text(&session), "--import", text(&notes)]).0;
    assert!(import().contains("2 new, 0 answers, 0 known"));
    assert!(import().contains("0 new, 0 answers, 2 known"));
    // A note that is changed after saving is saved again and changed here; unfinished text survives
    // a reload.
    let unsent = |browser: &Browser| browser.text("#unsent");
    assert_eq!(unsent(&browser), "Nothing to send.");
    let press = |label: &str| {
        let all = "Array.from(document.querySelectorAll('#notes li:last-child button'))";
        browser.run(&format!("{all}.find((one) => one.textContent === '{label}').click()"));
    };
    press("Change");
    browser.run("document.querySelector('#text').value = ''");
    browser.write("#text", "It feels flat in the chorus");
    browser.click("#add");
    assert_eq!(unsent(&browser), "1 note is not sent yet.");
    browser.write("#text", "And the fa");
    std::fs::rename(&notes, home.join("first.json")).unwrap();
    browser.go(&page);
    assert_eq!(browser.run("return document.querySelector('#text').value"), "And the fa");
    browser.run("document.querySelector('#text').value = ''");
    browser.click("#save");
    browser.until("the notes file", |_| notes.exists());
    assert_eq!(unsent(&browser), "Nothing to send.");
    assert!(import().contains("0 new, 1 changed, 0 answers, 1 known"));
    // An older file does not revert the change.
    std::fs::copy(&notes, home.join("second.json")).unwrap();
    std::fs::copy(home.join("first.json"), &notes).unwrap();
    assert!(import().contains("0 new, 0 answers, 2 known"));
    let listed = expect(home, 0, &["comments", text(&session), "--json"]).0;
    let flat = json(&listed)["comments"][2].clone();
    assert_eq!(flat["text"], "It feels flat in the chorus");
    assert_eq!(flat["was"][0]["text"], "It feels flat");
    let kick = json(&listed)["comments"][1].clone();
    assert_eq!((&kick["text"], &kick["on"]), (&"The kick is too loud".into(), &"stem:1".into()));
    assert!((kick["start"].as_f64().unwrap() - 55.0).abs() < 0.05, "{kick}");

    // The note is answered, fixed and delivered.
    expect(
        home,
        0,
        &["comments", text(&session), "--reply", "2", "1.5 dB less", "--author", "Mix room"],
    );
    let mut song = load(&session).unwrap();
    song.stems[0].strip.fader = Db(-1.5);
    save(&song, &session).unwrap();
    assert!(deliver().contains("_v1.1"));
    expect(home, 0, &["comments", text(&session), "--fixed", "2", "v1.1"]);
    let changed = expect(home, 0, &["revisions", text(&session), "--compare", "1", "1.1"]).0;
    assert_eq!(changed, "Fader Drums \u{2212}1.5 dB\n");
    let log = expect(home, 0, &["revisions", text(&session)]).0;
    assert!(log.starts_with("v1.1") && log.contains("Fader Drums"), "{log}");

    // The next page plays both revisions and shows the answer.
    let page = home.join("page2.html");
    let made = expect(
        home,
        0,
        &[
            "review",
            text(&session),
            "--versions",
            "full",
            "--revisions",
            "1",
            "--wav",
            "-o",
            text(&page),
            "--json",
        ],
    );
    assert_eq!(json(&made.0)["tracks"].as_array().unwrap().len(), 2);
    browser.go(&page);
    let shown = browser.text("#notes");
    assert!(shown.contains("Mix room: 1.5 dB less") && shown.contains("done in v1.1"), "{shown}");
    assert_eq!(browser.run("return document.querySelectorAll('[role=radio]').length"), 2);
    browser.click("#play");
    browser.until("it plays", |b| b.text("#time").as_str() > "0:00.3");
    assert!(browser.text("#heard").contains("v1.1,"));
    browser.click("[data-track='1']");
    browser.until("v1", |b| b.text("#heard").contains("v1,"));
    picture(&browser, "4_answered.png");
    let link = browser.run("return document.querySelector('#heard a').getAttribute('href')");
    assert!(home.join(link.as_str().unwrap()).exists());

    // The round is sent as one document, once.
    let folder = home.join("round");
    let sent = expect(home, 0, &["comments", text(&session), "--send", text(&folder)]).0;
    assert_eq!(sent.lines().count(), 4);
    let text_of = std::fs::read_to_string(folder.join("BlueSky_Notes_Round1.txt")).unwrap();
    assert!(text_of.contains("round 1 of 2") && text_of.contains("fixed in v1.1"), "{text_of}");
    let again = run(home, &["comments", text(&session), "--send", text(&folder)]);
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn what_is_typed_stays_and_songs_do_not_mix() {
    if !browser::is_there() {
        return;
    }
    let (home, session) = song();
    let home = home.path();
    Book::of(&session).add(Draft { text: "More air".into(), ..Draft::default() }).unwrap();
    // A second song of the same name, with a missing stem.
    let (other, second) = song();
    let mut another = load(&second).unwrap();
    let bass = &mut another.stems[1].file;
    std::fs::remove_file(bass.place.at(second.parent().unwrap())).unwrap();
    bass.content.hash = "0".repeat(64);
    save(&another, &second).unwrap();
    let page = |session: &Path, name: &str, versions: &str, code: i32| {
        let page = home.join(name);
        let all = ["review", text(session), "--versions", versions, "-o", text(&page)];
        expect(home, code, &all);
        page
    };
    let first = page(&session, "first.html", "full", 0);
    let silent = page(&second, "second.html", "full,acappella", 1);
    drop(other);

    let browser = Browser::open(home);
    browser.go(&first);
    let field = "#notes li form [name], #notes li form textarea, #notes li form input";
    let typed = || browser.run(&format!("return document.querySelector('{field}').value"));
    browser.click("#notes li button[aria-label='Answer note 1']");
    browser.write(field, "Half an an");
    browser.write("#search", "nothing like it");
    assert_eq!(browser.run("return document.querySelectorAll('#notes li form').length"), 0);
    let search = "document.querySelector('#search')";
    browser.run(&format!("{search}.value = ''; {search}.dispatchEvent(new Event('input'))"));
    assert_eq!(typed(), "Half an an");
    browser.write("#text", "Another note");
    browser.click("#add");
    assert_eq!(typed(), "Half an an");
    browser.go(&first);
    assert_eq!(typed(), "Half an an");
    browser.write(field, "Half an answer");
    browser.click("#notes li form button[type=submit]");
    let shown = || {
        let all = "Array.from(document.querySelectorAll('#notes li .answer'))";
        browser.run(&format!(
            "return {all}.filter((a) => a.textContent.includes('Half an answer')).length"
        ))
    };
    assert_eq!(shown(), 1);
    browser.click("#save");
    let notes = home.join("BlueSky_v1_Notes.json");
    browser.until("the notes file", |_| notes.exists());
    expect(home, 0, &["comments", text(&session), "--import", text(&notes)]);
    // On the song's next page, note and answer appear once each.
    browser.go(&page(&session, "next.html", "full", 0));
    assert_eq!(shown(), 1);
    assert_eq!(browser.run("return document.querySelectorAll('#notes li').length"), 2);

    // The other song's page has none of these notes and names the missing sound.
    browser.go(&silent);
    assert_eq!(browser.run("return document.querySelectorAll('#notes li').length"), 0);
    assert!(browser.text("#heard").contains("no sound: Bass cannot be found"));
    browser.click("#play");
    browser.until("it is said", |b| {
        b.run("return document.body.textContent.includes('Full mix: no sound')") == true
    });
    picture(&browser, "7_silent.png");
    browser.click("[data-track='1']");
    browser.click("#play");
    browser.until("the other plays", |b| b.text("#time").as_str() > "0:00.5");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_sound_of_the_page_is_that_of_the_master() {
    let (home, session) = song();
    let home = home.path();
    let page = home.join("page.html");
    let arguments =
        ["review", text(&session), "--versions", "full", "--wav", "-o", text(&page), "--json"];
    let made = json(&expect(home, 0, &arguments).0);
    let html = std::fs::read_to_string(&page).unwrap();
    let (_, rest) = html.split_once("id=\"audio-0\">").unwrap();
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(rest.split_once('<').unwrap().0);
    let opus = home.join("page.opus");
    std::fs::write(&opus, bytes.unwrap()).unwrap();
    let wav = PathBuf::from(made["files"][0].as_str().unwrap());
    let (small, large) = (ffmpeg_reading(&opus), ffmpeg_reading(&wav));
    assert!((small.0 - large.0).abs() < 0.1, "{small:?} {large:?}");
    let stated = made["tracks"][0]["integrated_lufs"].as_f64().unwrap();
    assert!((small.0 - stated).abs() < 0.15, "{small:?} {stated}");
    assert!(html.len() < 4_000_000);
    // Comments can be left off the page.
    Book::of(&session).add(Draft { text: "For us only".into(), ..Draft::default() }).unwrap();
    let quiet = home.join("quiet.html");
    let arguments =
        ["review", text(&session), "--versions", "full", "--no-comments", "-o", text(&quiet)];
    expect(home, 0, &arguments);
    assert!(!std::fs::read_to_string(&quiet).unwrap().contains("For us only"));
    // An unknown revision, version or master is named, and nothing is made.
    let refused = run(home, &["review", text(&session), "--revisions", "7", "-o", text(&page)]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no revision \u{201c}7\u{201d}"));
    for wrong in [["--versions", "tango"], ["--master", "tango"]] {
        let refused = run(home, &[&["review", text(&session)], &wrong[..]].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("\u{201c}tango\u{201d}"));
    }
}

#[test]
fn comments_by_command() {
    let (home, session) = song();
    let home = home.path();
    let say =
        |arguments: &[&str]| expect(home, 0, &[&["comments", text(&session)], arguments].concat());
    let (_, asked) = say(&["--add", "It feels flat", "--author", "Ben"]);
    assert!(asked.contains("Where does it feel flat"), "{asked}");
    let (_, asked) = say(&["--add", "late", "--at", "bar 5", "--on", "Bass"]);
    assert!(asked.is_empty(), "{asked}");
    say(&["--status", "1", "question"]);
    let (listed, _) = say(&["--times", "bars"]);
    assert!(listed.contains("2. bar 5.1 [Bass] late"), "{listed}");
    assert!(listed.contains("2 open, round 1 of 2"), "{listed}");
    for (name, form) in [("a.csv", ""), ("a.srt", ""), ("a.labels.txt", ""), ("a.markers.csv", "")]
    {
        let file = home.join(name);
        say(&["--export", text(&file)]);
        let (known, _) = say(&["--import", text(&file)]);
        assert!(known.contains(": 0 new"), "{name} {form}: {known}");
    }
    let junk = home.join("junk.json");
    std::fs::write(&junk, "{\"format\": \"stemwright-comments\"").unwrap();
    let refused = run(home, &["comments", text(&session), "--import", text(&junk)]);
    assert_eq!(refused.status.code(), Some(1));
    let wrong = run(home, &["comments", text(&session), "--add", "x", "--at", "soon"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no time"));
    say(&["--agreed", "1", "--send", text(&home.join("one"))]);
    say(&["--add", "One more thing at the end"]);
    let (_, warned) = say(&["--send", text(&home.join("two"))]);
    assert!(warned.contains("round 2, 1 more than the 1 that were agreed"), "{warned}");
}

#[test]
fn copies_of_a_session_are_merged_by_command() {
    let (home, session) = song();
    let home = home.path();
    let copy = session.with_file_name("BlueSky (Ben's conflicted copy 2026-03-01).stemwright");
    let mut theirs = load(&session).unwrap();
    theirs.stems[1].strip.fader = Db(-2.0);
    save(&theirs, &copy).unwrap();
    // Nothing tells which of the two is older.
    let (asked, _) = expect(home, 1, &["merge", text(&session)]);
    assert!(asked.contains("say --ours or --theirs"), "{asked}");
    assert!(copy.exists());
    expect(home, 0, &["merge", text(&session), "--theirs"]);
    assert_eq!(load(&session).unwrap().stems[1].strip.fader, Db(-2.0));
    assert!(!copy.exists());
    assert!(expect(home, 0, &["merge", text(&session)]).0.contains("no copies"));

    // Each difference is decided by itself.
    let mut ours = load(&session).unwrap();
    ours.lineage.clear();
    let mut theirs = ours.clone();
    for (song, gain) in [(&mut ours, -3.0), (&mut theirs, -4.0)] {
        song.stems[0].strip.fader = Db(gain);
        song.stems[2].strip.fader = Db(gain);
    }
    save(&ours, &session).unwrap();
    save(&theirs, &copy).unwrap();
    let (asked, _) = expect(home, 1, &["merge", text(&session), "--take", "1=theirs"]);
    assert!(asked.contains("1. ") && asked.contains("2. "), "{asked}");
    let (_, wrong) = expect(home, 1, &["merge", text(&session), "--take", "7=ours"]);
    assert!(wrong.contains("there is no difference 7; 2 are to be decided"), "{wrong}");
    expect(home, 2, &["merge", text(&session), "--take", "1=mine"]);
    expect(home, 0, &["merge", text(&session), "--take", "1=theirs", "2=ours"]);
    let faders = load(&session).unwrap().stems.iter().map(|s| s.strip.fader).collect::<Vec<_>>();
    let mut both = [faders[0], faders[2]];
    both.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(both, [Db(-4.0), Db(-3.0)]);
}

#[test]
fn a_package_takes_comments_and_the_page_along() {
    let (home, session) = song();
    let home = home.path();
    let evil = Draft { start: Some(Seconds(5.0)), text: "More air".into(), ..Draft::default() };
    Book::of(&session).add(evil).unwrap();
    let out = home.join("out");
    let arguments = [
        "deliver",
        text(&session),
        "--versions",
        "full",
        "--masters",
        "streaming",
        "--no-stems",
        "--no-reference",
        "--notes",
        "--page",
        "-o",
        text(&out),
    ];
    expect(home, 0, &arguments);
    let package = out.join("BlueSky_v1");
    let notes = listing(&package.join("Notes"));
    for name in ["Comments.csv", "Comments.json", "Comments.pdf", "Comments.txt", "VersionLog.txt"]
    {
        assert!(notes.iter().any(|known| known == name), "{name}: {notes:?}");
    }
    assert_eq!(listing(&package.join("Review")), ["BlueSky_v1_Review.html"]);
    expect(home, 0, &["verify", text(&package)]);
    let pdf = std::process::Command::new("pdftotext")
        .args([text(&package.join("Notes/Comments.pdf")), "-"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&pdf.stdout).contains("More air"));
}
