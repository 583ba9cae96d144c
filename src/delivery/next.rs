//! The revision of the next export, and the last export that is still there ([`Places`]). Masters
//! alone and packages count together: a revision names one state of the song, whatever it is made
//! into.

use super::archive;
use super::package::is_claimed;
use crate::render::manifest::{FileReport, made};
use crate::render::plan::holds_revision;
use crate::review::revisions::{Revision, Revisions};
use crate::session::Session;
use crate::session::naming::{compact, name_in, revisions};
use crate::session::sound::Sound;
use std::path::{Path, PathBuf};

/// Where the exports of a song go.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Folder of the song. Without a chosen folder, packages lie in it, and masters in one folder
    /// for each revision: `Masters/v1`.
    pub songs: &'a Path,
    /// Folder that a person chose instead. The names of masters tell the revisions apart there.
    pub chosen: Option<&'a Path>,
    /// The session's file, which knows the revisions that were delivered.
    pub file: Option<&'a Path>,
    /// The sound that an earlier look found: it is not read again.
    pub known: Option<&'a KeptSound>,
}

/// Hash of a kept session, and what that sounds of.
pub type KeptSound = (String, Sound);

/// The last export that is still there.
#[derive(Clone, Debug)]
pub struct Last {
    pub revision: String,
    /// Reports of its files, with their paths; files in an archive have none.
    pub files: Vec<(FileReport, Option<PathBuf>)>,
    /// What they sound of; known of packages.
    pub sound: Option<KeptSound>,
}

impl Places<'_> {
    fn out(&self) -> &Path {
        self.chosen.unwrap_or(self.songs)
    }

    /// Folders in which packages may lie.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        [self.chosen, Some(self.songs)].into_iter().flatten()
    }

    /// Folder of the masters of a revision.
    pub fn masters(&self, revision: &str) -> PathBuf {
        let own = || self.songs.join("Masters").join(format!("v{}", compact(revision)));
        self.chosen.map_or_else(own, Path::to_owned)
    }

    /// Path of the package of a revision. It may become an archive of that name.
    pub fn package(&self, session: &Session, revision: &str) -> PathBuf {
        self.out().join(package_name(session, revision))
    }

    /// The session's revision, or the next minor one that nothing was made of yet.
    pub fn free(&self, session: &Session) -> String {
        self.free_of(session, &self.delivered())
    }

    /// The free revision, and the last export before it that is still there.
    pub fn look(&self, session: &Session) -> (String, Option<Last>) {
        let delivered = self.delivered();
        let free = self.free_of(session, &delivered);
        let last = self.last(session, &delivered, &free);
        (free, last)
    }

    fn free_of(&self, session: &Session, delivered: &[Revision]) -> String {
        let beside = Places { chosen: None, ..*self };
        let taken = |revision: &String| {
            let name = package_name(session, revision);
            delivered.iter().any(|one| compact(&one.name) == *revision)
                || self.folders().any(|out| has_package(out, &name))
                || holds_files(&beside.masters(revision))
                || holds_revision(session, self.out(), revision)
        };
        let wanted = compact(&session.delivery.revision);
        revisions(&wanted).find(|revision| !taken(revision)).unwrap_or(wanted)
    }

    /// The last export before the revision that is `free`.
    fn last(&self, session: &Session, delivered: &[Revision], free: &str) -> Option<Last> {
        let wanted = compact(&session.delivery.revision);
        let earlier: Vec<String> = revisions(&wanted).take_while(|one| one != free).collect();
        let known = earlier.into_iter().rev();
        known.filter_map(|revision| self.made(session, delivered, revision)).next().or_else(|| {
            // Names that do not tell the revision may be those of any.
            let plain = !session.delivery.pattern.contains("{rev}");
            let files = paths(made(self.chosen.filter(|_| plain)?));
            (!files.is_empty()).then_some(Last { revision: wanted, files, sound: None })
        })
    }

    /// Revisions of which a package was made, wherever that is now.
    fn delivered(&self) -> Vec<Revision> {
        let mut all = self.file.map_or(Vec::new(), |file| Revisions::of(file).all());
        all.retain(|revision| !revision.package.is_empty());
        all
    }

    /// What is there of a revision: its package, or else its masters.
    fn made(&self, session: &Session, delivered: &[Revision], revision: String) -> Option<Last> {
        let name = package_name(session, &revision);
        let record = delivered.iter().rev().find(|one| compact(&one.name) == revision);
        let packages = self.folders().map(|out| made(&out.join(&name).join("Masters")));
        let mut files = packages.into_iter().find(|files| !files.is_empty());
        let archived = || self.folders().any(|out| has_archive(out, &name));
        let packed = record.filter(|_| files.is_none() && archived());
        if let Some(record) = packed {
            let files = record.measured.iter().map(|report| (report.clone(), None)).collect();
            return Some(Last { revision, files, sound: self.sound(record) });
        }
        let sound = files.as_ref().and(record).and_then(|record| self.sound(record));
        if files.is_none() {
            let mut masters = made(&self.masters(&revision));
            if self.chosen.is_some() {
                masters.retain(|(report, path)| {
                    let version = session.version(&report.version);
                    let version = version.map(|one| session.resolved(one));
                    let pair = version.zip(session.master(&report.master));
                    let name = pair
                        .map(|(version, master)| name_in(session, &version, &master, &revision));
                    name.is_some_and(|name| path.ends_with(name))
                });
            }
            files = Some(masters).filter(|files| !files.is_empty());
        }
        Some(Last { revision, files: paths(files?), sound })
    }

    fn sound(&self, record: &Revision) -> Option<KeptSound> {
        if let Some(known) = self.known.filter(|(hash, _)| *hash == record.session) {
            return Some(known.clone());
        }
        let session = Revisions::of(self.file?).session(record).ok()?;
        Some((record.session.clone(), Sound::of(&session)))
    }
}

