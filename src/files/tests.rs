use super::take::{accept, leave_silent, locate, pair_ref};
use super::{FileOf, State, find_below, look};
use crate::files::kept::Kept;
use crate::media::hashes::Hashes;
use crate::media::writer::{write_mono, write_plain};
use crate::session::Session;
use crate::session::edit::Edit;
use crate::session::lyrics::{Lyrics, Verdict, Word};
use crate::session::stem::{CleanRegion, Role, Stem, StemId, Treatment};
use crate::units::{SampleRate, Seconds};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

const RATE: SampleRate = SampleRate(48_000);

fn tone(n: u32, frames: usize) -> Vec<f32> {
    (0..frames).map(|k| (k as f32 * 0.01 * n as f32).sin() * 0.2).collect()
}

fn mono(path: &Path, n: u32) {
    write_mono(path, RATE, &tone(n, 24_000)).unwrap();
}

struct Song {
    _home: tempfile::TempDir,
    folder: PathBuf,
    session: Session,
}

impl Song {
    fn with(file: impl Fn(&Path) -> crate::session::stem::FileRef) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().canonicalize().unwrap();
        let mut session = Session::new("Song", RATE);
        session.stems.push(Stem::new(StemId(1), "Vocals".into(), Role::LeadVocals, file(&folder)));
        Self { _home: home, folder, session }
    }

    /// One stem from one file.
    fn plain() -> Self {
        Self::with(|folder| {
            let sound = tone(3, 24_000);
            write_plain(&folder.join("v.wav"), RATE, &sound, &sound).unwrap();
            super::take::file_ref(&folder.join("v.wav"), folder).unwrap()
        })
    }

    /// One stem from two mono files.
    fn pair() -> Self {
        Self::with(|folder| {
            mono(&folder.join("v.L.wav"), 3);
            mono(&folder.join("v.R.wav"), 5);
            pair_ref(&folder.join("v.L.wav"), &folder.join("v.R.wav"), folder).unwrap()
        })
    }

    fn look(&mut self) -> State {
        let hashes = Hashes::at(self.folder.join("hashes"));
        look(&mut self.session, &self.folder, &hashes).remove(0).state
    }

    fn file(&self) -> &crate::session::stem::FileRef {
        &self.session.stems[0].file
    }

    fn apply(&mut self, edit: Edit) {
        edit.apply(&mut self.session).unwrap();
    }

    fn export(&self, name: &str, n: u32) {
        let sound = tone(n, 30_000);
        write_plain(&self.folder.join(name), RATE, &sound, &sound).unwrap();
    }
}

const VOCALS: FileOf = FileOf::Stem(StemId(1));

#[test]
fn a_word_that_was_made_clean_is_asked_for_again_where_the_vocal_is_another() {
    let mut song = Song::plain();
    let word = |text: &str, start: f64| Word {
        text: text.into(),
        start: Seconds(start),
        end: Seconds(start + 0.05),
        line: false,
        unsure: false,
        verdict: Some(Verdict::Clean),
    };
    let words = vec![word("damn", 0.1), word("hell", 0.2), word("elsewhere", 0.4)];
    song.session.lyrics = Some(Lyrics { words, ..Lyrics::default() });
    for start in [0.09, 0.19] {
        let (start, end) = (Seconds(start), Seconds(start + 0.07));
        let region = CleanRegion::new(start, end, Treatment::Mute);
        song.session.stems[0].clean.push(region);
    }
    let before = song.session.stems[0].clean.clone();
    assert_eq!(accept(&song.session, VOCALS, &|_, _| true), None, "nothing came");
    song.export("v.wav", 7);
    assert_eq!(song.look(), State::Changed);
    // Around the first word the sound is unchanged.
    let edit = accept(&song.session, VOCALS, &|start, _| start.0 < 0.15).unwrap();
    song.apply(edit);
    let lyrics = song.session.lyrics.as_ref().unwrap();
    let verdicts: Vec<_> = lyrics.words.iter().map(|word| word.verdict).collect();
    let clean = Some(Verdict::Clean);
    assert_eq!(verdicts, [clean, Some(Verdict::Open), clean]);
    assert_eq!(song.session.stems[0].clean, before, "clean regions stay");
    assert_eq!(song.look(), State::Same);
}

