//! Tests with files as other programs write them, modelled on the documentation of their formats.

use super::*;
use crate::session::history::tests::stem;
use crate::units::{Frames, SampleRate};

/// A song of 200 s.
fn session() -> Session {
    let mut session = Session::new("Song", SampleRate(48_000));
    session.stems = vec![stem(1)];
    session.stems[0].file.info.frames = Frames(48_000 * 200);
    session
}

type Row<'a> = (Option<f64>, Option<f64>, &'a str, &'a str);

const fn at<'a>(start: f64, text: &'a str, author: &'a str) -> Row<'a> {
    (Some(start), None, text, author)
}

const fn span<'a>(start: f64, end: f64, text: &'a str, author: &'a str) -> Row<'a> {
    (Some(start), Some(end), text, author)
}

#[track_caller]
fn check(bytes: &[u8], expected: &[Row<'_>]) -> Read {
    check_as(bytes, ReadOptions::default(), expected)
}

#[track_caller]
fn check_as(bytes: &[u8], asked: ReadOptions, expected: &[Row<'_>]) -> Read {
    let back = read_as(bytes, "notes", &session(), asked).unwrap();
    let all: Vec<_> = back
        .drafts
        .iter()
        .map(|one| {
            let round = |time: Option<Seconds>| time.map(|time| (time.0 * 1e3).round() / 1e3);
            let end = round(one.end).filter(|end| Some(*end) > round(one.start));
            (round(one.start), end, one.text.as_str(), one.author.as_str())
        })
        .collect();
    assert_eq!(all, expected, "{:?}", String::from_utf8_lossy(bytes));
    back
}

#[test]
fn tables_of_review_sites() {
    let back = check(
        b"Comment #,Commenter,Comment,Timecode Source,Timecode In,Timecode Out,Frame,Duration,\
          Completed\n1,Anna,\"Guitar too loud, sorry\",01:00:31:12,00:00:31:12,,756,0,FALSE\n\
          2,Ben,Hat is thin,01:01:20:00,00:01:20:00,00:01:22:00,1920,48,TRUE\n",
        &[at(31.5, "Guitar too loud, sorry", "Anna"), span(80.0, 82.0, "Hat is thin", "Ben")],
    );
    assert!(back.notes.is_empty() && back.drafts[1].status.is_settled());
    // The frame numbers beside the timecodes give the rate; the start hour is found.
    for (frame, time) in [(756, 31.5), (787, 31.48)] {
        let text = format!(
            "Commenter,Comment,Frame,Timecode In\nAnna,Guitar too loud,{frame},01:00:31:12\n"
        );
        let back = check(text.as_bytes(), &[at(time, "Guitar too loud", "Anna")]);
        assert_eq!(back.notes, ["the times begin at 1 h, which was taken away"]);
    }
    let back = check(
        b"Video Version,#,Timecode,Name,Note,Reply,Date Added,Resolved\n\
          v1.mp4,1,00:00:31,Anna,Guitar too loud,Ben: which one?,2026-03-01,No\n",
        &[at(31.0, "Guitar too loud", "Anna")],
    );
    assert_eq!(
        (&*back.drafts[0].replies[0].author, &*back.drafts[0].replies[0].text),
        ("Ben", "which one?")
    );
    check(
        b"ID,File,Version,Reviewer,Comment,Timecode,Status,Created\n\
          1,song.wav,1,Anna,Guitar too loud,0:31.5,To-do,2026-03-01\n",
        &[at(31.5, "Guitar too loud", "Anna")],
    );
    check(
        b"Commenter,Comment,Timecode In\nAnna,Guitar too loud,00:01:00;02\n",
        &[at(60.06, "Guitar too loud", "Anna")],
    );
}

#[test]
fn json_of_review_sites() {
    let back = check(
        br#"[{"id": "1", "author": "Anna", "text": "Guitar too loud", "timestamp": 31.5,
              "resolved": false, "replies": [{"author": "Ben", "text": "which one?"}]}]"#,
        &[at(31.5, "Guitar too loud", "Anna")],
    );
    assert_eq!(back.drafts[0].replies[0].text, "which one?");
    // Milliseconds, because seconds would be past the end.
    check(
        br#"{"collection": [{"kind": "comment", "id": 1, "body": "Guitar too loud",
             "timestamp": 31500, "created_at": "2026-03-01", "user": {"username": "anna"}}]}"#,
        &[at(31.5, "Guitar too loud", "anna")],
    );
    // Frame.io gives frame numbers.
    let back = check_as(
        br#"{"data": {"items": [{"id": "0a1b2c3d4e", "text": "Hat is thin", "timestamp": 2000,
             "duration": 50, "completed": true, "owner": {"name": "Ben"}}]}}"#,
        ReadOptions { frames: Some(FrameRate::PAL), start: None },
        &[span(80.0, 82.0, "Hat is thin", "Ben")],
    );
    assert_eq!(back.drafts[0].id, "0a1b2c3d4e");
    assert!(back.drafts[0].status.is_settled());
    for junk in
        ["[]", "{\"a\": [[[[[[[[{\"text\": \"x\"}]]]]]]]]}", "{\"text\": \"alone\"}", "[1, 2]"]
    {
        assert!(matches!(read(junk.as_bytes(), "a", &session()), Err(ExchangeError::Json { .. })));
    }
}

