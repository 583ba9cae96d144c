//! Ids read from documents. Ids become parts of file names, so they are reduced to ASCII letters,
//! digits, dashes and underscores, which cannot form a path.

use crate::session::naming::safe;
use serde::{Deserialize, Deserializer, Serialize};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

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

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $id(String);

        impl $id {
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the id is not given yet.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<&str> for $id {
            fn from(text: &str) -> Self {
                Self(plain(text))
            }
        }

        impl AsRef<str> for $id {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $id {
            type Err = Infallible;

            /// What a person typed, to be looked up and named in messages; it is not made safe.
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self(text.trim().to_string()))
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }

        impl PartialEq<str> for $id {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $id {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Ok(String::deserialize(from)?.as_str().into())
            }
        }
    )*};
}

ids! {
    /// Names a version within a session, in lists and in file names: `full`, `radio` …
    VersionId;
    /// Names a master within a session, in lists and in file names: `streaming`, `cd` …
    MasterId;
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
