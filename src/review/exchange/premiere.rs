//! Markers of a sequence in Final Cut Pro XML (xmeml 4), which Premiere, Resolve and Logic import.

use super::timecode::{FrameRate, Reader};
use super::{label, unlabelled};
use crate::media::tags::escaped;
use crate::review::book::Draft;
use crate::review::comments::Comment;
use crate::session::Session;
use crate::units::Seconds;
use quick_xml::events::Event;
use std::collections::HashMap;

pub fn is_xml(text: &str) -> bool {
    text.contains("<xmeml")
}

/// Writes comments that have a time as markers of an empty sequence.
pub fn write(session: &Session, comments: &[&Comment], rate: FrameRate) -> String {
    let frame = |time: Seconds| rate.frame(time);
    let slow = if rate.slow { "TRUE" } else { "FALSE" };
    let count = format!("<rate><timebase>{}</timebase><ntsc>{slow}</ntsc></rate>", rate.count);
    let display = if rate.drop { "DF" } else { "NDF" };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE xmeml>\n<xmeml version=\"4\">\n\
         <sequence>\n<name>{}</name>\n<duration>{}</duration>\n{count}\n<timecode>{count}\
         <string>{}</string><frame>0</frame><displayformat>{display}</displayformat></timecode>\n\
         <media><video><track/></video><audio><track/></audio></media>\n",
        escaped(&session.song.title.replace(char::is_control, "")),
        frame(session.length().seconds(session.sample_rate)),
        rate.write(Seconds(0.0)),
    );
    for (comment, (from, to)) in comments.iter().filter_map(|one| Some((one, one.span()?))) {
        let end = if to > from { frame(to).to_string() } else { "-1".into() };
        out.push_str(&format!(
            "<marker><name>#{}</name><comment>{}</comment><in>{}</in><out>{end}</out></marker>\n",
            comment.number,
            escaped(&label(comment).replace(char::is_control, "")),
            frame(from),
        ));
    }
    out.push_str("</sequence>\n</xmeml>\n");
    out
}

/// Reads the markers of sequences and clips, at the last frame rate in the file.
pub fn read(text: &str, reader: &mut Reader<'_>) -> Vec<Draft> {
    let mut xml = quick_xml::Reader::from_str(text);
    let mut place: Vec<String> = Vec::new();
    let (mut found, mut fields) = (Vec::new(), HashMap::new());
    let (mut count, mut slow, mut drop) = (None, false, false);
    loop {
        match xml.read_event() {
            Ok(Event::Start(start)) => {
                place.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                if place.last().is_some_and(|name| name == "marker") {
                    fields.clear();
                }
            }
            Ok(Event::End(_)) => {
                if place.pop().is_some_and(|name| name == "marker") {
                    found.push(std::mem::take(&mut fields));
                }
            }
            Ok(Event::Text(text)) => {
                let words = text.xml10_content().unwrap_or_default().into_owned();
                put(&place, &words, &mut fields);
                match place.last().map(String::as_str) {
                    Some("timebase") => count = words.trim().parse().ok().or(count),
                    Some("ntsc") => slow = words.trim().eq_ignore_ascii_case("true"),
                    Some("displayformat") => drop = words.trim() == "DF",
                    _ => {}
                }
            }
            Ok(Event::GeneralRef(sign)) => {
                let name = sign.decode().unwrap_or_default();
                let words = match sign.resolve_char_ref() {
                    Ok(Some(sign)) => sign.to_string(),
                    _ => quick_xml::escape::resolve_predefined_entity(&name).unwrap_or("").into(),
                };
                put(&place, &words, &mut fields);
            }
            // Keep the markers before a syntax error.
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    if let Some(count) = count.filter(|count| (1..=240).contains(count)) {
        reader.told(FrameRate { count, slow, drop: drop && count == 30 });
    }
    let draft = |fields: HashMap<String, String>| {
        let field = |name: &str| fields.get(name).map_or("", |text| text.trim());
        let time = |name: &str| field(name).parse().ok().map(|frames| reader.frames(frames));
        let words = [field("comment"), field("name")].into_iter().find(|text| !text.is_empty());
        let (author, text) = unlabelled(words.unwrap_or(""));
        let start = time("in");
        let end = time("out").filter(|end| start.is_some_and(|start| *end > start));
        Draft { author, start, end, text, ..Draft::default() }
    };
    found.into_iter().map(draft).collect()
}

/// Appends text to a field of the current marker.
fn put(place: &[String], words: &str, fields: &mut HashMap<String, String>) {
    if let [.., marker, name] = place
        && marker == "marker"
    {
        fields.entry(name.clone()).or_default().push_str(words);
    }
}
