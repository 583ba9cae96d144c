//! Names of delivered files, from patterns such as `{project}_{version}_{master}_v{rev}`.
//! Also the safe forms of names typed by people: [`compact`] for parts of a name, [`safe`] for
//! whole file names.

use crate::dates::today;
use crate::session::Session;
use crate::session::delivery::ExportedStem;
use crate::session::master::Master;
use crate::session::version::Version;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub const DEFAULT_PATTERN: &str = "{project}_{version}_{master}_v{rev}";
pub const STEM_PATTERN: &str = "{number}_{stem}";

/// Placeholders in the file names of masters, with a description of each.
pub const TOKENS: [(&str, &str); 11] = [
    ("{project}", "title of the song"),
    ("{artist}", "artist"),
    ("{version}", "version"),
    ("{master}", "master"),
    ("{rev}", "revision"),
    ("{date}", "today"),
    ("{rate}", "sample rate in kHz"),
    ("{bits}", "bits"),
    ("{bpm}", "tempo"),
    ("{key}", "key"),
    ("{isrc}", "ISRC"),
];

/// Placeholders in the file names of stems, with a description of each.
pub const STEM_TOKENS: [(&str, &str); 4] = [
    ("{number}", "place in the mix, 01 …"),
    ("{stem}", "name of the stem"),
    ("{role}", "its role"),
    ("{project}", "title of the song"),
];

/// Maximum length of one part of a name, in bytes.
const LONGEST_PART: usize = 96;
/// Maximum length of a name without extension, in bytes. File systems allow 255 in all; the rest
/// leaves room for a number and the extension.
const LONGEST: usize = 200;

/// Unicode normalisation form C (Unicode Annex 15): letters and accents composed. Some systems
/// store file names decomposed.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Form for comparing names: composed and in lower case.
pub fn plain(name: &str) -> String {
    composed(name).to_lowercase()
}

/// Joins the words of a name, each with a capital letter. Keeps only letters, digits, dots, dashes
/// and combining marks, because a delivery standard allows no spaces or special characters. An
/// empty result becomes `Untitled`.
pub fn compact(name: &str) -> String {
    let mut out = String::new();
    let kept = |c: char| c.is_alphanumeric() || c == '.' || c == '-' || is_combining_mark(c);
    for word in composed(name).split(|c: char| !kept(c)) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
            out.push_str(letters.as_str());
        }
    }
    while out.len() > LONGEST_PART {
        out.pop();
    }
    let trimmed = out.trim_matches('.').to_string();
    if trimmed.is_empty() { "Untitled".into() } else { trimmed }
}

/// [`compact`], but empty text stays empty.
fn short(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { compact(text) }
}

/// Stem name by the delivery standard: `03_LeadVocals`.
pub fn standard(number: usize, name: &str) -> String {
    format!("{number:02}_{}", compact(name))
}

/// A valid file name on every file system: replaces characters that Windows forbids and control
/// characters, trims dots and spaces, avoids device names such as `CON`, and limits the length. An
/// empty result becomes `Untitled`.
pub fn safe(name: &str) -> String {
    let forbidden = |c: char| r#"/\:*?"<>|"#.contains(c) || c.is_control();
    let name: String = composed(name).chars().map(|c| if forbidden(c) { '-' } else { c }).collect();
    let mut name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    while name.len() > LONGEST {
        let mut letters = name.chars();
        letters.next_back();
        name = letters.as_str();
    }
    let stem = name.split('.').next().unwrap_or("").trim_end().to_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|n| matches!(n.as_bytes(), [b'1'..=b'9']))
    };
    let device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
        || ["COM", "LPT"].into_iter().any(numbered);
    match name {
        "" => "Untitled".into(),
        name if device => format!("_{name}"),
        name => name.into(),
    }
}

/// Fills in the placeholders of a pattern; unknown placeholders stay as typed. Empty values leave
/// no double separators behind.
fn filled(pattern: &str, values: &[(&str, String)]) -> String {
    let mut name = pattern.to_string();
    for (token, value) in values {
        name = name.replace(token, value);
    }
    if values.iter().any(|(token, value)| value.is_empty() && pattern.contains(token)) {
        for separator in ['_', '-', ' '] {
            let double = separator.to_string().repeat(2);
            while name.contains(&double) {
                name = name.replace(&double, &separator.to_string());
            }
        }
        name = name.trim_matches(['_', '-', ' ']).into();
    }
    safe(&name)
}

/// File name of a version and master in a revision, without extension.
fn file_name(session: &Session, version: &Version, master: &Master, revision: &str) -> String {
    let song = &session.song;
    let rate = f64::from(master.file_rate(session.sample_rate).0) / 1000.0;
    let values = [
        ("{project}", compact(&song.title)),
        ("{artist}", short(&song.artist)),
        ("{version}", compact(&version.name)),
        ("{master}", compact(&master.name)),
        ("{rev}", compact(revision)),
        ("{date}", today()),
        ("{rate}", format!("{rate}k")),
        ("{bits}", master.file_depth().bits().to_string()),
        ("{bpm}", song.tempo.map_or(String::new(), |tempo| format!("{tempo:.0}"))),
        ("{key}", short(song.key.as_deref().unwrap_or(""))),
        ("{isrc}", short(&version.isrc)),
    ];
    filled(&session.delivery.pattern, &values)
}

/// File name of a version and master, with extension, in the session's revision.
pub fn full_name(session: &Session, version: &Version, master: &Master) -> String {
    name_in(session, version, master, &session.delivery.revision)
}

