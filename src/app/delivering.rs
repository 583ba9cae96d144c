//! State of renders and deliveries for the views ([`Delivering`]): progress and result of the last
//! one ([`Render`]), and revision and place of the next one.

use super::deeds::RenderKind;
use super::open_song::OpenSong;
use crate::delivery::checks::Age;
use crate::delivery::make::Delivered;
use crate::delivery::next::{KeptSound, Last, Places};
use crate::render::manifest::FileReport;
use crate::render::progress::{CellState, Overall};
use crate::session::Session;
use crate::session::ids::{MasterId, VersionId};
use crate::session::naming::compact;
use crate::session::sound::Sound;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Renders and deliveries of the open song.
#[derive(Default)]
pub struct Delivering {
    /// The render or delivery that is running or ran last.
    pub render: Option<Render>,
    /// Output folder that a person chose.
    pub folder: Option<PathBuf>,
    pub next: Option<NextExport>,
    /// State number of the session, and what it sounds of; kept while the Deliver view is shown.
    pub sound: Option<(u64, Sound)>,
}

/// Ids of version and master.
pub type CellKey = (VersionId, MasterId);

/// How a render or delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Cancelled,
    Failed,
}

/// Progress and result of a render or delivery.
#[derive(Clone, Debug)]
pub struct Render {
    pub kind: RenderKind,
    /// `None` while it runs.
    pub outcome: Option<Outcome>,
    /// The revision that it makes, and the place of its masters or its package; `None` until they
    /// are found.
    pub makes: Option<(String, PathBuf)>,
    pub cells: HashMap<CellKey, CellState>,
    pub overall: Option<Overall>,
    /// Current step of a delivery besides rendering, such as packing.
    pub stage: Option<&'static str>,
    /// Result in words; `None` while it runs.
    pub ending: Option<String>,
    /// The finished package, if it was a delivery.
    pub delivered: Option<Delivered>,
    /// Folder of the files.
    pub folder: PathBuf,
    /// What its files sound of.
    pub sound: Option<Arc<Sound>>,
}

impl Render {
    /// One that begins now.
    pub fn begun(kind: RenderKind, folder: PathBuf, sound: Option<Sound>) -> Self {
        Self {
            kind,
            outcome: None,
            makes: None,
            cells: HashMap::new(),
            overall: None,
            stage: None,
            ending: None,
            delivered: None,
            folder,
            sound: sound.map(Arc::new),
        }
    }

    pub fn is_running(&self) -> bool {
        self.outcome.is_none()
    }

    /// Ends it. Only files that are there keep their cells: those of a package that was not
    /// finished are gone, and of masters alone the finished ones stay.
    pub fn end(&mut self, outcome: Outcome, ending: String, delivered: Option<Delivered>) {
        let packing = self.kind == RenderKind::Package;
        if outcome != Outcome::Done {
            let is_done = |state: &CellState| matches!(state, CellState::Done(_));
            self.cells.retain(|_, state| !packing && is_done(state));
        }
        (self.outcome, self.ending, self.delivered) = (Some(outcome), Some(ending), delivered);
    }

    pub fn cell(&self, version: &VersionId, master: &MasterId) -> Option<&CellState> {
        self.cells.get(&(version.clone(), master.clone()))
    }

    /// Where a finished file lies; `None` in an archive, and in a package that is not finished.
    fn file(&self, report: &FileReport) -> Option<PathBuf> {
        let Some(delivered) = &self.delivered else {
            let alone = self.kind == RenderKind::Masters;
            return alone.then(|| self.folder.join(&report.path));
        };
        // The finished package lies elsewhere than where its files were measured.
        let mut files = delivered.masters.iter();
        let file =
            files.find(|file| file.version == report.version && file.master == report.master)?;
        let is_folder = delivered.parts.is_empty();
        is_folder.then(|| Path::new(&delivered.package).join(&file.path))
    }

    /// Number of finished files, and of all files.
    pub fn count(&self) -> (usize, usize) {
        (self.reports().count(), self.cells.len())
    }

    /// Reports of the finished files.
    pub fn reports(&self) -> impl Iterator<Item = &FileReport> {
        self.cells.values().filter_map(|state| match state {
            CellState::Done(report) => Some(&**report),
            _ => None,
        })
    }
}

/// What decides revision and place of an export: title and revision of the song, its file, the
/// chosen folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub title: String,
    pub revision: String,
    pub song: PathBuf,
    pub chosen: Option<PathBuf>,
}

impl Destination {
    /// Folder of the song.
    pub fn songs(&self) -> &Path {
        self.song.parent().unwrap_or(Path::new(""))
    }

