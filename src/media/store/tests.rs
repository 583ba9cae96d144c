//! Tests of the store: copies are made, kept, checked and removed.

use super::*;
use crate::media::decode::tests::{noise, told};
use crate::media::flac::FlacWriter;
use crate::media::tags::Tags;
use crate::media::writer::write_plain;
use crate::media::{DamageKind, probe};
use std::sync::atomic::{AtomicU32, Ordering};

const RATE: SampleRate = SampleRate(48_000);

struct Place {
    folder: tempfile::TempDir,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at(folder.path().join("store"));
        Self { folder, store }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names of the files in the store, without the hidden lock files.
    fn kept(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.at("store")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| !name.starts_with('.')).collect()
    }

    fn flac(&self, name: &str, frames: usize, seed: u32) -> PathBuf {
        let path = self.at(name);
        let mut file = FlacWriter::create(&path, BitDepth::Int24, RATE, &Tags::default()).unwrap();
        let sound = noise(frames, seed);
        file.write_whole(&sound, &sound).unwrap();
        file.finish().unwrap();
        path
    }

    fn mono(&self, name: &str, rate: u32, sound: &[i32]) -> PathBuf {
        let path = self.at(name);
        let rate = SampleRate(rate);
        let mut file = WavWriter::with(&path, BitDepth::Int24, 1, rate, None, &[]).unwrap();
        file.write_whole(sound, sound).unwrap();
        file.finish().unwrap();
        path
    }
}

fn sound(file: &PcmFile) -> [Vec<f32>; 2] {
    let count = file.info().frames.0 as usize;
    let (mut left, mut right) = (vec![0.0; count], vec![0.0; count]);
    file.read(0, &mut left, &mut right, &mut Vec::new()).unwrap();
    [left, right]
}

#[test]
fn damage_is_known_when_a_copy_is_opened_again() {
    let place = Place::new();
    let path = place.flac("a.flac", 5 * 4096, 1);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 8;
    std::fs::write(&path, bytes).unwrap();
    for _ in 0..2 {
        let opened = place.store.open(&path, RATE).unwrap();
        assert_eq!(told(&opened.damage), [(2 * 4096, 4096, DamageKind::Lost)]);
        assert_eq!(opened.info, probe(&path).unwrap());
        assert_eq!(opened.file.info().frames, opened.info.frames);
    }
    let mut kept = place.kept();
    kept.sort();
    assert!(kept.len() == 2 && kept[0].ends_with(".json") && kept[1].ends_with(".wav"), "{kept:?}");
    // A copy with an unreadable description is made again.
    std::fs::write(place.at("store").join(&kept[0]), "{").unwrap();
    let opened = place.store.open(&path, RATE).unwrap();
    assert_eq!(opened.damage.len(), 1);
    assert_eq!(place.kept().len(), 2);
}

