//! Forms of one line each: cues of SRT and WebVTT, labels of Audacity, notes as people write them.

use super::times::Timecode;
use super::{label, unlabelled};
use crate::arrange::words::write::stamp;
use crate::review::book::Draft;
use crate::review::comments::{Comment, Subject};
use crate::session::Session;
use crate::units::Seconds;

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
            drafts.push(Draft { start: Some(start), end: Some(end), ..Draft::default() });
        } else if line.is_empty() {
            inside = false;
        } else if let Some(draft) = drafts.last_mut().filter(|_| inside) {
            // WebVTT names who speaks: `<v Anna>too loud`.
            let (by, line) = match line.strip_prefix("<v ").and_then(|rest| rest.split_once('>')) {
                Some((by, rest)) => (by.trim(), rest.trim_end_matches("</v>")),
                None => ("", line),
            };
            if !by.is_empty() {
                draft.author = by.into();
            }
            let plain = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            draft.text = format!("{} {plain}", draft.text);
        }
    }
    for draft in &mut drafts {
        let (author, text) = unlabelled(&draft.text);
        // What this program showed for the usual time was a moment.
        let ours = draft.text.trim().starts_with('#') && text != draft.text.trim();
        let shown = draft.start.zip(draft.end).map_or(0.0, |(start, end)| end.0 - start.0);
        if ours && (shown - SHOWN).abs() < 1e-3 {
            draft.end = None;
        }
        if !author.is_empty() {
            draft.author = author;
        }
        draft.text = text;
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
        let mut time = || Some(Seconds(parts.next()?.trim().replace(',', ".").parse().ok()?));
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