    pub fn places(&self) -> Places<'_> {
        let (songs, chosen) = (self.songs(), self.chosen.as_deref());
        Places { songs, chosen, file: Some(&self.song), known: None }
    }

    /// Looks on the disk for the next free revision, where its files go, and what the export before
    /// made, whose sound may be `known`. Slow; for jobs.
    pub fn look(self, session: &Session, known: Option<&KeptSound>) -> NextExport {
        let places = Places { known, ..self.places() };
        let (revision, last) = places.look(session);
        let (masters, package) = (places.masters(&revision), places.package(session, &revision));
        NextExport { of: self, revision, masters, package, last }
    }
}

/// Revision of the next export, and its folders.
#[derive(Clone, Debug)]
pub struct NextExport {
    /// Destination that was looked up.
    pub of: Destination,
    pub revision: String,
    pub masters: PathBuf,
    /// The package may become an archive of that name.
    pub package: PathBuf,
    /// The export before, if it is still there.
    pub last: Option<Last>,
}

/// What the window names: the export that runs until it ends, then the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    pub revision: &'a str,
    pub place: &'a Path,
    pub kind: RenderKind,
    /// The revision that was made last, while none is being made.
    pub made: Option<&'a str>,
}

/// The finished file of a cell.
#[derive(Clone, Debug)]
pub struct Made<'a> {
    pub report: &'a FileReport,
    /// `None` in an archive, and in a package that is not finished.
    pub path: Option<PathBuf>,
    pub age: Age,
}

impl Delivering {
    pub fn is_running(&self) -> bool {
        self.render.as_ref().is_some_and(Render::is_running)
    }

    pub fn destination(&self, song: &OpenSong) -> Destination {
        Destination {
            title: song.session.song.title.clone(),
            revision: song.session.delivery.revision.clone(),
            song: song.path.clone(),
            chosen: self.folder.clone(),
        }
    }

    /// The next export, once it was looked up for the current destination.
    pub fn next(&self, song: &OpenSong) -> Option<&NextExport> {
        self.next.as_ref().filter(|next| self.leads_to(&next.of, song))
    }

    /// Whether this is the destination of the song as it is now.
    pub fn leads_to(&self, of: &Destination, song: &OpenSong) -> bool {
        of.title == song.session.song.title
            && of.revision == song.session.delivery.revision
            && of.song == song.path
            && of.chosen == self.folder
    }

