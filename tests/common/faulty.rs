//! Sets of stems in which a test plants a fault.

use super::band::{Band, Part};
use super::{ffmpeg_convert, samples};
use std::path::{Path, PathBuf};
use stemwright::dsp::Stereo;
use stemwright::intake::demo;
use stemwright::media::writer::{BitDepth, WavWriter};
use stemwright::units::SampleRate;

pub const RATE: u32 = 48_000;

/// One file of a set.
#[derive(Clone)]
pub struct Take {
    pub name: String,
    pub sound: Stereo,
    pub rate: u32,
    pub depth: BitDepth,
    pub mono: bool,
    /// Options of ffmpeg and file extension of a codec; the sound passes through it before the WAV
    /// is written.
    pub coded: Option<(&'static [&'static str], &'static str)>,
    pub left_out: bool,
}

/// The stems of a song. By default the reference is their sum.
#[derive(Clone)]
pub struct Set {
    pub song: &'static str,
    pub takes: Vec<Take>,
    pub reference: Option<Stereo>,
}

fn take(name: &str, sound: Stereo) -> Take {
    let (rate, depth) = (RATE, BitDepth::Int24);
    let name = name.to_string();
    Take { name, sound, rate, depth, mono: false, coded: None, left_out: false }
}

/// Rounds to 24 bits, as a file stores it.
fn rounded(mut sound: Stereo) -> Stereo {
    for x in sound.iter_mut().flatten() {
        *x = (f64::from(*x) * 8_388_608.0).round() as f32 / 8_388_608.0;
    }
    sound
}

fn set(song: &'static str, takes: Vec<Take>) -> Set {
    Set { song, takes, reference: None }.with_reference()
}

/// Silences both ends, so that a small shift loses no sound.
fn quiet_at_the_ends(mut sound: Stereo) -> Stereo {
    for side in &mut sound {
        let length = side.len();
        side[..12_000].fill(0.0);
        side[length - 12_000..].fill(0.0);
    }
    sound
}

/// Three songs of at least a quarter of a minute.
pub fn songs() -> Vec<Set> {
    let folder = tempfile::tempdir().unwrap();
    demo::write(folder.path()).unwrap();
    let demo = ["01_Drums", "02_Bass", "03_Guitars", "04_Keys", "05_Lead_Vocals"].map(|name| {
        let path = folder.path().join("Stems").join(format!("{name}.wav"));
        let part = samples(&path).map(|side| side[480_000..480_000 + 900_000].to_vec());
        take(name, quiet_at_the_ends(part))
    });
    let band = |tempo, parts: &[Part]| {
        let band = Band::new(tempo, 0.3, parts);
        let tracks = band.tracks().iter().enumerate();
        tracks
            .map(|(n, (name, track))| {
                // Each stem gets its own stereo place: one side later and softer, plus a
                // reflection.
                let late = 40 + 30 * n;
                let side = |own: usize| {
                    (0..track.len())
                        .map(|at| {
                            let room = at.checked_sub(2_000 + 700 * own + late);
                            // A slow swell, so that no two bars are equal.
                            let swell = 0.6 + 0.4 * (at as f32 / 31_000.0 + n as f32).sin();
                            swell * (track[at] + room.map_or(0.0, |at| 0.2 * track[at]))
                        })
                        .collect::<Vec<f32>>()
                };
                take(name, rounded(quiet_at_the_ends([side(0), side(1)])))
            })
            .collect::<Vec<_>>()
    };
    vec![
        set("demo", demo.into()),
        set("band 124", band(124.0, &[Part::A])),
        set("band 96", band(96.0, &[Part::C])),
    ]
}

impl Set {
    fn with_reference(mut self) -> Self {
        let length = self.takes[0].sound[0].len();
        let mut sum = [vec![0.0f32; length], vec![0.0f32; length]];
        for take in &self.takes {
            for (to, from) in sum.iter_mut().zip(&take.sound) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
            }
        }
        self.reference = Some(sum);
        self
    }

    /// Writes stems and reference; returns the folder.
    pub fn write(&self, into: &Path) -> PathBuf {
        for name in ["Stems", "Reference"] {
            std::fs::create_dir_all(into.join(name)).unwrap();
        }
        for take in self.takes.iter().filter(|take| !take.left_out) {
            take.write(&into.join("Stems").join(format!("{}.wav", take.name)));
        }
        if let Some(reference) = &self.reference {
            let mix = Take { depth: BitDepth::Float32, ..take("", reference.clone()) };
            mix.write(&into.join("Reference/RoughMix.wav"));
        }
        into.to_owned()
    }
}

impl Take {
    fn write(&self, path: &Path) {
        let channels = if self.mono { 1 } else { 2 };
        let rate = SampleRate(self.rate);
        let mut writer = WavWriter::with(path, self.depth, channels, rate, None, &[]).unwrap();
        let [left, right] = &self.sound;
        if self.depth == BitDepth::Float32 {
            writer.write_float(left, right).unwrap();
        } else {
            let scale = f64::from(1u32 << (self.depth.bits() - 1));
            let whole = |side: &Vec<f32>| -> Vec<i32> {
                let round = |x: &f32| (f64::from(*x) * scale).round().clamp(-scale, scale - 1.0);
                side.iter().map(|x| round(x) as i32).collect()
            };
            writer.write_whole(&whole(left), &whole(right)).unwrap();
        }
        writer.finish().unwrap();
        if let Some((options, ending)) = self.coded {
            let coded = path.with_extension(ending);
            ffmpeg_convert(path, options, &coded);
            ffmpeg_convert(&coded, &["-c:a", "pcm_s24le"], path);
            std::fs::remove_file(coded).unwrap();
        }
    }

    pub fn map(&mut self, each: impl Fn(usize, f32) -> f32) {
        for side in &mut self.sound {
            side.iter_mut().enumerate().for_each(|(n, x)| *x = each(n, *x));
        }
    }

    /// Shifts the sound by frames, later if positive; the length stays.
    pub fn shift(&mut self, by: i64) {
        for side in &mut self.sound {
            let at = |n: usize| usize::try_from(n as i64 - by).ok();
            let old = side.clone();
            for (n, x) in side.iter_mut().enumerate() {
                *x = at(n).and_then(|n| old.get(n)).copied().unwrap_or(0.0);
            }
        }
    }

    pub fn peak(&self) -> f32 {
        self.sound.iter().flatten().fold(0.0f32, |peak, x| peak.max(x.abs()))
    }

    /// A frame with sound, found from `share` of the stem's length on.
    pub fn loud(&self, share: f64) -> usize {
        let side = &self.sound[0];
        let from = (side.len() as f64 * share) as usize;
        let level = |at: usize| side[at..at + 2_400].iter().map(|x| x * x).sum::<f32>();
        let places = (from..side.len() - 50_000).step_by(1_200).take(80);
        places.max_by(|a, b| level(*a).total_cmp(&level(*b))).unwrap() + 600
    }
}
