//! The same for documents: sessions, changes of a book, packages, words, comments, presets.

use std::path::Path;
use stemwright::arrange::words;
use stemwright::delivery::archive;
use stemwright::delivery::manifest::{self, Verified};
use stemwright::dsp::chain::Chain;
use stemwright::dsp::silence;
use stemwright::review::book::{Book, Draft};
use stemwright::review::exchange::{self, Format};
use stemwright::session::delivery::StemExport;
use stemwright::session::merge::merge;
use stemwright::session::naming::{full_name, stem_name};
use stemwright::session::{Session, file, preset};
use stemwright::units::{SampleRate, Seconds, SongFrame};

fn folder_with(name: &str, content: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

/// Names that are made of a document lie below their folder.
fn stays_below(name: &str) {
    let mut parts = Path::new(name).components();
    assert!(parts.all(|part| matches!(part, std::path::Component::Normal(_))), "{name:?}");
    assert!(!name.contains('\\'), "{name:?}");
}

/// A session that opens is written as it was read, and none of its names leads out of a folder.
#[allow(dead_code, reason = "each target uses its own")]
pub fn session(data: &[u8]) {
    let folder = folder_with("a.stemwright", data);
    let path = folder.path().join("a.stemwright");
    let Ok(session) = file::load(&path) else { return };
    file::save(&session, &path).unwrap();
    let again = file::load(&path).unwrap();
    assert_eq!(format!("{session:?}"), format!("{again:?}"));
    for version in &session.versions {
        let _ = session.resolved(version).notes(&session);
        for master in &session.masters {
            stays_below(&full_name(&session, version, master));
        }
    }
    for (place, stem) in session.delivery.stems.stems(&session).iter().enumerate() {
        stays_below(&stem_name(&session, place, stem));
    }
    // Of two that are alike nothing is asked, and nothing gets lost.
    let merged = merge(None, &session, &again).unwrap();
    assert!(merged.conflicts.is_empty());
    assert_eq!(merged.with(&[]).unwrap().stems.len(), session.stems.len());
}

/// Files of a book: whatever one of them holds, the others count, and a comment can be added.
#[allow(dead_code, reason = "each target uses its own")]
pub fn change(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.stemwright");
    let mut book = Book::of(&path);
    let draft = |text: &str| Draft { text: text.into(), ..Draft::default() };
    book.settle(&path).unwrap();
    let first = book.add(draft("first")).unwrap();
    let home = Book::folder(&path);
    std::fs::write(home.join("x.change"), mended(data)).unwrap();
    let mut book = Book::of(&path);
    assert!(book.review().comment(&first).is_some());
    let next = book.add(draft("next")).unwrap();
    let again = Book::of(&path);
    assert!(again.review().comment(&first).is_some() && again.review().comment(&next).is_some());
    // Documents that went out may name two comments alike.
    if again.review().documents.is_empty() {
        let mut numbers: Vec<_> = again.review().present().map(|comment| comment.number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }
}

/// A change whose checksum fits, so that what lies behind it is reached too.
fn mended(data: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bytes = data.to_vec();
    if data.len() > 9 {
        let sum = Sha256::digest(&data[8..]);
        bytes[..4].copy_from_slice(&[0x85, 0x6f, 0x4a, 0x83]);
        bytes[4..8].copy_from_slice(&sum[..4]);
    }
    bytes
}

/// A package, as a list in a folder or as an archive.
#[allow(dead_code, reason = "each target uses its own")]
pub fn package(data: &[u8]) {
    let Some((first, content)) = data.split_first() else { return };
    let told = |verified: &Verified| {
        for name in verified.missing.iter().chain(&verified.refused) {
            assert!(!name.chars().any(|c| c == '\n'));
        }
    };
    let verified = if first & 1 == 0 {
        let folder = folder_with(manifest::NAME, content);
        manifest::verify(folder.path(), &|_| ())
    } else {
        let folder = folder_with("a.zip", content);
        archive::verify(&[folder.path().join("a.zip")], &|_| ())
    };
    if let Ok(verified) = &verified {
        told(verified);
    }
}

/// Words of a song in any format.
#[allow(dead_code, reason = "each target uses its own")]
pub fn lyrics(data: &[u8]) {
    let length = Seconds(200.0);
    let Ok(read) = words::read(data, "words", length) else { return };
    assert!(!read.words.is_empty());
    for pair in read.words.windows(2) {
        assert!(pair[0].start <= pair[1].start);
    }
    for word in &read.words {
        assert!(word.start.0 >= 0.0 && word.start <= word.end && word.end <= length, "{word:?}");
        assert!(!word.text.trim().is_empty());
    }
}

/// Comments in any format: what is read is written again in each, and read back.
#[allow(dead_code, reason = "each target uses its own")]
pub fn comments(data: &[u8]) {
    let session = Session::new("Song", SampleRate(48_000));
    let Ok(read) = exchange::read(data, "notes", &session) else { return };
    let mut book = Book::unsaved();
    book.merge(read.drafts).unwrap();
    let all: Vec<_> = book.review().present().collect();
    assert!(all.iter().all(|comment| !comment.text.trim().is_empty()));
    for format in Format::ALL {
        let text = exchange::write(format, &session, &all, Default::default());
        // Some formats know moments alone.
        if all.iter().any(|comment| comment.start.is_some()) {
            let again = exchange::read(&text, "notes", &session);
            assert!(
                again.is_ok_and(|again| !again.drafts.is_empty()),
                "{format:?}: {}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}

/// Presets and templates on the user's shelf: what is read can be heard, and is kept as it is.
#[allow(dead_code, reason = "each target uses its own")]
pub fn preset(data: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    for shelf in ["presets", "stem-exports"] {
        let shelf = folder.path().join(shelf);
        std::fs::create_dir(&shelf).unwrap();
        std::fs::write(shelf.join("a.json"), data).unwrap();
    }
    for one in preset::saved(folder.path()) {
        let mut chain = Chain::new(&one.chain, SampleRate(48_000));
        let [mut left, mut right] = silence(512);
        left[7] = 0.9;
        right[9] = -0.9;
        chain.process(&mut left, &mut right, &[], false, SongFrame(0));
        assert!(left.iter().chain(&right).all(|x| x.is_finite()));
        preset::save(folder.path(), &one).unwrap();
        assert!(preset::saved(folder.path()).contains(&one));
    }
    let templates = StemExport::templates(Some(folder.path()));
    for template in templates {
        template.keep(folder.path()).unwrap();
    }
}
