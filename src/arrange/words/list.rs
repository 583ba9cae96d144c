//! Finds explicit words with a [`WordList`] per language.
//!
//! A list has one entry per line. `word` matches the word with its usual endings, `word*` all words
//! that begin with it, `=word` only the word itself; `!word` is never explicit. Only whole words
//! match: Scunthorpe is not explicit. Substituted letters (`sh1t`, `f*ck`, `a$$`) and drawn-out
//! letters match too.

use crate::session::lyrics::{Lyrics, Verdict, Word};

/// Languages of the built-in lists: short name and full name.
pub const LANGUAGES: [(&str, &str); 4] =
    [("en", "English"), ("de", "German"), ("es", "Spanish"), ("fr", "French")];

const LISTS: [(&str, &str); 4] = [
    ("en", include_str!("../../../assets/words/en.txt")),
    ("de", include_str!("../../../assets/words/de.txt")),
    ("es", include_str!("../../../assets/words/es.txt")),
    ("fr", include_str!("../../../assets/words/fr.txt")),
];

/// Usual endings of words, per language.
const ENDINGS: [(&str, &[&str]); 4] = [
    ("en", &["", "s", "es", "ed", "er", "ers", "in", "ing", "ings", "y", "ier", "iest"]),
    ("de", &["", "e", "en", "er", "es", "em", "s", "n", "t", "te", "ten", "st", "nd", "nde"]),
    ("es", &["", "s", "es", "o", "os", "a", "as", "ito", "ita", "ando", "iendo", "ado", "ada"]),
    ("fr", &["", "s", "e", "es", "er", "ez", "ent", "é", "ée", "és", "ées", "ant"]),
];

enum Rule {
    /// Matches with the usual endings.
    Word(String),
    Begins(String),
    Alone(String),
}

/// A parsed list.
pub struct WordList {
    rules: Vec<Rule>,
    never: Vec<String>,
    endings: &'static [&'static str],
}

impl WordList {
    /// The built-in list of a language; empty for an unknown language.
    pub fn of(language: &str) -> Self {
        let own = |all: &[(&'static str, &'static str)]| {
            all.iter().find(|(known, _)| *known == language).map_or("", |(_, text)| text)
        };
        let endings = ENDINGS.iter().find(|(known, _)| *known == language);
        let endings = endings.map_or(&[""][..], |(_, endings)| endings);
        let mut list = Self { rules: Vec::new(), never: Vec::new(), endings };
        list.add(own(&LISTS).lines());
        list
    }

    /// The list for a song: that of its language, plus the song's own entries and exceptions.
    pub fn for_song(lyrics: &Lyrics) -> Self {
        let mut list = Self::of(&lyrics.language);
        list.add(lyrics.also.iter().map(String::as_str));
        list.never.extend(lyrics.except.iter().map(|word| plain(word)));
        list
    }

    /// Adds entries, one per line; `#` starts a remark. Entries of a single letter are dropped.
    pub fn add<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        for line in lines {
            let word = line.split('#').next().unwrap_or("").trim();
            if let Some(word) = word.strip_prefix('!') {
                self.never.push(plain(word));
            } else if let Some(word) = word.strip_prefix('=') {
                self.rules.push(Rule::Alone(plain(word)));
            } else if let Some(word) = word.strip_suffix('*') {
                self.rules.push(Rule::Begins(plain(word)));
            } else if !word.is_empty() {
                self.rules.push(Rule::Word(plain(word)));
            }
        }
        self.rules.retain(|rule| {
            let (Rule::Word(word) | Rule::Begins(word) | Rule::Alone(word)) = rule;
            word.chars().count() > 1
        });
    }

    /// Whether a word is explicit.
    pub fn holds(&self, word: &str) -> bool {
        // The parts of a hyphenated word are checked too.
        let whole = bare(word);
        let parts = whole.split(['-', '\u{2013}', '/', '_']).filter(|part| !part.is_empty());
        std::iter::once(whole.as_str()).chain(parts).any(|part| self.holds_plain(part))
    }

    fn holds_plain(&self, word: &str) -> bool {
        let forms = readings(word);
        if forms.iter().any(|form| self.never.contains(form)) {
            return false;
        }
        forms.iter().any(|form| self.rules.iter().any(|rule| self.matches(rule, form)))
    }

    fn matches(&self, rule: &Rule, form: &str) -> bool {
        match rule {
            Rule::Alone(word) => fits(form, word),
            Rule::Begins(word) => {
                let count = word.chars().count();
                let start: String = form.chars().take(count).collect();
                form.chars().count() >= count && fits(&start, word)
            }
            Rule::Word(word) => self.endings.iter().any(|ending| {
                // The last letter may be doubled before an ending, or a final e dropped.
                let last = word.chars().last().unwrap_or(' ');
                let doubled = !ending.is_empty() && fits(form, &format!("{word}{last}{ending}"));
                let dropped = word.strip_suffix('e').is_some_and(|stem| {
                    ending.starts_with(['e', 'i']) && fits(form, &format!("{stem}{ending}"))
                });
                fits(form, &format!("{word}{ending}")) || doubled || dropped
            }),
        }
    }
}

/// Compares letters. `*` in `form` matches any letter except the first.
fn fits(form: &str, word: &str) -> bool {
    let (mut a, mut b) = (form.chars(), word.chars());
    let mut first = true;
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some('*'), Some(_)) if !first => {}
            (Some(x), Some(y)) if x == y => {}
            _ => return false,
        }
        first = false;
    }
}

/// Lower case, without surrounding punctuation and apostrophes.
fn bare(word: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || "*@$!#".contains(c);
    let end = |c: char| !c.is_alphanumeric() && !"*$".contains(c);
    let lower = word.to_lowercase().replace(['\u{2019}', '\''], "");
    lower.trim_start_matches(|c| !inside(c)).trim_end_matches(end).to_string()
}

/// Normalises an entry of a list.
fn plain(word: &str) -> String {
    bare(word).replace("'", "")
}

/// Possible readings of a word: as written, with substituted letters restored, and with drawn-out
/// letters shortened.
fn readings(word: &str) -> Vec<String> {
    let letters: String = word
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '#' => '*',
            other => other,
        })
        .collect();
    let shortened = |most: usize| -> String {
        let mut out: Vec<char> = Vec::new();
        for c in letters.chars() {
            let same = out.iter().rev().take_while(|last| **last == c).count();
            if same < most {
                out.push(c);
            }
        }
        out.into_iter().collect()
    };
    let drawn_out =
        letters.chars().collect::<Vec<_>>().windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    let mut all = vec![word.to_string(), letters.clone()];
    if drawn_out {
        all.extend([shortened(2), shortened(1)]);
    }
    all.dedup();
    all
}

/// Marks words that the song's list calls explicit as open, and unmarks open words that it does
/// not. A decision about a word stays.
pub fn mark(lyrics: &mut Lyrics) {
    let list = WordList::for_song(lyrics);
    for word in &mut lyrics.words {
        let explicit = list.holds(&word.text);
        word.verdict = match (explicit, word.verdict) {
            (true, None) => Some(Verdict::Open),
            (false, Some(Verdict::Open)) => None,
            (_, known) => known,
        };
    }
}

/// Words with a verdict, open or decided, with their indices.
pub fn explicit(lyrics: &Lyrics) -> impl Iterator<Item = (usize, &Word)> {
    lyrics.words.iter().enumerate().filter(|(_, word)| word.verdict.is_some())
}
