use super::*;
use crate::review::book::Book;
use crate::review::comments::{Reply, Review, Status, Subject};
use crate::session::history::tests::stem;
use crate::session::stem::StemId;
use crate::units::{Frames, SampleRate, Seconds};
use proptest::prelude::*;

fn session() -> Session {
    let mut session = Session::new("Blue Sky", SampleRate(48_000));
    session.song.tempo = Some(120.0);
    session.song.meter = Some((4, 4));
    session.stems = vec![stem(1), stem(2)];
    session.stems[0].name = "Lead Vocals".into();
    session.stems[0].file.info.frames = Frames(48_000 * 240);
    session
}

fn review() -> Review {
    let mut book = Book::unsaved();
    for (start, end, text) in [
        (Some(47.25), None, "vocal sibilance too harsh after the de-esser"),
        (Some(72.0), Some(80.5), "=SUM(A1:A9), \"quoted\" & <b>bold</b>\nsecond line"),
        (None, None, "It feels flat"),
    ] {
        let (start, end) = (start.map(Seconds), end.map(Seconds));
        let on = if end.is_some() { Subject::Stem(StemId(1)) } else { Subject::Mix };
        let draft = Draft {
            author: "Anna".into(),
            start,
            end,
            on: Some(on),
            text: text.into(),
            ..Draft::default()
        };
        let id = book.add(draft).unwrap();
        book.reply(&id, "Mix room", "Heard, mended.").unwrap();
    }
    book.review().clone()
}

fn written(format: Format) -> Vec<u8> {
    let review = review();
    write(format, &session(), &review.present().collect::<Vec<_>>(), TimeNotation::Minutes)
}

fn again(file: impl AsRef<[u8]>) -> Read {
    read(file.as_ref(), "notes", &session()).unwrap()
}

fn shown(file: &[u8]) -> String {
    String::from_utf8_lossy(file).into_owned()
}

#[test]
fn every_form_is_read_as_what_it_is() {
    for format in Format::ALL {
        let text = written(format);
        let back = again(&text);
        let text = shown(&text);
        assert_eq!(back.format, format, "{text}");
        // Formats that are lists of times leave out the comment without one.
        let all = matches!(format, Format::Json | Format::Csv | Format::Text);
        assert_eq!(back.drafts.len(), if all { 3 } else { 2 }, "{text}");
        let near = |draft: &Draft, start: f64, end: Option<f64>| {
            assert!((draft.start.unwrap().0 - start).abs() < 1e-3, "{text}");
            let last = draft.end.filter(|end| Some(*end) != draft.start).map(|end| end.0);
            assert!((last.unwrap_or(-1.0) - end.unwrap_or(-1.0)).abs() < 1e-3, "{text}");
        };
        near(&back.drafts[0], 47.25, None);
        near(&back.drafts[1], 72.0, Some(80.5));
        assert!(back.drafts[0].text.contains("vocal sibilance"), "{text}");
        let said: Vec<&str> = back.drafts[1].text.split_whitespace().collect();
        assert_eq!(said.join(" "), "=SUM(A1:A9), \"quoted\" & <b>bold</b> second line");
        assert!(back.drafts.iter().all(|draft| draft.author == "Anna"), "{text}");
    }
}

#[test]
fn what_comes_back_is_known() {
    let review = review();
    for format in Format::ALL {
        let mut book = Book::unsaved();
        let drafts = review.comments.iter().map(|one| Draft {
            id: one.id.clone(),
            author: one.author.clone(),
            made: one.made.clone(),
            start: one.start,
            end: one.end,
            on: Some(one.on.clone()),
            text: one.text.clone(),
            ..Draft::default()
        });
        assert_eq!(book.merge(drafts.collect()).unwrap().added, 3);
        let text =
            write(format, &session(), &review.present().collect::<Vec<_>>(), TimeNotation::Hours);
        let merged = book.merge(again(&text).drafts).unwrap();
        let text = shown(&text);
        assert_eq!((merged.added, merged.refused), (0, 0), "{}: {text}", format.name());
        assert_eq!(book.review().comments.len(), 3);
    }
}

