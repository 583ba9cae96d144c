//! Finds the program that a WAV or AIFF file comes from ([`software`]). The intake of a folder uses
//! it.

use crate::disk;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Chunks that only Pro Tools writes.
const PRO_TOOLS: [&[u8; 4]; 3] = [b"minf", b"elm1", b"regn"];
/// Libraries and converters. Their names do not tell where the song was made.
const WRITERS: [&str; 5] = ["Lavf", "libsndfile", "SoX", "FFmpeg", "Stemwright"];
/// Most chunks that are looked at. A damaged file may have any number.
const MOST: usize = 1000;

/// The program that a WAV or AIFF file comes from: the originator of its `bext` chunk, the software
/// of its `LIST INFO`, or the program that alone writes one of its chunks. `LIST INFO` is preferred
/// to `bext`. `None` if no program is named, or the file cannot be read.
pub fn software(path: &Path) -> Option<String> {
    let mut file = disk::open(path).ok()?;
    let mut head = [0u8; 12];
    file.read_exact(&mut head).ok()?;
    let wave = matches!(head.get(..4)?, b"RIFF" | b"RF64" | b"BW64");
    if !wave && head.get(..4)? != b"FORM" {
        return None;
    }
    let (mut at, mut found) = (12u64, None);
    for _ in 0..MOST {
        let mut head = [0u8; 8];
        if file.seek(SeekFrom::Start(at)).is_err() || file.read_exact(&mut head).is_err() {
            break;
        }
        let [a, b, c, d, size @ ..] = head;
        let name = [a, b, c, d];
        let size = if wave { u32::from_le_bytes(size) } else { u32::from_be_bytes(size) };
        if PRO_TOOLS.contains(&&name) {
            return Some("Pro Tools".into());
        }
        if matches!(&name, b"bext" | b"LIST") {
            let mut body = Vec::new();
            // Use the readable part of a damaged file.
            let _ = file.by_ref().take(size.min(65_536).into()).read_to_end(&mut body);
            let said = match &name {
                b"bext" => body.get(256..288).map(text),
                _ => info(&body),
            };
            // `LIST INFO` is preferred, because it includes the version.
            let said = said.filter(|said| is_program(said));
            found = if &name == b"LIST" { said.or(found) } else { found.or(said) };
        }
        at += 8 + u64::from(size) + u64::from(size % 2);
    }
    found
}

fn is_program(said: &str) -> bool {
    said.chars().any(char::is_alphabetic) && !WRITERS.iter().any(|name| said.starts_with(name))
}

/// The text up to the first zero byte, without control characters.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or(&[]));
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_string()
}

/// The software entry (`ISFT`) of a `LIST INFO` body.
fn info(body: &[u8]) -> Option<String> {
    let mut rest = body.strip_prefix(b"INFO")?;
    while let [a, b, c, d, e, f, g, h, after @ ..] = rest {
        let size = u32::from_le_bytes([*e, *f, *g, *h]) as usize;
        if [*a, *b, *c, *d] == *b"ISFT" {
            return Some(text(after.get(..size.min(after.len()))?));
        }
        rest = after.get(size.checked_add(size % 2)?..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(chunks: &[(&[u8; 4], &[u8])]) -> tempfile::NamedTempFile {
        let mut bytes = Vec::from(*b"RIFF\0\0\0\0WAVE");
        for (name, body) in chunks {
            bytes.extend(*name);
            bytes.extend((body.len() as u32).to_le_bytes());
            bytes.extend(*body);
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn bext(originator: &str) -> Vec<u8> {
        let mut body = vec![0; 602];
        body[256..256 + originator.len()].copy_from_slice(originator.as_bytes());
        body
    }

    #[test]
    fn a_program_is_known_by_what_it_writes() {
        let list: &[u8] = b"INFOISFT\x0c\0\0\0REAPER v7.20";
        let said = |chunks: &[(&[u8; 4], &[u8])]| software(file(chunks).path());
        assert_eq!(said(&[(b"bext", &bext("REAPER"))]).as_deref(), Some("REAPER"));
        let both = [(b"bext", bext("REAPER")), (b"data", vec![0; 8]), (b"LIST", list.to_vec())];
        let both: Vec<(&[u8; 4], &[u8])> = both.iter().map(|(n, b)| (*n, &b[..])).collect();
        assert_eq!(said(&both).as_deref(), Some("REAPER v7.20"));
        assert_eq!(said(&[(b"minf", &[0; 16])]).as_deref(), Some("Pro Tools"));
        assert_eq!(said(&[(b"LIST", b"INFOISFT\x0e\0\0\0Lavf60.16.100\0")]), None);
        assert_eq!(said(&[(b"data", &[0; 8])]), None);
    }

    proptest! {
        #[test]
        fn junk_tells_nothing_and_brings_nothing_down(junk in prop::collection::vec(any::<u8>(), 0..300)) {
            let file = file(&[(b"LIST", &junk), (b"bext", &junk)]);
            let _ = software(file.path());
            std::fs::write(file.path(), &junk).unwrap();
            prop_assert_eq!(software(file.path()).filter(|_| junk.len() < 12), None);
        }
    }
}
