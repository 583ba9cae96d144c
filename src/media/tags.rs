//! Metadata of a written file ([`Tags`]), in the form that each format needs: LIST INFO, iXML,
//! aXML, ID3 and cue points in WAV, comments and chapters in FLAC, text chunks, ID3 and
//! markers in AIFF. The render fills [`Tags`]; the file writers store them.

use crate::media::chunks::{Chunk, append_little};
use crate::units::{Frames, SampleRate};
use std::fmt::Write;

/// Facts about a recording. Empty fields are not written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    pub title: String,
    pub artist: String,
    /// Name of the version, such as `Radio edit`.
    pub version: String,
    /// International Standard Recording Code, twelve characters.
    pub isrc: String,
    /// `yyyy-mm-dd`.
    pub date: String,
    pub comment: String,
    /// Beats per minute.
    pub tempo: Option<f64>,
    pub key: String,
    /// Named positions in the file, in order.
    pub markers: Vec<Marker>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    pub at: Frames,
    pub name: String,
}

const SOFTWARE: &str = concat!("Stemwright ", env!("CARGO_PKG_VERSION"));

fn terminated(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| *byte != 0).chain([0]).collect()
}

/// Escapes text for a place between two tags of XML or HTML, or in a quoted attribute. Control
/// characters other than newline and tab are dropped.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A key in the short form of tags, three letters at most: `Am`, `Ebm`, `F#`. Empty if `key` names
/// no key.
fn short_key(key: &str) -> String {
    let mut letters = key.trim().chars();
    let Some(tonic @ 'A'..='G') = letters.next().map(|c| c.to_ascii_uppercase()) else {
        return String::new();
    };
    let rest = letters.as_str();
    let (sign, mode) = match rest.chars().next() {
        Some('#' | '\u{266f}') => ("#", rest.chars().skip(1).collect()),
        Some('b' | '\u{266d}') => ("b", rest.chars().skip(1).collect()),
        _ => ("", rest.to_string()),
    };
    match mode.trim().to_lowercase().as_str() {
        "minor" | "min" | "m" | "moll" => format!("{tonic}{sign}m"),
        "" | "major" | "maj" | "dur" => format!("{tonic}{sign}"),
        _ => String::new(),
    }
}

impl Tags {
    /// The title, with the version in brackets if there is one: `Blue Sky (Radio edit)`.
    pub fn full_title(&self) -> String {
        match self.version.as_str() {
            "" => self.title.clone(),
            version => format!("{} ({version})", self.title),
        }
    }

    /// Metadata chunks of a WAV file at `rate`, each of even length.
    pub fn wav(&self, rate: SampleRate) -> Vec<Chunk> {
        let mut chunks = vec![(*b"LIST", self.info()), (*b"iXML", self.ixml(rate).into_bytes())];
        if !self.isrc.is_empty() {
            chunks.push((*b"axml", self.axml().into_bytes()));
        }
        chunks.push((*b"id3 ", self.id3()));
        if !self.markers.is_empty() {
            let (cue, labels) = self.cue();
            chunks.extend([(*b"cue ", cue), (*b"LIST", labels)]);
        }
        // A body of even length needs no pad byte, which some programs do not expect.
        for (name, body) in &mut chunks {
            let markup = [*b"iXML", *b"axml"].contains(name);
            let fill = if markup { b' ' } else { 0 };
            body.extend(std::iter::repeat_n(fill, body.len() % 2));
        }
        chunks
    }

    /// Body of `LIST INFO` (Multimedia Programming Interface and Data Specifications 1.0, 1991,
    /// chapter 2).
    fn info(&self) -> Vec<u8> {
        let mut out = Vec::from(*b"INFO");
        let all = [
            (b"INAM", self.full_title()),
            (b"IART", self.artist.clone()),
            (b"ICRD", self.date.clone()),
            (b"ICMT", self.comment.clone()),
            (b"ISFT", SOFTWARE.to_string()),
        ];
        for (name, text) in all {
            if !text.is_empty() {
                append_little(&mut out, name, &terminated(&text));
            }
        }
        out
    }

