//! Synthesises a test band that plays parts of eight bars at any tempo. A repeated part is equal to
//! the sample, so repeats and edits can be compared exactly.

use std::f64::consts::TAU;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use stemwright::engine::source::StemSource;
use stemwright::intake::folder::gather;
use stemwright::media::store::Store;
use stemwright::media::writer::write_plain;
use stemwright::render::progress::Silent;
use stemwright::render::{Request, render};
use stemwright::session::Session;
use stemwright::units::SampleRate;

const RATE: f64 = 48_000.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    A,
    B,
    C,
}

impl Part {
    /// Roots of the chords, one per bar, as MIDI notes.
    fn chords(self) -> [i32; 8] {
        match self {
            Part::A => [45, 41, 48, 43, 45, 41, 38, 40],
            Part::B => [41, 43, 45, 48, 41, 43, 40, 40],
            Part::C => [38, 38, 46, 46, 43, 43, 40, 40],
        }
    }
}

pub struct Band {
    pub session: Session,
    folder: tempfile::TempDir,
    bar: usize,
    late: usize,
    tracks: Vec<(&'static str, Vec<f32>)>,
}

fn add(track: &mut [f32], at: usize, seconds: f64, sound: impl Fn(f64) -> f64) {
    let count = (seconds * RATE) as usize;
    for (n, to) in track.iter_mut().skip(at).take(count).enumerate() {
        let t = n as f64 / RATE;
        let edge = ((seconds - t) / 0.02).min(1.0);
        *to += (sound(t) * edge) as f32;
    }
}

fn noise(t: f64) -> f64 {
    let x = ((t * RATE).round() as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((x ^ (x >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 40) as f64 / 8_388_608.0 - 1.0
}

fn pitch(note: i32) -> f64 {
    440.0 * 2f64.powf(f64::from(note - 69) / 12.0)
}

impl Band {
    /// A band at constant tempo in BPM. The first bar starts after `late` seconds.
    pub fn new(tempo: f64, late: f64, parts: &[Part]) -> Self {
        Self::with_bars(late, parts, &|_| 240.0 / tempo)
    }

    /// A band whose bar n lasts `seconds(n)`.
    pub fn with_bars(late: f64, parts: &[Part], seconds: &dyn Fn(usize) -> f64) -> Self {
        let frames = |n: usize| (seconds(n) * RATE).round() as usize;
        let bar = frames(0);
        let start = |n: usize| (0..n).map(frames).sum::<usize>();
        let late = (late * RATE).round() as usize;
        let length = late + start(parts.len() * 8) + 24_000;
        let mut tracks: Vec<(&'static str, Vec<f32>)> =
            ["01_Drums", "02_Bass", "03_Keys", "04_LeadVox"]
                .map(|name| (name, vec![0.0; length]))
                .into();
        for (n, part) in parts.iter().enumerate() {
            for (m, root) in part.chords().into_iter().enumerate() {
                let (from, own) = (late + start(n * 8 + m), frames(n * 8 + m));
                let at = |beat: f64| from + (beat * own as f64 / 4.0).round() as usize;
                play(&mut tracks, *part, root, &at, m, own as f64 / 4.0 / RATE);
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let mut band =
            Self { session: Session::new("", SampleRate(48_000)), folder, bar, late, tracks };
        band.write();
        band
    }

    fn write(&mut self) {
        for (name, track) in &self.tracks {
            let path = self.folder.path().join(format!("{name}.wav"));
            write_plain(&path, SampleRate(48_000), track, track).unwrap();
        }
        self.session = gather(self.folder.path(), None).unwrap().session;
    }

    pub fn tracks(&self) -> &[(&'static str, Vec<f32>)] {
        &self.tracks
    }

    pub fn sources(&self) -> Vec<StemSource> {
        let store = Store::at(self.folder.path().join("cache"));
        let open =
            |stem| StemSource::open(stem, self.folder.path(), SampleRate(48_000), &store).unwrap();
        self.session.stems.iter().map(open).collect()
    }

    /// Replaces the vocal by long notes, each across the start of an odd bar.
    pub fn sing_over_every_other_bar_line(&mut self) {
        let bars = (self.tracks[0].1.len() - self.late) / self.bar;
        let (bar, late) = (self.bar, self.late);
        let seconds = bar as f64 / RATE;
        let voice = &mut self.tracks[3].1;
        voice.fill(0.0);
        for n in (1..bars).step_by(2) {
            let at = late + n * bar - bar / 4;
            add(voice, at, seconds * 0.6, |t| (TAU * 330.0 * t).sin() * 0.2 * (t / 0.03).min(1.0));
        }
        self.write();
    }

    /// Samples of a version as rendered, without a master.
    pub fn rendered(&self, version: &str) -> [Vec<f32>; 2] {
        let out = self.folder.path().join(format!("out_{version}"));
        std::fs::create_dir_all(&out).unwrap();
        let request = Request {
            folder: out,
            versions: vec![version.into()],
            masters: vec!["mix".into()],
            ..Request::default()
        };
        let cancel = AtomicBool::new(false);
        let report = render(&self.session, self.folder.path(), &request, &Silent, &cancel).unwrap();
        super::samples(Path::new(&report.files[0].path))
    }
}

/// Adds one bar of all instruments.
fn play(
    tracks: &mut [(&'static str, Vec<f32>)],
    part: Part,
    root: i32,
    at: &dyn Fn(f64) -> usize,
    number: usize,
    beat: f64,
) {
    let [(_, drums), (_, bass), (_, keys), (_, voice)] = tracks else { panic!() };
    let kicks: &[f64] = match part {
        Part::A => &[0.0, 2.0, 2.5],
        Part::B => &[0.0, 1.5, 2.0],
        Part::C => &[0.0, 2.0],
    };
    for kick in kicks {
        add(drums, at(*kick), 0.25, |t| {
            (TAU * (48.0 * t + 3.0 * (1.0 - (-t * 40.0).exp()))).sin() * (-t * 14.0).exp() * 0.5
        });
    }
    for snare in [1.0, 3.0] {
        add(drums, at(snare), 0.18, |t| noise(t) * (-t * 24.0).exp() * 0.3);
    }
    for eighth in 0..8 {
        let hard = if eighth % 2 == 0 { 0.08 } else { 0.05 };
        add(drums, at(f64::from(eighth) / 2.0), 0.05, |t| {
            (noise(t) - noise(t + 1.0 / RATE)) * (-t * 90.0).exp() * hard
        });
    }
    for (n, step) in [0, 0, 7, 0].into_iter().enumerate() {
        add(bass, at(n as f64), beat * 0.8, |t| {
            let f = pitch(root + step - 12);
            ((TAU * f * t).sin() + 0.4 * (TAU * 2.0 * f * t).sin()) * 0.18 * (t / 0.004).min(1.0)
        });
    }
    let third = if matches!(root % 12, 9 | 2 | 4) { 3 } else { 4 };
    for note in [root + 12, root + 12 + third, root + 19] {
        add(keys, at(0.0), beat * 3.7, |t| {
            (TAU * pitch(note) * t).sin() * 0.09 * (-t * 0.6).exp() * (t / 0.006).min(1.0)
        });
    }
    // A phrase in the middle of the bar, with another melody in each part.
    let tune = match part {
        Part::A => [12, 16, 19],
        Part::B => [19, 17, 14],
        Part::C => [24, 23, 19],
    };
    for (n, step) in tune.into_iter().enumerate() {
        let step = step + [0, 2, -3][(number + n) % 3];
        add(voice, at(0.75 + n as f64 * 0.9), beat * 0.6, |t| {
            let f = pitch(root + step);
            (1..5).map(|k| (TAU * f * f64::from(k) * t).sin() / f64::from(k)).sum::<f64>()
                * 0.1
                * (t / 0.02).min(1.0)
        });
    }
}
