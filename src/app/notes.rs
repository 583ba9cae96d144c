//! Notes of the open song: the book of comments, the revisions as last read from disk, the
//! comparison of two revisions, and a copy of the session that somebody else changed. Views read
//! them; [`crate::app::act::review`] fills them.

use super::blind::matched;
use super::heard::Audition;
use super::open_song::OpenSong;
use crate::playback::Source;
use crate::review::book::Book;
use crate::review::copies::{NeighbourCache, merged};
use crate::review::revisions::{Revision, Revisions, changes};
use crate::session::Session;
use crate::session::merge::{Merged, Place, Side, Words};
use crate::units::{Db, Lufs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Measurements of two revisions have numbers from here on; those of blind tests are smaller.
const FIRST_TEST: u64 = 1 << 32;

/// Notes of one song, from its opening to its closing.
pub struct Notes {
    /// Identifies the song. Jobs carry a clone, so news about a song that was closed are
    /// recognised.
    pub token: Arc<()>,
    pub book: Book,
    /// When the folder was last searched for comments and copies of other people.
    pub looked: Instant,
    pub revised: Revised,
    pub copies: Copies,
}

impl Notes {
    /// Notes of the session in a file; of a session that was never saved if there is no file.
    pub fn of(path: Option<&Path>) -> Self {
        Self {
            token: Arc::default(),
            book: path.map_or_else(Book::unsaved, Book::of).written_elsewhere(),
            looked: Instant::now(),
            revised: Revised::default(),
            copies: Copies::default(),
        }
    }
}

/// Revisions of the song as they were last read from the disk.
#[derive(Default)]
pub struct Revised {
    /// All revisions, the oldest first.
    pub all: Vec<Revision>,
    /// Deleted revisions that can still be brought back.
    pub deleted: Vec<Revision>,
    /// Hash and session of the last revision.
    pub last: Option<(String, Arc<Session>)>,
    /// State number of the session, and its name; kept while the Review view is shown.
    pub now: Option<(u64, String)>,
    pub comparison: Comparison,
    /// When the lists were read; `None` if they must be read again.
    pub read: Option<Instant>,
    /// A job reads the lists.
    pub reading: bool,
    /// A revision is being kept. Its name counts as free until the lists are read again, so no
    /// second one is kept meanwhile.
    pub keeping: bool,
    /// Counts changes of the lists on the disk: what a job read before such a change is outdated.
    pub round: u64,
}

impl Revised {
    /// Name of the revision that would be kept now.
    pub fn next_name(&self, session: &Session) -> String {
        Revisions::free(&self.all, &session.delivery.revision)
    }

    /// Name of a state: that of the last revision if nothing changed since, else the next one.
    pub fn name_of(&self, session: &Session) -> String {
        let same = |(_, last): &(String, Arc<Session>)| changes(last, session).is_empty();
        match self.all.last().filter(|_| self.last.as_ref().is_some_and(same)) {
            Some(last) => last.name.clone(),
            None => self.next_name(session),
        }
    }

    /// Names of all revisions, the latest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().rev().map(|one| one.name.as_str())
    }

    /// The revision whose session has this hash.
    pub fn find(&self, hash: &str) -> Option<&Revision> {
        self.all.iter().find(|one| one.session == hash)
    }

    /// Called when revisions on disk changed: the lists are read again, and the comparison ends.
    pub fn forget(&mut self) {
        (self.read, self.reading) = (None, false);
        self.round += 1;
        let comparison = &mut self.comparison;
        (comparison.of, comparison.making, comparison.states) = (None, None, None);
        (comparison.heard, comparison.gains) = (None, None);
    }
}

/// One side of a comparison: a revision by its session's hash, or the session that is open.
pub type Compared = Option<String>;

/// Inputs of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Of {
    pub sides: [Compared; 2],
    /// State of the open session, and its chosen version.
    pub state: u64,
    pub version: usize,
}

/// Comparison of two sides, in words and by ear.
#[derive(Default)]
pub struct Comparison {
    /// Differences, a sentence each.
    pub words: Vec<String>,
    /// Parts of a revision that cannot be heard, and why.
    pub missing: Vec<String>,
    /// Inputs of the comparison that is shown.
    pub of: Option<Of>,
    /// Inputs of the comparison that a job makes now.
    pub making: Option<Of>,
    /// Both sides as songs, with the stems that are open.
    pub states: Option<[Box<OpenSong>; 2]>,
    /// Gains that bring both sides to the loudness of the quieter one; `None` until measured.
    pub gains: Option<[Db; 2]>,
    /// Number of the measurement that `gains` come from.
    pub test: u64,
    /// The side that is heard.
    pub heard: Option<usize>,
}

impl Comparison {
    /// Whether a measurement belongs to a comparison of revisions, not to a blind test.
    pub fn is_test(number: u64) -> bool {
        number >= FIRST_TEST
    }

    /// Number for a new measurement.
    pub fn next_test(&mut self) -> u64 {
        self.test = self.test.max(FIRST_TEST) + 1;
        self.test
    }

    pub fn measured(&mut self, test: u64, loudness: [Lufs; 2]) {
        if test == self.test {
            self.gains = Some(matched(loudness));
        }
    }

