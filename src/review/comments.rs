//! Plain data of comments and rounds, with queries on it. [`Review`] holds them all; the `book`
//! module stores and merges it.

use crate::review::numbers::{Number, Sent};
use crate::session::Session;
use crate::session::ids::VersionId;
use crate::session::stem::StemId;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Default number of rounds agreed with the client; two or three are usual.
pub const AGREED: u32 = 2;

/// The subject of a comment. Serialised as `mix`, `version:<id>` or `stem:<id>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// The song as a whole.
    #[default]
    Mix,
    /// A version, by its id.
    Version(VersionId),
    Stem(StemId),
}

impl From<Subject> for String {
    fn from(subject: Subject) -> String {
        match subject {
            Subject::Mix => "mix".into(),
            Subject::Version(id) => format!("version:{id}"),
            Subject::Stem(id) => format!("stem:{}", id.0),
        }
    }
}

impl FromStr for Subject {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("version", id)) => Ok(Self::Version(id.into())),
            Some(("stem", id)) => {
                let id = id.parse().map_err(|_| format!("\u{201c}{text}\u{201d} is no stem"))?;
                Ok(Self::Stem(StemId(id)))
            }
            _ if text == "mix" => Ok(Self::Mix),
            _ => Err(format!(
                "\u{201c}{text}\u{201d} is neither mix, version:\u{2026} nor stem:\u{2026}"
            )),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Subject {
    /// Display name in a session: `Radio edit`, `Bass`, or `Mix`.
    pub fn name(&self, session: &Session) -> String {
        match self {
            Self::Mix => "Mix".into(),
            Self::Version(id) => {
                session.version(id).map_or_else(|| id.to_string(), |version| version.name.clone())
            }
            Self::Stem(id) => session
                .stem(*id)
                .map_or_else(|| "a stem that is gone".into(), |stem| stem.name.clone()),
        }
    }

    /// The stem or version with this name, ignoring case; the mix if there is none.
    pub fn named(name: &str, session: &Session) -> Self {
        let same = |known: &str| known.trim().eq_ignore_ascii_case(name.trim());
        if let Some(stem) = session.stems.iter().find(|stem| same(&stem.name)) {
            return Self::Stem(stem.id);
        }
        let version = session.versions.iter().find(|one| same(&one.name) || same(one.id.as_str()));
        version.map_or(Self::Mix, |version| Self::Version(version.id.clone()))
    }
}

/// The state of a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Open,
    /// Something has to be asked before it can be done.
    Question,
    Done,
    /// It will not be done, and a reply says why.
    Wont,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Open, Status::Question, Status::Done, Status::Wont];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Question => "question",
            Self::Done => "done",
            Self::Wont => "won\u{2019}t do",
        }
    }

    /// Reads the word that this or another program uses for a status; unknown words mean open.
    pub fn named(word: &str) -> Self {
        match word.trim().to_lowercase().replace('\'', "\u{2019}").as_str() {
            "done" | "resolved" | "completed" | "complete" | "true" | "yes" | "1" => Self::Done,
            "question" => Self::Question,
            "won\u{2019}t do" | "won\u{2019}t" | "wont" | "rejected" => Self::Wont,
            _ => Self::Open,
        }
    }

    /// Whether nothing is left to do.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Wont)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An answer to a comment, by anyone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reply {
    pub id: String,
    pub author: String,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub made: String,
    pub text: String,
}

/// An earlier text of a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EarlierText {
    /// When this text was written.
    pub said: String,
    pub text: String,
}

/// One comment, with its answers and status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// Unique across all people and machines.
    pub id: String,
    /// Shown to people, from 1 in the order of arrival.
    pub number: Number,
    pub author: String,
    /// `yyyy-mm-dd hh:mm:ss`, in UTC.
    pub made: String,
    /// In song time, before the cuts of any version. `None` for the whole song.
    pub start: Option<Seconds>,
    /// `None` for a single moment.
    pub end: Option<Seconds>,
    pub on: Subject,
    /// Name of the revision that the author listened to.
    pub revision: String,
    pub status: Status,
    pub text: String,
    /// Name of the revision that fixed it.
    pub fixed_in: String,
    /// The round in which the comment was made, from 1.
    pub round: u32,
    /// Oldest first.
    pub replies: Vec<Reply>,
    pub deleted: bool,
    /// When text, time or subject last changed; empty if never.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub changed: String,
    /// Earlier texts, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<EarlierText>,
    /// Other texts that people wrote at the same time.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Other statuses that people set at the same time.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub also_status: Vec<Status>,
}

impl Comment {
    /// Start and end in song time; both are equal for a single moment.
    pub fn span(&self) -> Option<(Seconds, Seconds)> {
        let start = self.start?;
        Some((start, self.end.filter(|end| end.0 > start.0).unwrap_or(start)))
    }

