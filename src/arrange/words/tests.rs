use super::*;
use crate::arrange::words::list::WordList;
use proptest::prelude::*;

fn words(bytes: &[u8]) -> Read {
    read(bytes, "a.txt", Seconds(200.0)).unwrap()
}

fn plain(read: &Read) -> Vec<(String, f64, f64)> {
    let round = |time: Seconds| (time.0 * 1000.0).round() / 1000.0;
    read.words.iter().map(|w| (w.text.clone(), round(w.start), round(w.end))).collect()
}

fn expected(list: &[(&str, f64, f64)]) -> Vec<(String, f64, f64)> {
    list.iter().map(|(text, from, to)| ((*text).to_string(), *from, *to)).collect()
}

const LRC: &str = "[ti:Blue]\n[offset:+500]\n[00:10.50]<00:10.50>Blue <00:11.00>sky<00:11.80>\n[00:20.00]over me\n";

#[test]
fn all_formats_and_encodings_say_the_same() {
    let read = words(LRC.as_bytes());
    assert_eq!(read.format, "LRC");
    let all = expected(&[("Blue", 10.0, 10.5), ("sky", 10.5, 11.3)]);
    assert_eq!(plain(&read)[..2], all);
    assert!(!read.words[0].unsure && read.words[2].unsure && read.words[2].line);
    for big in [false, true] {
        let mark = if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] };
        let pair = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        let wide: Vec<u8> = LRC.encode_utf16().flat_map(pair).collect();
        assert_eq!(words(&[mark, wide.clone()].concat()), read);
        assert_eq!(words(&wide), read);
    }
    assert_eq!(words(&[&[0xEF, 0xBB, 0xBF], LRC.as_bytes()].concat()), read);
    let latin = words(b"[00:01.00]caf\xe9 noir");
    assert_eq!(latin.words[0].text, "café");
    let json = r#"{"text":"x","segments":[{"start":10,"end":12,"text":" Blue sky",
        "words":[{"word":" Blue","start":10.0,"end":10.5,"probability":0.9},
                 {"text":"sky","start":10.5,"score":0.4}]},
        {"start":13,"end":15,"text":"over me"},{"text":"lost"}]}"#;
    let read = words(json.as_bytes());
    assert_eq!(plain(&read)[..2], expected(&[("Blue", 10.0, 10.5), ("sky", 10.5, 12.0)]));
    assert_eq!((read.words.len(), read.words[1].unsure), (4, true));
    assert!(read.notes[0].contains("without a time: lost"), "{:?}", read.notes);
    let srt = "1\r\n00:00:10,000 --> 00:00:12,000\r\n<i>Blue</i> {\\an8}sky &amp; me\r\n\r\n2\r\nbroken --> 3\r\nx\r\n";
    let read = words(srt.as_bytes());
    assert_eq!((read.format, read.words.len()), ("SRT", 4));
    assert_eq!(read.words[2].text, "&");
    assert!(read.notes[0].contains("cannot be read"), "{:?}", read.notes);
    let vtt = "WEBVTT\n\n00:10.000 --> 00:12.000 align:start\n<v Ann>Blue <00:10.700><c>sky</c>\n";
    assert_eq!(
        plain(&words(vtt.as_bytes())),
        expected(&[("Blue", 10.0, 10.7), ("sky", 10.7, 12.0)])
    );
}

#[test]
fn odd_times_are_mended_or_passed_over_and_that_is_said() {
    let json = r#"[{"word":"late","start":250,"end":251},{"word":"b","start":5,"end":9},
        {"word":"a","start":4,"end":3},{"word":"none","start":6,"end":6},
        {"word":"early","start":-9,"end":-8},{"word":"","start":1,"end":2}]"#;
    let read = words(json.as_bytes());
    let all = expected(&[("a", 3.0, 4.0), ("b", 5.0, 6.0), ("none", 6.0, 6.05)]);
    assert_eq!(plain(&read), all);
    let notes = read.notes.join("; ");
    for said in ["after the end", "before the song", "turned round", "no length", "in order"] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    let many: String = (0..5000).map(|n| format!("[00:{:02}.{:02}]x\n", n % 60, n % 100)).collect();
    assert_eq!(words(many.as_bytes()).words.len(), 5000);
    assert!(matches!(read_nothing("nothing here"), WordsError::Nothing(_)));
    assert!(matches!(read_nothing("{\"a\":"), WordsError::Json(..)));
}

fn read_nothing(text: &str) -> WordsError {
    read(text.as_bytes(), "a", Seconds(9.0)).unwrap_err()
}

#[test]
fn whole_words_only() {
    let list = WordList::of("en");
    for explicit in [
        "fuck",
        "Fucking,",
        "f*ck",
        "fuuuuck",
        "motherfucker",
        "sh1t",
        "SHITS!",
        "a$$",
        "bitches",
        "bull-shit",
        "fuckin\u{2019}",
        "asshole",
        "(damn)",
        "goddamn",
        "pissed",
        "sh*t",
    ] {
        assert!(list.holds(explicit), "{explicit}");
    }
    for fine in [
        "Scunthorpe",
        "assassin",
        "class",
        "passion",
        "cocktail",
        "Dickens",
        "shiitake",
        "analyse",
        "hello",
        "pass",
        "cumulus",
        "peacock",
        "titan",
        "*",
        "****",
        "a",
        "",
        "hoedown",
        "Essex",
        "snigger",
        "arsenal",
        "button",
        "1234",
        "bass",
        "whom",
    ] {
        assert!(!list.holds(fine), "{fine}");
    }
    assert!(WordList::of("de").holds("Scheißtag") && WordList::of("fr").holds("putain!"));
    assert!(WordList::of("es").holds("mierda") && !WordList::of("xx").holds("fuck"));
    let mut own = WordList::of("en");
    own.add(["!damn", "widget # ours"].into_iter());
    assert!(own.holds("widgets") && !own.holds("damn"));
}

proptest! {
    /// Any bytes are either read or refused, without a panic.
    #[test]
    fn junk_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, "junk", Seconds(100.0));
    }

    #[test]
    fn nearly_lyrics_are_in_order_and_inside_the_song(
        text in "(\\[[0-9:.]{0,9}\\]|<[0-9:.]{0,9}>|[0-9:,]{0,12} --> [0-9:,]{0,12}\n|WEBVTT\n|[a-zé<&{}]{0,6} |\n|\\{\"words\":\\[|\"start\":|[0-9.-]{1,4}){0,40}"
    ) {
        if let Ok(read) = read(text.as_bytes(), "junk", Seconds(100.0)) {
            for pair in read.words.windows(2) {
                prop_assert!(pair[0].start.0 <= pair[1].start.0 && pair[0].end.0 <= pair[1].start.0 + 1e-6);
            }
            for word in &read.words {
                prop_assert!(word.start.0 >= 0.0 && word.end.0 <= 100.0 && word.start.0 <= word.end.0);
            }
        }
    }
}
