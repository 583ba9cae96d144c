//! Notes from mails and chats. Finds times as people write them: `0:47`, `2.31`, `3m05s`, `0'47"`,
//! `1:10 to 1:12`, several in a line.

use super::timecode::Reader;
use super::times;
use crate::review::book::{Answered, Draft};
use crate::review::comments::Subject;
use crate::review::numbers::Number;
use crate::units::{Seconds, counted};

/// Words between the start and the end of a range.
pub(super) const UNTIL: [&str; 9] =
    ["-", "\u{2013}", "\u{2014}", "to ", "until ", "till ", "bis ", "hasta ", "jusqu'\u{e0} "];
/// Words after which `2.31` is a time.
const AT: [&str; 9] = ["at", "around", "from", "near", "bei", "ab", "um", "@", "ca."];
/// Separators between two notes on one line, the clearest first.
const BETWEEN: [&str; 8] = [". ", "; ", ", and ", ", und ", ", then ", ", ", " and ", " und "];
/// Words after a number that make it a time of day.
pub(super) const OF_DAY: [&str; 6] = ["am", "pm", "a.m", "p.m", "uhr", "o'clock"];
/// Units: `2.31` before one of them is not a time.
const UNITS: [&str; 10] = ["db", "hz", "khz", "s", "sec", "seconds", "ms", "lu", "lufs", "%"];
/// First words of greetings, thanks and signatures.
const POLITE: [&str; 22] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "thanks",
    "thank you",
    "best",
    "cheers",
    "kind regards",
    "regards",
    "see you",
    "hallo",
    "liebe",
    "lieber",
    "danke",
    "viele gr\u{fc}\u{df}e",
    "bonjour",
    "merci",
    "hola",
    "sent from",
    "von meinem",
];
/// A longer line, in bytes, is not split into notes.
const LONG: usize = 2_000;
/// The most skipped lines that are quoted in the message.
const TOLD: usize = 5;

/// Reads notes from a mail. A line with a time, a number or a bullet begins a comment, and the
/// lines below it continue the comment. Other sentences become comments on the whole song. Skips
/// greetings, quotes and short lines. Returns nothing if no line has a time or a list mark.
pub fn read(text: &str, reader: &Reader<'_>, notes: &mut Vec<String>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let (mut author, mut goes_on) = (String::new(), false);
    let mut passed: Vec<&str> = Vec::new();
    let mut loose = Vec::new();
    for line in text.lines() {
        let plain = line.trim().trim_start_matches('\u{200e}');
        let (by, plain) = chat(plain).unwrap_or(("", plain));
        if let Some(by) = plain.strip_prefix("Notes on ").and_then(|rest| rest.rsplit_once(" by "))
        {
            author = by.1.into();
        } else if let Some((answered, text)) = answer(plain) {
            let (author, text) = (author.clone(), text.into());
            drafts.push(Draft { author, text, answers: Some(answered), ..Draft::default() });
            goes_on = true;
        } else if plain.is_empty() {
            goes_on = false;
        } else if plain.starts_with('>') {
            // A quote of an earlier mail.
            passed.push(plain);
            goes_on = false;
        } else if let Some(found) = note(plain, reader) {
            let by = if by.is_empty() { &author } else { by };
            drafts.extend(found.into_iter().map(|draft| Draft { author: by.into(), ..draft }));
            goes_on = true;
        } else if let Some(last) = drafts.last_mut().filter(|_| goes_on && by.is_empty()) {
            // The text may stand below its time.
            let above = if last.text.is_empty() { "" } else { "\n" };
            last.text = format!("{}{above}{plain}", last.text);
        } else if is_said(plain) {
            loose.push(drafts.len());
            let by = if by.is_empty() { author.clone() } else { by.into() };
            drafts.push(Draft { author: by, text: plain.into(), ..Draft::default() });
            goes_on = true;
        } else {
            passed.push(plain);
            goes_on = false;
        }
    }
    // Only loose sentences: not a list of notes.
    if loose.len() == drafts.len() {
        return Vec::new();
    }
    if !loose.is_empty() {
        let (notes_of, is) = match loose.len() {
            1 => ("1 sentence names".to_string(), "is a note"),
            more => (format!("{more} sentences name"), "are notes"),
        };
        notes.push(format!("{notes_of} no time, and {is} on the whole song"));
    }
    let read = drafts.len();
    drafts.retain(|draft| !draft.text.is_empty());
    let count = passed.len() + read - drafts.len();
    if count > 0 && !drafts.is_empty() {
        let (lines, were) = (counted(count, "line"), if count == 1 { "was" } else { "were" });
        let short =
            |line: &&str| format!("\u{201c}{}\u{201d}", line.chars().take(60).collect::<String>());
        let told: Vec<String> = passed.iter().take(TOLD).map(short).collect();
        let more = if passed.len() > TOLD { ", \u{2026}" } else { "" };
        let told =
            if told.is_empty() { String::new() } else { format!(": {}{more}", told.join(", ")) };
        notes.push(format!("{lines} without a time {were} passed over{told}"));
    }
    drafts
}