    /// When the present text was written or changed.
    pub fn said(&self) -> &str {
        self.made.as_str().max(&self.changed)
    }

    /// Status in words, with concurrent ones: `done`, `done, also won’t do`.
    pub fn standing(&self) -> String {
        let also = self.also_status.iter().map(|status| format!(", also {status}"));
        format!("{}{}", self.status, also.collect::<String>())
    }

    /// `0:47`, `0:47–0:52`, or nothing.
    pub fn when(&self) -> String {
        match self.span() {
            None => String::new(),
            Some((start, end)) if end == start => start.to_string(),
            Some((start, end)) => format!("{start}\u{2013}{end}"),
        }
    }

    /// Whether every word of the search occurs in the number, author, text, time, subject, replies
    /// or concurrent texts.
    pub fn matches(&self, search: &str, session: &Session) -> bool {
        let mut all = format!(
            "#{} {} {} {} {}",
            self.number,
            self.author,
            self.text,
            self.when(),
            self.on.name(session)
        );
        let replies = self.replies.iter().map(|reply| &reply.text);
        for text in replies.chain(&self.also) {
            all.push(' ');
            all.push_str(text);
        }
        let all = all.to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

/// A round of comments: gathered, sent as one document, answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Round {
    /// From 1.
    pub number: u32,
    /// When it was sent; empty while comments are gathered.
    pub sent: String,
}

/// All comments, rounds and documents of one song.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Sorted by number.
    pub comments: Vec<Comment>,
    /// Rounds that were sent, in order.
    pub rounds: Vec<Round>,
    /// Documents that were sent, by name.
    #[serde(default)]
    pub documents: BTreeMap<String, Sent>,
    /// Number of rounds agreed with the client.
    pub agreed: u32,
    /// Version logs rewritten by a person, by the hash of the revision's session.
    pub logs: BTreeMap<String, Vec<String>>,
}

impl Review {
    pub fn comment(&self, id: &str) -> Option<&Comment> {
        self.comments.iter().find(|comment| comment.id == id)
    }

    /// Comments that are not deleted.
    pub fn present(&self) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(|comment| !comment.deleted)
    }

    /// Number of comments that are not settled.
    pub fn open(&self) -> usize {
        self.present().filter(|comment| !comment.status.is_settled()).count()
    }

    /// Number of the round that gathers comments now, from 1.
    pub fn current_round(&self) -> u32 {
        let sent = self.rounds.iter().filter(|round| !round.sent.is_empty());
        sent.map(|round| round.number).max().unwrap_or(0).saturating_add(1)
    }

    /// Number of rounds used: those sent, plus the current one once it has a comment.
    pub fn used(&self) -> u32 {
        let current = self.current_round();
        let begun = self.present().any(|comment| comment.round == current);
        if begun { current } else { current.saturating_sub(1) }
    }

    /// The next comment after `time`, or with `forward` unset the last one before it.
    pub fn beside(&self, time: Seconds, forward: bool) -> Option<&Comment> {
        let placed = self.present().filter_map(|comment| Some((comment.start?, comment)));
        // Skip the comment at which a jump has just placed the playhead.
        let near = 0.005;
        if forward {
            let after = placed.filter(|(start, _)| start.0 > time.0 + near);
            after.min_by(|a, b| a.0.0.total_cmp(&b.0.0)).map(|(_, comment)| comment)
        } else {
            let before = placed.filter(|(start, _)| start.0 < time.0 - near);
            before.max_by(|a, b| a.0.0.total_cmp(&b.0.0)).map(|(_, comment)| comment)
        }
    }
}

/// Words that name an instrument or a part of the sound.
const THINGS: &[&str] = &[
    "vocal",
    "voice",
    "singer",
    "lead",
    "backing",
    "choir",
    "drum",
    "kick",
    "snare",
    "hat",
    "hihat",
    "cymbal",
    "tom",
    "percussion",
    "clap",
    "bass",
    "sub",
    "guitar",
    "piano",
    "keys",
    "synth",
    "pad",
    "organ",
    "string",
    "violin",
    "cello",
    "brass",
    "horn",
    "sax",
    "flute",
    "fx",
    "effect",
    "reverb",
    "delay",
    "master",
    "mix",
    "instrumental",
    "fade",
    "limiter",
    "low end",
    "top end",
    "highs",
    "lows",
    "mids",
];

/// Words that name a place in a song.
const PLACES: &[&str] = &[
    "intro",
    "verse",
    "chorus",
    "bridge",
    "hook",
    "drop",
    "outro",
    "solo",
    "break",
    "build",
    "end",
    "beginning",
    "start",
    "bar",
    "everywhere",
    "throughout",
    "whole",
    "entire",
    "overall",
    "always",
];

/// Words that come before a description of the fault.
const FEELS: &[&str] = &[
    "feel", "feels", "feeling", "sound", "sounds", "is", "seems", "bit", "little", "too", "so",
    "very",
];

