//! The table of texts. Code names a text by its id, `say!("mix-fix-all")`, and what the id says
//! stands in one file for each language, in Fluent's format (<https://projectfluent.org>).
//!
//! English, `assets/texts/en.ftl`, is built in and complete, kept so by `tests/texts.rs`. A
//! translation is such a file by the name of its language, as `de.ftl`; what it leaves out is said
//! in English. Numbers arrive as text where they have decimals, and as numbers where a plural
//! depends on them.

mod longer;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use parking_lot::RwLock;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// Largest file of texts that is read, in bytes.
const LARGEST: u64 = 4_000_000;

const ENGLISH: &str = include_str!("../../assets/texts/en.ftl");

/// A text of the table: `say!("stems-fix-all")` is a `&'static str`,
/// `say!("stems-found", count = 3, stem = &name)` a `String`.
macro_rules! say {
    ($id:literal) => { $crate::texts::plain($id) };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::filled($id, [$((stringify!($name), $crate::texts::Value::from($value))),+])
    };
}
pub(crate) use say;

/// What is put into a text: a whole number or a text.
pub type Value<'a> = FluentValue<'a>;

/// Why a file of texts was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    #[error("{path} could not be read: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is not named after a language, as de.ftl or pt-BR.ftl")]
    Name { path: PathBuf },
    #[error("{path} is not a file of texts: {reason}; fix it, or choose another language")]
    Malformed { path: PathBuf, reason: String },
}

/// The texts of one language. Loaded once for each file and kept for the life of the program, so
/// that texts without values are borrowed from it while a window is drawn.
pub struct Texts {
    language: String,
    bundle: FluentBundle<FluentResource>,
    /// Texts into which nothing is put, ready to be shown.
    plain: HashMap<String, String>,
}

static CHOSEN: RwLock<Option<&'static Texts>> = RwLock::new(None);

thread_local! {
    static HERE: Cell<Option<&'static Texts>> = const { Cell::new(None) };
}

impl Texts {
    /// English, as it is built in.
    pub fn english() -> &'static Self {
        static TEXTS: OnceLock<&'static Texts> = OnceLock::new();
        TEXTS.get_or_init(|| Self::kept("en", LanguageIdentifier::default(), ENGLISH, None).0)
    }

    /// English made 40 % longer, word by word. It shows which texts have too little room.
    pub fn longer() -> &'static Self {
        static TEXTS: OnceLock<&'static Texts> = OnceLock::new();
        TEXTS.get_or_init(|| {
            let (language, longer) = (LanguageIdentifier::default(), longer::longer);
            Self::kept("longer", language, ENGLISH, Some(longer)).0
        })
    }

    /// Reads a translation, a file by the name of its language.
    pub fn read(path: &Path) -> Result<&'static Self, TextsError> {
        let unreadable = |source| TextsError::Unreadable { path: path.into(), source };
        let length = std::fs::metadata(path).map_err(unreadable)?.len();
        if length > LARGEST {
            let reason = format!("it has {length} bytes");
            return Err(TextsError::Malformed { path: path.into(), reason });
        }
        let source = std::fs::read_to_string(path).map_err(unreadable)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let language: LanguageIdentifier =
            name.parse().map_err(|_| TextsError::Name { path: path.into() })?;
        match Self::kept(&name, language, &source, None) {
            (texts, None) => Ok(texts),
            (_, Some(reason)) => Err(TextsError::Malformed { path: path.into(), reason }),
        }
    }

    /// The code of the language: `en`, `de`, `pt-BR`.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What the language is called in itself; its code if the file does not say it.
    pub fn name(&self) -> &str {
        self.plain.get("language-name").unwrap_or(&self.language)
    }

    /// Reads the translations in a folder, and says which files are none. English is built in: a
    /// file `en.ftl` is what translators copy, and is passed over.
    pub fn in_folder(folder: &Path) -> (Vec<&'static Self>, Vec<TextsError>) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| {
            path.extension().is_some_and(|end| end == "ftl")
                && path.file_stem().is_some_and(|name| name != "en")
        });
        paths.sort();
        let (mut languages, mut errors) = (Vec::new(), Vec::new());
        for path in paths {
            match Self::read(&path) {
                Ok(texts) => languages.push(texts),
                Err(error) => errors.push(error),
            }
        }
        (languages, errors)
    }

    /// Writes the English texts into a folder, for translators to copy.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write_english(folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("en.ftl"), ENGLISH)
    }

    /// The texts of a source, and what is wrong with it.
    fn kept(
        name: &str,
        language: LanguageIdentifier,
        source: &str,
        change: Option<fn(&str) -> Cow<'_, str>>,
    ) -> (&'static Self, Option<String>) {
        let (resource, mut wrong) = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => (resource, None),
            Err((resource, errors)) => (resource, errors.first().map(ToString::to_string)),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // No marks of direction around what is put in: the window draws from left to right.
        bundle.set_use_isolating(false);
        bundle.set_transform(change);
        if let Err(errors) = bundle.add_resource(resource) {
            wrong = wrong.or(errors.first().map(ToString::to_string));
        }
        let mut texts = Self { language: name.to_owned(), bundle, plain: HashMap::new() };
        for id in ids(source) {
            if let (Some(text), true) = texts.format(id, None) {
                texts.plain.insert(id.to_owned(), text);
            }
        }
        (Box::leak(Box::new(texts)), wrong)
    }

    /// A text with values put in, and whether it had all that it needs.
    fn format(&self, id: &str, values: Option<&FluentArgs<'_>>) -> (Option<String>, bool) {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return (None, false);
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, values, &mut errors).into_owned();
        (Some(text), errors.is_empty())
    }
}

