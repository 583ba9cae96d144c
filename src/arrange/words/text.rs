//! Decodes text files of unknown encoding, for lyrics and comments.

/// Decodes UTF-8 and UTF-16 with or without byte order mark, otherwise Latin-1.
pub fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], big: bool| {
        let units = bytes.chunks_exact(2).map(|pair| match (pair, big) {
            ([a, b], true) => u16::from_be_bytes([*a, *b]),
            ([a, b], false) => u16::from_le_bytes([*a, *b]),
            _ => 0,
        });
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => wide(rest, false),
        [0xFE, 0xFF, rest @ ..] => wide(rest, true),
        // In UTF-16 every second byte of plain text is 0.
        [0, b, 0, d, ..] if *b != 0 && *d != 0 => wide(bytes, true),
        [a, 0, c, 0, ..] if *a != 0 && *c != 0 => wide(bytes, false),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}