    /// Revision and place that the window names for an export of this kind.
    pub fn named(&self, song: &OpenSong, kind: RenderKind) -> Option<Named<'_>> {
        let render = self.render.as_ref();
        // After the end, until the next one was looked up, the old names are better than none.
        let making = render.filter(|render| render.is_running() || self.next.is_none());
        if let Some((render, (revision, place))) = making.and_then(|r| Some((r, r.makes.as_ref()?)))
        {
            return Some(Named { revision, place, kind: render.kind, made: None });
        }
        let next = self.next(song)?;
        let place = match kind {
            RenderKind::Masters => &next.masters,
            RenderKind::Package => &next.package,
        };
        let own = next.of.revision.as_str();
        let last = next.last.as_ref().map(|last| last.revision.as_str());
        let done = render.filter(|render| render.outcome == Some(Outcome::Done));
        let done = done.and_then(|render| Some(render.makes.as_ref()?.0.as_str()));
        // Where nothing is left of it, the revision that was asked for is the one that is taken.
        let made = done.or(last).or((compact(own) != next.revision).then_some(own));
        Some(Named { revision: &next.revision, place, kind, made })
    }

    /// The finished file of every included cell: of the export that runs or ran last, else of the
    /// one before that is still there.
    pub fn made(&self, song: &OpenSong) -> HashMap<CellKey, Made<'_>> {
        let session = &song.session;
        let render = self.render.as_ref();
        let last = self.next(song).filter(|_| !self.is_running());
        let last = last.and_then(|next| next.last.as_ref());
        let mut all = HashMap::new();
        for (report, path) in last.map(|last| last.files.as_slice()).unwrap_or_default() {
            let sound = last.and_then(|last| last.sound.as_ref()).map(|(_, sound)| sound);
            let age = self.age(sound, report).unwrap_or(Age::Earlier);
            let made = Made { report, path: path.clone(), age };
            all.insert((report.version.clone(), report.master.clone()), made);
        }
        for report in render.into_iter().flat_map(Render::reports) {
            let sound = render.and_then(|render| render.sound.as_deref());
            let age = self.age(sound, report).unwrap_or(Age::Now);
            let path = render.and_then(|render| render.file(report));
            all.insert((report.version.clone(), report.master.clone()), Made { report, path, age });
        }
        all.retain(|(version, master), _| {
            session.delivery.includes(version, master)
                && session.version(version).is_some()
                && session.masters.iter().any(|one| one.id == *master)
        });
        all
    }

    /// [`Age::Changed`] of a file that would sound otherwise now; `None` if nobody knows that.
    fn age(&self, then: Option<&Sound>, report: &FileReport) -> Option<Age> {
        let (then, (_, now)) = (then?, self.sound.as_ref()?);
        let same = then.makes_the_same(now, &report.version, &report.master);
        (!same).then_some(Age::Changed)
    }

    /// Folder of the last render or delivery.
    pub fn made_in(&self) -> Option<&Path> {
        self.render.as_ref().map(|render| render.folder.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::manifest::tests::report;
    use crate::session::history::tests::song;
    use crate::units::{Db, SampleRate};

    fn look(delivering: &Delivering, song: &OpenSong) -> Option<NextExport> {
        Some(delivering.destination(song).look(&song.session, None))
    }

    #[test]
    fn a_revision_that_was_looked_up_for_something_else_is_not_shown() {
        let mut song = OpenSong::new(
            Session::new("Blue Sky", SampleRate(48_000)),
            "/songs/b.stemwright".into(),
        );
        let mut delivering = Delivering::default();
        assert!(delivering.next(&song).is_none(), "nobody looked yet");
        delivering.next = look(&delivering, &song);
        let next = delivering.next(&song).unwrap();
        assert_eq!(next.revision, "1");
        assert_eq!(next.package, Path::new("/songs/BlueSky_v1"));
        assert_eq!(next.masters, Path::new("/songs/Masters/v1"));
        delivering.folder = Some("/elsewhere".into());
        assert!(delivering.next(&song).is_none());
        delivering.folder = None;
        Arc::make_mut(&mut song.session).delivery.revision = "2".into();
        assert!(delivering.next(&song).is_none());
    }

    #[test]
    fn the_revision_that_is_made_is_named_until_it_ends_and_then_the_next_one() {
        let home = tempfile::tempdir().unwrap();
        let song = OpenSong::new(song(), home.path().join("Song.stemwright"));
        let mut delivering = Delivering::default();
        delivering.next = look(&delivering, &song);
        let kinds = [RenderKind::Masters, RenderKind::Package];
        let named = |delivering: &Delivering, kind| {
            let named = delivering.named(&song, kind).unwrap();
            (named.revision.to_string(), named.made.map(str::to_string))
        };
        for kind in kinds {
            assert_eq!(named(&delivering, kind), ("1".into(), None));
        }
        let package = home.path().join("Song_v1");
        let mut render = Render::begun(RenderKind::Package, home.path().into(), None);
        render.makes = Some(("1".into(), package));
        delivering.render = Some(render);
        let exact = tempfile::Builder::new().prefix("Song_v1").rand_bytes(0).tempdir_in(&home);
        let _written = exact.unwrap();
        delivering.next = look(&delivering, &song);
        for kind in kinds {
            assert_eq!(named(&delivering, kind), ("1".into(), None), "while it runs");
        }
        let render = delivering.render.as_mut().unwrap();
        render.end(Outcome::Done, "complete".into(), None);
        for kind in kinds {
            assert_eq!(named(&delivering, kind), ("1.1".into(), Some("1".into())));
        }
    }

    #[test]
    fn files_that_were_cancelled_are_not_shown_and_old_ones_are_told() {
        let mut song = OpenSong::new(song(), "/songs/Song.stemwright".into());
        let session = song.session.clone();
        let (version, master) = (session.versions[0].id.clone(), session.masters[0].id.clone());
        let report = report(&session, 0, "a.wav");
        let render = |kind| {
            let mut render = Render::begun(kind, "/out".into(), Some(Sound::of(&session)));
            let key = (version.clone(), master.clone());
            render.cells.insert(key, CellState::Done(Box::new(report.clone())));
            let other = (session.versions[1].id.clone(), master.clone());
            let running = CellState::Running { fraction: 0.23, pass: 1, step: "mix" };
            render.cells.insert(other, running);
            render
        };
        let mut package = render(RenderKind::Package);
        package.end(Outcome::Cancelled, "Cancelled".into(), None);
        assert!(package.cells.is_empty(), "nothing of the package is left");
        let mut masters = render(RenderKind::Masters);
        masters.end(Outcome::Cancelled, "Cancelled".into(), None);
        assert_eq!(masters.count(), (1, 1), "the finished file stays, the other one is not shown");
        let mut delivering = Delivering { render: Some(masters), ..Delivering::default() };
        let mut age = |song: &OpenSong| {
            delivering.sound = Some((0, Sound::of(&song.session)));
            delivering.made(song).values().map(|made| made.age).collect::<Vec<_>>()
        };
        assert_eq!(age(&song), [Age::Now]);
        Arc::make_mut(&mut song.session).stems[0].strip.fader = Db(-3.0);
        assert_eq!(age(&song), [Age::Changed]);
        Arc::make_mut(&mut song.session).stems[0].strip.fader = session.stems[0].strip.fader;
        assert_eq!(age(&song), [Age::Now], "undone");
    }
}