/// The ids of a source: what begins a line, up to the sign of equality.
fn ids(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_alphabetic()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim_end()))
}

/// Chooses the language of the program.
pub fn choose(texts: &'static Texts) {
    if CHOSEN.read().is_none_or(|known| !std::ptr::eq(known, texts)) {
        *CHOSEN.write() = Some(texts);
    }
}

/// Chooses the language of this thread alone, for tests that look at another language.
pub fn choose_here(texts: &'static Texts) {
    HERE.set(Some(texts));
}

/// Runs `work` with English texts, for what is kept in files that others read.
pub fn in_english<T>(work: impl FnOnce() -> T) -> T {
    let before = HERE.replace(Some(Texts::english()));
    let made = work();
    HERE.set(before);
    made
}

fn current() -> &'static Texts {
    HERE.get().or_else(|| *CHOSEN.read()).unwrap_or_else(Texts::english)
}

/// The text of an id that takes no values. An id that no table has is shown itself.
pub fn plain(id: &'static str) -> &'static str {
    let found = current().plain.get(id).or_else(|| Texts::english().plain.get(id));
    debug_assert!(found.is_some(), "no text {id}");
    found.map_or(id, String::as_str)
}

/// The text of an id with values.
pub fn filled<const N: usize>(id: &'static str, values: [(&'static str, Value<'_>); N]) -> String {
    let values: FluentArgs<'_> = values.into_iter().collect();
    let texts = current();
    if let (Some(text), true) = texts.format(id, Some(&values)) {
        return text;
    }
    let (text, whole) = Texts::english().format(id, Some(&values));
    debug_assert!(whole, "the text {id} has other values than {values:?}");
    text.unwrap_or_else(|| id.to_owned())
}

/// A word that a lower room says in English, such as the name of a parameter, in the chosen
/// language: the text by the id `kind-word`, in small letters with hyphens. What the table does
/// not have stays as it is: a stem's own name is nobody's to translate.
pub fn word<'a>(kind: &str, english: &'a str) -> &'a str {
    let texts = current();
    if std::ptr::eq(texts, Texts::english()) {
        return english;
    }
    texts.plain.get(&word_id(kind, english)).map_or(english, String::as_str)
}

/// The English text of an id, if it takes no values. For tests of whole lists of words.
#[cfg(test)]
pub fn english_of(id: &str) -> Option<&'static str> {
    Texts::english().plain.get(id).map(String::as_str)
}

/// The id under which [`word`] looks a word up.
pub fn word_id(kind: &str, english: &str) -> String {
    let mut id = kind.to_owned();
    for part in english.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        if !part.is_empty() {
            id.push('-');
            id.push_str(&part.to_ascii_lowercase());
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_english_unless_another_language_has_it() {
        assert_eq!(say!("common-cancel"), "Cancel");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("de.ftl");
        std::fs::write(&path, "common-cancel = Abbrechen\n").unwrap();
        choose_here(Texts::read(&path).unwrap());
        assert_eq!(say!("common-cancel"), "Abbrechen");
        assert_eq!(say!("common-save"), "Save", "what a translation leaves out is said in English");
    }

    #[test]
    fn a_plural_is_chosen_by_the_rules_of_the_language() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pl.ftl");
        let source = "texts-try = { $count ->\n    [one] {$count} plik\n    [few] {$count} pliki\n   *[other] {$count} plików\n }\n";
        std::fs::write(&path, source).unwrap();
        let texts = Texts::read(&path).unwrap();
        let said = |count: u64| {
            let values = [("count", Value::from(count))].into_iter().collect();
            texts.format("texts-try", Some(&values))
        };
        assert_eq!(said(1), (Some("1 plik".into()), true));
        assert_eq!(said(3), (Some("3 pliki".into()), true));
        assert_eq!(said(5), (Some("5 plików".into()), true));
        let without = texts.format("texts-try", None);
        assert!(!without.1, "a text that lacks its value is not whole: {without:?}");
    }

    #[test]
    fn a_file_that_is_no_file_of_texts_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |name: &str, source: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, source).unwrap();
            Texts::read(&path).err().map(|error| error.to_string())
        };
        assert!(refused("de.ftl", "common-save = Sichern\n").is_none());
        assert!(refused("fr.ftl", "common-save = {\n").unwrap().contains("fr.ftl"));
        assert!(refused("my texts.ftl", "").unwrap().contains("named after a language"));
        assert!(Texts::read(&folder.path().join("it.ftl")).is_err());
    }

    #[test]
    fn the_longer_language_is_40_percent_longer() {
        choose_here(Texts::longer());
        assert_eq!(say!("common-cancel"), "Cannceel");
        let letters = |text: &str| text.chars().filter(|one| one.is_alphabetic()).count() as f64;
        for text in ["Close the session", "Loudness and limiting over the song"] {
            let ratio = letters(&longer::longer(text)) / letters(text);
            assert!((1.33..=1.41).contains(&ratio), "{ratio}");
        }
    }

    #[test]
    fn a_word_of_a_lower_room_has_an_id_of_small_letters() {
        assert_eq!(word_id("action", "Save as\u{2026}"), "action-save-as");
        assert_eq!(word("role", "No such role"), "No such role");
    }
}