#[test]
fn a_mail_is_read_line_by_line() {
    let mail = "Hi,\n\nlove it! Some notes on v1:\n\n0:47 vocal too harsh\n- 1:12-1:20: snare is \
                thin,\nespecially the rim\n* more low end overall\n3) (2:31) [Lead Vocals] late\nthe \
                kick disappears at 3:05\nbar 37.3 click?\n\nBest,\nAnna\n";
    let back = again(mail);
    let all: Vec<(Option<f64>, Option<f64>, &str)> = back
        .drafts
        .iter()
        .map(|one| (one.start.map(|t| t.0), one.end.map(|t| t.0), one.text.as_str()))
        .collect();
    assert_eq!(
        all,
        [
            (Some(47.0), None, "vocal too harsh"),
            (Some(72.0), Some(80.0), "snare is thin,\nespecially the rim"),
            (None, None, "more low end overall"),
            (Some(151.0), None, "late"),
            (Some(185.0), None, "the kick disappears at 3:05"),
            (Some(73.0), None, "click?"),
        ]
    );
    assert_eq!(back.drafts[3].on, Some(Subject::Stem(StemId(1))));
    assert_eq!(back.notes.len(), 1);
    assert!(
        back.notes[0].starts_with("4 lines without a time were passed over: \u{201c}Hi,\u{201d}")
    );
}

#[test]
fn words_may_stand_below_their_time_and_begin_like_one() {
    let back = again("1:10 - 1:20\nvocal too loud\n\n2:00\n\n3:05: to be cut\n4:00 -- thin\n");
    let all: Vec<_> = back.drafts.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(all, ["vocal too loud", "to be cut", "thin"]);
    assert_eq!(back.drafts[0].end, Some(Seconds(80.0)));
    assert_eq!(back.notes, ["1 line without a time was passed over"]);
    let mut book = Book::unsaved();
    let said = [
        "Am I right",
        "PM",
        "to 0:20",
        "until 0:20.5 it is fine",
        "- - no",
        ") no",
        "0:20",
        ": what",
        "14.5",
    ];
    for text in said {
        let start = Some(Seconds(14.0));
        book.add(Draft { text: text.into(), start, ..Draft::default() }).unwrap();
    }
    for (code, name) in TimeNotation::ALL {
        let all: Vec<&Comment> = book.review().present().collect();
        let back = again(write(Format::Text, &session(), &all, code));
        let read: Vec<_> = back.drafts.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(read, said, "{name}");
        assert!(back.drafts.iter().all(|one| one.end.is_none()), "{name}");
    }
}

#[test]
fn tables_of_review_services_are_read_by_their_columns() {
    let frame_io = "Commenter,Comment,Timecode In,Timecode Out,Completed\n\
                    Anna,\"Too loud, sorry\",00:00:47:12,,false\nBen,fine,00:01:10:00,00:01:12:00,true\n";
    let back = again(frame_io);
    assert_eq!(back.format, Format::Csv);
    assert_eq!(back.drafts[0].author, "Anna");
    assert_eq!(back.drafts[0].start, Some(Seconds(47.5)));
    assert_eq!((back.drafts[1].status, back.drafts[1].end), (Status::Done, Some(Seconds(72.0))));
    let replay = "Timestamp;Name;Comment;Resolved\n0:47;Anna;Too loud;No\n";
    let back = again(replay);
    assert_eq!(
        (back.drafts[0].author.as_str(), back.drafts[0].text.as_str()),
        ("Anna", "Too loud")
    );
    let reaper =
        "#,Name,Start,End,Length\nM1,clap late,24.3.00,,\nR1,chorus,25.1.00,33.1.00,8.0.00\n";
    let back = again(reaper);
    assert_eq!(back.format, Format::Reaper);
    assert_eq!(back.drafts[0].start, Some(Seconds(47.0)));
    assert_eq!(back.drafts[1].end, Some(Seconds(64.0)));
}

