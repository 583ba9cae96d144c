//! Ids read from documents. Ids become parts of file names, so they are reduced to ASCII letters,
//! digits, dashes and underscores, which cannot form a path.

use crate::session::naming::safe;
use serde::{Deserialize, Deserializer};

/// Maximum length of an id, in bytes.
const LONGEST: usize = 64;

/// A safe form of an id. A valid id stays as it is. Equal texts give equal results, so references
/// to an id still match.
pub fn plain(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    // An empty id is not given yet.
    if text.is_empty() || (text.len() <= LONGEST && text.chars().all(fits) && safe(text) == text) {
        return text.to_string();
    }
    let kept: String = text.chars().map(|c| if fits(c) { c } else { '-' }).take(32).collect();
    let hash = blake3::hash(text.as_bytes()).to_hex();
    format!("{}-{}", kept.trim_matches('-'), hash.get(..8).unwrap_or("0"))
        .trim_start_matches('-')
        .to_string()
}

/// Serde deserialiser for one id.
pub fn one<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(plain(&String::deserialize(from)?))
}

/// Serde deserialiser for a list of ids.
pub fn several<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<String>::deserialize(from)?.iter().map(|id| plain(id)).collect())
}

/// Serde deserialiser for pairs of ids.
pub fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    let pairs = Vec::<(String, String)>::deserialize(from)?;
    Ok(pairs.iter().map(|(a, b)| (plain(a), plain(b))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn usual_ids_stay_and_others_become_harmless() {
        for id in ["", "full", "cutdown60", "my_own-2", "stem12"] {
            assert_eq!(plain(id), id);
        }
        for id in ["../../x/precious", "/etc/passwd", "a/b", "..", "con", "Ü", "a\0b", "C:\\x"] {
            let new = plain(id);
            assert_ne!(new, id);
            assert_eq!(plain(&new), new, "{id}");
        }
        assert_ne!(plain("a/b"), plain("a.b"));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_one_name(text in ".{0,200}") {
            let id = plain(&text);
            prop_assert!(id.len() <= LONGEST && id.is_empty() == text.is_empty());
            prop_assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            prop_assert_eq!(plain(&id), id);
        }
    }
}
