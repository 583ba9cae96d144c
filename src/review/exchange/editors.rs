//! Text lists of markers: edit decision lists of Resolve and Avid (CMX 3600 with remarks), and the
//! session text of Pro Tools.

use super::lines::{Marker, drafts, markers};
use super::timecode::{FrameRate, Reader};
use super::{label, unlabelled};
use crate::review::book::Draft;
use crate::review::comments::Comment;
use crate::session::Session;
use crate::units::{Frames, SampleRate, Seconds};

/// Whether a text is an edit decision list.
pub fn is_edl(text: &str) -> bool {
    text.trim_start().starts_with("TITLE:") && text.lines().any(|line| event(line).is_some())
}

/// Start timecode of an event on the record side: the third of four timecodes.
fn event(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [.., a, b, start, end] = words.as_slice() else { return None };
    let code = |text: &&str| text.split([':', ';']).count() == 4;
    (words.len() >= 7 && [a, b, start, end].into_iter().all(code)).then_some(start)
}

/// Reads the markers of an edit decision list: `words |C:ResolveColorBlue |M:name |D:frames` below
/// an event, or `* LOC: timecode colour words`. An event without such a line is a plain cut.
pub fn read_edl(text: &str, reader: &Reader<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut start = None;
    for line in text.lines().map(str::trim) {
        if let Some(at) = event(line) {
            start = reader.time(at);
        } else if let Some(rest) = line.strip_prefix("* LOC:") {
            let mut words = rest.trim().splitn(3, char::is_whitespace);
            let start = words.next().and_then(|time| reader.time(time));
            let text = words.nth(1).unwrap_or("").trim().to_string();
            drafts.push(Draft { start, text, ..Draft::default() });
        } else if line.contains("|M:") || line.contains("|C:") {
            let mut parts = line.split('|').map(str::trim);
            let words = parts.next().unwrap_or("");
            let (mut name, mut frames) = ("", 0);
            for part in parts {
                if let Some(text) = part.strip_prefix("M:") {
                    name = text.trim();
                } else if let Some(count) = part.strip_prefix("D:") {
                    frames = count.trim().parse().unwrap_or(0);
                }
            }
            let text = if words.is_empty() { name } else { words };
            // A marker of one frame is a single moment.
            let end = start.filter(|_| frames > 1);
            let end = end.map(|start| Seconds(start.0 + reader.frames(frames).0));
            let (author, text) = unlabelled(text);
            drafts.push(Draft { author, start, end, text, ..Draft::default() });
        }
    }
    drafts
}

/// Writes comments that have a time as an edit decision list, which Resolve imports as markers.
pub fn edl(session: &Session, comments: &[&Comment], rate: FrameRate) -> String {
    let mode = if rate.drop { "DROP FRAME" } else { "NON-DROP FRAME" };
    let title = session.song.title.replace(['\r', '\n'], " ");
    let mut out = format!("TITLE: {title}\nFCM: {mode}\n\n");
    let placed = comments.iter().filter_map(|one| one.span().map(|span| (span, one)));
    for (n, ((from, to), comment)) in placed.enumerate() {
        let frame = rate.of_frames(1).0;
        let frames = ((to.0 - from.0) / frame).round().max(1.0);
        let (start, next) = (rate.write(from), rate.write(Seconds(from.0 + frame)));
        let words = label(comment).replace('|', "/");
        out.push_str(&format!(
            "{:03}  001      V     C        {start} {next} {start} {next}  \n{words} \
             |C:ResolveColorBlue |M:#{} |D:{frames}\n\n",
            n + 1,
            comment.number
        ));
    }
    out
}

/// Writes the same comments as the marker list of a Pro Tools session text, located in samples.
pub fn pro_tools(session: &Session, comments: &[&Comment], rate: FrameRate) -> String {
    let mut out = format!(
        "SESSION NAME:\t{}\nSAMPLE RATE:\t{}.000000\nBIT DEPTH:\t24-bit\n\
         SESSION START TIMECODE:\t{}\nTIMECODE FORMAT:\t{} Frame\n\n\
         M A R K E R S  L I S T I N G\n\
         #   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME                 \tCOMMENTS\n",
        session.song.title.replace(['\r', '\n', '\t'], " "),
        session.sample_rate.0,
        rate.write(Seconds(0.0)),
        rate.to_string().replace("drop", " Drop"),
    );
    for (n, Marker { at, text }) in markers(comments).into_iter().enumerate() {
        let samples = at.frames(session.sample_rate).0;
        let location = rate.write(at);
        out.push_str(&format!("{}\t{location}\t{samples}\tSamples\t{text}\t\n", n + 1));
    }
    out
}

/// Reads the marker list of a Pro Tools session text; `None` if there is none.
pub fn read_pro_tools(text: &str, reader: &Reader<'_>) -> Option<Vec<Draft>> {
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim())
    };
    let rest = text.split_once("M A R K E R S").map(|(_, rest)| rest)?;
    let mut rows = rest.lines().skip(1).filter(|line| !line.trim().is_empty());
    let head: Vec<&str> = rows.next()?.split('\t').map(str::trim).collect();
    let column = |name: &str| head.iter().position(|known| known.eq_ignore_ascii_case(name));
    let rate = field("SAMPLE RATE").and_then(|rate| rate.parse::<f64>().ok());
    let rate = rate.map_or(reader.session.sample_rate, |rate| SampleRate(rate.round() as u32));
    let begins = field("SESSION START TIMECODE").and_then(|time| reader.time(time));
    let begins = begins.map_or(0.0, |time| time.0);
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let cell = |name| column(name).and_then(|at| cells.get(at)).copied().unwrap_or("");
        let samples = cell("TIME REFERENCE").parse::<u64>().ok();
        let samples = samples.filter(|_| cell("UNITS").eq_ignore_ascii_case("samples"));
        let located =
            || reader.time(cell("LOCATION")).map(|time| Seconds((time.0 - begins).max(0.0)));
        let start =
            samples.filter(|_| rate.0 > 0).map(|at| Frames(at).seconds(rate)).or_else(located);
        let words = [cell("NAME"), cell("COMMENTS")];
        let words: Vec<&str> = words.into_iter().filter(|text| !text.is_empty()).collect();
        (start, words.join("\n"))
    };
    // Another list may follow; its rows do not begin with a number.
    let numbered = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let rows = rows.take_while(numbered).map(row);
    let (placed, others): (Vec<_>, Vec<_>) = rows.partition(|(at, _)| at.is_some());
    let markers = placed.into_iter().filter_map(|(at, text)| Some(Marker { at: at?, text }));
    let mut all = drafts(markers.collect());
    all.extend(others.into_iter().map(|(_, text)| Draft { text, ..Draft::default() }));
    Some(all)
}