#[test]
fn a_copy_knows_whether_its_original_changed() {
    let place = Place::new();
    let path = place.flac("a.flac", 9000, 1);
    let opened = place.store.open(&path, RATE).unwrap();
    assert!(opened.file.is_unchanged());
    assert_eq!(sound(&opened.file)[0][77], noise(9000, 1)[77] as f32 / 8_388_608.0);
    place.flac("a.flac", 9000, 2);
    assert!(!opened.file.is_unchanged());
    // The open copy keeps the old content; the next one has the new content.
    assert_eq!(sound(&opened.file)[0][77], noise(9000, 1)[77] as f32 / 8_388_608.0);
    let again = place.store.open(&path, RATE).unwrap();
    assert!(again.file.is_unchanged());
    assert_eq!(sound(&again.file)[0][77], noise(9000, 2)[77] as f32 / 8_388_608.0);
    std::fs::remove_file(&path).unwrap();
    assert!(!again.file.is_unchanged());
    assert!(matches!(place.store.open(&path, RATE), Err(MediaError::Missing(_))));
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_read_again_once() {
    let place = Place::new();
    let path = place.flac("a.flac", 90_000, 1);
    let bytes = std::fs::read(&path).unwrap();
    // Rewrites the file `times` times, always in the middle of a read.
    let open = |times: u32| {
        let asked = AtomicU32::new(0);
        let go_on = || {
            let asked = asked.fetch_add(1, Ordering::Relaxed);
            if asked % 10 == 9 && asked / 10 < times {
                std::fs::write(&path, &bytes).unwrap();
            }
            true
        };
        place.store.open_sides(&path, None, RATE, &go_on)
    };
    assert!(open(1).is_ok());
    std::fs::remove_dir_all(place.at("store")).unwrap();
    let error = open(1000).unwrap_err();
    assert!(matches!(error, MediaError::Changed(_)), "{error}");
    assert!(error.to_string().contains("a.flac was written while it was read; wait until it is"));
    assert_eq!(place.kept(), [""; 0]);
}

#[test]
fn work_that_is_stopped_leaves_nothing() {
    let place = Place::new();
    let flac = place.flac("a.flac", 90_000, 1);
    let wav = place.mono("b.wav", 44_100, &noise(500_000, 1));
    for path in [flac, wav] {
        let asked = AtomicU32::new(0);
        let go_on = || asked.fetch_add(1, Ordering::Relaxed) < 5;
        let stopped = place.store.open_sides(&path, None, RATE, &go_on);
        assert!(matches!(stopped, Err(MediaError::Stopped(_))));
        assert_eq!(place.kept(), [""; 0]);
    }
}

#[test]
fn two_mono_files_become_one_stereo_file() {
    let place = Place::new();
    let (one, two) = (noise(9000, 1), noise(7000, 2));
    let left = place.mono("Keys.L.wav", 48_000, &one);
    let right = place.mono("Keys.R.wav", 48_000, &two);
    for _ in 0..2 {
        let opened = place.store.open_sides(&left, Some(&right), RATE, &|| true).unwrap();
        assert_eq!(opened.info.describe(), "WAV 24-bit 48 kHz stereo");
        assert_eq!((opened.info.frames.0, opened.file.info().frames.0), (9000, 9000));
        let [l, r] = sound(&opened.file);
        let is = |read: &[f32], sound: &[i32]| {
            read.iter().zip(sound).all(|(read, sound)| *read == *sound as f32 / 8_388_608.0)
        };
        assert!(is(&l, &one) && is(&r, &two) && r[7000..].iter().all(|x| *x == 0.0));
    }
    // Swapped sides make another copy.
    let turned = place.store.open_sides(&right, Some(&left), RATE, &|| true).unwrap();
    assert_eq!(sound(&turned.file)[1][8000], one[8000] as f32 / 8_388_608.0);
    assert_eq!(place.kept().len(), 4);
    // One side at another rate: both keep their duration.
    let slow = place.mono("slow.wav", 24_000, &two);
    let opened = place.store.open_sides(&left, Some(&slow), RATE, &|| true).unwrap();
    assert_eq!((opened.info.frames.0, opened.file.info().frames.0), (14_000, 14_000));
    // A change of either original is noticed.
    assert!(opened.file.is_unchanged());
    place.mono("slow.wav", 24_000, &one);
    assert!(!opened.file.is_unchanged());
    let stereo = place.at("stereo.wav");
    write_plain(&stereo, RATE, &[0.5; 100], &[0.5; 100]).unwrap();
    for (left, right) in [(&left, &stereo), (&stereo, &right)] {
        let error =
            place.store.open_sides(left, Some(right), RATE, &|| true).unwrap_err().to_string();
        assert!(error.contains("stereo.wav has two channels; only two mono"), "{error}");
    }
}

#[test]
fn copies_keep_their_bound_and_those_of_the_open_session_stay() {
    let mut place = Place::new();
    let paths: Vec<PathBuf> = (0..4).map(|n| place.flac(&format!("{n}.flac"), 9000, n)).collect();
    // Room for two copies of 9000 frames and their descriptions, but not for three.
    place.store.most = 2 * (9000 * 8 + 4000);
    let open = |place: &Place, n: usize| place.store.open(&paths[n], RATE).unwrap().file;
    let copies = |place: &Place| place.kept().iter().filter(|name| name.ends_with("wav")).count();
    let first = open(&place, 0);
    for n in 1..4 {
        drop(open(&place, n));
        assert_eq!(copies(&place), 2.min(n + 1), "{n}");
    }
    let before = sound(&first);
    let all: Vec<PcmFile> = (1..4).map(|n| open(&place, n)).collect();
    assert_eq!(copies(&place), 4, "an open session has all it needs");
    assert_eq!(sound(&first), before);
    drop((first, all));
    place.flac("4.flac", 9000, 9);
    let _last = place.store.open(&place.at("4.flac"), RATE).unwrap();
    assert_eq!(copies(&place), 2);
    // Copies take 9 GiB and 1 GiB is free, so the limit is half of 10 GiB.
    assert_eq!((room(MOST, 9 << 30, 1 << 30), room(MOST, 0, 1 << 40)), (5 << 30, MOST));
}

#[test]
fn a_copy_that_is_there_is_not_made_again() {
    let place = Place::new();
    let path = place.flac("a.flac", 9000, 1);
    let first = place.store.open(&path, SampleRate(44_100)).unwrap();
    let stamp = first.file.stamp();
    let all = std::thread::scope(|scope| {
        let open = || place.store.open(&path, SampleRate(44_100)).unwrap().file.stamp();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(all.iter().all(|other| *other == stamp));
    assert_eq!((first.info.frames.0, first.file.info().frames.0), (9000, 8269));
}
