//! Cues of SRT and WebVTT, for lyrics and for comments: a time span, and the lines shown in it.

use super::time;
use crate::units::Seconds;

pub struct Cue<'a> {
    pub start: Seconds,
    pub end: Seconds,
    /// With markup; see [`plain`] and [`speaker`].
    pub lines: Vec<&'a str>,
}

/// Reads the cues of a text. Also returns lines with `-->` whose times cannot be read. Skips
/// numbers, names and styles of cues.
pub fn read(text: &str) -> (Vec<Cue<'_>>, Vec<&str>) {
    let (mut cues, mut unread): (Vec<Cue<'_>>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some((start, end)) = span(line) {
            cues.push(Cue { start, end, lines: Vec::new() });
            inside = true;
        } else if line.is_empty() {
            inside = false;
        } else if let Some(cue) = cues.last_mut().filter(|_| inside) {
            // Spoken text may contain an arrow.
            cue.lines.push(line);
        } else if line.contains("-->") {
            unread.push(line);
        }
    }
    (cues, unread)
}

/// Whether a text has a cue with a readable time.
pub fn has_any(text: &str) -> bool {
    text.lines().any(|line| span(line).is_some())
}

/// `00:31,500 --> 00:34,500`; settings of the screen position may follow.
fn span(line: &str) -> Option<(Seconds, Seconds)> {
    let (from, to) = line.split_once("-->")?;
    Some((time(from)?, time(to.split_whitespace().next()?)?))
}

/// The speaker that a WebVTT line names: `<v Anna>too loud`.
pub fn speaker(line: &str) -> Option<&str> {
    let (tag, _) = line.strip_prefix("<v")?.split_once('>')?;
    // A class may precede the name: `<v.loud Anna>`.
    let (class, name) = tag.split_once(' ')?;
    let name = name.trim();
    (class.is_empty() || class.starts_with('.')).then_some(name).filter(|name| !name.is_empty())
}

/// Removes markup from a line: `<i>`, `{\an8}`, `&amp;`. Other brackets are text.
pub fn plain(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(['<', '{']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mark = |c: char| c.is_ascii_alphanumeric() || c == '/';
        let end = match from.strip_prefix('<') {
            Some(tag) if tag.starts_with(mark) => from.find('>'),
            Some(_) => None,
            None if from.starts_with("{\\") => from.find('}'),
            None => None,
        };
        let passed = end.map_or(1, |end| end + 1);
        if end.is_none() {
            out.push_str(from.get(..passed).unwrap_or(""));
        }
        rest = from.get(passed..).unwrap_or("");
    }
    out.push_str(rest);
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", "\""), ("&amp;", "&")];
    signs.iter().fold(out, |text, (code, sign)| text.replace(code, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        for text in [
            "1\r\n00:00:31,500 --> 00:01:34,500\r\ntoo loud\r\nat a --> b\r\n\r\n2\r\n\
             -00:00:01,000 --> 00:00:02\r\nearly\r\n\r\n3\r\nx --> y\r\nlost\r\n",
            "WEBVTT\n\nNOTE x\n\nSTYLE\n::cue{}\n\nfirst\n00:31.500 --> 1:34.5 align:start\n\
             too loud\nat a --> b\n\n-0:01.0 --> 0:02.0\nearly\n\nx --> y\nlost\n",
        ] {
            let (cues, unread) = read(text);
            let all: Vec<_> =
                cues.iter().map(|cue| (cue.start.0, cue.end.0, &*cue.lines)).collect();
            let lines: [&[&str]; 2] = [&["too loud", "at a --> b"], &["early"]];
            assert_eq!(all, [(31.5, 94.5, lines[0]), (-1.0, 2.0, lines[1])]);
            assert_eq!(unread, ["x --> y"]);
            assert!(has_any(text));
        }
        assert!(!has_any("a --> b") && !has_any("0:31 too loud"));
    }

    #[test]
    fn markup_is_taken_off_and_other_brackets_stay() {
        for (line, text) in [
            ("<v Anna><i>too</i> loud</v> {\\an8}here", "too loud here"),
            ("<00:01.500>now", "now"),
            ("hat &lt; snare &amp;amp; bass", "hat < snare &amp; bass"),
            ("I <3 it, 2 < 3, {low}, <unclosed", "I <3 it, 2 < 3, {low}, <unclosed"),
        ] {
            assert_eq!(plain(line), text);
        }
        assert_eq!(speaker("<v Anna B>x"), Some("Anna B"));
        assert_eq!(speaker("<v.loud Anna>x"), Some("Anna"));
        for line in ["<i>x", "<video x>", "<v >x", "x <v Anna>"] {
            assert_eq!(speaker(line), None, "{line}");
        }
    }
}
