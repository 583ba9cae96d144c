//! Forms that are read line by line: cues of SRT and WebVTT, labels of Audacity, notes from a mail.

use super::times::{self, Timecode};
use super::{label, unlabelled};
use crate::arrange::words::write::stamp;
use crate::review::book::{Answered, Draft};
use crate::review::comments::{Comment, Subject};
use crate::review::numbers::Number;
use crate::session::Session;
use crate::units::{Seconds, counted};

/// A moment is shown this long, for programs that show text for a time.
const SHOWN: f64 = 3.0;

fn timed<'a>(comments: &'a [&Comment]) -> Vec<(Seconds, Seconds, &'a Comment)> {
    let placed = comments.iter().filter_map(|one| one.span().map(|(from, to)| (from, to, *one)));
    let mut all: Vec<_> = placed.collect();
    all.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    all
}

/// SubRip, or WebVTT without its head.
pub fn cues(comments: &[&Comment], point: char) -> String {
    let mut out = String::new();
    for (n, (from, to, comment)) in timed(comments).into_iter().enumerate() {
        let to = if to == from { Seconds(from.0 + SHOWN) } else { to };
        // Markup and arrows mean something in these forms.
        let text =
            label(comment).replace("-->", "\u{2192}").replace('&', "&amp;").replace('<', "&lt;");
        let (from, to) = (stamp(from, point), stamp(to, point));
        out.push_str(&format!("{}\n{from} --> {to}\n{text}\n\n", n + 1));
    }
    out
}

/// The times of a cue: an arrow alone may stand in what somebody says.
pub fn cue(line: &str) -> Option<(Seconds, Seconds)> {
    let time = |text: &str| text.trim().replace(',', ".").parse::<Seconds>().ok();
    let (from, to) = line.trim().split_once("-->")?;
    // Settings of the place on the screen may follow.
    Some((time(from)?, time(to.split_whitespace().next()?)?))
}

pub fn read_cues(text: &str) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some((start, end)) = cue(line) {
            inside = true;
            // What was shown for the usual time was a moment.
            let moment = (end.0 - start.0 - SHOWN).abs() < 1e-3;
            let end = Some(end).filter(|_| !moment);
            drafts.push(Draft { start: Some(start), end, ..Draft::default() });
        } else if line.is_empty() {
            inside = false;
        } else if let Some(draft) = drafts.last_mut().filter(|_| inside) {
            let plain = line.replace("&lt;", "<").replace("&amp;", "&");
            draft.text = format!("{} {plain}", draft.text);
        }
    }
    for draft in &mut drafts {
        (draft.author, draft.text) = unlabelled(&draft.text);
    }
    drafts
}

/// Audacity's label track: start, end, text, with tabs between.
pub fn labels(comments: &[&Comment]) -> String {
    let one = |(from, to, comment): (Seconds, Seconds, &Comment)| {
        format!("{:.6}\t{:.6}\t{}\n", from.0, to.0, label(comment))
    };
    timed(comments).into_iter().map(one).collect()
}

/// Labels, if every line is one.
pub fn read_labels(text: &str) -> Option<Vec<Draft>> {
    let mut drafts = Vec::new();
    // Lines that begin with a backslash are the spectral part of a label.
    let own = |line: &&str| !line.trim().is_empty() && !line.starts_with('\\');
    for line in text.lines().filter(own) {
        let mut parts = line.splitn(3, '\t');
        let mut time = || Some(Seconds(parts.next()?.trim().parse().ok()?));
        let (start, end) = (time()?, time()?);
        let (author, text) = unlabelled(parts.next().unwrap_or(""));
        drafts.push(Draft { author, text, start: Some(start), end: Some(end), ..Draft::default() });
    }
    (!drafts.is_empty()).then_some(drafts)
}

/// Notes as people write them in a mail, numbered, answers below.
pub fn text(session: &Session, comments: &[&Comment], timecode: Timecode) -> String {
    let mut out = String::new();
    for comment in comments {
        let when = match comment.span() {
            None => String::new(),
            Some((from, to)) if from == to => format!("{} ", timecode.write(from, session)),
            Some((from, to)) => {
                format!("{}\u{2013}{} ", timecode.write(from, session), timecode.write(to, session))
            }
        };
        let on = match &comment.on {
            Subject::Mix => String::new(),
            on => format!("[{}] ", on.name(session)),
        };
        let said = format!("{on}{}", indented(&comment.text));
        // What is said may begin like the end of a span.
        let plain = said.starts_with('[')
            || !["to ", "until "].iter().any(|word| said.starts_with(word))
                && said.starts_with(char::is_alphanumeric);
        let when = match when.trim_end() {
            time if plain || time.is_empty() => when,
            time => format!("{time}: "),
        };
        out.push_str(&format!("{}. {when}{said}\n", comment.number));
        let mut facts = vec![comment.author.clone(), comment.standing()];
        if !comment.fixed_in.is_empty() {
            facts.push(format!("fixed in v{}", comment.fixed_in));
        }
        facts.retain(|fact| !fact.is_empty());
        out.push_str(&format!("   ({})\n", facts.join(", ")));
        for also in &comment.also {
            out.push_str(&format!("   > also: {}\n", indented(also)));
        }
        for reply in &comment.replies {
            out.push_str(&format!("   > {}: {}\n", reply.author, indented(&reply.text)));
        }
    }
    out
}

fn indented(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n   ")
}