#[test]
fn hostile_files_are_refused_or_read_as_text() {
    let session = session();
    let error = |text: &str| read(text.as_bytes(), "x.json", &session).unwrap_err().to_string();
    assert!(error("{").contains("x.json is no JSON of comments"));
    assert!(error("{\"format\":\"other\"}").contains("\"format\""));
    assert!(error("").contains("holds no comments"));
    let wrong =
        r#"{"format":"stemwright-comments","song":{"title":"Other","seconds":9},"comments":[]}"#;
    assert!(error(wrong).contains("speaks of \u{201c}Other\u{201d}"));
    let huge = "x".repeat(100_000);
    let text = format!(
        r#"{{"format":"stemwright-comments","comments":[
            {{"id":"../../etc","text":"<script>alert(1)</script>","start":-4,"end":1e300,"on":"stem:99"}},
            {{"id":7,"text":{huge:?},"start":"soon","status":"maybe","replies":[{{"text":"r"}}]}},
            {{"text":""}}, 5, null, {{"id":"late","text":"late","start":999999}}]}}"#
    );
    let back = again(&text);
    assert_eq!(back.drafts.len(), 3);
    assert!(back.notes[0].contains("after the end of the song"), "{:?}", back.notes);
    let folder = tempfile::tempdir().unwrap();
    let mut book = Book::of(&folder.path().join("Song.stemwright"));
    let merged = book.merge(back.drafts.clone()).unwrap();
    assert_eq!((merged.added, merged.replies), (3, 1));
    assert_eq!(book.merge(back.drafts).unwrap().added, 0);
    let all = &book.review().comments;
    let script = all.iter().find(|one| one.text.contains("script")).unwrap();
    assert_eq!((script.start, script.end, &script.on), (None, None, &Subject::Mix));
    assert!(!script.id.contains('/'));
    assert!(all.iter().all(|one| one.text.len() <= crate::review::book::LONGEST_TEXT));
}

#[test]
fn formulas_are_text_in_a_spreadsheet() {
    let text = shown(&written(Format::Csv));
    assert!(text.contains("\"'=SUM(A1:A9)"), "{text}");
    assert!(again(&text).drafts[1].text.starts_with("=SUM"));
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z][a-zA-Z0-9 ,;:\"'<>&=()\\[\\]äß🎵\t\n-]{0,60}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_was_said_survives_our_own_forms(
        list in prop::collection::vec((words(), prop::option::of(0u32..200_000), words()), 1..6),
    ) {
        let mut book = Book::unsaved();
        for (text, ms, reply) in &list {
            let start = ms.map(|ms| Seconds(f64::from(ms) / 1000.0));
            let id = book.add(Draft { text: text.clone(), start, ..Draft::default() }).unwrap();
            book.reply(&id, "B", reply).unwrap();
        }
        let review = book.review().clone();
        let all: Vec<&Comment> = review.present().collect();
        for format in [Format::Json, Format::Csv, Format::Text] {
            let text = write(format, &session(), &all, TimeNotation::Minutes);
            let back = again(&text);
            prop_assert_eq!(back.drafts.len(), all.len());
            for (draft, comment) in back.drafts.iter().zip(&all) {
                // The text format does not keep line breaks exactly.
                let same = |a: &str, b: &str| match format {
                    Format::Text => a.split_whitespace().eq(b.split_whitespace()),
                    _ => a == b,
                };
                prop_assert!(same(&draft.text, &comment.text), "{} {}", draft.text, comment.text);
                prop_assert_eq!(draft.replies.len(), comment.replies.len());
                for (draft, said) in draft.replies.iter().zip(&comment.replies) {
                    prop_assert_eq!(&draft.author, &said.author);
                    let (a, b) = (&draft.text, &said.text);
                    prop_assert!(a.split_whitespace().eq(b.split_whitespace()), "{a} {b}");
                }
                let (back, said) = (draft.start.map(|t| t.0), comment.start.map(|t| t.0));
                prop_assert!((back.unwrap_or(-1.0) - said.unwrap_or(-1.0)).abs() < 6e-4);
                prop_assert!(format == Format::Text || draft.id == comment.id);
            }
            prop_assert_eq!(book.merge(back.drafts).unwrap().added, 0);
        }
    }

    #[test]
    fn junk_is_never_a_crash(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,300}") {
        let _ = read(&bytes, "junk", &session());
        let _ = read(text.as_bytes(), "junk", &session());
        let _ = read(format!("WEBVTT\n{text}\n00:01 --> {text}\n").as_bytes(), "junk", &session());
        let _ = read(format!("Time,Comment\n{text}").as_bytes(), "junk", &session());
        let _ = read(format!("<xmeml><marker><in>1</in>{text}</marker>").as_bytes(), "junk", &session());
        let _ = read(format!("1. {text}\n   (open)\n   > {text}").as_bytes(), "junk", &session());
        let midi = [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\x01\0".as_slice(), &bytes].concat();
        let _ = read(&midi, "junk", &session());
    }
}

