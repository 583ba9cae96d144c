//! Formats with one comment per line or cue: SRT, WebVTT, Audacity labels; and [`Marker`], the list
//! of moments for `midi` and `editors`.

use super::{label, unlabelled};
use crate::arrange::words::cues;
use crate::review::book::Draft;
use crate::review::comments::Comment;
use crate::units::Seconds;

/// How long a subtitle shows a comment on a single moment, in seconds.
const SHOWN: f64 = 3.0;

/// Comments that have a time, sorted by their start.
fn timed<'a>(comments: &'a [&Comment]) -> Vec<(Seconds, Seconds, &'a Comment)> {
    let placed = comments.iter().filter_map(|one| one.span().map(|(from, to)| (from, to, *one)));
    let mut all: Vec<_> = placed.collect();
    all.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    all
}

/// SubRip cues, or the cues of WebVTT without its header. `point` is the decimal sign.
pub fn write_cues(comments: &[&Comment], point: char) -> String {
    let mut out = String::new();
    for (n, (from, to, comment)) in timed(comments).into_iter().enumerate() {
        let to = if to == from { Seconds(from.0 + SHOWN) } else { to };
        // `-->`, `&` and `<` have a meaning in these formats.
        let text =
            label(comment).replace("-->", "\u{2192}").replace('&', "&amp;").replace('<', "&lt;");
        let (from, to) = (from.stamp(point), to.stamp(point));
        out.push_str(&format!("{}\n{from} --> {to}\n{text}\n\n", n + 1));
    }
    out
}

/// Comments from the cues of SRT or WebVTT. The speaker becomes the author.
pub fn read_cues(text: &str) -> Vec<Draft> {
    let draft = |cue: cues::Cue<'_>| Draft {
        author: cue.lines.iter().rev().find_map(|line| cues::speaker(line)).unwrap_or("").into(),
        text: cue.lines.iter().map(|line| cues::plain(line)).collect::<Vec<_>>().join(" "),
        start: Some(cue.start),
        end: Some(cue.end),
        ..Draft::default()
    };
    let mut drafts: Vec<Draft> = cues::read(text).0.into_iter().map(draft).collect();
    for draft in &mut drafts {
        let (author, text) = unlabelled(&draft.text);
        // A cue of this program with the default duration was a single moment.
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

/// Audacity's label track: start, end, text, separated by tabs; seconds.
pub fn labels(comments: &[&Comment]) -> String {
    let one = |(from, to, comment): (Seconds, Seconds, &Comment)| {
        format!("{:.6}\t{:.6}\t{}\n", from.0, to.0, label(comment))
    };
    timed(comments).into_iter().map(one).collect()
}

/// Reads labels; `None` unless every line is one.
pub fn read_labels(text: &str) -> Option<Vec<Draft>> {
    let mut drafts = Vec::new();
    // Lines that begin with a backslash hold the frequency range of a label.
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

/// A time with a text, for formats that have nothing else.
pub struct Marker {
    pub at: Seconds,
    pub text: String,
}

/// Text of the marker at the end of a comment's span.
const ENDS: &str = "ends here";

/// Comments as markers, sorted by time. The end of a span is a marker of its own.
pub fn markers(comments: &[&Comment]) -> Vec<Marker> {
    let mut all = Vec::new();
    for (from, to, comment) in timed(comments) {
        all.push(Marker { at: from, text: label(comment) });
        if to > from {
            all.push(Marker { at: to, text: format!("#{} {ENDS}", comment.number) });
        }
    }
    all.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
    all
}

/// Comments from markers; joins the markers of start and end.
pub fn drafts(markers: Vec<Marker>) -> Vec<Draft> {
    let mut all: Vec<(String, Draft)> = Vec::new();
    for Marker { at, text } in markers {
        let (number, rest) = text.trim().split_once(' ').unwrap_or_default();
        let begun = all.iter_mut().rev().find(|(known, _)| known.as_str() == number);
        if let Some((_, draft)) = begun.filter(|_| number.starts_with('#') && rest == ENDS) {
            draft.end = Some(at);
            continue;
        }
        let number = number.to_string();
        let (author, text) = unlabelled(&text);
        all.push((number, Draft { author, start: Some(at), text, ..Draft::default() }));
    }
    all.into_iter().map(|(_, draft)| draft).collect()
}