/// Notes from a mail: a line with a time is a comment, a line below it goes on with it, and so is
/// a line with a number or a bullet. What is none of these, greetings above all, is passed over.
pub fn read_text(text: &str, session: &Session, notes: &mut Vec<String>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let (mut author, mut goes_on, mut passed) = (String::new(), false, 0);
    for line in text.lines() {
        let plain = line.trim();
        if let Some(by) = plain.strip_prefix("Notes on ").and_then(|rest| rest.rsplit_once(" by "))
        {
            author = by.1.into();
        } else if let Some((answered, text)) = answer(plain) {
            let (author, text) = (author.clone(), text.into());
            drafts.push(Draft { author, text, answers: Some(answered), ..Draft::default() });
            goes_on = true;
        } else if plain.is_empty() {
            goes_on = false;
        } else if goes_on && (plain.starts_with('>') || is_facts(plain)) {
            // Answers and facts of a document that this program wrote.
        } else if let Some(mut draft) = note(plain, session) {
            draft.author.clone_from(&author);
            drafts.push(draft);
            goes_on = true;
        } else if let Some(last) = drafts.last_mut().filter(|_| goes_on) {
            // The words may stand below the time.
            let above = if last.text.is_empty() { "" } else { "\n" };
            last.text = format!("{}{above}{plain}", last.text);
        } else {
            passed += 1;
        }
    }
    let read = drafts.len();
    drafts.retain(|draft| !draft.text.is_empty());
    passed += read - drafts.len();
    if passed > 0 && !drafts.is_empty() {
        let (lines, were) = (counted(passed, "line"), if passed == 1 { "was" } else { "were" });
        notes.push(format!("{lines} without a time {were} passed over"));
    }
    drafts
}

/// `Answer to #3 (5f20c1aa): yes`, as the review page writes it; a person may leave the name of the
/// document out.
fn answer(line: &str) -> Option<(Answered, &str)> {
    let (number, text) = line.strip_prefix("Answer to #")?.split_once(':')?;
    let (number, document) = number.split_once('(').unwrap_or((number, ""));
    let document = document.trim().trim_end_matches(')').to_lowercase();
    Some((Answered { number: number.parse().ok()?, document }, text.trim()))
}

fn is_facts(line: &str) -> bool {
    line.starts_with('(') && line.ends_with(')')
}

/// A line that is a comment.
fn note(line: &str, session: &Session) -> Option<Draft> {
    let (marked, rest) = unmarked(line);
    let (start, end, rest) = match leading_time(rest, session) {
        Some((start, end, rest)) => (Some(start), end, rest),
        None => (time_inside(rest, session), None, rest),
    };
    if start.is_none() && !marked {
        return None;
    }
    let (on, text) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, text)) => (Some(Subject::named(name, session)), text.trim()),
        None => (None, rest),
    };
    let text = text.trim().to_string();
    (start.is_some() || !text.is_empty()).then(|| Draft {
        start,
        end,
        on,
        text,
        ..Draft::default()
    })
}

/// Without the bullet or number before it.
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

/// The time or span at the start of a line, and what follows it.
fn leading_time<'a>(
    line: &'a str,
    session: &Session,
) -> Option<(Seconds, Option<Seconds>, &'a str)> {
    let line = line.trim_start_matches(['[', '(', '@']).trim_start();
    let lower = line.to_lowercase();
    let line = match lower.starts_with("at ") {
        true => line.get(3..).unwrap_or("").trim_start(),
        false => line,
    };
    let (start, rest) = one_time(line, session)?;
    let after = rest.trim_start();
    let word = |separator: &str| after.strip_prefix(separator).map(str::trim_start);
    let end = ["-", "\u{2013}", "\u{2014}", "to ", "until "]
        .into_iter()
        .find_map(word)
        .and_then(|rest| one_time(rest, session));
    let (end, rest) = match end {
        Some((end, rest)) => (Some(end), rest),
        None => (None, rest),
    };
    // One sign parts the time from the words, which may begin with another.
    let rest = rest.trim_start_matches([']', ')']).trim_start();
    let signs = ["--", ":", ".", ",", ";", "-", "\u{2013}", "\u{2014}"];
    let rest = signs.iter().find_map(|sign| rest.strip_prefix(sign)).unwrap_or(rest);
    Some((start, end, rest.trim_start()))
}

/// A time that a text begins with, and what follows it.
fn one_time<'a>(text: &'a str, session: &Session) -> Option<(Seconds, &'a str)> {
    if let Some(bar) = text.strip_prefix("bar ") {
        let end = bar.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(bar.len());
        let (place, rest) = bar.split_at(end);
        let time = times::read(&format!("bar {}", place.trim_end_matches('.')), session)?;
        return Some((time, rest));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || ":.,".contains(c))).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if let Some(rest) = rest.trim_start().strip_prefix("samples") {
        return Some((times::read(&format!("{digits} samples"), session)?, rest));
    }
    let digits = digits.trim_end_matches([':', '.', ',']);
    let rest = text.get(digits.len()..)?;
    let clock = digits.contains(':') && digits.split(':').skip(1).all(|part| part.len() >= 2);
    Some((times::read(digits, session).filter(|_| clock)?, rest))
}

/// A time somewhere in a line: "too loud at 2:31".
fn time_inside(line: &str, session: &Session) -> Option<Seconds> {
    let plain = |c: char| !(c.is_ascii_digit() || ":.".contains(c));
    line.split(char::is_whitespace)
        .map(|word| word.trim_matches(plain).trim_matches(['.', ':']))
        .find_map(|word| one_time(word, session).filter(|(_, rest)| rest.is_empty()))
        .map(|(time, _)| time)
}