/// Whether a line without a time is a comment: at least four words, no greeting or signature, no
/// time of day, and no colon or comma at its end.
fn is_said(line: &str) -> bool {
    let words = line.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let lower = line.to_lowercase();
    let begins = POLITE.iter().any(|word| {
        lower.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    // "Call me before 5:30pm" names a time of day.
    let mut before = "";
    let of_day = lower.split_whitespace().any(|word| {
        let (word, last) = (word.trim_end_matches(['.', ',', '!', '?']), before);
        before = word;
        let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        OF_DAY.iter().any(|day| {
            word.strip_suffix(day)
                .is_some_and(|time| digits(if time.is_empty() { last } else { time }))
        })
    });
    words >= 4 && !begins && !of_day && !line.ends_with([':', ','])
}

/// Author and text of a line from a chat export: `[01.03.26, 10:15:33] Anna: …`, `3/1/26, 10:15 AM
/// - Anna: …`.
fn chat(line: &str) -> Option<(&str, &str)> {
    let (when, rest) = match line.strip_prefix('[') {
        Some(line) => line.split_once(']')?,
        None => line.split_once(" - ")?,
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mut words = when.split([',', ' ']).filter(|word| !word.is_empty());
    let parts: Vec<&str> = words.next()?.split(['.', '/', '-']).collect();
    let is_date = parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && digits(part));
    let (hour, _) = words.next()?.split_once(':')?;
    let (by, rest) = rest.split_once(": ")?;
    let fits = is_date && digits(hour) && by.trim().chars().count() <= 60;
    fits.then_some((by.trim().trim_start_matches('\u{200e}'), rest.trim()))
}

/// `Answer to #3 (5f20c1aa): yes`, as the review page writes it. The document name in brackets is
/// optional.
fn answer(line: &str) -> Option<(Answered, &str)> {
    let (number, text) = line.strip_prefix("Answer to #")?.split_once(':')?;
    let (number, document) = number.split_once('(').unwrap_or((number, ""));
    let document = document.trim().trim_end_matches(')').to_lowercase();
    Some((Answered { number: number.parse().ok()?, document }, text.trim()))
}

/// The comments on one line; `None` if it has neither time nor list mark.
fn note(line: &str, reader: &Reader<'_>) -> Option<Vec<Draft>> {
    let (marked, rest) = unmarked(line);
    if let Some((start, end, rest)) = leading(rest, reader) {
        let (on, text) = subject(rest, reader);
        let first = |text: &str| draft(&on, Some(start), end, text);
        // `0:31 too loud, 1:20 too thin`: split before the second time, but not in a numbered list.
        let next = mentions(&text, reader).into_iter().find(|next| {
            let before = text.get(..next.from).unwrap_or("").trim_end();
            !marked
                && text.len() <= LONG
                && before.chars().any(char::is_alphabetic)
                && before.ends_with([',', ';', '.'])
        });
        let split = next.and_then(|next| text.split_at_checked(next.from));
        return Some(match split.and_then(|(one, rest)| Some((one, note(rest, reader)?))) {
            Some((one, more)) => {
                let one = first(one.trim_end().trim_end_matches([',', ';']));
                [one].into_iter().chain(more).collect()
            }
            None => vec![first(&text)],
        });
    }
    let (on, text) = subject(rest, reader);
    let found = mentions(&text, reader);
    let parts = apart(&text, &found);
    match (found.as_slice(), parts) {
        ([], _) => (marked && !text.is_empty()).then(|| vec![draft(&on, None, None, &text)]),
        (all, Some(parts)) => {
            let each = parts.iter().zip(all);
            Some(each.map(|(part, one)| draft(&on, Some(one.start), one.end, part)).collect())
        }
        ([first, ..], None) => Some(vec![draft(&on, Some(first.start), first.end, &text)]),
    }
}

fn draft(on: &Option<Subject>, start: Option<Seconds>, end: Option<Seconds>, text: &str) -> Draft {
    Draft { start, end, on: on.clone(), text: text.into(), ..Draft::default() }
}

fn subject(rest: &str, reader: &Reader<'_>) -> (Option<Subject>, String) {
    match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, text)) => (Some(Subject::named(name, reader.session)), text.trim().to_string()),
        None => (None, rest.trim().to_string()),
    }
}