    /// The iXML chunk (iXML 2.10, gallery.co.uk/ixml).
    fn ixml(&self, rate: SampleRate) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML>\n");
        let mut tag = |name: &str, text: &str| {
            if !text.is_empty() {
                // Writing to a string cannot fail.
                let _ = writeln!(out, "<{name}>{}</{name}>", escaped(text));
            }
        };
        tag("IXML_VERSION", "2.10");
        tag("PROJECT", &self.title);
        tag("SCENE", &self.version);
        tag("NOTE", &self.comment);
        tag("USER", &self.user());
        let _ = writeln!(
            out,
            "<SPEED><FILE_SAMPLE_RATE>{0}</FILE_SAMPLE_RATE>\
             <DIGITIZER_SAMPLE_RATE>{0}</DIGITIZER_SAMPLE_RATE></SPEED>",
            rate.0
        );
        out.push_str("<TRACK_LIST><TRACK_COUNT>2</TRACK_COUNT>\n");
        for (n, name) in [(1, "L"), (2, "R")] {
            let _ = writeln!(
                out,
                "<TRACK><CHANNEL_INDEX>{n}</CHANNEL_INDEX><INTERLEAVE_INDEX>{n}\
                 </INTERLEAVE_INDEX><NAME>{name}</NAME></TRACK>"
            );
        }
        out.push_str("</TRACK_LIST>\n</BWFXML>\n");
        out
    }

    /// Artist, ISRC, tempo and key in one line, for the `USER` field.
    fn user(&self) -> String {
        let tempo = self.tempo.map_or(String::new(), |tempo| format!("{tempo:.2} BPM"));
        let isrc = match self.isrc.as_str() {
            "" => String::new(),
            isrc => format!("ISRC {isrc}"),
        };
        let all = [self.artist.clone(), isrc, tempo, self.key.clone()];
        let known: Vec<String> = all.into_iter().filter(|text| !text.is_empty()).collect();
        known.join(", ")
    }

    /// The aXML chunk, which holds the ISRC of a broadcast WAV (EBU Tech 3352).
    fn axml(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ebucore:ebuCoreMain xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:ebucore=\"urn:ebu:metadata-schema:ebuCore\">\n\
             <ebucore:coreMetadata>\n\
             <ebucore:identifier typeLabel=\"GUID\" typeDefinition=\"Globally Unique Identifier\" \
             formatLabel=\"ISRC\" formatDefinition=\"International Standard Recording Code\" \
             formatLink=\"http://www.ebu.ch/metadata/cs/web/ebu_IdentifierTypeCodeCS_p.xml.htm#3.7\">\n\
             <dc:identifier>ISRC:{}</dc:identifier>\n\
             </ebucore:identifier>\n</ebucore:coreMetadata>\n</ebucore:ebuCoreMain>\n",
            escaped(&self.isrc)
        )
    }

    /// An ID3v2.3 tag (id3.org, 1999) with texts in UTF-16.
    pub fn id3(&self) -> Vec<u8> {
        let tempo = self.tempo.map_or(String::new(), |tempo| format!("{tempo:.0}"));
        let year: String = self.date.chars().take(4).collect();
        let key = short_key(&self.key);
        let all: [(&[u8; 4], &str); 8] = [
            (b"TIT2", &self.title),
            (b"TIT3", &self.version),
            (b"TPE1", &self.artist),
            (b"TSRC", &self.isrc),
            (b"TYER", &year),
            (b"TBPM", &tempo),
            (b"TKEY", &key),
            (b"TSSE", SOFTWARE),
        ];
        let mut frames = Vec::new();
        for (name, text) in all.into_iter().filter(|(_, text)| !text.is_empty()) {
            let mut body = vec![1, 0xFF, 0xFE];
            body.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            frames.extend(name);
            frames.extend((body.len() as u32).to_be_bytes());
            frames.extend([0, 0]);
            frames.extend(body);
        }
        let mut out = Vec::from(*b"ID3\x03\x00\x00");
        // The size is stored with seven bits per byte.
        let size = frames.len() as u32;
        out.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8));
        out.extend(frames);
        out
    }

    /// Bodies of the `cue ` chunk and of the `LIST` chunk with the names of the markers.
    fn cue(&self) -> (Vec<u8>, Vec<u8>) {
        let mut cue = Vec::from((self.markers.len() as u32).to_le_bytes());
        let mut labels = Vec::from(*b"adtl");
        for (number, marker) in (1u32..).zip(&self.markers) {
            let at = u32::try_from(marker.at.0).unwrap_or(u32::MAX);
            cue.extend(number.to_le_bytes());
            cue.extend(at.to_le_bytes());
            cue.extend(b"data");
            cue.extend([0; 8]);
            cue.extend(at.to_le_bytes());
            let mut label = Vec::from(number.to_le_bytes());
            label.extend(terminated(&marker.name));
            append_little(&mut labels, b"labl", &label);
        }
        (cue, labels)
    }

    /// Vorbis comments, with the markers as chapters (wiki.xiph.org/Chapter_Extension).
    pub fn comments(&self, rate: SampleRate) -> Vec<String> {
        let tempo = self.tempo.map_or(String::new(), |tempo| format!("{tempo:.2}"));
        let key = short_key(&self.key);
        let all = [
            ("TITLE", self.title.as_str()),
            ("VERSION", &self.version),
            ("ARTIST", &self.artist),
            ("ISRC", &self.isrc),
            ("DATE", &self.date),
            ("COMMENT", &self.comment),
            ("BPM", &tempo),
            ("INITIALKEY", &key),
            ("ENCODER", SOFTWARE),
        ];
        let known = all.into_iter().filter(|(_, text)| !text.is_empty());
        let mut out: Vec<String> = known.map(|(name, text)| format!("{name}={text}")).collect();
        for (n, marker) in self.markers.iter().enumerate() {
            out.push(format!("CHAPTER{n:03}={}", marker.at.seconds(rate).stamp('.')));
            out.push(format!("CHAPTER{n:03}NAME={}", marker.name));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_in_three_letters() {
        for (key, short) in [
            ("A minor", "Am"),
            ("E\u{266d} major", "Eb"),
            ("f\u{266f} moll", "F#m"),
            ("Bbm", "Bbm"),
            ("C", "C"),
            ("modal", ""),
            ("A and B", ""),
            ("", ""),
        ] {
            assert_eq!(short_key(key), short, "{key}");
        }
    }

    #[test]
    fn chunks_are_of_even_length() {
        let markers = vec![Marker { at: Frames(7), name: "Verse".into() }];
        for title in ["a", "ab", "abc"] {
            let tags = Tags {
                title: title.into(),
                isrc: "USS1Z9900001".into(),
                markers: markers.clone(),
                ..Tags::default()
            };
            for (name, body) in tags.wav(SampleRate(48_000)) {
                assert_eq!(body.len() % 2, 0, "{name:?}");
            }
        }
    }
}
