//! Names of delivered files: `{project}_{version}_{master}_v{rev}`.

use crate::session::Session;

pub const DEFAULT_PATTERN: &str = "{project}_{version}_{master}_v{rev}";

/// The words of a name run together, each with a capital, and only letters, digits, dots and
/// dashes in it: a delivery standard allows no spaces and no special characters.
pub fn compact(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
            out.push_str(letters.as_str());
        }
    }
    let trimmed = out.trim_matches('.').to_string();
    if trimmed.is_empty() { "Untitled".into() } else { trimmed }
}

/// The file name of a version in a master, without its extension.
pub fn file_name(session: &Session, version: &str, master: &str) -> String {
    let filled = session
        .delivery
        .pattern
        .replace("{project}", &compact(&session.song.title))
        .replace("{version}", &compact(version))
        .replace("{master}", &compact(master))
        .replace("{rev}", &compact(&session.delivery.revision));
    // Whatever a person typed, it stays one name in one folder.
    filled
        .chars()
        .map(|c| {
            if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '-' } else { c }
        })
        .collect()
}

/// A revision and the small ones after it: 1, 1.1, 1.2 …
pub fn revisions(first: &str) -> impl Iterator<Item = String> + use<> {
    let (major, minor) = match first.split_once('.') {
        Some((major, minor)) => (major.to_string(), minor.parse().unwrap_or(0u32)),
        None => (first.to_string(), 0),
    };
    let later = (minor.saturating_add(1)..).map(move |minor| format!("{major}.{minor}"));
    std::iter::once(first.to_string()).chain(later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SampleRate;

    #[test]
    fn names_have_no_spaces_and_stay_in_their_folder() {
        let mut session = Session::new("Blue Sky", SampleRate(48_000));
        session.delivery.revision = "1.2".into();
        assert_eq!(file_name(&session, "Radio edit", "CD"), "BlueSky_RadioEdit_CD_v1.2");
        session.delivery.pattern = "../{project}/x".into();
        assert_eq!(file_name(&session, "", ""), "..-BlueSky-x");
        assert_eq!(compact("  "), "Untitled");
    }
}
