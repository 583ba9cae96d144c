//! The made-up language that is 40 % longer than English.

use std::borrow::Cow;

/// A text with two more letters for every five, spread over its words.
pub fn longer(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    // In fifths of a letter.
    let mut owed = 0;
    for letter in text.chars() {
        out.push(letter);
        if letter.is_alphabetic() {
            owed += 2;
            if owed >= 5 {
                out.push(letter.to_ascii_lowercase());
                owed -= 5;
            }
        }
    }
    Cow::Owned(out)
}