#[test]
fn markers_of_editors_and_workstations() {
    let premiere = "\u{feff}Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n\
                    Note 1\tGuitar too loud\t00:00:31:12\t00:00:31:12\t00:00:00:00\tComment\n\
                    Hat is thin\t\t00:01:20:00\t00:01:22:00\t00:00:02:00\tComment\n";
    let wide: Vec<u8> = premiere.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let rows = [at(31.5, "Guitar too loud", ""), span(80.0, 82.0, "Hat is thin", "")];
    let back = check(&wide, &rows);
    assert!(back.notes[0].contains("were read at 24"), "{:?}", back.notes);
    check_as(
        &wide,
        ReadOptions { frames: Some(FrameRate::THIRTY), start: None },
        &[at(31.4, "Guitar too loud", ""), span(80.0, 82.0, "Hat is thin", "")],
    );
    check(
        b"TITLE: Song\nFCM: NON-DROP FRAME\n\n\
          001  001      V     C        01:00:31:12 01:00:31:13 01:00:31:12 01:00:31:13  \n\
          Guitar too loud |C:ResolveColorBlue |M:Marker 1 |D:1\n\n\
          002  001      V     C        01:01:20:00 01:01:20:01 01:01:20:00 01:01:20:01  \n \
          |C:ResolveColorRed |M:Hat is thin |D:48\n",
        &rows,
    );
    check(
        b"TITLE: Song\r\n001  REEL     V     C        01:00:00:00 01:03:00:00 01:00:00:00 01:03:00:00\r\n\
          * FROM CLIP NAME: SONG.WAV\r\n* LOC: 01:00:31:12 RED     Guitar too loud\r\n",
        &[at(31.5, "Guitar too loud", "")],
    );
    check(
        b"SESSION NAME:\tSong\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n\
          SESSION START TIMECODE:\t00:00:00:00\nTIMECODE FORMAT:\t24 Frame\n\n\
          M A R K E R S  L I S T I N G\n\
          #   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                 \tCOMMENTS\n\
          1   \t00:00:31:12  \t1512000           \tSamples  \tGuitar too loud      \tfrom here on\n\
          2   \t00:01:20:00  \t3840000           \tSamples  \tHat is thin          \t\n",
        &[at(31.5, "Guitar too loud\nfrom here on", ""), at(80.0, "Hat is thin", "")],
    );
    check(
        b"SESSION NAME:\tSong\nSAMPLE RATE:\t48000.000000\n\
          SESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n\n\
          M A R K E R S  L I S T I N G\n\
          #   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                 \tCOMMENTS\n\
          1   \t01:00:31:12  \t4|1|000           \tTicks    \tGuitar too loud      \t\n",
        &[at(31.48, "Guitar too loud", "")],
    );
    check(
        b"#,Name,Start,End,Length,Color\nM1,Guitar too loud,31.500,,,FF0000\n\
          R1,Hat is thin,80.000,82.000,2.000,00FF00\n",
        &rows,
    );
    check(
        b"#,Name,Start,End,Length\nM1,Guitar too loud,1512000,,\nR1,Hat is thin,3840000,3936000,96000\n",
        &rows,
    );
    check(
        b"Name\tStart\tDuration\tTime Format\tType\tDescription\n\
          Marker 01\t0:31.500\t0:00.000\tdecimal\tCue\tGuitar too loud\n",
        &rows[..1],
    );
    check(b"31,500000\t31,500000\tGuitar too loud\n\\\t800.0\t1600.0\n80,000000\t82,000000\tHat is thin\n", &rows);
    check(
        b"WEBVTT - notes\n\nNOTE made by a player\n\nSTYLE\n::cue{}\n\nfirst\n\
          00:31.500 --> 00:34.500 align:start position:0%\n<v Anna>Guitar too loud\n\n\
          01:20.000 --> 01:22.000\nHat is thin\n",
        &[span(31.5, 34.5, "Guitar too loud", "Anna"), span(80.0, 82.0, "Hat is thin", "")],
    );
}

