//! The made-up language that is 40 % longer than English.

use std::borrow::Cow;

/// A text with two more letters for every five, spread over its words.
pub fn longer(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    let mut owed = 0.0;
    for letter in text.chars() {
        out.push(letter);
        if letter.is_alphabetic() {
            owed += 0.4;
            if owed >= 1.0 {
                out.push(letter.to_ascii_lowercase());
                owed -= 1.0;
            }
        }
    }
    Cow::Owned(out)
}
