//! Three people work on one song in a synchronised folder: files arrive late, in any order, and as
//! copies when two people saved at once. In the end all have the same session, and nothing that
//! anyone added or said is lost.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use stemwright::dsp::chain::{Kind, Slot};
use stemwright::review::beside::come_home;
use stemwright::review::book::{Book, Draft};
use stemwright::review::copies::{NeighbourCache, copies, merged, put_aside, together};
use stemwright::review::revisions::Revisions;
use stemwright::session::file::{create, load, save};
use stemwright::session::merge::Side;
use stemwright::session::ready::named;
use stemwright::session::stem::{CleanRegion, Treatment};
use stemwright::session::version::{Cut, Selection, Version};
use stemwright::session::{Section, Session, entries};
use stemwright::units::{Db, EntryId, SampleRate, Seconds};

/// One action of a person.
#[derive(Clone, Debug)]
enum Deed {
    Say,
    Answer(usize),
    /// Adds an entry of this kind; kind 5 toggles a mute instead.
    Add(u8),
    Fader(f64),
    Title(u8),
    /// The sync tool runs and carries this percentage of the files.
    Sync(u8),
    Merge(bool),
    /// Deletes one stored earlier state.
    Forget,
}

fn deeds() -> impl Strategy<Value = (usize, Deed)> {
    let deed = prop_oneof![
        2 => Just(Deed::Say),
        1 => any::<usize>().prop_map(Deed::Answer),
        4 => (0u8..6).prop_map(Deed::Add),
        2 => (-20.0..6.0).prop_map(Deed::Fader),
        1 => any::<u8>().prop_map(Deed::Title),
        4 => (0u8..=100).prop_map(Deed::Sync),
        2 => any::<bool>().prop_map(Deed::Merge),
        1 => Just(Deed::Forget),
    ];
    (0usize..3, deed)
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn files(folder: &Path) -> Files {
    fn walk(at: &Path, root: &Path, into: &mut Files) {
        for entry in std::fs::read_dir(at).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, root, into);
            } else if !text(&path).contains(".previous") && !text(&path).contains(".lock") {
                let name = path.strip_prefix(root).unwrap().to_owned();
                into.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut all = Files::new();
    walk(folder, folder, &mut all);
    all
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A person with a copy of the shared folder.
struct Person {
    folder: tempfile::TempDir,
    /// Content of the folder after the last sync.
    synced: Files,
    number: usize,
    did: usize,
}

/// Everything that was added and said.
#[derive(Default)]
struct Done {
    sections: Vec<String>,
    slots: Vec<EntryId>,
    versions: Vec<Selection>,
    regions: Vec<f64>,
    cuts: Vec<f64>,
    said: Vec<String>,
    answered: Vec<String>,
}

impl Person {
    fn session(&self) -> PathBuf {
        self.folder.path().join("Song.stemwright")
    }

    fn edit(&mut self, change: impl FnOnce(&mut Session)) {
        let mut session = load(&self.session()).unwrap();
        change(&mut session);
        Revisions::of(&self.session()).remember(&mut session).unwrap();
        save(&session, &self.session()).unwrap();
    }

    fn name(&mut self) -> String {
        self.did += 1;
        format!("{}-{}", ["Anna", "Ben", "Cora"][self.number], self.did)
    }

    /// A time that no other action uses.
    fn time(&mut self) -> f64 {
        self.did += 1;
        (self.did * 3 + self.number) as f64
    }

    fn add(&mut self, kind: u8, done: &mut Done) {
        match kind {
            0 => {
                let (name, at) = (self.name(), self.time());
                done.sections.push(name.clone());
                self.edit(|session| session.sections.push(Section::new(&name, Seconds(at))));
            }
            1 => {
                let mut slot = Slot::new(Kind::Eq);
                slot.id = EntryId::fresh();
                done.slots.push(slot.id.clone());
                self.edit(|session| session.stems[0].chain.push(slot));
            }
            2 => {
                let roles = vec![stemwright::session::stem::Role::ALL[self.number]];
                let stems = Selection::Only { roles };
                done.versions.push(stems.clone());
                self.edit(|session| {
                    session.versions.push(Version::new("", "New version", stems));
                    named(&mut session.versions);
                });
            }
            3 => {
                let at = self.time();
                done.regions.push(at);
                let region = CleanRegion::new(Seconds(at), Seconds(at + 0.5), Treatment::Mute);
                self.edit(|session| session.stems[1].clean.push(region));
            }
            4 => {
                let at = self.time();
                done.cuts.push(at);
                let cut = Cut::new(Seconds(at), Seconds(at + 0.5));
                self.edit(|session| session.versions[0].cuts.push(cut));
            }
            _ => self.edit(|session| session.stems[2].strip.mute ^= true),
        }
    }

    fn merge(&self, ours: bool) {
        let path = self.session();
        let session = load(&path).unwrap();
        for copy in copies(&path, &session, &mut NeighbourCache::default()) {
            let ours_now = load(&path).unwrap();
            let (both, theirs) = merged(&path, &ours_now, &copy).unwrap();
            let side = if ours { Side::Ours } else { Side::Theirs };
            let sides = vec![Some(side); both.conflicts.len()];
            let mut session = together(&both, &sides, &ours_now, &theirs).unwrap();
            Revisions::of(&path).remember(&mut session).unwrap();
            save(&session, &path).unwrap();
            put_aside(&path, &copy).unwrap();
            come_home(&path, &session).unwrap();
        }
    }

    /// Syncs this folder with the cloud: local changes go up, remote changes come down, and a
    /// conflict leaves a copy.
    fn sync(&mut self, cloud: &mut Files, share: u8) {
        let here = files(self.folder.path());
        let names: std::collections::BTreeSet<PathBuf> =
            here.keys().chain(cloud.keys()).chain(self.synced.keys()).cloned().collect();
        for (n, name) in names.iter().enumerate() {
            // Some files are late.
            let luck = (n * 37 + self.did * 11 + usize::from(share)) % 100;
            if luck >= usize::from(share) {
                continue;
            }
            let (local, there) = (here.get(name).cloned(), cloud.get(name).cloned());
            let known = self.synced.get(name).cloned();
            let place = self.folder.path().join(name);
            match (local == known, there == known) {
                _ if local == there => {}
                (false, true) => match &local {
                    Some(bytes) => drop(cloud.insert(name.clone(), bytes.clone())),
                    None => drop(cloud.remove(name)),
                },
                (_, false) => {
                    if let (Some(mine), false) = (&local, local == known) {
                        // The cloud has a newer file: the local one becomes a copy.
                        let stem = name.file_stem().unwrap().to_string_lossy();
                        let copy = format!("{stem}-PC{}-{}.stemwright", self.number, self.did);
                        std::fs::write(self.folder.path().join(copy), mine).unwrap();
                        self.did += 1;
                    }
                    match &there {
                        Some(bytes) => {
                            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
                            std::fs::write(&place, bytes).unwrap();
                        }
                        None => drop(std::fs::remove_file(&place)),
                    }
                }
                (true, true) => {}
            }
            match cloud.get(name) {
                Some(bytes) => drop(self.synced.insert(name.clone(), bytes.clone())),
                None => drop(self.synced.remove(name)),
            }
        }
    }
}

fn begin() -> (Vec<Person>, Files) {
    let mut session = Session { id: EntryId::fresh(), ..Session::new("Song", SampleRate(48_000)) };
    let first = tempfile::tempdir().unwrap();
    for (n, name) in ["Drums", "Bass", "Vox"].into_iter().enumerate() {
        let file = first.path().join(format!("{name}.wav"));
        let sound: Vec<f32> = (0..4800).map(|at| (at * (n + 1)) as f32 / 48_000.0).collect();
        stemwright::media::writer::write_plain(&file, SampleRate(48_000), &sound, &sound).unwrap();
        let file = stemwright::files::take::file_ref(&file, first.path()).unwrap();
        let id = session.next_stem_id();
        let role = stemwright::session::stem::Role::ALL[n];
        session.stems.push(stemwright::session::stem::Stem::new(id, name.into(), role, file));
    }
    let path = first.path().join("Song.stemwright");
    Revisions::of(&path).remember(&mut session).unwrap();
    assert!(create(&session, &path).unwrap());
    let cloud = files(first.path());
    let person = |number| {
        let folder = tempfile::tempdir().unwrap();
        let mut person = Person { folder, synced: Files::new(), number, did: 0 };
        person.sync(&mut cloud.clone(), 100);
        person
    };
    ((0..3).map(person).collect(), cloud)
}

fn all_of(deeds: Vec<(usize, Deed)>) {
    let (mut people, mut cloud) = begin();
    let mut done = Done::default();
    for (who, deed) in deeds {
        let person = &mut people[who];
        match deed {
            Deed::Say => {
                let text = person.name();
                let mut book = Book::of(&person.session());
                let draft = Draft { text: text.clone(), ..Draft::default() };
                book.add(draft).unwrap();
                done.said.push(text);
            }
            Deed::Answer(which) => {
                let mut book = Book::of(&person.session());
                let ids: Vec<String> =
                    book.review().present().map(|comment| comment.id.clone()).collect();
                if let Some(id) = ids.get(which % ids.len().max(1)) {
                    let text = person.name();
                    book.reply(id, "", &text).unwrap();
                    done.answered.push(text);
                }
            }
            Deed::Add(kind) => person.add(kind, &mut done),
            Deed::Fader(level) => {
                person.edit(|session| session.stems[0].strip.fader = Db(level));
            }
            Deed::Title(n) => person.edit(|session| session.song.title = format!("Song {n}")),
            Deed::Sync(share) => person.sync(&mut cloud, share),
            Deed::Merge(ours) => person.merge(ours),
            Deed::Forget => {
                let objects = person.session().with_extension("revisions").join("objects");
                if let Some(Ok(one)) =
                    std::fs::read_dir(objects).ok().and_then(|mut all| all.next())
                {
                    std::fs::remove_file(one.path()).unwrap();
                }
            }
        }
    }
    // In the end all files arrive, and each person merges the copies beside the session.
    for _ in 0..4 {
        for person in &mut people {
            person.sync(&mut cloud, 101);
            person.merge(true);
            person.sync(&mut cloud, 101);
        }
    }
    let sessions: Vec<Session> =
        people.iter().map(|person| load(&person.session()).unwrap()).collect();
    for person in &people {
        let path = person.session();
        assert!(copies(&path, &load(&path).unwrap(), &mut NeighbourCache::default()).is_empty());
        let book = Book::of(&path);
        let all: Vec<_> = book.review().present().collect();
        let mut said: Vec<&String> = all.iter().map(|comment| &comment.text).collect();
        let mut answered: Vec<&String> =
            all.iter().flat_map(|comment| &comment.replies).map(|reply| &reply.text).collect();
        said.sort();
        answered.sort();
        assert_eq!(said, sorted(&done.said));
        assert_eq!(answered, sorted(&done.answered));
        assert_eq!(book.review(), Book::of(&people[0].session()).review());
    }
    assert_eq!(sessions[0].work(), sessions[1].work());
    assert_eq!(sessions[0].work(), sessions[2].work());
    let session = &sessions[0];
    let names: Vec<&String> = session.sections.iter().map(|section| &section.name).collect();
    for name in &done.sections {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name} in {names:?}");
    }
    for id in &done.slots {
        assert!(session.stems[0].chain.iter().any(|slot| slot.id == *id));
    }
    for stems in &done.versions {
        let count =
            |all: &mut dyn Iterator<Item = &Selection>| all.filter(|one| *one == stems).count();
        let there = count(&mut session.versions.iter().map(|version| &version.stems));
        assert!(there >= count(&mut done.versions.iter()), "{stems:?}");
    }
    let starts = |regions: &[CleanRegion]| -> Vec<f64> {
        regions.iter().map(|region| region.start.0).collect()
    };
    let regions = starts(&session.stems[1].clean);
    assert!(done.regions.iter().all(|at| regions.contains(at)), "{regions:?} {:?}", done.regions);
    let cuts: Vec<f64> = session.versions[0].cuts.iter().map(|cut| cut.start.0).collect();
    assert!(done.cuts.iter().all(|at| cuts.contains(at)), "{cuts:?} {:?}", done.cuts);
    let mut again = session.clone();
    entries::give_known(&mut again);
    assert_eq!(&again, session, "everything has its id");
}

fn sorted(all: &[String]) -> Vec<&String> {
    let mut all: Vec<&String> = all.iter().collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn nothing_that_anybody_did_is_lost(deeds in prop::collection::vec(deeds(), 0..40)) {
        all_of(deeds);
    }
}