/// [`full_name`] in another revision.
pub fn name_in(session: &Session, version: &Version, master: &Master, revision: &str) -> String {
    format!("{}.{}", file_name(session, version, master, revision), master.format.extension())
}

/// File name of an exported stem, without extension. `place` counts from 0.
pub fn stem_name(session: &Session, place: usize, stem: &ExportedStem) -> String {
    stem_name_by(&session.delivery.stems.pattern, session, place, stem)
}

/// [`stem_name`] with another pattern than the session's.
pub fn stem_name_by(pattern: &str, session: &Session, place: usize, stem: &ExportedStem) -> String {
    let values = [
        ("{number}", format!("{:02}", place + 1)),
        ("{stem}", compact(&stem.name)),
        ("{role}", compact(stem.role.name())),
        ("{project}", compact(&session.song.title)),
    ];
    filled(pattern, &values)
}

/// A name and its alternatives if it is taken: `Song`, `Song-2` … up to `Song-999`.
pub fn numbered(name: &str) -> impl Iterator<Item = String> + use<> {
    let name = name.to_string();
    std::iter::once(name.clone()).chain((2..1000).map(move |n| format!("{name}-{n}")))
}

/// A revision and the minor revisions after it: 1, 1.1, 1.2 …
pub fn revisions(first: &str) -> impl Iterator<Item = String> + use<> {
    let (major, minor) = match first.split_once('.') {
        Some((major, minor)) => (major.to_string(), minor.parse().unwrap_or(0u32)),
        None => (first.to_string(), 0),
    };
    let later = (minor.saturating_add(1)..).map(move |minor| format!("{major}.{minor}"));
    std::iter::once(first.to_string()).chain(later)
}

/// The twelve characters of an ISRC without separators (ISO 3901): two letters for the country,
/// three letters or digits for the registrant, two digits for the year, five more digits. `None` if
/// the text is no ISRC.
pub fn isrc(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '.')).collect();
    let code = code.to_uppercase();
    let code = code.strip_prefix("ISRC").unwrap_or(&code);
    let fits = |(place, byte): (usize, u8)| match place {
        0..2 => byte.is_ascii_uppercase(),
        2..5 => byte.is_ascii_alphanumeric(),
        _ => byte.is_ascii_digit(),
    };
    (code.len() == 12 && code.bytes().enumerate().all(fits)).then(|| code.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::master;
    use crate::session::version::Selection;
    use crate::units::SampleRate;
    use proptest::prelude::*;

    fn name(session: &Session, version: &str) -> String {
        let version = Version::new("v", version, Selection::All);
        let cd = master::usual().remove(1);
        file_name(session, &version, &cd, &session.delivery.revision)
    }

    #[test]
    fn names_have_no_spaces_and_stay_in_their_folder() {
        let mut session = Session::new("Blue Sky", SampleRate(48_000));
        session.delivery.revision = "1.2".into();
        assert_eq!(name(&session, "Radio edit"), "BlueSky_RadioEdit_CD_v1.2");
        session.delivery.pattern = "../{project}/x".into();
        assert_eq!(name(&session, ""), "-BlueSky-x");
        session.delivery.pattern = "{artist}_{project}_{rate}_{bits}_{bpm}".into();
        assert_eq!(name(&session, ""), "BlueSky_44.1k_16");
        session.song.artist = "The Örs".into();
        session.song.tempo = Some(95.99);
        assert_eq!(name(&session, ""), "TheÖrs_BlueSky_44.1k_16_96");
        assert_eq!(compact("  "), "Untitled");
    }

    #[test]
    fn accents_that_a_mac_keeps_apart_are_put_on_their_letters() {
        for (apart, name) in [
            ("Gesa\u{308}nge", "Ges\u{e4}nge"),
            ("U\u{308}ber Gro\u{308}\u{df}e", "\u{dc}berGr\u{f6}\u{df}e"),
            ("e\u{301}te\u{301} a\u{300} 2", "\u{c9}t\u{e9}\u{c0}2"),
            ("P8c", "P8c"),
        ] {
            assert_eq!(compact(apart), name);
            assert!(!safe(apart).contains(['\u{308}', '\u{301}']));
        }
    }

    #[test]
    fn an_isrc_is_twelve_characters_however_it_is_written() {
        for text in ["US-S1Z-99-00001", "uss1z9900001", "ISRC US S1Z 99 00001"] {
            assert_eq!(isrc(text).as_deref(), Some("USS1Z9900001"), "{text}");
        }
        for text in ["", "US-S1Z-99-0001", "U1-S1Z-99-00001", "US-S1Z-9A-00001", "ÜS-S1Z-99-0000"]
        {
            assert_eq!(isrc(text), None, "{text}");
        }
    }

    #[test]
    fn devices_are_no_names() {
        for (typed, safe_name) in [
            ("con", "_con"),
            ("LPT1.x", "_LPT1.x"),
            ("COM0", "COM0"),
            ("a. ", "a"),
            ("..", "Untitled"),
            ("a\u{0}b\n", "a-b-"),
        ] {
            assert_eq!(safe(typed), safe_name);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_one_name_that_every_system_takes(typed in "\\PC*", title in ".{0,300}") {
            let mut session = Session::new(&title, SampleRate(48_000));
            session.delivery.pattern = typed;
            let name = name(&session, &title);
            prop_assert!(!name.is_empty() && name.len() <= LONGEST + 1);
            let forbidden = |c: char| r#"/\:*?"<>|"#.contains(c) || c.is_control();
            prop_assert!(!name.contains(forbidden), "{}", name);
            prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']));
        }
    }
}
