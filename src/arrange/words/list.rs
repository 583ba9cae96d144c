//! Which words are explicit.
//!
//! A list has one word a line. `word` is itself and its usual endings, `word*` all that begins
//! with it, `=word` itself alone, `!word` never. Whole words only: Scunthorpe stays. Letters that
//! stand for others (`sh1t`, `f*ck`, `a$$`) and letters that are drawn out are seen through.

use crate::session::lyrics::{Lyrics, Verdict, Word};

/// The languages of the lists that come with the program: short name and full name.
pub const LANGUAGES: [(&str, &str); 4] =
    [("en", "English"), ("de", "German"), ("es", "Spanish"), ("fr", "French")];

const LISTS: [(&str, &str); 4] = [
    ("en", include_str!("../../../assets/words/en.txt")),
    ("de", include_str!("../../../assets/words/de.txt")),
    ("es", include_str!("../../../assets/words/es.txt")),
    ("fr", include_str!("../../../assets/words/fr.txt")),
];

/// Endings that a word of a list may have.
const ENDINGS: [(&str, &[&str]); 4] = [
    ("en", &["", "s", "es", "ed", "er", "ers", "in", "ing", "ings", "y", "ier", "iest"]),
    ("de", &["", "e", "en", "er", "es", "em", "s", "n", "t", "te", "ten", "st", "nd", "nde"]),
    ("es", &["", "s", "es", "o", "os", "a", "as", "ito", "ita", "ando", "iendo", "ado", "ada"]),
    ("fr", &["", "s", "e", "es", "er", "ez", "ent", "é", "ée", "és", "ées", "ant"]),
];

enum Rule {
    /// With the usual endings.
    Word(String),
    Begins(String),
    Alone(String),
}

/// A list, ready to be asked.
pub struct WordList {
    rules: Vec<Rule>,
    never: Vec<String>,
    endings: &'static [&'static str],
}

impl WordList {
    /// The list of a language; one that is not known is empty.
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

    /// The list for a song: that of its language, with the song's own words.
    pub fn for_song(lyrics: &Lyrics) -> Self {
        let mut list = Self::of(&lyrics.language);
        list.add(lyrics.also.iter().map(String::as_str));
        list.never.extend(lyrics.except.iter().map(|word| plain(word)));
        list
    }

    /// Adds lines of a list; what follows a `#` is a remark.
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
        // Parts of a word with a hyphen count by themselves.
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
                // A last letter may be doubled before an ending, or an e dropped.
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

/// The same letters; a sign that hides a letter stands for any one, and the first is never hidden.
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

/// Without the signs around it, in small letters.
fn bare(word: &str) -> String {
    let inside = |c: char| c.is_alphanumeric() || "*@$!#".contains(c);
    let end = |c: char| !c.is_alphanumeric() && !"*$".contains(c);
    let lower = word.to_lowercase().replace(['\u{2019}', '\''], "");
    lower.trim_start_matches(|c| !inside(c)).trim_end_matches(end).to_string()
}

/// A word of a list.
fn plain(word: &str) -> String {
    bare(word).replace("'", "")
}

/// What a word may be meant to be: as it is, with letters for the signs that stand for them, and
/// without letters that are drawn out.
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

/// Marks the words that the song's list calls explicit. What was decided about a word stays; a
/// word that is not explicit any more is left alone.
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

/// The explicit words of a song, with their places.
pub fn explicit(lyrics: &Lyrics) -> impl Iterator<Item = (usize, &Word)> {
    lyrics.words.iter().enumerate().filter(|(_, word)| word.verdict.is_some())
}