#[test]
fn a_missing_file_is_left_silent_until_it_is_back() {
    let mut song = Song::plain();
    std::fs::rename(song.folder.join("v.wav"), song.folder.join("v.bak")).unwrap();
    // The search compares contents, but only in files with an audio extension.
    assert!(matches!(song.look(), State::Missing { silent: false, .. } | State::Moved { .. }));
    std::fs::remove_file(song.folder.join("v.bak")).unwrap();
    let mut song = Song::plain();
    std::fs::remove_file(song.folder.join("v.wav")).unwrap();
    assert_eq!(song.look(), State::Missing { silent: false, candidate: None });
    let edit = leave_silent(&song.session, VOCALS).unwrap();
    song.apply(edit);
    assert_eq!(song.look(), State::Missing { silent: true, candidate: None });
    assert_eq!(leave_silent(&song.session, VOCALS), None);
    song.export("v.wav", 3);
    assert_eq!(song.look(), State::Changed, "another length is another content");
}

#[test]
fn the_right_side_of_a_pair_is_a_file_like_the_left_one() {
    let mut song = Song::pair();
    assert_eq!((song.file().info.channels, song.look()), (2, State::Same));
    mono(&song.folder.join("v.R.wav"), 9);
    assert_eq!(song.look(), State::Changed);
    let before = song.file().before.clone().unwrap();
    assert!(before.right.is_some() && before.right != Some(song.file().content.clone()));
    std::fs::remove_file(song.folder.join("v.R.wav")).unwrap();
    assert!(matches!(song.look(), State::Missing { .. }));
    // The accepted contents lie elsewhere: both sides are found there and count as accepted.
    let below = song.folder.join("backup");
    std::fs::create_dir(&below).unwrap();
    std::fs::rename(song.folder.join("v.L.wav"), below.join("v.L.wav")).unwrap();
    mono(&below.join("v.R.wav"), 5);
    let hashes = Hashes::at(song.folder.join("hashes"));
    let found = find_below(&song.session, &[VOCALS], &below, &song.folder, &hashes);
    assert_eq!(found, [(VOCALS, below.join("v.L.wav"), None)], "the right one of now is nowhere");
    let located = locate(&song.session, VOCALS, &found[0].1, None, &song.folder).unwrap().unwrap();
    assert!(!located.other, "it was accepted once");
    song.apply(located.edit);
    assert_eq!((song.look(), song.file().info.channels), (State::Same, 2));
    // The left side alone does not turn the stem into mono.
    std::fs::remove_file(below.join("v.R.wav")).unwrap();
    let located = locate(&song.session, VOCALS, &found[0].1, None, &song.folder).unwrap().unwrap();
    song.apply(located.edit);
    assert!(song.file().right.is_some());
}

#[test]
fn both_sides_of_a_pair_are_put_back_as_they_were() {
    let mut song = Song::pair();
    let kept = Kept::at(song.folder.join("kept"), 1 << 30, 0);
    kept.keep(&song.session, &song.folder, &AtomicBool::new(false));
    let bytes = |name: &str| std::fs::read(song.folder.join(name)).unwrap();
    let was = [bytes("v.L.wav"), bytes("v.R.wav")];
    mono(&song.folder.join("v.L.wav"), 11);
    assert_eq!(song.look(), State::Changed);
    let path = kept.restore_before(song.file(), &song.folder).unwrap().unwrap();
    let right = path.with_file_name("v.R.wav");
    assert_eq!([std::fs::read(&path).unwrap(), std::fs::read(right).unwrap()], was);
    let located = locate(&song.session, VOCALS, &path, None, &song.folder).unwrap().unwrap();
    assert!(!located.other);
    song.apply(located.edit);
    assert_eq!(song.look(), State::Same);
}