/// A polite question to the author if the comment names no moment or no instrument; otherwise
/// `None`.
pub fn question(comment: &Comment, session: &Session) -> Option<String> {
    let text = comment.text.to_lowercase();
    if text.trim().is_empty() || comment.status.is_settled() {
        return None;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let says = |known: &str| match known.contains(' ') {
        true => text.contains(known),
        false => words.iter().any(|word| *word == known || word.strip_suffix('s') == Some(known)),
    };
    let whole = |name: &str| !name.trim().is_empty() && text.contains(&name.to_lowercase());
    let placed = comment.start.is_some()
        || PLACES.iter().any(|place| says(place))
        || session.sections.iter().any(|section| whole(&section.name));
    let named = comment.on != Subject::Mix
        || THINGS.iter().any(|thing| says(thing))
        || session.stems.iter().any(|stem| whole(&stem.name));
    // The word after the last such word describes the fault: "feels a bit flat".
    let after = words.iter().rposition(|word| FEELS.contains(word));
    let felt = after.and_then(|at| words.get(at + 1)).filter(|word| word.len() > 2);
    let how = felt.map_or("be different".into(), |word| format!("feel {word}"));
    let less = felt.map_or(String::new(), |word| format!(" {word}"));
    match (placed, named) {
        (true, true) => None,
        (false, false) => {
            let where_ = if felt.is_some() { "does it" } else { "should it" };
            Some(format!("Where {where_} {how}: one section or the whole song? Which part?"))
        }
        (false, true) => Some("Where is it heard best: one section or the whole song?".into()),
        (true, false) => Some(format!(
            "Which part is{less} there: the voice, the drums, the low end?",
            less = if less.is_empty() { " meant".into() } else { less }
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::units::SampleRate;

    fn session() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = vec![stem(1), stem(2)];
        session.stems[0].name = "Lead Vocals".into();
        session
    }

    fn said(text: &str, start: Option<f64>) -> Comment {
        Comment { text: text.into(), start: start.map(Seconds), ..Comment::default() }
    }

    #[test]
    fn a_note_without_moment_or_thing_is_asked_about() {
        let session = session();
        let asked = |text: &str, start| question(&said(text, start), &session);
        assert_eq!(
            asked("It feels flat", None).unwrap(),
            "Where does it feel flat: one section or the whole song? Which part?"
        );
        assert_eq!(
            asked("More energy please", None).unwrap(),
            "Where should it be different: one section or the whole song? Which part?"
        );
        assert_eq!(
            asked("a bit harsh", Some(47.0)).unwrap(),
            "Which part is harsh there: the voice, the drums, the low end?"
        );
        assert!(
            asked("The snare is too loud", None).unwrap().starts_with("Where is it heard best")
        );
        assert_eq!(asked("vocal sibilance too harsh", Some(47.0)), None);
        assert_eq!(asked("Kick louder in the second chorus", None), None);
        let on_stem = Comment { on: Subject::Stem(StemId(1)), ..said("too dry", Some(3.0)) };
        assert_eq!(question(&on_stem, &session), None);
        let done = Comment { status: Status::Done, ..said("flat", None) };
        assert_eq!(question(&done, &session), None);
    }

    #[test]
    fn rounds_are_counted_once_something_is_said() {
        let mut review = Review { agreed: 2, ..Review::default() };
        assert_eq!((review.current_round(), review.used()), (1, 0));
        review.comments.push(Comment { round: 1, ..said("a", None) });
        assert_eq!(review.used(), 1);
        review.rounds.push(Round { number: 1, sent: "2026-03-01 10:00:00".into() });
        assert_eq!((review.current_round(), review.used()), (2, 1));
    }

    #[test]
    fn the_next_comment_is_the_one_beside_the_playhead() {
        let mut review = Review::default();
        for (n, start) in [(1u32, 10.0), (2, 20.0), (3, 5.0)] {
            review.comments.push(Comment { number: n.into(), ..said("x", Some(start)) });
        }
        let number = |time, forward| review.beside(Seconds(time), forward).map(|c| c.number);
        assert_eq!(number(0.0, true), Some(3.into()));
        assert_eq!(number(10.0, true), Some(2.into()));
        assert_eq!(number(10.0, false), Some(3.into()));
        assert_eq!(number(20.0, true), None);
    }

    #[test]
    fn subjects_read_back() {
        for subject in [Subject::Mix, Subject::Version("radio".into()), Subject::Stem(StemId(4))] {
            let text = String::from(subject.clone());
            assert_eq!(text.parse::<Subject>().unwrap(), subject);
        }
        assert!("stem:bass".parse::<Subject>().is_err() && "else".parse::<Subject>().is_err());
        assert_eq!(Subject::named("lead vocals", &session()), Subject::Stem(StemId(1)));
        assert_eq!(Subject::named("Radio edit", &session()), Subject::Version("radio".into()));
    }
}