/// Name of the package of a revision.
pub fn package_name(session: &Session, revision: &str) -> String {
    format!("{}_v{}", compact(&session.song.title), compact(revision))
}

fn paths(files: Vec<(FileReport, PathBuf)>) -> Vec<(FileReport, Option<PathBuf>)> {
    files.into_iter().map(|(report, path)| (report, Some(path))).collect()
}

fn has_archive(out: &Path, name: &str) -> bool {
    out.join(format!("{name}.zip")).exists() || out.join(archive::part_name(name, 1)).exists()
}

/// Whether a package of this name is there, or is being made by another window.
fn has_package(out: &Path, name: &str) -> bool {
    is_claimed(out, name) || out.join(name).exists() || has_archive(out, name)
}

fn holds_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::manifest::tests::report;
    use crate::render::manifest::{Report, keep};
    use crate::session::history::tests::song;
    use crate::units::Db;

    fn write(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"").unwrap();
    }

    #[test]
    fn masters_and_packages_have_one_number() {
        let home = tempfile::tempdir().unwrap();
        let (songs, session) = (home.path(), song());
        let file = songs.join("Song.stemwright");
        let places = Places { songs, chosen: None, file: Some(&file), known: None };
        assert_eq!(places.free(&session), "1");
        std::fs::create_dir_all(songs.join("Masters/v1")).unwrap();
        assert_eq!(places.free(&session), "1", "an empty folder holds nothing");
        write(&songs.join("Masters/v1/a.wav"));
        assert_eq!(places.free(&session), "1.1");
        assert_eq!(places.masters("1.1"), songs.join("Masters/v1.1"));
        write(&songs.join("Song_v1.1/Masters/a.wav"));
        assert_eq!(places.free(&session), "1.2", "a package counts");
        write(&songs.join("Song_v1.2_part1.zip"));
        assert_eq!(places.free(&session), "1.3", "so does an archive");
        // A package that was delivered and taken elsewhere stays delivered.
        let revisions = Revisions::of(&file);
        let next = revisions.next(&session, "1.3");
        revisions.keep(&session, next.clone()).unwrap();
        assert_eq!(places.free(&session), "1.3", "kept, but not delivered");
        revisions.keep(&session, Revision { package: "Song_v1.3".into(), ..next }).unwrap();
        assert_eq!(places.free(&session), "1.4");
        // In a folder that a person chose, the names tell.
        let chosen = songs.join("elsewhere");
        let places = Places { chosen: Some(&chosen), ..places };
        assert_eq!((places.free(&session), places.masters("1.4")), ("1.4".into(), chosen.clone()));
        let (version, master) = (&session.versions[0], &session.masters[0]);
        write(&chosen.join(name_in(&session, version, master, "1.4")));
        assert_eq!(places.free(&session), "1.5");
    }

    #[test]
    fn the_last_export_is_found_be_it_masters_a_package_or_an_archive() {
        let home = tempfile::tempdir().unwrap();
        let (songs, session) = (home.path(), song());
        let file = songs.join("Song.stemwright");
        let places = Places { songs, chosen: None, file: Some(&file), known: None };
        let last = || {
            let last = places.look(&session).1?;
            Some((last.revision, last.files.first()?.1.clone(), last.sound.is_some()))
        };
        assert_eq!(last(), None);
        let masters = songs.join("Masters/v1");
        write(&masters.join("a.wav"));
        let report = |path| report(&session, 0, path);
        keep(&Report { files: vec![report("a.wav")], ..Report::default() }, &masters).unwrap();
        assert_eq!(last(), Some(("1".into(), Some(masters.join("a.wav")), false)));
        // The list of a package names files from the folder of the package.
        let package = songs.join("Song_v1.1");
        write(&package.join("Masters/b.wav"));
        let files = vec![report("Masters/b.wav")];
        keep(&Report { files: files.clone(), ..Report::default() }, &package.join("Masters"))
            .unwrap();
        let revisions = Revisions::of(&file);
        let record = Revision {
            package: "Song_v1.1".into(),
            measured: files,
            ..revisions.next(&session, "1.1")
        };
        revisions.keep(&session, record).unwrap();
        assert_eq!(last(), Some(("1.1".into(), Some(package.join("Masters/b.wav")), true)));
        let mut changed = session.clone();
        changed.stems[0].strip.fader = Db(-3.0);
        let then = places.look(&session).1.unwrap().sound.unwrap();
        assert_eq!((then.1 == Sound::of(&session), then.1 == Sound::of(&changed)), (true, false));
        let known = (then.0, Sound::of(&changed));
        let again = Places { known: Some(&known), ..places }.look(&session).1.unwrap();
        assert_eq!(again.sound, Some(known), "what is known is not read again");
        std::fs::remove_dir_all(&package).unwrap();
        write(&songs.join("Song_v1.1.zip"));
        assert_eq!(last(), Some(("1.1".into(), None, true)));
    }
}