    /// The song that is heard in place of `open`, and how. `None` unless a side is chosen and
    /// measured, or if `open` has other stems than that side.
    pub fn audition(&self, open: &Session) -> Option<(&OpenSong, Audition)> {
        let side = self.heard?;
        let song = self.states.as_ref()?.get(side)?;
        let gain = *self.gains?.get(side)?;
        let ours = open.stems.iter().map(|stem| stem.id);
        if !song.session.stems.iter().map(|stem| stem.id).eq(ours) {
            return None;
        }
        Some((song, Audition { strips: Vec::new(), source: Source::Mix, gain }))
    }
}

/// Copies of the session that lie beside it.
#[derive(Default)]
pub struct Copies {
    /// Known files beside the session. A job that searches them takes this and gives it back.
    pub beside: NeighbourCache,
    /// The copy that the user is asked about.
    pub open: Option<Merging>,
    /// Copies whose question the user put off.
    pub later: Vec<PathBuf>,
    /// A job searches for copies.
    pub looking: bool,
    /// A job compares the open copy with the session again.
    pub again: bool,
    /// Copy and session are merged as soon as they are compared in their current state.
    pub finishing: bool,
}

/// A copy of the session, compared with the session.
pub struct Merging {
    pub copy: PathBuf,
    /// State of the session that was compared.
    pub state: u64,
    pub both: Merged,
    pub theirs: Session,
    /// Changes that only the copy has, and changes that only this session has.
    pub news: [Vec<String>; 2],
    /// Conflicts in words, in the order of `both.conflicts`.
    pub conflicts: Vec<Words>,
}

impl Merging {
    /// Reads a copy and compares it.
    ///
    /// # Errors
    /// If the copy cannot be read, or is not whole yet.
    pub fn of(path: &Path, ours: &Session, state: u64, copy: &Path) -> anyhow::Result<Self> {
        let (both, theirs) = merged(path, ours, copy)?;
        let conflicts: Vec<Words> =
            (0..both.conflicts.len()).map(|n| both.words(n)).collect::<Result<_, _>>()?;
        let news = [both.news(ours, Side::Ours)?, both.news(&theirs, Side::Theirs)?];
        Ok(Self { copy: copy.to_owned(), state, both, theirs, news, conflicts })
    }

    /// Chosen sides, in the order of the conflicts; `None` for an open one. Choices are stored by
    /// place in the session, so they survive further edits.
    pub fn sides(&self, chosen: &[(Place, Side)]) -> Vec<Option<Side>> {
        let side =
            |place: &Place| chosen.iter().find(|(known, _)| known == place).map(|(_, side)| *side);
        self.both.conflicts.iter().map(|conflict| side(&conflict.place)).collect()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::session::history::tests::stem;
    use crate::session::merge::merge;
    use crate::units::SampleRate;

    fn session() -> Session {
        let mut session = Session::new("Song", SampleRate(48_000));
        session.stems = (1..4).map(stem).collect();
        session
    }

    pub fn revision(name: &str) -> Revision {
        Revision {
            name: name.into(),
            date: "2026-03-01 10:00:00".into(),
            parent: None,
            log: Vec::new(),
            measured: Vec::new(),
            package: String::new(),
            session: name.into(),
            file: String::new(),
        }
    }

    fn turned(fader: f64) -> Session {
        let mut session = session();
        session.stems[0].strip.fader = Db(fader);
        session
    }

    #[test]
    fn a_state_is_called_as_the_last_revision_until_something_changes() {
        let last = Some(("1.1".into(), Arc::new(session())));
        let all = vec![revision("1"), revision("1.1")];
        let revised = Revised { all, last, ..Revised::default() };
        assert_eq!(revised.name_of(&session()), "1.1");
        assert_eq!(revised.name_of(&turned(-3.0)), "1.2");
        assert_eq!(revised.next_name(&session()), "1.2");
        assert_eq!(Revised::default().name_of(&session()), "1");
    }

    #[test]
    fn a_revision_is_heard_once_measured_and_only_with_the_stems_that_are_open() {
        let side = || Box::new(OpenSong::new(session(), PathBuf::new()));
        let mut comparison = Comparison { states: Some([side(), side()]), ..Comparison::default() };
        let test = comparison.next_test();
        assert!(Comparison::is_test(test));
        comparison.heard = Some(1);
        assert!(comparison.audition(&session()).is_none());
        comparison.measured(test - 1, [Lufs(-14.0), Lufs(-10.0)]);
        assert!(comparison.audition(&session()).is_none(), "an earlier measurement");
        comparison.measured(test, [Lufs(-14.0), Lufs(-10.0)]);
        assert_eq!(comparison.audition(&session()).unwrap().1.gain, Db(-4.0));
        let mut other = session();
        other.stems.pop();
        assert!(comparison.audition(&other).is_none());
    }

    #[test]
    fn a_chosen_side_stays_chosen_whatever_else_is_done() {
        let merging = |ours: &Session| {
            let both = merge(Some(&session()), ours, &turned(-4.0)).unwrap();
            let (theirs, news) = (turned(-4.0), Default::default());
            Merging { copy: PathBuf::new(), state: 0, both, theirs, news, conflicts: Vec::new() }
        };
        let before = merging(&turned(-1.0));
        let place = before.both.conflicts[0].place.clone();
        assert_eq!(before.sides(&[]), [None]);
        let chosen = [(place, Side::Theirs)];
        let mut ours = turned(-2.0);
        ours.stems[2].strip.mute = true;
        assert_eq!(merging(&ours).sides(&chosen), [Some(Side::Theirs)]);
    }
}