/// Strips a bullet or number; `true` if there was one.
fn unmarked(line: &str) -> (bool, &str) {
    for bullet in ["- ", "* ", "\u{2022} ", "\u{2013} ", "\u{b7} "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return (true, rest.trim_start());
        }
    }
    match line.trim_start_matches('#').split_once(['.', ')']) {
        Some((number, rest))
            if number.len() <= 5
                && number.parse::<Number>().is_ok()
                && rest.starts_with(char::is_whitespace) =>
        {
            (true, rest.trim_start())
        }
        _ => (false, line),
    }
}

/// The time or range at the start of a line, and the text after it.
pub(super) fn leading<'a>(
    line: &'a str,
    reader: &Reader<'_>,
) -> Option<(Seconds, Option<Seconds>, &'a str)> {
    let line = line.trim_start_matches(['[', '(', '@']).trim_start();
    let lower = line.to_lowercase();
    let (after, line) = match lower.starts_with("at ") {
        true => (true, line.get(3..).unwrap_or("").trim_start()),
        false => (false, line),
    };
    let (start, rest) = one_time(line, reader).or_else(|| pointed(line, reader, after))?;
    let (end, rest) = until(rest, reader);
    // Drop one separator only: the text itself may begin with another.
    let rest = rest.trim_start_matches([']', ')']).trim_start();
    let signs = ["--", ":", ".", ",", ";", "-", "\u{2013}", "\u{2014}"];
    let rest = signs.iter().find_map(|sign| rest.strip_prefix(sign)).unwrap_or(rest);
    Some((start, end, rest.trim_start()))
}

/// The end of a range, and the text after it.
fn until<'a>(rest: &'a str, reader: &Reader<'_>) -> (Option<Seconds>, &'a str) {
    let after = rest.trim_start();
    let word = |word: &&str| after.strip_prefix(*word).map(str::trim_start);
    let end = UNTIL
        .iter()
        .find_map(word)
        .and_then(|rest| one_time(rest, reader).or_else(|| pointed(rest, reader, true)));
    match end {
        Some((end, rest)) => (Some(end), rest),
        None => (None, rest),
    }
}

/// The time at the start of a text, and the text after it.
fn one_time<'a>(text: &'a str, reader: &Reader<'_>) -> Option<(Seconds, &'a str)> {
    if let Some(bar) = text.strip_prefix("bar ") {
        let end = bar.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(bar.len());
        let (place, rest) = bar.split_at(end);
        let time = times::read(&format!("bar {}", place.trim_end_matches('.')), reader.session)?;
        return Some((time, rest));
    }
    let inside = |c: char| c.is_ascii_digit() || ":.,;".contains(c);
    let end = text.find(|c| !inside(c)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if let Some(rest) = rest.trim_start().strip_prefix("samples") {
        return Some((times::read(&format!("{digits} samples"), reader.session)?, rest));
    }
    if let Some(found) = spelled(digits, rest) {
        return Some(found);
    }
    let digits = digits.trim_end_matches([':', '.', ',', ';']);
    let rest = text.get(digits.len()..)?;
    let parts: Vec<&str> = digits.split([':', ';']).collect();
    let clock = parts.len() > 1 && parts.iter().skip(1).all(|part| part.len() >= 2);
    let of_day: String = rest.trim_start().chars().take(8).flat_map(char::to_lowercase).collect();
    if !clock || OF_DAY.iter().any(|word| of_day.starts_with(word)) {
        return None;
    }
    Some((reader.time(digits)?, rest))
}

/// `3m05s`, `0'47"`: minutes, a sign, seconds.
fn spelled<'a>(minutes: &str, rest: &'a str) -> Option<(Seconds, &'a str)> {
    let whole = |text: &str| -> Option<f64> {
        let plain = (1..=3).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
        text.parse().ok().filter(|_| plain)
    };
    let sign = ["min ", "m ", "min", "m", "'", "\u{2019}", "\u{2032}"]
        .into_iter()
        .find(|sign| rest.starts_with(sign))?;
    let rest = rest.get(sign.len()..)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (seconds, rest) = rest.split_at(end);
    let closing = ["sec", "s", "''", "\"", "\u{201d}", "\u{2033}"];
    let closed = closing.iter().find_map(|sign| rest.strip_prefix(sign));
    // `3m 20 times` is not a time.
    if sign.ends_with(' ') && closed.is_none() {
        return None;
    }
    let time = whole(minutes)? * 60.0 + whole(seconds).filter(|seconds| *seconds < 60.0)?;
    let rest = closed.unwrap_or(rest);
    (!rest.starts_with(char::is_alphanumeric)).then_some((Seconds(time), rest))
}