#[test]
fn tables_made_by_hand() {
    check(
        "Zeit;Name;Kommentar\n0:31;Anna;Gitarre zu laut\n".as_bytes(),
        &[at(31.0, "Gitarre zu laut", "Anna")],
    );
    check(
        b"sep=,\nTime,Author,Comment\n0:31,Anna,Guitar too loud\n",
        &[at(31.0, "Guitar too loud", "Anna")],
    );
    check(
        b"Time,Author,Comment\n0:31,\xc4nne,Gitarre zu laut f\xfcr mich\n",
        &[at(31.0, "Gitarre zu laut f\u{fc}r mich", "\u{c4}nne")],
    );
}

#[test]
fn mails_and_chats() {
    let back = check(
        b"> On Tue, Mar 3, 2026 at 10:15 AM Ben wrote:\n> here is v1\n\n\
          Guitar too loud at 0:31, and the hat is thin from 1:20 to 1:22.\n\n\
          Call me before 5:30pm tomorrow.\n",
        &[
            at(31.0, "Guitar too loud at 0:31", ""),
            span(80.0, 82.0, "the hat is thin from 1:20 to 1:22.", ""),
        ],
    );
    assert!(
        back.notes[0].contains("\u{201c}Call me before 5:30pm tomorrow.\u{201d}"),
        "{:?}",
        back.notes
    );
    check(
        "00:31 Gitarre zu laut\n01:20 bis 01:22 Hi-Hat zu d\u{fc}nn\n".as_bytes(),
        &[at(31.0, "Gitarre zu laut", ""), span(80.0, 82.0, "Hi-Hat zu d\u{fc}nn", "")],
    );
    check(
        "[01.03.26, 10:15:33] Anna: 0:31 guitar too loud\n\u{200e}[01.03.26, 10:16:02] Anna: 1:20 hat is thin\n\
         3/1/26, 10:17 AM - Ben: the kick at 2.31 please\n3/1/26, 10:18 AM - Ben: thanks\n"
            .as_bytes(),
        &[
            at(31.0, "guitar too loud", "Anna"),
            at(80.0, "hat is thin", "Anna"),
            at(151.0, "the kick at 2.31 please", "Ben"),
        ],
    );
    check(
        "2.31 vocal late\n\n3m05s end is short\n\n0'47\" click\n\n1:10 - 1:12: s too sharp\n\n\
         0:31 too loud, 1:20 too thin\n\n1.5 dB less of it at 0:50\n\n1.20 dB more\n"
            .as_bytes(),
        &[
            at(151.0, "vocal late", ""),
            at(185.0, "end is short", ""),
            at(47.0, "click", ""),
            span(70.0, 72.0, "s too sharp", ""),
            at(31.0, "too loud", ""),
            at(80.0, "too thin", ""),
            at(50.0, "1.5 dB less of it at 0:50", ""),
        ],
    );
}

#[test]
fn a_session_that_begins_elsewhere_is_told() {
    let text = b"Time,Comment\n00:10:31.5,Guitar too loud\n";
    let asked = ReadOptions { frames: None, start: Some(Seconds(600.0)) };
    check_as(text, asked, &[at(31.5, "Guitar too loud", "")]);
    // Without a start time the comment loses its time but is kept.
    check(text, &[(None, None, "Guitar too loud", "")]);
}