#[test]
fn answers_come_along_in_our_own_forms() {
    for format in [Format::Json, Format::Csv, Format::Text] {
        let back = again(written(format));
        let reply: Vec<&Reply> = back.drafts.iter().flat_map(|one| &one.replies).collect();
        assert_eq!(reply.len(), 3, "{}", format.name());
        assert!(reply.iter().all(|one| one.author == "Mix room" && one.text == "Heard, mended."));
    }
}

#[test]
fn what_people_write_between_the_lines_is_read_and_nothing_is_lost() {
    let mut text = shown(&written(Format::Text));
    text.insert_str(0, "Blue Sky: notes, round 1 of 2\n2026-03-01, document 5f20c1aa\n\n");
    let (one, two) = text.split_once("2. ").unwrap();
    let text = format!("{one}1:40 the rim is still thin\n\nAnswer to #1: no, it is not\n2. {two}");
    let back = again(&text);
    assert_eq!(back.drafts.len(), 5, "{text}");
    assert_eq!(back.drafts[3].start, Some(Seconds(100.0)));
    assert!(back.drafts[4].answers.is_some());
    // A sentence without a time becomes a comment on the whole song; a message lists the greetings.
    let mail = "Hi Ben,\n\nI really miss the strings in it.\nEverywhere, I mean.\n\n\
                0:31 too loud\n(but a nice tone)\n\n> 1:00 quoted words of yours\n\nBest,\nAnna\n";
    let back = again(mail);
    let all: Vec<_> =
        back.drafts.iter().map(|one| (one.start.is_some(), one.text.as_str())).collect();
    let strings = "I really miss the strings in it.\nEverywhere, I mean.";
    assert_eq!(all, [(false, strings), (true, "too loud\n(but a nice tone)")]);
    assert_eq!(back.notes[0], "1 sentence names no time, and is a note on the whole song");
    assert!(back.notes[1].contains("4 lines without a time were passed over"), "{:?}", back.notes);
}

#[test]
fn markers_stand_at_the_frame_that_was_asked() {
    let review = review();
    let all: Vec<&Comment> = review.present().collect();
    for (rate, name) in FrameRate::ALL {
        for format in [Format::Edl, Format::Premiere, Format::ProTools] {
            let file = write_at(format, &session(), &all, TimeNotation::Minutes, rate);
            let asked = ReadOptions { frames: Some(rate), start: None };
            // Only an EDL does not state it.
            let asked = if format == Format::Edl { asked } else { ReadOptions::default() };
            let back = read_as(&file, "x", &session(), asked).unwrap();
            for (draft, at) in back.drafts.iter().zip([47.25, 72.0]) {
                let off = draft.start.unwrap().0 - at;
                assert!(
                    off.abs() <= 0.5 / 23.0,
                    "{} {name}: {off}\n{}",
                    format.name(),
                    shown(&file)
                );
            }
        }
    }
}

#[test]
fn midi_of_other_programs_is_read() {
    // Two tracks with a tempo change, notes with running status, and markers.
    let track = |events: &[u8]| {
        let mut all = b"MTrk".to_vec();
        all.extend((events.len() as u32).to_be_bytes());
        all.extend(events);
        all
    };
    let mut file = b"MThd\0\0\0\x06\0\x01\0\x02\0\x60".to_vec();
    // 60 per minute; from the fourth quarter on 120.
    let tempo = b"\0\xff\x51\x03\x0f\x42\x40\x83\0\xff\x51\x03\x07\xa1\x20\0\xff\x2f\0";
    file.extend(track(tempo));
    let notes = b"\0\x90\x40\x40\x60\x40\0\0\xf0\x02\x01\xf7\0\xff\x06\x03one\x85\x20\xff\x06\x03two\0\xff\x2f\0";
    file.extend(track(notes));
    let back = again(&file);
    let all: Vec<_> =
        back.drafts.iter().map(|one| (one.start.unwrap().0, one.text.as_str())).collect();
    assert_eq!(all, [(1.0, "one"), (6.0, "two")]);
    // A truncated file gives the markers before the cut.
    for end in 0..file.len() {
        let _ = read(&file[..end], "x", &session());
    }
}