/// `2.31`, minutes and seconds with a point: at the start of a line, or after a word such as `at`.
fn pointed<'a>(text: &'a str, reader: &Reader<'_>, after: bool) -> Option<(Seconds, &'a str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let digits = digits.trim_end_matches('.');
    let rest = if digits.len() < end { text.get(digits.len()..)? } else { rest };
    let (minutes, seconds) = digits.split_once('.')?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if !(plain(minutes) && plain(seconds) && minutes.len() <= 2 && seconds.len() == 2) {
        return None;
    }
    let next = rest.split_whitespace().next().unwrap_or("").to_lowercase();
    let next = next.trim_end_matches(['.', ',', ';', ':']);
    let (minutes, seconds): (f64, f64) = (minutes.parse().ok()?, seconds.parse().ok()?);
    let time = Seconds(minutes * 60.0 + seconds);
    let length = reader.session.length().seconds(reader.session.sample_rate);
    let inside = length.0 <= 0.0 || time <= length;
    let words = after || rest.starts_with(char::is_whitespace) || rest.starts_with(':');
    (seconds < 60.0 && inside && words && !UNITS.contains(&next)).then_some((time, rest))
}

/// A time somewhere in a line. `from` and `to` are byte offsets.
struct Mention {
    from: usize,
    to: usize,
    start: Seconds,
    end: Option<Seconds>,
}

/// Times in a line: "too loud at 2:31, and the hat from 1:20 to 1:22". Skips times later than the
/// end of the song, which are times of day.
fn mentions(text: &str, reader: &Reader<'_>) -> Vec<Mention> {
    let length = reader.session.length().seconds(reader.session.sample_rate);
    let mut all: Vec<Mention> = Vec::new();
    let mut before = "";
    for (from, word) in words(text) {
        let open = word.len() - word.trim_start_matches(['(', '[', '@', '~']).len();
        let at = from + open;
        let after = AT.contains(&before.to_lowercase().as_str()) || open > 0;
        before = word;
        if all.last().is_some_and(|last| at < last.to) {
            continue;
        }
        let Some(rest) = text.get(at..) else { continue };
        let pointed = || pointed(rest, reader, true).filter(|_| after);
        let Some((start, left)) = one_time(rest, reader).or_else(pointed) else { continue };
        if length.0 > 0.0 && start > length {
            continue;
        }
        let (end, left) = until(left, reader);
        let end = end.filter(|end| *end > start);
        all.push(Mention { from: at, to: text.len() - left.len(), start, end });
    }
    all
}

/// Words with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = text.split_inclusive(char::is_whitespace).scan(0, |at, piece| {
        *at += piece.len();
        Some((*at - piece.len(), piece.trim_end()))
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

/// Splits a line into one part per time; `None` if it is one sentence.
fn apart<'a>(text: &'a str, found: &[Mention]) -> Option<Vec<&'a str>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for pair in found.windows(2) {
        let [one, next] = pair else { continue };
        let between = text.get(one.to..next.from)?;
        let sign = BETWEEN.iter().find_map(|sign| between.find(sign).map(|at| (at, sign.len())));
        let (at, length) = sign?;
        parts.push(text.get(from..one.to + at)?.trim());
        from = one.to + at + length;
    }
    parts.push(text.get(from..)?.trim());
    let says = |part: &&str| part.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    (parts.len() > 1 && parts.iter().all(says)).then_some(parts)
}
